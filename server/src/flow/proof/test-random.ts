/** Random flows of every kind of step, random centres, random customers, from a seed: the proof's claims are tried on them. */
import type { FlowDocument, FlowDocumentInput, Step } from "@tandem/protocol/flow/flow";
import { readFlowDefinition } from "../definition.ts";
import type { Answer, FlowInput, FlowState, FlowWorld } from "../state.ts";
import { openWorld } from "../play.ts";
import type { Deflected, ProofQueue, QueueFound, Site } from "./site.ts";
import { testSite, voicemailFlow } from "./test-site.ts";

/** xorshift32. */
export class Dice {
  #x: number;
  constructor(seed: number) {
    this.#x = (seed * 2_654_435_761) >>> 0 || 1;
    for (let i = 0; i < 5; i++) this.below(2);
  }
  below(n: number): number {
    this.#x ^= this.#x << 13;
    this.#x ^= this.#x >>> 17;
    this.#x ^= this.#x << 5;
    this.#x >>>= 0;
    return this.#x % n;
  }
  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
  maybe<T>(value: T, oneIn = 2): T | undefined {
    return this.below(oneIn) === 0 ? value : undefined;
  }
}

const texts = (text: string) => ({ fr: text, en: `${text} please` });
const says = (dice: Dice) => ({ sounds: texts(dice.of(["Bonjour.", "Patientez, votre commande est {data.t}.", "Nous cherchons {customer.name} dans nos listes."])) });
const WHEN = ["data.n > 2", "customer.known", "contact.hour < 12", "data.b", 'data.t == "x"', 'has(data.t) && data.t == "x"', "has(data.d)", 'contact.language == "fr"', "contact.written", "context.latitude > 1.0", 'data.t == "x" || data.n == 3', "!has(data.t)"];
const TO = ["data.n + 1", "3", "2", "contact.hour * 1"];
const QUEUES = ["q1", "q2", "q3"];

/** A step whose ways lead to `to()`. */
function randomStep(dice: Dice, to: () => string, kinds: readonly Step["kind"][]): object {
  const asks = { label: texts("Question"), says: says(dice), interruptible: dice.below(3) > 0 };
  const kind = dice.of(kinds);
  switch (kind) {
    case "say":
      return { kind, says: says(dice), interruptible: dice.below(2) > 0, next: to() };
    case "menu":
      return {
        kind, ...asks, noAnswer: dice.maybe(to(), 3), anything: dice.maybe({ name: "t", next: to() }, 4),
        choices: [...dice.of(["1", "12", "1#", "123"])].map((key) => ({ key, label: texts(`Choix ${key}`), next: to(), set: dice.of([{}, { t: "x" }, { t: "y", n: 3 }, { b: true }]), ...(key === "3" ? { language: "en" } : {}) })),
      };
    case "collect":
      return { kind, ...asks, ...dice.of([{ type: "digits", variable: "t", min: 2 }, { type: "number", variable: "n" }, { type: "date", variable: "d" }, { type: "email", variable: "t" }, { type: "text", variable: "t" }, { type: "phone", variable: "t" }]), next: to(), noAnswer: dice.maybe(to(), 3), optional: dice.maybe({ label: texts("Sans"), next: to() }, 3), confirm: dice.maybe({ sounds: texts("Est-ce {value} ?") }, 3) };
    case "language":
      return { kind, ...asks, choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }], next: to(), noAnswer: dice.maybe(to(), 3) };
    case "branch":
      return { kind, cases: Array.from({ length: 1 + dice.below(3) }, () => ({ when: dice.of(WHEN), next: to() })), otherwise: to() };
    case "hours":
      return { kind, of: { kind: "global" }, open: to(), closed: to(), holiday: dice.maybe(to()) };
    case "lookup":
      return { kind, of: dice.maybe(dice.of(["case", "newest-case"]), 6), next: to(), unknown: to(), failed: dice.maybe(to()) };
    case "update":
      return { kind, ...(dice.below(6) ? { fields: dice.of([{ name: "data.t" }, {}]) } : dice.of([{ of: "case", fields: { state: '"closed"' } }, { of: "new-case", fields: { subject: "data.t" } }])), next: to(), failed: to() };
    case "http":
      return { kind, url: "https://x.example/{data.t}", saves: [{ name: dice.of(["t", "n"]), pointer: "/n" }], next: to(), failed: to() };
    case "set":
      return { kind, values: [{ name: "n", to: dice.of(TO) }, ...(dice.below(2) ? [{ name: "t", to: dice.of(['"x"', '"y"', "contact.from"]) }] : [])], next: to() };
    case "queue":
      return { kind, queueId: dice.of(QUEUES), needs: dice.of([[], [{ skillId: "sk", minLevel: 2 }]]), says: dice.maybe(says(dice)), ifClosed: dice.maybe(to(), 3), ifFull: dice.maybe(to(), 3) };
    case "callback":
      return { kind, queueId: dice.of(QUEUES), offer: dice.of(["in-order", "dated", "choice"]), says: says(dice), label: texts("Rappel"), askNumber: dice.of(["when-hidden", "always"]), declined: to(), failed: to() };
    case "voicemail":
      return { kind, queueId: dice.of(QUEUES), says: says(dice), failed: dice.maybe(to()) };
    case "deflect":
      return { kind, to: dice.of([{ kind: "number", number: dice.of(["3639", "{data.t}"]) }, { kind: "email" }, { kind: "queue", queueId: dice.of(QUEUES) }, { kind: "sms", text: texts("Lien") }]), says: dice.maybe(says(dice)), next: dice.maybe(to()), failed: to() };
    case "assistant":
      return { kind, assistantId: "bot", label: texts("Assistant"), says: says(dice), maxTurns: 1 + dice.below(3), resolved: to(), person: to(), failed: to() };
    case "transfer":
      return { kind, number: "201", says: dice.maybe(says(dice)), failed: to() };
    case "subflow":
      return { kind, flowId: "part", next: to() };
    case "wait":
      return { kind, ms: 5_000, says: dice.maybe(says(dice)), next: to() };
    case "end":
      return { kind, says: dice.maybe(says(dice)), exception: dice.maybe("fermé", 2) };
    case "return":
      return { kind };
  }
}

