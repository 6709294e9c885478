import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Notes } from "@tandem/protocol";
import { createNotebook } from "./notebook.ts";

/** A notebook whose timers fire by hand and whose saves are answered by hand. */
function bench() {
  const timers: { ms: number; fire: () => void; off: boolean }[] = [];
  const saves: { id: string; notes: Notes; answer: () => void; refuse: (why: string) => void }[] = [];
  const wraps: { id: string; notes: Notes }[] = [];
  const book = createNotebook({
    save: (id, notes) => new Promise<void>((resolve, reject) => saves.push({ id, notes, answer: resolve, refuse: (why) => reject(new Error(why)) })),
    wrap: async (id, notes) => {
      wraps.push({ id, notes });
    },
    after: (ms, fire) => {
      const timer = { ms, fire, off: false };
      timers.push(timer);
      return () => {
        timer.off = true;
      };
    },
    inWords: (error) => (error instanceof Error ? error.message : "?"),
  });
  const fire = (): void => {
    for (const timer of timers.splice(0)) if (!timer.off) timer.fire();
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { book, saves, wraps, fire, settle, timers };
}
const call = { id: "i1", disposition: null, notes: "" };

describe("notebook", () => {
  it("saves once after the last change", async () => {
    const { book, saves, fire, settle } = bench();
    book.edit(call, { notes: "Lamp" });
    book.edit(call, { notes: "Lampshade cracked" });
    assert.equal(saves.length, 0);
    fire();
    assert.deepEqual(saves.map((s) => s.notes.notes), ["Lampshade cracked"]);
    saves[0]?.answer();
    await settle();
    assert.equal(book.read(call).state, "saved");
  });

  it("saves again what was typed while saving, and says saved only then", async () => {
    const { book, saves, fire, settle } = bench();
    book.edit(call, { notes: "a" });
    fire();
    book.edit(call, { notes: "ab" });
    assert.equal(book.read(call).state, "saving");
    saves[0]?.answer();
    await settle();
    assert.equal(book.read(call).state, "dirty");
    fire();
    assert.equal(saves[1]?.notes.notes, "ab");
    saves[1]?.answer();
    await settle();
    assert.equal(book.read(call).state, "saved");
  });

  it("keeps the text when the server refuses, and tries again", async () => {
    const { book, saves, fire, settle } = bench();
    book.edit(call, { disposition: "d1" });
    fire();
    saves[0]?.refuse("no network");
    await settle();
    assert.deepEqual({ ...book.read(call) }, { disposition: "d1", notes: "", state: "failed", why: "no network" });
    fire();
    assert.equal(saves.length, 2);
  });

  it("closes the wrap-up with what was typed last, saved or not", async () => {
    const { book, saves, wraps, fire } = bench();
    book.edit(call, { disposition: "d2", notes: "done" });
    await book.validate(call);
    assert.deepEqual(wraps, [{ id: "i1", notes: { disposition: "d2", notes: "done" } }]);
    fire();
    assert.equal(saves.length, 0, "no autosave after the close");
  });
});
