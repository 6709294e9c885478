/** Promised calls on a real database and a virtual clock, with what the centre would do written down. Test aid. */
import assert from "node:assert/strict";
import { after, before, beforeEach } from "node:test";
import { CallbackSettings } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import { seededChance } from "../base/chance.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { newInteraction, step, type Fact, type Interaction, type MediumTraits } from "../hub/hub.ts";
import { createCallbacks, Ledger, type Booked, type Booking, type Callbacks, type CallNow } from "./callback.ts";

export const VOICE: MediumTraits = { medium: "voice", written: false, holdable: true, recordable: true, acceptedByDevice: true, ringMs: 20_000, wraps: true };
const CALLBACK: MediumTraits = { ...VOICE, medium: "callback", countsAs: "voice" };
export const NINE = Date.UTC(2026, 10, 23, 9);
export const HOUR = 3_600_000;
export const MINUTE = 60_000;

const CHANCE = seededChance(7);
const LOUD: Log = { ...silentLog, error(fields, message) {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
} };

/** Open 09:00 to 17:00 UTC, every day. */
function openings(fromMs: number, toMs: number): Slot[] {
  const days: Slot[] = [];
  for (let day = Math.floor(fromMs / (24 * HOUR)); day * 24 * HOUR < toMs; day++) {
    const [startMs, endMs] = [Math.max(fromMs, day * 24 * HOUR + 9 * HOUR), Math.min(toMs, day * 24 * HOUR + 17 * HOUR)];
    if (startMs < endMs) days.push({ startMs, endMs });
  }
  return days;
}
const aligned = (fromMs: number, toMs: number): Slot[] => openings(Math.floor(fromMs / (24 * HOUR)) * 24 * HOUR, toMs).filter(({ endMs }) => endMs > fromMs);

export const booking = (more: Partial<Booking> = {}): Booking => ({ queueId: "q_support", number: "+33611223344", slot: null, name: "Camille", customerId: null, language: "fr", reason: "Retour", priority: 3, by: "flow", byName: "", to: "1000", ...more });
export const made = (booked: Booked): Extract<Booked, { ok: true }> => {
  assert.ok(booked.ok, JSON.stringify(booked));
  return booked;
};

export const AGENT: Fact[] = [{ type: "agentFound", agentId: "ana", queueId: "q_support", reason: {} }, { type: "accepted", agentId: "ana" }];
export const WRAPPED: Fact = { type: "wrapEnded", by: "agent" };

/** One rig for a file's tests, each of which finds it as it was at the start. */
export function callbackRig(): CallbackRig {
  const rig = new CallbackRig();
  before(async () => {
    rig.database = await testDatabase();
  });
  after(async () => rig.database?.drop());
  beforeEach(() => rig.fresh());
  return rig;
}

export class CallbackRig {
  database!: TestDatabase;
  clock!: VirtualClock;
  ledger!: Ledger;
  callbacks!: Callbacks;
  rules!: CallbackSettings;
  begun!: CallNow[];
  ended!: string[];
  lines!: boolean;
  dead!: Set<string>;
  closed!: Set<string>;
  reached!: Set<string>;
  /** Who is on the line: contacts by number. */
  speaking!: Map<string, string>;
  closures!: Slot[];
  gone!: Set<string>;
  log!: Log;

  /** Nothing promised, nobody called, nine o'clock. */
  async fresh(): Promise<void> {
    await this.callbacks?.settled();
    await this.ledger?.settled();
    this.callbacks?.stop();
    await this.database.db.query("DELETE FROM callback_request");
    await this.database.db.query("DELETE FROM promise");
    Object.assign(this, {
      clock: new VirtualClock(NINE), rules: CallbackSettings.parse({}), begun: [], ended: [], lines: true, dead: new Set(), closed: new Set(), reached: new Set(), speaking: new Map(), closures: [], gone: new Set(), log: LOUD,
    } satisfies Partial<CallbackRig>);
    await this.open();
  }

  /** Reads what is promised, and begins; again, as after a restart. */
  async open(): Promise<void> {
    const { database: { db }, clock } = this;
    this.ledger = new Ledger({ db, clock, chance: CHANCE, log: LOUD, zone: "UTC", queueName: (id) => id });
    await this.ledger.open();
    this.callbacks = createCallbacks({
      db, clock, chance: CHANCE, log: this.log, ledger: this.ledger, settings: () => this.rules,
      openings: (_queue, _language, fromMs, toMs) => aligned(fromMs, toMs).filter((day) => !this.closures.some(({ startMs, endMs }) => startMs < day.endMs && day.startMs < endMs)),
      queue: (id) => (id.startsWith("q") && !this.gone.has(id) ? { name: id, ringMs: 20_000, wrapMs: 30_000, priority: 0, waiting: 2, estimatedWaitMs: 180_000 } : null),
      dialable: (number) => (number.startsWith("+8") ? { ok: false, why: "not-allowed" } : /^\+?\d+$/.test(number) ? { ok: true, number } : { ok: false, why: "not-a-number" }),
      sameForm: (number) => number,
      call: (call) => {
        if (this.lines) this.begun.push(call);
        return this.lines;
      },
      contact: (id) => (this.dead.has(id) ? null : { over: this.closed.has(id), reached: this.reached.has(id) }),
      onTheLine: (number) => this.speaking.get(number) ?? null,
      end: (id) => void this.ended.push(id),
    });
    await this.callbacks.open();
    this.callbacks.start();
  }

  /** The contact of the last call that was begun, after these facts. */
  live(facts: readonly Fact[]): Interaction {
    const { interactionId, request, place } = this.begun.at(-1)!;
    const { customer: _customer, ...rest } = place;
    let it = newInteraction(interactionId, CALLBACK, { from: request.number, fromName: request.name, to: "1000", language: "fr", context: {} }, this.clock.now());
    for (const fact of [{ type: "calledBack", ...rest } as Fact, ...facts]) {
      [it] = step(it, fact, this.clock.now());
      this.callbacks.follow({ interaction: it, facts: [fact] });
    }
    return it;
  }
}
