import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerFrame } from "@tandem/protocol";
import { MAX_RETRY_MS, PING_MS, SILENCE_MS, startStream } from "./stream.ts";
import type { Connection, SocketEvents } from "./stream.ts";

/** A network and a clock by hand: each opened socket is recorded with what was sent on it. */
function world(answer: (frame: ServerFrame) => "ok" | "restart" = () => "ok") {
  let now = 0;
  let timers: { dueMs: number; fire: () => void }[] = [];
  const sockets: { events: SocketEvents; sent: { t: string; epoch?: string | null; seq?: number }[]; closed: boolean }[] = [];
  const frames: ServerFrame[] = [];
  const phases: Connection[] = [];
  const resume = { epoch: null as string | null, seq: 0 };
  const stream = startStream({
    ports: {
      now: () => now,
      random: () => 1,
      after(afterMs, fire) {
        const timer = { dueMs: now + afterMs, fire };
        timers.push(timer);
        return () => void (timers = timers.filter((t) => t !== timer));
      },
      open(events) {
        const socket = { events, sent: [] as { t: string }[], closed: false };
        sockets.push(socket);
        return { send: (text) => void socket.sent.push(JSON.parse(text) as { t: string }), close: () => void (socket.closed = true) };
      },
    },
    resumeFrom: () => ({ ...resume }),
    onFrame(frame) {
      frames.push(frame);
      return answer(frame);
    },
    onConnection: (connection) => void phases.push(connection),
  });
  const say = (frame: ServerFrame): void => sockets.at(-1)?.events.onText(JSON.stringify(frame));
  return {
    stream, sockets, frames, phases, resume, say,
    last: () => sockets.at(-1)!,
    snapshot: () => say({
      t: "snapshot", epoch: "e1", seq: 3, nowMs: 0, me: { id: "a", login: "a", name: "A", roles: ["agent"], language: "fr" },
      agents: [], queues: [], interactions: [], dispositions: [],
    }),
    pass(ms: number) {
      const until = now + ms;
      for (;;) {
        const due = timers.filter((t) => t.dueMs <= until).toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (due === undefined) break;
        timers = timers.filter((t) => t !== due);
        now = due.dueMs;
        due.fire();
      }
      now = until;
    },
  };
}

describe("stream", () => {
  it("says hello with where it stands, is live after the snapshot, pings each 10 s", () => {
    const w = world();
    w.last().events.onOpen();
    assert.deepEqual(w.last().sent, [{ t: "hello", epoch: null, seq: 0 }]);
    assert.equal(w.stream.send({ t: "typing", interactionId: "i" }), false);
    w.snapshot();
    assert.equal(w.phases.at(-1)?.phase, "live");
    w.pass(PING_MS);
    assert.deepEqual(w.last().sent.at(-1), { t: "ping" });
    assert.equal(w.stream.send({ t: "typing", interactionId: "i" }), true);
  });

  it("comes back with growing waits and resumes by epoch and seq", () => {
    const w = world();
    w.last().events.onOpen();
    w.snapshot();
    Object.assign(w.resume, { epoch: "e1", seq: 9 });
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      w.last().events.onClose();
      const phase = w.phases.at(-1);
      assert.ok(phase?.phase === "waiting");
      const waitMs = phase.retryAtMs - (w.phases.length > 0 ? waits.reduce((a, b) => a + b, 0) : 0);
      waits.push(waitMs);
      w.pass(waitMs);
    }
    assert.deepEqual(waits, [400, 800, 1600, 3200, 6400, 12_800, MAX_RETRY_MS, MAX_RETRY_MS]);
    w.last().events.onOpen();
    assert.deepEqual(w.last().sent, [{ t: "hello", epoch: "e1", seq: 9 }]);
    w.say({ t: "resumed", epoch: "e1", seq: 9, nowMs: 0 });
    assert.equal(w.phases.at(-1)?.phase, "live");
  });

  it("notices silence: a socket that says nothing is replaced", () => {
    const w = world();
    w.last().events.onOpen();
    w.snapshot();
    w.pass(SILENCE_MS + PING_MS);
    assert.equal(w.sockets[0]?.closed, true);
    assert.ok(w.sockets.length >= 2);
  });

  it("takes the missed events before the welcome, and is live only after it", () => {
    const w = world();
    w.last().events.onOpen();
    w.say({ t: "event", seq: 4, kind: "queueGone", id: "q" });
    assert.equal(w.frames.length, 1);
    assert.notEqual(w.phases.at(-1)?.phase, "live");
    w.say({ t: "resumed", epoch: "e1", seq: 4, nowMs: 0 });
    assert.equal(w.phases.at(-1)?.phase, "live");
  });

  it("comes back on a new socket when a frame does not fit", () => {
    const w = world((frame) => (frame.t === "resumed" ? "restart" : "ok"));
    w.last().events.onOpen();
    w.say({ t: "resumed", epoch: "other", seq: 4, nowMs: 0 });
    assert.equal(w.sockets[0]?.closed, true);
    w.pass(400);
    assert.equal(w.sockets.length, 2);
  });

  it("drops a frame that it cannot read with the socket, and ends at goodbye", () => {
    const w = world();
    w.last().events.onOpen();
    w.last().events.onText("{ not json");
    assert.equal(w.phases.at(-1)?.phase, "waiting");
    w.stream.nudge();
    assert.equal(w.sockets.length, 2);
    w.last().events.onOpen();
    w.say({ t: "bye", why: "signed out elsewhere" });
    assert.deepEqual(w.phases.at(-1), { phase: "ended", sinceMs: 0, attempts: 0, why: "signed out elsewhere" });
    w.pass(60_000);
    assert.equal(w.sockets.length, 2);
  });
});
