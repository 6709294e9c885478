/**
 * Every way that a contact can go on from a step: what the interpreter can do there, over all customers and all failures
 * (`../steps/*.ts` is the law, `proof.test.ts` holds both together). Pure data: no step is entered here.
 */
import type { FlowDocument, FlowLanguage, SkillNeed, Step, StepOf } from "@tandem/protocol/flow/flow";
import type { FlowEnd } from "../state.ts";
import { isFixedNumber } from "../run.ts";
import { writeTo } from "../sentences.ts";
import { offered } from "../steps/menu.ts";
import { inLanguage } from "../words.ts";
import { BECAUSE, choice } from "./because.ts";
import type { Because } from "./because.ts";
import type { Prompts } from "./prompts.ts";
import type { QueueFound, Site } from "./site.ts";
import { either, join, knownOf, outcomes, SOMETHING, withKnown, withSet } from "./values.ts";
import type { Facts } from "./values.ts";

export type To =
  | { to: "step"; stepId: string }
  /** The flow's own way to a person. */
  | { to: "human" }
  | { to: "queue"; queueId: string; needs: readonly SkillNeed[]; found: readonly QueueFound[] }
  | { to: "number" }
  | { to: "sub"; flowId: string; next: string }
  | { to: "back" }
  | { to: "end"; how: FlowEnd; queueId: string | null; exception: string | null };

export interface Way {
  way: To;
  /** As the interpreter tells it (`waysOf`, "human"); "" = the contact leaves the flow here. */
  port: string;
  because: Because;
  /** Of prompts, and of time that the flow itself takes. */
  seconds: number;
  /** The customer was asked something. */
  asks: 0 | 1;
  /** Only by the customer's own answer; else it also happens to who is silent, errs, or when something fails. */
  chosen: boolean;
  /** A new count begins: a promise was offered and turned down, or could not be kept after all. */
  anew: boolean;
  facts: Facts;
  language: FlowLanguage;
}

export interface Leaving {
  ways: Way[];
  /** Seconds of the apology before the question is said again; null = it never is. */
  apology: number | null;
  /** The contact rests here: whoever asks for a person is heard. */
  rests: boolean;
}

export interface Standing {
  definition: FlowDocument;
  main: FlowDocument;
  site: Site;
  prompts: Prompts;
  written: boolean;
  language: FlowLanguage;
  facts: Facts;
}

const LOOKUP_SECONDS = 3;
const UPDATE_SECONDS = 5;
const SLOTS_SECONDS = 3;
const BOOK_SECONDS = 5;
const SMS_SECONDS = 5;
const ASSISTANT_SECONDS = 10;

const step = (stepId: string): To => ({ to: "step", stepId });
const HUMAN: To = { to: "human" };

export function leaving(at: Standing, step: Step): Leaving {
  const leave = new Leave(at, step);
  return { ways: leave.all(), apology: leave.apology, rests: leave.rests };
}

class Leave {
  readonly #at: Standing;
  readonly #step: Step;
  readonly #ways: Way[] = [];
  apology: number | null = null;
  rests = true;

  constructor(at: Standing, step: Step) {
    this.#at = at;
    this.#step = step;
  }

