/** What the RFCs beside 3261 add to a call: reliable provisional answers, offers before the answer, reasons, diversions, hops. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipCommand } from "./contract.ts";
import { LossyNet, sdp, type TestHost } from "./lossy-net.ts";
import { field, RawBench, status, write, type RawPeer, type Written } from "./raw-peer.ts";

type Invite = Extract<SipCommand, { type: "invite" }>;

const call = (ref: string, more: Partial<Invite> = {}): Invite =>
  ({ type: "invite", ref, target: { uri: "sip:100@10.0.0.2" }, from: { user: "alice", display: "" }, sdp: sdp("a"), noAnswerMs: 60_000, ...more });

const invite = (more: Partial<Written> = {}): Written => ({
  method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("eve"), callId: "ext", cseq: 1,
  ...more, headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp", ...(more.headers ?? [])],
});

/** Two hosts; `b` does what the test says. */
function pair(seed: number): { net: LossyNet; a: TestHost; b: TestHost; ref(): string } {
  const net = new LossyNet(seed);
  const a = net.host("10.0.0.1", { domain: "a.test" });
  const b = net.host("10.0.0.2");
  return { net, a, b, ref: () => b.of("incoming").at(-1)!.ref };
}

/** Requests in the dialog that a provisional answer of the core made. */
function within(peer: RawPeer, answer: string): (written: Written) => string[] {
  const dialog = { uri: /^Contact: <([^>]+)>/m.exec(answer)![1]!, from: field(answer, "From"), to: field(answer, "To"), callId: field(answer, "Call-ID") };
  return (written) => peer.send({ ...dialog, ...written });
}

const command = (bench: RawBench, one: SipCommand): string[] => bench.take(bench.core.command(one, bench.nowMs));

test("PRACK: early media is acknowledged and the call answered, with a fifth of the datagrams lost, late and out of order", () => {
  let both = 0;
  for (let seed = 1; seed <= 120; seed++) {
    const { net, a, b, ref } = pair(seed);
    net.loss = 0.2;
    net.jitterMs = 150;
    b.on = (event) => {
      if (event.type !== "incoming") return;
      b.command({ type: "progress", ref: event.ref, status: 183, sdp: sdp("b") });
      b.command({ type: "progress", ref: event.ref, status: 180 });
      net.clock.after(1_500, () => b.command({ type: "answer", ref: event.ref, sdp: sdp("b") }));
    };
    a.command(call("x", { reliable: true }));
    net.clock.advance(45_000);
    assert.equal(a.of("answered").length, 1, `seed ${seed}`);
    const rang = a.of("ringing").map((e) => [e.status, e.sdp]);
    // an answer that waited for the PRACK goes before a 180 that waited behind it
    assert.deepEqual(rang, [[183, sdp("b")], [180, null]].slice(0, rang.length), `seed ${seed}: in order, each once`);
    both += rang.length === 2 ? 1 : 0;
    assert.equal(a.of("answered")[0]!.sdp, sdp("b"));
    a.command({ type: "hangUp", ref: "x", reason: "" });
    net.clock.advance(200_000);
    assert.equal(b.of("ended").length, 1, `seed ${seed}`);
    assert.equal(b.of("offerAnswered").length + b.of("offer").length, 0);
    assert.ok(ref());
    for (const host of [a, b]) assert.equal(host.core.nextWakeAt(), null, `seed ${seed}: nothing left behind`);
  }
  assert.ok(both > 60, `${both}`);
});

test("a reliable 183 carries RSeq, is repeated with doubled gaps, and 64*T1 without a PRACK ends the call with 504", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite({ headers: ["Require: 100rel"] }));
  const { ref } = bench.of("incoming")[0]!;
  const [first = ""] = command(bench, { type: "progress", ref, status: 183, sdp: sdp("us") });
  assert.equal(status([first]), "SIP/2.0 183 Session Progress");
  assert.equal(field(first, "Require"), "100rel");
  assert.match(field(first, "RSeq"), /^\d+$/);
  const sent = bench.advance(31_900);
  assert.deepEqual([...new Set(sent)], [first], "the same bytes each time");
  assert.equal(sent.length, 6, "after 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s");
  assert.equal(status(bench.advance(200)), "SIP/2.0 504 Server Time-out");
  assert.deepEqual(bench.of("ended").map((e) => [e.by, e.reason]), [["timeout", "no PRACK"]]);
});

