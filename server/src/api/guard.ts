import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Role } from "@tandem/protocol";
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
  "not-yours": 403,
  "not-found": 404,
  "no-recording": 404,
  "too-late": 409,
  "taken": 409,
  "in-use": 409,
  "last-administrator": 409,
  "use-device": 409,
  "not-stored": 503,
  "unexpected": 500,
};

export function refuse(request: FastifyRequest, reply: FastifyReply, code: RefusalCode, field?: string): FastifyReply {
  return reply.code(STATUS[code] ?? 400).send({ code, why: inWords(code, languageOf(request.headers["accept-language"])), ...(field === undefined ? {} : { field }) });
}

/** True when a browser page of another site sent it (RFC 6454 Origin); programs send no Origin. */
export function foreignOrigin(headers: { origin?: string | undefined; host?: string | undefined }): boolean {
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
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
    if (who === undefined || who === "anyone") return;
    if (request.method !== "GET" && foreignOrigin(request.headers)) return refuse(request, reply, "wrong-origin");
    const secret = request.cookies[COOKIE];
    const userId = secret ? await sessions.userOf(secret) : null;
    const user = userId ? directory.user(userId) : null;
    if (!user?.active) return refuse(request, reply, "signed-out");
    request.user = user;
    if (who !== "signed-in" && !who.some((role) => user.roles.includes(role))) return refuse(request, reply, "not-allowed");
    return undefined;
  });
}

/** Slows password guessing: so many failures per login and per address a minute. Attack: credential stuffing. */
const MAX_FAILURES = 8;
const WINDOW_MS = 60_000;
const MAX_TRACKED = 10_000;

export class Throttle {
  readonly #failures = new Map<string, { count: number; sinceMs: number }>();

  allowed(keys: readonly string[], nowMs: number): boolean {
    return keys.every((key) => {
      const seen = this.#failures.get(key);
      return !seen || nowMs - seen.sinceMs > WINDOW_MS || seen.count < MAX_FAILURES;
    });
  }

  failed(keys: readonly string[], nowMs: number): void {
    if (this.#failures.size > MAX_TRACKED) this.#failures.clear();
    for (const key of keys) {
      const seen = this.#failures.get(key);
      if (!seen || nowMs - seen.sinceMs > WINDOW_MS) this.#failures.set(key, { count: 1, sinceMs: nowMs });
      else seen.count++;
    }
  }
}
