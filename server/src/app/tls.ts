import { existsSync, unwatchFile, watchFile } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { generate } from "selfsigned";
import type { Log } from "../base/log.ts";
import type { Config } from "./config.ts";

const DAY_MS = 86_400_000;
/** Browsers refuse server certificates of more than 398 days (CA/Browser Forum baseline). */
const VALID_DAYS = 397;

/** How often the files are looked at. By name, not by inode: what renews certificates replaces links. */
const LOOK_EVERY_MS = 2_000;

/** A certificate chain and its private key, PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

/** The certificate in force. Connections keep the one that they were opened with. */
export interface Certificates {
  readonly current: Certificate;
  onChange(hear: (current: Certificate) => void): void;
  /** Reads the files again, as when they change. What cannot be used is logged, and the one in force stays. */
  reload(): Promise<void>;
  stop(): void;
}

/** Follows the files of `first`; without files (our own certificate) it stays as it is. */
export function followCertificate(first: Certificate, files: { cert: string; key: string } | null, log: Log): Certificates {
  let current = first;
  const hearers: ((current: Certificate) => void)[] = [];
  const reload = async (): Promise<void> => {
    if (!files) return;
    try {
      const [cert, key] = await Promise.all([readFile(files.cert, "utf8"), readFile(files.key, "utf8")]);
      if (cert === current.cert && key === current.key) return;
      createSecureContext({ cert, key }); // throws when they do not fit each other, as between the two writes of a renewal
      current = { cert, key };
      for (const hear of hearers) hear(current);
      log.info({ cert: files.cert }, "a new TLS certificate is in force");
    } catch (error) {
      log.error({ cert: files.cert, key: files.key, why: (error as Error).message }, "the new TLS certificate cannot be used; the one before stays in force");
    }
  };
  const changed = (): void => void reload();
  for (const file of files ? [files.cert, files.key] : []) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
  return {
    get current() {
      return current;
    },
    onChange: (hear) => void hearers.push(hear),
    reload,
    stop() {
      for (const file of files ? [files.cert, files.key] : []) unwatchFile(file, changed);
    },
  };
}

/** The certificate of `--https`: the one given, or one of our own kept in the data folder (browsers warn once). */
export async function readTls(config: Config, nowMs: number): Promise<Certificate | null> {
  if (!config.https) return null;
  if (config.tlsCert !== undefined && config.tlsKey !== undefined) return { cert: await readFile(config.tlsCert, "utf8"), key: await readFile(config.tlsKey, "utf8") };
  const folder = join(config.dataDir, "tls");
  const [certPath, keyPath, sincePath] = ["cert.pem", "key.pem", "since"].map((name) => join(folder, name)) as [string, string, string];
  const madeMs = existsSync(sincePath) ? Number(await readFile(sincePath, "utf8")) : 0;
  if (nowMs - madeMs < (VALID_DAYS - 30) * DAY_MS) return { cert: await readFile(certPath, "utf8"), key: await readFile(keyPath, "utf8") };
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address));
  const made = await generate([{ name: "commonName", value: "Tandem" }], {
    notAfterDate: new Date(nowMs + VALID_DAYS * DAY_MS),
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }, ...addresses.map((ip) => ({ type: 7 as const, ip }))] }],
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(certPath, made.cert);
  await writeFile(keyPath, made.private, { mode: 0o600 });
  await writeFile(sincePath, String(nowMs));
  return { cert: made.cert, key: made.private };
}
