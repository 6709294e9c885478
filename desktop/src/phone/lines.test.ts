import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dialable, failureOf, heardLine, noLines, ringingLine, stepLines } from "./lines.ts";
import type { LineEvent, Lines } from "./lines.ts";

const after = (...events: LineEvent[]): Lines => events.reduce(stepLines, noLines);
const began = (id: string, direction: "in" | "out"): LineEvent => ({ type: "began", id, direction, number: "201", name: "", atMs: 1 });
const live = (id: string): LineEvent => ({ type: "state", id, state: "live", atMs: 5 });

describe("calls of the house", () => {
  it("ring or are placed, live, end", () => {
    const ringing = after(began("a", "in"));
    assert.equal(ringingLine(ringing)?.id, "a");
    assert.equal(heardLine(ringing), null);
    const talking = stepLines(ringing, live("a"));
    assert.deepEqual([heardLine(talking)?.id, talking.list[0]?.sinceMs, ringingLine(talking)], ["a", 5, null]);
    assert.deepEqual(stepLines(talking, { type: "over", id: "a", failure: null }), noLines);
  });

  it("are several, each with its own state; the one not on hold is heard", () => {
    const two = after(began("a", "in"), live("a"), { type: "changed", id: "a", change: { held: true } }, began("b", "out"), live("b"));
    assert.equal(heardLine(two)?.id, "b");
    assert.deepEqual(two.list.map(({ id, held }) => [id, held]), [["a", true], ["b", false]]);
  });

  it("keep the time of a state told twice", () => {
    const early = after(began("a", "out"), { type: "state", id: "a", state: "early", atMs: 2 }, { type: "state", id: "a", state: "early", atMs: 3 });
    assert.equal(early.list[0]?.sinceMs, 2);
  });

  it("say why one came to nothing until the next is placed or it is seen; the other's ringing does not clear it", () => {
    const busy = after(began("a", "out"), { type: "over", id: "a", failure: "busy" });
    assert.deepEqual(busy.failed, { number: "201", why: "busy" });
    assert.deepEqual(stepLines(busy, began("b", "in")).failed, { number: "201", why: "busy" });
    assert.equal(stepLines(busy, began("b", "out")).failed, null);
    assert.equal(stepLines(busy, { type: "seen" }).failed, null);
  });

  it("ignore what is told of one that is over", () => {
    assert.deepEqual(after({ type: "over", id: "gone", failure: "busy" }, live("gone")), noLines);
  });
});

it("a refusal in words of the person: RFC 3261 section 21", () => {
  assert.deepEqual([486, 600, 603, 480, 408, 404, 403, 487, 503].map(failureOf), ["busy", "busy", "declined", "noAnswer", "noAnswer", "unknown", "forbidden", null, "failed"]);
});

it("numbers as people write them; anything else is not dialled", () => {
  assert.equal(dialable(" +33 (0)6.12-34\u202f56 "), "+336123456");
  assert.deepEqual([dialable("*21*202#"), dialable("201"), dialable(""), dialable("léa"), dialable("2+1"), dialable("1".repeat(41))], ["*21*202#", "201", null, null, null, null]);
});
