/** Strangers and numbers that are not theirs: nothing is told of somebody else's promise, nothing is changed in it, nobody is called twice. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { CallbackSettings } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import { seededChance } from "../base/chance.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createCallbacks, Ledger, type Booked, type Booking, type Callbacks } from "./callback.ts";

const HOUR = 3_600_000;
const NINE = Date.UTC(2026, 10, 23, 9);
const NUMBER = "+33611223344";
const CHANCE = seededChance(11);
const LOUD: Log = { ...silentLog, error(fields, message) {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
} };
const RULES = CallbackSettings.parse({ perSlot: 2 });

let database: TestDatabase;
let clock: VirtualClock;
let ledger: Ledger;
let callbacks: Callbacks;
/** Promises that were called, by id. */
let begun: string[];
let ended: string[];

/** Open 09:00 to 17:00 UTC. */
function openings(fromMs: number, toMs: number): Slot[] {
  return Array.from({ length: 20 }, (_, day) => ({ startMs: NINE + day * 24 * HOUR, endMs: NINE + (day * 24 + 8) * HOUR })).filter(({ startMs, endMs }) => endMs > fromMs && startMs < toMs);
}

async function room(): Promise<void> {
  callbacks?.stop();
  ledger = new Ledger({ db: database.db, clock, chance: CHANCE, log: LOUD, zone: "UTC", queueName: (id) => id });
  callbacks = createCallbacks({
    db: database.db, clock, chance: CHANCE, log: LOUD, ledger, settings: () => RULES, openings: (_queue, _language, fromMs, toMs) => openings(fromMs, toMs),
    queue: (id) => ({ name: id, ringMs: 20_000, wrapMs: 30_000, priority: 0, waiting: 0, estimatedWaitMs: null }),
    dialable: (number) => ({ ok: true, number }), sameForm: (number) => number,
    call: ({ request }) => begun.push(request.id) > 0,
    contact: () => ({ over: false, reached: false }), onTheLine: () => null, end: (id) => void ended.push(id),
  });
  await ledger.open();
  await callbacks.open();
  callbacks.start();
}

const ask = (byId: string, more: Partial<Booking> = {}): Promise<Booked> => callbacks.book({ queueId: "q", number: NUMBER, slot: slot(2), name: "", customerId: null, language: "fr", reason: null, priority: 0, by: "page", byName: "", byId, to: "1000", ...more });
const slot = (hours: number): Slot => ({ startMs: NINE + hours * HOUR, endMs: NINE + hours * HOUR + HOUR / 2 });
const made = (booked: Booked): { id: string; token: string; slot: Slot | null } => {
  assert.ok(booked.ok && booked.token !== null, JSON.stringify(booked));
  return { id: booked.request.id, token: booked.token, slot: booked.request.slot };
};
const listed = async (): Promise<[string, Slot | null][]> => (await callbacks.list({ queueIds: null, states: null, number: null, customerId: null })).filter(({ state }) => state === "waiting" || state === "calling").map(({ id, slot: at }) => [id, at]);
const seen = async (token: string): Promise<[string, Slot | null]> => {
  const found = await callbacks.byToken(token);
  assert.ok(found);
  return [found.state, found.slot];
};

