/**
 * The proof of a flow by its size, in CPU time of this thread, each document new (nothing compiled before), beside two ways to do without it:
 *
 *     node lab/bench-proof.ts [--rounds 7] [--peer-ms 5000]
 *
 * "paths": every path of one contact through the real interpreter, one after another (naive). "states": every state of the real interpreter
 * that such paths meet, each visited once (what an explicit-state model checker does). Both have the same alphabet as the proof's ways: right
 * keys, one wrong key, silence, 0, each answer of the world, one language, voice, hours and queues drawn at each turn. They stop after
 * `--peer-ms`; "not done" says how far they came. Neither counts seconds, nor follows a queue into its deflection: they do less.
 * A general model checker (SPIN, TLC, NuSMV) is not on the npm registry nor in Debian's base for this, and would need a translation that itself could err.
 */
import type { FlowDocument, FlowDocumentInput } from "../protocol/src/flow/flow.ts";
import { prove, readFlowDefinition, startFlow, stepFlow, type FlowInput, type FlowState, type FlowWorld, type Turn } from "../server/src/flow/flow.ts";
import { testSite } from "../server/src/flow/proof/test-site.ts";
import { contextOf, openWorld } from "../server/src/flow/play.ts";

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}
const ROUNDS = option("rounds", 7);
const PEER_MS = option("peer-ms", 5_000);

const both = (fr: string, en: string) => ({ sounds: { fr, en } });
const label = { fr: "Demande", en: "Request" };

/** A company's tree: language, a main menu, departments with menus of their own, look-ups, hours, conditions, callbacks; ways back up. */
function flowOf(size: number): FlowDocument {
  const steps: FlowDocumentInput["steps"] = {
    start: { kind: "lookup", next: "main", unknown: "main" },
    main: { kind: "menu", label, says: both("Que souhaitez-vous ?", "What would you like?"), choices: [] },
    person: { kind: "queue", queueId: "q_main" },
  };
  const main = steps["main"] as { choices: object[] };
  const departments: { choices: object[] }[] = [];
  let n = Object.keys(steps).length;
  for (let i = 0; n + 8 <= size; i++, n += 8) {
    const id = (name: string): string => `${name}-${i}`;
    const menu = { kind: "menu" as const, label, says: both("Votre dossier ?", "Your case?"), choices: [{ key: "1", label, next: id("check"), set: { topic: `t${i % 7}` } }, { key: "2", label, next: id("call") }, { key: "9", label, next: "main" }] };
    steps[id("menu")] = menu;
    departments.push(menu);
    steps[id("check")] = { kind: "http", url: "https://example.test/case", saves: [{ name: "open", pointer: "/open" }], next: id("what"), failed: id("say") };
    steps[id("what")] = { kind: "branch", cases: [{ when: "has(data.open) && data.open", next: id("say") }, { when: `has(data.topic) && data.topic == "t${i % 7}"`, next: id("hours") }], otherwise: "person" };
    steps[id("hours")] = { kind: "hours", of: { kind: "queue", queueId: `q${i % 12}` }, open: id("queue"), closed: id("call") };
    steps[id("say")] = { kind: "say", says: both("Un instant.", "One moment."), next: id("queue") };
    steps[id("queue")] = { kind: "queue", queueId: `q${i % 12}`, ifClosed: id("call") };
    steps[id("call")] = { kind: "callback", queueId: `q${i % 12}`, offer: "dated", says: both("Quand ?", "When?"), label, declined: id("mail"), failed: id("mail") };
    steps[id("mail")] = { kind: "voicemail", queueId: `q${i % 12}`, says: both("Parlez.", "Speak."), failed: "person" };
    // eight below the main menu, six below each of those
    const parent = i < 8 ? main : departments[Math.floor((i - 8) / 6)]!;
    parent.choices.push({ key: i < 8 ? String(i + 1) : String(3 + ((i - 8) % 6)), label, next: id("menu") });
  }
  main.choices.push({ key: "#", label, next: "person" });
  // the rest: a row of computations before the first question
  const pads = size - n;
  for (let i = 0; i < pads; i++) steps[`pad-${i}`] = { kind: "set", values: [{ name: "topic", to: '"x"' }], next: i === 0 ? "main" : `pad-${i - 1}` };
  if (pads > 0) steps["start"] = { kind: "lookup", next: `pad-${pads - 1}`, unknown: "main" };
  const input: FlowDocumentInput = {
    id: "bench", name: "Bench", version: 1, languages: ["fr", "en"], start: "start", steps,
    reachHuman: { queueId: "q_main", says: both("Une personne.", "A person."), label },
    variables: { open: { type: "boolean" }, topic: { type: "text" } },
    retry: { wrong: both("Pardon ?", "Sorry?"), silence: both("Allô ?", "Hello?"), times: 2 }, limits: { steps: 50, seconds: 600 },
  };
  const read = readFlowDefinition(input);
  if (!read.ok) throw new Error(read.why.join("; "));
  return read.definition;
}

