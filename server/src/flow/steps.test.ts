/** Every kind of step, over voice and in writing, in both languages. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowDocumentInput, Says } from "@tandem/protocol/flow/flow";
import { flowDefinition, readFlowDefinition } from "./definition.ts";
import type { FlowDefinition } from "./definition.ts";
import { continueFlow, resumeFlow, stepFlow } from "./interpreter.ts";
import { openWorld, play } from "./play.ts";
import type { Act } from "./play.ts";
import type { FlowContext, FlowWorld } from "./state.ts";

const both = (text: string): Says => ({ sounds: { fr: text, en: text } });
const label = { fr: "Libellé", en: "Label" };

type Steps = FlowDocumentInput["steps"];
type Variables = NonNullable<FlowDocumentInput["variables"]>;

function flow(steps: Steps, variables: Variables = {}, more: Partial<FlowDocumentInput> = {}): FlowDefinition {
  return flowDefinition({
    format: 2, id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a", variables,
    reachHuman: { queueId: "q_human", says: both("Une personne"), label: { fr: "Un conseiller", en: "An adviser" } },
    retry: { wrong: both("Faux"), silence: both("Silence"), times: 2 },
    steps: { ok: { kind: "end" }, no: { kind: "end", says: both("Non") }, failed: { kind: "queue", queueId: "q_failed" }, ...steps },
    ...more,
  });
}

/** Where it ended: a queue, a number, how. */
function ended(definition: FlowDefinition, written: boolean, acts: readonly Act[], given: Partial<FlowContext> = {}, world: Partial<FlowWorld> = {}): string | null {
  const { outcome } = play(definition, written, acts, given, world);
  return outcome === null ? null : outcome.type === "queue" ? outcome.queueId : outcome.type === "hand-over" ? `-> ${outcome.number}` : outcome.how;
}

const media = [["by voice", false], ["in writing", true]] as const;
const languages = ["fr", "en"] as const;

describe("say", () => {
  const definition = (interruptible: boolean): FlowDefinition => flow({
    a: { kind: "say", says: { sounds: { fr: "Son", en: "Sound" }, reads: { fr: "Lu", en: "Read" }, recording: { fr: "rec_1" } }, interruptible, next: "b" },
    b: { kind: "menu", label, says: both("Menu"), choices: [{ key: "1", label, next: "ok" }] },
  });
  test("sounds or reads, by a recording where there is one in the language, by voice only", () => {
    const first = (written: boolean, language: "fr" | "en"): unknown => play(definition(true), written, [], { language }).effects[0];
    assert.deepEqual(first(false, "fr"), { do: "say", sayId: "a:1", utterances: [{ text: "Son", language: "fr", recordingId: "rec_1" }] });
    assert.deepEqual(first(false, "en"), { do: "say", sayId: "a:1", utterances: [{ text: "Sound", language: "en" }] });
    assert.deepEqual(first(true, "fr"), { do: "say", sayId: "a:1", utterances: [{ text: "Lu", language: "fr" }] });
  });
  test("a key over it answers the next question; where it must be heard, the key waits", () => {
    assert.equal(ended(definition(true), false, [{ answer: "1" }]), "ended");
    const heard = play(definition(false), false, [{ answer: "1" }]);
    assert.equal(heard.outcome, null);
    assert.ok(!heard.effects.some((effect) => effect.do === "stopSaying"));
    assert.equal(ended(definition(false), false, [{ answer: "1" }, "hear"]), "ended");
  });
  test("what must be heard never stands between the customer and a person", () => {
    for (const [, written] of media) assert.equal(ended(definition(false), written, [{ answer: "0" }]), "q_human");
  });
});

