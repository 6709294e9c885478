/** One turn's effects, sorted: what is told as one fact, what is then said and asked. In the order in which they came. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { FlowEffect, FlowState } from "../flow/flow.ts";
import type { Channel, TrailStep } from "../hub/hub.ts";
import { labelOf, type TurnTold } from "./flow-kept.ts";

export interface Sorted extends TurnTold {
  /** For the channel, once the rest is told. */
  says: (() => void)[];
  /** How long the customer is waited for; null = as before. */
  expectMs: number | null;
  /** What comes then proves who the customer is: how it stood before. */
  guarded: { state: FlowState; told: TurnTold } | null;
  problems: Extract<FlowEffect, { do: "problem" }>[];
  ask: Extract<FlowEffect, { do: "ask" }> | null;
  done: Extract<FlowEffect, { do: "done" }> | null;
}

export function sorted(effects: readonly FlowEffect[], { id, channel, definition, state, nowMs }: { id: string; channel: Channel; definition: FlowDocument; state: FlowState; nowMs: number }): Sorted {
  const trail: TrailStep[] = [];
  const data: Record<string, string> = {};
  const labels: Record<string, string> = {};
  const of: Sorted = { trail, data, labels, says: [], expectMs: null, guarded: null, problems: [], ask: null, done: null };
  for (const effect of effects) {
    switch (effect.do) {
      case "say":
        of.says.push(() => channel.say(id, effect.sayId, effect.utterances));
        break;
      case "stopSaying":
        of.says.push(() => channel.stopSaying(id));
        break;
      case "expect":
        of.expectMs = effect.timeoutMs;
        break;
      case "ask":
        of.ask = effect;
        break;
      case "listen": {
        const { words, free, interrupts } = effect;
        of.says.push(() => channel.listen?.(id, { language: state.language, words, free, interrupts }));
        break;
      }
      case "step":
        break;
      case "guard":
        of.guarded ??= { state: effect.state, told: { trail: [...trail], data: { ...data }, labels: { ...labels } } };
        break;
      case "problem":
        of.problems.push(effect);
        break;
      case "trail":
        trail.push({ atMs: nowMs, step: effect.step, label: effect.label, answer: effect.answer, ...(effect.sensitive && { sensitive: true }) });
        break;
      case "set":
        data[effect.name] = String(effect.value ?? "");
        Object.assign(labels, labelOf(definition, effect.name));
        break;
      case "done":
        of.done = effect;
        break;
    }
  }
  // what was asked is not what is being said now: nobody's words may answer the question of before
  const turned = effects.some((effect) => effect.do === "say" || effect.do === "ask" || effect.do === "done");
  if (turned && !effects.some((effect) => effect.do === "listen")) of.says.unshift(() => channel.listen?.(id, null));
  return of;
}
