/**
 * Development and tests only: serves the built widget and shop, and speaks the widget's wire with a canned assistant and adviser.
 * The wire's own schemas check every frame, so that the widget cannot drift from what the real server will accept.
 *
 *   node_modules/.bin/node widget/dev/fixture-server.ts [port]
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { CallRequest, Rate, WidgetClientFrame } from "@tandem/protocol";
import type { Conversation, MessageView, WidgetServerFrame } from "@tandem/protocol";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { z } from "zod";
import { answerOffer, newOffer } from "./fixture-offer.ts";
import type { OfferFixture } from "./fixture-offer.ts";
import { answerCalls } from "./fixture-sip.ts";
import { SCRIPTS } from "./fixture-script.ts";

const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

interface Visitor {
  token: string;
  language: "fr" | "en";
  sockets: Set<WebSocket>;
  messages: MessageView[];
  conversation: Conversation | null;
  page: WidgetClientFrame & { t: "hello" } extends infer H ? (H extends { page: infer P } ? P | null : null) : null;
  readByCustomer: number;
  rating: { score: number; comment: string } | null;
  said: number;
  answers: number;
}

export interface Fixture {
  url: string;
  visitors: Map<string, Visitor>;
  received: WidgetClientFrame[];
  /** Closes every stream and refuses new ones, as a server that is down. */
  outage(down: boolean): void;
  /** Between two acts of the canned people. */
  paceMs: number;
  callOffered: boolean;
  offer: OfferFixture;
  /** What each call was asked for with. */
  calls: z.infer<typeof CallRequest>[];
  /** With `paceMs` 0 the canned people are still, and the test moves them. */
  change(visitor: Visitor, what: Partial<Conversation>): void;
  systemSays(visitor: Visitor, key: string, values?: Record<string, string>): void;
  agentTypes(visitor: Visitor): void;
  agentSays(visitor: Visitor, text: string): void;
  agentEnds(visitor: Visitor): void;
  keysHeard: string[];
  callsEnded: number;
  close(): Promise<void>;
}

