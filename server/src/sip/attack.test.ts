/** What somebody without a password may not do: make us remember, make us say more than they said, learn who is here, or pass for another. */
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import { seededChance } from "../base/chance.ts";
import type { Flow } from "./contract.ts";
import type { SipCoreSettings } from "./settings.ts";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, sign, status, write, type Written } from "./raw-peer.ts";

const METHODS = ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REFER", "NOTIFY", "INFO", "UPDATE", "PRACK", "BYE", "CANCEL", "ACK"] as const;
const NOTHING = { transactions: 0, legs: 0, bindings: 0, timers: 0, subscriptions: 0 };

/** As a phone or a scanner writes each method, to a user of our domain. */
function request(method: string, user: string, more: Partial<Written> = {}): Written {
  const own: Record<string, readonly string[]> = {
    REGISTER: [`Contact: <sip:${user}@198.51.100.7:5060>`, "Expires: 300"],
    INVITE: [`Contact: <sip:${user}@198.51.100.7:5060>`, "Content-Type: application/sdp"],
    SUBSCRIBE: ["Event: presence", "Expires: 300", `Contact: <sip:${user}@198.51.100.7:5060>`],
    PUBLISH: ["Event: presence", "Expires: 300"],
    MESSAGE: ["Content-Type: text/plain"],
    REFER: [`Contact: <sip:${user}@198.51.100.7:5060>`, "Refer-To: <sip:0900123456@tandem.test>"],
  };
  const body = method === "INVITE" ? sdp("x") : method === "MESSAGE" ? "hello" : "";
  return { method, uri: method === "REGISTER" ? "sip:tandem.test" : `sip:${user}@tandem.test`, from: `<sip:${user}@tandem.test>;tag=f1`, to: `<sip:${user}@tandem.test>`, body, ...more, headers: [...(own[method] ?? []), ...(more.headers ?? [])] };
}

test("a flood without credentials, or with wrong ones, is remembered nowhere: no transaction, leg, binding, timer or subscription", () => {
  const bench = new RawBench();
  const chance = seededChance(3);
  let answers = 0;
  for (let i = 0; i < 20_000; i++) {
    const peer = bench.peer(`198.51.${(i >> 8) & 255}.${i & 255}`);
    const method = METHODS[i % METHODS.length]!;
    const user = i % 3 === 0 ? "1001" : `nobody${i}`;
    const written = request(method, user, i % 5 === 0 ? { from: `<sip:${user}@elsewhere.test>;tag=f${i}` } : {});
    const wrong = `Authorization: Digest username="${user}", realm="tandem.test", nonce="${"0loyw3v2801".padEnd(23, "x")}", uri="sip:tandem.test", response="${"0".repeat(32)}", qop=auth, nc=0000000${i % 9 + 1}, cnonce="c"`;
    answers += peer.send(i % 2 === 0 ? written : { ...written, headers: [...(written.headers ?? []), wrong] }).length;
    bench.nowMs += chance.next() < 0.5 ? 1 : 0;
  }
  assert.ok(answers > 10_000, `${answers} answers`);
  assert.deepEqual(bench.core.sizes(), NOTHING);
  assert.equal(bench.core.nextWakeAt(), null);
  assert.deepEqual(bench.events, [], "and told to nobody: what is not answered with a nonce of ours may be forged");
});

