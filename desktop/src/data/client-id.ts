/** 128 random bits; `crypto.randomUUID` does not exist on plain http from another machine. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
