/** Travel: who leaves within two days comes first. */
import { asks, says, template, texts } from "./parts.ts";

export const travel = template({
  id: "template_travel",
  title: texts("Voyages", "Travel"),
  description: texts("Un départ dans les deux jours passe devant ; dossier et date demandés une fois.", "A departure within two days comes first; booking and date are asked for once."),
  queues: { travel: texts("Conseillers voyage", "Travel advisers"), sales: texts("Réservations", "Bookings") },
  person: "travel",
  words: ["agent de voyage", "travel agent"],
  variables: { booking: { type: "text", label: "Dossier" }, departure: { type: "date", label: "Départ" } },
  start: "welcome",
  steps: {
    welcome: { kind: "say", says: says("Bonjour et bienvenue.", "Hello, and welcome."), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Pour un voyage déjà réservé, tapez 1. Pour réserver, tapez 2. Si vous êtes en voyage et avez besoin d’aide, tapez 3. Pour un conseiller, tapez 0.", "For a trip that you have booked, press 1. To book, press 2. If you are travelling and need help, press 3. For an adviser, press 0."),
        texts("De quoi s’agit-il ?", "What is it about?"),
      ),
      choices: [
        { key: "1", label: texts("Voyage réservé", "Booked trip"), words: { fr: ["reserve", "dossier", "modifier", "annuler"], en: ["booked", "booking", "change", "cancel"] }, reason: texts("Voyage réservé", "Booked trip"), next: "booking" },
        { key: "2", label: texts("Réserver", "Book a trip"), words: { fr: ["reserver", "devis", "partir"], en: ["book", "quote", "new trip"] }, reason: texts("Réservation", "New booking"), next: "sales" },
        { key: "3", label: texts("Aide en voyage", "Help while travelling"), words: { fr: ["bloque", "retard", "perdu", "aide"], en: ["stranded", "delay", "lost", "help"] }, reason: texts("Aide en voyage", "Help while travelling"), priority: 9, next: "help" },
      ],
    },
    booking: {
      kind: "collect", variable: "booking", type: "digits", min: 6, max: 6, label: texts("Dossier", "Booking"),
      says: asks(texts("Tapez les six chiffres de votre dossier, ou dièse si vous ne l’avez pas.", "Key in the six digits of your booking, or press hash if you do not have it."), texts("Quel est votre numéro de dossier (six chiffres) ?", "What is your booking number (six digits)?")),
      optional: { label: texts("Je ne l’ai pas", "I do not have it"), next: "departure" }, noAnswer: "departure", next: "departure",
    },
    departure: {
      kind: "collect", variable: "departure", type: "date", label: texts("Date de départ", "Date of departure"),
      says: asks(texts("Quelle est la date de départ ? Huit chiffres : jour, mois, année.", "What is the date of departure? Eight digits: day, month, year."), texts("Quelle est la date de départ ?", "What is the date of departure?")),
      optional: { label: texts("Je ne sais pas", "I do not know"), next: "travel" }, noAnswer: "travel", next: "soon",
    },
    soon: { kind: "branch", cases: [{ when: "days(contact.date, data.departure) >= 0.0 && days(contact.date, data.departure) <= 2.0", label: "Départ sous 2 jours", next: "first" }], otherwise: "travel" },
    first: { kind: "queue", queueId: "travel", priority: 8, whisper: texts("Départ {data.departure}", "Leaves {data.departure}"), says: says("Votre départ approche : vous êtes prioritaire.", "You leave soon, so you are first in line.") },
    travel: { kind: "queue", queueId: "travel", says: says("Un conseiller vous répond.", "An adviser will answer.") },
    sales: { kind: "queue", queueId: "sales", says: says("Un conseiller voyage vous répond.", "A travel adviser will answer.") },
    help: { kind: "queue", queueId: "travel", priority: 9, whisper: texts("Client en voyage", "Customer on the road"), says: asks(texts("Restez en ligne, nous sommes là.", "Stay on the line, we are here."), texts("Nous sommes là.", "We are here.")) },
  },
  tests: [
    { name: "Départ demain : devant", given: { at: "2026-11-23T10:00:00+01:00" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "123456" }, { do: "keys", keys: "24112026" }], expect: { end: "person", queueId: "travel", priority: 8, data: { booking: "123456", departure: "2026-11-24" } } },
    { name: "Départ dans un mois", given: { at: "2026-11-23T10:00:00+01:00" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "#" }, { do: "keys", keys: "24122026" }], expect: { end: "person", queueId: "travel", priority: 0 } },
    { name: "Stranded", given: { language: "en", medium: "chat" }, acts: [{ do: "says", text: "I am stranded at the airport" }], expect: { end: "person", queueId: "travel", priority: 9 } },
    { name: "Réserver", acts: [{ do: "keys", keys: "2" }], expect: { end: "person", queueId: "sales" } },
    { name: "Silence", acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }], expect: { end: "person", queueId: "travel" } },
  ],
});
