/**
 * One WebSocket kept alive while wanted: back-off with jitter, a welcome awaited for a bounded time, and a heartbeat, since a
 * browser notices a dead network only minutes later. Time, chance and sockets are given, so that the tests own them.
 */
import type { WidgetClientFrame, WidgetServerFrame } from "@tandem/protocol";
import { readFrame } from "./frame.ts";

export interface SocketLike {
  send(data: string): void;
  close(): void;
  /** What the socket tells; set once, emptied when we let go of it. */
  opened: (() => void) | null;
  heard: ((data: unknown) => void) | null;
  closed: (() => void) | null;
}

export interface LinkPorts {
  openSocket(): SocketLike;
  after(ms: number, fire: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** off: not wanted · connecting: first try since wanted · up: welcomed · down: lost, tries again. */
export type LinkState = "off" | "connecting" | "up" | "down";

export interface LinkUser {
  hello(): WidgetClientFrame;
  frame(frame: WidgetServerFrame): void;
  stateChanged(state: LinkState): void;
}

const WELCOME_WITHIN_MS = 10_000;
const HEARTBEAT_MS = 20_000;
/** A network that answers nothing for this long after a ping is dead; chosen above a slow mobile round trip. */
const PONG_WITHIN_MS = 8_000;
const BACKOFF_MS = [400, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

export class Link {
  readonly #ports: LinkPorts;
  readonly #user: LinkUser;
  #state: LinkState = "off";
  #socket: SocketLike | null = null;
  #cancelTimer: (() => void) | null = null;
  #cancelBeat: (() => void) | null = null;
  #failures = 0;

  constructor(ports: LinkPorts, user: LinkUser) {
    this.#ports = ports;
    this.#user = user;
  }

  get state(): LinkState {
    return this.#state;
  }

  want(wanted: boolean): void {
    if (wanted && this.#state === "off") {
      this.#failures = 0;
      this.#become("connecting");
      this.#connect();
    } else if (!wanted && this.#state !== "off") {
      this.#drop();
      this.#become("off");
    }
  }

  /** False when not up: the caller keeps what must not be lost. */
  send(frame: WidgetClientFrame): boolean {
    if (this.#state !== "up" || this.#socket === null) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The network came back or the page woke up: try now, or prove that the connection lives. */
  nudge(): void {
    if (this.#state === "up") this.#beat();
    else if (this.#state === "down") {
      // Also for an attempt under way, which the old network may still fail: the next one comes soon after.
      this.#failures = 0;
      if (this.#socket === null) this.#connect();
    }
  }

  /** Says hello again on a new connection: after a hole in the messages, or when the visitor's token changed. */
  restart(): void {
    if (this.#state !== "off") this.#lost();
  }

  #connect(): void {
    this.#clearTimer();
    const socket = this.#ports.openSocket();
    this.#socket = socket;
    this.#cancelTimer = this.#ports.after(WELCOME_WITHIN_MS, () => this.#lost());
    socket.opened = () => socket.send(JSON.stringify(this.#user.hello()));
    socket.heard = (data) => {
      const read = readFrame(data);
      if (!read.ok) {
        console.warn(`[tandem] frame ignored: ${read.why}`);
        return;
      }
      this.#heard(read.frame);
    };
    socket.closed = () => this.#lost();
  }

  #heard(frame: WidgetServerFrame): void {
    if (frame.t === "welcome") {
      this.#clearTimer();
      this.#failures = 0;
      this.#become("up");
    }
    if (this.#state === "up") this.#scheduleBeat();
    this.#user.frame(frame);
  }

  #scheduleBeat(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = this.#ports.after(HEARTBEAT_MS, () => this.#beat());
  }

  #beat(): void {
    this.#cancelBeat?.();
    this.send({ t: "ping" });
    this.#cancelBeat = this.#ports.after(PONG_WITHIN_MS, () => this.#lost());
  }

  #lost(): void {
    this.#drop();
    this.#become("down");
    const base = BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)]!;
    this.#failures++;
    // Half fixed, half chance: ten thousand pages of a restarted server must not come back in the same instant.
    this.#cancelTimer = this.#ports.after(base / 2 + (base / 2) * this.#ports.random(), () => this.#connect());
  }

  #drop(): void {
    this.#clearTimer();
    this.#cancelBeat?.();
    this.#cancelBeat = null;
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      socket.opened = socket.heard = socket.closed = null;
      socket.close();
    }
  }

  #clearTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #become(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#user.stateChanged(state);
  }
}
