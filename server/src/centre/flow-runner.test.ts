/** Dialogues in the centre, on a virtual clock: what they ask of the world and what becomes of it, versions, deflections, hand-overs, redials. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument, FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { silentLog } from "../base/log.ts";
import { flowDefinition, type Answer, type Ask } from "../flow/flow.ts";
import type { Interaction, MediumTraits } from "../hub/hub.ts";
import { placeOf } from "./flow-kept.ts";
import type { AskAbout, FlowMove, FlowPorts } from "./flow-ports.ts";
import { deflectedFact } from "./flow-runner.ts";
import { REDIAL_MS } from "./redial.ts";
import { CHAT, testCentre, VOICE, type TestCentre } from "./test-centre.ts";

const says = (fr: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr, en: fr } });
const label = (fr: string): { fr: string; en: string } => ({ fr, en: fr });

function flow(steps: FlowDocumentInput["steps"], more: Partial<FlowDocumentInput> = {}): FlowDocument {
  return flowDefinition({
    id: "f", name: "F", version: 1, languages: ["fr", "en"], start: Object.keys(steps)[0]!, reachHuman: { queueId: "q_support", says: says("Un conseiller."), label: label("Conseiller") },
    retry: { wrong: says("?"), silence: says("…") }, variables: { order: { type: "text" }, tier: { type: "text" }, total: { type: "number", label: "Montant" } }, steps, ...more,
  });
}
const sales = { kind: "queue", queueId: "q_sales" } as const;
const support = { kind: "queue", queueId: "q_support" } as const;
const menu = (choices: Record<string, string>): FlowDocumentInput["steps"][string] => ({ kind: "menu", label: label("Menu"), says: says("Menu"), choices: Object.entries(choices).map(([key, next]) => ({ key, label: label(`choix ${key}`), next })) });

interface Rig extends TestCentre {
  asked: { ask: Ask; about: AskAbout; answer(answer: Answer): void; forgotten: string[] }[];
  moves: string[];
  key(id: string, key: string): void;
  write(id: string, text: string): void;
  cut(id: string): void;
}

let written = 0;
/** Every ask waits for the test to answer it. */
function rig(document: FlowDocument | (() => FlowDocument), traits: MediumTraits = VOICE, more: FlowPorts = {}): Rig {
  const asked: Rig["asked"] = [];
  const moves: string[] = [];
  const port = (ask: Ask, about: AskAbout, answer: (answer: Answer) => void) => {
    const forgotten: string[] = [];
    asked.push({ ask, about, answer, forgotten });
    return (why: string): void => void forgotten.push(why);
  };
  const asks = { lookup: port, update: port, http: port, assistant: port, slots: port, callback: port, record: port, sms: port };
  const t = testCentre(traits, [], null, { flow: () => (typeof document === "function" ? document() : document), flows: { asks, moved: (move: FlowMove) => void moves.push(`${move.inFlow} ${move.stepId} ${move.ended === null ? (move.port ?? "+") : `=${move.ended}`}`), ...more } });
  return {
    ...t, asked, moves,
    key: (id, key) => t.centre.hear({ type: "input", id, input: { kind: "key", key } }),
    write: (id, text) => t.centre.post(id, { author: "customer", name: "Camille", clientId: `w-${written++}`, text }, () => {}),
    cut: (id) => t.centre.hear({ type: "customerLeft", id, why: "hung-up" }),
  };
}
const queueOf = (it: Interaction): string | null => it.queue?.queueId ?? null;

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

// ---- deflection

const closedWith = (steps: FlowDocumentInput["steps"]): FlowDocument => flow(steps, { id: "deflection", reachHuman: { queueId: "q_sales", says: says("…"), label: label("Conseiller") } });

