/**
 * The matrix of the seed (002, « Déviation des appels et des chats en dehors des heures de travail »), cell by cell: each test's name begins with the
 * catalogue row and says the sentence that it proves.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContactChannel } from "@tandem/protocol/hours";
import { FlowDocument, type StepOf } from "@tandem/protocol/flow/flow";
import { QUEUE_SETTINGS } from "@tandem/protocol/queue-settings";
import { LAST_DRAW, type Decision } from "./decide.ts";
import { DECLARED, passedOf } from "./deflection-flow.ts";
import { ask, NOBODY, NOW, short, testGround, type TestGround } from "./test-ground.ts";

const text = (fr: string): { sounds: { fr: string } } => ({ sounds: { fr } });
const calls = (more: object): TestGround => testGround().set("details", "", { supportEmail: "aide@exemple.fr" }).set("deflection", "", { calls: { enabled: true, ...more } });
const stepOf = <K extends Parameters<typeof kindIs>[1]>(decision: Decision | null, kind: K): StepOf<K> => {
  const found = Object.values(decision?.flow?.steps ?? {}).find((step) => kindIs(step, kind));
  assert.ok(found, `a step ${kind}`);
  return found as StepOf<K>;
};
const kindIs = (step: FlowDocument["steps"][string], kind: FlowDocument["steps"][string]["kind"]): boolean => step.kind === kind;

const ROWS: [string, () => TestGround, queue: string, ContactChannel, string][] = [
  // --- the global switches
  ["AHD-02 deflection of calls is off: who calls outside hours waits", () => testGround(), "orders", "ivr", "takes"],
  ["AHD-02 « Activez l’option Activer la déviation hors horaires d’ouverture pour dévier les appels »", () => calls({}), "orders", "ivr", "closed: voicemail"],
  ["AHD-02 a queue that is open takes its calls", () => calls({}), "night", "ivr", "takes"],
  ["AHD-02 on a holiday it says so", () => { const g = calls({}); g.state.orders = "holiday"; return g; }, "orders", "ivr", "holiday: voicemail"],
  ["AHD-02 the switch of calls is not that of chats", () => calls({}), "orders", "chat", "takes"],
  ["AHD-02 the switch of chats is not that of calls", () => testGround().set("deflection", "", { chats: { enabled: true } }), "orders", "ivr", "takes"],
  ["AHD-01 « des heures d’ouverture spécifiques de la file d’attente, de la langue ou du canal »: this channel alone is closed", () => { const g = calls({}); g.channelState.ivr = "closed"; return g; }, "night", "ivr", "closed: voicemail"],
  ["an e-mail waits until somebody reads it", () => calls({}).set("deflection", "", { calls: { enabled: true }, chats: { enabled: true } }), "orders", "email", "takes"],
  // --- the voice server: four options
  ["AHD-07 « File d’attente : tous les appels seront envoyés vers cette file d’attente »", () => calls({ ivr: { kind: "queue", queueId: "night" } }), "orders", "ivr", "closed -> night"],
  ["AHD-07 « Numéro de téléphone : redirige l’appelant vers un autre numéro »; nobody there: a voicemail", () => calls({ ivr: { kind: "number", number: "+33388000000" } }), "orders", "ivr", "closed: deflect number, voicemail"],
  ["AHD-08 « Messagerie vocale : permet à l’appelant de laisser un message vocal »", () => calls({ ivr: { kind: "voicemail" } }), "orders", "ivr", "closed: voicemail"],
  ["AHD-09 « Message uniquement : le message est lu, puis l’appel se termine »", () => calls({ ivr: { kind: "message" } }), "orders", "ivr", "closed: end"],
  ["AHD-07 the queue for all the others, itself closed now, passes nobody to itself", () => { const g = calls({ ivr: { kind: "queue", queueId: "night" } }); g.state.night = "closed"; return g; }, "orders", "ivr", "closed: voicemail"],
  ["AHD-07 a queue that is gone: a voicemail, not a dead line", () => calls({ ivr: { kind: "queue", queueId: "was-deleted" } }), "orders", "ivr", "closed: voicemail"],
  // --- the page: a web page and a telephone's
  ["AHD-04 « Appel programmé : un ensemble de créneaux horaires »", () => calls({ web: { scheduledCall: true } }), "orders", "web", "closed: end, callback"],
  ["AHD-05 « Web : indique l’adresse e-mail »", () => calls({ web: { email: true } }), "orders", "web", "closed: deflect email, end"],
  ["AHD-04 several options: they choose", () => calls({ web: { scheduledCall: true, email: true } }), "orders", "web", "closed: menu 2, callback, deflect email, end"],
  ["AHD-06 « uniquement pour le SDK Mobile »: number and voicemail on a telephone", () => calls({ mobile: { number: "3900", voicemail: true } }), "orders", "mobile", "closed: menu 2, deflect number, voicemail"],
  ["AHD-06 all four on a telephone", () => calls({ mobile: { scheduledCall: true, email: true, number: "3900", voicemail: true } }), "orders", "mobile", "closed: menu 4, callback, deflect email, end, deflect number, voicemail"],
  ["AHD-04 a queue that schedules no calls offers none: what is left is told", () => { const g = calls({ web: { scheduledCall: true } }); g.scheduling = false; return g; }, "orders", "web", "closed: end"],
  ["AHD-05 no support address is set: no e-mail is offered", () => testGround().set("deflection", "", { calls: { enabled: true, web: { email: true } } }), "orders", "web", "closed: end"],
  // --- chats and texts
  ["AHD-10 « sélectionnez E-mail pour dévier un utilisateur final vers un e-mail »", () => testGround().set("details", "", { supportEmail: "aide@exemple.fr" }).set("deflection", "", { chats: { enabled: true } }), "orders", "chat", "closed: deflect email, end"],
  ["AHD-10 deflection of chats without e-mail: a message", () => testGround().set("deflection", "", { chats: { enabled: true, email: false } }), "orders", "chat", "closed: end"],
  ["AHD-13 « Activer le message hors horaires d’ouverture » of a queue's texts", () => testGround().set("queue-deflection", "orders", { sms: { enabled: true, message: text("Nous répondrons demain.") } }), "orders", "sms", "closed: end"],
  ["AHD-13 the box not ticked: they wait", () => testGround().set("queue-deflection", "orders", { sms: { enabled: false, message: text("Nous répondrons demain.") } }), "orders", "sms", "takes"],
  ["AHD-13 a text while open is answered by people", () => testGround().set("queue-deflection", "night", { sms: { enabled: true, message: text("Fermé.") } }), "night", "sms", "takes"],
  // --- a queue's own: the voice server
  ["AHD-11 « Message : un message est lu, puis l’appel se termine »", () => calls({}).set("queue-deflection", "orders", { ivr: { kind: "message", greeting: text("Les commandes sont fermées.") } }), "orders", "ivr", "closed: end"],
  ["AHD-11 « File d’attente : redirige l’appelant vers une autre file »", () => calls({}).set("queue-deflection", "orders", { ivr: { kind: "queue", queueId: "sales" } }), "orders", "ivr", "closed -> sales"],
  ["AHD-11 « Numéro de téléphone »", () => calls({}).set("queue-deflection", "orders", { ivr: { kind: "number", number: "0388000000" } }), "orders", "ivr", "closed: deflect number, voicemail"],
  ["AHD-11 « Messagerie vocale, avec la possibilité de personnaliser le message d’accueil »", () => calls({ ivr: { kind: "message" } }).set("queue-deflection", "orders", { ivr: { kind: "voicemail", greeting: text("Laissez votre commande.") } }), "orders", "ivr", "closed: voicemail"],
  ["AHD-11 it holds for that queue alone", () => calls({}).set("queue-deflection", "orders", { ivr: { kind: "message" } }), "support", "ivr", "closed: voicemail"],
  ["AHD-11 it holds without the global switch", () => testGround().set("queue-deflection", "orders", { ivr: { kind: "message" } }), "orders", "ivr", "closed: end"],
  ["AHD-11 a queue may be left out of the global one", () => calls({}).set("queue-deflection", "orders", { ivr: "off" }), "orders", "ivr", "takes"],
  ["AHD-11 the queue that it leads to is judged by its own settings", () => calls({}).set("queue-deflection", "orders", { ivr: { kind: "queue", queueId: "support" } }).set("queue-deflection", "support", { ivr: { kind: "message" } }), "orders", "ivr", "closed: end"],
  // --- a queue's own: a telephone's page
  ["AHD-12 « Rediriger vers une file d’attente »", () => calls({}).set("queue-deflection", "orders", { mobile: { to: "queue", queueId: "night" } }), "orders", "mobile", "closed -> night"],
  ["AHD-12 « OU options de redirection »", () => calls({}).set("queue-deflection", "orders", { mobile: { to: "options", options: { voicemail: true } } }), "orders", "mobile", "closed: voicemail"],
  ["AHD-13 « Non disponible pour le Web »: the page follows the whole centre", () => calls({ web: { email: true } }).set("queue-deflection", "orders", { mobile: { to: "queue", queueId: "night" }, ivr: { kind: "message" } }), "orders", "web", "closed: deflect email, end"],
];
for (const [name, ground, queueId, channel, expected] of ROWS) test(`deflection: ${name}`, () => assert.equal(short(ask(ground(), queueId, channel)), expected));

test("AHD-12 a queue AND options is refused, and so are no options at all", () => {
  const { schema } = QUEUE_SETTINGS["queue-deflection"];
  assert.equal(schema.safeParse({ mobile: { to: "options", options: {} } }).success, false);
  const both = schema.parse({ mobile: { to: "queue", queueId: "night", options: { voicemail: true } } });
  assert.deepEqual(both.mobile, { to: "queue", queueId: "night" });
});

test("AHD-08 the voicemail has the greeting and the words for a blocked number, and belongs to the queue that was called", () => {
  const ground = calls({}).set("deflection", "", { calls: { enabled: true }, words: { askNumber: text("Votre numéro\u202f?"), numberTaken: text("Merci, {value}.") } });
  const decision = ask(ground, "orders", "ivr");
  const step = stepOf(decision, "voicemail");
  assert.equal(step.queueId, "orders");
  assert.deepEqual([step.askNumber?.sounds.fr, step.numberTaken?.sounds.fr], ["Votre numéro\u202f?", "Merci, {value}."]);
  assert.match(step.askNumber?.sounds.en ?? "", /hidden/, "ours in the language that was not written");
  assert.match(stepOf(decision, "say").says.sounds.fr ?? "", /fermés/);
  const own = ask(ground.set("queue-deflection", "orders", { ivr: { kind: "voicemail", greeting: text("Laissez votre commande.") } }), "orders", "ivr");
  assert.equal(stepOf(own, "voicemail").says.sounds.fr, "Laissez votre commande.");
  assert.equal(Object.values(own!.flow!.steps).some((step2) => step2.kind === "say"), false, "a greeting of one's own says all there is to say");
});

test("AHD-09, AHD-11, AHD-13 the message is the centre's, the queue's own, or the text's; the end is declared", () => {
  const ends = (ground: TestGround, channel: ContactChannel): [string | undefined, string | undefined] => {
    const step = stepOf(ask(ground, "orders", channel), "end");
    return [step.says?.sounds.fr, step.exception];
  };
  assert.deepEqual(ends(testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "message" } }, words: { message: text("Fermé jusqu’à demain.") } }), "ivr"), ["Fermé jusqu’à demain.", DECLARED.message]);
  assert.deepEqual(ends(calls({}).set("queue-deflection", "orders", { ivr: { kind: "message", greeting: text("Commandes fermées.") } }), "ivr"), ["Commandes fermées.", DECLARED.message]);
  assert.deepEqual(ends(testGround().set("queue-deflection", "orders", { sms: { enabled: true, message: text("À demain.") } }), "sms"), ["À demain.", DECLARED.message]);
});

test("AHD-05, AHD-10 the address is always the one of the centre's details: written as it is, spoken sign by sign", () => {
  const ground = testGround().set("details", "", { supportEmail: "aide.clients@exemple.fr" }).set("deflection", "", { chats: { enabled: true } });
  const { says } = stepOf(ask(ground, "orders", "chat"), "deflect");
  assert.equal(says?.reads?.fr, "Écrivez-nous à aide.clients@exemple.fr.");
  assert.equal(says?.sounds.en, "Write to us at aide dot clients at exemple dot fr.");
});

test("AHD-14 a recording of the prompt table stays with its text", () => {
  const ground = testGround().set("deflection", "", { calls: { enabled: true, ivr: { kind: "message" } }, words: { message: { sounds: { fr: "Fermé." }, recording: { fr: "prompt-7" } } } });
  assert.deepEqual(stepOf(ask(ground, "orders", "ivr"), "end").says?.recording, { fr: "prompt-7" });
});

test("AHD-06 what was chosen on the page is not asked again", () => {
  const ground = calls({ mobile: { scheduledCall: true, email: true, voicemail: true } });
  for (const chosen of ["scheduled-call", "email", "voicemail"] as const) {
    const { flow } = ask(ground, "orders", "mobile", { chosen })!;
    const first = flow!.steps.first;
    assert.equal(first?.kind === "say" ? first.next : null, `option-${chosen}`);
  }
  assert.match(short(ask(ground, "orders", "mobile", { chosen: "number" })), /menu 3/, "what is not offered is not taken");
});

// --- too busy, shared out, virtual agents

const BUSY = { waiting: 4, longestWaitMs: 90_000, freeAgents: 0, staffed: 2 };
const over = (rule: object): TestGround => {
  const ground = testGround().set("over-capacity", "sales", { enabled: true, then: { ivr: { kind: "voicemail" }, mobile: { to: "queue", queueId: "night" }, chat: { kind: "email" }, sms: { kind: "message", message: text("Beaucoup de demandes.") }, web: { email: true } }, ...rule }).set("details", "", { supportEmail: "a@b.fr" });
  ground.live.sales = { ...BUSY };
  return ground;
};
const CAPACITY: [string, () => TestGround, ContactChannel, string][] = [
  ["the longest has waited the limit", () => over({ longestWaitMs: 90_000 }), "ivr", "wait: voicemail"],
  ["a millisecond less", () => over({ longestWaitMs: 90_001 }), "ivr", "takes"],
  ["so many wait", () => over({ length: 4 }), "ivr", "length: voicemail"],
  ["one less", () => over({ length: 5 }), "ivr", "takes"],
  ["nobody is free", () => over({ agents: "none-free" }), "ivr", "no-agent: voicemail"],
  ["somebody is there", () => over({ agents: "none-there" }), "ivr", "takes"],
  ["nobody is there", () => { const g = over({ agents: "none-there" }); g.live.sales = { ...BUSY, staffed: 0 }; return g; }, "ivr", "no-agent: voicemail"],
  ["switched off", () => over({ length: 1, enabled: false }), "ivr", "takes"],
  ["a telephone's page: the other queue", () => over({ length: 4 }), "mobile", "length -> night"],
  ["a chat: the support address", () => over({ length: 4 }), "chat", "length: deflect email, end"],
  ["a text: the other queue", () => over({ length: 4, then: { sms: { kind: "queue", queueId: "night" } } }), "sms", "length -> night"],
  ["a chat: the other queue", () => over({ length: 4, then: { chat: { kind: "queue", queueId: "night" } } }), "chat", "length -> night"],
  ["a telephone's page: options", () => over({ length: 4, then: { mobile: { to: "options", options: { voicemail: true } } } }), "mobile", "length: voicemail"],
  ["nothing is set for texts, pages and e-mails: they wait", () => over({ length: 4, then: { ivr: { kind: "message" } } }), "sms", "takes"],
  ["a text: the message", () => over({ length: 4 }), "sms", "length: end"],
  ["a page: its options", () => over({ length: 4 }), "web", "length: deflect email, end"],
  ["no way is set for this channel: they wait", () => over({ length: 4, then: {} }), "ivr", "takes"],
  ["a queue without its own has the centre's", () => testGround().set("over-capacity", "", { enabled: true, agents: "none-there", then: { ivr: { kind: "message" } } }), "ivr", "no-agent: end"],
];
for (const [name, ground, channel, expected] of CAPACITY) test(`over capacity: ${name}`, () => assert.equal(short(ask(ground(), "sales", channel)), expected));

test("over capacity says that it is busy, not that it is closed", () => assert.match(stepOf(ask(over({ length: 4 }), "sales", "ivr"), "say").says.sounds.fr ?? "", /beaucoup/));

test("closed comes before too busy; a closed queue whose deflection is off is still judged by its capacity", () => {
  const ground = over({ agents: "none-free" });
  ground.state.sales = "closed";
  assert.equal(short(ask(ground, "sales", "ivr")), "no-agent: voicemail");
  ground.set("deflection", "", { calls: { enabled: true, ivr: { kind: "message" } } });
  assert.equal(short(ask(ground, "sales", "ivr")), "closed: end");
});

test("the whole centre's over-capacity leads to one queue: that one has nobody to pass its own to; nobody is there at all: a voicemail", () => {
  const ground = testGround().set("over-capacity", "", { enabled: true, length: 3, agents: "none-there", then: { ivr: { kind: "queue", queueId: "night" }, chat: { kind: "queue", queueId: "night" } } });
  ground.live.sales = { ...BUSY };
  ground.live.night = { ...BUSY };
  assert.equal(short(ask(ground, "sales", "ivr")), "length -> night");
  assert.equal(short(ask(ground, "night", "ivr")), "takes");
  ground.live.night = { ...BUSY, staffed: 0 };
  assert.deepEqual([short(ask(ground, "night", "ivr")), short(ask(ground, "night", "chat"))], ["length: voicemail", "takes"]);
  ground.set("over-capacity", "night", { enabled: true, length: 3, then: { ivr: { kind: "message" } } });
  assert.equal(short(ask(ground, "night", "ivr")), "length: end", "a word of its own holds");
});

test("who waits already meets no virtual agent, and no share is drawn again; closed and too busy hold", () => {
  const ground = testGround().set("queue-deflection", "sales", { virtualAgent: { assistantId: "ella", availability: "always" } }).set("redirection", "sales", { shares: [{ percent: 100, queueId: "night" }] });
  assert.equal(short(ask(ground, "sales", "ivr")), "assistant: assistant, end, queue");
  assert.equal(short(ask(ground, "sales", "ivr", { waits: true })), "takes");
  ground.state.sales = "closed";
  ground.set("deflection", "", { calls: { enabled: true } });
  assert.equal(short(ask(ground, "sales", "ivr", { waits: true })), "closed: voicemail");
});

test("shares: the dice falls in proportion, by channel, and another queue throws its own", () => {
  const ground = testGround().set("redirection", "sales", { shares: [{ percent: 30, queueId: "night" }, { percent: 20, channels: ["chat"], queueId: "support" }] });
  ground.state.support = "open";
  const where = (channel: ContactChannel, dice: number): string => short(ask(ground, "sales", channel, { dice }));
  assert.deepEqual([where("ivr", 0), where("ivr", 0.2999), where("ivr", 0.3), where("ivr", 0.49)], ["share -> night", "share -> night", "takes", "takes"]);
  assert.deepEqual([where("chat", 0.1), where("chat", 0.3), where("chat", 0.499), where("chat", 0.5)], ["share -> night", "share -> support", "share -> support", "takes"]);
  ground.set("redirection", "night", { shares: [{ percent: 50, queueId: "support" }] });
  const counts: Record<string, number> = {};
  for (let i = 0; i < 1000; i++) counts[where("ivr", (i + 0.5) / 1000)] = (counts[where("ivr", (i + 0.5) / 1000)] ?? 0) + 1;
  assert.deepEqual(counts, { "share -> support": 150, "share -> night": 150, takes: 700 });
});

test("what is told without a contact knows a share of everybody, and no other", () => {
  const told = (...percents: number[]): string => {
    const ground = testGround().set("redirection", "sales", { shares: percents.map((percent, i) => ({ percent, queueId: i === 0 ? "orders" : "night" })) });
    ground.state.orders = "open";
    return short(ask(ground, "sales", "ivr", { dice: LAST_DRAW }));
  };
  assert.deepEqual([told(100), told(99.9), told(60, 40), told(33.3, 66.6)], ["share -> orders", "takes", "share -> night", "takes"]);
});

test("a virtual agent in hours, one at all hours; who has met it is judged as if there were none", () => {
  const ground = testGround();
  const virtual = (availability: string): TestGround => ground.set("queue-deflection", "orders", { virtualAgent: { assistantId: "ella", availability }, ivr: { kind: "message" } });
  assert.equal(short(ask(virtual("always"), "orders", "ivr")), "assistant: assistant, end, queue");
  assert.equal(short(ask(virtual("hours"), "orders", "ivr")), "closed: end");
  ground.state.orders = "open";
  assert.equal(short(ask(virtual("hours"), "orders", "chat")), "assistant: assistant, end, queue");
  const met = [{ queueId: "orders", why: "assistant" as const, atMs: NOW }];
  assert.equal(short(ask(ground, "orders", "chat", { passed: met })), "takes");
  ground.state.orders = "closed";
  assert.equal(short(ask(ground, "orders", "ivr", { passed: met })), "closed: end");
});

// --- nobody goes round for ever

test("two queues that send each other on, both closed: a voicemail of the queue that was called", () => {
  const ground = testGround().set("queue-deflection", "orders", { ivr: { kind: "queue", queueId: "support" } }).set("queue-deflection", "support", { ivr: { kind: "queue", queueId: "orders" } });
  const decision = ask(ground, "orders", "ivr");
  assert.equal(short(decision), "closed: voicemail");
  assert.equal(stepOf(decision, "voicemail").queueId, "orders");
});

test("AHD-08 the message belongs to the queue that was called; to the one that it leads to where that one has its own voicemail", () => {
  const owner = (ground: TestGround, queueId: string): string => stepOf(ask(ground, queueId, "ivr"), "voicemail").queueId;
  const forAll = calls({ ivr: { kind: "queue", queueId: "night" } });
  forAll.state.night = "closed";
  assert.deepEqual([owner(forAll, "orders"), owner(forAll, "night")], ["orders", "night"]);
  const led = calls({ ivr: { kind: "voicemail" } }).set("queue-deflection", "orders", { ivr: { kind: "queue", queueId: "support" } });
  assert.equal(owner(led, "orders"), "orders");
  assert.equal(owner(led.set("queue-deflection", "support", { ivr: { kind: "voicemail" } }), "orders"), "support");
  const busy = calls({}).set("queue-deflection", "orders", { ivr: { kind: "queue", queueId: "sales" } }).set("over-capacity", "sales", { enabled: true, agents: "none-there", then: { ivr: { kind: "voicemail" } } });
  assert.equal(owner(busy, "orders"), "sales");
});

test("back from a deflection with nobody there: whoever calls is offered a voicemail, by telephone or page; who writes waits", () => {
  const ground = calls({ ivr: { kind: "message" }, web: { email: true }, mobile: { email: true } }).set("details", "", { supportEmail: "a@b.fr" });
  const passed = [{ queueId: "orders", why: "closed" as const, atMs: NOW }];
  assert.deepEqual((["ivr", "web", "mobile", "chat", "sms"] as const).map((channel) => short(ask(ground, "orders", channel, { passed }))), ["closed: voicemail", "closed: voicemail", "closed: voicemail", "takes", "takes"]);
});

test("back from another queue's deflection: a queue on the way that deflects anew does", () => {
  const ground = calls({ ivr: { kind: "message" } });
  assert.equal(short(ask(ground, "orders", "ivr", { passed: [{ queueId: "support", why: "closed", atMs: NOW }] })), "closed: end");
  ground.set("queue-deflection", "orders", { virtualAgent: { assistantId: "ella", availability: "always" } });
  const met = [{ queueId: "support", why: "assistant" as const, atMs: NOW }];
  assert.equal(short(ask(ground, "orders", "ivr", { passed: met })), "assistant: assistant, end, queue", "the virtual agent of another queue was met");
  ground.set("queue-deflection", "orders", { ivr: { kind: "queue", queueId: "support" } });
  ground.live.support = { ...NOBODY, staffed: 1 };
  assert.equal(short(ask(ground, "orders", "ivr", { passed: [{ queueId: "support", why: "closed", atMs: NOW }] })), "closed -> support", "somebody of it is there");
});

test("0 in a deflection: whoever is there takes them; nobody is: a voicemail, as often as they ask; nobody waits where nobody is", () => {
  const ground = calls({ ivr: { kind: "message" } });
  const first = ask(ground, "orders", "ivr")!;
  const passed = passedOf(dataOf(first));
  assert.deepEqual(passed, [{ queueId: "orders", why: "closed", atMs: NOW }]);
  const second = ask(ground, "orders", "ivr", { passed })!;
  assert.equal(short(second), "closed: voicemail");
  assert.equal(passedOf(dataOf(second)).length, 2);
  const third = ask(ground, "orders", "ivr", { passed: passedOf(dataOf(second)) })!;
  assert.equal(short(third), "closed: voicemail, deflect email, end", "the address, where there is one");
  assert.equal(stepOf(third, "voicemail").failed, "over", "what cannot be recorded then does not send them round again");
  ground.set("details", "", { supportEmail: null });
  const fourth = ask(ground, "orders", "ivr", { passed: passedOf(dataOf(third)) })!;
  assert.equal(short(fourth), "closed: voicemail, end");
  assert.equal(stepOf(fourth, "end").exception, DECLARED.message);
  ground.live.orders = { ...NOBODY, staffed: 1 };
  assert.equal(ask(ground, "orders", "ivr", { passed }), null, "somebody is there: a person, at once");
});

/** What the flow's first step keeps. */
function dataOf(decision: Decision): Record<string, unknown> {
  const mark = decision.flow?.steps.mark;
  assert.ok(mark?.kind === "set");
  return Object.fromEntries(mark.values.map(({ name, to }) => [name, JSON.parse(to) as unknown]));
}

