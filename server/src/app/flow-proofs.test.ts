/** Proofs in their thread, with a small centre: measured lengths count, what takes too long is refused, the thread ends and another comes. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { QUEUE_SETTINGS } from "@tandem/protocol/queue-settings";
import { VirtualClock } from "../base/virtual-clock.ts";
import { demoFlow } from "../flow/flow.ts";
import { createFlowProofs } from "./flow-proofs.ts";
import type { JudgedCentre } from "./judged-centre.ts";

const clock = new VirtualClock(0);
const proofs = createFlowProofs({ clock });
after(() => proofs.stop());

const hours = { everOpen: true, everClosed: true };
const skills = [{ skillId: "sk_english", level: 5 }, { skillId: "sk_french", level: 5 }];
/** Calls are deflected outside hours, and where nobody is there; nobody is offered a callback while waiting. */
const NOBODY_THERE = { enabled: true, agents: "none-there", then: { ivr: { kind: "voicemail" }, web: { email: true }, mobile: { to: "options", options: { voicemail: true } } } };
function centre(calls: object, busy: object = NOBODY_THERE): JudgedCentre {
  const of = (kind: "deflection" | "over-capacity" | "waiting", body: object): JudgedCentre["settings"][number] => ({ kind, queueId: "", body: QUEUE_SETTINGS[kind].schema.parse(body) });
  return {
    zone: "Europe/Paris", country: "FR", language: "fr", hearsFreely: false, hours, calendars: [], flows: [], recordings: [],
    queues: ["q_sales", "q_support"].map((id) => ({ row: { id, name: id, needs: [], rings: [], strategy: "longest-idle", priority: 3, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 60_000, ringMs: 20_000, wrapMs: 0 }, hours, schedules: true })),
    staff: [{ active: true, roles: ["agent"], queueIds: [], skills }],
    settings: [of("deflection", { calls }), of("waiting", { callback: null }), of("over-capacity", busy)],
  };
}
const deflected = centre({ enabled: true });
const short = async (): Promise<() => number> => Promise.resolve(() => 1);
const codes = async (of: JudgedCentre, measure = short): Promise<string[]> => [...new Set((await proofs.prove(demoFlow, of, measure)).findings.filter(({ severity }) => severity === "error").map(({ code }) => code))];

test("a voicemail is enough: a queue that may be closed or empty is proved without any offer of a callback, to the last resort", async () => {
  assert.deepEqual(await codes(deflected), []);
  assert.deepEqual(await codes(centre({}, {})), ["no-person"], "the centre of this question, not of the one before");
});

test("the second look is with the measured seconds of everything that is heard", async () => {
  let told = 0;
  assert.deepEqual(await codes(deflected, async (...heard: unknown[]) => { told = (heard[0] as unknown[]).length; return Promise.resolve(() => 50); }), ["too-long"]);
  assert.ok(told > 20, `${told} texts`);
});

test("what takes too long is refused with its reason, and the next one has a thread again, as after a time without work", async () => {
  const hard = proofs.prove(demoFlow, deflected, short);
  await Promise.resolve(); // its turn has come
  await Promise.resolve();
  clock.advance(120_000);
  assert.deepEqual((await hard).findings.map(({ code }) => code), ["too-big"]);
  assert.deepEqual(await codes(deflected), []);
  clock.advance(60_000);
  assert.deepEqual(await codes(deflected), []);
});
