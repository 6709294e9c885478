/** Only for when nobody is there: a call at a time, a message that somebody owns, or the number on call. */
import { asks, says, template, texts } from "./parts.ts";

export const afterHours = template({
  id: "template_after_hours",
  title: texts("Hors des heures", "After hours"),
  description: texts("Fermé : rappel à l’heure choisie, message, ou astreinte. Ouvert : directement une personne.", "Closed: a call at a chosen time, a message, or the number on call. Open: straight to a person."),
  queues: { support: texts("Conseillers", "Advisers") },
  person: "support",
  variables: {},
  start: "hours",
  steps: {
    hours: { kind: "hours", of: { kind: "queue", queueId: "support" }, open: "welcome", closed: "closed", holiday: "holiday" },
    welcome: { kind: "say", says: says("Bonjour, un conseiller vous répond.", "Hello, an adviser will answer."), next: "support" },
    support: { kind: "queue", queueId: "support" },
    closed: { kind: "say", says: says("Bonjour, nous sommes fermés.", "Hello, we are closed."), next: "need" },
    holiday: { kind: "say", says: says("Bonjour, nous sommes fermés en raison du jour férié.", "Hello, we are closed for the holiday."), next: "need" },
    need: {
      kind: "menu",
      label: texts("Fermé", "Closed"),
      says: asks(texts("Pour choisir l’heure d’un rappel, tapez 1. Pour un message, tapez 2. Pour une urgence, tapez 3.", "To choose when we call you, press 1. To leave a message, press 2. In an emergency, press 3."), texts("Comment pouvons-nous vous aider ?", "How can we help?")),
      choices: [
        { key: "1", label: texts("Être rappelé", "Be called back"), words: { fr: ["rappel", "rappeler"], en: ["callback", "call back"] }, next: "callback" },
        { key: "2", label: texts("Laisser un message", "Leave a message"), words: { fr: ["message"], en: ["message"] }, next: "message" },
        { key: "3", label: texts("Urgence", "Emergency"), words: { fr: ["urgence", "urgent", "astreinte"], en: ["emergency", "urgent", "on call"] }, next: "on-call" },
      ],
      noAnswer: "message",
    },
    callback: { kind: "callback", queueId: "support", offer: "dated", label: texts("Rappel", "Callback"), says: says("Voici les prochains créneaux.", "Here are our next available times."), declined: "message", failed: "message" },
    message: { kind: "voicemail", queueId: "support", says: says("Laissez votre message après le bip, puis tapez dièse.", "Leave your message after the tone, then press the hash key."), askNumber: says("À quel numéro pouvons-nous vous rappeler ?", "Which number shall we call you on?"), numberTaken: says("Nous vous rappellerons au {value}.", "We will call you on {value}."), failed: "write" },
    write: { kind: "queue", queueId: "support", says: asks(texts("Votre message n’a pas pu être enregistré. Restez en ligne.", "Your message could not be recorded. Please stay on the line."), texts("Écrivez votre message : nous répondrons dès l’ouverture.", "Please write your message: we will answer when we open.")) },
    "on-call": { kind: "transfer", note: "Le numéro de votre astreinte / Your own on-call number", number: "240", says: says("Je vous passe la personne d’astreinte.", "I am putting you through to the person on call."), failed: "message" },
  },
  tests: [
    { name: "Ouvert : une personne", expect: { end: "person", queueId: "support" } },
    { name: "Fermé : un rappel daté", given: { hours: "closed", queues: "closed" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "Closed: a message", given: { language: "en", hours: "closed", queues: "closed" }, acts: [{ do: "keys", keys: "2" }], expect: { end: "voicemail" } },
    { name: "Urgence : l’astreinte", given: { hours: "closed", queues: "closed" }, acts: [{ do: "keys", keys: "3" }], expect: { end: "number" } },
    { name: "Férié et silence : un message", given: { hours: "holiday", queues: "closed" }, acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }], expect: { end: "voicemail", says: "férié" } },
  ],
});
