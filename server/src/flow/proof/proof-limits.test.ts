/** The bounds of the proof against the interpreter: nobody who follows the menus hears more, or is asked more, than the proof says; and some do come that far. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument, Step } from "@tandem/protocol/flow/flow";
import { continueFlow, startFlow, stepFlow } from "../interpreter.ts";
import type { Turn } from "../interpreter.ts";
import { contextOf } from "../play.ts";
import type { Answer, FlowInput, FlowState } from "../state.ts";
import { offered } from "../steps/menu.ts";
import { explore } from "./explore.ts";
import { longestFrom } from "./limits.ts";
import { prove } from "./prove.ts";
import type { Site } from "./site.ts";
import { Dice, randomFlow, randomSite, randomWorld } from "./test-random.ts";

interface Count {
  seconds: number;
  asks: number;
}

const answerOf = (dice: Dice): Answer => (dice.below(3) === 0 ? { ok: false, why: "timeout" } : { ok: true, customer: dice.of([null, { name: "Marie-Christine de La Rochefoucauld" }]), values: dice.of([{ n: 7 }, { t: "x" }, {}]), inOrder: { position: 1, estimatedWaitMs: null }, slots: [] });

/** A right answer, keyed to its end. */
function answers(dice: Dice, step: Step, state: FlowState): FlowInput[] {
  const keys = (all: string): FlowInput[] => [...all].map((key) => ({ kind: "key", key }));
  switch (step.kind) {
    case "menu":
      return step.anything && dice.below(4) === 0 ? [{ kind: "text", text: "n'importe quoi" }] : keys(dice.of(offered(step, state.language)).key);
    case "language":
      return keys(dice.of(step.choices).key);
    case "collect":
      if (state.phase === "confirm") return keys("1");
      if (step.optional && dice.below(3) === 0) return keys("#");
      return step.type === "text" || step.type === "email" ? [{ kind: "text", text: "jean@exemple.fr" }] : keys({ digits: "4711#", number: "5#", amount: "5#", date: "12032026", phone: "0612345678#" }[step.type]);
    default:
      return [{ kind: "silence" }];
  }
}

/** One caller who answers every question right at once, from the beginning, or from asking for a person at the step `help`. Null = they never came there. */
function follow(flow: FlowDocument, site: Site, dice: Dice, help: string | null): Count | null {
  const count: Count = { seconds: 0, asks: 0 };
  const met = new Set<string>();
  const memories = new Map<string, string>();
  let counting = help === null;
  let place = "";
  let running = flow;
  let state: FlowState | null = null;
  let over = false;
  let asked = "";
  let world = randomWorld(dice, site);
  const add = (seconds: number): void => void (counting && (count.seconds += seconds));

  const look = ({ state: next, effects }: Turn): void => {
    let moved = false;
    for (const effect of effects) {
      // going back, or round: a new count, to which the words there belong
      if (effect.do === "say" && moved && met.has(`${place} ${next.inFlow} ${next.stepId}`)) over ||= counting;
      if (effect.do === "say" && !over) for (const { text, language } of effect.utterances) add(site.seconds({ text }, language));
      if (effect.do !== "step") continue;
      const key = `${place} ${effect.flowId} ${effect.stepId}`;
      moved = effect.port !== "human";
      if (met.has(key)) over ||= counting;
      met.add(key);
    }
    state = next;
    const done = effects.find((effect) => effect.do === "done");
    if (!done) return;
    const { outcome } = done;
    if (outcome.type === "end" || (outcome.type === "hand-over" && dice.below(2) === 0)) over = true;
    else if (outcome.type === "hand-over") look(continueFlow(running, next, outcome.failedStep, world));
    else queue(outcome.queueId, next);
  };
  const queue = (first: string, at: FlowState): void => {
    for (let queueId = first; ; ) {
      const to = dice.of(site.queue(queueId)!.deflect({ found: world.found(queueId), channel: "ivr", before: memories.get(queueId) ?? null }));
      if (to.to === "queue") ({ queueId } = to);
      else if (to.to === "taken") {
        over = true;
        return;
      } else {
        memories.set(queueId, to.memory);
        place = `${place}>${queueId}`;
        running = to.flow;
        look(startFlow(running, contextOf(false, { language: at.language }), world));
        return;
      }
    }
  };
  const feed = (input: FlowInput): void => {
    world = randomWorld(dice, site);
    look(stepFlow(running, state!, input, { ...world, hears: site.hears }));
  };

  look(startFlow(flow, contextOf(false, { language: dice.of(["fr", "en"]) }), { ...world, hears: site.hears }));
  for (let turns = 0; turns < 200; turns++) {
    if (over) break;
    const now: FlowState = state!;
    const step = (now.inFlow === running.id ? running : site.flow(now.inFlow))!.steps[now.stepId]!;
    if (!counting && help === now.stepId && now.inFlow === flow.id && place === "" && now.phase === "" && now.digits === "") {
      counting = true;
      met.clear();
      feed({ kind: "key", key: "0" });
      // a 0 that may begin a value is one after a pause
      if (place === "" && !over && state === now) return null;
      if (!over && place === "" && !state!.done) feed({ kind: "silence" });
      if (!over && place === "" && !state!.done) return null;
      continue;
    }
    if (now.asked) {
      const { ask, timeoutMs, askId } = now.asked;
      // the promise is made, or the count begins anew
      if (ask.kind === "record" || ask.kind === "callback" || ask.kind === "assistant") return counting ? count : null;
      add(timeoutMs / 1000);
      feed({ kind: "answered", askId, answer: answerOf(dice) });
    } else if (now.saying !== null) feed({ kind: "said", sayId: now.saying });
    else if (step.kind === "wait") {
      add(step.ms / 1000);
      feed({ kind: "silence" });
    } else {
      if (step.kind === "callback" || step.kind === "voicemail" || step.kind === "assistant") return counting ? count : null;
      const question = `${place} ${now.stack.length} ${now.inFlow} ${now.stepId}`;
      if (counting && question !== asked) count.asks++;
      asked = question;
      for (const input of answers(dice, step, now)) if (!over && state!.stepId === now.stepId && state!.saying === null) feed(input);
    }
  }
  return over && counting ? count : null;
}

