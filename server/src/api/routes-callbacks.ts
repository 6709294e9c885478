/** Promised calls, messages of queues, and the ledger: for agents (of their queues), supervisors, and the customers themselves (by a link's token). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { Language } from "@tandem/protocol";
import { CallbackOffer, CallbackState, CallbackView, CustomerCallback, MoveCallback, NewCallback, PromiseReport, QueueMessage, QueueMessageState, WidgetCallback, WidgetCallbackMade } from "@tandem/protocol/callback";
import { z } from "zod";
import type { Booked, Callbacks, CallbackRequest, Ledger, Messages } from "../callback/callback.ts";
import { servesQueue, type UserRow } from "../directory/directory.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { clientAddress, networkOf, refuse } from "./guard.ts";
import { sendRecording } from "./recording.ts";
import { Throttle } from "./throttle.ts";
import type { RefusalCode } from "./words.ts";

export interface CallbackDesk {
  callbacks: Callbacks;
  messages: Messages;
  ledger: Ledger;
  /** Sound of messages is served from under this folder only. */
  folder: string;
}

const DESK = ["agent", "supervisor"] as const;
const REPORT = ["supervisor", "administrator"] as const;
const ById = z.object({ id: z.string().max(64) });
const ByToken = z.object({ token: z.string().min(10).max(64) });
const DAY_MS = 86_400_000;
/** A report covers no more. */
const MAX_REPORT_MS = 400 * DAY_MS;
/** Attack: a page that has thousands of numbers called, at our cost and to their annoyance. */
const PER_ADDRESS = { max: 10, windowMs: 3_600_000 };
const PER_VISITOR = { max: 3, windowMs: 3_600_000 };
/** Attack: one number called again and again, from many addresses. */
const PER_NUMBER = { max: 3, windowMs: 3_600_000 };
const PER_TOKEN = { max: 20, windowMs: 3_600_000 };
/** Attack: links guessed. A token has 130 bits; this only keeps the log quiet. */
const GUESSES = { max: 30, windowMs: 600_000 };

const WHY = { "not-a-number": "not-a-number", "not-allowed": "number-not-called", "not-offered": "slot-gone", full: "slot-gone", "unknown-queue": "not-found" } as const satisfies Record<Extract<Booked, { ok: false }>["why"], RefusalCode>;

