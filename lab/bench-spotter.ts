/**
 * What the keyword spotter is worth: menus of four answers are made of words that people and other synthesisers have recorded, and each word is
 * said to menus that have it (right, wrong, not understood) and to menus that do not (falsely taken). Recordings: Debian's
 * asterisk-core-sounds-en-wav and -fr-wav (two women), asterisk-prompt-fr-armelle (a woman), flite and espeak-ng variants.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../server/src/base/log.ts";
import { readWav, encodeG711, decodeG711 } from "../server/src/rtp/rtp.ts";
import { startSpeech } from "../server/src/app/speech.ts";
import { ANSWER_MARGIN, decide, MAX_DISTANCE, ORDINARY_WORDS, patternOf, rank, WORD_MARGIN, type Pattern, type Ranking } from "../server/src/voice/spotter/spotter.ts";

type Language = "fr" | "en";
const SOUNDS = "/usr/share/asterisk/sounds";
const DAYS = { fr: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"], en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] };
const MONTHS = {
  fr: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
  en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};
/** Answers as menus have them, for the synthesisers that can say anything. */
const MENU = {
  fr: ["service commercial", "livraison", "facture", "service technique", "rendez-vous", "horaires", "remboursement", "mot de passe", "résiliation", "conseiller", "oui", "non", "commande", "réclamation", "adresse"],
  en: ["sales", "delivery", "invoice", "technical support", "appointment", "opening hours", "refund", "password", "cancellation", "agent", "yes", "no", "order", "complaint", "address"],
};

interface Said { word: string; voice: string; samples: Int16Array }

const folder = mkdtempSync(join(tmpdir(), "spotter-"));
let files = 0;
function load(source: string, ...effects: string[]): Int16Array {
  const out = join(folder, `${++files}.wav`);
  execFileSync("sox", [source, "-r", "8000", "-c", "1", "-b", "16", out, ...effects], { stdio: "ignore" });
  const read = readWav(readFileSync(out));
  if (!read.ok) throw new Error(read.why);
  const samples = read.wav.channels[0]!;
  const coded = new Uint8Array(samples.length);
  encodeG711("PCMA", samples, samples.length, coded, 0);
  const heard = new Int16Array(samples.length);
  decodeG711("PCMA", coded, heard);
  return heard;
}

function human(language: Language): Said[] {
  const said: Said[] = [];
  const roots = language === "en" ? [["Allison", `${SOUNDS}/en`]] : [["June", `${SOUNDS}/fr_CA_f_June`], ["Armelle", `${SOUNDS}/fr`]];
  for (const [voice, root] of roots as [string, string][]) {
    const add = (word: string, name: string): void => {
      for (const ext of ["wav", "gsm"]) {
        const path = `${root}/digits/${name}.${ext}`;
        if (!existsSync(path)) continue;
        said.push({ word, voice, samples: load(path, ...(voice === "Armelle" ? ["trim", "0.15"] : []), "norm", "-12") }); // her files begin with a thump
        return;
      }
    };
    DAYS[language].forEach((word, i) => add(word, `day-${i}`));
    MONTHS[language].forEach((word, i) => add(word, `mon-${i}`));
  }
  return said;
}

function synthetic(language: Language): Said[] {
  const said: Said[] = [];
  const words = [...MENU[language], ...DAYS[language]];
  const voices = language === "fr" ? ["fr-fr+f2", "fr-fr+f5", "fr-fr+m3", "fr-be+m7", "fr-fr+Annie"] : ["en-us+f3", "en-gb+m2", "en-us+Andy", "en-gb-scotland+f1"];
  for (const voice of voices) {
    for (const [i, word] of words.entries()) {
      const path = join(folder, `e${++files}.wav`);
      execFileSync("espeak-ng", ["-v", voice, "-s", String(130 + 15 * (i % 5)), "-p", String(30 + 10 * (i % 5)), "-w", path, word]);
      said.push({ word, voice: `espeak ${voice}`, samples: load(path, "norm", "-12") });
    }
  }
  if (language === "en") {
    for (const voice of ["slt", "rms", "awb"]) {
      for (const word of words) {
        const path = join(folder, `f${++files}.wav`);
        execFileSync("flite", ["-voice", voice, "-t", word, "-o", path]);
        said.push({ word, voice: `flite ${voice}`, samples: load(path, "norm", "-12") });
      }
    }
  }
  return said;
}

