import type { Flow, SipIdentity } from "../contract.ts";
import type { RouteDecision, RouteQuestion } from "../settings.ts";
import { contactOf } from "../dialog.ts";
import type { Envelope } from "../envelope.ts";
import type { Ground } from "../ground.ts";
import { limits, timerCMs } from "../limits.ts";
import type { SipMessage } from "../message.ts";
import { parseNameAddr } from "../name-addr.ts";
import { OutsideCalls } from "../outside-calls.ts";
import type { HeaderPair } from "../print.ts";
import type { ServerTransaction } from "../transactions.ts";
import { parseUri } from "../uri.ts";
import { ownVia } from "../via.ts";
import { ownAddress, type Way } from "../way.ts";
import { aimed, Forking, type ForkingPort, type Plan } from "./forking.ts";
import { printForwarded } from "./forward.ts";
import { LoopGuard } from "./loop.ts";
import { isRouteToken, RouteTokens, tokenIn, type Onward } from "./route-token.ts";
import { expand, ofPlace, ofUri, reachesItself, type Target } from "./targets.ts";

export interface Refusal {
  status: number;
  headers?: HeaderPair[];
}

export type ProxyDecision = Extract<RouteDecision, { as: "proxy" }>;

/**
 * The stateful proxy (RFC 3261 section 16, with RFC 5393, 5658 and 6026). It relays what `settings.route` sends somewhere, and requests of
 * dialogs that it record-routed: their Route carries a signed token, and without one nothing is relayed. What it does not understand it
 * passes on as it came. Nothing is kept for a dialog.
 */
export class Proxy {
  readonly #ground: Ground;
  readonly #tokens: RouteTokens;
  readonly #loops: LoopGuard;
  readonly #forkings = new Map<ServerTransaction, Forking>();
  /** Calls of strangers that nobody has answered, with how `#outside` counts them. */
  readonly #strangers = new Map<ServerTransaction, string>();
  /** The same allowance as calls of strangers that we answer ourselves: each of these lives for minutes. */
  readonly #outside = new OutsideCalls();
  readonly #timers = new Map<string, () => void>();
  readonly #port: ForkingPort;
  readonly #prefix: string;
  #serial = 0;

  constructor(ground: Ground, secret: string) {
    this.#ground = ground;
    this.#tokens = new RouteTokens(secret);
    this.#loops = new LoopGuard(ground.settings.chance.bytes(8));
    this.#prefix = `z9hG4bK${ground.newTag().slice(0, 8)}`;
    this.#port = {
      ground, tokens: this.#tokens,
      newBranchId: () => this.#newBranchId(),
      watch: (id, fire) => void (fire ? this.#timers.set(id, fire) : this.#timers.delete(id)),
      done: (server) => this.#settled(server),
    };
  }

  /** True for a request with a Route (or, from a strict router, a Request-URI) of ours: see `routed`. Cheap, asked for every request. */
  owns(request: SipMessage): boolean {
    if (isRouteToken(request.uri)) return true;
    const at = request.find("route");
    return at >= 0 && tokenIn(request.value(at)) !== null;
  }

