/**
 * A stand-in for the server while screens are drawn: scenes of the design's pictures, commands that change them plausibly.
 * Development and screenshot material only; the product never starts it.
 *
 *   node desktop/dev/fixture-server.ts [--port 26500] [--scene live] [--dist folder]
 *
 * Serves desktop/dist, or the folder given. `/?scene=ring&lang=fr` (any page) begins that scene anew, signed in; `?scene=signin` signs out. Under
 * `vite dev` set TANDEM_SERVER to this server and choose the scene by GET /api/dev/scene/<scene>?lang=fr, or by --scene.
 * Sign in as anybody with the password "halo"; others are refused.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { ClientFrame, SignIn } from "@tandem/protocol";
import type { ServerFrame } from "@tandem/protocol";
import { WebSocketServer } from "ws";
import { command } from "./fixture/commands.ts";
import type { Answer } from "./fixture/commands.ts";
import { promisedWork } from "./fixture/promised.ts";
import { scenes, World } from "./fixture/world.ts";
import type { Scene } from "./fixture/world.ts";

const types: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json" };
/** Refuse bodies larger than this: a fixture, but a runaway page could still fill it. */
const MAX_BODY = 2_000_000;

export interface Fixture {
  port: number;
  /** The scene of the visitor with this cookie value. */
  world(token: string): World | undefined;
  stop(): Promise<void>;
}

/** `dist`: the build to serve. `scene`: given to visitors without one, else they must sign in. */
export function startFixture({ port, scene: firstScene = null, dist = join(import.meta.dirname, "..", "dist") }: { port: number; scene?: Scene | null; dist?: string }): Promise<Fixture> {
  /** One world a visitor (cookie), so that shots do not disturb each other. */
  const worlds = new Map<string, World>();
  let visitors = 0;

  const begin = (scene: Scene, language: "fr" | "en", response: ServerResponse): World => {
    const token = `v${++visitors}`;
    const world = new World(scene, language);
    worlds.set(token, world);
    response.setHeader("set-cookie", `fixture=${token}; Path=/; SameSite=Lax`);
    return world;
  };
  const worldOf = (request: IncomingMessage): World | undefined => worlds.get(/fixture=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "");
  const sceneIn = (name: string | null): Scene | null => scenes.find((scene) => scene === name) ?? null;
  const languageIn = (url: URL): "fr" | "en" => (url.searchParams.get("lang") === "en" ? "en" : "fr");
  const json = (response: ServerResponse, { status, body }: Answer): void => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(body === undefined ? undefined : JSON.stringify(body));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://fixture");
    if (!url.pathname.startsWith("/api/")) {
      const asked = url.searchParams.get("scene");
      const scene = sceneIn(asked);
      if (scene !== null) begin(scene, languageIn(url), response);
      if (asked === "signin") response.setHeader("set-cookie", "fixture=; Path=/; Max-Age=0");
      await file(dist, url.pathname, response);
      return;
    }
    const body = await bodyOf(request);
    const dev = /^\/api\/dev\/scene\/([\w-]+)$/.exec(url.pathname);
    if (dev !== null) {
      begin(sceneIn(dev[1] ?? null) ?? "live", languageIn(url), response);
      response.writeHead(303, { location: "/" }).end();
      return;
    }
    if (url.pathname === "/api/session" && request.method === "POST") {
      const asked = SignIn.safeParse(body);
      if (!asked.success || asked.data.password !== "halo") json(response, { status: 403, body: { code: "wrong-password", why: languageOf(request) === "fr" ? "Identifiant ou mot de passe incorrect." : "Wrong login or password." } });
      else json(response, { status: 200, body: view(begin(firstScene ?? "live", languageOf(request), response)) });
      return;
    }
    let world = worldOf(request);
    if (world === undefined && firstScene !== null && url.pathname === "/api/session") world = begin(firstScene, languageOf(request), response);
    if (world === undefined) {
      json(response, { status: 401, body: { code: "signed-out", why: "Connectez-vous." } });
      return;
    }
    if (url.pathname === "/api/session") {
      if (request.method === "DELETE") response.setHeader("set-cookie", "fixture=; Path=/; Max-Age=0");
      json(response, { status: 200, body: view(world) });
      return;
    }
    json(response, command(world, request.method ?? "GET", url, body) ?? { status: 404, body: { code: "not-found", why: "Le décor ne connaît pas ce chemin." } });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) json(response, { status: 500, body: { code: "failed", why: "Le décor a trébuché." } });
    });
  });
  const sockets = new WebSocketServer({ server, path: "/api/stream" });
  sockets.on("connection", (socket, request) => {
    const world = worldOf(request);
    const send = (frame: ServerFrame): void => socket.send(JSON.stringify(frame));
    if (world === undefined) {
      send({ t: "bye", why: "Connectez-vous." });
      socket.close();
      return;
    }
    const viewer = send;
    socket.on("message", (data) => {
      const frame = ClientFrame.safeParse(JSON.parse(String(data)));
      if (!frame.success) return;
      if (frame.data.t === "hello") {
        world.viewers.delete(viewer);
        const { epoch, seq } = frame.data;
        if (epoch === world.epoch && seq <= world.seq) {
          for (const event of world.log) if (event.seq > seq) send(event);
          send({ t: "resumed", epoch, seq: world.seq, nowMs: Date.now() });
        } else send(world.snapshot());
        world.viewers.add(viewer);
        send(promisedWork(world));
        if (world.interactions.has("karim-chat")) send({ t: "typing", interactionId: "karim-chat", who: "customer", untilMs: Date.now() + 3_600_000 });
      } else if (frame.data.t === "ping") send({ t: "pong", nowMs: Date.now() });
      else if (frame.data.t === "read") {
        const read = world.interactions.get(frame.data.interactionId);
        if (read !== undefined && read.readBy.agent < frame.data.upTo) world.put({ ...read, readBy: { ...read.readBy, agent: frame.data.upTo } }, "read");
      }
    });
    socket.on("close", () => world.viewers.delete(viewer));
  });

  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : port,
        world: (token) => worlds.get(token),
        async stop() {
          for (const client of sockets.clients) client.terminate();
          server.closeAllConnections();
          await new Promise<void>((done) => {
            server.close(() => done());
          });
        },
      });
    });
  });
}

function view(world: World): unknown {
  return { user: world.me, centreName: "Halo & Fils", mainNumber: "+33240001000" };
}

function languageOf(request: IncomingMessage): "fr" | "en" {
  return (request.headers["accept-language"] ?? "fr").startsWith("en") ? "en" : "fr";
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY) throw new Error("body too large");
  }
  return text === "" ? undefined : JSON.parse(text);
}

/** A file of the build, or index.html for the pages of the application. */
async function file(dist: string, path: string, response: ServerResponse): Promise<void> {
  const wanted = join(dist, normalize(path));
  const asset = extname(path) !== "" && wanted.startsWith(dist);
  try {
    const content = await readFile(asset ? wanted : join(dist, "index.html"));
    // As the server does: what is in assets/ has its content in its name.
    response.writeHead(200, { "content-type": types[asset ? extname(path) : ".html"] ?? "application/octet-stream", "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache" }).end(content);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("Not built: npm run build -w desktop");
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "26500" }, scene: { type: "string" }, dist: { type: "string" } } });
  const started = await startFixture({ port: Number(values.port), scene: scenes.find((scene) => scene === values.scene) ?? null, ...(values.dist === undefined ? {} : { dist: values.dist }) });
  console.log(`fixture on http://127.0.0.1:${started.port}/?scene=live  (${scenes.join(", ")}, signin)`);
}
