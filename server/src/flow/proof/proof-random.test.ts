/** The proof against the interpreter: whatever really happens, the proof has seen; what it calls proved never goes wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { continueFlow, startFlow, stepFlow } from "../interpreter.ts";
import type { Turn } from "../interpreter.ts";
import { contextOf } from "../play.ts";
import type { FlowOutcome, FlowState } from "../state.ts";
import { faultOf } from "./ends.ts";
import { explore } from "./explore.ts";
import type { Graph, Node } from "./explore.ts";
import { prove } from "./prove.ts";
import type { QueueFound, Site } from "./site.ts";
import { WRITTEN_CHANNELS } from "./site.ts";
import { Dice, randomFlow, randomInput, randomSite, randomWorld } from "./test-random.ts";

const MOST_TURNS = 150;

interface Drawn {
  flow: FlowDocument;
  site: Site;
  graph: Graph;
}

function drawn(seed: number, calm: boolean): Drawn | null {
  const dice = new Dice(seed);
  const part = randomFlow(dice, calm, "part");
  const flow = randomFlow(dice, calm);
  if (!flow) return null;
  const site = randomSite(dice, calm, part);
  return { flow, site, graph: explore(flow, site) };
}

/** What the proof knows, to look things up in. */
class Known {
  readonly #ports = new Set<string>();
  readonly #ends = new Map<string, Node[]>();

  constructor(graph: Graph) {
    for (const node of graph.nodes) {
      for (const edge of node.edges) this.#ports.add(`${node.place.definition.id} ${node.stepId} ${edge.port} ${node.written} ${node.language}`);
      const { end, at, written, language, place } = node;
      if (!end) continue;
      const key = end.end === "person" ? `person ${end.queueId} ${end.found} ${end.needs.map((need) => need.skillId).join()} ${written} ${language}` : `${end.end} ${place.definition.id} ${at} ${written}`;
      this.#ends.set(key, [...(this.#ends.get(key) ?? []), node]);
    }
  }
  port(state: { written: boolean }, language: string, flowId: string, stepId: string, port: string): boolean {
    return this.#ports.has(`${flowId} ${stepId} ${port} ${state.written} ${language}`);
  }
  end(key: string): Node[] {
    return this.#ends.get(key) ?? [];
  }
}

type Ended = { over: false } | { over: true; node: Node };

