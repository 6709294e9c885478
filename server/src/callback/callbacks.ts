/** Promised calls: booked, begun when due, followed to their end. Open ones live in memory; every change is written. */
import type { CallbackAttempt, CallbackEnd } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import { newId, newSecret } from "../base/ids.ts";
import { takesTurns } from "../base/in-turn.ts";
import type { Fact, Interaction } from "../hub/hub.ts";
import type { Booked, Booking, CallbackOptions, Callbacks } from "./contract.ts";
import { Echoes } from "./echoes.ts";
import { after, isOnTheLine, isOpen, isStrangers, outcomeOf, priorityOf, waitsSince, type CallbackRequest } from "./request.ts";
import { RequestStore } from "./request-store.ts";
import { MAX_OPEN_A_QUEUE, Times } from "./times.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Looked again at the latest: a clock that was set, hours that were changed. */
const LOOK_EVERY_MS = 30_000;
/** Calls that could not begin (every line is taken) are tried again. */
const BUSY_PAUSE_MS = 15_000;
/** Attack: one chat, or one telephone, that has a list of other people called. Open promises of who asks for numbers that are not their own. */
const MAX_OPEN_A_STRANGER = 3;
const TOKEN_CHARS = 26;
/** Kept after their end. */
const KEPT_MS = 400 * DAY_MS;

