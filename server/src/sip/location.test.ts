import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flow, SipBinding } from "./contract.ts";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, status, type RawPeer, type Written } from "./raw-peer.ts";
import { stunAnswer } from "./stun-keepalive.ts";

const me = "<sip:1001@tandem.test>";
const register = (contact: string, headers: readonly string[] = [], more: Partial<Written> = {}): Written => ({ method: "REGISTER", from: `${me};tag=r`, to: me, ...more, headers: [`Contact: ${contact}`, ...headers] });
const signed = (peer: RawPeer, written: Written): string[] => peer.sendSigned(written, "1001", "pw");
const contactOf = (answer: readonly string[], match: string): string => answer[0]!.split("\r\n").find((line) => line.startsWith("Contact:") && line.includes(match)) ?? "";
const ring = (bench: RawBench): string[] =>
  bench.take(bench.core.command({ type: "invite", ref: `r${bench.events.length}`, target: { account: "1001" }, from: { user: "100", display: "" }, sdp: sdp("x"), noAnswerMs: 20_000 }, bench.nowMs));

test("nobody registers for somebody else, neither by To nor by From, nor in another domain", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  assert.match(status(signed(phone, register("<sip:a@198.51.100.7>", [], { to: "<sip:1002@tandem.test>" }))), / 403 /);
  assert.match(status(signed(phone, register("<sip:a@198.51.100.7>", [], { from: "<sip:1002@tandem.test>;tag=r" }))), / 403 /, "third-party registration");
  assert.match(status(signed(phone, register("<sip:a@198.51.100.7>", [], { to: "<sip:1001@other.test>" }))), / 403 /);
  assert.equal(bench.core.contacts("1001", bench.nowMs).length, 0);
});

test("the list tells q, device and flow of each contact", () => {
  const bench = new RawBench();
  const answer = signed(bench.peer("198.51.100.7"), register('<sip:a@198.51.100.7>;q=0.3;+sip.instance="<urn:uuid:a>";reg-id=2, <sip:b@198.51.100.7>'));
  assert.equal(contactOf(answer, "sip:a@"), 'Contact: <sip:a@198.51.100.7>;expires=600;q=0.3;+sip.instance="<urn:uuid:a>";reg-id=2');
  assert.equal(contactOf(answer, "sip:b@"), "Contact: <sip:b@198.51.100.7>;expires=600");
});

test("two flows of one device are two registrations and one place to ring; when the newer goes, the older serves (RFC 5626)", () => {
  const bench = new RawBench();
  const first = bench.peer("198.51.100.7", "tcp", 40_001);
  const second = bench.peer("198.51.100.7", "tcp", 40_002);
  const contact = (n: number): string => `<sip:1001@198.51.100.7:5060;transport=tcp>;+sip.instance="<urn:uuid:a>";reg-id=${n}`;
  const answer = signed(first, register(contact(1), ["Supported: outbound, path"]));
  assert.equal(field(answer[0], "Require"), "outbound");
  assert.equal(field(answer[0], "Flow-Timer"), "120");
  signed(second, register(contact(2), ["Supported: outbound"]));
  assert.equal(bench.core.contacts("1001", bench.nowMs).length, 2);
  assert.equal(ring(bench).length, 1, "never two INVITEs to one device");
  bench.take(bench.core.flowClosed(second.flow, bench.nowMs));
  assert.equal(ring(bench).length, 1);
  bench.take(bench.core.flowClosed(first.flow, bench.nowMs));
  assert.equal(ring(bench).length, 0);
});

test("outbound through a proxy that does not keep the flow is refused (439); through one that does it is not", () => {
  const bench = new RawBench();
  const proxy = bench.peer("203.0.113.1");
  const contact = '<sip:1001@10.0.0.9>;+sip.instance="<urn:uuid:a>";reg-id=1';
  const behind = (headers: readonly string[]): Written => register(contact, ["Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKx", "Supported: outbound, path", ...headers]);
  assert.match(status(signed(proxy, behind([]))), /^SIP\/2\.0 439 First Hop Lacks Outbound Support/);
  assert.match(status(signed(proxy, behind(["Path: <sip:203.0.113.1;lr>"]))), / 439 /);
  assert.match(status(signed(proxy, behind(["Path: <sip:tok@203.0.113.1;lr;ob>"]))), / 200 /);
});

