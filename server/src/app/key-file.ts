import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Chance } from "../base/chance.ts";
import type { Log } from "../base/log.ts";
import { whenAbsent } from "../base/when-absent.ts";

const keyBytes = 32;

/** A key beside the data: made at the first start, for the server's own user only. Without it `what` (of the trunks, of flows) is written anew. */
export async function keyFile(path: string, what: string, chance: Chance, log: Log): Promise<Uint8Array> {
  const read = await readFile(path).catch(whenAbsent);
  if (read?.length === keyBytes) return read;
  if (read) throw new Error(`${path} is no key of ${keyBytes} bytes; restore it, or remove it and write ${what} anew`);
  const key = chance.bytes(keyBytes);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, key, { mode: 0o600, flag: "wx" });
  log.info({ path }, `a key for ${what} was made; keep it with the backups of the database`);
  return key;
}
