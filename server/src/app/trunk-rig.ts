/** For tests: trunks on real sockets, with an in-memory store, and peers beside them. */
import { spawn, type ChildProcess } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import type { OutboundRoute, StirSettings, Trunk } from "@tandem/protocol";
import { silentLog } from "../base/log.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { createTrunks, type TrunkAttempt, type TrunkRow, type Trunks, type TrunkStore } from "../trunk/trunk.ts";
import { realChance, realClock } from "./real-ports.ts";
import { createSipDns } from "./sip-dns.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";
import type { SipTls } from "./sip-tls.ts";

export const offer = "v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

export const TRUNK: Trunk = {
  name: "Operator", active: true, host: "127.0.0.1", port: 5060, transport: "udp", registers: false, username: "", domain: "", addresses: [], region: "FR", numberFormat: "e164",
  callerNumber: { mode: "extension", number: "+33270000100" }, trusted: false, signs: false, srtp: "off", maxCalls: 100, keepAliveS: 0, headerRules: [], dataHeaders: [],
};

export interface TrunkRig {
  sockets: SipSockets;
  trunks: Trunks;
  rows: Map<string, TrunkRow>;
  events: SipEvent[];
  /** Puts a trunk; without routes of its own it carries everything. */
  put(id: string, trunk: Partial<Trunk>, password?: string): void;
  /** Resolves when `find` finds something; looked for after every event. */
  until<T>(what: string, find: () => T | undefined | null | false, limitMs?: number): Promise<T>;
  of<T extends SipEvent["type"]>(type: T): Extract<SipEvent, { type: T }>[];
  /** Places a call as the exchange does: each attempt in turn until one is answered. Resolves with its ref and trunk. */
  call(dialled: string, more?: { anonymous?: boolean; onBehalfOf?: { e164: string; name: string }; headers?: Record<string, string> }): Promise<{ ref: string; trunkId: string | null; status: number }>;
  stop(): Promise<void>;
}

export async function trunkRig({ routes, stir, stirKey, fetchCertificate, tls }: {
  routes?: () => (OutboundRoute & { id: string })[]; stir?: StirSettings; stirKey?: string; fetchCertificate?: (url: string) => Promise<string | null>; tls?: SipTls;
} = {}): Promise<TrunkRig> {
  const rows = new Map<string, TrunkRow>();
  const passwords = new Map<string, string>();
  const hearers: Parameters<TrunkStore["onChange"]>[0][] = [];
  const store: Pick<TrunkStore, "trunks" | "trunk" | "password" | "routes" | "stir" | "stirKey" | "onChange"> = {
    trunks: () => [...rows.values()],
    trunk: (id) => rows.get(id) ?? null,
    password: (id) => passwords.get(id) ?? "",
    routes: routes ?? (() => [{ id: "r", name: "All", prefixes: ["+"], trunks: [...rows.keys()].map((trunkId, i) => ({ trunkId, priority: i + 1, weight: 1 })) }]),
    stir: () => stir ?? { certificateUrl: "", certificate: "", roots: [], allowedHosts: [], attestAs: "A" },
    stirKey: () => stirKey ?? null,
    onChange: (hear) => void hearers.push(hear),
  };
  const events: SipEvent[] = [];
  const waiting = new Set<() => void>();
  let sockets: SipSockets;
  const trunks = createTrunks({
    sip: { command: (command) => sockets.command(command) }, store: store as TrunkStore, clock: realClock, chance: realChance, log: silentLog, contactUser: (trunkId) => `secret-${trunkId}`,
    fraud: { check: () => ({ ok: true }), allows: () => true, started: () => {}, ended: () => {} }, region: () => "FR", emergencyNumbers: () => ["112", "15"],
    fetchCertificate: fetchCertificate ?? (() => Promise.resolve(null)),
  });
  const core = createSipCore({ domain: "tandem.local", chance: realChance, isPublicTarget: (user, address) => trunks.admits(user, address), credentials: () => null });
  sockets = await openSipSockets({
    host: "127.0.0.1", udpPort: 0, tcpPort: 0, ...(tls && { tls }), core, clock: realClock, log: silentLog, dns: createSipDns({ clock: realClock, chance: realChance, log: silentLog }),
    hear(event) {
      trunks.onSip(event);
      events.push(event);
      for (const look of Array.from(waiting)) look();
    },
  });
  trunks.start();
  trunks.onState(() => {
    for (const look of Array.from(waiting)) look();
  });
  let serial = 0;
  const until: TrunkRig["until"] = (what, find, limitMs = 60_000) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(look);
      reject(new Error(`no ${what} within ${limitMs} ms; heard ${JSON.stringify(events.map((e) => ("headers" in e ? { ...e, headers: undefined, flow: undefined } : e)))}`));
    }, limitMs);
    const look = (): void => {
      const found = find();
      if (found === undefined || found === null || found === false) return;
      clearTimeout(timer);
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
  });
  return {
    sockets, trunks, rows, events, until,
    put(id, trunk, password) {
      rows.set(id, { ...TRUNK, ...trunk, id });
      if (password !== undefined) passwords.set(id, password);
      for (const hear of hearers) hear({ kind: "trunk", id, gone: false });
    },
    of: <T extends SipEvent["type"]>(type: T) => events.filter((event): event is Extract<SipEvent, { type: T }> => event.type === type),
    async call(dialled, more = {}) {
      const plan = trunks.plan({ dialled, callClass: "international", callerNumber: null, callerName: "Léa Martin", account: "1001", anonymous: more.anonymous ?? false, ...(more.onBehalfOf ? { onBehalfOf: more.onBehalfOf } : {}) }, Date.now());
      if (!plan.ok) return { ref: "", trunkId: null, status: plan.status };
      let status = 0;
      for (const attempt of plan.attempts) {
        const ref = `call${++serial}`;
        sockets.command(inviteOf(ref, attempt));
        const over = await until(`end of ${ref}`, () => events.find((e) => (e.type === "answered" || e.type === "failed") && e.ref === ref));
        if (over.type === "answered") return { ref, trunkId: attempt.trunkId, status: 200 };
        status = over.type === "failed" ? over.status : 0;
        if (!trunks.failed(attempt.trunkId, status)) return { ref, trunkId: attempt.trunkId, status };
      }
      return { ref: "", trunkId: null, status };
    },
    async stop() {
      await trunks.stop();
      await sockets.stop();
    },
  };
}

