/** What the canned assistant and adviser say. */
export const SCRIPTS = {
  fr: {
    greeting: "Bonjour et bienvenue chez Halo & Fils. Quel est le sujet de votre question ?",
    choices: [
      { key: "1", label: "Ma commande ou ma livraison" },
      { key: "2", label: "Un retour, un article abîmé" },
      { key: "3", label: "Un conseil avant d’acheter" },
    ],
    adviser: [
      "Bonjour, je suis Léa, conseillère lumière. J’ai lu vos échanges et je vois que vous regardez la suspension Alba.",
      "Sous 2,40 m, comptez 70 cm de câble : le bas de l’Alba sera à 1,45 m du sol, juste au-dessus d’une table.",
      "Avec plaisir. Autre chose pour vous ?",
    ],
  },
  en: {
    greeting: "Hello and welcome to Halo & Fils. What is your question about?",
    choices: [
      { key: "1", label: "My order or delivery" },
      { key: "2", label: "A return or a damaged item" },
      { key: "3", label: "Advice before buying" },
    ],
    adviser: [
      "Hello, I am Léa, lighting adviser. I have read your messages and I see you are looking at the Alba pendant.",
      "Under 2.40 m, use 70 cm of cable: the bottom of Alba sits 1.45 m above the floor, just over a table.",
      "My pleasure. Anything else?",
    ],
  },
} as const satisfies Record<"fr" | "en", { greeting: string; choices: readonly { key: string; label: string }[]; adviser: readonly string[] }>;
