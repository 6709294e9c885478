/** The keyword spotter as calls meet it: its thread, patterns by the real speech engine, voices that are not the engine's own. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { silentLog } from "../base/log.ts";
import type { Language } from "../hub/hub.ts";
import type { HeardSpeech } from "../voice/voice.ts";
import { realClock } from "./real-ports.ts";
import { startSpeech } from "./speech.ts";
import { startSpotter } from "./speech-spotter.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-spotter-"));
const engine = startSpeech({ log: silentLog });
const spotter = startSpotter({ engine, folder, clock: realClock, log: silentLog });
after(async () => {
  await spotter.stop();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** `pitch` above 1: higher and faster, as a smaller person would speak; with the noise of a line before and after. */
function asSaid(samples: Int16Array, pitch: number, gain: number): Int16Array {
  const words = Int16Array.from({ length: Math.floor(samples.length / pitch) }, (_, i) => {
    const place = i * pitch;
    const [a, b] = [samples[Math.floor(place)]!, samples[Math.min(samples.length - 1, Math.ceil(place))]!];
    return gain * (a + (b - a) * (place % 1));
  });
  const out = Int16Array.from({ length: 8000 + words.length + 8000 }, (_, i) => ((i * 7919) % 81) - 40);
  for (let i = 0; i < words.length; i++) out[8000 + i]! += words[i]!;
  return out;
}

/** What is understood of a word in that voice, while these are the answers. */
async function understood(language: Language, words: { key: string; phrases: string[] }[], said: string, pitch: number, gain = 1): Promise<string> {
  const samples = asSaid(await engine.synthesise(said, language), pitch, gain);
  return new Promise((resolve, reject) => {
    const hearing = spotter.listen("int_1", { language, words, free: false }, (heard: HeardSpeech) => {
      if (heard.type === "failed") reject(new Error(heard.why));
      if (heard.type !== "final") return;
      hearing.stop();
      resolve(heard.text);
    });
    for (let at = 0; at < samples.length; at += 800) hearing.audio(samples.subarray(at, at + 800));
  });
}

const FRENCH = [{ key: "1", phrases: ["livraison", "colis"] }, { key: "2", phrases: ["facture"] }, { key: "3", phrases: ["service technique"] }, { key: "0", phrases: ["conseiller"] }];
const ENGLISH = [{ key: "1", phrases: ["delivery"] }, { key: "2", phrases: ["invoice"] }, { key: "3", phrases: ["technical support"] }, { key: "0", phrases: ["agent", "representative"] }];

test("the question's words are understood in higher, lower, softer voices, in French and in English", { timeout: 120_000 }, async () => {
  for (const [said, pitch, gain] of [["livraison", 1.12, 1], ["colis", 0.92, 0.5], ["facture", 1.08, 0.3], ["service technique", 0.9, 1], ["conseiller", 1.1, 1.5]] as const) {
    assert.equal(await understood("fr", FRENCH, said, pitch, gain), said);
  }
  for (const [said, pitch] of [["delivery", 1.1], ["invoice", 0.92], ["technical support", 1.08], ["representative", 1.1]] as const) assert.equal(await understood("en", ENGLISH, said, pitch), said);
});

test("words that are no answer, and sounds that are no words, are not understood", { timeout: 120_000 }, async () => {
  for (const said of ["ordinateur", "bonjour monsieur", "jardin", "je voudrais réfléchir encore un peu"]) assert.equal(await understood("fr", FRENCH, said, 1.06), "", said);
  for (const said of ["kitchen", "good morning", "what did you say"]) assert.equal(await understood("en", ENGLISH, said, 1.06), "", said);
});

test("what was spoken for patterns is kept: it is made once", () => {
  assert.ok(readdirSync(folder).length > 80);
});
