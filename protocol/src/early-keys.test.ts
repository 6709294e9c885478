import assert from "node:assert/strict";
import { test } from "node:test";
import { pressKey } from "./early-keys.ts";

function path(connectionState: string): { connectionState: string; addEventListener(type: string, hear: () => void): void; becomes(state: string): void; hearers: number } {
  const hearers: (() => void)[] = [];
  return {
    connectionState,
    addEventListener: (_type, hear) => void hearers.push(hear),
    becomes(state) {
      this.connectionState = state;
      for (const hear of hearers) hear();
    },
    get hearers() {
      return hearers.length;
    },
  };
}

test("a key is sent at once where there is a way; before, it waits for it, in order, once", () => {
  const sent: string[] = [];
  const up = path("connected");
  pressKey(up, "5", (keys) => sent.push(keys));
  assert.deepEqual([sent.splice(0), up.hearers], [["5"], 0]);

  const coming = path("new");
  for (const key of "4#") pressKey(coming, key, (keys) => sent.push(keys));
  coming.becomes("connecting");
  assert.equal(sent.length, 0);
  coming.becomes("connected");
  coming.becomes("disconnected");
  coming.becomes("connected");
  assert.deepEqual([sent.splice(0), coming.hearers], [["4#"], 1]);
  pressKey(coming, "7", (keys) => sent.push(keys));
  assert.deepEqual(sent.splice(0), ["7"]);
});

test("a way that never comes takes its keys with it", () => {
  const sent: string[] = [];
  const failing = path("connecting");
  pressKey(failing, "0", (keys) => sent.push(keys));
  failing.becomes("failed");
  assert.deepEqual(sent, []);
});
