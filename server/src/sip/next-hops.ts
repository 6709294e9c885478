import { isIPv4, isIPv6 } from "node:net";
import type { SipEffect, SipHop, SipVia } from "./contract.ts";
import { limits } from "./limits.ts";
import type { TimerQueue } from "./timer-queue.ts";
import { printHost, type SipUri } from "./uri.ts";
import { wayToUri, type Way } from "./way.ts";

/** A name server that says nothing: after this the name leads nowhere. */
const answerMs = 10_000;

interface Port {
  timers: TimerQueue;
  now(): number;
  out(effect: SipEffect): void;
}

/** Where requests to a URI go (RFC 3263): addresses are read here, names are asked of whoever carries out `resolve`. */
export class NextHops {
  readonly #port: Port;
  readonly #asked = new Map<string, { name: string; then(ways: readonly Way[]): void }>();
  #next = 1;

  constructor(port: Port) {
    this.#port = port;
  }

  /**
   * Calls `then` once with the hops in the order in which to try them: at once for an address, later for a name. None: it leads
   * nowhere, or nobody answered in time.
   */
  find(uri: SipUri, via: SipVia | null, then: (ways: readonly Way[]) => void): void {
    if (via) {
      if (isAddress(via.host)) return then([{ flow: null, transport: via.transport, host: via.host, port: via.port ?? (via.transport === "tls" ? 5061 : 5060) }]);
      return this.#ask(`sip:${via.host}${via.port === null ? "" : `:${via.port}`};transport=${via.transport}`, via.host, then);
    }
    const way = wayToUri(uri);
    if (!way || way.flow) return then([]);
    if (isAddress(way.host)) return then([way]);
    const transport = uri.params.get("transport");
    this.#ask(`${uri.scheme}:${printHost(way.host)}${uri.port === null ? "" : `:${uri.port}`}${transport === undefined ? "" : `;transport=${transport.toLowerCase()}`}`, way.host, then);
  }

  resolved(id: string, hops: readonly SipHop[]): void {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#asked.delete(id);
    this.#port.timers.stopAll(id);
    asked.then(hops.slice(0, limits.maxHops).map((hop) => ({ flow: null, ...hop, name: asked.name })));
  }

  /** Timer of a question that nobody answered. */
  late(id: string): void {
    this.resolved(id, []);
  }

  #ask(uri: string, name: string, then: (ways: readonly Way[]) => void): void {
    if (this.#asked.size >= limits.maxNameQuestions) return then([]);
    const id = `n|${this.#next++}`;
    this.#asked.set(id, { name, then });
    this.#port.timers.start(id, "late", this.#port.now() + answerMs);
    this.#port.out({ do: "resolve", id, uri });
  }
}

function isAddress(host: string): boolean {
  return isIPv4(host) || isIPv6(host);
}
