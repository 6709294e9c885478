import assert from "node:assert/strict";
import { it } from "node:test";
import { initialsOf, tintOf } from "./initials.ts";

it("takes the first and last names' letters, accents kept", () => {
  assert.deepEqual(["Camille Rousseau", "Élodie Picard", "Noor El Amrani", "julie.deco", "+33 6 12", "", "Ana (Paris)"].map(initialsOf), ["CR", "ÉP", "NA", "j", "#", "#", "A"]);
});

it("keeps a name's tint", () => {
  assert.equal(tintOf("Camille Rousseau", 5), tintOf("Camille Rousseau", 5));
  const seen = new Set(["Aïcha", "Bastien", "Chloé", "Damien", "Élodie", "Farid", "Gaëlle", "Hugo"].map((name) => tintOf(name, 5)));
  assert.ok(seen.size >= 3, "names spread over the tints");
});
