/** Promised calls, messages of queues, and the ledger: for agents (of their queues) and supervisors. Customers: routes-callback-page.ts. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { Language } from "@tandem/protocol";
import { CallbackBooked, CallbackLinks, CallbackOffer, CallbackState, CallbackView, MoveCallback, NewCallback, PromiseReport, QueueMessage, QueueMessageState } from "@tandem/protocol/callback";
import { z } from "zod";
import type { Booked, Callbacks, CallbackRequest, Ledger, Links, Messages } from "../callback/callback.ts";
import { servesQueue, type UserRow } from "../directory/directory.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";
import { sendRecording } from "./recording.ts";
import { WHY_NOT } from "./routes-callback-page.ts";

export interface CallbackDesk {
  callbacks: Callbacks;
  messages: Messages;
  ledger: Ledger;
  links: Links;
  /** Sound of messages is served from under this folder only. */
  folder: string;
}

const DESK = ["agent", "supervisor"] as const;
const REPORT = ["supervisor", "administrator"] as const;
const ById = z.object({ id: z.string().max(64) });
const DAY_MS = 86_400_000;
/** A report covers no more. */
const MAX_REPORT_MS = 400 * DAY_MS;

export function callbackRoutes(app: ApiApp, options: ApiOptions & { callbacks: CallbackDesk }): void {
  const { centre, clock, directory } = options;
  const { callbacks, messages, ledger, links, folder } = options.callbacks;

  const seesAll = ({ roles }: UserRow): boolean => roles.includes("supervisor");
  const mayWork = (user: UserRow, queueId: string): boolean => seesAll(user) || servesQueue(user, queueId);
  /** Null = every queue. */
  const queuesOf = (user: UserRow, queueId: string | undefined): string[] | null => {
    if (queueId !== undefined) return mayWork(user, queueId) ? [queueId] : [];
    return seesAll(user) || user.queueIds.length === 0 ? null : [...user.queueIds];
  };
  const view = (request: CallbackRequest, link: CallbackView["link"]): CallbackView => {
    const { needs: _needs, trail: _trail, data: _data, to: _to, heldBy: _heldBy, machineOf: _machineOf, byId: _byId, email: _email, attempts, ...rest } = request;
    return { ...rest, kind: request.slot ? "dated" : "in-order", queueName: directory.queue(request.queueId)?.name ?? "", attempts: [...attempts], link };
  };
  const views = async (requests: readonly CallbackRequest[]): Promise<CallbackView[]> => {
    const linkOf = await links.of(requests);
    return requests.map((request) => view(request, linkOf.get(request.id) ?? null));
  };
  const viewOf = async (request: CallbackRequest): Promise<CallbackView> => (await views([request]))[0]!;
  const booked = async (request: FastifyRequest, reply: FastifyReply, done: Booked): Promise<FastifyReply> => (done.ok ? reply.send(await viewOf(done.request)) : refuse(request, reply, WHY_NOT[done.why], done.why === "not-a-number" || done.why === "not-allowed" ? "number" : "slot"));
  /** One of theirs; null = not for this user. */
  const ofUser = async (user: UserRow, id: string): Promise<CallbackRequest | null> => {
    const found = await callbacks.get(id);
    return found && mayWork(user, found.queueId) ? found : null;
  };

  app.get("/api/callbacks", { config: { who: DESK }, schema: { querystring: z.object({ queueId: z.string().max(60).optional(), state: z.string().max(60).optional(), number: z.string().max(40).optional(), customerId: z.string().max(64).optional() }), response: { 200: z.array(CallbackView) }, summary: "Promised calls (state: one or several of waiting, calling, served, broken, cancelled)" } }, async (request, reply) => {
    const { queueId, state, number, customerId } = request.query;
    const states = state === undefined ? null : z.array(CallbackState).safeParse(state.split(","));
    if (states?.success === false) return refuse(request, reply, "bad-input", "state");
    return reply.send(await views(await callbacks.list({ queueIds: queuesOf(request.user!, queueId), states: states?.data ?? null, number: number ?? null, customerId: customerId ?? null })));
  });

  app.get("/api/callbacks/slots", { config: { who: DESK }, schema: { querystring: z.object({ queueId: z.string().max(60), language: Language.default("fr") }), response: { 200: CallbackOffer }, summary: "What can be promised for a queue now" } }, async (request, reply) => {
    const { queueId, language } = request.query;
    return mayWork(request.user!, queueId) ? reply.send(callbacks.offer(queueId, language)) : refuse(request, reply, "not-your-queue", "queueId");
  });

  app.get("/api/callbacks/links", { config: { who: REPORT }, schema: { response: { 200: CallbackLinks }, summary: "Links sent to customers since a day, and what went wrong" } }, async () => links.report());

  app.post("/api/callbacks", { config: { who: DESK }, schema: { body: NewCallback, response: { 200: CallbackBooked }, summary: "Promise a call: an agent in the queues that they serve, a supervisor in any" } }, async (request, reply) => {
    const { queueId, number, name, customerId, slot, reason, language, mine } = request.body;
    const user = request.user!;
    if (!mayWork(user, queueId)) return refuse(request, reply, "not-your-queue", "queueId");
    // kept for somebody whom the queue never rings, the call would wait for nobody
    if (mine && !servesQueue(user, queueId)) return refuse(request, reply, "not-your-queue", "mine");
    const done = await callbacks.book({
      queueId, number, name, customerId, slot, reason, language: language ?? user.language, priority: 0, by: "agent", byName: user.name, byId: user.id, to: options.mainNumber(), agentId: mine ? user.id : null,
      ...(mine && { unbound: true }),
    });
    return done.ok ? reply.send({ ...(await viewOf(done.request)), before: done.token === null }) : booked(request, reply, done);
  });

  app.post("/api/callbacks/:id/move", { config: { who: DESK }, schema: { params: ById, body: MoveCallback, response: { 200: CallbackView }, summary: "Another time, or in order" } }, async (request, reply) => {
    if (!(await ofUser(request.user!, request.params.id))) return refuse(request, reply, "not-found");
    return booked(request, reply, await callbacks.move(request.params.id, request.body.slot));
  });

  app.post("/api/callbacks/:id/cancel", { config: { who: DESK }, schema: { params: ById, response: { 200: CallbackView }, summary: "The promise is taken back" } }, async (request, reply) => {
    if (!(await ofUser(request.user!, request.params.id))) return refuse(request, reply, "not-found");
    const done = await callbacks.cancel(request.params.id, "staff");
    return done ? reply.send(await viewOf(done)) : refuse(request, reply, "not-found");
  });

  app.post("/api/callbacks/:id/call", { config: { who: ["agent"] }, schema: { params: ById, response: { 200: CallbackView }, summary: "Call them now, myself" } }, async (request, reply) => {
    const user = request.user!;
    const found = await ofUser(user, request.params.id);
    if (!found) return refuse(request, reply, "not-found");
    if (!servesQueue(user, found.queueId)) return refuse(request, reply, "not-your-queue");
    const done = await callbacks.callNow(found.id, user.id);
    return done ? reply.send(await viewOf(done)) : refuse(request, reply, "too-late");
  });

  app.post("/api/callbacks/:id/machine", { config: { who: ["agent"] }, schema: { params: ById, response: { 200: CallbackView }, summary: "An answering machine took the call: tried again by rule" } }, async (request, reply) => {
    const found = await ofUser(request.user!, request.params.id);
    const it = found?.interactionId ? centre.interaction(found.interactionId) : null;
    if (it?.agentId !== request.user!.id || !callbacks.machine(request.params.id, request.user!.id)) return refuse(request, reply, found ? "too-late" : "not-found");
    return reply.send(await viewOf((await callbacks.get(request.params.id))!));
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
    const sent = await sendRecording(request, reply, { path: messages.pathOf(message.id), folder, log: options.log });
    if (!sent) return refuse(request, reply, "no-recording"); // nobody heard it
    await messages.heard(message.id);
    return reply;
  });

  const ACTS = {
    claim: ["Mine alone until it is given back or done", (id: string, user: UserRow) => messages.claim(id, user.id)],
    release: ["Given back", (id: string, user: UserRow) => messages.release(id, seesAll(user) ? null : user.id)],
    done: ["Dealt with", (id: string, user: UserRow) => messages.done(id, user.id)],
  } as const;
  for (const [act, [summary, work]] of Object.entries(ACTS)) {
    app.post(`/api/queue-messages/:id/${act}`, { config: { who: DESK }, schema: { params: ById, response: { 200: QueueMessage }, summary } }, async (request, reply) => {
      const { id } = request.params;
      if (!(await messageOf(request.user!, id))) return refuse(request, reply, "not-found");
      const done = await work(id, request.user!);
      return done ? reply.send(done) : refuse(request, reply, "not-yours");
    });
  }

  app.post("/api/queue-messages/:id/call", { config: { who: ["agent"] }, schema: { params: ById, response: { 200: QueueMessage }, summary: "Call them back now, myself" } }, async (request, reply) => {
    const user = request.user!;
    const was = await messageOf(user, request.params.id);
    if (!was) return refuse(request, reply, "not-found");
    if (!servesQueue(user, was.queueId)) return refuse(request, reply, "not-your-queue");
    const claimed = await messages.claim(was.id, user.id);
    if (!claimed) return refuse(request, reply, "not-yours");
    const { queueId, number, name, customerId, language } = claimed;
    const done = await callbacks.book({ queueId, number, slot: null, name, customerId, language, reason: null, priority: 10, by: "message", byName: user.name, byId: user.id, to: options.mainNumber(), agentId: user.id, unbound: true });
    // promised before, to them or to a colleague: that one is called now
    const called = done.ok && (done.token !== null || (await callbacks.callNow(done.request.id, user.id)) !== null);
    if (called) return reply.send((await messages.calledBack(was.id, done.request.id)) ?? claimed);
    // nobody calls: the message is as it was before
    if (was.state === "open") await messages.release(was.id, user.id);
    return done.ok ? refuse(request, reply, "too-late") : refuse(request, reply, WHY_NOT[done.why], "number");
  });

  app.delete("/api/queue-messages/:id", { config: { who: ["supervisor"] }, schema: { params: ById, summary: "Delete a message and its sound" } }, async (request, reply) => ((await messages.remove(request.params.id)) ? reply.code(204).send() : refuse(request, reply, "not-found")));

  // ---- the ledger

  app.get("/api/promises", { config: { who: REPORT }, schema: { querystring: z.object({ queueId: z.string().max(60).optional(), from: z.coerce.number().int().min(0).optional(), to: z.coerce.number().int().min(0).optional() }), response: { 200: PromiseReport }, summary: "What was promised to who waits, and what became of it (default: the last seven days)" } }, async (request, reply) => {
    const { queueId, to = clock.now() + 1, from = to - 7 * DAY_MS } = request.query;
    if (from > to || to - from > MAX_REPORT_MS) return refuse(request, reply, "bad-input", "from");
    return reply.send(await ledger.report(queueId ?? null, from, to));
  });
}
