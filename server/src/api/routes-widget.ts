import { CallRequest, Language, Rate, WidgetCall } from "@tandem/protocol";
import { WidgetOptions } from "@tandem/protocol/hours";
import { z } from "zod";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";
import type { pageLooks } from "./page-looks.ts";

/** The widget's commands come from any site (CORS open, no cookie): the visitor's token is the only credential. */
export function widgetRoutes(app: ApiApp, options: ApiOptions, mayLook: ReturnType<typeof pageLooks>): void {
  const { browserPhones, centre, crm, history } = options;
  app.options("/api/widget/*", { config: { who: "anyone" }, schema: { hide: true } }, async (_request, reply) => reply.code(204).send());
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/api/widget/") && !request.url.startsWith("/widget/")) return;
    reply.header("access-control-allow-origin", "*").header("access-control-allow-headers", "content-type, accept-language").header("access-control-max-age", "600");
  });

  /** What a device may say of itself in the body of an e-mail. */
  const asked = z.object({ channel: z.enum(["web", "mobile"]).default("web"), language: Language.default("fr"), queue: z.string().max(60).optional(), app: z.string().max(60).optional(), device: z.string().max(60).optional() });
  app.get("/api/widget/options", { config: { who: "anyone" }, schema: { querystring: asked, response: { 200: WidgetOptions }, summary: "What this page offers now: calling and chatting, or the options of the deflection" } }, async (request, reply) => {
    if (!mayLook(request)) return refuse(request, reply, "too-many");
    const { channel, language, queue, app: version, device } = request.query;
    const said = { ...(version !== undefined && { [language === "fr" ? "Application" : "App"]: version }), ...(device !== undefined && { [language === "fr" ? "Appareil" : "Device"]: device }) };
    const page = await options.hours.widgetOptions({ queueId: queue ?? null, channel, language, calls: options.webNumber() !== null, device: said });
    return reply.send({ ...page, confirmsByMail: page.queueId !== null && options.callbacks.links.byMail(page.queueId) });
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
