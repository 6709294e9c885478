/** What the proof says, rule by rule (docs/en/proof.md). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { flowDefinition } from "../definition.ts";
import type { FlowDefinition } from "../definition.ts";
import { both, label } from "../test-flow.ts";
import { prove } from "./prove.ts";
import type { ProofQueue, Site } from "./site.ts";
import { testSite, voicemailFlow } from "./test-site.ts";

type Steps = FlowDocumentInput["steps"];
const menu = (keys: Readonly<Record<string, string>>, more: object = {}): Steps[string] => ({ kind: "menu", label, says: both("Choisissez."), choices: Object.entries(keys).map(([key, next]) => ({ key, label, next })), ...more });
const say = (next: string, text = "Bonjour."): Steps[string] => ({ kind: "say", says: both(text), next });
const person: Steps[string] = { kind: "queue", queueId: "q" };

function flow(steps: Steps, more: Partial<FlowDocumentInput> = {}): FlowDefinition {
  return flowDefinition({
    id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a",
    reachHuman: { queueId: "q_human", says: both("Une personne."), label }, retry: { wrong: both("Faux."), silence: both("Allô ?"), times: 2 },
    steps: { person, ...steps }, ...more,
  });
}

/** "code step", errors only; a second for every ten characters. */
function errors(definition: FlowDefinition, site: Partial<Site> = {}, queues: Readonly<Record<string, Partial<ProofQueue>>> = {}): string[] {
  const around = testSite({ seconds: ({ text }) => text.length / 10, ...site }, queues);
  return [...new Set(prove(definition, around).findings.filter(({ severity }) => severity === "error").map(({ code, stepId }) => `${code} ${stepId}`))].sort();
}
const warnings = (definition: FlowDefinition, site: Partial<Site> = {}): string[] => prove(definition, testSite(site)).findings.filter(({ severity }) => severity === "warning").map(({ code, stepId }) => `${code} ${stepId}`);

describe("ends", () => {
  test("a queue, a callback, a message that is owned and a declared end are proved", () => {
    const fast: Partial<Site> = { seconds: ({ text }) => text.length / 25 };
    assert.deepEqual(errors(flow({ a: menu({ 1: "person", 2: "call", 3: "box", 4: "bye" }), call: { kind: "callback", queueId: "q", label, says: both("Quand ?"), declined: "person", failed: "person" }, box: { kind: "voicemail", queueId: "q", says: both("Parlez."), failed: "person" }, bye: { kind: "end", exception: "Information demandée" } }), fast), []);
  });
  test("an end that says nothing why is not", () => assert.deepEqual(errors(flow({ a: menu({ 1: "person", 2: "bye" }), bye: { kind: "end" } })), ["undeclared-end bye"]));
  test("a text with a link needs a declared end behind it", () => {
    const text = (next: object): FlowDefinition => flow({ a: { kind: "deflect", to: { kind: "sms", text: { fr: "Lien", en: "Link" } }, failed: "person", ...next }, bye: { kind: "end", exception: "Lien envoyé" } });
    assert.deepEqual(errors(text({})), ["undeclared-end a"]);
    assert.deepEqual(errors(text({ next: "bye" })), []);
  });
  test("a failing request, a silent caller, and asking for a person each lead somewhere", () => {
    const bad: Steps = { bad: { kind: "end" } };
    assert.deepEqual(errors(flow({ a: { kind: "lookup", next: "person", unknown: "person", failed: "bad" }, ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: menu({ 1: "person" }, { noAnswer: "bad" }), ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: { kind: "voicemail", queueId: "q", says: both("Parlez."), failed: "bad" }, ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: { kind: "callback", queueId: "q", label, says: both("Quand ?"), declined: "person", failed: "bad" }, ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: { kind: "transfer", number: "200", failed: "bad" }, ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: { kind: "assistant", assistantId: "x", label, says: both("Oui ?"), resolved: "person", person: "person", failed: "bad" }, ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: person }), {}, { q_human: { deflect: () => [{ to: "taken" }] } }), []); // nobody rests at a queue step
    assert.deepEqual(errors(flow({ a: say("person") }), {}, { q_human: { deflect: () => [{ to: "taken" }] } }), ["no-person a"]);
  });
  test("holiday, closed, e-mail as it is by text: each has its own way", () => {
    const bad: Steps = { bad: { kind: "end" } };
    assert.deepEqual(errors(flow({ a: { kind: "hours", of: { kind: "global" }, open: "person", closed: "person", holiday: "bad" }, ...bad })), ["undeclared-end bad"]);
    assert.deepEqual(errors(flow({ a: { kind: "voicemail", queueId: "q", says: both("Parlez."), failed: "b" }, b: { kind: "branch", cases: [{ when: "contact.written", next: "bad" }], otherwise: "person" }, ...bad })), ["undeclared-end bad"]);
  });
});

