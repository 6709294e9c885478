import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteDecision, RouteTarget } from "../settings.ts";
import { LossyNet, sdp, type TestHost } from "../lossy-net.ts";
import { sign, type RawPeer, type Written } from "../raw-peer.ts";
import { all, bench, reply, send, sent, type Sent } from "./proxy-peer.ts";
import { tokenDays } from "./route-token.ts";

const to = (...groups: RouteTarget[][]): RouteDecision => ({ as: "proxy", groups, recordRoute: true });
const BOB = "sip:bob@198.51.100.2";
const invite = (more: Partial<Written> = {}): Written => ({
  method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("alice"),
  ...more, headers: ["Contact: <sip:alice@203.0.113.5:5060>", "Content-Type: application/sdp", ...(more.headers ?? [])],
});
const lines = (list: readonly Sent[]): string[] => list.map(({ to, line }) => `${to} ${line}`);

/** Alice, a proxy and Bob on one network; Bob answers after 180 and a second. */
function trio(seed: number, groups: RouteTarget[][] = [[{ uri: "sip:bob@10.0.0.2" }]]): { net: LossyNet; alice: TestHost; proxy: TestHost; bob: TestHost } {
  const net = new LossyNet(seed);
  const alice = net.host("10.0.0.1", { domain: "a.test" });
  const proxy = net.host("10.0.0.5", { domain: "p.test", route: () => to(...groups) });
  const bob = net.host("10.0.0.2", { domain: "b.test" });
  bob.on = (event) => {
    if (event.type !== "incoming") return;
    bob.command({ type: "progress", ref: event.ref, status: 180 });
    net.clock.after(1000, () => bob.command({ type: "answer", ref: event.ref, sdp: sdp("b") }));
  };
  return { net, alice, proxy, bob };
}
const call = { type: "invite", ref: "x", target: { uri: "sip:bob@10.0.0.5" }, from: { user: "alice", display: "" }, sdp: sdp("a"), noAnswerMs: 60_000 } as const;

test("RFC 3665 3.1: a call through the proxy, every message of it, and nothing is left behind", () => {
  const { net, alice, proxy, bob } = trio(1);
  alice.command(call);
  net.clock.advance(5_000);
  alice.command({ type: "hangUp", ref: "x", reason: "" });
  net.clock.advance(200_000);
  const start = (host: TestHost): string[] => host.heard.map((message) => message.slice(0, message.indexOf("\r\n")).replace(/ SIP\/2\.0$/, "").replace(/^SIP\/2\.0 /, ""));
  assert.deepEqual(start(alice), ["100 Trying", "180 Ringing", "200 OK", "200 OK"]);
  assert.deepEqual(start(bob), ["INVITE sip:bob@10.0.0.2", "ACK sip:tandem@10.0.0.2:5060", "BYE sip:tandem@10.0.0.2:5060"]);
  assert.deepEqual(start(proxy).map((line) => line.split(" ")[0]), ["INVITE", "100", "180", "200", "ACK", "BYE", "200"]);
  assert.equal(all(bob.heard[0], "Via").length, 2);
  assert.equal(all(bob.heard[0], "Max-Forwards")[0], "69");
  assert.match(all(bob.heard[0], "Record-Route")[0]!, /^<sip:tr~[^@]+@10\.0\.0\.5:5060;lr>$/);
  assert.deepEqual(all(bob.heard[2], "Route"), [], "our own Route is taken out");
  assert.equal(all(alice.heard[2], "Via").length, 1);
  assert.deepEqual(bob.of("ended").map(({ by }) => by), ["peer"]);
  for (const host of [alice, proxy, bob]) assert.equal(host.core.nextWakeAt(), null);
});

test("with 20% of datagrams lost, late and out of order, calls through the proxy are established and ended on both sides", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const { net, alice, proxy, bob } = trio(seed);
    net.loss = 0.2;
    net.jitterMs = 150;
    alice.command(call);
    net.clock.advance(60_000);
    assert.equal(alice.of("answered").length, 1, `seed ${seed}: ${JSON.stringify(alice.events)}`);
    assert.equal(bob.of("incoming").length, 1, `seed ${seed}`);
    const [first, second] = seed % 2 ? [alice, bob] : [bob, alice];
    first.command({ type: "hangUp", ref: seed % 2 ? "x" : bob.of("incoming")[0]!.ref, reason: "" });
    net.clock.advance(200_000);
    assert.equal(first.of("ended").length, 1, `seed ${seed}`);
    assert.equal(second.of("ended").length, 1, `seed ${seed}: the other side heard it`);
    assert.equal(proxy.core.nextWakeAt(), null, `seed ${seed}: the proxy keeps nothing`);
  }
});