export function createCallbacks(options: CallbackOptions): Callbacks {
  const { clock, chance, log, ledger, settings, openings, queue } = options;
  const store = new RequestStore(options.db, options.toTell ?? (async () => {}));
  const echoes = new Echoes(store, clock);
  const open = new Map<string, CallbackRequest>();
  const times = new Times({ clock, settings, openings, open });
  const hearers: ((request: CallbackRequest, fresh: boolean) => void)[] = [];
  /** After what was written before, and before what will be: a row that two would change has what happened last. */
  const inTurn = takesTurns();
  let cancelLook: (() => void) | null = null;
  let started = false;

  function put(request: CallbackRequest, fresh = false): void {
    if (isOpen(request)) open.set(request.id, request);
    else open.delete(request.id);
    for (const hear of hearers) hear(request, fresh);
  }

  const unwritten = ({ id }: CallbackRequest) => (error: Error): void => log.error({ callback: id, why: error.message }, "a promised call could not be written; after a restart it is as it was before");

  function save(request: CallbackRequest): void {
    put(request);
    inTurn(() => store.save(request)).catch(unwritten(request));
  }

  /** All that was asked to be written before is, or was told to have failed. */
  const settled = (): Promise<void> => inTurn(async () => {});

  function over(request: CallbackRequest, state: "served" | "cancelled" | "broken", end: CallbackEnd): CallbackRequest {
    const now: CallbackRequest = { ...request, state, end, interactionId: null, heldBy: null, nextAtMs: null, endedAtMs: clock.now() };
    save(now);
    if (state === "cancelled") ledger.settleCallback(now.id, end === "customer" ? { type: "released", why: "cancelled" } : { type: "broken", why: end === "queue-gone" ? "cancelled-by-queue-gone" : "cancelled-by-staff" });
    if (state === "broken") ledger.settleCallback(now.id, { type: "broken", why: end });
    if (request.interactionId !== null) options.end(request.interactionId);
    if (end === "customer" && isStrangers(now)) nextWish(now);
    return now;
  }

  const isReached = ({ interactionId }: CallbackRequest): boolean => interactionId !== null && options.contact(interactionId)?.reached === true;

  function promised(request: CallbackRequest, estimatedWaitMs: number | null): void {
    ledger.promise({ kind: request.slot ? "slot" : "callback", queueId: request.queueId, interactionId: null, callbackId: request.id, announcedMs: request.slot ? null : estimatedWaitMs, dueMs: request.dueMs, toleranceMs: settings(request.queueId).toleranceMinutes * MINUTE_MS });
  }

  /** As it is from now on with another time. */
  function at(request: CallbackRequest, slot: Slot | null, estimatedWaitMs: number | null): CallbackRequest {
    const now = clock.now();
    return { ...request, slot, state: "waiting", interactionId: null, heldBy: null, dueMs: slot ? slot.endMs : estimatedWaitMs === null ? null : now + estimatedWaitMs, nextAtMs: slot ? slot.startMs : times.next(request.queueId, request.language, now) };
  }

  async function book(booking: Booking): Promise<Booked> {
    const { queueId, language, slot, name, customerId, reason, by, byName, to } = booking;
    const facts = queue(queueId);
    if (!facts) return { ok: false, why: "unknown-queue" };
    const dialable = options.dialable(booking.number, queueId);
    if (!dialable.ok) return dialable;
    const stranger = by === "page" || booking.stranger === true;
    const byId = booking.byId ?? "";
    // Attack: a stranger who makes the telephones of the house ring
    if (stranger && !dialable.number.startsWith("+")) return { ok: false, why: "not-a-number" };
    const before = [...open.values()].find((one) => one.queueId === queueId && one.number === dialable.number) ?? null;
    // another's is not there for a stranger: refused and counted as if it were not
    const seen = stranger && before?.byId !== byId ? null : before;
    const refused = times.refusal(booking, seen);
    if (refused) return { ok: false, why: refused };
    if (stranger && !seen && [...open.values()].filter((one) => one.byId === byId).length + echoes.openOf(byId, dialable.number) >= MAX_OPEN_A_STRANGER) return { ok: false, why: "full" };
    const now = clock.now();
    const estimate = booking.estimatedWaitMs ?? null;
    const request = at({
      id: newId("cb", now, chance), state: "waiting", queueId, number: dialable.number, name, customerId, language, reason, priority: Math.max(booking.priority, facts.priority), needs: booking.needs ?? [],
      trail: booking.trail ?? [], data: booking.data ?? {}, ...(booking.email && { email: booking.email }), agentId: booking.agentId ?? null, by, byName, byId, to, createdAtMs: now, sinceMs: booking.sinceMs ?? now, slot, dueMs: null, nextAtMs: null, attempts: [],
      interactionId: null, heldBy: null, machineOf: null, endedAtMs: null, end: null,
    }, slot, estimate);
    const token = newSecret(TOKEN_CHARS, chance);
    // the same wish again is the first one; another time is the one that holds
    const again = (row: CallbackRequest): CallbackRequest | null => {
      const was = open.get(row.id) ?? row;
      return was.slot?.startMs === slot?.startMs || was.state !== "waiting" || (stranger && was.byId !== byId) ? null : at({ ...was, ...(booking.email && { email: booking.email }) }, slot, estimate);
    };
    const booked = await inTurn(() => store.book(request, token, booking.unbound ? Infinity : settings(queueId).perSlot, again));
    if (booked === "full") return { ok: false, why: "full" };
    if (!booked.first) {
      if (stranger && booked.request.byId !== byId) return { ok: true, request: await inTurn(() => echoes.keep(request, token)), token };
      const done = moved(booked.request, estimate);
      if (done.ok && before && !stranger && (by === "flow" || by === "waiting") && isStrangers(before)) takeOver(done.request, before, booking);
      return done;
    }
    put(booked.request, true);
    promised(booked.request, estimate);
    lookSoon();
    return { ok: true, request: booked.request, token };
  }

  /** Who asks from the number itself holds the promise that a stranger asked for; the stranger's link moves and cancels nothing any more. */
  function takeOver({ id }: CallbackRequest, before: CallbackRequest, { by, byName, name, customerId }: Booking): void {
    const was = open.get(id);
    if (!was) return;
    const { email: _strangers, ...own } = was;
    const now: CallbackRequest = { ...own, by, byName, byId: "", name: name || was.name, customerId: customerId ?? was.customerId };
    put(now);
    inTurn(() => echoes.handOver(now, newSecret(TOKEN_CHARS, chance), { ...before, id: newId("cb", clock.now(), chance), state: "waiting", interactionId: null, heldBy: null }))
      .catch((error: Error) => log.error({ callback: id, why: error.message }, "a promise could not be given to who holds the number; the link that was given before opens it still"));
  }

  /** Taken back by its stranger, a promise gives way to the next one's wish for that number. */
  function nextWish({ queueId, number }: CallbackRequest): void {
    const echo = echoes.first(queueId, number);
    if (!echo) return;
    const request = echoes.release(echo);
    put(request, true);
    inTurn(() => store.release(request)).catch(unwritten(request));
    promised(request, null);
    lookSoon();
  }

  /** A time of before gave way to another one. */
  function moved(request: CallbackRequest, estimatedWaitMs: number | null): Booked {
    const was = open.get(request.id);
    // Over, or being called, while it was written: that is what became of it (and is written after this), and nobody is called a second time.
    if (was?.state !== "waiting") return was ? { ok: true, request: was, token: null } : { ok: false, why: "not-offered" };
    if (was.slot?.startMs === request.slot?.startMs) return { ok: true, request: was, token: null };
    // again: what happened meanwhile may have been written after the new time was
    save(request);
    ledger.settleCallback(request.id, { type: "released", why: "moved" });
    promised(request, estimatedWaitMs);
    if (was.interactionId !== null) options.end(was.interactionId);
    lookSoon();
    return { ok: true, request, token: null };
  }

  function begin(request: CallbackRequest): void {
    const facts = queue(request.queueId);
    if (!facts) return void over(request, "broken", "queue-gone");
    const now = clock.now();
    const interactionId = newId("int", now, chance);
    const rules = settings(request.queueId);
    const dialMs = rules.first === "customer" ? rules.ringSeconds * 1_000 + CUSTOMER_SETUP_MS : 0;
    const calling: CallbackRequest = { ...request, interactionId, nextAtMs: null };
    save(calling);
    const begun = options.call({
      interactionId, request: calling, settings: rules, agentRingMs: facts.ringMs,
      place: {
        callbackId: request.id, attempt: request.attempts.length + 1, queueId: request.queueId, needs: request.needs, priority: priorityOf(request), sinceMs: waitsSince(request), preferredAgentId: request.agentId,
        ringMs: facts.ringMs + dialMs, wrapMs: facts.wrapMs, customer: null, reason: request.reason, trail: request.trail, data: request.data,
      },
    });
    if (!begun) save({ ...calling, interactionId: null, nextAtMs: now + BUSY_PAUSE_MS });
  }

  const notCalled = (request: CallbackRequest): CallbackRequest => ({ ...request, state: "waiting", interactionId: null, heldBy: null });

  /** A contact that went without a word (its facts could not be stored) holds no promise up. */
  function withoutDead(request: CallbackRequest): CallbackRequest {
    const { interactionId, heldBy } = request;
    const dead = (id: string | null): boolean => id !== null && options.contact(id) === null;
    if (!dead(interactionId) && !dead(heldBy)) return request;
    const now: CallbackRequest = { ...request, state: "waiting", interactionId: dead(interactionId) ? null : interactionId, heldBy: dead(heldBy) ? null : heldBy };
    save(now);
    return now;
  }

  /** Begins what is due, takes back what waits for agents of a queue that has closed; nobody is called at night. */
  function look(): void {
    const now = clock.now();
    for (const request of [...open.values()]) {
      try {
        lookAt(request, now);
      } catch (error) {
        // a mistake of ours over one promise keeps no other: neither the next, nor the next look
        log.error({ callback: request.id, why: (error as Error).message, stack: (error as Error).stack }, "a promised call could not be begun: a mistake of ours; it is tried again");
        const left = open.get(request.id);
        if (left) open.set(left.id, { ...left, nextAtMs: now + BUSY_PAUSE_MS });
      }
    }
  }

  function lookAt(was: CallbackRequest, now: number): void {
    const request = withoutDead(was);
    if (request.heldBy !== null || request.state === "calling") return;
    const { interactionId, nextAtMs } = request;
    if (interactionId === null && nextAtMs !== null && nextAtMs > now) return;
    if (!request.agentId && !times.isOpenAt(request.queueId, request.language, now) && queue(request.queueId)) {
      // also one whose hours were changed since it was promised
      save({ ...request, interactionId: null, nextAtMs: times.next(request.queueId, request.language, now) ?? now + DAY_MS });
      if (interactionId !== null) options.end(interactionId);
    } else if (interactionId === null) {
      const heldBy = options.onTheLine(request.number);
      if (heldBy === null) begin(request);
      else save({ ...request, heldBy });
    }
  }

  function lookSoon(): void {
    if (!started) return;
    cancelLook?.();
    const now = clock.now();
    let dueMs = now + LOOK_EVERY_MS;
    for (const { interactionId, heldBy, nextAtMs } of open.values()) if (interactionId === null && heldBy === null) dueMs = Math.min(dueMs, nextAtMs ?? now);
    cancelLook = clock.after(Math.max(0, dueMs - now), () => {
      cancelLook = null;
      look();
      lookSoon();
    });
  }

  /** The contact that calls changed. */
  function calls(request: CallbackRequest, it: Interaction): void {
    if (it.state !== "closed") {
      const state = it.state === "connected" || it.state === "wrapping" || (it.calledBack?.dialledAtMs ?? null) !== null ? "calling" : "waiting";
      const customerId = it.customer.id ?? request.customerId;
      if (state !== request.state || customerId !== request.customerId) save({ ...request, state, customerId });
      return;
    }
    // taken up and ended by the start of a server, before `start` or after: no try
    if (it.closed?.why === "server-restarted") {
      save(notCalled(request));
      return lookSoon();
    }
    // its facts could not be stored before it met anybody: it never was
    if (it.closed?.why === "failed" && it.agentId === null && (it.calledBack?.dialledAtMs ?? null) === null) {
      save({ ...notCalled(request), nextAtMs: clock.now() + BUSY_PAUSE_MS });
      return lookSoon();
    }
    const outcome = outcomeOf(it, request.machineOf === it.id);
    if (outcome === "ended-by-staff") return void over({ ...request, interactionId: null }, "cancelled", "staff");
    const attempt: CallbackAttempt = { atMs: it.calledBack?.dialledAtMs ?? it.createdAtMs, interactionId: it.id, agentId: it.agentId, outcome, status: it.calledBack?.notReached?.status ?? 0 };
    const now = after(request, attempt, settings(request.queueId), clock.now(), (fromMs) => times.next(request.queueId, request.language, fromMs));
    save(now);
    if (now.state === "served") ledger.settleCallback(now.id, { type: "done", atMs: it.calledBack?.reachedAtMs ?? clock.now() });
    if (now.state === "broken") ledger.settleCallback(now.id, { type: "broken", why: outcome });
    lookSoon();
  }

  /** They call us, or another promise calls them: nobody dials them meanwhile, and an agent of that queue who has them serves the promise. */
  function alsoHere(request: CallbackRequest, it: Interaction): void {
    const waitedThere = it.queue?.queueId === request.queueId || it.segments.some(({ kind, queueId }) => kind === "queue" && queueId === request.queueId);
    if (it.state === "connected" && !it.calledBack && waitedThere) {
      ledger.settleCallback(request.id, { type: "done", atMs: clock.now() });
      over(request, "served", "called-in");
    } else if (isOnTheLine(it)) {
      const { interactionId } = request;
      if (request.state !== "waiting" || interactionId === null) return;
      save({ ...request, interactionId: null, heldBy: it.id });
      options.end(interactionId);
    } else if (request.heldBy === it.id) {
      save({ ...request, heldBy: null });
      lookSoon();
    }
  }

  const find = async (id: string): Promise<CallbackRequest | null> => {
    await settled();
    const found = open.get(id) ?? (await store.get(id));
    return found && echoes.shown(found);
  };

  return {
    async open() {
      open.clear();
      for (const request of await store.open()) open.set(request.id, request);
      await echoes.open();
    },
    start() {
      started = true;
      // what called when the server ended was closed by the centre, or never began, and is no try; what an agent still writes down goes on
      const isOver = (id: string | null): boolean => id === null || (options.contact(id)?.over ?? true);
      for (const request of open.values()) {
        const { interactionId, heldBy, state } = request;
        if ((interactionId !== null || heldBy !== null || state === "calling") && isOver(interactionId)) save(notCalled(request));
      }
      lookSoon();
    },
    stop() {
      started = false;
      cancelLook?.();
      cancelLook = null;
    },
    offer(queueId, language) {
      const facts = queue(queueId);
      if (!facts) return { slots: [], inOrder: null };
      const offered = settings(queueId).inOrder && times.isOpenAt(queueId, language, clock.now()) && times.openIn(queueId) < MAX_OPEN_A_QUEUE;
      return { slots: times.slots(queueId, language), inOrder: offered ? { position: facts.waiting + 1, estimatedWaitMs: facts.estimatedWaitMs } : null };
    },
    book,
    async move(id, slot) {
      const request = open.get(id) ?? echoes.get(id);
      if (request?.state !== "waiting") return { ok: false, why: "not-offered" };
      const refused = times.refusal({ queueId: request.queueId, language: request.language, slot }, request);
      if (refused) return { ok: false, why: refused };
      if (request.slot?.startMs === slot?.startMs) return { ok: true, request, token: null };
      if (request.echo) return { ok: true, request: await inTurn(() => echoes.change(at(request, slot, null))), token: null };
      const next = await inTurn(async () => {
        const now = open.get(id);
        const then = now?.state === "waiting" ? at(now, slot, null) : null;
        return then && !(await store.move(then, settings(then.queueId).perSlot)) ? "full" : then;
      });
      return next === "full" || next === null ? { ok: false, why: next ?? "not-offered" } : moved(next, null);
    },
    async cancel(id, by) {
      const request = open.get(id);
      if (request && !isReached(request)) return over(request, "cancelled", by);
      const echo = echoes.get(id);
      return echo ? inTurn(() => echoes.cancel(echo)) : find(id);
    },
    async callNow(id, agentId) {
      const request = open.get(id);
      if (request?.state !== "waiting") return null;
      const now: CallbackRequest = { ...request, agentId, slot: null, sinceMs: Math.min(request.sinceMs, clock.now()), priority: 10, interactionId: null, nextAtMs: clock.now() };
      save(now);
      if (request.interactionId !== null) options.end(request.interactionId);
      lookSoon();
      return now;
    },
    machine(id, agentId) {
      const request = open.get(id);
      if (!request?.interactionId || request.state !== "calling") return false;
      log.info({ callback: id, agent: agentId }, "an answering machine took a promised call");
      save({ ...request, machineOf: request.interactionId });
      return true;
    },
    get: find,
    byToken: async (token) => {
      await settled();
      const found = await store.byToken(token);
      return found && (open.get(found.id) ?? echoes.shown(found));
    },
    async renewToken(id) {
      const token = newSecret(TOKEN_CHARS, chance);
      await store.setToken(id, token);
      return token;
    },
    list: (filter) => inTurn(() => store.list(filter)),
    dialled(number, queueId) {
      const dialable = options.dialable(number, queueId);
      return dialable.ok ? dialable.number : null;
    },
    openFor: (number) => [...open.values()].filter((one) => one.number === number),
    openIn: (queueId) => times.openIn(queueId),
    isOpen: (id) => open.has(id),
    follow({ interaction: it, facts }) {
      const own = it.calledBack ? open.get(it.calledBack.callbackId) : undefined;
      if (own?.interactionId === it.id) calls(own, it);
      if (it.traits.written || open.size === 0) return;
      const number = options.sameForm(it.from);
      for (const request of [...open.values()]) if (request.id !== own?.id && (request.heldBy === it.id || request.number === number || goesOnFrom(facts, request))) alsoHere(request, it);
    },
    queueGone(queueId) {
      // whom an agent has on the line ends as every call does
      for (const request of [...open.values()]) if (request.queueId === queueId && !isReached(request)) over(request, "broken", "queue-gone");
    },
    onChange: (hear) => void hearers.push(hear),
    async tidy() {
      await store.tidy(clock.now() - KEPT_MS);
      await ledger.tidy(clock.now() - KEPT_MS);
    },
    settled,
  };
}

/** That contact took the place of the one that was to call them. */
function goesOnFrom(facts: readonly Fact[], { interactionId }: CallbackRequest): boolean {
  return interactionId !== null && facts.some((fact) => fact.type === "continued" && fact.fromInteractionId === interactionId);
}

/** Customer first: what dialling takes before it rings, on top of the ringing. */
const CUSTOMER_SETUP_MS = 20_000;
