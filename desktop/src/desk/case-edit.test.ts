import assert from "node:assert/strict";
import { test } from "node:test";
import { beginEdit, changeOf, rebase, sentStands, settle, theirsOf, type CaseEdit } from "./case-edit.ts";

const saw = { subject: "Lamp broken", fields: { order: "10482", eta: "Monday" } };
const typed = (change: Partial<CaseEdit>): CaseEdit => ({ ...beginEdit(saw), ...change });

test("only what was changed is sent, with what was seen there; an emptied or removed field goes, spaces are no change", () => {
  assert.equal(changeOf(beginEdit(saw)), null);
  assert.equal(changeOf(typed({ subject: " Lamp broken " })), null);
  assert.deepEqual(changeOf(typed({ subject: "Lamp broken again" })), { subject: "Lamp broken again", was: { subject: "Lamp broken" } });
  assert.deepEqual(changeOf(typed({ fields: [{ name: "order", value: "10482" }, { name: "eta", value: "" }, { name: "colour", value: "red " }, { name: "", value: "x" }] })), { fields: { eta: "", colour: "red" }, was: { fields: { eta: "Monday", colour: "" } } });
});

test("what others changed is taken where nothing was typed, and told where something was; settled, it is sent or given up", () => {
  const edit = typed({ subject: "Mine", fields: [{ name: "order", value: "10482" }, { name: "eta", value: "Friday" }] });
  const now = { subject: "Theirs", fields: { order: "10483", eta: "Tuesday", colour: "red" } };
  const { edit: later, theirs } = rebase(edit, now);
  assert.deepEqual(theirs, { subject: "Theirs", fields: { eta: "Tuesday" } });
  assert.deepEqual([later.subject, later.fields], ["Mine", [{ name: "order", value: "10483" }, { name: "eta", value: "Friday" }, { name: "colour", value: "red" }]], "what was typed is kept");
  assert.deepEqual(rebase(later, now).theirs, theirs);
  assert.equal(rebase(later, now).edit, later, "nothing new");
  const settled = settle(settle(later, null, "Theirs", "mine"), "eta", "Tuesday", "theirs");
  assert.deepEqual(rebase(settled, now).theirs, { fields: {} });
  assert.deepEqual(changeOf(settled), { subject: "Mine", was: { subject: "Theirs" } });
});

test("a field that somebody took away goes, unless it was typed in; both wrote the same is no conflict", () => {
  const gone = { subject: "Lamp broken", fields: { order: "10482" } };
  assert.deepEqual(rebase(beginEdit(saw), gone), { edit: { was: gone, subject: "Lamp broken", fields: [{ name: "order", value: "10482" }] }, theirs: { fields: {} } });
  const mine = typed({ fields: [{ name: "order", value: "10482" }, { name: "eta", value: "Friday" }] });
  assert.deepEqual(rebase(mine, gone).theirs, { fields: { eta: "" } });
  assert.deepEqual(changeOf(settle(mine, "eta", "", "mine")), { fields: { eta: "Friday" }, was: { fields: { eta: "" } } });
  assert.deepEqual(rebase(mine, { ...saw, fields: { order: "10482", eta: "Friday" } }).theirs, { fields: {} });
});

test("what is typed while it is on its way is a change of what was sent, no conflict with it", () => {
  const sent = { subject: "Mine", fields: { eta: "Friday", order: "" } };
  const kept = { subject: "Mine", fields: { eta: "Friday" } };
  const asSent = typed({ subject: "Mine ", fields: [{ name: "eta", value: "Friday" }] });
  assert.equal(changeOf(sentStands(asSent, sent)), null);
  const more = sentStands({ ...asSent, subject: "Mine, and more" }, sent);
  assert.deepEqual(rebase(more, kept).theirs, { fields: {} });
  assert.deepEqual(changeOf(more), { subject: "Mine, and more", was: { subject: "Mine" } });
});

test("a field may have the name of what every object has", () => {
  const { edit, theirs } = rebase(beginEdit({ subject: "Lamp broken", fields: { constructor: "Halo" } }), { subject: "Lamp broken", fields: { constructor: "Alba" } });
  assert.deepEqual([edit.fields, theirsOf(theirs, "constructor")], [[{ name: "constructor", value: "Alba" }], null]);
});
