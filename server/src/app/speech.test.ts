import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { goertzelPower } from "../rtp/rtp.ts";
import { SpeechError } from "../voice/voice.ts";
import { startSpeech } from "./speech.ts";

const clock = new VirtualClock(0);
const speech = startSpeech({ clock, log: silentLog });
const folder = mkdtempSync(join(tmpdir(), "tandem-speech-process-"));
after(async () => {
  await speech.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("espeak speaks French and English at telephone rate, at one loudness", async () => {
  const said = await Promise.all([
    speech.synthesise("Bonjour et bienvenue chez Halo et Fils.", "fr"),
    speech.synthesise("For English, press 9.", "en"),
  ]);
  for (const samples of said) {
    const seconds = samples.length / 8000;
    assert.ok(seconds > 1 && seconds < 4, `${seconds} s`);
    const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) / 32768;
    assert.ok(rms > 0.025 && rms < 0.1, `rms ${rms}`);
    // Speech, not a tone: energy over several bands.
    const bands = [200, 400, 800, 1600, 2400].map((freqHz) => Math.max(...[0, 40, 80, -40].map((off) => goertzelPower(samples, freqHz + off))));
    assert.ok(bands.filter((power) => power > 0).length === 5 && Math.max(...bands) < 0.2 * rms * rms * samples.length);
  }
});

test("after a minute of quiet the worker is let go, and comes back when asked", async () => {
  const before = await speech.synthesise("Un.", "fr");
  assert.equal(speech.loaded(), true);
  clock.advance(59_000);
  assert.equal(speech.loaded(), true);
  clock.advance(2_000);
  assert.equal(speech.loaded(), false);
  const again = await speech.synthesise("Un.", "fr");
  assert.equal(speech.loaded(), true);
  // espeak's noise differs from run to run; the word does not.
  assert.ok(Math.abs(again.length - before.length) < before.length / 10);
});

test("markup in a caller's name is spoken as words", async () => {
  const plain = await speech.synthesise("Merci  break time= 60s / Ana", "fr");
  const marked = await speech.synthesise("Merci <break time=\"60s\"/> Ana".replaceAll('"', ""), "fr");
  assert.ok(Math.abs(plain.length - marked.length) < 4000);
});

test("what is asked after the stop is refused", async () => {
  const other = startSpeech({ clock, log: silentLog });
  const pending = other.synthesise("Bonjour", "fr");
  await Promise.all([assert.rejects(pending, SpeechError), other.stop()]);
  await assert.rejects(other.synthesise("Bonjour", "fr"), SpeechError);
});

test("what somebody waits to hear is spoken before what nobody does, however much of that was asked for first", async () => {
  const order: string[] = [];
  const ask = (text: string, when: "now" | "later"): Promise<void> => speech.synthesise(text, "fr", 0, when).then(() => void order.push(`${when} ${text}`));
  await Promise.all([...["un", "deux", "trois", "quatre"].map((text) => ask(text, "later")), ask("bonjour", "now"), ask("merci", "now")]);
  assert.deepEqual(order, ["later un", "now bonjour", "now merci", "later deux", "later trois", "later quatre"]);
});

/** A process that speaks a sample a letter, and dies of some words: of "killed" the first time, of "deadly" each time, of "ill" from its start. */
function mortal(): ReturnType<typeof startSpeech> {
  const entry = join(folder, "mortal.mjs");
  writeFileSync(entry, `import { existsSync, writeFileSync } from "node:fs";
process.on("message", ({ id, text }) => {
  const once = ${JSON.stringify(join(folder, "once"))};
  if (text === "deadly" || text === "ill" || (text === "killed" && !existsSync(once))) {
    writeFileSync(once, "");
    process.kill(process.pid, "SIGKILL");
    return;
  }
  process.send({ id, samples: new Int16Array(text.length) });
});
process.on("disconnect", () => process.exit(0));
`);
  return startSpeech({ clock, log: silentLog, entry });
}

test("a process that is killed in the middle costs nobody their words: its text is spoken by the next one, and so are those that waited", async () => {
  const other = mortal();
  const all = await Promise.all(["one", "killed", "three"].map((text) => other.synthesise(text, "en")));
  assert.deepEqual(all.map(({ length }) => length), [3, 6, 5]);
  await other.stop();
});

test("a text that kills it twice is refused, the others are spoken; a process that cannot live at all is told to everybody", async () => {
  const other = mortal();
  const [deadly, fine] = await Promise.allSettled([other.synthesise("deadly", "en"), other.synthesise("fine", "en")]);
  assert.deepEqual([deadly.status, fine.status === "fulfilled" && fine.value.length], ["rejected", 4]);
  const ill = await Promise.allSettled(["ill", "ill", "fine"].map((text) => other.synthesise(text, "en")));
  assert.deepEqual(ill.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  assert.equal((await other.synthesise("again", "en")).length, 5, "and tried anew by who comes later");
  await other.stop();
});

test("what was to be spoken later hurries once somebody waits for it", async () => {
  const order: string[] = [];
  const ask = (text: string, when: "now" | "later"): Promise<void> => speech.synthesise(text, "fr", 0, when).then(() => void order.push(text));
  const all = [...["un", "deux", "trois & quatre"].map((text) => ask(text, "later")), ask("bonjour", "now")];
  speech.hurry!("trois & quatre", "fr");
  await Promise.all(all);
  assert.deepEqual(order, ["un", "bonjour", "trois & quatre", "deux"]);
});
