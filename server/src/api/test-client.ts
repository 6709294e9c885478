/** Programs' and browsers' side of the API, for tests. */
import type { ServerFrame, Snapshot, StreamEvent, WidgetClientFrame, WidgetServerFrame } from "@tandem/protocol";
import { WebSocket } from "ws";

const WITHIN_MS = 60_000;

export interface Answer {
  status: number;
  headers: Headers;
  // What came, to be looked into by the test's own assertions.
  body: { [key: string]: unknown } & { code?: string; why?: string; field?: string };
  bytes: Buffer;
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export interface Person {
  cookie: string;
  id: string;
  call: Call;
}

/** Until `found` gives something; the condition is the test's, the limit only ends a hopeless wait. */
export async function until<T>(what: string, found: () => T | null | undefined | false | Promise<T | null | undefined | false>, withinMs = WITHIN_MS): Promise<T> {
  const limit = Date.now() + withinMs;
  for (;;) {
    const got = await found();
    if (got !== null && got !== undefined && got !== false) return got;
    if (Date.now() > limit) throw new Error(`waited in vain: ${what}`);
    await new Promise((next) => setTimeout(next, 15));
  }
}

export class Site {
  readonly port: number;
  readonly host: string;
  constructor(port: number, host = "127.0.0.1") {
    this.port = port;
    this.host = host;
  }

  async call(cookie: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(`http://${this.host}:${this.port}${path}`, { method, headers: { ...(cookie === "" ? {} : { cookie }), ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }), redirect: "manual" });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = (answer.headers.get("content-type") ?? "").includes("json");
    return { status: answer.status, headers: answer.headers, bytes, body: isJson ? (JSON.parse(bytes.toString()) as Answer["body"]) : {} };
  }

  anonymous: Call = (method, path, body, headers) => this.call("", method, path, body, headers);

  async signIn(login: string, password: string): Promise<Person> {
    const answer = await this.call("", "POST", "/api/session", { login, password });
    if (answer.status !== 200) throw new Error(`${login} could not sign in: ${answer.status} ${answer.bytes.toString()}`);
    const cookie = answer.headers.getSetCookie()[0]!.split(";")[0]!;
    return { cookie, id: (answer.body["user"] as { id: string }).id, call: (method, path, body, headers) => this.call(cookie, method, path, body, headers) };
  }
}

/** A desktop on the stream; keeps every frame. */
export class Desktop {
  readonly frames: ServerFrame[] = [];
  closed: { code: number; why: string } | null = null;
  readonly #socket: WebSocket;

  constructor(site: Site, cookie: string, hello: { epoch: string | null; seq: number } = { epoch: null, seq: 0 }, origin?: string) {
    this.#socket = new WebSocket(`ws://${site.host}:${site.port}/api/stream`, { headers: { cookie }, ...(origin === undefined ? {} : { origin }) });
    this.#socket.on("open", () => this.#socket.send(JSON.stringify({ t: "hello", ...hello })));
    this.#socket.on("message", (data) => this.frames.push(JSON.parse(data.toString()) as ServerFrame));
    this.#socket.on("close", (code, why) => (this.closed = { code, why: why.toString() }));
    this.#socket.on("error", () => (this.closed ??= { code: 0, why: "refused" }));
  }

  get snapshot(): Snapshot | undefined {
    return this.frames.find((f) => f.t === "snapshot");
  }

  get events(): StreamEvent[] {
    return this.frames.filter((f) => f.t === "event");
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Welcomed: a snapshot, or what was missed. */
  async ready(): Promise<this> {
    await until("the stream's welcome", () => this.frames.some((f) => f.t === "snapshot" || f.t === "resumed"));
    return this;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await until("the stream's end", () => this.closed);
  }
}

/** A page with the widget, as far as the wire goes. */
export class Page {
  readonly frames: WidgetServerFrame[] = [];
  closed: { code: number } | null = null;
  readonly #socket: WebSocket;

  constructor(site: Site, hello: { token?: string | null; interactionId?: string | null; after?: number } = {}, early: readonly WidgetClientFrame[] = []) {
    this.#socket = new WebSocket(`ws://${site.host}:${site.port}/api/widget/stream`);
    this.#socket.on("open", () => {
      this.send({ t: "hello", token: null, interactionId: null, after: 0, language: "fr", page: { url: "https://shop.example/", title: "Shop", referrer: "", about: {} }, ...hello });
      for (const frame of early) this.send(frame);
    });
    this.#socket.on("message", (data) => this.frames.push(JSON.parse(data.toString()) as WidgetServerFrame));
    this.#socket.on("close", (code) => (this.closed = { code }));
    this.#socket.on("error", () => (this.closed ??= { code: 0 }));
  }

  send(frame: WidgetClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  async welcome(): Promise<Extract<WidgetServerFrame, { t: "welcome" }>> {
    return until("the widget's welcome", () => this.frames.find((f) => f.t === "welcome"));
  }

  get messages(): Extract<WidgetServerFrame, { t: "message" }>["value"][] {
    return this.frames.flatMap((f) => (f.t === "message" ? [f.value] : []));
  }

  get conversation(): Extract<WidgetServerFrame, { t: "conversation" }>["value"] | undefined {
    return this.frames.findLast((f) => f.t === "conversation")?.value;
  }

  /** Says it and waits for its echo: then it is durable. */
  async say(clientId: string, text: string): Promise<Extract<WidgetServerFrame, { t: "message" }>["value"]> {
    this.send({ t: "message", clientId, text });
    return until(`the echo of ${clientId}`, () => this.messages.find((m) => m.clientId === clientId));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await until("the page's end", () => this.closed);
  }
}
