import assert from "node:assert/strict";
import { test } from "node:test";
import { shownAs } from "./lines.ts";

test("what a telephone is shown of a caller: no line ends, quotes or brackets of theirs, a bounded length, never nobody", () => {
  assert.deepEqual(shownAs("+33612345678", "Zoé"), { user: "+33612345678", display: "Zoé" });
  assert.deepEqual(shownAs("201", ""), { user: "201", display: "201" });
  assert.deepEqual(shownAs("2 01\r\n;x", 'Zoé"\r\nVia: <sip:x>'), { user: "201x", display: "Zoé   Via:  sip:x" });
  assert.deepEqual(shownAs("", ""), { user: "anonymous", display: "" });
  assert.equal(shownAs("1".repeat(99), "").user.length, 60);
  assert.equal(shownAs("1", "x".repeat(99)).display.length, 60);
});
