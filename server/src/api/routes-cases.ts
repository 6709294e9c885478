import { z } from "zod";
import { CaseConflict, CaseView, ChangeCase, NewCase } from "@tandem/protocol";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";
import { inWords, languageOf } from "./words.ts";

/** Those who may correct a customer's record. */
const DESK = ["agent", "supervisor"] as const;

export function caseRoutes(app: ApiApp, { cases }: ApiOptions): void {
  const OfCustomer = z.object({ id: z.string().max(64) });
  /** A browser's id for what it asks is its user's own: it is no deed of a flow, and of nobody else. */
  const by = (user: { id: string; name: string }, clientId: string) => ({ by: { id: user.id, name: user.name }, deed: `desk:${user.id}:${clientId}` });

  app.get("/api/customers/:id/cases", { config: { who: DESK }, schema: { params: OfCustomer, response: { 200: z.array(CaseView) }, summary: "A customer's cases: open first, then by change" } }, async (request, reply) =>
    reply.send(await cases.ofCustomer(request.params.id)),
  );

  app.post("/api/customers/:id/cases", { config: { who: DESK }, schema: { params: OfCustomer, body: NewCase, response: { 200: CaseView }, summary: "Open a case; idempotent by clientId" } }, async (request, reply) => {
    const { clientId, ...given } = request.body;
    const opened = await cases.open(request.params.id, { ...given, ...by(request.user!, clientId) });
    return opened ? reply.send(opened) : refuse(request, reply, "not-found");
  });

  app.put("/api/cases/:number", { config: { who: DESK }, schema: { params: z.object({ number: z.string().max(64) }), body: ChangeCase, response: { 200: CaseView, 409: CaseConflict }, summary: "Change what is named of a case, add a note; idempotent by clientId" } }, async (request, reply) => {
    const { clientId, subject, state, fields, note, was = {} } = request.body;
    const change = { ...(subject !== undefined && { subject }), ...(state && { state }), ...(fields && { fields }), ...(note !== undefined && { note }) };
    const done = await cases.changeFrom(request.params.number, was, { ...change, ...by(request.user!, clientId) });
    if (!done) return refuse(request, reply, "not-found");
    if (done.changed) return reply.send(done.case);
    const why = inWords("case-changed", languageOf(request.headers["accept-language"]));
    return reply.code(409).send({ code: "case-changed", why, case: done.case });
  });
}