describe("numbers of others", () => {
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await callbacks?.settled();
    await database.db.query("DELETE FROM callback_request");
    clock = new VirtualClock(NINE);
    begun = [];
    ended = [];
    await room();
  });

  test("a stranger is answered as for a new promise: the time that they asked for, a link that moves and cancels what they see; the promise stands as it was", async () => {
    const first = made(await ask("vis_1", { slot: slot(1) }));
    const second = made(await ask("vis_2"));
    assert.deepEqual([second.slot, await seen(second.token)], [slot(2), ["waiting", slot(2)]]);
    assert.deepEqual(await listed(), [[first.id, slot(1)]], "agents see one");
    assert.deepEqual(callbacks.openFor(NUMBER).map(({ id }) => id), [first.id]);
    const moved = await callbacks.move(second.id, slot(3));
    assert.ok(moved.ok);
    assert.deepEqual(await seen(second.token), ["waiting", slot(3)]);
    assert.equal((await callbacks.cancel(second.id, "customer"))?.state, "cancelled");
    assert.deepEqual([await seen(second.token), await seen(first.token)], [["cancelled", slot(3)], ["waiting", slot(1)]]);
  });

  test("it is refused what a new one is: a slot that is full, a fourth number", async () => {
    for (const [i, number] of ["+33600000001", "+33600000002"].entries()) made(await ask(`vis_${i}`, { number }));
    made(await ask("owner", { slot: slot(1) }));
    assert.deepEqual(await ask("vis_9"), { ok: false, why: "not-offered" }, "full, and it is for a new one");
    await ask("vis_8", { slot: slot(1), number: "+33600000009" });
    assert.deepEqual(await ask("vis_9", { slot: slot(1) }), { ok: false, why: "not-offered" }, "full by the promise itself");
    for (const hours of [3, 4, 5]) made(await ask("vis_9", { slot: slot(hours), number: `+3360000010${hours}` }));
    assert.deepEqual(await ask("vis_9", { slot: slot(6) }), { ok: false, why: "full" });
    made(await ask("vis_7", { slot: slot(3) }));
    made(await ask("vis_7", { slot: slot(6), number: "+33600000201" }));
    made(await ask("vis_7", { slot: slot(6), number: "+33600000202" }));
    assert.deepEqual(await ask("vis_7", { slot: slot(7), number: "+33600000203" }), { ok: false, why: "full" }, "the echo is one of three");
  });

  test("asked again it is one, moved, by a new link; after a restart it is there still", async () => {
    made(await ask("owner", { slot: slot(1) }));
    const old = made(await ask("vis_2"));
    const again = made(await ask("vis_2", { slot: slot(4) }));
    assert.equal(await callbacks.byToken(old.token), null, "as a renewed link of a promise");
    await room();
    assert.deepEqual(await seen(again.token), ["waiting", slot(4)]);
    assert.ok((await callbacks.move(again.id, slot(5))).ok);
  });

  test("nobody is called for it: at its time it looks served, and no ledger has it", async () => {
    const first = made(await ask("owner", { slot: slot(4) }));
    const echo = made(await ask("vis_2", { slot: slot(1) }));
    const inTurn = made(await ask("vis_3", { slot: null }));
    clock.advance(14 * 60_000);
    assert.equal((await seen(inTurn.token))[0], "waiting");
    clock.advance(2 * 60_000);
    assert.equal((await seen(inTurn.token))[0], "served");
    clock.advance(HOUR);
    await callbacks.settled();
    assert.deepEqual([(await seen(echo.token))[0], begun], ["served", []]);
    assert.deepEqual(await callbacks.move(echo.id, slot(6)), { ok: false, why: "not-offered" });
    clock.advance(3 * HOUR);
    await callbacks.settled();
    assert.deepEqual(begun, [first.id], "once");
    await ledger.settled();
    assert.deepEqual((await database.db.query<{ callback_id: string }>("SELECT callback_id FROM promise WHERE callback_id = ANY($1)", [[first.id, echo.id, inTurn.id]])).map((row) => row.callback_id), [first.id]);
  });

  test("a stranger who takes their promise back makes room for the next one's wish; a promise of the house or the holder does not", async () => {
    const first = made(await ask("vis_1", { slot: slot(1) }));
    const echo = made(await ask("vis_2", { slot: slot(2) }));
    await callbacks.cancel(first.id, "customer");
    await callbacks.settled();
    assert.deepEqual(await listed(), [[echo.id, slot(2)]]);
    await room();
    clock.advance(2 * HOUR);
    await callbacks.settled();
    assert.deepEqual(begun, [echo.id]);
    const other = { number: "+33655555555" };
    const held = made(await ask("", { ...other, by: "flow", slot: slot(4) }));
    made(await ask("vis_2", { ...other, slot: slot(5) }));
    await callbacks.cancel(held.id, "customer");
    await callbacks.settled();
    assert.deepEqual((await listed()).map(([id]) => id), [echo.id], "who holds the number wants no call");
  });

  test("who asks from the number itself holds the promise from then on: the stranger's link shows what it showed, and moves and cancels nothing", async () => {
    const strangers = made(await ask("vis_1", { slot: slot(1) }));
    for (const wanted of [slot(1), slot(3)]) {
      const caller = await ask("", { by: "flow", slot: wanted, name: "Camille" });
      assert.ok(caller.ok);
      assert.equal(caller.request.id, strangers.id, "one promise");
      await callbacks.settled();
      assert.deepEqual(await seen(strangers.token), ["waiting", slot(1)]);
    }
    const link = await callbacks.byToken(strangers.token);
    await callbacks.cancel(link!.id, "customer");
    assert.deepEqual([await seen(strangers.token), await listed()], [["cancelled", slot(1)], [[strangers.id, slot(3)]]]);
    assert.deepEqual([callbacks.openFor(NUMBER)[0]?.name, callbacks.openFor(NUMBER)[0]?.by], ["Camille", "flow"]);
    await room();
    assert.deepEqual(await listed(), [[strangers.id, slot(3)]]);
  });
});
