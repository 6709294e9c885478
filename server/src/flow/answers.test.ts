import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { StepOf } from "@tandem/protocol/flow/flow";
import { digitsOfPhone, fromKeys, fromText } from "./answers.ts";
import { figures } from "./spoken-numbers.ts";
import { plain } from "./match-text.ts";
import { spellDate, spellNumber, spellPhone, spellSlot } from "./spell.ts";

type Language = "fr" | "en";
type Type = StepOf<"collect">["type"];

function heard(type: Type, text: string, language: Language = "fr", bounds: { min?: number; max?: number } = {}): string | number | null {
  const step: StepOf<"collect"> = { kind: "collect", label: {}, says: { sounds: {} }, interruptible: true, variable: "v", type, next: "a", ...bounds };
  return fromText(step, text, { language, country: "FR", today: "2026-11-23" });
}

describe("numbers in words", () => {
  const FR: [string, string][] = [
    ["zéro six douze", "0 6 12"], ["dix-sept", "17"], ["vingt et un", "21"], ["soixante et onze", "71"], ["soixante-quinze", "75"], ["soixante-dix-neuf", "79"], ["quatre-vingts", "80"],
    ["quatre-vingt-un", "81"], ["quatre-vingt-dix-sept", "97"], ["cent deux", "102"], ["trois cent quarante", "340"], ["mille neuf cent quatre-vingt-quatre", "1984"], ["deux mille vingt-six", "2026"],
    ["le douze mars", "le 12 mars"], ["septante-cinq", "75"], ["quatre vingt dix", "90"], ["quatre trois deux", "4 3 2"], ["bonjour", "bonjour"],
  ];
  const EN: [string, string][] = [
    ["seventeen", "17"], ["twenty one", "21"], ["two hundred and five", "205"], ["nineteen eighty four", "19 84"], ["two thousand and twenty six", "2026"], ["oh six one two", "0 6 1 2"], ["ninety nine", "99"],
    ["one thousand two hundred", "1200"], ["a thousand", "a thousand"], ["march twelve", "march 12"],
  ];
  for (const [said, written] of FR) test(`fr: ${said}`, () => assert.equal(figures(plain(said), "fr"), written));
  for (const [said, written] of EN) test(`en: ${said}`, () => assert.equal(figures(plain(said), "en"), written));
  test("every number to 999 999, as it is said", () => {
    const spoken: Record<Language, (n: number) => string> = { fr: spokenFrench, en: spokenEnglish };
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999 }), fc.constantFrom<Language>("fr", "en"), (n, language) => figures(plain(spoken[language](n)), language) === String(n)), { numRuns: 2_000 });
  });
});

describe("values in sentences", () => {
  const rows: [Type, Language, string, string | number | null, { min?: number; max?: number }?][] = [
    ["digits", "fr", "c'est la n° 12 345 merci", "12345", { min: 5, max: 5 }], ["digits", "fr", "123", null, { min: 5, max: 5 }], ["digits", "fr", "un deux trois quatre cinq", "12345", { min: 5, max: 5 }], ["digits", "fr", "je ne sais pas", null, { min: 1 }],
    ["digits", "fr", "le 12 puis 34567", "34567", { min: 5, max: 5 }],
    ["number", "fr", "j'en veux 3", 3], ["number", "fr", "moins trois", -3], ["number", "fr", "vingt-deux", 22], ["number", "fr", "13", null, { min: 1, max: 12 }], ["number", "en", "about 1,250", 1250], ["number", "fr", "1 250", 1250], ["number", "fr", "2,5", 2.5], ["number", "en", "2.5", 2.5],
    ["number", "fr", "beaucoup", null], ["number", "fr", "99999999999999999999", null],
    ["amount", "fr", "12,50 €", 12.5], ["amount", "fr", "12 euros 50", 12.5], ["amount", "fr", "1 234,5", 1234.5], ["amount", "en", "$1,234.50", 1234.5], ["amount", "fr", "1.234,50", 1234.5], ["amount", "en", "twelve", 12], ["amount", "fr", "douze euros", 12], ["amount", "en", "twelve pounds fifty", 12.5], ["amount", "fr", "1.500", 1500],
    ["date", "fr", "le 12 mars 2026", "2026-03-12"], ["date", "fr", "12/03/2026", "2026-03-12"], ["date", "en", "12/03/2026", "2026-03-12"], ["date", "en", "March 12th, 2026", "2026-03-12"], ["date", "en", "12 March 2026", "2026-03-12"], ["date", "en", "the 1st of May", "2026-05-01"],
    ["date", "fr", "premier août", "2026-08-01"], ["date", "fr", "1er avril 2027", "2027-04-01"], ["date", "en", "03/25/2026", "2026-03-25"], ["date", "fr", "2026-03-12", "2026-03-12"], ["date", "fr", "31/02/2026", null], ["date", "fr", "demain", "2026-11-24"], ["date", "fr", "après-demain", "2026-11-25"],
    ["date", "en", "yesterday", "2026-11-22"], ["date", "en", "the day after tomorrow", "2026-11-25"], ["date", "fr", "aujourd’hui", "2026-11-23"], ["date", "fr", "douze mars deux mille vingt-six", "2026-03-12"], ["date", "en", "march twelve nineteen eighty four", "1984-03-12"], ["date", "fr", "12032026", "2026-03-12"], ["date", "fr", "12/03/84", "1984-03-12"], ["date", "fr", "bientôt", null],
    ["email", "fr", "C'est Jean.Dupont@Exemple.fr.", "jean.dupont@exemple.fr"], ["email", "fr", "jean point dupont arobase exemple point fr", "jean.dupont@exemple.fr"], ["email", "en", "jane underscore doe at mail dot example dot com", "jane_doe@mail.example.com"], ["email", "fr", "jean@exemple", null], ["email", "fr", "a@b..fr", null],
    ["phone", "fr", "06 12 34 56 78", "+33612345678"], ["phone", "fr", "mon numéro : +33 (0)6 12 34 56 78", "+33612345678"], ["phone", "en", "+44 7911 123456", "+447911123456"], ["phone", "fr", "zéro six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"], ["phone", "fr", "12", null],
    ["text", "fr", "  Ma  lampe\n est cassée ", "Ma lampe est cassée"], ["text", "fr", "  ", null], ["text", "fr", "court", null, { min: 10 }],
  ];
  for (const [type, language, text, value, bounds] of rows) test(`${type}, ${language}: ${text.trim() || "(blank)"} -> ${value}`, () => assert.equal(heard(type, text, language, bounds), value));

  test("nothing that is typed makes it throw, or gives what is no plain value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), fc.constantFrom<Type>("digits", "number", "amount", "date", "email", "phone", "text"), fc.constantFrom<Language>("fr", "en"), (text, type, language) => {
        const value = heard(type, text, language);
        return value === null || typeof value === "string" || Number.isFinite(value);
      }),
      { numRuns: 2_000 },
    );
  });
  test("the worst case of every pattern comes to an end", () => {
    // a pattern that backtracks without bounds would hang here
    const values: unknown[] = [];
    for (const text of ["1 ".repeat(300), "1.".repeat(300), `a@${"a.".repeat(250)}`, "€ ".repeat(300), "arobase ".repeat(80), "vingt ".repeat(120), "é".repeat(500)]) {
      for (const type of ["digits", "number", "amount", "date", "email", "phone", "text"] as const) for (const language of ["fr", "en"] as const) values.push(heard(type, text, language));
    }
    assert.equal(values.length, 98);
  });
});

