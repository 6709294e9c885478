import assert from "node:assert/strict";
import { test } from "node:test";
import { findLoop, withSetting, type LoopGround } from "./loops.ts";
import { deflectionProblems, type ProblemGround } from "./problems.ts";
import { NOW, testGround, type TestGround } from "./test-ground.ts";
import { DAY, type Span } from "./zone.ts";

const HALF = DAY / 2;
/** Alternating halves of days from NOW on: `first` open in the first half of each. */
const halves = (first: boolean, fromMs: number, toMs: number): Span[] => {
  const spans: Span[] = [];
  for (let day = fromMs; day < toMs; day += DAY) spans.push(first ? { startMs: day, endMs: Math.min(day + HALF, toMs) } : { startMs: day + HALF, endMs: Math.min(day + DAY, toMs) });
  return spans;
};
const grounded = (ground: TestGround): ProblemGround => ({
  ...ground,
  queueIds: () => Object.keys(ground.state),
  openings: (queueId, _channel, fromMs, toMs) => (queueId === "night" ? halves(false, fromMs, toMs) : queueId === "sales" ? [{ startMs: fromMs, endMs: toMs }] : halves(true, fromMs, toMs)),
  people: (queueId) => (queueId === "support" ? 0 : 2),
});
const own = (ground: TestGround, from: string, to: string): TestGround => ground.set("queue-deflection", from, { ivr: { kind: "queue", queueId: to } });
const loopOf = (ground: TestGround): string | null => findLoop(grounded(ground), NOW)?.map(({ from, by }) => `${from} ${by}`).join(" -> ") ?? null;

const ROWS: [string, () => TestGround, string | null][] = [
  ["nothing leads anywhere", () => testGround(), null],
  ["two queues by day send each other on: refused", () => own(own(testGround(), "orders", "support"), "support", "orders"), "orders closed -> support closed"],
  ["a day's and a night's queue send each other on: one of them is always open", () => own(own(testGround(), "orders", "night"), "night", "orders"), null],
  ["a queue that sends to itself", () => own(testGround(), "orders", "orders"), "orders closed"],
  ["everybody to the one that is there for all: no circle, though it is closed at times", () => testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "queue", queueId: "orders" } } }), null],
  ["unless that one sends on to one that comes back", () => own(testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "queue", queueId: "orders" } } }), "orders", "support"), "orders closed -> support closed"],
  ["shares of each other's contacts", () => testGround().set("redirection", "orders", { shares: [{ percent: 10, queueId: "sales" }] }).set("redirection", "sales", { shares: [{ percent: 10, queueId: "orders" }] }), "orders share -> sales share"],
  ["shares of different channels do not meet", () => testGround().set("redirection", "orders", { shares: [{ percent: 10, channels: ["chat"], queueId: "sales" }] }).set("redirection", "sales", { shares: [{ percent: 10, channels: ["ivr"], queueId: "orders" }] }), null],
  ["busy one way, closed the other", () => own(testGround().set("over-capacity", "sales", { enabled: true, length: 3, then: { ivr: { kind: "queue", queueId: "orders" } } }), "orders", "sales"), "sales busy -> orders closed"],
  ["busy, but switched off", () => own(testGround().set("over-capacity", "sales", { enabled: false, length: 3, then: { ivr: { kind: "queue", queueId: "orders" } } }), "orders", "sales"), null],
  ["the whole centre's over-capacity leads to one queue: that one keeps its own", () => testGround().set("over-capacity", "", { enabled: true, length: 3, then: { ivr: { kind: "queue", queueId: "sales" } } }), null],
  ["a queue's own over-capacity leads to itself", () => testGround().set("over-capacity", "sales", { enabled: true, length: 3, then: { ivr: { kind: "queue", queueId: "sales" } } }), "sales busy"],
];
for (const [name, ground, expected] of ROWS) test(`circles: ${name}`, () => assert.equal(loopOf(ground()), expected));

test("a gap at the year's beginning or at its end is enough for a circle", () => {
  const ground = own(testGround(), "orders", "orders");
  const openFrom = (startMs: number, endMs: number): boolean => findLoop({ ...grounded(ground), openings: () => [{ startMs, endMs }] }, NOW) === null;
  const year = NOW + 366 * DAY;
  assert.deepEqual([openFrom(NOW, year), openFrom(NOW + 1, year), openFrom(NOW, year - 1)], [true, false, false]);
});

test("three in a circle are found whoever is looked at first", () => {
  const ground = testGround();
  ground.state.billing = "closed";
  own(own(own(own(ground, "sales", "orders"), "orders", "support"), "support", "billing"), "billing", "orders");
  assert.equal(loopOf(ground), "orders closed -> support closed -> billing closed");
});

test("a setting is judged before it is kept", () => {
  const ground = own(testGround(), "orders", "support");
  const body = { ivr: { kind: "queue", queueId: "orders" } as const, mobile: null, sms: null, virtualAgent: null };
  const asked: LoopGround = withSetting(grounded(ground), "queue-deflection", "support", body);
  assert.equal(findLoop(asked, NOW)?.length, 2);
  assert.equal(loopOf(ground), null);
});