  /** A request of a dialog that we record-routed (RFC 3261 16.4 and 16.12). Null when taken; an ACK is never answered. */
  routed(request: SipMessage, envelope: Envelope, flow: Flow): Refusal | null {
    const routes = request.list("route");
    let { uri } = request;
    if (isRouteToken(uri)) {
      // 16.4: a strict router put our Record-Route into the Request-URI, and what belongs there at the end of the Route
      const last = parseNameAddr(routes.pop() ?? "");
      routes.unshift(`<${uri}>`);
      if (!last) return { status: 400 };
      uri = last.raw;
    }
    let way: Onward | null = null;
    // two of ours when the sides of the call differ in transport (RFC 5658); what stands behind them may be another proxy of our make, whose own it is to check
    for (let token = tokenIn(routes[0] ?? ""); token !== null; token = tokenIn(routes[0] ?? "")) {
      const read = this.#tokens.read(token, envelope, this.#ground.nowMs);
      if (!read) break;
      way = read;
      routes.shift();
    }
    if (!way) return { status: 403 };
    // RFC 6665 4.1.2.2: on this a subscriber asks anew; a call of so many days is over
    if (way.expired) return { status: 481 };
    // Attack: who was let through once begins another call with that token, to wherever its URI says. What has a To tag no gateway takes for a new call
    if (envelope.toTag === "") return { status: 403 };
    const checked = this.#checked(request, envelope, routes);
    if ("status" in checked) return checked;
    const pinned = routes.length === 0 ? way.way : null;
    if (request.method === "ACK") {
      if (!way.gone || routes.length > 0) this.#sendAck(request, envelope, flow, uri, routes, pinned, checked);
      return null;
    }
    // RFC 5626 5.3: "If the flow no longer exists, the proxy SHOULD send a 430 (Flow Failed) response"
    if (way.gone && routes.length === 0) return { status: 430 };
    if (this.#ground.transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
    const target: Target = { uri, way: pinned, pinned: false, routes: [] };
    this.#fork({ request, envelope, routes, ...checked, pinCaller: null, ringMs: timerCMs, follow: () => [] }, flow, [[target]]);
    return null;
  }

  /** A request outside a dialog that `route` sends on. Null when taken. `routes`: the Route without our own entry. */
  forward(request: SipMessage, envelope: Envelope, flow: Flow, decision: ProxyDecision, asker: { from: SipIdentity; trusted: boolean }, routes: readonly string[]): Refusal | null {
    // a Route set of a stranger leads where it wants: that would be an open relay
    if (routes.length > 0 && !asker.trusted) return { status: 403 };
    const checked = this.#checked(request, envelope, routes);
    if ("status" in checked) return checked;
    if (this.#ground.transactions.full) return { status: 503, headers: [["Retry-After", "10"]] };
    if (request.method === "INVITE") {
      const { border } = this.#ground.settings;
      const many = { status: 503, headers: [["Retry-After", "10"] as const] };
      if (!asker.trusted && this.#outside.full(flow.remoteAddress, this.#isKnown(flow))) return many;
      if (border && !border.mayCall(asker.from, parseUri(request.uri)?.user ?? "", flow, this.#ground.nowMs)) return many;
    }
    const contact = request.find("record-route") < 0 ? contactOf(request) : null;
    const plan: Plan = {
      request, envelope, routes: request.find("route") < 0 ? null : routes, ...checked,
      // who came by another proxy is reached by its Route again; who did not, where its Contact says, or where it came from
      pinCaller: decision.recordRoute ? { way: contact === null || reachesItself(contact, flow) ? null : { flow } } : null,
      ringMs: decision.ringMs ?? timerCMs,
      follow: (uri) => this.#follow(uri, decision, request.method, asker),
    };
    this.#fork(plan, flow, expand(this.#ground, decision.groups), !asker.trusted);
    return null;
  }

  /** CANCEL of an INVITE that we forwarded. False: it is no business of the proxy. */
  cancel(invite: ServerTransaction): boolean {
    const forking = this.#forkings.get(invite);
    forking?.cancel();
    return forking !== undefined;
  }

  timer(owner: string): void {
    this.#timers.get(owner)?.();
  }

  flowClosed(flow: Flow): void {
    this.#tokens.flowClosed(flow);
  }

  #isKnown(flow: Flow): boolean {
    return this.#ground.settings.isKnownSource?.(flow.remoteAddress) ?? false;
  }

  #settled(server: ServerTransaction): void {
    this.#forkings.delete(server);
    const counted = this.#strangers.get(server);
    if (counted === undefined) return;
    this.#strangers.delete(server);
    this.#outside.remove(counted);
  }

  #fork(plan: Plan, flow: Flow, groups: readonly (readonly Target[])[], stranger = false): void {
    const server = this.#ground.transactions.openServer(plan.request, plan.envelope, flow, false);
    const forking = new Forking(this.#port, plan, server, groups);
    if (server.invite) this.#forkings.set(server, forking);
    if (server.invite && stranger) this.#strangers.set(server, this.#outside.add(flow.remoteAddress, this.#isKnown(flow)));
    forking.start();
  }

  /** RFC 3261 16.3: Max-Forwards, loops, Proxy-Require. */
  #checked(request: SipMessage, envelope: Envelope, routes: readonly string[]): Refusal | { maxForwards: number; maxBreadth: number; loopMark: string } {
    // step 3; 16.6 step 3: without the header the proxy adds one of 70
    const hops = request.header("max-forwards");
    if (hops !== null && Number(hops) === 0) return { status: 483 };
    const loopMark = this.#loops.mark(request, envelope, routes);
    if (this.#loops.hasBeenHere(request, loopMark)) return { status: 482 };
    // step 5: we have no extension that a proxy must understand
    const required = request.find("proxy-require") < 0 ? [] : request.list("proxy-require");
    if (required.length > 0) return { status: 420, headers: [["Unsupported", required.join(", ")]] };
    const breadth = request.header("max-breadth");
    const given = breadth !== null && /^\d{1,4}$/.test(breadth) ? Number(breadth) : limits.maxBreadth;
    return { maxForwards: hops === null ? 70 : Number(hops) - 1, maxBreadth: Math.min(given, limits.maxBreadth), loopMark };
  }

  /** RFC 3261 16.11: the ACK of a 2xx passes without state; its branch is a function of the one it came with. */
  #sendAck(request: SipMessage, envelope: Envelope, flow: Flow, uri: string, routes: readonly string[], pinned: Way | null, checked: { maxForwards: number; loopMark: string }): void {
    const where = aimed(uri, routes, true);
    const send = (ways: readonly Way[]): void => {
      const way = ways[0];
      if (!way) return;
      const own = ownAddress(way, this.#ground.points, this.#ground.settings.domain);
      this.#ground.transactions.send(way, printForwarded(request, envelope, flow, {
        uri: where.uri, via: ownVia(own, `z9hG4bKack.${checked.loopMark}`), recordRoutes: "", routes: where.routes,
        maxForwards: checked.maxForwards, maxBreadth: null, realm: this.#ground.settings.domain,
      }));
    };
    if (pinned) return send([pinned]);
    const next = parseUri(routes[0] === undefined ? uri : (parseNameAddr(routes[0])?.raw ?? ""));
    if (next) this.#ground.hops.find(next, null, send);
  }

