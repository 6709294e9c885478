import { CallRequest, Rate, WidgetCall } from "@tandem/protocol";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";

/** The widget's commands come from any site (CORS open, no cookie): the visitor's token is the only credential. */
export function widgetRoutes(app: ApiApp, options: ApiOptions): void {
  const { browserPhones, centre, crm, history } = options;
  app.options("/api/widget/*", { config: { who: "anyone" }, schema: { hide: true } }, async (_request, reply) => reply.code(204).send());
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/api/widget/") && !request.url.startsWith("/widget/")) return;
    reply.header("access-control-allow-origin", "*").header("access-control-allow-headers", "content-type, accept-language").header("access-control-max-age", "600");
  });

  app.post("/api/widget/call", { config: { who: "anyone" }, schema: { body: CallRequest, response: { 200: WidgetCall }, summary: "Call the centre from this page" } }, async (request, reply) => {
    const visitor = await crm.visitorByToken(request.body.token);
    if (!visitor) return refuse(request, reply, "signed-out");
    const target = options.webNumber();
    if (target === null) return refuse(request, reply, "not-offered");
    return reply.send(browserPhones.issueVisitor(visitor, request.body.page, request.body.language, target));
  });

  app.post("/api/widget/rate", { config: { who: "anyone" }, schema: { body: Rate, summary: "Rate a conversation" } }, async (request, reply) => {
    const { token, interactionId, score, comment } = request.body;
    const visitor = await crm.visitorByToken(token);
    const it = centre.interaction(interactionId) ?? (await history.interaction(interactionId));
    if (!visitor || it?.from !== visitor.id) return refuse(request, reply, "not-found");
    if (it.state !== "wrapping" && it.state !== "closed") return refuse(request, reply, "too-early");
    // Sent again after a lost answer is the same rating; another one would be a second vote.
    if (it.rating !== null) return it.rating.score === score && it.rating.comment === comment ? reply.code(204).send() : refuse(request, reply, "too-late");
    const error = await new Promise<Error | null>((resolve) => centre.tellLate(interactionId, { type: "rated", score, comment }, resolve));
    return error ? refuse(request, reply, "not-stored") : reply.code(204).send();
  });
}
