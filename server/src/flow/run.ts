/** One turn of the interpreter: what steps may read and do. Effects are collected in order; the state is the turn's own copy. */
import type { FlowDocument, Says, SkillNeed, Texts, Value, Values } from "@tandem/protocol/flow/flow";
import type { Utterance } from "../hub/hub.ts";
import { wallClock } from "./dates.ts";
import { coerce, expressionsOf } from "./expressions.ts";
import type { Evaluated, ExpressionFacts } from "./expressions.ts";
import { HIDDEN_ANSWER } from "./hidden.ts";
import { SPOKEN_PHRASES } from "./reach-human.ts";
import { spellDate, spellNumber } from "./spell.ts";
import type { Manner } from "./spell.ts";
import type { Ask, FlowEffect, FlowEnd, FlowOutcome, FlowState, FlowWorld } from "./state.ts";
import { fill, inLanguage, VARIABLE } from "./words.ts";

/** Data of one flow: a loop that collects for ever must not grow the state without end. */
const MAX_VALUES = 100;
/** Sub-flows in sub-flows: one that calls itself ends with a person. */
export const MAX_DEPTH = 5;

export interface Choice {
  key: string;
  label: string;
  words: readonly string[];
}

/** A question: what is said, and what may be answered. */
export interface Question {
  says: readonly (Says | Utterance)[];
  choices: readonly Choice[];
  /** A recogniser listens too; `free`: for any sentence. */
  speech: boolean;
  free: boolean;
  interruptible: boolean;
}

export class Run {
  /** The flow whose steps are walked: the contact's own, or a sub-flow. */
  definition: FlowDocument;
  readonly main: FlowDocument;
  readonly state: FlowState;
  readonly world: FlowWorld;
  readonly effects: FlowEffect[] = [];
  /** Set by `goTo`: the step to enter next. */
  next: string | null = null;

  constructor(main: FlowDocument, state: FlowState, world: FlowWorld) {
    this.main = main;
    this.state = state;
    this.world = world;
    this.definition = this.#resolve(state.inFlow) ?? main;
  }