describe("menu", () => {
  const steps = (more: object = {}): Steps => ({
    a: {
      kind: "menu", label, says: both("Menu"),
      choices: [
        { key: "1", label: { fr: "Agent immobilier", en: "Estate agent" }, next: "ok", set: { kind: "estate" }, priority: 4, reason: { fr: "Immobilier", en: "Estate" } },
        { key: "2", label: { fr: "Vente", en: "Sales" }, words: { fr: ["acheter"], en: ["buy"] }, next: "queue" },
      ],
      ...more,
    } as Steps[string],
    queue: { kind: "queue", queueId: "q_sales", priority: 2 },
    said: { kind: "end", says: both("{data.said}") },
  });
  const variables: Variables = { kind: { type: "text" }, said: { type: "text" } };
  for (const [name, written] of media) {
    test(`${name}: a choice sets, explains and raises`, () => {
      const { state, ports, effects } = play(flow(steps(), variables), written, ["hear", { answer: "1" }]);
      assert.deepEqual([state.data, state.priority, state.reason, ports], [{ kind: "estate" }, 4, "Immobilier", ["a choice:0"]]);
      assert.ok(effects.some((effect) => effect.do === "trail" && effect.label === "Libellé" && effect.answer === "Agent immobilier"));
    });
    test(`${name}: the last retry leads to noAnswer, else to a person`, () => {
      const acts: Act[] = ["hear", { answer: "7" }, "hear", "silence", "hear", { answer: "7" }];
      assert.equal(ended(flow(steps(), variables), written, acts), "q_human");
      const { outcome, ports } = play(flow(steps({ noAnswer: "failed" }), variables), written, acts);
      assert.deepEqual([outcome?.type, ports], ["queue", ["a noAnswer"]]);
      assert.equal(ended(flow(steps({ noAnswer: "failed" }), variables, { retry: { wrong: both("Faux"), silence: both("Silence"), times: 0 } }), written, ["hear", "silence"]), "q_failed");
    });
  }
  test("free text: words in the customer's language only, and any sentence where the menu wants one", () => {
    assert.equal(ended(flow(steps(), variables), true, ["hear", { text: "je veux acheter" }]), "q_sales");
    assert.equal(ended(flow(steps(), variables), true, ["hear", { text: "I want to buy" }]), null);
    assert.equal(ended(flow(steps(), variables), true, ["hear", { text: "I want to buy" }], { language: "en" }), "q_sales");
    const free = flow(steps({ anything: { name: "said", next: "said" } }), variables);
    const { said, state } = play(free, true, ["hear", { text: "  Mon colis est bleu " }]);
    assert.deepEqual([said.at(-1), state.data.said], ["Mon colis est bleu", "Mon colis est bleu"]);
    assert.equal(ended(free, true, ["hear", { text: "acheter" }]), "q_sales");
    assert.equal(ended(free, true, ["hear", { text: "?!" }]), null);
  });
  test("a button that names an agent is its choice; the word alone is a person, whatever is offered", () => {
    assert.equal(ended(flow(steps(), variables), true, ["hear", { text: "Agent immobilier" }]), "ended");
    assert.equal(ended(flow(steps(), variables), true, ["hear", { text: "agent" }]), "q_human");
    assert.equal(ended(flow(steps(), variables), true, ["hear", { text: "je veux un agent" }]), "q_human");
  });
  test("* is a choice in a flow that keeps only 0 for a person", () => {
    const choices = [{ key: "*", label, next: "ok" }];
    assert.match(read({ ...steps({ choices }) }, variables), /\* asks for a person/);
    const own = flow(steps({ choices }), variables, { reachHuman: { queueId: "q_human", says: both("P"), label, keys: ["0"] } });
    for (const [, written] of media) {
      assert.equal(ended(own, written, ["hear", { answer: "*" }]), "ended");
      assert.equal(ended(own, written, ["hear", { answer: "0" }]), "q_human");
    }
  });
  test("a recogniser is told what to listen for: the choices, and a person", () => {
    const { effects } = play(flow(steps(), variables), false, [], {}, { hears: true });
    const listen = effects.find((effect) => effect.do === "listen");
    assert.deepEqual(listen?.words.map(({ key }) => key), ["1", "2", "0"]);
    assert.deepEqual(listen?.words[1]?.phrases, ["Vente", "acheter"]);
    assert.ok(listen?.words[2]?.phrases.includes("conseiller"));
    assert.deepEqual([listen?.free, listen?.interrupts], [false, true]);
    assert.equal(effects.indexOf(listen!), 1, "after what is said");
    assert.equal(play(flow(steps({ anything: { name: "said", next: "said" } }), variables), false, [], {}, { hears: true }).effects.find((effect) => effect.do === "listen")?.free, true);
    for (const quiet of [play(flow(steps(), variables), false, []), play(flow(steps({ speech: false }), variables), false, [], {}, { hears: true }), play(flow(steps(), variables), true, [], {}, { hears: true })]) {
      assert.ok(!quiet.effects.some((effect) => effect.do === "listen"));
    }
    assert.equal(ended(flow(steps(), variables), false, [{ text: "vente" }], {}, { hears: true }), "q_sales", "speech over the question");
  });
  test("silence is as long as the step says by voice, as the medium says in writing", () => {
    const last = (written: boolean): unknown => play(flow(steps({ silenceMs: 1_500 }), variables), written, ["hear"]).effects.at(-1);
    assert.deepEqual([last(false), last(true)], [{ do: "expect", timeoutMs: 1_500 }, { do: "expect", timeoutMs: 180_000 }]);
  });
});

