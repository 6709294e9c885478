/** GET /provision/:secret: one softphone takes its settings, once, by whatever form it reads. */
import { z } from "zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { SoftphoneSettings } from "@tandem/protocol";
import type { ApiApp, ApiOptions } from "./api.ts";
import { clientNetwork, refuse } from "./guard.ts";
import { baseUrl } from "./public-url.ts";
import { askingPage, linphoneXml, overPage, settingsPage } from "./softphone-formats.ts";
import { Throttle, type Limit } from "./throttle.ts";
import { languageOf } from "./words.ts";

/** Attack: guessing addresses (hopeless at 160 bits), and making the database look each of them up. */
const SAME_ADDRESS: Limit = { max: 30, windowMs: 60_000 };

const Secret = z.object({ secret: z.string().max(64) });
const Asked = z.object({ format: z.enum(["linphone", "json", "page"]).optional() });

export function provisionRoutes(app: ApiApp, options: ApiOptions): void {
  const { clock, telephony } = options;
  const throttle = new Throttle();
  const mayAsk = (request: FastifyRequest): boolean => {
    const address = clientNetwork(request.socket.remoteAddress, request.headers);
    return address === null || throttle.take([[address, SAME_ADDRESS]], clock.now());
  };
  const html = (reply: FastifyReply, body: string, status = 200): FastifyReply => reply.code(status).type("text/html; charset=utf-8").send(body);
  const redeem = async (request: FastifyRequest, secret: string): Promise<SoftphoneSettings | null> => {
    const settings = await telephony.provisioning.redeem(secret);
    if (!settings) return null;
    const { domain, host, port, transport } = options.sip(request.hostname);
    return { ...settings, domain, server: host, port, transport };
  };

  // No HEAD: it would run the same and use the address up.
  app.get("/provision/:secret", { exposeHeadRoute: false, schema: { hide: true, params: Secret, querystring: Asked } }, async (request, reply) => {
    reply.header("cache-control", "no-store").header("x-robots-tag", "noindex");
    const { secret } = request.params;
    const format = request.query.format ?? formatFor(request);
    const language = languageOf(request.headers["accept-language"]);
    if (!mayAsk(request)) return format === "page" ? html(reply, overPage(language, "slow"), 429) : refuse(request, reply, "too-many");
    if (format === "page") {
      if (!(await telephony.provisioning.waits(secret))) return html(reply, overPage(language, "over"), 404);
      return html(reply, askingPage(language, `${baseUrl(request, { secure: options.secure, outside: options.sip(null).host })}/provision/${secret}`));
    }
    const settings = await redeem(request, secret);
    if (!settings) return refuse(request, reply, "not-found");
    return format === "json" ? reply.send(settings) : reply.type("application/xml; charset=utf-8").send(linphoneXml(settings));
  });

  app.post("/provision/:secret", { schema: { hide: true, params: Secret } }, async (request, reply) => {
    reply.header("cache-control", "no-store").header("x-robots-tag", "noindex");
    const language = languageOf(request.headers["accept-language"]);
    if (!mayAsk(request)) return html(reply, overPage(language, "slow"), 429);
    const settings = await redeem(request, request.params.secret);
    return settings ? html(reply, settingsPage(language, settings)) : html(reply, overPage(language, "over"), 404);
  });
}

/** A browser wants a page and a program says that it reads JSON; what says nothing is Linphone (its user agent is "Unknown" before it is configured). */
function formatFor(request: FastifyRequest): "linphone" | "json" | "page" {
  const { accept = "", "user-agent": userAgent = "" } = request.headers;
  if (/linphone|belle-sip/i.test(userAgent)) return "linphone";
  return accept.includes("text/html") ? "page" : accept.includes("application/json") ? "json" : "linphone";
}