test("the caller cancels through the proxy: CANCEL to the callee, 487 back; RFC 3665 3.8", () => {
  const { net, alice, proxy, bob } = trio(3);
  bob.on = (event) => {
    if (event.type === "incoming") bob.command({ type: "progress", ref: event.ref, status: 180 });
  };
  alice.command(call);
  net.clock.advance(2_000);
  alice.command({ type: "hangUp", ref: "x", reason: "" });
  net.clock.advance(100_000);
  assert.equal(bob.of("cancelled").length, 1);
  assert.ok(alice.heard.some((message) => message.startsWith("SIP/2.0 487")));
  for (const host of [alice, proxy, bob]) assert.equal(host.core.nextWakeAt(), null);
});

test("busy (RFC 3665 3.9) and silence (3.10) come back as what they are: 486, and 408 after timer B", () => {
  const busy = trio(4);
  busy.bob.on = (event) => {
    if (event.type === "incoming") busy.bob.command({ type: "reject", ref: event.ref, status: 486, reason: "Busy Here" });
  };
  busy.alice.command(call);
  busy.net.clock.advance(60_000);
  assert.deepEqual(busy.alice.of("failed").map(({ status }) => status), [486]);
  assert.equal(busy.proxy.core.nextWakeAt(), null);
  const silent = trio(5, [[{ uri: "sip:bob@10.9.9.9" }]]);
  silent.alice.command({ ...call, noAnswerMs: 120_000 });
  silent.net.clock.advance(119_000);
  assert.deepEqual(silent.alice.of("failed").map(({ status }) => status), [408]);
});

test("a fork: all targets of a group at once, the first 2xx wins, the others get CANCEL, a second 2xx still goes back", () => {
  const b = bench(() => to([{ uri: "sip:a@198.51.100.1" }, { uri: "sip:b@198.51.100.2" }, { uri: "sip:c@198.51.100.3" }], [{ uri: "sip:later@198.51.100.4" }]));
  const alice = b.peer("203.0.113.5");
  const out = send(alice, invite());
  assert.deepEqual(lines(out), [
    "udp:203.0.113.5:5060 SIP/2.0 100 Trying", "udp:198.51.100.1:5060 INVITE sip:a@198.51.100.1 SIP/2.0", "udp:198.51.100.2:5060 INVITE sip:b@198.51.100.2 SIP/2.0",
    "udp:198.51.100.3:5060 INVITE sip:c@198.51.100.3 SIP/2.0",
  ]);
  assert.deepEqual(all(out[1]!.text, "Max-Breadth"), ["20"], "RFC 5393: the breadth is shared");
  assert.equal(new Set(out.slice(1).map(({ text }) => all(text, "Via")[0])).size, 3, "each branch has its own");
  const [one, two, three] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"].map((address) => b.peer(address)) as [RawPeer, RawPeer, RawPeer];
  assert.deepEqual(lines(send(two, reply(out[2]!.text, "180 Ringing", "t2"))), ["udp:203.0.113.5:5060 SIP/2.0 180 Ringing"]);
  assert.deepEqual(send(three, reply(out[3]!.text, "100 Trying", "")), [], "a 100 goes no further");
  const won = send(one, reply(out[1]!.text, "200 OK", "t1", ["Contact: <sip:a@198.51.100.1>"], sdp("a")));
  assert.deepEqual(lines(won), ["udp:203.0.113.5:5060 SIP/2.0 200 OK", "udp:198.51.100.2:5060 CANCEL sip:b@198.51.100.2 SIP/2.0", "udp:198.51.100.3:5060 CANCEL sip:c@198.51.100.3 SIP/2.0"]);
  assert.deepEqual(all(won[1]!.text, "Via"), [all(out[2]!.text, "Via")[0]], "the Via of its INVITE, alone");
  assert.deepEqual(lines(send(two, reply(out[2]!.text, "487 Request Terminated", "t2"))), ["udp:198.51.100.2:5060 ACK sip:b@198.51.100.2 SIP/2.0"], "its 487 goes no further");
  assert.deepEqual(lines(send(three, reply(out[3]!.text, "200 OK", "t3"))), ["udp:203.0.113.5:5060 SIP/2.0 200 OK"], "late, but only the caller can end it");
  assert.deepEqual(lines(send(one, reply(out[1]!.text, "200 OK", "t1"))), ["udp:203.0.113.5:5060 SIP/2.0 200 OK"], "repeated, as the ACK may be lost");
  b.advance(300_000);
  assert.equal(b.core.nextWakeAt(), null);
});