/** The reasons why it is not valid. */
function read(steps: Steps, variables: Variables = {}): string {
  const result = readFlowDefinition({ ...flow({ a: { kind: "end" } }), variables, steps: { ok: { kind: "end" }, ...steps } });
  return result.ok ? "" : result.why.join("; ");
}

describe("collect", () => {
  const collect = (more: object, variable: Variables[string] = { type: "text" }): FlowDefinition =>
    flow({ a: { kind: "collect", label, says: both("Question"), variable: "v", next: "ok", ...more } as Steps[string] }, { v: variable });
  /** [type and bounds, answers, value kept; null = asked again] */
  const keyed: [string, object, string, string | number | null][] = [
    ["digits", { type: "digits", min: 5, max: 5 }, "12345", "12345"],
    ["digits that begin with 0", { type: "digits", min: 5, max: 5 }, "06000", "06000"],
    ["too few digits", { type: "digits", min: 5, max: 5 }, "123#", null],
    ["a number", { type: "number", min: 1, max: 12 }, "10#", 10],
    ["a number above", { type: "number", min: 1, max: 12 }, "13#", null],
    ["an amount in whole euros", { type: "amount" }, "12#", 12],
    ["an amount with cents", { type: "amount" }, "12*50#", 12.5],
    ["an amount with too much", { type: "amount" }, "12*505#", null],
    ["a date", { type: "date" }, "01032026", "2026-03-01"],
    ["a date that is none", { type: "date" }, "31022026", null],
    ["a telephone", { type: "phone" }, "0612345678#", "+33612345678"],
    ["a telephone abroad", { type: "phone" }, "00447911123456#", "+447911123456"],
    ["a telephone that is none", { type: "phone" }, "0612#", null],
  ];
  for (const [name, more, keys, value] of keyed) {
    test(`keyed: ${name}`, () => {
      const { state } = play(collect(more, { type: typeof value === "number" ? "number" : "text" }), false, ["hear", { answer: keys }]);
      assert.equal(state.data.v ?? null, value);
      assert.equal(state.failures, value === null ? 1 : 0);
    });
  }
  test("keyed ahead, also over a question that must be heard", () => {
    assert.equal(play(collect({ type: "digits", min: 5, max: 5, interruptible: false }), false, [{ answer: "12345" }, "hear"]).state.data.v, "12345");
    assert.equal(play(collect({ type: "digits", min: 5, max: 5 }), false, [{ answer: "12" }, { answer: "345" }]).state.data.v, "12345");
  });
  test("a pause ends what may be shorter; a 0 alone asks for a person, at once where none can begin the answer", () => {
    assert.equal(play(collect({ type: "digits", min: 3, max: 9 }), false, ["hear", { answer: "1234" }, "silence"]).state.data.v, "1234");
    for (const type of ["phone", "date"]) {
      assert.equal(ended(collect({ type }), false, ["hear", { answer: "0" }]), null);
      assert.equal(ended(collect({ type }), false, ["hear", { answer: "0" }, "silence"]), "q_human");
      assert.equal(ended(collect({ type }), false, ["hear", { answer: "0#" }]), "q_human");
    }
    for (const type of ["number", "amount"]) assert.equal(ended(collect({ type }), false, ["hear", { answer: "0" }]), "q_human");
    assert.equal(ended(collect({ type: "phone" }), true, ["hear", { answer: "0" }]), "q_human", "a message that is only a 0");
    for (const type of ["digits", "number", "amount", "date", "phone"]) assert.equal(ended(collect({ type }), false, ["hear", { answer: "*" }]), "q_human");
    assert.equal(ended(collect({ type: "digits" }), false, ["hear", { answer: "12*" }]), "q_human", "* within digits");
    const pending = play(collect({ type: "phone" }), false, ["hear", { answer: "0" }]);
    assert.deepEqual(pending.effects.at(-1), { do: "expect", timeoutMs: 2_000 });
  });
  test("text and e-mail cannot be keyed: without a recogniser voice goes where the author says, else to a person", () => {
    for (const type of ["text", "email"]) {
      assert.equal(ended(collect({ type }), false, []), "q_human");
      assert.equal(ended(collect({ type, noAnswer: "failed" }), false, []), "q_failed");
      assert.equal(ended(collect({ type, optional: { label, next: "no" } }), false, ["hear"]), "message");
      assert.equal(ended(collect({ type }), false, [], {}, { hears: true }), null);
      assert.equal(play(collect({ type }), false, ["hear", { answer: "1" }], {}, { hears: true }).state.failures, 1);
    }
    assert.equal(play(collect({ type: "email" }), false, ["hear", { text: "jean point dupont arobase exemple point fr" }], {}, { hears: true }).state.data.v, "jean.dupont@exemple.fr");
  });
  test("may be left out: #, silence, the button, or words for none", () => {
    const optional = collect({ type: "digits", optional: { label: { fr: "Je ne l'ai pas", en: "I don't have it" }, next: "failed" } });
    for (const acts of [[{ answer: "#" }], ["silence"]] as Act[][]) assert.equal(ended(optional, false, ["hear", ...acts]), "q_failed");
    for (const acts of [[{ answer: "#" }], ["silence"], [{ answer: "Je ne l'ai pas" }], [{ answer: "aucun" }]] as Act[][]) assert.equal(ended(optional, true, ["hear", ...acts]), "q_failed");
    assert.equal(ended(collect({ type: "text", optional: { label, next: "failed" } }), true, ["hear", { text: "no, it is broken" }]), "ended", "a sentence with a no in it is a text");
    assert.equal(ended(collect({ type: "text", optional: { label, next: "failed" } }), true, ["hear", { text: "no" }]), "q_failed");
  });
  test("checked by an expression; wrong says the step's own words", () => {
    const checked = collect({ type: "date", check: "value > contact.date", wrong: both("Une date à venir") }, { type: "date" });
    const wrong = play(checked, true, ["hear", { text: "01/02/2020" }]);
    assert.deepEqual([wrong.said.at(-2), wrong.state.failures], ["Une date à venir", 1]);
    assert.equal(play(checked, true, ["hear", { text: "01/02/2027" }]).state.data.v, "2027-02-01");
    const amount = collect({ type: "amount", check: "value >= 10 && value < 100.5" }, { type: "number" });
    assert.equal(play(amount, true, ["hear", { text: "9,99 €" }]).state.failures, 1);
    assert.equal(play(amount, true, ["hear", { text: "100,49 €" }]).state.data.v, 100.49);
  });
  for (const language of languages) {
    for (const [name, written] of media) {
      test(`said back and confirmed, ${name}, in ${language}`, () => {
        const definition = collect({ type: "date", confirm: { sounds: { fr: "Le {value} ?", en: "On {value}?" } } }, { type: "date" });
        const answer: Act = written ? { text: "2026-03-12" } : { answer: "12032026" };
        const asked = play(definition, written, ["hear", answer], { language });
        const day = language === "fr" ? "Le 12 mars 2026 ?" : "On 12 March 2026?";
        assert.equal(asked.said.at(written ? -1 : -2), day);
        assert.equal(asked.state.data.v, undefined);
        for (const yes of written ? ["1", language === "fr" ? "oui" : "yes", language === "fr" ? "Oui c'est ça" : "that's right"] : ["1"]) {
          assert.equal(play(definition, written, ["hear", answer, "hear", { answer: yes }], { language }).state.data.v, "2026-03-12");
        }
        const again = play(definition, written, ["hear", answer, { answer: "2" }], { language });
        assert.deepEqual([again.said.at(-1), again.state.phase, again.state.data.v], ["Question", "", undefined]);
        assert.equal(ended(definition, written, ["hear", answer, { answer: "2" }, answer, { answer: "2" }, answer, { answer: "2" }], { language }), "q_human", "no for ever is no answer");
        assert.equal(ended(definition, written, ["hear", answer, "hear", { answer: "0" }], { language }), "q_human");
        assert.equal(ended(definition, written, ["hear", answer, "hear", "silence", "hear", "silence", "hear", "silence"], { language }), "q_human");
      });
    }
  }
});