const ALL: readonly Step["kind"][] = ["say", "menu", "menu", "collect", "language", "branch", "branch", "hours", "lookup", "update", "http", "set", "queue", "callback", "voicemail", "deflect", "assistant", "transfer", "subflow", "wait", "end"];
/** Of flows that may well be proved: no end of any step's own. */
const CALM: readonly Step["kind"][] = ["say", "menu", "menu", "collect", "language", "branch", "branch", "hours", "lookup", "update", "http", "set", "queue", "callback", "voicemail", "transfer", "subflow", "wait", "assistant"];

const base: Omit<FlowDocumentInput, "steps" | "id"> = {
  format: 2, name: "F", version: 1, languages: ["fr", "en"], start: "s0",
  reachHuman: { queueId: "q1", says: { sounds: texts("Une personne.") }, label: texts("Un conseiller") },
  variables: { t: { type: "text" }, n: { type: "number", initial: 1 }, b: { type: "boolean", initial: false }, d: { type: "date" } },
  retry: { wrong: { sounds: texts("Faux.") }, silence: { sounds: texts("Allô.") }, times: 1 },
  languageNeeds: { en: [{ skillId: "en", minLevel: 1 }] },
};
const without = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

/** `calm`: ways lead forward, ends are declared, limits are wide. */
export function randomFlow(dice: Dice, calm: boolean, id = "flow"): FlowDocument | null {
  const count = 3 + dice.below(6);
  const steps: Record<string, unknown> = {};
  for (let i = 0; i < count; i++) {
    const to = (): string => (calm && dice.below(12) > 0 ? `s${i + 1 + dice.below(Math.min(3, count - i))}` : `s${dice.below(count + 1)}`);
    steps[`s${i}`] = without(randomStep(dice, to, calm ? CALM : ALL));
  }
  steps[`s${count}`] = id === "part" ? { kind: "return" } : dice.of<object>([{ kind: "queue", queueId: "q2" }, { kind: "end", exception: "dit" }, { kind: "voicemail", queueId: "q1", says: { sounds: texts("Message.") }, failed: `s${count - 1}` }]);
  // a part may take a variable for something else
  const variables = id === "part" ? { ...base.variables, ...dice.of<FlowDocumentInput["variables"] & object>([{}, {}, { b: { type: "text" } }, { d: { type: "text" } }, { t: { type: "date" } }]) } : base.variables;
  const read = readFlowDefinition({ ...base, variables, id, languages: dice.of([["fr", "en"], ["fr", "en"], ["fr"]]), steps, limits: calm ? { steps: 50, seconds: 600 } : { steps: 4, seconds: 40 } });
  return read.ok ? read.definition : null;
}

