/** A caller leaves a message: greeting, beep, recording up to the house's limit; kept, told by lamp and e-mail. */
import type { VoicemailMessage } from "@tandem/protocol";
import { newId } from "../base/ids.ts";
import { announce } from "./announcement.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import { lead, type Guide } from "./guide.ts";
import type { LiveCall } from "./history.ts";
import type { Party } from "./party.ts";
import type { VoicemailMail } from "./ports.ts";
import type { Sound } from "./sounds.ts";
import type { Take, Takes } from "./takes.ts";
import { MAX_MESSAGES, type VoicemailStore } from "./voicemail-store.ts";
import { spoken } from "./words.ts";

/** Shorter is somebody who hung up at the beep. */
const SHORTEST_MS = 1_000;

export interface VoicemailOptions {
  ground: Ground;
  store: VoicemailStore;
  takes: Takes;
  customerOf(number: string): Promise<string | null>;
  mail: ((mail: VoicemailMail) => void) | null;
}

export function takeMessage(options: VoicemailOptions, caller: Party, extension: ExtensionRow, call: LiveCall): void {
  const { ground, store } = options;
  if (store.counts(extension.id).all < MAX_MESSAGES) return lead(ground, caller, new Deposit(options, caller, extension, call));
  ground.history.close(call, "unreachable");
  announce(ground, caller, spoken("notReached", extension.language));
}

class Deposit implements Guide {
  readonly #options: VoicemailOptions;
  readonly #caller: Party;
  readonly #extension: ExtensionRow;
  readonly #call: LiveCall;
  /** The recording that runs. */
  #take: string | null = null;

  constructor(options: VoicemailOptions, caller: Party, extension: ExtensionRow, call: LiveCall) {
    this.#options = options;
    this.#caller = caller;
    this.#extension = extension;
    this.#call = call;
  }

  /** RFC-less custom of every voicemail: # ends the greeting, then the message. */
  key(key: string): void {
    if (key !== "#") return;
    if (this.#take !== null) this.#stop();
    else this.#beep();
  }

  gone(): void {
    this.#stop();
    this.#options.ground.history.close(this.#call, "voicemail");
  }

  begin(): void {
    const { ground, store } = this.#options;
    const { id, label, language } = this.#extension;
    const own = store.greetingPath(id);
    const greeting: Sound = own === null ? spoken("greeting", language, label) : { path: own };
    ground.sounds.play(this.#caller, [greeting], () => this.#beep());
  }

  #beep(): void {
    this.#options.ground.sounds.beep(this.#caller, () => this.#record());
  }

  #record(): void {
    const { ground, takes } = this.#options;
    const id = newId("vm", ground.clock.now(), ground.chance);
    this.#take = takes.start(this.#caller, id, ground.config.settings().voicemailMaxMs, (take) => this.#taken(id, take));
  }

  #stop(): void {
    if (this.#take !== null) this.#options.takes.stop(this.#take);
  }

  async #taken(id: string, take: Take | null): Promise<void> {
    const { ground } = this.#options;
    const kept = take !== null && (await this.#keep(id, take).catch((error: unknown) => {
      ground.log.error({ id, extension: this.#extension.id, error }, "a voicemail message could not be kept");
      return false;
    }));
    if (this.#caller.phase === "gone") return;
    ground.history.close(this.#call, "voicemail");
    announce(ground, this.#caller, spoken(kept ? "messageKept" : "goodbye", this.#extension.language));
  }

  /** False: it is none, or its mailbox is gone. */
  async #keep(id: string, take: Take): Promise<boolean> {
    const { customerOf, ground, mail, store, takes } = this.#options;
    if (take.durationMs < SHORTEST_MS || ground.config.extension(this.#extension.id) === null) {
      takes.discard(take.path);
      return false;
    }
    const { who } = this.#caller;
    const message: VoicemailMessage = {
      id, extensionId: this.#extension.id, fromNumber: who.anonymous ? "" : who.number, fromName: who.anonymous ? "" : who.name,
      customerId: who.extensionId === null && !who.anonymous ? await customerOf(who.number) : null,
      leftAtMs: ground.clock.now(), durationMs: Math.round(take.durationMs), heard: false,
    };
    await store.add(message);
    const { email } = ground.config.choices(this.#extension.id).voicemail;
    if (email !== null) mail?.({ to: email, message, language: this.#extension.language, path: take.path });
    return true;
  }
}
