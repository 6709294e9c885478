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

test("with 20% of datagrams lost, late and out of order, every call is established and ended on both sides, and nothing is left behind", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const { net, a, b } = pair(seed);
    net.loss = 0.2;
    net.jitterMs = 150;
    a.command(call("x"));
    net.clock.advance(45_000);
    assert.equal(a.of("answered").length, 1, `seed ${seed}: answered once; a heard ${JSON.stringify(a.events)}`);
    assert.equal(b.of("incoming").length, 1, `seed ${seed}: one call, not one per repetition`);
    const [first, second] = seed % 2 ? [a, b] : [b, a];
    first.command({ type: "hangUp", ref: seed % 2 ? "x" : b.of("incoming")[0]!.ref, reason: "done" });
    net.clock.advance(200_000);
    assert.deepEqual(first.of("ended").map((e) => e.by), ["us"], `seed ${seed}`);
    assert.equal(second.of("ended").length, 1, `seed ${seed}: the other side heard it`);
    assert.equal(a.core.nextWakeAt(), null, `seed ${seed}`);
    assert.equal(b.core.nextWakeAt(), null, `seed ${seed}`);
  }
});

test("offers from both sides at the same time under loss: 491 and another try, each offer is answered in the end", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { net, a, b } = pair(seed);
    a.command(call("x"));
    net.clock.advance(5_000);
    const y = b.of("incoming")[0]!.ref;
    net.loss = 0.2;
    for (const [host, ref] of [[a, "x"], [b, y]] as const) {
      host.on = (event) => {
        if (event.type === "offer") host.command({ type: "acceptOffer", ref, sdp: sdp(`answer to ${event.sdp.length}`) });
      };
    }
    a.command({ type: "offer", ref: "x", sdp: sdp("a2") });
    b.command({ type: "offer", ref: y, sdp: sdp("b2") });
    net.clock.advance(60_000);
    for (const host of [a, b]) {
      assert.equal(host.of("offerAnswered").length + host.of("offerRefused").length, 1, `seed ${seed}: an offer has one outcome`);
      assert.equal(host.of("ended").length, 0, `seed ${seed}`);
      assert.equal(host.of("offerAnswered").length, 1, `seed ${seed}`);
      assert.equal(host.of("offer").length, 1, `seed ${seed}`);
    }
  }
});

test("the caller gives up while it rings: CANCEL, 487, both hear it", () => {
  const { net, a, b } = pair(3);
  b.on = (event) => {
    if (event.type === "incoming") b.command({ type: "progress", ref: event.ref, status: 180 });
  };
  a.command(call("x"));
  net.clock.advance(3_000);
  a.command({ type: "hangUp", ref: "x", reason: "changed my mind" });
  a.command({ type: "hangUp", ref: "x", reason: "twice does nothing" });
  net.clock.advance(100_000);
  assert.deepEqual(a.of("failed").map((e) => e.status), [487]);
  assert.equal(b.of("cancelled").length, 1);
  assert.ok(a.heard.some((m) => m.startsWith("SIP/2.0 487")));
  assert.equal(a.core.nextWakeAt(), null);
  assert.equal(b.core.nextWakeAt(), null);
});

test("an answer that crosses the CANCEL is acknowledged and ended, and the room above hears only the failure", () => {
  const { net, a, b } = pair(4);
  a.command(call("x", 1015)); // b answers after 10 + 1000 ms, its 200 needs 10 more
  net.clock.advance(100_000);
  assert.deepEqual(a.events.map((e) => e.type), ["ringing", "failed"]);
  assert.equal(a.of("failed")[0]!.status, 408);
  assert.deepEqual(b.of("ended").map((e) => e.by), ["peer"]);
});

test("busy, declined and unreachable are told with their status", () => {
  for (const [status, reason] of [[486, "Busy Here"], [603, "Decline"]] as const) {
    const { net, a, b } = pair(5);
    b.on = (event) => {
      if (event.type === "incoming") b.command({ type: "reject", ref: event.ref, status, reason });
    };
    a.command(call("x"));
    net.clock.advance(60_000);
    assert.deepEqual(a.of("failed"), [{ type: "failed", ref: "x", status, reason }]);
    assert.deepEqual(b.of("ended").map((e) => e.by), ["us"]);
  }
  const { net, a } = pair(6);
  a.command({ ...call("x"), target: { uri: "sip:100@10.9.9.9" } });
  net.clock.advance(40_000);
  assert.equal(a.of("failed")[0]!.status, 408);
  a.command({ ...call("y"), target: { uri: "mailto:x@y" } });
  assert.equal(a.of("failed")[1]!.status, 416);
});

