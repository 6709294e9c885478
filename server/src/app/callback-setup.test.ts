import assert from "node:assert/strict";
import { test } from "node:test";
import { askedBy, withoutNumber } from "./callback-setup.ts";

test("who asks to be called where they call from asks for themselves; a chat, a page's call and typed numbers are a stranger's word", () => {
  const from = (address: string): { from: string; interactionId: string } => ({ from: address, interactionId: "int_1" });
  assert.deepEqual(askedBy("+33611223344", from("+33611223344")), { byId: "", stranger: false });
  assert.deepEqual(askedBy("alice", from("alice")), { byId: "", stranger: false }, "a telephone of the house");
  assert.deepEqual(askedBy("209", from("+33611223344")), { byId: "+33611223344", stranger: true });
  assert.deepEqual(askedBy("+33611223344", from("vis_1")), { byId: "vis_1", stranger: true });
  assert.deepEqual(askedBy("+33611223344", from("anonymous")), { byId: "int_1", stranger: true }, "callers without a number do not count as one");
});

test("a message from a page or from a hidden number has no number to call back, whatever stands in its place", () => {
  assert.deepEqual(["vis_1m808c7gt4nmyx3svkjh", "anonymous", "Anonymous", "", "+33611223344", "alice", "209"].map(withoutNumber), [true, true, true, true, false, false, false]);
});