  #resolve(flowId: string): FlowDocument | null {
    return flowId === this.main.id ? this.main : this.world.flow(flowId);
  }

  get manner(): Manner {
    return { language: this.state.language, written: this.state.written, zone: this.world.centre.zone };
  }

  get today(): string {
    return wallClock(this.world.centre.zone, this.world.nowMs).date;
  }

  // ---- reading

  #variable(variable: string): Value {
    const { state, world } = this;
    const dot = variable.indexOf(".");
    const name = variable.slice(dot + 1);
    switch (dot < 0 ? "" : variable.slice(0, dot)) {
      case "data":
        return own(state.data, name);
      case "customer":
        return state.customer && own(state.customer, name);
      case "case":
        return state.case ? own(state.case, name) : null;
      case "context":
        return own(state.context, name);
      case "contact":
        return own(this.facts().contact, name);
      case "centre":
        return name === "email" ? world.centre.email : name === "site" ? (world.centre.site ?? null) : null;
      default:
        // a step's own: {value}, already spelt
        return own(state.memo, `{${variable}}`);
    }
  }

  /** For machines: numbers with a point, dates as yyyy-mm-dd; "" when there is none. */
  raw(variable: string): string {
    return String(this.#variable(variable) ?? "");
  }

  /** As the customer hears or reads it; "" when there is none. What is written is read by others, too: a hidden answer is dots there; `aloud`: it is only heard. */
  show(variable: string, aloud = false): string {
    const value = this.#variable(variable);
    if (value === null) return "";
    if (!aloud && this.isSecret(variable)) return HIDDEN_ANSWER;
    if (typeof value === "number") return spellNumber(value, this.state.language, false);
    const type = variable.startsWith("data.") ? this.definition.variables[variable.slice(5)]?.type : undefined;
    return type === "date" ? spellDate(String(value), this.state.language) : String(value);
  }

  /** In the customer's language and the medium's manner, variables filled. */
  words(says: Says): string {
    return this.fill(inLanguage(this.state.written ? (says.reads ?? says.sounds) : says.sounds, this.state.language), !this.state.written);
  }

  fill(text: string, aloud = false): string {
    return fill(text, (variable) => this.show(variable, aloud));
  }

  /** A hidden answer, or what was computed of one. */
  isSecret(variable: string): boolean {
    return variable.startsWith("data.") && this.state.secrets?.includes(variable.slice(5)) === true;
  }

  /** The expression reads a hidden answer: what it gives is one. */
  readsSecret(source: string): boolean {
    const { secrets = [] } = this.state;
    return secrets.length > 0 && expressionsOf(this.definition).reads(source).values.some((one) => secrets.includes(one));
  }

  /**
   * A number to dial; null when there is none. Attack: a customer who keys a premium-rate number, or a page that sends one. Where their
   * words stand in it, it is a short number of the house or nothing.
   */
  number(template: string): string | null {
    const number = this.fill(template);
    const outside = [...template.matchAll(VARIABLE)].some(([, name = ""]) => (name.startsWith("data.") ? this.state.told.includes(name.slice(5)) : !name.startsWith("customer.")));
    return (outside ? /^\d{2,6}$/ : /^[+*#\d]/).test(number) ? number : null;
  }

  /** In the centre's own language, for agents. */
  ownWords(texts: Texts): string {
    return inLanguage(texts, this.main.languages[0] ?? "fr");
  }

  facts(value?: Value): ExpressionFacts {
    const { state, world } = this;
    const { zone } = world.centre;
    const clock = wallClock(zone, world.nowMs);
    return {
      data: state.data,
      customer: { ...state.customer, known: state.customer !== null && state.customer.known !== false },
      case: { ...state.case, known: state.case !== undefined },
      context: state.context,
      contact: {
        medium: state.medium, from: state.from, to: state.to, language: state.language, written: state.written, hidden: isHidden(state.from),
        hour: clock.hour, weekday: clock.weekday, date: clock.date, time: clock.time, returning: state.returning,
      },
      ...(value === undefined ? {} : { value }),
    };
  }

  /** Null and a problem told when it cannot be computed. */
  evaluate(source: string, value?: Value): Value {
    const valueType = value === undefined ? undefined : typeof value === "number" ? "double" : "string";
    const result: Evaluated = expressionsOf(this.definition).evaluate(source, this.facts(value), valueType);
    if (result.ok) return result.value;
    // the reason may name the value
    this.problem(this.readsSecret(source) ? `${source}: cannot be computed` : `${source}: ${result.why}`);
    return null;
  }

  // ---- telling

  say(all: readonly (Says | Utterance)[], choices: readonly { key: string; label: string }[] = []): void {
    const { state } = this;
    const utterances: Utterance[] = all.flatMap((one) => ("sounds" in one ? this.#utter(one) : [one]));
    const last = utterances.at(-1);
    if (last && choices.length > 0) utterances[utterances.length - 1] = { ...last, choices };
    state.sayCount++;
    state.saying = `${state.stepId}:${state.sayCount}`;
    state.expects = null;
    this.effects.push({ do: "say", sayId: state.saying, utterances });
  }

  #utter(says: Says): Utterance[] {
    const { language, written } = this.state;
    const recordingId = says.recording?.[language];
    const own: Utterance = { text: this.words(says), language, ...(written || recordingId === undefined ? {} : { recordingId }) };
    const aside = written ? undefined : says.aside?.[language];
    return aside ? [own, { ...aside, text: this.fill(aside.text, true) }] : [own];
  }

  /** A sentence of the engine's own, in the customer's language. */
  sentence(text: string): Utterance {
    return { text, language: this.state.language };
  }

  ask(question: Question): void {
    const { language, written } = this.state;
    const { reachHuman } = this.definition;
    this.say(question.says, [...question.choices.map(({ key, label }) => ({ key, label })), { key: "0", label: inLanguage(reachHuman.label, language) }]);
    if (written || !(this.world.hears || this.world.spots) || !question.speech) return;
    const words = question.choices.map(({ key, label, words }) => ({ key, phrases: [label, ...words] }));
    words.push({ key: "0", phrases: [...new Set([inLanguage(reachHuman.label, language), ...SPOKEN_PHRASES[language], ...reachHuman.words])] });
    this.effects.push({ do: "listen", words, free: question.free, interrupts: question.interruptible });
  }

  stopSaying(): void {
    if (this.state.saying === null) return;
    this.state.saying = null;
    this.effects.push({ do: "stopSaying" });
  }

  /** Waits as long as the medium deserves, or `ms`. */
  expect(ms?: number): void {
    const { voiceMs, writtenMs } = this.definition.silence;
    const timeoutMs = ms ?? (this.state.written ? writtenMs : voiceMs);
    this.state.expects = { ms: timeoutMs, untilMs: this.world.nowMs + timeoutMs };
    this.effects.push({ do: "expect", timeoutMs });
  }

  /** For the answer to a question: by voice, as long as its step says. */
  expectAnswer(silenceMs: number | undefined): void {
    this.expect(this.state.written ? undefined : silenceMs);
  }

  asks(ask: Ask, timeoutMs: number): void {
    const { state } = this;
    state.askCount++;
    state.expects = null;
    state.asked = { askId: `${state.stepId}:${state.askCount}`, ask, timeoutMs };
    this.effects.push({ do: "ask", ...state.asked });
  }

  trail(label: string, answer: string, sensitive = false): void {
    this.effects.push({ do: "trail", step: this.state.stepId, label, answer: answer.slice(0, 200), ...(sensitive && { sensitive: true }) });
  }

  problem(why: string): void {
    this.effects.push({ do: "problem", flowId: this.state.inFlow, stepId: this.state.stepId, why });
  }

  // ---- what is kept

  /** The case that the contact is about, for steps and for the agent; seen once however often it is written to. */
  caseIs(values: Values): void {
    const before = this.raw("case.number");
    this.state.case = values;
    const { number = "", subject = "" } = values;
    if (String(number) !== before) this.trail(this.ownWords({ fr: "Dossier", en: "Case" }), [number, subject].filter((part) => part !== null && part !== "").join(" · "));
  }

  /** Sets a variable, as its declared type; what cannot be that type leaves it as it was. `told`: the customer's own words; `secret`: not for the centre. */
  set(name: string, value: Value, { told = false, secret = false }: { told?: boolean; secret?: boolean } = {}): void {
    const { data } = this.state;
    const type = this.definition.variables[name]?.type;
    const kept = type === undefined ? value : coerce(type, value);
    if (kept === undefined) {
      if (value !== null) this.problem(`${name}: ${typeof value} is not ${type ?? ""}`);
      return;
    }
    if (!Object.hasOwn(data, name) && Object.keys(data).length >= MAX_VALUES) return;
    data[name] = kept;
    const { told: before } = this.state;
    if (told !== before.includes(name)) this.state.told = told ? [...before, name] : before.filter((one) => one !== name);
    const secrets = this.state.secrets?.filter((one) => one !== name) ?? [];
    if (secret || this.state.secrets) this.state.secrets = secret ? [...secrets, name] : secrets;
    if (!secret) this.effects.push({ do: "set", name, value: kept });
  }

  /** What comes now proves who the customer is. */
  guard(): void {
    const { state } = this;
    this.effects.push({ do: "guard", state: { ...state, data: { ...state.data }, memo: {}, ahead: "" } }); // typed ahead, it may be the answer
  }

  raisePriority(priority: number): void {
    this.state.priority = Math.max(this.state.priority, priority);
  }

  // ---- going on

  /** Leaves the step by that port. */
  goTo(stepId: string, port: string): void {
    this.#left(port);
    this.next = stepId;
  }

  #left(port: string): void {
    this.effects.push({ do: "step", flowId: this.state.inFlow, stepId: this.state.stepId, port });
  }

  /** Into a published flow; back at `next` of this one. */
  enterFlow(flowId: string, next: string): void {
    const { state } = this;
    const flow = state.stack.length < MAX_DEPTH ? this.#resolve(flowId) : null;
    if (!flow) {
      this.problem(`sub-flow "${flowId}" cannot be entered`);
      this.toHuman("flow");
      return;
    }
    state.stack = [...state.stack, { flowId: state.inFlow, stepId: state.stepId, next }];
    state.inFlow = flow.id;
    this.definition = flow;
    this.initialise(flow);
    this.next = flow.start;
  }

  /** Variables that begin with a value; what came from outside takes its declared type, or is not there. */
  initialise(flow: FlowDocument): void {
    const { data } = this.state;
    for (const [name, { type, initial }] of Object.entries(flow.variables)) {
      const given = Object.hasOwn(data, name) ? coerce(type, data[name] ?? null) : undefined;
      const value = given ?? initial ?? undefined;
      if (value === undefined) delete data[name];
      else data[name] = value;
    }
  }

  /** Back from a sub-flow. */
  leaveFlow(): void {
    const { state } = this;
    const back = state.stack.at(-1);
    const flow = back && this.#resolve(back.flowId);
    if (!back || !flow) {
      this.problem("there is no flow to return to");
      this.toHuman("flow");
      return;
    }
    state.stack = state.stack.slice(0, -1);
    state.inFlow = flow.id;
    state.stepId = back.stepId;
    this.definition = flow;
    this.goTo(back.next, "next");
  }

  toQueue(queueId: string, needs: readonly SkillNeed[], more: { preferredAgentId?: string; whisper?: string } = {}): void {
    const { language, priority, reason } = this.state;
    const all = [...needs];
    for (const need of this.main.languageNeeds[language] ?? []) {
      if (!all.some((one) => one.skillId === need.skillId)) all.push(need);
    }
    this.done({ type: "queue", queueId, needs: all, priority, ...(reason === null ? {} : { reason }), language, ...more });
  }

  /** A person, now. `why` is the trail's answer. */
  toHuman(why: string): void {
    const { reachHuman } = this.definition;
    this.stopSaying();
    this.#left("human");
    this.trail(this.ownWords(reachHuman.label), why);
    this.say([reachHuman.says]);
    this.toQueue(reachHuman.queueId, []);
  }

  end(how: FlowEnd, ref: string | null = null, exception: string | null = null): void {
    this.done({ type: "end", how, ref, exception });
  }

  done(outcome: FlowOutcome): void {
    this.state.done = true;
    this.state.saying = null;
    this.state.asked = null;
    this.state.expects = null;
    this.next = null;
    this.effects.push({ do: "done", outcome });
  }

  /** A wrong answer or a silence: `again` says the question again after an apology; past the flow's retries `noAnswer`, or a person. */
  retry(why: "wrong" | "silence", again: (before: Says) => void, noAnswer?: string): void {
    const { state } = this;
    const { retry } = this.definition;
    state.failures++;
    state.digits = "";
    state.ahead = "";
    if (state.failures <= retry.times) again(retry[why]);
    else this.giveUp(why, noAnswer);
  }

  /** The customer cannot answer here. */
  giveUp(why: string, noAnswer: string | undefined): void {
    if (noAnswer === undefined) this.toHuman(why);
    else this.goTo(noAnswer, "noAnswer");
  }
}

/** A template of `Run.number` that is a number whatever the customer says. */
export const isFixedNumber = (template: string): boolean => template.search(VARIABLE) < 0 && /^[+*#\d]/.test(template);

/** Not what every object of JavaScript's has. */
function own(values: Values, name: string): Value {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

/** RFC 3323's anonymous caller, and what gateways write in its place. */
export function isHidden(from: string): boolean {
  return from === "" || /^(anonymous|anonyme|private|restricted|unavailable|unknown|withheld)\b/i.test(from);
}