  /** What a contact of a 3xx leads to (RFC 3261 16.7 step 4): accounts of ours by their contacts, or where `route` sends it; hosts that the decision names. */
  #follow(contact: string, decision: ProxyDecision, method: string, asker: { from: SipIdentity; trusted: boolean }): readonly Target[] {
    const uri = parseUri(contact);
    if (!uri || uri.scheme === "tel") return [];
    const { domain, route } = this.#ground.settings;
    if (uri.host !== domain.toLowerCase() && !this.#ground.points.some(({ address, port }) => address === uri.host && port === (uri.port ?? 5060))) {
      const known = decision.follow?.some((host) => host.toLowerCase() === uri.host) ?? false;
      const target = known ? ofUri(contact) : null;
      return target ? [target] : [];
    }
    const question: RouteQuestion = { method, target: { scheme: uri.scheme, user: uri.user, host: uri.host, ours: true }, ...asker };
    const next = route?.(question) ?? { as: "agent" };
    if (next.as === "proxy") return expand(this.#ground, next.groups).flat();
    return next.as === "agent" ? this.#ground.location.groups(uri.user, this.#ground.nowMs).flat().map(ofPlace) : [];
  }

  #newBranchId(): string {
    return `${this.#prefix}${(this.#serial++).toString(36)}`;
  }
}