test("no caller who follows the menus hears or is asked more than the proof's bound, from the begin and from asking for a person", () => {
  let runs = 0;
  let exact = 0;
  for (let seed = 1; seed <= 250; seed++) {
    const dice = new Dice(seed + 50_000);
    const part = randomFlow(dice, true, "part");
    const flow = randomFlow(dice, true);
    if (!flow) continue;
    const site: Site = { ...randomSite(dice, true, part), channels: ["ivr"], hears: seed % 2 === 0 };
    // who goes round without choosing is told apart, and taken over by a person in the end
    if (prove(flow, site).findings.some(({ code }) => code === "loop")) continue;
    const graph = explore(flow, site);
    const longest = longestFrom(graph);
    const begin: Count = { seconds: Math.max(...graph.starts.map((node) => longest(node).seconds)), asks: Math.max(...graph.starts.map((node) => longest(node).asks)) };
    const helps = new Map<string, Count>();
    for (const node of graph.nodes) {
      for (const edge of node.edges) {
        if (!edge.help || node.stepId === null || node.place.definition !== flow) continue;
        const { seconds, asks } = longest(edge.to);
        const known = helps.get(node.stepId) ?? { seconds: 0, asks: 0 };
        helps.set(node.stepId, { seconds: Math.max(known.seconds, edge.seconds + seconds), asks: Math.max(known.asks, asks) });
      }
    }
    for (let run = 0; run < 40; run++) {
      const help = run % 2 === 0 ? null : dice.of(Object.keys(flow.steps));
      const bound = help === null ? begin : helps.get(help);
      const count = follow(flow, site, new Dice(seed * 1_000 + run), help);
      if (!count) continue;
      assert.ok(bound, `seed ${seed} run ${run}: ${help}`);
      runs++;
      assert.ok(count.seconds <= bound.seconds + 1e-6 && count.asks <= bound.asks, `seed ${seed} run ${run} ${help ?? "begin"}: ${JSON.stringify(count)} is more than ${JSON.stringify(bound)}`);
      if (count.asks === bound.asks && bound.asks > 0 && count.seconds > 0.9 * bound.seconds) exact++;
    }
  }
  assert.ok(runs > 1_500 && exact > 5, `${runs} runs, ${exact} near the bound`);
});
