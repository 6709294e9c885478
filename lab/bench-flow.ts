/**
 * The interpreter of flows beside what one would write instead, same conversation, same run.
 *
 *     node lab/bench-flow.ts [--calls 20000] [--rounds 9] [--states 10000]
 *
 * One call: looked up, greeted, menu (wrong once, then 1), five digits keyed one by one, a condition over three variables, a queue: 13
 * turns. `turns/s` counts every input of every call in CPU seconds of this thread (garbage collection on it included): the machine is
 * shared. Best and median of the rounds after a warm-up. The peers do less, and say so: neither has languages, words for a person, a
 * trail, typed variables, or a definition that is data.
 *
 *   flow       the interpreter (`server/src/flow`), the definition a document, the condition CEL
 *   xstate     the same states in XState 5 (pure `transition`), conditions and texts as JavaScript functions
 *   switch     the same dialogue as one hand-written function over a plain object
 *
 * Then the memory of calls that wait in the middle of the digits, by heap difference after collection, and their stored size.
 */
import { assign, createMachine, initialTransition, transition } from "xstate";
import { flowDefinition, startFlow, stepFlow, type FlowInput, type FlowState, type FlowWorld } from "../server/src/flow/flow.ts";

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}
const CALLS = option("calls", 20_000);
const ROUNDS = option("rounds", 9);
const STATES = option("states", 10_000);

const both = (text: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr: text, en: text } });
const label = { fr: "Demande", en: "Request" };
const definition = flowDefinition({
  format: 2, id: "bench", name: "Bench", version: 1, languages: ["fr", "en"], start: "who",
  reachHuman: { queueId: "q_support", says: both("Je vous mets en relation."), label: { fr: "Un conseiller", en: "An adviser" } },
  variables: { need: { type: "text" }, order: { type: "text" }, visits: { type: "number", initial: 3 } },
  retry: { wrong: both("Je n'ai pas compris."), silence: both("Je n'ai rien entendu.") },
  steps: {
    who: { kind: "lookup", next: "greeting", unknown: "greeting" },
    greeting: { kind: "say", says: both("Bonjour {customer.name}."), next: "menu" },
    menu: {
      kind: "menu", label, says: both("Commande, tapez 1. Retour, tapez 2. Conseil, tapez 3."),
      choices: ["1", "2", "3"].map((key) => ({ key, label: { fr: `Choix ${key}`, en: `Choice ${key}` }, next: key === "3" ? "sales" : "order", set: { need: key } })),
    },
    order: { kind: "collect", label, says: both("Tapez les cinq chiffres."), variable: "order", min: 5, max: 5, next: "which" },
    which: { kind: "branch", cases: [{ when: 'data.need == "1" && data.visits > 2 && customer.known', next: "vip" }], otherwise: "sales" },
    vip: { kind: "queue", queueId: "q_vip", says: both("Un instant."), priority: 5 },
    sales: { kind: "queue", queueId: "q_sales" },
  },
});
const world: FlowWorld = {
  nowMs: Date.UTC(2026, 10, 23, 9), centre: { zone: "Europe/Paris", country: "FR", email: null }, hears: false, hours: () => "open",
  queue: () => ({ open: true, full: false, waiting: 0, longestWaitMs: 0, freeAgents: 1, staffed: 1 }), flow: () => null, agent: () => null,
};
const context = { medium: "voice", written: false, from: "+33612345678", to: "3000", language: null, data: {}, customer: null, context: {}, returning: false } as const;
const customer = { name: "Ana", known: true };

/** What happens in one call, in order; "said" is the end of whatever is being said. */
const ACTS: readonly string[] = ["found", "said", "said", "7", "said", "1", "said", "1", "2", "3", "4"];
const LAST = "5";
const TURNS = ACTS.length + 2;

interface Contender {
  name: string;
  /** Calls for each of the others': the CPU clock must see it. */
  times: number;
  /** One call to its end; true = it reached the queue that it should. */
  call(): boolean;
  /** One call left in the middle of the digits. */
  waiting(): unknown;
}

