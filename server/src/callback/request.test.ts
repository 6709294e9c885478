import assert from "node:assert/strict";
import { test } from "node:test";
import { CallbackSettings, type CallbackAttempt } from "@tandem/protocol/callback";
import { newInteraction, type Interaction, type MediumTraits } from "../hub/hub.ts";
import { after, isOnTheLine, type CallbackRequest } from "./request.ts";

const MINUTE = 60_000;
const REQUEST: CallbackRequest = {
  id: "cb_1", state: "calling", queueId: "q", number: "+33611223344", name: "", customerId: null, language: "fr", reason: null, priority: 0, needs: [], trail: [], data: {}, agentId: null, by: "flow", byName: "", byId: "", to: "",
  createdAtMs: 0, sinceMs: 0, slot: null, dueMs: null, nextAtMs: null, attempts: [], interactionId: "int_1", heldBy: null, machineOf: null, endedAtMs: null, end: null,
};
const cut = (atMs: number): CallbackAttempt => ({ atMs, interactionId: "int_1", agentId: null, outcome: "cut", status: 0 });

test("a call that our own failing cut is made again at once, then after a pause, and not for ever: no telephone rings all night for a mistake of ours", () => {
  const settings = CallbackSettings.parse({ attempts: 3, pauseMinutes: 15 });
  let request = REQUEST;
  const due: (number | null)[] = [];
  for (let i = 0; i < 50 && request.state !== "broken"; i++) {
    request = after(request, cut(0), settings, 0, (fromMs) => fromMs);
    due.push(request.nextAtMs);
  }
  assert.deepEqual([due.slice(0, 3), request.state, request.end, request.attempts.length, due.at(-1)], [[0, 15 * MINUTE, 15 * MINUTE], "broken", "cut", 20, null]);
});

test("a next try is told for when the queue opens, not for the night", () => {
  const settings = CallbackSettings.parse({ attempts: 2, pauseMinutes: 15 });
  const opens = (fromMs: number): number => fromMs + 9 * 60 * MINUTE;
  assert.equal(after(REQUEST, { ...cut(0), outcome: "busy", status: 486 }, settings, 0, opens).nextAtMs, (15 + 9 * 60) * MINUTE);
});

test("cuts are no tries: the customer is called as often as was promised", () => {
  const settings = CallbackSettings.parse({ attempts: 2, pauseMinutes: 15 });
  const busy: CallbackAttempt = { ...cut(0), outcome: "busy", status: 486 };
  const states = [cut(0), busy, cut(0), busy].reduce<CallbackRequest[]>((all, attempt) => [...all, after(all.at(-1) ?? REQUEST, attempt, settings, 0, (fromMs) => fromMs)], []).map(({ state, nextAtMs }) => [state, nextAtMs]);
  assert.deepEqual(states, [["waiting", 0], ["waiting", 15 * MINUTE], ["waiting", 0], ["broken", null]]);
});

test("on the line is who calls us until they hang up, and whom we call from the ring on, or from the agent's answer on; not who writes", () => {
  const VOICE: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
  const it = (more: Partial<Interaction>, traits = VOICE): boolean => isOnTheLine({ ...newInteraction("i", traits, { from: "+33611223344", fromName: "", to: "", language: "fr", context: {} }, 0), ...more });
  const calledBack = { callbackId: "cb", attempt: 1, dialledAtMs: null, reachedAtMs: null, notReached: null };
  assert.deepEqual((["flow", "queued", "offered", "connected", "wrapping", "closed"] as const).map((state) => it({ state })), [true, true, true, true, false, false]);
  assert.deepEqual((["queued", "offered", "connected", "wrapping", "closed"] as const).map((state) => it({ state, calledBack })), [false, false, true, false, false]);
  assert.equal(it({ state: "offered", calledBack: { ...calledBack, dialledAtMs: 1 } }), true, "customer first: it rings there while an agent is kept");
  assert.equal(it({ state: "queued", calledBack: { ...calledBack, reachedAtMs: 1 } }), true, "and they wait, when that agent does not answer");
  assert.equal(it({ state: "connected" }, { ...VOICE, written: true }), false);
});