/** One contact by chance. `at`: the proof's state of its end. */
function contact({ flow, site }: Drawn, known: Known, dice: Dice, label: string): Ended {
  const written = dice.below(2) === 0;
  const channel = dice.of((["ivr", "web", "mobile", "chat", "sms"] as const).filter((one) => WRITTEN_CHANNELS.includes(one) === written));
  const memories = new Map<string, string>();
  let running = flow;
  let world = randomWorld(dice, site);
  let state: FlowState | null = null;
  let turns = 0;
  let ended: Ended = { over: false };

  const look = (turn: Turn, before: string | null): FlowState => {
    ({ state } = turn);
    // a language choice changes it within the turn
    const languages = new Set([before ?? state.language, state.language, ...flow.languages]);
    for (const effect of turn.effects) {
      if (effect.do !== "step") continue;
      const { flowId, stepId, port } = effect;
      assert.ok([...languages].some((language) => known.port({ written }, language, flowId, stepId, port)), `${label}: the proof knows no way "${port}" out of ${flowId} ${stepId}`);
    }
    const done = turn.effects.find((effect) => effect.do === "done");
    if (done) finish(done.outcome, state);
    return state;
  };
  const start = (definition: FlowDocument): void => {
    running = definition;
    look(startFlow(definition, contextOf(written, { medium: written ? "chat" : "voice", from: dice.of(["+33612345678", "anonymous"]), language: state?.language ?? dice.of(["fr", "en", null]) }), world), null);
  };
  const finish = (outcome: FlowOutcome, at: FlowState): void => {
    if (outcome.type === "end") {
      const all = known.end(`${outcome.how} ${at.inFlow} ${at.stepId} ${written}`);
      // what was reached on the way (a text, an assistant's answer) names the end of an end step
      const nodes = all.length > 0 ? all : known.end(`ended ${at.inFlow} ${at.stepId} ${written}`);
      const node = nodes.find(({ end }) => end && "exception" in end && end.exception === outcome.exception);
      assert.ok(node, `${label}: the proof knows no end ${outcome.how} at ${at.inFlow} ${at.stepId}`);
      ended = { over: true, node };
    } else if (outcome.type === "hand-over") {
      const [node] = known.end(`number ${at.inFlow} ${at.stepId} ${written}`);
      assert.ok(node, `${label}: the proof knows no number at ${at.stepId}`);
      if (dice.below(2) === 0) ended = { over: true, node };
      else look(continueFlow(running, at, outcome.failedStep, world), at.language);
    } else queue(outcome.queueId, outcome.needs.map(({ skillId }) => skillId).join(), at);
  };
  const queue = (first: string, needs: string, at: FlowState): void => {
    const chain: string[] = [];
    for (let queueId = first; ; ) {
      const found: QueueFound = world.found(queueId);
      const known2 = site.queue(queueId);
      assert.ok(known2);
      const to = dice.of(known2.deflect({ found, channel, before: memories.get(queueId) ?? null }));
      if (to.to === "taken") {
        const [node] = known.end(`person ${queueId} ${found} ${needs} ${written} ${at.language}`);
        assert.ok(node, `${label}: the proof does not know that ${queueId} takes contacts while ${found}`);
        ended = { over: true, node };
        return;
      }
      if (to.to === "flow") {
        memories.set(queueId, to.memory);
        start(to.flow);
        return;
      }
      chain.push(queueId);
      assert.ok(chain.length < 4, "queues in a circle");
      ({ queueId } = to);
    }
  };

  start(flow);
  while (!ended.over && turns++ < MOST_TURNS) {
    world = randomWorld(dice, site);
    const now: FlowState = state!;
    look(stepFlow(running, now, randomInput(dice, now), world), now.language);
  }
  return ended;
}

test("every way and every end that random contacts of random flows meet, the proof has seen", () => {
  let ends = 0;
  let flows = 0;
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 400; seed++) {
    const of = drawn(seed, false);
    if (!of) continue;
    flows++;
    const known = new Known(of.graph);
    const dice = new Dice(seed + 10_000);
    for (let run = 0; run < 25; run++) {
      const ended = contact(of, known, dice, `seed ${seed} run ${run}`);
      if (!ended.over) continue;
      ends++;
      kinds.add(ended.node.end!.end);
    }
  }
  assert.ok(flows > 250 && ends > 4_000, `${flows} flows, ${ends} ends`);
  for (const kind of ["person", "number", "callback", "voicemail", "email", "sms", "ended"]) assert.ok(kinds.has(kind), `no contact ended with ${kind}`);
});

test("a flow that is proved never ends without a person or a promise, in 10,000 random contacts", () => {
  let runs = 0;
  let ends = 0;
  let proved = 0;
  let refused = 0;
  for (let seed = 1; runs < 10_000; seed++) {
    const of = drawn(seed, true);
    if (!of) continue;
    if (!prove(of.flow, of.site).ok) {
      refused++;
      continue;
    }
    proved++;
    const known = new Known(of.graph);
    const dice = new Dice(seed + 20_000);
    for (let run = 0; run < 50; run++) {
      runs++;
      const ended = contact(of, known, dice, `seed ${seed} run ${run}`);
      if (!ended.over) continue;
      ends++;
      const { node } = ended;
      const fault = faultOf(node, node.end!, of.site);
      assert.equal(fault, null, `seed ${seed} run ${run}: ${fault?.words.en}`);
    }
  }
  assert.ok(proved >= 100 && refused > 0 && ends > 5_000, `${proved} proved, ${refused} refused, ${ends} ends`);
});
