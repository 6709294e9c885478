import { limits } from "./limits.ts";

const CONTENT_LENGTH = /(?:^|\r\n)(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r\n/i;

/** Cuts a byte stream into messages by Content-Length (RFC 3261 18.3), and keep-alives of CRLFs (RFC 5626 3.5.1). */
export class StreamFramer {
  #held: Buffer = Buffer.alloc(0);
  /** Bytes that the message in front needs; 0 while its head is not complete. */
  #needed = 0;

  /** Bytes waiting for the rest of their message. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** Whole messages, in order; null when the stream cannot be followed any more and must be closed. */
  push(bytes: Uint8Array): Uint8Array[] | null {
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    const out: Uint8Array[] = [];
    for (;;) {
      if (this.#needed === 0) {
        const next = this.#begin(out);
        if (next === "bad") return null;
        if (next === "wait") return out;
      }
      if (this.#held.length < this.#needed) return out;
      out.push(this.#held.subarray(0, this.#needed));
      this.#held = this.#held.subarray(this.#needed);
      this.#needed = 0;
    }
  }

  /** Finds how long the message in front is. */
  #begin(out: Uint8Array[]): "bad" | "wait" | "found" {
    let crlfs = 0;
    while (this.#held[crlfs] === 13 && this.#held[crlfs + 1] === 10) crlfs += 2;
    // a double CRLF is a ping; single ones are padding
    for (let i = 4; i <= crlfs; i += 4) out.push(Buffer.from("\r\n\r\n"));
    if (crlfs > 0) this.#held = this.#held.subarray(crlfs);
    const end = this.#held.indexOf("\r\n\r\n", 0, "latin1");
    if (end < 0) return this.#held.length > limits.maxHeadBytes ? "bad" : "wait";
    if (end > limits.maxHeadBytes) return "bad";
    const length = CONTENT_LENGTH.exec(this.#held.toString("latin1", 0, end + 2));
    // RFC 3261 20.14: mandatory on streams; without it the next message cannot be found
    if (!length) return "bad";
    this.#needed = end + 4 + Number(length[1]);
    return this.#needed > limits.maxMessageBytes ? "bad" : "found";
  }
}
