import type { Envelope } from "../envelope.ts";
import { nobody } from "../dialog.ts";
import type { Ground } from "../ground.ts";
import { limits, timerCMs, transactionLifeMs } from "../limits.ts";
import type { SipMessage } from "../message.ts";
import { parseNameAddr } from "../name-addr.ts";
import type { RequestParts } from "../print.ts";
import type { ClientTransaction, ServerTransaction } from "../transactions.ts";
import { parseUri } from "../uri.ts";
import { ownVia } from "../via.ts";
import { ownAddress, type Way } from "../way.ts";
import { bestOf, collectedChallenges, type Outcome } from "./best-response.ts";
import { printForwarded, printPassed } from "./forward.ts";
import { recordRoutes, type Pins, type RouteTokens } from "./route-token.ts";
import type { Target } from "./targets.ts";

/** What is the same for every branch of a request. */
export interface Plan {
  request: SipMessage;
  envelope: Envelope;
  /** Route values left after ours were taken; null = the request had none of ours and none was added. */
  routes: readonly string[] | null;
  /** Ready for the branches: one less than it came with. */
  maxForwards: number;
  maxBreadth: number;
  loopMark: string;
  /** Null: no Record-Route. */
  pinCaller: { way: Way | null } | null;
  ringMs: number;
  /** What a 3xx to that contact leads to; none = it is not ours to follow. */
  follow(contact: string): readonly Target[];
}

/** One target, tried at one next hop after the other. */
interface Branch {
  readonly id: string;
  readonly target: Target;
  readonly ways: readonly Way[];
  readonly maxBreadth: number | null;
  hop: number;
  transaction: ClientTransaction | null;
  heard: boolean;
  cancelWanted: boolean;
  outcome: Outcome | null;
}

export interface ForkingPort {
  ground: Ground;
  tokens: RouteTokens;
  newBranchId(): string;
  /** Timer C and its branch; null = it is over. */
  watch(id: string, branch: (() => void) | null): void;
  /** The request has its final answer. */
  done(server: ServerTransaction): void;
}

/** The response context of RFC 3261 16: one request, its branches, and what goes back. Groups of targets are tried one after the other. */
export class Forking {
  readonly #port: ForkingPort;
  /** Null when the request has its answer: what is left to do is to pass repetitions. */
  #plan: Plan | null;
  readonly #server: ServerTransaction;
  readonly #invite: boolean;
  readonly #groups: (readonly Target[])[];
  readonly #tried = new Set<string>();
  readonly #branches: Branch[] = [];
  /** Targets whose next hop is being asked for. */
  #asking = 0;
  /** No further target: somebody answered, declined for all, or the caller gave up. */
  #closed = false;
  #answered = false;
  #advancing = false;

  constructor(port: ForkingPort, plan: Plan, server: ServerTransaction, groups: readonly (readonly Target[])[]) {
    this.#port = port;
    this.#plan = plan;
    this.#server = server;
    this.#invite = server.invite;
    this.#groups = [...groups];
  }

  start(): void {
    // RFC 3261 16.2: "a stateful proxy ... SHOULD NOT generate 100 (Trying) responses to non-INVITE requests", and to an INVITE within 200 ms
    if (this.#invite) this.#port.ground.transactions.respond(this.#server, 100);
    this.#advance();
  }

  /** CANCEL of the caller (RFC 3261 16.10): the branches are cancelled, their 487 goes back. */
  cancel(): void {
    this.#closed = true;
    for (const branch of this.#branches) this.#cancelBranch(branch);
    this.#advance();
  }

  /** Starts groups until one has a branch that is open; answers when none is left. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#asking === 0 && this.#branches.every((branch) => branch.outcome !== null) && !this.#answered) {
      const group = this.#closed ? undefined : this.#groups.shift();
      if (!group) {
        this.#finish();
        break;
      }
      if (this.#plan) this.#startGroup(group, this.#plan);
    }
    this.#advancing = false;
  }

  #startGroup(group: readonly Target[], { maxBreadth }: Plan): void {
    // RFC 3261 16.5: a target that was tried is not tried again; and a request reaches only so many
    const fresh = group.filter(({ uri }) => !this.#tried.has(uri)).slice(0, limits.maxForkTargets - this.#tried.size);
    // RFC 5393 5.3: the breadth of a request is shared by its parallel branches, so that forks of forks do not multiply
    if (fresh.length > maxBreadth) {
      this.#branches.push(this.#newBranch(fresh[0]!, [], null, { status: 440, response: null }));
      return;
    }
    const breadth = fresh.length > 1 ? Math.floor(maxBreadth / fresh.length) : null;
    for (const target of fresh) {
      this.#tried.add(target.uri);
      this.#findWay(target, breadth);
    }
  }

  #findWay(target: Target, breadth: number | null): void {
    const open = (ways: readonly Way[]): void => {
      const branch = this.#newBranch(target, ways, breadth, null);
      this.#branches.push(branch);
      if (this.#closed) branch.outcome = { status: 487, response: null };
      // RFC 3261 16.6 step 7 by RFC 3263: no place to send it to is as good as a transport error
      else if (ways.length === 0) branch.outcome = { status: 503, response: null };
      else this.#send(branch);
    };
    if (target.way) return open([target.way]);
    const next = this.#nextHop(target);
    const uri = next === null ? null : parseUri(next);
    if (!uri) return open([]);
    let now = true;
    this.#asking++;
    this.#port.ground.hops.find(uri, null, (ways) => {
      this.#asking--;
      open(ways);
      if (!now) this.#advance();
    });
    now = false;
  }

  /** The URI that says where the request goes: the first Route, or its own (RFC 3261 16.6 step 7). */
  #nextHop(target: Target): string | null {
    const first = this.#routesFor(target)[0];
    return first === undefined ? target.uri : (parseNameAddr(first)?.raw ?? null);
  }

  #routesFor(target: Target): readonly string[] {
    const routes = this.#plan?.routes ?? [];
    return target.routes.length === 0 ? routes : [...target.routes, ...routes];
  }

