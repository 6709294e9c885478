/** For tests: a back-to-back user agent on real sockets and real media, as small as one can be; see sip-flows.peer.test.ts. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import { silentLog } from "../base/log.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { Legs, type Invitation, type LegEvent } from "../voice/voice.ts";
import { startMedia } from "./media-host.ts";
import { credentialsOf, DOMAIN, freePort } from "./peer-network.ts";
import { realChance, realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";

export { DOMAIN } from "./peer-network.ts";

type Incoming = Extract<SipEvent, { type: "incoming" }>;

interface Side {
  ref: string;
  other: Side | null;
  incoming: boolean;
  state: "early" | "up" | "gone";
  /** Who asked for the call that this side rings for, by REFER: hears how it goes. */
  referrer: Side | null;
  /** The side whose place this one takes as soon as it is up. */
  replaces: Side | null;
}

export interface FlowRig {
  readonly port: number;
  readonly tcpPort: number;
  readonly sip: SipSockets;
  readonly legs: Legs;
  /** Everything heard, in order, with the leg's ref. */
  readonly heard: { ref: string; event: LegEvent }[];
  readonly events: SipEvent[];
  /** Number dialled -> where it leads. */
  readonly targets: Map<string, Omit<Invitation, "kind" | "from" | "maxForwards"> | { status: number }>;
  /** What the tests do with legs beside. */
  on: (ref: string, event: LegEvent) => void;
  stop(): Promise<void>;
}

/** Who calls a number is put through to its target: early media, answer, hold, transfers and the end pass from one side to the other. */
export async function startFlowRig(): Promise<FlowRig> {
  const core = createSipCore({
    domain: DOMAIN, chance: realChance, isPublicTarget: (user) => user !== "private",
    credentials: (account) => (account === "1001" ? credentialsOf(account) : null),
  });
  const media = await startMedia({ host: "127.0.0.1", log: silentLog });
  const sides = new Map<string, Side>();
  const events: SipEvent[] = [];
  const sip = await openSipSockets({
    host: "127.0.0.1", udpPort: 0, tcpPort: 0, core, clock: realClock, log: silentLog,
    hear(event) {
      events.push(event);
      if (event.type === "incoming") incoming(event);
      else legs.onSip(event);
    },
  });
  const legs = new Legs(sip, media, silentLog);
  media.onEvent((event) => legs.onMedia(event));
  const rig: FlowRig = { port: sip.ports.udp, tcpPort: sip.ports.tcp, sip, legs, heard: [], events, targets: new Map(), on: () => undefined, stop };

  function side(ref: string, isIncoming: boolean): Side {
    const made: Side = { ref, other: null, incoming: isIncoming, state: "early", referrer: null, replaces: null };
    sides.set(ref, made);
    return made;
  }

  function pair(a: Side, b: Side): void {
    a.other = b;
    b.other = a;
  }

  function incoming(event: Incoming): void {
    const caller = side(event.ref, true);
    const replaced = event.replaces === null ? null : sides.get(event.replaces);
    const target = rig.targets.get(event.to.user);
    if (!replaced && (!target || "status" in target)) {
      sides.delete(event.ref);
      return sip.command({ type: "reject", ref: event.ref, status: target?.status ?? 404, reason: "" });
    }
    legs.take(event.ref, event.sdp, (one) => hear(caller, one), { ring: false });
    if (replaced) {
      // RFC 3891: the new call takes the place, and the old one ends
      const { other } = replaced;
      replaced.other = null;
      if (other) pair(caller, other);
      caller.replaces = replaced;
      legs.answer(caller.ref);
    } else if (target && !("status" in target)) call(caller, target, event.maxForwards - 1);
  }

  function call(caller: Side, target: Omit<Invitation, "kind" | "from" | "maxForwards">, maxForwards: number): Side {
    const callee = side(newId("leg", realClock.now(), realChance), false);
    pair(caller, callee);
    legs.invite(callee.ref, { ...target, kind: "rtp", from: { user: "caller", display: "" }, maxForwards }, (event) => hear(callee, event));
    return callee;
  }

  function hear(one: Side, event: LegEvent): void {
    rig.heard.push({ ref: one.ref, event });
    rig.on(one.ref, event);
    const { other } = one;
    if (event.type === "ringing" && other) legs.ring(other.ref);
    else if (event.type === "early" && other) {
      if (one.incoming) media.bridge(one.ref, other.ref);
      else legs.early(other.ref);
    } else if (event.type === "up") up(one);
    else if (event.type === "held" && other) {
      if (event.held) legs.hold(other.ref);
      else legs.resume(other.ref);
    } else if (event.type === "refer") refer(one, event);
    else if (event.type === "gone") gone(one, event);
  }

  function up(one: Side): void {
    const { other } = one;
    one.state = "up";
    if (one.referrer) {
      legs.referProgress(one.referrer.ref, 200, "OK");
      one.referrer = null;
    }
    if (one.replaces) legs.hangUp(one.replaces.ref, "replaced");
    if (other) media.unbridge(other.ref);
    if (other?.state === "up") media.bridge(one.ref, other.ref);
    else if (other?.incoming) legs.answer(other.ref);
  }

  function gone(one: Side, event: Extract<LegEvent, { type: "gone" }>): void {
    const { other } = one;
    one.state = "gone";
    sides.delete(one.ref);
    if (!other || other.other !== one) return;
    other.other = null;
    if (other.incoming && other.state === "early") legs.reject(other.ref, event.status || 480, "", { causes: event.causes });
    else legs.hangUp(other.ref, "", event.causes);
  }

  function refer(one: Side, event: Extract<LegEvent, { type: "refer" }>): void {
    const stays = one.other;
    const consulted = event.replaces?.ref ? sides.get(event.replaces.ref) : undefined;
    const target = rig.targets.get(event.target);
    if (!stays || (!consulted && (!target || "status" in target))) return legs.refuseRefer(one.ref, 404);
    legs.acceptRefer(one.ref);
    one.other = null;
    media.unbridge(one.ref);
    // whoever waited on hold for the transferor waits no more
    legs.resume(stays.ref);
    if (consulted) {
      // attended: who was consulted talks to who stays; the consulting call is replaced
      const { other } = consulted;
      consulted.other = null;
      if (!other) return legs.referProgress(one.ref, 503, "");
      pair(stays, other);
      media.unbridge(other.ref);
      if (consulted.state === "up") {
        media.bridge(stays.ref, other.ref);
        legs.referProgress(one.ref, 200, "OK");
        legs.hangUp(consulted.ref, "replaced");
      } else {
        other.referrer = one;
        legs.reject(consulted.ref, 487, "Request Terminated");
      }
    } else if (target && !("status" in target)) call(stays, target, 70).referrer = one;
  }

  async function stop(): Promise<void> {
    await sip.stop();
    await media.stop();
  }
  return rig;
}

