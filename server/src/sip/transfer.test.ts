/** One call put in the place of another: Replaces (RFC 3891), Join (RFC 3911), REFER both ways, in a call and outside any (RFC 3515, 4488, 5589). */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipCommand } from "./contract.ts";
import { LossyNet, sdp, type TestHost } from "./lossy-net.ts";
import { field, RawBench, status, type RawPeer, type Written } from "./raw-peer.ts";

type Invite = Extract<SipCommand, { type: "invite" }>;

const call = (ref: string, address: string, more: Partial<Invite> = {}): Invite =>
  ({ type: "invite", ref, target: { uri: `sip:100@${address}` }, from: { user: "alice", display: "" }, sdp: sdp("a"), noAnswerMs: 60_000, ...more });

const invite = (more: Partial<Written> = {}): Written => ({
  method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("eve"),
  ...more, headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp", ...(more.headers ?? [])],
});

interface Established {
  ref: string;
  /** As the peer writes it into Replaces: our tag is to-tag. */
  named: string;
  within(written: Written): string[];
}

function established(bench: RawBench, peer: RawPeer, callId: string): Established {
  peer.send(invite({ callId }));
  const { ref } = bench.of("incoming").at(-1)!;
  const [ok = ""] = bench.take(bench.core.command({ type: "answer", ref, sdp: sdp("us") }, bench.nowMs));
  const dialog = { uri: /^Contact: <([^>]+)>/m.exec(ok)![1]!, from: field(ok, "From"), to: field(ok, "To"), callId };
  const within = (written: Written): string[] => peer.send({ ...dialog, ...written });
  within({ method: "ACK", cseq: 1 });
  const tag = (value: string): string => /tag=([^;]+)/.exec(value)![1]!;
  return { ref, within, named: `${callId};to-tag=${tag(dialog.to)};from-tag=${tag(dialog.from)}` };
}

const carryOut = (bench: RawBench, command: SipCommand): string[] => bench.take(bench.core.command(command, bench.nowMs));

/** Three hosts that answer what comes in: `a` has a call to `b` ("x") and one to `c` ("y"). */
function three(): { net: LossyNet; a: TestHost; b: TestHost; c: TestHost } {
  const net = new LossyNet(3);
  const a = net.host("10.0.0.1", { domain: "a.test" });
  const [b, c] = [net.host("10.0.0.2"), net.host("10.0.0.3")];
  for (const host of [b, c]) {
    host.on = (event) => {
      if (event.type === "incoming") host.command({ type: "answer", ref: event.ref, sdp: sdp("host") });
    };
  }
  a.command(call("x", "10.0.0.2"));
  a.command(call("y", "10.0.0.3"));
  net.clock.advance(1_000);
  assert.equal(a.of("answered").length, 2);
  return { net, a, b, c };
}

test("an INVITE that replaces one of our calls names its ref; who is neither the peer nor one of us learns nothing", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const { ref, named } = established(bench, peer, "r1");
  peer.send(invite({ headers: [`Replaces: ${named}`] }));
  assert.equal(bench.of("incoming").at(-1)!.replaces, ref);
  assert.equal(bench.of("incoming").at(-1)!.join, null);
  peer.send(invite({ headers: [`Join: ${named}`] }));
  assert.equal(bench.of("incoming").at(-1)!.join, ref);
  // the peer may do so also where a stranger could not call
  assert.equal(status(peer.send(invite({ uri: "sip:tandem@192.0.2.1", to: "<sip:tandem@192.0.2.1>", headers: [`Replaces: ${named}`] }))), "SIP/2.0 100 Trying");
  const told = bench.of("incoming").length;
  const eve = bench.peer("198.51.100.66");
  assert.equal(status(eve.send(invite({ headers: [`Replaces: ${named}`] }))), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.equal(status(eve.send(invite({ uri: "sip:tandem@192.0.2.1", to: "<sip:tandem@192.0.2.1>", headers: [`Replaces: ${named}`] }))), "SIP/2.0 401 Unauthorized");
  assert.equal(status(peer.send(invite({ uri: "sip:tandem@192.0.2.1", from: "<sip:1001@tandem.test>;tag=1", headers: [`Replaces: ${named}`] }))), "SIP/2.0 401 Unauthorized", "nor one of us without the password");
  assert.equal(bench.of("incoming").length, told);
  // one of us may, from anywhere
  const phone = bench.peer("198.51.100.7");
  assert.equal(status(phone.sendSigned(invite({ from: "<sip:1001@tandem.test>;tag=z", headers: [`Replaces: ${named}`] }), "1001", "pw")), "SIP/2.0 100 Trying");
  assert.equal(bench.of("incoming").at(-1)!.replaces, ref);
});

