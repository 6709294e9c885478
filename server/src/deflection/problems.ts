/** What an administrator should know of the settings: queues that never open, and deflections that leave nobody reachable. For the proof and the screens. */
import { ContactChannel, type DeflectionProblem } from "@tandem/protocol/hours";
import type { QueueSetting } from "@tandem/protocol/queue-settings";
import { whenBusy, whenClosed, type Ground, type Language, type Target } from "./decide.ts";
import { offerable } from "./deflection-flow.ts";
import { findLoop, type LoopGround } from "./loops.ts";
import { DAY } from "./zone.ts";

export interface ProblemGround extends LoopGround {
  /** How many agents could be given a contact of this queue. */
  people(queueId: string): number;
}

const LANGUAGES = ["fr", "en"] as const;
const IN_LANGUAGE = { fr: { fr: " en français", en: " in French" }, en: { fr: " en anglais", en: " in English" } };
const HORIZON_MS = 366 * DAY;
const NAMES: Record<ContactChannel, { fr: string; en: string }> = {
  ivr: { fr: "les appels", en: "calls" }, web: { fr: "la page web", en: "the web page" }, mobile: { fr: "la page mobile", en: "the mobile page" },
  chat: { fr: "les chats", en: "chats" }, sms: { fr: "les SMS", en: "texts" }, email: { fr: "les e-mails", en: "e-mails" },
};

/** Whoever it should have talked with goes on to people. */
export function isAssistantMissing(ground: Pick<Ground, "get">, own: QueueSetting<"queue-deflection"> | null): boolean {
  const wanted = own?.virtualAgent?.assistantId;
  return wanted !== undefined && !ground.get("flow-outside", "").assistants.some(({ id }) => id === wanted);
}

export function deflectionProblems(ground: ProblemGround, nowMs: number): DeflectionProblem[] {
  const found: DeflectionProblem[] = [];
  for (const queueId of ground.queueIds()) {
    const name = ground.queue(queueId)?.name ?? queueId;
    const tell = (code: DeflectionProblem["code"], severity: DeflectionProblem["severity"], channel: ContactChannel | null, fr: string, en: string): void => {
      const of = channel === null ? { fr: "", en: "" } : { fr: ` (${NAMES[channel].fr})`, en: ` (${NAMES[channel].en})` };
      found.push({ code, severity, queueId, channel, words: { fr: `${name}${of.fr}\u202f: ${fr}`, en: `${name}${of.en}: ${en}` } });
    };
    if (isAssistantMissing(ground, ground.own("queue-deflection", queueId))) tell("no-assistant", "warning", null, "son agent virtuel n’existe plus", "its virtual agent no longer exists");
    const never = ContactChannel.options.map((channel) => ({ channel, languages: LANGUAGES.filter((language) => ground.openings(queueId, channel, nowMs, nowMs + HORIZON_MS, language).length === 0) }));
    const tellNever = (channel: ContactChannel | null, language?: Language): void =>
      tell("never-open", "error", channel, `n’ouvre jamais${language === undefined ? "" : IN_LANGUAGE[language].fr} dans l’année à venir`, `never opens${language === undefined ? "" : IN_LANGUAGE[language].en} in the year to come`);
    // One fact is told once, not by channel and language.
    if (never.every(({ languages }) => languages.length === LANGUAGES.length)) tellNever(null);
    else for (const { channel, languages } of never) if (languages.length > 0) tellNever(channel, languages.length === 1 ? languages[0] : undefined);
    for (const channel of ContactChannel.options) {
      const open = ground.openings(queueId, channel, nowMs, nowMs + HORIZON_MS);
      const busy = whenBusy(ground, queueId, channel);
      if (busy) judgeTarget(busy, channel, "busy");
      const alwaysOpen = open.length === 1 && open[0]!.startMs <= nowMs && open[0]!.endMs >= nowMs + HORIZON_MS;
      if (alwaysOpen) continue;
      const closed = whenClosed(ground, queueId, channel);
      if (closed) judgeTarget(closed, channel, "closed");
      else if (channel === "ivr") tell("waits-closed", "warning", channel, "hors horaires, l’appel attend sans déviation", "outside hours, the call waits without deflection");
    }

    function judgeTarget(target: Target, channel: ContactChannel, when: "closed" | "busy"): void {
      const [fr, en] = when === "closed" ? ["hors horaires", "outside hours"] : ["en surcharge", "over capacity"];
      const email = ground.get("details", queueId).supportEmail;
      switch (target.kind) {
        case "queue":
          if (!ground.queue(target.queueId)) tell("nobody-reachable", "error", channel, `${fr}, la file choisie n’existe plus`, `${en}, the chosen queue no longer exists`);
          return;
        case "voicemail":
          if (ground.people(queueId) === 0) tell("nobody-owns", "warning", channel, `${fr}, la messagerie n’a pas d’agent`, `${en}, no agent owns the voicemail`);
          return;
        case "message": case "text":
          tell("message-only", "warning", channel, `${fr}, un message puis la fin (déclaré dans les réglages)`, `${en}, a message and then the end (declared in the settings)`);
          return;
        case "email":
          if (email === null) tell("no-address", "error", channel, `${fr}, aucune adresse e-mail d’assistance n’est réglée`, `${en}, no support address is set`);
          return;
        case "options": {
          if (target.options.email && email === null) tell("no-address", "error", channel, `${fr}, aucune adresse e-mail d’assistance n’est réglée`, `${en}, no support address is set`);
          if (offerable(target.options, email, ground.schedules(queueId)).length === 0) tell("nobody-reachable", "error", channel, `${fr}, aucune option ne reste`, `${en}, no option is left`);
          return;
        }
        case "number": case "assistant":
      }
    }
  }
  const loop = findLoop(ground, nowMs);
  if (loop) {
    const names = loop.map(({ from }) => ground.queue(from)?.name ?? from).join(" → ");
    found.push({ code: "redirect-loop", severity: "error", queueId: loop[0]!.from, channel: loop[0]!.channel, words: { fr: `Files qui se renvoient les contacts\u202f: ${names}`, en: `Queues that send contacts round in a circle: ${names}` } });
  }
  return found;
}
