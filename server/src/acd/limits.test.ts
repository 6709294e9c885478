import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createAcd } from "./acd.ts";
import { agent, item, queue } from "./fixtures.ts";
import { Ledger } from "./ledger.ts";
import { Media } from "./media.ts";
import { MAX_UNUSED_POOLS, Pools } from "./pools.ts";

test("pools made for the own needs of items are dropped when unused; those in use and the queue's own stay", () => {
  const pools = new Pools();
  const q = pools.open(queue("q"));
  const plain = pools.pool(q, [], 0);
  const used = pools.pool(q, [{ skillId: "used", minLevel: 1 }], 0);
  used.users++;
  for (let n = 0; n < MAX_UNUSED_POOLS * 3; n++) pools.pool(q, [{ skillId: `s${n}`, minLevel: 1 }], 0);
  assert.ok(pools.size <= MAX_UNUSED_POOLS + 1, `${pools.size} pools`);
  assert.equal(pools.pool(q, [], 0), plain);
  assert.equal(pools.pool(q, [{ skillId: "used", minLevel: 1 }], 0), used);
  pools.dropQueue("q");
  assert.equal(pools.size, 0);
});

test("a flood of needs through the engine leaves routing right", () => {
  const acd = createAcd();
  acd.putQueue(queue("q"), 0);
  acd.putAgent(agent("a", { skills: [{ skillId: "s", level: 5 }] }), 0);
  acd.setDevices("a", ["voice"], 0);
  acd.setWish("a", "available", 0);
  for (let n = 0; n < MAX_UNUSED_POOLS + 10; n++) {
    acd.enqueue(item("flood", "q", { needs: [{ skillId: `x${n}`, minLevel: 1 }] }), n);
    assert.deepEqual(acd.decide(n), []);
  }
  acd.enqueue(item("1", "q", { needs: [{ skillId: "s", minLevel: 5 }] }), 10_000);
  assert.deepEqual(acd.decide(10_000).map((d) => d.type === "offer" && d.itemId), ["1"]);
});

test("31 media and no more", () => {
  const media = new Media();
  for (let n = 0; n < 31; n++) assert.equal(media.number(`m${n}`), n);
  assert.equal(media.mask(["m30"]), 1 << 30);
  assert.equal(media.number("m30"), 30);
  assert.throws(() => media.number("one more"), /more than 31 media/);
});

test("an instant of the ledger is what was then, read in any order, and across pages", () => {
  const ledger = new Ledger();
  const now = { status: [new Uint8Array(4)], turns: new Float64Array(4), idleSinceMs: new Float64Array(4) };
  const kept: { page: ReturnType<Ledger["page"]>; count: number; status: number; turn: number }[] = [];
  for (let n = 0; n < 20_000; n++) {
    const page = ledger.page(() => [], () => now);
    if (n % 97 === 0) kept.push({ page, count: page.count, status: now.status[0]![n % 4]!, turn: now.turns[n % 4]! });
    now.status[0]![n % 4] = n % 9;
    ledger.status(n % 4, 0, n % 9);
    now.turns[n % 4] = n;
    ledger.touch(n % 4, n, n);
  }
  assert.ok(new Set(kept.map((k) => k.page)).size > 2, "several pages");
  const found = kept.toReversed().map(({ page, count }, back) => {
    const slot = ((kept.length - 1 - back) * 97) % 4;
    const { status, turns } = page.at(count);
    return { status: status[0]![slot]!, turn: turns[slot]! };
  });
  assert.deepEqual(found, kept.toReversed().map(({ status, turn }) => ({ status, turn })));
});
