/**
 * The API: commands in, facts out. REST with OpenAPI for commands, one WebSocket each for desktops and visitors.
 *
 * Invariants: every route says who may call it, or the server does not start; a refusal is a stable code with a sentence in the
 * caller's language; nothing is answered "done" before it is durable.
 * Absent on purpose: SQL, rules, and the state of anything.
 */
import { existsSync } from "node:fs";
import cookie from "@fastify/cookie";
import fastifyStatic from "@fastify/static";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type RawReplyDefaultExpression, type RawRequestDefaultExpression, type RawServerDefault } from "fastify";
import { hasZodFastifySchemaValidationErrors, jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { IncomingMessage } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { WebSocket } from "ws";
import type { BrowserPhone, LadderMessage, Language, PageContext, WidgetCall } from "@tandem/protocol";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Centre } from "../centre/centre.ts";
import type { Chat } from "../channels/chat/chat.ts";
import type { Cases, Crm } from "../crm/crm.ts";
import { DbError } from "../db/db.ts";
import type { Directory, QueueSettings, Sessions } from "../directory/directory.ts";
import type { Interaction, Message } from "../hub/hub.ts";
import type { Feed } from "./feed.ts";
import { clientNetwork, guard, refuse } from "./guard.ts";
import { adminRoutes } from "./routes-admin.ts";
import { flowRoutes, type FlowDesk } from "./routes-flows.ts";
import { ladderRoutes } from "./routes-ladder.ts";
import { callbackPageRoutes } from "./routes-callback-page.ts";
import { callbackRoutes, type CallbackDesk } from "./routes-callbacks.ts";
import { borderRoutes, type BorderDesk } from "./routes-border.ts";
import { flowOutsideRoutes, type OutsideDesk } from "./routes-flow-outside.ts";
import { hoursRoutes, type HoursDesk } from "./routes-hours.ts";
import { pageLooks } from "./page-looks.ts";
import { meetingRoutes } from "./routes-meetings.ts";
import { caseRoutes } from "./routes-cases.ts";
import { interactionRoutes } from "./routes-interactions.ts";
import { promptRoutes, type PromptDesk } from "./routes-prompts.ts";
import { provisionRoutes } from "./routes-provision.ts";
import { sessionRoutes } from "./routes-session.ts";
import { settingRoutes } from "./routes-settings.ts";
import { telephonyRoutes, type Telephony } from "./routes-telephony.ts";
import { trunkRoutes, type TrunkDesk } from "./routes-trunks.ts";
import { widgetRoutes } from "./routes-widget.ts";
import { attachSockets, type Sockets } from "./sockets.ts";

export { Feed, supervises } from "./feed.ts";
export type { Telephony } from "./routes-telephony.ts";
export type { ViewSources } from "./views.ts";

export type ApiApp = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, ZodTypeProvider>;

/** What happened before: read back from the log and the state rows. */
export interface History {
  interaction(id: string): Promise<Interaction | null>;
  messages(id: string): Promise<Message[]>;
  facts(id: string): Promise<{ type: string; atMs: number; body: Record<string, unknown> }[]>;
}

/** SIP accounts that live as long as a browser session or a visitor's call. */
export interface BrowserPhones {
  issueAgent(agentId: string): BrowserPhone;
  revokeAgent(agentId: string): void;
  issueVisitor(visitor: { id: string; name: string }, page: PageContext, language: Language, target: string): WidgetCall;
}

export type { PromptDesk } from "./routes-prompts.ts";
export type { CallbackDesk } from "./routes-callbacks.ts";
export type { BorderDesk } from "./routes-border.ts";
export type { FlowAt, FlowDesk, FlowDone } from "./routes-flows.ts";
export type { HoursDesk } from "./routes-hours.ts";
export type { OutsideDesk } from "./routes-flow-outside.ts";