test("the 2xx waits for the PRACK of a description; a wrong RAck is 481, none 400, and acknowledges nothing", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite({ headers: ["Supported: 100rel"] }));
  const { ref } = bench.of("incoming")[0]!;
  const [plain = ""] = command(bench, { type: "progress", ref, status: 180 });
  assert.equal(field(plain, "RSeq"), "", "without a description nobody needs to acknowledge it");
  const [early = ""] = command(bench, { type: "progress", ref, status: 183, sdp: sdp("us") });
  const inside = within(peer, early);
  const rseq = Number(field(early, "RSeq"));
  assert.deepEqual(command(bench, { type: "progress", ref, status: 183, sdp: sdp("us") }), [], "one at a time");
  assert.deepEqual(command(bench, { type: "answer", ref, sdp: sdp("us") }), []);
  assert.equal(status(inside({ method: "PRACK", cseq: 2 })), "SIP/2.0 400 Bad Request");
  assert.equal(status(inside({ method: "PRACK", cseq: 3, headers: [`RAck: ${rseq + 1} 1 INVITE`] })), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.equal(status(inside({ method: "PRACK", cseq: 4, headers: [`RAck: ${rseq} 2 INVITE`] })), "SIP/2.0 481 Call/Transaction Does Not Exist");
  const acknowledged = inside({ method: "PRACK", cseq: 5, headers: [`RAck: ${rseq} 1 INVITE`] });
  assert.deepEqual(acknowledged.map((m) => [m.split("\r\n")[0], field(m, "CSeq")]), [["SIP/2.0 200 OK", "5 PRACK"], ["SIP/2.0 200 OK", "1 INVITE"]]);
  assert.ok(acknowledged[1]!.endsWith(sdp("us")), "the same answer again, which is allowed");
  assert.equal(status(inside({ method: "PRACK", cseq: 6, headers: [`RAck: ${rseq} 1 INVITE`] })), "SIP/2.0 481 Call/Transaction Does Not Exist", "acknowledged once");
  inside({ method: "ACK", cseq: 1 });
  assert.equal(status(inside({ method: "BYE", cseq: 7 })), "SIP/2.0 200 OK");
  assert.equal(bench.core.nextWakeAt() === null, false);
  bench.advance(60_000);
  assert.equal(bench.core.nextWakeAt(), null);
});

test("an INVITE without an offer: the reliable 183 carries ours, the PRACK the answer, the 2xx nothing", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite({ body: "", headers: ["Supported: 100rel"] }));
  const { ref } = bench.of("incoming")[0]!;
  const [early = ""] = command(bench, { type: "progress", ref, status: 183, sdp: sdp("us") });
  assert.ok(early.endsWith(sdp("us")));
  const inside = within(peer, early);
  assert.equal(status(inside({ method: "PRACK", cseq: 2, headers: [`RAck: ${field(early, "RSeq")} 1 INVITE`, "Content-Type: application/sdp"], body: sdp("eve") })), "SIP/2.0 200 OK");
  assert.equal(bench.of("offerAnswered")[0]!.sdp, sdp("eve"));
  const [ok = ""] = command(bench, { type: "answer", ref, sdp: sdp("us") });
  assert.equal(status([ok]), "SIP/2.0 200 OK");
  assert.equal(field(ok, "Content-Length"), "0");
  inside({ method: "ACK", cseq: 1 });
  assert.equal(bench.of("ended").length, 0, "the ACK owes no answer any more");
});