test("a queue that does not take a contact: another queue, or a flow instead, which comes back to the place that was asked for", () => {
  const to = rig(flow({ first: { kind: "queue", queueId: "q_sales", needs: [{ skillId: "sk_english", minLevel: 3 }], priority: 4 } }), VOICE, { deflect: (_it, queueId) => (queueId === "q_sales" ? { queueId: "q_support" } : null) });
  to.arrive("a");
  assert.deepEqual([queueOf(to.state("a")), to.state("a").queue?.priority, to.state("a").queue?.needs], ["q_support", 4, [{ skillId: "sk_english", minLevel: 3 }]]);

  let open = false;
  const t = rig(flow({ first: { kind: "queue", queueId: "q_sales", needs: [{ skillId: "sk_english", minLevel: 3 }], priority: 4, says: says("Je vous mets en relation") } }), VOICE, {
    deflect: () => (open ? null : { flow: closedWith({ closed: menu({ "1": "over" }), over: { kind: "end", exception: "closed" } }) }),
  });
  t.arrive("a");
  assert.equal(t.state("a").state, "flow");
  assert.equal(t.channel.calls.filter((call) => call.startsWith("say")).length, 1, "« Je vous mets en relation » is not said to who is not put through");
  open = true;
  t.key("a", "0");
  assert.deepEqual([queueOf(t.state("a")), t.state("a").queue?.priority, t.state("a").queue?.needs], ["q_sales", 4, [{ skillId: "sk_english", minLevel: 3 }]]);
});

test("who waits and is led into a flow keeps the place in the line, and what they wrote before is not taken for an answer there", () => {
  for (const traits of [VOICE, CHAT]) {
    const t = rig(flow({ first: menu({ "1": "sales" }), sales }), traits);
    t.arrive("a");
    if (traits.written) t.write("a", "1");
    else t.key("a", "1");
    const before = t.state("a").queue!;
    t.clock.advance(60_000);
    t.centre.tell("a", deflectedFact(t.state("a"), placeOf(before, null), closedWith({ closed: menu({ "1": "over" }), over: { kind: "end", exception: "closed" } })));
    assert.deepEqual([t.state("a").state, t.centre.queueLive("q_sales").count], ["flow", 0], traits.medium);
    if (traits.written) t.write("a", "un conseiller");
    else t.key("a", "0");
    assert.deepEqual([queueOf(t.state("a")), t.state("a").queue?.sinceMs], ["q_sales", before.sinceMs], traits.medium);
  }
});

test("a transfer to a queue that is closed frees the agent, and its flow goes on with the customer; the transfer stays in the history", async () => {
  const t = testCentre(VOICE, ["ann"], null, { flows: { deflect: (_it, queueId) => (queueId === "q_sales" ? { flow: closedWith({ closed: menu({ "1": "over" }), over: { kind: "end", exception: "closed" } }) } : null) } });
  t.arrive("a");
  t.askForPerson("a");
  t.accept("a", "ann");
  assert.equal(t.state("a").state, "connected");
  assert.deepEqual(await t.centre.commands.transfer("ann", "a", { kind: "queue", queueId: "q_sales" }, "devis"), { ok: true });
  assert.equal(t.state("a").state, "flow");
  assert.deepEqual(t.state("a").transfers.map(({ note }) => note), ["devis"]);
  assert.deepEqual(t.centre.agent("ann")?.load, {});
  assert.deepEqual(t.channel.calls.slice(-4), ["dropAgent a ann", "wait a", "stopWaiting a", "say a"]);
  t.centre.hear({ type: "input", id: "a", input: { kind: "key", key: "1" } });
  assert.deepEqual([t.state("a").closed?.why, t.state("a").flowEnd?.how], ["flow-ended", "ended"]);
});

// ---- to a number, and back

