/** From what is known (talk) to what is drawn: days, system lines, groups of bubbles. Pure. */
import type { MessageView } from "@tandem/protocol";
import type { Talk } from "./talk.ts";
import { systemLine } from "./words.ts";
import type { Words } from "./words.ts";

export interface Bubble {
  /** Stable from the first keystroke to the echo: the clientId for one's own, so that nothing jumps. */
  key: string;
  text: string;
  atMs: number;
  state: "received" | "sending" | "refused" | "sent" | "read";
  clientId: string | null;
}

export type Item =
  | { kind: "day"; key: string; atMs: number }
  | { kind: "system"; key: string; text: string }
  | { kind: "group"; key: string; side: "mine" | "agent" | "flow"; name: string; bubbles: Bubble[] };

/** Messages of one author further apart than this begin a new group, with its own time. */
const GROUP_GAP_MS = 5 * 60_000;

export function transcript(talk: Talk, words: Words): Item[] {
  const items: Item[] = [];
  const readByAgent = talk.conversation?.readByAgent ?? 0;
  let day = "";
  const dayOf = (atMs: number): void => {
    const date = new Date(atMs).toDateString();
    if (date !== day) items.push({ kind: "day", key: `day-${date}`, atMs });
    day = date;
  };
  const add = (side: "mine" | "agent" | "flow", name: string, bubble: Bubble): void => {
    dayOf(bubble.atMs);
    const last = items.at(-1);
    const near = last?.kind === "group" && bubble.atMs - last.bubbles.at(-1)!.atMs < GROUP_GAP_MS;
    if (near && last.side === side && last.name === name) last.bubbles.push(bubble);
    else items.push({ kind: "group", key: bubble.key, side, name, bubbles: [bubble] });
  };
  for (const m of talk.messages) {
    if (m.author === "system") {
      const text = systemLine(words, m.text, m.values);
      if (text !== null) {
        dayOf(m.atMs);
        items.push({ kind: "system", key: m.id, text });
      }
    } else if (m.author === "customer") {
      add("mine", words.you, { key: m.clientId ?? m.id, text: m.text, atMs: m.atMs, state: m.seq <= readByAgent ? "read" : "sent", clientId: m.clientId });
    } else {
      add(m.author, m.author === "flow" ? words.assistant : m.authorName, { key: m.id, text: m.text, atMs: m.atMs, state: "received", clientId: null });
    }
  }
  for (const o of talk.outbox) {
    add("mine", words.you, { key: o.clientId, text: o.text, atMs: o.atMs, state: o.refused === null ? "sending" : "refused", clientId: o.clientId });
  }
  return items;
}

/** The flow's question still waits for an answer: its choices, else none. */
export function openChoices(talk: Talk): NonNullable<MessageView["choices"]> {
  if (talk.conversation?.state !== "flow" || talk.outbox.length > 0) return [];
  for (const m of talk.messages.toReversed()) {
    if (m.author === "customer") return [];
    if (m.choices !== undefined && m.choices.length > 0) return m.choices;
  }
  return [];
}

/** Plain text with its web addresses apart: the only markup that a message may have. */
export function linked(text: string): { text: string; href: string | null }[] {
  const parts: { text: string; href: string | null }[] = [];
  let from = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'«»]+[^\s<>"'«».,;:!?)\]]/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), href: null });
    parts.push({ text: match[0], href: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), href: null });
  return parts;
}

export function asPlainText(items: readonly Item[], lang: string): string {
  const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
  const date = new Intl.DateTimeFormat(lang, { dateStyle: "full" });
  const lines = items.flatMap((item) => {
    if (item.kind === "day") return [`— ${date.format(item.atMs)} —`];
    if (item.kind === "system") return [`(${item.text})`];
    return item.bubbles.map((b) => `${time.format(b.atMs)}  ${item.name}: ${b.text}`);
  });
  return `${lines.join("\n")}\n`;
}
