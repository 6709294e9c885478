import assert from "node:assert/strict";
import { test } from "node:test";
import { goertzelPower, meanPower, tone, tones } from "./tones.ts";
import { timeStretch } from "./time-stretch.ts";

/** Mean over windows of 100 ms: a voice's pitch is heard in such pieces, and pieces of a sine may join a fraction of a sample out of phase. */
function power(samples: Int16Array, freqHz: number): number {
  const windows = Math.floor(samples.length / 800);
  let sum = 0;
  for (let i = 0; i < windows; i++) sum += goertzelPower(samples.subarray(i * 800, (i + 1) * 800), freqHz);
  return sum / windows;
}

for (const speed of [0.5, 0.8, 1.25, 1.5, 2]) {
  test(`at speed ${speed} the sound lasts its share, at the same pitch and level`, () => {
    const sound = tone(430, 2_000);
    const stretched = timeStretch(sound, speed);
    assert.equal(stretched.length, Math.round(sound.length / speed));
    const middle = stretched.subarray(800, -800);
    // a Goertzel of the right frequency holds all the power; that of the frequency a record player would make holds none
    assert.ok(power(middle, 430) > 0.9 * power(sound, 430), `the pitch: ${power(middle, 430) / power(sound, 430)}`);
    assert.ok(power(middle, 430 * speed) < 0.02 * power(middle, 430), "not the pitch of a faster record");
    const ratio = meanPower(middle) / meanPower(sound);
    assert.ok(ratio > 0.8 && ratio < 1.25, `level ${ratio}`);
  });

  test(`at speed ${speed} two sounds one after the other stay in order and change place at their share`, () => {
    const sound = Int16Array.from([...tones([300, 900], 1_000), ...tones([1_500, 2_100], 1_000)]);
    const stretched = timeStretch(sound, speed);
    const half = stretched.length / 2;
    const [first, second] = [stretched.subarray(0, half - 400), stretched.subarray(half + 400)];
    assert.ok(goertzelPower(first, 900) > 50 * goertzelPower(first, 2_100), "the first half");
    assert.ok(goertzelPower(second, 2_100) > 50 * goertzelPower(second, 900), "the second half");
  });
}

test("as spoken, and sounds too short to cut, stay as they are", () => {
  const sound = tone(430, 500);
  assert.equal(timeStretch(sound, 1), sound);
  const blip = tone(430, 20);
  assert.equal(timeStretch(blip, 2), blip);
  assert.equal(timeStretch(new Int16Array(0), 2).length, 0);
});
