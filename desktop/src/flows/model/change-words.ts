/**
 * What changed in a flow, as a person would say it: each part of a path has its word, each value what it means (a step's title, a queue's
 * name, seconds). What nothing here knows is still read: its own name, and its values one by one.
 */
import type { FlowChange } from "@tandem/protocol/flow-studio";
import type { Step } from "@tandem/protocol/flow/flow";
import { keyIfKnown } from "../../i18n/i18n.ts";
import type { Key, T } from "../../i18n/i18n.ts";
import type { Names } from "../use-names.ts";
import { NOWHERE } from "./ports.ts";
import { quoteOf, titleOf } from "./words.ts";

export interface Around {
  t: T;
  format: { number(value: number): string };
  names: Pick<Names, "queue" | "flow" | "skill">;
  /** Of the flow as it is open: for the titles of targets. */
  steps: Readonly<Record<string, Step>>;
}
export interface ChangeWords {
  sentence: string;
  /** Texts that are too long for a sentence stand under it. */
  before: string | null;
  after: string | null;
}

const MAX_INLINE_CHARS = 60;
/** Fields that name a step. */
const TARGETS: ReadonlySet<string> = new Set(["next", "noAnswer", "otherwise", "open", "closed", "holiday", "unknown", "failed", "declined", "resolved", "person", "ifClosed", "ifFull", "start"]);
const MILLISECONDS: ReadonlySet<string> = new Set(["ms", "timeoutMs", "silenceMs", "voiceMs", "writtenMs"]);
const SECONDS: ReadonlySet<string> = new Set(["maxSeconds", "seconds"]);
/** What a word of a fixed list means, by its field; `*` is the word. */
const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  kind: ["flows.kind.*", "flows.deflect.*", "flows.hours.*"], type: ["flows.collect.*", "flows.type.*"], offer: ["flows.callback.*"], askNumber: ["flows.callback.number.*"], language: ["flows.language.*"], languages: ["flows.language.*"],
  medium: ["flows.given.medium.*"], hours: ["flows.given.hours.*"], queues: ["flows.given.queues.*"], end: ["flows.end.*"], do: ["flows.act.kind.*"], sensitive: ["flows.collect.sensitive.*"], of: ["flows.lookup.of.*", "flows.update.of.*"], goes: ["flows.answer.goes.*"],
};
/** Under these the names are the author's own. */
const NAMED_BY_AUTHOR: ReadonlySet<string> = new Set(["variables", "fields", "headers", "set", "context", "answers", "customer", "data", "steps"]);

export function changeWords(change: FlowChange, around: Around): ChangeWords {
  const { t } = around;
  const { kind } = change;
  const parts = insideOf(change);
  const field = fieldOf(parts);
  const [before, after] = [valueWords(change.before, field, around), valueWords(change.after, field, around)];
  if (parts.length === 0) {
    // A whole step.
    const sentence = kind === "added" ? t("flows.change.step.added", { step: after }) : kind === "removed" ? t("flows.change.step.removed", { step: before }) : t("flows.change.step.changed", { before, after });
    return { sentence, before: null, after: null };
  }
  const what = pathWords(change, t);
  const isLine = /^\d+$/.test(parts.at(-1) ?? "") || (parts.length > 1 && NAMED_BY_AUTHOR.has(parts.at(-2) ?? ""));
  const long = [before, after].some((words) => words.length > MAX_INLINE_CHARS || words.includes("\n"));
  if (kind === "changed") return long ? { sentence: t("flows.change.long", { what }), before, after } : { sentence: t("flows.change.short", { what, before, after }), before: null, after: null };
  if (kind === "added") {
    const sentence = isLine ? "flows.change.line.added" : "flows.change.field.added";
    return long ? { sentence: t(`${sentence}.long`, { what }), before: null, after } : { sentence: t(sentence, { what, value: after }), before: null, after: null };
  }
  const sentence = isLine ? "flows.change.line.removed" : "flows.change.field.removed";
  return long ? { sentence: t(`${sentence}.long`, { what }), before, after: null } : { sentence: t(sentence, { what, value: before }), before: null, after: null };
}

/** Without the step that the list stands under. */
function insideOf({ path, stepId }: Pick<FlowChange, "path" | "stepId">): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return stepId !== null && parts[0] === "steps" ? parts.slice(2) : parts;
}