test("Path comes back and is the Route of what goes to the contact, by the proxy that brought it; Service-Route names us (RFC 3327, 3608)", () => {
  const bench = new RawBench();
  const proxy = bench.peer("203.0.113.1");
  const answer = signed(proxy, register("<sip:1001@10.0.0.9:5060>", ["Path: <sip:tok@203.0.113.1;lr>, <sip:inner.test;lr>", "Supported: path"]));
  assert.match(answer[0]!, /Path: <sip:tok@203\.0\.113\.1;lr>\r\nPath: <sip:inner\.test;lr>\r\nService-Route: <sip:192\.0\.2\.1:5060;lr>/);
  const [invite = ""] = ring(bench);
  assert.match(invite, /^INVITE sip:1001@10\.0\.0\.9:5060 SIP\/2\.0\r\n[^]*Route: <sip:tok@203\.0\.113\.1;lr>\r\nRoute: <sip:inner\.test;lr>\r\n/);
  assert.doesNotMatch(signed(proxy, register("<sip:1001@10.0.0.9:5060>", ["Path: <sip:tok@203.0.113.1;lr>"]))[0]!, /^Path:/m, "a client that does not know it is not told");
  assert.match(status(signed(proxy, register("<sip:1001@10.0.0.9:5060>", ["Path: nonsense"]))), / 400 /);
  assert.match(status(signed(proxy, register("<sip:1001@10.0.0.9:5060>", [`Path: ${Array.from({ length: 9 }, (_, i) => `<sip:h${i}.test;lr>`).join(", ")}`]))), / 400 /);
});

test("GRUU (RFC 5627): a public one that stays, a temporary one that is new each time; requests to either reach that device only", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const other = bench.peer("198.51.100.8");
  const contact = '<sip:1001@198.51.100.7>;+sip.instance="<urn:uuid:f81d4fae-7dec>"';
  const gruus = (callId: string, cseq = 1): { pub: string; temp: string } => {
    const line = contactOf(signed(phone, register(contact, ["Supported: gruu"], { callId, cseq })), "f81d4fae");
    return { pub: /pub-gruu="([^"]+)"/.exec(line)![1]!, temp: /temp-gruu="([^"]+)"/.exec(line)![1]! };
  };
  const first = gruus("same");
  const second = gruus("same", 5);
  assert.equal(first.pub, "sip:1001@tandem.test;gr=urn:uuid:f81d4fae-7dec");
  assert.equal(second.pub, first.pub);
  assert.notEqual(second.temp, first.temp);
  assert.match(first.temp, /^sip:tgruu\.[0-9a-f]{32}@tandem\.test;gr$/);
  assert.doesNotMatch(contactOf(signed(phone, register(contact, [], { callId: "same", cseq: 9 })), "f81d4fae"), /gruu/, "only to who knows them");
  signed(other, register("<sip:1001@198.51.100.8>"));

  const write = (uri: string): string[] => {
    bench.events.length = 0;
    const out = bench.peer("198.51.100.9").sendSigned({ method: "MESSAGE", uri, from: "<sip:1002@tandem.test>;tag=m", to: me, headers: ["Content-Type: text/plain"], body: "x" }, "1002", "pw");
    const [told] = bench.of("message");
    if (!told) return [status(out)];
    return bench.take(bench.core.command({ type: "sendMessage", ref: "t", target: { account: told.to.user, ...(told.to.instance === undefined ? {} : { instance: told.to.instance }) }, from: { user: "1002", display: "" }, text: "x" }, bench.nowMs))
      .map((m) => m.split(" ")[1]!);
  };
  assert.equal(write("sip:1001@tandem.test").length, 2);
  for (const gruu of [first.pub, first.temp, second.temp]) assert.deepEqual(write(gruu), ["sip:1001@198.51.100.7"]);
  assert.match(write(first.temp.replace(/gruu\.../, "gruu.00"))[0]!, / 404 /, "made up");
  // a call too: told to the account, for that device; and it rings there alone
  bench.events.length = 0;
  bench.peer("198.51.100.9").sendSigned({ method: "INVITE", uri: second.temp, from: "<sip:1002@tandem.test>;tag=m", to: me, headers: ["Contact: <sip:1002@198.51.100.9>", "Content-Type: application/sdp"], body: sdp("x") }, "1002", "pw");
  assert.deepEqual(bench.of("incoming").map((e) => e.to), [{ user: "1001", host: "tandem.test", instance: "urn:uuid:f81d4fae-7dec" }]);
  const rung = bench.take(bench.core.command({ type: "invite", ref: "one", target: { account: "1001", instance: "urn:uuid:f81d4fae-7dec" }, from: { user: "1002", display: "" }, sdp: sdp("x"), noAnswerMs: 20_000 }, bench.nowMs));
  assert.deepEqual(invites(rung).map((m) => m.split(" ")[1]), ["sip:1001@198.51.100.7"]);
  // another Call-ID is another start of the device: the temporary ones of before are worth nothing (5.4)
  gruus("fresh");
  assert.match(write(first.temp)[0]!, / 404 /);
});