describe("language", () => {
  const definition = flow({
    a: { kind: "language", label, says: both("Langue"), choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: "b" },
    b: { kind: "end", says: { sounds: { fr: "Au revoir", en: "Goodbye" } } },
  });
  for (const [name, written] of media) {
    test(name, () => {
      assert.deepEqual(play(definition, written, ["hear", { answer: "2" }]).said.at(-1), "Goodbye");
      assert.deepEqual(play(definition, written, ["hear", { answer: "1" }], { language: "en" }).said.at(-1), "Au revoir");
      for (const text of ["anglais", "in English please", "english"]) assert.equal(play(definition, written, ["hear", { text }]).state.language, "en");
      assert.equal(ended(definition, written, ["hear", { answer: "5" }, { answer: "5" }, { answer: "5" }]), "q_human");
    });
  }
});

describe("branch, set and hours", () => {
  const definition = flow({
    a: { kind: "set", values: [{ name: "n", to: "data.n + 1" }, { name: "word", to: '"n" + string(contact.weekday)' }, { name: "late", to: "contact.hour >= 18" }], next: "b" },
    b: { kind: "branch", cases: [{ when: "data.n == 3 && customer.known", next: "vip" }, { when: "customer.nope > 2", next: "no" }], otherwise: "ok" },
    vip: { kind: "queue", queueId: "q_vip" },
  }, { n: { type: "number", initial: 2 }, word: { type: "text" }, late: { type: "boolean" } });
  test("values are computed as their type; the first condition that holds leads", () => {
    const { state, ports, outcome } = play(definition, false, [], { customer: { name: "Ana" } });
    assert.deepEqual(state.data, { n: 3, word: "n1", late: false });
    assert.deepEqual(ports, ["a next", "b case:0"]);
    assert.equal(outcome?.type === "queue" ? outcome.queueId : "", "q_vip");
  });
  test("what cannot be computed is false, and a problem in the log", () => {
    const { ports, problems } = play(definition, false, []);
    assert.deepEqual(ports, ["a next", "b otherwise"]);
    assert.match(problems.join(), /customer\.nope > 2: No such key: nope/);
  });
  test("data given at the start takes its declared type, or is not there", () => {
    assert.equal(play(definition, false, [], { data: { n: "41" } }).state.data.n, 42);
    assert.equal(play(definition, false, [], { data: { n: "many" } }).state.data.n, 3);
  });
  const hours = (holiday: boolean): FlowDefinition => flow({ a: { kind: "hours", of: { kind: "queue", queueId: "q" }, open: "ok", closed: "no", ...(holiday ? { holiday: "failed" } : {}) } });
  test("hours", () => {
    assert.equal(ended(hours(true), true, ["hear"], {}, { hours: () => "closed" }), "message");
    assert.equal(ended(hours(true), true, [], {}, { hours: () => "holiday" }), "q_failed");
    assert.equal(ended(hours(false), true, ["hear"], {}, { hours: () => "holiday" }), "message", "a holiday is closed where nothing is said of it");
    assert.equal(ended(hours(true), true, []), "ended");
    const asked: unknown[] = [];
    play(hours(true), true, [], { language: "en" }, { hours: (...all) => (asked.push(...all), "open") });
    assert.deepEqual(asked, [{ kind: "queue", queueId: "q" }, "chat", "en"]);
  });
});

