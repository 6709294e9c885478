/** What `../validate.ts` says, as a finding: its kind, and its words in both languages. */
import type { FlowLanguage } from "@tandem/protocol/flow/flow";
import type { Words } from "./because.ts";

/** In the order of `validate.ts`; `$1` is what the first group found. */
const PROBLEMS: readonly { why: RegExp; code: string; fr: string; en: string }[] = [
  { why: /^more than (\d+) steps$/, code: "too-big", fr: "Plus de $1 étapes.", en: "More than $1 steps." },
  { why: /^no step "(.*)"$/, code: "dead-end", fr: "L’étape « $1 » n’existe pas.", en: "There is no step “$1”." },
  { why: /^a language stands twice$/, code: "definition", fr: "Une langue figure deux fois.", en: "A language stands twice." },
  { why: /^is a word of JavaScript's own/, code: "definition", fr: "Ce nom est réservé : choisissez-en un autre.", en: "This name is reserved: choose another one." },
  { why: /^begins with a (\w+), and is declared (\w+)$/, code: "definition", fr: "La valeur initiale ($1) n’est pas du type déclaré ($2).", en: "The initial value ($1) is not of the declared type ($2)." },
  { why: /^leads to "(.*)", which does not exist$/, code: "dead-end", fr: "Mène à l’étape « $1 », qui n’existe pas.", en: "Leads to the step “$1”, which does not exist." },
  { why: /^variable "(.*)" is not declared$/, code: "unset-variable", fr: "La variable « $1 » n’est pas déclarée.", en: "The variable “$1” is not declared." },
  { why: /^variable "(.*)" is declared (\w+), and a (\w+) is put in$/, code: "definition", fr: "La variable « $1 » est déclarée $2, et reçoit une valeur de type $3.", en: "The variable “$1” is declared $2, and is given a $3." },
  { why: /^has no way out/, code: "dead-end", fr: "Aucune file ni fin ne peut être atteinte d’ici.", en: "No queue and no end can be reached from here." },
  { why: /^no text in "(\w+)"$/, code: "missing-language", fr: "Il manque le texte dans cette langue ($1).", en: "The text in this language is missing ($1)." },
  { why: /^\{(.*)\} is unknown$/, code: "unset-variable", fr: "La variable {$1} est inconnue.", en: "The variable {$1} is unknown." },
  { why: /^min is above max$/, code: "definition", fr: "Le minimum dépasse le maximum.", en: "The minimum is above the maximum." },
  { why: /^a count of digits is 1 to 32$/, code: "definition", fr: "Un nombre de chiffres va de 1 à 32.", en: "A count of digits is 1 to 32." },
  { why: /^a key means two things(?: in "(\w+)")?$/, code: "keys", fr: "Une touche a deux sens.", en: "A key means two things." },
  { why: /^the flow does not speak "(\w+)"$/, code: "missing-language", fr: "Le parcours ne parle pas cette langue ($1).", en: "The flow does not speak this language ($1)." },
  { why: /^begins with http:\/\//, code: "definition", fr: "L’adresse commence par http:// ou https:// et un serveur sans variable, ou par un secret.", en: "The address begins with http:// or https:// and a host without variables, or with a secret." },
  { why: /^a flow cannot be a part of itself$/, code: "loop", fr: "Un parcours ne peut pas être une partie de lui-même.", en: "A flow cannot be a part of itself." },
  { why: /^\* asks for a person in this flow/, code: "keys", fr: "La touche * demande une personne dans ce parcours.", en: "The key * asks for a person in this flow." },
  { why: /^no choice is left in "(\w+)"$/, code: "missing-language", fr: "Il ne reste aucun choix dans cette langue ($1).", en: "No choice is left in this language ($1)." },
];

const LANGUAGES: Readonly<Record<string, FlowLanguage>> = { fr: "fr", en: "en" };

/** Anything else is CEL's word about an expression, which is English. */
export function problemInWords(why: string): { code: string; language: FlowLanguage | null; words: Words } {
  for (const { why: pattern, code, fr, en } of PROBLEMS) {
    const match = pattern.exec(why);
    if (!match) continue;
    const filled = (text: string): string => text.replaceAll(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
    return { code, language: code === "missing-language" || code === "keys" ? (LANGUAGES[match[1] ?? ""] ?? null) : null, words: { fr: filled(fr), en: filled(en) } };
  }
  return { code: "expression", language: null, words: { fr: `L’expression est fausse : ${why}`, en: `The expression is wrong: ${why}` } };
}
