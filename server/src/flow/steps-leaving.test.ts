/** Steps that promise, leave or take their time: callback, voicemail, deflect, transfer, assistant, wait, end, sub-flows. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowDefinition } from "./definition.ts";
import { continueFlow, resumeFlow, stepFlow } from "./interpreter.ts";
import { openWorld, play } from "./play.ts";
import type { Act } from "./play.ts";
import type { FlowContext, FlowWorld } from "./state.ts";
import { both, ended, flow, label, media } from "./test-flow.ts";
import type { Steps } from "./test-flow.ts";

describe("callback", () => {
  const slots = [0, 1, 2, 3, 4].map((i) => ({ startMs: Date.UTC(2026, 10, 23, 13 + i), endMs: Date.UTC(2026, 10, 23, 13 + i, 30) }));
  const offers: Act = { brings: { ok: true, slots, inOrder: { position: 3, estimatedWaitMs: 400_000 } } };
  const definition = (offer: "in-order" | "dated" | "choice", more: object = {}): FlowDefinition =>
    flow({ a: { kind: "callback", queueId: "q", offer, says: both("Tous occupés."), label: { fr: "Rappel", en: "Callback" }, declined: "no", failed: "failed", ...more } });
  const booked: Act = { brings: { ok: true, callbackId: "cb_1", dueMs: null } };
  const asked = (acts: Act[], written: boolean, given: Partial<FlowContext> = {}, more: object = {}, offer: "in-order" | "dated" | "choice" = "choice"): unknown => {
    const last = play(definition(offer, more), written, [offers, "hear", ...acts], given).effects.at(-1);
    return last?.do === "ask" ? last.ask : last;
  };
  const order = { kind: "callback", queueId: "q", number: "+33612345678", slot: null, reason: null, priority: 0 };

  test("by voice: what is offered names its keys, in the customer's language and the centre's zone", () => {
    const said = (language: "fr" | "en"): string[] => play(definition("choice"), false, [offers], { language }).said;
    assert.deepEqual(said("fr"), [
      "Tous occupés.", "Pour être rappelé à votre tour, dans 7 minutes environ, tapez 1.", "Pour lundi 23 novembre entre 14 heures et 14 heures 30, tapez 2.",
      "Pour lundi 23 novembre entre 15 heures et 15 heures 30, tapez 3.", "Pour lundi 23 novembre entre 16 heures et 16 heures 30, tapez 4.", "Pour d’autres horaires, tapez 9.", "Pour continuer sans rappel, tapez dièse.",
    ]);
    assert.equal(said("en")[2], "For Monday 23 November between 14:00 and 14:30, press 2.");
  });
  test("in writing: buttons, a person's among them", () => {
    const { effects } = play(definition("choice"), true, [offers], { medium: "sms" });
    const say = effects.findLast((effect) => effect.do === "say");
    assert.deepEqual(say?.utterances.map(({ text }) => text), ["Tous occupés."]);
    assert.deepEqual(say?.utterances.at(-1)?.choices?.map(({ key, label }) => `${key} ${label}`), [
      "1 Être rappelé à mon tour, dans 7 minutes environ", "2 lundi 23 novembre entre 14 h et 14 h 30", "3 lundi 23 novembre entre 15 h et 15 h 30", "4 lundi 23 novembre entre 16 h et 16 h 30",
      "9 D’autres horaires", "# Sans rappel", "0 Un conseiller",
    ]);
  });
  for (const [name, written] of media) {
    test(`${name}: in order, dated, further times, declined, a person`, () => {
      assert.deepEqual(asked([{ answer: "1" }], written), order);
      assert.deepEqual(asked([{ answer: "3" }], written), { ...order, slot: slots[1] });
      assert.deepEqual(asked([{ answer: "9" }, "hear", { answer: "3" }], written), { ...order, slot: slots[4] });
      assert.deepEqual(asked([{ answer: "9" }, "hear", { answer: "9" }, "hear", { answer: "2" }], written), { ...order, slot: slots[0] });
      assert.deepEqual(asked([{ answer: "1" }], written, {}, {}, "dated"), { ...order, slot: slots[0] });
      assert.deepEqual(asked([{ answer: "1" }], written, {}, {}, "in-order"), order);
      for (const [acts, end] of [[[{ answer: "#" }, "hear"], "message"], [[{ answer: "0" }], "q_human"], [[{ answer: "*" }], "q_human"], [["silence", "hear", "silence", "hear", "silence"], "q_human"], [[{ answer: "8" }, { answer: "8" }, { answer: "8" }], "q_human"]] as [Act[], string][]) {
        assert.equal(ended(definition("choice"), written, [offers, "hear", ...acts]), end);
      }
    });
    test(`${name}: promised, said, ended; what cannot be promised fails`, () => {
      const { outcome, said } = play(definition("choice", written ? {} : { confirmed: both("Au {callback.number} {callback.when}") }), written, [offers, "hear", { answer: "2" }, booked, "hear"]);
      assert.deepEqual(outcome, { type: "end", how: "callback", ref: "cb_1", exception: null });
      assert.equal(said.at(-1), written ? "C’est noté\u202f: nous vous rappelons lundi 23 novembre entre 14 h et 14 h 30, au 06 12 34 56 78. À bientôt." : "Au 06 12 34 56 78 lundi 23 novembre entre 14 heures et 14 heures 30");
      for (const act of [{ fails: "timeout" }, { brings: { ok: true, slots: [], inOrder: null } }, { brings: { ok: true } }] as Act[]) assert.equal(ended(definition("choice"), written, [act]), "q_failed");
      assert.equal(ended(definition("dated"), written, [{ brings: { ok: true, slots: [], inOrder: { position: 1, estimatedWaitMs: null } } }]), "q_failed", "only dated is offered, and there is no slot");
      assert.equal(ended(definition("choice"), written, [offers, "hear", { answer: "1" }, { fails: "full" }]), "q_failed");
      assert.equal(ended(definition("choice"), written, [offers, "hear", { answer: "1" }, { brings: { ok: true } }]), "q_failed", "no id is no promise");
    });
  }
  test("six slots at most, three at a time", () => {
    const eight: Act = { brings: { ok: true, slots: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({ startMs: i * 3.6e6, endMs: i * 3.6e6 + 1 })), inOrder: null } };
    const { state, effects } = play(definition("dated"), true, [eight, "hear", { answer: "9" }]);
    assert.equal(state.slots.length, 6);
    assert.deepEqual(effects.findLast((effect) => effect.do === "say")?.utterances.at(-1)?.choices?.map(({ key }) => key), ["1", "2", "3", "9", "#", "0"]);
  });
  test("in writing: the words of a choice, yes to the only one, no to all", () => {
    assert.deepEqual(asked([{ text: "rappelez moi" }], true), order);
    assert.deepEqual(asked([{ text: "lundi 23 novembre entre 16 h et 16 h 30" }], true), { ...order, slot: slots[2] });
    assert.deepEqual(asked([{ text: "oui merci" }], true, {}, {}, "in-order"), order);
    assert.equal(ended(definition("choice"), true, [offers, "hear", { text: "non merci" }, "hear"]), "message");
  });
  test("a hidden number is asked for, said back, confirmed, also when it begins with 0; without one a person", () => {
    for (const from of ["", "anonymous"]) {
      const number = { ...order, number: "+33698765432" };
      assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "0698765432#" }, "hear", { answer: "1" }], false, { from }), number);
      assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "0698765432" }, "silence", "hear", "silence"], false, { from }), number, "pauses end and agree");
      assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "0699999999#" }, { answer: "2" }, "hear", { answer: "0698765432#" }, { answer: "1" }], false, { from }), number, "said wrong, keyed again");
      assert.equal(ended(definition("choice"), false, [offers, "hear", { answer: "1" }, "hear", { answer: "0" }, "silence"], { from }), "q_human");
      assert.equal(ended(definition("choice"), false, [offers, "hear", { answer: "1" }, "hear", { answer: "#" }, { answer: "#" }, { answer: "#" }], { from }), "q_human");
    }
    const back = play(definition("choice"), false, [offers, "hear", { answer: "1" }, "hear", { answer: "0698765432#" }], { from: "" });
    assert.deepEqual(back.said.slice(-2), ["Votre numéro est le 06 98 76 54 32.", "Si c’est exact, tapez 1. Sinon, tapez 2."]);
    assert.deepEqual(asked([{ answer: "1" }, "hear", { text: "c'est le 06.98.76.54.32" }], true, { from: "vis_abc" }), { ...order, number: "+33698765432" }, "a visitor of a page has none");
    assert.deepEqual(asked([{ answer: "1" }], false, { from: "209" }), { ...order, number: "209" }, "a phone of the house");
  });
  test("asked always: # is the number that they call from", () => {
    assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "#" }], false, {}, { askNumber: "always" }), order);
    assert.deepEqual(asked([{ answer: "1" }, "hear", { text: "ce numéro" }], true, { medium: "sms" }, { askNumber: "always" }), order);
    assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "0698765432#1" }], false, {}, { askNumber: "always" }), { ...order, number: "+33698765432" });
  });
  test("keys typed while the slots are looked for are not lost, over three questions", () => {
    const early = play(definition("choice", { askNumber: "always" }), false, [{ answer: "1698765432#1" }, offers, "hear"]);
    assert.deepEqual(early.state.asked?.ask, { ...order, number: "+33698765432" });
    assert.deepEqual(play(definition("choice", { askNumber: "always" }), false, [{ answer: "1#" }, offers, "hear"]).state.asked?.ask, order);
  });
  test("keys typed over the offer are not lost", () => assert.deepEqual(play(definition("choice"), false, [offers, { answer: "2" }]).state.asked?.ask, { ...order, slot: slots[0] }));
});

describe("voicemail", () => {
  const definition = flow({ a: { kind: "voicemail", queueId: "q", says: both("Parlez"), maxSeconds: 60, askNumber: both("Numéro masqué"), numberTaken: both("Merci, {value}"), failed: "failed" } });
  const record = (number: string | null): unknown => ({ kind: "record", queueId: "q", maxSeconds: 60, number });
  const left: Act = { brings: { ok: true, messageId: "m_1", seconds: 12 } };
  test("greets, records, thanks, ends with the message", () => {
    const greeted = play(definition, false, ["hear"]);
    assert.deepEqual([greeted.said, greeted.state.asked?.ask, greeted.state.asked?.timeoutMs], [["Parlez"], record(null), 90_000]);
    assert.deepEqual(play(definition, false, ["hear", left, "hear"]).outcome, { type: "end", how: "voicemail", ref: "m_1", exception: null });
    assert.deepEqual(play(definition, false, [{ answer: "1" }]).state.asked?.ask, record(null), "a key skips the greeting");
  });
  test("a person is in reach during greeting and message; # while it records is not an answer to anything", () => {
    assert.equal(ended(definition, false, [{ answer: "0" }]), "q_human");
    assert.equal(ended(definition, false, ["hear", { answer: "*" }]), "q_human");
    assert.deepEqual([ended(definition, false, ["hear", { answer: "#" }]), play(definition, false, ["hear", { answer: "#5" }]).state.ahead], [null, ""]);
  });
  test("a hidden number is asked for before: the message may end by hanging up", () => {
    const hidden = { from: "anonymous" };
    const acts: Act[] = ["hear", { answer: "0612345678#" }];
    const back = play(definition, false, acts, hidden);
    assert.deepEqual(back.said, ["Numéro masqué", "Merci, 06 12 34 56 78", "Si c’est exact, tapez 1. Sinon, tapez 2."]);
    assert.deepEqual(play(definition, false, [...acts, { answer: "1" }, "hear"], hidden).state.asked?.ask, record("+33612345678"));
    assert.deepEqual(play(definition, false, ["hear", { answer: "#" }, "hear"], hidden).state.asked?.ask, record(null), "without one, too");
    assert.deepEqual(play(definition, false, ["hear", "silence", "hear", "silence", "hear", "silence", "hear"], hidden).state.asked?.ask, record(null));
  });
  test("what fails, and writing, go elsewhere", () => {
    assert.equal(ended(definition, false, ["hear", { fails: "disk" }]), "q_failed");
    assert.equal(ended(definition, false, ["hear", { brings: { ok: true } }]), "q_failed", "no message");
    assert.equal(ended(definition, true, []), "q_failed");
    assert.equal(ended(flow({ a: { kind: "voicemail", queueId: "q", says: both("Parlez") } }), true, []), "q_human");
  });
});

describe("deflect and transfer", () => {
  const deflect = (to: object, more: object = {}): FlowDefinition => flow({ a: { kind: "deflect", to, failed: "failed", ...more } as Steps[string] });
  test("to a number: a call is handed over once it is said; who writes is told", () => {
    const definition = deflect({ kind: "number", number: "+33140000000" }, { says: both("Je vous transfère") });
    assert.equal(ended(definition, false, []), null);
    assert.deepEqual(play(definition, false, ["hear"]).outcome, { type: "hand-over", number: "+33140000000", failedStep: "failed" });
    assert.equal(ended(deflect({ kind: "number", number: "+33140000000" }), false, []), "-> +33140000000");
    const written = play(deflect({ kind: "number", number: "3639" }), true, ["hear"]);
    assert.deepEqual([written.said, written.outcome], [["Appelez-nous au 3639."], { type: "end", how: "message", ref: null, exception: null }]);
    assert.equal(ended(definition, false, [{ answer: "0" }]), "q_human", "a person before it is said");
  });
  test("to our e-mail address, when there is one", () => {
    for (const [, written] of media) {
      const told = play(deflect({ kind: "email" }), written, ["hear"], { language: "en" });
      assert.deepEqual([told.said, told.outcome?.type === "end" && told.outcome.how], [["Please write to us at aide@exemple.fr."], "email"]);
      assert.equal(ended(deflect({ kind: "email" }), written, [], {}, { centre: { ...openWorld.centre, email: null } }), "q_failed");
    }
    assert.equal(play(deflect({ kind: "email" }, { says: both("À {centre.email}") }), true, []).said[0], "À aide@exemple.fr");
  });
  test("to another queue, when it is open", () => {
    const closed: Partial<FlowWorld> = { queue: () => ({ open: false, full: false, waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 }) };
    assert.deepEqual([ended(deflect({ kind: "queue", queueId: "q2" }), true, []), ended(deflect({ kind: "queue", queueId: "q2" }), true, [], {}, closed)], ["q2", "q_failed"]);
  });
  test("a text to the caller's mobile, then on or an end that it remembers", () => {
    const definition = deflect({ kind: "sms", text: { fr: "Lien", en: "Link" } }, { says: both("Envoyé") });
    assert.deepEqual(play(definition, false, [], { language: "en" }).state.asked?.ask, { kind: "sms", to: "+33612345678", text: "Link" });
    assert.deepEqual([ended(definition, false, [{ brings: { ok: true } }, "hear"]), ended(definition, false, [{ fails: "trunk" }]), ended(definition, false, [], { from: "" })], ["sms", "q_failed", "q_failed"]);
    const linked = deflect({ kind: "sms", text: both("Suivi : {centre.site}/suivi").sounds });
    assert.deepEqual(play(linked, false, [], {}, { centre: { ...openWorld.centre, site: "https://contact.example" } }).state.asked?.ask, { kind: "sms", to: "+33612345678", text: "Suivi : https://contact.example/suivi" });
    assert.equal(ended(linked, false, []), "q_failed", "a link that begins nowhere is not sent");
    assert.equal(ended(deflect({ kind: "sms", text: { fr: "L", en: "L" } }, { next: "no" }), false, [{ brings: { ok: true } }, "hear"]), "sms");
  });
  test("transfer: calls only; nobody there = the flow goes on where the author says", () => {
    const definition = flow({ a: { kind: "transfer", number: "2{data.x}", says: both("Un instant"), failed: "no" } }, { x: { type: "text", initial: "01" } });
    const { outcome, state } = play(definition, false, ["hear"]);
    assert.deepEqual(outcome, { type: "hand-over", number: "201", failedStep: "no" });
    const back = continueFlow(definition, state, "no", openWorld);
    assert.deepEqual([back.state.done, back.state.stepId, back.effects.map((effect) => effect.do)], [false, "no", ["say"]]);
    assert.equal(continueFlow(definition, state, null, openWorld).effects.at(-1)?.do, "done", "else a person");
    for (const gone of ["gone", "constructor"]) assert.equal(continueFlow(definition, state, gone, openWorld).effects.at(-1)?.do, "done", "a step that is not there is a person");
    assert.equal(ended(definition, true, ["hear"]), "message");
  });
});

describe("what is dialled", () => {
  const ask = { kind: "collect", type: "digits", label, says: both("Poste"), variable: "x", next: "go" } as const;
  const go = { kind: "transfer", number: "{data.x}", failed: "no" } as const;
  const x = { x: { type: "text" }, y: { type: "text" } } as const;
  test("a customer's words dial short numbers of the house only, also by way of another variable", () => {
    const direct = flow({ a: ask, go }, x);
    assert.equal(ended(direct, false, ["hear", { answer: "201#" }]), "-> 201");
    assert.equal(ended(direct, false, ["hear", { answer: "33899123456#" }, "hear"]), "message");
    const copied = flow({ a: { ...ask, next: "copy" }, copy: { kind: "set", values: [{ name: "y", to: '"+" + data.x' }], next: "go" }, go: { ...go, number: "{data.y}" } }, x);
    assert.equal(ended(copied, false, ["hear", { answer: "33899123456#" }, "hear"]), "message");
    const context = { context: { number: "+33899123456" }, data: { x: "+33899123456" } };
    for (const number of ["{context.number}", "{data.x}", "{contact.from}"]) assert.equal(ended(flow({ a: { ...go, number } }, x), false, ["hear"], context), "message", number);
    const deflected = flow({ a: ask, go: { kind: "deflect", to: { kind: "number", number: "{data.x}" }, failed: "no" } }, x);
    for (const [, written] of media) assert.equal(ended(deflected, written, ["hear", { answer: written ? "33899123456" : "33899123456#" }, "hear"]), "message");
  });
  test("what the company's own systems say is dialled as it is", () => {
    const manager = flow({ a: { kind: "http", url: "https://crm.example/", saves: [{ name: "x", pointer: "/phone" }], next: "go", failed: "no" }, go }, x);
    assert.equal(ended(manager, false, [{ brings: { ok: true, values: { x: "+33140000000" } } }], { data: { x: "+33899123456" } }), "-> +33140000000", "over what was told before");
    assert.equal(ended(flow({ a: { ...go, number: "{customer.manager}" } }, x), false, [], { customer: { manager: "+33140000000" } }), "-> +33140000000");
    assert.equal(ended(flow({ a: { ...go, number: "{data.x}" } }, x), false, ["hear"]), "message", "nothing is no number");
  });
});

describe("assistant", () => {
  const definition = flow({
    a: { kind: "assistant", assistantId: "bot", label: { fr: "Assistant", en: "Assistant" }, says: both("Bonjour"), maxTurns: 3, resolved: "ok", person: "hand", failed: "failed" },
    hand: { kind: "queue", queueId: "q_hand" },
  });
  const world = { hears: true };
  const says = (goes: "on" | "resolved" | "person", text = "Voilà"): Act => ({ brings: { ok: true, says: text, goes } });
  for (const [name, written] of media) {
    test(`${name}: turn by turn, resolved, handed over, failed`, () => {
      const first = play(definition, written, ["hear", { text: "Où est mon colis" }], {}, world);
      assert.deepEqual(first.state.asked?.ask, { kind: "assistant", assistantId: "bot", text: "Où est mon colis", turn: 1 });
      const talk = (...acts: Act[]): string | null => ended(definition, written, ["hear", { text: "Où est mon colis" }, ...acts], {}, world);
      assert.equal(talk(says("on"), "hear", { text: "et demain" }, says("resolved"), "hear"), "resolved");
      assert.equal(talk(says("resolved")), null, "its last words are heard first");
      assert.equal(talk(says("person"), "hear"), "q_hand");
      assert.equal(talk(says("person", "")), "q_hand", "without a word");
      assert.equal(talk({ fails: "timeout" }), "q_failed");
      assert.equal(talk({ brings: { ok: true, goes: "on" } }), "q_failed", "nothing said, nothing decided");
      assert.equal(talk(says("on"), { text: "b" }, says("on"), { text: "c" }, says("on"), { text: "d" }), "q_hand", "too many turns");
      assert.equal(talk(says("resolved"), { text: "non, attendez" }, says("on"), "hear"), null, "who speaks over the goodbye is heard");
      assert.equal(talk(says("resolved"), { text: " " }, "hear"), null, "also when it was not understood");
    });
    test(`${name}: a person at any turn (PIT-06)`, () => {
      for (const acts of [[{ answer: "0" }], ["hear", { text: "un conseiller" }], ["hear", { text: "a" }, { text: "representative" }], ["hear", { text: "a" }, says("on"), { answer: "0" }], ["hear", { text: "a" }, says("on"), "hear", { text: "agent" }], ["hear", "silence", "hear", "silence", "hear", "silence"]] as Act[][]) {
        assert.equal(ended(definition, written, acts, {}, world), "q_human", JSON.stringify(acts));
      }
    });
  }
  test("a key over its goodbye is somebody who is still there", () => assert.equal(ended(definition, false, ["hear", { text: "a" }, says("resolved"), { answer: "5" }, "hear"], {}, world), null));
  test("by voice without a recogniser nobody could talk to it", () => assert.equal(ended(definition, false, []), "q_failed"));
  test("who wrote before it began has said it already", () => {
    const greeted = flow({ a: { kind: "say", says: both("Bonjour"), next: "b" }, b: { kind: "assistant", assistantId: "bot", label, says: both("Je vous écoute"), resolved: "ok", person: "ok", failed: "ok" } });
    assert.equal(play(greeted, true, [{ text: "mon colis" }]).state.asked?.ask.kind, "assistant");
  });
});

describe("wait and end", () => {
  const definition = flow({ a: { kind: "wait", ms: 10_000, says: both("Un instant"), next: "b" }, b: { kind: "menu", label, says: both("M"), choices: [{ key: "1", label, next: "ok" }] } });
  test("waits once it is said; what is typed is kept, and does not lengthen it; a restart goes on with what is left", () => {
    const waits = play(definition, true, ["hear"]);
    assert.deepEqual(waits.effects.at(-1), { do: "expect", timeoutMs: 10_000 });
    const later = (ms: number): FlowWorld => ({ ...openWorld, nowMs: openWorld.nowMs + ms });
    const typed = stepFlow(definition, waits.state, { kind: "text", text: "1" }, later(4_000));
    assert.deepEqual(typed.effects, [{ do: "expect", timeoutMs: 6_000 }]);
    assert.deepEqual(resumeFlow(definition, typed.state, later(7_000)).effects, [{ do: "expect", timeoutMs: 3_000 }]);
    assert.deepEqual(resumeFlow(definition, typed.state, later(70_000)).effects, [{ do: "expect", timeoutMs: 1 }]);
    assert.equal(stepFlow(definition, typed.state, { kind: "silence" }, later(10_000)).state.done, true);
    assert.equal(ended(definition, true, ["hear", { answer: "0" }]), "q_human");
  });
  test("an end says why nobody is needed", () => {
    const end = flow({ a: { kind: "end", says: both("Fermé"), exception: "Centre fermé" } });
    assert.deepEqual(play(end, false, ["hear"]).outcome, { type: "end", how: "message", ref: null, exception: "Centre fermé" });
    assert.equal(ended(end, false, [{ answer: "5" }]), null, "a key does not cut the goodbye");
    assert.equal(ended(end, false, [{ answer: "0" }]), "q_human");
  });
});

describe("sub-flows", () => {
  const part = (id: string, next: Steps): FlowDefinition => flow({ a: { kind: "set", values: [{ name: "deep", to: "data.deep + 1" }], next: "b" }, ...next }, { deep: { type: "number", initial: 0 } }, { id });
  const main = flow({ a: { kind: "subflow", flowId: "part", next: "back" }, back: { kind: "end", says: both("De retour") } });
  const asking = part("part", { b: { kind: "menu", label, says: both("Partie"), choices: [{ key: "1", label, next: "c" }] }, c: { kind: "return" } });
  for (const [name, written] of media) {
    test(`${name}: into it, through a restart, and back`, () => {
      const world: Partial<FlowWorld> = { flow: (id) => (id === "part" ? asking : null) };
      const { said, state, ports } = play(main, written, ["hear", { answer: "1" }], {}, world);
      assert.deepEqual([said, state.inFlow, state.stack, state.data, ports], [["Partie", "De retour"], "f", [], { deep: 1 }, ["a next", "b choice:0", "a next"]]);
      assert.equal(ended(main, written, ["hear", { answer: "0" }], {}, world), "q_human");
    });
  }
  test("one that is gone, or for ever deeper, leads to a person", () => {
    assert.equal(ended(main, false, []), "q_human");
    const deeper = part("part", { b: { kind: "subflow", flowId: "other", next: "c" }, c: { kind: "return" } });
    const other = part("other", { b: { kind: "subflow", flowId: "part", next: "c" }, c: { kind: "return" } });
    const { outcome, state, problems } = play(main, false, [], {}, { flow: (id) => (id === "part" ? deeper : other) });
    assert.deepEqual([outcome?.type, state.stack.length, problems.length], ["queue", 5, 1]);
    const { state: within } = play(main, false, ["hear"], {}, { flow: () => asking });
    assert.equal(stepFlow(main, within, { kind: "key", key: "1" }, openWorld).effects.at(-1)?.do, "done", "unpublished meanwhile");
  });
  test("who comes back to one that is gone has a person, not another flow's step of that name", () => {
    const { state } = play(main, false, ["hear"], {}, { flow: () => asking });
    const other = { ...main, steps: { ...main.steps, b: main.steps.back! } };
    const { effects } = continueFlow(other, state, "b", openWorld);
    assert.ok(effects.some((effect) => effect.do === "done" && effect.outcome.type === "queue"));
    assert.ok(!effects.some((effect) => effect.do === "say" && effect.utterances[0]?.text === "De retour"));
  });
  test("return outside of one leads to a person", () => assert.equal(ended(flow({ a: { kind: "return" } }), false, []), "q_human"));
});