test("STUN keeps the flow of a registered phone alive and tells its address (RFC 5626 4.4.2); strangers get nothing for it", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7", "udp", 61_000);
  const ping = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), Buffer.from("abcdefghijkl")]);
  assert.deepEqual(phone.raw(ping), []);
  signed(phone, register("<sip:1001@10.0.0.9>"));
  const [answer = ""] = phone.raw(ping);
  const bytes = Buffer.from(answer, "latin1");
  assert.equal(bytes.toString("hex"), `0101000c2112a442${Buffer.from("abcdefghijkl").toString("hex")}002000080001${(61_000 ^ 0x2112).toString(16).padStart(4, "0")}${((0xc6336407 ^ 0x2112a442) >>> 0).toString(16).padStart(8, "0")}`);
  signed(phone, register("*", ["Expires: 0"]));
  assert.deepEqual(phone.raw(ping), []);
  const v6 = stunAnswer(ping, { ...phone.flow, remoteAddress: "2001:db8::7" });
  assert.equal(Buffer.from([...v6!.subarray(28)].map((byte, i) => byte ^ ping[4 + i]!)).toString("hex"), "20010db8000000000000000000000007");
  for (const bad of [ping.subarray(0, 19), Buffer.concat([ping, Buffer.from([1])]), Buffer.from(ping).fill(0x11, 0, 2)]) assert.equal(stunAnswer(bad, phone.flow), null);
});

test("kept over a restart: UDP contacts ring, TCP ones by a new connection to the very phone, WebSockets and what expired are gone", () => {
  const before = new RawBench();
  signed(before.peer("198.51.100.7", "udp", 61_000), register('<sip:udp@10.0.0.9>;q=0.7;+sip.instance="<urn:uuid:a>"'));
  signed(before.peer("198.51.100.8", "tcp", 40_000), register("<sip:tcp@198.51.100.8:5062;transport=tcp>"));
  signed(before.peer("198.51.100.9", "tcp", 40_000), register("<sip:nat@10.0.0.3:5062;transport=tcp>"));
  signed(before.peer("198.51.100.10", "ws", 40_000), register("<sip:page@x.invalid;transport=ws>"));
  signed(before.peer("198.51.100.11", "udp", 5060), register("<sip:brief@198.51.100.11>;expires=60"));
  const kept = new Map<string, SipBinding>();
  for (const { binding, gone } of before.of("bindingChanged")) {
    if (gone) kept.delete(binding.key);
    else kept.set(binding.key, binding);
  }
  assert.equal(kept.size, 5);
  const after = new RawBench();
  after.nowMs = before.nowMs + 70_000;
  const flowOf = ({ transport, remoteAddress, remotePort }: SipBinding): Flow | null =>
    (transport === "udp" ? { id: `udp:${remoteAddress}:${remotePort}`, transport, remoteAddress, remotePort, localAddress: "192.0.2.1", localPort: 5060 } : null);
  after.take(after.core.restore([...kept.values()].map((binding) => ({ binding: structuredClone(binding), flow: flowOf(binding) })), after.nowMs));
  assert.deepEqual(after.core.contacts("1001", after.nowMs).map((c) => c.contact).toSorted(), ["sip:tcp@198.51.100.8:5062;transport=tcp", "sip:udp@10.0.0.9"]);
  assert.deepEqual(after.of("unregistered").map((e) => [e.contact.slice(4, 9), e.reason]).toSorted(), [["brief", "expired"], ["nat@1", "transport"], ["page@", "transport"]]);
  assert.equal(after.of("bindingChanged").filter((e) => e.gone).length, 3, "and are forgotten in the table too");
  const sent = after.core.command({ type: "sendMessage", ref: "t", target: { account: "1001" }, from: { user: "100", display: "" }, text: "x" }, after.nowMs);
  assert.deepEqual(sent.map((e) => (e.do === "sendTo" ? `${e.transport} ${e.host}:${e.port}` : e.do === "send" ? e.flow.id : e.do)), ["tcp 198.51.100.8:5062"]);
});

