/** Promised calls as the customers themselves ask for, read, move and cancel them: from any page, and by the link that they were given. */
import type { FastifyRequest } from "fastify";
import { Language } from "@tandem/protocol";
import { CallbackOffer, CustomerCallback, MoveCallback, WidgetCallback, WidgetCallbackMade } from "@tandem/protocol/callback";
import { z } from "zod";
import type { Booked, CallbackRequest } from "../callback/callback.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { clientNetwork, refuse } from "./guard.ts";
import type { pageLooks } from "./page-looks.ts";
import { Throttle } from "./throttle.ts";
import type { RefusalCode } from "./words.ts";

/** Attack: a page that has thousands of numbers called, at our cost and to their annoyance. */
const PER_ADDRESS = { max: 10, windowMs: 3_600_000 };
const PER_VISITOR = { max: 3, windowMs: 3_600_000 };
/** Attack: one number called again and again, from many addresses. */
const PER_NUMBER = { max: 3, windowMs: 3_600_000 };
/** Attack: a mailbox that is written to again and again. */
const PER_EMAIL = { max: 3, windowMs: 3_600_000 };
/** Attack: the promises of a whole queue moved to and fro. */
const PER_TOKEN = { max: 20, windowMs: 3_600_000 };
/** Attack: links guessed. A token has 130 bits; this only keeps the database quiet. */
const GUESSES = { max: 30, windowMs: 600_000 };
const ByToken = z.object({ token: z.string().min(10).max(64) });

/** Why it was not promised, in the words of a refusal. */
export const WHY_NOT = { "not-a-number": "not-a-number", "not-allowed": "number-not-called", "not-offered": "slot-gone", full: "slot-gone", "unknown-queue": "not-found" } as const satisfies Record<Extract<Booked, { ok: false }>["why"], RefusalCode>;

