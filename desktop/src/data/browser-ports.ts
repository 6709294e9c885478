/* oxlint-disable unicorn/require-post-message-target-origin -- the postMessage of a worker takes none */
/** The real clock, chance and socket of the browser for the stream: the only place of the data layer that touches them. */
import type { StreamPorts } from "./stream.ts";

export function browserPorts(): StreamPorts {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after: steadyTimer(),
    open(events) {
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(`${scheme}//${location.host}/api/stream`);
      socket.addEventListener("open", () => events.onOpen());
      // The server sends text only; anything else is unparsable and handled as such.
      socket.addEventListener("message", (event) => events.onText(String(event.data)));
      // An error is always followed by close, which is where the story is told.
      socket.addEventListener("close", () => events.onClose());
      return {
        send(text) {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        close: () => socket.close(),
      };
    },
  };
}

/** Timers kept by a worker, so that a hidden tab keeps its pings. */
function steadyTimer(): StreamPorts["after"] {
  const worker = new Worker(new URL("./tick-worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, () => void>();
  let last = 0;
  worker.addEventListener("message", (event: MessageEvent<number>) => {
    const fire = waiting.get(event.data);
    waiting.delete(event.data);
    fire?.();
  });
  return (afterMs, fire) => {
    const id = ++last;
    waiting.set(id, fire);
    worker.postMessage({ id, afterMs });
    return () => {
      if (waiting.delete(id)) worker.postMessage({ id, cancel: true });
    };
  };
}
