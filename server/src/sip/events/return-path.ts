import type { Flow } from "../contract.ts";
import type { Envelope } from "../envelope.ts";
import type { Ground } from "../ground.ts";
import { keyedHash } from "../keyed-hash.ts";
import { limits } from "../limits.ts";
import { printHost } from "../uri.ts";

/** An address that has answered is believed for so long after it was last heard. */
const believedMs = 600_000;
/** A probe is good for this minute and the next. */
const probeMs = 60_000;

/**
 * A datagram's source may be forged, and who texts us gets texts back: whoever is named as the source would get them, each sent up to
 * eleven times. So a stranger's text over UDP is heard only after its source has answered an OPTIONS of ours (RFC 3261 section 11: every UA
 * does), which is no longer than the text was. Nothing is remembered until then: the branch of the OPTIONS is a function of the
 * address, and the text comes again by itself (timer E, half a second later).
 */
export class ReturnPath {
  readonly #ground: Ground;
  readonly #secret: string;
  /** Flow id -> until when; the oldest first. */
  readonly #believed = new Map<string, number>();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#secret = Buffer.from(ground.settings.chance.bytes(32)).toString("hex");
  }

  /** True: the source is what it says. False: it has been asked. */
  proved(flow: Flow, requestBytes: number): boolean {
    if (flow.transport !== "udp") return true;
    const { nowMs, transactions } = this.#ground;
    if ((this.#believed.get(flow.id) ?? 0) > nowMs) {
      this.#believe(flow);
      return true;
    }
    const probe = this.#probe(flow, Math.floor(nowMs / probeMs));
    if (probe.length <= requestBytes) transactions.send({ flow }, probe);
    return false;
  }

  /** A response that belongs to no transaction: the answer to a probe, perhaps. */
  answered(envelope: Envelope, flow: Flow): void {
    if (envelope.cseqMethod !== "OPTIONS" || flow.transport !== "udp") return;
    const minute = Math.floor(this.#ground.nowMs / probeMs);
    if (envelope.branch === this.#branch(flow, minute) || envelope.branch === this.#branch(flow, minute - 1)) this.#believe(flow);
  }

  #believe(flow: Flow): void {
    this.#believed.delete(flow.id);
    if (this.#believed.size >= limits.maxProvedSources) this.#believed.delete(this.#believed.keys().next().value!);
    this.#believed.set(flow.id, this.#ground.nowMs + believedMs);
  }

  #branch(flow: Flow, minute: number): string {
    return `z9hG4bK${keyedHash(this.#secret, `${flow.id}|${minute}`)}`;
  }

  /** Compact names: it must not be longer than the shortest text. */
  #probe(flow: Flow, minute: number): Uint8Array {
    const us = `${printHost(flow.localAddress)}:${flow.localPort}`;
    const them = `sip:${printHost(flow.remoteAddress)}:${flow.remotePort}`;
    const branch = this.#branch(flow, minute);
    const id = branch.slice(7, 23);
    return Buffer.from(`OPTIONS ${them} SIP/2.0\r\nv: SIP/2.0/UDP ${us};branch=${branch};rport\r\nMax-Forwards: 1\r\nf: <sip:${us}>;tag=${id}\r\nt: <${them}>\r\ni: ${id}\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n`, "latin1");
  }
}