test("without 100rel our offer waits for the 2xx: the 183 carries none", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite({ body: "" }));
  const { ref } = bench.of("incoming")[0]!;
  const [early = ""] = command(bench, { type: "progress", ref, status: 183, sdp: sdp("us") });
  assert.equal(field(early, "Content-Length"), "0");
  const [ok = ""] = command(bench, { type: "answer", ref, sdp: sdp("us") });
  assert.ok(ok.endsWith(sdp("us")));
  assert.deepEqual(peer.send({ method: "ACK", cseq: 1, from: field(ok, "From"), to: field(ok, "To"), callId: "ext" }).map((m) => [m.split(" ")[0], field(m, "Reason")]), [["BYE", "SIP;cause=488"]]);
});

test("as a caller: PRACK in order only, a gap and a repetition are passed over", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const [sent = ""] = command(bench, call("out", { target: { uri: "sip:bob@203.0.113.5" } }));
  assert.match(field(sent, "Supported"), /100rel/);
  const answer = (code: string, headers: string[], body = "", tag = "t1"): string[] => peer.raw([
    `SIP/2.0 ${code}`, `Via: ${field(sent, "Via")}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")};tag=${tag}`, `Call-ID: ${field(sent, "Call-ID")}`, "CSeq: 1 INVITE",
    "Contact: <sip:bob@203.0.113.5>", ...headers, ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n"));
  const reliable = (rseq: number): string[] => ["Require: 100rel", `RSeq: ${rseq}`];
  const prack = answer("183 Session Progress", reliable(7), sdp("bob"));
  assert.match(prack[0]!, /^PRACK sip:bob@203\.0\.113\.5 SIP\/2\.0/);
  assert.equal(field(prack[0], "RAck"), "7 1 INVITE");
  assert.equal(field(prack[0], "CSeq"), "2 PRACK");
  assert.deepEqual(answer("183 Session Progress", reliable(7), sdp("bob")), [], "a repetition");
  assert.deepEqual(answer("180 Ringing", reliable(9)), [], "8 has not come");
  assert.equal(field(answer("180 Ringing", reliable(8))[0], "RAck"), "8 1 INVITE");
  assert.deepEqual(bench.of("ringing").map((e) => [e.status, e.sdp]), [[183, sdp("bob")], [180, null]]);
  const [ack = ""] = answer("200 OK", []);
  assert.match(ack, /^ACK /);
  assert.equal(field(ack, "CSeq"), "1 ACK");
  assert.equal(bench.of("answered")[0]!.sdp, sdp("bob"), "the description came with the 183");
  const [bye = ""] = command(bench, { type: "hangUp", ref: "out", reason: "" });
  assert.equal(field(bye, "CSeq"), "4 BYE", "the early dialog's count goes on");
});

test("a call forked further on: each early dialog has its own description; who answers is the one that counts, a second answer is ended", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const [sent = ""] = command(bench, call("out", { target: { uri: "sip:bob@203.0.113.5" } }));
  const answer = (code: string, tag: string, body: string): string[] => peer.raw([
    `SIP/2.0 ${code}`, `Via: ${field(sent, "Via")}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")};tag=${tag}`, `Call-ID: ${field(sent, "Call-ID")}`, "CSeq: 1 INVITE",
    `Contact: <sip:${tag}@203.0.113.5>`, "Content-Type: application/sdp", `Content-Length: ${body.length}`, "", body,
  ].join("\r\n"));
  answer("183 Session Progress", "one", sdp("one"));
  answer("183 Session Progress", "two", sdp("two"));
  answer("180 Ringing", "one", sdp("one"));
  assert.deepEqual(bench.of("ringing").map((e) => [e.status, e.sdp]), [[183, sdp("one")], [183, sdp("two")], [180, null]]);
  answer("200 OK", "one", sdp("one"));
  assert.deepEqual(bench.of("answered").map((e) => [e.sdp, e.contact]), [[sdp("one"), "sip:one@203.0.113.5"]]);
  const late = answer("200 OK", "two", sdp("two"));
  assert.deepEqual(late.map((m) => m.split(" ").slice(0, 2).join(" ")), ["ACK sip:two@203.0.113.5", "BYE sip:two@203.0.113.5"]);
  assert.equal(field(late[1], "Reason"), 'SIP;cause=200;text="Call completed elsewhere"');
  const [bye = ""] = command(bench, { type: "hangUp", ref: "out", reason: "" });
  assert.match(bye, /^BYE sip:one@/);
  bench.advance(100_000);
  assert.equal(bench.core.nextWakeAt(), null);
});