  #newBranch(target: Target, ways: readonly Way[], maxBreadth: number | null, outcome: Outcome | null): Branch {
    return { id: this.#port.newBranchId(), target, ways, maxBreadth, hop: 0, transaction: null, heard: false, cancelWanted: false, outcome };
  }

  #send(branch: Branch): void {
    const { ground, tokens } = this.#port;
    if (!this.#plan) return;
    const { request, envelope, loopMark, maxForwards, pinCaller, routes } = this.#plan;
    const way = branch.ways[branch.hop]!;
    const own = ownAddress(way, ground.points, ground.settings.domain);
    const id = `${branch.id}${branch.hop === 0 ? "" : `h${branch.hop}`}.${loopMark}`;
    const via = ownVia(own, id);
    const where = aimed(branch.target.uri, this.#routesFor(branch.target), routes !== null || branch.target.routes.length > 0);
    let recorded = "";
    if (pinCaller) {
      const pins: Pins = { caller: pinCaller.way, callee: branch.target.pinned ? branch.target.way : null };
      recorded = recordRoutes(tokens.make(envelope, pins, ground.nowMs), { flow: this.#server.flow }, way, ground.points, ground.settings.domain);
    }
    const bytes = printForwarded(request, envelope, this.#server.flow, {
      uri: where.uri, via, recordRoutes: recorded, routes: where.routes, maxForwards, maxBreadth: branch.maxBreadth, realm: ground.settings.domain,
    });
    // what its ACK and its CANCEL are made of (RFC 3261 17.1.1.3, 9.1)
    const parts: RequestParts = {
      method: request.method, uri: where.uri, via, maxForwards, from: request.header("from") ?? "", to: request.header("to") ?? "",
      callId: envelope.callId, cseq: envelope.cseq, routes: where.routes ?? (this.#invite ? request.list("route") : []), headers: [], body: null,
    };
    if (this.#invite) this.#restartTimerC(branch);
    branch.transaction = ground.transactions.openClient(parts, id, way, {
      response: (response) => this.#heard(branch, response),
      timeout: () => this.#silent(branch, 408),
      transportError: () => this.#silent(branch, 503),
    }, bytes);
  }

  /** RFC 3263 4.3: the next hop of the same target; else RFC 3261 16.8 and 16.9: as if a 408 or 503 had come. */
  #silent(branch: Branch, status: number): void {
    if (branch.outcome) return;
    if (!this.#tryNextHop(branch)) this.#ended(branch, { status, response: null });
  }

  #tryNextHop(branch: Branch): boolean {
    if (branch.hop + 1 >= branch.ways.length || branch.heard || this.#closed) return false;
    branch.hop++;
    this.#send(branch);
    return true;
  }

  #heard(branch: Branch, response: SipMessage): void {
    const { status } = response;
    if (status < 200) return this.#provisional(branch, response);
    if (status < 300) return this.#succeeded(branch, response);
    if (branch.outcome) return;
    if (status === 503 && this.#tryNextHop(branch)) return;
    if (status < 400 && !this.#closed && this.#followed(response)) return this.#ended(branch, null);
    branch.outcome = { status, response };
    if (status >= 600) {
      // RFC 3261 16.7 step 5: "the proxy SHOULD cancel all client pending transactions ... and it MUST NOT create any new branches"
      this.#closed = true;
      for (const other of this.#branches) this.#cancelBranch(other);
    }
    this.#ended(branch, branch.outcome);
  }

  #provisional(branch: Branch, response: SipMessage): void {
    branch.heard = true;
    if (branch.cancelWanted) return this.#sendCancel(branch);
    if (response.status === 100 || branch.outcome) return;
    // step 2: "the proxy MUST reset timer C ... if a provisional response with status code 101 to 199 inclusive was received"
    if (this.#invite) this.#restartTimerC(branch);
    this.#pass(response, "");
  }

  #succeeded(branch: Branch, response: SipMessage): void {
    // step 5: every 2xx to an INVITE goes back, also late and repeated ones: only the caller can acknowledge them
    this.#pass(response, "");
    if (branch.outcome) return;
    branch.outcome = { status: response.status, response: null };
    this.#stopTimerC(branch);
    if (this.#answered) return;
    this.#answered = true;
    this.#closed = true;
    // step 10: "the proxy MUST generate a CANCEL request for all pending client transactions"
    if (this.#branches.length > 1) for (const other of this.#branches) this.#cancelBranch(other);
    this.#plan = null;
    this.#port.done(this.#server);
  }

  /** `outcome` null: a redirection that we follow ourselves, and that counts for nothing. */
  #ended(branch: Branch, outcome: Outcome | null): void {
    branch.outcome = outcome ?? { status: 0, response: null };
    this.#stopTimerC(branch);
    this.#advance();
  }

  /** Step 4: the contacts of a 3xx become the next targets, if all of them are for us to follow; else the caller decides. */
  #followed(response: SipMessage): boolean {
    const groups = new Map<number, Target[]>();
    for (const text of response.list("contact")) {
      const contact = parseNameAddr(text);
      const targets = contact && this.#plan ? this.#plan.follow(contact.raw) : [];
      if (!contact || targets.length === 0) return false;
      const q = Number(contact.params.get("q") ?? "1");
      groups.set(q, [...(groups.get(q) ?? []), ...targets]);
    }
    if (groups.size === 0) return false;
    this.#groups.unshift(...[...groups].sort(([a], [b]) => b - a).map(([, targets]) => targets));
    return true;
  }

  #finish(): void {
    const { transactions } = this.#port.ground;
    const outcomes = this.#branches.flatMap(({ outcome }) => (outcome && outcome.status >= 300 ? [outcome] : []));
    const best = bestOf(outcomes);
    this.#answered = true;
    this.#plan = null;
    this.#port.done(this.#server);
    if (!best) return transactions.respond(this.#server, 480);
    // RFC 4320 4.2: nobody waits for a 408 to anything but an INVITE any more
    if (best.status === 408 && !this.#invite && best.response === null) return transactions.drop(this.#server);
    // step 6: "A proxy which receives a 503 (Service Unavailable) response SHOULD NOT forward it upstream": the others may be well
    if (best.status === 503 || best.response === null) return transactions.respond(this.#server, best.status === 503 ? 500 : best.status);
    this.#pass(best.response, collectedChallenges(best, outcomes));
  }

  #pass(response: SipMessage, added: string): void {
    const bytes = printPassed(response, added);
    if (bytes) this.#port.ground.transactions.pass(this.#server, response.status, bytes);
  }

  #cancelBranch(branch: Branch): void {
    // RFC 3261 9.1: only an INVITE is worth a CANCEL
    if (!this.#invite || branch.outcome || branch.cancelWanted) return;
    branch.cancelWanted = true;
    if (branch.heard) this.#sendCancel(branch);
  }

  /** RFC 3261 9.1: same Request-URI, Route, From, To, Call-ID and CSeq number, and our Via alone. */
  #sendCancel(branch: Branch): void {
    const { transactions } = this.#port.ground;
    const { transaction } = branch;
    if (!transaction) return;
    const id = transaction.branch;
    if (transactions.has(id, "CANCEL")) return;
    transactions.openClient({ ...transaction.parts, method: "CANCEL" }, id, transaction.way, nobody);
    this.#port.ground.timers.start(branch.id, "C", this.#port.ground.nowMs + transactionLifeMs);
  }

  #restartTimerC(branch: Branch): void {
    const ms = Math.min(this.#plan?.ringMs ?? timerCMs, timerCMs);
    this.#port.watch(branch.id, () => this.#timerC(branch));
    this.#port.ground.timers.start(branch.id, "C", this.#port.ground.nowMs + ms);
  }

  #stopTimerC(branch: Branch): void {
    if (!this.#invite) return;
    this.#port.watch(branch.id, null);
    this.#port.ground.timers.stopAll(branch.id);
  }

  /** RFC 3261 16.8: "If the client transaction has received a provisional response, the proxy MUST generate a CANCEL"; else as if it got a 408. */
  #timerC(branch: Branch): void {
    if (branch.outcome) return;
    if (branch.heard && !branch.cancelWanted) return this.#cancelBranch(branch);
    // its CANCEL had no effect in 64*T1 (9.1), or it never said a word: over for us, and cancelled should it speak after all
    const status = branch.cancelWanted ? 487 : 408;
    branch.cancelWanted = true;
    this.#ended(branch, { status, response: null });
  }
}

/** RFC 3261 16.6 step 6: a strict router (no lr) gets the Request-URI, and ours goes to the end of the Route. */
export function aimed(uri: string, routes: readonly string[], changed: boolean): { uri: string; routes: readonly string[] | null } {
  const first = routes[0] === undefined ? null : parseNameAddr(routes[0]);
  if (!first || first.uri?.params.has("lr")) return { uri, routes: changed ? routes : null };
  return { uri: first.raw, routes: [...routes.slice(1), `<${uri}>`] };
}
