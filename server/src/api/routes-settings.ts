import { QUEUE_SETTINGS, QueueSettingKind, QueueSettingView } from "@tandem/protocol/queue-settings";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { WHOLE_CENTRE, type QueueSettings } from "../directory/directory.ts";
import type { ApiApp } from "./api.ts";
import { refuse } from "./guard.ts";

const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
const OfCentre = z.object({ kind: QueueSettingKind });
const OfQueue = OfCentre.extend({ id: z.string().min(1).max(64) });

/** RFC 9110 section 13.1.1; absent or `*`: whatever holds. */
function seenOf({ headers }: FastifyRequest): string | undefined {
  const tag = headers["if-match"]?.trim().replaceAll('"', "");
  return tag === undefined || tag === "*" ? undefined : tag;
}

/** Settings of queues and of the whole centre, by kind: each kind's schema reads the body (protocol/src/queue-settings.ts). */
export function settingRoutes(app: ApiApp, { settings, queueExists }: { settings: QueueSettings; queueExists(id: string): boolean }): void {
  const view = (kind: QueueSettingKind, queueId: string): QueueSettingView => {
    const ofQueue = queueId !== WHOLE_CENTRE && settings.own(kind, queueId) !== null;
    const from = ofQueue ? "queue" : settings.own(kind, WHOLE_CENTRE) !== null ? "centre" : "default";
    return { kind, from, body: settings.get(kind, queueId), revision: settings.revision(kind, queueId) };
  };
  const answer = (request: FastifyRequest, reply: FastifyReply, kind: QueueSettingKind, queueId: string): FastifyReply => {
    if (queueId !== WHOLE_CENTRE && !queueExists(queueId)) return refuse(request, reply, "not-found");
    if (QUEUE_SETTINGS[kind].at === (queueId === WHOLE_CENTRE ? "queue" : "centre")) return refuse(request, reply, "elsewhere");
    return reply.send(view(kind, queueId));
  };
  const put = async (request: FastifyRequest, reply: FastifyReply, kind: QueueSettingKind, queueId: string, body: unknown): Promise<FastifyReply> => {
    const done = await settings.put(kind, queueId, body, seenOf(request));
    return done.ok ? reply.send(view(kind, queueId)) : refuse(request, reply, done.code, done.field, done.names?.join(" → "));
  };
  const body = z.record(z.string(), z.unknown());
  const response = { 200: QueueSettingView };

  app.get("/api/admin/settings/:kind", { config: { who: READ }, schema: { params: OfCentre, response, summary: "A setting of the whole centre" } }, async (request, reply) => answer(request, reply, request.params.kind, WHOLE_CENTRE));
  app.put("/api/admin/settings/:kind", { config: { who: WRITE }, schema: { params: OfCentre, body, response, summary: "Change a setting of the whole centre" } }, async (request, reply) => put(request, reply, request.params.kind, WHOLE_CENTRE, request.body));
  app.delete("/api/admin/settings/:kind", { config: { who: WRITE }, schema: { params: OfCentre, response, summary: "Put a setting of the whole centre back to its defaults" } }, async (request, reply) => put(request, reply, request.params.kind, WHOLE_CENTRE, null));
  app.get("/api/admin/settings/:kind/queues", { config: { who: READ }, schema: { params: OfCentre, response: { 200: z.record(z.string(), z.unknown()) }, summary: "What queues have of their own of a kind, by queue" } }, async (request) => settings.ofQueues(request.params.kind));
  app.get("/api/admin/queues/:id/settings/:kind", { config: { who: READ }, schema: { params: OfQueue, response, summary: "A setting of a queue, and whose it is" } }, async (request, reply) => answer(request, reply, request.params.kind, request.params.id));
  app.put("/api/admin/queues/:id/settings/:kind", { config: { who: WRITE }, schema: { params: OfQueue, body, response, summary: "Give a queue a setting of its own" } }, async (request, reply) => put(request, reply, request.params.kind, request.params.id, request.body));
  app.delete("/api/admin/queues/:id/settings/:kind", { config: { who: WRITE }, schema: { params: OfQueue, response, summary: "A queue has the whole centre's setting again" } }, async (request, reply) => put(request, reply, request.params.kind, request.params.id, null));
}
