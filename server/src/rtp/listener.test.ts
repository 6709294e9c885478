import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH_SAMPLES, Listener } from "./listener.ts";

const frame = (value: number, count = 160): Int16Array => new Int16Array(count).fill(value);

test("five packets are one batch, in order, and a batch is nobody else's afterwards", () => {
  const heard: Int16Array[] = [];
  const listener = new Listener((samples) => heard.push(samples));
  for (let i = 0; i < 10; i++) listener.put(1, i * 160, frame(i + 1), 160);
  assert.deepEqual(heard.map((batch) => [batch.length, batch[0], batch[799]]), [[BATCH_SAMPLES, 1, 5], [BATCH_SAMPLES, 6, 10]]);
});

test("a lost packet is as long a silence, a late one is not heard twice, a long gap is shortened, the clock may wrap", () => {
  const heard: number[] = [];
  const listener = new Listener((samples) => heard.push(...samples));
  const start = 0xffffffff - 200;
  listener.put(1, start, frame(1), 160);
  listener.put(1, (start + 320) >>> 0, frame(3), 160);
  listener.put(1, (start + 160) >>> 0, frame(2), 160);
  listener.put(1, (start + 480) >>> 0, frame(4), 160);
  listener.put(1, (start + 640) >>> 0, frame(5), 160);
  assert.deepEqual([0, 160, 320, 480, 640].map((at) => heard[at]), [1, 0, 3, 4, 5]);
  listener.put(1, (start + 640 + 160 + 8000 * 3600) >>> 0, frame(6), 160);
  assert.ok(heard.length >= 8000 && heard.length < 9600, `an hour of silence came as ${heard.length} samples`);
});

test("another sender goes on without a gap; odd packet sizes fill batches too", () => {
  const heard: number[] = [];
  const listener = new Listener((samples) => heard.push(...samples));
  listener.put(1, 0, frame(1, 240), 240);
  listener.put(2, 9_000_000, frame(2, 80), 80);
  listener.put(2, 9_000_080, frame(3, 960), 960);
  assert.deepEqual([heard.length, heard[239], heard[240], heard[319], heard[320], heard[799]], [800, 1, 2, 2, 3, 3]);
});

test("who suppresses silence is silent: it is laid down by our clock, once, and what is said after it follows", () => {
  const heard: number[] = [];
  const listener = new Listener((samples) => heard.push(...samples));
  for (let i = 0; i < 5; i++) listener.put(1, i * 160, frame(9), 160);
  for (let i = 0; i < 10; i++) listener.tick();
  assert.equal(heard.length, 800, "late packets are waited for");
  for (let i = 0; i < 40; i++) listener.tick();
  assert.deepEqual([heard.length, heard.slice(800).every((sample) => sample === 0)], [800 + 40 * 160, true]);
  // a second after the last packet, by its time line: 800 ms of it are there already
  listener.put(1, 800 + 8000, frame(5), 160);
  for (let i = 1; i < 5; i++) listener.put(1, 8800 + i * 160, frame(5), 160);
  assert.deepEqual([heard.indexOf(5), heard.filter((sample) => sample === 5).length], [800 + 8000, 800]);
});

test("who never sent anything is silent, too", () => {
  let batches = 0;
  const listener = new Listener(() => batches++);
  for (let i = 0; i < 60; i++) listener.tick();
  assert.equal(batches, 10);
});
