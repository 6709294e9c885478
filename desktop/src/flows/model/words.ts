/** What a step is called and what it says, for its card and for lists. */
import type { FlowDocument, FlowLanguage, Says, Step, Texts } from "@tandem/protocol/flow/flow";
import { currentLanguage } from "../../i18n/i18n.ts";
import type { T } from "../../i18n/i18n.ts";
import { portsOf } from "./ports.ts";
import type { Port } from "./ports.ts";

/** In the language asked for, else in the other one. */
export const inLanguage = (texts: Texts | undefined, language: FlowLanguage): string => texts?.[language] ?? texts?.fr ?? texts?.en ?? "";

/** The author's name for it; a queue's; what a question is called for the agent, in the language of the screen; else its kind. */
export function titleOf(step: Step, t: T, names?: { queue(id: string): string }): string {
  if (step.name !== undefined) return step.name;
  if (step.kind === "queue" && names !== undefined) return names.queue(step.queueId);
  return ("label" in step && inLanguage(step.label, currentLanguage())) || t(`flows.kind.${step.kind}`);
}

export function portWords(port: Pick<Port, "label">, t: T, language: FlowLanguage): string {
  if ("key" in port.label) return t(port.label.key);
  if ("text" in port.label) return port.label.text;
  return inLanguage(port.label.words, language) || t("flows.port.unnamed");
}

/** The words of a way by its id, for paths and lists. */
export function wayWords(document: FlowDocument, stepId: string, portId: string | null, t: T, language: FlowLanguage): string {
  const step = document.steps[stepId];
  const port = step === undefined ? undefined : portsOf(step).find(({ id }) => id === portId);
  // Every step that asks is left that way by 0, by the words for it and by too many mistakes: no row on its card.
  if (portId === "human") return t("flows.way.person");
  return port === undefined ? (portId ?? "") : portWords(port, t, language);
}

/** The first thing that a step says, for the quotation on its card; null for steps that say nothing there. */
export function quoteOf(step: Step): Texts | null {
  if (step.kind === "say" || step.kind === "menu" || step.kind === "collect" || step.kind === "language") return step.says.sounds;
  return null;
}

/** Everything that a step says, with where: for missing languages. */
export function saysOf(step: Step): { at: string; texts: Texts; optional: boolean }[] {
  const says = (at: string, value: Says | undefined): { at: string; texts: Texts; optional: boolean }[] =>
    value === undefined ? [] : [{ at: `${at}/sounds`, texts: value.sounds, optional: false }, ...(value.reads === undefined ? [] : [{ at: `${at}/reads`, texts: value.reads, optional: true }])];
  const texts = (at: string, value: Texts | undefined): { at: string; texts: Texts; optional: boolean }[] => (value === undefined ? [] : [{ at, texts: value, optional: false }]);
  switch (step.kind) {
    case "say":
      return says("says", step.says);
    case "menu":
      return [...texts("label", step.label), ...says("says", step.says), ...step.choices.flatMap((choice, i) => texts(`choices/${i}/label`, choice.label))];
    case "collect":
      return [...texts("label", step.label), ...says("says", step.says), ...says("wrong", step.wrong), ...says("confirm", step.confirm), ...texts("optional/label", step.optional?.label)];
    case "language":
      return [...texts("label", step.label), ...says("says", step.says)];
    case "callback":
      return [...texts("label", step.label), ...says("says", step.says), ...says("confirmed", step.confirmed)];
    case "voicemail":
      return [...says("says", step.says), ...says("askNumber", step.askNumber), ...says("numberTaken", step.numberTaken)];
    case "assistant":
      return [...texts("label", step.label), ...says("says", step.says)];
    case "deflect":
      return [...says("says", step.says), ...(step.to.kind === "sms" ? texts("to/text", step.to.text) : [])];
    case "queue": case "transfer": case "wait": case "end":
      return says("says", step.says);
    case "branch": case "hours": case "lookup": case "update": case "http": case "set": case "subflow": case "return":
      return [];
  }
}

/** Languages of the flow in which this step has something to say and no words. */
export function missingLanguages(step: Step, languages: readonly FlowLanguage[]): FlowLanguage[] {
  const said = saysOf(step);
  return languages.filter((language) => said.some(({ texts }) => texts[language] === undefined));
}

/** Under the title: what this one does. `names`: of queues and flows. */
export function subtitleOf(step: Step, t: T, names: { queue(id: string): string; flow(id: string): string }): string {
  switch (step.kind) {
    case "menu":
      return t(step.speech ? "flows.sub.menuSpeech" : "flows.sub.menu");
    case "collect":
      return `${t(`flows.collect.${step.type}`)} › ${step.variable}`;
    case "language":
      return step.choices.map(({ label }) => label).join(", ");
    case "branch":
      return t("flows.sub.branch", { n: step.cases.length });
    case "hours":
      return step.of.kind === "global" ? t("flows.sub.hoursGlobal") : step.of.kind === "queue" ? t("flows.sub.hoursQueue", { queue: names.queue(step.of.queueId) }) : step.of.calendarId;
    case "lookup":
      if (step.of === "newest-case") return t("flows.sub.lookupNewest");
      return step.of === "case" ? t("flows.sub.lookupCase", { by: step.value }) : step.value === "contact.from" ? t("flows.sub.lookupFrom") : step.value;
    case "update":
      return step.of === undefined ? Object.keys(step.fields).join(", ") || t("flows.kind.update") : t(`flows.update.of.${step.of}`);
    case "http":
      return `${step.method} ${hostOf(step.url)}`;
    case "set":
      return step.values.map(({ name }) => name).join(", ");
    case "queue":
      return step.name === undefined ? t("flows.kind.queue") : names.queue(step.queueId);
    case "callback":
      return t(`flows.callback.${step.offer}`);
    case "voicemail":
      return names.queue(step.queueId);
    case "deflect":
      return step.to.kind === "queue" ? names.queue(step.to.queueId) : step.to.kind === "number" ? step.to.number : t(`flows.deflect.${step.to.kind}`);
    case "assistant":
      return step.assistantId;
    case "transfer":
      return step.number;
    case "subflow":
      return names.flow(step.flowId);
    case "wait":
      return t("flows.sub.wait", { s: step.ms / 1000 });
    case "end":
      return t(step.exception === undefined ? "flows.sub.end" : "flows.sub.endException");
    case "say": case "return":
      return t(`flows.sub.${step.kind}`);
  }
}

function hostOf(url: string): string {
  return /^https?:\/\/([^/{?#]+)/.exec(url)?.[1] ?? url;
}
