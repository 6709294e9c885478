/**
 * Listening to messages by telephone. From one's own phone at once; from another by number and PIN. 1 listen, 7 delete, 9 keep,
 * # next, * greeting. Every prompt may be spoken over by a key.
 */
import type { VoicemailMessage } from "@tandem/protocol";
import { announce } from "./announcement.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { lead, type Guide } from "./guide.ts";
import type { Party } from "./party.ts";
import type { Sound } from "./sounds.ts";
import type { Take, Takes } from "./takes.ts";
import type { VoicemailStore } from "./voicemail-store.ts";
import { oneByOne, spoken, spokenDate, type Word } from "./words.ts";
import type { WrongCodes } from "./wrong-codes.ts";

/** After what was said, a key within this, or it is said once more, then goodbye. */
const KEY_MS = 10_000;
const MAX_TRIES = 3;
/** Wrong codes for one mailbox in an hour. */
export const MAX_WRONG_PER_HOUR = 10;
const GREETING_MAX_MS = 60_000;
const GREETING_MIN_MS = 1_000;
/** Longest thing typed before #. */
const MAX_DIGITS = 12;

export interface MailboxOptions {
  ground: Ground;
  store: VoicemailStore;
  takes: Takes;
  /** By extension: shared by all calls. */
  wrong: WrongCodes;
}

type Stage =
  | { at: "number"; typed: string }
  | { at: "pin"; typed: string; number: string }
  /** The messages are being read from the database: keys mean nothing yet. */
  | { at: "opening" }
  | { at: "messages" }
  | { at: "greeting"; take: string | null };

export function openMailbox(options: MailboxOptions, caller: Party, extension: ExtensionRow | null): void {
  lead(options.ground, caller, new Mailbox(options, caller, extension, false));
}

/** *98. */
export function recordGreeting(options: MailboxOptions, caller: Party, extension: ExtensionRow, own: boolean): void {
  if (own) return lead(options.ground, caller, new Mailbox(options, caller, extension, true));
  options.store.dropGreeting(extension.id);
  announce(options.ground, caller, spoken("greetingGone", extension.language));
}

class Mailbox implements Guide {
  readonly #options: MailboxOptions;
  readonly #caller: Party;
  readonly #greetingFirst: boolean;
  #extension: ExtensionRow | null;
  #stage: Stage = { at: "number", typed: "" };
  #messages: VoicemailMessage[] = [];
  #index = 0;
  #tries = 0;
  #silences = 0;
  #repeat: () => void = () => {};
  #cancelTimer: () => void = () => {};

  constructor(options: MailboxOptions, caller: Party, extension: ExtensionRow | null, greetingFirst: boolean) {
    this.#options = options;
    this.#caller = caller;
    this.#extension = extension;
    this.#greetingFirst = greetingFirst;
  }

