/** What the RFCs beside 3261 add to a call: offers of either side, refreshes, reasons, diversions, hops, contacts, privacy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, status, write, type Written } from "./raw-peer.ts";
import { call, command, invite, pair, within } from "./test-calls.ts";

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
