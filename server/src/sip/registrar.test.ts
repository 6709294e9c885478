import assert from "node:assert/strict";
import { test } from "node:test";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, sign, status, type RawPeer, type Written } from "./raw-peer.ts";

const register = (contact: string, more: Partial<Written> = {}): Written => ({
  method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", ...more, headers: [`Contact: ${contact}`, ...(more.headers ?? [])],
});
const contacts = (bench: RawBench): string[] => bench.core.contacts("1001", bench.nowMs).map((c) => c.contact);

test("F1-F4: challenged with MD5 and SHA-256, either answer registers; the contact is listed with its time", () => {
  for (const algorithm of ["md5", "sha256"] as const) {
    const bench = new RawBench();
    const phone = bench.peer("198.51.100.7");
    const [challenge] = phone.send(register("<sip:1001@198.51.100.7:5060>", { headers: ["Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, SUBSCRIBE, INFO, MESSAGE, UPDATE, REFER", "Supported: replaces, norefersub, 100rel", "Expires: 120"] }));
    assert.match(challenge!, /^SIP\/2.0 401/);
    assert.match(challenge!, /algorithm=MD5.*qop="auth"/);
    assert.match(challenge!, /algorithm=SHA-256/);
    assert.equal(bench.core.nextWakeAt(), null, "a challenge leaves nothing behind");
    const answer = phone.sendSigned(register("<sip:1001@198.51.100.7:5060>;expires=120"), "1001", "pw", algorithm);
    assert.equal(status(answer), "SIP/2.0 200 OK");
    assert.equal(field(answer[0], "Contact"), "<sip:1001@198.51.100.7:5060>;expires=120");
    const [told] = bench.of("registered");
    assert.equal(told!.account, "1001");
    assert.equal(told!.userAgent, "a peer of the tests, with a name as long as real ones have");
    assert.equal(told!.expiresAtMs, bench.nowMs + 120_000);
  }
});

test("unknown users, wrong passwords and other people's names are refused alike; both hashes are always computed", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const known = phone.sendSigned(register("<sip:a@b.test>"), "1001", "wrong");
  const unknown = phone.sendSigned({ ...register("<sip:a@b.test>"), from: "<sip:nobody@tandem.test>;tag=r", to: "<sip:nobody@tandem.test>" }, "nobody", "wrong");
  const shape = (text: string | undefined): string => (text ?? "").replace(/nonce="[^"]*"|tag=\w+|branch=\w+|signed\d+|nobody|1001/g, "");
  assert.equal(status(known), "SIP/2.0 401 Unauthorized");
  assert.equal(shape(unknown[0]), shape(known[0]));
  assert.equal(bench.credentialLookups, 2);
  // 1002's password does not register for 1001
  assert.equal(status(phone.sendSigned(register("<sip:a@b.test>"), "1002", "pw")), "SIP/2.0 403 Forbidden");
  assert.deepEqual(bench.events.map((e) => e.type), ["authFailed", "authFailed", "authenticated"], "the failures are told alike, and nothing is registered");
});

test("a captured Authorization cannot be used again, from another address, with another body of time, or with its nonce made up", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const first = register("<sip:1001@198.51.100.7>", { callId: "one" });
  const [challenge = ""] = phone.send(first);
  const signed: Written = { ...first, cseq: 2, headers: [...first.headers!, sign(challenge, first, "1001", "pw")] };
  assert.equal(status(phone.send(signed)), "SIP/2.0 200 OK");
  const replay = phone.send({ ...signed, cseq: 3 });
  assert.equal(status(replay), "SIP/2.0 401 Unauthorized");
  assert.match(replay[0]!, /stale=true/);
  // the next count of the same nonce is fine, once, and counts may come out of order
  const count = (nc: number, cseq: number): string => status(phone.send({ ...first, cseq, headers: [...first.headers!, sign(challenge, first, "1001", "pw", "md5", nc)] }));
  assert.equal(count(4, 4), "SIP/2.0 200 OK");
  assert.equal(count(3, 5), "SIP/2.0 200 OK");
  assert.equal(count(3, 6), "SIP/2.0 401 Unauthorized");
  assert.equal(count(40, 7), "SIP/2.0 200 OK");
  assert.equal(count(4, 8), "SIP/2.0 401 Unauthorized");
  // stolen: the nonce belongs to the address that it was given to
  const thief = bench.peer("203.0.113.9");
  assert.equal(status(thief.send({ ...first, cseq: 9, headers: [...first.headers!, sign(challenge, first, "1001", "pw", "md5", 50)] })), "SIP/2.0 401 Unauthorized");
  bench.nowMs += 301_000;
  const late = phone.send({ ...first, cseq: 10, headers: [...first.headers!, sign(challenge, first, "1001", "pw", "md5", 51)] });
  assert.match(late[0]!, /stale=true/);
  const forged = phone.send({ ...first, cseq: 11, headers: [...first.headers!, sign('nonce="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"', first, "1001", "pw")] });
  assert.equal(status(forged), "SIP/2.0 401 Unauthorized");
  assert.match(forged[0]!, /stale=true/, "as after a restart of ours: a phone tries again by itself");
});

