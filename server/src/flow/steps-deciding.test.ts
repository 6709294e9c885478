/** Steps that decide and ask the world: branch, set, hours, lookup, http, update, queue. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowDefinition } from "./definition.ts";
import { stepFlow } from "./interpreter.ts";
import { openWorld, play } from "./play.ts";
import type { FlowWorld } from "./state.ts";
import { both, ended, flow, label, media, reasons } from "./test-flow.ts";
import type { Steps } from "./test-flow.ts";

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
    const url = (url: string): string => reasons({ a: { kind: "http", url, next: "ok", failed: "ok" } }, { x: { type: "text" } });
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

  const about = flow({
    a: { kind: "lookup", of: "case", value: "data.order", next: "how", unknown: "newest", failed: "failed" },
    newest: { kind: "lookup", of: "newest-case", next: "how", unknown: "open" },
    open: { kind: "update", of: "new-case", fields: { subject: '"Retour " + data.order' }, timeline: { fr: "Ouvert par téléphone", en: "Opened by telephone" }, next: "say", failed: "failed" },
    how: { kind: "branch", cases: [{ when: 'case.known && case.state == "pending"', next: "close" }], otherwise: "say" },
    close: { kind: "update", of: "case", fields: { state: '"closed"' }, next: "say", failed: "failed" },
    say: { kind: "end", says: both("Dossier {case.number} : {case.subject}, {case.state}") },
  }, { order: { type: "text", initial: "1042" } });
  const ANA = { id: "cus_1", name: "Ana" };
  const asked = (acts: Parameters<typeof play>[2], given = {}): unknown => play(about, false, acts, given).state.asked?.ask;
  test("a case: by its number, the newest of who is known, a new one; what is found is read by conditions and said", () => {
    assert.deepEqual(asked([]), { kind: "lookup", of: "case", value: "1042" });
    const found = { brings: { ok: true, case: { number: "1042", subject: "Lampe", state: "pending" } } } as const;
    assert.deepEqual(asked([found]), { kind: "update", of: "case", number: "1042", fields: { state: "closed" }, note: null });
    assert.equal(play(about, true, [found, { brings: { ok: true, case: { number: "1042", subject: "Lampe", state: "closed" } } }]).said.at(-1), "Dossier 1042 : Lampe, closed");
    assert.deepEqual(asked([{ brings: { ok: true, case: null } }], { customer: ANA }), { kind: "lookup", of: "newest-case", value: "cus_1" });
    const none = { brings: { ok: true, case: null } } as const;
    assert.deepEqual(asked([none, none], { customer: ANA }), { kind: "update", of: "new-case", customerId: "cus_1", fields: { subject: "Retour 1042" }, note: "Ouvert par téléphone" });
    assert.deepEqual(play(about, false, [none]).ports, ["a unknown", "newest unknown", "open failed"], "nobody is known: no case is theirs, none is opened");
    assert.deepEqual(play(about, false, [none, none, { brings: { ok: true } }], { customer: ANA }).ports.at(-1), "open failed", "done without a case is not done");
  });
  test("a case stands in the trail once, for the agent; a lookup by number does not ask who is known already", () => {
    const steps = play(about, false, [{ brings: { ok: true, case: { number: "1042", subject: "Lampe", state: "pending" } } }, { brings: { ok: true, case: { number: "1042", subject: "Lampe", state: "closed" } } }], { customer: ANA });
    assert.deepEqual(steps.effects.flatMap((effect) => (effect.do === "trail" ? [`${effect.label} ${effect.answer}`] : [])), ["Dossier 1042 · Lampe"]);
  });
  test("a case that is not there is written to nowhere; a new one has a subject", () => {
    assert.deepEqual(play(flow({ a: { kind: "update", of: "case", fields: { state: '"closed"' }, next: "ok", failed: "failed" } }), false, []).ports, ["a failed"]);
    assert.match(reasons({ a: { kind: "update", of: "new-case", fields: { colour: '"red"' }, next: "ok", failed: "ok" } }), /a new case must have a subject/);
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
  test("its hours are those of the language that is spoken now, chosen in this very turn too", () => {
    const chosen = (step: Steps[string]): FlowDefinition => flow({ a: { kind: "language", label, says: both("Langue"), choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: "b" }, b: step });
    const world: Partial<FlowWorld> = { queue: (_id, language) => ({ open: language === "fr", full: false, waiting: 0, longestWaitMs: 0, freeAgents: 1, staffed: 1 }) };
    for (const step of [{ kind: "queue", queueId: "q", ifClosed: "failed" }, { kind: "deflect", to: { kind: "queue", queueId: "q" }, failed: "failed" }] as const) {
      assert.deepEqual(["1", "2"].map((answer) => ended(chosen(step), false, ["hear", { answer }], {}, world)), ["q", "q_failed"], step.kind);
    }
  });
});