test("what RFC 3891 refuses: two of them 400, malformed 400, unknown 481, early-only of an answered call 486, an early call of theirs 481", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const { named, within } = established(bench, peer, "r2");
  const answer = (...headers: string[]): string => status(peer.send(invite({ headers }))).slice(8, 11);
  assert.equal(answer(`Replaces: ${named}`, `Replaces: ${named}`), "400");
  assert.equal(answer(`Replaces: ${named}`, `Join: ${named}`), "400");
  for (const broken of ["r2", "r2;to-tag=1", ";to-tag=1;from-tag=2", "r 2;to-tag=1;from-tag=2", "r2;to-tag=1;from-tag=\"", ""]) assert.equal(answer(`Replaces: ${broken}`), "400", broken);
  assert.equal(answer("Replaces: r2;to-tag=1;from-tag=2"), "481");
  assert.equal(answer(`Replaces: ${named};early-only`), "486");
  peer.send(invite({ callId: "theirs", from: "<sip:eve@elsewhere.test>;tag=f9" }));
  const { ref } = bench.of("incoming").at(-1)!;
  const [ringing = ""] = carryOut(bench, { type: "progress", ref, status: 180 });
  assert.equal(answer(`Replaces: theirs;to-tag=${/tag=(.*)/.exec(field(ringing, "To"))![1]};from-tag=f9`), "481", "only who was called may be replaced while it rings");
  within({ method: "BYE", cseq: 9 });
  assert.equal(answer(`Replaces: ${named}`), "481");
});

test("a call that rings may be picked up by Replaces of its early dialog (RFC 3891 section 3), early-only", () => {
  const net = new LossyNet(4);
  const a = net.host("10.0.0.1", { domain: "a.test" });
  const b = net.host("10.0.0.2");
  b.on = (event) => {
    if (event.type === "incoming") b.command({ type: "progress", ref: event.ref, status: 180 });
  };
  a.command(call("rings", "10.0.0.2"));
  net.clock.advance(1_000);
  const ringing = a.heard.find((m) => m.startsWith("SIP/2.0 180"))!;
  const tag = (name: string): string => /tag=(.*)/.exec(field(ringing, name))![1]!;
  const named = `${field(ringing, "Call-ID")};to-tag=${tag("From")};from-tag=${tag("To")};early-only`;
  a.receive(Buffer.from([
    "INVITE sip:100@a.test SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKpick", "Max-Forwards: 70", "From: <sip:b@b.test>;tag=p", "To: <sip:100@a.test>", "Call-ID: pick",
    "CSeq: 1 INVITE", "Contact: <sip:b@10.0.0.2>", `Replaces: ${named}`, "Content-Length: 0", "", "",
  ].join("\r\n")), a.flowTo(b));
  assert.equal(a.of("incoming")[0]?.replaces, "rings");
});

test("we replace a call at somebody else's: the header names it as its peer knows it, required", () => {
  const { net, a, c } = three();
  const inC = c.of("incoming")[0]!.ref;
  a.command(call("z", "10.0.0.3", { replaces: "y" }));
  net.clock.advance(1_000);
  assert.equal(c.of("incoming")[1]!.replaces, inC, "the other core finds it by its own view of the dialog");
  assert.match(field(c.heard.filter((m) => m.startsWith("INVITE"))[1], "Require"), /replaces/);
  a.command({ type: "hangUp", ref: "y", reason: "" });
  a.command(call("w", "10.0.0.3", { replaces: "y" }));
  assert.deepEqual(a.of("failed").map((e) => [e.ref, e.status]), [["w", 481]]);
});

