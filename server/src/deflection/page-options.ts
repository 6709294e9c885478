/** What a page offers its visitor now: calling and chatting as ever, or the options of the deflection, which then are the only ones (AHD-04..06, AHD-10). */
import type { ContactChannel, DeflectionWhy, Slot, WebOption } from "@tandem/protocol/hours";
import { judge, ownerOf, type Ground, type Judged, type Question, type Target } from "./decide.ts";
import { offerable } from "./deflection-flow.ts";

export interface PageQuestion extends Omit<Question, "channel" | "passed" | "chosen"> {
  channel: "web" | "mobile";
  /** The page may call at all. */
  calls: boolean;
  /** Free slots of a queue's dated callbacks: asked only where one is offered. */
  slots(queueId: string): Promise<readonly Slot[]> | readonly Slot[];
  /** What the device says of itself, for the body of the e-mail: application, version, device. */
  device: Readonly<Record<string, string>>;
}

export interface PageOptions {
  /** Null = nothing is deflected. */
  why: DeflectionWhy | null;
  nextOpenMs: number | null;
  options: WebOption[];
}

/** Where this channel's contacts end: through queues that lead on, as often as there are queues. */
function outcome(ground: Ground, question: Omit<Question, "passed" | "chosen">): (Judged & { queueId: string }) | null {
  const seen = new Set<string>();
  let { queueId, dice } = question;
  for (;;) {
    seen.add(queueId);
    const judged = judge(ground, { ...question, queueId, dice });
    // The virtual agent is how an ordinary call or chat begins, not another option.
    if (judged === null || judged.target.kind === "assistant") return null;
    // whose callbacks and messages these are: what a call would be told (`decide`) is what the page shows
    if (judged.target.kind !== "queue") return { ...judged, queueId: ownerOf(ground, question, queueId, judged.why) };
    if (seen.has(judged.target.queueId)) return { ...judged, target: { kind: "voicemail" }, queueId: question.queueId };
    if (!ground.queue(judged.target.queueId)) return { ...judged, target: { kind: "voicemail" }, queueId };
    ({ queueId } = judged.target);
    ({ dice } = judged);
  }
}

export async function pageOptions(ground: Ground, question: PageQuestion): Promise<PageOptions> {
  const { queueId, language, nowMs, device } = question;
  const hours = (channel: ContactChannel): { state: string; nextOpenMs: number | null } => ground.hours(queueId, channel, language, nowMs);
  const call = question.calls ? outcome(ground, question) : null;
  const chat = outcome(ground, { ...question, channel: "chat" });
  const email = ground.get("details", queueId).supportEmail;
  const slots = call?.target.kind === "options" && call.target.options.scheduledCall && ground.schedules(call.queueId) ? await question.slots(call.queueId) : [];
  const asOption = (option: ReturnType<typeof offerable>[number], number: string | null, at: string): WebOption => {
    switch (option) {
      case "scheduled-call":
        return { kind: "scheduled-call", queueId: at, slots: [...slots] };
      case "email":
        return { kind: "email", address: email ?? "", mailto: question.channel === "mobile" ? mailto(email ?? "", device) : null };
      case "number":
        return { kind: "number", number: number ?? "" };
      case "voicemail":
        return { kind: "voicemail", queueId: at };
    }
  };
  const optionsOf = (target: Target, at: string): WebOption[] => {
    if (target.kind === "options") return offerable(target.options, email, slots.length > 0).map((option) => asOption(option, target.options.number, at));
    if (target.kind === "voicemail") return question.channel === "mobile" ? [asOption("voicemail", null, at)] : [];
    return target.kind === "email" && email !== null ? [asOption("email", null, at)] : [];
  };
  const options: WebOption[] = call ? optionsOf(call.target, call.queueId) : question.calls ? [{ kind: "call" }] : [];
  // Outside hours the options are the only ones; a chat whose own hours say that it is open is served all the same.
  const chatServed = chat === null && (call === null || hours("chat").state === "open");
  if (chatServed) options.push({ kind: "chat" });
  else if (chat !== null && !options.some(({ kind }) => kind === "email")) options.push(...optionsOf(chat.target, chat.queueId));
  return { why: (call ?? chat)?.why ?? null, nextOpenMs: (call ? hours(question.channel) : hours("chat")).nextOpenMs, options };
}

/** Opens the mail application (RFC 6068): the address, and what the device said of itself. */
function mailto(address: string, device: Readonly<Record<string, string>>): string {
  const body = Object.entries(device).map(([name, value]) => `${name}: ${value}`).join("\r\n");
  return `mailto:${encodeURIComponent(address).replaceAll("%40", "@")}${body === "" ? "" : `?body=${encodeURIComponent(`\r\n\r\n${body}`)}`}`;
}
