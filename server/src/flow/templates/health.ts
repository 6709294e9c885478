/** A health practice: emergencies first, then appointments; nobody is left without a way to be heard. */
import { asks, says, template, texts } from "./parts.ts";

export const health = template({
  id: "template_health",
  title: texts("Cabinet médical", "Health practice"),
  description: texts("L’urgence d’abord, avec les numéros à composer ; rendez-vous, résultats et ordonnances ensuite, avec rappel.", "Emergencies first, with the numbers to dial; then appointments, results and prescriptions, with a callback."),
  queues: { reception: texts("Accueil du cabinet", "Reception") },
  person: "reception",
  answeredBy: { through: texts("Je vous passe l’accueil.", "I am putting you through to reception."), label: texts("L’accueil", "Reception") },
  words: ["secretaire", "secretaire medicale", "receptionist", "nurse"],
  variables: { patient: { type: "date", label: "Date de naissance" } },
  start: "welcome",
  steps: {
    welcome: { kind: "say", says: asks(texts("Bonjour, cabinet médical. En cas d’urgence vitale, raccrochez et composez le 15 ou le 112.", "Hello, this is the medical practice. If it is life-threatening, hang up and dial 112."), texts("Bonjour, cabinet médical. En cas d’urgence vitale, appelez le 15 ou le 112.", "Hello, this is the medical practice. If it is life-threatening, dial 112.")), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Si c’est urgent aujourd’hui, tapez 1. Pour un rendez-vous, tapez 2. Pour un résultat ou une ordonnance, tapez 3. Pour l’accueil, tapez 0.", "If it is urgent today, press 1. For an appointment, press 2. For a result or a prescription, press 3. For reception, press 0."),
        texts("Quelle est votre demande ?", "What is it about?"),
      ),
      choices: [
        { key: "1", label: texts("Urgent aujourd’hui", "Urgent today"), words: { fr: ["urgent", "urgence", "fievre", "douleur"], en: ["urgent", "fever", "pain"] }, reason: texts("Urgent", "Urgent"), priority: 9, next: "urgent" },
        { key: "2", label: texts("Rendez-vous", "Appointment"), words: { fr: ["rendez-vous", "rdv", "annuler", "deplacer"], en: ["appointment", "cancel", "move"] }, reason: texts("Rendez-vous", "Appointment"), next: "birth" },
        { key: "3", label: texts("Résultat ou ordonnance", "Result or prescription"), words: { fr: ["resultat", "analyse", "ordonnance"], en: ["result", "test", "prescription"] }, reason: texts("Résultat ou ordonnance", "Result or prescription"), next: "callback" },
      ],
    },
    urgent: { kind: "queue", queueId: "reception", priority: 9, whisper: texts("Urgent", "Urgent"), says: asks(texts("Restez en ligne, vous passez en premier.", "Stay on the line, you come first."), texts("Vous passez en premier.", "You come first.")) },
    birth: {
      kind: "collect", variable: "patient", type: "date",
      label: texts("Date de naissance du patient", "Patient’s date of birth"),
      says: asks(texts("Tapez la date de naissance du patient en huit chiffres : jour, mois, année.", "Key in the patient’s date of birth: day, month and year, eight digits."), texts("Quelle est la date de naissance du patient ?", "What is the patient’s date of birth?")),
      check: "value <= contact.date",
      wrong: says("Cette date n’est pas possible.", "That date is not possible."),
      optional: { label: texts("Passer", "Skip"), next: "reception" },
      noAnswer: "reception", next: "reception",
    },
    reception: { kind: "queue", queueId: "reception", says: says("Merci, l’accueil vous répond.", "Thank you, reception will answer.") },
    callback: {
      kind: "callback", queueId: "reception", offer: "in-order", label: texts("Rappel", "Callback"),
      says: says("Notre équipe peut vous rappeler.", "Our team can call you back."),
      declined: "reception", failed: "reception",
    },
  },
  tests: [
    { name: "Urgent passe en premier", acts: [{ do: "keys", keys: "1" }], expect: { end: "person", queueId: "reception", priority: 9 } },
    { name: "Rendez-vous, né le 2 mai 1980", acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "02051980" }], expect: { end: "person", queueId: "reception", data: { patient: "1980-05-02" } } },
    { name: "A prescription: called back", given: { language: "en" }, acts: [{ do: "keys", keys: "3" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "Le mot « secrétaire »", given: { medium: "chat" }, acts: [{ do: "says", text: "la secrétaire s’il vous plaît" }], expect: { end: "person", queueId: "reception" } },
    { name: "Silence", acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }], expect: { end: "person", queueId: "reception" } },
  ],
});
