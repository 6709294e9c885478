import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { ClientFrame, WidgetClientFrame, type ServerFrame } from "@tandem/protocol";
import type { Log } from "../base/log.ts";
import { isOver } from "../base/window.ts";
import type { ApiOptions } from "./api.ts";
import type { Subscriber } from "./feed.ts";
import { clientNetwork, COOKIE, foreignOrigin } from "./guard.ts";
import { Throttle, type Limit } from "./throttle.ts";

/** Attack: a frame that fills memory. Messages are at most 4,000 characters. */
const MAX_FRAME_BYTES = 32 * 1024;
const MAX_SIP_FRAME_BYTES = 64 * 1024;
/** Attack: sockets opened without end from one address (a whole office may share one). */
const MAX_SOCKETS_PER_ADDRESS = 500;
/** A client that does not read: beyond this it is cut off and takes up where it was when it is back. A large centre's snapshot fits. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
/** Attack: identities (rows) made without end. A whole office may share an address; who has a token needs no new one. */
const NEW_VISITORS: Limit = { max: 120, windowMs: 60_000 };
/** Attack: frames without end; each costs a parse and may show on an agent's screen. An honest page sends one a second. */
const MAX_FRAMES_PER_10_S = 300;
/** Frames that come while the hello is being looked up. Our page waits for the welcome; another's may not. */
const MAX_EARLY_FRAMES = 32;
/** A desktop's session may end while its socket lives: looked at this often. */
const SESSION_CHECK_MS = 60_000;
const HELLO_WITHIN_MS = 10_000;
/** At the end of the server, a page that does not answer the goodbye is cut off after so long. */
const GOODBYE_MS = 1_000;
/** Intermediaries drop silent connections; a dead one is noticed. */
const PING_MS = 25_000;

export interface Sockets {
  count(): number;
  /** Says goodbye to all; resolves when all are gone, those that do not answer too. */
  close(): Promise<void>;
}

/** The three WebSockets: the desktop's stream, the widget's, and SIP (RFC 7118). */
export function attachSockets(server: Server, options: ApiOptions): Sockets {
  const { log } = options;
  const stream = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const sip = new WebSocketServer({ noServer: true, maxPayload: MAX_SIP_FRAME_BYTES, handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });
  const perAddress = new Map<string, number>();
  const all = new Set<WebSocket>();

  const newVisitors = new Throttle();

  const opened = (socket: WebSocket, address: string | null): void => {
    all.add(socket);
    if (address !== null) perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    let answered = true;
    socket.on("pong", () => (answered = true));
    const pingAfterAWhile = (): (() => void) =>
      options.clock.after(PING_MS, () => {
        if (!answered) return socket.terminate();
        answered = false;
        socket.ping();
        cancelPing = pingAfterAWhile();
      });
    let cancelPing = pingAfterAWhile();
    socket.on("error", (error) => log.debug({ why: error.message }, "a WebSocket failed"));
    socket.on("close", () => {
      cancelPing();
      all.delete(socket);
      if (address === null) return;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
  };

  const refuse = (socket: Duplex, status: string): void => {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", (error) => log.debug({ why: error.message }, "an upgrade failed"));
    const path = (request.url ?? "").split("?")[0];
    if (!options.leads()) return refuse(socket, "503 Service Unavailable");
    const address = clientNetwork(request.socket.remoteAddress, request.headers);
    if (address !== null && (perAddress.get(address) ?? 0) >= MAX_SOCKETS_PER_ADDRESS) return refuse(socket, "429 Too Many Requests");
    if (path === "/api/stream") {
      if (foreignOrigin(request.headers)) return refuse(socket, "403 Forbidden");
      void userOf(request, options).then((user) => {
        if (!user) return refuse(socket, "401 Unauthorized");
        stream.handleUpgrade(request, socket, head, (ws) => {
          opened(ws, address);
          desktopSocket(ws, user.id, cookieOf(request), options);
        });
      }, (error: Error) => {
        log.error({ why: error.message }, "a session could not be checked");
        refuse(socket, "503 Service Unavailable");
      });
    } else if (path === "/api/widget/stream") {
      stream.handleUpgrade(request, socket, head, (ws) => {
        opened(ws, address);
        widgetSocket(ws, options, () => address === null || newVisitors.take([[address, NEW_VISITORS]], options.clock.now()));
      });
    } else if (path === "/sip") {
      sip.handleUpgrade(request, socket, head, (ws) => {
        opened(ws, address);
        options.attachSip(ws, request);
      });
    } else refuse(socket, "404 Not Found");
  });

  return {
    count: () => all.size,
    async close() {
      stream.close();
      sip.close();
      const gone = [...all].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of all) socket.close(1001, "server stopping");
      const cancel = options.clock.after(GOODBYE_MS, () => {
        for (const socket of all) socket.terminate();
      });
      await Promise.all(gone);
      cancel();
    },
  };
}