test("in sequence: the next group when one failed; contacts of an account by q; the best refusal goes back", () => {
  const b = bench(() => to([{ account: "1001" }], [{ uri: "sip:voicemail@198.51.100.9" }]));
  const alice = b.peer("203.0.113.5");
  const phones = ["198.51.100.1", "198.51.100.2"].map((address) => b.peer(address)) as [RawPeer, RawPeer];
  phones.forEach((phone, i) => phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: [`Contact: <sip:p${i}@${phone.flow.remoteAddress}>;q=0.${9 - i}`] }, "1001", "pw"));
  const first = send(alice, invite());
  assert.deepEqual(lines(first).slice(1), ["udp:198.51.100.1:5060 INVITE sip:p0@198.51.100.1 SIP/2.0"]);
  const second = send(phones[0], reply(first[1]!.text, "486 Busy Here", "t0"));
  assert.deepEqual(lines(second), ["udp:198.51.100.1:5060 ACK sip:p0@198.51.100.1 SIP/2.0", "udp:198.51.100.2:5060 INVITE sip:p1@198.51.100.2 SIP/2.0"]);
  const third = send(phones[1], reply(second[1]!.text, "404 Not Found", "t1"));
  assert.equal(third[1]!.to, "udp:198.51.100.9:5060");
  const last = send(b.peer("198.51.100.9"), reply(third[1]!.text, "500 Server Internal Error", "t9"));
  assert.equal(last[1]!.line, "SIP/2.0 486 Busy Here", "the lowest class, the first of it");
  assert.equal(last[1]!.to, "udp:203.0.113.5:5060");
});

const twoWay = (): { alice: RawPeer; one: RawPeer; two: RawPeer; out: Sent[] } => {
  const b = bench(() => to([{ uri: "sip:a@198.51.100.1" }, { uri: "sip:b@198.51.100.2" }], [{ uri: "sip:later@198.51.100.4" }]));
  const alice = b.peer("203.0.113.5");
  return { alice, one: b.peer("198.51.100.1"), two: b.peer("198.51.100.2"), out: send(alice, invite()) };
};

test("a 6xx ends the search everywhere: the other branch is cancelled, no further group, the 6xx goes back", () => {
  const { one, two, out } = twoWay();
  send(two, reply(out[2]!.text, "180 Ringing", "t2"));
  assert.deepEqual(lines(send(one, reply(out[1]!.text, "603 Decline", "t1"))), ["udp:198.51.100.1:5060 ACK sip:a@198.51.100.1 SIP/2.0", "udp:198.51.100.2:5060 CANCEL sip:b@198.51.100.2 SIP/2.0"]);
  assert.deepEqual(lines(send(two, reply(out[2]!.text, "487 Request Terminated", "t2"))).at(-1), "udp:203.0.113.5:5060 SIP/2.0 603 Decline");
});

test("challenges of all branches go back in one (16.7 step 7); 503 is told as 500", () => {
  const b = bench(() => to([{ uri: "sip:a@198.51.100.1" }, { uri: "sip:b@198.51.100.2" }]));
  const alice = b.peer("203.0.113.5");
  const out = send(alice, invite());
  send(b.peer("198.51.100.1"), reply(out[1]!.text, "407 Proxy Authentication Required", "t1", ['Proxy-Authenticate: Digest realm="one", nonce="1"']));
  const back = send(b.peer("198.51.100.2"), reply(out[2]!.text, "401 Unauthorized", "t2", ['WWW-Authenticate: Digest realm="two", nonce="2"'])).at(-1)!;
  assert.match(back.line, /^SIP\/2\.0 40[17] /);
  assert.deepEqual([...all(back.text, "Proxy-Authenticate"), ...all(back.text, "WWW-Authenticate")].sort(), ['Digest realm="one", nonce="1"', 'Digest realm="two", nonce="2"']);
  const single = bench(() => to([{ uri: BOB }]));
  const again = send(single.peer("203.0.113.5"), invite());
  assert.equal(send(single.peer("198.51.100.2"), reply(again[1]!.text, "503 Service Unavailable", "t")).at(-1)!.line, "SIP/2.0 500 Server Internal Error");
});