describe("queues", () => {
  const one = flow({ a: person });
  test("closed or empty with nothing planned: nobody is there", () => {
    assert.deepEqual(errors(one, {}, { q: { deflect: () => [{ to: "taken" }] } }), ["no-person a"]);
    assert.deepEqual(errors(one, {}, { q: { everClosed: false, deflect: ({ found }) => (found === "empty" ? [{ to: "taken" }] : [{ to: "taken" }]) } }), ["no-person a"]);
    assert.deepEqual(errors(one, {}, { q: { deflect: () => [{ to: "taken" }], offersCallback: true } }), []);
    assert.deepEqual(errors(one, {}, { q: { deflect: () => [{ to: "taken" }], mayWait: { voice: "on call at night", written: null } } }), ["no-person a"]);
    assert.deepEqual(errors(one, {}, { q: { deflect: () => [{ to: "taken" }], mayWait: { voice: "on call at night", written: "read in the morning" } } }), []);
    assert.deepEqual(errors(one, { channels: ["ivr"] }, { q: { deflect: () => [{ to: "taken" }], mayWait: { voice: "on call at night", written: null } } }), []);
  });
  test("the flow's own way when closed counts, and is walked", () => {
    const own = (ifClosed: string): FlowDefinition => flow({ a: { kind: "queue", queueId: "q", ifClosed }, box: { kind: "voicemail", queueId: "q_human", says: both("Parlez."), failed: "bye" }, bye: { kind: "end", exception: "Fermé" }, bad: { kind: "end" } });
    const closedWaits: Partial<ProofQueue> = { deflect: ({ found }) => (found === "closed" ? [{ to: "taken" }] : found === "empty" ? [{ to: "flow", flow: voicemailFlow("q_human"), memory: "" }] : [{ to: "taken" }]) };
    assert.deepEqual(errors(own("box"), {}, { q: closedWaits }), []);
    assert.deepEqual(errors(own("bad"), {}, { q: closedWaits }), ["undeclared-end bad"]);
  });
  test("a deflection is proved along: a trap in it, a circle of queues, one that nobody owns", () => {
    const box = voicemailFlow("q");
    const trap = { ...box, steps: { ...box.steps, bye: { kind: "end" as const } } };
    assert.deepEqual(errors(one, {}, { q: { deflect: ({ found }) => (found === "served" ? [{ to: "taken" }] : [{ to: "flow", flow: trap, memory: "" }]) } }), ["undeclared-end a"], "who cannot say their number leaves a message without");
    assert.deepEqual(errors(one, {}, { q: { deflect: () => [{ to: "queue", queueId: "q2" }] }, q2: { deflect: () => [{ to: "queue", queueId: "q" }] } }), ["no-person a"]);
    assert.deepEqual(errors(one, {}, { q: { voicemailOwners: 0 } }), ["unowned-voicemail a"]);
    assert.deepEqual(errors(one, {}, { q: { deflect: () => [{ to: "queue", queueId: "q2" }] } }), []);
  });
  test("skills are asked for in each language", () => {
    const english = flow({ a: person }, { languageNeeds: { en: [{ skillId: "english", minLevel: 3 }] } });
    const { findings } = prove(english, testSite({}, { q: { skilledAgents: (needs) => (needs.length > 0 ? 0 : 1) } }));
    assert.deepEqual(findings.filter(({ severity }) => severity === "error").map(({ code, language, stepId }) => [code, language, stepId]), [["nobody-skilled", "en", "a"]]);
  });
});