async function userOf(request: IncomingMessage, { directory, sessions }: ApiOptions): Promise<ReturnType<typeof directory.user>> {
  const cookie = cookieOf(request);
  const userId = cookie ? await sessions.userOf(cookie) : null;
  const user = userId ? directory.user(userId) : null;
  return user?.active ? user : null;
}

function cookieOf(request: IncomingMessage): string | null {
  return (request.headers.cookie ?? "").split(";").map((part) => part.trim().split("=")).find(([name]) => name === COOKIE)?.[1] ?? null;
}

/** One event goes to many desktops: it is made into text once. */
let lastFrame: unknown = null;
let lastText = "";
function textOf(frame: unknown): string {
  if (frame !== lastFrame) {
    lastText = JSON.stringify(frame);
    lastFrame = frame;
  }
  return lastText;
}

/** True while a socket sends no more than its share of frames. */
function pace(clock: ApiOptions["clock"]): () => boolean {
  let count = 0;
  let sinceMs = clock.now();
  return () => {
    const now = clock.now();
    if (isOver(sinceMs, 10_000, now)) {
      sinceMs = now;
      count = 0;
    }
    return ++count <= MAX_FRAMES_PER_10_S;
  };
}

function sender<F>(socket: WebSocket, log: Log): (frame: F) => void {
  return (frame) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      log.warn({ buffered: socket.bufferedAmount }, "a client does not read; cut off");
      return socket.terminate();
    }
    socket.send(textOf(frame));
  };
}

function readJson(data: RawData): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(data) ? data.toString() : "");
  } catch {
    return undefined; // not JSON: refused by the schema below, like any other bad frame
  }
}

function desktopSocket(socket: WebSocket, userId: string, session: string | null, options: ApiOptions): void {
  const { centre, clock, directory, feed, log, sessions } = options;
  const send = sender<ServerFrame>(socket, log);
  let unsubscribe: (() => void) | null = null;
  let subscriber: Subscriber | null = null;
  /** Opened as an agent's: closed as one too, whatever the roles have become. */
  let asAgent = false;
  let checkedAtMs = clock.now();
  const honest = pace(clock);
  const checkSession = (): void => {
    if (session === null || !isOver(checkedAtMs, SESSION_CHECK_MS, clock.now())) return;
    checkedAtMs = clock.now();
    sessions.userOf(session).then((found) => {
      if (found === userId) return;
      send({ t: "bye", why: "expired" });
      socket.close(1000, "expired");
    }, (error: Error) => log.warn({ why: error.message }, "a session could not be checked; it goes on until the next time"));
  };
  const cancelLate = options.clock.after(HELLO_WITHIN_MS, () => socket.close(1008, "no hello"));
  socket.on("message", (data) => {
    if (!honest()) return socket.close(1008, "too many frames");
    const read = ClientFrame.safeParse(readJson(data));
    if (!read.success) return socket.close(1008, "bad frame");
    const frame = read.data;
    if (frame.t === "hello") {
      const user = directory.user(userId);
      if (unsubscribe) return;
      if (!user?.active) return socket.close(1008, "no such user");
      cancelLate();
      asAgent = user.roles.includes("agent");
      if (asAgent) centre.desktopOpened(userId);
      subscriber = {
        user,
        send(out) {
          send(out);
          if (out.t === "bye") socket.close(1000, out.why);
        },
        restart: () => socket.close(1012, "rights changed"),
      };
      unsubscribe = feed.subscribe(subscriber, frame);
      return;
    }
    if (!unsubscribe || !subscriber) return;
    if (frame.t === "editFlow") return feed.editFlow(subscriber, frame.flowId);
    if (frame.t === "ping") {
      if (asAgent) centre.desktopAlive(userId);
      checkSession();
      return send({ t: "pong", nowMs: options.clock.now() });
    }
    const it = centre.interaction(frame.interactionId);
    if (it?.agentId !== userId) return;
    if (frame.t === "typing") return options.chat.agentTyping(frame.interactionId);
    if (Math.min(frame.upTo, it.messages) <= it.readBy.agent) return; // nothing new read: not a fact
    void centre.commands.read(userId, frame.interactionId, frame.upTo).then((done) => {
      if (!done.ok) log.debug({ code: done.code }, "a read mark came too late");
    });
  });
  socket.on("close", () => {
    cancelLate();
    if (!unsubscribe) return;
    unsubscribe();
    if (asAgent) centre.desktopClosed(userId);
  });
}

