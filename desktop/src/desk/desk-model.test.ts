import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { InteractionView, MessageView } from "@tandem/protocol";
import { freeze } from "./frozen-list.ts";
import { currentOffer, inOrder, nextFocus, panes } from "./layout.ts";
import { blocks, unansweredSince } from "./transcript-model.ts";

function contact(id: string, medium: "voice" | "chat", more: Partial<InteractionView> = {}): InteractionView {
  return {
    id, medium, state: "connected", held: false, language: "fr", customer: { id: null, name: id, known: false, address: "" }, to: "", queue: null, priority: 0,
    createdAtMs: 0, queuedAtMs: null, offer: null, agentId: "me", agentName: null, connectedAtMs: null, heldSinceMs: null, wrapUntilMs: null, closedAtMs: null, closedWhy: null,
    customerPresent: true, recording: "off", reason: null, clues: [], position: null, disposition: null, notes: "", messages: 0, lastMessage: null, deliveredUpTo: 0, undelivered: [], readBy: { customer: 0, agent: 0 }, rating: null, ...more,
  };
}
const ids = (list: readonly InteractionView[]): string[] => list.map((i) => i.id);

describe("panes", () => {
  const call = contact("call", "voice");
  const a = contact("a", "chat");
  const b = contact("b", "chat");
  const c = contact("c", "chat");

  it("puts the call left and the chat focused last beside it, whichever has the focus", () => {
    assert.deepEqual(ids(panes([a, call, b], "b", ["b", "a"], "two")), ["call", "b"]);
    assert.deepEqual(ids(panes([a, call, b], "call", ["call", "b", "a"], "two")), ["call", "b"]);
  });

  it("prefers, beside a call, the customer who waits for an answer", () => {
    const waiting = contact("w", "chat", { lastMessage: { id: "m", interactionId: "w", seq: 1, author: "customer", authorName: "W", text: "?", atMs: 1, clientId: null } });
    assert.deepEqual(ids(panes([a, b, waiting, call], "call", [], "two")), ["call", "w"]);
    assert.deepEqual(ids(panes([a, b, waiting, call], "call", ["b"], "two")), ["call", "b"]);
  });

  it("without a call shows two chats that keep their places when the focus moves between them", () => {
    assert.deepEqual(ids(panes([a, b, c], "c", ["c", "a"], "two")), ["a", "c"]);
    assert.deepEqual(ids(panes([a, b, c], "a", ["a", "c"], "two")), ["a", "c"]);
  });

  it("shows only the focused one when there is room for one", () => {
    assert.deepEqual(ids(panes([call, a], "a", ["a"], "one")), ["a"]);
    assert.deepEqual(panes([], null, [], "two"), []);
  });

  it("moves a lost focus to the call, else to the latest used, else past offers", () => {
    assert.equal(nextFocus([a, call], ["a"]), "call");
    assert.equal(nextFocus([a, b], ["gone", "b", "a"]), "b");
    assert.equal(nextFocus([contact("o", "chat", { state: "offered" }), a], []), "a");
    assert.equal(nextFocus([], ["a"]), null);
  });

  it("adds newcomers last, even those that the centre knew before, and keeps places over changes of state", () => {
    const old = contact("old", "chat", { createdAtMs: 1, state: "offered", offer: { agentId: "me", sinceMs: 90, untilMs: 99 } });
    const mineNow = [old, contact("x", "chat", { createdAtMs: 50, connectedAtMs: 60 })];
    assert.deepEqual(ids(inOrder(mineNow, [])), ["x", "old"]);
    assert.deepEqual(ids(inOrder([contact("b", "chat", { connectedAtMs: 5 }), contact("a", "chat", { connectedAtMs: 9 })], ["a", "b"])), ["a", "b"]);
  });

  it("offers the call before an older chat", () => {
    const chat = contact("o1", "chat", { state: "offered", offer: { agentId: "me", sinceMs: 1, untilMs: 9 } });
    const ring = contact("o2", "voice", { state: "offered", offer: { agentId: "me", sinceMs: 5, untilMs: 9 } });
    assert.equal(currentOffer([chat, ring])?.id, "o2");
    assert.equal(currentOffer([chat, a])?.id, "o1");
    assert.equal(currentOffer([a]), null);
  });
});

describe("frozen list", () => {
  it("keeps gone rows and holds new ones while frozen, and is true at once when not", () => {
    const held = freeze(["a", "b"], ["b", "c", "d"], true);
    assert.deepEqual([held.shown, [...held.ghosts], held.waiting], [["a", "b"], ["a"], ["c", "d"]]);
    const free = freeze(["a", "b"], ["b", "c"], false);
    assert.deepEqual([free.shown, free.ghosts.size, free.waiting], [["b", "c"], 0, []]);
  });
});

describe("transcript", () => {
  let seq = 0;
  const said = (author: MessageView["author"], atMs: number, authorName: string = author): MessageView => ({
    id: `m${++seq}`, interactionId: "i", seq, author, authorName, text: "x", atMs, clientId: null,
  });
  const noon = new Date(2026, 10, 24, 12, 0).getTime();

  it("groups what one author says within three minutes", () => {
    const drawn = blocks([said("customer", noon), said("customer", noon + 60_000), said("agent", noon + 70_000), said("customer", noon + 80_000), said("customer", noon + 300_000)]);
    assert.deepEqual(drawn.map((b) => (b.kind === "group" ? `${b.author}${b.messages.length}` : b.kind)), ["customer2", "agent1", "customer1", "customer1"]);
  });

  it("tells two agents apart and names days only when they change", () => {
    const drawn = blocks([said("agent", noon - 86_400_000, "Léa"), said("agent", noon, "Léa"), said("agent", noon + 1, "Hugo")]);
    assert.deepEqual(drawn.map((b) => b.kind), ["day", "group", "day", "group", "group"]);
  });

  it("measures the wait from the first unanswered message", () => {
    assert.equal(unansweredSince([said("customer", 1), said("agent", 2), said("customer", 3), said("flow", 4), said("customer", 5)]), 3);
    assert.equal(unansweredSince([said("customer", 1), said("agent", 2)]), null);
  });
});
