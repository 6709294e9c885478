/**
 * What one sees of an extension: free, ringing, busy, away (do not disturb), offline; and its conversations, for busy lamps (RFC
 * 4235). Worked out from the parties that are there and what the centre says, never kept for answers, so they cannot go stale.
 */
import type { DirectoryEntry } from "@tandem/protocol";
import type { ExchangeConfig, ExtensionRow } from "./config.ts";
import type { Parties, Party } from "./party.ts";
import type { Device } from "./ports.ts";

export type ExtensionState = NonNullable<DirectoryEntry["state"]>;

/** One conversation of an extension, as a busy lamp shows it. */
export interface DialogFact {
  id: string;
  direction: "initiator" | "recipient";
  state: "trying" | "early" | "confirmed";
  remote: { number: string; name: string } | null;
}

export interface StatesOptions {
  config: ExchangeConfig;
  parties: () => Parties;
  devicesOf(extension: ExtensionRow): readonly Device[];
  centreState(userId: string): "free" | "ringing" | "busy";
}

export class States {
  readonly #options: StatesOptions;
  /** What watchers heard last, by extension: nothing is told twice. */
  readonly #told = new Map<string, string>();
  readonly #hearers: ((extensionId: string, state: ExtensionState) => void)[] = [];

  constructor(options: StatesOptions) {
    this.#options = options;
  }

  of(extensionId: string): ExtensionState {
    const { config, centreState, devicesOf } = this.#options;
    const extension = config.extension(extensionId);
    if (!extension) return "offline";
    const centre = extension.userId === null ? "free" : centreState(extension.userId);
    let rings = centre === "ringing";
    if (centre === "busy") return "busy";
    for (const party of this.#options.parties().all()) {
      if (party.who.extensionId !== extensionId) continue;
      if (occupied(party)) return "busy";
      rings = true;
    }
    if (rings) return "ringing";
    if (devicesOf(extension).length === 0) return "offline";
    return config.choices(extensionId).doNotDisturb ? "away" : "free";
  }

  /** Conversations that it has or is placing; `except` is not counted (somebody who calls themselves). */
  callsOf(extensionId: string, except: Party | null): number {
    let calls = 0;
    for (const party of this.#options.parties().all()) if (party !== except && party.who.extensionId === extensionId && occupied(party)) calls++;
    return calls;
  }

  /** One of a user's extensions is on a call of the exchange (the centre then offers no contact). */
  isUserBusy(userId: string): boolean {
    for (const party of this.#options.parties().all()) if (party.who.userId === userId && occupied(party)) return true;
    return false;
  }

  dialogs(extensionId: string): DialogFact[] {
    const facts: DialogFact[] = [];
    for (const party of this.#options.parties().all()) {
      if (party.who.extensionId !== extensionId) continue;
      const state = party.phase === "up" ? "confirmed" : party.phase === "early" ? "early" : "trying";
      facts.push({ id: party.ref, direction: party.direction === "in" ? "initiator" : "recipient", state, remote: party.far });
    }
    return facts;
  }

  onState(hear: (extensionId: string, state: ExtensionState) => void): void {
    this.#hearers.push(hear);
  }

  /** Somebody's state may be another now; watchers hear the value if it is, also when only a conversation of it changed. */
  changed(extensionId: string | null): void {
    if (extensionId === null || this.#hearers.length === 0) return;
    const state = this.of(extensionId);
    const told = JSON.stringify([state, this.dialogs(extensionId)]);
    if (this.#told.get(extensionId) === told) return;
    this.#told.set(extensionId, told);
    for (const hear of this.#hearers) hear(extensionId, state);
  }
}

function occupied(party: Party): boolean {
  return party.phase === "up" || party.direction === "in";
}
