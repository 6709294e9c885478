/**
 * Taxis (CTX-01): the position that the customer's device sends along chooses the nearest rank; without one, a text asks for it or the district is chosen.
 * A screen of the city's (CTX-02: a television at the hotel, a kiosk) is where its name says, and is asked nothing.
 */
import { asks, says, template, texts } from "./parts.ts";

export const taxi = template({
  id: "template_taxi",
  title: texts("Taxis", "Taxi dispatch"),
  description: texts("La position envoyée par l’appareil mène à la station la plus proche ; sans elle, un SMS la demande, ou le quartier se choisit.", "The position that the device sends leads to the nearest rank; without it a text asks for one, or the district is chosen."),
  queues: { dispatch: texts("Central", "Dispatch"), north: texts("Station nord", "North rank"), south: texts("Station sud", "South rank") },
  person: "dispatch",
  answeredBy: { through: texts("Je vous passe le central.", "I am putting you through to dispatch."), label: texts("Le central", "Dispatch") },
  words: ["central", "dispatcher"],
  variables: { north: { type: "number", label: "km, station nord" }, south: { type: "number", label: "km, station sud" }, rank: { type: "text", label: "Station" } },
  start: "located",
  steps: {
    located: { kind: "branch", cases: [{ when: "has(context.latitude) && has(context.longitude)", label: "Position connue", next: "measure" }], otherwise: "screen" },
    screen: { kind: "branch", cases: [{ when: "has(context.terminal) && context.terminal == 'gare'", label: "Écran de la gare", next: "to-north" }, { when: "has(context.terminal) && context.terminal == 'aeroport'", label: "Écran de l’aéroport", next: "to-south" }], otherwise: "welcome" },
    measure: {
      kind: "set",
      note: "La position de vos stations / Where your own ranks are",
      values: [
        { name: "north", to: "distanceKm(context.latitude, context.longitude, 47.2490, -1.5510)" },
        { name: "south", to: "distanceKm(context.latitude, context.longitude, 47.1990, -1.5480)" },
      ],
      next: "nearest",
    },
    nearest: { kind: "branch", cases: [{ when: "!has(data.north) || !has(data.south) || (data.north > 30.0 && data.south > 30.0)", label: "Hors zone", next: "dispatch" }, { when: "has(data.north) && has(data.south) && data.north <= data.south", label: "Nord", next: "to-north" }], otherwise: "to-south" },
    welcome: { kind: "say", says: says("Bonjour, taxis de la ville.", "Hello, city taxis."), next: "district" },
    district: {
      kind: "menu",
      label: texts("Quartier", "District"),
      says: asks(
        texts("Si vous êtes au nord du fleuve, tapez 1. Au sud, tapez 2. Pour nous envoyer votre position, tapez 3. Pour une personne, tapez 0.", "If you are north of the river, press 1. South of it, press 2. To send us your position, press 3. For a person, press 0."),
        texts("Où êtes-vous ?", "Where are you?"),
      ),
      choices: [
        { key: "1", label: texts("Au nord", "North"), words: { fr: ["nord", "gare"], en: ["north", "station"] }, next: "to-north" },
        { key: "2", label: texts("Au sud", "South"), words: { fr: ["sud", "aeroport"], en: ["south", "airport"] }, next: "to-south" },
        { key: "3", label: texts("Envoyer ma position", "Send my position"), words: { fr: ["position", "sms"], en: ["position", "text"] }, next: "send" },
      ],
    },
    send: { kind: "deflect", note: "Le lien de votre page / Your own page", to: { kind: "sms", text: texts("Votre taxi le plus proche : https://example.com/taxi", "Your nearest taxi: https://example.com/taxi") }, says: says("Ouvrez le lien : il trouve la station la plus proche de vous. Je vous passe aussi le central.", "Open the link: it finds the rank nearest to you. I am also putting you through to dispatch."), next: "dispatch", failed: "dispatch" },
    "to-north": { kind: "set", values: [{ name: "rank", to: "'Nord'" }], next: "north-rank" },
    "to-south": { kind: "set", values: [{ name: "rank", to: "'Sud'" }], next: "south-rank" },
    "north-rank": { kind: "queue", queueId: "north", whisper: texts("Station nord", "North rank"), says: says("La station nord vous répond.", "The north rank will answer.") },
    "south-rank": { kind: "queue", queueId: "south", whisper: texts("Station sud", "South rank"), says: says("La station sud vous répond.", "The south rank will answer.") },
    dispatch: { kind: "queue", queueId: "dispatch", says: says("Le central vous répond.", "Dispatch will answer.") },
  },
  tests: [
    { name: "Position au nord", given: { medium: "chat", context: { latitude: 47.25, longitude: -1.55 } }, expect: { end: "person", queueId: "north", data: { rank: "Nord" } } },
    { name: "Position au sud, appel du site", given: { context: { latitude: 47.19, longitude: -1.55 } }, expect: { end: "person", queueId: "south" } },
    { name: "Télévision de la gare : sa station", given: { medium: "chat", context: { device: "tv", terminal: "gare" } }, expect: { end: "person", queueId: "north", data: { rank: "Nord" } } },
    { name: "Kiosk at the airport calls", given: { language: "en", context: { terminal: "aeroport" } }, expect: { end: "person", queueId: "south" } },
    { name: "Une télévision que l’on ne connaît pas : le quartier", given: { medium: "chat", context: { device: "tv", terminal: "salon" } }, acts: [{ do: "keys", keys: "1" }], expect: { end: "person", queueId: "north" } },
    { name: "Hors de la ville : le central", given: { context: { latitude: 48.85, longitude: 2.35 } }, expect: { end: "person", queueId: "dispatch" } },
    { name: "Sans position : le quartier", acts: [{ do: "keys", keys: "2" }], expect: { end: "person", queueId: "south" } },
    { name: "Position by text", given: { language: "en", answers: { send: {} } }, acts: [{ do: "keys", keys: "3" }], expect: { end: "person", queueId: "dispatch" } },
    { name: "Le SMS ne part pas", given: { answers: { send: "fails" } }, acts: [{ do: "keys", keys: "3" }], expect: { end: "person", queueId: "dispatch" } },
  ],
});
