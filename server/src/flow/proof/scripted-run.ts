/**
 * A run of a flow with a scripted customer and a scripted world: the real interpreter, nothing carried out, nothing kept. A queue that does not
 * take the contact leads into its deflection, as it would live.
 */
import type { FlowRun } from "@tandem/protocol/flow-studio";
import { waysOf } from "@tandem/protocol/flow/flow";
import type { FlowAct, FlowDocument, FlowLanguage, FlowTest, HoursOf, Values } from "@tandem/protocol/flow/flow";
import { continueFlow, startFlow, stepFlow } from "../interpreter.ts";
import type { Turn } from "../interpreter.ts";
import type { Answer, Ask, FlowEffect, FlowInput, FlowOutcome, FlowState, FlowWorld } from "../state.ts";
import type { ProofChannel, QueueFound, Site } from "./site.ts";

export type Given = FlowTest["given"];
/** Turns of one run: a flow that waits in a circle is cut here, as sixty steps without a word are cut by the interpreter. */
const MAX_TURNS = 1_000;
/** Deflections in a row. */
const MAX_SENT_AWAY = 5;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A case that a script does not number. */
const SCRIPTED_CASE = "1001";

export interface ScriptSite extends Site {
  /** Now, where a script names no instant. */
  nowMs: number;
  hoursAt(atMs: number, of: HoursOf, medium: string, language: FlowLanguage): "open" | "closed" | "holiday";
  agent(idOrLogin: string): string | null;
}

export function playScript(document: FlowDocument, script: { acts: readonly FlowAct[]; given: Given }, site: ScriptSite): FlowRun {
  const run = new ScriptedRun(document, script.given, site);
  run.begin();
  script.acts.forEach((act, i) => run.act(act, i + 1));
  return run.told();
}

class ScriptedRun {
  readonly #document: FlowDocument;
  readonly #given: Given;
  readonly #site: ScriptSite;
  readonly #world: FlowWorld;
  readonly #written: boolean;
  readonly #steps: FlowRun["steps"] = [];
  /** What each queue remembers of having sent the contact away. */
  readonly #memories = new Map<string, string>();
  #sentAway = 0;
  /** What runs: the flow, or a deflection. */
  #running: FlowDocument;
  #state: FlowState | null = null;
  #end: FlowRun["end"] = null;
  #asks: FlowRun["asks"] = null;
  #act = 0;
  #turns = 0;