/** An answer to an INVITE that we sent. */
const reply = (invite: string, line: string, body = ""): string => [
  `SIP/2.0 ${line}`, ...["Via", "From"].map((name) => `${name}: ${field(invite, name)}`), `To: ${field(invite, "To")};tag=t`, `Call-ID: ${field(invite, "Call-ID")}`, `CSeq: ${field(invite, "CSeq")}`,
  "Contact: <sip:x@198.51.100.7>", ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
].join("\r\n");
const invites = (sent: readonly string[]): string[] => sent.filter((m) => m.startsWith("INVITE"));

test("contacts of lower q ring when those before refused, or after their share of the time; one that answers ends it", () => {
  const bench = new RawBench();
  const [desk, soft, mobile] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"].map((address) => bench.peer(address)) as [RawPeer, RawPeer, RawPeer];
  for (const [peer, q] of [[desk, 1], [soft, 1], [mobile, 0.5]] as const) signed(peer, register(`<sip:p@${peer.flow.remoteAddress}>;q=${q}`));
  // refused by all of the first group: the next at once
  const first = invites(ring(bench));
  assert.deepEqual(first.map((m) => m.split(" ")[1]).toSorted(), ["sip:p@198.51.100.1", "sip:p@198.51.100.2"]);
  const [one, two] = [first.find((m) => m.includes("@198.51.100.1 "))!, first.find((m) => m.includes("@198.51.100.2 "))!];
  assert.deepEqual(invites(desk.raw(reply(one, "486 Busy Here"))), []);
  const next = invites(soft.raw(reply(two, "480 Temporarily Unavailable")));
  assert.deepEqual(next.map((m) => m.split(" ")[1]), ["sip:p@198.51.100.3"]);
  mobile.raw(reply(next[0]!, "404 Not Found"));
  assert.deepEqual(bench.of("failed").map((e) => e.status), [486], "the refusal that tells most, of all groups");

  // nobody of the first group answers: cancelled after its half of the 20 s, and the next rings
  bench.events.length = 0;
  const again = invites(ring(bench));
  desk.raw(reply(again.find((m) => m.includes("@198.51.100.1 "))!, "180 Ringing"));
  soft.raw(reply(again.find((m) => m.includes("@198.51.100.2 "))!, "180 Ringing"));
  const late = bench.advance(10_000).filter((m) => !m.startsWith("NOTIFY"));
  assert.deepEqual(late.map((m) => m.split(" ")[0]).toSorted(), ["CANCEL", "CANCEL", "INVITE"]);
  mobile.raw(reply(late.find((m) => m.startsWith("INVITE"))!, "200 OK", sdp("m")));
  assert.equal(bench.of("answered").length, 1);
  desk.raw(reply(again.find((m) => m.includes("@198.51.100.1 "))!, "487 Request Terminated"));
  bench.advance(60_000);
  assert.equal(bench.of("failed").length, 0);
});

test("nobody answers in any group: failed once, when all the time is over", () => {
  const bench = new RawBench();
  const peers = ["198.51.100.1", "198.51.100.2"].map((address) => bench.peer(address));
  peers.forEach((peer, i) => signed(peer, register(`<sip:p@${peer.flow.remoteAddress}>;q=${i === 0 ? 1 : 0.1}`)));
  const [invite = ""] = invites(ring(bench));
  peers[0]!.raw(reply(invite, "180 Ringing"));
  const [second = ""] = invites(bench.advance(10_000));
  peers[1]!.raw(reply(second, "180 Ringing"));
  bench.advance(9_000);
  assert.equal(bench.of("failed").length, 0);
  bench.advance(2_000);
  assert.deepEqual(bench.of("failed").map((e) => e.status), [408]);
});
