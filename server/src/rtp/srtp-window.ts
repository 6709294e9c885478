/** Packet indexes of SRTP: rollover counter and replay window of one stream (RFC 3711 section 3.3). */

/** Packets that may come late. */
export const WINDOW = 128;
/** Attack: a peer (with its keys) that changes SSRC with every packet to fill our memory. */
export const MAX_STREAMS = 16;

/** Rollover counter and replay window of one SSRC. */
export interface Stream {
  roc: number;
  highest: number;
  seen: Float64Array;
}

export function newStream(sequence: number): Stream {
  return { roc: 0, highest: sequence, seen: new Float64Array(WINDOW).fill(-1) };
}

/** RFC 3711 section 3.3.1 and appendix A; -1 before the very start. */
export function estimateRoc(stream: Stream, sequence: number): number {
  const { roc, highest } = stream;
  if (highest < 32768) return sequence - highest > 32768 ? roc - 1 : roc;
  return highest - 32768 > sequence ? roc + 1 : roc;
}

export function fresh(stream: Stream, index: number): boolean {
  const newest = stream.roc * 65536 + stream.highest;
  return index > newest - WINDOW && stream.seen[index % WINDOW] !== index;
}

export function accept(stream: Stream, roc: number, sequence: number, index: number): void {
  stream.seen[index % WINDOW] = index;
  if (index > stream.roc * 65536 + stream.highest) {
    stream.roc = roc;
    stream.highest = sequence;
  }
}

/** The replay window of SRTCP, whose index comes with the packet (RFC 3711 section 3.4). */
export class RtcpWindow {
  #seen = new Float64Array(WINDOW).fill(-1);
  #highest = -1;

  fresh(index: number): boolean {
    return index > this.#highest - WINDOW && this.#seen[index % WINDOW] !== index;
  }

  accept(index: number): void {
    this.#seen[index % WINDOW] = index;
    this.#highest = Math.max(this.#highest, index);
  }
}