  #way(way: To, port: string, because: Because, more: Partial<Pick<Way, "seconds" | "asks" | "chosen" | "anew" | "facts" | "language">> = {}): void {
    this.#ways.push({ way, port, because, seconds: 0, asks: 0, chosen: false, anew: false, facts: this.#at.facts, language: this.#at.language, ...more });
  }

  #says(says: Parameters<Prompts["says"]>[1]): number {
    const { written, prompts, definition, language } = this.#at;
    return written ? 0 : prompts.says(definition, says, language, this.#step);
  }

  /** The author's way for those who cannot answer, else a person. */
  #gaveUp(noAnswer: string | undefined, seconds: number, because: Because = BECAUSE.gaveUp, asks: 0 | 1 = 1): void {
    this.#way(noAnswer === undefined ? HUMAN : step(noAnswer), noAnswer === undefined ? "human" : "noAnswer", because, { seconds, asks });
  }

  /** A question that is said again. */
  #question(...wrong: Parameters<Prompts["says"]>[1][]): void {
    const { retry } = this.#at.definition;
    if (retry.times > 0) this.apology = Math.max(...[retry.wrong, retry.silence, ...wrong].map((says) => this.#says(says)));
  }

  all(): Way[] {
    const one = this.#step;
    const { site, written, facts, language, definition } = this.#at;
    const seconds = "says" in one ? this.#says(one.says) : 0;
    switch (one.kind) {
      case "say":
        this.#way(step(one.next), "next", BECAUSE.heard, { seconds });
        break;
      case "menu": {
        this.#question();
        const choices = offered(one, language);
        for (const found of choices) {
          let known = facts;
          for (const [name, value] of Object.entries(found.set)) known = withSet(definition, known, name, value);
          this.#way(step(found.next), `choice:${one.choices.indexOf(found)}`, choice(found.key, { fr: inLanguage(found.label, "fr"), en: inLanguage(found.label, "en") }), { seconds, asks: 1, chosen: true, facts: known, language: found.language ?? language });
        }
        if (one.anything) this.#way(step(one.anything.next), "anything", BECAUSE.anything, { seconds, asks: 1, chosen: true, facts: this.#put(facts, one.anything.name) });
        this.#gaveUp(one.noAnswer, seconds);
        break;
      }
      case "collect": {
        const bySpeech = !written && (one.type === "text" || one.type === "email");
        if (bySpeech) {
          if (one.optional) this.#way(step(one.optional.next), "optional", BECAUSE.cannotKey);
          else this.#gaveUp(one.noAnswer, 0, BECAUSE.cannotKey, 0);
          if (!site.hears) break;
        }
        this.#question(one.wrong);
        const asked = { seconds: seconds + (written ? 0 : this.#at.prompts.confirm(definition, one, language)), asks: 1 } as const;
        this.#way(step(one.next), "next", BECAUSE.answered, { ...asked, chosen: true, facts: this.#answer(facts, one) });
        if (one.optional) this.#way(step(one.optional.next), "optional", BECAUSE.without, { ...asked });
        this.#gaveUp(one.noAnswer, asked.seconds);
        break;
      }
      case "language":
        this.#question();
        for (const language of new Set(one.choices.map((choice) => choice.language))) this.#way(step(one.next), "next", BECAUSE.answered, { seconds, asks: 1, chosen: true, language });
        this.#gaveUp(one.noAnswer, seconds);
        break;
      case "branch":
        this.rests = false;
        this.#branch(one);
        break;
      case "hours":
        this.rests = false;
        this.#way(step(one.open), "open", BECAUSE.open);
        this.#way(step(one.closed), "closed", BECAUSE.closed);
        if (one.holiday !== undefined) this.#way(step(one.holiday), "holiday", BECAUSE.holiday);
        break;
      case "lookup":
        this.#way(step(one.next), "next", BECAUSE.known, { seconds: LOOKUP_SECONDS });
        this.#way(step(one.unknown), "unknown", BECAUSE.unknown, { seconds: LOOKUP_SECONDS });
        if (one.failed !== undefined) this.#way(step(one.failed), "failed", BECAUSE.requestFails, { seconds: LOOKUP_SECONDS });
        break;
      case "update":
        this.#way(step(one.next), "next", BECAUSE.requestWorks, { seconds: UPDATE_SECONDS });
        this.#way(step(one.failed), "failed", BECAUSE.requestFails, { seconds: UPDATE_SECONDS });
        break;
      case "http": {
        let saved = facts;
        for (const { name } of one.saves) saved = withKnown(saved, name, either(knownOf(facts, name), SOMETHING));
        this.#way(step(one.next), "next", BECAUSE.requestWorks, { seconds: one.timeoutMs / 1000, facts: saved });
        this.#way(step(one.failed), "failed", BECAUSE.requestFails, { seconds: one.timeoutMs / 1000 });
        break;
      }
      case "set":
        this.rests = false;
        this.#way(step(one.next), "next", BECAUSE.computed, { facts: this.#set(one) });
        break;
      case "queue": {
        this.rests = false;
        if (one.ifClosed !== undefined) this.#way(step(one.ifClosed), "ifClosed", BECAUSE.queueClosed);
        if (one.ifFull !== undefined) this.#way(step(one.ifFull), "ifFull", BECAUSE.queueFull);
        const found: QueueFound[] = ["served", "empty"];
        if (one.ifClosed === undefined) found.push("closed");
        if (one.ifFull === undefined) found.push("full");
        this.#way({ to: "queue", queueId: one.queueId, needs: one.needs, found }, "", BECAUSE.toQueue, { seconds });
        break;
      }
      case "callback":
        this.#callback(one);
        break;
      case "voicemail":
        this.#voicemail(one, seconds);
        break;
      case "deflect":
        this.#deflect(one, seconds);
        break;
      case "assistant":
        if (!written) this.#way(step(one.failed), "failed", BECAUSE.cannotKey);
        if (!written && !site.hears) break;
        this.#question();
        this.#way(step(one.resolved), "resolved", BECAUSE.resolved, { seconds: ASSISTANT_SECONDS, chosen: true, anew: true });
        this.#way(step(one.person), "person", BECAUSE.assistantPerson, { seconds: ASSISTANT_SECONDS, chosen: true, anew: true });
        this.#way(step(one.failed), "failed", BECAUSE.assistantFails, { seconds: seconds + ASSISTANT_SECONDS, asks: 1 });
        this.#way(HUMAN, "human", BECAUSE.gaveUp, { seconds, asks: 1 });
        break;
      case "transfer":
        if (written) {
          this.#way(step(one.failed), "failed", BECAUSE.written);
          break;
        }
        this.#way({ to: "number" }, "", BECAUSE.reached, { seconds });
        this.#way(step(one.failed), "failed", BECAUSE.notReached, { seconds });
        break;
      case "subflow":
        this.rests = false;
        this.#way({ to: "sub", flowId: one.flowId, next: one.next }, "next", BECAUSE.enters);
        break;
      case "return":
        this.rests = false;
        this.#way({ to: "back" }, "", BECAUSE.returns);
        break;
      case "wait":
        this.#way(step(one.next), "next", BECAUSE.waited, { seconds: seconds + one.ms / 1000 });
        break;
      case "end":
        this.rests = one.says !== undefined;
        this.#way({ to: "end", how: "ended", queueId: null, exception: one.exception ?? null }, "", BECAUSE.ends, { seconds });
    }
    return this.#ways;
  }

  /** What was asked for has been checked: it is there, unless the variable is of another type than the question. */
  #answer(facts: Facts, { type, variable }: StepOf<"collect">): Facts {
    const declared = this.#at.definition.variables[variable]?.type;
    const fits = declared === (type === "date" ? "date" : type === "number" || type === "amount" ? "number" : "text");
    return fits ? withKnown(facts, variable, SOMETHING) : this.#put(facts, variable);
  }

  /** A value of its type; where that may not be the declared one, the old one may stay. */
  #put(facts: Facts, name: string): Facts {
    const type = this.#at.definition.variables[name]?.type;
    return withKnown(facts, name, type === undefined || type === "text" ? SOMETHING : either(knownOf(facts, name), SOMETHING));
  }

  #set(one: Extract<Step, { kind: "set" }>): Facts {
    const { definition, written, language } = this.#at;
    let known = this.#at.facts;
    for (const { name, to } of one.values) {
      const all = outcomes(definition, to, known, { language, written });
      known = all === null ? withKnown(known, name, either(knownOf(known, name), SOMETHING)) : all.map(({ value, facts }) => withSet(definition, facts, name, value)).reduce(join);
    }
    return known;
  }

  #branch(one: Extract<Step, { kind: "branch" }>): void {
    const { definition, written, language } = this.#at;
    let known: Facts = this.#at.facts;
    for (const [i, { when, next }] of one.cases.entries()) {
      const all = outcomes(definition, when, known, { language, written });
      if (all === null) {
        this.#way(step(next), `case:${i}`, BECAUSE.holds, { facts: known });
        continue;
      }
      const held = all.filter(({ value }) => value === true).map(({ facts }) => facts);
      const not = all.filter(({ value }) => value !== true).map(({ facts }) => facts);
      if (held.length > 0) this.#way(step(next), `case:${i}`, BECAUSE.holds, { facts: held.reduce(join) });
      if (not.length === 0) return;
      known = not.reduce(join);
    }
    this.#way(step(one.otherwise), "otherwise", BECAUSE.none, { facts: known });
  }

  #callback(one: Extract<Step, { kind: "callback" }>): void {
    const { prompts, definition, language, written } = this.#at;
    this.#way(step(one.failed), "failed", BECAUSE.noSlots, { seconds: SLOTS_SECONDS });
    this.#question();
    const seconds = SLOTS_SECONDS + (written ? 0 : prompts.offers(definition, one, language));
    const number = written ? 0 : prompts.number(definition, one, language);
    this.#way({ to: "end", how: "callback", queueId: one.queueId, exception: null }, "", BECAUSE.booked, { seconds, asks: 1 });
    this.#way(step(one.declined), "declined", BECAUSE.declined, { chosen: true, anew: true });
    this.#way(HUMAN, "human", BECAUSE.gaveUp, { anew: true });
    // only who has chosen comes here
    this.#way(step(one.failed), "failed", BECAUSE.bookingFails, { seconds: BOOK_SECONDS, chosen: true, anew: true });
    this.#way(HUMAN, "human", BECAUSE.gaveUp, { seconds: number, asks: 1, chosen: true, anew: true });
  }

  #voicemail(one: Extract<Step, { kind: "voicemail" }>, greeting: number): void {
    const { prompts, definition, language, written } = this.#at;
    const fail = (because: Because, anew: boolean): void => this.#way(one.failed === undefined ? HUMAN : step(one.failed), one.failed === undefined ? "human" : "failed", because, { anew });
    if (written) {
      fail(BECAUSE.written, false);
      return;
    }
    this.#question();
    this.#way({ to: "end", how: "voicemail", queueId: one.queueId, exception: null }, "", BECAUSE.recorded, { seconds: greeting });
    fail(BECAUSE.recordingFails, true);
    // a caller whose number is hidden: it is asked for, and who cannot say which it is leaves a message without
    this.#way({ to: "end", how: "voicemail", queueId: one.queueId, exception: null }, "", BECAUSE.recorded, { seconds: prompts.number(definition, one, language), asks: 1, anew: true });
  }

  #deflect(one: Extract<Step, { kind: "deflect" }>, seconds: number): void {
    const { written, prompts, language } = this.#at;
    const told = (how: FlowEnd, took: number): void => {
      if (one.next === undefined) this.#way({ to: "end", how, queueId: null, exception: null }, "", BECAUSE.told, { seconds: took });
      else this.#way(step(one.next), "next", BECAUSE.told, { seconds: took });
    };
    switch (one.to.kind) {
      case "number":
        if (written) {
          if (!isFixedNumber(one.to.number)) this.#way(step(one.failed), "failed", BECAUSE.cannotSend);
          told("message", seconds);
          break;
        }
        this.#way({ to: "number" }, "", BECAUSE.reached, { seconds });
        this.#way(step(one.failed), "failed", BECAUSE.notReached, { seconds });
        break;
      case "email":
        this.#way(step(one.failed), "failed", BECAUSE.cannotSend);
        told("email", one.says || written || this.#at.site.email === null ? seconds : prompts.sentence(writeTo(language, this.#at.site.email), language));
        break;
      case "queue":
        this.rests = false;
        this.#way(step(one.failed), "failed", BECAUSE.queueClosed);
        this.#way({ to: "queue", queueId: one.to.queueId, needs: [], found: ["served", "empty", "full"] }, "", BECAUSE.toQueue, { seconds });
        break;
      case "sms":
        this.#way(step(one.failed), "failed", BECAUSE.cannotSend, { seconds: SMS_SECONDS });
        told("sms", SMS_SECONDS + seconds);
    }
  }
}
