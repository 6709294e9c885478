/**
 * A further stream of an endpoint (video, real-time text): its packets and reports go to the stream of the same key at the other side of
 * the bridge, as they are. Nothing is understood, mixed or recorded.
 */
import type { Clock } from "../base/clock.ts";
import type { LocalStream } from "./description.ts";
import { LatchedLink } from "./latched-link.ts";
import type { UdpSocket } from "./media-ports.ts";
import type { StreamAgreement } from "./negotiate.ts";

export interface StreamOwner {
  readonly bridgedTo: { readonly streams: ReadonlyMap<string, PassedStream> } | null;
}

export class PassedStream {
  readonly local: LocalStream;
  readonly link: LatchedLink;
  agreement: StreamAgreement | null = null;

  constructor(local: LocalStream, socket: UdpSocket, clock: Clock, who: { peer: string | null; stranger: boolean }, owner: StreamOwner) {
    this.local = local;
    const other = (): PassedStream | undefined => owner.bridgedTo?.streams.get(local.key);
    this.link = new LatchedLink({
      socket, clock, ...who, secure: local.sdes !== null,
      handlers: {
        rtp: (bytes, end) => {
          if (this.#may(/recv/)) other()?.send(bytes, end);
        },
        rtcp: (bytes, end) => other()?.sendReport(bytes, end),
        ready: () => undefined,
        failed: () => undefined,
      },
    });
  }

  send(bytes: Uint8Array, end: number): void {
    if (this.#may(/send/)) this.link.sendRtp(bytes, 0, end);
  }

  sendReport(bytes: Uint8Array, end: number): void {
    if (this.agreement) this.link.sendRtcp(bytes.subarray(0, end));
  }

  #may(what: RegExp): boolean {
    return this.agreement !== null && what.test(this.agreement.direction);
  }
}
