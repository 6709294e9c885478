/** What a command is: one file each beside this one, `{ id, section, chord, icon, label, enabled, perform }`, listed in actions.ts. */
import type { AgentView, InteractionView, UserView } from "@tandem/protocol";
import type { LucideIcon } from "lucide-react";
import type { Centre } from "../data/data.ts";
import type { Key, Values } from "../i18n/i18n.ts";
import type { Chord } from "./chord.ts";

export interface ActionContext {
  readonly centre: Centre;
  readonly me: UserView;
  readonly agent: AgentView | null;
  /** Offered to me, mine in conversation or in wrap-up, in order of arrival. */
  readonly mine: readonly InteractionView[];
  readonly focused: InteractionView | null;
  /** My phone contact, whatever has the focus: offered, connected or wrapping. */
  readonly voice: InteractionView | null;
  /** What Alt A would take: the ringing call, else the oldest written offer. */
  readonly offer: InteractionView | null;
  readonly phone: PhonePort;
  readonly path: string;
  /** I have an extension. */
  readonly telephone: boolean;
  go(path: "/" | "/phone" | "/promised" | "/floor" | "/flows" | "/admin"): void;
}

/** What commands need of the browser's phone. */
export interface PhonePort {
  /** The call rings in this browser (rather than on a desk phone, or not yet). */
  ringsHere(interactionId: string): boolean;
  /** The call is carried by this browser. */
  carries(interactionId: string): boolean;
  readonly muted: boolean;
  /** Waits a moment when the call has been told but has not arrived yet. */
  answer(interactionId: string): Promise<void>;
  decline(): Promise<void>;
  setMuted(muted: boolean): void;
  sendDigit(digit: string): void;
  /** A call of the house rings here: its id. */
  readonly lineRinging: string | null;
  /** Calls of the house are here, ringing or up. */
  readonly lines: boolean;
  answerLine(id: string): Promise<void>;
  declineLine(id: string): Promise<void>;
}

export type Section = "contact" | "status" | "go" | "app";

export interface Action {
  readonly id: string;
  readonly section: Section;
  readonly chord: Chord | null;
  readonly icon: LucideIcon | null;
  /** Also works while a dialog is open (closing what it opened). */
  readonly overLayers?: boolean;
  label(context: ActionContext): { key: Key; values?: Values };
  enabled(context: ActionContext): boolean;
  perform(context: ActionContext): void | Promise<unknown>;
}
