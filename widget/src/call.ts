/** A call from this page: what the screen shows of it, and the order of its steps. The SIP and WebRTC code is a chunk apart, loaded at the first call. */
import type { PageContext } from "@tandem/protocol";
import type { PlacedCall } from "./call-sip.ts";
import type { Server } from "./server.ts";
import type { CallError, Lang } from "./words.ts";

export interface CallView {
  phase: "idle" | "microphone" | "preparing" | "calling" | "connected" | "ended";
  error: CallError | null;
  muted: boolean;
  connectedAtMs: number | null;
  endedAtMs: number | null;
}

export interface CallPorts {
  now(): number;
  server: Server;
  token(): Promise<string>;
  page(): PageContext;
  language(): Lang;
  /** Address of the chunk. */
  chunkUrl: string;
}

const IDLE: CallView = { phase: "idle", error: null, muted: false, connectedAtMs: null, endedAtMs: null };

export class Call {
  readonly #ports: CallPorts;
  readonly #changed: () => void;
  #view: CallView = IDLE;
  #placed: PlacedCall | null = null;
  #stream: MediaStream | null = null;
  /** Rises at each start and end: what an older attempt brings back late is thrown away. */
  #attempt = 0;

  constructor(ports: CallPorts, changed: () => void) {
    this.#ports = ports;
    this.#changed = changed;
  }

  get view(): CallView {
    return this.#view;
  }

  get live(): boolean {
    return this.#view.phase !== "idle" && this.#view.phase !== "ended";
  }

  async start(): Promise<void> {
    if (this.live) return;
    const attempt = ++this.#attempt;
    this.#show({ ...IDLE, phase: "microphone" });
    const stream = await this.#microphone();
    if (typeof stream === "string") {
      if (attempt === this.#attempt) this.#finish(stream);
      return;
    }
    if (attempt !== this.#attempt) {
      stopStream(stream);
      return;
    }
    this.#stream = stream;
    this.#show({ phase: "preparing" });
    try {
      const token = await this.#ports.token();
      const [account, chunk] = await Promise.all([
        this.#ports.server.call(token, this.#ports.page(), this.#ports.language()),
        import(/* @vite-ignore */ this.#ports.chunkUrl) as Promise<typeof import("./call-sip.ts")>,
      ]);
      if (attempt !== this.#attempt) return;
      if (account === null) {
        this.#finish("not-offered");
        return;
      }
      this.#show({ phase: "calling" });
      this.#placed = chunk.placeCall(account, this.#ports.server.socketUrl(account.wsPath), stream, {
        connected: () => attempt === this.#attempt && this.#show({ phase: "connected", connectedAtMs: this.#ports.now() }),
        ended: (error) => attempt === this.#attempt && this.#finish(error),
      });
    } catch (error) {
      console.warn("[tandem] call:", error);
      if (attempt === this.#attempt) this.#finish("network");
    }
  }

  hangUp(): void {
    if (this.live) this.#finish(null);
  }

  setMuted(muted: boolean): void {
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = !muted;
    this.#show({ muted });
  }

  key(key: string): void {
    this.#placed?.key(key);
  }

  dismiss(): void {
    if (!this.live) this.#show(IDLE);
  }

  async #microphone(): Promise<MediaStream | CallError> {
    if (!window.isSecureContext || navigator.mediaDevices === undefined) return "insecure";
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      if (name === "NotFoundError" || name === "OverconstrainedError") return "mic-missing";
      if (name === "NotReadableError" || name === "AbortError") return "mic-busy";
      return "mic-refused";
    }
  }

  #finish(error: CallError | null): void {
    this.#attempt++;
    const placed = this.#placed;
    this.#placed = null;
    placed?.hangUp();
    if (this.#stream !== null) stopStream(this.#stream);
    this.#stream = null;
    this.#show({ phase: "ended", error, muted: false, endedAtMs: this.#ports.now() });
  }

  #show(change: Partial<CallView>): void {
    this.#view = { ...this.#view, ...change };
    this.#changed();
  }
}

function stopStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
