import { X509Certificate } from "node:crypto";
import { readInbound } from "./inbound.ts";
import { LiveTrunks } from "./live.ts";
import { isIn, readNetwork, type Network } from "./networks.ts";
import { homePrefix } from "./numbers.ts";
import { attemptOn, inOrder, readDialled, routeFor } from "./outbound.ts";
import type { IncomingCall, InboundCall, OutboundCall, TrunkOptions, TrunkPlan, Trunks } from "./ports.ts";
import { Certificates } from "./stir/certificates.ts";
import { readCertificates } from "./stir/keys.ts";
import { chooseIdentity } from "./stir/verify.ts";
import type { TrunkRow } from "./store.ts";

/** Calls counted on trunks. Not from outside: what is never told to have ended must not fill memory. */
const maxCounted = 20_000;

export function createTrunks(options: TrunkOptions): Trunks {
  const { store, clock, chance, log, fraud } = options;
  const live = new LiveTrunks(options);
  const certificates = new Certificates({ fetch: (url) => options.fetchCertificate(url), allowedHosts: () => store.stir().allowedHosts });
  /** Call -> its trunk. */
  const calls = new Map<string, { trunkId: string; priced: boolean }>();
  const counts = new Map<string, number>();
  let networks: { trunkId: string; networks: Network[] }[] = [];
  let roots: X509Certificate[] = [];

  const read = (): void => {
    networks = store.trunks().filter(({ active }) => active).map(({ id, addresses }) => ({ trunkId: id, networks: addresses.flatMap((one) => readNetwork(one) ?? []) }));
    roots = store.stir().roots.flatMap(readCertificates);
  };
  const callsOn = (trunkId: string): number => counts.get(trunkId) ?? 0;
  const isFull = (row: TrunkRow): boolean => callsOn(row.id) >= row.maxCalls;

  function trunkAt(address: string): TrunkRow | null {
    const found = networks.find((one) => isIn(address, one.networks));
    return found ? store.trunk(found.trunkId) : null;
  }

  function trunkOf(incoming: IncomingCall): TrunkRow | null {
    const id = live.trunkOfContact(incoming.to.user);
    return (id === null ? null : store.trunk(id)) ?? trunkAt(incoming.flow.remoteAddress);
  }

  function plan(call: OutboundCall, nowMs: number): TrunkPlan {
    const region = options.region();
    const dialled = readDialled(call, region, options.emergencyNumbers());
    if (!dialled.ok) return { ok: false, status: dialled.why === "not-allowed" ? 403 : 484, why: dialled.why };
    const { e164, emergency } = dialled;
    const allowed = emergency || (call.onlyAsked ? fraud.allows(e164) : fraud.check({ account: call.account, e164 }, nowMs).ok);
    if (!allowed) return { ok: false, status: 403, why: "fraud" };
    const route = routeFor(e164, emergency, homePrefix(region), store.routes());
    const ordered = route ? inOrder(route, chance) : [];
    // help by any way there is
    const ids = emergency ? [...new Set([...ordered, ...store.trunks().map(({ id }) => id)])] : ordered;
    const rows = ids.flatMap((id) => store.trunk(id) ?? []).filter(({ active }) => active);
    if (rows.length === 0) return { ok: false, status: 404, why: "no-route" };
    const free = emergency ? rows : rows.filter((row) => !isFull(row));
    if (free.length === 0) return { ok: false, status: 503, why: "busy" };
    // one that does not answer is passed over, unless nobody does: our word on it may be old
    const up = free.filter(({ id }) => live.state(id).state !== "down");
    const order = emergency ? [...up, ...free.filter((row) => !up.includes(row))] : up.length > 0 ? up : free;
    return { ok: true, e164, attempts: order.map((row) => attemptOn(row, call, e164, emergency, store, chance, nowMs)) };
  }

  function inbound(incoming: IncomingCall): InboundCall | null {
    const row = trunkOf(incoming);
    if (!row) return null;
    const nowMs = clock.now();
    return readInbound(incoming, row, { roots, nowMs, contactUser: live.contactUser(row.id), certificate: (url) => certificates.here(url, nowMs) });
  }

  return {
    plan,
    inbound,
    prepare(incoming) {
      const values = incoming.headers.get("identity") ?? incoming.headers.get("y");
      if (!values || roots.length === 0 || !trunkOf(incoming)) return null;
      const identity = chooseIdentity(values);
      return identity && certificates.have(identity.info, () => clock.now());
    },
    admits: (user, address) => live.trunkOfContact(user) !== null || trunkAt(address) !== null,
    started(trunkId, callId, e164, account, nowMs) {
      if (calls.has(callId) || calls.size >= maxCounted) return;
      calls.set(callId, { trunkId, priced: account !== "" });
      counts.set(trunkId, callsOn(trunkId) + 1);
      if (account !== "") fraud.started(callId, account, e164, nowMs);
    },
    ended(callId, nowMs) {
      const call = calls.get(callId);
      if (!call) return;
      calls.delete(callId);
      counts.set(call.trunkId, callsOn(call.trunkId) - 1);
      if (call.priced) fraud.ended(callId, nowMs);
    },
    isFull(trunkId) {
      const row = store.trunk(trunkId);
      return row !== null && isFull(row);
    },
    failed(trunkId, status) {
      log.info({ trunk: store.trunk(trunkId)?.name ?? trunkId, status }, "a call failed on a trunk");
      // silence, broken ways, the operator's own trouble, and our credentials refused there: others may do; the callee's word is final
      return status === 0 || status === 401 || status === 407 || status === 408 || (status >= 500 && status < 600);
    },
    state: (trunkId) => ({ ...live.state(trunkId), calls: callsOn(trunkId) }),
    onState: (hear) => live.onState(hear),
    onSip: (event) => live.onSip(event),
    start() {
      read();
      for (const { id } of store.trunks()) live.follow(id);
      store.onChange(({ kind, id }) => {
        read();
        if (kind === "trunk") live.follow(id);
        if (kind === "stir") certificates.forget();
      });
    },
    stop: () => live.stop(),
  };
}
