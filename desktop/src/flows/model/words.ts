/** What a step is called and what it says, for its card and for lists. */
import type { FlowDocument, FlowLanguage, Says, Step, Texts } from "@tandem/protocol/flow/flow";
import type { T } from "../../i18n/i18n.ts";
import { portsOf } from "./ports.ts";
import type { Port } from "./ports.ts";

/** In the language asked for, else in the other one. */
export const inLanguage = (texts: Texts | undefined, language: FlowLanguage): string => texts?.[language] ?? texts?.fr ?? texts?.en ?? "";

export const titleOf = (step: Step, t: T): string => step.name ?? t(`flows.kind.${step.kind}`);

export function portWords(port: Pick<Port, "label">, t: T, language: FlowLanguage): string {
  if ("key" in port.label) return t(port.label.key);
  if ("text" in port.label) return port.label.text;
  return inLanguage(port.label.words, language) || t("flows.port.unnamed");
}

/** The words of a way by its id, for paths and lists. */
export function wayWords(document: FlowDocument, stepId: string, portId: string | null, t: T, language: FlowLanguage): string {
  const step = document.steps[stepId];
  const port = step === undefined ? undefined : portsOf(step).find(({ id }) => id === portId);
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