test("property: over UDP nobody unauthenticated gets more bytes than they sent, whatever they send; one answer at most", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9.!%*_+'~-]{1,40}$/);
  const user = fc.oneof(fc.constantFrom("1001", "100", "", "nobody"), word);
  const line = fc.oneof(fc.constantFrom("Supported: path", "Require: 100rel", "Require: foo,bar", "Proxy-Require: x", "Max-Forwards: 0", "Expires: 1", "Event: reg", "Authorization: Digest realm=\"tandem.test\"", "Authorization: Basic x", "Content-Type: text/html", "Contact: *", "Via: SIP/2.0/UDP 203.0.113.9", "User-Agent: Linphone/5.1 (belle-sip/5.1)", "Accept: x/y"), fc.tuple(word, word).map(([a, b]) => `X-${a.replace(/[^A-Za-z0-9-]/g, "")}: ${b}`));
  const shape = fc.record({
    method: fc.oneof(fc.constantFrom(...METHODS), word), user, host: fc.constantFrom("tandem.test", "elsewhere.test", "192.0.2.1"), from: fc.constantFrom("tandem.test", "elsewhere.test"),
    lines: fc.array(line, { maxLength: 6 }), params: fc.constantFrom(";rport", ";rport;branch=z9hG4bK1", ";branch=z9hG4bK2", ""), compact: fc.boolean(), toTag: fc.boolean(),
  });
  let heard = 0;
  const bench = new RawBench({ isPublicTarget: () => false });
  fc.assert(fc.property(shape, ({ method, user, host, from, lines, params, compact, toTag }) => {
    const peer = bench.peer("198.51.100.9", "udp", 4321);
    const [via, f, t, i, l] = compact ? ["v", "f", "t", "i", "l"] : ["Via", "From", "To", "Call-ID", "Content-Length"];
    const text = [`${method} sip:${user === "" ? "" : `${user}@`}${host} SIP/2.0`, `${via}: SIP/2.0/UDP 10.1.2.3:5071${params}`, `${f}: <sip:${user === "" ? "a" : user}@${from}>;tag=1`, `${t}: <sip:b@${host}>${toTag ? ";tag=2" : ""}`, `${i}: x`, `CSeq: 1 ${method}`, ...lines, `${l}: 0`, "", ""].join("\r\n");
    const out = peer.raw(text);
    const sent = out.reduce((sum, one) => sum + Buffer.byteLength(one, "latin1"), 0);
    heard += out.length;
    // baresip 1.0.0 asks again 3,000 times a second when there is no reason phrase; and a 401 without a challenge says that there is no way in
    if (out[0] !== undefined) assert.match(out[0], /^SIP\/2.0 \d{3} \S/);
    if (/^SIP\/2.0 40[17] /.test(out[0] ?? "")) assert.match(out[0]!, /^(?:WWW|Proxy)-Authenticate: Digest /m);
    assert.ok(out.length <= 1 && sent <= text.length, `${text.length} in, ${sent} out:\n${text}\n${out.join("\n")}`);
  }), { seed: 42, numRuns: 3_000 });
  assert.ok(heard > 500, `${heard} answers were weighed`);
  assert.deepEqual(bench.core.sizes(), NOTHING);
});

test("what real phones send is long enough for its challenge: none of them is met with silence", () => {
  // written after what sipp 3.6.1 and baresip 1.0.0 send, and a desk phone that uses short names
  const lines = (body: string): string => body.trimStart().replaceAll("\n", "\r\n");
  const registrations = {
    sipp: lines(`
REGISTER sip:tandem.test SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-19214-1-0
From: <sip:1001@tandem.test>;tag=19214SIPpTag001
To: <sip:1001@tandem.test>
Call-ID: 1-19214@127.0.0.1
CSeq: 1 REGISTER
Contact: sip:1001@127.0.0.1:5061
Max-Forwards: 70
Expires: 1800
User-Agent: SIPp
Content-Length: 0

`),
    baresip: lines(`
REGISTER sip:tandem.test SIP/2.0
Via: SIP/2.0/UDP 192.0.2.77:35790;branch=z9hG4bK1a35e2fa42c3b7b5;rport
Contact: <sip:1001-0x55d29c7e3b60@192.0.2.77:35790>;expires=3600;+sip.instance="<urn:uuid:5f0c2d3e-8d4b-4a2c-9a56-0d2f6f1f2c11>"
Max-Forwards: 70
To: <sip:1001@tandem.test>
From: <sip:1001@tandem.test>;tag=8f5e2f4a91b3c7d6
Call-ID: 9ad1f1b3c0e57a48
CSeq: 50281 REGISTER
User-Agent: baresip v1.0.0 (x86_64/linux)
Allow: INVITE,ACK,BYE,CANCEL,OPTIONS,NOTIFY,SUBSCRIBE,INFO,MESSAGE,UPDATE,REFER
Content-Length: 0

`),
    short: lines(`
REGISTER sip:tandem.test SIP/2.0
v: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK12
f: <sip:1001@tandem.test>;tag=8f5e2f4a
t: <sip:1001@tandem.test>
i: 9ad1f1b3c0
CSeq: 1 REGISTER
m: <sip:1001@192.0.2.77>
Max-Forwards: 70
Expires: 600
User-Agent: Yealink SIP-T46S
l: 0

`),
    // sipp with rport and short numbers, and the shortest that a script in a book writes: no User-Agent, no Expires
    sippRport: lines(`
REGISTER sip:tandem.test SIP/2.0
Via: SIP/2.0/UDP 192.168.1.9:5061;rport;branch=z9hG4bK-1-1-0
From: <sip:1001@tandem.test>;tag=1
To: <sip:1001@tandem.test>
Call-ID: 1-1@192.168.1.9
CSeq: 1 REGISTER
Contact: sip:1001@192.168.1.9:5061
Max-Forwards: 70
Expires: 1800
Content-Length: 0

`),
    script: lines(`
REGISTER sip:tandem.test SIP/2.0
Via: SIP/2.0/UDP 192.0.2.77:5061;rport;branch=z9hG4bKa
From: <sip:1001@tandem.test>;tag=1
To: <sip:1001@tandem.test>
Call-ID: a
CSeq: 1 REGISTER
Contact: <sip:1001@192.0.2.77:5061>
Max-Forwards: 70
Content-Length: 0

`),
    cisco: lines(`
REGISTER sip:tandem.test SIP/2.0
Via: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bK1d4b8ad0
From: <sip:1001@tandem.test>;tag=000b5fdc4a
To: <sip:1001@tandem.test>
Call-ID: 000b5fdc-4a4c@192.0.2.77
Max-Forwards: 70
CSeq: 101 REGISTER
User-Agent: Cisco-CP7940G/8.0
Contact: <sip:1001@192.0.2.77:5060>
Content-Length: 0
Expires: 3600

`),
  };
  for (const [name, text] of Object.entries(registrations)) {
    const phone = new RawBench().peer("192.0.2.77");
    const [answer] = phone.raw(text);
    assert.match(answer ?? "silence", /^SIP\/2.0 401 [\s\S]*WWW-Authenticate: Digest realm="tandem.test", ?nonce="[\w-]{23}"/, name);
    assert.ok(answer!.length <= text.length, name);
    const signed = text.replace(/\r\n\r\n$/, `\r\n${sign(answer!, { method: "REGISTER" }, "1001", "pw")}\r\n\r\n`).replace(/branch=/, "branch=z9hG4bK2").replace(/CSeq: \d+/, "CSeq: 60000");
    assert.match(status(phone.raw(signed)), /^SIP\/2.0 200/, `${name}: what the short challenge says is enough`);
  }
});

