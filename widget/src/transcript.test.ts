import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation, MessageView } from "@tandem/protocol";
import { brandOf, contrast } from "./brand.ts";
import { emptyTalk } from "./talk.ts";
import type { Talk } from "./talk.ts";
import { linked, openChoices, transcript } from "./transcript.ts";
import { systemLine, waitText, WORDS } from "./words.ts";

const words = WORDS.fr;
const NOON = Date.UTC(2026, 10, 21, 12);

function message(seq: number, author: MessageView["author"], text: string, more: Partial<MessageView> = {}): MessageView {
  return { id: `m${seq}`, interactionId: "i", seq, author, authorName: author === "agent" ? "Léa" : "", text, atMs: NOON + seq * 1000, clientId: author === "customer" ? `c${seq}` : null, ...more };
}

function talk(messages: MessageView[], conversation: Partial<Conversation> = {}): Talk {
  return { ...emptyTalk, interactionId: "i", messages, conversation: { interactionId: "i", state: "connected", agent: null, position: null, readByAgent: 0, rated: false, ...conversation } };
}

test("one author's messages close in time are one group; another author, or a long silence, begins the next", () => {
  const items = transcript(talk([message(1, "customer", "a"), message(2, "customer", "b"), message(3, "agent", "c"), message(4, "agent", "d", { atMs: NOON + 600_000 })]), words);
  assert.deepEqual(items.map((i) => (i.kind === "group" ? i.bubbles.map((b) => b.text).join() : i.kind)), ["day", "a,b", "c", "d"]);
});

test("a new day has its line", () => {
  const items = transcript(talk([message(1, "customer", "a"), message(2, "customer", "b", { atMs: NOON + 86_400_000 })]), words);
  assert.deepEqual(items.map((i) => i.kind), ["day", "group", "day", "group"]);
});

test("own messages say where they are: sending, refused, sent, read", () => {
  const t = { ...talk([message(1, "customer", "a"), message(2, "customer", "b")], { readByAgent: 1 }), outbox: [{ clientId: "x1", text: "c", atMs: NOON + 3000, refused: null }, { clientId: "x2", text: "d", atMs: NOON + 3001, refused: "bad-input" }] };
  const states = transcript(t, words).flatMap((i) => (i.kind === "group" ? i.bubbles.map((b) => b.state) : []));
  assert.deepEqual(states, ["read", "sent", "sending", "refused"]);
});

test("a bubble keeps its key from the first instant to the echo", () => {
  const before = transcript({ ...emptyTalk, outbox: [{ clientId: "c1", text: "a", atMs: NOON, refused: null }] }, words);
  const after = transcript(talk([message(1, "customer", "a")]), words);
  const keys = (items: typeof before): string[] => items.flatMap((i) => (i.kind === "group" ? i.bubbles.map((b) => b.key) : []));
  assert.deepEqual(keys(before), keys(after));
});

test("a system key becomes a sentence; an unknown one is silent, in both languages alike", () => {
  assert.equal(systemLine(words, "connected", { agent: "Léa" }), "Léa a rejoint la conversation.");
  assert.equal(systemLine(words, "no-such-key", undefined), null);
  assert.equal(systemLine(words, "toString", undefined), null);
  assert.deepEqual(Object.keys(WORDS.fr.system), Object.keys(WORDS.en.system));
  assert.deepEqual(transcript(talk([message(1, "system", "no-such-key")]), words), []);
});

test("choices stand only while the flow's last question is open", () => {
  const ask = message(1, "flow", "?", { choices: [{ key: "1", label: "Un" }] });
  assert.equal(openChoices(talk([ask], { state: "flow" })).length, 1);
  assert.equal(openChoices(talk([ask, message(2, "flow", "Pardon ?")], { state: "flow" })).length, 1);
  assert.equal(openChoices(talk([ask, message(2, "customer", "Un")], { state: "flow" })).length, 0);
  assert.equal(openChoices(talk([ask], { state: "queued" })).length, 0);
  assert.equal(openChoices({ ...talk([ask], { state: "flow" }), outbox: [{ clientId: "c", text: "Un", atMs: 0, refused: null }] }).length, 0);
});

test("only web addresses become links, without the sentence's punctuation", () => {
  assert.deepEqual(linked("voir https://halo.fr/a?b=1, merci"), [
    { text: "voir ", href: null },
    { text: "https://halo.fr/a?b=1", href: "https://halo.fr/a?b=1" },
    { text: ", merci", href: null },
  ]);
  for (const text of ["javascript:alert(1)", "data:text/html,x", "<img src=x onerror=alert(1)>", "www.halo.fr"]) assert.deepEqual(linked(text), [{ text, href: null }]);
});

test("an estimated wait is rounded up and never invented", () => {
  assert.equal(waitText(words, null), words.waitUnknown);
  assert.equal(waitText(words, 20_000), words.waitUnder1);
  assert.equal(waitText(words, 61_000), words.waitAbout(2));
});

test("French before : ; ! ? and inside guillemets: a narrow no-break space", () => {
  const texts = JSON.stringify(WORDS.fr, (_k, v: unknown) => (typeof v === "function" ? String((v as (...a: unknown[]) => unknown)("3", 2)) : v));
  assert.doesNotMatch(texts, /[^\u202f"{}[\]\\][;!?](?!\/)/u);
  assert.doesNotMatch(texts, / [:;!?»]|« /u);
});

test("text on the brand's colour reads: at least 4.5:1 for any colour given", () => {
  for (const color of ["#3b2c20", "#fff", "#000000", "#ffcc00", "#324fcb", "#d7311b", "#808080", "#777"]) {
    const brand = brandOf(color);
    assert.ok(contrast(brand.color, brand.on) >= 4.5, `${color} on ${brand.on}: ${contrast(brand.color, brand.on)}`);
  }
  assert.equal(brandOf("red;background:url(x)").color, "#3b2c20");
});
