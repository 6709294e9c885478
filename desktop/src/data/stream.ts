/**
 * The desktop's WebSocket kept alive: hello with the last sequence applied, ping each 10 s (it renews the agent's lease),
 * silence noticed, reconnection with growing jittered waits. Knows nothing of what the frames mean; time, chance and the
 * socket come in as ports, so that tests run it in virtual time.
 */
import { ServerFrame } from "@tandem/protocol";
import type { ClientFrame } from "@tandem/protocol";

export const PING_MS = 10_000;
/** Nothing heard for this long, pongs included: the connection is dead even if the socket says otherwise (sleep, NAT). */
export const SILENCE_MS = 25_000;
/** First wait before reconnecting; doubles up to the maximum, each drawn between half and whole so that 5,000 desktops do not return at once. */
export const FIRST_RETRY_MS = 400;
export const MAX_RETRY_MS = 15_000;

export type Connection =
  | { phase: "connecting"; sinceMs: number; attempts: number }
  | { phase: "live"; sinceMs: number; attempts: 0 }
  /** Lost; `sinceMs` is when it was lost, kept over the attempts. */
  | { phase: "waiting"; sinceMs: number; attempts: number; retryAtMs: number }
  | { phase: "ended"; sinceMs: number; attempts: 0; why: string };

export interface Socket {
  send(text: string): void;
  close(): void;
}
export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  onClose(): void;
}
export interface StreamPorts {
  open(events: SocketEvents): Socket;
  now(): number;
  after(afterMs: number, fire: () => void): () => void;
  random(): number;
}
export interface StreamOptions {
  ports: StreamPorts;
  /** Where to resume from: epoch null asks for a snapshot. */
  resumeFrom(): { epoch: string | null; seq: number };
  /** `restart`: the frame does not fit what is held (another epoch): come back on a new socket; `resumeFrom` then asks for a snapshot. */
  onFrame(frame: ServerFrame): "ok" | "restart";
  onConnection(connection: Connection): void;
}
export interface Stream {
  /** False when the line is down: unsequenced frames (typing, read) are then dropped by the caller's choice. */
  send(frame: ClientFrame): boolean;
  /** The browser says that the network is back, or the tab woke: do not wait for the timer. */
  nudge(): void;
  stop(): void;
}

export function startStream({ ports, resumeFrom, onFrame, onConnection }: StreamOptions): Stream {
  let socket: Socket | null = null;
  let live = false;
  let attempts = 0;
  let lostAtMs = ports.now();
  let heardAtMs = 0;
  let over = false;
  let cancelPing = (): void => {};
  let cancelRetry = (): void => {};
  /** Each socket has a number: late events of an abandoned one are ignored. */
  let generation = 0;

  const transmit = (frame: ClientFrame): void => socket?.send(JSON.stringify(frame));
  const hello = (): void => transmit({ t: "hello", ...resumeFrom() });

  const connect = (): void => {
    const mine = ++generation;
    onConnection({ phase: "connecting", sinceMs: lostAtMs, attempts });
    heardAtMs = ports.now();
    schedulePing();
    socket = ports.open({
      onOpen() {
        if (mine === generation) hello();
      },
      onText(text) {
        if (mine !== generation) return;
        heardAtMs = ports.now();
        receive(text);
      },
      onClose() {
        if (mine === generation) lost();
      },
    });
  };

  const receive = (text: string): void => {
    const parsed = ServerFrame.safeParse(parseJson(text));
    if (!parsed.success) {
      // A server of another version, or a bug: a fresh start is safe, guessing is not. The wait keeps this from becoming a storm.
      console.error("stream: frame not understood", parsed.error.issues.slice(0, 3));
      lost();
      return;
    }
    const frame = parsed.data;
    if (frame.t === "bye") {
      finish(frame.why);
      return;
    }
    const welcome = frame.t === "snapshot" || frame.t === "resumed";
    if (onFrame(frame) === "restart") {
      lost();
      return;
    }
    if (welcome && !live) {
      live = true;
      attempts = 0;
      onConnection({ phase: "live", sinceMs: ports.now(), attempts: 0 });
    }
  };

  const schedulePing = (): void => {
    cancelPing();
    cancelPing = ports.after(PING_MS, () => {
      if (ports.now() - heardAtMs >= SILENCE_MS) {
        lost();
        return;
      }
      if (live) transmit({ t: "ping" });
      schedulePing();
    });
  };

  const lost = (): void => {
    if (over) return;
    if (live) lostAtMs = ports.now();
    drop();
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts) * (0.5 + ports.random() / 2);
    attempts++;
    onConnection({ phase: "waiting", sinceMs: lostAtMs, attempts, retryAtMs: ports.now() + waitMs });
    cancelRetry = ports.after(waitMs, connect);
  };

  const drop = (): void => {
    generation++;
    live = false;
    cancelPing();
    cancelRetry();
    socket?.close();
    socket = null;
  };

  const finish = (why: string): void => {
    over = true;
    drop();
    onConnection({ phase: "ended", sinceMs: ports.now(), attempts: 0, why });
  };

  connect();
  return {
    send(frame) {
      if (!live) return false;
      transmit(frame);
      return true;
    },
    nudge() {
      if (over) return;
      if (live) transmit({ t: "ping" });
      else if (socket === null) {
        cancelRetry();
        connect();
      }
    },
    stop() {
      over = true;
      drop();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