describe("soon enough", () => {
  const seconds = (count: number): string => "x".repeat(count * 10);
  const chain = (count: number): Steps => Object.fromEntries(Array.from({ length: count }, (_, i) => [i === 0 ? "a" : `m${i}`, menu({ 1: i === count - 1 ? "person" : `m${i + 1}` })]));

  test("four questions in a row are allowed, five are not", () => {
    assert.deepEqual(errors(flow(chain(4))), []);
    assert.deepEqual(errors(flow(chain(5))), ["too-many-steps a"]);
    assert.deepEqual(errors(flow(chain(5), { limits: { steps: 5, seconds: 40 } })), []);
  });
  test("forty seconds of words are allowed, and the last words count", () => {
    assert.deepEqual(errors(flow({ a: say("b", seconds(39)), b: { kind: "end", says: both("0123456789"), exception: "Dit" } })), []);
    assert.deepEqual(errors(flow({ a: say("b", seconds(40)), b: { kind: "end", says: both("0123456789"), exception: "Dit" } })), ["too-long a"]);
  });
  test("words in another language behind one's own count, each in theirs", () => {
    const aside = { kind: "say" as const, says: { ...both(seconds(20)), aside: { fr: { language: "en" as const, text: seconds(21) } } }, next: "person" };
    assert.deepEqual(prove(flow({ a: aside }), testSite({ seconds: ({ text }) => text.length / 10 })).findings.map(({ code, language }) => [code, language]), [["too-long", "fr"]]);
  });
  test("the flow's own delays count: waits, time-outs of requests", () => {
    assert.deepEqual(errors(flow({ a: { kind: "wait", ms: 41_000, next: "person" } })), ["too-long a"]);
    const requests = (count: number): Steps => Object.fromEntries(Array.from({ length: count }, (_, i) => [i === 0 ? "a" : `r${i}`, { kind: "http" as const, url: "https://x.example/", timeoutMs: 10_000, next: i === count - 1 ? "person" : `r${i + 1}`, failed: i === count - 1 ? "person" : `r${i + 1}` }]));
    const box = "3 of 10 s leave room for the deflection";
    assert.deepEqual(errors(flow(requests(3))), [], box);
    assert.deepEqual(errors(flow(requests(4))), ["too-long a"]);
  });
  test("a repeated question begins anew, with its apology", () => {
    const long = (apology: number): FlowDefinition => flow({ a: { kind: "menu", label, says: both(seconds(20)), choices: [{ key: "1", label, next: "person" }] } }, { retry: { wrong: both(seconds(apology)), silence: both("Allô ?"), times: 2 } });
    assert.deepEqual(errors(long(10)), []);
    assert.ok(errors(long(21)).includes("too-long a"), "21 s of apology and 20 s of question");
  });
  test("asking for a person begins anew, and must be soon enough too", () => {
    const slow = { ...voicemailFlow("q_human"), steps: { ...voicemailFlow("q_human").steps, closed: { kind: "say" as const, says: both(seconds(38)), interruptible: true, next: "message" } } };
    assert.deepEqual(errors(flow({ a: say("person") }), {}, { q_human: { deflect: ({ found }) => (found === "closed" ? [{ to: "flow", flow: slow, memory: "" }] : [{ to: "taken" }]), mayWait: { voice: "x", written: "x" } } }), ["too-long a"]);
  });
  test("reading takes nobody's time", () => assert.deepEqual(errors(flow({ a: say("b", seconds(100)), b: { kind: "end", exception: "Dit" } }), { channels: ["chat"] }), []));
  test("going back is the customer's choice, and round in menus too", () => {
    assert.deepEqual(errors(flow({ ...chain(4), m3: menu({ 1: "person", 9: "a" }) })), []);
    assert.deepEqual(errors(flow({ a: menu({ 1: "b", 2: "c" }), b: menu({ 1: "c", 2: "person" }), c: menu({ 1: "b", 2: "person" }) })), []);
    assert.deepEqual(errors(flow({ a: menu({ 1: "b", 2: "c" }), b: menu({ 1: "c", 2: "d" }), c: menu({ 1: "b", 2: "d" }), d: menu({ 1: "e" }), e: menu({ 1: "person" }) })), ["too-many-steps a"]);
  });
});

describe("circles", () => {
  test("of words, of silence, of requests, of optional values", () => {
    assert.deepEqual(errors(flow({ a: menu({ 1: "person" }, { noAnswer: "b" }), b: say("a") })), ["loop a"]);
    assert.deepEqual(errors(flow({ a: { kind: "http", url: "https://x.example/", next: "person", failed: "b" }, b: { kind: "wait", ms: 1000, next: "a" } })), ["loop a"]);
    assert.deepEqual(errors(flow({ a: { kind: "collect", label, says: both("Numéro ?"), variable: "n", optional: { label, next: "a" }, next: "person" } }, { variables: { n: { type: "text" } } })), ["loop a"]);
    assert.deepEqual(errors(flow({ a: { kind: "callback", queueId: "q", label, says: both("Quand ?"), declined: "person", failed: "a" } }), { seconds: ({ text }) => text.length / 25 }), ["loop a"]);
  });
  test("that only choices go round are none", () => assert.deepEqual(errors(flow({ a: menu({ 1: "b", 2: "person" }), b: say("a") })), []));
  test("of sub-flows", () => {
    const part = flow({ a: { kind: "subflow", flowId: "f", next: "b" }, b: { kind: "return" } }, { id: "part" });
    assert.ok(errors(flow({ a: { kind: "subflow", flowId: "part", next: "person" } }), { flow: (id) => (id === "part" ? part : null) }).includes("loop a"));
  });
});

