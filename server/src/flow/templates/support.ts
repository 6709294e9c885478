/** Technical support: an assistant tries first, and whoever prefers a person leaves it at any turn (PIT-06). */
import { asks, says, template, texts } from "./parts.ts";

export const technicalSupport = template({
  id: "template_support",
  title: texts("Assistance technique", "Technical support"),
  description: texts("Un assistant répond d’abord ; on le quitte à chaque tour pour une personne, qui a tout lu.", "An assistant answers first; a person who has read it all is one word away at every turn."),
  queues: { support: texts("Techniciens", "Technicians"), repairs: texts("Atelier", "Workshop") },
  person: "support",
  answeredBy: { through: texts("Je vous passe un technicien.", "I am putting you through to a technician."), label: texts("Un technicien", "A technician") },
  words: ["technicien", "technician"],
  variables: { serial: { type: "text", label: "N° de série" } },
  start: "who",
  steps: {
    who: { kind: "lookup", next: "welcome", unknown: "welcome" },
    welcome: { kind: "say", says: asks(texts("Bonjour, assistance technique.", "Hello, technical support."), texts("Bonjour {customer.firstName}.", "Hello {customer.firstName}.")), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Si plus rien ne marche, tapez 1. Pour une question d’utilisation, tapez 2. Pour une réparation en cours, tapez 3. Pour un technicien, tapez 0.", "If nothing works any more, press 1. For a question, press 2. For a repair in progress, press 3. For a technician, press 0."),
        texts("Que se passe-t-il ?", "What is happening?"),
      ),
      choices: [
        { key: "1", label: texts("Panne", "It does not work"), words: { fr: ["panne", "marche plus", "casse"], en: ["broken", "not working", "dead"] }, reason: texts("Panne", "Fault"), priority: 6, next: "serial" },
        { key: "2", label: texts("Question", "A question"), words: { fr: ["question", "comment", "utiliser"], en: ["question", "how", "use"] }, reason: texts("Question", "Question"), next: "assistant" },
        { key: "3", label: texts("Réparation en cours", "Repair in progress"), words: { fr: ["reparation", "retour atelier"], en: ["repair", "workshop"] }, reason: texts("Réparation", "Repair"), next: "repairs" },
      ],
    },
    serial: {
      kind: "collect", variable: "serial", type: "digits", min: 6, max: 12, label: texts("Numéro de série", "Serial number"),
      says: asks(texts("Tapez le numéro de série, puis dièse. Si vous ne l’avez pas, tapez seulement dièse.", "Key in the serial number, then the hash key. If you do not have it, just press hash."), texts("Quel est le numéro de série ?", "What is the serial number?")),
      optional: { label: texts("Je ne l’ai pas", "I do not have it"), next: "support" }, noAnswer: "support", next: "support",
    },
    assistant: { kind: "assistant", assistantId: "helpdesk", label: texts("Assistant", "Assistant"), says: says("Posez votre question en une phrase.", "Ask your question in one sentence."), maxTurns: 6, resolved: "bye", person: "support", failed: "support" },
    bye: { kind: "end", says: says("Merci, bonne journée.", "Thank you, goodbye."), exception: "Le client a dit que sa question est résolue" },
    support: { kind: "queue", queueId: "support", says: says("Un technicien vous répond.", "A technician will answer.") },
    repairs: { kind: "queue", queueId: "repairs", says: says("L’atelier vous répond.", "The workshop will answer.") },
  },
  tests: [
    { name: "Panne, avec numéro de série", acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "123456#" }], expect: { end: "person", queueId: "support", priority: 6, data: { serial: "123456" } } },
    { name: "L’assistant est en panne", given: { medium: "chat", answers: { assistant: "fails" } }, acts: [{ do: "says", text: "une question" }, { do: "says", text: "la lumière rouge" }], expect: { end: "person", queueId: "support" } },
    { name: "Leaving the assistant", given: { language: "en", medium: "chat", answers: { assistant: { says: "Have you restarted it?", goes: "on" } } }, acts: [{ do: "says", text: "a question" }, { do: "says", text: "the red light blinks" }, { do: "says", text: "a technician please" }], expect: { end: "person", queueId: "support" } },
    { name: "Réparation", acts: [{ do: "keys", keys: "3" }], expect: { end: "person", queueId: "repairs" } },
    { name: "Zéro", acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "support" } },
  ],
});