test("attended transfer asked of us: REFER with Replaces names another leg of ours; who asked is told", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const first = established(bench, peer, "t1");
  const consulted = established(bench, peer, "t2");
  const escaped = encodeURIComponent(consulted.named);
  first.within({ method: "REFER", cseq: 2, headers: [`Refer-To: <sip:bob@tandem.test?Replaces=${escaped}>`, "Referred-By: <sip:eve@elsewhere.test>;cid=x", "Contact: <sip:eve@203.0.113.5>"] });
  const [refer] = bench.of("refer");
  assert.deepEqual({ ref: refer!.ref, inDialog: refer!.inDialog, from: refer!.from, by: refer!.referredBy, user: refer!.target.user }, { ref: first.ref, inDialog: true, from: null, by: "sip:eve@elsewhere.test", user: "bob" });
  assert.deepEqual(refer!.target.replaces, { ref: consulted.ref, raw: consulted.named });
  assert.equal(status(first.within({ method: "REFER", cseq: 7, headers: ["Refer-To: <sip:bob@tandem.test>"] })), "SIP/2.0 491 Request Pending", "one at a time");
  // RFC 5589 7.1: the dialog as the transfer target sees it has the tags the other way round
  carryOut(bench, { type: "refuseRefer", ref: first.ref, status: 603 });
  const [callId, to, from] = consulted.named.split(";");
  const swapped = encodeURIComponent(`${callId};to-tag=${from!.slice(9)};from-tag=${to!.slice(7)}`);
  first.within({ method: "REFER", cseq: 13, headers: [`Refer-To: <sip:bob@tandem.test?Replaces=${swapped}>`] });
  assert.equal(bench.of("refer")[1]!.target.replaces!.ref, consulted.ref);
  carryOut(bench, { type: "refuseRefer", ref: first.ref, status: 603 });
  first.within({ method: "REFER", cseq: 14, headers: ["Refer-To: <sip:bob@far.test?Replaces=unknown%3Bto-tag%3D1%3Bfrom-tag%3D2>"] });
  assert.deepEqual(bench.of("refer")[2]!.target.replaces, { ref: null, raw: "unknown;to-tag=1;from-tag=2" });
  carryOut(bench, { type: "refuseRefer", ref: first.ref, status: 603 });
  assert.equal(status(first.within({ method: "REFER", cseq: 15, headers: ["Refer-To: <sip:bob@far.test?Replaces=%0D%0AEvil>"] })), "SIP/2.0 400 Bad Request");
  assert.equal(status(first.within({ method: "REFER", cseq: 16, headers: ["Refer-To: <sip:bob@far.test;method=BYE>"] })), "SIP/2.0 501 Not Implemented");
  assert.equal(bench.of("refer").length, 3);
});

test("we ask a peer to transfer itself, blind and attended: its NOTIFYs are told, the last one ends it", () => {
  const { net, a, b, c } = three();
  b.on = (event) => {
    if (event.type !== "refer") return;
    b.command({ type: "acceptRefer", ref: event.ref });
    net.clock.after(500, () => b.command({ type: "referProgress", ref: event.ref, status: 180, reason: "Ringing" }));
    net.clock.after(900, () => b.command({ type: "referProgress", ref: event.ref, status: 200, reason: "OK" }));
  };
  a.command({ type: "refer", ref: "x", to: "sip:100@10.0.0.3", replaces: "y", referredBy: "sip:alice@a.test" });
  net.clock.advance(2_000);
  const [refer] = b.of("refer");
  assert.equal(refer!.referredBy, "sip:alice@a.test");
  // what b reads there is what c knows: a call with it finds c's leg
  const { raw } = refer!.target.replaces!;
  assert.deepEqual(a.of("referResult").map((e) => [e.status, e.final]), [[100, false], [180, false], [200, true]]);
  c.receive(Buffer.from([
    "INVITE sip:100@tandem.test SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtransferred", "Max-Forwards: 70", "From: <sip:b@b.test>;tag=t", "To: <sip:100@tandem.test>",
    "Call-ID: transferred", "CSeq: 1 INVITE", "Contact: <sip:b@10.0.0.1>", `Replaces: ${raw}`, "Content-Length: 0", "", "",
  ].join("\r\n")), c.flowTo(a));
  assert.equal(c.of("incoming")[1]!.replaces, c.of("incoming")[0]!.ref);
  // blind, refused, and asked again at once
  b.on = (event) => {
    if (event.type === "refer") b.command({ type: "refuseRefer", ref: event.ref, status: 603 });
  };
  a.command({ type: "refer", ref: "x", to: "sip:200@10.0.0.3" });
  a.command({ type: "refer", ref: "x", to: "sip:300@10.0.0.3" });
  net.clock.advance(1_000);
  assert.deepEqual(a.of("referResult").slice(3).map((e) => [e.status, e.final]), [[491, true], [603, true]]);
  a.command({ type: "refer", ref: "x", to: "sip:bad\r\nEvil: 1" });
  a.command({ type: "refer", ref: "x", to: "sip:200@10.0.0.3", replaces: "gone" });
  assert.deepEqual(a.of("referResult").slice(5).map((e) => e.status), [416, 481]);
});

