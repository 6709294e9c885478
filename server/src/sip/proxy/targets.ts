import type { Flow } from "../contract.ts";
import type { RouteTarget } from "../settings.ts";
import type { Ground } from "../ground.ts";
import type { Place } from "../location.ts";
import { wire } from "../message.ts";
import { parseUri } from "../uri.ts";
import type { Way } from "../way.ts";

/** One place where a request is sent to. */
export interface Target {
  /** Request-URI, latin1 text of the wire. */
  uri: string;
  /** Given when it is not the URI that says where it is: a registered contact. */
  way: Way | null;
  /** Its dialog's later requests need that way too: a connection, or an address behind a NAT. */
  pinned: boolean;
  /** Route to put before those of the request: the path of a registration (RFC 3327). */
  routes: readonly string[];
}

/** The groups of a decision as targets, contacts of one account by falling q; in each group all are tried at once. Malformed URIs are left out. */
export function expand(ground: Ground, groups: readonly (readonly RouteTarget[])[]): Target[][] {
  const [only] = groups;
  if (groups.length === 1 && only?.length === 1 && "uri" in only[0]!) {
    const target = ofUri(only[0].uri);
    return target ? [[target]] : [];
  }
  return groups.flatMap((group) => {
    const byQ = new Map<number, Target[]>();
    const add = (q: number, target: Target): void => void (byQ.get(q)?.push(target) ?? byQ.set(q, [target]));
    for (const entry of group) {
      if ("account" in entry) for (const place of ground.location.groups(entry.account, ground.nowMs).flat()) add(place.binding.q, ofPlace(place));
      else {
        const target = ofUri(entry.uri);
        if (target) add(1, target);
      }
    }
    return [...byQ].sort(([a], [b]) => b - a).map(([, targets]) => targets);
  });
}

/** Null when it is no URI that a request may carry. */
export function ofUri(text: string): Target | null {
  const known = urisKnown.get(text);
  if (known) return known;
  const target = readUri(text);
  if (!target) return null;
  if (urisKnown.size >= maxUrisKnown) urisKnown.clear();
  urisKnown.set(text, target);
  return target;
}

/** Configured targets are asked for with each request. Attack: ever new ones out of redirections; forgotten all at once. */
const maxUrisKnown = 1_000;
const urisKnown = new Map<string, Target>();

function readUri(text: string): Target | null {
  const uri = wire(text).replace(/\?.*$/, "");
  return /[\s<>"]/.test(uri) || !parseUri(uri) ? null : { uri, way: null, pinned: false, routes: [] };
}

export function ofPlace({ uri, way, routes }: Place): Target {
  return { uri, way, routes, pinned: routes.length === 0 && way.flow !== null && !reachesItself(uri, way.flow) };
}

/** True when that URI leads to that peer by itself: not to a connection, and not to an address behind a NAT. */
export function reachesItself(uri: string, flow: Flow): boolean {
  if (flow.transport !== "udp") return false;
  const parsed = parseUri(uri);
  return parsed !== null && parsed.host === flow.remoteAddress && (parsed.port ?? 5060) === flow.remotePort;
}
