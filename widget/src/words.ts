/** Every word that the widget shows, in its two languages. French: vous, U+202F before ; : ! ? and inside guillemets, sentence case. */

export type Lang = "fr" | "en";

export interface Words {
  openChat: string;
  closeChat: string;
  unread(n: number): string;
  dialogName(title: string): string;
  assistant: string;
  you: string;
  online: string;
  away: string;
  waitingTitle: string;
  assistantRole: string;
  adviserOnline: string;
  endedTitle: string;
  menu: string;
  endMenu: string;
  saveMenu: string;
  newConversation: string;
  callUs: string;
  greetTitle: string;
  greetBody: string;
  greetAway: string;
  greetCall: string;
  placeholder: string;
  placeholderNew: string;
  send: string;
  sending: string;
  waitingToSend: string;
  sent: string;
  read: string;
  notSent: string;
  retry: string;
  discard: string;
  speakToPerson: string;
  /** Sent as the visitor's message: the flow understands it at every step. */
  speakToPersonText: string;
  choices: string;
  typing(name: string): string;
  connecting: string;
  offline(n: number): string;
  queueAlone: string;
  queueAt(position: number, of: number): string;
  queueUnknown: string;
  waitUnknown: string;
  waitUnder1: string;
  waitAbout(minutes: number): string;
  waitStay: string;
  confirmEnd(name: string | null): string;
  confirmEndBody: string;
  confirmKeep: string;
  confirmEndYes: string;
  cannotEndOffline: string;
  ended: string;
  poweredBy: string;
  messages: string;
  newMessages: string;
  tooLong(over: number): string;
  call: {
    title: string;
    micAsk: string;
    preparing: string;
    calling: string;
    inCall: string;
    inCallHint: string;
    ended: string;
    lasted(text: string): string;
    mute: string;
    muted: string;
    keypad: string;
    hangUp: string;
    again: string;
    back: string;
    toMessages: string;
    showCall: string;
    close: string;
    key(k: string): string;
    errors: Record<CallError, string>;
  };
  system: Record<string, (values: Record<string, string | number>) => string>;
}

/** Why a call could not be, or did not last; each has its sentence: what happened, what to do. */
export type CallError = "insecure" | "mic-refused" | "mic-missing" | "mic-busy" | "not-offered" | "network" | "busy" | "no-answer" | "refused" | "lost" | "failed";

const S = "\u202f";