test("a 2xx without a description after an unreliable 183 that had one is an answer all the same", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const [sent = ""] = command(bench, call("out", { target: { uri: "sip:bob@203.0.113.5" } }));
  for (const [code, body] of [["183 Session Progress", sdp("bob")], ["200 OK", ""]] as const) {
    peer.raw([
      `SIP/2.0 ${code}`, `Via: ${field(sent, "Via")}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")};tag=t`, `Call-ID: ${field(sent, "Call-ID")}`, "CSeq: 1 INVITE", "Contact: <sip:bob@203.0.113.5>",
      "Content-Type: application/sdp", `Content-Length: ${body.length}`, "", body,
    ].join("\r\n"));
  }
  assert.deepEqual(bench.of("answered").map((e) => e.sdp), [sdp("bob")]);
});

test("devices that lose are told that another one answered, and list no missed call (RFC 3326)", () => {
  const bench = new RawBench();
  const phones = ["198.51.100.7", "198.51.100.8"].map((address) => {
    const phone = bench.peer(address);
    phone.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: [`Contact: <sip:1001@${address}>`] }, "1001", "pw");
    return phone;
  });
  const invites = command(bench, call("ring", { target: { account: "1001" } }));
  assert.equal(invites.length, 2);
  const answer = (sent: string, code: string, body: string): string[] => {
    const phone = phones.find(({ flow }) => sent.startsWith(`INVITE sip:1001@${flow.remoteAddress} `))!;
    return phone.raw([
      `SIP/2.0 ${code}`, `Via: ${field(sent, "Via")}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")};tag=t`, `Call-ID: ${field(sent, "Call-ID")}`, "CSeq: 1 INVITE", `Contact: <sip:1001@${phone.flow.remoteAddress}>`,
      "Content-Type: application/sdp", `Content-Length: ${body.length}`, "", body,
    ].join("\r\n"));
  };
  for (const sent of invites) answer(sent, "180 Ringing", "");
  const after = answer(invites[1]!, "200 OK", sdp("bob"));
  const cancel = after.find((m) => m.startsWith("CANCEL"))!;
  assert.equal(field(cancel, "Call-ID"), field(invites[0], "Call-ID"));
  assert.equal(field(cancel, "Reason"), 'SIP;cause=200;text="Call completed elsewhere"');
});

test("UPDATE before the answer: a new offer either way once the first has its answer, and never before", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { net, a, b, ref } = pair(seed);
    net.loss = seed === 1 ? 0 : 0.15;
    a.on = (event) => {
      if (event.type === "offer") a.command({ type: "acceptOffer", ref: "x", sdp: sdp("a-updated") });
    };
    b.on = (event) => {
      if (event.type === "incoming") b.command({ type: "progress", ref: event.ref, status: 183, sdp: sdp("b") });
      if (event.type === "offer") b.command({ type: "acceptOffer", ref: event.ref, sdp: sdp("b-updated") });
    };
    a.command(call("x", { noAnswerMs: 300_000 }));
    net.clock.advance(20_000);
    a.command({ type: "offer", ref: "x", sdp: sdp("a2") });
    net.clock.advance(30_000);
    assert.deepEqual(b.of("offer").map((e) => e.sdp), [sdp("a2")], `seed ${seed}`);
    assert.deepEqual(a.of("offerAnswered").map((e) => e.sdp), [sdp("b-updated")]);
    b.command({ type: "offer", ref: ref(), sdp: sdp("b2") });
    net.clock.advance(30_000);
    assert.deepEqual(a.of("offer").map((e) => e.sdp), [sdp("b2")], `seed ${seed}`);
    assert.deepEqual(b.of("offerAnswered").map((e) => e.sdp), [sdp("a-updated")]);
    assert.equal(b.heard.some((m) => /^CSeq: \d+ INVITE/m.test(m) && !/^CSeq: 1 INVITE/m.test(m)), false, "no re-INVITE before the answer");
    b.command({ type: "answer", ref: ref(), sdp: sdp("b") });
    net.clock.advance(30_000);
    assert.equal(a.of("answered")[0]!.sdp, sdp("b2"), "what UPDATE agreed stands, whatever the first answer was");
    assert.ok(a.heard.some((m) => m.startsWith("SIP/2.0 200") && /^CSeq: 1 INVITE/m.test(m) && /^Content-Length: 0/m.test(m)), "and the 2xx carries no old description");
  }
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite());
  const [ringing = ""] = command(bench, { type: "progress", ref: bench.of("incoming")[0]!.ref, status: 180 });
  const inside = within(peer, ringing);
  const refused = inside({ method: "UPDATE", cseq: 2, headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp"], body: sdp("eve2") });
  assert.equal(status(refused), "SIP/2.0 500 Server Internal Error");
  assert.match(field(refused[0], "Retry-After"), /^\d+$/);
  assert.equal(status(inside({ method: "UPDATE", cseq: 3, headers: ["Contact: <sip:eve2@203.0.113.5>"] })), "SIP/2.0 200 OK", "a new Contact needs no offer");
  assert.equal(bench.of("offer").length, 0);
});

