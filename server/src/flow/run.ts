/** One turn of the interpreter: what steps may read and do. Effects are collected in order; the state is the turn's own copy. */
import type { Utterance } from "../hub/hub.ts";
import type { FlowSettings, SkillNeed } from "./settings.ts";
import type { FlowEffect, FlowState } from "./state.ts";
import { fill, inLanguage } from "./words.ts";
import type { Says, Texts, Value } from "./words.ts";

/** Wrong answers and silences at one step before a person is called: the question is asked again twice. */
export const MAX_RETRIES = 2;
/** Data of one flow: a loop that collects for ever must not grow the state without end. */
const MAX_VALUES = 100;

export class Run {
  readonly settings: FlowSettings;
  readonly state: FlowState;
  readonly nowMs: number;
  readonly effects: FlowEffect[] = [];
  /** Set by `goTo`: the step to enter next. */
  next: string | null = null;

  constructor(settings: FlowSettings, state: FlowState, nowMs: number) {
    this.settings = settings;
    this.state = state;
    this.nowMs = nowMs;
  }

  read(variable: string): Value {
    const { state } = this;
    if (variable.startsWith("data.")) return state.data[variable.slice(5)] ?? null;
    if (variable.startsWith("customer.")) return state.customer?.[variable.slice(9)] ?? null;
    if (variable === "from") return state.from;
    if (variable === "to") return state.to;
    if (variable === "medium") return state.medium;
    if (variable === "language") return state.language;
    return null;
  }

  /** In the customer's language and the medium's manner, variables filled. */
  words(says: Says): string {
    const texts = this.state.written ? (says.reads ?? says.sounds) : says.sounds;
    return fill(inLanguage(texts, this.state.language), (variable) => this.read(variable));
  }

  /** In the centre's own language, for agents. */
  ownWords(texts: Texts): string {
    return inLanguage(texts, this.settings.languages[0] ?? "fr");
  }

  say(all: readonly Says[], choices: readonly { key: string; label: string }[] = []): void {
    const { state } = this;
    const utterances: Utterance[] = all.flatMap((says) => {
      const own: Utterance = { text: this.words(says), language: state.language };
      const aside = state.written ? undefined : says.aside?.[state.language];
      return aside ? [own, aside] : [own];
    });
    const last = utterances.at(-1);
    if (last && choices.length > 0) utterances[utterances.length - 1] = { ...last, choices };
    state.sayCount++;
    state.saying = `${state.stepId}:${state.sayCount}`;
    this.effects.push({ do: "say", sayId: state.saying, utterances });
  }

  stopSaying(): void {
    if (this.state.saying === null) return;
    this.state.saying = null;
    this.effects.push({ do: "stopSaying" });
  }

  /** Waits as long as the medium deserves, or `ms`. */
  expect(ms?: number): void {
    const { voiceMs, writtenMs } = this.settings.silence;
    this.effects.push({ do: "expect", timeoutMs: ms ?? (this.state.written ? writtenMs : voiceMs) });
  }

  trail(label: string, answer: string): void {
    this.effects.push({ do: "trail", step: this.state.stepId, label, answer });
  }

  set(name: string, value: Value): void {
    const { data } = this.state;
    if (!(name in data) && Object.keys(data).length >= MAX_VALUES) return;
    data[name] = value;
    this.effects.push({ do: "set", name, value });
  }

  raisePriority(priority: number): void {
    this.state.priority = Math.max(this.state.priority, priority);
  }

  goTo(stepId: string): void {
    this.next = stepId;
  }

  toQueue(queueId: string, needs: readonly SkillNeed[]): void {
    const { language, priority, reason } = this.state;
    const all = [...needs];
    for (const need of this.settings.languageNeeds[language] ?? []) {
      if (!all.some((one) => one.skillId === need.skillId)) all.push(need);
    }
    this.#done({ do: "done", outcome: { type: "queue", queueId, needs: all, priority, ...(reason === null ? {} : { reason }), language } });
  }

  /** A person, now. `why` is the trail's answer. */
  toHuman(why: string): void {
    const { reachHuman } = this.settings;
    this.stopSaying();
    this.trail(this.ownWords(reachHuman.label), why);
    this.say([reachHuman.says]);
    this.toQueue(reachHuman.queueId, []);
  }

  end(): void {
    this.#done({ do: "done", outcome: { type: "end" } });
  }

  #done(effect: FlowEffect): void {
    this.state.done = true;
    this.state.saying = null;
    this.next = null;
    this.effects.push(effect);
  }

  /** A wrong answer or a silence: `ask` says the question again after an apology; past MAX_RETRIES a person takes over. */
  retry(why: "wrong" | "silence", ask: (before: Says) => void): void {
    this.state.failures++;
    this.state.digits = "";
    this.state.ahead = "";
    if (this.state.failures > MAX_RETRIES) this.toHuman(why);
    else ask(this.settings.retry[why]);
  }
}