  gone(): void {
    this.#cancelTimer();
    if (this.#stage.at === "greeting" && this.#stage.take !== null) this.#options.takes.stop(this.#stage.take);
  }

  begin(): void {
    if (!this.#extension) return this.#ask({ at: "number", typed: "" }, "mailboxNumber");
    if (this.#greetingFirst) return this.#recordGreeting();
    this.#enter(this.#extension);
  }

  key(key: string): void {
    this.#cancelTimer();
    this.#silences = 0;
    const stage = this.#stage;
    switch (stage.at) {
      case "number":
      case "pin":
        this.#options.ground.sounds.stop(this.#caller);
        if (key !== "#") {
          if (stage.typed.length < MAX_DIGITS) stage.typed += key;
          return this.#wait();
        }
        if (stage.at === "number") return this.#ask({ at: "pin", typed: "", number: stage.typed }, "mailboxPin");
        return this.#checkPin(stage.number, stage.typed);
      case "greeting":
        if (key === "#" && stage.take !== null) this.#options.takes.stop(stage.take);
        return;
      case "opening":
        return;
      case "messages":
        return this.#choose(key);
    }
  }

  #ask(stage: Stage, word: Word): void {
    this.#stage = stage;
    this.#say([spoken(word, this.#language)]);
  }

  /** Same words and same time for a number that does not exist, one without a code, and a wrong code. */
  #checkPin(number: string, pin: string): void {
    const { ground, wrong } = this.#options;
    const now = ground.clock.now();
    const extension = ground.config.extensionOf(number);
    const right = extension ? ground.config.choices(extension.id).voicemail.pin : null;
    if (extension && right !== null && right === pin && wrong.mayTry(extension.id, now)) {
      wrong.opened(extension.id);
      this.#extension = extension;
      return this.#enter(extension);
    }
    if (extension) wrong.wrong(extension.id, now);
    if (++this.#tries >= MAX_TRIES) return this.#leave([spoken("mailboxRefused", this.#language)]);
    this.#stage = { at: "number", typed: "" };
    this.#say([spoken("mailboxRefused", this.#language), spoken("mailboxNumber", this.#language)]);
  }

  #enter(extension: ExtensionRow): void {
    const { ground, store } = this.#options;
    this.#stage = { at: "opening" };
    store.list(extension.id).then(
      (messages) => {
        if (this.#caller.phase === "gone") return;
        this.#stage = { at: "messages" };
        this.#messages = messages;
        this.#index = 0;
        const fresh = messages.filter((message) => !message.heard).length;
        if (messages.length === 0) return this.#say([spoken("mailboxEmpty", this.#language), spoken("mailboxKeys", this.#language)]);
        this.#say([spoken("mailboxCount", this.#language, String(fresh), String(messages.length)), spoken("mailboxKeys", this.#language)]);
      },
      (error: unknown) => {
        ground.log.error({ extension: extension.id, error }, "a mailbox could not be read");
        if (this.#caller.phase !== "gone") this.#leave([spoken("notSet", this.#language)]);
      },
    );
  }

  #choose(key: string): void {
    const { ground, store } = this.#options;
    const message = this.#messages[this.#index];
    const failed = (error: unknown): void => ground.log.error({ message: message?.id, error }, "a message could not be marked");
    if (key === "*") return this.#recordGreeting();
    if (!message) return key === "#" || key === "9" ? this.#leave([spoken("mailboxEnd", this.#language)]) : this.#wait();
    switch (key) {
      case "1": {
        store.markHeard(message.id).catch(failed);
        const from = message.fromName || oneByOne(message.fromNumber) || spoken("unknownCaller", this.#language).text;
        return this.#say([spoken("from", this.#language, from, spokenDate(message.leftAtMs, this.#language, ground.zone)), { path: store.pathOf(message.id) }, spoken("mailboxKeys", this.#language)]);
      }
      case "7":
        store.remove(message.id).catch(failed);
        this.#messages.splice(this.#index, 1);
        return this.#say([spoken("deleted", this.#language), ...this.#next(this.#index)]);
      case "9":
        return this.#say([spoken("kept", this.#language), ...this.#next(this.#index + 1)]);
      case "#":
        return this.#say(this.#next(this.#index + 1));
      default:
        return this.#wait();
    }
  }

  /** Goes to a message and says which; past the last one it stays past it. */
  #next(index: number): Sound[] {
    this.#index = Math.min(index, this.#messages.length);
    const message = this.#messages[this.#index];
    if (!message) return [spoken(this.#messages.length === 0 ? "mailboxEmpty" : "mailboxEnd", this.#language)];
    const from = message.fromName || oneByOne(message.fromNumber) || spoken("unknownCaller", this.#language).text;
    return [spoken("from", this.#language, from, spokenDate(message.leftAtMs, this.#language, this.#options.ground.zone))];
  }

  #recordGreeting(): void {
    const { ground, takes } = this.#options;
    const extension = this.#extension;
    if (!extension) return;
    const stage: Stage = { at: "greeting", take: null };
    this.#stage = stage;
    ground.sounds.play(this.#caller, [spoken("greetingRecord", this.#language)], () =>
      ground.sounds.beep(this.#caller, () => {
        stage.take = takes.start(this.#caller, `new-greeting-${this.#caller.ref}`, GREETING_MAX_MS, (take) => this.#greetingTaken(extension, take));
      }),
    );
  }

  #greetingTaken(extension: ExtensionRow, take: Take | null): void | Promise<void> {
    const { ground, store, takes } = this.#options;
    if (take && (take.durationMs < GREETING_MIN_MS || this.#caller.phase === "gone")) {
      // who hung up in the middle did not say that it is good
      takes.discard(take.path);
      take = null;
    }
    const told = (word: Word): void => {
      if (this.#caller.phase !== "gone") this.#leave([spoken(word, this.#language)]);
    };
    if (!take) return told("notSet");
    return store.setGreeting(extension.id, take.path).then(
      () => told("greetingKept"),
      (error: unknown) => {
        ground.log.error({ extension: extension.id, error }, "a greeting could not be kept");
        told("notSet");
      },
    );
  }

  #say(sounds: readonly Sound[]): void {
    this.#repeat = () => this.#say(sounds);
    this.#options.ground.sounds.play(this.#caller, sounds, () => this.#wait());
  }

  #wait(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.ground.clock.after(KEY_MS, () => {
      if (this.#caller.phase === "gone") return;
      if (++this.#silences > 1) return this.#leave([spoken("goodbye", this.#language)]);
      this.#repeat();
    });
  }

  #leave(sounds: readonly Sound[]): void {
    this.#cancelTimer();
    announce(this.#options.ground, this.#caller, ...sounds);
  }

  get #language(): "fr" | "en" {
    return this.#extension?.language ?? this.#caller.who.language;
  }
}
