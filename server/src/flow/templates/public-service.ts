/** A town hall: whoever calls outside its hours leaves a message, or chooses a time to be called. */
import { asks, says, template, texts } from "./parts.ts";

export const publicService = template({
  id: "template_public",
  title: texts("Service public", "Public service"),
  description: texts("Mairie ou administration : papiers, dossiers, voirie ; hors des heures, un message ou un rappel daté.", "Town hall or authority: papers, applications, street; outside its hours a message or a dated callback."),
  queues: { desk: texts("Guichet", "Front desk"), street: texts("Voirie", "Street services") },
  person: "desk",
  answeredBy: { through: texts("Je vous passe le guichet.", "I am putting you through to the front desk."), label: texts("Le guichet", "Front desk") },
  words: ["guichet", "fonctionnaire", "clerk"],
  variables: { file: { type: "text", label: "Dossier" } },
  start: "hours",
  steps: {
    hours: { kind: "hours", of: { kind: "queue", queueId: "desk" }, open: "welcome", closed: "closed", holiday: "holiday" },
    welcome: { kind: "say", says: says("Bonjour, bienvenue à la mairie.", "Hello, this is the town hall."), next: "need" },
    need: {
      kind: "menu",
      label: texts("Démarche", "Matter"),
      says: asks(
        texts("Pour des papiers d’identité, tapez 1. Pour un dossier en cours, tapez 2. Pour signaler un problème dans la rue, tapez 3. Pour le guichet, tapez 0.", "For identity papers, press 1. For an application in progress, press 2. For a problem in the street, press 3. For the front desk, press 0."),
        texts("Quelle est votre démarche ?", "What is it about?"),
      ),
      choices: [
        { key: "1", label: texts("Papiers d’identité", "Identity papers"), words: { fr: ["passeport", "carte d’identite", "papiers"], en: ["passport", "identity card", "papers"] }, reason: texts("Papiers d’identité", "Identity papers"), next: "meet" },
        { key: "2", label: texts("Dossier en cours", "Application in progress"), words: { fr: ["dossier", "suivi"], en: ["file", "application", "progress"] }, reason: texts("Dossier en cours", "Application in progress"), next: "file" },
        { key: "3", label: texts("Problème dans la rue", "Problem in the street"), words: { fr: ["rue", "eclairage", "dechets", "signaler"], en: ["street", "light", "waste", "report"] }, reason: texts("Signalement", "Report"), next: "report" },
      ],
    },
    meet: { kind: "callback", queueId: "desk", offer: "in-order", label: texts("Rappel", "Callback"), says: says("Nous pouvons vous rappeler pour préparer vos papiers.", "We can call you back to prepare your papers."), declined: "desk", failed: "desk" },
    file: {
      kind: "collect", variable: "file", type: "digits", min: 4, max: 12, label: texts("Numéro de dossier", "Reference number"),
      says: asks(texts("Tapez votre numéro de dossier, puis dièse. Sans numéro, tapez dièse.", "Key in your reference number, then the hash key. Without one, just press hash."), texts("Quel est votre numéro de dossier ?", "What is your reference number?")),
      optional: { label: texts("Je ne l’ai pas", "I do not have it"), next: "desk" }, noAnswer: "desk", next: "desk",
    },
    report: { kind: "voicemail", queueId: "street", maxSeconds: 90, says: says("Dites l’adresse et le problème après le bip, puis tapez dièse.", "After the tone, say the address and the problem, then press the hash key."), failed: "report-desk" },
    "report-desk": { kind: "queue", queueId: "desk", says: asks(texts("Le guichet vous répond.", "The front desk will answer."), texts("Écrivez l’adresse et le problème : le guichet le lira.", "Please write the address and the problem: the front desk will read it.")) },
    desk: { kind: "queue", queueId: "desk", says: says("Le guichet vous répond.", "The front desk will answer.") },
    closed: { kind: "say", says: says("Bonjour, la mairie est fermée.", "Hello, the town hall is closed."), next: "after" },
    holiday: { kind: "say", says: says("Bonjour, la mairie est fermée en raison du jour férié.", "Hello, the town hall is closed for the holiday."), next: "after" },
    after: {
      kind: "menu",
      label: texts("Fermé", "Closed"),
      says: asks(texts("Pour être rappelé, tapez 1. Pour laisser un message, tapez 2.", "To be called back, press 1. To leave a message, press 2."), texts("Être rappelé, ou laisser un message ?", "Be called back, or leave a message?")),
      choices: [
        { key: "1", label: texts("Être rappelé", "Be called back"), words: { fr: ["appel", "rappel"], en: ["call", "callback"] }, next: "call-later" },
        { key: "2", label: texts("Laisser un message", "Leave a message"), words: { fr: ["message"], en: ["message"] }, next: "message" },
      ],
      noAnswer: "message",
    },
    "call-later": { kind: "callback", queueId: "desk", offer: "dated", label: texts("Rappel", "Callback"), says: says("Voici les créneaux possibles.", "Here are the times that we can offer."), declined: "message", failed: "message" },
    message: { kind: "voicemail", queueId: "desk", says: says("Laissez votre message après le bip, puis tapez dièse.", "Leave your message after the tone, then press the hash key."), askNumber: says("À quel numéro pouvons-nous vous rappeler ?", "Which number shall we call you on?"), failed: "write" },
    write: { kind: "queue", queueId: "desk", says: asks(texts("Votre message n’a pas pu être enregistré. Restez en ligne.", "Your message could not be recorded. Please stay on the line."), texts("Écrivez votre message : nous répondrons dès l’ouverture.", "Please write your message: we will answer when we open.")) },
  },
  tests: [
    { name: "Ouvert : un dossier", acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "4021#" }], expect: { end: "person", queueId: "desk", data: { file: "4021" } } },
    { name: "Un lampadaire cassé", acts: [{ do: "keys", keys: "3" }], expect: { end: "voicemail" } },
    { name: "Fermé : un message", given: { hours: "closed", queues: "closed" }, acts: [{ do: "keys", keys: "2" }], expect: { end: "voicemail", says: "fermée" } },
    { name: "Closed: called at a time", given: { language: "en", hours: "closed", queues: "closed" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "Jour férié", given: { hours: "holiday", queues: "closed" }, acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }], expect: { end: "voicemail", says: "férié" } },
  ],
});
