/**
 * Keys of a call in a browser. A call is answered a moment before its two sides have agreed on keys of their own (DTLS): what is pressed in
 * between would be sent nowhere, and nobody would tell. Pure.
 */

/** Of an RTCPeerConnection. */
export interface KeyPath {
  readonly connectionState: string;
  addEventListener(type: "connectionstatechange", hear: () => void): void;
}

const early = new WeakMap<KeyPath, string>();
const isComing = (path: KeyPath): boolean => path.connectionState === "new" || path.connectionState === "connecting";

/** Sends the key now, or together with those before it as soon as the way is there. */
export function pressKey(path: KeyPath, key: string, send: (keys: string) => void): void {
  if (!isComing(path)) return send(key);
  const before = early.get(path);
  early.set(path, (before ?? "") + key);
  if (before !== undefined) return;
  path.addEventListener("connectionstatechange", () => {
    const keys = early.get(path);
    if (keys === undefined || isComing(path)) return;
    early.delete(path);
    if (path.connectionState === "connected") send(keys);
  });
}
