import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { hashPassword, verifyPassword } from "./password.ts";

test("a password costs what OWASP asks, unless a test asks for less; each is checked at its own cost", async () => {
  const [whole, light] = [await hashPassword("kobi-tarun", seededChance(1)), await hashPassword("kobi-tarun", seededChance(1), 10)];
  assert.match(whole, /^scrypt\$65536\$8\$2\$/);
  assert.match(light, /^scrypt\$1024\$8\$2\$/);
  assert.deepEqual([await verifyPassword("kobi-tarun", whole), await verifyPassword("kobi-tarun", light), await verifyPassword("kobi-taran", light)], [true, true, false]);
});

test("who has no password cannot sign in with any, not even with none", async () => {
  for (const [typed, stored] of [["", ""], ["", "scrypt$"], ["plain", "plain"]] as const) assert.equal(await verifyPassword(typed, stored), false, `${typed} ${stored}`);
});
