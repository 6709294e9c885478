import type { Envelope } from "../envelope.ts";
import type { SipMessage } from "../message.ts";

/**
 * What stands behind the dot in a branch of ours (RFC 3261 16.6 step 8, RFC 5393 4.2): a hash over all that decides where a request goes,
 * and over nothing else that changes on its way, so that the same request coming back is a loop and one that was sent elsewhere meanwhile
 * (a spiral) is not. Keyed, so that answers to our requests cannot be guessed from outside; it decides nothing about rights.
 */
export class LoopGuard {
  readonly #a: number;
  readonly #b: number;

  /** `seed`: 8 bytes of chance. */
  constructor(seed: Uint8Array) {
    const view = Buffer.from(seed);
    this.#a = view.readUInt32LE(0);
    this.#b = view.readUInt32LE(4);
  }

  mark(request: SipMessage, envelope: Envelope, routes: readonly string[]): string {
    const text = `${request.uri}\n${envelope.callId}\n${envelope.fromTag}\n${envelope.toTag}\n${envelope.cseq}\n${envelope.cseqMethod}\n${routes.length === 0 ? "" : routes.join()}`;
    // two 32-bit multiplicative hashes side by side: a library call costs ten times as much
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      a = Math.imul(a ^ c, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ c, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  }

  /** True when a Via of ours with that mark is in the request: it has been here, and would go the same way again. */
  hasBeenHere(request: SipMessage, mark: string): boolean {
    const ending = `.${mark}`;
    for (let at = request.find("via"); at >= 0; at = request.find("via", at + 4)) if (request.value(at).includes(ending)) return true;
    return false;
  }
}
