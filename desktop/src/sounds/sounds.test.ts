import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AgentView, InteractionView, MessageView, ServerFrame } from "@tandem/protocol";
import { emptyState } from "../data/state.ts";
import type { CentreState } from "../data/state.ts";
import { cueOf, lineIsLost, LOST_AFTER_MS, rings } from "./cues.ts";
import { readSettings } from "./settings.ts";
import { RING_LOOP_MS, scores, soundNames } from "./tones.ts";

const interaction = (change: Partial<InteractionView>): InteractionView => ({
  id: "i1", medium: "voice", state: "offered", held: false, language: "fr", customer: { id: null, name: "x", known: false, address: "" }, to: "", queue: null,
  priority: 0, createdAtMs: 0, queuedAtMs: null, offer: { agentId: "me", sinceMs: 0, untilMs: 1 }, agentId: null, agentName: null, connectedAtMs: null,
  heldSinceMs: null, wrapUntilMs: null, closedAtMs: null, closedWhy: null, customerPresent: true, recording: "off", reason: null, clues: [], position: null,
  disposition: null, notes: "", messages: 0, lastMessage: null, deliveredUpTo: 0, undelivered: [], readBy: { customer: 0, agent: 0 }, rating: null, ...change,
});
const holding = (value: InteractionView, devices: AgentView["devices"] = ["browser"]): CentreState => ({
  ...emptyState, interactions: new Map([[value.id, value]]),
  agents: new Map([["me", { id: "me", name: "Me", team: "", wish: "available", system: "ringing", sinceMs: 0, reach: {}, load: {}, devices, queueIds: [] }]]),
});
const changed = (value: InteractionView): ServerFrame => ({ t: "event", seq: 1, kind: "interaction", value, cause: "x" });

describe("ring", () => {
  it("sounds for a call offered to me, not for others' nor for chats", () => {
    assert.equal(rings(holding(interaction({})), "me"), true);
    assert.equal(rings(holding(interaction({})), "other"), false);
    assert.equal(rings(holding(interaction({ medium: "chat" })), "me"), false);
    assert.equal(rings(holding(interaction({ state: "connected", agentId: "me", offer: null })), "me"), false);
  });
  it("leaves the ringing to the desk phone when that is the only device", () => {
    assert.equal(rings(holding(interaction({}), ["phone"]), "me"), false);
    assert.equal(rings(holding(interaction({}), ["phone", "browser"]), "me"), true);
    assert.equal(rings(holding(interaction({}), []), "me"), true);
  });
});

describe("cues", () => {
  const chat = interaction({ medium: "chat" });
  it("a chat offered to me sounds once, not at each later change", () => {
    assert.equal(cueOf(emptyState, holding(chat), changed(chat), "me"), "conversation");
    assert.equal(cueOf(holding(chat), holding(chat), changed(chat), "me"), null);
    assert.equal(cueOf(emptyState, holding(chat), changed(chat), "other"), null);
  });
  it("a customer's message ticks in my conversations only", () => {
    const mine = interaction({ medium: "chat", state: "connected", agentId: "me", offer: null });
    const message = (author: MessageView["author"]): ServerFrame => ({
      t: "event", seq: 2, kind: "message", value: { id: "m", interactionId: "i1", seq: 1, author, authorName: "", text: "hi", atMs: 0, clientId: null },
    });
    assert.equal(cueOf(holding(mine), holding(mine), message("customer"), "me"), "message");
    assert.equal(cueOf(holding(mine), holding(mine), message("agent"), "me"), null);
    assert.equal(cueOf(holding(mine), holding(mine), message("customer"), "other"), null);
  });
  it("a message that a caller left ticks once for who serves the queue and is there", () => {
    const left = (change: Partial<NonNullable<Extract<ServerFrame, { t: "promisedWork" }>["changed"]>> = {}): ServerFrame => ({ t: "promisedWork", queueId: "q", openMessages: 1, openCallbacks: 0, changed: { kind: "message", id: "qm", state: "open", fresh: true, ...change } });
    const there = holding(interaction({}));
    const me = there.agents.get("me")!;
    const as = (change: Partial<AgentView>): CentreState => ({ ...there, agents: new Map([["me", { ...me, ...change }]]) });
    assert.equal(cueOf(there, there, left(), "me"), "message");
    assert.equal(cueOf(there, as({ queueIds: ["q"] }), left(), "me"), "message");
    assert.equal(cueOf(there, as({ queueIds: ["r"] }), left(), "me"), null, "of another queue");
    assert.equal(cueOf(there, as({ wish: "offline" }), left(), "me"), null);
    assert.equal(cueOf(there, there, left(), "supervisor"), null, "who is no agent");
    assert.equal(cueOf(there, there, left({ fresh: false, state: "claimed" }), "me"), null, "a change of it is none");
    assert.equal(cueOf(there, there, left({ kind: "callback" }), "me"), null);
    assert.equal(cueOf(there, there, { ...left(), changed: null } as ServerFrame, "me"), null);
  });
  it("a lost line sounds after a while, never at first connection", () => {
    const waiting = { phase: "waiting", sinceMs: 0, attempts: 3, retryAtMs: 0 } as const;
    assert.equal(lineIsLost(waiting, true, LOST_AFTER_MS), true);
    assert.equal(lineIsLost(waiting, true, LOST_AFTER_MS - 1), false);
    assert.equal(lineIsLost(waiting, false, LOST_AFTER_MS), false);
  });
});

describe("scores", () => {
  it("keep their contour: the ring rises twice within its loop, the breach falls, only the lost line is harsh", () => {
    const melody = (name: (typeof soundNames)[number]): number[] => scores[name].filter((n) => n.gain > 0.3).map((n) => n.hz);
    const [a = 0, b = 0, c = 0, d = 0] = melody("ring");
    assert.ok(b > a && d > c && a === c && b === d);
    assert.ok(Math.abs(b / a - 2 ** (4 / 12)) < 1e-9, "a third");
    const [e = 0, f = 0] = melody("conversation");
    assert.ok(Math.abs(f / e - 2 ** (5 / 12)) < 1e-9, "a fourth");
    const [g = 0, h = 0] = melody("breach");
    assert.ok(h < g);
    assert.ok(Math.max(...scores.ring.map((n) => n.atMs + n.lastMs)) < RING_LOOP_MS);
    for (const name of soundNames) assert.equal(scores[name].some((n) => n.wave === "sawtooth"), name === "lost", name);
  });
});

describe("settings", () => {
  it("survive nonsense", () => {
    assert.equal(readSettings("{").ring.volume, 0.7);
    assert.equal(readSettings('{"ring":{"volume":7,"muted":"yes"}}').ring.volume, 0.7);
    assert.deepEqual(readSettings('{"ring":{"volume":0.2,"muted":true}}').ring, { volume: 0.2, muted: true });
    assert.equal(readSettings("null").lost.muted, false);
  });
});