describe("asking the world", () => {
  const lookup = flow({ a: { kind: "lookup", value: "data.order", next: "known", unknown: "no", failed: "failed" }, known: { kind: "end", says: both("{customer.name}") } }, { order: { type: "text", initial: "A1" } });
  test("lookup: known, unknown, failed, not asked when known", () => {
    assert.deepEqual(play(lookup, false, []).effects, [{ do: "ask", askId: "a:1", ask: { kind: "lookup", value: "A1" }, timeoutMs: 3_000 }]);
    assert.equal(play(lookup, false, [{ customer: { name: "Ana" } }]).said.at(-1), "Ana");
    assert.deepEqual([{ customer: null }, { fails: "timeout" }].map((act) => play(lookup, false, [act]).ports), [["a unknown"], ["a failed"]]);
    assert.deepEqual(play(lookup, false, [], { customer: { name: "Eva" } }).said, ["Eva"]);
    assert.equal(play(lookup, false, [], { customer: { name: "+33", known: false } }).effects[0]?.do, "ask", "a card without a name is nobody known");
  });
  test("an answer to another question changes nothing", () => {
    const { state } = play(lookup, false, []);
    const late = stepFlow(lookup, state, { kind: "answered", askId: "a:9", answer: { ok: true, customer: null } }, openWorld);
    assert.deepEqual([late.state === state, late.effects], [true, []]);
  });

  const http = flow({
    a: {
      kind: "http", method: "POST", url: "https://api.example/orders/{data.order}?k={secret.crm}", headers: { authorization: "Bearer {secret.crm}", "x-name": "{customer.name}" },
      body: '{"order": "{data.order}", "n": {data.n}, "who": "{customer.name}"}', timeoutMs: 1_200, saves: [{ name: "status", pointer: "/status" }, { name: "n", pointer: "/n" }], next: "say", failed: "failed",
    },
    say: { kind: "end", says: both("{data.status} {data.n}") },
  }, { order: { type: "text" }, n: { type: "number", initial: 1.5 }, status: { type: "text" } });
  test("http: values are escaped for their place, and no customer's text names a secret", () => {
    const evil = 'a/b?"{secret.crm}"\r\nX: 1';
    const { effects } = play(http, true, [], { data: { order: evil }, customer: { name: evil } });
    const [effect] = effects;
    assert.ok(effect?.do === "ask" && effect.ask.kind === "http");
    const { url, headers, body, saves } = effect.ask;
    assert.equal(effect.timeoutMs, 1_200);
    assert.equal(url, `https://api.example/orders/${encodeURIComponent(evil)}?k={secret.crm}`);
    assert.equal(headers["x-name"], 'a/b?"secret.crm"X: 1');
    assert.deepEqual([body?.match(/\{secret/g), headers.authorization], [null, "Bearer {secret.crm}"]);
    assert.deepEqual(JSON.parse(body ?? ""), { order: evil, n: 1.5, who: evil });
    assert.deepEqual(saves, [{ name: "status", pointer: "/status", type: "text" }, { name: "n", pointer: "/n", type: "number" }]);
  });
  test("http: a lone surrogate is no reason to throw", () => assert.ok(play(http, true, [], { data: { order: "\ud800" } }).state.asked));
  test("http: saves what fits, leaves what does not; fails elsewhere", () => {
    const { said, problems } = play(http, true, [{ brings: { ok: true, values: { status: 200, n: "many", other: 1 } } }]);
    assert.deepEqual([said, problems], [["200 1,5"], ["n: string is not number"]]);
    assert.equal(ended(http, true, [{ fails: "502" }]), "q_failed");
  });
  test("http: the host is the author's", () => {
    const url = (url: string): string => read({ a: { kind: "http", url, next: "ok", failed: "ok" } }, { x: { type: "text" } });
    for (const good of ["https://a.example", "http://10.0.0.1:8080/x?y={data.x}", "{secret.base}/x", "https://{secret.host}/x"]) assert.equal(url(good), "", good);
    for (const bad of ["https://{data.x}/", "https://a.{data.x}/", "ftp://a/", "//a/", "https://a@b/", "https://", "{data.x}"]) assert.match(url(bad), /url/, bad);
  });

  const update = flow({ a: { kind: "update", fields: { name: "data.who", level: "customer.nope" }, timeline: { fr: "Appel de {data.who}", en: "Call of {data.who}" }, next: "ok", failed: "failed" } }, { who: { type: "text", initial: "Ana" } });
  test("update: what can be computed, and a note in the centre's language", () => {
    const { effects } = play(update, true, [], { language: "en" });
    assert.deepEqual(effects.at(-1), { do: "ask", askId: "a:1", ask: { kind: "update", fields: { name: "Ana" }, note: "Appel de Ana" }, timeoutMs: 5_000 });
    assert.equal(ended(update, true, [{ brings: { ok: true } }]), "ended");
    assert.equal(ended(update, true, [{ fails: "no customer" }]), "q_failed");
  });
  test("keys typed while the world is asked answer the next question; 0 does not wait", () => {
    const definition = flow({ a: { kind: "update", fields: { name: '"x"' }, next: "b", failed: "failed" }, b: { kind: "menu", label, says: both("M"), choices: [{ key: "3", label, next: "ok" }] } });
    for (const [, written] of media) {
      assert.equal(ended(definition, written, [{ answer: "3" }, { brings: { ok: true } }]), "ended");
      assert.equal(ended(definition, written, [{ answer: "0" }]), "q_human");
    }
  });
});

describe("queue", () => {
  const definition = flow({
    a: { kind: "queue", queueId: "q", needs: [{ skillId: "s", minLevel: 3 }], priority: 5, preferredAgent: "data.who", whisper: { fr: "Commande {data.order}", en: "Order {data.order}" }, says: both("Merci"), ifClosed: "no", ifFull: "failed" },
  }, { who: { type: "text", initial: "lea" }, order: { type: "text", initial: "12" } }, { languageNeeds: { en: [{ skillId: "en", minLevel: 1 }] } });
  const world = (open: boolean, full: boolean): Partial<FlowWorld> => ({ agent: (name) => (name === "lea" ? "a1" : null), queue: () => ({ open, full, waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 }) });
  test("skills, language, priority, preferred agent, whisper", () => {
    assert.deepEqual(play(definition, false, [], { language: "en" }, world(true, false)).outcome, {
      type: "queue", queueId: "q", needs: [{ skillId: "s", minLevel: 3 }, { skillId: "en", minLevel: 1 }], priority: 5, language: "en", preferredAgentId: "a1", whisper: "Commande 12",
    });
  });
  test("closed and full lead elsewhere; a queue that nobody knows is tried", () => {
    assert.deepEqual([ended(definition, false, ["hear"], {}, world(false, true)), ended(definition, false, [], {}, world(true, true)), ended(definition, false, [], {}, { queue: () => null })], ["message", "q_failed", "q"]);
    assert.equal(ended(flow({ a: { kind: "queue", queueId: "q" } }), false, [], {}, world(false, false)), "q", "the queue's own deflection is not the flow's");
  });
});

describe("callback", () => {
  const slots = [0, 1, 2, 3, 4].map((i) => ({ startMs: Date.UTC(2026, 10, 23, 13 + i), endMs: Date.UTC(2026, 10, 23, 13 + i, 30) }));
  const offers: Act = { brings: { ok: true, slots, inOrder: { position: 3, estimatedWaitMs: 400_000 } } };
  const definition = (offer: "in-order" | "dated" | "choice", more: object = {}): FlowDefinition =>
    flow({ a: { kind: "callback", queueId: "q", offer, says: both("Tous occupés."), label: { fr: "Rappel", en: "Callback" }, declined: "no", failed: "failed", ...more } as Steps[string] });
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
      "Pour lundi 23 novembre entre 15 heures et 15 heures 30, tapez 3.", "Pour lundi 23 novembre entre 16 heures et 16 heures 30, tapez 4.", "Pour d'autres horaires, tapez 9.", "Pour continuer sans rappel, tapez dièse.",
    ]);
    assert.equal(said("en")[2], "For Monday 23 November between 14:00 and 14:30, press 2.");
  });
  test("in writing: buttons, a person's among them", () => {
    const { effects } = play(definition("choice"), true, [offers], { medium: "sms" });
    const say = effects.findLast((effect) => effect.do === "say");
    assert.deepEqual(say?.utterances.map(({ text }) => text), ["Tous occupés."]);
    assert.deepEqual(say?.utterances.at(-1)?.choices?.map(({ key, label }) => `${key} ${label}`), [
      "1 Être rappelé à mon tour, dans 7 minutes environ", "2 lundi 23 novembre entre 14 h et 14 h 30", "3 lundi 23 novembre entre 15 h et 15 h 30", "4 lundi 23 novembre entre 16 h et 16 h 30",
      "9 D'autres horaires", "# Sans rappel", "0 Un conseiller",
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
      assert.equal(said.at(-1), written ? "C'est noté\u202f: nous vous rappelons lundi 23 novembre entre 14 h et 14 h 30, au 06 12 34 56 78. À bientôt." : "Au 06 12 34 56 78 lundi 23 novembre entre 14 heures et 14 heures 30");
      for (const act of [{ fails: "timeout" }, { brings: { ok: true, slots: [], inOrder: null } }, { brings: { ok: true } }] as Act[]) assert.equal(ended(definition("choice"), written, [act]), "q_failed");
      assert.equal(ended(definition("dated"), written, [{ brings: { ok: true, slots: [], inOrder: { position: 1, estimatedWaitMs: null } } }]), "q_failed", "only dated is offered, and there is no slot");
      assert.equal(ended(definition("choice"), written, [offers, "hear", { answer: "1" }, { fails: "full" }]), "q_failed");
      assert.equal(ended(definition("choice"), written, [offers, "hear", { answer: "1" }, { brings: { ok: true } }]), "q_failed", "no id is no promise");
    });
  }
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
    assert.deepEqual(back.said.slice(-2), ["Votre numéro est le 06 98 76 54 32.", "Si c'est exact, tapez 1. Sinon, tapez 2."]);
    assert.deepEqual(asked([{ answer: "1" }, "hear", { text: "c'est le 06.98.76.54.32" }], true, { from: "vis_abc" }), { ...order, number: "+33698765432" }, "a visitor of a page has none");
    assert.deepEqual(asked([{ answer: "1" }], false, { from: "209" }), { ...order, number: "209" }, "a phone of the house");
  });
  test("asked always: # is the number that they call from", () => {
    assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "#" }], false, {}, { askNumber: "always" }), order);
    assert.deepEqual(asked([{ answer: "1" }, "hear", { text: "ce numéro" }], true, { medium: "sms" }, { askNumber: "always" }), order);
    assert.deepEqual(asked([{ answer: "1" }, "hear", { answer: "0698765432#1" }], false, {}, { askNumber: "always" }), { ...order, number: "+33698765432" });
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
    assert.deepEqual(back.said, ["Numéro masqué", "Merci, 06 12 34 56 78", "Si c'est exact, tapez 1. Sinon, tapez 2."]);
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
    assert.equal(ended(deflect({ kind: "sms", text: { fr: "L", en: "L" } }, { next: "no" }), false, [{ brings: { ok: true } }, "hear"]), "sms");
  });
  test("transfer: calls only; nobody there = the flow goes on where the author says", () => {
    const definition = flow({ a: { kind: "transfer", number: "2{data.x}", says: both("Un instant"), failed: "no" } }, { x: { type: "text", initial: "01" } });
    const { outcome, state } = play(definition, false, ["hear"]);
    assert.deepEqual(outcome, { type: "hand-over", number: "201", failedStep: "no" });
    const back = continueFlow(definition, state, "no", openWorld);
    assert.deepEqual([back.state.done, back.state.stepId, back.effects.map((effect) => effect.do)], [false, "no", ["say"]]);
    assert.equal(continueFlow(definition, state, null, openWorld).effects.at(-1)?.do, "done", "else a person");
    assert.equal(continueFlow(definition, state, "gone", openWorld).state.done, true);
    assert.equal(ended(definition, true, ["hear"]), "message");
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
    });
    test(`${name}: a person at any turn (PIT-06)`, () => {
      for (const acts of [[{ answer: "0" }], ["hear", { text: "un conseiller" }], ["hear", { text: "a" }, { text: "representative" }], ["hear", { text: "a" }, says("on"), { answer: "0" }], ["hear", { text: "a" }, says("on"), "hear", { text: "agent" }], ["hear", "silence", "hear", "silence", "hear", "silence"]] as Act[][]) {
        assert.equal(ended(definition, written, acts, {}, world), "q_human", JSON.stringify(acts));
      }
    });
  }
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
  test("return outside of one leads to a person", () => assert.equal(ended(flow({ a: { kind: "return" } }), false, []), "q_human"));
});
