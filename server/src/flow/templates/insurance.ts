/** Insurance: an accident now is helped now; a claim is declared with its date, or followed by its number. */
import { asks, says, template, texts } from "./parts.ts";

export const insurance = template({
  id: "template_insurance",
  title: texts("Assurance et sinistres", "Insurance claims"),
  description: texts("Accident en cours : assistance prioritaire. Déclaration datée et confirmée, suivi par numéro.", "An accident now: assistance first. A claim with its date confirmed, or followed by number."),
  queues: { claims: texts("Sinistres", "Claims"), assistance: texts("Assistance d’urgence", "Emergency assistance") },
  person: "claims",
  words: ["gestionnaire", "assureur", "claims handler"],
  variables: { claim: { type: "text", label: "Sinistre" }, happened: { type: "date", label: "Date du sinistre" } },
  start: "who",
  steps: {
    who: { kind: "lookup", next: "welcome", unknown: "welcome" },
    welcome: { kind: "say", says: asks(texts("Bonjour, ici votre assurance.", "Hello, this is your insurer."), texts("Bonjour {customer.firstName}.", "Hello {customer.firstName}.")), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Pour un accident ou une panne en ce moment, tapez 1. Pour déclarer un sinistre, tapez 2. Pour suivre un dossier, tapez 3. Pour un conseiller, tapez 0.", "For an accident or a breakdown right now, press 1. To report a claim, press 2. To follow one, press 3. For an adviser, press 0."),
        texts("De quoi avez-vous besoin ?", "What do you need?"),
      ),
      choices: [
        { key: "1", label: texts("Accident ou panne", "Accident or breakdown"), words: { fr: ["accident", "panne", "depannage"], en: ["accident", "breakdown", "tow"] }, reason: texts("Accident en cours", "Accident now"), priority: 10, next: "assistance" },
        { key: "2", label: texts("Déclarer un sinistre", "Report a claim"), words: { fr: ["declarer", "sinistre", "degat des eaux", "vol"], en: ["report", "claim", "damage", "theft"] }, reason: texts("Déclaration", "New claim"), next: "happened" },
        { key: "3", label: texts("Suivre un dossier", "Follow a claim"), words: { fr: ["suivre", "dossier", "remboursement"], en: ["follow", "status", "payment"] }, reason: texts("Suivi", "Follow-up"), next: "claim" },
      ],
    },
    assistance: { kind: "queue", queueId: "assistance", priority: 10, whisper: texts("Accident en cours", "Accident now"), says: says("Mettez-vous à l’abri. Un conseiller vous prend en charge.", "Get to safety. An adviser will take care of you.") },
    happened: {
      kind: "collect", variable: "happened", type: "date", label: texts("Date du sinistre", "Date of the damage"),
      says: asks(texts("Quand cela s’est-il passé ? Huit chiffres : jour, mois, année.", "When did it happen? Eight digits: day, month, year."), texts("Quand cela s’est-il passé ?", "When did it happen?")),
      check: "value <= contact.date", wrong: says("Cette date est à venir.", "That date is in the future."),
      confirm: asks(texts("Vous avez indiqué le {value}.", "You said {value}."), texts("Le {value}, est-ce exact ?", "{value}, is that right?")),
      optional: { label: texts("Je ne sais pas", "I do not know"), next: "declare" }, noAnswer: "declare", next: "declare",
    },
    declare: { kind: "queue", queueId: "claims", whisper: texts("Nouvelle déclaration", "New claim"), says: says("Merci, un gestionnaire ouvre votre dossier.", "Thank you, a claims handler will open your file.") },
    claim: {
      kind: "collect", variable: "claim", type: "digits", min: 7, max: 9, label: texts("Numéro de sinistre", "Claim number"),
      says: asks(texts("Tapez votre numéro de sinistre, puis dièse. Si vous ne l’avez pas, tapez seulement dièse.", "Key in your claim number, then the hash key. If you do not have it, just press hash."), texts("Quel est votre numéro de sinistre ?", "What is your claim number?")),
      optional: { label: texts("Je ne l’ai pas", "I do not have it"), next: "claims" }, noAnswer: "claims", next: "status",
    },
    status: { kind: "http", note: "L’adresse de votre système de sinistres / Your own claims system", url: "https://claims.example.com/{data.claim}", headers: { authorization: "Bearer {secret.claims}" }, timeoutMs: 3_000, saves: [], next: "claims", failed: "claims" },
    claims: { kind: "queue", queueId: "claims", says: says("Un gestionnaire vous répond.", "A claims handler will answer.") },
  },
  tests: [
    { name: "Accident : en premier", acts: [{ do: "keys", keys: "1" }], expect: { end: "person", queueId: "assistance", priority: 10 } },
    { name: "Déclaration confirmée", given: { at: "2026-11-23T10:00:00+01:00" }, acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "20112026" }, { do: "keys", keys: "1" }], expect: { end: "person", queueId: "claims", data: { happened: "2026-11-20" } } },
    { name: "Corrigée après un non", given: { at: "2026-11-23T10:00:00+01:00" }, acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "20112026" }, { do: "keys", keys: "2" }, { do: "keys", keys: "19112026" }, { do: "keys", keys: "1" }], expect: { end: "person", queueId: "claims", data: { happened: "2026-11-19" } } },
    { name: "Follow-up, their system is down", given: { language: "en", answers: { status: "fails" } }, acts: [{ do: "keys", keys: "3" }, { do: "keys", keys: "1234567#" }], expect: { end: "person", queueId: "claims", data: { claim: "1234567" } } },
    { name: "Silence", acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }], expect: { end: "person", queueId: "claims" } },
  ],
});
