/**
 * The recogniser that needs nothing: of the phrases that a question waits for, which one was said? Patterns are spoken by the speech engine in
 * the call's language, in its several accents; an utterance is compared with all of them by time warping, and with ordinary words that are no
 * answer. It is taken only when one answer is clearly nearer than those and than every other answer; what is doubted counts as not understood.
 * Phrases said alone, that is, not within a sentence. What it is worth is measured: docs/decisions/0040, lab/bench-spotter.ts.
 */
import type { Language } from "../../hub/hub.ts";
import { featuresOf, spectrumOf, type Features } from "./features.ts";
import { warpedDistance } from "./match.ts";

/** A voice is brought to the pattern's length of the vocal tract by whichever of these makes the two the most alike. */
const WARPS = [1, 0.9, 1.1];
/** Further away than this is a different thing altogether. */
export const MAX_DISTANCE = 1.55;
/** The nearest ordinary word must be this much further away than the answer, */
export const WORD_MARGIN = 0.06;
/** and the next answer this much. Chosen on the measured false choices: see the decision. */
export const ANSWER_MARGIN = 0.06;
/** Compared so far beyond the nearest, so that the margins can be told. */
const LOOK_BEYOND = 1.12;

export interface Pattern {
  key: string;
  phrase: string;
  features: Features;
}

export interface Spotted {
  key: string;
  phrase: string;
  /** 0..1: how far the nearest thing that is not this answer lies beyond the margins. */
  confidence: number;
}

/** Sound of the speech engine as a pattern. */
export function patternOf(key: string, phrase: string, spoken: Int16Array): Pattern {
  return { key, phrase, features: featuresOf(spectrumOf(spoken)) };
}

/** The nearest of each answer, the nearest first, and of the ordinary words. Beyond LOOK_BEYOND of the nearest: Infinity. */
export interface Ranking {
  answers: { key: string; phrase: string; distance: number }[];
  ordinary: number;
}

export function rank(utterance: Int16Array, answers: readonly Pattern[], ordinary: readonly Pattern[]): Ranking {
  const spectrum = spectrumOf(utterance);
  const nearest = new Map<string, Ranking["answers"][number]>();
  let least = MAX_DISTANCE;
  let leastOrdinary = Infinity;
  for (const warp of WARPS) {
    const features = featuresOf(spectrum, warp);
    for (const { key, phrase, features: pattern } of answers) {
      const distance = warpedDistance(pattern, features, least * LOOK_BEYOND);
      if (distance < (nearest.get(key)?.distance ?? Infinity)) nearest.set(key, { key, phrase, distance });
      if (distance < least) least = distance;
    }
    for (const { features: pattern } of ordinary) {
      const distance = warpedDistance(pattern, features, Math.min(least * LOOK_BEYOND, leastOrdinary));
      if (distance < leastOrdinary) leastOrdinary = distance;
    }
  }
  return { answers: [...nearest.values()].toSorted((a, b) => a.distance - b.distance), ordinary: leastOrdinary };
}

export function decide({ answers: [first, second], ordinary }: Ranking): Spotted | null {
  if (!first || first.distance > MAX_DISTANCE) return null;
  const next = (second?.distance ?? Infinity) / first.distance - 1 - ANSWER_MARGIN;
  const word = ordinary / first.distance - 1 - WORD_MARGIN;
  if (next < 0 || word < 0) return null;
  return { key: first.key, phrase: first.phrase, confidence: Math.min(1, 0.5 + 4 * Math.min(next, word)) };
}

/** Words that people say and that are seldom an answer, short and long, of many sounds. One that is an answer of the question is left out. */
export const ORDINARY_WORDS: Readonly<Record<Language, readonly string[]>> = {
  fr: [
    "bonjour", "pardon", "attendez", "comment", "je ne sais pas", "monsieur", "madame", "la maison", "un moment", "parce que", "allô", "s'il vous plaît", "la voiture", "hier soir", "les enfants", "quelque chose",
    "bateau", "fromage", "chapeau", "montagne", "bicyclette", "girafe", "pantalon", "cuisine", "jardin", "ordinateur", "téléphone", "musique", "rouge", "vert", "soleil", "pluie", "dormir", "manger", "regarder",
    "ensemble", "toujours", "université", "champignon", "brouillard", "vingt", "mille", "tu", "la", "euh", "hum", "ah bon", "qu'est-ce que c'est",
  ],
  en: [
    "hello", "excuse me", "hold on", "I don't know", "what was that", "mister", "the house", "just a moment", "because", "the children", "something", "last night", "the car", "please", "thank you", "goodbye",
    "mountain", "bicycle", "kitchen", "garden", "computer", "window", "music", "yellow", "green", "sunshine", "raining", "sleeping", "eating", "looking", "together", "always", "university", "mushroom", "bottle",
    "umbrella", "river", "twenty", "thousand", "paper", "chocolate", "the", "uh", "hmm", "oh really", "what is it", "breakfast", "newspaper",
  ],
};
