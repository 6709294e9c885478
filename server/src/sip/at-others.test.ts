/** Requests of ours at others: registrations, keep-alive, credentials within calls, next hops. Peers are written by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import type { Flow, SipCommand, SipCore, SipEffect, SipEvent, SipHop } from "./contract.ts";
import type { SipCoreSettings } from "./settings.ts";
import { createSipCore } from "./core.ts";
import { ha1, LossyNet, sdp } from "./lossy-net.ts";

interface Sent {
  to: string;
  text: string;
}

/** One core, and the test in the place of everybody else. */
class Bench {
  readonly core: SipCore;
  readonly sent: Sent[] = [];
  readonly events: SipEvent[] = [];
  readonly asked: { id: string; uri: string }[] = [];
  nowMs = 1_700_000_000_000;

  constructor(settings: Partial<SipCoreSettings> = {}) {
    this.core = createSipCore({ domain: "tandem.test", chance: seededChance(5), isPublicTarget: () => false, credentials: () => null, ...settings });
    this.core.listen([{ transport: "udp", address: "192.0.2.1", port: 5060 }, { transport: "tcp", address: "192.0.2.1", port: 5060 }]);
  }

  do(effects: SipEffect[]): void {
    for (const effect of effects) {
      if (effect.do === "tell") this.events.push(effect.event);
      else if (effect.do === "resolve") this.asked.push(effect);
      else this.sent.push({ to: effect.do === "send" ? `${effect.flow.transport}:${effect.flow.remoteAddress}:${effect.flow.remotePort}` : `${effect.transport}:${effect.host}:${effect.port}`, text: Buffer.from(effect.bytes).toString("latin1") });
    }
  }

  command(command: SipCommand): void {
    this.do(this.core.command(command, this.nowMs));
  }

  resolved(...hops: SipHop[]): void {
    this.do(this.core.resolved(this.asked.at(-1)!.id, hops, this.nowMs));
  }

  advance(ms: number): void {
    const until = this.nowMs + ms;
    for (let at = this.core.nextWakeAt(); at !== null && at <= until; at = this.core.nextWakeAt()) {
      this.nowMs = Math.max(this.nowMs, at);
      this.do(this.core.wake(this.nowMs));
    }
    this.nowMs = until;
  }

  /** The last request of that method. */
  last(method: string): Sent {
    const found = this.sent.findLast(({ text }) => text.startsWith(`${method} `));
    assert.ok(found, `no ${method} was sent`);
    return found;
  }

  /** Answers the last request of that method, from where it went or from elsewhere. */
  answer(method: string, status: string, more: { headers?: string[]; body?: string; from?: string } = {}): void {
    const { to, text } = this.last(method);
    const [transport = "udp", host = "", port = "5060"] = to.split(":");
    const lines = text.split("\r\n");
    const copied = lines.filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
    const toLine = lines.find((line) => line.startsWith("To:"))!;
    const body = more.body ?? "";
    const reply = [`SIP/2.0 ${status}`, ...copied, toLine.includes(";tag=") ? toLine : `${toLine};tag=peer`, ...(more.headers ?? []), ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body].join("\r\n");
    const address = more.from ?? host;
    const flow: Flow = { id: `${transport}:${address}`, transport: transport as Flow["transport"], remoteAddress: address, remotePort: Number(port), localAddress: "192.0.2.1", localPort: 5060 };
    this.do(this.core.receive(Buffer.from(reply, "latin1"), flow, this.nowMs));
  }

  of<T extends SipEvent["type"]>(type: T): Extract<SipEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SipEvent, { type: T }> => event.type === type);
  }
}

