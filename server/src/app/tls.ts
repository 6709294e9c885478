import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import type { Config } from "./config.ts";

const DAY_MS = 86_400_000;
/** Browsers refuse server certificates of more than 398 days (CA/Browser Forum baseline). */
const VALID_DAYS = 397;

/** The certificate of `--https`: the one given, or one of our own kept in the data folder (browsers warn once). */
export async function readTls(config: Config, nowMs: number): Promise<{ key: string; cert: string } | null> {
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
