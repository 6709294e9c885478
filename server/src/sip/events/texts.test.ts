import assert from "node:assert/strict";
import { test } from "node:test";
import { field, RawBench, status, type RawPeer, type Written } from "../raw-peer.ts";

const text = (body: string, more: Partial<Written> = {}, type = "text/plain"): Written => ({
  method: "MESSAGE", uri: "sip:100@tandem.test", from: "<sip:alice@elsewhere.test>;tag=a", to: "<sip:100@tandem.test>", ...more,
  headers: [`Content-Type: ${type}`, ...(more.headers ?? [])], body: Buffer.from(body, "utf8").toString("latin1"),
});
/** A stranger whose address has been shown to be real. */
function stranger(bench: RawBench, address: string): RawPeer {
  const peer = bench.peer(address);
  const [probe = ""] = peer.send(text("x"));
  assert.match(probe, /^OPTIONS /);
  assert.deepEqual(peer.raw(pong(probe)), []);
  return peer;
}
const pong = (probe: string): string =>
  ["SIP/2.0 200 OK", ...["v", "f", "t", "i", "CSeq"].map((name) => `${name}: ${field(probe, name)}`), "l: 0", "", ""].join("\r\n");
const inside = { uri: "sip:1002@tandem.test", from: "<sip:1001@tandem.test>;tag=a", to: "<sip:1002@tandem.test>" };

test("a stranger's text over UDP is heard when its source has answered: nobody is sent texts because somebody forged their address", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  const written = text("Bonjour", { callId: "m0", branch: "z9hG4bKm0" });
  const [probe = "", ...more] = peer.send(written);
  assert.match(probe, /^OPTIONS sip:203\.0\.113\.5:5060 SIP\/2\.0/);
  assert.deepEqual(more, []);
  assert.ok(probe.length <= 430, `${probe.length} bytes, no more than what came`);
  assert.equal(bench.core.nextWakeAt(), null, "nothing is remembered");
  const other = bench.peer("203.0.113.66");
  other.raw(pong(probe));
  assert.match(other.send(text("x"))[0]!, /^OPTIONS /, "nor does it prove the one who answered for another");
  assert.equal(peer.send(written).length, 1, "somebody else's answer proves nothing");
  peer.raw(pong(probe.replace(/branch=z9hG4bK./g, "branch=z9hG4bK_")));
  assert.equal(peer.send(written).length, 1, "nor a made-up one");
  assert.equal(bench.of("message").length, 0);
  peer.raw(pong(probe));
  assert.deepEqual(peer.send(written), []);
  assert.equal(bench.of("message").length, 1);
  bench.nowMs += 601_000;
  assert.match(peer.send(text("x"))[0]!, /^OPTIONS /, "asked again after a while");
  assert.deepEqual(bench.peer("203.0.113.7", "tcp", 40_000).send(text("by TCP")), [], "a connection proves it by itself");
  assert.equal(bench.of("message").at(-1)!.text, "by TCP");
});

test("a stranger's text to a public number is told, and answered only when it is safe; sent again it is one", () => {
  const bench = new RawBench();
  const peer = stranger(bench, "203.0.113.5");
  const written = text("Bonjour, où est ma commande ?\r\n", { callId: "m1", branch: "z9hG4bKm1" });
  assert.deepEqual(peer.send(written), [], "no answer before it is stored");
  const [told] = bench.of("message");
  assert.deepEqual(told && [told.text, told.to, told.from.user, told.from.account, told.contentType], ["Bonjour, où est ma commande ?", { user: "100", host: "tandem.test" }, "alice", null, "text/plain"]);
  assert.deepEqual(peer.send(written), [], "repeated: absorbed");
  assert.equal(bench.of("message").length, 1);
  const answer = bench.take(bench.core.command({ type: "messageAnswer", ref: told!.ref, status: 200 }, bench.nowMs));
  assert.equal(status(answer), "SIP/2.0 200 OK");
  assert.deepEqual(bench.take(bench.core.command({ type: "messageAnswer", ref: told!.ref, status: 500 }, bench.nowMs)), [], "once");
  assert.equal(status(peer.send(written)), "SIP/2.0 200 OK");
  // after timer J the same request is told again, under the same id: who stores it knows that it is no new one
  bench.advance(40_000);
  peer.send({ ...written, branch: "z9hG4bKm2" });
  assert.equal(bench.of("message")[1]!.id, told!.id);
  const late = bench.advance(20_000);
  assert.equal(status(late), "SIP/2.0 500 Server Internal Error", "nobody answered for us");
});

test("who may write to whom: strangers to public numbers only, accounts as themselves, nobody through us", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.5");
  assert.match(status(peer.send(text("x", { uri: "sip:1002@tandem.test" }))), / 401 /);
  assert.match(status(peer.send(text("x", { from: "<sip:1001@tandem.test>;tag=a" }))), / 401 /, "who claims to be ours proves it");
  assert.equal(status(peer.send(text("x", { uri: "sip:bob@elsewhere.test" }))), "SIP/2.0 404 Not Found");
  assert.equal(status(peer.sendSigned(text("x", { ...inside, from: "<sip:1003@tandem.test>;tag=a" }), "1001", "pw")), "SIP/2.0 403 Forbidden");
  assert.deepEqual(peer.sendSigned(text("Salut", inside), "1001", "pw"), []);
  assert.deepEqual(bench.of("message").map((m) => [m.from.account, m.to.user, m.text]), [["1001", "1002", "Salut"]]);
});