test("a flow hands its caller over to a number; nobody takes them: it goes on at its way for that, with all that it knew", () => {
  const document = flow({ first: menu({ "1": "number" }), number: { kind: "transfer", number: "240", failed: "nobody" }, nobody: menu({ "2": "yes" }), yes: sales });
  const t = rig(document, VOICE, { version: () => document, handOverTarget: (number) => (number === "240" ? { ok: true, to: { number, name: "Atelier" } } : { ok: false, code: "unknown-target" }) });
  t.arrive("a");
  t.key("a", "1");
  assert.deepEqual([t.state("a").closed?.why, t.state("a").handedTo?.name], ["handed-over", "Atelier"]);
  assert.ok(t.channel.calls.includes("handOver a null 240"));
  assert.ok(!t.channel.calls.some((call) => call.startsWith("end a")), "the call itself goes on");
  t.centre.hear({ type: "arrived", id: "b", medium: "voice", from: "+33612849047", fromName: "Camille", to: "1000", language: null, context: {}, handedBack: { of: "a", why: "no-answer" } });
  assert.equal(t.state("b").state, "flow");
  assert.deepEqual(t.state("b").trail.map(({ answer }) => answer), ["choix 1"], "nobody says it twice");
  assert.deepEqual(t.state("a").handedTo?.returned, { why: "no-answer", asInteractionId: "b" });
  t.key("b", "2");
  assert.equal(queueOf(t.state("b")), "q_sales");
});

test("a number that leads nowhere, or a medium that cannot leave, is its way for that at once", () => {
  const steps = { first: { kind: "transfer", number: "999", failed: "no" }, no: support } as const;
  const t = rig(flow(steps), VOICE, { handOverTarget: () => ({ ok: false, code: "unknown-target" }) });
  t.arrive("a");
  assert.equal(queueOf(t.state("a")), "q_support");
  const chat = rig(flow(steps), CHAT);
  chat.arrive("a");
  assert.equal(queueOf(chat.state("a")), "q_support");
});

// ---- redial

const long = flow({ first: menu({ "1": "second" }), second: menu({ "1": "third" }), third: { kind: "collect", label: label("Commande"), says: says("Commande"), variable: "order", min: 3, max: 3, next: "yes" }, yes: sales });

test("who is cut off and rings again within ten minutes may go on where they were, or begin anew; 0 is a person there too", () => {
  const t = rig(long, VOICE, { version: () => long });
  const twice = (id: string, after: number, from = "+33612849047"): void => {
    t.clock.advance(after);
    t.centre.hear({ type: "arrived", id, medium: "voice", from, fromName: "Camille", to: "1000", language: "fr", context: {} });
  };
  const reach = (id: string): void => {
    t.key(id, "1");
    t.key(id, "1");
    t.cut(id);
  };
  t.arrive("a");
  reach("a");
  twice("b", REDIAL_MS - 1_000);
  assert.deepEqual(t.factsOf("b").filter((type) => type === "flowResumed"), ["flowResumed"]);
  t.key("b", "1");
  for (const digit of "482") t.key("b", digit);
  assert.deepEqual([queueOf(t.state("b")), t.state("b").data.order, t.state("b").trail.length >= 3], ["q_sales", "482", true]);
  t.cut("b");

  // from the beginning
  twice("c", 1_000);
  assert.equal(t.factsOf("c").includes("flowResumed"), false, "who waited for a person is not asked");
  reach("c");
  twice("d", 1_000);
  t.key("d", "2");
  t.key("d", "1");
  t.key("d", "1");
  for (const digit of "482") t.key("d", digit);
  assert.equal(queueOf(t.state("d")), "q_sales");
  t.cut("d");

  // 0
  twice("e", 1_000);
  reach("e");
  twice("g", 1_000);
  t.key("g", "0");
  assert.equal(queueOf(t.state("g")), "q_support");
  t.cut("g");

  // cut off within the question: the state of before is still there
  twice("h", 1_000);
  reach("h");
  twice("i", 1_000);
  t.cut("i");
  twice("j", 1_000);
  t.key("j", "1");
  for (const digit of "482") t.key("j", digit);
  assert.equal(queueOf(t.state("j")), "q_sales");
  t.cut("j");

  // nothing told yet
  twice("u", 1_000);
  t.cut("u");
  twice("v", 1_000);
  assert.equal(t.factsOf("v").includes("flowResumed"), false, "from the beginning is where they were");
  t.cut("v");

  // too late, another number, a hidden one
  twice("k", 1_000);
  reach("k");
  twice("l", REDIAL_MS + 1_000);
  assert.equal(t.factsOf("l").includes("flowResumed"), false);
  reach("l");
  twice("m", 1_000, "+33698765432");
  assert.equal(t.factsOf("m").includes("flowResumed"), false);
  twice("n", 1_000, "anonymous");
  reach("n");
  twice("o", 1_000, "anonymous");
  assert.equal(t.factsOf("o").includes("flowResumed"), false, "a hidden number is nobody's");
});

