import assert from "node:assert/strict";
import { test } from "node:test";
import { sdp } from "./lossy-net.ts";
import { limits } from "./limits.ts";
import { field, RawBench, sign, status, write, type RawPeer, type Written } from "./raw-peer.ts";

const invite = (more: Partial<Written> = {}): Written => ({
  method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("eve"),
  ...more, headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp", ...(more.headers ?? [])],
});

/** A call from outside that was answered and acknowledged; `within` writes a request of its dialog. */
function established(bench: RawBench, peer: RawPeer, first: Written = invite()): { ref: string; ok: string; within(written: Written): string[] } {
  peer.send(first);
  const { ref } = bench.of("incoming").at(-1)!;
  const [ok = ""] = bench.take(bench.core.command({ type: "answer", ref, sdp: sdp("us") }, bench.nowMs));
  const dialog = { uri: /^Contact: <([^>]+)>/m.exec(ok)![1]!, from: field(ok, "From"), to: field(ok, "To"), callId: field(ok, "Call-ID") };
  const within = (written: Written): string[] => peer.send({ ...dialog, ...written });
  within({ method: "ACK", cseq: 1 });
  return { ref, ok, within };
}

test("a public number may be called by anybody, a private one only by one of us", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  assert.equal(status(peer.send(invite())), "SIP/2.0 100 Trying");
  assert.deepEqual(bench.of("incoming")[0]!.from, { user: "eve", host: "elsewhere.test", display: "", account: null });
  // existing account, missing account: the same challenge
  for (const user of ["1001", "nobody"]) assert.equal(status(peer.send(invite({ uri: `sip:${user}@tandem.test` }))), "SIP/2.0 401 Unauthorized");
  // who claims our domain proves it, even towards a public number
  assert.equal(status(peer.send(invite({ from: "<sip:1001@tandem.test>;tag=1" }))), "SIP/2.0 401 Unauthorized");
  assert.equal(bench.of("incoming").length, 1);
  assert.equal(status(peer.sendSigned(invite({ from: "Bob <sip:1001@tandem.test>;tag=1", uri: "sip:1002@tandem.test" }), "1001", "pw")), "SIP/2.0 100 Trying");
  assert.deepEqual(bench.of("incoming")[1]!.from, { user: "1001", host: "tandem.test", display: "Bob", account: "1001" });
  assert.equal(status(peer.sendSigned(invite({ from: "<sip:1002@tandem.test>;tag=1" }), "1001", "pw")), "SIP/2.0 403 Forbidden");
  assert.equal(status(peer.send(invite({ uri: "sip:100@other.example" }))), "SIP/2.0 404 Not Found", "we relay for nobody");
});

test("a registered phone that calls from its address must authenticate, whatever host it writes", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: ["Contact: <sip:1001@198.51.100.7>"] }, "1001", "pw");
  assert.equal(status(phone.send(invite({ from: "<sip:1001@192.0.2.1>;tag=1" }))), "SIP/2.0 401 Unauthorized");
  assert.equal(bench.of("incoming").length, 0);
});