/** `dist`: the build to serve. */
export async function startFixture({ port = 0, dist = join(import.meta.dirname, "../dist") }: { port?: number; dist?: string } = {}): Promise<Fixture> {
  let down = false;
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const streams = new WebSocketServer({ noServer: true });
  const calls = new WebSocketServer({ noServer: true, handleProtocols: () => "sip" });
  const fixture: Fixture = {
    url: "", visitors: new Map(), received: [], paceMs: 700, callOffered: true, offer: newOffer(Date.now()), calls: [], keysHeard: [], callsEnded: 0,
    outage: (value) => {
      down = value;
      if (down) for (const socket of streams.clients) socket.terminate();
    },
    change,
    systemSays: (visitor, key, values) => commit(visitor, "system", "", key, values),
    agentTypes: (visitor) => tell(visitor, { t: "typing", untilMs: Date.now() + 4_000 }),
    agentSays: (visitor, text) => commit(visitor, "agent", "Léa Martin", text),
    agentEnds: (visitor) => {
      commit(visitor, "system", "", "ended-agent", { agent: "Léa" });
      change(visitor, { state: "closed" });
    },
    close: async () => {
      for (const socket of [...streams.clients, ...calls.clients]) socket.terminate();
      await sip.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const sip = answerCalls(calls, fixture);

  server.on("upgrade", (request, socket, head) => {
    const path = request.url ?? "";
    if (path.startsWith("/api/widget/stream") && !down) streams.handleUpgrade(request, socket, head, (ws) => serve(ws));
    else if (path.startsWith("/sip") && !down) calls.handleUpgrade(request, socket, head, (ws) => calls.emit("connection", ws));
    else socket.destroy();
  });

  function serve(ws: WebSocket): void {
    let visitor: Visitor | null = null;
    ws.on("close", () => visitor?.sockets.delete(ws));
    ws.on("message", (data) => {
      const frame = WidgetClientFrame.parse(JSON.parse(String(data)));
      fixture.received.push(frame);
      if (frame.t === "hello") {
        visitor = (frame.token === null ? undefined : fixture.visitors.get(frame.token)) ?? newVisitor(frame.language);
        visitor.language = frame.language;
        visitor.page = frame.page;
        visitor.sockets.add(ws);
        const { conversation } = visitor;
        const after = frame.interactionId === conversation?.interactionId ? frame.after : 0;
        say(ws, {
          t: "welcome", token: visitor.token, visitorName: "", centreName: "Halo & Fils", conversation, agentsOnline: true, callOffered: fixture.callOffered, nowMs: Date.now(),
          messages: visitor.messages.filter((m) => m.interactionId === conversation?.interactionId && m.seq > after),
        });
      } else if (visitor !== null) onFrame(visitor, ws, frame);
    });
  }

  function newVisitor(language: "fr" | "en"): Visitor {
    const visitor: Visitor = { token: randomBytes(16).toString("hex"), language, sockets: new Set(), messages: [], conversation: null, page: null, readByCustomer: 0, rating: null, said: 0, answers: 0 };
    fixture.visitors.set(visitor.token, visitor);
    return visitor;
  }

  function onFrame(visitor: Visitor, ws: WebSocket, frame: WidgetClientFrame): void {
    switch (frame.t) {
      case "message": {
        const known = visitor.messages.find((m) => m.clientId === frame.clientId);
        if (known !== undefined) say(ws, { t: "message", value: known });
        else {
          commit(visitor, "customer", "", frame.text, undefined, frame.clientId);
          react(visitor, frame.text);
        }
        break;
      }
      case "read":
        visitor.readByCustomer = frame.upTo;
        break;
      case "page":
        visitor.page = frame.page;
        break;
      case "end":
        commit(visitor, "system", "", "ended-customer");
        change(visitor, { state: "closed", position: null });
        break;
      case "ping":
        say(ws, { t: "pong" });
        break;
      case "typing":
      case "hello":
        break;
    }
  }

  function react(visitor: Visitor, text: string): void {
    const script = SCRIPTS[visitor.language];
    const state = visitor.conversation?.state;
    if (state === "flow" && !/conseiller|agent|person/i.test(text) && visitor.said === 0) {
      visitor.said++;
      later(1, () => commit(visitor, "flow", "Assistant", script.greeting, undefined, null, script.choices));
    } else if (state === "flow") {
      later(1, () => {
        commit(visitor, "system", "", "queued");
        change(visitor, { state: "queued", position: { position: 2, of: 3, estimatedWaitMs: 170_000 } });
      });
      later(3, () => change(visitor, { position: { position: 1, of: 2, estimatedWaitMs: 45_000 } }));
      later(5, () => {
        commit(visitor, "system", "", "connected", { agent: "Léa" });
        change(visitor, { state: "connected", position: null, agent: { name: "Léa Martin" } });
      });
      answer(visitor, 6);
    } else if (state === "connected") answer(visitor, 1);
  }

  function answer(visitor: Visitor, at: number): void {
    const lines = SCRIPTS[visitor.language].adviser;
    later(at, () => change(visitor, { readByAgent: visitor.messages.at(-1)?.seq ?? 0 }));
    later(at + 1, () => tell(visitor, { t: "typing", untilMs: Date.now() + 4_000 }));
    later(at + 3, () => commit(visitor, "agent", "Léa Martin", lines[visitor.answers++ % lines.length]!));
  }

  /** After so many paces; nothing happens once the conversation is closed. */
  function later(paces: number, act: () => void): void {
    if (fixture.paceMs === 0) return;
    setTimeout(act, paces * fixture.paceMs).unref();
  }

  function commit(visitor: Visitor, author: MessageView["author"], authorName: string, text: string, values?: Record<string, string>, clientId: string | null = null, choices?: readonly { key: string; label: string }[]): void {
    if (visitor.conversation === null || visitor.conversation.state === "closed") {
      if (author !== "customer") return;
      visitor.said = 0;
      visitor.conversation = { interactionId: `int_${randomBytes(6).toString("hex")}`, state: "flow", agent: null, position: null, readByAgent: 0, rated: false };
      tell(visitor, { t: "conversation", value: visitor.conversation });
    }
    const { interactionId } = visitor.conversation;
    const seq = visitor.messages.filter((m) => m.interactionId === interactionId).length + 1;
    const value: MessageView = { id: `msg_${interactionId}_${seq}`, interactionId, seq, author, authorName, text, atMs: Date.now(), clientId, ...(values ? { values } : {}), ...(choices ? { choices: [...choices] } : {}) };
    visitor.messages.push(value);
    tell(visitor, { t: "message", value });
  }

  function change(visitor: Visitor, what: Partial<Conversation>): void {
    if (visitor.conversation === null || visitor.conversation.state === "closed") return;
    visitor.conversation = { ...visitor.conversation, ...what };
    tell(visitor, { t: "conversation", value: visitor.conversation });
  }

  function tell(visitor: Visitor, frame: WidgetServerFrame): void {
    for (const ws of visitor.sockets) say(ws, frame);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://x");
    const { pathname } = url;
    if (down && pathname.startsWith("/api/")) {
      response.writeHead(503).end();
    } else if (pathname === "/api/widget/rate") {
      const rate = Rate.parse(JSON.parse(await body(request)));
      const visitor = fixture.visitors.get(rate.token);
      if (visitor?.conversation?.interactionId !== rate.interactionId) {
        response.writeHead(404).end();
        return;
      }
      visitor.rating = { score: rate.score, comment: rate.comment };
      visitor.conversation.rated = true;
      tell(visitor, { t: "conversation", value: visitor.conversation });
      response.writeHead(204).end();
    } else if (pathname === "/api/widget/call") {
      fixture.calls.push(CallRequest.parse(JSON.parse(await body(request))));
      response.writeHead(fixture.callOffered ? 200 : 409, { "content-type": "application/json" });
      response.end(JSON.stringify({ account: "w_visitor", password: "s3cret-of-a-minute", domain: "tandem.invalid", target: "centre", wsPath: "/sip", validMs: 60_000 }));
    } else if (pathname.startsWith("/api/widget/")) {
      const text = await body(request);
      const answer = answerOffer(fixture.offer, request.method ?? "GET", url, text === "" ? undefined : JSON.parse(text)) ?? { status: 404, body: { code: "not-found" } };
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    } else if (pathname === "/") {
      response.writeHead(302, { location: "/shop/" }).end();
    } else {
      const path = pathname.startsWith("/widget/") ? pathname.slice(7) : pathname.startsWith("/shop/") ? pathname : pathname.startsWith("/callback/") ? "/callback.html" : null;
      const file = path === null ? null : join(dist, normalize(path.endsWith("/") ? `${path}index.html` : path));
      const content = file === null ? null : await readFile(file).catch(() => null /* not a file of the build: answered 404 */);
      if (file === null || content === null) response.writeHead(404).end("not found");
      else response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(content);
    }
  }

  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  fixture.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fixture;
}

function say(ws: WebSocket, frame: WidgetServerFrame): void {
  ws.send(JSON.stringify(frame));
}

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

if (import.meta.main) {
  const fixture = await startFixture({ port: Number(process.argv[2] ?? 27000) });
  console.log(`${fixture.url}/shop/`);
}