describe("variables and conditions", () => {
  const topic: Partial<FlowDocumentInput> = { variables: { topic: { type: "text" }, n: { type: "number" } } };
  const chosen = (otherwise: string): Steps => ({
    a: { kind: "menu", label, says: both("Quoi ?"), choices: [{ key: "1", label, next: "b", set: { topic: "x" } }, { key: "2", label, next: "b", set: { topic: "y" } }], noAnswer: "person" },
    b: { kind: "branch", cases: [{ when: 'data.topic == "x"', next: "person" }, { when: 'data.topic == "y"', next: "person" }], otherwise },
    bad: { kind: "end" },
  });
  test("what choices set decides a condition", () => {
    assert.deepEqual(errors(flow(chosen("bad"), topic)), []);
    assert.deepEqual(warnings(flow(chosen("bad"), topic)), ["unreachable bad"]);
    const open = chosen("bad");
    (open["a"] as { choices: object[] }).choices.push({ key: "3", label, next: "b", set: { topic: "z" } });
    assert.deepEqual(errors(flow(open, topic)), ["undeclared-end bad"]);
  });
  test("a first value is not relied on: data may come along with the contact", () => {
    assert.deepEqual(errors(flow({ a: { kind: "branch", cases: [{ when: "data.n == 1", next: "person" }], otherwise: "bad" }, bad: { kind: "end" } }, { variables: { n: { type: "number", initial: 1 } } })), ["undeclared-end bad"]);
  });
  test("a condition on a request, a device or a customer has both outcomes", () => {
    for (const when of ["customer.known", "context.latitude > 1.0", "contact.hour < 12", "has(data.topic)"]) assert.deepEqual(errors(flow({ a: { kind: "branch", cases: [{ when, next: "person" }], otherwise: "bad" }, bad: { kind: "end" } }, topic)), ["undeclared-end bad"], when);
  });
  test("what is collected may not be what its variable takes, and then sets nothing", () => {
    const day = flow({ a: { kind: "collect", label, says: both("Quand ?"), variable: "day", next: "b", noAnswer: "person" }, b: { kind: "branch", cases: [{ when: "has(data.day)", next: "person" }], otherwise: "bad" }, bad: { kind: "end" } }, { variables: { day: { type: "date" } } });
    assert.deepEqual(errors(day), ["undeclared-end bad"]);
  });
  test("read before it is set on one path, with that path", () => {
    const optional = (when: string): FlowDefinition => flow({ a: { kind: "collect", label, says: both("Sujet ?"), variable: "topic", optional: { label, next: "b" }, next: "b" }, b: { kind: "branch", cases: [{ when, next: "person" }], otherwise: "person" } }, topic);
    const { findings } = prove(optional('data.topic == "1"'), testSite());
    assert.deepEqual(findings.map(({ code, stepId, path }) => [code, stepId, path.map((hop) => `${hop.stepId} ${hop.port}`)]), [["unset-variable", "b", ["a optional", "b null"]]]);
    assert.deepEqual(errors(optional('has(data.topic) && data.topic == "1"')), []);
    assert.deepEqual(warnings(flow({ a: say("person", "Votre commande {data.topic}.") }, topic)), ["unset-variable a"]);
  });
});

test("a sub-flow is walked in each place where it stands, and its ways out lead on", () => {
  const part = flowDefinition({ ...flow({ a: menu({ 1: "b" }), b: { kind: "return" } }), id: "part" });
  const twice = (steps: number): FlowDefinition => flow({ a: { kind: "subflow", flowId: "part", next: "b" }, b: { kind: "subflow", flowId: "part", next: "bad" }, bad: { kind: "end", exception: "Dit" } }, { limits: { steps, seconds: 40 } });
  const site = { flow: (id: string) => (id === "part" ? part : null) };
  assert.deepEqual(errors(twice(2), site), []);
  assert.deepEqual(errors(twice(1), site), ["too-many-steps a", "too-many-steps b"]);
});

test("findings say what is wrong in both languages, and draw the shortest way", () => {
  const { findings, ok, statesChecked } = prove(flow({ a: menu({ 1: "b", 2: "c" }), b: say("c"), c: say("bad"), bad: { kind: "end" } }), testSite());
  assert.equal(ok, false);
  assert.ok(statesChecked > 8);
  assert.deepEqual(findings.filter(({ severity }) => severity === "error").map(({ code, path }) => [code, path.map((hop) => `${hop.stepId} ${hop.port}`)]), [["undeclared-end", ["a choice:1", "c next", "bad null"]]]);
  assert.match(findings[0]!.path[0]!.because.fr, /^le client choisit 2/);
  assert.match(findings[0]!.words.en, /no exception is declared/);
});
