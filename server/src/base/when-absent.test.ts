import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { whenAbsent } from "./when-absent.ts";

test("a file that is not there is null, one that cannot be read is a failure", async () => {
  assert.equal(await readFile(new URL("no-such-file", import.meta.url)).catch(whenAbsent), null);
  await assert.rejects(readFile(new URL(".", import.meta.url)).catch(whenAbsent), { code: "EISDIR" });
});
