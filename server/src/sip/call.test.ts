import assert from "node:assert/strict";
import { test } from "node:test";
import { LossyNet, sdp, type TestHost } from "./lossy-net.ts";

/** Two hosts; `b` answers what comes in, after 180 and a second. */
function pair(seed: number): { net: LossyNet; a: TestHost; b: TestHost } {
  const net = new LossyNet(seed);
  const a = net.host("10.0.0.1", { domain: "a.test" });
  const b = net.host("10.0.0.2");
  b.on = (event) => {
    if (event.type !== "incoming") return;
    b.command({ type: "progress", ref: event.ref, status: 180 });
    net.clock.after(1000, () => b.command({ type: "answer", ref: event.ref, sdp: sdp("b") }));
  };
  return { net, a, b };
}

const call = (ref: string, noAnswerMs = 60_000) =>
  ({ type: "invite", ref, target: { uri: "sip:100@10.0.0.2" }, from: { user: "alice", display: "Alice É" }, sdp: sdp("a"), noAnswerMs }) as const;

test("a call rings, is answered, confirmed and ended by the caller; nothing is left behind", () => {
  const { net, a, b } = pair(1);
  a.command(call("x"));
  net.clock.advance(5000);
  assert.deepEqual(a.events.map((e) => e.type), ["ringing", "answered"]);
  assert.equal(a.of("answered")[0]!.sdp, sdp("b"));
  const incoming = b.of("incoming")[0]!;
  assert.deepEqual(incoming.from, { user: "alice", host: "a.test", display: "Alice É", account: null });
  assert.equal(incoming.sdp, sdp("a"));
  assert.equal(incoming.to.user, "100");
  a.command({ type: "hangUp", ref: "x", reason: "done" });
  net.clock.advance(100_000);
  assert.deepEqual(a.of("ended").map((e) => e.by), ["us"]);
  assert.deepEqual(b.of("ended").map((e) => e.by), ["peer"]);
  assert.equal(a.core.nextWakeAt(), null);
  assert.equal(b.core.nextWakeAt(), null);
  // INVITE, ACK, BYE at b; 100, 180, 200, 200 at a: no loss, no repetition
  assert.equal(net.sent, 7);
});