test("request validation (16.3): Max-Forwards, loops, Proxy-Require; a spiral passes", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const line = (list: Sent[]): string => list[0]!.line;
  const text = (out: Sent[]): string => out[1]!.text;
  assert.equal(line(send(alice, writeWith(alice, invite(), "Max-Forwards: 70", "Max-Forwards: 0"))), "SIP/2.0 483 Too Many Hops");
  assert.deepEqual(all(text(send(alice, writeWith(alice, invite(), "Max-Forwards: 70\r\n", ""))), "Max-Forwards"), ["70"]);
  assert.deepEqual(all(text(send(alice, writeWith(alice, invite(), "Max-Forwards: 70", "Max-Forwards: 12"))), "Max-Forwards"), ["11"]);
  const refused = send(alice, invite({ headers: ["Proxy-Require: teleport, foo"] }));
  assert.equal(line(refused), "SIP/2.0 420 Bad Extension");
  assert.equal(all(refused[0]!.text, "Unsupported")[0], "teleport, foo");
  assert.equal(send(alice, invite({ headers: ["Require: teleport"] })).length, 2, "Require is not for proxies");
  // what left comes back to the same place: a loop; with another Request-URI it goes elsewhere: a spiral
  const out = text(send(alice, invite({ callId: "loop" })));
  const looped = out.replace(`INVITE ${BOB}`, "INVITE sip:100@tandem.test");
  assert.equal(line(send(b.peer("198.51.100.2"), looped)), "SIP/2.0 482 Loop Detected");
  assert.equal(line(send(b.peer("198.51.100.2"), out.replace(`INVITE ${BOB}`, "INVITE sip:100@tandem.test;x=1"))), "SIP/2.0 100 Trying");
});

function writeWith(peer: RawPeer, written: Written, from: string, into: string): string {
  return writeText(peer, written).replace(from, into);
}
function writeText(peer: RawPeer, written: Written): string {
  const { method = "OPTIONS", uri = "", from = "<sip:eve@elsewhere.test>;tag=f1", to = "", callId = `w${Math.floor(peer.bench.nowMs++)}`, body = "" } = written;
  return [
    `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP ${peer.flow.remoteAddress}:${peer.flow.remotePort};branch=z9hG4bK${callId}`, "Max-Forwards: 70", `From: ${from}`, `To: ${to}`,
    `Call-ID: ${callId}`, `CSeq: 1 ${method}`, ...(written.headers ?? []), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n");
}

test("what is not understood passes byte for byte: unknown methods, headers, compact and folded forms, octets beyond ASCII", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const body = "\x00\xff\r\n\r\nbinary\xfe";
  const head = (uri: string, top: string): string => [
    `FROBNICATE ${uri} SIP/2.0`, `${top}v: SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKodd`, "f:  \"\xc3\x89ve\" <sip:eve@elsewhere.test> ;tag=1", "t: <sip:100@tandem.test>", "i: odd-call", "CSeq: 7   FROBNICATE",
    "max-forwards:  69", "X-Odd  :  kept   as is ", "Subject: a line", "\tthat is folded", "sUpPoRtEd: a,b , c", `l: ${body.length}`, "", body,
  ].join("\r\n");
  const out = send(alice, head("sip:100@tandem.test", "").replace("max-forwards:  69", "max-forwards:  70"));
  assert.equal(out.length, 1);
  const via = all(out[0]!.text, "Via")[0]!;
  const record = all(out[0]!.text, "Record-Route")[0]!;
  assert.equal(out[0]!.text, head(BOB, `Via: ${via}\r\nRecord-Route: ${record}\r\n`).replace("max-forwards:  69", "Max-Forwards: 69"));
  const answer = [`SIP/2.0 299 Odd \xff reason`, `Via: ${via}, SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bKodd`, "f: \"\xc3\x89ve\" <sip:eve@elsewhere.test> ;tag=1", "t: <sip:100@tandem.test>;tag=z", "i: odd-call", "CSeq: 7 FROBNICATE", "l: 3", "", "\xff\x00\xfe"].join("\r\n");
  const back = send(b.peer("198.51.100.2"), answer);
  assert.equal(back[0]!.text, answer.replace(`${via}, `, ""), "both Vias stood in one line");
});

