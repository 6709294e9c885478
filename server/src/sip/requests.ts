import type { ClientAuth } from "./client-auth.ts";
import type { Flow } from "./contract.ts";
import type { Ground } from "./ground.ts";
import { limits, transactionLifeMs } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { printRequest, type Body, type HeaderPair, type RequestParts } from "./print.ts";
import type { ClientTransaction } from "./transactions.ts";
import { ownVia } from "./via.ts";
import { ownAddress, type Way } from "./way.ts";

/** RFC 3261 18.1.1: "If a request is within 200 bytes of the path MTU, or if it is larger than 1300 bytes and the path MTU is unknown, the request MUST be sent using ... TCP". */
const maxUdpBytes = 1_300;
/** A peer that refused our TCP is spared it for so long. */
const noTcpMs = 600_000;

/** A request outside of a dialog: REGISTER, OPTIONS, MESSAGE. */
export interface RequestPlan {
  method: string;
  uri: string;
  /** With its tag. */
  from: string;
  to: string;
  callId: string;
  cseq: number;
  /** Everything that depends on the way taken: Contact. */
  headers(own: { transport: string; address: string; port: number }): readonly HeaderPair[];
  body: Body | null;
  /** Route header values: the Path of a registered contact (RFC 3327). */
  routes?: readonly string[];
  /** As NextHops found them. */
  ways: readonly Way[];
  auth: ClientAuth | null;
  /** Longest wait for a final answer of one hop; absent = 64*T1. */
  replyWithinMs?: number;
}

export interface Outcome {
  /** 0: no way led anywhere; 408: nobody answered; 503: not reachable, or their own. */
  status: number;
  response: SipMessage | null;
  flow: Flow | null;
  /** Of the last request sent: the next one of this Call-ID goes on from here. */
  cseq: number;
}

interface Running {
  plan: RequestPlan;
  at: number;
  transaction: ClientTransaction;
  /** The request went once more under a new branch: late answers to the old one say nothing. */
  over: boolean;
  failed(): void;
}

/**
 * Carries a request outside of a dialog to its end: each hop in turn after silence, a broken way or a 503 (RFC 3263 4.3), challenges
 * answered (RFC 3261 22), TCP for what is too large for UDP.
 */
export class Requests {
  readonly #ground: Ground;
  readonly #running = new Map<string, Running>();
  /** "host:port" -> until when TCP is not tried for large requests. */
  readonly #noTcp = new Map<string, number>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  send(plan: RequestPlan, done: (outcome: Outcome) => void): void {
    this.#try(plan, 0, plan.cseq, null, done);
  }

  /** Timer "late" of a request. */
  late(id: string): void {
    const running = this.#running.get(id);
    if (!running) return;
    this.#ground.transactions.abandon(running.transaction);
    running.failed();
  }

  /** For an INVITE too: the ways to try for a request of that size, TCP before UDP when it is too large. */
  waysFor(ways: readonly Way[], print: (way: Way) => RequestParts): readonly Way[] {
    const first = ways[0];
    if (!first || first.flow || first.transport !== "udp" || isSmall(print(first))) return ways;
    return ways.flatMap((way) => (way.flow || way.transport !== "udp" || this.#sparedTcp(way.host, way.port) ? [way] : [{ ...way, transport: "tcp" as const }, way]));
  }

  /** TCP instead of UDP did not work there. */
  spareTcp(way: Way): void {
    if (way.flow || way.transport !== "tcp") return;
    if (this.#noTcp.size >= limits.maxHostsWithoutTcp) this.#noTcp.clear();
    this.#noTcp.set(`${way.host}:${way.port}`, this.#ground.nowMs + noTcpMs);
  }

  #sparedTcp(host: string, port: number): boolean {
    return (this.#noTcp.get(`${host}:${port}`) ?? 0) > this.#ground.nowMs;
  }

  #try(plan: RequestPlan, at: number, cseq: number, authorization: readonly HeaderPair[] | null, done: (outcome: Outcome) => void): void {
    const ground = this.#ground;
    const way = plan.ways[at];
    if (!way) return done({ status: 0, response: null, flow: null, cseq });
    const own = ownAddress(way, ground.points, ground.settings.domain);
    const branch = ground.newBranch();
    const parts: RequestParts = {
      method: plan.method, uri: plan.uri, via: ownVia(own, branch), maxForwards: 70, from: plan.from, to: plan.to, callId: plan.callId, cseq, routes: plan.routes ?? [],
      headers: [...plan.headers(own), ...(authorization ?? plan.auth?.begin(plan.method, plan.uri, way) ?? [])], body: plan.body,
    };
    if (at === 0) {
      const ways = this.waysFor(plan.ways, () => parts);
      if (ways.length > plan.ways.length) return this.#try({ ...plan, ways }, 0, cseq, authorization, done);
    }
    const id = `q|${branch}`;
    const end = (): boolean => {
      if (running.over) return false;
      running.over = true;
      this.#running.delete(id);
      ground.timers.stopAll(id);
      return true;
    };
    const onwards = (status: number, response: SipMessage | null, flow: Flow | null): void => {
      if (!end()) return;
      if (status === 503 && response === null) this.spareTcp(way);
      if (at + 1 < plan.ways.length) this.#try(plan, at + 1, cseq + 1, null, done);
      else done({ status, response, flow, cseq });
    };
    const running: Running = {
      plan, at, over: false, failed: () => onwards(408, null, null),
      transaction: ground.transactions.openClient(parts, branch, way, {
        response: (response, _envelope, flow) => {
          if (response.status < 200) return;
          if (response.status === 503) return onwards(503, response, flow);
          if (!end()) return;
          const again = plan.auth?.answer(response, flow, plan.method, plan.uri) ?? null;
          if (again) this.#try({ ...plan, ways: plan.ways.slice(at) }, 0, cseq + 1, again, done);
          else done({ status: response.status, response, flow, cseq });
        },
        timeout: () => onwards(408, null, null),
        transportError: () => onwards(503, null, null),
      }),
    };
    this.#running.set(id, running);
    if ((plan.replyWithinMs ?? transactionLifeMs) < transactionLifeMs) ground.timers.start(id, "late", ground.nowMs + plan.replyWithinMs!);
  }
}

/** Printed only when a generous guess says that it might be too large: nearly no call is. */
function isSmall(parts: RequestParts): boolean {
  let chars = 200 + parts.uri.length + parts.via.length + parts.from.length + parts.to.length + parts.callId.length;
  for (const [name, value] of parts.headers) chars += name.length + value.length + 4;
  for (const route of parts.routes) chars += route.length + 9;
  if (parts.body) chars += Buffer.byteLength(parts.body.text) + parts.body.type.length;
  return chars <= maxUdpBytes || printRequest(parts).length <= maxUdpBytes;
}
