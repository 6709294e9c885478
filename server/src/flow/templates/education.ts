/** A school or university: an absence is told in one message, enrolment has its own people, in either language. */
import { asks, says, template, texts } from "./parts.ts";

export const education = template({
  id: "template_education",
  title: texts("École et inscriptions", "School and enrolment"),
  description: texts("Choix de la langue, absence signalée par un message, inscriptions et scolarité.", "Language first, an absence told by message, enrolment and student services."),
  queues: { office: texts("Secrétariat", "School office"), enrolment: texts("Inscriptions", "Enrolment") },
  person: "office",
  answeredBy: { through: texts("Je vous passe le secrétariat.", "I am putting you through to the school office."), label: texts("Le secrétariat", "The school office") },
  words: ["scolarite", "secretariat", "student services", "school office"],
  variables: {},
  start: "welcome",
  steps: {
    welcome: { kind: "say", says: says("Bonjour.", "Hello."), next: "language" },
    language: {
      kind: "language", label: texts("Langue", "Language"),
      says: { ...asks(texts("Pour le français, tapez 1.", "For English, press 2."), texts("Français ou English ?", "English or Français?")), aside: { fr: { language: "en", text: "For English, press 2." }, en: { language: "fr", text: "Pour le français, tapez 1." } } },
      choices: [{ key: "1", language: "fr", label: "Français" }, { key: "2", language: "en", label: "English" }],
      noAnswer: "need", next: "need",
    },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Pour signaler une absence, tapez 1. Pour une inscription, tapez 2. Pour la scolarité, tapez 3. Pour une personne, tapez 0.", "To report an absence, press 1. For enrolment, press 2. For student services, press 3. For a person, press 0."),
        texts("Comment pouvons-nous vous aider ?", "How can we help?"),
      ),
      choices: [
        { key: "1", label: texts("Signaler une absence", "Report an absence"), words: { fr: ["absence", "absent", "malade"], en: ["absence", "absent", "sick"] }, reason: texts("Absence", "Absence"), next: "absence" },
        { key: "2", label: texts("Inscription", "Enrolment"), words: { fr: ["inscription", "inscrire", "candidature"], en: ["enrolment", "enroll", "apply"] }, reason: texts("Inscription", "Enrolment"), next: "enrol" },
        { key: "3", label: texts("Scolarité", "Student services"), words: { fr: ["certificat", "note", "examen", "bourse"], en: ["certificate", "grade", "exam", "grant"] }, reason: texts("Scolarité", "Student services"), next: "office" },
      ],
    },
    absence: {
      kind: "voicemail", queueId: "office", maxSeconds: 60,
      says: says("Dites le nom de l’élève, sa classe et le motif, après le bip. Puis tapez dièse.", "After the tone, say the pupil’s name, class and reason. Then press the hash key."),
      askNumber: says("À quel numéro pouvons-nous vous joindre ?", "Which number can we reach you on?"),
      failed: "absence-office",
    },
    "absence-office": { kind: "queue", queueId: "office", says: asks(texts("Le secrétariat vous répond.", "The office will answer."), texts("Écrivez le nom de l’élève, sa classe et le motif : le secrétariat le lira.", "Please write the pupil’s name, class and reason: the office will read it.")) },
    enrol: { kind: "queue", queueId: "enrolment", ifFull: "later", says: says("Le service des inscriptions vous répond.", "The enrolment office will answer.") },
    later: { kind: "callback", queueId: "enrolment", offer: "in-order", label: texts("Rappel", "Callback"), says: says("Il y a beaucoup de monde : nous pouvons vous rappeler.", "We are very busy: we can call you back."), declined: "office", failed: "office" },
    office: { kind: "queue", queueId: "office", says: says("Le secrétariat vous répond.", "The office will answer.") },
  },
  tests: [
    { name: "Absence : un message", acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "1" }], expect: { end: "voicemail" } },
    { name: "Enrolment in English", acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "2" }], expect: { end: "person", queueId: "enrolment" } },
    { name: "Inscriptions saturées : rappel", given: { queues: "full" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "2" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "Sans choisir de langue", acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }, { do: "keys", keys: "3" }], expect: { end: "person", queueId: "office" } },
    { name: "Zéro avant la langue", acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "office" } },
  ],
});