// ---- the interpreter

function inputOf(act: string, state: FlowState): FlowInput {
  if (act === "found") return { kind: "answered", askId: state.asked?.askId ?? "", answer: { ok: true, customer } };
  return act === "said" ? { kind: "said", sayId: state.saying ?? "" } : { kind: "key", key: act };
}
const flow: Contender = {
  name: "flow",
  times: 1,
  waiting() {
    let { state } = startFlow(definition, context, world);
    for (const act of ACTS) ({ state } = stepFlow(definition, state, inputOf(act, state), world));
    return state;
  },
  call() {
    const { effects } = stepFlow(definition, this.waiting() as FlowState, { kind: "key", key: LAST }, world);
    const done = effects.at(-1);
    return done?.do === "done" && done.outcome.type === "queue" && done.outcome.queueId === "q_vip" && done.outcome.priority === 5;
  },
};

// ---- XState

interface Kept {
  name: string;
  need: string;
  order: string;
  visits: number;
  failures: number;
  says: readonly string[];
}
type Event = { type: "FOUND"; name: string } | { type: "SAID" } | { type: "SILENCE" } | { type: "KEY"; key: string };
const machine = createMachine({
  types: {} as { context: Kept; events: Event },
  context: { name: "", need: "", order: "", visits: 3, failures: 0, says: [] },
  initial: "who",
  states: {
    who: { on: { FOUND: { target: "greeting", actions: assign({ name: ({ event }) => event.name }) } } },
    greeting: { entry: assign({ says: ({ context }) => [`Bonjour ${context.name}.`] }), on: { SAID: "menu" } },
    menu: {
      entry: assign({ says: () => ["Commande, tapez 1. Retour, tapez 2. Conseil, tapez 3."] }),
      on: {
        SAID: {},
        KEY: [
          { guard: ({ event }) => event.key === "0" || event.key === "*", target: "human" },
          { guard: ({ event }) => event.key === "1" || event.key === "2", target: "order", actions: assign({ need: ({ event }) => event.key, failures: 0 }) },
          { guard: ({ event }) => event.key === "3", target: "sales" },
          { guard: ({ context }) => context.failures >= 2, target: "human" },
          { actions: assign({ failures: ({ context }) => context.failures + 1, says: () => ["Je n'ai pas compris.", "Commande, tapez 1. Retour, tapez 2. Conseil, tapez 3."] }) },
        ],
      },
    },
    order: {
      entry: assign({ says: () => ["Tapez les cinq chiffres."], order: "" }),
      on: {
        SAID: {},
        KEY: [
          { guard: ({ event }) => event.key === "*", target: "human" },
          { guard: ({ context }) => context.order.length === 4, target: "which", actions: assign({ order: ({ context, event }) => context.order + event.key }) },
          { actions: assign({ order: ({ context, event }) => context.order + event.key }) },
        ],
      },
    },
    which: { always: [{ guard: ({ context }) => context.need === "1" && context.visits > 2 && context.name !== "", target: "vip" }, { target: "sales" }] },
    vip: { type: "final", entry: assign({ says: () => ["Un instant."] }) },
    sales: { type: "final" },
    human: { type: "final", entry: assign({ says: () => ["Je vous mets en relation."] }) },
  },
});
const eventOf = (act: string): Event => (act === "found" ? { type: "FOUND", name: "Ana" } : act === "said" ? { type: "SAID" } : { type: "KEY", key: act });
const xstate: Contender = {
  name: "xstate",
  times: 1,
  waiting() {
    let [snapshot] = initialTransition(machine);
    for (const act of ACTS) [snapshot] = transition(machine, snapshot, eventOf(act));
    return snapshot;
  },
  call() {
    const [snapshot] = transition(machine, this.waiting() as ReturnType<typeof initialTransition<typeof machine>>[0], eventOf(LAST));
    return snapshot.matches("vip");
  },
};

// ---- by hand