export function callbackRoutes(app: ApiApp, options: ApiOptions & { callbacks: CallbackDesk }): void {
  const { centre, clock, crm, directory } = options;
  const { callbacks, messages, ledger, folder } = options.callbacks;
  const throttle = new Throttle();

  const seesAll = ({ roles }: UserRow): boolean => roles.includes("supervisor");
  const mayWork = (user: UserRow, queueId: string): boolean => seesAll(user) || servesQueue(user, queueId);
  /** Null = every queue. */
  const queuesOf = (user: UserRow, queueId: string | undefined): string[] | null => {
    if (queueId !== undefined) return mayWork(user, queueId) ? [queueId] : [];
    return seesAll(user) || user.queueIds.length === 0 ? null : [...user.queueIds];
  };
  const view = (request: CallbackRequest): CallbackView => {
    const { needs: _needs, trail: _trail, data: _data, to: _to, heldBy: _heldBy, machineOf: _machineOf, byId: _byId, attempts, ...rest } = request;
    return { ...rest, kind: request.slot ? "dated" : "in-order", queueName: directory.queue(request.queueId)?.name ?? "", attempts: [...attempts] };
  };
  const booked = (request: FastifyRequest, reply: FastifyReply, done: Booked): FastifyReply => (done.ok ? reply.send(view(done.request)) : refuse(request, reply, WHY[done.why], done.why === "not-a-number" || done.why === "not-allowed" ? "number" : "slot"));
  /** One of theirs; null = not for this user. */
  const ofUser = async (user: UserRow, id: string): Promise<CallbackRequest | null> => {
    const found = await callbacks.get(id);
    return found && mayWork(user, found.queueId) ? found : null;
  };

  app.get("/api/callbacks", { config: { who: DESK }, schema: { querystring: z.object({ queueId: z.string().max(60).optional(), state: z.string().max(60).optional(), number: z.string().max(40).optional(), customerId: z.string().max(64).optional() }), response: { 200: z.array(CallbackView) }, summary: "Promised calls (state: one or several of waiting, calling, served, broken, cancelled)" } }, async (request, reply) => {
    const { queueId, state, number, customerId } = request.query;
    const states = state === undefined ? null : z.array(CallbackState).safeParse(state.split(","));
    if (states?.success === false) return refuse(request, reply, "bad-input", "state");
    return reply.send((await callbacks.list({ queueIds: queuesOf(request.user!, queueId), states: states?.data ?? null, number: number ?? null, customerId: customerId ?? null })).map(view));
  });

  app.get("/api/callbacks/slots", { config: { who: DESK }, schema: { querystring: z.object({ queueId: z.string().max(60), language: Language.default("fr") }), response: { 200: CallbackOffer }, summary: "What can be promised for a queue now" } }, async (request) => callbacks.offer(request.query.queueId, request.query.language));

  app.post("/api/callbacks", { config: { who: DESK }, schema: { body: NewCallback, response: { 200: CallbackView }, summary: "Promise a call" } }, async (request, reply) => {
    const { queueId, number, name, customerId, slot, reason, language, mine } = request.body;
    const user = request.user!;
    return booked(request, reply, await callbacks.book({
      queueId, number, name, customerId, slot, reason, language: language ?? user.language, priority: 0, by: "agent", byName: user.name, byId: user.id, to: options.mainNumber(), agentId: mine ? user.id : null,
      ...(mine && { unbound: true }),
    }));
  });

  app.post("/api/callbacks/:id/move", { config: { who: DESK }, schema: { params: ById, body: MoveCallback, response: { 200: CallbackView }, summary: "Another time, or in order" } }, async (request, reply) => {
    if (!(await ofUser(request.user!, request.params.id))) return refuse(request, reply, "not-found");
    return booked(request, reply, await callbacks.move(request.params.id, request.body.slot));
  });

  app.post("/api/callbacks/:id/cancel", { config: { who: DESK }, schema: { params: ById, response: { 200: CallbackView }, summary: "The promise is taken back" } }, async (request, reply) => {
    if (!(await ofUser(request.user!, request.params.id))) return refuse(request, reply, "not-found");
    const done = await callbacks.cancel(request.params.id, "staff");
    return done ? reply.send(view(done)) : refuse(request, reply, "not-found");
  });

  app.post("/api/callbacks/:id/call", { config: { who: ["agent"] }, schema: { params: ById, response: { 200: CallbackView }, summary: "Call them now, myself" } }, async (request, reply) => {
    if (!(await ofUser(request.user!, request.params.id))) return refuse(request, reply, "not-found");
    const done = await callbacks.callNow(request.params.id, request.user!.id);
    return done ? reply.send(view(done)) : refuse(request, reply, "too-late");
  });

  app.post("/api/callbacks/:id/machine", { config: { who: ["agent"] }, schema: { params: ById, response: { 200: CallbackView }, summary: "An answering machine took the call: tried again by rule" } }, async (request, reply) => {
    const found = await ofUser(request.user!, request.params.id);
    const it = found?.interactionId ? centre.interaction(found.interactionId) : null;
    if (it?.agentId !== request.user!.id || !callbacks.machine(request.params.id, request.user!.id)) return refuse(request, reply, found ? "too-late" : "not-found");
    return reply.send(view((await callbacks.get(request.params.id))!));
  });

  // ---- messages of queues

  app.get("/api/queue-messages", { config: { who: DESK }, schema: { querystring: z.object({ queueId: z.string().max(60).optional(), state: z.string().max(60).optional(), customerId: z.string().max(64).optional() }), response: { 200: z.array(QueueMessage) }, summary: "Messages that callers left (state: one or several of open, claimed, done)" } }, async (request, reply) => {
    const { queueId, state, customerId } = request.query;
    const states = state === undefined ? null : z.array(QueueMessageState).safeParse(state.split(","));
    if (states?.success === false) return refuse(request, reply, "bad-input", "state");
    return reply.send(await messages.list({ queueIds: queuesOf(request.user!, queueId), states: states?.data ?? null, customerId: customerId ?? null }));
  });

  const messageOf = async (user: UserRow, id: string): Promise<QueueMessage | null> => {
    const found = await messages.get(id);
    return found && mayWork(user, found.queueId) ? found : null;
  };

  app.get("/api/queue-messages/:id/sound", { config: { who: DESK }, schema: { params: ById, summary: "Listen to a message" } }, async (request, reply) => {
    const message = await messageOf(request.user!, request.params.id);
    if (!message) return refuse(request, reply, "not-found");
    await messages.heard(message.id);
    const sent = await sendRecording(request, reply, { path: messages.pathOf(message.id), folder, log: options.log });
    return sent ?? refuse(request, reply, "no-recording");
  });

  const ACTS = {
    claim: ["Mine alone until it is given back or done", (id: string, user: UserRow) => messages.claim(id, user.id)],
    release: ["Given back", (id: string, user: UserRow) => messages.release(id, seesAll(user) ? null : user.id)],
    done: ["Dealt with", (id: string, user: UserRow) => messages.done(id, user.id)],
    call: ["Call them back now, myself", callBack],
  } as const;
  for (const [act, [summary, work]] of Object.entries(ACTS)) {
    app.post(`/api/queue-messages/:id/${act}`, { config: { who: DESK }, schema: { params: ById, response: { 200: QueueMessage }, summary } }, async (request, reply) => {
      const { id } = request.params;
      if (!(await messageOf(request.user!, id))) return refuse(request, reply, "not-found");
      const done = await work(id, request.user!);
      if (done === "no-number") return refuse(request, reply, "not-a-number", "number");
      return done ? reply.send(done) : refuse(request, reply, "not-yours");
    });
  }

  async function callBack(id: string, user: UserRow): Promise<QueueMessage | "no-number" | null> {
    const claimed = await messages.claim(id, user.id);
    if (!claimed) return null;
    const done = await callbacks.book({
      queueId: claimed.queueId, number: claimed.number, slot: null, name: claimed.name, customerId: claimed.customerId, language: claimed.language, reason: null, priority: 10, by: "message", byName: user.name, byId: user.id, to: options.mainNumber(), agentId: user.id,
      unbound: true,
    });
    if (!done.ok) return "no-number";
    if (done.token === null) await callbacks.callNow(done.request.id, user.id);
    return messages.calledBack(id, done.request.id);
  }

  app.delete("/api/queue-messages/:id", { config: { who: ["supervisor"] }, schema: { params: ById, summary: "Delete a message and its sound" } }, async (request, reply) => ((await messages.remove(request.params.id)) ? reply.code(204).send() : refuse(request, reply, "not-found")));

  // ---- the ledger

  app.get("/api/promises", { config: { who: REPORT }, schema: { querystring: z.object({ queueId: z.string().max(60).optional(), from: z.coerce.number().int().min(0).optional(), to: z.coerce.number().int().min(0).optional() }), response: { 200: PromiseReport }, summary: "What was promised to who waits, and what became of it (default: the last seven days)" } }, async (request, reply) => {
    const { queueId, to = clock.now() + 1, from = to - 7 * DAY_MS } = request.query;
    if (from > to || to - from > MAX_REPORT_MS) return refuse(request, reply, "bad-input", "from");
    return reply.send(await ledger.report(queueId ?? null, from, to));
  });

  // ---- customers themselves

  const customerView = (request: CallbackRequest): CustomerCallback => {
    const { state, number, queueId, slot, dueMs, language } = request;
    const position = request.interactionId === null ? null : (centre.position(request.interactionId)?.position ?? null);
    return { state, number, queueName: directory.queue(queueId)?.name ?? "", slot, dueMs, position, language, slots: state === "waiting" ? callbacks.offer(queueId, language).slots : [], timeZone: options.timeZone };
  };

  app.get("/api/widget/callbacks/slots", { config: { who: "anyone" }, schema: { querystring: z.object({ queueId: z.string().max(60), language: Language.default("fr") }), response: { 200: CallbackOffer }, summary: "When a page's visitor can be called" } }, async (request) => callbacks.offer(request.query.queueId, request.query.language));

  app.post("/api/widget/callbacks", { config: { who: "anyone" }, schema: { body: WidgetCallback, response: { 200: WidgetCallbackMade }, summary: "Ask to be called" } }, async (request, reply) => {
    const { token, queueId, number, name, slot, reason, language } = request.body;
    const visitor = await crm.visitorByToken(token);
    if (!visitor) return refuse(request, reply, "signed-out");
    const address = clientAddress(request.socket.remoteAddress, request.headers);
    // one that is not called is refused below; counted as it is dialled, for it can be written in a thousand ways
    const dialled = callbacks.dialled(number, queueId);
    const limits = [[`visitor ${visitor.id}`, PER_VISITOR], ...(dialled === null ? [] : [[`number ${dialled}`, PER_NUMBER] as const]), ...(address === null ? [] : [[`address ${networkOf(address)}`, PER_ADDRESS] as const])] as const;
    if (!throttle.take(limits, clock.now())) return refuse(request, reply, "too-many");
    const done = await callbacks.book({ queueId, number, slot, name, customerId: null, language, reason, priority: 0, by: "page", byName: visitor.name, byId: visitor.id, to: options.webNumber() ?? options.mainNumber() });
    if (!done.ok) return refuse(request, reply, WHY[done.why], done.why === "not-a-number" || done.why === "not-allowed" ? "number" : "slot");
    // whoever knows a number only must not get hold of the promise that somebody else asked for it
    if (done.token === null && done.request.byId !== visitor.id) return refuse(request, reply, "taken", "number");
    return reply.send({ token: done.token ?? (await callbacks.renewToken(done.request.id)), callback: customerView(done.request) });
  });

  const byToken = async (request: FastifyRequest, token: string): Promise<CallbackRequest | "too-many" | null> => {
    const address = clientAddress(request.socket.remoteAddress, request.headers) ?? "here";
    const guess = [[`guess ${address}`, GUESSES]] as const;
    if (!throttle.take(guess, clock.now())) return "too-many";
    const found = await callbacks.byToken(token);
    if (found) throttle.giveBack(guess);
    return found;
  };

  app.get("/api/widget/callbacks/:token", { config: { who: "anyone" }, schema: { params: ByToken, response: { 200: CustomerCallback }, summary: "The promise, by its link" } }, async (request, reply) => {
    const found = await byToken(request, request.params.token);
    if (found === "too-many") return refuse(request, reply, "too-many");
    return found ? reply.send(customerView(found)) : refuse(request, reply, "not-found");
  });

  app.post("/api/widget/callbacks/:token", { config: { who: "anyone" }, schema: { params: ByToken, body: z.union([z.object({ cancel: z.literal(true) }), MoveCallback]), response: { 200: CustomerCallback }, summary: "Move or cancel it, by its link" } }, async (request, reply) => {
    const found = await byToken(request, request.params.token);
    if (found === "too-many") return refuse(request, reply, "too-many");
    if (!found) return refuse(request, reply, "not-found");
    if (!throttle.take([[`token ${found.id}`, PER_TOKEN]], clock.now())) return refuse(request, reply, "too-many");
    const { body } = request;
    if ("cancel" in body) return reply.send(customerView((await callbacks.cancel(found.id, "customer")) ?? found));
    const done = await callbacks.move(found.id, body.slot);
    return done.ok ? reply.send(customerView(done.request)) : refuse(request, reply, WHY[done.why], "slot");
  });
}