/** The last part that is no number: what kind of value it is. */
function fieldOf(parts: readonly string[]): string {
  return parts.findLast((part) => !/^\d+$/.test(part)) ?? "";
}

/** "steps/menu/choices/0/label/fr" of the step `menu` -> "Choice 1 › Name › French". */
export function pathWords(change: Pick<FlowChange, "path" | "stepId">, t: T): string {
  const parts = insideOf(change);
  const words: string[] = [];
  parts.forEach((part, i) => {
    const before = parts[i - 1] ?? "";
    if (/^\d+$/.test(part) && i > 0) {
      const line = keyIfKnown(`flows.line.${before}`);
      const n = Number(part) + 1;
      words[words.length - 1] = line === null ? `${words.at(-1) ?? ""} ${n}` : t(line, { n });
    } else if (NAMED_BY_AUTHOR.has(before)) words.push(t("flows.change.quoted", { text: part }));
    else words.push(part === "to" && parts[i - 2] === "values" ? t("flows.set.to") : fieldWords(part, t));
  });
  return words.join(" › ") || t("flows.step");
}

export function fieldWords(field: string, t: T): string {
  const key = keyIfKnown(`flows.field.${field}`);
  return key === null ? field : t(key);
}

/** A value in words; `field`: where it stands. */
export function valueWords(value: unknown, field: string, around: Around): string {
  const { t, format, names } = around;
  if (value === undefined || value === null) return t("flows.change.nothing");
  if (typeof value === "boolean") return t(value ? "flows.change.yes" : "flows.change.no");
  if (typeof value === "number") return MILLISECONDS.has(field) ? secondsWords(value / 1000, around) : SECONDS.has(field) ? secondsWords(value, around) : format.number(value);
  if (typeof value === "string") {
    if (TARGETS.has(field)) return targetWords(value, around);
    if (field === "queueId") return t("flows.change.quoted", { text: names.queue(value) });
    if (field === "flowId") return t("flows.change.quoted", { text: names.flow(value) });
    if (field === "skillId") return t("flows.change.quoted", { text: names.skill(value) });
    return meaningOf(field, value, t) ?? t("flows.change.quoted", { text: value });
  }
  if (Array.isArray(value)) return value.length === 0 ? t("flows.change.nothing") : value.map((one) => valueWords(one, field, around)).join(", ");
  return objectWords(value as Readonly<Record<string, unknown>>, field, around);
}

function objectWords(value: Readonly<Record<string, unknown>>, field: string, around: Around): string {
  const { t } = around;
  if (isStep(value, field)) {
    const quote = quoteOf(value);
    const title = titleOf(value, t, around.names);
    const kind = t(`flows.kind.${value.kind}`);
    const words = title === kind ? kind : t("flows.change.step", { kind, title });
    // What it says where it has no name of its own; why nobody is needed, always.
    const detail = value.kind === "end" ? value.exception : title === kind ? (quote?.fr ?? quote?.en) : undefined;
    return detail === undefined ? words : `${words}, ${t("flows.change.quoted", { text: detail })}`;
  }
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.length === 0) return t("flows.change.nothing");
  // One text, or how something sounds and no more: its words alone.
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && (only[0] === "sounds" || only[0] === "fr" || only[0] === "en")) return valueWords(only[1], field, around);
  return entries.map(([name, one]) => `${NAMED_BY_AUTHOR.has(field) ? t("flows.change.quoted", { text: name }) : fieldWords(name, t).toLocaleLowerCase()} ${valueWords(one, name, around)}`).join(", ");
}

function targetWords(id: string, { t, names, steps }: Around): string {
  if (id === NOWHERE) return t("flows.change.open");
  const step = steps[id];
  return t("flows.change.quoted", { text: step === undefined ? id : titleOf(step, t, names) });
}

function secondsWords(seconds: number, { t, format }: Around): string {
  return t("flows.change.seconds", { n: format.number(seconds) });
}

function meaningOf(field: string, value: string, t: T): string | null {
  for (const pattern of MEANINGS[field] ?? []) {
    const key: Key | null = keyIfKnown(pattern.replace("*", value));
    if (key !== null) return t(key).toLocaleLowerCase();
  }
  return null;
}

/** Only a whole step stands where no field is. */
const isStep = (value: Readonly<Record<string, unknown>>, field: string): value is Step => field === "" && typeof value["kind"] === "string" && keyIfKnown(`flows.kind.${value["kind"]}`) !== null;