interface Plain {
  at: "who" | "greeting" | "menu" | "order" | "vip" | "sales" | "human";
  name: string;
  need: string;
  order: string;
  visits: number;
  failures: number;
}
interface PlainTurn {
  state: Plain;
  effects: { do: string; text?: string; ms?: number }[];
}
const MENU = "Commande, tapez 1. Retour, tapez 2. Conseil, tapez 3.";
function byHand(before: Plain, act: string): PlainTurn {
  const state = { ...before };
  const say = (...texts: string[]): PlainTurn => ({ state, effects: texts.map((text) => ({ do: "say", text })) });
  if (act === "0" || act === "*") return { state: { ...state, at: "human" }, effects: [{ do: "say", text: "Je vous mets en relation." }, { do: "done" }] };
  switch (before.at) {
    case "who":
      state.name = "Ana";
      state.at = "greeting";
      return say(`Bonjour ${state.name}.`);
    case "greeting":
      state.at = "menu";
      return say(MENU);
    case "menu":
      if (act === "said") return { state, effects: [{ do: "expect", ms: 6_000 }] };
      if (act === "1" || act === "2") {
        state.need = act;
        state.at = "order";
        return say("Tapez les cinq chiffres.");
      }
      if (act === "3") return { state: { ...state, at: "sales" }, effects: [{ do: "done" }] };
      if (++state.failures > 2) return { state: { ...state, at: "human" }, effects: [{ do: "done" }] };
      return say("Je n'ai pas compris.", MENU);
    case "order":
      if (act === "said") return { state, effects: [{ do: "expect", ms: 6_000 }] };
      state.order += act;
      if (state.order.length < 5) return { state, effects: [{ do: "expect", ms: 4_000 }] };
      state.at = state.need === "1" && state.visits > 2 && state.name !== "" ? "vip" : "sales";
      return { state, effects: [{ do: "say", text: "Un instant." }, { do: "done" }] };
    default:
      return { state, effects: [] };
  }
}
const hand: Contender = {
  name: "switch",
  times: 20,
  waiting() {
    let state: Plain = { at: "who", name: "", need: "", order: "", visits: 3, failures: 0 };
    for (const act of ACTS) ({ state } = byHand(state, act));
    return state;
  },
  call() {
    return byHand(this.waiting() as Plain, LAST).state.at === "vip";
  },
};

// ---- the rounds

function round(one: Contender): number {
  const calls = CALLS * one.times;
  const from = process.threadCpuUsage();
  let right = 0;
  for (let i = 0; i < calls; i++) if (one.call()) right++;
  const { user, system } = process.threadCpuUsage(from);
  if (right !== calls) throw new Error(`${one.name}: ${right} of ${calls} calls ended where they should`);
  return (calls * TURNS) / ((user + system) / 1e6);
}

const contenders = [flow, xstate, hand];
const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]));
for (const one of contenders) round(one); // warm-up
// turn by turn, so that a slow minute of the machine is everybody's
for (let i = 0; i < ROUNDS; i++) for (const one of contenders) rates.get(one.name)?.push(round(one));

function heapOf(make: () => unknown): number {
  const kept: unknown[] = [];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < STATES; i++) kept.push(make());
  globalThis.gc?.();
  return kept.length === STATES ? (process.memoryUsage().heapUsed - before) / STATES : 0;
}

console.log(`${CALLS} calls of ${TURNS} turns a round, ${ROUNDS} rounds, Node ${process.version}, one core`);
console.table(
  contenders.map((one) => {
    const sorted = (rates.get(one.name) ?? []).toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? 0;
    const n = (x: number): string => Math.round(x).toLocaleString("en");
    return { "": one.name, "turns/s best": n(sorted.at(-1) ?? 0), median: n(median), "µs a turn": (1e6 / median).toFixed(2), "calls/s": n(median / TURNS), [`bytes a waiting call (${STATES})`]: n(heapOf(() => one.waiting())), "stored (JSON)": n(JSON.stringify(one.waiting()).length) };
  }),
);
