import assert from "node:assert/strict";
import { test } from "node:test";
import { clientNetwork } from "./guard.ts";
import { Throttle } from "./throttle.ts";

const LIMIT = { max: 3, windowMs: 60_000 };

test("attempts are counted before they are made, and come back when the window ends", () => {
  const throttle = new Throttle();
  const take = (nowMs: number): boolean => throttle.take([["a", LIMIT]], nowMs);
  assert.deepEqual([take(0), take(1), take(2), take(3)], [true, true, true, false]);
  assert.equal(take(59_999), false);
  assert.equal(take(60_000), true);
  assert.deepEqual([take(60_001), take(60_002), take(60_003)], [true, true, false]);
  assert.equal(take(59_000), true, "a wall clock set back shuts nobody out");
});

test("one key that is used up refuses, and costs the others nothing", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 3; i++) throttle.take([["login", LIMIT]], 0);
  for (let i = 0; i < 10; i++) assert.equal(throttle.take([["login", LIMIT], ["address", LIMIT]], 0), false);
  assert.equal(throttle.take([["address", LIMIT]], 0), true);
  throttle.giveBack([["login", LIMIT]]);
  assert.equal(throttle.take([["login", LIMIT]], 0), true);
});

test("filling the counters forgets the oldest key, not all of them", () => {
  const throttle = new Throttle();
  for (let i = 0; i < 3; i++) throttle.take([["old", LIMIT]], 0);
  for (let i = 0; i < 9_999; i++) throttle.take([[`k${i}`, LIMIT]], 0);
  for (let i = 0; i < 3; i++) throttle.take([["kept", LIMIT]], 0);
  assert.equal(throttle.take([["kept", LIMIT]], 0), false);
  assert.equal(throttle.take([["old", LIMIT]], 0), true);
});

test("who is asking: the peer, or whom a proxy of this machine names; a stranger's own word is not taken", () => {
  assert.equal(clientNetwork("203.0.113.9", { "x-forwarded-for": "127.0.0.1" }), "203.0.113.9");
  assert.equal(clientNetwork("127.0.0.1", { "x-forwarded-for": "6.6.6.6, 198.51.100.7" }), "198.51.100.7");
  assert.equal(clientNetwork("::ffff:127.0.0.1", {}), null);
  assert.equal(clientNetwork("::1", {}), null);
  assert.equal(clientNetwork("::ffff:203.0.113.9", {}), "203.0.113.9");
  assert.deepEqual(["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9%eth0"].map((peer) => clientNetwork(peer, {})), ["2001:db8:1:2::/64", "2001:db8:1:2::/64"], "whoever has 2^64 addresses is one");
  for (const named of ["2001:db8:1:2::9", "[2001:db8:1:2::9]", "[2001:db8:1:2::9]:4711"]) assert.equal(clientNetwork("::1", { "x-forwarded-for": named }), "2001:db8:1:2::/64", named);
  assert.deepEqual(["198.51.100.7:4711", "::ffff:198.51.100.7", "unknown"].map((named) => clientNetwork("127.0.0.1", { "x-forwarded-for": named })), ["198.51.100.7", "198.51.100.7", "unknown"]);
});