export interface Sipp {
  done: Promise<{ code: number | null; output: string }>;
  port: number;
}

/** Runs one call of a scenario of the folder `sipp`; against `to` (a port of this machine) as caller, else waits for a call. */
export async function sipp(scenario: string, options: { to?: number; service?: string; cwd: string; transport?: "udp" | "tcp" }): Promise<Sipp> {
  const port = await freePort();
  const mediaPort = freeMediaPort();
  const args = [
    ...(options.to === undefined ? [] : [`127.0.0.1:${options.to}`]), "-sf", join(import.meta.dirname, "sipp", `${scenario}.xml`), "-s", options.service ?? "callee", "-m", "1",
    "-i", "127.0.0.1", "-p", String(port), "-mp", String(mediaPort), "-timeout", "60s", "-nostdin", "-t", options.transport === "tcp" ? "t1" : "u1", "-trace_err", "-error_file", join(options.cwd, `${scenario}-${port}.err`), "-trace_msg", "-message_file", join(options.cwd, `${scenario}-${port}.msg`),
  ];
  const child = spawn("sipp", args, { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const done = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`sipp cannot run (apt-get install sip-tester): ${error.message}`)));
    child.on("close", (code) => resolve({ code, output }));
  });
  if (options.to === undefined) await bound(port, options.transport ?? "udp", done);
  return { done, port };
}

/** Until the peer holds its port (as the kernel lists it: trying the port would take it away from the peer): an earlier call would be answered by nobody. */
async function bound(port: number, transport: "udp" | "tcp", done: Promise<unknown>): Promise<void> {
  const state = { over: false };
  void done.then(() => (state.over = true));
  while (!state.over && !isBound(port, transport)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isBound(port: number, transport: "udp" | "tcp"): boolean {
  const entry = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  return readFileSync(`/proc/net/${transport}`, "latin1").split("\n").some((line) => line.slice(0, 24).includes(entry));
}

let mediaPorts = process.pid;

/** sipp takes this one and the second after it: below the ports that the system gives out by itself, or one of those is taken in between. */
function freeMediaPort(): number {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = 15_200 + (mediaPorts++ % 25) * 4;
    if (!isBound(port, "udp") && !isBound(port + 2, "udp")) return port;
  }
  throw new Error("no free port for sipp's media");
}