test("a re-INVITE without an offer gets ours, its ACK the answer; without one the session stays", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.send(invite());
  const { ref } = bench.of("incoming")[0]!;
  const [ok = ""] = command(bench, { type: "answer", ref, sdp: sdp("us") });
  const inside = within(peer, ok);
  inside({ method: "ACK", cseq: 1 });
  for (const [cseq, body] of [[2, sdp("eve2")], [3, ""]] as const) {
    assert.equal(status(inside({ method: "INVITE", cseq, headers: ["Contact: <sip:eve@203.0.113.5>"] })), "SIP/2.0 100 Trying");
    const [offer = ""] = command(bench, { type: "acceptOffer", ref, sdp: sdp(`us${cseq}`) });
    assert.ok(offer.endsWith(sdp(`us${cseq}`)));
    inside({ method: "ACK", cseq, headers: ["Content-Type: application/sdp"], body });
  }
  assert.equal(bench.of("offerWanted").length, 2);
  assert.deepEqual(bench.of("offerAnswered").map((e) => e.sdp), [sdp("eve2")]);
  assert.deepEqual(bench.of("offerRefused").map((e) => e.status), [488]);
  assert.equal(bench.of("ended").length, 0);
});

test("a refresh of ours that is too short for somebody (422) goes again at once with what they want, by UPDATE and by re-INVITE", () => {
  for (const method of ["UPDATE", "INVITE"]) {
    const bench = new RawBench();
    const peer = bench.peer("203.0.113.5");
    const [sent = ""] = command(bench, call("out", { target: { uri: "sip:bob@203.0.113.5" } }));
    const answer = (request: string, code: string, headers: string[], body = ""): string[] => peer.raw([
      `SIP/2.0 ${code}`, `Via: ${field(request, "Via")}`, `From: ${field(request, "From")}`, `To: ${field(request, "To").replace(/;tag=.*/, "")};tag=b`, `Call-ID: ${field(request, "Call-ID")}`, `CSeq: ${field(request, "CSeq")}`,
      "Contact: <sip:bob@203.0.113.5>", ...headers, ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
    ].join("\r\n"));
    answer(sent, "200 OK", ["Session-Expires: 120;refresher=uac", `Allow: INVITE, ACK, BYE${method === "UPDATE" ? ", UPDATE" : ""}`], sdp("bob"));
    const [refresh = ""] = bench.advance(60_100);
    assert.ok(refresh.startsWith(`${method} `), refresh);
    assert.equal(field(refresh, "Session-Expires"), "120;refresher=uac");
    const again = answer(refresh, "422 Session Interval Too Small", ["Min-SE: 600"]).find((m) => m.startsWith(`${method} `));
    assert.equal(field(again, "Session-Expires"), "600;refresher=uac", method);
    answer(again!, "200 OK", ["Session-Expires: 600;refresher=uac"], method === "INVITE" ? sdp("bob") : "");
    assert.deepEqual(bench.advance(299_000).filter((m) => m.startsWith(method)), [], "the next one after half of the new interval");
    const [next = ""] = bench.advance(1_200);
    assert.ok(next.startsWith(method));
    // who wants it longer than a day, or says it again and again, gets no loop
    const sentAgain = answer(next, "422 Session Interval Too Small", ["Min-SE: 600"]);
    assert.equal(sentAgain.filter((m) => m.startsWith(method)).length, 0);
    assert.equal(bench.of("ended").length, 0);
  }
});

