/** The sockets of an endpoint beside that of its sound: its further streams, and reports on a port of their own. */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { StreamShape } from "./description.ts";
import type { Endpoint } from "./endpoint.ts";
import { LatchedLink } from "./latched-link.ts";
import type { MediaOptions } from "./media-contract.ts";
import type { NetPort } from "./media-ports.ts";
import { PassedStream } from "./passed-stream.ts";
import { offerCrypto } from "./sdes.ts";
import { streamsOf } from "./streams.ts";

export class StreamDesk {
  readonly #options: { net: NetPort; clock: Clock; chance: Chance; log: Log };
  /** The engine's own table: null while an endpoint opens. */
  readonly #endpoints: ReadonlyMap<string, Endpoint | null>;

  constructor(options: { net: NetPort; clock: Clock; chance: Chance; log: Log }, endpoints: ReadonlyMap<string, Endpoint | null>) {
    this.#options = options;
    this.#endpoints = endpoints;
  }

  /** The streams of the other side of a call to be, by key: agreed with its endpoint, or offered by it. */
  like({ like, likeSdp }: MediaOptions): Map<string, StreamShape> {
    if (likeSdp !== undefined) return new Map(streamsOf(likeSdp).map(({ key, shape }) => [key, shape]));
    const other = like === undefined ? null : this.#endpoints.get(like);
    return new Map([...(other?.streams ?? [])].flatMap(([key, { agreement }]) => (agreement ? [[key, agreement.shape]] : [])));
  }

  /** False when the endpoint was closed meanwhile. A stream without a free port is left out: the call goes on without. */
  async open(endpoint: Endpoint, shapes: ReadonlyMap<string, StreamShape>, { peer, stranger }: MediaOptions): Promise<boolean> {
    // a browser bundles its streams on one port, which we do not take apart
    if (endpoint.kind === "webrtc") return true;
    const { net, clock, chance, log } = this.#options;
    for (const [key, shape] of shapes) {
      let stream: PassedStream | null = null;
      const socket = await net.open((bytes, port, address) => stream?.link.receive(bytes, port, address), (code) => log.debug({ id: endpoint.id, key, code }, "media send error"));
      if (this.#endpoints.get(endpoint.id) !== endpoint) {
        socket?.close();
        return false;
      }
      if (!socket) continue;
      stream = new PassedStream({ key, port: socket.port, sdes: endpoint.kind === "srtp" ? offerCrypto(chance) : null, shape }, socket, clock, { peer: peer ?? null, stranger: stranger === true }, endpoint);
      endpoint.streams.set(key, stream);
    }
    endpoint.local = { ...endpoint.local, streams: [...endpoint.streams.values()].map(({ local }) => local) };
    return true;
  }

  /** For peers that send their reports to a port of their own. Without a free one, reports are left out. */
  async openRtcp(endpoint: Endpoint): Promise<void> {
    const { net, log } = this.#options;
    const links: [LatchedLink, number][] = [...endpoint.streams.values()].map(({ link, local }) => [link, local.port]);
    if (endpoint.link instanceof LatchedLink) links.push([endpoint.link, endpoint.socket.port]);
    for (const [link, port] of links) {
      if (!link.wantsRtcpSocket) continue;
      const socket = await net.open((bytes, from, address) => link.receiveRtcp(bytes, from, address), (code) => log.debug({ id: endpoint.id, code }, "media report send error"), port + 1);
      if (socket && this.#endpoints.get(endpoint.id) === endpoint && link.wantsRtcpSocket) link.useRtcpSocket(socket);
      else socket?.close();
    }
  }
}