test("hold and resume: an offer, its answer, the same session again is refreshed in silence, an offer may be refused", () => {
  const { net, a, b } = pair(7);
  a.command(call("x"));
  net.clock.advance(5_000);
  const y = b.of("incoming")[0]!.ref;
  a.command({ type: "offer", ref: "x", sdp: sdp("hold") });
  net.clock.advance(100);
  assert.equal(b.of("offer")[0]!.sdp, sdp("hold"));
  b.command({ type: "acceptOffer", ref: y, sdp: sdp("held") });
  net.clock.advance(1_000);
  assert.equal(a.of("offerAnswered")[0]!.sdp, sdp("held"));
  a.command({ type: "offer", ref: "x", sdp: sdp("hold") });
  net.clock.advance(1_000);
  assert.equal(b.of("offer").length, 1);
  assert.equal(a.of("offerAnswered").length, 2);
  b.command({ type: "offer", ref: y, sdp: sdp("other") });
  net.clock.advance(100);
  a.command({ type: "refuseOffer", ref: "x", status: 488 });
  net.clock.advance(1_000);
  assert.deepEqual(b.of("offerRefused").map((e) => e.status), [488]);
  a.command({ type: "hangUp", ref: "x", reason: "" });
  net.clock.advance(60_000);
  assert.equal(b.of("ended").length, 1);
});

test("an offer given before the ACK came waits for it", () => {
  const { net, a, b } = pair(8);
  b.on = (event) => {
    if (event.type !== "incoming") return;
    b.command({ type: "answer", ref: event.ref, sdp: sdp("b") });
    b.command({ type: "offer", ref: event.ref, sdp: sdp("b2") });
  };
  a.on = (event) => {
    if (event.type === "offer") a.command({ type: "acceptOffer", ref: "x", sdp: sdp("a2") });
  };
  a.command(call("x"));
  net.clock.advance(3_000);
  assert.deepEqual(a.events.map((e) => e.type), ["answered", "offer"]);
  assert.equal(b.of("offerAnswered")[0]!.sdp, sdp("a2"));
});

test("a session is refreshed by its refresher for hours, and a peer that went silent ends it", () => {
  const { net, a, b } = pair(9);
  a.command(call("x"));
  net.clock.advance(3 * 3_600_000);
  assert.equal(a.of("ended").length + b.of("ended").length, 0);
  assert.ok(a.heard.filter((m) => m.startsWith("UPDATE")).length >= 10, "b refreshes every 900 s, because a left it the choice");
  net.loss = 1;
  net.clock.advance(3_600_000);
  assert.deepEqual(a.of("ended").map((e) => e.by), ["timeout"]);
  assert.deepEqual(b.of("ended").map((e) => e.by), ["timeout"]);
});

test("a 2xx without ACK is repeated with growing gaps and the call ends after 32 s", () => {
  const { net, a, b } = pair(10);
  a.command(call("x"));
  net.clock.advance(1_015);
  net.loss = 1;
  net.clock.advance(10);
  assert.equal(b.of("ended").length, 0);
  const before = net.sent;
  net.clock.advance(31_000);
  const repeats = net.sent - before;
  assert.ok(repeats >= 9 && repeats <= 11, `${repeats} repetitions: 0.5 1 2 4 4 4 ... s`);
  net.clock.advance(5_000);
  assert.deepEqual(b.of("ended").map((e) => e.by), ["timeout"]);
});