// ---- a call is promised to the number that rings

test("who rings while a call is promised to them is told so and may keep it, take it back, choose another time or another matter; 0 and silence are a person, at their place", () => {
  const standing = { callbackId: "cb_1", slot: null, dueMs: 9_000, place: { queueId: "q_sales", needs: [], priority: 4, reason: "Devis", preferredAgentId: null, sinceMs: 1_000 } };
  const cancelled: string[] = [];
  const t = rig(flow({ first: menu({ "1": "yes" }), yes: support }), VOICE, { standing: ({ from }) => (from === "+33612849047" ? standing : null), cancelStanding: (id) => void cancelled.push(id) });
  const said = (id: string, ...keys: string[]): string[] => {
    t.channel.said.length = 0;
    t.arrive(id);
    for (const key of keys) t.key(id, key);
    return t.channel.said;
  };
  assert.match(said("keep")[0]!, /rappeler dès que votre tour arrive/);
  t.key("keep", "1");
  assert.deepEqual([t.state("keep").closed?.why, t.state("keep").flowEnd], ["flow-ended", { how: "callback", ref: "cb_1", exception: null, dueMs: 9_000 }]);
  assert.deepEqual(cancelled, []);

  const words = said("back", "3");
  assert.deepEqual([cancelled, words.slice(-2), t.state("back").state], [["cb_1"], ["Votre rappel est annulé.", "Menu"], "flow"], "taken back at once, and the number's own flow for anything else");
  t.key("back", "1");
  t.cut("back");

  assert.equal(said("other", "4").at(-1), "Menu");
  t.key("other", "1");
  assert.deepEqual([queueOf(t.state("other")), t.state("other").queue?.sinceMs === 1_000], ["q_support", false]);

  for (const [id, act] of [["zero", () => t.key("zero", "0")], ["silent", () => t.clock.advance(120_000)]] as const) {
    said(id);
    act();
    assert.deepEqual([queueOf(t.state(id)), t.state(id).queue?.sinceMs, t.state(id).queue?.priority], ["q_sales", 1_000, 4], id);
  }

  said("move", "2");
  t.asked.at(-1)!.answer({ ok: true, slots: [{ startMs: 50_000, endMs: 60_000 }], inOrder: null });
  t.key("move", "1");
  assert.deepEqual([t.asked.at(-1)!.ask.kind, t.asked.at(-1)!.about.sinceMs], ["callback", 1_000]);
  t.asked.at(-1)!.answer({ ok: true, callbackId: "cb_1", dueMs: 50_000 });
  assert.deepEqual(t.state("move").flowEnd, { how: "callback", ref: "cb_1", exception: null, dueMs: 50_000 });

  const none = said("none", "2");
  t.asked.at(-1)!.answer({ ok: false, why: "full" });
  assert.match(none.at(-1)!, /rappeler dès que/, "asked again: it stays as promised");
  t.cut("none");
  t.centre.hear({ type: "arrived", id: "stranger", medium: "voice", from: "+33698765432", fromName: "", to: "1000", language: "fr", context: {} });
  assert.equal(t.channel.said.at(-1), "Menu");
});

test("the question about a promised call loses nothing of a call that was cut before it", () => {
  let promised = false;
  const standing = { callbackId: "cb_1", slot: { startMs: Date.UTC(2026, 10, 24, 9), endMs: Date.UTC(2026, 10, 24, 9, 30) }, dueMs: null, place: { queueId: "q_sales", needs: [], priority: 0, reason: null, preferredAgentId: null, sinceMs: null } };
  const t = rig(long, VOICE, { version: () => long, standing: () => (promised ? standing : null) });
  t.arrive("a");
  t.key("a", "1");
  t.key("a", "1");
  t.cut("a");
  promised = true;
  t.arrive("b");
  assert.match(t.channel.said.at(-1)!, /rappeler mardi 24 novembre entre 9 heures et 9 heures 30\./);
  t.cut("b");
  t.arrive("c");
  t.key("c", "4");
  t.key("c", "1");
  for (const digit of "482") t.key("c", digit);
  assert.deepEqual([queueOf(t.state("c")), t.state("c").data.order], ["q_sales", "482"]);
});

