/**
 * The calls of the company telephone that this browser carries, beside the customer's contact: several at a time, one heard. Pure: the
 * SIP user agent tells events, the screen reads the list.
 */

/** ringing: it rings here; calling: ours, on its way; early: ours, it rings there. */
export type LineState = "ringing" | "answering" | "calling" | "early" | "live";

/** Why a call of ours was not answered. */
export type LineFailure = "busy" | "declined" | "noAnswer" | "unknown" | "forbidden" | "mic" | "failed";

export interface Line {
  /** SIP Call-ID. */
  readonly id: string;
  readonly direction: "in" | "out";
  /** As dialled or as told; empty when withheld. */
  readonly number: string;
  readonly name: string;
  readonly state: LineState;
  /** When it reached this state, server time. */
  readonly sinceMs: number;
  /** On hold by us. */
  readonly held: boolean;
  readonly muted: boolean;
  readonly audioLost: boolean;
  /** A transfer is under way; its answer is awaited. */
  readonly transferring: boolean;
}

export interface Lines {
  readonly list: readonly Line[];
  /** The last call of ours that came to nothing, until the next one. */
  readonly failed: { readonly number: string; readonly why: LineFailure } | null;
}

export const noLines: Lines = { list: [], failed: null };

export type LineEvent =
  | { type: "began"; id: string; direction: "in" | "out"; number: string; name: string; atMs: number }
  | { type: "state"; id: string; state: Exclude<LineState, "ringing">; atMs: number }
  | { type: "changed"; id: string; change: Partial<Pick<Line, "held" | "muted" | "audioLost" | "transferring">> }
  | { type: "over"; id: string; failure: LineFailure | null }
  | { type: "seen" };

export function stepLines(lines: Lines, event: LineEvent): Lines {
  switch (event.type) {
    case "began": {
      const { type: _, atMs, ...party } = event;
      const line: Line = { ...party, state: event.direction === "in" ? "ringing" : "calling", sinceMs: atMs, held: false, muted: false, audioLost: false, transferring: false };
      return { list: [...lines.list, line], failed: event.direction === "out" ? null : lines.failed };
    }
    case "state":
      return { ...lines, list: lines.list.map((line) => (line.id === event.id && line.state !== event.state ? { ...line, state: event.state, sinceMs: event.atMs } : line)) };
    case "changed":
      return { ...lines, list: lines.list.map((line) => (line.id === event.id ? { ...line, ...event.change } : line)) };
    case "over": {
      const line = lines.list.find(({ id }) => id === event.id);
      if (line === undefined) return lines;
      return { list: lines.list.filter(({ id }) => id !== event.id), failed: event.failure === null ? lines.failed : { number: line.number, why: event.failure } };
    }
    case "seen":
      return { ...lines, failed: null };
  }
}

/** The call that is heard: answered and not on hold. */
export const heardLine = (lines: Lines): Line | null => lines.list.find((line) => line.state === "live" && !line.held) ?? null;
export const ringingLine = (lines: Lines): Line | null => lines.list.find((line) => line.state === "ringing") ?? null;

/** Why it failed, by the SIP answer (RFC 3261 section 21). Null: we cancelled it ourselves. */
export function failureOf(status: number): LineFailure | null {
  switch (status) {
    case 486:
    case 600:
      return "busy";
    case 603:
    case 607:
      return "declined";
    case 408:
    case 480:
      return "noAnswer";
    case 404:
    case 410:
    case 484:
    case 604:
      return "unknown";
    case 403:
    case 433:
      return "forbidden";
    case 487:
      return null;
    default:
      return "failed";
  }
}

/** What somebody typed as it goes to the exchange: spaces, dots, brackets and dashes are for reading, as is the "(0)" after a country code. Null: not a number. */
export function dialable(typed: string): string | null {
  const number = typed.replaceAll("(0)", "").replace(/[\s.()\-\u00a0\u202f]/g, "");
  return /^\+?[0-9*#]{1,40}$/.test(number) ? number : null;
}