test("keys: a date comes day first in both languages; no other keys are read", () => {
  const keys = (type: Type, pressed: string): string | number | null => fromKeys({ kind: "collect", label: {}, says: { sounds: {} }, interruptible: true, variable: "v", type, next: "a" }, pressed, { language: "en", country: "FR", today: "2026-11-23" });
  assert.deepEqual([keys("date", "12032026"), keys("amount", "12*5"), keys("amount", "*5"), keys("text", "123"), keys("number", "1*2")], ["2026-03-12", 12.5, null, null, null]);
});

test("how values sound", () => {
  assert.deepEqual([spellDate("2026-03-01", "fr"), spellDate("2026-03-01", "en")], ["1 mars 2026", "1 March 2026"]);
  assert.deepEqual([spellPhone("+33612345678", "FR"), spellPhone("+33612345678", "GB"), spellPhone("209", "FR")], ["06 12 34 56 78", "+33 6 12 34 56 78", "2 0 9"]);
  assert.deepEqual([spellNumber(12.5, "fr", true), spellNumber(12, "fr", true), spellNumber(1234.5, "en", false)], ["12,50", "12", "1234.5"]);
  // the night of the clock change: told in the wall time of the zone
  const slot = { startMs: Date.UTC(2026, 9, 25, 0, 30), endMs: Date.UTC(2026, 9, 25, 1, 30) };
  assert.equal(spellSlot(slot, { language: "fr", written: false, zone: "Europe/Paris" }), "dimanche 25 octobre entre 2 heures 30 et 2 heures 30");
  assert.equal(spellSlot({ startMs: Date.UTC(2026, 10, 23, 8), endMs: Date.UTC(2026, 10, 23, 8, 30) }, { language: "en", written: true, zone: "America/New_York" }), "Monday 23 November between 03:00 and 03:30");
});

test("a telephone in a sentence that has other numbers too", () => {
  assert.equal(digitsOfPhone("commande 12345, rappelez le 06.12.34.56.78", "fr", "FR"), "+33612345678");
});

function spokenFrench(n: number): string {
  const small = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"];
  const tens = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"];
  const hundred = (m: number): string => {
    if (m < 20) return small[m] ?? "";
    if (m < 100) {
      const ten = Math.floor(m / 10);
      const rest = ten === 7 || ten === 9 ? m - (ten - 1) * 10 : m % 10;
      if (rest === 0) return ten === 8 ? "quatre-vingts" : (tens[ten] ?? "");
      return `${tens[ten]}${ten < 8 && (rest === 1 || rest === 11) ? " et " : "-"}${small[rest]}`;
    }
    const many = Math.floor(m / 100);
    return `${many > 1 ? `${small[many]} ` : ""}cent${m % 100 === 0 ? "" : ` ${hundred(m % 100)}`}`;
  };
  if (n < 1000) return hundred(n);
  const thousands = Math.floor(n / 1000);
  return `${thousands > 1 ? `${hundred(thousands)} ` : ""}mille${n % 1000 === 0 ? "" : ` ${hundred(n % 1000)}`}`;
}

function spokenEnglish(n: number): string {
  const small = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
  const tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
  const hundred = (m: number): string => {
    if (m < 20) return small[m] ?? "";
    if (m < 100) return `${tens[Math.floor(m / 10)]}${m % 10 === 0 ? "" : `-${small[m % 10]}`}`;
    return `${small[Math.floor(m / 100)]} hundred${m % 100 === 0 ? "" : ` and ${hundred(m % 100)}`}`;
  };
  if (n < 1000) return hundred(n);
  const rest = n % 1000;
  return `${hundred(Math.floor(n / 1000))} thousand${rest === 0 ? "" : rest < 100 ? ` and ${hundred(rest)}` : ` ${hundred(rest)}`}`;
}
