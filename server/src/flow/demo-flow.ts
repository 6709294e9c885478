/** The demo centre Halo & Fils, furniture and lamps: what a newcomer's first call and first chat meet. */
import { flowDefinition } from "./definition.ts";
import type { FlowDefinition } from "./definition.ts";

export const demoFlow: FlowDefinition = flowDefinition({
  format: 2,
  id: "flow_demo",
  name: "Accueil Halo & Fils",
  version: 1,
  languages: ["fr", "en"],
  start: "who",
  reachHuman: {
    queueId: "q_support",
    says: {
      sounds: { fr: "Je vous mets en relation avec un conseiller.", en: "I am putting you through to an adviser." },
      reads: { fr: "Je vous mets en relation avec un conseiller.", en: "Putting you through to an adviser." },
    },
    label: { fr: "Un conseiller", en: "An adviser" },
  },
  // `need` has no label: what was chosen is shown in the words of the menu
  variables: { need: { type: "text" }, order: { type: "text", label: "Numéro de commande" } },
  languageNeeds: { en: [{ skillId: "sk_english", minLevel: 1 }] },
  retry: {
    wrong: {
      sounds: { fr: "Je n'ai pas compris votre choix.", en: "Sorry, I did not get that." },
      reads: { fr: "Je n'ai pas compris.", en: "Sorry, I did not get that." },
    },
    silence: {
      sounds: { fr: "Je n'ai rien entendu.", en: "I did not hear anything." },
      reads: { fr: "Êtes-vous toujours là ?", en: "Are you still there?" },
    },
  },
  steps: {
    who: { kind: "lookup", next: "greeting", unknown: "greeting" },
    greeting: {
      kind: "say",
      says: {
        sounds: { fr: "Bonjour et bienvenue chez Halo et Fils.", en: "Hello, and welcome to Halo and Sons." },
        reads: { fr: "Bonjour {customer.firstName}, bienvenue chez Halo & Fils.", en: "Hello {customer.firstName}, welcome to Halo & Fils." },
        aside: { fr: { language: "en", text: "For English, press 9." }, en: { language: "fr", text: "Pour le français, tapez 9." } },
      },
      next: "need",
    },
    need: {
      kind: "menu",
      label: { fr: "Demande", en: "Request" },
      says: {
        sounds: {
          fr: "Pour une commande ou une livraison, tapez 1. Pour un retour ou un article abîmé, tapez 2. Pour un conseil d'achat, tapez 3. Pour parler à un conseiller, tapez 0.",
          en: "For an order or a delivery, press 1. For a return or a damaged item, press 2. For buying advice, press 3. To speak to an adviser, press 0.",
        },
        reads: { fr: "Que puis-je faire pour vous ?", en: "What can I do for you?" },
      },
      choices: [
        {
          key: "1", label: { fr: "Commande ou livraison", en: "Order or delivery" }, next: "order", set: { need: "order" },
          words: { fr: ["commande", "livraison", "colis", "livreur"], en: ["order", "delivery", "parcel", "package"] },
          reason: { fr: "Commande ou livraison", en: "Order or delivery" },
        },
        {
          key: "2", label: { fr: "Retour ou article abîmé", en: "Return or damaged item" }, next: "order", set: { need: "return" },
          words: { fr: ["retour", "retourner", "abime", "casse", "rembourser", "remboursement"], en: ["return", "damaged", "broken", "refund"] },
          reason: { fr: "Retour ou article abîmé", en: "Return or damaged item" },
        },
        {
          key: "3", label: { fr: "Conseil d'achat", en: "Buying advice" }, next: "sales", set: { need: "advice" },
          words: { fr: ["conseil", "acheter", "achat", "prix"], en: ["advice", "buy", "price"] },
          reason: { fr: "Conseil d'achat", en: "Buying advice" },
        },
        { key: "9", label: { fr: "English", en: "English" }, words: { fr: ["english", "anglais"] }, next: "greeting", language: "en" },
        { key: "9", label: { fr: "Français", en: "Français" }, words: { en: ["francais", "french"] }, next: "greeting", language: "fr" },
      ],
    },
    order: {
      kind: "collect",
      label: { fr: "Numéro de commande", en: "Order number" },
      says: {
        sounds: {
          fr: "Tapez les 5 chiffres de votre numéro de commande. Si vous ne l'avez pas, tapez dièse ou patientez.",
          en: "Enter the 5 digits of your order number. If you do not have it, press the hash key, or stay on the line.",
        },
        reads: { fr: "Quel est votre numéro de commande ? (5 chiffres)", en: "What is your order number? (5 digits)" },
      },
      variable: "order", min: 5, max: 5, next: "support",
      optional: { label: { fr: "Je ne l'ai pas", en: "I don't have it" }, next: "support" },
    },
    support: {
      kind: "queue",
      queueId: "q_support",
      says: {
        sounds: { fr: "Merci. Nous cherchons votre conseiller.", en: "Thank you. We are looking for your adviser." },
        reads: { fr: "Merci, un conseiller arrive.", en: "Thank you, an adviser is on the way." },
      },
    },
    sales: {
      kind: "queue",
      queueId: "q_sales",
      says: {
        sounds: { fr: "Très bien. Un vendeur vous répond dans un instant.", en: "Very well. A salesperson will be with you in a moment." },
        reads: { fr: "Très bien, un vendeur arrive.", en: "Great, a salesperson is on the way." },
      },
    },
  },
});
