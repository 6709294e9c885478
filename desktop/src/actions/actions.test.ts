import assert from "node:assert/strict";
import { before, it } from "node:test";

// The list reads the theme kept by the browser when it is loaded.
before(() => {
  Object.assign(globalThis, {
    localStorage: { getItem: () => null, setItem: () => {} },
    sessionStorage: { getItem: () => null, setItem: () => {} },
    matchMedia: () => ({ matches: false }),
  });
});

it("no two commands share an id or a chord", async () => {
  const { actions } = await import("./actions.ts");
  const ids = actions.map((action) => action.id);
  assert.equal(new Set(ids).size, ids.length);
  const chords = actions.flatMap((action) => (action.chord === null ? [] : [`${action.chord.shift === true}${action.chord.key}`]));
  assert.deepEqual(chords.toSorted(), [...new Set(chords)].toSorted());
});
