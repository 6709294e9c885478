import { z } from "zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AdminDisposition, AdminNumber, AdminPhone, AdminPhoneLive, AdminQueue, AdminSkill, AdminUser, FlowHit, OncePassword } from "@tandem/protocol";
import type { Refusal, Unpublished } from "../directory/directory.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";

const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
const Id = z.object({ id: z.string().max(64) });
const Created = z.object({ id: z.string(), password: z.string().optional() });

type Written = ({ ok: true; id: string; password?: string | null } | Refusal | Unpublished);

export function adminRoutes(app: ApiApp, options: ApiOptions): void {
  const { directory, sessions, feed } = options;

  /** Every way in that this user had ends now: sessions, desktops, the telephone in the browser. */
  const shutOut = async (id: string, why: string): Promise<void> => {
    await sessions.closeAll(id);
    options.browserPhones.revokeAgent(id);
    feed.bye(id, why);
  };

  const created = (request: FastifyRequest, reply: FastifyReply, done: Written): FastifyReply =>
    done.ok ? reply.send({ id: done.id, ...(done.password ? { password: done.password } : {}) }) : refuse(request, reply, done.code, done.field);

  function kind<B extends z.ZodType>(name: string, one: Parameters<typeof directory.remove>[0], body: B, view: z.ZodType, list: () => unknown[], put: (id: string | null, body: z.infer<B>) => Promise<Written>): void {
    app.get(`/api/admin/${name}`, { config: { who: READ }, schema: { response: { 200: z.array(view) }, summary: `List ${name}` } }, async (_request, reply) => reply.send(list() as never));
    app.post(`/api/admin/${name}`, { config: { who: WRITE }, schema: { body, response: { 200: Created }, summary: `Create (${name})` } }, async (request, reply) => created(request, reply, await put(null, request.body as z.infer<B>)));
    app.put(`/api/admin/${name}/:id`, { config: { who: WRITE }, schema: { params: Id, body, response: { 200: Created }, summary: `Change (${name})` } }, async (request, reply) =>
      created(request, reply, await put((request.params).id, request.body as z.infer<B>)),
    );
    app.delete(`/api/admin/${name}/:id`, { config: { who: WRITE }, schema: { params: Id, summary: `Delete (${name})` } }, async (request, reply) => {
      const { id } = request.params;
      // Who waits there would wait for ever.
      if (one === "queue" && options.centre.queueLive(id).count > 0) return refuse(request, reply, "in-use");
      if (one === "queue" && options.hours.deflection.leadsTo(id)) return refuse(request, reply, "in-use");
      const done = await directory.remove(one, id);
      if (!done.ok) return refuse(request, reply, done.code, done.field);
      if (one === "user") await shutOut(id, "deleted");
      return reply.code(204).send();
    });
  }

  kind("users", "user", AdminUser, AdminUser.and(Id), () => directory.users().map(({ wish: _, ...user }) => user), async (id, body) => {
    const done = await directory.putUser(id, body);
    if (done.ok && id !== null && !body.active) await shutOut(id, "switched-off");
    return done;
  });
  kind("queues", "queue", AdminQueue, AdminQueue.and(Id), () => directory.queues(), (id, body) => directory.putQueue(id, body));
  kind("skills", "skill", AdminSkill, AdminSkill.and(Id), () => directory.skills(), (id, body) => directory.putSkill(id, body));
  kind("numbers", "number", AdminNumber, AdminNumber.and(Id), () => directory.numbers(), (id, body) => directory.putNumber(id, body));
  kind("dispositions", "disposition", AdminDisposition, AdminDisposition.and(Id), () => directory.dispositions(), (id, body) => directory.putDisposition(id, body));
  kind(
    "phones",
    "phone",
    AdminPhone,
    AdminPhone.and(Id).and(AdminPhoneLive),
    () => directory.phones().map(({ id, account, label, userId }) => ({ id, account, label, userId, registered: options.registered(account) })),
    (id, body) => directory.putPhone(id, body),
  );

  app.get("/api/admin/sip", { config: { who: READ }, schema: { response: { 200: z.object({ domain: z.string(), host: z.string(), port: z.number() }) }, summary: "Where phones register" } }, async () => options.sip(null));
  app.get("/api/admin/flows", { config: { who: READ }, schema: { response: { 200: z.array(FlowHit) }, summary: "List flows" } }, async () => directory.flows().map(({ id, name }) => ({ id, name })));
  app.post("/api/admin/users/:id/password", { config: { who: WRITE }, schema: { params: Id, response: { 200: OncePassword }, summary: "A new password for a user, shown once" } }, async (request, reply) => {
    const done = await directory.resetPassword(request.params.id);
    if (!done.ok) return refuse(request, reply, done.code);
    await shutOut(request.params.id, "password-changed");
    return reply.send({ id: done.id, password: done.password });
  });
  app.post("/api/admin/phones/:id/password", { config: { who: WRITE }, schema: { params: Id, response: { 200: OncePassword }, summary: "A new password for a phone, shown once" } }, async (request, reply) => {
    const done = await directory.resetPhone(request.params.id);
    return done.ok ? reply.send({ id: done.id, password: done.password }) : refuse(request, reply, done.code);
  });
}
