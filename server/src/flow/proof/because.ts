/** Why a contact went on from a step: the words of a path that is drawn. */

export interface Words {
  fr: string;
  en: string;
}
export type Because = Words | (() => Words);

export const wordsOf = (because: Because): Words => (typeof because === "function" ? because() : because);

export const BECAUSE = {
  heard: { fr: "le texte est dit", en: "the words are said" },
  askedForPerson: { fr: "le client demande une personne (0, une touche prévue ou un mot)", en: "the customer asks for a person (0, a configured key or a word)" },
  circle: { fr: "le parcours tourne en rond sans le client : une personne prend le relais", en: "the flow goes round without the customer: a person takes over" },
  gaveUp: { fr: "silence ou réponses fausses jusqu’au dernier essai", en: "silence or wrong answers until the last attempt" },
  anything: { fr: "le client dit autre chose", en: "the customer says something else" },
  answered: { fr: "le client répond", en: "the customer answers" },
  without: { fr: "le client n’a pas cette donnée, ou se tait", en: "the customer does not have it, or is silent" },
  cannotKey: { fr: "par téléphone, sans reconnaissance vocale, personne ne peut répondre", en: "by telephone, without a recogniser, nobody can answer" },
  holds: { fr: "la condition est vraie", en: "the condition holds" },
  none: { fr: "aucune condition n’est vraie", en: "no condition holds" },
  open: { fr: "c’est ouvert", en: "it is open" },
  closed: { fr: "c’est fermé", en: "it is closed" },
  holiday: { fr: "c’est un jour férié ou une fermeture exceptionnelle", en: "it is a public holiday or an exceptional closing" },
  known: { fr: "le client est reconnu", en: "the customer is known" },
  unknown: { fr: "le client n’est pas reconnu", en: "the customer is not known" },
  requestWorks: { fr: "la demande aboutit", en: "the request works" },
  requestFails: { fr: "la demande échoue ou ne répond pas à temps", en: "the request fails, or does not answer in time" },
  computed: { fr: "les variables sont calculées", en: "the variables are computed" },
  queueClosed: { fr: "la file est fermée", en: "the queue is closed" },
  queueFull: { fr: "la file est pleine", en: "the queue is full" },
  queueEmpty: { fr: "personne n’est connecté dans la file", en: "nobody is signed in to the queue" },
  queueServed: { fr: "la file est servie", en: "the queue is served" },
  toQueue: { fr: "le contact est dirigé vers la file", en: "the contact is led to the queue" },
  noSlots: { fr: "aucun rappel ne peut être proposé", en: "no callback can be offered" },
  declined: { fr: "le client ne veut pas être rappelé", en: "the customer wants no callback" },
  booked: { fr: "le rappel est promis", en: "the callback is promised" },
  bookingFails: { fr: "le rappel n’a pas pu être enregistré", en: "the callback could not be booked" },
  written: { fr: "c’est impossible par écrit", en: "it cannot be done in writing" },
  recorded: { fr: "le message est enregistré", en: "the message is recorded" },
  recordingFails: { fr: "le message n’a pas pu être enregistré", en: "the message could not be recorded" },
  reached: { fr: "le numéro répond", en: "the number answers" },
  notReached: { fr: "personne ne répond à ce numéro", en: "nobody answers at that number" },
  told: { fr: "c’est dit ou envoyé", en: "it is told or sent" },
  cannotSend: { fr: "c’est impossible ici (numéro masqué, pas d’adresse, envoi refusé)", en: "it cannot be done here (hidden number, no address, not sent)" },
  resolved: { fr: "l’assistant a répondu", en: "the assistant has answered" },
  assistantPerson: { fr: "l’assistant passe la main", en: "the assistant hands over" },
  assistantFails: { fr: "l’assistant ne répond pas", en: "the assistant does not answer" },
  enters: { fr: "le sous-parcours commence", en: "the sub-flow begins" },
  returns: { fr: "le sous-parcours est terminé", en: "the sub-flow is over" },
  cannotEnter: { fr: "le sous-parcours n’existe pas ou s’appelle lui-même : une personne prend le relais", en: "the sub-flow does not exist or calls itself: a person takes over" },
  missing: { fr: "l’étape suivante n’existe pas : une personne prend le relais", en: "the next step does not exist: a person takes over" },
  waited: { fr: "le délai est passé", en: "the time has passed" },
  ends: { fr: "le contact se termine", en: "the contact ends" },
  repeated: { fr: "silence ou réponse fausse : la question est répétée", en: "silence or a wrong answer: the question is repeated" },
} as const satisfies Record<string, Words>;

export const choice = (key: string, label: Words): Because => () => ({ fr: `le client choisit ${key} « ${label.fr} »`, en: `the customer chooses ${key} “${label.en}”` });
