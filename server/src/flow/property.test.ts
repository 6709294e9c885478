/** Random definitions of every kind of step, random customers, a random world: what must hold whatever happens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Step, waysOf } from "@tandem/protocol/flow/flow";
import type { FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { readFlowDefinition } from "./definition.ts";
import type { FlowDefinition } from "./definition.ts";
import { continueFlow, resumeFlow, startFlow, stepFlow } from "./interpreter.ts";
import type { Turn } from "./interpreter.ts";
import { contextOf, openWorld } from "./play.ts";
import type { Answer, FlowInput, FlowState, FlowWorld } from "./state.ts";

const IDS = ["a", "b", "c", "d", "e", "f", "out"];
const id = fc.constantFrom(...IDS);
const text = fc.constantFrom("Bonjour", "{data.t}, {customer.name} {context.page} {contact.hour}", "C’est noté");
const texts = fc.record({ fr: text, en: text });
const says = fc.record({ sounds: texts }, { requiredKeys: ["sounds"] });
const expression = fc.constantFrom("data.n > 2", "customer.known", "has(customer.x) && customer.x == 1", "contact.hour < 12", "data.b", 'data.t.startsWith("1")', "customer.nope == 1", "context.latitude > 1.0");
const asks = { label: texts, says, interruptible: fc.boolean() };
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const kind = (name: Step["kind"], shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> => fc.record({ kind: fc.constant(name), ...shape }).map((step) => Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined)));

const STEPS: Record<Step["kind"], fc.Arbitrary<object>> = {
  say: kind("say", { says, interruptible: fc.boolean(), next: id }),
  menu: kind("menu", { ...asks, choices: fc.constantFrom("12", "1#", "9").chain((keys) => fc.tuple(...[...keys].map((key) => fc.record({ key: fc.constant(key), label: texts, next: id, set: fc.constantFrom({}, { t: "x" }, { n: 3 }) })))), anything: maybe(fc.record({ name: fc.constant("t"), next: id })), noAnswer: maybe(id) }),
  collect: fc.constantFrom<[string, string]>(["digits", "t"], ["number", "n"], ["amount", "n"], ["date", "d"], ["email", "t"], ["phone", "t"], ["text", "t"]).chain(([type, variable]) =>
    kind("collect", { ...asks, type: fc.constant(type), variable: fc.constant(variable), confirm: maybe(says), optional: maybe(fc.record({ label: texts, next: id })), next: id, noAnswer: maybe(id), min: fc.constant(type === "digits" ? 2 : undefined), sensitive: maybe(fc.constantFrom("shown", "hidden")) }),
  ),
  language: kind("language", { ...asks, choices: fc.constant([{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }]), next: id, noAnswer: maybe(id) }),
  branch: kind("branch", { cases: fc.array(fc.record({ when: expression, next: id }), { minLength: 1, maxLength: 3 }), otherwise: id }),
  hours: kind("hours", { of: fc.constant({ kind: "global" }), open: id, closed: id, holiday: maybe(id) }),
  lookup: kind("lookup", { of: maybe(fc.constantFrom("case", "newest-case")), next: id, unknown: id, failed: maybe(id) }),
  update: kind("update", { of: maybe(fc.constantFrom("case", "new-case")), fields: fc.constantFrom({ name: "data.t" }, { subject: "data.t" }, {}), timeline: maybe(texts), next: id, failed: id }),
  http: kind("http", { url: fc.constant("https://x.example/{data.t}"), body: maybe(fc.constant('{"t":"{data.t}"}')), saves: fc.constant([{ name: "n", pointer: "/n" }]), next: id, failed: id }),
  set: kind("set", { values: fc.constantFrom([{ name: "n", to: "data.n + 1" }], [{ name: "t", to: "contact.from" }], [{ name: "b", to: "!data.b" }]), next: id }),
  queue: kind("queue", { queueId: fc.constantFrom("q1", "q2"), says: maybe(says), whisper: maybe(texts), preferredAgent: maybe(fc.constant("data.t")), ifClosed: maybe(id), ifFull: maybe(id) }),
  callback: kind("callback", { queueId: fc.constant("q1"), offer: fc.constantFrom("in-order", "dated", "choice"), says, label: texts, askNumber: fc.constantFrom("when-hidden", "always"), declined: id, failed: id }),
  voicemail: kind("voicemail", { queueId: fc.constant("q1"), says, failed: maybe(id) }),
  deflect: kind("deflect", { to: fc.oneof(fc.constantFrom({ kind: "number", number: "3639" }, { kind: "email" }, { kind: "queue", queueId: "q2" }), fc.record({ kind: fc.constant("sms"), text: texts })), says: maybe(says), next: maybe(id), failed: id }),
  assistant: kind("assistant", { assistantId: fc.constant("bot"), label: texts, says, maxTurns: fc.integer({ min: 1, max: 3 }), resolved: id, person: id, failed: id }),
  transfer: kind("transfer", { number: fc.constant("201"), says: maybe(says), failed: id }),
  subflow: kind("subflow", { flowId: fc.constantFrom("part", "gone"), next: id }),
  return: kind("return", {}),
  wait: kind("wait", { ms: fc.constant(5_000), says: maybe(says), next: id }),
  end: kind("end", { says: maybe(says), exception: maybe(fc.constant("Fermé")) }),
};

const base: Omit<FlowDocumentInput, "steps"> = {
  format: 2, id: "flow", name: "F", version: 1, languages: ["fr", "en"], start: "a",
  reachHuman: { queueId: "q_human", says: { sounds: { fr: "Une personne", en: "A person" } }, label: { fr: "Un conseiller", en: "An adviser" } },
  variables: { t: { type: "text" }, n: { type: "number", initial: 1 }, b: { type: "boolean" }, d: { type: "date" } },
  retry: { wrong: { sounds: { fr: "Faux", en: "Wrong" } }, silence: { sounds: { fr: "Allô", en: "Hello" } } },
};

const anyStep = fc.oneof(...Object.values(STEPS));
const definition = fc.tuple(...IDS.slice(0, -1).map(() => anyStep)).map((steps): FlowDefinition | null => {
  const read = readFlowDefinition({ ...base, steps: { ...Object.fromEntries(steps.map((step, i) => [IDS[i], step])), out: { kind: "queue", queueId: "q_out" } } });
  return read.ok ? read.definition : null;
});
const part = readFlowDefinition({ ...base, id: "part", steps: { a: { kind: "menu", label: { fr: "L", en: "L" }, says: { sounds: { fr: "P", en: "P" } }, choices: [{ key: "1", label: { fr: "x", en: "x" }, next: "b" }] }, b: { kind: "return" } } });
assert.ok(part.ok);
const partDefinition = part.definition;

const world = fc.record({ open: fc.boolean(), full: fc.boolean(), hours: fc.constantFrom<"open" | "closed" | "holiday">("open", "closed", "holiday"), hears: fc.boolean(), email: fc.boolean(), agent: fc.boolean() }).map(({ open, full, hours, hears, email, agent }): FlowWorld => ({
  ...openWorld, hears, hours: () => hours,
  centre: { ...openWorld.centre, email: email ? "aide@exemple.fr" : null },
  queue: (queueId) => (queueId === "q2" ? null : { open, full, waiting: 0, longestWaitMs: 0, freeAgents: 0, staffed: 0 }),
  flow: (flowId) => (flowId === "part" ? partDefinition : null),
  agent: (name) => (agent ? name : null),
}));

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.constant<Answer>({ ok: false, why: "timeout" }),
  fc.constant<Answer>({ ok: true }),
  fc.record({ goes: fc.constantFrom<"on" | "resolved" | "person">("on", "resolved", "person"), says: fc.constantFrom("", "Voilà"), inOrder: fc.constantFrom(null, { position: 1, estimatedWaitMs: null }), slots: fc.constantFrom([], [1, 2, 3, 4].map((h) => ({ startMs: h * 3.6e6, endMs: h * 3.6e6 + 1.8e6 }))), n: fc.constantFrom(7, "x") }).map(({ n, goes, ...more }): Answer => ({ ok: true, customer: { name: "Ana" }, values: { n }, callbackId: "c", messageId: "m", goes, ...more })),
);
type Act = "heard" | "late" | "restart" | { answer: Answer } | FlowInput;
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Act>("heard") },
  { weight: 5, arbitrary: answer.map((one): Act => ({ answer: one })) },
  { weight: 5, arbitrary: fc.constantFrom(..."123456789#").map((key): Act => ({ kind: "key", key })) },
  { weight: 2, arbitrary: fc.constantFrom("commande", "anglais", "12345", "non", "oui", "12 mars 2026", "0612345678", "a@b.fr", "", "1", "2", "#").map((text): Act => ({ kind: "text", text })) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }).map((text): Act => ({ kind: "text", text })) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: "silence" }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>("late", "restart") },
);

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function inputOf(act: Exclude<Act, "restart">, state: FlowState): FlowInput {
  if (act === "heard") return { kind: "said", sayId: state.saying ?? "none" };
  if (act === "late") return { kind: "answered", askId: "nobody:0", answer: { ok: true } };
  return "answer" in act ? { kind: "answered", askId: state.asked?.askId ?? "none", answer: act.answer } : act;
}

test("whatever the flow, the customer and the world: no exception, plain state, something to wait for or an end, and a person one key or one word away", () => {
  let run = 0;
  const seen = new Set<string>();
  fc.assert(
    fc.property(definition, world, fc.boolean(), fc.constantFrom("+33612345678", "anonymous", "vis_1"), fc.array(act, { maxLength: 25 }), (flow, around, written, from, acts) => {
      fc.pre(flow !== null);
      run++;
      let guards = 0;
      const look = ({ state, effects }: Turn): void => {
        assert.deepEqual(JSON.parse(JSON.stringify(state)), state, "the state is plain JSON");
        const ends = effects.filter((effect) => effect.do === "done").length;
        assert.equal(ends, state.done && effects.length > 0 ? 1 : 0);
        for (const effect of effects) {
          if (effect.do === "trail" && effect.sensitive) {
            const asked = (state.inFlow === "part" ? partDefinition : flow).steps[effect.step];
            if (asked?.kind === "collect" && asked.sensitive === "hidden") assert.equal(effect.answer, "••••");
            assert.ok(guards > 0, "asked for only once who it was is kept apart");
          }
          if (effect.do === "guard") {
            guards++;
            assert.equal(flow.steps[effect.state.stepId]?.kind, "collect");
            const again = continueFlow(flow, JSON.parse(JSON.stringify(effect.state)) as FlowState, effect.state.stepId, around);
            assert.ok(again.state.done || again.effects.some((one) => one.do === "guard"), "whoever goes on from before is asked again");
          }
          if (effect.do !== "step") continue;
          const step = (effect.flowId === "part" ? partDefinition : flow).steps[effect.stepId];
          if (step) seen.add(step.kind);
          assert.ok(effect.port === "human" || (step && waysOf(step).some(({ port }) => port === effect.port)), `${effect.stepId} has no port ${effect.port}`);
        }
        const at = (state.inFlow === "part" ? partDefinition : flow).steps[state.stepId];
        if (at) seen.add(at.kind);
        if (state.done) return;
        assert.ok(state.saying !== null || state.asked !== null || state.expects !== null, "waits for something");
        assert.ok(state.asked === null || state.saying === null, "one thing at a time");
        const reaches = (input: FlowInput, how: string): void => {
          let turn = stepFlow(flow, state, input, around);
          if (turn.state.digits === "0") turn = stepFlow(flow, turn.state, { kind: "silence" }, around);
          const done = turn.effects.at(-1);
          assert.ok(done?.do === "done" && done.outcome.type === "queue" && done.outcome.queueId === "q_human", `${how} reaches a person at ${state.stepId} (${state.phase})`);
        };
        for (const words of ["un conseiller", "representative", "Agent", "0"]) reaches({ kind: "text", text: words }, words);
        if (state.digits === "") for (const key of ["0", "*"]) reaches({ kind: "key", key }, key);
      };
      let turn = startFlow(flow, contextOf(written, { from, ...(written ? { medium: "sms" } : {}) }), around);
      look(turn);
      for (const one of acts) {
        const before: FlowState = freeze(turn.state);
        turn = one === "restart" ? resumeFlow(flow, before, around) : stepFlow(flow, before, inputOf(one, before), around);
        look(turn);
        const outcome = turn.effects.at(-1);
        // nobody took the call: on at the step that the author named
        if (outcome?.do === "done" && outcome.outcome.type === "hand-over") look((turn = continueFlow(flow, turn.state, outcome.outcome.failedStep, around)));
      }
    }),
    { numRuns: 1_500, seed: 4 },
  );
  assert.ok(run > 500, `${run} definitions were valid`);
  assert.deepEqual(Object.keys(STEPS).filter((kind) => !seen.has(kind)), [], "every kind of step was walked");
});
