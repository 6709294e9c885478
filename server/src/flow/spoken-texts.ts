import type { Says } from "@tandem/protocol/flow/flow";
import type { Language } from "../hub/hub.ts";
import type { FlowDefinition } from "./definition.ts";
import { partsOf } from "./parts.ts";
import { confirmKeys, declinedSounds, messageTaken, sameNumberSounds, askNumber } from "./sentences.ts";

/** Every fixed text that voice may speak for this flow, so that its prompts can be made before the first call. Recordings are not synthesised. */
export function spokenTexts(definition: FlowDefinition): { text: string; language: Language }[] {
  const all: Says[] = [definition.reachHuman.says, definition.retry.wrong, definition.retry.silence];
  const kinds = new Set<string>();
  for (const step of Object.values(definition.steps)) {
    kinds.add(step.kind);
    all.push(...partsOf(step, definition.variables).says.map(({ says }) => says));
  }
  const ours: Readonly<Record<Language, string>>[] = [];
  if (kinds.has("collect") || kinds.has("callback") || kinds.has("voicemail")) ours.push(confirmKeys);
  if (kinds.has("callback")) ours.push(declinedSounds, sameNumberSounds);
  if (kinds.has("callback") || kinds.has("voicemail")) ours.push(askNumber.sounds);
  if (kinds.has("voicemail")) ours.push(messageTaken);
  const spoken = definition.languages.flatMap((language) => [
    ...all.flatMap(({ sounds, aside, recording }) => {
      const text = recording?.[language] === undefined ? sounds[language] : undefined;
      const also = aside?.[language];
      return [...(text === undefined ? [] : [{ text, language }]), ...(also ? [also] : [])];
    }),
    ...ours.map((one) => ({ text: one[language], language })),
  ]);
  return spoken.filter(({ text }) => !text.includes("{"));
}
