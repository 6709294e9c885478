/** AHD-04, AHD-05, AHD-06: what a page shows, outside hours and within. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebOption } from "@tandem/protocol/hours";
import { pageOptions, type PageQuestion } from "./page-options.ts";
import { NOBODY, NOW, testGround, type TestGround } from "./test-ground.ts";

const SLOTS = [{ startMs: NOW + 40_000_000, endMs: NOW + 41_800_000 }];
const page = (ground: TestGround, channel: "web" | "mobile", more: Partial<PageQuestion> = {}): ReturnType<typeof pageOptions> =>
  pageOptions(ground, { queueId: "orders", channel, language: "fr", nowMs: NOW, dice: 0.5, live: (id) => ground.live[id] ?? NOBODY, calls: true, slots: () => SLOTS, device: {}, ...more });
const kinds = (options: readonly WebOption[]): string => options.map(({ kind }) => kind).join(" ");
const closed = (calls: object, chats: object = {}): TestGround => testGround().set("details", "", { supportEmail: "aide@exemple.fr" }).set("deflection", "", { calls: { enabled: true, ...calls }, chats });
const all = { scheduledCall: true, email: true, number: "3900", voicemail: true };

const ROWS: [string, () => TestGround, "web" | "mobile", string][] = [
  ["within hours: calling and chatting", () => { const g = closed({ web: { email: true } }); g.state.orders = "open"; return g; }, "web", "call chat"],
  ["deflection off: the same outside hours", () => testGround(), "web", "call chat"],
  ["AHD-04 « Les options d’appel/de chat habituelles n’apparaîtront pas »", () => closed({ web: { scheduledCall: true, email: true } }), "web", "scheduled-call email"],
  ["AHD-06 number and voicemail on a telephone", () => closed({ mobile: all }), "mobile", "scheduled-call email number voicemail"],
  ["AHD-06 never on the web", () => closed({ web: all, mobile: all }), "web", "scheduled-call email"],
  ["AHD-12 a queue's own options on a telephone", () => closed({ mobile: all }).set("queue-deflection", "orders", { mobile: { to: "options", options: { voicemail: true } } }), "mobile", "voicemail"],
  ["AHD-12 a queue's other queue is open: one calls as ever", () => { const g = closed({ mobile: all }).set("queue-deflection", "orders", { mobile: { to: "queue", queueId: "night" } }); return g; }, "mobile", "call chat"],
  ["AHD-10 calls are served, chats deflected to the address", () => { const g = closed({}, { enabled: true }); g.channelState = { web: "open", chat: "closed" }; return g; }, "web", "call email"],
  ["chats have longer hours than calls: they are served", () => { const g = closed({ web: { email: true } }); g.channelState = { web: "closed", chat: "open" }; return g; }, "web", "email chat"],
  ["a virtual agent at all hours answers: calling and chatting", () => closed({ web: { email: true } }).set("queue-deflection", "orders", { virtualAgent: { assistantId: "ella", availability: "always" } }), "web", "call chat"],
  ["too busy: the options of over-capacity", () => { const g = closed({}).set("over-capacity", "orders", { enabled: true, agents: "none-there", then: { web: { scheduledCall: true } } }); g.state.orders = "open"; return g; }, "web", "scheduled-call chat"],
];
for (const [name, ground, channel, expected] of ROWS)
  test(`page: ${name}`, async () => {
    const got = await page(ground(), channel);
    assert.equal(kinds(got.options), expected);
  });

test("AHD-04 the slots are those of the queue; without any the option is not shown", async () => {
  const ground = closed({ web: { scheduledCall: true, email: true } });
  assert.deepEqual((await page(ground, "web")).options[0], { kind: "scheduled-call", queueId: "orders", slots: SLOTS });
  assert.equal(kinds((await page(ground, "web", { slots: () => [] })).options), "email");
  ground.scheduling = false;
  assert.equal(kinds((await page(ground, "web")).options), "email");
});

test("AHD-05 « Web : indique l’adresse e-mail », « Sur mobile : l’application de messagerie » with address, application and device", async () => {
  const ground = closed({ web: { email: true }, mobile: { email: true } });
  assert.deepEqual((await page(ground, "web")).options, [{ kind: "email", address: "aide@exemple.fr", mailto: null }]);
  const [option] = (await page(ground, "mobile", { device: { "App version": "4.2", Device: "Pixel 9 & co" } })).options;
  assert.ok(option?.kind === "email" && option.mailto !== null);
  const url = new URL(option.mailto);
  assert.equal(url.protocol + url.pathname, "mailto:aide@exemple.fr");
  assert.equal(url.searchParams.get("body"), "\r\n\r\nApp version: 4.2\r\nDevice: Pixel 9 & co");
  assert.equal((await page(ground, "mobile")).options[0]?.kind === "email" ? ((await page(ground, "mobile")).options[0] as { mailto: string }).mailto : "", "mailto:aide@exemple.fr");
});

test("the reason and when it opens again are told", async () => {
  const got = await page(closed({ web: { email: true } }), "web");
  assert.deepEqual([got.why, got.nextOpenMs], ["closed", NOW + 36_000_000]);
  assert.deepEqual([(await page(testGround(), "web")).why], [null]);
});

test("a page that may not call offers no call, and no options in its place", async () => assert.equal(kinds((await page(closed({ web: { email: true } }), "web", { calls: false })).options), "chat"));

test("queues that send each other on: on a telephone a voicemail of the one that was asked, on the web nothing in the place of the call", async () => {
  const round = closed({}).set("queue-deflection", "orders", { mobile: { to: "queue", queueId: "support" } }).set("queue-deflection", "support", { mobile: { to: "queue", queueId: "orders" } });
  round.channelState = { chat: "open" };
  assert.equal(kinds((await page(round, "mobile")).options), "voicemail chat");
  const gone = closed({}).set("queue-deflection", "orders", { mobile: { to: "queue", queueId: "was-deleted" } });
  gone.channelState = { chat: "open" };
  assert.equal(kinds((await page(gone, "mobile")).options), "voicemail chat");
  const shared = testGround().set("redirection", "orders", { shares: [{ percent: 100, channels: ["web"], queueId: "was-deleted" }] });
  shared.state.orders = "open";
  assert.equal(kinds((await page(shared, "web")).options), "chat");
});

test("the number is the one that was set; a chat deflected to an address that is not set offers nothing", async () => {
  const [option] = (await page(closed({ mobile: { number: "3900" } }), "mobile")).options;
  assert.deepEqual(option, { kind: "number", number: "3900" });
  const without = testGround().set("deflection", "", { chats: { enabled: true } });
  assert.equal(kinds((await page(without, "web")).options), "call");
});

test("AHD-12 led on to another queue: the callback belongs to the queue that a call would be given to, and the slots are of that one", async () => {
  const asked: string[] = [];
  const slots = (queueId: string): typeof SLOTS => {
    asked.push(queueId);
    return SLOTS;
  };
  const led = closed({ mobile: { scheduledCall: true } }).set("queue-deflection", "orders", { mobile: { to: "queue", queueId: "support" } });
  const owner = async (ground: TestGround): Promise<unknown> => (await page(ground, "mobile", { slots })).options[0];
  assert.deepEqual(await owner(led), { kind: "scheduled-call", queueId: "orders", slots: SLOTS }, "the other one has no word of its own");
  assert.deepEqual(await owner(led.set("queue-deflection", "support", { mobile: { to: "options", options: { scheduledCall: true } } })), { kind: "scheduled-call", queueId: "support", slots: SLOTS });
  led.state.orders = "open";
  await page(led, "mobile", { slots });
  assert.deepEqual(asked, ["orders", "support"], "asked of one queue, and not at all while it is open");
});