  constructor(document: FlowDocument, given: Given, site: ScriptSite) {
    this.#document = document;
    this.#running = document;
    this.#given = given;
    this.#site = site;
    this.#written = given.medium !== "voice";
    const nowMs = given.at === undefined ? site.nowMs : Date.parse(given.at);
    const hours: FlowWorld["hours"] = (of, medium, language) => (given.at === undefined ? given.hours : site.hoursAt(nowMs, of, medium, language));
    this.#world = {
      nowMs, hours, centre: { zone: site.zone, country: site.country, email: site.email }, hears: site.hears,
      queue: (id, language) => {
        if (!site.queue(id)) return null;
        const found = this.#found(id, language);
        return { open: found !== "closed", full: found === "full", waiting: found === "full" ? 50 : 0, longestWaitMs: found === "full" ? 15 * 60_000 : 0, freeAgents: found === "served" ? 1 : 0, staffed: found === "served" || found === "full" ? 3 : 0 };
      },
      flow: (id) => site.flow(id),
      agent: (name) => site.agent(name),
    };
  }

  begin(): void {
    this.#start(this.#document);
  }

  act(act: FlowAct, number: number): void {
    this.#act = number;
    switch (act.do) {
      case "keys":
        if (this.#written) this.#feed({ kind: "text", text: act.keys });
        else for (const key of act.keys) this.#feed({ kind: "key", key });
        // the pause after the last key
        if (this.#state?.digits) this.#feed({ kind: "silence" });
        break;
      case "says":
        this.#feed({ kind: "text", text: act.text });
        break;
      case "silence":
        this.#feed({ kind: "silence" });
    }
    this.#settle();
  }

  told(): FlowRun {
    return { steps: this.#steps, asks: this.#end === null ? this.#asks : null, end: this.#end, data: { ...this.#state?.data } };
  }

  #start(flow: FlowDocument): void {
    const { medium, language, from, customer, context } = this.#given;
    this.#running = flow;
    this.#take(startFlow(flow, { medium: medium === "sms" ? "message" : medium, written: this.#written, from, to: "", language: this.#state?.language ?? language, data: this.#state?.data ?? {}, customer, context, returning: false }, this.#world));
    this.#settle();
  }

  #feed(input: FlowInput): void {
    if (this.#end !== null || !this.#state || this.#state.done || this.#turns++ > MAX_TURNS) return;
    this.#take(stepFlow(this.#running, this.#state, input, this.#world));
  }

  /** What happens without the customer: words are heard to their end, questions to the world are answered, waits pass. */
  #settle(): void {
    while (this.#end === null && this.#state && !this.#state.done && this.#turns <= MAX_TURNS) {
      const { saying, asked, stepId } = this.#state;
      if (saying !== null) this.#feed({ kind: "said", sayId: saying });
      else if (asked !== null) this.#feed({ kind: "answered", askId: asked.askId, answer: this.#answer(stepId, asked.ask) });
      else if (this.#stepNow()?.kind === "wait") this.#feed({ kind: "silence" });
      else return;
    }
  }

  #stepNow(): FlowDocument["steps"][string] | undefined {
    const { inFlow, stepId } = this.#state ?? { inFlow: "", stepId: "" };
    return (inFlow === this.#running.id ? this.#running : this.#world.flow(inFlow))?.steps[stepId];
  }

  // ---- what is told

  #enter(stepId: string): void {
    if (this.#steps.at(-1)?.stepId !== stepId || this.#steps.at(-1)?.port !== null) this.#steps.push({ stepId, port: null, says: [], act: this.#act });
  }

  #take({ state, effects }: Turn): void {
    const own = this.#running === this.#document;
    if (own && this.#state === null) this.#enter(this.#document.start);
    this.#state = state;
    for (const effect of effects) {
      if (effect.do === "say") this.#hear(effect);
      else if (effect.do === "step" && own && effect.flowId === this.#document.id) this.#leave(effect);
    }
    const step = this.#stepNow();
    if (own && !state.done && state.inFlow === this.#document.id && step && this.#steps.at(-1)?.stepId !== state.stepId) this.#enter(state.stepId);
    if (this.#asks) this.#asks = { ...this.#asks, free: this.#written || step?.kind === "collect" || step?.kind === "assistant" || (step?.kind === "menu" && step.anything !== undefined) };
    const done = effects.find((effect) => effect.do === "done");
    if (done) this.#finish(done.outcome, state.stepId);
  }

  #hear({ utterances }: Extract<FlowEffect, { do: "say" }>): void {
    this.#steps.at(-1)?.says.push(utterances.map(({ text }) => text).join(" "));
    const options = utterances.flatMap(({ choices }) => choices ?? []);
    this.#asks = options.length > 0 ? { options: options.map(({ key, label }) => ({ key, label })), free: false } : null;
  }

  #leave({ stepId, port }: Extract<FlowEffect, { do: "step" }>): void {
    const open = this.#steps.findLast((one) => one.stepId === stepId && one.port === null);
    if (open) open.port = port;
    else this.#steps.push({ stepId, port, says: [], act: this.#act });
    const step = this.#document.steps[stepId];
    const next = step && waysOf(step).find((way) => way.port === port)?.to;
    // a sub-flow's way out is told when it is back
    if (next !== undefined) this.#enter(next);
  }

  // ---- where it ends

  #finish(outcome: FlowOutcome, stepId: string): void {
    const blank = { queueId: null, priority: null, exception: null };
    switch (outcome.type) {
      case "end": {
        const ends = { callback: "callback", voicemail: "voicemail", email: "email", sms: "message", message: "message", resolved: "ended", ended: "ended" } as const;
        this.#end = { end: ends[outcome.how], ...blank, exception: outcome.exception };
        return;
      }
      case "hand-over":
        if (this.#given.answers[stepId] === "fails" && this.#state) {
          this.#take(continueFlow(this.#running, this.#state, outcome.failedStep, this.#world));
          this.#settle();
        } else this.#end = { end: "number", ...blank };
        return;
      case "queue": {
        const to = this.#deflected(outcome.queueId);
        if (typeof to !== "string") this.#start(to);
        else this.#end = { end: "person", queueId: to, priority: outcome.priority, exception: null };
      }
    }
  }

  /** The queue that takes the contact, passed on from one to another, or the flow that runs instead. */
  #deflected(queueId: string): FlowDocument | string {
    const { medium } = this.#given;
    const channel: ProofChannel = medium === "voice" ? "ivr" : medium;
    const seen = new Set<string>();
    for (let at = queueId; !seen.has(at) && this.#sentAway < MAX_SENT_AWAY; ) {
      seen.add(at);
      const [to] = this.#site.queue(at)?.deflect({ found: this.#found(at), channel, before: this.#memories.get(at) ?? null }) ?? [];
      if (!to || to.to === "taken") return at;
      if (to.to === "flow") {
        this.#memories.set(at, to.memory);
        this.#sentAway++;
        return to.flow;
      }
      at = to.queueId;
    }
    return queueId;
  }

  #found(queueId: string, language = this.#state?.language ?? this.#given.language): QueueFound {
    const { at, queues, medium } = this.#given;
    if (at === undefined || queues !== "served") return queues;
    return this.#site.hoursAt(Date.parse(at), { kind: "queue", queueId }, medium, language) === "open" ? "served" : "closed";
  }

  // ---- what the world answers

  #answer(stepId: string, ask: Ask): Answer {
    const scripted = this.#given.answers[stepId];
    const fails: Answer = { ok: false, why: "as given" };
    if (scripted === "fails") return fails;
    const values: Values | null = scripted === undefined || scripted === "unknown" ? null : scripted;
    switch (ask.kind) {
      case "lookup":
        if (scripted === undefined) return fails;
        return ask.of === undefined ? { ok: true, customer: values && { known: true, ...values } } : { ok: true, case: values && { number: ask.of === "case" ? ask.value : SCRIPTED_CASE, state: "open", ...values } };
      case "update":
        if (ask.of !== undefined) return scripted === undefined ? fails : { ok: true, case: { number: SCRIPTED_CASE, state: "open", ...this.#state?.case, ...ask.fields, ...values } };
        return scripted === undefined ? fails : { ok: true, customer: { ...this.#state?.customer, ...ask.fields, known: true } };
      case "http":
        return values ? { ok: true, values } : fails;
      case "assistant": {
        const goes = values?.goes;
        return values ? { ok: true, says: String(values.says ?? ""), goes: goes === "resolved" || goes === "person" ? goes : "on" } : fails;
      }
      case "slots": {
        const first = Math.ceil(this.#world.nowMs / DAY_MS) * DAY_MS + 9 * HOUR_MS;
        const { inOrder = false, dated = false } = this.#site.queue(ask.queueId)?.callbacks ?? {};
        return { ok: true, slots: dated ? [0, 1, 2].map((i) => ({ startMs: first + i * HOUR_MS, endMs: first + (i + 1) * HOUR_MS })) : [], inOrder: inOrder && this.#found(ask.queueId) !== "closed" ? { position: 3, estimatedWaitMs: 300_000 } : null };
      }
      case "callback":
        return { ok: true, callbackId: "script", dueMs: ask.slot?.startMs ?? null };
      case "record":
        return { ok: true, messageId: "script", seconds: 12 };
      case "sms":
        return { ok: true };
    }
  }
}
