/** What the engine needs from the world, so that it stays pure: sockets, files, DTLS. `app` gives real ones, tests give false ones. */

export interface UdpSocket {
  readonly port: number;
  /** Never throws; a send error reaches the `failed` callback given at `open`. */
  send(bytes: Uint8Array, port: number, address: string): void;
  close(): void;
}

export interface NetPort {
  /** Opens a UDP socket on the media address; a port in the configured range, or exactly `port`. Null when none is free. */
  open(
    hear: (bytes: Uint8Array, port: number, address: string) => void,
    failed: (code: string) => void,
    port?: number,
  ): Promise<UdpSocket | null>;
}

/** A file that grows. Writes are queued and never block; the first error ends the file and is told once. */
export interface GrowingFile {
  append(bytes: Uint8Array): void;
  /** Overwrites near the start, after the appends queued before. */
  patch(offset: number, bytes: Uint8Array): void;
  /** Bytes queued and not yet with the operating system. */
  readonly pendingBytes: number;
  close(): Promise<void>;
}

export interface FilePort {
  read(path: string): Promise<{ ok: true; bytes: Uint8Array } | { ok: false; why: string }>;
  /** Creates (and makes the folder of) `path`; refuses an existing file. */
  create(path: string, failed: (why: string) => void): GrowingFile;
}

export interface SrtpKeys {
  localKey: Uint8Array;
  localSalt: Uint8Array;
  remoteKey: Uint8Array;
  remoteSalt: Uint8Array;
}

/** One DTLS association, we being the server. */
export interface DtlsSession {
  receive(bytes: Uint8Array): void;
  close(): void;
}

export interface DtlsPort {
  /** Our certificate's SHA-256 fingerprint, upper-case hex pairs with colons. */
  readonly fingerprint: string;
  open(handlers: {
    send: (bytes: Uint8Array) => void;
    /** The handshake is done; the peer proved that it holds the key of the certificate with this fingerprint. */
    connected: (keys: SrtpKeys, remoteFingerprint: string) => void;
    failed: (why: string) => void;
    /** By the peer, in its handshake or after. */
    closed: () => void;
  }): DtlsSession;
}