export function inviteOf(ref: string, { target, from, headers, auth, via, noReplyMs }: TrunkAttempt): Extract<Parameters<SipSockets["command"]>[0], { type: "invite" }> {
  return { type: "invite", ref, target, from, headers, via, noReplyMs, sdp: offer, noAnswerMs: 60_000, ...(auth ? { auth } : {}) };
}

export interface Run {
  child: ChildProcess;
  output(): string;
  done: Promise<number | null>;
}

export function run(command: string, args: readonly string[], cwd: string): Run {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const done = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`${command} cannot run (apt-get install sip-tester kamailio dnsmasq-base openssl): ${error.message}`)));
    child.on("close", (code) => resolve(code));
  });
  return { child, output: () => output, done };
}

/** A UDP peer that the test writes itself: what it hears is kept, and answered by `answer` (status line and headers), or not at all. */
export interface Tap {
  port: number;
  heard: string[];
  next(match: RegExp, limitMs?: number): Promise<string>;
  close(): Promise<void>;
}

export async function tap(answer: (request: string) => string | null): Promise<Tap> {
  const socket: Socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (bytes, from) => {
    const text = bytes.toString("utf8");
    heard.push(text);
    const status = answer(text);
    if (status !== null) socket.send(replyTo(text, status), from.port, from.address);
    for (const look of Array.from(waiting)) look();
  });
  return {
    port: socket.address().port,
    heard,
    next: (match, limitMs = 60_000) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing like ${match.source} heard: ${heard.join("\n")}`)), limitMs);
      const look = (): void => {
        const found = heard.find((text) => match.test(text));
        if (found === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    }),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** `status`: "486 Busy Here" and, after line ends, more headers. */
export function replyTo(request: string, status: string): string {
  const lines = request.split("\r\n");
  const copied = lines.filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line));
  const to = lines.find((line) => /^To:/i.test(line)) ?? "";
  return `SIP/2.0 ${[status, ...copied, /;tag=/.test(to) ? to : `${to};tag=tap1`].join("\r\n")}\r\nContent-Length: 0\r\n\r\n`;
}
