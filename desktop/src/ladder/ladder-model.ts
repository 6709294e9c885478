/** A call's SIP messages as a ladder: lanes, rows, what repeats, what each says in short. Pure. */
import type { LadderMessage } from "@tandem/protocol";

export interface Lane {
  /** "tandem", or "udp 192.0.2.1:5060" as captured. */
  id: string;
  /** Who is there, when a message says so: a user or a number. */
  name: string | null;
}

export type RowTone = "request" | "progress" | "success" | "redirect" | "refusal";

export interface Row {
  message: LadderMessage;
  from: number;
  to: number;
  /** Since the first message. */
  atMs: number;
  tone: RowTone;
  /** The same message was there before: a retransmission. */
  repeated: boolean;
  /** Media offered or answered in the body: "audio PCMA, PCMU"; null without a session description. */
  media: string | null;
}

export interface LadderView {
  lanes: Lane[];
  rows: Row[];
  /** Different dialogs of the call (one for each leg). */
  dialogs: number;
}

const CODECS: Readonly<Record<string, string>> = { "0": "PCMU", "8": "PCMA", "9": "G722", "18": "G729", "101": "telephone-event" };

/** Callers stand left of Tandem, whoever Tandem calls right of it, each in the order of their first message. */
export function ladderOf(messages: readonly LadderMessage[]): LadderView {
  const left: Lane[] = [];
  const right: Lane[] = [];
  for (const message of messages) {
    const peer = message.from === "tandem" ? message.to : message.from;
    if ([...left, ...right].some((lane) => lane.id === peer)) continue;
    (message.from === "tandem" ? right : left).push({ id: peer, name: nameOf(message) });
  }
  const lanes = [...left, { id: "tandem", name: "Tandem" }, ...right];
  const place = new Map(lanes.map((lane, i) => [lane.id, i]));
  const seen = new Set<string>();
  const firstMs = messages[0]?.atMs ?? 0;
  const rows = messages.map((message): Row => {
    const repeated = seen.has(message.text);
    seen.add(message.text);
    return { message, from: place.get(message.from) ?? 0, to: place.get(message.to) ?? 0, atMs: message.atMs - firstMs, tone: toneOf(message.what), repeated, media: mediaOf(message.text) };
  });
  return { lanes, rows, dialogs: new Set(messages.map((m) => m.callId)).size };
}

function toneOf(what: string): RowTone {
  const status = /^\d/.exec(what)?.[0];
  if (status === undefined) return "request";
  return status === "1" ? "progress" : status === "2" ? "success" : status === "3" ? "redirect" : "refusal";
}

/** From a request: who sends it when it comes in, whom it is for when it goes out. */
function nameOf({ text, from }: LadderMessage): string | null {
  const header = from === "tandem" ? /^(?:to|t)[ \t]*:[ \t]*([^\r\n]+)/im : /^(?:from|f)[ \t]*:[ \t]*([^\r\n]+)/im;
  const value = header.exec(text)?.[1] ?? "";
  const display = /^"((?:[^"\\]|\\.)+)"/.exec(value)?.[1] ?? /^([^<"]+?)\s*</.exec(value)?.[1];
  const user = /sips?:([^@;>]+)@/i.exec(value)?.[1] ?? /tel:([^;>]+)/i.exec(value)?.[1];
  return display?.trim() || user || null;
}

function mediaOf(text: string): string | null {
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  if (!/^v=0/m.test(body)) return null;
  const names = new Map([...body.matchAll(/^a=rtpmap:(\d+) ([^/\r\n]+)/gm)].map(([, type, name]) => [type, name]));
  const streams = [...body.matchAll(/^m=(\w+) (\d+) (\S+) ([^\r\n]*)/gm)].map(([, kind = "", port, profile = "", types = ""]) => {
    if (port === "0") return `${kind} ✕`;
    const codecs = types.split(" ").map((type) => names.get(type) ?? CODECS[type]).filter((name) => name !== undefined && !/^(telephone-event|rtx|red|ulpfec|CN)$/i.test(name));
    return `${kind} ${[...new Set(codecs)].slice(0, 3).join(", ")}${profile.includes("SAVP") ? " SRTP" : ""}`;
  });
  return streams.length === 0 ? null : streams.join(" · ");
}

/** Everything as text, for a mail to an operator: what the wire carried, secrets masked. */
export function ladderText(messages: readonly LadderMessage[]): string {
  return messages.map((m) => `--- ${new Date(m.atMs).toISOString()} ${m.from} -> ${m.to}\n${m.text.replaceAll("\r\n", "\n")}`).join("\n\n");
}