test("after a 491 the owner of the Call-ID waits 2.1 to 4 s (RFC 3261 14.1), also when the other side's offer is through before", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const [sent = ""] = command(bench, call("out", { target: { uri: "sip:bob@203.0.113.5" } }));
  const answer = (request: string, code: string, body = ""): string[] => peer.raw([
    `SIP/2.0 ${code}`, `Via: ${field(request, "Via")}`, `From: ${field(request, "From")}`, `To: ${field(request, "To").replace(/;tag=.*/, "")};tag=b`, `Call-ID: ${field(request, "Call-ID")}`, `CSeq: ${field(request, "CSeq")}`,
    "Contact: <sip:bob@203.0.113.5>", ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n"));
  answer(sent, "200 OK", sdp("bob"));
  const inside = (written: Written): string[] => peer.send({ uri: "sip:tandem@192.0.2.1", from: `${field(sent, "To")};tag=b`, to: field(sent, "From"), callId: field(sent, "Call-ID"), ...written });
  const [offer = ""] = command(bench, { type: "offer", ref: "out", sdp: sdp("us2") });
  assert.match(offer, /^INVITE /);
  const theirs = { method: "INVITE", headers: ["Contact: <sip:bob@203.0.113.5>", "Content-Type: application/sdp"], body: sdp("bob2") };
  assert.equal(status(inside({ ...theirs, cseq: 1 })), "SIP/2.0 491 Request Pending");
  answer(offer, "491 Request Pending");
  inside({ ...theirs, cseq: 2 });
  command(bench, { type: "acceptOffer", ref: "out", sdp: sdp("us3") });
  assert.deepEqual(inside({ method: "ACK", cseq: 2 }), []);
  assert.deepEqual(bench.advance(2_000).filter((m) => m.startsWith("INVITE")), []);
  assert.equal(bench.advance(2_100).filter((m) => m.startsWith("INVITE") && /^CSeq: 3 INVITE/m.test(m)).length > 0, true);
});

test("reasons travel: in CANCEL, BYE and refusals, as SIP status and ISDN cause, both ways", () => {
  const { net, a, b, ref } = pair(1);
  const q850 = [{ protocol: "Q.850", cause: 17, text: "User busy" }, { protocol: "SIP", cause: 486, text: 'a "quoted"\r\nEvil: 1' }] as const;
  a.command(call("x"));
  net.clock.advance(1_000);
  b.command({ type: "reject", ref: ref(), status: 486, reason: "Busy Here", causes: q850 });
  net.clock.advance(1_000);
  assert.deepEqual(a.of("failed")[0]!.causes, [{ protocol: "Q.850", cause: 17, text: "User busy" }, { protocol: "SIP", cause: 486, text: "a quotedEvil: 1" }]);
  a.command(call("y"));
  net.clock.advance(1_000);
  b.command({ type: "progress", ref: ref(), status: 180 });
  net.clock.advance(1_000);
  a.command({ type: "hangUp", ref: "y", reason: "", causes: [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }] });
  net.clock.advance(1_000);
  assert.deepEqual(b.of("cancelled")[0]!.causes, [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }]);
  a.command(call("z"));
  net.clock.advance(1_000);
  b.command({ type: "answer", ref: ref(), sdp: sdp("b") });
  b.command({ type: "hangUp", ref: ref(), reason: "words alone", causes: [{ protocol: "Q.850", cause: 16, text: "" }] });
  net.clock.advance(1_000);
  assert.deepEqual(a.of("ended")[0]!.causes, [{ protocol: "Q.850", cause: 16, text: "" }], "also of a BYE that waited for the ACK");
  for (const host of [a, b]) assert.equal(host.heard.some((m) => /^Evil/m.test(m)), false);
  const bench = new RawBench();
  bench.peer("203.0.113.5").send(invite({ branch: "z9hG4bKr" }));
  bench.peer("203.0.113.5").raw(write(bench.peer("203.0.113.5").flow, { ...invite({ branch: "z9hG4bKr" }), method: "CANCEL", headers: ["Reason: Preemption;cause=1, SIP;cause=huge, Q.850;cause=34;text=\"no circuit\", SIP;cause=1;cause"], body: "" }));
  assert.deepEqual(bench.of("cancelled")[0]!.causes, [{ protocol: "Q.850", cause: 34, text: "no circuit" }, { protocol: "SIP", cause: 0, text: "" }]);
});

