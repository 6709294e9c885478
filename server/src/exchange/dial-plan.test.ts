import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { asDialled, readTarget, type Plan, type Target } from "./dial-plan.ts";
import { extension, group } from "./test-house.ts";
import { readFeatureCode } from "./feature-codes.ts";
import { wavesOf } from "./groups.ts";
import { DEFAULT_SETTINGS } from "./number-plan.ts";

const lea = extension("201", "Léa");
const plan = (outsidePrefix = ""): Plan => ({
  extensionOf: (number) => (number === "201" ? lea : null), groupOf: (number) => (number === "301" ? group("301", "all", ["e201"]) : null), roomOf: () => null, pageOf: () => null,
  settings: () => ({ ...DEFAULT_SETTINGS, outsidePrefix }), isCentre: (number) => number === "0270000000", extensionNamed: (name) => (name === "lea" ? lea : null),
});
const kind = (dialled: string, prefix = ""): string => {
  const target: Target = readTarget(dialled, plan(prefix));
  return target.to === "outside" ? `outside ${target.number}${target.emergency ? " help" : ""}${target.withheld ? " withheld" : ""}` : target.to === "code" ? target.code.code : target.to;
};

test("what a number means: inside before codes, the centre's own before outside, help before all", () => {
  const cases: [string, string][] = [
    ["201", "extension"], ["lea", "extension"], ["2 01", "extension"], ["301", "group"], ["705", "slot"], ["700", "voicemail"], ["112", "outside 112 help"], ["15", "outside 15 help"],
    ["0270000000", "centre"], ["+33612345678", "outside +33612345678"], ["06 12-34.56(78)", "outside 0612345678"], ["(06) 12 34 56 78", "outside 0612345678"], ["3631", "outside 3631"], ["299", "nobody"], ["bob", "nobody"], ["", "nobody"],
    ["#31#0612345678", "outside 0612345678 withheld"], ["#31#201", "extension"], ["#31#112", "outside 112 help withheld"], ["*8", "pick-up"], ["*8201", "pick-up"], ["**201", "intercom"], ["*21*0612345678%23", "forward-on"],
    ["*99", "nobody"], ["*", "nobody"], ["+", "nobody"],
  ];
  for (const [dialled, meant] of cases) assert.equal(kind(dialled), meant, dialled);
});

test("with a digit for an outside line: what lacks it stays inside, help needs none", () => {
  const cases: [string, string][] = [["00612345678", "outside 0612345678"], ["0612345678", "outside 612345678"], ["3631", "nobody"], ["+33612345678", "outside +33612345678"], ["112", "outside 112 help"], ["0112", "outside 112 help"], ["201", "extension"], ["0", "nobody"]];
  for (const [dialled, meant] of cases) assert.equal(kind(dialled, "0"), meant, dialled);
});

test("property: whatever is dialled means something, within bounds, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 2_000 }), fc.stringMatching(/^[0-9*#+ ()-]{0,40}$/)), (dialled) => {
      const target = readTarget(dialled, plan());
      if (target.to === "outside") assert.match(target.number, /^\+?[0-9]{2,20}$/);
      assert.ok(asDialled(dialled).length <= 64);
    }),
  );
});

test("star codes are exact: a digit too many is another number", () => {
  for (const dialled of ["*21*#", "*21**", "*789", "*977", "*8*1", "#21", "**", "*00000", "*66*", "21#"]) assert.equal(readFeatureCode(dialled), null, dialled);
  assert.deepEqual(readFeatureCode("*62*+33612345678#"), { code: "forward-on", when: "unreachable", number: "+33612345678" });
  assert.deepEqual(readFeatureCode("#67#"), { code: "forward-off", when: "busy" });
  assert.deepEqual(readFeatureCode("*0123"), { code: "speed-dial", digits: "123" });
});

test("waves of a group: all at once, from the top, from the one after the last", () => {
  const [a, b, c] = [{ id: "a" }, { id: "b" }, { id: "c" }];
  assert.deepEqual(wavesOf("all", [a, b], null), [[a, b]]);
  assert.deepEqual(wavesOf("hunt", [a, b, c], "a"), [[a], [b], [c]]);
  assert.deepEqual(wavesOf("round", [a, b, c], "a"), [[b], [c], [a]]);
  assert.deepEqual(wavesOf("round", [a, b, c], "c"), [[a], [b], [c]]);
  assert.deepEqual(wavesOf("round", [a, b, c], "gone"), [[a], [b], [c]]);
  assert.deepEqual(wavesOf("all", [], null), []);
});
