/** The kinds of steps as the palette offers them: their icon, and which group. The first of each group are on the rail, all in the list. */
import type { StepKind } from "@tandem/protocol/flow/flow";
import { Bot, Braces, CalendarClock, CircleDot, Clock, CornerUpLeft, Database, Globe, Hourglass, Languages, ListOrdered, MessageSquareShare, PhoneForwarded, Split, SquarePen, TextCursorInput, Users, Variable, Voicemail, Volume2 } from "lucide-react";
import type { LucideIcon } from "lucide-react";

export type KindGroup = "talk" | "decide" | "data" | "finish";

export const kindGroups: Readonly<Record<KindGroup, readonly StepKind[]>> = {
  talk: ["say", "menu", "collect", "language", "assistant", "wait"],
  decide: ["branch", "hours", "subflow", "return"],
  data: ["lookup", "update", "http", "set"],
  finish: ["queue", "callback", "voicemail", "deflect", "transfer", "end"],
};

/** Straight on the rail, in this order; the others behind "more". */
export const railKinds: readonly StepKind[] = ["say", "menu", "collect", "assistant", "branch", "hours", "lookup", "queue", "callback", "voicemail", "deflect", "end"];

export const kindIcons: Readonly<Record<StepKind, LucideIcon>> = {
  say: Volume2,
  menu: ListOrdered,
  collect: TextCursorInput,
  language: Languages,
  branch: Split,
  hours: Clock,
  lookup: Database,
  update: SquarePen,
  http: Globe,
  set: Variable,
  queue: Users,
  callback: CalendarClock,
  voicemail: Voicemail,
  deflect: MessageSquareShare,
  assistant: Bot,
  transfer: PhoneForwarded,
  subflow: Braces,
  return: CornerUpLeft,
  wait: Hourglass,
  end: CircleDot,
};
