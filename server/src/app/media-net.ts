/** Real UDP sockets for the media engine. */
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import type { NetPort, UdpSocket } from "../rtp/rtp.ts";
import { isWildcard, mapped, plain } from "./own-address.ts";

/** About 40 packets of G.711: with the default, a stall of ours becomes seconds of delay in the peer's ear. */
const RECEIVE_BUFFER_BYTES = 16 * 1024;
const TRIES = 50;

export interface NetOptions {
  host: string;
  portMin: number;
  portMax: number;
}

/** Without a range (`portMax` 0) the system chooses. Even ports only, as RFC 3550 section 11 asks. */
export function realNet(options: NetOptions): NetPort {
  const { host, portMin, portMax } = options;
  const firstEven = portMin + (portMin & 1);
  const slots = portMax === 0 ? 0 : Math.floor((portMax - firstEven) / 2) + 1;
  let next = slots === 0 ? 0 : Math.floor(Math.random() * slots);
  return {
    async open(hear, failed, exactly) {
      if (exactly !== undefined) {
        const socket = await bind(host, exactly);
        return socket && wrap(socket, isIPv6(host), hear, failed);
      }
      for (let i = 0; i < (slots === 0 ? 1 : Math.min(slots, TRIES)); i++) {
        // In turn through the range: a port just freed is not given out again while late packets of its last call still come.
        const port = slots === 0 ? 0 : firstEven + 2 * (next++ % slots);
        const socket = await bind(host, port);
        if (socket) return wrap(socket, isIPv6(host), hear, failed);
      }
      return null;
    },
  };
}

function bind(host: string, port: number): Promise<Socket | null> {
  const family = isIPv6(host) ? 6 : 4;
  return new Promise((done) => {
    const socket = createSocket({
      type: family === 6 ? "udp6" : "udp4",
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Addresses are numeric always: the default look-up costs a turn of the event loop for every packet.
      lookup: (address, _options, found) => found(null, address, family),
    });
    socket.once("error", () => {
      socket.close();
      done(null);
    });
    socket.bind({ port, address: host, exclusive: true }, () => {
      socket.removeAllListeners("error");
      done(socket);
    });
  });
}

/** `v6`: the socket speaks IPv4 too, and then names such peers as IPv6 does. */
function wrap(socket: Socket, v6: boolean, hear: (bytes: Uint8Array, port: number, address: string) => void, failed: (code: string) => void): UdpSocket {
  let open = true;
  socket.on("error", (error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
  socket.on("message", (bytes, from) => hear(bytes, from.port, v6 ? plain(from.address) : from.address));
  const sent = (error: Error | null): void => {
    if (error && open) failed((error as NodeJS.ErrnoException).code ?? error.message);
  };
  let count = 0;
  return {
    port: socket.address().port,
    send(bytes, port, to) {
      if (!open) return;
      const address = v6 ? mapped(to) : to;
      // A callback costs a turn of the event loop a packet: one in 64 tells us what goes wrong, the others go without.
      if (count++ % 64 === 0) socket.send(bytes, port, address, sent);
      else socket.send(bytes, port, address);
    },
    close() {
      if (!open) return;
      open = false;
      socket.close();
    },
  };
}

/** The addresses under which peers reach a socket bound to `host`, the best first. */
export function mediaAddresses(host: string, publicAddress: string | undefined): string[] {
  const first = publicAddress === undefined ? [] : [publicAddress];
  if (!isWildcard(host)) return [...new Set([...first, host])];
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []).sort((a, b) => a.family.localeCompare(b.family)); // IPv4 first
  const usable = all.filter((a) => (host === "::" || a.family === "IPv4") && !/^fe[89ab]/i.test(a.address));
  const outside = usable.filter((a) => !a.internal).map((a) => a.address);
  const inside = usable.filter((a) => a.internal).map((a) => a.address);
  return [...new Set([...first, ...outside, ...inside])];
}