test("a peer that accepts without a subscription (RFC 4488), and one that ends it without a word", () => {
  for (const [refer, notify, expected] of [["Refer-Sub: false", null, [[202, true]]], ["X-Y: z", "", [[408, true]]], ["X-Y: z", "SIP/2.0 503 Down\r\n", [[503, true]]]] as const) {
    const bench = new RawBench();
    const peer = bench.peer("203.0.113.5");
    const { ref, within } = established(bench, peer, "n");
    const [sent = ""] = carryOut(bench, { type: "refer", ref, to: "sip:200@b.test" });
    assert.match(sent, /^REFER sip:eve@203\.0\.113\.5 /);
    peer.raw([`SIP/2.0 202 Accepted`, `Via: ${field(sent, "Via")}`, `From: ${field(sent, "From")}`, `To: ${field(sent, "To")}`, `Call-ID: n`, `CSeq: ${field(sent, "CSeq")}`, refer, "Content-Length: 0", "", ""].join("\r\n"));
    if (notify !== null) {
      const heard = within({ method: "NOTIFY", cseq: 5, headers: ["Event: refer", "Subscription-State: terminated;reason=noresource", "Content-Type: message/sipfrag"], body: notify });
      assert.equal(status(heard), "SIP/2.0 200 OK");
    }
    assert.deepEqual(bench.of("referResult").map((e) => [e.status, e.final]), expected.map((one) => [...one]));
    assert.equal(status(within({ method: "NOTIFY", cseq: 6, headers: ["Event: refer", "Subscription-State: active"], body: "SIP/2.0 100 Trying" })), "SIP/2.0 481 Call/Transaction Does Not Exist", "nothing is subscribed to any more");
    assert.equal(status(within({ method: "NOTIFY", cseq: 7, headers: ["Event: presence"] })), "SIP/2.0 481 Call/Transaction Does Not Exist");
  }
});

test("REFER outside any call: one of us gets a ref of its own, NOTIFYs and an end; a stranger gets a challenge", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const refer = (callId: string): Written => ({ method: "REFER", uri: "sip:tandem.test", from: "<sip:1001@tandem.test>;tag=z", to: "<sip:tandem.test>", callId, headers: ["Contact: <sip:1001@198.51.100.7>", "Refer-To: <sip:200@tandem.test>"] });
  assert.equal(status(phone.send(refer("o0"))), "SIP/2.0 401 Unauthorized");
  assert.equal(bench.events.length, 0);
  phone.sendSigned(refer("o1"), "1001", "pw");
  const [event] = bench.of("refer");
  assert.deepEqual([event!.inDialog, event!.from?.account, event!.target.user], [false, "1001", "200"]);
  const accepted = carryOut(bench, { type: "acceptRefer", ref: event!.ref });
  assert.deepEqual(accepted.map((m) => m.split(" ")[0] + (m.startsWith("SIP") ? m.slice(7, 11) : "")), ["SIP/2.0 202", "NOTIFY"]);
  assert.match(accepted[1]!, /^NOTIFY sip:1001@198\.51\.100\.7 /);
  assert.match(field(accepted[1], "Subscription-State"), /^active/);
  // it is no call: nothing of one is done in it
  const dialog = { uri: "sip:tandem@192.0.2.1", from: field(accepted[1], "To"), to: field(accepted[1], "From"), callId: "o1", headers: ["Contact: <sip:1001@198.51.100.7>"] };
  for (const [cseq, method] of [[50, "BYE"], [51, "UPDATE"], [52, "INVITE"], [53, "INFO"]] as const) assert.equal(status(phone.send({ ...dialog, method, cseq })), "SIP/2.0 481 Call/Transaction Does Not Exist", method);
  const [last = ""] = carryOut(bench, { type: "referProgress", ref: event!.ref, status: 200, reason: "OK" });
  assert.match(last, /\r\n\r\nSIP\/2\.0 200 OK\r\n$/);
  assert.match(field(last, "Subscription-State"), /^terminated/);
  assert.deepEqual(carryOut(bench, { type: "referProgress", ref: event!.ref, status: 200, reason: "OK" }), [], "once");
  // nobody says how it went: it ends by itself; refused: nothing stays
  phone.sendSigned(refer("o2"), "1001", "pw");
  carryOut(bench, { type: "acceptRefer", ref: bench.of("refer")[1]!.ref });
  phone.sendSigned(refer("o3"), "1001", "pw");
  assert.equal(status(carryOut(bench, { type: "refuseRefer", ref: bench.of("refer")[2]!.ref, status: 404 })), "SIP/2.0 404 Not Found");
  phone.sendSigned({ ...refer("o4"), headers: ["Contact: <sip:1001@198.51.100.7>"] }, "1001", "pw");
  const later = bench.advance(400_000).filter((m) => m.startsWith("NOTIFY") && field(m, "Call-ID") === "o2");
  assert.match(later.at(-1)!, /\r\n\r\nSIP\/2\.0 408 /);
  assert.equal(bench.of("refer").length, 3);
  assert.equal(bench.core.nextWakeAt(), null, "nothing is left");
  assert.equal(bench.of("ended").length, 0);
});

