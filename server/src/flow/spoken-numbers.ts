/** Numbers in words, as a recogniser writes what was said: "quatre-vingt-dix-sept", "zéro six douze", "two hundred and five". */
import type { Language } from "../hub/hub.ts";

const FR: Readonly<Record<string, number>> = {
  zero: 0, un: 1, une: 1, deux: 2, trois: 3, quatre: 4, cinq: 5, six: 6, sept: 7, huit: 8, neuf: 9, dix: 10, onze: 11, douze: 12, treize: 13, quatorze: 14, quinze: 15, seize: 16,
  vingt: 20, vingts: 20, trente: 30, quarante: 40, cinquante: 50, soixante: 60, septante: 70, huitante: 80, octante: 80, nonante: 90,
};
const EN: Readonly<Record<string, number>> = {
  zero: 0, oh: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17,
  eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
};
const HUNDRED = { fr: ["cent", "cents"], en: ["hundred"] };
const THOUSAND = { fr: ["mille"], en: ["thousand"] };
const AND = { fr: "et", en: "and" };

/** Plain text (`match-text.ts`) with every run of number words as figures: "le douze mars" -> "le 12 mars", "zero six douze" -> "0 6 12". Figures stay. */
export function figures(text: string, language: Language): string {
  const words = text.split(" ");
  const out: string[] = [];
  for (let i = 0; i < words.length; ) {
    const read = readNumber(words, i, language);
    if (read === null) out.push(words[i++] ?? "");
    else {
      out.push(String(read.value));
      i = read.next;
    }
  }
  return out.join(" ");
}

/** The longest number that begins at `from`. "un" and "one" alone are numbers too: the caller decides whether figures are wanted. */
function readNumber(words: readonly string[], from: number, language: Language): { value: number; next: number } | null {
  let i = from;
  let total = 0;
  let read = false;
  const below = belowThousand(words, i, language);
  if (below) {
    ({ next: i } = below);
    total = below.value;
    read = true;
  }
  // "mille" alone is 1,000; "thousand" wants a number before it
  if (THOUSAND[language].includes(words[i] ?? "") && (read ? total > 0 : language === "fr")) {
    total = (read ? total : 1) * 1000;
    i++;
    const skip = language === "en" && words[i] === AND.en ? 1 : 0;
    const rest = belowThousand(words, i + skip, language);
    if (rest && rest.value > 0) {
      total += rest.value;
      i = rest.next;
    }
    read = true;
  }
  return read ? { value: total, next: i } : null;
}

function belowThousand(words: readonly string[], from: number, language: Language): { value: number; next: number } | null {
  const first = belowHundred(words, from, language);
  const hundred = HUNDRED[language];
  let i = first?.next ?? from;
  if (hundred.includes(words[i] ?? "") && (first ? first.value > 0 && first.value < 10 : language === "fr")) {
    let value = (first?.value ?? 1) * 100;
    i++;
    const skip = language === "en" && words[i] === AND.en ? 1 : 0;
    const rest = belowHundred(words, i + skip, language);
    if (rest && rest.value > 0) {
      value += rest.value;
      i = rest.next;
    }
    return { value, next: i };
  }
  return first;
}

function belowHundred(words: readonly string[], from: number, language: Language): { value: number; next: number } | null {
  const units = language === "fr" ? FR : EN;
  const value = unit(units, words[from]);
  if (value === null) return null;
  let next = from + 1;
  if (language === "fr" && value === 4 && /^vingts?$/.test(words[next] ?? "")) {
    // quatre-vingt, and on to nineteen more
    next++;
    const more = unit(units, words[next]);
    if (more === null || more === 0 || more > 16) return { value: 80, next };
    return tens(80 + more, more, units, words, next + 1);
  }
  if (value < 20) return tens(value, value, units, words, next);
  let at = next;
  if (language === "fr" && words[at] === AND.fr) at++;
  const more = unit(units, words[at]);
  // soixante-dix to soixante-dix-neuf; elsewhere units only
  const most = language === "fr" && value === 60 ? 16 : 9;
  if (more === null || more === 0 || more > most || (at > next && more !== 1 && more !== 11)) return { value, next };
  return tens(value + more, more, units, words, at + 1);
}

/** dix-sept, dix-huit, dix-neuf. */
function tens(value: number, last: number, units: Readonly<Record<string, number>>, words: readonly string[], next: number): { value: number; next: number } {
  const more = units === FR && last === 10 ? unit(units, words[next]) : null;
  return more !== null && more >= 7 && more <= 9 ? { value: value + more, next: next + 1 } : { value, next };
}

function unit(units: Readonly<Record<string, number>>, word: string | undefined): number | null {
  return word !== undefined && Object.hasOwn(units, word) ? (units[word] ?? null) : null;
}
