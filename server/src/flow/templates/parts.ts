/** What the templates share: words in both languages, and the settings that every flow says once. */
import type { FlowDocumentInput, Says } from "@tandem/protocol/flow/flow";
import { flowDefinition, type FlowDefinition } from "../definition.ts";

interface Words {
  fr: string;
  en: string;
}

export interface Template {
  title: Words;
  description: Words;
  /** What its queues are for, by the ids that it names them with: whoever takes it says which of the centre's stands for each. */
  queues: Readonly<Record<string, Words>>;
  document: FlowDefinition;
}

export const texts = (fr: string, en: string): { fr: string; en: string } => ({ fr, en });
/** Spoken and written alike. */
export const says = (fr: string, en: string): Says => ({ sounds: texts(fr, en) });
/** Spoken with its keys, written without them: the choices are buttons there. */
export const asks = (sounds: { fr: string; en: string }, reads: { fr: string; en: string }): Says => ({ sounds, reads });

type Steps = FlowDocumentInput["steps"];
type Tests = FlowDocumentInput["tests"];

interface Parts extends Pick<FlowDocumentInput, "variables" | "languageNeeds" | "limits">, Omit<Template, "document"> {
  id: string;
  /** The queue that `0` reaches. */
  person: string;
  /** Who answers there, after "Je vous passe": absent = an adviser. */
  answeredBy?: { through: Words; label: Words };
  words?: string[];
  start: string;
  steps: Steps;
  tests: Tests;
}

const ADVISER = { through: texts("Je vous mets en relation avec un conseiller.", "I am putting you through to an adviser."), label: texts("Un conseiller", "An adviser") };

export function template({ id, title, description, queues, person, answeredBy = ADVISER, words = [], tests, ...rest }: Parts): Template {
  const document = flowDefinition({
    ...rest,
    format: 2,
    id,
    name: title.fr,
    version: 1,
    languages: ["fr", "en"],
    reachHuman: { queueId: person, says: { sounds: answeredBy.through }, label: answeredBy.label, words },
    retry: {
      wrong: asks(texts("Je n’ai pas compris.", "Sorry, I did not get that."), texts("Je n’ai pas compris.", "Sorry, I did not get that.")),
      silence: asks(texts("Je n’ai rien entendu.", "I did not hear anything."), texts("Êtes-vous toujours là ?", "Are you still there?")),
    },
    tests: tests ?? [],
  });
  return { title, description, queues, document };
}