test("no open relay: nothing without a token of ours for that very dialog, no Route of a stranger, no foreign domain", () => {
  const b = bench(({ target }) => (target.host === "tandem.test" ? to([{ uri: BOB }]) : { as: "agent" }));
  const alice = b.peer("203.0.113.5");
  const out = send(alice, invite({ callId: "mine" }));
  const route = all(out[1]!.text, "Record-Route")[0]!;
  const bye = { method: "BYE", uri: "sip:victim@192.0.2.77", to: "<sip:100@tandem.test>;tag=t", cseq: 2 };
  assert.deepEqual(lines(send(alice, { ...bye, callId: "mine", headers: [`Route: ${route}`] })), ["udp:192.0.2.77:5060 BYE sip:victim@192.0.2.77 SIP/2.0"], "in its dialog it passes");
  assert.match(send(b.peer("203.0.113.66"), { ...bye, callId: "other", headers: [`Route: ${route}`] })[0]!.line, /403/);
  assert.match(send(b.peer("203.0.113.66"), { ...bye, callId: "mine", from: "<sip:x@y>;tag=other", headers: [`Route: ${route}`] })[0]!.line, /403/);
  assert.match(send(b.peer("203.0.113.66"), { ...bye, callId: "mine", headers: [`Route: ${route.replace(/~u?[^~@]*@/, "~u_192.0.2.77_5060@")}`] })[0]!.line, /403/, "the ways are signed too");
  assert.deepEqual(send(b.peer("203.0.113.66"), { ...bye, method: "ACK", callId: "other", headers: [`Route: ${route}`] }), []);
  assert.match(send(alice, { ...bye, headers: ["Route: <sip:192.0.2.1;lr>, <sip:192.0.2.77;lr>"] })[0]!.line, /481/, "a Route to us without a token is none");
  assert.match(send(alice, invite({ headers: ["Route: <sip:192.0.2.1;lr>, <sip:192.0.2.77;lr>"] }))[0]!.line, /403/);
  assert.match(send(alice, invite({ uri: "sip:bob@elsewhere.test" }))[0]!.line, /404/);
  assert.equal(send(alice, invite({ headers: ["Route: <sip:192.0.2.1;lr>"] })).length, 2, "our own entry alone is taken out");
});

test("a domain of others: strangers are asked for a password when one of us would pass, credentials of ours go no further", () => {
  const b = bench(({ target, trusted }) => (target.host === "partner.test" && trusted ? to([{ uri: "sip:bob@198.51.100.2" }]) : { as: "agent" }));
  const alice = b.peer("203.0.113.5");
  const first = invite({ uri: "sip:bob@partner.test", from: "<sip:1001@tandem.test>;tag=1", callId: "auth" });
  assert.match(send(alice, invite({ uri: "sip:bob@partner.test" }))[0]!.line, /^SIP\/2\.0 407/, "from anywhere: only what strangers may");
  const open = bench(() => to([{ uri: BOB }]));
  assert.equal(send(open.peer("203.0.113.5"), invite({ uri: "sip:bob@open.test" }))[1]!.to, "udp:198.51.100.2:5060", "a domain that strangers may reach by us");
  const [challenge] = send(alice, first);
  assert.equal(challenge!.line, "SIP/2.0 407 Proxy Authentication Required");
  assert.match(challenge!.text, /^Proxy-Authenticate: Digest realm="tandem\.test"/m);
  const signed = sign(challenge!.text, first, "1001", "pw").replace("Authorization:", "Proxy-Authorization:");
  const other = 'Proxy-Authorization: Digest username="x", realm="partner.test", nonce="1", uri="sip:bob@partner.test", response="2"';
  const out = send(alice, { ...first, cseq: 2, headers: [...first.headers!, signed, other] });
  assert.equal(out[1]!.to, "udp:198.51.100.2:5060");
  assert.deepEqual(all(out[1]!.text, "Proxy-Authorization"), [other.slice(21)], "ours is taken out, the others' stays");
  assert.match(send(alice, { ...first, cseq: 3, from: "<sip:1002@tandem.test>;tag=1", headers: [...first.headers!, sign(challenge!.text, first, "1001", "pw", "md5", 2)] })[0]!.line, /403/);
});