test("a forwarded call says from whom, as History-Info and Diversion, and both are read", () => {
  const { net, a, b } = pair(2);
  const history = [{ user: "+33 1", host: "", why: "user-busy" }, { user: "bob", host: "b.test", why: "do-not-disturb" }] as const;
  a.command(call("x", { history, referredBy: "sip:carol@a.test" }));
  net.clock.advance(1_000);
  const [sent = ""] = b.heard;
  assert.equal(field(sent, "Diversion"), "<sip:bob@b.test>;reason=do-not-disturb;counter=1, <sip:+33%201@a.test>;reason=user-busy;counter=1");
  assert.equal(field(sent, "History-Info"), "<sip:+33%201@a.test?Reason=SIP%3Bcause%3D486>;index=1, <sip:bob@b.test;cause=486?Reason=SIP%3Bcause%3D404>;index=1.1;mp=1, <sip:100@10.0.0.2;cause=404>;index=1.1.1;mp=1.1");
  assert.equal(field(sent, "Referred-By"), "<sip:carol@a.test>");
  assert.deepEqual(b.of("incoming")[0]!.history, [{ user: "+33 1", host: "a.test", why: "user-busy" }, { user: "bob", host: "b.test", why: "do-not-disturb" }]);
  const bench = new RawBench();
  const hear = (...headers: string[]): unknown => {
    bench.peer("203.0.113.5").send(invite({ callId: `history${bench.events.length}`, headers }));
    return bench.of("incoming").at(-1)!.history;
  };
  // RFC 7044 appendix B.1, shortened: retargeted by a contact (rc) is no diversion, by another user (mp) is
  assert.deepEqual(hear("History-Info: <sip:office@example.com>;index=1", "History-Info: <sip:bob@192.0.2.5?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1, <sip:home@example.com;cause=302>;index=1.2;mp=1"), [{ user: "bob", host: "192.0.2.5", why: "unconditional" }]);
  assert.deepEqual(hear("Diversion: <tel:+33123456789>;reason=no-answer, \"x\" <sip:old@a.test>;reason=\"unheard-of\""), [{ user: "old", host: "a.test", why: "unknown" }, { user: "+33123456789", host: "", why: "no-answer" }]);
  assert.deepEqual(hear("Diversion: garbage", "History-Info: ;;;"), []);
  assert.equal((hear(`Diversion: ${Array.from({ length: 60 }, (_, i) => `<sip:u${i}@a.test>`).join(",")}`) as unknown[]).length, 10, "bounded");
});

test("hops are counted across our legs: one less each time, none left is 483", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  peer.raw(write(peer.flow, invite()).replace("Max-Forwards: 70", "Max-Forwards: 5"));
  assert.equal(bench.of("incoming")[0]!.maxForwards, 5);
  const [sent = ""] = command(bench, call("on", { target: { uri: "sip:a@203.0.113.9" }, maxForwards: 4 }));
  assert.equal(field(sent, "Max-Forwards"), "4");
  assert.deepEqual(command(bench, call("no", { maxForwards: 0 })), []);
  assert.deepEqual(bench.of("failed").map((e) => e.status), [483]);
  peer.raw(write(peer.flow, invite({ callId: "none" })).replace("Max-Forwards: 70\r\n", ""));
  peer.raw(write(peer.flow, invite({ callId: "many" })).replace("Max-Forwards: 70", "Max-Forwards: 255"));
  assert.deepEqual(bench.of("incoming").map((e) => e.maxForwards), [5, 70, 70]);
});

