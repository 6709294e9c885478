/** What the centre asks of hours and deflection: how a contact came, where it goes, and that nobody goes round. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { Centre } from "../centre/centre.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createDirectory, createQueueSettings, type Directory, type QueueSettings } from "../directory/directory.ts";
import { newInteraction, type Interaction, type MediumTraits } from "../hub/hub.ts";
import { channelOf, setUpDeflection, type DeflectionSetup } from "./deflection-setup.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z"); // a Sunday
const clock = new VirtualClock(NOW);
const live = { count: 0, oldestSinceMs: null as number | null, freeAgents: 0, staffed: 0 };
let database: TestDatabase;
let directory: Directory;
let settings: QueueSettings;
let setup: DeflectionSetup;
let day: string;
let night: string;

before(async () => {
  database = await testDatabase();
  const chance = seededChance(8);
  directory = await createDirectory({ db: database.db, clock, chance, domain: "tandem.test", passwordLogN: 10 });
  settings = await createQueueSettings({ db: database.db, directory, log: silentLog });
  const queue = async (name: string): Promise<string> => {
    const done = await directory.putQueue(null, { name, needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 60_000, ringMs: 20_000, wrapMs: 0 });
    assert.ok(done.ok);
    return done.id;
  };
  [day, night] = [await queue("Day"), await queue("Night")];
  const centre = { queueLive: () => live } as unknown as Centre;
  setup = await setUpDeflection({ db: database.db, clock, chance, log: silentLog, directory, queueSettings: settings, timeZone: "Europe/Paris", webNumber: null, language: "fr", centre: () => centre });
  const week = await setup.deflection.calendars.put("global", { name: "Week", zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" }], holidays: { places: [], kept: [] }, exceptions: [] });
  const always = await setup.deflection.calendars.put(null, { name: "Always", zone: "Europe/Paris", weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }], holidays: { places: [], kept: [] }, exceptions: [] });
  assert.ok(week.ok && always.ok);
  assert.deepEqual(await setup.deflection.calendars.putRules([{ queueId: night, channel: null, language: null, calendarId: always.id }]), { ok: true });
});
after(async () => database?.drop());

function contact(medium: string, context: Record<string, string> = {}): Interaction {
  const traits: MediumTraits = { medium, written: medium === "chat" || medium === "message", holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
  return newInteraction("int_1", traits, { from: "+33612345678", fromName: "", to: "3000", language: "fr", context }, NOW);
}
const goes = (it: Interaction, queueId = day): string => {
  const to = setup.deflect(it, queueId);
  return to === null ? "takes" : "queueId" in to ? to.queueId : Object.values(to.flow.steps).map(({ kind }) => kind).join(" ");
};

test("how a contact came: a telephone, a page, a telephone's page, in writing; a call that we make is never deflected", () => {
  const channels = [contact("voice"), contact("voice", { url: "https://shop.example" }), contact("voice", { url: "https://shop.example", device: "mobile" }), contact("chat", { url: "https://shop.example" }), contact("message"), contact("email"), contact("callback")].map(channelOf);
  assert.deepEqual(channels, ["ivr", "web", "mobile", "chat", "sms", "email", null]);
});

test("each channel goes its way outside hours, and the option that was chosen on the page is taken", async () => {
  await settings.put("details", "", { supportEmail: "aide@exemple.fr" });
  await settings.put("deflection", "", { calls: { enabled: true, ivr: { kind: "queue", queueId: night }, mobile: { number: "3900", voicemail: true } }, chats: { enabled: true } });
  assert.equal(goes(contact("voice")), night);
  assert.equal(goes(contact("voice"), night), "takes");
  assert.equal(goes(contact("chat")), "set say deflect end");
  assert.equal(goes(contact("email")), "takes");
  assert.equal(goes(contact("callback")), "takes");
  const page = { url: "https://shop.example", device: "mobile" };
  assert.match(goes(contact("voice", page)), /menu/);
  const chosen = setup.deflect(contact("voice", { ...page, chosen: "voicemail" }), day);
  const first = chosen !== null && "flow" in chosen ? chosen.flow.steps.first : undefined;
  assert.equal(first?.kind === "say" ? first.next : "", "option-voicemail");
  assert.match(goes(contact("voice", { ...page, chosen: "a made-up word" })), /menu/);
  const picked = (more: Record<string, string>): string | undefined => setup.chosen(contact("voice", { ...page, ...more }))?.queueId;
  assert.deepEqual([picked({ chosen: "voicemail", chosenQueue: day }), picked({ chosen: "voicemail", chosenQueue: night }), picked({ chosenQueue: day })], [day, undefined, undefined], "without a menu, while that queue does not take them");
  assert.equal(setup.chosen(contact("chat", { ...page, chosen: "voicemail", chosenQueue: day })), null);
  const handed = contact("voice", { ...page, chosen: "voicemail" });
  handed.segments = [{ kind: "talk", sinceMs: NOW, untilMs: NOW, queueId: night, agentId: "a", end: null }];
  const asked = setup.deflect(handed, day);
  const again = asked !== null && "flow" in asked ? asked.flow.steps.first : undefined;
  assert.equal(again?.kind === "say" ? again.next : "", "choose", "handed over by an agent, they are asked: what was chosen was chosen for the beginning");
});

test("who was deflected is told something else, until they have spoken with somebody", async () => {
  await settings.put("deflection", "", { calls: { enabled: true, ivr: { kind: "message" } } });
  const it = contact("voice");
  assert.equal(goes(it), "set end");
  it.data = { deflected: `${day} closed ${NOW}` };
  assert.equal(goes(it), "set say voicemail");
  live.staffed = 1;
  assert.equal(goes(it), "takes");
  live.staffed = 0;
  it.segments = [{ kind: "talk", sinceMs: NOW + 1, untilMs: NOW + 2, queueId: day, agentId: "a", end: null }];
  assert.equal(goes(it), "set end");
});

test("over capacity is judged by what waits now; the longest wait grows with the clock", async () => {
  await settings.put("deflection", "", null);
  await settings.put("over-capacity", night, { enabled: true, longestWaitMs: 60_000, then: { ivr: { kind: "message" } } });
  live.count = 1;
  live.oldestSinceMs = clock.now() - 59_000;
  assert.equal(goes(contact("voice"), night), "takes");
  clock.advance(1_000);
  assert.equal(goes(contact("voice"), night), "set say end", "and who hears words only is told to call again");
  await settings.put("over-capacity", night, null);
  [live.count, live.oldestSinceMs] = [0, null];
});

test("a share is drawn by chance: about x % of many", async () => {
  await settings.put("redirection", night, { shares: [{ percent: 25, queueId: day }] });
  let away = 0;
  for (let i = 0; i < 2_000; i++) if (goes(contact("voice"), night) === day) away++;
  assert.ok(away > 430 && away < 570, `${away} of 2000`);
  await settings.put("redirection", night, null);
});

test("AHD-03 the transfer list: open queues; with the box, closed ones whose agents are there", async () => {
  assert.deepEqual(setup.transferQueues(contact("voice")).map(({ queueId }) => queueId), [night]);
  await settings.put("deflection", "", { calls: { transferToClosed: true } });
  assert.deepEqual(setup.transferQueues(contact("voice")).map(({ queueId }) => queueId), [night]);
  live.staffed = 1;
  assert.deepEqual(setup.transferQueues(contact("voice")).map(({ queueId }) => queueId), [day, night]);
  live.staffed = 0;
});

test("AHD-04 dated calls are on the page when their room serves them, the queue's setting says so and a slot is left", async () => {
  const slot = { startMs: NOW + 86_400_000, endMs: NOW + 88_200_000 };
  await settings.put("deflection", "", { calls: { enabled: true, web: { scheduledCall: true, email: true } } });
  const kinds = async (): Promise<string> => (await setup.widgetOptions({ queueId: day, channel: "web", language: "fr", calls: true, device: {} })).options.map(({ kind }) => kind).join(" ");
  assert.equal(await kinds(), "email");
  setup.serve((queueId) => (queueId === day ? [slot] : []));
  assert.equal(await kinds(), "scheduled-call email");
  await settings.put("callback", day, { dated: false });
  assert.equal(await kinds(), "email");
});

test("a page without a queue of its own offers what it always does", async () => {
  const got = await setup.widgetOptions({ queueId: "nowhere", channel: "web", language: "fr", calls: false, device: {} });
  assert.deepEqual([got.queueId, got.options], [null, [{ kind: "chat" }]]);
});
