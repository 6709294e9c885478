/** Steps that ask: say, menu, collect, language; over voice and in writing, in both languages. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowDefinition } from "./definition.ts";
import { play } from "./play.ts";
import type { Act } from "./play.ts";
import { both, ended, flow, label, languages, media, reasons } from "./test-flow.ts";
import type { Steps, Variables } from "./test-flow.ts";

test("what is said over a question that must be heard answers it, a date and a number with words behind it too", () => {
  for (const [type, text, value] of [["date", "12 mars 2026", "2026-03-12"], ["number", "3 personnes", 3], ["digits", "12 34 merci", "1234"]] as const) {
    const definition = flow({ a: { kind: "collect", type, label, says: both("Alors"), interruptible: false, variable: "v", next: "ok" } }, { v: { type: type === "number" ? "number" : type === "date" ? "date" : "text" } });
    const { state, ports } = play(definition, false, [{ text }, "hear"], {}, { hears: true });
    assert.deepEqual([ports, state.data.v], [["a next"], value]);
    const none = play(definition, false, [{ text: "8 rue des Lilas" }, "hear"], {}, { hears: true });
    assert.ok(none.state.done || none.state.expects !== null || none.state.saying !== null, "never a line without anything to wait for");
  }
});

test("an e-mail address answers the question that asks for one, whatever words are in it", () => {
  const definition = flow({ a: { kind: "collect", type: "email", label, says: both("Adresse"), variable: "v", next: "ok" } }, { v: { type: "text" } });
  for (const [name, written] of media) {
    for (const address of ["agent.smith@example.org", "contact@service-client.fr", "human@example.org"]) {
      const { state, ports } = play(definition, written, ["hear", { text: `c'est ${address}` }], {}, { hears: true });
      assert.deepEqual([ports, state.data.v], [["a next"], address], name);
    }
    assert.equal(ended(definition, written, ["hear", { text: "un agent, pas jean@example.org" }], {}, { hears: true }), "q_human", name);
  }
});

test("a greeting is no answer and no wrong one, whatever is asked or said when it comes; with more words, or said again, it is heard", () => {
  const menu = (more: object = {}): FlowDefinition => flow({
    a: { kind: "say", says: both("Accueil"), next: "b" },
    b: { kind: "menu", label, says: both("Menu"), choices: [{ key: "1", label: { fr: "Colis", en: "Parcel" }, words: { fr: ["colis"], en: ["parcel"] }, next: "ok" }], ...more },
  }, { wish: { type: "text" } });
  for (const [name, written] of media) {
    for (const text of ["Bonjour", "bonsoir !", "Bonjour Madame, Monsieur,", "Hi there", "Good morning"]) {
      // it is the message that begins a chat: the flow has said its first words, and is about to ask
      assert.deepEqual(play(menu(), written, [{ text }, "hear"], {}, { hears: true }).said, ["Accueil", "Menu"], `${name}: ${text}`);
      const asked = play(menu({ anything: { name: "wish", next: "ok" } }), written, ["hear", { text }], {}, { hears: true });
      assert.deepEqual([asked.said, asked.outcome, asked.state.failures], [["Accueil", "Menu"], null, 0], `${name}: ${text}`);
      assert.ok(asked.effects.at(-1)?.do === "expect", "a timer is there for who says no more");
      assert.equal(ended(menu(), written, ["hear", { text }, { text: "mon colis" }], {}, { hears: true }), "ended");
    }
    assert.equal(ended(menu(), written, ["hear", { text: "bonjour, mon colis" }], {}, { hears: true }), "ended");
    assert.ok(play(menu(), written, ["hear", { text: "bonjour" }, { text: "bonjour" }], {}, { hears: true }).state.failures > 0, "said again");
    assert.equal(ended(flow({ a: { kind: "menu", label, says: both("Menu"), choices: [{ key: "1", label: { fr: "Bonjour Paris", en: "Hello Paris" }, next: "ok" }] } }), written, ["hear", { text: "bonjour" }], {}, { hears: true }), "ended", "a choice of that name");
  }
});

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
    },
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
    const named = steps({ choices: [{ key: "1", label: { fr: "Conseiller", en: "Agent" }, next: "ok" }] });
    assert.equal(ended(flow(named, variables), true, ["hear", { text: "Conseiller" }]), "q_human", "also where a choice bears the name");
  });
  test("* is a choice in a flow that keeps only 0 for a person", () => {
    const choices = [{ key: "*", label, next: "ok" }];
    assert.match(reasons({ ...steps({ choices }) }, variables), /\* asks for a person/);
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
    assert.equal(effects.findIndex((effect) => effect.do === "listen"), 1, "after what is said");
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

describe("collect", () => {
  const collect = (more: object, variable: Variables[string] = { type: "text" }): FlowDefinition =>
    flow({ a: { kind: "collect", label, says: both("Question"), variable: "v", next: "ok", ...more } }, { v: variable });
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

test("yes, no, and neither", () => {
  const definition = flow({ a: { kind: "collect", label, says: both("Q"), type: "text", variable: "v", confirm: both("{value} ?"), next: "ok" } }, { v: { type: "text" } });
  const said = (text: string): string => {
    const { state, outcome } = play(definition, true, ["hear", { text: "Ana" }, "hear", { text }]);
    return outcome ? "yes" : state.phase === "" ? "no" : "neither";
  };
  for (const text of ["oui", "Oui, c'est ça.", "ouais", "exact", "d'accord", "yes", "that's right", "correct", "1"]) assert.equal(said(text), "yes", text);
  for (const text of ["non", "Non merci", "ce n'est pas exact", "pas du tout", "no", "that's not right", "not correct", "incorrect", "wrong", "2"]) assert.equal(said(text), "no", text);
  for (const text of ["peut-être", "12", "hm"]) assert.equal(said(text), "neither", text);
});

test("a phrase that a recogniser is told to listen for means the key that it is told with", () => {
  const brings: Act = { brings: { ok: true, slots: [1, 2, 3, 4].map((day) => ({ startMs: Date.UTC(2026, 10, 23 + day, 9), endMs: Date.UTC(2026, 10, 23 + day, 10) })), inOrder: { position: 2, estimatedWaitMs: 120_000 } } };
  const callback: Steps[string] = { kind: "callback", queueId: "q", says: both("R"), label, askNumber: "always", declined: "no", failed: "failed" };
  const collect = (more: object): Steps => ({ a: { kind: "collect", label, says: both("Q"), variable: "v", type: "digits", min: 2, max: 2, confirm: both("{value} ?"), optional: { label: { fr: "Je ne l'ai pas", en: "I don't have it" }, next: "no" }, next: "ok", ...more } });
  const cases: [Steps, Act[]][] = [
    [{ a: { kind: "menu", label, says: both("M"), choices: [{ key: "1", label: { fr: "Vente", en: "Sales" }, words: { fr: ["acheter"], en: ["buy"] }, next: "ok" }, { key: "2", label: { fr: "Retour abîmé", en: "Damaged" }, next: "no" }] } }, []],
    [{ a: { kind: "language", label, says: both("L"), choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: "ok" } }, []],
    [collect({}), []], [collect({}), ["hear", { answer: "12" }]],
    [{ a: callback }, [brings]], [{ a: callback }, [brings, "hear", { answer: "1" }]], [{ a: callback }, [brings, "hear", { answer: "1" }, "hear", { answer: "0698765432#" }]],
  ];
  let phrases = 0;
  for (const [steps, acts] of cases) {
    for (const language of languages) {
      const definition = flow(steps, { v: { type: "text" } });
      const at = play(definition, false, acts, { language }, { hears: true });
      const listen = at.effects.findLast((effect) => effect.do === "listen");
      assert.ok(listen && listen.words.length > 0);
      for (const { key, phrases: all } of listen.words) {
        const reached = (input: Act): unknown => {
          const { state, ports } = play(definition, false, [...acts, input, ...(key === "0" ? (["silence"] as const) : [])], { language }, { hears: true });
          return { ports, failures: state.failures, phase: state.phase, done: state.done, asked: state.asked, page: state.memo.page };
        };
        for (const phrase of all) {
          phrases++;
          assert.deepEqual(reached({ text: phrase }), reached({ answer: key }), `${phrase} is ${key}`);
        }
      }
    }
  }
  assert.ok(phrases > 100);
});