test("a call that a restart cut is one that may be gone on with; so is one that was cut shortly before", () => {
  for (const how of ["cut by the restart", "cut before it"]) {
    const t = rig(long, VOICE, { version: () => long });
    t.arrive("a");
    t.key("a", "1");
    t.key("a", "1");
    if (how === "cut before it") t.cut("a");
    const again = rig(long, VOICE, { version: () => long });
    if (how === "cut before it") again.centre.remember([t.state("a")]);
    else again.centre.recover([t.state("a")], () => []);
    again.arrive("b");
    again.key("b", "1");
    for (const digit of "482") again.key("b", digit);
    assert.equal(queueOf(again.state("b")), "q_sales", how);
  }
});

// ---- try-it

test("a draft tried by phone: its way is told to who tries it, nothing is done in earnest, and nobody is called to the phone", () => {
  const draft = flow({ first: menu({ "1": "sms", "2": "late" }), sms: { kind: "deflect", to: { kind: "sms", text: label("Lien") }, next: "yes", failed: "no" }, late: { kind: "callback", queueId: "q_support", says: says("Rappel"), label: label("Rappel"), declined: "no", failed: "no" }, yes: sales, no: support });
  const by: (string | null)[] = [];
  const t = rig(flow({ first: support }), VOICE, { tried: ({ to }) => (to === "try-f" ? (done) => done({ document: draft, by: "usr_lea" }) : null), moved: ({ triedBy }) => void by.push(triedBy) });
  const dial = (id: string): void => t.centre.hear({ type: "arrived", id, medium: "voice", from: "+33612849047", fromName: "Léa", to: "try-f", language: "fr", context: { callingAgentId: "usr_lea" } });
  dial("a");
  t.key("a", "1");
  assert.equal(t.asked.length, 0, "no text is sent");
  assert.deepEqual([t.state("a").closed?.why, t.factsOf("a").includes("flowEnded"), queueOf(t.state("a"))], ["flow-ended", true, null]);
  dial("b");
  t.key("b", "2");
  assert.deepEqual(t.asked.map(({ ask }) => ask.kind), ["slots"], "what is read is read");
  t.asked[0]!.answer({ ok: true, inOrder: { position: 1, estimatedWaitMs: null } });
  t.key("b", "1");
  assert.deepEqual([t.asked.length, t.state("b").closed?.why], [1, "flow-ended"], "no callback is booked");
  assert.ok(by.length > 5 && by.every((one) => one === "usr_lea"));
  assert.equal(t.channel.calls.filter((call) => call === "say a").length, 2, "the menu, and where the call would wait");
  dial("c");
  t.cut("c");
  assert.equal(t.state("c").unfinished, undefined, "nothing is left to go on from");
  dial("d");
  t.channel.slow = true;
  t.key("d", "0");
  assert.match(t.channel.said.at(-1) ?? "", /Fin de l'essai.*q_support/);
  t.key("d", "0");
  t.channel.slow = false;
  assert.deepEqual([t.state("d").closed?.why, queueOf(t.state("d"))], ["flow-ended", null], "0 rings nobody either");
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

test("numbers that all fail and lead to each other end with a person, at once", () => {
  const to = (number: string, failed: string): FlowDocumentInput["steps"][string] => ({ kind: "deflect", to: { kind: "number", number }, failed });
  const circle = flow({ a: to("+33388000001", "b"), b: to("+33388000002", "a") });
  const t = rig(circle, VOICE, { handOverTarget: () => ({ ok: false, code: "unknown-target" }) });
  t.arrive("i");
  assert.deepEqual([t.state("i").state, queueOf(t.state("i"))], ["queued", "q_support"]);
});
