import assert from "node:assert/strict";
import { test } from "node:test";
import { tone } from "../rtp/rtp.ts";
import { EchoGate } from "./echo-gate.ts";

const batch = (peak: number): Int16Array => tone(500, 100, peak);
const peakOf = (samples: Int16Array): number => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32768;

function heard(batches: readonly (readonly [peak: number, speaking: boolean])[]): number[] {
  const passed: number[] = [];
  const gate = new EchoGate((samples) => passed.push(Math.round(peakOf(samples) * 1000) / 1000));
  for (const [peak, speaking] of batches) gate.hear(batch(peak), speaking);
  return passed;
}

test("an echo of what we say is silence; the same sound counts while we are silent", () => {
  // -26 dBov of ours, 20 dB down: a sine of peak 0.007
  assert.deepEqual(heard([[0.007, true], [0.007, true], [0.007, true], [0.007, false], [0.007, false]]), [0, 0, 0.007, 0.007, 0.007]);
});

test("who speaks over us is heard from the batch before on, and to the soft end of the word", () => {
  assert.deepEqual(heard([[0.004, true], [0.006, true], [0.1, true], [0.005, true], [0.005, true]]), [0, 0.006, 0.1, 0.005, 0.005]);
  const long = heard([[0.1, true], ...Array.from({ length: 12 }, () => [0.005, true] as const)]);
  assert.deepEqual([long.slice(0, 5).every((peak) => peak > 0), long.slice(6).every((peak) => peak === 0)], [true, true], "closed again after a while");
});

test("nothing is lost or doubled, whatever comes", () => {
  const all = Array.from({ length: 200 }, (_, i) => [i % 7 === 0 ? 0.2 : 0.004, i % 50 < 30] as const);
  const passed = heard(all);
  assert.ok(passed.length >= 199 && passed.length <= 200, `${passed.length}`);
});
