import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { VirtualClock } from "../../base/virtual-clock.ts";
import { createSoundFiles } from "./sound-files.ts";

const root = mkdtempSync(join(tmpdir(), "tandem-sounds-"));
after(() => rmSync(root, { recursive: true, force: true }));
const SOUND = new Uint8Array(100).fill(7);
function filesIn(name: string) {
  const folder = join(root, name);
  return { folder, files: createSoundFiles({ folder, clock: new VirtualClock(Date.now()) }) };
}

test("many who ask at once have one file, whole, made once", async () => {
  const { folder, files } = filesIn("many");
  let made = 0;
  const paths = await Promise.all(Array.from({ length: 30 }, () => files.path("a.wav", async () => (made++, SOUND))));
  assert.deepEqual([made, new Set(paths).size, readdirSync(folder)], [1, 1, ["a.wav"]]);
  assert.equal(await files.path("a.wav", () => Promise.reject(new Error("there already"))), paths[0]);
});

test("a file without its bytes (the power failed) is made again; what an earlier run left half-written goes, what another writes now stays", async () => {
  const { folder, files } = filesIn("power");
  mkdirSync(folder);
  for (const name of ["a.wav", "b.wav.99999999.part", `c.wav.${process.pid}.part`]) writeFileSync(join(folder, name), "");
  assert.deepEqual(readFileSync(await files.path("a.wav", () => Promise.resolve(SOUND))), Buffer.from(SOUND));
  await files.tidy();
  assert.deepEqual(readdirSync(folder).toSorted(), ["a.wav", `c.wav.${process.pid}.part`]);
});

test("what cannot be made or written leaves nothing, and the next one tries again", async () => {
  const { folder, files } = filesIn("full");
  await assert.rejects(files.path("a.wav", () => Promise.reject(new Error("no voice"))), /no voice/);
  // a folder comes in the way of its name: the bytes were written, as on a disk that is full in the middle
  await assert.rejects(files.path("b.wav", async () => (mkdirSync(join(folder, "b.wav"), { recursive: true }), SOUND)), /EISDIR|ENOTEMPTY|EEXIST/);
  assert.deepEqual([files.isMaking("b.wav"), readdirSync(folder)], [false, ["b.wav"]]);
  assert.ok(await files.path("a.wav", () => Promise.resolve(SOUND)));
});

test("what nobody wants goes at the second sweep that says so, or at once where no call can play it", async () => {
  const { folder, files } = filesIn("swept");
  for (const name of ["a.wav", "b.wav", "c.wav"]) await files.path(name, () => Promise.resolve(SOUND));
  await files.sweep((name) => name === "a.wav");
  assert.equal(readdirSync(folder).length, 3);
  await files.sweep((name) => name !== "c.wav");
  assert.deepEqual(readdirSync(folder), ["a.wav", "b.wav"], "b was wanted again");
  await files.sweep(() => false, true);
  assert.deepEqual(readdirSync(folder), []);
});
