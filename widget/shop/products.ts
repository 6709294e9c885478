/** The lamps of the demonstration shop, in both languages. Nothing is sold here. */
export type Lang = "fr" | "en";
export type Text = Record<Lang, string>;
export type Finish = "brass" | "black" | "chalk";
export type ProductId = "alba" | "orphee" | "lune";

export interface Product {
  id: ProductId;
  family: Text;
  name: Text;
  shortName: string;
  priceCents: number;
  rating: Text;
  pitch: Text;
  facts: readonly { label: Text; value: Text }[];
  /** Adjustable length in cm; null where nothing hangs. */
  cable: { label: Text; min: number; max: number; usual: number } | null;
}

export const PRODUCTS: readonly Product[] = [
  {
    id: "alba",
    family: { fr: "Suspensions", en: "Pendants" },
    name: { fr: "Suspension Alba", en: "Alba pendant" },
    shortName: "Alba",
    priceCents: 24_900,
    rating: { fr: "4,8 · 126 avis", en: "4.8 · 126 reviews" },
    pitch: { fr: "Un dôme de laiton repoussé à la main, une lumière basse et chaude qui rassemble autour de la table.", en: "A hand-spun brass dome; low, warm light that gathers people around the table." },
    facts: [
      { label: { fr: "Dimensions", en: "Size" }, value: { fr: "Ø 38 cm, hauteur 21 cm", en: "Ø 38 cm, height 21 cm" } },
      { label: { fr: "Lumière", en: "Light" }, value: { fr: "E27, LED 8 W, 2\u202f700 K", en: "E27, LED 8 W, 2,700 K" } },
      { label: { fr: "Livraison", en: "Delivery" }, value: { fr: "3 à 5 jours, montage possible", en: "3 to 5 days, fitting on request" } },
    ],
    cable: { label: { fr: "Longueur du câble", en: "Cable length" }, min: 30, max: 150, usual: 70 },
  },
  {
    id: "orphee",
    family: { fr: "Lampes", en: "Lamps" },
    name: { fr: "Lampe Orphée", en: "Orphée lamp" },
    shortName: "Orphée",
    priceCents: 18_900,
    rating: { fr: "4,7 · 84 avis", en: "4.7 · 84 reviews" },
    pitch: { fr: "Un abat-jour de lin sur un pied tourné. Elle se règle d’un geste, de la veilleuse à la pleine lecture.", en: "A linen shade on a turned stem. One touch takes it from night light to full reading light." },
    facts: [
      { label: { fr: "Dimensions", en: "Size" }, value: { fr: "Ø 32 cm, hauteur 56 cm", en: "Ø 32 cm, height 56 cm" } },
      { label: { fr: "Lumière", en: "Light" }, value: { fr: "E27, LED 6 W, variateur tactile", en: "E27, LED 6 W, touch dimmer" } },
      { label: { fr: "Livraison", en: "Delivery" }, value: { fr: "3 à 5 jours", en: "3 to 5 days" } },
    ],
    cable: null,
  },
  {
    id: "lune",
    family: { fr: "Appliques", en: "Wall lights" },
    name: { fr: "Applique Lune", en: "Lune wall light" },
    shortName: "Lune",
    priceCents: 13_900,
    rating: { fr: "4,9 · 52 avis", en: "4.9 · 52 reviews" },
    pitch: { fr: "Un globe d’opaline soufflée posé sur un disque de métal. Le mur devient la lampe.", en: "A globe of blown opal glass on a disc of metal. The wall becomes the lamp." },
    facts: [
      { label: { fr: "Dimensions", en: "Size" }, value: { fr: "Ø 24 cm, saillie 16 cm", en: "Ø 24 cm, depth 16 cm" } },
      { label: { fr: "Lumière", en: "Light" }, value: { fr: "G9, LED 4 W, IP44", en: "G9, LED 4 W, IP44" } },
      { label: { fr: "Livraison", en: "Delivery" }, value: { fr: "3 à 5 jours", en: "3 to 5 days" } },
    ],
    cable: null,
  },
];

export const FINISHES: readonly { id: Finish; name: Text }[] = [
  { id: "brass", name: { fr: "laiton", en: "brass" } },
  { id: "black", name: { fr: "noir mat", en: "matt black" } },
  { id: "chalk", name: { fr: "blanc craie", en: "chalk white" } },
];

export function price(cents: number, lang: Lang): string {
  return new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", { style: "currency", currency: "EUR" }).format(cents / 100);
}