test("routers of RFC 2543 on both sides: a strict one gets the Request-URI (16.6 step 6), one before us is understood (16.4)", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const out = send(alice, invite({ callId: "strict" }));
  const route = all(out[1]!.text, "Record-Route")[0]!;
  const within = { method: "INFO", callId: "strict", to: "<sip:100@tandem.test>;tag=t", cseq: 2 };
  const strict = send(alice, { ...within, uri: "sip:bob@198.51.100.2", headers: [`Route: ${route}, <sip:198.51.100.8>`] })[0]!;
  assert.equal(strict.line, "INFO sip:198.51.100.8 SIP/2.0");
  assert.deepEqual(all(strict.text, "Route"), ["<sip:bob@198.51.100.2>"]);
  assert.equal(strict.to, "udp:198.51.100.8:5060");
  const before = send(alice, { ...within, cseq: 3, uri: route.slice(1, -1), headers: ["Route: <sip:bob@198.51.100.2>"] })[0]!;
  assert.equal(before.line, "INFO sip:bob@198.51.100.2 SIP/2.0");
  assert.deepEqual(all(before.text, "Route"), []);
  const loose = send(alice, { ...within, cseq: 4, uri: "sip:bob@198.51.100.2", headers: [`Route: ${route}`, "Route: <sip:198.51.100.8;lr>"] })[0]!;
  assert.equal(loose.line, "INFO sip:bob@198.51.100.2 SIP/2.0");
  assert.deepEqual(all(loose.text, "Route"), ["<sip:198.51.100.8;lr>"]);
});

test("TCP and UDP sides get a Record-Route each (RFC 5658); a connection is found again by its token, and 430 when it is gone", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5", "tcp", 40_000);
  const out = send(alice, invite({ callId: "tcp" }));
  const routes = all(out[1]!.text, "Record-Route");
  assert.deepEqual(routes.map((route) => route.replace(/tr~[^@]+/, "T")), ["<sip:T@192.0.2.1:5060;lr>", "<sip:T@192.0.2.1:5060;transport=tcp;lr>"]);
  const bob = b.peer("198.51.100.2");
  const bye = { method: "BYE", uri: "sip:alice@203.0.113.5:5060", from: "<sip:100@tandem.test>;tag=t", to: "<sip:eve@elsewhere.test>;tag=f1", callId: "tcp", headers: routes.map((route) => `Route: ${route}`) };
  assert.deepEqual(lines(send(bob, { ...bye, cseq: 1 })), ["tcp:203.0.113.5:40000 BYE sip:alice@203.0.113.5:5060 SIP/2.0"]);
  sent(b, b.core.flowClosed(alice.flow, b.nowMs));
  assert.match(send(bob, { ...bye, cseq: 2 })[0]!.line, /^SIP\/2\.0 430/);
});

test("a caller behind a NAT is reached where it called from, one that is reachable where its Contact says", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const bob = b.peer("198.51.100.2");
  for (const [contact, place] of [["sip:alice@10.0.0.7:5060", "udp:203.0.113.5:61234"], ["sip:alice@203.0.113.5:61234", "udp:203.0.113.5:61234"]] as const) {
    const out = send(b.peer("203.0.113.5", "udp", 61_234), { ...invite({ callId: contact }), headers: [`Contact: <${contact}>`, "Content-Type: application/sdp"] });
    const bye = { method: "BYE", uri: contact, from: "<sip:100@tandem.test>;tag=t", to: "<sip:eve@elsewhere.test>;tag=f1", callId: contact, headers: [`Route: ${all(out[1]!.text, "Record-Route")[0]}`] };
    assert.equal(send(bob, bye)[0]!.to, place);
  }
});

test("a phone's connection is pinned for the callee too: the ACK goes down it, whatever its Contact", () => {
  const b = bench(() => to([{ account: "1001" }]));
  const phone = b.peer("198.51.100.7", "wss", 50_000);
  phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: ["Contact: <sip:q@x.invalid;transport=ws>"] }, "1001", "pw");
  const alice = b.peer("203.0.113.5");
  const out = send(alice, invite({ callId: "pin" }));
  assert.equal(out[1]!.to, "wss:198.51.100.7:50000");
  const ok = send(phone, reply(out[1]!.text, "200 OK", "t", ["Contact: <sip:q@x.invalid;transport=ws>"]));
  const routes = all(ok[0]!.text, "Record-Route").reverse().map((route) => `Route: ${route}`);
  const ack = { method: "ACK", uri: "sip:q@x.invalid;transport=ws", to: "<sip:100@tandem.test>;tag=t", callId: "pin", headers: routes };
  assert.deepEqual(lines(send(alice, ack)), ["wss:198.51.100.7:50000 ACK sip:q@x.invalid;transport=ws SIP/2.0"]);
});