const field = (text: string, name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
const PEER = "198.51.100.1";
const NONCE = (nonce: string, more = ""): string => `Digest realm="op", nonce="${nonce}", qop="auth", algorithm=MD5${more}`;
const registerAt: SipCommand = { type: "registerAt", ref: "r", registrar: `sip:${PEER}`, aor: "sip:line1@op", contactUser: "secret", auth: { username: "line1", password: "pw" }, expiresS: 600 };
const invite = (uri: string, more: Partial<Extract<SipCommand, { type: "invite" }>> = {}): SipCommand => ({ type: "invite", ref: "c", target: { uri }, from: { user: "100", display: "", host: "op" }, sdp: sdp("a"), noAnswerMs: 120_000, ...more });
const OK = { headers: [`Contact: <sip:callee@${PEER}>`], body: sdp("b") };

test("a registration: challenged, granted what its own contact says, refreshed between 80 and 90 % with the next count, ended", () => {
  const at = new Bench();
  at.command(registerAt);
  assert.equal(field(at.last("REGISTER").text, "Contact"), "<sip:secret@192.0.2.1:5060>");
  assert.equal(at.last("REGISTER").to, `udp:${PEER}:5060`);
  at.answer("REGISTER", "401 Unauthorized", { headers: [`WWW-Authenticate: ${NONCE("n1")}`] });
  const second = at.last("REGISTER").text;
  assert.match(field(second, "CSeq"), /^2 /);
  assert.equal(field(second, "Call-ID"), field(at.sent[0]!.text, "Call-ID"));
  assert.match(field(second, "Authorization"), /nc=00000001/);
  at.answer("REGISTER", "200 OK", { headers: ["Contact: <sip:other@203.0.113.1>;expires=7200, <sip:secret@192.0.2.1:5060>;expires=100", "Expires: 3600"] });
  assert.deepEqual(at.of("registration"), [{ type: "registration", ref: "r", state: "registered", status: 200, reason: "OK", expiresAtMs: at.nowMs + 100_000 }]);
  const count = (): number => new Set(at.sent.map(({ text }) => field(text, "CSeq"))).size;
  const before = count();
  at.advance(79_900);
  assert.equal(count(), before);
  for (let s = 0; s < 11 && count() === before; s++) at.advance(1_000);
  assert.equal(count(), before + 1);
  assert.match(field(at.last("REGISTER").text, "Authorization"), /nonce="n1".*nc=00000002/);
  // the nonce is old: one more try with the new one
  at.answer("REGISTER", "401 Unauthorized", { headers: [`WWW-Authenticate: ${NONCE("n2", ", stale=true")}`] });
  assert.match(field(at.last("REGISTER").text, "Authorization"), /nonce="n2".*nc=00000001/);
  at.answer("REGISTER", "200 OK", { headers: ["Expires: 600"] });
  at.command({ type: "unregisterAt", ref: "r" });
  assert.equal(field(at.last("REGISTER").text, "Expires"), "0");
  assert.match(field(at.last("REGISTER").text, "Authorization"), /nc=00000002/);
  at.answer("REGISTER", "200 OK");
  assert.deepEqual(at.of("registration").at(-1)?.state, "ended");
  at.advance(3_600_000);
  assert.equal(at.core.nextWakeAt(), null);
});

test("a registration that fails: 423 is obeyed, a wrong password ends the try, waits double with chance up to half an hour, Retry-After is kept", () => {
  const at = new Bench();
  at.command(registerAt);
  at.answer("REGISTER", "423 Interval Too Brief", { headers: ["Min-Expires: 1800"] });
  assert.equal(field(at.last("REGISTER").text, "Expires"), "1800");
  at.answer("REGISTER", "401 Unauthorized", { headers: [`WWW-Authenticate: ${NONCE("n1")}`] });
  at.answer("REGISTER", "401 Unauthorized", { headers: [`WWW-Authenticate: ${NONCE("n2")}`] });
  assert.equal(at.of("registration").at(-1)?.status, 401);
  const waits: number[] = [];
  const again = (): number => {
    const from = at.nowMs;
    const before = at.sent.length;
    while (at.sent.length === before) at.advance(1_000);
    return (at.nowMs - from) / 1000;
  };
  for (let i = 0; i < 9; i++) {
    waits.push(again());
    at.answer("REGISTER", "403 Forbidden");
  }
  for (const [i, waitS] of waits.entries()) {
    const cap = Math.min(1_800, 30 * 2 ** i);
    assert.ok(waitS >= cap / 2 && waitS <= cap + 1, `wait ${i}: ${waitS} of ${cap}`);
  }
  again();
  at.answer("REGISTER", "500 Later", { headers: ["Retry-After: 1795"] });
  assert.ok(again() >= 1_795);
});

test("a registrar of several hops: silence, a broken way and 503 lead to the next; all of them fail it", () => {
  const at = new Bench();
  at.command({ ...registerAt, registrar: "sip:op.example" });
  assert.deepEqual(at.asked.map(({ uri }) => uri), ["sip:op.example"]);
  const hops = (["1", "2", "3"] as const).map((n): SipHop => ({ transport: n === "2" ? "tcp" : "udp", host: `198.51.100.${n}`, port: 5060 }));
  at.resolved(...hops);
  assert.equal(at.last("REGISTER").to, "udp:198.51.100.1:5060");
  at.advance(6_500);
  assert.equal(at.last("REGISTER").to, "tcp:198.51.100.2:5060");
  assert.match(field(at.last("REGISTER").text, "Contact"), /transport=tcp/);
  at.do(at.core.unreachable({ transport: "tcp", host: "198.51.100.2", port: 5060 }, at.nowMs));
  assert.equal(at.last("REGISTER").to, "udp:198.51.100.3:5060");
  at.answer("REGISTER", "503 Busy");
  assert.deepEqual(at.of("registration").map(({ state, status }) => [state, status]), [["failed", 503]]);
  at.advance(31_000);
  assert.equal(at.asked.length, 2); // looked up again
  at.resolved();
  assert.deepEqual(at.of("registration").at(-1), { type: "registration", ref: "r", state: "failed", status: 0, reason: "name not found", expiresAtMs: null });
});

test("a registration by TCP is made anew when its connection closes", () => {
  const at = new Bench();
  at.command({ ...registerAt, registrar: `sip:${PEER};transport=tcp` });
  at.answer("REGISTER", "200 OK", { headers: ["Expires: 600"] });
  at.advance(60_000);
  const before = at.sent.length;
  const closed = (id: string): void => at.do(at.core.flowClosed({ id, transport: "tcp", remoteAddress: PEER, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 }, at.nowMs));
  closed("tcp:other");
  at.advance(10_000);
  assert.equal(at.sent.length, before);
  closed(`tcp:${PEER}`);
  at.advance(4_000);
  assert.equal(at.sent.length, before + 1);
});

test("registrar and name server that never answer leave nothing behind but the next try", () => {
  const at = new Bench();
  at.command({ ...registerAt, registrar: "sip:op.example" });
  at.advance(11_000);
  assert.equal(at.of("registration").at(-1)?.state, "failed");
  at.command({ type: "unregisterAt", ref: "r" });
  assert.equal(at.of("registration").at(-1)?.state, "ended");
  at.resolved({ transport: "udp", host: PEER, port: 5060 }); // too late
  assert.equal(at.sent.length, 0);
  assert.equal(at.core.nextWakeAt(), null);
});

test("OPTIONS: any answer but 408 and 503 is a sign of life; silence is told within seconds", () => {
  for (const [status, ok] of [["200 OK", true], ["404 Not Found", true], ["401 Unauthorized", true], ["500 Oops", true], ["503 Unavailable", false], ["408 Timeout", false]] as const) {
    const at = new Bench();
    at.command({ type: "ping", ref: "p", uri: `sip:${PEER}` });
    at.nowMs += 30;
    at.answer("OPTIONS", status);
    assert.deepEqual(at.of("pong"), [{ type: "pong", ref: "p", ok, status: Number(status.slice(0, 3)), rttMs: 30 }]);
  }
  const at = new Bench();
  at.command({ type: "ping", ref: "p", uri: `sip:${PEER}` });
  at.advance(7_000);
  assert.deepEqual(at.of("pong").map(({ ok, status }) => [ok, status]), [[false, 408]]);
  at.answer("OPTIONS", "200 OK"); // late
  assert.equal(at.of("pong").length, 1);
  at.advance(60_000);
  assert.equal(at.core.nextWakeAt(), null);
});

test("a call challenged by its trunk: same Call-ID and tag, next CSeq, credentials again in ACK and BYE", () => {
  const at = new Bench();
  at.command(invite(`sip:1@${PEER}`, { auth: { username: "line1", password: "pw" } }));
  const first = at.last("INVITE").text;
  assert.equal(field(first, "Proxy-Authorization"), "");
  at.answer("INVITE", "407 Proxy Authentication Required", { headers: [`Proxy-Authenticate: ${NONCE("n1")}`] });
  const second = at.last("INVITE").text;
  assert.deepEqual([field(second, "Call-ID"), field(second, "From"), field(second, "CSeq")], [field(first, "Call-ID"), field(first, "From"), "2 INVITE"]);
  at.answer("INVITE", "180 Ringing");
  at.answer("INVITE", "200 OK", OK);
  assert.equal(at.of("answered").length, 1);
  assert.deepEqual([field(at.last("ACK").text, "CSeq"), field(at.last("ACK").text, "Proxy-Authorization")], ["2 ACK", field(second, "Proxy-Authorization")]);
  // a re-INVITE whose nonce ran out goes again, and its ACK bears the second number
  at.command({ type: "offer", ref: "c", sdp: sdp("hold") });
  assert.match(field(at.last("INVITE").text, "Proxy-Authorization"), /nonce="n1".*nc=00000002/);
  at.answer("INVITE", "407 Proxy Authentication Required", { headers: [`Proxy-Authenticate: ${NONCE("n2", ", stale=true")}`] });
  assert.match(field(at.last("INVITE").text, "CSeq"), /^4 /);
  at.answer("INVITE", "200 OK", OK);
  assert.equal(at.of("offerAnswered").length, 1);
  assert.equal(field(at.last("ACK").text, "CSeq"), "4 ACK");
  at.command({ type: "hangUp", ref: "c", reason: "" });
  assert.match(field(at.last("BYE").text, "Proxy-Authorization"), /nonce="n2".*nc=00000002/);
});

test("digest leak: a callee that challenges our BYE or INVITE learns nothing, be it behind the trunk, in its place, or a caller of ours", () => {
  const answered = (): Bench => {
    const at = new Bench();
    at.command(invite(`sip:1@${PEER}`, { auth: { username: "line1", password: "pw" } }));
    at.answer("INVITE", "407 Proxy Authentication Required", { headers: [`Proxy-Authenticate: ${NONCE("n1")}`] });
    return at;
  };
  const leaks = (at: Bench): number => at.sent.filter(({ text }) => /nonce="evil/.test(text)).length;

  // behind the trunk: after it rang
  const behind = answered();
  behind.answer("INVITE", "180 Ringing");
  behind.answer("INVITE", "407 Proxy Authentication Required", { headers: [`Proxy-Authenticate: ${NONCE("evil")}`] });
  assert.equal(behind.of("failed")[0]?.status, 407);
  assert.equal(leaks(behind), 0);

  // the callee's own address is the dialog's target: its challenge of our BYE, from there and from the trunk
  for (const from of ["203.0.113.66", PEER]) {
    for (const status of ["401 Unauthorized", "407 Proxy Authentication Required"]) {
      const at = answered();
      at.answer("INVITE", "200 OK", { ...OK, headers: ["Contact: <sip:evil@203.0.113.66>"] });
      const seen = at.sent.length;
      at.command({ type: "hangUp", ref: "c", reason: "" });
      assert.equal(at.last("BYE").to, "udp:203.0.113.66:5060");
      assert.ok(at.sent.slice(seen).every(({ text }) => !/Authorization/.test(text)), "nothing preemptive to a stranger");
      at.answer("BYE", status, { headers: [`WWW-Authenticate: ${NONCE("evil")}`, `Proxy-Authenticate: ${NONCE("evil")}`], from });
      assert.equal(leaks(at), 0, `${from} ${status}`);
    }
  }

  // no credentials were given for this call: every challenge is final
  const none = new Bench();
  none.command(invite(`sip:1@${PEER}`));
  none.answer("INVITE", "401 Unauthorized", { headers: [`WWW-Authenticate: ${NONCE("evil")}`] });
  assert.equal(none.of("failed")[0]?.status, 401);
  assert.equal(leaks(none), 0);
});

test("a call by name: its hops in turn after silence, a broken way and 503; who wakes up late is cancelled", () => {
  const at = new Bench();
  at.command(invite("sip:1@op.example;user=phone", { via: { transport: "udp", host: "edge.example", port: null }, noReplyMs: 4_000 }));
  assert.deepEqual(at.asked.map(({ uri }) => uri), ["sip:edge.example;transport=udp"]);
  at.resolved(...["1", "2", "3", "4"].map((n): SipHop => ({ transport: n === "2" ? "tcp" : "udp", host: `198.51.100.${n}`, port: 5080 })));
  const first = at.last("INVITE");
  assert.equal(first.to, "udp:198.51.100.1:5080");
  assert.match(first.text, /^INVITE sip:1@op.example;user=phone SIP/);
  at.advance(4_100);
  assert.equal(at.last("INVITE").to, "tcp:198.51.100.2:5080");
  at.do(at.core.unreachable({ transport: "tcp", host: "198.51.100.2", port: 5080 }, at.nowMs));
  assert.equal(at.last("INVITE").to, "udp:198.51.100.3:5080");
  at.answer("INVITE", "503 Busy");
  assert.equal(at.last("INVITE").to, "udp:198.51.100.4:5080");
  at.answer("INVITE", "180 Ringing");
  // the first one wakes up: it is told to stop
  const late = { ...first };
  at.sent.push(late);
  at.answer("INVITE", "180 Ringing");
  assert.equal(at.last("CANCEL").to, "udp:198.51.100.1:5080");
  at.sent.splice(at.sent.indexOf(late), 1);
  at.answer("INVITE", "200 OK", OK);
  assert.equal(at.of("answered").length, 1);
  assert.equal(at.of("failed").length, 0);
});

test("a hop that answers 200 after it was given up is acknowledged and ended; the call goes on with the other", () => {
  const at = new Bench();
  at.command(invite("sip:1@op.example", { noReplyMs: 4_000 }));
  at.resolved({ transport: "udp", host: "198.51.100.1", port: 5060 }, { transport: "udp", host: "198.51.100.2", port: 5060 });
  const first = at.last("INVITE");
  at.advance(4_100);
  at.sent.push(first);
  at.answer("INVITE", "200 OK", { ...OK, headers: ["Contact: <sip:late@198.51.100.1>"] });
  assert.match(at.last("ACK").text, /^ACK sip:late@198.51.100.1/);
  assert.match(at.last("BYE").text, /^BYE sip:late@198.51.100.1/);
  assert.equal(at.of("answered").length, 0);
  at.sent.splice(at.sent.lastIndexOf(first), 1);
  at.answer("INVITE", "486 Busy Here");
  assert.deepEqual(at.of("failed").map(({ status }) => status), [486]);
});

test("names: addresses are never looked up, an unknown name fails the call, a hang-up while it is looked up is heard", () => {
  const at = new Bench();
  for (const [i, uri] of ["sip:1@198.51.100.9", "sip:1@[2001:db8::9]:5070"].entries()) at.command({ ...invite(uri), ref: `n${i}` } as SipCommand);
  assert.deepEqual(at.asked, []);
  assert.deepEqual(at.sent.map(({ to }) => to), ["udp:198.51.100.9:5060", "udp:2001:db8::9:5070"]);
  at.command(invite("sip:1@nowhere.example"));
  at.resolved();
  assert.deepEqual(at.of("failed"), [{ type: "failed", ref: "c", status: 503, reason: "name not found" }]);
  at.command({ ...invite("sip:1@slow.example"), ref: "d" } as SipCommand);
  at.command({ type: "hangUp", ref: "d", reason: "" });
  assert.equal(at.of("failed").length, 2);
  const before = at.sent.length;
  at.resolved({ transport: "udp", host: PEER, port: 5060 });
  assert.equal(at.sent.length, before);
});

test("what is too large for UDP goes by TCP (RFC 3261 18.1.1), by UDP when TCP is refused, and TCP is not tried there again for a while", () => {
  const headers = { Identity: "i".repeat(1_300) };
  const at = new Bench();
  at.command(invite(`sip:1@${PEER}`, { headers }));
  assert.equal(at.last("INVITE").to, `tcp:${PEER}:5060`);
  assert.match(at.last("INVITE").text, /^Via: SIP\/2.0\/TCP/m);
  at.do(at.core.unreachable({ transport: "tcp", host: PEER, port: 5060 }, at.nowMs));
  assert.equal(at.last("INVITE").to, `udp:${PEER}:5060`);
  at.answer("INVITE", "486 Busy Here");
  at.command({ ...invite(`sip:1@${PEER}`, { headers }), ref: "d" } as SipCommand);
  assert.equal(at.last("INVITE").to, `udp:${PEER}:5060`);
  assert.equal(at.sent.filter(({ to }) => to.startsWith("tcp")).length, 1);
  at.answer("INVITE", "486 Busy Here");
  at.advance(700_000);
  at.command({ ...invite(`sip:1@${PEER}`, { headers }), ref: "e" } as SipCommand);
  assert.equal(at.last("INVITE").to, `tcp:${PEER}:5060`);
  at.command({ ...invite("sip:1@198.51.100.2"), ref: "f" } as SipCommand);
  assert.equal(at.last("INVITE").to, "udp:198.51.100.2:5060");
});

test("with a fifth of datagrams lost, one of our servers registers at another and stays so, and says goodbye", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const net = new LossyNet(seed);
    const b = net.host("10.0.0.2", { domain: "b.test", credentials: (account) => (account === "line1" ? { account, ha1Md5: ha1("md5", "line1", "b.test", "pw"), ha1Sha256: null } : null) });
    const a = net.host("10.0.0.1", { domain: "a.test" });
    net.loss = 0.2;
    a.command({ ...registerAt, registrar: "sip:10.0.0.2", aor: "sip:line1@b.test", expiresS: 60 });
    net.clock.advance(600_000);
    assert.ok(a.of("registration").filter(({ state }) => state === "registered").length >= 3, `seed ${seed}`);
    assert.equal(b.core.contacts("line1", net.clock.now()).length <= 1, true);
    a.command({ type: "unregisterAt", ref: "r" });
    net.loss = 0;
    net.clock.advance(60_000);
    assert.equal(a.of("registration").at(-1)?.state, "ended", `seed ${seed}`);
    assert.equal(a.core.nextWakeAt(), null);
  }
});
