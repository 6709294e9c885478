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

it("while the customer of a promised call is being dialled first there is nothing to answer yet; once they are there, or with the agent first, there is", async () => {
  const { answer } = await import("./answer.ts");
  const enabled = (customer: "not-dialled" | "dialled" | "reached", ringsHere = false): boolean =>
    answer.enabled({ offer: { id: "i", medium: "voice", callback: { id: "cb", attempt: 1, customer, why: null } }, phone: { lineRinging: null, ringsHere: () => ringsHere }, agent: { devices: ["browser"] } } as unknown as Parameters<typeof answer.enabled>[0]);
  assert.deepEqual([enabled("not-dialled"), enabled("dialled"), enabled("reached"), enabled("dialled", true)], [true, false, true, true]);
});