test("text/plain in UTF-8, or that in CPIM; markup, other sets, typing signs and empty ones are refused; control characters never pass", () => {
  const bench = new RawBench();
  const peer = stranger(bench, "203.0.113.5");
  const html = peer.send(text("<b>x</b>", {}, "text/html"));
  assert.equal(status(html), "SIP/2.0 415 Unsupported Media Type");
  assert.equal(field(html[0], "Accept"), "text/plain, message/cpim");
  for (const type of ["text/plain;charset=iso-8859-1", "application/im-iscomposing+xml", ""]) assert.match(status(peer.send(text("x", {}, type))), /415/, type);
  assert.match(status(peer.send(text("x", { headers: ["Content-Encoding: gzip"] }))), /415/);
  assert.match(status(peer.send(text("  \r\n "))), /400/);
  assert.match(status(peer.send(text("x".repeat(8_001)))), /413/);
  assert.equal(bench.of("message").length, 0);
  peer.send(text("a\0b\x1b[2Jc\nd", {}, 'text/plain; charset="UTF-8"'));
  peer.send(text("From: <sip:a@b>\r\nTo: <sip:c@d>\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDans CPIM é", {}, "message/cpim"));
  assert.deepEqual(bench.of("message").map((m) => m.text), ["a b [2Jc\nd", "Dans CPIM é"]);
  assert.match(status(peer.send(text("From: <sip:a@b>\r\n\r\nContent-Type: text/html\r\n\r\n<b>", {}, "message/cpim"))), /415/);
});

test("strangers write so much a minute from one address, and so much in all; accounts are not held back by them", () => {
  const bench = new RawBench();
  const flood = (address: string, count: number): number => {
    const peer = stranger(bench, address);
    return Array.from({ length: count }, () => status(peer.send(text("x")))).filter((line) => line.includes("503")).length;
  };
  assert.equal(flood("203.0.113.5", 25), 5);
  for (let i = 0; i < 29; i++) flood(`203.0.114.${i}`, 20);
  assert.equal(flood("203.0.115.1", 3), 3);
  assert.deepEqual(bench.peer("198.51.100.7").sendSigned(text("x", inside), "1001", "pw"), []);
  bench.nowMs += 60_001;
  assert.deepEqual(bench.peer("203.0.113.5").send(text("x")), []);
  const known = bench.peer("203.0.113.5");
  for (let i = 0; i < 20; i++) known.send(text("x"));
  assert.match(status(known.send(text("x"))), / 503 /);
  bench.nowMs -= 3_600_000;
  assert.deepEqual(known.send(text("x")), [], "a wall clock set back shuts nobody out");
});

test("a text of ours goes to every contact of the best q, then to the next; one that takes it is enough; too large for a datagram is 513", () => {
  const bench = new RawBench();
  const peers = ["198.51.100.1", "198.51.100.2", "198.51.100.3"].map((address) => bench.peer(address));
  const me = "<sip:1001@tandem.test>";
  peers.forEach((peer, i) => peer.sendSigned({ method: "REGISTER", from: `${me};tag=r`, to: me, headers: [`Contact: <sip:p${i}@${peer.flow.remoteAddress}>;q=${i === 2 ? 0.5 : 1}`] }, "1001", "pw"));
  const send = (ref: string, words: string): string[] =>
    bench.take(bench.core.command({ type: "sendMessage", ref, target: { account: "1001" }, from: { user: "100", display: "Accueil" }, text: words }, bench.nowMs));
  const answer = (message: string, line: string): string => [`SIP/2.0 ${line}`, ...["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${field(message, name)}`), "Content-Length: 0", "", ""].join("\r\n");
  const sent = send("t1", "Voilà");
  assert.deepEqual(sent.map((m) => m.split(" ")[1]).toSorted(), ["sip:p0@198.51.100.1", "sip:p1@198.51.100.2"]);
  assert.match(sent[0]!, /^From: "Accueil" <sip:100@tandem\.test>;tag=\w+\r\nTo: <sip:1001@tandem\.test>\r\n[^]*Content-Type: text\/plain;charset=UTF-8\r\n[^]*\r\n\r\nVoil\xc3\xa0$/m);
  const of = (address: string): string => sent.find((m) => m.includes(`@${address}`))!;
  assert.deepEqual(peers[0]!.raw(answer(of("198.51.100.1"), "486 Busy Here")), []);
  assert.equal(bench.of("messageSent").length, 0);
  const [next = ""] = peers[1]!.raw(answer(of("198.51.100.2"), "415 Unsupported Media Type"));
  assert.match(next, /^MESSAGE sip:p2@198\.51\.100\.3 /);
  peers[2]!.raw(answer(next, "200 OK"));
  assert.deepEqual(bench.of("messageSent"), [{ type: "messageSent", ref: "t1", status: 200 }]);

  // both of the best take it: told once
  const both = send("t1b", "Voilà");
  for (const [i, peer] of peers.slice(0, 2).entries()) peer.raw(answer(both.find((m) => m.includes(`@198.51.100.${i + 1}`))!, "200 OK"));
  assert.equal(bench.of("messageSent").filter(({ ref }) => ref === "t1b").length, 1);

  send("t2", "é".repeat(700));
  assert.deepEqual(bench.of("messageSent").at(-1), { type: "messageSent", ref: "t2", status: 513 });
  bench.take(bench.core.command({ type: "sendMessage", ref: "t3", target: { account: "1009" }, from: { user: "100", display: "" }, text: "x" }, bench.nowMs));
  assert.deepEqual(bench.of("messageSent").at(-1), { type: "messageSent", ref: "t3", status: 480 });
  bench.take(bench.core.command({ type: "sendMessage", ref: "t4", target: { uri: "sip:x@y\r\nEvil: 1" }, from: { user: "100", display: "" }, text: "x" }, bench.nowMs));
  assert.deepEqual(bench.of("messageSent").at(-1), { type: "messageSent", ref: "t4", status: 416 });
});