test("blanks do not cost the square of their number: 20 KB of them in any header that is read, 100 times", { timeout: 60_000 }, () => {
  // 2 s each with the regular expressions that were here before
  const blanks = " ".repeat(20_000);
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.66");
  const written = (i: number, more: string, via = "", from = ""): string => {
    const text = write(peer.flow, request("INVITE", "100", { from: `<sip:x@elsewhere.test>${from};tag=${i}`, callId: `b${i}`, branch: `z9hG4bKb${i}` }));
    return text.replace(";rport\r\n", `${via};rport\r\n${more}`);
  };
  let answers = 0;
  for (let i = 0; i < 100; i++) {
    const [more, via, from] = [["", "", `${blanks};a=b\r\n ;c=d`], ["", `${blanks};x=1`, ""], [`Privacy: id${blanks}x\r\n`, "", ""], [`Require: ${blanks}x\r\n y\r\n`, "", ""]][i % 4] as [string, string, string];
    answers += peer.raw(written(i, more, via, from)).length;
  }
  assert.equal(answers, 100);
});

test("a name that looks like a tag stays a name: a call from it can be ended", () => {
  const bench = new RawBench();
  const peer = bench.peer("203.0.113.66");
  const from = '"x;tag=y" <sip:x@elsewhere.test>;tag=s';
  peer.send(request("INVITE", "100", { from, callId: "named", branch: "z9hG4bKn" }));
  const { ref } = bench.of("incoming")[0]!;
  const [ok] = bench.take(bench.core.command({ type: "answer", ref, sdp: sdp("us") }, bench.nowMs));
  peer.send({ method: "ACK", uri: "sip:100@tandem.test", from, to: field(ok, "To"), callId: "named" });
  const [bye] = bench.take(bench.core.command({ type: "hangUp", ref, reason: "" }, bench.nowMs));
  assert.equal(field(bye, "To"), from);
});

test("the last letter of a name in UTF-8 is not taken for a space", () => {
  const bench = new RawBench();
  bench.peer("203.0.113.66").send(request("INVITE", "100", { from: `${Buffer.from("Voilà").toString("latin1")} <sip:x@elsewhere.test>;tag=s` }));
  assert.equal(bench.of("incoming")[0]?.from.display, "Voilà");
});