test("a setting that is removed gives way to a more general one, which may close a circle", () => {
  const ground = own(testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "queue", queueId: "orders" } } }), "orders", "support").set("queue-deflection", "support", { ivr: { kind: "voicemail" } });
  assert.equal(loopOf(ground), null);
  assert.equal(findLoop(withSetting(grounded(ground), "queue-deflection", "support", null), NOW)?.length, 2);
  assert.equal(findLoop(withSetting(grounded(own(testGround(), "orders", "orders")), "queue-deflection", "orders", null), NOW), null, "and may open one");
});

test("problems: what leaves nobody reachable is an error, what is declared a warning; each says queue and channel in both languages", () => {
  const ground = testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "message" }, web: { scheduledCall: true }, mobile: { number: "3900" } }, chats: { enabled: true } });
  ground.scheduling = false;
  own(ground, "support", "gone");
  const problems = deflectionProblems(grounded(ground), NOW);
  const of = (queueId: string): string[] => problems.filter((p) => p.queueId === queueId).map((p) => `${p.severity} ${p.code} ${p.channel}`);
  assert.deepEqual(of("orders"), ["warning message-only ivr", "error nobody-reachable web", "error no-address chat", "error no-address sms"]);
  assert.deepEqual(of("sales"), [], "a queue that is always open is never deflected");
  assert.ok(of("support").includes("error nobody-reachable ivr"));
  assert.match(problems[0]!.words.fr, /^orders \(les appels\)\u202f: hors horaires/);
  assert.match(problems[0]!.words.en, /^orders \(calls\): outside hours/);
});

test("problems: never open, a voicemail that nobody owns, a closed queue without deflection, a circle that hours made", () => {
  const ground = testGround();
  const never: ProblemGround = { ...grounded(ground), openings: (queueId, channel, fromMs, toMs) => (queueId === "orders" ? [] : grounded(ground).openings(queueId, channel, fromMs, toMs)) };
  const told = (of: ProblemGround): string[] => deflectionProblems(of, NOW).filter((p) => p.code === "never-open" && p.queueId === "orders").map(({ channel, words }) => `${channel} ${words.en}`);
  assert.deepEqual(told(never), ["null orders: never opens in the year to come"], "told once, not by channel");
  const partly: ProblemGround = { ...grounded(ground), openings: (queueId, channel, fromMs, toMs, language) => (queueId === "orders" && (channel === "sms" || (channel === "ivr" && language === "en")) ? [] : grounded(ground).openings(queueId, channel, fromMs, toMs)) };
  assert.deepEqual(told(partly), ["ivr orders (calls): never opens in English in the year to come", "sms orders (texts): never opens in the year to come"]);
  ground.set("deflection", "", { calls: { enabled: true } });
  const voicemail = deflectionProblems(grounded(ground), NOW).filter((p) => p.channel === "ivr");
  assert.deepEqual(voicemail.map((p) => `${p.queueId} ${p.code}`), ["support nobody-owns"]);
  ground.set("deflection", "", {});
  assert.deepEqual(deflectionProblems(grounded(ground), NOW).map((p) => `${p.queueId} ${p.code}`), ["orders waits-closed", "support waits-closed", "night waits-closed"]);
  own(own(ground, "orders", "support"), "support", "orders");
  assert.ok(deflectionProblems(grounded(ground), NOW).some((p) => p.code === "redirect-loop" && p.words.en.includes("orders → support")));
});

test("problems: of over-capacity they say so, and one that is switched off has none; options with an e-mail need the address, others do not", () => {
  const busy = (rule: object): string[] => {
    const ground = testGround().set("over-capacity", "sales", { length: 3, then: { ivr: { kind: "message" }, mobile: { to: "options", options: { email: true, number: "3900" } } }, ...rule });
    return deflectionProblems(grounded(ground), NOW).filter((p) => p.queueId === "sales").map((p) => `${p.code} ${p.channel} ${p.words.en.includes("over capacity")} ${p.words.fr.includes("en surcharge")}`);
  };
  assert.deepEqual(busy({ enabled: true }), ["message-only ivr true true", "no-address mobile true true"]);
  assert.deepEqual(busy({ enabled: false }), []);
  assert.deepEqual(busy({ enabled: true, then: { mobile: { to: "options", options: { number: "3900" } } } }), []);
});

test("problems: a virtual agent that is no more", () => {
  const ground = testGround().set("queue-deflection", "sales", { virtualAgent: { assistantId: "ella", availability: "always" } });
  const codes = (): string[] => deflectionProblems(grounded(ground), NOW).filter((p) => p.queueId === "sales").map((p) => `${p.severity} ${p.code}`);
  assert.deepEqual(codes(), ["warning no-assistant"]);
  ground.set("flow-outside", "", { assistants: [{ id: "ella", name: "Ella", with: { kind: "keywords", entries: [], otherwise: { fr: "Pardon", en: "Sorry" } } }] });
  assert.deepEqual(codes(), []);
});
