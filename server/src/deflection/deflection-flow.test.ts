/** The flows of deflections played by the one interpreter: what callers and writers hear, and where each way ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactChannel } from "@tandem/protocol/hours";
import { readFlowDefinition } from "../flow/flow.ts";
import { play, type Act, type Played } from "../flow/play.ts";
import type { Question } from "./decide.ts";
import { DECLARED, passedOf } from "./deflection-flow.ts";
import { ask, NOW, testGround, type TestGround } from "./test-ground.ts";

const centre = (calls: object, chats: object = {}): TestGround => testGround().set("details", "", { supportEmail: "aide@exemple.fr" }).set("deflection", "", { calls: { enabled: true, ...calls }, chats: { enabled: true, ...chats } });

function played(ground: TestGround, channel: ContactChannel, acts: readonly Act[], given: object = {}, more: Partial<Question> = {}): Played {
  const flow = ask(ground, "orders", channel, more)?.flow;
  assert.ok(flow);
  const read = readFlowDefinition(flow);
  assert.ok(read.ok, JSON.stringify(read));
  return play(read.definition, channel === "chat" || channel === "sms", acts, given);
}
const end = ({ outcome }: Played): string => {
  if (outcome === null) return "goes on";
  if (outcome.type === "queue") return `queue ${outcome.queueId}`;
  if (outcome.type === "hand-over") return `number ${outcome.number}`;
  return `${outcome.how}${outcome.ref === null ? "" : ` ${outcome.ref}`}${outcome.exception === null ? "" : " declared"}`;
};
const asked = ({ effects }: Played): Record<string, unknown>[] => effects.flatMap((effect) => (effect.do === "ask" ? [effect.ask] : []));
const RECORDED: Act = { brings: { ok: true, messageId: "vm_1", seconds: 9 } };

test("AHD-08 a caller leaves a message: told that it is closed, greeted, recorded for the queue that was called", () => {
  const got = played(centre({ ivr: { kind: "voicemail" } }), "ivr", ["hear", RECORDED, "hear"], { language: "fr" });
  assert.deepEqual(asked(got), [{ kind: "record", queueId: "orders", maxSeconds: 180, number: null }]);
  assert.equal(end(got), "voicemail vm_1");
  assert.match(got.said[0]!, /fermés/);
  assert.match(got.said[1]!, /Laissez votre message/);
});

test("AHD-08 « numéro de téléphone bloqué »: a hidden number is asked for before the message, said back and kept with it", () => {
  const got = played(centre({ ivr: { kind: "voicemail" } }), "ivr", ["hear", { answer: "0612345678#" }, "hear", { answer: "1" }, "hear", RECORDED, "hear"], { from: "anonymous", language: "en" });
  assert.match(got.said.join(" "), /Your number is hidden/);
  assert.match(got.said.join(" "), /We will call you back on/);
  assert.deepEqual(asked(got).map(({ kind, number }) => [kind, number]), [["record", "+33612345678"]]);
});

test("AHD-07 to another number; nobody there: a message for the queue", () => {
  assert.equal(end(played(centre({ ivr: { kind: "number", number: "+33388000000" } }), "ivr", ["hear"])), "number +33388000000");
  const flow = ask(centre({ ivr: { kind: "number", number: "3900" } }), "orders", "ivr")!.flow!;
  assert.equal(flow.steps.first?.kind === "deflect" ? flow.steps[flow.steps.first.failed]?.kind : "", "voicemail");
});

test("AHD-08 a hidden number that is keyed wrong again and again: the message is taken without one", () => {
  const no: Act[] = ["hear", { answer: "0612345678#" }, "hear", { answer: "2" }];
  const got = played(centre({ ivr: { kind: "voicemail" } }), "ivr", [...no, ...no, ...no, "hear", RECORDED, "hear"], { from: "anonymous" });
  assert.equal(end(got), "voicemail vm_1");
  assert.deepEqual(asked(got).map(({ kind, number }) => [kind, number]), [["record", null]]);
});

test("AHD-09 the message, then the end, declared with its reason", () => {
  const got = played(centre({ ivr: { kind: "message" } }), "ivr", ["hear"]);
  assert.equal(end(got), "message declared");
  assert.equal(got.outcome?.type === "end" ? got.outcome.exception : "", DECLARED.message);
});

test("too busy, and a message only: told so, and to call again, and the end; a message of one's own says all there is to say", () => {
  const ground = (ivr: object): TestGround => testGround().set("over-capacity", "", { enabled: true, length: 1, then: { ivr } });
  const heard = (got: Played): string => got.effects.flatMap((effect) => (effect.do === "say" ? effect.utterances.map(({ text }) => text) : [])).join(" | ");
  const busy = { live: () => ({ waiting: 5, longestWaitMs: 0, freeAgents: 0, staffed: 1 }) };
  const ours = played(ground({ kind: "message" }), "ivr", ["hear", "hear"], {}, busy);
  assert.match(heard(ours), /beaucoup d’appels.* \| Merci de rappeler/);
  assert.equal(end(ours), "message declared");
  const own = played(ground({ kind: "message", greeting: { sounds: { fr: "Écrivez-nous.", en: "Write to us." } } }), "ivr", ["hear"], {}, busy);
  assert.deepEqual([heard(own), end(own)], ["Écrivez-nous.", "message declared"]);
});

test("AHD-06 options by voice: each key leads to its own; who keys nothing is not lost", () => {
  const ground = centre({ mobile: { scheduledCall: true, email: true, number: "3900", voicemail: true } });
  const slots = [{ startMs: NOW + 40_000_000, endMs: NOW + 41_800_000 }];
  assert.equal(end(played(ground, "mobile", ["hear", { answer: "1" }, { brings: { ok: true, slots, inOrder: null } }, "hear", { answer: "1" }, { brings: { ok: true, callbackId: "cb_1", dueMs: slots[0]!.startMs } }, "hear"])), "callback cb_1");
  assert.equal(end(played(ground, "mobile", ["hear", { answer: "2" }, "hear"])), "email declared");
  assert.equal(end(played(ground, "mobile", ["hear", { answer: "3" }, "hear"])), "number 3900");
  assert.equal(end(played(ground, "mobile", ["hear", { answer: "4" }, "hear", RECORDED, "hear"])), "voicemail vm_1");
  assert.equal(end(played(ground, "mobile", ["hear", "silence", "hear", "silence", "hear", "silence", "hear", RECORDED, "hear"])), "voicemail vm_1");
  const menu = played(ground, "mobile", ["hear"], { language: "fr" }).said.at(-1)!;
  assert.match(menu, /Être rappelé, tapez 1\. Écrire un e-mail, tapez 2\. Appeler un autre numéro, tapez 3\. Laisser un message pour être rappelé, tapez 4\./);
});

test("AHD-04 no slot is left, or the booking fails: the next best option, and at last the message", () => {
  const none: Act = { brings: { ok: true, slots: [], inOrder: null } };
  assert.equal(end(played(centre({ mobile: { scheduledCall: true, voicemail: true } }), "mobile", ["hear", { answer: "1" }, none, "hear", RECORDED, "hear"])), "voicemail vm_1");
  assert.equal(end(played(centre({ web: { scheduledCall: true, email: true } }), "web", ["hear", { answer: "1" }, { fails: "timeout" }, "hear"])), "email declared");
  assert.equal(end(played(centre({ web: { scheduledCall: true } }), "web", ["hear", none, "hear"])), "message declared");
});

test("AHD-10 a chat reads the support address, written as it is", () => {
  const got = played(centre({}), "chat", ["hear"], { language: "fr" });
  assert.equal(end(got), "email declared");
  assert.match(got.said.join(" "), /Écrivez-nous à aide@exemple\.fr\./);
  const spoken = played(centre({ web: { email: true } }), "web", ["hear"], { language: "fr" });
  assert.match(spoken.said.join(" "), /aide arobase exemple point fr/);
});

test("AHD-13 a text reads the queue's message", () => {
  const ground = testGround().set("queue-deflection", "orders", { sms: { enabled: true, message: { sounds: { fr: "Nous répondrons demain à 9 h." } } } });
  const got = played(ground, "sms", ["hear"], { language: "fr", medium: "message" });
  assert.deepEqual([got.said, end(got)], [["Nous répondrons demain à 9 h."], "message declared"]);
});

test("a virtual agent: resolved, or on to people; one that fails, or that nobody can talk to, too", () => {
  const ground = testGround().set("queue-deflection", "orders", { virtualAgent: { assistantId: "ella", availability: "always" } });
  const says = (goes: "on" | "resolved" | "person"): Act => ({ brings: { ok: true, says: "Voilà.", goes } });
  assert.equal(end(played(ground, "chat", ["hear", { text: "Où est ma commande ?" }, says("resolved"), "hear"])), "resolved declared");
  assert.equal(end(played(ground, "chat", ["hear", { text: "Je voudrais autre chose" }, says("person"), "hear"])), "queue orders");
  assert.equal(end(played(ground, "chat", ["hear", { text: "Je voudrais autre chose" }, { fails: "timeout" }])), "queue orders");
  assert.equal(end(played(ground, "chat", ["hear", { text: "conseiller" }, "hear"])), "queue orders");
  assert.equal(end(played(ground, "ivr", [])), "queue orders", "no recogniser listens");
});

test("PIT-05 0, a star and « conseiller » lead to the queue from every deflection, and its next decision knows that they were here", () => {
  for (const [channel, ground] of [
    ["ivr", centre({ ivr: { kind: "voicemail" } })], ["ivr", centre({ ivr: { kind: "message" } })], ["ivr", centre({ ivr: { kind: "number", number: "3900" } })],
    ["mobile", centre({ mobile: { number: "3900", voicemail: true } })], ["chat", centre({})],
  ] as const)
    for (const act of channel === "chat" ? [{ text: "conseiller" }, { text: "a person please" }] : [{ answer: "0" }, { answer: "*" }]) {
      const got = played(ground, channel, [act, "hear"]);
      assert.equal(end(got), "queue orders", `${channel} ${JSON.stringify(act)}`);
      const data = Object.fromEntries(got.effects.flatMap((effect) => (effect.do === "set" ? [[effect.name, effect.value]] : [])));
      assert.deepEqual(passedOf(data), [{ queueId: "orders", why: "closed", atMs: NOW }]);
    }
});

test("a recording that cannot be made leads to a person; nobody there again and again: the address and the end, nobody goes round or waits for ever", () => {
  const ground = centre({ ivr: { kind: "voicemail" } });
  let passed: Question["passed"] = [];
  const ends: string[] = [];
  for (let round = 0; round < 5; round++) {
    const decision = ask(ground, "orders", "ivr", { passed });
    if (decision === null) {
      ends.push("waits");
      break;
    }
    const got = played(ground, "ivr", ["hear", { fails: "no disk" }, "hear"], {}, { passed });
    ends.push(end(got));
    passed = passedOf(Object.fromEntries(got.effects.flatMap((effect) => (effect.do === "set" ? [[effect.name, effect.value]] : []))));
  }
  assert.deepEqual(ends.slice(0, 3), ["queue orders", "queue orders", "email declared"]);
});