export interface ApiOptions {
  centre: Centre;
  chat: Chat;
  clock: Clock;
  cases: Cases;
  crm: Crm;
  directory: Directory;
  queueSettings: QueueSettings;
  hours: HoursDesk;
  flowOutside: OutsideDesk;
  sessions: Sessions;
  feed: Feed;
  history: History;
  log: Log;
  border: BorderDesk;
  callbacks: CallbackDesk;
  flows: FlowDesk;
  prompts: PromptDesk;
  trunks: TrunkDesk;
  browserPhones: BrowserPhones;
  attachSip(socket: WebSocket, request: IncomingMessage): void;
  /** What a phone is told besides its account; `reachedAs`: the name by which it reached us, null when that is not known. */
  sip(reachedAs: string | null): { domain: string; host: string; port: number; transport: "udp" | "tcp" | "tls" };
  telephony: Telephony;
  registered(account: string): { contact: string; userAgent: string; expiresAtMs: number }[];
  centreName: string;
  timeZone: string;
  mainNumber(): string;
  /** The number that calls from a page reach; null = not offered. */
  webNumber(): string | null;
  /** Served over HTTPS: cookies say so. */
  secure: boolean;
  tls: { key: string; cert: string } | null;
  /** Prometheus text. */
  metrics(): Promise<{ contentType: string; body: string }>;
  /** Recordings are served from under this folder only. */
  recordingDir: string;
  /** The captured SIP messages of a call (an interaction or a call record). */
  ladder(id: string): Promise<LadderMessage[]>;
  /** `role`: of one of several nodes. */
  healthy(): Promise<{ ok: boolean; database: boolean; role?: "centre" | "telephony" }>;
  /** The centre is on this node, taken up: else everything but its health is asked of the one that has it, or again in a second. */
  leads(): boolean;
  /** Folders of the built desktop and widget. */
  desktopDir: string;
  widgetDir: string;
}

export interface Api {
  listen(host: string, port: number): Promise<{ port: number }>;
  socketCount(): number;
  /** New connections get this certificate from now on; nothing without HTTPS. */
  renewTls(tls: { key: string; cert: string }): void;
  stop(): Promise<void>;
}

export async function createApi(options: ApiOptions): Promise<Api> {
  const { log } = options;
  const app: ApiApp = Fastify({
    logger: false,
    bodyLimit: 256 * 1024, // attack: bodies that fill memory; the largest honest one is a note of 10,000 characters
    forceCloseConnections: true,
    requestTimeout: 30_000, // attack: requests sent a byte a minute (slowloris)
    ...(options.tls ? { https: options.tls } : {}),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) return refuse(request, reply, "bad-input", error.validation[0]?.instancePath.split("/")[1]);
    if (error.statusCode === 413) return refuse(request, reply, "too-large");
    if (error.statusCode !== undefined && error.statusCode < 500) return refuse(request, reply, "bad-input");
    if (error instanceof DbError && (error.code === "unavailable" || error.code === "unknown")) {
      log.warn({ route: request.routeOptions.url, why: error.message }, "a request found no database");
      return refuse(request, reply, "not-stored");
    }
    log.error({ route: request.routeOptions.url, why: error.message, stack: error.stack }, "a request failed");
    return refuse(request, reply, "unexpected");
  });
  await app.register(cookie);
  await app.register(swagger, {
    openapi: { info: { title: "Tandem", version: "1", description: "Commands of the contact centre. Events come over the WebSocket /api/stream (see protocol/src/stream.ts)." }, components: { securitySchemes: { session: { type: "apiKey", in: "cookie", name: "tandem_session" } } } },
    transform(given) {
      const { schema, url } = jsonSchemaTransform(given);
      const { who } = given.route.config ?? {};
      return { url, schema: { ...schema, ...(who === undefined ? {} : { "x-who": who }) } };
    },
  });
  await app.register(swaggerUi, { routePrefix: "/api/docs", staticCSP: true });
  guard(app, options.directory, options.sessions);

  app.addHook("onRequest", async (request, reply) => {
    if (!options.leads() && !/^\/(?:healthz|metrics)(?:\?|$)/.test(request.url)) return reply.code(503).header("retry-after", "1").type("text/plain").send("the centre is on another node\n");
    return undefined;
  });
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-content-type-options", "nosniff").header("referrer-policy", "same-origin");
    const framed = request.url.startsWith("/shop") || request.url.startsWith("/widget/");
    if (!framed) reply.header("x-frame-options", "DENY");
    if (!request.url.startsWith("/api/docs")) reply.header("content-security-policy", contentSecurityPolicy(request.headers.host, framed));
  });

  app.get("/healthz", { schema: { hide: true, querystring: z.object({ role: z.string().optional() }) } }, async (request, reply) => {
    const health = await options.healthy();
    // for balancers: only the node that has the centre serves the web
    const fit = health.ok && (request.query.role === undefined || health.role === undefined || health.role === request.query.role);
    return reply.code(fit ? 200 : 503).send(health);
  });
  // The figures tell how busy a company is: for this machine's own collector; another one comes through a proxy that asks who it is.
  app.get("/metrics", { schema: { hide: true } }, async (request, reply) => {
    if (clientNetwork(request.socket.remoteAddress, request.headers) !== null) return refuse(request, reply, "not-allowed");
    const { contentType, body } = await options.metrics();
    return reply.header("content-type", contentType).send(body);
  });
  app.get("/api/openapi.json", { config: { who: "anyone" }, schema: { hide: true } }, async () => app.swagger());
  sessionRoutes(app, options);
  interactionRoutes(app, options);
  caseRoutes(app, options);
  ladderRoutes(app, options);
  adminRoutes(app, options);
  hoursRoutes(app, options);
  settingRoutes(app, { settings: options.queueSettings, queueExists: (id) => options.directory.queue(id) !== null });
  flowOutsideRoutes(app, { outside: options.flowOutside });
  borderRoutes(app, options);
  flowRoutes(app, options);
  telephonyRoutes(app, options);
  meetingRoutes(app, options);
  trunkRoutes(app, options);
  promptRoutes(app, options);
  provisionRoutes(app, options);
  const mayLook = pageLooks(options.clock);
  widgetRoutes(app, options, mayLook);
  callbackRoutes(app, options);
  callbackPageRoutes(app, options, mayLook);
  await statics(app, options);

  let sockets: Sockets | null = null;
  return {
    async listen(host, port) {
      await app.ready();
      sockets = attachSockets(app.server, options);
      await app.listen({ host, port });
      const address = app.server.address();
      return { port: typeof address === "object" && address ? address.port : port };
    },
    socketCount: () => sockets?.count() ?? 0,
    renewTls(tls) {
      if (app.server instanceof HttpsServer) app.server.setSecureContext(tls);
    },
    async stop() {
      await sockets?.close();
      await app.close();
    },
  };
}