/** Calls of node's `hash` while `work` runs, with the bytes that went in: the work that a stopwatch would see. */
function hashed(work: () => void): { calls: number; algorithms: string[] } {
  const real = crypto.hash;
  const algorithms: string[] = [];
  crypto.hash = ((algorithm: string, ...rest: unknown[]) => {
    algorithms.push(algorithm);
    return (real as (...args: unknown[]) => unknown)(algorithm, ...rest);
  }) as typeof crypto.hash;
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    crypto.hash = real;
    syncBuiltinESMExports();
  }
  return { calls: algorithms.length, algorithms };
}

test("who is here cannot be asked: the same answer byte for byte and the same work for real and unreal users, in every method, with and without an Authorization", () => {
  const asked = (bench: RawBench, method: string, user: string, credentials: "none" | "wrong", algorithm: "md5" | "sha256"): { answer: string; work: string[] } => {
    const peer = bench.peer("198.51.100.7");
    const written = request(method, user, { callId: "same", branch: "z9hG4bKsame" });
    const long = { ...written, headers: [...(written.headers ?? []), "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, SUBSCRIBE, INFO, MESSAGE, UPDATE, REFER", "Supported: replaces, 100rel"] };
    const [challenge] = credentials === "none" ? [""] : peer.send(request("REGISTER", user));
    const full = credentials === "none" ? long : { ...long, headers: [...long.headers, sign(challenge!, long, user, "wrong", algorithm)] };
    let answer = "";
    const { algorithms } = hashed(() => (answer = peer.send(full).join("")));
    return { answer: answer.replace(/nonce="[^"]*"/g, "nonce").replace(/;tag=[0-9a-f]{8}\b/g, ";tag=ours"), work: algorithms };
  };
  let compared = 0;
  for (const settings of [{}, { route: () => ({ as: "agent" as const }) }] satisfies Partial<SipCoreSettings>[]) for (const method of METHODS) for (const credentials of ["none", "wrong"] as const) for (const algorithm of ["md5", "sha256"] as const) {
    const bench = new RawBench(settings);
    // somebody real is even registered
    bench.peer("198.51.100.7").sendSigned(request("REGISTER", "1001"), "1001", "pw");
    const [real, unreal] = [asked(bench, method, "1001", credentials, algorithm), asked(bench, method, "1999x", credentials, algorithm)];
    assert.equal(unreal.answer.replaceAll("1999x", "1001"), real.answer, `${method} ${credentials}`);
    assert.deepEqual(unreal.work, real.work, `${method} ${credentials}: the same hashes`);
    compared += real.answer === "" ? 0 : 1;
  }
  assert.ok(compared >= 40, `${compared} answers compared`);
});

test("nobody passes for one of us: From in another spelling, an address that is ours, a registered phone's own address, spaces before colons", () => {
  const bench = new RawBench();
  bench.peer("198.51.100.7").sendSigned(request("REGISTER", "1001"), "1001", "pw");
  const calls = (): number => bench.of("incoming").filter((e) => e.from.account !== null).length;
  const eve = bench.peer("203.0.113.66");
  for (const from of ["<sip:1001@tandem.test>;tag=e", "<sip:1001@TANDEM.TEST>;tag=e", "sip:1001@tandem.test;tag=e", "<sips:1001@tandem.test>;tag=e", "<sip:1001%40tandem.test@tandem.test>;tag=e", '"x" <sip:1001@tandem.test:5060>;tag=e']) {
    for (const headers of [[], ["Authorization : Digest username=\"1001\""], ["P-Asserted-Identity: <sip:1001@tandem.test>"], ["X-Tandem-Account: 1001", "X-Tandem-Ref: leg_1"], ["Remote-Party-ID: <sip:1001@tandem.test>"]]) {
      const [answer] = eve.send(request("INVITE", "1002", { from, headers }));
      assert.match(answer ?? "", /^SIP\/2.0 40[01] /, `${from} ${headers.join()}`);
    }
  }
  // two Froms, one of them spaced from its colon: a reader before us may have looked at the other
  const raw = write(eve.flow, request("INVITE", "100", { from: "<sip:1@elsewhere.test>;tag=1" }));
  assert.match(eve.raw(raw.replace("\r\nTo:", "\r\nFrom : <sip:1001@tandem.test>;tag=2\r\nTo:"))[0] ?? "", /^SIP\/2.0 400 /);
  assert.match(eve.raw(raw.replace("\r\nTo:", "\r\nf:<sip:1001@tandem.test>;tag=2\r\nTo:"))[0] ?? "", /^SIP\/2.0 400 /);
  assert.equal(calls(), 0);
});

test("a nonce is worth something only to whom it was given, once for each count, and not for long", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const eve = bench.peer("203.0.113.66");
  const written = request("REGISTER", "1001");
  const [challenge] = phone.send(written);
  const signed = { ...written, headers: [...written.headers!, sign(challenge!, written, "1001", "pw")] };
  assert.match(status(eve.send({ ...signed, callId: "e1" })), /^SIP\/2.0 401/, "captured before it was used");
  assert.equal(status(phone.send({ ...signed, callId: "p1" })), "SIP/2.0 200 OK");
  assert.match(status(phone.send({ ...signed, callId: "p2" })), /^SIP\/2.0 401/, "replayed from the same address");
  // a signature over another method or address of the request does not carry over
  const invite = request("INVITE", "1002", { from: "<sip:1001@tandem.test>;tag=1", headers: [sign(challenge!, written, "1001", "pw", "md5", 2)] });
  assert.match(status(phone.send(invite)), /^SIP\/2.0 401/);
  const nonce = /nonce="([^"]+)"/.exec(challenge!)![1]!;
  for (let i = 0; i < nonce.length; i++) {
    const forged = challenge!.replace(nonce, nonce.slice(0, i) + (nonce[i] === "0" ? "1" : "0") + nonce.slice(i + 1));
    assert.match(status(phone.send({ ...written, headers: [...written.headers!, sign(forged, written, "1001", "pw")] })), /^SIP\/2.0 401/, `character ${i}`);
  }
  bench.nowMs += 300_001;
  const late = phone.send({ ...written, headers: [...written.headers!, sign(challenge!, written, "1001", "pw", "md5", 9)] });
  assert.match(late[0]!, /^SIP\/2.0 401[\s\S]*stale=true/);
  assert.equal(bench.of("registered").length, 1);
});

