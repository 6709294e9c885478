import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Role } from "@tandem/protocol";
import { countedAs } from "../base/network.ts";
import type { Directory, Sessions, UserRow } from "../directory/directory.ts";
import { inWords, languageOf, type RefusalCode } from "./words.ts";

export const COOKIE = "tandem_session";

/** Who may call a route: `anyone`, `signed-in`, or one of these roles. Every route says it, or the server does not start. */
export type Who = "anyone" | "signed-in" | readonly Role[];

declare module "fastify" {
  interface FastifyContextConfig {
    who?: Who;
  }
  interface FastifyRequest {
    user: UserRow | null;
  }
}

const STATUS: Partial<Record<RefusalCode, number>> = {
  "signed-out": 401,
  "wrong-password": 401,
  "too-many": 429,
  "not-allowed": 403,
  "wrong-origin": 403,
  "not-allowed-outside": 403,
  "not-yours": 403,
  "not-your-queue": 403,
  "not-found": 404,
  "no-recording": 404,
  "too-late": 409,
  "too-early": 409,
  "too-large": 413,
  "taken": 409,
  "in-use": 409,
  "reserved": 409,
  "unpublished": 409,
  "conflict": 409,
  "case-changed": 409,
  "setting-changed": 412,
  "exists": 409,
  "unproved": 422,
  "bad-flow": 422,
  "contradiction": 409,
  "redirect-loop": 409,
  "queue-closed": 409,
  "no-extension": 404,
  "no-device": 409,
  "no-calls": 409,
  "last-administrator": 409,
  "use-device": 409,
  "large-audio": 413,
  "slot-gone": 409,
  "not-stored": 503,
  "unexpected": 500,
};

/** `detail`: what the sentence is about, by name; it is put behind it. */
export function refuse(request: FastifyRequest, reply: FastifyReply, code: RefusalCode, field?: string, detail?: string): FastifyReply {
  const why = inWords(code, languageOf(request.headers["accept-language"]));
  return reply.code(STATUS[code] ?? 400).send({ code, why: detail === undefined ? why : `${why} (${detail})`, ...(field === undefined ? {} : { field }) });
}

/** True when a browser page of another site sent it (RFC 6454 Origin); programs send no Origin. */
export function foreignOrigin(headers: { origin?: string | undefined; host?: string | undefined }): boolean {
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}

/**
 * Whose request it is, for limits: the network (`countedAs`) of the peer's address, or of the one that a proxy on this machine names (the last
 * of its list: the others are the client's own word). Null for this machine itself, which has no limits: who is here needs no attack.
 */
export function clientNetwork(peer: string | undefined, headers: IncomingHttpHeaders): string | null {
  const address = (peer ?? "").replace(/^::ffff:/, "");
  if (address !== "::1" && !address.startsWith("127.")) return countedAs(address);
  const told = headers["x-forwarded-for"];
  const last = (Array.isArray(told) ? told.join(",") : (told ?? "")).split(",").at(-1)!.trim();
  // some proxies name the port, too: 192.0.2.7:4711, [2001:db8::1]:4711
  return last === "" ? null : countedAs(last.slice(0, 64).replace(/^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/, "$1$2"));
}

/** Puts the signed-in user on every request, and holds every route to its `who`. */
export function guard(app: FastifyInstance, directory: Directory, sessions: Sessions): void {
  app.decorateRequest("user", null);
  app.addHook("onRoute", (route) => {
    if (!route.url.startsWith("/api/") || route.url.startsWith("/api/docs") || route.method === "OPTIONS" || route.method === "HEAD") return;
    if (route.config?.who === undefined) throw new Error(`${String(route.method)} ${route.url}: the route does not say who may call it`);
  });
  app.addHook("onRequest", async (request, reply) => {
    const who = request.routeOptions.config.who;
    if (who === undefined) return;
    // Also before signing in: another site must not sign its visitor in as somebody else. The widget's commands are for other sites.
    const changes = request.method !== "GET" && request.method !== "HEAD";
    if (changes && !request.url.startsWith("/api/widget/") && foreignOrigin(request.headers)) return refuse(request, reply, "wrong-origin");
    if (who === "anyone") return;
    const secret = request.cookies[COOKIE];
    const userId = secret ? await sessions.userOf(secret) : null;
    const user = userId ? directory.user(userId) : null;
    if (!user?.active) return refuse(request, reply, "signed-out");
    request.user = user;
    if (who !== "signed-in" && !who.some((role) => user.roles.includes(role))) return refuse(request, reply, "not-allowed");
    return undefined;
  });
}