export function callbackPageRoutes(app: ApiApp, options: ApiOptions, mayLook: ReturnType<typeof pageLooks>): void {
  const { centre, clock, crm, directory } = options;
  const { callbacks } = options.callbacks;
  const asks = new Throttle();
  // apart: guesses from everywhere must not push the counts of what was asked for out of memory
  const guesses = new Throttle();
  const networkOf = (request: FastifyRequest): string | null => clientNetwork(request.socket.remoteAddress, request.headers);

  /**
   * What a page can offer of this queue now: the ordinary calls, of which one can be in turn, or calls at a time in their place. Attack: a stranger who
   * knows the id of a queue and has its people call, whatever the administrator offers there.
   */
  async function offered(queueId: string, language: Language): Promise<CallbackOffer> {
    const kinds = new Set<string>();
    for (const channel of ["web", "mobile"] as const) {
      const page = await options.hours.widgetOptions({ queueId, channel, language, calls: options.webNumber() !== null, device: {} });
      for (const option of page.options) if ((option.kind === "call" ? page.queueId : option.kind === "scheduled-call" ? option.queueId : null) === queueId) kinds.add(option.kind);
    }
    const { slots, inOrder } = callbacks.offer(queueId, language);
    return { slots: kinds.size > 0 ? slots : [], inOrder: kinds.has("call") ? inOrder : null };
  }

  const view = (request: CallbackRequest): CustomerCallback => {
    const { state, number, queueId, slot, dueMs, language, interactionId, echo } = request;
    const open = state === "waiting" ? callbacks.offer(queueId, language) : { slots: [], inOrder: null };
    const place = echo ? open.inOrder : interactionId === null ? null : centre.position(interactionId);
    return { state, number, centreName: options.centreName, queueName: directory.queue(queueId)?.name ?? "", slot, dueMs, position: slot ? null : (place?.position ?? null), language, ...open, timeZone: options.timeZone };
  };

  app.get("/api/widget/callbacks/slots", { config: { who: "anyone" }, schema: { querystring: z.object({ queueId: z.string().max(60), language: Language.default("fr") }), response: { 200: CallbackOffer }, summary: "When a page's visitor can be called" } }, async (request, reply) => {
    if (!mayLook(request)) return refuse(request, reply, "too-many");
    return reply.send(await offered(request.query.queueId, request.query.language));
  });

  app.post("/api/widget/callbacks", { config: { who: "anyone" }, schema: { body: WidgetCallback, response: { 200: WidgetCallbackMade }, summary: "Ask to be called" } }, async (request, reply) => {
    const { token, queueId, number, name, slot, reason, language, email } = request.body;
    const visitor = await crm.visitorByToken(token);
    if (!visitor) return refuse(request, reply, "signed-out");
    const network = networkOf(request);
    // one that is not called is refused below; counted as it is dialled, for it can be written in a thousand ways
    const dialled = callbacks.dialled(number, queueId);
    const limits = [[`visitor ${visitor.id}`, PER_VISITOR], ...(dialled === null ? [] : [[`number ${dialled}`, PER_NUMBER] as const]), ...(email === null ? [] : [[`email ${email.toLowerCase()}`, PER_EMAIL] as const]), ...(network === null ? [] : [[`address ${network}`, PER_ADDRESS] as const])] as const;
    if (!asks.take(limits, clock.now())) return refuse(request, reply, "too-many");
    const offer = await offered(queueId, language);
    if (offer.slots.length === 0 && offer.inOrder === null) return refuse(request, reply, "not-offered");
    if (slot === null && offer.inOrder === null) return refuse(request, reply, "slot-gone", "slot");
    const done = await callbacks.book({ queueId, number, slot, name, customerId: null, language, reason, priority: 0, by: "page", byName: visitor.name, byId: visitor.id, email, to: options.webNumber() ?? options.mainNumber() });
    if (!done.ok) return refuse(request, reply, WHY_NOT[done.why], done.why === "not-a-number" || done.why === "not-allowed" ? "number" : "slot");
    return reply.send({ token: done.token ?? (await callbacks.renewToken(done.request.id)), callback: view(done.request) });
  });

  const byToken = async (request: FastifyRequest, token: string): Promise<CallbackRequest | "too-many" | null> => {
    const network = networkOf(request);
    const guess = [[`guess ${network}`, GUESSES]] as const;
    if (network !== null && !guesses.take(guess, clock.now())) return "too-many";
    const found = await callbacks.byToken(token);
    if (found) guesses.giveBack(guess);
    return found;
  };

  app.get("/api/widget/callbacks/:token", { config: { who: "anyone" }, schema: { params: ByToken, response: { 200: CustomerCallback }, summary: "The promise, by its link" } }, async (request, reply) => {
    const found = await byToken(request, request.params.token);
    if (found === "too-many") return refuse(request, reply, "too-many");
    return found ? reply.send(view(found)) : refuse(request, reply, "not-found");
  });

  app.post("/api/widget/callbacks/:token", { config: { who: "anyone" }, schema: { params: ByToken, body: z.union([z.object({ cancel: z.literal(true) }), MoveCallback]), response: { 200: CustomerCallback }, summary: "Move or cancel it, by its link" } }, async (request, reply) => {
    const found = await byToken(request, request.params.token);
    if (found === "too-many") return refuse(request, reply, "too-many");
    if (!found) return refuse(request, reply, "not-found");
    if (!asks.take([[`token ${found.id}`, PER_TOKEN]], clock.now())) return refuse(request, reply, "too-many");
    const { body } = request;
    if ("cancel" in body) return reply.send(view((await callbacks.cancel(found.id, "customer")) ?? found));
    const done = await callbacks.move(found.id, body.slot);
    return done.ok ? reply.send(view(done.request)) : refuse(request, reply, WHY_NOT[done.why], "slot");
  });

  // The page behind the link. It knows nothing itself: its script asks by the token in its address.
  app.get("/callback/:token", { schema: { hide: true } }, async (_request, reply) => reply.header("cache-control", "no-cache").header("x-robots-tag", "noindex").sendFile("callback.html", options.widgetDir));
}