test("a 3xx tells where else, the most wanted first; ours carries contacts", () => {
  const { net, a, b, ref } = pair(3);
  a.command(call("x"));
  net.clock.advance(1_000);
  b.command({ type: "reject", ref: ref(), status: 302, reason: "Moved Temporarily", contacts: ["sip:200@tandem.test", "bad\r\nEvil: 1", "tel:+331"] });
  net.clock.advance(1_000);
  assert.deepEqual(a.of("failed")[0]!.contacts, [{ uri: "sip:200@tandem.test", user: "200", host: "tandem.test" }, { uri: "tel:+331", user: "+331", host: "" }]);
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const [sent = ""] = command(bench, call("out", { target: { uri: "sip:bob@203.0.113.5" } }));
  peer.raw([
    "SIP/2.0 300 Multiple Choices", `Via: ${field(sent, "Via")}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")};tag=t`, `Call-ID: ${field(sent, "Call-ID")}`, "CSeq: 1 INVITE",
    "Contact: <sip:later@a.test>;q=0.2, <sip:first@a.test>;q=0.9", "Content-Length: 0", "", "",
  ].join("\r\n"));
  assert.deepEqual(bench.of("failed")[0]!.contacts?.map((c) => c.user), ["first", "later"]);
});

test("Privacy is told in lower case, every word", () => {
  const bench = new RawBench();
  bench.peer("203.0.113.5").send(invite({ from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', headers: ["Privacy: ID; user;header"] }));
  assert.deepEqual(bench.of("incoming")[0]!.privacy, ["id", "user", "header"]);
});

test("INFO never changes the session: whatever it carries, no offer, no hold, no end (SIP-26)", () => {
  const { net, a, b, ref } = pair(4);
  b.on = (event) => {
    if (event.type === "incoming") b.command({ type: "answer", ref: event.ref, sdp: sdp("b") });
  };
  a.command(call("x"));
  net.clock.advance(1_000);
  const before = a.events.length + b.events.length;
  const ok = a.heard.find((m) => m.startsWith("SIP/2.0 200"))!;
  const request = b.heard.find((m) => m.startsWith("INVITE"))!;
  let cseq = 10;
  for (const [type, body] of [["application/sdp", sdp("hijack")], ["application/dtmf-relay", "Signal=BYE"], ["multipart/mixed;boundary=x", `--x\r\nContent-Type: application/sdp\r\n\r\n${sdp("h")}--x--`], ["message/sipfrag", "BYE sip:x SIP/2.0"], ["text/plain", "hold"]] as const) {
    b.receive(Buffer.from([
      "INFO sip:tandem@10.0.0.2 SIP/2.0", `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKinfo${++cseq}`, "Max-Forwards: 70", `From: ${field(request, "From")}`, `To: ${field(ok, "To")}`,
      `Call-ID: ${field(request, "Call-ID")}`, `CSeq: ${cseq} INFO`, "Contact: <sip:elsewhere@198.51.100.1>", `Content-Type: ${type}`, `Content-Length: ${body.length}`, "", body,
    ].join("\r\n")), b.flowTo(a));
  }
  net.clock.advance(1_000);
  assert.equal(a.events.length + b.events.length, before, "nobody above hears of any of it");
  assert.deepEqual(a.heard.filter((m) => /^CSeq: \d+ INFO/m.test(m)).map((m) => m.slice(8, 11)), ["415", "400", "415", "415", "415"]);
  b.command({ type: "offer", ref: ref(), sdp: sdp("still here") });
  net.clock.advance(100);
  assert.equal(a.of("offer")[0]!.sdp, sdp("still here"), "and the peer's Contact in an INFO moved nothing");
});
