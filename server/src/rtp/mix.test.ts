/** Mixes of any number: who is heard by whom, how loud, who speaks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePhone, fakeWorld } from "./fake-world.ts";
import { goertzelPower, meanPower, tone } from "./tones.ts";
import { writeWav } from "./wav.ts";
import type { MixMember } from "./media-contract.ts";

const TONES_HZ = [400, 560, 720, 880, 1_040, 1_200, 1_360, 1_520];

async function room(count: number, level = 0.1) {
  const world = fakeWorld();
  const phones: FakePhone[] = [];
  for (let i = 0; i < count; i++) {
    const phone = new FakePhone(world.net, `198.51.100.${i + 1}`, i % 2 === 1 ? "PCMU" : "PCMA", i);
    const answer = await world.engine.answer(`m${i}`, "rtp", phone.sdp());
    assert.ok(answer.ok);
    phone.aim(answer.sdp);
    phone.speak(tone(TONES_HZ[i]!, 1_000, level));
    phones.push(phone);
  }
  const power = (i: number, j: number): number => goertzelPower(phones[i]!.heard(1_000), TONES_HZ[j]!);
  const hears = (i: number): number[] => TONES_HZ.slice(0, count).flatMap((_, j) => (power(i, j) > 0.002 ? [j] : []));
  const seat = (more: Record<number, Partial<MixMember>> = {}): void => world.engine.mix("room", phones.map((_, i) => ({ id: `m${i}`, ...more[i] })));
  return { ...world, phones, power, hears, seat };
}

test("eight in a mix: each hears the seven others and not itself", async () => {
  const { run, hears, seat } = await room(8);
  seat();
  await run(3_000);
  for (let i = 0; i < 8; i++) assert.deepEqual(hears(i), [0, 1, 2, 3, 4, 5, 6, 7].filter((j) => j !== i), `member ${i}`);
});

test("a muted member hears and is not heard, and is heard again; gain makes louder or softer for the others", async () => {
  const { run, hears, power, seat } = await room(3);
  seat({ 1: { muted: true } });
  await run(3_000);
  assert.deepEqual([hears(0), hears(1), hears(2)], [[2], [0, 2], [0]]);
  const before = power(0, 2);
  seat({ 2: { gainDb: -10 } });
  await run(3_000);
  assert.deepEqual(hears(0)[0], 1, "heard again");
  const down = 10 * Math.log10(power(0, 2) / before);
  assert.ok(Math.abs(down + 10) < 1, `${down} dB`);
});

test("loud voices together are clipped, not wrapped: the tone stays a tone", async () => {
  const { run, phones, seat } = await room(3, 0.9);
  phones[1]!.speak(tone(TONES_HZ[2]!, 1_000, 0.9));
  seat();
  await run(3_000);
  const heard = phones[0]!.heard(1_000);
  assert.ok(goertzelPower(heard, TONES_HZ[2]!) > 0.8 * meanPower(heard), "two of the same tone, twice as loud as can be");
});

test("a sound played to the mix is heard by all over their voices, the next after it; one that is being played to alone hears only that", async () => {
  const { run, files, engine, phones, hears, seat } = await room(3);
  files.files.set("/one.wav", writeWav([tone(2_000, 500, 0.2)]));
  files.files.set("/two.wav", writeWav([tone(2_500, 500, 0.2)]));
  files.files.set("/music.wav", writeWav([tone(3_000, 1_000, 0.2)]));
  seat({ 0: { hears: ["m1"] } });
  engine.play("m2", "music", [{ path: "/music.wav" }], { loop: true });
  await run(2_000);
  engine.playToMix("room", [{ path: "/one.wav" }]);
  engine.playToMix("room", [{ path: "/two.wav" }]);
  await run(1_100);
  for (const i of [0, 1]) {
    const heard = phones[i]!.heard(1_000);
    const [first, second] = [heard.subarray(0, 3_600), heard.subarray(4_400)];
    assert.ok(goertzelPower(first, 2_000) > 0.01 && goertzelPower(first, 2_500) < 0.001, `member ${i}, first`);
    assert.ok(goertzelPower(second, 2_500) > 0.01 && goertzelPower(second, 2_000) < 0.001, `member ${i}, second`);
  }
  assert.deepEqual([hears(0), hears(1)], [[1], [0, 2]], "and the voices go on");
  assert.ok(goertzelPower(phones[2]!.heard(1_000), 3_000) > 0.01 && goertzelPower(phones[2]!.heard(1_000), 2_000) < 0.001);
  engine.playToMix("nowhere", [{ path: "/one.wav" }]);
});

test("who speaks is told at most four times a second, and only when it is somebody else; the muted do not speak", async () => {
  const { run, events, phones, seat } = await room(3);
  phones[2]!.speak(tone(TONES_HZ[2]!, 1_000, 0.001));
  seat({ 1: { muted: true } });
  await run(2_000);
  const told = () => events.flatMap((event) => (event.type === "speaking" ? [event.speakers] : []));
  assert.deepEqual(told().at(-1), ["m0"], "neither who is muted nor a quiet line");
  const before = told().length;
  for (let i = 0; i < 10; i++) {
    phones[0]!.speak(tone(TONES_HZ[0]!, 1_000, i % 2 === 0 ? 0.0001 : 0.1));
    await run(400);
  }
  const changes = told().length - before;
  assert.ok(changes > 4 && changes <= 10, `${changes} of ten`);
});
