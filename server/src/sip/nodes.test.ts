/** What several cores need of each other: registrations, nonces, and goodbye for one that is no more (decision 0032). */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipBinding } from "./contract.ts";
import { LossyNet, sdp } from "./lossy-net.ts";
import { RawBench, sign, status, type RawPeer, type Written } from "./raw-peer.ts";

const me = "<sip:1001@tandem.test>";
const register = (headers: readonly string[]): Written => ({ method: "REGISTER", from: `${me};tag=r`, to: me, headers });
const behind = (contact: string, more: readonly string[] = []): Written => register([`Contact: ${contact}`, "Path: <sip:203.0.113.1:5070;lr;received=sip:198.51.100.7:40000>", ...more]);
const signed = (peer: RawPeer, written: Written): string[] => peer.sendSigned(written, "1001", "pw");
/** What a core asked to be kept, as the table gives it to the others. */
const told = (bench: RawBench): { binding: SipBinding; gone: boolean }[] => bench.of("bindingChanged").map(({ binding, gone }) => ({ binding: structuredClone(binding), gone }));
const ring = (bench: RawBench): { to: string; text: string }[] =>
  bench.core.command({ type: "invite", ref: `r${bench.events.length}-${bench.nowMs++}`, target: { account: "1001" }, from: { user: "100", display: "" }, sdp: sdp("x"), noAnswerMs: 20_000 }, bench.nowMs)
    .flatMap((effect) => (effect.do === "sendTo" ? [{ to: `${effect.transport} ${effect.host}:${effect.port}`, text: Buffer.from(effect.bytes).toString("latin1") }] : effect.do === "send" ? [{ to: effect.flow.id, text: Buffer.from(effect.bytes).toString("latin1") }] : []));

test("a phone registered at one node through a proxy is rung by another, by the proxy of its Path; unregistered there, it is not", () => {
  const a = new RawBench();
  const b = new RawBench();
  const proxy = a.peer("203.0.113.1", "udp", 5070);
  signed(proxy, behind("<sip:1001@10.0.0.9:5062>"));
  assert.deepEqual(ring(b), []);
  b.take(b.core.learn(told(a), b.nowMs));
  assert.deepEqual(b.of("bindingLearned").map(({ account }) => account), ["1001"]);
  const [invite, ...others] = ring(b);
  assert.equal(others.length, 0);
  assert.equal(invite?.to, "udp 203.0.113.1:5070");
  assert.match(invite?.text ?? "", /^INVITE sip:1001@10\.0\.0\.9:5062 [\s\S]*\r\nRoute: <sip:203\.0\.113\.1:5070;lr;received=sip:198\.51\.100\.7:40000>\r\n/);
  assert.equal(b.of("bindingChanged").length, 0, "what was read is not written again");
  signed(proxy, { ...behind("<sip:1001@10.0.0.9:5062>;expires=0"), callId: "one", cseq: 5 });
  b.take(b.core.learn(told(a).slice(-1), b.nowMs));
  assert.deepEqual(ring(b), []);
  assert.deepEqual(b.of("unregistered").map(({ reason }) => reason), ["asked"]);
  assert.equal(b.of("bindingChanged").length, 0);
});

test("the newest word of a registration holds, in whatever order it is learned; a refresh here makes it ours again", () => {
  const a = new RawBench();
  const b = new RawBench();
  const proxy = a.peer("203.0.113.1", "udp", 5070);
  signed(proxy, behind("<sip:1001@10.0.0.9:5062>;expires=100"));
  const [old] = told(a);
  b.take(b.core.learn([{ binding: { ...old!.binding, cseq: 9, expiresAtMs: b.nowMs + 500_000 }, gone: false }], b.nowMs));
  b.take(b.core.learn([old!, { ...old!, gone: true }], b.nowMs));
  assert.equal(b.core.contacts("1001", b.nowMs)[0]?.expiresAtMs, b.nowMs + 500_000);
  // another Call-ID is the phone started anew
  b.take(b.core.learn([{ binding: { ...old!.binding, callId: "new", cseq: 1, expiresAtMs: b.nowMs + 50_000 }, gone: false }], b.nowMs));
  assert.equal(b.core.contacts("1001", b.nowMs)[0]?.expiresAtMs, b.nowMs + 50_000);
  // what runs out here may have been refreshed there: it is not taken out of the table
  b.advance(60_000);
  assert.equal(b.core.contacts("1001", b.nowMs).length, 0);
  assert.equal(told(b).length, 0);
  const there = a.of("bindingChanged").length;
  a.advance(100_000);
  assert.deepEqual(told(a).slice(there).map(({ gone }) => gone), [true], "the node that has it does");
  signed(b.peer("203.0.113.1", "udp", 5070), behind("<sip:1001@10.0.0.9:5062>;expires=100"));
  b.advance(100_000);
  assert.deepEqual(told(b).map(({ gone }) => gone), [false, true]);
});

