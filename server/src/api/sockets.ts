import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { ClientFrame, WidgetClientFrame, type ServerFrame } from "@tandem/protocol";
import type { Log } from "../base/log.ts";
import type { ApiOptions } from "./api.ts";
import { COOKIE, foreignOrigin } from "./guard.ts";

/** Attack: a frame that fills memory. Messages are at most 4,000 characters. */
const MAX_FRAME_BYTES = 32 * 1024;
const MAX_SIP_FRAME_BYTES = 64 * 1024;
/** Attack: sockets opened without end from one address (a whole office may share one). */
const MAX_SOCKETS_PER_ADDRESS = 500;
/** A client that does not read: beyond this it is cut off and takes up where it was when it is back. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const HELLO_WITHIN_MS = 10_000;
/** Intermediaries drop silent connections; a dead one is noticed. */
const PING_MS = 25_000;

export interface Sockets {
  count(): number;
  close(): void;
}

/** The three WebSockets: the desktop's stream, the widget's, and SIP (RFC 7118). */
export function attachSockets(server: Server, options: ApiOptions): Sockets {
  const { log } = options;
  const stream = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const sip = new WebSocketServer({ noServer: true, maxPayload: MAX_SIP_FRAME_BYTES, handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });
  const perAddress = new Map<string, number>();
  const all = new Set<WebSocket>();

  const opened = (socket: WebSocket, address: string): void => {
    all.add(socket);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
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
    const address = request.socket.remoteAddress ?? "";
    if ((perAddress.get(address) ?? 0) >= MAX_SOCKETS_PER_ADDRESS) return refuse(socket, "429 Too Many Requests");
    if (path === "/api/stream") {
      if (foreignOrigin(request.headers)) return refuse(socket, "403 Forbidden");
      void userOf(request, options).then((user) => {
        if (!user) return refuse(socket, "401 Unauthorized");
        stream.handleUpgrade(request, socket, head, (ws) => {
          opened(ws, address);
          desktopSocket(ws, user.id, options);
        });
      }, (error: Error) => {
        log.error({ why: error.message }, "a session could not be checked");
        refuse(socket, "503 Service Unavailable");
      });
    } else if (path === "/api/widget/stream") {
      stream.handleUpgrade(request, socket, head, (ws) => {
        opened(ws, address);
        widgetSocket(ws, options);
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
    close() {
      for (const socket of all) socket.close(1001, "server stopping");
      stream.close();
      sip.close();
    },
  };
}

async function userOf(request: IncomingMessage, { directory, sessions }: ApiOptions): Promise<ReturnType<typeof directory.user>> {
  const cookie = (request.headers.cookie ?? "").split(";").map((part) => part.trim().split("=")).find(([name]) => name === COOKIE)?.[1];
  const userId = cookie ? await sessions.userOf(cookie) : null;
  const user = userId ? directory.user(userId) : null;
  return user?.active ? user : null;
}

function sender<F>(socket: WebSocket, log: Log): (frame: F) => void {
  return (frame) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      log.warn({ buffered: socket.bufferedAmount }, "a client does not read; cut off");
      return socket.terminate();
    }
    socket.send(JSON.stringify(frame));
  };
}

function readJson(data: RawData): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined; // not JSON: refused by the schema below, like any other bad frame
  }
}

function desktopSocket(socket: WebSocket, userId: string, options: ApiOptions): void {
  const { centre, directory, feed, log } = options;
  const send = sender<ServerFrame>(socket, log);
  let unsubscribe: (() => void) | null = null;
  const cancelLate = options.clock.after(HELLO_WITHIN_MS, () => socket.close(1008, "no hello"));
  socket.on("message", (data) => {
    const read = ClientFrame.safeParse(readJson(data));
    if (!read.success) return socket.close(1008, "bad frame");
    const frame = read.data;
    if (frame.t === "hello") {
      const user = directory.user(userId);
      if (unsubscribe || !user) return;
      cancelLate();
      if (user.roles.includes("agent")) centre.desktopOpened(userId);
      unsubscribe = feed.subscribe(
        {
          user,
          send(out) {
            send(out);
            if (out.t === "bye") socket.close(1000, out.why);
          },
        },
        frame,
      );
      return;
    }
    if (!unsubscribe) return;
    if (frame.t === "ping") {
      centre.desktopAlive(userId);
      return send({ t: "pong", nowMs: options.clock.now() });
    }
    if (centre.interaction(frame.interactionId)?.agentId !== userId) return;
    if (frame.t === "typing") options.chat.agentTyping(frame.interactionId);
    else void centre.commands.read(userId, frame.interactionId, frame.upTo).then((done) => {
      if (!done.ok) log.debug({ code: done.code }, "a read mark came too late");
    });
  });
  socket.on("close", () => {
    cancelLate();
    if (!unsubscribe) return;
    unsubscribe();
    if (directory.user(userId)?.roles.includes("agent")) centre.desktopClosed(userId);
  });
}

function widgetSocket(socket: WebSocket, options: ApiOptions): void {
  const { chat, crm, log } = options;
  const send = sender<import("@tandem/protocol").WidgetServerFrame>(socket, log);
  let handle: ReturnType<typeof chat.attach> | null = null;
  let greeted = false;
  let closed = false;
  const cancelLate = options.clock.after(HELLO_WITHIN_MS, () => socket.close(1008, "no hello"));

  const greet = async (hello: Extract<WidgetClientFrame, { t: "hello" }>): Promise<void> => {
    const known = hello.token === null ? null : await crm.visitorByToken(hello.token);
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
  };

  socket.on("message", (data) => {
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
    } else handle?.frame(read.data);
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
