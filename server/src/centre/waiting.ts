/**
 * What somebody who waits for a person is told: place and estimated wait, the queue's announcements, the offer to be called back. Music is
 * the channel's; when it plays and what, is said here too. All by the settings of the queue in which they wait now (protocol/src/waiting.ts).
 */
import type { Waiting as WaitingSettings } from "@tandem/protocol/waiting";
import type { Clock } from "../base/clock.ts";
import type { Interaction, Language, Utterance } from "../hub/hub.ts";

/** Estimates are said in whole minutes, rounded up: an announced wait is a promise. */
const MINUTE_MS = 60_000;
/** Measured errors below this are what rounding up hides anyway. */
const SMALL_ERROR_MS = MINUTE_MS;
/** Fewer kept or broken promises say nothing about the estimates. */
const ENOUGH_PROMISES = 20;

export interface Place {
  position: number;
  of: number;
  estimatedWaitMs: number | null;
}

export interface WaitingOptions {
  clock: Clock;
  settings(queueId: string): WaitingSettings;
  position(id: string): Place | null;
  /** How far off the estimates said in this queue were lately; null = not measured. */
  estimateError(queueId: string): { p90Ms: number; count: number } | null;
  say(it: Interaction, utterances: readonly Utterance[]): void;
  /** What was said is a promise: at most `waitMs`, from that `position`. `estimateMs` is measured also where it was kept back. */
  promised(it: Interaction, told: { waitMs: number | null; position: number | null; estimateMs: number | null }): void;
  /** False: calling back is not possible there now. */
  canCallBack(queueId: string, language: Language): boolean;
  /** They want to be called back: a dialogue settles it; their place is kept. */
  callBack(it: Interaction): void;
  live(id: string): Interaction | undefined;
  /** Nobody is there for who waits on an open line: true when they go elsewhere now. */
  leaves(it: Interaction): boolean;
}

/** What is kept of one contact while it waits. */
interface Wait {
  sinceMs: number;
  saidMs: number;
  /** Next instants, by what is said: "place", "offer", or an announcement's index; and when it is looked whether anybody is there. */
  readonly due: Map<string, number>;
  queueId: string;
  offered: boolean;
  exceeded: boolean;
  cancel: () => void;
}

export class Waiting {
  readonly #waits = new Map<string, Wait>();
  /** When who is here was offered a call back last: who declined by a dialogue, or waits elsewhere now, is not asked again at once. */
  readonly #offeredMs = new Map<string, number>();
  readonly #options: WaitingOptions;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** After every change of a contact. */
  follow(it: Interaction): void {
    // whom we promised to call is not on the line, or is about to be answered: nothing is said or promised to them
    const waits = (it.state === "queued" || it.state === "offered") && !it.calledBack;
    const wait = this.#waits.get(it.id);
    if (it.state === "closed") this.#offeredMs.delete(it.id);
    if (!waits || it.queue === null) {
      wait?.cancel();
      this.#waits.delete(it.id);
      return;
    }
    const { queueId } = it.queue;
    if (wait?.queueId === queueId) return;
    wait?.cancel();
    this.#begin(it, queueId, wait);
  }

  /** What a waiting customer keys or writes; true when it was an answer to what we offered. */
  input(it: Interaction, input: { kind: "key"; key: string } | { kind: "text"; text: string }): boolean {
    const wait = this.#waits.get(it.id);
    if (!wait?.offered || it.state !== "queued") return false;
    const said = input.kind === "key" ? input.key : input.text.trim();
    if (said !== OFFER_KEY) return false;
    wait.offered = false;
    this.#options.callBack(it);
    return true;
  }

