import type { Ground } from "./ground.ts";
import type { Leg } from "./leg.ts";
import type { ServerTransaction } from "./transactions.ts";

const DIGITS = "0123456789*#ABCD";

/** INFO within a call: a key press of a phone that sends them this way; never changes the session (RFC 6086, RFC 2976). */
export function infoReceived(ground: Ground, leg: Leg, transaction: ServerTransaction): void {
  const { request } = transaction;
  const { transactions } = ground;
  // RFC 6086 4.2.2: an Info-Package that we never offered to receive
  if (request.header("info-package") !== null) return transactions.respond(transaction, 469, { headers: [["Recv-Info", ""]] });
  const type = (request.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  const text = request.text() ?? "";
  // an empty INFO is a liveness probe of some phones
  if (text === "") return transactions.respond(transaction, 200);
  const digit = type === "application/dtmf-relay" ? relayDigit(text) : type === "application/dtmf" ? { digit: text.trim(), durationMs: 250 } : null;
  if (!digit) return transactions.respond(transaction, 415, { headers: [["Accept", "application/dtmf-relay, application/dtmf"]] });
  const symbol = symbolOf(digit.digit);
  if (symbol === null) return transactions.respond(transaction, 400);
  transactions.respond(transaction, 200);
  ground.tell({ type: "digit", ref: leg.ref, digit: symbol, durationMs: digit.durationMs });
}

function relayDigit(text: string): { digit: string; durationMs: number } {
  const signal = /^signal\s*=\s*([^\s]+)/im.exec(text)?.[1] ?? "";
  const duration = Number(/^duration\s*=\s*(\d{1,5})/im.exec(text)?.[1] ?? "250");
  return { digit: signal, durationMs: Math.min(Math.max(duration, 40), 10_000) };
}

/** Phones write 10 and 11 for star and hash, as RFC 4733 numbers them. */
function symbolOf(digit: string): string | null {
  if (/^1[0-5]$/.test(digit)) return "*#ABCD"[Number(digit) - 10]!;
  const symbol = digit.toUpperCase();
  return symbol.length === 1 && DIGITS.includes(symbol) ? symbol : null;
}