test("several contacts, query, removal of one, of all; expiry in its time", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const sign1 = (w: Written): string[] => phone.sendSigned(w, "1001", "pw");
  assert.equal(status(sign1(register("<sip:a@198.51.100.7>;expires=100, <sip:b@198.51.100.7>;expires=200;q=0.5"))), "SIP/2.0 200 OK");
  assert.deepEqual(contacts(bench), ["sip:a@198.51.100.7", "sip:b@198.51.100.7"]);
  const query = sign1({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>" });
  assert.equal(query[0]!.match(/^Contact:/gm)!.length, 2);
  sign1(register("<sip:c@198.51.100.7>"));
  assert.equal(bench.core.contacts("1001", bench.nowMs).find((c) => c.contact.startsWith("sip:c"))!.expiresAtMs, bench.nowMs + 600_000, "no expiry asked: the default");
  sign1(register("<sip:c@198.51.100.7>;expires=0"));
  bench.advance(100_000);
  assert.deepEqual(contacts(bench), ["sip:b@198.51.100.7"]);
  assert.deepEqual(bench.of("unregistered").map((e) => [e.contact, e.reason]), [["sip:c@198.51.100.7", "asked"], ["sip:a@198.51.100.7", "expired"]]);
  assert.equal(status(sign1(register("*", { headers: ["Expires: 10"] }))), "SIP/2.0 400 Bad Request");
  assert.equal(status(sign1(register("*", { headers: ["Expires: 0"] }))), "SIP/2.0 200 OK");
  assert.deepEqual(contacts(bench), []);
  bench.advance(100_000);
  assert.equal(bench.core.nextWakeAt(), null);
});

test("too brief is 423 with the least; too long is cut; at most ten contacts, the one that ends first makes room", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const brief = phone.sendSigned(register("<sip:a@b.test>;expires=5"), "1001", "pw");
  assert.equal(status(brief), "SIP/2.0 423 Interval Too Brief");
  assert.equal(field(brief[0], "Min-Expires"), "30");
  assert.match(field(phone.sendSigned(register("<sip:a@b.test>;expires=999999999"), "1001", "pw")[0], "Contact"), /expires=3600$/);
  for (let i = 0; i < 15; i++) phone.sendSigned(register(`<sip:p${i}@b.test>;expires=${1000 + i}`), "1001", "pw");
  assert.equal(contacts(bench).length, 10);
  assert.ok(contacts(bench).includes("sip:p14@b.test"));
});

test("an old REGISTER that arrives late changes nothing (same Call-ID, lower CSeq)", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const first = register("<sip:a@b.test>;expires=100", { callId: "order" });
  const [challenge = ""] = phone.send(first);
  const at = (cseq: number, nc: number, contact: string): string =>
    status(phone.send({ ...first, cseq, headers: [`Contact: ${contact}`, sign(challenge, first, "1001", "pw", "md5", nc)] }));
  assert.equal(at(9, 1, "<sip:a@b.test>;expires=100"), "SIP/2.0 200 OK");
  assert.equal(at(8, 2, "<sip:a@b.test>;expires=0"), "SIP/2.0 500 Server Internal Error");
  assert.deepEqual(contacts(bench), ["sip:a@b.test"]);
});

test("a WebSocket contact is reached by its flow and goes with it (RFC 5626, 7118)", () => {
  const bench = new RawBench();
  const browser = bench.peer("198.51.100.8", "ws", 40_000);
  const contact = '<sip:q1@x.invalid;transport=ws>;+sip.instance="<urn:uuid:1>";reg-id=1;expires=600';
  const answer = browser.sendSigned(register(contact, { headers: ["Supported: outbound"] }), "1001", "pw");
  assert.equal(field(answer[0], "Require"), "outbound");
  assert.doesNotMatch(browser.send(register(contact))[0]!, /SHA-256/, "browsers know MD5 only");
  // the page was loaded again: same instance, new contact and flow
  const again = bench.peer("198.51.100.8", "ws", 40_001);
  again.sendSigned(register(contact.replace("q1", "q2")), "1001", "pw");
  assert.deepEqual(contacts(bench), ["sip:q2@x.invalid;transport=ws"]);
  bench.take(bench.core.flowClosed(browser.flow, bench.nowMs));
  assert.equal(contacts(bench).length, 1, "the old connection carries nothing any more");
  const sent = bench.core.command({ type: "invite", ref: "i", target: { account: "1001", only: "browser" }, from: { user: "100", display: "" }, sdp: sdp("x"), noAnswerMs: 9_000 }, bench.nowMs);
  assert.deepEqual(sent.map((e) => (e.do === "send" ? e.flow.id : e.do)), [again.flow.id]);
  assert.match(Buffer.from((sent[0] as { bytes: Uint8Array }).bytes).toString(), /^INVITE sip:q2@x\.invalid;transport=ws SIP\/2\.0\r\nVia: SIP\/2\.0\/WS 192\.0\.2\.1:5060;[^]*Contact: <sip:tandem@192\.0\.2\.1:5060;transport=ws>/);
  bench.take(bench.core.flowClosed(again.flow, bench.nowMs));
  assert.equal(bench.of("unregistered").at(-1)!.reason, "transport");
  assert.deepEqual(bench.of("failed").map((e) => e.status), [503]);
  assert.equal(bench.take(bench.core.command({ type: "invite", ref: "j", target: { account: "1001" }, from: { user: "100", display: "" }, sdp: sdp("x"), noAnswerMs: 9_000 }, bench.nowMs)).length, 0);
  assert.equal(bench.of("failed").at(-1)!.status, 480);
});