const fr: Words = {
  openChat: "Ouvrir la discussion",
  closeChat: "Réduire la discussion",
  unread: (n) => (n > 1 ? `${n} nouveaux messages` : "1 nouveau message"),
  dialogName: (title) => `Discussion avec ${title}`,
  assistant: "Assistant",
  you: "Vous",
  online: "Conseillers en ligne",
  away: "Conseillers absents pour le moment",
  waitingTitle: "Un conseiller va vous répondre",
  assistantRole: "Assistant automatique",
  adviserOnline: "Vous répond en direct",
  endedTitle: "Conversation terminée",
  menu: "Plus d’options",
  endMenu: "Terminer la conversation…",
  saveMenu: "Enregistrer la conversation",
  newConversation: "Nouvelle conversation",
  callUs: "Appeler depuis cette page",
  greetTitle: "Bonjour, comment pouvons-nous vous aider" + S + "?",
  greetBody: "Écrivez votre question. Un assistant l’accueille tout de suite, puis un conseiller prend la suite.",
  greetAway: "Nos conseillers sont absents pour le moment. Laissez votre message" + S + ": il ne sera pas perdu.",
  greetCall: "Avec le micro de cet appareil, sans téléphone",
  placeholder: "Votre message",
  placeholderNew: "Votre question",
  send: "Envoyer",
  sending: "Envoi en cours",
  waitingToSend: "En attente du réseau",
  sent: "Envoyé",
  read: "Lu",
  notSent: "Ce message n’a pas pu partir.",
  retry: "Réessayer",
  discard: "Retirer",
  speakToPerson: "Parler à un conseiller",
  speakToPersonText: "Conseiller",
  choices: "Réponses proposées",
  typing: (name) => `${name} écrit`,
  connecting: "Connexion…",
  offline: (n) => (n === 0 ? "Connexion interrompue. Vous pouvez écrire" + S + ": vos messages partiront au retour." : n === 1 ? "Connexion interrompue. Votre message partira au retour." : `Connexion interrompue. Vos ${n} messages partiront au retour.`),
  queueAlone: "Vous êtes le prochain",
  queueAt: (position, of) => `Vous êtes en position ${position} sur ${of}`,
  queueUnknown: "Vous êtes dans la file",
  waitUnknown: "L’attente est difficile à estimer pour l’instant.",
  waitUnder1: "Attente estimée à moins d’une minute.",
  waitAbout: (m) => `Attente estimée à environ ${m} min.`,
  waitStay: "Vous pouvez changer de page" + S + ": votre place est gardée.",
  confirmEnd: (name) => (name ? `Terminer la conversation avec ${name}${S}?` : "Terminer la conversation" + S + "?"),
  confirmEndBody: "Plus aucune réponse ne pourra vous parvenir ici. Vous pourrez ouvrir une nouvelle conversation.",
  confirmKeep: "Continuer",
  confirmEndYes: "Terminer",
  cannotEndOffline: "La connexion est interrompue. Réessayez dès son retour.",
  ended: "La conversation est terminée.",
  poweredBy: "Propulsé par",
  messages: "Messages",
  newMessages: "Nouveaux messages",
  tooLong: (over) => (over > 1 ? `${over} caractères de trop` : "1 caractère de trop"),
  call: {
    title: "Appel",
    micAsk: "Autorisez le micro pour que nous vous entendions.",
    preparing: "Préparation de l’appel…",
    calling: "Appel en cours…",
    inCall: "En ligne",
    inCallHint: "Répondez aux questions avec le clavier. La touche 0 vous mène à un conseiller.",
    ended: "Appel terminé",
    lasted: (t) => `Durée${S}: ${t}`,
    mute: "Muet",
    muted: "Micro coupé",
    keypad: "Clavier",
    hangUp: "Raccrocher",
    again: "Rappeler",
    back: "Revenir aux messages",
    toMessages: "Messages",
    showCall: "Afficher l’appel",
    close: "Fermer",
    key: (k) => (k === "*" ? "étoile" : k === "#" ? "dièse" : k),
    errors: {
      insecure: "L’appel demande une page sécurisée (https). Écrivez-nous ici en attendant.",
      "mic-refused": "Le micro est bloqué pour ce site. Autorisez-le dans la barre d’adresse, puis rappelez.",
      "mic-missing": "Aucun micro trouvé. Branchez un micro ou un casque, puis rappelez.",
      "mic-busy": "Le micro est pris par une autre application. Fermez-la, puis rappelez.",
      "not-offered": "L’appel n’est pas possible pour le moment. Écrivez-nous, nous vous répondrons.",
      network: "La connexion n’a pas abouti. Vérifiez votre réseau, puis rappelez.",
      busy: "Toutes les lignes sont occupées. Rappelez dans un instant ou écrivez-nous.",
      "no-answer": "Personne n’a pu décrocher. Rappelez dans un instant ou écrivez-nous.",
      refused: "L’appel n’a pas été accepté. Rappelez dans un instant ou écrivez-nous.",
      lost: "La connexion a été coupée pendant l’appel. Vous pouvez rappeler.",
      failed: "L’appel n’a pas pu être établi. Rappelez dans un instant ou écrivez-nous.",
    },
  },
  system: {
    queued: () => "Nous cherchons un conseiller pour vous.",
    connected: (v) => `${v["agent"] ?? v["name"] ?? "Un conseiller"} a rejoint la conversation.`,
    transferred: () => "Votre conversation est transmise à un autre conseiller, qui en a tout le fil.",
    "agent-left": (v) => `${v["agent"] ?? v["name"] ?? "Votre conseiller"} a quitté la conversation. Un autre conseiller prend la suite.`,
    "ended-agent": (v) => `${v["agent"] ?? v["name"] ?? "Votre conseiller"} a terminé la conversation.`,
    "ended-customer": () => "Vous avez terminé la conversation.",
    "ended-idle": () => "La conversation s’est terminée après un long silence.",
    "ended-restart": () => "La conversation a été interrompue de notre côté. Vous pouvez en ouvrir une nouvelle.",
    ended: () => "La conversation est terminée.",
  },
};

