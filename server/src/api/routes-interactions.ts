import { z } from "zod";
import { TransferQueue } from "@tandem/protocol/hours";
import type { FastifyReply, FastifyRequest } from "fastify";
import { CustomerHit, CustomerView, EditCustomer, MessageView, Notes, PauseRecording, RoutingView, SendMessage, Transfer, type TimelineEntry } from "@tandem/protocol";
import type { Outcome } from "../centre/centre.ts";
import type { Interaction } from "../hub/hub.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { supervises } from "./feed.ts";
import { refuse } from "./guard.ts";
import { sendRecording } from "./recording.ts";
import { messageView, routingViews } from "./views.ts";

const AGENT = ["agent"] as const;
const DESK = ["agent", "supervisor"] as const;
const ById = z.object({ id: z.string().max(64) });

export function interactionRoutes(app: ApiApp, options: ApiOptions): void {
  const { centre, crm, directory, history } = options;
  const { commands } = centre;
  const answer = (request: FastifyRequest, reply: FastifyReply, outcome: Outcome): FastifyReply => (outcome.ok ? reply.code(204).send() : refuse(request, reply, outcome.code));
  /** The interaction when this user may see it: it is, was or will be theirs, or they supervise. */
  const visible = async (request: FastifyRequest, id: string): Promise<Interaction | null> => {
    const it = centre.interaction(id) ?? (await history.interaction(id));
    const user = request.user!;
    if (!it) return null;
    const had = it.agentId === user.id || it.offer?.agentId === user.id || it.transfers.some((t) => t.fromAgentId === user.id) || it.segments.some((s) => s.agentId === user.id);
    return had || supervises(user) ? it : null;
  };

  const knownDisposition = (id: string | null): boolean => id === null || directory.dispositions().some((d) => d.id === id);

  const command = (path: string, summary: string, run: (agentId: string, id: string) => Promise<Outcome>): void => {
    app.post(`/api/interactions/:id/${path}`, { config: { who: AGENT }, schema: { params: ById, summary } }, async (request, reply) => answer(request, reply, await run(request.user!.id, request.params.id)));
  };
  command("accept", "Accept an offered contact (written media)", commands.accept);
  command("decline", "Send an offered contact back to its queue", commands.decline);
  command("hold", "Hold", (agentId, id) => commands.hold(agentId, id, true));
  command("resume", "Take back from hold", (agentId, id) => commands.hold(agentId, id, false));

  app.post("/api/interactions/:id/end", { config: { who: DESK }, schema: { params: ById, summary: "End it (its agent; a supervisor)" } }, async (request, reply) => {
    const { id } = request.params;
    const mine = centre.interaction(id)?.agentId === request.user!.id;
    if (!mine && !supervises(request.user!)) return refuse(request, reply, centre.interaction(id) ? "not-yours" : "not-found");
    return answer(request, reply, mine ? await commands.end(request.user!.id, id) : await commands.endAsSupervisor(request.user!.id, id));
  });
  app.get("/api/interactions/:id/transfer-queues", { config: { who: AGENT }, schema: { params: ById, response: { 200: z.array(TransferQueue) }, summary: "The queues that it may be handed to now: open ones, and closed ones as the settings say, with what their customers meet there" } }, async (request, reply) => {
    const it = centre.interaction(request.params.id);
    if (it?.agentId !== request.user!.id) return refuse(request, reply, it ? "not-yours" : "not-found");
    return options.hours.transferQueues(it);
  });
  app.post("/api/interactions/:id/transfer", { config: { who: AGENT }, schema: { params: ById, body: Transfer, summary: "Hand over to a queue or a person" } }, async (request, reply) => {
    const { to, note } = request.body;
    const it = centre.interaction(request.params.id);
    if (to.kind === "queue" && it && directory.queue(to.queueId) && !options.hours.transferQueues(it).some(({ queueId }) => queueId === to.queueId)) return refuse(request, reply, "queue-closed");
    return answer(request, reply, await commands.transfer(request.user!.id, request.params.id, to, note));
  });
  app.post("/api/interactions/:id/recording", { config: { who: AGENT }, schema: { params: ById, body: PauseRecording, summary: "Pause or resume recording" } }, async (request, reply) =>
    answer(request, reply, await commands.pauseRecording(request.user!.id, request.params.id, request.body.paused)),
  );
  app.patch("/api/interactions/:id/notes", { config: { who: AGENT }, schema: { params: ById, body: Notes, summary: "Save disposition and notes" } }, async (request, reply) => {
    if (!knownDisposition(request.body.disposition)) return refuse(request, reply, "unknown-reference", "disposition");
    return answer(request, reply, await commands.note(request.user!.id, request.params.id, request.body.disposition, request.body.notes));
  });
  app.post("/api/interactions/:id/wrap", { config: { who: AGENT }, schema: { params: ById, body: Notes, summary: "Validate and end the wrap-up" } }, async (request, reply) => {
    if (!knownDisposition(request.body.disposition)) return refuse(request, reply, "unknown-reference", "disposition");
    return answer(request, reply, await commands.wrap(request.user!.id, request.params.id, request.body.disposition, request.body.notes));
  });

  app.post("/api/interactions/:id/messages", { config: { who: AGENT }, schema: { params: ById, body: SendMessage, response: { 200: MessageView }, summary: "Write to the customer; idempotent by clientId" } }, async (request, reply) => {
    const { id } = request.params;
    const user = request.user!;
    const it = centre.interaction(id);
    if (!it) return refuse(request, reply, "not-found");
    if (it.agentId !== user.id) return refuse(request, reply, "not-yours");
    if (!it.traits.written) return refuse(request, reply, "not-possible");
    if (it.state !== "connected") {
      // Sent again because the answer was lost, and the customer left in between: it was said once, and is not too late.
      const said = (await history.messages(id)).find((m) => m.author === "agent" && m.clientId === request.body.clientId);
      return said ? reply.send(messageView(id, said)) : refuse(request, reply, "too-late");
    }
    const { message, error } = await new Promise<{ message: Parameters<typeof messageView>[1] | null; error: Error | null }>((resolve) => {
      centre.post(id, { author: "agent", name: user.name, clientId: request.body.clientId, text: request.body.text }, (message, error) => resolve({ message, error }));
    });
    if (error) return refuse(request, reply, "not-stored");
    return message ? reply.send(messageView(id, message)) : refuse(request, reply, "too-late");
  });

  app.get("/api/interactions/:id/messages", { config: { who: DESK }, schema: { params: ById, querystring: z.object({ after: z.coerce.number().int().min(0).default(0) }), response: { 200: z.array(MessageView) }, summary: "The conversation" } }, async (request, reply) => {
    const it = await visible(request, request.params.id);
    if (!it) return refuse(request, reply, "not-found");
    const messages = await history.messages(it.id);
    return reply.send(messages.filter((m) => m.seq > request.query.after).map((m) => messageView(it.id, m)));
  });

  app.get("/api/interactions/:id/routing", { config: { who: DESK }, schema: { params: ById, response: { 200: z.array(RoutingView) }, summary: "Why it was offered to whom, and why it waits" } }, async (request, reply) => {
    const it = await visible(request, request.params.id);
    if (!it) return refuse(request, reply, "not-found");
    return reply.send(routingViews(await history.facts(it.id), centre.explain(it.id), directory));
  });

  app.get("/api/interactions/:id/recording.wav", { config: { who: DESK }, schema: { params: ById, querystring: z.object({ channels: z.enum(["mixed", "stereo"]).default("mixed"), part: z.coerce.number().int().min(0).default(0) }), summary: "Listen to the recording" } }, async (request, reply) => {
    const it = await visible(request, request.params.id);
    const recording = it?.recordings[request.query.part];
    if (!recording) return refuse(request, reply, "no-recording");
    const path = request.query.channels === "mixed" ? recording.mixedPath : recording.stereoPath;
    const sent = await sendRecording(request, reply, { path, folder: options.recordingDir, log: options.log });
    return sent ? reply : refuse(request, reply, "no-recording");
  });

  app.get("/api/customers", { config: { who: DESK }, schema: { querystring: z.object({ q: z.string().trim().min(1).max(100) }), response: { 200: z.array(CustomerHit) }, summary: "Find a customer by name, number, address, order or case" } }, async (request) => crm.search(request.query.q));
  app.get("/api/customers/:id", { config: { who: DESK }, schema: { params: ById, response: { 200: CustomerView }, summary: "A customer with their timeline" } }, async (request, reply) => {
    const customer = await crm.customer(request.params.id, { queue: (id) => directory.queue(id)?.name ?? null, agent: (id) => directory.user(id)?.name ?? null });
    if (!customer) return refuse(request, reply, "not-found");
    const messages = await options.telephony.exchange.voicemailsOfCustomer(customer.id);
    const voicemails = messages.map((message): TimelineEntry => {
      const extension = options.telephony.config.extension(message.extensionId);
      return {
        interactionId: message.id, medium: "voice", atMs: message.leftAtMs, endedAtMs: message.leftAtMs, state: "closed", reason: null, queueName: null, agentName: null, disposition: null, notes: "",
        closedWhy: null, hasRecording: false, rating: null, voicemail: { extension: extension ? `${extension.label} (${extension.number})` : "", durationMs: message.durationMs },
      };
    });
    return reply.send({ ...customer, timeline: [...customer.timeline, ...voicemails].sort((a, b) => b.atMs - a.atMs) });
  });
  app.patch("/api/customers/:id", { config: { who: DESK }, schema: { params: ById, body: EditCustomer, summary: "Correct a customer" } }, async (request, reply) =>
    (await crm.edit(request.params.id, request.body)) ? reply.code(204).send() : refuse(request, reply, "not-found"),
  );
}
