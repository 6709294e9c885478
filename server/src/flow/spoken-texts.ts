import type { Language } from "../hub/hub.ts";
import type { FlowDefinition } from "./definition.ts";
import type { Says } from "./words.ts";

/** Every fixed text that voice may speak for this flow, so that its prompts can be made before the first call. */
export function spokenTexts(definition: FlowDefinition): { text: string; language: Language }[] {
  const all: Says[] = [definition.reachHuman.says, definition.retry.wrong, definition.retry.silence];
  for (const step of Object.values(definition.steps)) if ("says" in step && step.says) all.push(step.says);
  return definition.languages.flatMap((language) =>
    all.flatMap(({ sounds, aside }) => {
      const text = sounds[language];
      const spoken = text === undefined || text.includes("{") ? [] : [{ text, language }];
      const also = aside?.[language];
      return also ? [...spoken, also] : spoken;
    }),
  );
}
