import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AgentView, InteractionView, MessageView, QueueView, ServerFrame, Snapshot, StreamEvent } from "@tandem/protocol";
import * as fc from "fast-check";
import { apply, emptyState, withThread } from "./state.ts";
import type { CentreState } from "./state.ts";
import { contiguousUpTo, emptyThread, withFailure, withMessage, withPending } from "./thread.ts";

const agent = (id: string, wish: AgentView["wish"] = "available"): AgentView => ({
  id, name: id, team: "t", wish, system: "idle", sinceMs: 0, reach: {}, load: {}, devices: [], queueIds: [],
});
const queue = (id: string, waiting: number): QueueView => ({
  id, name: id, waiting, oldestSinceMs: null, freeAgents: 0, staffed: 0, media: ["voice"], target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000,
  today: { offered: 0, answered: 0, answeredInTarget: 0, abandoned: 0, serviceLevel: null, averageAnswerMs: null, averageHandleMs: null }, lastHour: [],
});
const interaction = (id: string, notes = ""): InteractionView => ({
  id, medium: "chat", state: "connected", held: false, language: "fr", customer: { id: null, name: id, known: false, address: "" }, to: "", queue: null,
  priority: 0, createdAtMs: 0, queuedAtMs: null, offer: null, agentId: "me", agentName: "Me", connectedAtMs: 0, heldSinceMs: null, wrapUntilMs: null,
  closedAtMs: null, closedWhy: null, customerPresent: true, recording: "off", reason: null, clues: [], position: null, disposition: null, notes,
  messages: 0, lastMessage: null, deliveredUpTo: 0, undelivered: [], readBy: { customer: 0, agent: 0 }, rating: null,
});
const message = (seq: number, clientId: string | null = null, interactionId = "i1"): MessageView => ({
  id: `m${seq}`, interactionId, seq, author: clientId === null ? "customer" : "agent", authorName: "x", text: `text ${seq}`, atMs: seq, clientId,
});
const snapshot = (seq: number, parts: Partial<Snapshot> = {}): Snapshot => ({
  t: "snapshot", epoch: "e1", seq, nowMs: 1000, me: { id: "me", login: "me", name: "Me", roles: ["agent"], language: "fr" },
  agents: [], queues: [], interactions: [], dispositions: [], ...parts,
});
const ok = (state: CentreState, frame: ServerFrame, atMs = 1000): CentreState => {
  const applied = apply(state, frame, atMs);
  assert.ok(applied.ok);
  return applied.state;
};