test("a phone behind a NAT is reached where it registered from, whatever its contact says", () => {
  const bench = new RawBench();
  const phone = bench.peer("203.0.113.50", "udp", 61_234);
  phone.sendSigned(register("<sip:1001@192.168.1.20:5060>"), "1001", "pw");
  const sent = bench.core.command({ type: "invite", ref: "i", target: { account: "1001" }, from: { user: "100", display: "" }, sdp: sdp("x"), noAnswerMs: 9_000 }, bench.nowMs);
  assert.deepEqual(sent.map((e) => (e.do === "send" ? `${e.flow.remoteAddress}:${e.flow.remotePort}` : e.do)), ["203.0.113.50:61234"]);
});

/** What a forked call sends to each contact, by address. */
function ring(bench: RawBench, peers: RawPeer[]): Map<string, string> {
  peers.forEach((peer, i) => peer.sendSigned(register(`<sip:p${i}@${peer.flow.remoteAddress}>`), "1001", "pw"));
  const sent = bench.core.command({ type: "invite", ref: "fork", target: { account: "1001" }, from: { user: "100", display: "" }, sdp: sdp("x"), noAnswerMs: 20_000 }, bench.nowMs);
  return new Map(sent.flatMap((e) => (e.do === "send" ? [[e.flow.remoteAddress, Buffer.from(e.bytes).toString("latin1")] as const] : [])));
}

const reply = (invite: string, line: string, tag: string, body = ""): string => [
  `SIP/2.0 ${line}`, `Via: ${field(invite, "Via")}`, `From: ${field(invite, "From")}`, `To: ${field(invite, "To")};tag=${tag}`, `Call-ID: ${field(invite, "Call-ID")}`,
  `CSeq: ${field(invite, "CSeq")}`, `Contact: <sip:${tag}@198.51.100.1>`, ...(body ? ["Content-Type: application/sdp"] : []), `Content-Length: ${body.length}`, "", body,
].join("\r\n");

test("all contacts ring at once; the first 200 wins, the others are cancelled; a second 200 is acknowledged and ended", () => {
  const bench = new RawBench();
  const [one, two, three] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"].map((address) => bench.peer(address)) as [RawPeer, RawPeer, RawPeer];
  const invites = ring(bench, [one, two, three]);
  assert.equal(invites.size, 3);
  const [i1, i2, i3] = [one, two, three].map((p) => invites.get(p.flow.remoteAddress)!) as [string, string, string];
  one.raw(reply(i1, "180 Ringing", "t1"));
  two.raw(reply(i2, "180 Ringing", "t2"));
  assert.equal(bench.of("ringing").length, 1, "told once for all");
  const afterWin = two.raw(reply(i2, "200 OK", "t2", sdp("two")));
  assert.deepEqual(afterWin.map((m) => m.split(" ")[0]), ["ACK", "CANCEL"], "three has not said a word: its CANCEL waits");
  assert.equal(field(afterWin[1], "Via"), field(i1, "Via"));
  assert.equal(bench.of("answered")[0]!.sdp, sdp("two"));
  assert.equal(status(three.raw(reply(i3, "180 Ringing", "t3"))).split(" ")[0], "CANCEL");
  const late = three.raw(reply(i3, "200 OK", "t3", sdp("three")));
  assert.deepEqual(late.map((m) => m.split(" ")[0]), ["ACK", "BYE"]);
  assert.deepEqual(three.raw(reply(i3, "200 OK", "t3", sdp("three"))).map((m) => m.split(" ")[0]), ["ACK"], "repeated: only its ACK again");
  assert.deepEqual(two.raw(reply(i2, "200 OK", "t2", sdp("two"))).map((m) => m.split(" ")[0]), ["ACK"]);
  assert.equal(status(one.raw(reply(i1, "487 Request Terminated", "t1"))).split(" ")[0], "ACK");
  assert.equal(bench.of("answered").length + bench.of("failed").length, 1);
});

test("one device is busy, the other rings on; declined (603) anywhere ends the ringing everywhere", () => {
  const bench = new RawBench();
  const [one, two] = ["198.51.100.1", "198.51.100.2"].map((address) => bench.peer(address)) as [RawPeer, RawPeer];
  const invites = ring(bench, [one, two]);
  two.raw(reply(invites.get("198.51.100.2")!, "180 Ringing", "t2"));
  one.raw(reply(invites.get("198.51.100.1")!, "486 Busy Here", "t1"));
  assert.equal(bench.of("failed").length, 0);
  two.raw(reply(invites.get("198.51.100.2")!, "603 Decline", "t2"));
  assert.deepEqual(bench.of("failed").map((e) => e.status), [603]);
});
