/** A shop: orders, returns, advice. The order number is asked for once and is on the agent's screen. */
import { asks, says, template, texts } from "./parts.ts";

export const shop = template({
  id: "template_shop",
  title: texts("Boutique et vente en ligne", "Shop and online store"),
  description: texts("Commandes, retours, conseils ; le numéro de commande est demandé une fois et suit le client.", "Orders, returns, advice; the order number is asked for once and follows the customer."),
  queues: { support: texts("Service client", "Customer service"), sales: texts("Vente", "Sales") },
  person: "support",
  words: ["vendeur", "sales assistant"],
  variables: { order: { type: "text", label: "Commande" }, wish: { type: "text", label: "Demande" } },
  start: "who",
  steps: {
    who: { kind: "lookup", next: "welcome", unknown: "welcome" },
    welcome: { kind: "say", says: asks(texts("Bonjour et bienvenue.", "Hello, and welcome."), texts("Bonjour {customer.firstName}, bienvenue.", "Hello {customer.firstName}, and welcome.")), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Pour une commande, tapez 1. Pour un retour, tapez 2. Pour un conseil, tapez 3. Pour une personne, tapez 0. Ou dites-le en une phrase.", "For an order, press 1. For a return, press 2. For advice, press 3. For a person, press 0. Or just say it."),
        texts("Que puis-je faire pour vous ?", "What can I do for you?"),
      ),
      choices: [
        { key: "1", label: texts("Suivre une commande", "Track an order"), words: { fr: ["commande", "livraison", "colis", "suivi"], en: ["order", "delivery", "parcel", "track"] }, reason: texts("Commande", "Order"), next: "order" },
        { key: "2", label: texts("Retour ou article abîmé", "Return or damaged item"), words: { fr: ["retour", "abime", "casse", "rembourser", "echange"], en: ["return", "damaged", "broken", "refund", "exchange"] }, reason: texts("Retour", "Return"), next: "order" },
        { key: "3", label: texts("Conseil d’achat", "Buying advice"), words: { fr: ["conseil", "acheter", "prix", "stock"], en: ["advice", "buy", "price", "stock"] }, reason: texts("Conseil", "Advice"), next: "advice" },
      ],
      anything: { name: "wish", next: "support" },
    },
    order: {
      kind: "collect", variable: "order", type: "digits", min: 5, max: 10,
      label: texts("Numéro de commande", "Order number"),
      says: asks(texts("Tapez votre numéro de commande, puis dièse. Sans numéro, tapez dièse.", "Key in your order number, then the hash key. Without a number, just press hash."), texts("Quel est votre numéro de commande ?", "What is your order number?")),
      optional: { label: texts("Je ne l’ai pas", "I do not have it"), next: "support" },
      noAnswer: "support", next: "support",
    },
    support: { kind: "queue", queueId: "support", says: says("Merci, un conseiller vous répond.", "Thank you, an adviser will answer.") },
    advice: { kind: "queue", queueId: "sales", says: says("Merci, un vendeur vous répond.", "Thank you, a sales adviser will answer.") },
  },
  tests: [
    { name: "Une commande, avec son numéro", acts: [{ do: "keys", keys: "1" }, { do: "keys", keys: "48213#" }], expect: { end: "person", queueId: "support", data: { order: "48213" } } },
    { name: "A return without a number", given: { language: "en" }, acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "#" }], expect: { end: "person", queueId: "support" } },
    { name: "Un conseil, par écrit", given: { medium: "chat" }, acts: [{ do: "says", text: "je voudrais un conseil" }], expect: { end: "person", queueId: "sales" } },
    { name: "Une phrase libre", given: { medium: "chat" }, acts: [{ do: "says", text: "ma lampe clignote depuis hier" }], expect: { end: "person", queueId: "support", data: { wish: "ma lampe clignote depuis hier" } } },
    { name: "Zéro dès le menu", acts: [{ do: "keys", keys: "0" }], expect: { end: "person", queueId: "support" } },
    { name: "Silence", acts: [{ do: "silence" }, { do: "silence" }, { do: "silence" }], expect: { end: "person", queueId: "support" } },
  ],
});
