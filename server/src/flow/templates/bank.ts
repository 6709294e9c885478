/** A bank: a lost card reaches a person at once, without any question; everything else identifies the customer once. */
import { asks, says, template, texts } from "./parts.ts";

export const bank = template({
  id: "template_bank",
  title: texts("Banque", "Bank"),
  description: texts("Carte perdue : une personne tout de suite, sans question. Le reste identifie le client une seule fois.", "Lost card: a person at once, no question. Everything else identifies the customer once."),
  queues: { advisers: texts("Conseillers", "Advisers"), cards: texts("Cartes à bloquer", "Cards to block") },
  person: "advisers",
  words: ["banquier", "banker"],
  variables: { customerNumber: { type: "text", label: "Numéro client" } },
  start: "who",
  steps: {
    who: { kind: "lookup", next: "welcome", unknown: "welcome" },
    welcome: { kind: "say", says: asks(texts("Bonjour, votre banque à votre écoute.", "Hello, this is your bank."), texts("Bonjour {customer.firstName}.", "Hello {customer.firstName}.")), next: "need" },
    need: {
      kind: "menu",
      label: texts("Demande", "Request"),
      says: asks(
        texts("Pour une carte perdue ou volée, tapez 1. Pour vos comptes, tapez 2. Pour un crédit ou un rendez-vous, tapez 3. Pour un conseiller, tapez 0.", "For a lost or stolen card, press 1. For your accounts, press 2. For a loan or an appointment, press 3. For an adviser, press 0."),
        texts("Que souhaitez-vous faire ?", "What would you like to do?"),
      ),
      choices: [
        { key: "1", label: texts("Carte perdue ou volée", "Lost or stolen card"), words: { fr: ["carte perdue", "volee", "opposition", "bloquer", "fraude"], en: ["lost card", "stolen", "block", "fraud"] }, reason: texts("Carte à bloquer", "Card to block"), priority: 10, next: "block" },
        { key: "2", label: texts("Mes comptes", "My accounts"), words: { fr: ["compte", "virement", "solde", "prelevement"], en: ["account", "transfer", "balance", "debit"] }, reason: texts("Comptes", "Accounts"), next: "known" },
        { key: "3", label: texts("Crédit ou rendez-vous", "Loan or appointment"), words: { fr: ["credit", "pret", "rendez-vous", "immobilier"], en: ["loan", "mortgage", "appointment"] }, reason: texts("Crédit ou rendez-vous", "Loan or appointment"), next: "meet" },
      ],
    },
    block: { kind: "queue", queueId: "cards", priority: 10, whisper: texts("Carte à bloquer", "Card to block"), says: says("Nous bloquons votre carte avec vous, tout de suite.", "We will block your card with you right away.") },
    known: { kind: "branch", cases: [{ when: "customer.known == true", label: "Client reconnu", next: "advisers" }], otherwise: "number" },
    number: {
      kind: "collect", variable: "customerNumber", type: "digits", min: 8, max: 8, sensitive: "shown",
      label: texts("Numéro client", "Customer number"),
      says: asks(texts("Tapez les huit chiffres de votre numéro client, ou dièse si vous ne l’avez pas.", "Key in the eight digits of your customer number, or press hash if you do not have it."), texts("Quel est votre numéro client (huit chiffres) ?", "What is your customer number (eight digits)?")),
      optional: { label: texts("Je ne l’ai pas", "I do not have it"), next: "advisers" },
      noAnswer: "advisers", next: "find",
    },
    find: { kind: "lookup", value: "data.customerNumber", next: "advisers", unknown: "advisers" },
    advisers: { kind: "queue", queueId: "advisers", says: says("Un conseiller vous répond. Il ne vous demandera jamais votre code secret.", "An adviser will answer. They will never ask for your PIN.") },
    meet: { kind: "callback", queueId: "advisers", offer: "in-order", label: texts("Rappel", "Callback"), says: says("Un conseiller peut vous rappeler.", "An adviser can call you."), declined: "advisers", failed: "advisers" },
  },
  tests: [
    { name: "Carte volée : tout de suite", acts: [{ do: "keys", keys: "1" }], expect: { end: "person", queueId: "cards", priority: 10 } },
    { name: "Reconnu par son numéro : rien n’est demandé", given: { customer: { firstName: "Léa", known: true }, answers: { who: { firstName: "Léa", known: true } } }, acts: [{ do: "keys", keys: "2" }], expect: { end: "person", queueId: "advisers" } },
    { name: "Unknown: identified once", given: { language: "en", answers: { who: "unknown", find: { firstName: "Ann" } } }, acts: [{ do: "keys", keys: "2" }, { do: "keys", keys: "12345678" }], expect: { end: "person", queueId: "advisers", data: { customerNumber: "12345678" } } },
    { name: "Rendez-vous : rappelé", acts: [{ do: "keys", keys: "3" }, { do: "keys", keys: "1" }], expect: { end: "callback" } },
    { name: "« opposition » écrit dans un chat", given: { medium: "chat" }, acts: [{ do: "says", text: "je veux faire opposition" }], expect: { end: "person", queueId: "cards" } },
    { name: "Étoile", acts: [{ do: "keys", keys: "*" }], expect: { end: "person", queueId: "advisers" } },
  ],
});