test("answers that RFC 3261 asks for", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const long = { headers: [`User-Agent: ${"x".repeat(300)}`] };
  const options = peer.send({ ...long });
  assert.equal(status(options), "SIP/2.0 200 OK");
  assert.match(field(options[0], "Allow"), /INVITE, ACK, CANCEL, BYE/);
  const unknown = peer.send({ ...long, method: "FROBNICATE" });
  assert.equal(status(unknown), "SIP/2.0 405 Method Not Allowed");
  assert.match(field(unknown[0], "Allow"), /INVITE/);
  const extension = peer.send({ ...long, headers: ["Require: 100rel, timer, teleport, clairvoyance"] });
  assert.equal(status(extension), "SIP/2.0 420 Bad Extension");
  assert.equal(field(extension[0], "Unsupported"), "teleport, clairvoyance");
  assert.equal(status(peer.send({ method: "BYE", to: "<sip:100@tandem.test>;tag=ghost" })), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.equal(status(peer.send({ method: "CANCEL" })), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.deepEqual(peer.send({ method: "ACK", to: "<sip:100@tandem.test>;tag=ghost" }), [], "an ACK is never answered");
  assert.equal(status(peer.raw(write(peer.flow, invite()).replace("Max-Forwards: 70", "Max-Forwards: 0"))), "SIP/2.0 483 Too Many Hops");
  assert.equal(status(peer.send({ ...long, uri: "http://tandem.test/" })), "SIP/2.0 416 Unsupported URI Scheme");
  assert.equal(status(peer.raw(write(peer.flow, { ...long }).replace("SIP/2.0\r\n", "SIP/3.0\r\n"))), "SIP/2.0 505 Version Not Supported");
  assert.equal(status(peer.send({ ...invite({ headers: ["Content-Encoding: gzip"] }) })), "SIP/2.0 415 Unsupported Media Type");
  assert.equal(status(peer.send({ ...invite(), headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: text/plain"] })), "SIP/2.0 415 Unsupported Media Type");
  assert.equal(status(peer.send({ ...invite(), headers: ["Content-Type: application/sdp"] })), "SIP/2.0 400 Bad Request", "an INVITE needs a Contact");
  assert.equal(bench.events.length, 0);
  assert.equal(bench.core.nextWakeAt(), null, "none of these leaves state");
});

test("a merged request (the same INVITE by two ways) is 482, its repetition gets the last answer again", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const once = invite({ callId: "m", branch: "z9hG4bKone" });
  peer.send(once);
  assert.equal(status(peer.send(once)), "SIP/2.0 100 Trying");
  assert.equal(status(peer.send({ ...once, branch: "z9hG4bKtwo" })), "SIP/2.0 482 Loop Detected");
  assert.equal(bench.of("incoming").length, 1);
});

test("NAT: the answer carries received and rport, and goes to the source", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5", "udp", 61_000);
  const text = write(peer.flow, { headers: [`User-Agent: ${"x".repeat(300)}`] }).replace("203.0.113.5:61000", "192.168.0.9:5060");
  const [effect] = bench.core.receive(Buffer.from(text), peer.flow, bench.nowMs);
  assert.ok(effect?.do === "send" && effect.flow.remotePort === 61_000);
  assert.match(Buffer.from(effect.bytes).toString(), /^Via: SIP\/2\.0\/UDP 192\.168\.0\.9:5060;branch=[^;]+;received=203\.0\.113\.5;rport=61000\r$/m);
  // without rport: the source address at sent-by's port (RFC 3261 18.2.2), never sent-by's own address
  const [plain] = bench.core.receive(Buffer.from(text.replace(";rport", "")), peer.flow, bench.nowMs);
  assert.ok(plain?.do === "sendTo" && plain.host === "203.0.113.5" && plain.port === 5060);
});

test("over UDP a stranger never gets more bytes than it sent, the challenge excepted; none of it makes state", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const requests: Written[] = [
    {}, { method: "FROBNICATE" }, { headers: ["Require: a"] }, { method: "BYE", to: "<sip:a@b.test>;tag=1" }, { uri: "sip:x@nowhere.test" }, { method: "SUBSCRIBE" },
    { method: "MESSAGE", body: "hello" }, { headers: ["Via: SIP/2.0/UDP a.test;branch=z9hG4bKq, SIP/2.0/UDP b.test"] },
    { headers: Array.from({ length: 60 }, (_, i) => `Via: SIP/2.0/UDP h${i}.test;branch=z9hG4bK${i}`) },
  ];
  for (const request of requests) {
    const text = write(peer.flow, request);
    for (const answer of peer.raw(text)) assert.ok(answer.length <= text.length, `${answer.length} > ${text.length}:\n${answer}`);
  }
  for (const request of [invite({ uri: "sip:1001@tandem.test" }), { method: "REGISTER", headers: ["Contact: <sip:a@b.test>"] }]) {
    const [challenge = ""] = peer.send(request);
    assert.match(challenge, /^SIP\/2.0 401/);
    assert.ok(challenge.length < 900, `${challenge.length}`);
  }
  assert.equal(bench.core.nextWakeAt(), null);
});

test("a trunk's calls all come from one address: they have an allowance of their own, and leave the strangers theirs", () => {
  const bench = new RawBench({ isKnownSource: (address) => address === "203.0.113.5" });
  const trunk = bench.peer("203.0.113.5");
  const refusals = (count: number): number => Array.from({ length: count }, () => status(trunk.send(invite()))).filter((line) => line.includes("503")).length;
  assert.equal(refusals(limits.maxPendingKnownCallsPerSource), 0);
  assert.equal(refusals(3), 3, "a forged address is bounded too");
  const stranger = bench.peer("198.51.100.9");
  for (let i = 0; i < limits.maxPendingOutsideCallsPerSource; i++) assert.ok(!status(stranger.send(invite())).includes("503"));
  assert.ok(status(stranger.send(invite())).includes("503"));
  for (const event of bench.of("incoming").slice(0, 2)) bench.take(bench.core.command({ type: "reject", ref: event.ref, status: 486, reason: "Busy" }, bench.nowMs));
  assert.equal(refusals(3), 1, "what is over counts no more");
});

test("a flood of INVITEs to a public number is bounded, by source and in all", () => {
  const bench = new RawBench();
  let refused = 0;
  for (let i = 0; i < limits.maxPendingOutsideCallsPerSource + 50; i++) if (status(bench.peer("203.0.113.5").send(invite())).includes("503")) refused++;
  assert.equal(refused, 50);
  for (let i = 0; i < 1_500; i++) bench.peer(`198.18.${i >> 8}.${i & 255}`).send(invite());
  assert.equal(bench.of("incoming").length, limits.maxPendingOutsideCalls);
  // authenticated callers still come in
  assert.equal(status(bench.peer("198.51.100.7").sendSigned(invite({ from: "<sip:1001@tandem.test>;tag=z" }), "1001", "pw")), "SIP/2.0 100 Trying");
  for (const event of bench.of("incoming")) bench.take(bench.core.command({ type: "reject", ref: event.ref, status: 486, reason: "Busy" }, bench.nowMs));
  bench.advance(40_000);
  assert.equal(bench.core.nextWakeAt(), null, "everything went with its timers");
  assert.equal(status(bench.peer("203.0.113.5").send(invite())), "SIP/2.0 100 Trying");
});

test("CANCEL from another address than the INVITE's ends nothing", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const first = invite({ branch: "z9hG4bKcan", callId: "can" });
  peer.send(first);
  const cancel = { ...first, method: "CANCEL", headers: [], body: "" };
  const forged = write(peer.flow, cancel);
  assert.equal(status(bench.peer("203.0.113.66").raw(forged)), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.equal(bench.of("cancelled").length, 0);
  assert.deepEqual(peer.send(cancel).map((m) => m.split("\r\n")[0]), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
  assert.equal(bench.of("cancelled").length, 1);
});

test("requests in a dialog: old CSeq 500, stranger's tag 481, INFO digits, unknown body 415, late re-INVITE while one is open 500", () => {
  const bench = new RawBench();
  const call = established(bench, bench.peer("203.0.113.5"));
  const info = (cseq: number, type: string, body: string): string => status(call.within({ method: "INFO", cseq, headers: [`Content-Type: ${type}`], body }));
  assert.equal(info(2, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"), "SIP/2.0 200 OK");
  assert.equal(info(3, "application/dtmf", "#"), "SIP/2.0 200 OK");
  assert.equal(info(4, "application/dtmf-relay", "Signal= 10\r\nDuration= 99999\r\n"), "SIP/2.0 200 OK");
  assert.deepEqual(bench.of("digit").map((d) => [d.digit, d.durationMs]), [["5", 160], ["#", 250], ["*", 10_000]]);
  assert.equal(info(5, "application/dtmf-relay", "Signal=hello"), "SIP/2.0 400 Bad Request");
  assert.equal(info(6, "application/json", "{}"), "SIP/2.0 415 Unsupported Media Type");
  assert.equal(info(6, "application/dtmf", "1"), "SIP/2.0 500 Server Internal Error");
  assert.equal(status(call.within({ method: "BYE", cseq: 9, from: "<sip:eve@elsewhere.test>;tag=guess" })), "SIP/2.0 481 Call/Transaction Does Not Exist");
  const again = (cseq: number, body: string): string[] => call.within({ method: "INVITE", cseq, headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp"], body });
  assert.equal(status(again(20, sdp("second"))), "SIP/2.0 100 Trying");
  const busy = again(21, sdp("third"));
  assert.equal(status(busy), "SIP/2.0 500 Server Internal Error");
  assert.match(field(busy[0], "Retry-After"), /^\d+$/);
  bench.take(bench.core.command({ type: "acceptOffer", ref: call.ref, sdp: sdp("us2") }, bench.nowMs));
  call.within({ method: "ACK", cseq: 20 });
  assert.equal(status(call.within({ method: "UPDATE", cseq: 23 })), "SIP/2.0 200 OK");
  assert.equal(status(call.within({ method: "REFER", cseq: 24 })), "SIP/2.0 400 Bad Request");
  assert.equal(status(call.within({ method: "BYE", cseq: 25 })), "SIP/2.0 200 OK");
  assert.deepEqual(bench.of("ended").map((e) => e.by), ["peer"]);
  assert.equal(status(call.within({ method: "BYE", cseq: 26 })), "SIP/2.0 481 Call/Transaction Does Not Exist");
});

test("an INVITE without an offer: our answer carries the offer, the ACK the answer", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite({ body: "" }));
  const [incoming] = bench.of("incoming");
  assert.equal(incoming!.sdp, null);
  const [ok = ""] = bench.take(bench.core.command({ type: "answer", ref: incoming!.ref, sdp: sdp("offer") }, bench.nowMs));
  peer.send({ method: "ACK", cseq: 1, from: field(ok, "From"), to: field(ok, "To"), callId: field(ok, "Call-ID"), headers: ["Content-Type: application/sdp"], body: sdp("eve") });
  assert.equal(bench.of("offerAnswered")[0]!.sdp, sdp("eve"));
});

test("Record-Route is copied and obeyed; a strict router takes the Request-URI", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const call = established(bench, peer, invite({ headers: ["Record-Route: <sip:p1.test;lr>, <sip:203.0.113.5;lr>"] }));
  assert.equal(call.ok.match(/^Record-Route: .*$/gm)!.join("|"), "Record-Route: <sip:p1.test;lr>|Record-Route: <sip:203.0.113.5;lr>");
  const [effect] = bench.core.command({ type: "hangUp", ref: call.ref, reason: "" }, bench.nowMs);
  assert.ok(effect?.do === "sendTo" && effect.host === "p1.test");
  assert.match(Buffer.from(effect.bytes).toString(), /^BYE sip:eve@203\.0\.113\.5 SIP\/2\.0\r\n[^]*Route: <sip:p1\.test;lr>\r\nRoute: <sip:203\.0\.113\.5;lr>\r\n/);
  const strict = established(bench, peer, invite({ headers: ["Record-Route: <sip:203.0.113.5>"] }));
  const [bye] = bench.take(bench.core.command({ type: "hangUp", ref: strict.ref, reason: "" }, bench.nowMs));
  assert.match(bye!, /^BYE sip:203\.0\.113\.5 SIP\/2\.0\r\n[^]*Route: <sip:eve@203\.0\.113\.5>\r\n/);
});

test("session timers: too small is 422, the peer as refresher is watched, silence ends the call", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const small = peer.send(invite({ headers: ["Supported: timer", "Session-Expires: 30"] }));
  assert.equal(status(small), "SIP/2.0 422 Session Interval Too Small");
  assert.equal(field(small[0], "Min-SE"), "90");
  const call = established(bench, peer, invite({ headers: ["Supported: timer", "Session-Expires: 120;refresher=uac", "Allow: INVITE, UPDATE"] }));
  assert.equal(field(call.ok, "Session-Expires"), "120;refresher=uac");
  assert.equal(field(call.ok, "Require"), "timer");
  bench.advance(80_000);
  assert.match(call.within({ method: "UPDATE", cseq: 2, headers: ["Supported: timer", "Session-Expires: 120;refresher=uac"] })[0]!, /Session-Expires: 120;refresher=uac/);
  bench.advance(80_000);
  assert.equal(bench.of("ended").length, 0);
  const sent = bench.advance(30_000);
  assert.ok(sent.some((m) => m.startsWith("BYE")));
  assert.deepEqual(bench.of("ended").map((e) => [e.by, e.reason]), [["timeout", "session expired"]]);
});

test("text from above cannot write headers of its own", () => {
  const bench = new RawBench();
  const command = { type: "invite", ref: "i", target: { uri: "sip:a@203.0.113.5" }, sdp: sdp("x"), noAnswerMs: 1_000 } as const;
  const [sent] = bench.take(bench.core.command({ ...command, from: { user: "a\r\nX: 1", display: 'q"\r\nEvil: 1' }, headers: { "X-Tag": "v\r\nEvil: 2", Via: "mine", "bad name": "x" } }, bench.nowMs));
  assert.doesNotMatch(sent!, /^(Evil|X):/m);
  assert.equal(sent!.match(/^Via:/gm)!.length, 1);
  assert.equal(field(sent, "X-Tag"), "v Evil: 2");
  for (const [host, written] of [["anonymous.invalid", "anonymous.invalid"], ["trunk.test:5070", "trunk.test:5070"], ["2001:db8::1", "[2001:db8::1]"], ["evil>\r\nEvil: 4", "tandem.test"], ["a b", "tandem.test"]] as const) {
    const [from] = bench.take(bench.core.command({ ...command, ref: host, from: { user: "a", display: "", host } }, bench.nowMs));
    assert.equal(field(from, "From").replace(/;tag=.*/, ""), `<sip:a@${written}>`);
    assert.doesNotMatch(from!, /^Evil/m);
  }
  bench.take(bench.core.command({ ...command, ref: "j", target: { uri: "sip:a@b.test\r\nEvil: 3" }, from: { user: "a", display: "" } }, bench.nowMs));
  assert.equal(bench.of("failed").at(-1)!.status, 416);
});

test("a stale signature on an INVITE is asked again, a right one enters once", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const first = invite({ from: "<sip:1001@tandem.test>;tag=1", callId: "st" });
  const [challenge = ""] = phone.send(first);
  bench.nowMs += 400_000;
  assert.match(phone.send({ ...first, cseq: 2, headers: [...first.headers!, sign(challenge, first, "1001", "pw")] })[0]!, /stale=true/);
  assert.equal(bench.of("incoming").length, 0);
});