test("RFC 3515 2.4.4: SUBSCRIBE refreshes what a REFER began, and ends it; the transfer goes on untold; another id, or none begun, is 481", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const { ref, within } = established(bench, peer, "s1");
  const subscribe = (cseq: number, headers: readonly string[]): string[] => within({ method: "SUBSCRIBE", cseq, headers: ["Contact: <sip:eve@203.0.113.5>", ...headers] });
  assert.equal(status(subscribe(2, ["Event: refer", "Expires: 60"])), "SIP/2.0 481 Call/Transaction Does Not Exist");
  within({ method: "REFER", cseq: 3, headers: ["Contact: <sip:eve@203.0.113.5>", "Refer-To: <sip:101@tandem.test>"] });
  carryOut(bench, { type: "acceptRefer", ref });
  carryOut(bench, { type: "referProgress", ref, status: 180, reason: "" });
  const [fresh = "", state = ""] = subscribe(4, ["Event: refer", "Expires: 60"]);
  assert.deepEqual([status([fresh]), field(fresh, "Expires"), field(state, "Subscription-State")], ["SIP/2.0 200 OK", "60", "active;expires=60"]);
  assert.match(state, /^NOTIFY [\s\S]*SIP\/2\.0 180 Ringing/);
  assert.equal(status(subscribe(5, ["Event: refer;id=3", "Expires: 60"])), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.equal(status(subscribe(6, ["Event: refer", "Expires: soon"])), "SIP/2.0 400 Bad Request");
  const [ended = "", last = ""] = subscribe(7, ["Event: refer", "Expires: 0"]);
  assert.deepEqual([status([ended]), field(last, "Subscription-State")], ["SIP/2.0 200 OK", "terminated;reason=timeout"]);
  assert.deepEqual(carryOut(bench, { type: "referProgress", ref, status: 200, reason: "" }), [], "nothing more is told");
  within({ method: "REFER", cseq: 8, headers: ["Contact: <sip:eve@203.0.113.5>", "Refer-To: <sip:102@tandem.test>"] });
  assert.equal(bench.of("refer").length, 2, "the next one may come");
});

test("MESSAGE within a call goes where one outside of it would: to the number that was called, by who may write there", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5", "tcp");
  const { within } = established(bench, peer, "m1");
  const text = (cseq: number, headers: readonly string[] = []): string[] => within({ method: "MESSAGE", cseq, headers: ["Content-Type: text/plain", ...headers], body: "Bonjour" });
  assert.deepEqual(text(1).map((one) => status([one])), ["SIP/2.0 500 Server Internal Error"], "older than the call's last request");
  text(2);
  const [message] = bench.of("message");
  assert.deepEqual([message?.text, message?.to.user, message?.from.user, message?.from.account], ["Bonjour", "100", "eve", null]);
  const [ok = ""] = carryOut(bench, { type: "messageAnswer", ref: message!.ref, status: 200 });
  assert.equal(status([ok]), "SIP/2.0 200 OK");

  // one of us, in a call to somebody of the house: with the password only
  const phone = bench.peer("198.51.100.7");
  phone.sendSigned(invite({ uri: "sip:1002@tandem.test", to: "<sip:1002@tandem.test>", from: "<sip:1001@tandem.test>;tag=p", callId: "m2" }), "1001", "pw");
  const { ref } = bench.of("incoming").at(-1)!;
  const [answered = ""] = carryOut(bench, { type: "answer", ref, sdp: sdp("us") });
  const written: Written = { method: "MESSAGE", uri: /^Contact: <([^>]+)>/m.exec(answered)![1]!, from: field(answered, "From"), to: field(answered, "To"), callId: "m2", cseq: 5, headers: ["Content-Type: text/plain"], body: "Salut" };
  assert.equal(status(phone.send(written)), "SIP/2.0 401 Unauthorized");
  assert.equal(bench.of("message").length, 1);
  phone.sendSigned({ ...written, cseq: 6 }, "1001", "pw");
  assert.deepEqual(bench.of("message").slice(1).map((one) => [one.text, one.to.user, one.from.account]), [["Salut", "1002", "1001"]]);
  assert.equal(status(phone.send({ ...written, callId: "none", cseq: 9 })), "SIP/2.0 481 Call/Transaction Does Not Exist");
});
