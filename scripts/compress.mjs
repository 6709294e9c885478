// Compressed twins (.gz) beside the built files, for the server to send as they are: visitors download a third.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const WORTH = /\.(js|css|html|svg|json)$/;
const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: compress.mjs <folder>");
for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, String(name));
  if (WORTH.test(path) && statSync(path).size > 1024) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
}
