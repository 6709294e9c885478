/** What voice may say and hear for a flow, in the order in which a caller may come to it: so that it can be made before the first call. */
import type { FlowDocument, Says, Step } from "@tandem/protocol/flow/flow";
import type { Language } from "../hub/hub.ts";
import type { FlowDefinition } from "./definition.ts";
import { partsOf } from "./parts.ts";
import { SPOKEN_PHRASES } from "./reach-human.ts";
import { askNumber, confirmKeys, declinedSounds, messageTaken, NO, NO_SPOKEN, sameNumberSounds, YES, YES_SPOKEN } from "./sentences.ts";

export interface SpokenText {
  /** "" where only the recording is fixed. */
  text: string;
  language: Language;
  /** Of the prompt table: played where it has a sound. */
  promptId?: string;
}

/** Texts with variables are left out: they are spoken when their values are known. */
export function spokenTexts(definition: FlowDefinition): SpokenText[] {
  const steps = stepsInOrder(definition);
  const kinds = new Set(steps.map(({ kind }) => kind));
  const ours: Readonly<Record<Language, string>>[] = [];
  if (kinds.has("collect") || kinds.has("callback") || kinds.has("voicemail")) ours.push(confirmKeys);
  if (kinds.has("callback")) ours.push(declinedSounds, sameNumberSounds);
  if (kinds.has("callback") || kinds.has("voicemail")) ours.push(askNumber.sounds);
  if (kinds.has("voicemail")) ours.push(messageTaken);
  const { reachHuman, retry } = definition;
  const all = [...steps.flatMap((step) => partsOf(step, definition.variables).says.map(({ says }) => says)), reachHuman.says, retry.wrong, retry.silence];
  return [...all.flatMap((says) => definition.languages.flatMap((language) => spokenOf(says, language))), ...definition.languages.flatMap((language) => ours.map((one) => ({ text: one[language], language })))];
}

/** Of words outside of flows (greetings of the settings), too. */
export function spokenOf({ sounds, aside, recording }: Says, language: Language): SpokenText[] {
  const own = { text: fixed(sounds[language]), language, ...(recording?.[language] !== undefined && { promptId: recording[language] }) };
  const also = aside?.[language];
  return [own, ...(also ? [{ ...also, text: fixed(also.text) }] : [])].filter((one) => one.text !== "" || "promptId" in one);
}

const fixed = (text: string | undefined): string => (text === undefined || text.includes("{") ? "" : text);

/** What a recogniser of words may be asked to listen for. */
export function spokenPhrases(definition: FlowDefinition): { phrase: string; language: Language }[] {
  const steps = stepsInOrder(definition);
  const asks = steps.some((step) => step.kind === "menu" && step.speech);
  const confirms = steps.some(({ kind }) => kind === "collect" || kind === "callback");
  return definition.languages.flatMap((language) => {
    const { reachHuman } = definition;
    const phrases = [
      ...steps.flatMap((step) => (step.kind === "menu" && step.speech ? step.choices.flatMap(({ label, words }) => [label[language] ?? "", ...(words[language] ?? [])]) : [])),
      ...(asks || confirms ? [reachHuman.label[language] ?? "", ...SPOKEN_PHRASES[language], ...reachHuman.words] : []),
      ...(confirms ? [YES[language], ...YES_SPOKEN[language], NO[language], ...NO_SPOKEN[language]] : []),
    ];
    return [...new Set(phrases)].filter((phrase) => phrase !== "").map((phrase) => ({ phrase, language }));
  });
}

/** Nearest to the start first; what nothing leads to comes last. */
function stepsInOrder({ start, steps }: FlowDocument): Step[] {
  const order = new Set([start]);
  for (const id of order) for (const next of stepIdsIn(steps[id], steps)) order.add(next);
  return [...order, ...Object.keys(steps).filter((id) => !order.has(id))].flatMap((id) => steps[id] ?? []);
}

/** Any text of a step that is a step's id: a way out of it, or a word that costs nothing but its place. */
function stepIdsIn(value: unknown, steps: FlowDocument["steps"]): string[] {
  if (typeof value === "string") return Object.hasOwn(steps, value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => stepIdsIn(inner, steps));
}