function widgetSocket(socket: WebSocket, options: ApiOptions, mayBeNew: () => boolean): void {
  const { chat, crm, log } = options;
  const send = sender<import("@tandem/protocol").WidgetServerFrame>(socket, log);
  let handle: ReturnType<typeof chat.attach> | null = null;
  let greeted = false;
  let closed = false;
  let ready = false;
  const early: WidgetClientFrame[] = [];
  const honest = pace(options.clock);
  const cancelLate = options.clock.after(HELLO_WITHIN_MS, () => socket.close(1008, "no hello"));

  const greet = async (hello: Extract<WidgetClientFrame, { t: "hello" }>): Promise<void> => {
    const known = hello.token === null ? null : await crm.visitorByToken(hello.token);
    if (closed) return;
    if (!known && !mayBeNew()) return socket.close(1013, "too many new visitors: try again in a minute");
    const visitor = known ?? (await crm.newVisitor(hello.language, options.timeZone));
    if (closed) return;
    handle = chat.attach(visitor, { send, close: () => socket.close(1000, "too many tabs") }, hello.language, hello.page);
    const { conversation, messages } = await handle.welcome(hello.interactionId, hello.after);
    send({
      t: "welcome",
      token: visitor.token,
      visitorName: visitor.name,
      centreName: options.centreName,
      conversation,
      messages: messages.map((m) => {
        const { choices, ...rest } = m;
        return { ...rest, interactionId: conversation!.interactionId, ...(choices ? { choices: [...choices] } : {}) };
      }),
      agentsOnline: centreStaffed(options),
      callOffered: options.webNumber() !== null,
      nowMs: options.clock.now(),
    });
    handle.ready();
    for (const frame of early.splice(0)) handle.frame(frame);
    ready = true;
  };

  socket.on("message", (data) => {
    if (!honest()) return socket.close(1008, "too many frames");
    const read = WidgetClientFrame.safeParse(readJson(data));
    if (!read.success) return socket.close(1008, "bad frame");
    if (read.data.t === "hello") {
      if (greeted) return;
      greeted = true;
      cancelLate();
      greet(read.data).catch((error: Error) => {
        log.error({ why: error.message }, "a visitor could not be greeted");
        socket.close(1011, "try again");
      });
    } else if (!greeted) socket.close(1008, "hello first");
    else if (ready && handle) handle.frame(read.data);
    else if (early.push(read.data) > MAX_EARLY_FRAMES) socket.close(1008, "too many frames before the welcome");
  });
  socket.on("close", () => {
    closed = true;
    cancelLate();
    handle?.closed();
  });
}

function centreStaffed({ centre }: ApiOptions): boolean {
  return centre.agents().some((agent) => agent.wish === "available");
}
