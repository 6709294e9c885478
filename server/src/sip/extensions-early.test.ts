/** What the RFCs beside 3261 add before the answer: reliable provisional answers, early descriptions of several devices, offers by UPDATE. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, status } from "./raw-peer.ts";
import { call, command, invite, pair, within } from "./test-calls.ts";

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