/**
 * Our pages load only what is ours. `data:` and `blob:`: icons in style sheets, sounds and recordings made in the page; the
 * sockets are named because not every browser reads them into 'self'.
 */
function contentSecurityPolicy(host: string | undefined, framed: boolean): string {
  const sockets = host !== undefined && /^[a-z0-9.:[\]-]{1,260}$/i.test(host) ? ` ws://${host} wss://${host}` : "";
  return [
    "default-src 'self'", `connect-src 'self' blob: data:${sockets}`, "img-src 'self' data: blob:", "media-src 'self' data: blob:", "font-src 'self' data:",
    "style-src 'self' 'unsafe-inline'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", ...(framed ? [] : ["frame-ancestors 'none'"]),
  ].join("; ");
}

/** The built pages. The desktop is one page: what is not a file is its index. */
async function statics(app: ApiApp, { desktopDir, widgetDir }: ApiOptions): Promise<void> {
  if (existsSync(`${widgetDir}/shop`)) await app.register(fastifyStatic, { root: `${widgetDir}/shop`, prefix: "/shop/", decorateReply: false, preCompressed: true });
  if (existsSync(widgetDir)) await app.register(fastifyStatic, { root: widgetDir, prefix: "/widget/", decorateReply: false, preCompressed: true });
  app.get("/shop", { schema: { hide: true } }, async (_request, reply) => reply.redirect("/shop/"));
  await app.register(fastifyStatic, { root: desktopDir, prefix: "/", wildcard: true, setHeaders: (reply, path) => void reply.header("cache-control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"), preCompressed: true });
  app.setNotFoundHandler((request, reply) => {
    if (request.method !== "GET" || /^\/(api|widget|shop|assets)\//.test(request.url)) return refuse(request, reply, "not-found");
    return reply.sendFile("index.html");
  });
}