const en: Words = {
  openChat: "Open chat",
  closeChat: "Minimise chat",
  unread: (n) => (n > 1 ? `${n} new messages` : "1 new message"),
  dialogName: (title) => `Chat with ${title}`,
  assistant: "Assistant",
  you: "You",
  online: "Advisers online",
  away: "Advisers away for now",
  waitingTitle: "An adviser will be with you",
  assistantRole: "Automatic assistant",
  adviserOnline: "Replying live",
  endedTitle: "Conversation ended",
  menu: "More options",
  endMenu: "End conversation…",
  saveMenu: "Save conversation",
  newConversation: "New conversation",
  callUs: "Call from this page",
  greetTitle: "Hello, how can we help?",
  greetBody: "Write your question. An assistant picks it up at once, then an adviser takes over.",
  greetAway: "Our advisers are away for now. Leave your message: it will not be lost.",
  greetCall: "With this device’s microphone, no phone needed",
  placeholder: "Your message",
  placeholderNew: "Your question",
  send: "Send",
  sending: "Sending",
  waitingToSend: "Waiting for the network",
  sent: "Sent",
  read: "Read",
  notSent: "This message could not be sent.",
  retry: "Try again",
  discard: "Remove",
  speakToPerson: "Speak to a person",
  speakToPersonText: "Agent",
  choices: "Suggested replies",
  typing: (name) => `${name} is typing`,
  connecting: "Connecting…",
  offline: (n) => (n === 0 ? "Connection lost. Keep writing: your messages will leave when it is back." : n === 1 ? "Connection lost. Your message will leave when it is back." : `Connection lost. Your ${n} messages will leave when it is back.`),
  queueAlone: "You are next",
  queueAt: (position, of) => `You are number ${position} of ${of}`,
  queueUnknown: "You are in the queue",
  waitUnknown: "The wait is hard to estimate right now.",
  waitUnder1: "Estimated wait: under a minute.",
  waitAbout: (m) => `Estimated wait: about ${m} min.`,
  waitStay: "You can change page: your place is kept.",
  confirmEnd: (name) => (name ? `End the conversation with ${name}?` : "End the conversation?"),
  confirmEndBody: "No further reply can reach you here. You can open a new conversation.",
  confirmKeep: "Keep talking",
  confirmEndYes: "End",
  cannotEndOffline: "The connection is lost. Try again when it is back.",
  ended: "The conversation has ended.",
  poweredBy: "Powered by",
  messages: "Messages",
  newMessages: "New messages",
  tooLong: (over) => (over > 1 ? `${over} characters too many` : "1 character too many"),
  call: {
    title: "Call",
    micAsk: "Allow the microphone so that we can hear you.",
    preparing: "Preparing the call…",
    calling: "Calling…",
    inCall: "Connected",
    inCallHint: "Answer the questions with the keypad. Key 0 takes you to an adviser.",
    ended: "Call ended",
    lasted: (t) => `Duration: ${t}`,
    mute: "Mute",
    muted: "Microphone off",
    keypad: "Keypad",
    hangUp: "Hang up",
    again: "Call again",
    back: "Back to messages",
    toMessages: "Messages",
    showCall: "Show call",
    close: "Close",
    key: (k) => (k === "*" ? "star" : k === "#" ? "hash" : k),
    errors: {
      insecure: "Calling needs a secure page (https). Meanwhile, write to us here.",
      "mic-refused": "The microphone is blocked for this site. Allow it in the address bar, then call again.",
      "mic-missing": "No microphone found. Plug in a microphone or headset, then call again.",
      "mic-busy": "Another application is using the microphone. Close it, then call again.",
      "not-offered": "Calling is not possible right now. Write to us and we will reply.",
      network: "The connection did not go through. Check your network, then call again.",
      busy: "All lines are busy. Call again in a moment, or write to us.",
      "no-answer": "Nobody could pick up. Call again in a moment, or write to us.",
      refused: "The call was not accepted. Call again in a moment, or write to us.",
      lost: "The connection was cut during the call. You can call again.",
      failed: "The call could not be set up. Call again in a moment, or write to us.",
    },
  },
  system: {
    queued: () => "We are looking for an adviser for you.",
    connected: (v) => `${v["agent"] ?? v["name"] ?? "An adviser"} has joined the conversation.`,
    transferred: () => "Your conversation is passed to another adviser, who can read all of it.",
    "agent-left": (v) => `${v["agent"] ?? v["name"] ?? "Your adviser"} has left. Another adviser takes over.`,
    "ended-agent": (v) => `${v["agent"] ?? v["name"] ?? "Your adviser"} has ended the conversation.`,
    "ended-customer": () => "You have ended the conversation.",
    "ended-idle": () => "The conversation ended after a long silence.",
    "ended-restart": () => "The conversation was interrupted on our side. You can open a new one.",
    ended: () => "The conversation has ended.",
  },
};

export const WORDS: Record<Lang, Words> = { fr, en };

/** A system line of the wire in the visitor's words; null for a key this version does not know (better silent than a raw key). */
export function systemLine(words: Words, key: string, values: Record<string, string | number> | undefined): string | null {
  return Object.hasOwn(words.system, key) ? words.system[key]!(values ?? {}) : null;
}

/** Honest: rounded up, and no figure when there is none. */
export function waitText(words: Words, estimatedWaitMs: number | null): string {
  if (estimatedWaitMs === null) return words.waitUnknown;
  return estimatedWaitMs <= 60_000 ? words.waitUnder1 : words.waitAbout(Math.ceil(estimatedWaitMs / 60_000));
}
