/** A restaurant or hotel: date and number of guests are taken on the way, and confirmed by a call at a time that suits. */
import { asks, says, template, texts } from "./parts.ts";

export const booking = template({
  id: "template_booking",
  title: texts("Hôtel et restaurant", "Hotel and restaurant"),
  description: texts("Date et nombre de personnes pris en chemin ; si tout le monde est occupé, rappel à l’heure choisie.", "Date and number of guests are taken on the way; when all are busy, a call at the chosen time."),
  queues: { front: texts("Réception", "Front desk"), events: texts("Groupes", "Events") },
  person: "front",
  answeredBy: { through: texts("Je vous passe la réception.", "I am putting you through to the front desk."), label: texts("La réception", "Front desk") },
  words: ["reception", "serveur", "front desk"],
  variables: { day: { type: "date", label: "Date" }, guests: { type: "number", label: "Personnes" } },
  start: "welcome",
  steps: {
    welcome: { kind: "say", says: asks(texts("Bonjour, merci de votre appel.", "Hello, and thank you for calling."), texts("Bonjour et bienvenue.", "Hello, and welcome.")), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(texts("Pour réserver, tapez 1. Pour changer ou annuler, tapez 2. Pour la réception, tapez 0.", "To book, press 1. To change or cancel, press 2. For the front desk, press 0."), texts("Que souhaitez-vous ?", "What would you like?")),
      choices: [
        { key: "1", label: texts("Réserver", "Book"), words: { fr: ["reserver", "table", "chambre"], en: ["book", "table", "room"] }, reason: texts("Réservation", "Booking"), next: "day" },
        { key: "2", label: texts("Changer ou annuler", "Change or cancel"), words: { fr: ["changer", "annuler", "deplacer"], en: ["change", "cancel", "move"] }, reason: texts("Changement", "Change"), next: "front" },
      ],
    },
    day: {
      kind: "collect", variable: "day", type: "date", label: texts("Date", "Date"),
      says: asks(texts("Pour quelle date ? Huit chiffres : jour, mois, année.", "For which date? Eight digits: day, month, year."), texts("Pour quelle date ?", "For which date?")),
      check: "value >= contact.date", wrong: says("Cette date est passée.", "That date is in the past."),
      noAnswer: "front", next: "guests",
    },
    guests: {
      kind: "collect", variable: "guests", type: "number", min: 1, max: 40, label: texts("Personnes", "Guests"),
      says: asks(texts("Pour combien de personnes ? Puis dièse.", "For how many guests? Then press hash."), texts("Pour combien de personnes ?", "For how many guests?")),
      noAnswer: "front", next: "large",
    },
    large: { kind: "branch", cases: [{ when: "data.guests >= 10.0", label: "Groupe", next: "events" }], otherwise: "book" },
    book: { kind: "queue", queueId: "front", ifFull: "later", whisper: texts("{data.guests} personnes le {data.day}", "{data.guests} guests on {data.day}"), says: says("Merci, nous confirmons tout de suite.", "Thank you, we will confirm right away.") },
    later: { kind: "callback", queueId: "front", offer: "in-order", label: texts("Confirmation par téléphone", "Confirmation call"), says: says("Nous pouvons vous rappeler pour confirmer.", "We can call you back to confirm."), declined: "front", failed: "front" },
    events: { kind: "queue", queueId: "events", says: says("Le service des groupes vous répond.", "Our events team will answer.") },
    front: { kind: "queue", queueId: "front", says: says("La réception vous répond.", "The front desk will answer.") },
  },
  tests: [
    { name: "Quatre personnes", given: { at: "2026-11-23T18:00:00+01:00" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "28112026" }, { do: "keys", keys: "4#" }], expect: { end: "person", queueId: "front", data: { day: "2026-11-28", guests: 4 } } },
    { name: "Douze : le service des groupes", given: { at: "2026-11-23T18:00:00+01:00" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "28112026" }, { do: "keys", keys: "12#" }], expect: { end: "person", queueId: "events" } },
    { name: "Une date passée est refusée", given: { at: "2026-11-23T18:00:00+01:00" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "22112026" }, { do: "keys", keys: "28112026" }, { do: "keys", keys: "2#" }], expect: { end: "person", queueId: "front", data: { day: "2026-11-28", guests: 2 } } },
    { name: "All busy: called to confirm", given: { language: "en", at: "2026-11-23T18:00:00+01:00", queues: "full" }, acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "28112026" }, { do: "keys", keys: "2#" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "Annuler", given: { medium: "chat" }, acts: [{ do: "says", text: "annuler" }], expect: { end: "person", queueId: "front" } },
  ],
});