  /** Longer than anybody should wait there: the call back is offered now, whatever the estimate; they may stay. */
  exceeded(id: string): void {
    const wait = this.#waits.get(id);
    const it = this.#options.live(id);
    if (!wait || !it || it.traits.written) return;
    const { callback } = this.#options.settings(wait.queueId);
    if (!callback) return;
    wait.exceeded = true;
    wait.due.set("offer", this.#offerAt(id, callback, 0));
    this.#next(id, wait);
  }

  stop(): void {
    for (const { cancel } of this.#waits.values()) cancel();
    this.#waits.clear();
    this.#offeredMs.clear();
  }

  /** Another queue has other words; what was said last still counts against saying the next thing too soon. */
  #begin(it: Interaction, queueId: string, before: Wait | undefined): void {
    const now = this.#options.clock.now();
    const settings = this.#options.settings(queueId);
    const wait: Wait = { sinceMs: now, saidMs: before?.saidMs ?? now, due: new Map(), queueId, offered: false, exceeded: false, cancel: () => {} };
    const { written } = it.traits;
    // written media show the place on the page, and a person who reads is not offered a call by keys
    if (!written && (settings.position || settings.estimate)) wait.due.set("place", now + settings.firstAfterS * 1_000);
    if (!written && settings.callback) wait.due.set("offer", this.#offerAt(it.id, settings.callback, Math.max(1, settings.callback.afterS)));
    settings.announcements.forEach(({ firstAfterS }, i) => wait.due.set(String(i), now + firstAfterS * 1_000));
    // who writes has an answer when somebody reads it
    if (!written) wait.due.set(NOBODY, now + LOOK_MS);
    this.#waits.set(it.id, wait);
    this.#next(it.id, wait);
  }

  /** So many seconds from now, and no sooner after the last offer than the settings say. */
  #offerAt(id: string, { everyS }: NonNullable<WaitingSettings["callback"]>, afterS: number): number {
    return Math.max(this.#options.clock.now() + afterS * 1_000, (this.#offeredMs.get(id) ?? -Infinity) + everyS * 1_000);
  }

  #next(id: string, wait: Wait): void {
    wait.cancel();
    if (wait.due.size === 0) return;
    const { clock, settings } = this.#options;
    const quietUntil = wait.saidMs === wait.sinceMs ? 0 : wait.saidMs + settings(wait.queueId).quietS * 1_000;
    const atMs = Math.max(quietUntil, Math.min(...wait.due.values()));
    wait.cancel = clock.after(Math.max(0, atMs - clock.now()), () => this.#tick(id, wait));
  }

  #tick(id: string, wait: Wait): void {
    const { clock, live, say, settings } = this.#options;
    const it = live(id);
    if (!it?.queue || this.#waits.get(id) !== wait) return;
    const now = clock.now();
    // While it rings somewhere, an announcement would speak over the answer: what is due comes when the ring was in vain.
    const quiet = it.state !== "queued";
    if ((wait.due.get(NOBODY) ?? Infinity) <= now) {
      wait.due.set(NOBODY, now + LOOK_MS);
      if (!quiet && this.#options.leaves(it)) return;
    }
    const chosen = settings(wait.queueId);
    const utterances: Utterance[] = [];
    for (const [what, dueMs] of [...wait.due].sort((a, b) => a[1] - b[1])) {
      if (dueMs > now) continue;
      const { said, everyMs } = quiet ? { said: [], everyMs: RETRY_MS } : this.#words(it, wait, chosen, what);
      utterances.push(...said);
      // written media are told once: what is written stays
      if (everyMs === null || (it.traits.written && !quiet)) wait.due.delete(what);
      else wait.due.set(what, now + everyMs);
    }
    if (utterances.length > 0) wait.saidMs = now;
    // first: what cannot be said must not end the look whether anybody is there
    this.#next(id, wait);
    if (utterances.length > 0) say(it, utterances);
  }

  /** The words of one thing that is due, and when it is due again; null = never. */
  #words(it: Interaction, wait: Wait, chosen: WaitingSettings, what: string): { said: Utterance[]; everyMs: number | null } {
    const { language } = it;
    if (what === "place") return { said: this.#place(it, wait, chosen), everyMs: chosen.everyS * 1_000 };
    if (what === "offer") return this.#offer(it, wait, chosen);
    const announcement = chosen.announcements[Number(what)];
    if (!announcement) return { said: [], everyMs: null };
    const text = announcement.says[language];
    const everyMs = announcement.everyS === 0 ? null : announcement.everyS * 1_000;
    if (text === undefined && announcement.recordingId === undefined) return { said: [], everyMs };
    return { said: [{ language, text: text ?? "", ...(announcement.recordingId !== undefined && { recordingId: announcement.recordingId }) }], everyMs };
  }

  #place(it: Interaction, wait: Wait, chosen: WaitingSettings): Utterance[] {
    const { position, estimateError, promised } = this.#options;
    const place = position(it.id);
    if (!place) return [];
    const estimateMs = chosen.estimate && place.estimatedWaitMs !== null ? wholeMinutes(place.estimatedWaitMs) : null;
    const told = toldWait(chosen.estimate ? place.estimatedWaitMs : null, estimateError(wait.queueId));
    // "Thank you for waiting" promises nothing; but an estimate that is kept back is measured, or it would be kept back for ever.
    if (estimateMs !== null || chosen.position) promised(it, { waitMs: told?.mostMs ?? null, position: chosen.position ? place.position : null, estimateMs });
    return [{ language: it.language, text: announcement(it.language, chosen.position ? place.position : null, told) }];
  }

  #offer(it: Interaction, wait: Wait, chosen: WaitingSettings): { said: Utterance[]; everyMs: number | null } {
    const { callback } = chosen;
    if (!callback) return { said: [], everyMs: null };
    const estimate = this.#options.position(it.id)?.estimatedWaitMs ?? null;
    if (!wait.exceeded && estimate !== null && estimate < callback.whenEstimateAboveS * 1_000) return { said: [], everyMs: RETRY_MS };
    if (!this.#options.canCallBack(wait.queueId, it.language)) return { said: [], everyMs: CLOSED_RETRY_MS };
    wait.offered = true;
    this.#offeredMs.set(it.id, this.#options.clock.now());
    return { said: [{ language: it.language, text: callBackOffer(it.language) }], everyMs: callback.everyS * 1_000 };
  }
}

/** Looked at again so soon: it rang, or the wait was short still. */
const RETRY_MS = 5_000;
/** Nothing can be promised there: hours and slots change slowly. */
const CLOSED_RETRY_MS = 30_000;
const OFFER_KEY = "1";
/** A queue may close, or its last agent leave, while people wait in it. */
const LOOK_MS = 30_000;
const NOBODY = "nobody";

/** What who waits long is told; 1 takes it. */
export function callBackOffer(language: Language): string {
  return language === "fr"
    ? "Si vous préférez, nous vous rappelons sans que vous perdiez votre place : tapez 1. Sinon, restez en ligne."
    : "If you prefer, we can call you back and you keep your place: press 1. Otherwise, please stay on the line.";
}

const wholeMinutes = (ms: number): number => Math.max(1, Math.ceil(ms / MINUTE_MS)) * MINUTE_MS;

export interface ToldWait {
  leastMs: number;
  mostMs: number;
}

/** What may honestly be said of an estimate: itself, a range as wide as it is usually wrong, or nothing when it is wrong by more than itself. */
export function toldWait(estimateMs: number | null, error: { p90Ms: number; count: number } | null): ToldWait | null {
  if (estimateMs === null) return null;
  const leastMs = wholeMinutes(estimateMs);
  if (!error || error.count < ENOUGH_PROMISES || error.p90Ms <= SMALL_ERROR_MS) return { leastMs, mostMs: leastMs };
  if (error.p90Ms > Math.max(estimateMs, MINUTE_MS)) return null;
  return { leastMs, mostMs: Math.ceil((estimateMs + error.p90Ms) / MINUTE_MS) * MINUTE_MS };
}

export function announcement(language: Language, position: number | null, told: ToldWait | null): string {
  const [least, most] = [told && told.leastMs / MINUTE_MS, told && told.mostMs / MINUTE_MS];
  if (language === "fr") {
    const place = position === null ? "" : position === 1 ? "Vous êtes la prochaine personne." : `Vous êtes en position ${position}.`;
    const wait = least === null || most === null ? "Merci de patienter." : most > least ? `Attente estimée : de ${least} à ${most} minutes.` : least === 1 ? "Attente estimée : moins d’une minute." : `Attente estimée : ${least} minutes.`;
    return `${place} ${wait}`.trim();
  }
  const place = position === null ? "" : position === 1 ? "You are next in line." : `You are number ${position} in line.`;
  const wait = least === null || most === null ? "Thank you for waiting." : most > least ? `Estimated wait: ${least} to ${most} minutes.` : least === 1 ? "Estimated wait: less than a minute." : `Estimated wait: ${least} minutes.`;
  return `${place} ${wait}`.trim();
}