// ---- doing without a proof

const world = (open: boolean): FlowWorld => ({ ...openWorld, hours: () => (open ? "open" : "closed"), queue: () => ({ open, full: false, waiting: 0, longestWaitMs: 0, freeAgents: 1, staffed: 1 }) });
const WORLDS = [world(true), world(false)];
const SLOTS = [{ startMs: 36e5, endMs: 72e5 }];

function inputs(flow: FlowDocument, state: FlowState): FlowInput[] {
  if (state.asked) {
    const { askId } = state.asked;
    return [{ kind: "answered", askId, answer: { ok: false, why: "timeout" } }, { kind: "answered", askId, answer: { ok: true, customer: null, values: { open: true }, slots: SLOTS, callbackId: "c", messageId: "m" } }, { kind: "answered", askId, answer: { ok: true, customer: { name: "A" }, values: { open: false }, slots: [], inOrder: null } }, { kind: "key", key: "0" }];
  }
  if (state.saying !== null) return [{ kind: "said", sayId: state.saying }, { kind: "key", key: "0" }];
  const step = flow.steps[state.stepId];
  const keys = step?.kind === "menu" ? step.choices.map(({ key }) => key) : ["1", "#"];
  return [...new Set([...keys, "0", step?.kind === "menu" ? "*" : "3"])].map((key): FlowInput => ({ kind: "key", key })).concat({ kind: "silence" });
}

function walk(flow: FlowDocument, once: boolean): { done: boolean; turns: number; ms: number } {
  const seen = new Set<string>();
  const begun = process.threadCpuUsage().user;
  const spent = (): number => (process.threadCpuUsage().user - begun) / 1000;
  const open: { state: FlowState; depth: number }[] = [];
  let turns = 0;
  const meet = ({ state }: Turn, depth: number): void => {
    turns++;
    if (state.done) return;
    if (once) {
      // counters that only name things apart
      const key = JSON.stringify({ ...state, saying: state.saying && 1, sayCount: 0, asked: state.asked && 1, askCount: 0, expects: 0, sinceInput: 0 });
      if (seen.has(key)) return;
      seen.add(key);
    } else if (depth > 60) return;
    open.push({ state, depth });
  };
  for (const around of WORLDS) meet(startFlow(flow, contextOf(false), around), 0);
  for (let at = open.pop(); at; at = open.pop()) {
    if (turns % 64 === 0 && spent() > PEER_MS) return { done: false, turns, ms: spent() };
    for (const input of inputs(flow, at.state)) for (const around of WORLDS) meet(stepFlow(flow, at.state, input, around), at.depth + 1);
  }
  return { done: true, turns, ms: spent() };
}

const shown = ({ done, turns, ms }: ReturnType<typeof walk>): string => (done ? `${ms.toFixed(0)} ms (${turns} turns)` : `not done after ${(ms / 1000).toFixed(1)} s (${turns} turns)`);

// the code itself is warm; documents are not
for (let i = 0; i < 5; i++) prove(structuredClone(flowOf(100)), testSite());
const rows = [10, 30, 100, 200, 500, 1000].map((size) => {
  const flow = flowOf(size);
  const times: number[] = [];
  let proof = prove(flow, testSite());
  for (let round = 0; round < ROUNDS; round++) {
    // enough at a time for the clock of CPU time to tell
    const fresh = Array.from({ length: Math.max(1, Math.ceil(500 / size)) }, () => structuredClone(flow));
    const from = process.threadCpuUsage().user;
    for (const one of fresh) proof = prove(one, testSite());
    times.push((process.threadCpuUsage().user - from) / 1000 / fresh.length);
  }
  times.sort((a, b) => a - b);
  if (!proof.ok) console.log(size, proof.findings.filter(({ severity }) => severity === "error").map(({ code, words, stepId }) => `${code} ${stepId}: ${words.en}`));
  return { steps: Object.keys(flow.steps).length, states: proof.statesChecked, "proof ms (best)": times[0]!.toFixed(1), "median": times[times.length >> 1]!.toFixed(1), "peer: paths": shown(walk(flow, false)), "peer: states": shown(walk(flow, true)) };
});
console.table(rows);