test("redirections: into our domain and to hosts that the decision names they are followed, by q; any other goes back to the caller", () => {
  const b = bench(({ target }) => (target.user === "2001" ? to([{ uri: "sip:desk@198.51.100.3" }]) : { ...to([{ uri: BOB }]), follow: ["198.51.100.4"] } as RouteDecision));
  const alice = b.peer("203.0.113.5");
  const bob = b.peer("198.51.100.2");
  const moved = (contacts: string): Sent[] => send(bob, reply(send(alice, invite())[1]!.text, "302 Moved Temporarily", "t", [`Contact: ${contacts}`]));
  assert.deepEqual(lines(moved("<sip:2001@tandem.test>")).slice(1), ["udp:198.51.100.3:5060 INVITE sip:desk@198.51.100.3 SIP/2.0"]);
  assert.deepEqual(lines(moved("<sip:x@198.51.100.4>;q=0.3, <sip:2001@tandem.test>;q=0.9")).slice(1), ["udp:198.51.100.3:5060 INVITE sip:desk@198.51.100.3 SIP/2.0"], "the more wanted first, alone");
  assert.deepEqual(lines(moved("<sip:x@evil.example>")).slice(1), ["udp:203.0.113.5:5060 SIP/2.0 302 Moved Temporarily"]);
  assert.deepEqual(lines(moved("<sip:2001@tandem.test>, <sip:x@evil.example>")).slice(1), ["udp:203.0.113.5:5060 SIP/2.0 302 Moved Temporarily"]);
  // a redirection to where it has been already ends there: no circle
  const circle = moved(`<sip:100@tandem.test>`);
  assert.deepEqual(lines(circle).slice(1), ["udp:203.0.113.5:5060 SIP/2.0 480 Temporarily Unavailable"]);
});

test("timer C: a callee that rings for more than three minutes is cancelled; each 18x starts it again; ringMs shortens it", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const bob = b.peer("198.51.100.2");
  const out = send(alice, invite());
  send(bob, reply(out[1]!.text, "180 Ringing", "t"));
  b.advance(170_000);
  send(bob, reply(out[1]!.text, "180 Ringing", "t"));
  assert.ok(b.advance(170_000).every((message) => !message.startsWith("CANCEL")));
  assert.ok(b.advance(20_000).some((message) => message.startsWith("CANCEL")));
  assert.ok(b.advance(40_000).some((message) => message.startsWith("SIP/2.0 487")), "its CANCEL was not heard either");
  const short = bench(() => ({ ...to([{ uri: BOB }], [{ uri: "sip:vm@198.51.100.9" }]), ringMs: 20_000 } as RouteDecision));
  const first = send(short.peer("203.0.113.5"), invite());
  send(short.peer("198.51.100.2"), reply(first[1]!.text, "180 Ringing", "t"));
  assert.ok(short.advance(21_000).some((message) => message.startsWith(`CANCEL ${BOB}`)));
  const next = send(short.peer("198.51.100.2"), reply(first[1]!.text, "487 Request Terminated", "t"));
  assert.equal(next.at(-1)!.to, "udp:198.51.100.9:5060", "then the next group");
});

test("silence to anything but an INVITE is answered with silence (RFC 4320), no way out of it with 500", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  send(alice, { method: "MESSAGE", uri: "sip:100@tandem.test", body: "hello" });
  assert.ok(b.advance(60_000).every((message) => message.startsWith("MESSAGE")), "repeated, and then nothing");
  assert.equal(b.core.nextWakeAt(), null);
  send(alice, { method: "MESSAGE", uri: "sip:100@tandem.test", body: "hello" });
  const failed = sent(b, b.core.unreachable({ transport: "udp", host: "198.51.100.2", port: 5060 }, b.nowMs));
  assert.match(failed.at(-1)!.line, /^SIP\/2\.0 500/);
});

