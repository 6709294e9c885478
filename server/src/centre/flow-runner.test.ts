/** Dialogues in the centre, on a virtual clock: what they ask of the world and what becomes of it, versions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument, FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { silentLog } from "../base/log.ts";
import type { FlowPorts } from "./flow-ports.ts";
import { CHAT, testCentre, VOICE } from "./test-centre.ts";
import { flow, label, menu, queueOf, rig, sales, says, support } from "./test-flows.ts";

test("every ask that fails, is too late, or that nobody answers goes on by its way for that; nobody is lost", () => {
  const ways: Record<string, FlowDocumentInput["steps"][string]> = {
    lookup: { kind: "lookup", value: "'10482'", next: "yes", unknown: "yes", failed: "no" },
    update: { kind: "update", fields: { tier: "'gold'" }, next: "yes", failed: "no" },
    http: { kind: "http", url: "https://crm.example/x", next: "yes", failed: "no", timeoutMs: 2_000 },
    callback: { kind: "callback", queueId: "q_support", says: says("Rappel"), label: label("Rappel"), declined: "yes", failed: "no" },
    voicemail: { kind: "voicemail", queueId: "q_support", says: says("Message"), failed: "no" },
    deflect: { kind: "deflect", to: { kind: "sms", text: label("Lien") }, next: "yes", failed: "no" },
  };
  for (const [kind, step] of Object.entries(ways)) {
    const document = flow({ first: step, yes: sales, no: support });
    const failed = rig(document);
    failed.arrive("a");
    assert.equal(failed.asked.length, 1, kind);
    assert.equal(failed.state("a").state, "flow", kind);
    failed.asked[0]!.answer({ ok: false, why: "down" });
    assert.equal(queueOf(failed.state("a")), "q_support", `${kind} failed`);
    failed.asked[0]!.answer({ ok: true });
    assert.equal(queueOf(failed.state("a")), "q_support", `${kind}: a second answer means nothing`);

    const late = rig(document);
    late.arrive("a");
    late.clock.advance(700_000);
    assert.equal(queueOf(late.state("a")), "q_support", `${kind} too late`);
    assert.deepEqual(late.asked[0]!.forgotten, ["timeout"], kind);
    late.asked[0]!.answer({ ok: true, callbackId: "c", messageId: "m" });
    assert.equal(queueOf(late.state("a")), "q_support", `${kind}: an answer after the time means nothing`);

    const nobody = rig(document, VOICE, { asks: {} });
    nobody.arrive("a");
    assert.equal(queueOf(nobody.state("a")), "q_support", `${kind} with nobody to answer`);
  }
});

test("while an ask is under way 0 leads to a person at once, and the ask is forgotten", () => {
  const t = rig(flow({ first: { kind: "http", url: "https://crm.example/x", next: "yes", failed: "yes", timeoutMs: 9_000 }, yes: sales }));
  t.arrive("a");
  t.key("a", "0");
  assert.equal(queueOf(t.state("a")), "q_support");
  assert.deepEqual(t.asked[0]!.forgotten, ["gone"]);
});

test("what an HTTP call brought is the contact's data, typed, and leads the flow", () => {
  const t = rig(flow({ first: { kind: "http", url: "https://crm.example/{contact.from}", saves: [{ name: "total", pointer: "/total" }], next: "big", failed: "no" }, big: { kind: "branch", cases: [{ when: "data.total > 100.0", next: "yes" }], otherwise: "no" }, yes: sales, no: support }));
  t.arrive("a");
  assert.deepEqual(t.asked[0]!.ask, { kind: "http", method: "GET", url: "https://crm.example/%2B33612849047", headers: {}, body: null, saves: [{ name: "total", pointer: "/total", type: "number" }] });
  t.asked[0]!.answer({ ok: true, values: { total: 250.5 } });
  assert.deepEqual([queueOf(t.state("a")), t.state("a").data, t.state("a").labels], ["q_sales", { total: "250.5" }, { total: "Montant" }], "what has a label is for agents, too");
  assert.deepEqual(t.moves, ["f first +", "f first next", "f big +", "f big case:0", "f yes +", "f yes =person"]);
});

test("PIT-01 who is found by what they typed is who the agent sees, with the contact before; who is known by their address stays who they are; their case stands in the trail", () => {
  const document = flow({ first: { kind: "lookup", value: "'10482'", next: "go", unknown: "go" }, go: support });
  const found = { ok: true, customer: { id: "cus_ana", name: "Ana Roux", known: true }, last: { atMs: 1, medium: "voice", reason: "Livraison", closedWhy: "agent-ended", agentId: "a1" } } as const;
  const t = rig(document);
  t.arrive("a");
  assert.equal(t.state("a").customer.known, false);
  t.asked[0]!.answer(found);
  assert.deepEqual([t.state("a").customer, queueOf(t.state("a"))], [{ id: "cus_ana", name: "Ana Roux", known: true, last: found.last }, "q_support"]);
  t.arrive("b");
  t.asked[1]!.answer({ ok: true, customer: null });
  assert.deepEqual([t.state("b").customer.id, t.state("b").customer.known], [null, false]);
  // the number said who; a later lookup by what they typed is somebody else's word
  const known = rig(flow({ first: { kind: "lookup", of: "case", value: "'1042'", next: "go", unknown: "go" }, go: support }), VOICE, {}, silentLog, { customerId: "cus_eva", name: "Eva", known: true, language: null, last: null });
  known.arrive("c");
  known.asked[0]!.answer({ ok: true, case: { number: "1042", subject: "Lampe", state: "open" }, customer: found.customer });
  assert.deepEqual([known.state("c").customer.id, known.state("c").trail.map(({ label, answer }) => `${label} ${answer}`)], ["cus_eva", ["Dossier 1042 · Lampe"]]);
});
test("keys typed before there is a dialogue are its first answers; those that it does not use are the next one's", () => {
  const begins: ((draft: { document: unknown; by: string } | null) => void)[] = [];
  const t = rig(flow({ first: menu({ 1: "second" }), second: menu({ 2: "go" }), go: support }), VOICE, { tried: () => (done) => void begins.push(done) });
  t.arrive("a");
  for (const key of "12") t.key("a", key);
  assert.equal(t.moves.length, 0);
  begins[0]!({ document: flow({ first: menu({ 1: "second" }), second: menu({ 2: "go" }), go: support }), by: "u" });
  assert.deepEqual(t.moves.filter((move) => move.includes("choice")), ["f first choice:0", "f second choice:0"]);
});

test("an update keeps its note with the contact, where its timeline shows it", () => {
  const t = rig(flow({ first: { kind: "update", fields: { tier: "'gold'" }, timeline: label("Veut un devis"), next: "yes", failed: "yes" }, yes: sales }));
  t.arrive("a");
  t.asked[0]!.answer({ ok: true });
  assert.equal(t.state("a").notes, "Veut un devis");
});

test("ends say how: a callback with its instant, a message left, an exception's reason; who hangs up while leaving a message has left it", () => {
  const dated = rig(flow({ first: { kind: "callback", queueId: "q_support", says: says("Rappel"), label: label("Rappel"), declined: "no", failed: "no" }, no: support }));
  dated.arrive("a");
  const slot = { startMs: dated.clock.now() + 3_600_000, endMs: dated.clock.now() + 4_500_000 };
  dated.asked[0]!.answer({ ok: true, slots: [slot], inOrder: null });
  dated.key("a", "1");
  assert.deepEqual(dated.asked[1]!.ask, { kind: "callback", queueId: "q_support", number: "+33612849047", slot, reason: null, priority: 0 });
  dated.asked[1]!.answer({ ok: true, callbackId: "cb_1", dueMs: slot.startMs });
  assert.deepEqual([dated.state("a").closed?.why, dated.state("a").flowEnd], ["flow-ended", { how: "callback", ref: "cb_1", exception: null, dueMs: slot.startMs }]);

  const hasty = rig(flow({ first: { kind: "callback", queueId: "q_support", says: says("Rappel"), label: label("Rappel"), declined: "no", failed: "no" }, no: support }));
  hasty.arrive("a");
  hasty.asked[0]!.answer({ ok: true, slots: [slot], inOrder: null });
  hasty.key("a", "1");
  hasty.cut("a");
  hasty.asked[1]!.answer({ ok: true, callbackId: "cb_2", dueMs: slot.startMs });
  assert.deepEqual(hasty.state("a").flowEnd, { how: "callback", ref: "cb_2", exception: null, dueMs: slot.startMs }, "who hung up while it was promised");

  const message = rig(flow({ first: { kind: "voicemail", queueId: "q_support", says: says("Message") } }));
  message.arrive("a");
  message.cut("a");
  assert.deepEqual([message.state("a").closed?.why, message.asked[0]!.forgotten], ["customer-left", ["gone"]]);
  message.asked[0]!.answer({ ok: true, messageId: "m_1", seconds: 4 });
  assert.deepEqual(message.state("a").flowEnd, { how: "voicemail", ref: "m_1", exception: null });

  const told = rig(flow({ first: { kind: "end", exception: "Une annonce légale" } }));
  told.arrive("a");
  assert.deepEqual(told.state("a").flowEnd, { how: "ended", ref: null, exception: "Une annonce légale", dueMs: null });
});

test("a flow that is not valid, or is not there, leads to a person where there is a queue", () => {
  const errors: string[] = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => void errors.push(message) };
  for (const document of [{ steps: {} }, { format: 2, id: "f" }]) {
    const t = testCentre(VOICE, [], null, { flow: () => document, flows: { lastResort: () => "q_sales" }, log });
    t.arrive("a");
    assert.equal(queueOf(t.state("a")), "q_sales");
  }
  assert.deepEqual(errors.length, 4, "said once each, and each contact's way");
  const none = testCentre(VOICE, [], null, { flow: () => ({}), log });
  none.arrive("a");
  assert.equal(none.state("a").closed?.why, "failed", "without any queue");
});

test("a flow that breaks by a mistake of ours, at its begin or within, is a person and not silence on the line; a try-it ends", () => {
  const errors: string[] = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => void errors.push(message) };
  const document = flow({ first: menu({ "1": "hours" }), hours: { kind: "hours", of: { kind: "global" }, open: "yes", closed: "yes" }, yes: sales });
  const world = (): ReturnType<NonNullable<FlowPorts["world"]>> => ({ centre: { zone: "Europe/Paris", country: "FR", email: null }, queue: () => null, hours: () => {
    throw new Error("no such zone");
  } });
  for (const start of ["first", "hours"]) {
    const t = testCentre(VOICE, [], null, { flow: () => ({ ...document, start }), flows: { world, lastResort: () => "q_sales" }, log });
    t.arrive("a");
    if (start === "first") t.centre.hear({ type: "input", id: "a", input: { kind: "key", key: "1" } });
    assert.equal(queueOf(t.state("a")), "q_support", "where its own 0 leads");
  }
  assert.equal(errors.filter((message) => message.includes("broke")).length, 2);
  const tried = testCentre(VOICE, [], null, { flow: () => document, flows: { world, tried: () => (done) => done({ document: { ...document, start: "hours" }, by: "usr_lea" }) }, log });
  tried.arrive("a");
  assert.equal(tried.state("a").closed?.why, "failed", "nobody is called to the phone by a try-it");
});

test("a contact finishes on the version that it began with, its sub-flows too, over a restart; the next one runs the new version", () => {
  const of = (version: number, queue: "q_sales" | "q_support"): FlowDocument => flow({ first: menu({ "1": "sub" }), sub: { kind: "subflow", flowId: "g", next: "over" }, over: { kind: "queue", queueId: queue } }, { version });
  const sub = (version: number, key: string): FlowDocument => flow({ ask: menu({ [key]: "back" }), back: { kind: "return" } }, { id: "g", version });
  const stored: Record<string, FlowDocument> = { "f 1": of(1, "q_sales"), "f 2": of(2, "q_support"), "g 1": sub(1, "1"), "g 2": sub(2, "2") };
  let live = 1;
  const ports: FlowPorts = { version: (id, version) => stored[`${id} ${version}`] ?? null, published: (id) => stored[`${id} ${live}`] ?? null };
  const t = rig(() => stored[`f ${live}`]!, CHAT, ports);
  t.arrive("a");
  t.arrive("b");
  t.write("b", "1");
  live = 2;
  t.write("a", "1");
  t.write("a", "1");
  assert.equal(queueOf(t.state("a")), "q_sales");
  // a restart within the sub-flow
  const again = rig(() => stored[`f ${live}`]!, CHAT, ports);
  again.centre.recover([t.state("b")], () => []);
  assert.equal(again.state("b").state, "flow", "the message that was read before is not read again");
  again.write("b", "1");
  assert.equal(queueOf(again.state("b")), "q_sales");
  again.arrive("c");
  again.write("c", "1");
  again.write("c", "2");
  assert.equal(queueOf(again.state("c")), "q_support");
});

test("an ask that a restart cut is made again under its own id: a deed is done once", () => {
  const document = flow({ first: { kind: "http", url: "https://crm.example/x", next: "yes", failed: "no" }, yes: sales, no: support });
  const t = rig(document, CHAT, { version: () => document });
  t.arrive("a");
  const again = rig(document, CHAT, { version: () => document });
  again.centre.recover([t.state("a")], () => []);
  assert.deepEqual(again.asked.map(({ about }) => about.deedId), [t.asked[0]!.about.deedId]);
  again.asked[0]!.answer({ ok: true, values: {} });
  assert.equal(queueOf(again.state("a")), "q_sales");
});

test("many callers, every answer of the world at random: each one waits for a person, or has ended as the flow says", () => {
  const document = flow({
    first: { kind: "lookup", next: "http", unknown: "http", failed: "http" },
    http: { kind: "http", url: "https://crm.example/x", timeoutMs: 3_000, next: "menu", failed: "menu" },
    menu: menu({ "1": "late", "2": "message", "3": "sales" }),
    late: { kind: "callback", queueId: "q_support", says: says("Rappel"), label: label("Rappel"), declined: "sales", failed: "message" },
    message: { kind: "voicemail", queueId: "q_support", says: says("Message"), failed: "sales" },
    sales,
  });
  let seed = 7;
  const roll = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const ends = new Map<string, number>();
  for (let run = 0; run < 400; run++) {
    const t = rig(document);
    t.arrive("a");
    for (let i = 0; i < 30 && t.state("a").state === "flow"; i++) {
      const open = t.asked.at(-1);
      const act = roll(6);
      if (act === 0) t.clock.advance(1_000 + roll(20_000));
      else if (act === 1) t.key("a", "0123456789*#"[roll(12)]!);
      else if (act === 2) t.key("a", "123"[roll(3)]!);
      else if (open) open.answer(act === 3 ? { ok: false, why: "down" } : { ok: true, values: {}, customer: null, slots: [], inOrder: { position: 1, estimatedWaitMs: null }, callbackId: "c", dueMs: null, messageId: "m", seconds: 1 });
    }
    t.clock.advance(900_000);
    const { state, closed, flowEnd } = t.state("a");
    const end = state === "queued" ? "queued" : `${closed?.why} ${flowEnd?.how}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  assert.deepEqual([...ends.keys()].toSorted(), ["flow-ended callback", "flow-ended voicemail", "queued"]);
});
