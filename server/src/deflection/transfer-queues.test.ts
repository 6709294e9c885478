/** AHD-03: « Autoriser les transferts vers des files d’attente en dehors des heures d’ouverture », the seed's 4+1 cases, for calls and for chats. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactChannel } from "@tandem/protocol/hours";
import { NOBODY, NOW, testGround, type TestGround } from "./test-ground.ts";
import { transferQueues } from "./transfer-queues.ts";

/** One queue for each case. */
function cases(deflection: object): TestGround {
  const ground = testGround().set("deflection", "", deflection);
  Object.assign(ground.state, { open: "open", deflected: "closed", staffed: "closed", empty: "closed", virtual: "closed", limited: "closed", "limited-open": "open" });
  const own = { ivr: { kind: "voicemail" }, mobile: null, sms: { enabled: true, message: { sounds: { fr: "Fermé." } } } };
  ground.set("queue-deflection", "deflected", own);
  ground.set("queue-deflection", "virtual", { ivr: "off", virtualAgent: { assistantId: "ella", availability: "always" } });
  ground.set("queue-deflection", "limited", { ...own, virtualAgent: { assistantId: "ella", availability: "hours" } });
  ground.set("queue-deflection", "limited-open", { virtualAgent: { assistantId: "ella", availability: "hours" } });
  ground.live.staffed = { ...NOBODY, staffed: 1 };
  ground.live.limited = { ...NOBODY, staffed: 3 };
  return ground;
}
const QUEUES = ["open", "deflected", "staffed", "empty", "virtual", "limited", "limited-open"];
const shown = (ground: TestGround, channel: ContactChannel): string[] => transferQueues(ground, { queueIds: QUEUES, channel, language: "fr", nowMs: NOW, live: (id) => ground.live[id] ?? NOBODY }).map(({ queueId }) => queueId);

const ROWS: [string, object, ContactChannel, string[]][] = [
  ["calls, the box ticked: open; closed and deflected; closed with agents there; closed with a virtual agent at all hours; never one that keeps to the hours", { calls: { transferToClosed: true } }, "ivr", ["open", "deflected", "staffed", "virtual", "limited-open"]],
  ["calls, not ticked: « toutes les files d’attente pendant les heures d’ouverture » alone", {}, "ivr", ["open", "limited-open"]],
  ["calls, ticked and all deflected: every closed queue but the one that keeps to the hours", { calls: { enabled: true, transferToClosed: true } }, "ivr", ["open", "deflected", "staffed", "empty", "virtual", "limited-open"]],
  ["calls, the box of chats is not theirs", { chats: { transferToClosedWhenOff: true } }, "ivr", ["open", "limited-open"]],
  ["chats, deflection off and the box ticked: the same cases", { chats: { transferToClosedWhenOff: true } }, "sms", ["open", "deflected", "staffed", "virtual", "limited-open"]],
  ["chats, deflection off and the box ticked: a queue that deflects calls alone is shown for its agents only", { chats: { transferToClosedWhenOff: true } }, "chat", ["open", "staffed", "virtual", "limited-open"]],
  ["chats, deflection off, not ticked", {}, "chat", ["open", "limited-open"]],
  ["chats, deflection on: closed queues deflect, so they are shown; never one that keeps to the hours", { chats: { enabled: true } }, "chat", ["open", "deflected", "staffed", "empty", "virtual", "limited-open"]],
  ["chats, the box of calls is not theirs", { calls: { transferToClosed: true } }, "chat", ["open", "limited-open"]],
];
for (const [name, deflection, channel, expected] of ROWS) test(`AHD-03 ${name}`, () => assert.deepEqual(shown(cases(deflection), channel), expected));

test("AHD-03 what a customer meets in a queue that is closed is told with it: words, a recorder, a virtual agent, or the agents who are there", () => {
  const told = transferQueues(cases({ calls: { transferToClosed: true } }), { queueIds: QUEUES, channel: "ivr", language: "fr", nowMs: NOW, live: (id) => (id === "staffed" ? { ...NOBODY, staffed: 1 } : NOBODY) });
  assert.deepEqual(told.filter(({ isOpen }) => !isOpen).map(({ queueId, goes }) => [queueId, goes]), [["deflected", "voicemail"], ["staffed", null], ["virtual", "assistant"]]);
});