test("a failure is told of who answered our nonce from where it was given, not of what anybody can write", () => {
  const bench = new RawBench();
  const victim = bench.peer("198.51.100.7");
  const eve = bench.peer("203.0.113.66");
  const written = request("REGISTER", "1001");
  const [forVictim] = victim.send(written);
  const [forEve] = eve.send(written);
  const attempt = (challenge: string, from: typeof victim): void => void from.send({ ...written, headers: [...written.headers!, sign(challenge, written, "1001", "wrong")] });
  attempt(forEve!, victim); // Eve forges the victim's address, with the nonce that she got herself
  attempt(forEve!.replace(/nonce="[^"]+"/, 'nonce="made-up"'), victim);
  assert.deepEqual(bench.events, []);
  attempt(forEve!, eve);
  attempt(forVictim!, victim);
  assert.deepEqual(bench.of("authFailed").map(({ account, flow }) => [account, flow.remoteAddress]), [["1001", "203.0.113.66"], ["1001", "198.51.100.7"]]);
});

test("a nonce that is too old, or none of ours, is no way to try passwords that nobody counts: right or wrong, the answer and the work are the same", () => {
  const bench = new RawBench();
  const eve = bench.peer("203.0.113.66");
  const written = request("REGISTER", "1001");
  const [challenge] = eve.send(written);
  bench.nowMs += 300_001;
  const lookups = bench.credentialLookups;
  for (const nonce of [challenge!, challenge!.replace(/nonce="[^"]+"/, 'nonce="made-up"')]) {
    const answers = ["pw", "wrong"].map((password) => {
      const [answer] = eve.send({ ...written, callId: "same", branch: "z9hG4bKsame", headers: [...written.headers!, sign(nonce, written, "1001", password)] });
      return answer!.replace(/nonce="[^"]+"/g, "");
    });
    assert.match(answers[0]!, /stale=true/);
    assert.equal(answers[0], answers[1]);
  }
  assert.equal(bench.credentialLookups, lookups, "nobody's password was looked at");
  assert.equal(bench.of("registered").length, 0);
});

test("the border is asked: guesses are refused unchecked, too many requests of an account are 503, a call too many is 503, strangers may be kept out", () => {
  const asked: string[] = [];
  let open = true;
  const bench = new RawBench({ border: {
    mayTry: (account) => (asked.push(`try ${account}`), open), mayAsk: (account) => (asked.push(`ask ${account}`), open),
    mayCall: (_, to) => (asked.push(`call ${to}`), open), strangerMayCall: () => open, proven: () => void asked.push("proven"),
  } });
  const phone = bench.peer("198.51.100.7");
  assert.equal(status(phone.sendSigned(request("REGISTER", "1001"), "1001", "pw")), "SIP/2.0 200 OK");
  const stranger = bench.peer("203.0.113.66");
  const call = request("INVITE", "100", { from: "<sip:x@elsewhere.test>;tag=s", callId: "call", branch: "z9hG4bKc" });
  assert.match(status(stranger.send(call)), /100/);
  const { ref } = bench.of("incoming")[0]!;
  const [ok] = bench.take(bench.core.command({ type: "answer", ref, sdp: sdp("us") }, bench.nowMs));
  stranger.send({ method: "ACK", uri: "sip:100@tandem.test", from: "<sip:x@elsewhere.test>;tag=s", to: field(ok, "To"), callId: "call" });
  assert.deepEqual(asked, ["try 1001", "ask 1001", "call 100", "proven"]);
  open = false;
  const lookups = bench.credentialLookups;
  assert.match(status(phone.sendSigned(request("REGISTER", "1001"), "1001", "pw")), /^SIP\/2.0 401/);
  assert.equal(bench.credentialLookups, lookups, "not looked at");
  assert.match(status(stranger.send({ ...call, callId: "call2", branch: "z9hG4bKd" })), /^SIP\/2.0 401/, "a stranger who may not call");
  const half = new RawBench({ border: { mayTry: () => true, mayAsk: () => false, mayCall: () => false, strangerMayCall: () => true, proven: () => undefined } });
  assert.match(status(half.peer("198.51.100.7").sendSigned(request("REGISTER", "1001"), "1001", "pw")), /^SIP\/2.0 503/);
  assert.match(status(half.peer("203.0.113.66").send({ ...call, callId: "call3", branch: "z9hG4bKe" })), /^SIP\/2.0 503/);
  assert.equal(half.core.sizes().legs, 0);
});

test("an answer goes where the question came from, never where it says: no reflector", () => {
  const bench = new RawBench();
  const flow: Flow = { id: "udp:198.51.100.9:4321", transport: "udp", remoteAddress: "198.51.100.9", remotePort: 4321, localAddress: "192.0.2.1", localPort: 5060 };
  for (const via of ["203.0.113.1:5060", "203.0.113.1:5060;maddr=203.0.113.2", "203.0.113.1;received=203.0.113.2;rport=99", "[2001:db8::1]:5060;rport"]) {
    const text = write(flow, { headers: ["User-Agent: so that the answer fits", "X-Filler: so that the answer fits, so that the answer fits"] }).replace(/Via: [^\r]*/, `Via: SIP/2.0/UDP ${via};branch=z9hG4bKr`);
    for (const effect of bench.core.receive(Buffer.from(text, "latin1"), flow, bench.nowMs)) {
      assert.ok(effect.do === "send" || effect.do === "sendTo");
      assert.equal(effect.do === "send" ? effect.flow.remoteAddress : effect.host, "198.51.100.9", via);
    }
  }
});

test("calls of strangers through the proxy are as bounded as those that we answer; what was answered or refused makes room", () => {
  const bench = new RawBench({ isPublicTarget: () => true, route: ({ target }) => (target.user === "branch" ? { as: "proxy", groups: [[{ uri: "sip:branch@198.51.100.99" }]], recordRoute: false } : { as: "agent" }) });
  const call = (address: string, i: number): string[] => bench.peer(address).send(request("INVITE", "branch", { from: `<sip:x@elsewhere.test>;tag=${i}`, callId: `p${i}`, branch: `z9hG4bKp${i}` }));
  const taken = (address: string, from: number, count: number): number => Array.from({ length: count }, (_, i) => call(address, from + i)).filter((out) => out.some((m) => m.startsWith("INVITE "))).length;
  assert.equal(taken("203.0.113.1", 0, 400), 300);
  assert.equal(taken("203.0.113.2", 1_000, 400), 300);
  for (let source = 3; source < 8; source++) taken(`203.0.113.${source}`, source * 1_000, 400);
  assert.match(status(call("203.0.113.99", 99_000)), /^SIP\/2.0 503/);
  assert.ok(bench.core.sizes().transactions <= 2_000 + 1_000);
  bench.advance(400_000);
  assert.equal(bench.core.sizes().transactions, 0);
  assert.equal(taken("203.0.113.1", 50_000, 1), 1);
});