test("a repeated request is absorbed, with its last answer; a response that nobody waits for goes nowhere (RFC 6026)", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const once = writeText(alice, invite({ callId: "again" }));
  const out = send(alice, once);
  assert.deepEqual(lines(send(alice, once)), ["udp:203.0.113.5:5060 SIP/2.0 100 Trying"]);
  assert.deepEqual(send(b.peer("198.51.100.2"), reply(out[1]!.text.replace(/branch=z9hG4bK\w+/, "branch=z9hG4bKforged"), "200 OK", "t")), []);
});

test("more parallel targets than the breadth that is left is 440 (RFC 5393)", () => {
  const b = bench(() => to([{ uri: "sip:a@198.51.100.1" }, { uri: "sip:b@198.51.100.2" }]));
  const out = send(b.peer("203.0.113.5"), invite({ headers: ["Max-Breadth: 1"] }));
  assert.deepEqual(out.map(({ line }) => line.slice(8, 11)), ["100", "440"]);
});

test("who was let through once has a token for that dialog, not for another call to wherever it likes", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const first = invite({ callId: "once", branch: "z9hG4bKonce", from: "<sip:alice@elsewhere.test>;tag=a" });
  const token = all(send(alice, first)[1]!.text, "Record-Route")[0]!;
  for (const method of ["INVITE", "MESSAGE", "REFER", "REGISTER", "ACK"]) {
    const again = invite({ method, callId: "once", from: "<sip:alice@elsewhere.test>;tag=a", cseq: 2, uri: "sip:+8835100@198.51.100.66", to: "<sip:+8835100@198.51.100.66>", headers: [`Route: ${token}`] });
    assert.deepEqual(lines(send(alice, again)).filter((line) => !line.startsWith("udp:203.0.113.5:5060 SIP/2.0 403")), [], method);
    // a strict router's way of writing the same
    const strict = invite({ ...again, uri: token.slice(1, -1), headers: ["Route: <sip:+8835100@198.51.100.66>"] });
    assert.deepEqual(lines(send(alice, strict)).filter((line) => !line.startsWith("udp:203.0.113.5:5060 SIP/2.0 403")), [], `${method}, strict`);
  }
  const inDialog = send(alice, invite({ callId: "once", from: "<sip:alice@elsewhere.test>;tag=a", to: "<sip:100@tandem.test>;tag=b", cseq: 3, uri: BOB, headers: [`Route: ${token}`] }));
  assert.deepEqual(lines(inDialog).map((line) => line.split(" ").slice(0, 2).join(" ")), ["udp:203.0.113.5:5060 SIP/2.0", "udp:198.51.100.2:5060 INVITE"]);
});

test("a token lasts a week: then the dialog is over for us (481), and its ACK leads nowhere", () => {
  const b = bench(() => to([{ uri: BOB }]));
  const alice = b.peer("203.0.113.5");
  const from = "<sip:alice@elsewhere.test>;tag=a";
  const token = all(send(alice, invite({ callId: "long", branch: "z9hG4bKlong", from }))[1]!.text, "Record-Route")[0]!;
  const later = (method: string, cseq: number): string[] => send(alice, invite({ method, callId: "long", from, to: "<sip:100@tandem.test>;tag=b", cseq, uri: BOB, headers: [`Route: ${token}`] })).map(({ to: where, line }) => `${where} ${line.split(" ").slice(0, 2).join(" ")}`);
  b.nowMs += tokenDays * 86_400_000;
  assert.equal(later("INFO", 2)[0]?.slice(0, 28), "udp:198.51.100.2:5060 INFO s");
  assert.equal(later("ACK", 1)[0]?.slice(0, 25), "udp:198.51.100.2:5060 ACK");
  b.nowMs += 86_400_000;
  assert.deepEqual(later("INFO", 3), ["udp:203.0.113.5:5060 SIP/2.0 481"]);
  assert.deepEqual(later("ACK", 1), []);
  const [, signature = "", day = ""] = token.split("~");
  const younger = token.replace(`~${day}~`, `~${(Number.parseInt(day, 36) + 8).toString(36)}~`);
  assert.ok(younger.includes(signature) && younger !== token);
  assert.match(send(alice, invite({ method: "INFO", callId: "long", from, to: "<sip:100@tandem.test>;tag=b", cseq: 4, uri: BOB, headers: [`Route: ${younger}`] }))[0]!.line, /403/, "the day is signed");
});