test("a transfer asked by REFER: 202, NOTIFY with the progress, refused when nobody wants it", () => {
  const { net, a, b } = pair(11);
  a.command(call("x"));
  net.clock.advance(5_000);
  // as a phone writes it, in a's dialog
  const invite = b.heard.find((m) => m.startsWith("INVITE"))!;
  const ok = a.heard.find((m) => m.startsWith("SIP/2.0 200"))!;
  const field = (text: string, name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(text)![1]!;
  const refer = (cseq: number): Buffer => Buffer.from([
    "REFER sip:tandem@10.0.0.2 SIP/2.0", `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKrefer${cseq}`, "Max-Forwards: 70",
    `From: ${field(invite, "From")}`, `To: ${field(ok, "To")}`, `Call-ID: ${field(invite, "Call-ID")}`, `CSeq: ${cseq} REFER`,
    "Refer-To: <sip:200@tandem.test>", "Contact: <sip:a@10.0.0.1>", "Content-Length: 0", "", "",
  ].join("\r\n"));
  const y = b.of("incoming")[0]!.ref;
  b.receive(refer(2), b.flowTo(a));
  assert.deepEqual(b.of("refer")[0]!.target, { user: "200", host: "tandem.test", raw: "sip:200@tandem.test", replaces: null });
  b.command({ type: "acceptRefer", ref: y });
  b.command({ type: "referProgress", ref: y, status: 200, reason: "OK" });
  net.clock.advance(1_000);
  assert.ok(a.heard.some((m) => m.startsWith("SIP/2.0 202")));
  const notifies = a.heard.filter((m) => m.startsWith("NOTIFY"));
  assert.deepEqual(notifies.map((m) => m.split("\r\n\r\n")[1]), ["SIP/2.0 100 Trying\r\n", "SIP/2.0 200 OK\r\n"]);
  assert.match(notifies[1]!, /Subscription-State: terminated/);
  b.receive(refer(3), b.flowTo(a));
  b.command({ type: "refuseRefer", ref: y, status: 603 });
  net.clock.advance(1_000);
  assert.ok(a.heard.some((m) => m.startsWith("SIP/2.0 603")));
  assert.equal(b.of("ended").length, 0);
});

test("stop ends every leg in whatever state", () => {
  const { net, a, b } = pair(12);
  a.command(call("x"));
  net.clock.advance(5_000);
  b.on = (event) => {
    if (event.type === "incoming") b.command({ type: "progress", ref: event.ref, status: 180 });
  };
  a.command(call("early"));
  net.clock.advance(500);
  b.do(b.core.stop(net.clock.now()));
  net.clock.advance(60_000);
  assert.deepEqual(a.of("ended").map((e) => e.ref), ["x"]);
  assert.deepEqual(a.of("failed").map((e) => [e.ref, e.status]), [["early", 503]]);
  assert.equal(b.of("ended").length, 2);
});

test("hanging up right after answering waits for the ACK before the BYE (RFC 3261 15), under loss too", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { net, a, b } = pair(seed);
    net.loss = 0.2;
    b.on = (event) => {
      if (event.type !== "incoming") return;
      b.command({ type: "answer", ref: event.ref, sdp: sdp("b") });
      b.command({ type: "hangUp", ref: event.ref, reason: "at once" });
    };
    a.command(call("x"));
    net.clock.advance(200_000);
    assert.deepEqual(b.of("ended").map((e) => e.by), ["us"], `seed ${seed}`);
    assert.deepEqual(a.events.map((e) => e.type), ["answered", "ended"], `seed ${seed}`);
    const order = b.heard.findIndex((m) => m.startsWith("ACK"));
    assert.ok(order > 0 && !b.heard.slice(0, order).some((m) => /^CSeq: \d+ BYE/m.test(m)), `seed ${seed}`);
    assert.equal(b.core.nextWakeAt(), null, `seed ${seed}`);
  }
});

test("a WebSocket that closes ends the calls on it; a TCP connection that closes does not, the peer may come back by another", () => {
  for (const transport of ["ws", "tcp"] as const) {
    const net = new LossyNet(1);
    const b = net.host("10.0.0.2");
    const peer = net.host("10.0.0.1");
    const flow = b.flowTo(peer, transport);
    const text = (method: string, cseq: number, to: string, body: string): Buffer => Buffer.from([
      `${method} sip:100@tandem.test SIP/2.0`, `Via: SIP/2.0/TCP x.invalid;branch=z9hG4bK${transport}${cseq}${method}`, "Max-Forwards: 70", "From: <sip:a@a.test>;tag=1", `To: ${to}`,
      `Call-ID: ${transport}`, `CSeq: ${cseq} ${method}`, `Contact: <sip:a@10.0.0.1;transport=${transport}>`, "Content-Type: application/sdp", `Content-Length: ${body.length}`, "", body,
    ].join("\r\n"));
    b.on = (event) => {
      if (event.type === "incoming") b.command({ type: "answer", ref: event.ref, sdp: sdp("b") });
    };
    b.receive(text("INVITE", 1, "<sip:100@tandem.test>", sdp("a")), flow);
    net.clock.advance(100);
    const to = /^To: (.*)$/m.exec(peer.heard.find((m) => m.startsWith("SIP/2.0 200"))!)![1]!;
    b.receive(text("ACK", 1, to, ""), flow);
    b.do(b.core.flowClosed(flow, net.clock.now()));
    assert.deepEqual(b.of("ended").map((e) => e.by), transport === "ws" ? ["transport"] : []);
    if (transport === "ws") continue;
    b.receive(text("BYE", 2, to, ""), { ...flow, id: "tcp:again" });
    assert.deepEqual(b.of("ended").map((e) => e.by), ["peer"]);
  }
});
