/** A mass incident: the known trouble is told first and briefly; whoever has another one, or wants a person, is not held back. */
import { asks, says, template, texts } from "./parts.ts";

export const surge = template({
  id: "template_surge",
  title: texts("Incident massif", "Mass incident"),
  description: texts("Panne connue : dite d’abord, avec un lien de suivi par SMS ; une personne reste joignable.", "A known outage is told first, with a link to follow it by text; a person stays in reach."),
  queues: { support: texts("Service client", "Customer service"), urgent: texts("Urgences", "Emergencies") },
  person: "support",
  start: "told",
  variables: {},
  steps: {
    told: { kind: "say", interruptible: true, says: says("Bonjour. Une panne est en cours, nos équipes y travaillent.", "Hello. We know of an outage and are working on it."), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Pour suivre la panne par un lien reçu par SMS, tapez 1. Pour un danger ou une urgence, tapez 2. Pour une personne, tapez 0.", "For a text with a link to updates, press 1. For a danger or an emergency, press 2. For a person, press 0."),
        texts("Que souhaitez-vous ?", "What would you like?"),
      ),
      choices: [
        { key: "1", label: texts("Être tenu au courant", "Keep me informed"), words: { fr: ["sms", "suivi", "informe"], en: ["text", "updates", "inform"] }, next: "text" },
        { key: "2", label: texts("Danger ou urgence", "Danger or emergency"), words: { fr: ["danger", "urgence", "fumee", "gaz"], en: ["danger", "emergency", "smoke", "gas"] }, reason: texts("Danger", "Danger"), priority: 10, next: "danger" },
        { key: "3", label: texts("Autre chose", "Something else"), words: { fr: ["autre", "facture"], en: ["other", "invoice", "else"] }, next: "support" },
      ],
    },
    text: { kind: "deflect", note: "Le lien de votre page de suivi / Your own status page", to: { kind: "sms", text: texts("Suivi de la panne : https://example.com/suivi", "Outage updates: https://example.com/status") }, says: says("C’est envoyé. Merci de votre patience.", "It is on its way. Thank you for your patience."), next: "more", failed: "support" },
    more: { kind: "menu", label: texts("Suite", "What next"), says: asks(texts("Si c’est tout, tapez 1. Pour une personne, tapez 2.", "If that is all, press 1. For a person, press 2."), texts("Autre chose ?", "Anything else?")), choices: [{ key: "1", label: texts("C’est tout", "That is all"), next: "bye" }, { key: "2", label: texts("Une personne", "A person"), next: "support" }] },
    bye: { kind: "end", says: says("Au revoir.", "Goodbye."), exception: "Informé de la panne, avec un SMS de suivi, à sa demande" },
    danger: { kind: "queue", queueId: "urgent", priority: 10, whisper: texts("Danger", "Danger"), says: asks(texts("Restez en ligne, vous passez en premier.", "Stay on the line, you come first."), texts("Vous passez en premier.", "You come first.")) },
    support: { kind: "queue", queueId: "support", ifFull: "callback", says: says("L’attente est longue, merci de patienter.", "The wait is long today, thank you for your patience.") },
    callback: { kind: "callback", queueId: "support", offer: "in-order", label: texts("Rappel", "Callback"), says: says("Nous pouvons vous rappeler.", "We can call you back."), declined: "stay", failed: "stay" },
    stay: { kind: "queue", queueId: "support" },
  },
  tests: [
    { name: "Un SMS suffit", given: { answers: { text: {} } }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "1" }], expect: { end: "message" } },
    { name: "Le SMS ne part pas : une personne", given: { answers: { text: "fails" } }, acts: [{ do: "keys", keys: "1" }], expect: { end: "person", queueId: "support" } },
    { name: "Danger", acts: [{ do: "keys", keys: "2" }], expect: { end: "person", queueId: "urgent", priority: 10 } },
    { name: "Saturated: called back", given: { language: "en", queues: "full" }, acts: [{ do: "keys", keys: "3" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "Zéro", acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "support" } },
  ],
});