let seed = 7;
const random = (): number => (seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32;

function noisy(samples: Int16Array, snrDb: number, babble: Int16Array | null): Int16Array {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  const pad = 2400;
  const out = new Int16Array(samples.length + 2 * pad);
  let noisePower = 0;
  const at = babble ? Math.floor(random() * (babble.length - out.length - 1)) : 0;
  const noise = Float32Array.from({ length: out.length }, (_, i) => (babble ? babble[at + i]! : random() + random() + random() - 1.5));
  for (const value of noise) noisePower += value * value;
  const gain = Math.sqrt(power / samples.length / (noisePower / noise.length) / 10 ** (snrDb / 10));
  for (let i = 0; i < out.length; i++) out[i] = Math.max(-32768, Math.min(32767, Math.round((i >= pad && i < pad + samples.length ? samples[i - pad]! : 0) + gain * noise[i]!)));
  return out;
}

const speech = startSpeech({ log: silentLog });
const rows: { set: string; voice: string; condition: string; inside: Ranking[]; said: string[]; outside: Ranking[] }[] = [];
let judged = 0;
let judgedMs = 0;
try {
  for (const language of ["fr", "en"] as const) {
    const accents = [...Array(speech.accents![language]).keys()];
    const ordinary: Pattern[] = [];
    for (const word of ORDINARY_WORDS[language]) ordinary.push(patternOf("", word, await speech.synthesise(word, language)));
    const babbleParts = await Promise.all(["Il faut que je rappelle ma soeur avant midi parce que le garage ferme.", "We were walking along the river when the rain began to fall again."].map((t) => speech.synthesise(t, language)));
    const babble = Int16Array.from({ length: 60000 }, (_, i) => (babbleParts[0]![i % babbleParts[0]!.length]! + babbleParts[1]![(i + 5000) % babbleParts[1]!.length]!) / 2);
    const patterns = new Map<string, Pattern[]>();
    for (const word of [...MENU[language], ...DAYS[language], ...MONTHS[language]]) patterns.set(word, await Promise.all(accents.map(async (accent) => patternOf(word, word, await speech.synthesise(word, language, accent)))));
    for (const [set, said, pool] of [["people", human(language), [...DAYS[language], ...MONTHS[language]]], ["other synthesisers", synthetic(language), [...MENU[language], ...DAYS[language]]]] as const) {
      for (const [condition, change] of [["clean", (s: Int16Array) => noisy(s, 40, null)], ["white noise 15 dB", (s: Int16Array) => noisy(s, 15, null)], ["babble 15 dB", (s: Int16Array) => noisy(s, 15, babble)]] as const) {
        for (const one of said) {
          let row = rows.find((r) => r.set === `${language} ${set}` && r.voice === one.voice && r.condition === condition);
          if (!row) rows.push((row = { set: `${language} ${set}`, voice: one.voice, condition, inside: [], said: [], outside: [] }));
          const sentence = change(one.samples);
          const others = pool.filter((word) => word !== one.word).toSorted(() => random() - 0.5);
          const began = performance.now();
          row.inside.push(rank(sentence, [one.word, ...others.slice(0, 3)].flatMap((word) => patterns.get(word)!), ordinary));
          judgedMs += performance.now() - began;
          judged++;
          row.said.push(one.word);
          row.outside.push(rank(sentence, others.slice(3, 7).flatMap((word) => patterns.get(word)!), ordinary));
        }
      }
    }
  }
} finally {
  await speech.stop();
  rmSync(folder, { recursive: true, force: true });
}

const percent = (count: number, of: number): string => `${((100 * count) / Math.max(1, of)).toFixed(1).padStart(5)} %`;
function figures(some: typeof rows, choose: (ranked: Ranking) => { key: string } | null): { right: number; wrong: number; falsely: number; best: number; n: number } {
  const all = { right: 0, wrong: 0, falsely: 0, best: 0, n: 0 };
  for (const row of some) {
    row.inside.forEach((ranked, i) => {
      const chosen = choose(ranked);
      all.n++;
      if (ranked.answers[0]?.key === row.said[i]) all.best++;
      if (chosen?.key === row.said[i]) all.right++;
      else if (chosen) all.wrong++;
    });
    for (const ranked of row.outside) if (choose(ranked)) all.falsely++;
  }
  return all;
}
console.log(`Keyword spotter: menus of 4 answers, MAX_DISTANCE ${MAX_DISTANCE}, ANSWER_MARGIN ${ANSWER_MARGIN}, WORD_MARGIN ${WORD_MARGIN}; ${(judgedMs / judged).toFixed(1)} ms a sentence`);
console.log("set                      condition            n  best-is-right   taken-right  taken-wrong  other-word-taken");
for (const set of [...new Set(rows.map((r) => r.set))]) {
  for (const condition of [...new Set(rows.map((r) => r.condition))]) {
    const f = figures(rows.filter((r) => r.set === set && r.condition === condition), decide);
    console.log(`${set.padEnd(24)} ${condition.padEnd(18)} ${String(f.n).padStart(3)}  ${percent(f.best, f.n)}        ${percent(f.right, f.n)}      ${percent(f.wrong, f.n)}      ${percent(f.falsely, f.n)}`);
  }
}
if (process.argv.includes("--voices")) for (const voice of [...new Set(rows.map((r) => r.voice))]) {
  const f = figures(rows.filter((r) => r.voice === voice), decide);
  console.log(`${voice.padEnd(24)} ${String(f.n).padStart(3)}  ${percent(f.best, f.n)} ${percent(f.right, f.n)} ${percent(f.wrong, f.n)} ${percent(f.falsely, f.n)}`);
}
if (process.argv.includes("--sweep")) {
  for (const max of [1.4, 1.55, 1.7, 1.9]) {
    for (const answer of [0.03, 0.06]) {
      for (const word of [-0.05, 0, 0.03, 0.06, 0.1]) {
        const choose = ({ answers: [first, second], ordinary }: Ranking): { key: string } | null => (first && first.distance <= max && (second?.distance ?? Infinity) >= first.distance * (1 + answer) && ordinary >= first.distance * (1 + word) ? first : null);
        const [people, others] = ["people", "other"].map((name) => figures(rows.filter((r) => r.set.includes(name)), choose)) as [ReturnType<typeof figures>, ReturnType<typeof figures>];
        console.log(`max ${max} answer ${answer} word ${word}: people right ${percent(people.right, people.n)} wrong ${percent(people.wrong, people.n)} falsely ${percent(people.falsely, people.n)}   synth right ${percent(others.right, others.n)} wrong ${percent(others.wrong, others.n)} falsely ${percent(others.falsely, others.n)}`);
      }
    }
  }
}