test("what could only be reached by the other node's own connection is not learned", () => {
  const a = new RawBench();
  const b = new RawBench();
  signed(a.peer("198.51.100.7", "tcp", 40_001), register(["Contact: <sip:1001@10.0.0.9:5060;transport=tcp>"]));
  signed(a.peer("198.51.100.7"), register(["Contact: <sip:1001@198.51.100.7:5060>"]));
  assert.equal(a.core.contacts("1001", a.nowMs).length, 2);
  b.take(b.core.learn(told(a), b.nowMs));
  assert.deepEqual(b.core.contacts("1001", b.nowMs).map(({ contact }) => contact), ["sip:1001@198.51.100.7:5060"]);
});

test("nodes with one secret take each other's nonces; without, a phone is asked again", () => {
  for (const secret of ["shared", undefined]) {
    const a = new RawBench(secret === undefined ? {} : { nonceSecret: secret });
    const b = new RawBench({ nonceSecret: secret ?? "another" });
    const [challenge] = a.peer("203.0.113.1").send(behind("<sip:1001@10.0.0.9:5062>"));
    const again = behind("<sip:1001@10.0.0.9:5062>");
    const answer = b.peer("203.0.113.1").send({ ...again, cseq: 2, headers: [...(again.headers ?? []), sign(challenge!, again, "1001", "pw")] });
    assert.match(status(answer), secret === undefined ? / 401 / : / 200 /);
  }
});

test("a node that is no more: another one ends its dialogs by their sketches, on both sides, with the reason", () => {
  const net = new LossyNet(3);
  const caller = net.host("10.0.0.1", { domain: "a.test" });
  const lost = net.host("10.0.0.2");
  const callee = net.host("10.0.0.3", { domain: "c.test" });
  const living = net.host("10.0.0.4");
  lost.on = (event) => {
    if (event.type === "incoming") lost.command({ type: "invite", ref: "out", target: { uri: "sip:100@10.0.0.3" }, from: { user: "x", display: "" }, sdp: sdp("m"), noAnswerMs: 9_000 });
    if (event.type === "answered") lost.command({ type: "answer", ref: lost.of("incoming")[0]!.ref, sdp: sdp("m") });
  };
  callee.on = (event) => {
    if (event.type === "incoming") callee.command({ type: "answer", ref: event.ref, sdp: sdp("c") });
  };
  assert.deepEqual(lost.core.dialogs(), []);
  caller.command({ type: "invite", ref: "x", target: { uri: "sip:100@10.0.0.2" }, from: { user: "alice", display: "" }, sdp: sdp("a"), noAnswerMs: 9_000 });
  net.clock.advance(5_000);
  const sketches = structuredClone(lost.core.dialogs());
  assert.equal(sketches.length, 2);
  for (const sketch of sketches) living.do(living.core.endDialog(sketch, null, [{ protocol: "SIP", cause: 503, text: "node lost" }], net.clock.now()));
  net.clock.advance(5_000);
  for (const side of [caller, callee]) {
    const ended = side.of("ended");
    assert.equal(ended.length, 1);
    assert.deepEqual(ended[0]!.causes, [{ protocol: "SIP", cause: 503, text: "node lost" }]);
  }
  assert.deepEqual(living.of("dialogEnded").map(({ key, status: code }) => [key, code]).toSorted(), sketches.map(({ key }) => [key, 200]).toSorted());
});