/** Queues that deflect here and there, some of them badly. */
export function randomSite(dice: Dice, calm: boolean, part: FlowDocument | null): Site {
  const kept = new Map<string, readonly Deflected[]>();
  const last = { ...voicemailFlow("q1"), id: "last", start: "bye" };
  const queues: Record<string, Partial<ProofQueue>> = {};
  for (const id of QUEUES) {
    const bad = !calm && dice.below(3) === 0;
    const away = voicemailFlow(id);
    queues[id] = {
      everClosed: dice.below(4) > 0, skilledAgents: (needs) => (bad && needs.length > 0 ? 0 : 2), voicemailOwners: bad && dice.below(2) === 0 ? 0 : 1,
      callbacks: { inOrder: dice.below(3) > 0, dated: dice.below(3) > 0 },
      deflect: ({ found, channel, before }) => {
        const key = `${id} ${found} ${channel} ${before ?? ""}`;
        let all = kept.get(key);
        if (!all) {
          const many: Deflected[] = found === "served" || found === "full" ? [{ to: "taken" }] : [];
          if (dice.below(5) === 0 && id !== "q1") many.push({ to: "queue", queueId: "q1" });
          if (many.length === 0 || dice.below(4) === 0) many.push(before === null ? { to: "flow", flow: away, memory: "once" } : { to: "flow", flow: last, memory: "again" });
          if (bad && dice.below(3) === 0) many.push({ to: "taken" });
          kept.set(key, (all = many));
        }
        return all;
      },
    };
  }
  const site = testSite({ hears: dice.below(2) === 0, flow: (id) => (id === "part" ? part : null), email: dice.maybe("aide@exemple.fr") ?? null }, queues);
  return { ...site, queue: (id) => (QUEUES.includes(id) ? site.queue(id) : null) };
}

export interface RandomWorld extends FlowWorld {
  found(queueId: string): QueueFound;
}

/** The world of one turn: hours and queues may change between any two. */
export function randomWorld(dice: Dice, site: Site): RandomWorld {
  const drawn = new Map<string, QueueFound>();
  const found = (id: string): QueueFound => {
    let one = drawn.get(id);
    if (!one) drawn.set(id, (one = dice.of([...(site.queue(id)?.everClosed ? (["closed"] as const) : []), "served", "empty", "full"] as const)));
    return one;
  };
  return {
    found,
    ...openWorld, hears: site.hears && dice.below(3) > 0, nowMs: openWorld.nowMs + dice.below(20) * 3_600_000,
    centre: { ...openWorld.centre, email: dice.below(2) ? site.email : null },
    hours: () => dice.of(["open", "closed", "holiday"] as const),
    queue: (id) => {
      if (!site.queue(id)) return null;
      return { open: found(id) !== "closed", full: found(id) === "full", waiting: 1, longestWaitMs: 0, freeAgents: 0, staffed: 1 };
    },
    flow: (id) => site.flow(id),
    agent: () => null,
  };
}

const TEXTS = ["Choix 1", "Choix 2", "anglais", "12345", "non", "oui", "12 mars 2026", "0612345678", "a@b.fr", "n'importe quoi", "", "sans", "1", "2", "#", "conseiller", "agent"];

export function randomInput(dice: Dice, state: FlowState): FlowInput {
  if (state.saying !== null && dice.below(5) > 0) return { kind: "said", sayId: state.saying };
  if (state.asked !== null && dice.below(8) > 0) return { kind: "answered", askId: state.asked.askId, answer: randomAnswer(dice) };
  switch (dice.below(8)) {
    case 0:
      return { kind: "silence" };
    case 1:
      return { kind: "text", text: dice.of(TEXTS) };
    case 2:
      return dice.below(4) === 0 ? { kind: "key", key: dice.of([..."0*"]) } : { kind: "silence" };
    default:
      return { kind: "key", key: dice.of([..."1112233456789##"]) };
  }
}

function randomAnswer(dice: Dice): Answer {
  if (dice.below(4) === 0) return { ok: false, why: "timeout" };
  const slots = dice.of([[], [1, 2, 3, 4].map((hour) => ({ startMs: hour * 3.6e6, endMs: hour * 3.6e6 + 1.8e6 }))]);
  return {
    ok: true, customer: dice.of([null, { name: "Ana" }]), values: dice.of([{ n: 7 }, { t: "x" }, {}]), says: dice.of(["", "Voilà"]), goes: dice.of(["on", "resolved", "person"] as const),
    slots, inOrder: dice.of([null, { position: 1, estimatedWaitMs: null }]), ...(dice.below(5) > 0 ? { callbackId: "c", messageId: "m" } : {}),
  };
}