test("what a contact passed stays short however often it comes round, and what is not ours is not read", () => {
  const ground = calls({ ivr: { kind: "message" } });
  const long = Array.from({ length: 40 }, (_, i) => ({ queueId: `queue-with-a-long-name-${i}`, why: "closed" as const, atMs: NOW }));
  const kept = passedOf(dataOf(ask(ground, "orders", "ivr", { passed: long })!));
  assert.equal(kept.at(-1)?.queueId, "orders");
  assert.ok(kept.length > 2 && kept.length < 10);
  assert.deepEqual(passedOf({ deflected: "nonsense,a b c,q closed NaN" }), []);
  assert.deepEqual(passedOf({ deflected: 7 }), []);
});

test("every flow of every cell is a whole document: both languages at every step, a way on from each", () => {
  for (const [name, ground, queueId, channel] of ROWS) {
    const flow = ask(ground(), queueId, channel)?.flow;
    if (!flow) continue;
    const read = FlowDocument.safeParse(flow);
    assert.ok(read.success, name);
    for (const step of Object.values(flow.steps)) if ("says" in step && step.says) assert.ok(step.says.sounds.fr && step.says.sounds.en, `${name}: ${step.kind}`);
  }
});

test("the longest words with the longest address still make a flow", () => {
  const ground = testGround().set("details", "", { supportEmail: `${"a-b.".repeat(15)}c@exemple.fr` }).set("deflection", "", { chats: { enabled: true }, words: { email: text("{email} ".repeat(150)) } });
  assert.equal(short(ask(ground, "orders", "chat")), "closed: deflect email, end");
});
