import assert from "node:assert/strict";
import { test } from "node:test";
import { Deflection, QueueDeflection } from "@tandem/protocol/hours";
import { ruleFor } from "@tandem/protocol/hours-closed";
import { effectiveOf, levelsOf } from "./effective.ts";

const centre = Deflection.parse({ calls: { enabled: true, ivr: { kind: "number", number: "+33240001000" } }, chats: { enabled: true } });
const off = Deflection.parse({});
const own = (body: object): QueueDeflection => QueueDeflection.parse(body);

test("AHD-11 a queue's own word holds whatever the centre's switch says; off is never deflected", () => {
  assert.deepEqual(effectiveOf("ivr", centre, null, "q1"), { way: { kind: "number", number: "+33240001000" }, from: "centre" });
  assert.deepEqual(effectiveOf("ivr", off, null, "q1"), { way: { kind: "waits" }, from: "centre" });
  assert.deepEqual(effectiveOf("ivr", off, own({ ivr: { kind: "voicemail" } }), "q1"), { way: { kind: "voicemail" }, from: "queue" });
  assert.deepEqual(effectiveOf("ivr", centre, own({ ivr: "off" }), "q1"), { way: { kind: "waits" }, from: "queue" });
});

test("the queue that others are sent to takes messages itself", () => {
  const to = Deflection.parse({ calls: { enabled: true, ivr: { kind: "queue", queueId: "q1" } } });
  assert.deepEqual([effectiveOf("ivr", to, null, "q1").way.kind, effectiveOf("ivr", to, null, "q2").way.kind], ["voicemail", "queue"]);
});

test("AHD-12, AHD-13 a telephone's page has a queue or options, texts a message of their own, the web nothing of its own", () => {
  assert.deepEqual(effectiveOf("mobile", centre, own({ mobile: { to: "queue", queueId: "q" } }), "q1").way, { kind: "queue", queueId: "q" });
  assert.equal(effectiveOf("mobile", centre, own({ mobile: { to: "options", options: { voicemail: true } } }), "q1").way.kind, "options");
  assert.deepEqual(effectiveOf("sms", centre, own({ sms: { enabled: true, message: { sounds: {} } } }), "q1"), { way: { kind: "text", message: { sounds: {} } }, from: "queue" });
  assert.equal(effectiveOf("sms", centre, own({ sms: { enabled: false, message: { sounds: {} } } }), "q1").from, "centre", "a message that is off leaves the centre's word");
  assert.deepEqual(effectiveOf("sms", centre, null, "q1"), { way: { kind: "email" }, from: "centre" });
  assert.equal(effectiveOf("web", centre, own({ ivr: { kind: "voicemail" }, mobile: "off" }), "q1").from, "centre");
});

test("a virtual agent who is there at all hours answers every written and spoken contact; one of the queue's hours changes nothing outside them", () => {
  const agent = (availability: "always" | "hours"): QueueDeflection => own({ virtualAgent: { assistantId: "a", availability } });
  assert.deepEqual(effectiveOf("chat", off, agent("always"), "q1"), { way: { kind: "assistant" }, from: "queue" });
  assert.equal(effectiveOf("email", off, agent("always"), "q1").way.kind, "waits");
  assert.equal(effectiveOf("ivr", off, agent("hours"), "q1").way.kind, "waits");
});

test("AHD-01 the first level with a rule is the one that the server takes", () => {
  const [queues, channels, languages] = [[null, "q"], [null, "chat"], [null, "en"]] as const;
  const all = queues.flatMap((queueId) => channels.flatMap((channel) => languages.map((language) => ({ queueId, channel, language, calendarId: `${queueId} ${channel} ${language}` }))));
  const who = { queueId: "q", channel: "chat", language: "en" } as const;
  for (let chosen = 0; chosen < 2 ** all.length; chosen++) {
    const rules = all.filter((_, i) => (chosen >> i) % 2 === 1);
    assert.equal(levelsOf(rules, who).find(({ rule }) => rule !== null)?.rule ?? null, ruleFor(rules, who));
  }
});

test("AHD-01 the levels in their order: a queue says more than a channel, a channel more than a language", () => {
  const rule = { queueId: null, channel: "chat" as const, language: null, calendarId: "chat" };
  const levels = levelsOf([rule, { ...rule, channel: "sms", calendarId: "sms" }], { queueId: "q", channel: "chat", language: "en" });
  assert.deepEqual(levels.map(({ who }) => [who.queueId, who.channel, who.language].map((x) => (x === null ? "-" : "x")).join("")), ["xxx", "xx-", "x-x", "x--", "-xx", "-x-", "--x", "---"]);
  assert.deepEqual(levels.map((level) => level.rule?.calendarId ?? null), [null, null, null, null, null, "chat", null, null]);
});
