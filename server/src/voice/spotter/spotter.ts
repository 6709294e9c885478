/**
 * The recogniser that needs nothing: of the phrases that a question waits for, which one was said? Patterns are spoken by the speech engine in
 * the call's language; a sentence is compared with all of them by time warping, and taken only when one of them is far better than any other
 * speech and than the next answer. It knows no words but those of the question, and leaves what it doubts unsaid: keys remain.
 * What it is worth is measured: docs/decisions/0040, `npm run bench:spotter`.
 */
import { featuresOf, DIMENSIONS, type Features } from "./features.ts";
import { fit, garbageCosts } from "./match.ts";

/** Voices are brought to the pattern's length of the vocal tract by the one of these that makes them the likeliest speech. */
const WARPS = [0.84, 0.9, 0.96, 1, 1.06, 1.12, 1.18];
/** A phrase this like the sentence, against any speech, was said. Chosen on the measured false choices: see the decision. */
export const ACCEPT_RATIO = 0.78;
/** And the next answer must be this much less like it. */
export const MARGIN = 0.06;
/** Share of the spoken frames that the phrase must cover: "non" within a long sentence is not an answer. */
export const MIN_COVER = 0.35;

export interface Pattern {
  key: string;
  phrase: string;
  features: Features;
}

export interface Spotted {
  key: string;
  phrase: string;
  /** 0..1: how far inside the limits. */
  confidence: number;
}

/** Sound of the speech engine as a pattern. */
export function patternOf(key: string, phrase: string, spoken: Int16Array): Pattern {
  return { key, phrase, features: featuresOf(spoken) };
}

export interface Judged {
  spotted: Spotted | null;
  /** The best of each answer, the best first: for measurement. */
  ranked: { key: string; phrase: string; ratio: number; cover: number }[];
}

/** `garbage`: ordinary speech of the engine's voice in the same language. */
export function judge(sentence: Int16Array, patterns: readonly Pattern[], garbage: Features): Judged {
  let features = featuresOf(sentence);
  let costs: Float32Array = new Float32Array(0);
  let least = Infinity;
  for (const warp of WARPS) {
    const tried = featuresOf(sentence, warp);
    const triedCosts = garbageCosts(tried, garbage);
    let sum = 0;
    for (const cost of triedCosts) sum += cost;
    if (sum >= least) continue;
    least = sum;
    features = tried;
    costs = triedCosts;
  }
  const best = new Map<string, Judged["ranked"][number]>();
  for (const { key, phrase, features: pattern } of patterns) {
    const found = fit(pattern, features, costs);
    if (!found) continue;
    const cover = (found.to - found.from + 1) / features.frames;
    const before = best.get(key);
    if (!before || found.ratio < before.ratio) best.set(key, { key, phrase, ratio: found.ratio, cover });
  }
  const ranked = [...best.values()].toSorted((a, b) => a.ratio - b.ratio);
  return { ranked, spotted: decide(ranked) };
}

export function decide(ranked: Judged["ranked"]): Spotted | null {
  const [first, second] = ranked;
  if (!first || first.ratio > ACCEPT_RATIO || first.cover < MIN_COVER) return null;
  if (second && second.ratio - first.ratio < MARGIN) return null;
  return { key: first.key, phrase: first.phrase, confidence: Math.min(1, Math.max(0, (ACCEPT_RATIO - first.ratio) / ACCEPT_RATIO)) };
}

/** What any speech is like, out of the engine's own. */
export function garbageOf(spoken: Int16Array): Features {
  return thinned(featuresOf(spoken));
}

/** Every second frame is enough for a choice of the nearest. */
function thinned({ values, frames }: Features): Features {
  const kept = Math.ceil(frames / 2);
  const out = new Float32Array(kept * DIMENSIONS);
  for (let f = 0; f < kept; f++) out.set(values.subarray(2 * f * DIMENSIONS, (2 * f + 1) * DIMENSIONS), f * DIMENSIONS);
  return { values: out, frames: kept };
}

/** Ordinary speech, rich in sounds; none of it is an answer. */
export const GARBAGE_TEXT = {
  fr: "Le petit bateau du pêcheur glissait doucement sous les nuages gris. Quelques enfants jouaient au ballon près du vieux moulin, pendant que leurs grands-parents cueillaient des champignons. Chaque jeune fille portait un chapeau jaune et buvait du jus d'orange. Vingt-huit kilomètres plus loin, on entendait déjà la musique.",
  en: "The birch canoe slid on the smooth planks while a small grey cloud passed over the valley. Several children were playing near the old mill, and their grandparents gathered mushrooms in the shade. Each young girl wore a yellow hat and drank orange juice with pleasure. Eighty miles further you could already hear the music.",
} as const;