/** What the server holds: the events are told as it changes, so a snapshot taken later must equal them applied. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("agent" as const), id: fc.constantFrom("a", "b", "c"), wish: fc.constantFrom("available" as const, "break" as const) }),
  fc.record({ kind: fc.constant("agentGone" as const), id: fc.constantFrom("a", "b", "c") }),
  fc.record({ kind: fc.constant("queue" as const), id: fc.constantFrom("q", "r"), waiting: fc.nat(9) }),
  fc.record({ kind: fc.constant("queueGone" as const), id: fc.constantFrom("q", "r") }),
  fc.record({ kind: fc.constant("interaction" as const), id: fc.constantFrom("i1", "i2", "i3"), notes: fc.string() }),
  fc.record({ kind: fc.constant("interactionGone" as const), id: fc.constantFrom("i1", "i2", "i3") }),
);

describe("apply", () => {
  it("gives the new snapshot from the old one and the events between", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.nat(60), (changes, cutAt) => {
        const held = { agents: new Map<string, AgentView>(), queues: new Map<string, QueueView>(), interactions: new Map<string, InteractionView>() };
        const whole = (seq: number): Snapshot =>
          snapshot(seq, { agents: [...held.agents.values()], queues: [...held.queues.values()], interactions: [...held.interactions.values()] });
        let followed = emptyState;
        changes.forEach((c, i) => {
          if (i === Math.min(cutAt, changes.length - 1)) followed = ok(followed, whole(i));
          let event: StreamEvent;
          const seq = i + 1;
          if (c.kind === "agent") held.agents.set(c.id, (event = { t: "event", seq, kind: c.kind, value: agent(c.id, c.wish) }).value);
          else if (c.kind === "queue") held.queues.set(c.id, (event = { t: "event", seq, kind: c.kind, value: queue(c.id, c.waiting) }).value);
          else if (c.kind === "interaction")
            held.interactions.set(c.id, (event = { t: "event", seq, kind: c.kind, value: interaction(c.id, c.notes), cause: "x" }).value);
          else if (c.kind === "interactionGone") {
            held.interactions.delete(c.id);
            event = { t: "event", seq, kind: c.kind, id: c.id, cause: "x" };
          } else {
            (c.kind === "agentGone" ? held.agents : held.queues).delete(c.id);
            event = { t: "event", seq, kind: c.kind, id: c.id };
          }
          if (followed.epoch !== null) followed = ok(followed, event);
        });
        const fresh = ok(emptyState, whole(changes.length));
        const plain = (state: CentreState): unknown => ({
          seq: changes.length === 0 ? 0 : state.seq,
          agents: [...state.agents].toSorted(), queues: [...state.queues].toSorted(),
          interactions: [...state.interactions].toSorted(([a], [b]) => a.localeCompare(b)),
        });
        assert.deepEqual(plain(followed), plain(fresh));
      }),
      { seed: 20261121 },
    );
  });

  it("ignores an event that it has, takes the numbers with their holes, refuses what does not fit", () => {
    const state = ok(emptyState, snapshot(5, { queues: [queue("q", 1)] }));
    assert.equal(ok(state, { t: "event", seq: 5, kind: "queueGone", id: "q" }), state);
    const later = ok(state, { t: "event", seq: 9, kind: "queueGone", id: "q" });
    assert.deepEqual([later.seq, later.queues.size], [9, 0]);
    assert.equal(ok(later, { t: "resumed", epoch: "e1", seq: 12, nowMs: 0 }).seq, 12);
    assert.equal(ok(later, { t: "resumed", epoch: "e1", seq: 3, nowMs: 0 }).seq, 9);
    assert.deepEqual(apply(emptyState, { t: "event", seq: 1, kind: "queueGone", id: "q" }, 0), { ok: false, why: "no-snapshot" });
    assert.deepEqual(apply(state, { t: "resumed", epoch: "other", seq: 5, nowMs: 0 }, 0), { ok: false, why: "epoch" });
  });

  it("keeps the order of the list over a change and over a fresh snapshot", () => {
    let state = ok(emptyState, snapshot(0, { interactions: [interaction("i1"), interaction("i2")] }));
    state = ok(state, { t: "event", seq: 1, kind: "interaction", value: interaction("i3"), cause: "x" });
    state = ok(state, { t: "event", seq: 2, kind: "interaction", value: interaction("i1", "changed"), cause: "x" });
    state = ok(state, snapshot(9, { interactions: [interaction("i3"), interaction("i4"), interaction("i1")] }));
    assert.deepEqual([...state.interactions.keys()], ["i1", "i3", "i4"]);
  });

  it("keeps the server's clock", () => {
    const state = ok(emptyState, { ...snapshot(0), nowMs: 10_000 }, 4000);
    assert.equal(state.clockOffsetMs, 6000);
    assert.equal(ok(state, { t: "pong", nowMs: 20_000 }, 15_000).clockOffsetMs, 5000);
  });

  it("shows typing until the customer's message comes", () => {
    let state = ok(emptyState, snapshot(0, { interactions: [interaction("i1")] }));
    state = ok(state, { t: "typing", interactionId: "i1", who: "customer", untilMs: 9000 });
    assert.equal(state.typing.get("i1"), 9000);
    state = ok(state, { t: "event", seq: 1, kind: "message", value: message(1) });
    assert.equal(state.typing.has("i1"), false);
  });

  it("keeps messages of its own on the way over a fresh snapshot", () => {
    let state = ok(emptyState, snapshot(0, { interactions: [interaction("i1")] }));
    state = withThread(state, "i1", (t) => withPending(t, { clientId: "c1", text: "hi", atMs: 0, state: "sending", why: null }));
    state = ok(state, { ...snapshot(40, { interactions: [interaction("i1")] }), epoch: "e2" });
    assert.equal(state.threads.get("i1")?.pending.length, 1);
  });
});

describe("thread", () => {
  it("is ordered by seq and without doubles whatever the order of arrival", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }), (order) => {
        const thread = order.reduce((t, seq) => withMessage(t, message(seq)), emptyThread);
        assert.deepEqual(thread.messages.map((m) => m.seq), [...new Set(order)].toSorted((a, b) => a - b));
      }),
      { seed: 7 },
    );
  });

  it("knows up to where nothing is missing", () => {
    const thread = [1, 2, 5].reduce((t, seq) => withMessage(t, message(seq)), emptyThread);
    assert.equal(contiguousUpTo(thread), 2);
    assert.equal(contiguousUpTo(emptyThread), 0);
  });

  it("replaces a message on its way by the acknowledged one, in either order", () => {
    const pending = { clientId: "c1", text: "hi", atMs: 0, state: "sending" as const, why: null };
    const first = withMessage(withPending(emptyThread, pending), message(1, "c1"));
    assert.deepEqual([first.messages.length, first.pending.length], [1, 0]);
    const second = withPending(withMessage(emptyThread, message(1, "c1")), pending);
    assert.deepEqual([second.messages.length, second.pending.length], [1, 0]);
    const failed = withFailure(withPending(emptyThread, pending), "c1", "closed");
    assert.deepEqual([failed.pending[0]?.state, failed.pending[0]?.why], ["failed", "closed"]);
    assert.equal(withPending(failed, pending).pending[0]?.state, "sending");
  });
});
