import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { ClientAuth } from "./client-auth.ts";
import type { Flow, SipAuth } from "./contract.ts";
import { parseDigest } from "./digest.ts";
import type { SipMessage } from "./message.ts";
import { parseMessage } from "./parse.ts";
import type { HeaderPair } from "./print.ts";
import type { Way } from "./way.ts";

const flow = (remoteAddress: string): Flow => ({ id: `udp:${remoteAddress}`, transport: "udp", remoteAddress, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 });
const way = (host: string): Way => ({ flow: null, transport: "udp", host, port: 5060 });
const PEER = "198.51.100.1";

function challenged(status: number, ...challenges: string[]): SipMessage {
  const name = status === 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
  const text = [`SIP/2.0 ${status} No`, "Via: SIP/2.0/UDP h;branch=z9hG4bK1", ...challenges.map((one) => `${name}: ${one}`), "Content-Length: 0", "", ""].join("\r\n");
  return parseMessage(Buffer.from(text, "latin1")).message!;
}

function auth(more: Partial<SipAuth> = {}, use: "call" | "registration" = "call"): ClientAuth {
  const made = new ClientAuth({ username: "Mufasa", password: "Circle Of Life", ...more }, seededChance(1), use);
  made.meantFor([way(PEER)]);
  return made;
}

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text, "latin1").digest("hex");
const fields = (headers: readonly HeaderPair[] | null): Map<string, string> => parseDigest(headers?.[0]?.[1] ?? "") ?? new Map<string, string>();
const CHALLENGE = 'Digest realm="op", nonce="n1", qop="auth", algorithm=MD5';

/** The response as RFC 7616 3.4.1 defines it, computed from the fields as sent. */
function right(sent: Map<string, string>, algorithm: string, method: string, password = "Circle Of Life", sess = false): string {
  const get = (name: string): string => sent.get(name) ?? "";
  const secret = hash(algorithm, `${get("username")}:${get("realm")}:${password}`);
  const ha1 = sess ? hash(algorithm, `${secret}:${get("nonce")}:${get("cnonce")}`) : secret;
  const ha2 = hash(algorithm, `${method}:${get("uri")}`);
  return hash(algorithm, get("qop") === "" ? `${ha1}:${get("nonce")}:${ha2}` : `${ha1}:${get("nonce")}:${get("nc")}:${get("cnonce")}:auth:${ha2}`);
}

test("RFC 2617 section 3.5 and RFC 7616 section 3.9.1: our computation gives the published responses", () => {
  // the published exchanges, with their own cnonce, through the same formula that the tests below hold the header to
  const rfc2617 = new Map(Object.entries({ username: "Mufasa", realm: "testrealm@host.com", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", uri: "/dir/index.html", qop: "auth", nc: "00000001", cnonce: "0a4f113b" }));
  assert.equal(right(rfc2617, "md5", "GET", "Circle Of Life"), "6629fae49393a05397450978507c4ef1");
  const rfc7616 = new Map(Object.entries({ username: "Mufasa", realm: "http-auth@example.org", nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri: "/dir/index.html", qop: "auth", nc: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" }));
  assert.equal(right(rfc7616, "md5", "GET", "Circle of Life"), "8ca523f5e9506fed4657c9700eebdbec");
  assert.equal(right(rfc7616, "sha256", "GET", "Circle of Life"), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
});

test("every algorithm, with and without qop, -sess, opaque and odd characters", () => {
  for (const [algorithm, node] of [["MD5", "md5"], ["SHA-256", "sha256"], ["SHA-512-256", "sha512-256"]] as const) {
    for (const sess of [false, true]) {
      const sent = fields(auth().answer(challenged(401, `Digest realm="op", nonce="a\\"b", opaque="o\\\\p", qop="auth-int,auth", algorithm=${algorithm}${sess ? "-sess" : ""}`), flow(PEER), "REGISTER", "sip:op"));
      assert.equal(sent.get("response"), right(sent, node, "REGISTER", "Circle Of Life", sess), algorithm);
      assert.deepEqual([sent.get("nonce"), sent.get("opaque"), sent.get("nc"), sent.get("qop"), sent.get("uri")], ['a"b', "o\\p", "00000001", "auth", "sip:op"]);
    }
  }
  const old = fields(auth({ username: 'a"b\\', password: "é" }).answer(challenged(407, 'Digest realm="op", nonce="n"'), flow(PEER), "INVITE", "sip:1@op"));
  assert.equal(old.get("username"), 'a"b\\');
  assert.equal(old.get("response"), right(old, "md5", "INVITE", Buffer.from("é", "utf8").toString("latin1")));
  assert.equal(old.has("cnonce"), false);
});

test("of several challenges the strongest that is for us; what we cannot compute is not answered", () => {
  const sent = fields(auth().answer(challenged(401, 'Digest realm="op", nonce="1", algorithm=MD5', 'Digest realm="op", nonce="2", algorithm=SHA-256, qop="auth"', 'Digest realm="other", nonce="3", algorithm=SHA-512-256', 'Digest realm="op", nonce="4", algorithm=FOO'), flow(PEER), "INVITE", "sip:1@op"));
  assert.equal(sent.get("nonce"), "3"); // the first realm that it asks for by its strongest
  const named = fields(auth({ realm: "op" }).answer(challenged(401, 'Digest realm="other", nonce="3", algorithm=SHA-512-256', 'Digest realm="op", nonce="1", algorithm=MD5', 'Digest realm="op", nonce="2", algorithm=SHA-256, qop="auth"'), flow(PEER), "INVITE", "sip:1@op"));
  assert.equal(named.get("nonce"), "2");
  for (const no of ['Digest realm="op", nonce="n", qop="auth-int"', 'Basic realm="op"', 'Digest realm="op"', `Digest realm="op", nonce="${"n".repeat(1_001)}"`, "Digest", 'Digest realm="op", nonce="n", algorithm=MD4']) {
    assert.equal(auth().answer(challenged(401, no), flow(PEER), "INVITE", "sip:1@op"), null, no);
  }
  assert.equal(auth().answer(challenged(403, CHALLENGE), flow(PEER), "INVITE", "sip:1@op"), null);
});

test("a refused password is not tried again; a stale nonce is answered once more; counts go up", () => {
  const one = auth();
  assert.deepEqual(one.begin("INVITE", "sip:1@op", way(PEER)), []);
  assert.ok(one.answer(challenged(407, CHALLENGE), flow(PEER), "INVITE", "sip:1@op"));
  assert.equal(one.answer(challenged(407, CHALLENGE), flow(PEER), "INVITE", "sip:1@op"), null);
  assert.equal(one.answer(challenged(407, CHALLENGE.replace("n1", "n2")), flow(PEER), "INVITE", "sip:1@op"), null);
  const stale = fields(one.answer(challenged(407, `${CHALLENGE.replace("n1", "n3")}, stale=true`), flow(PEER), "INVITE", "sip:1@op"));
  assert.deepEqual([stale.get("nonce"), stale.get("nc")], ["n3", "00000001"]);
  const next = one.begin("BYE", "sip:1@op", way(PEER));
  assert.equal(next[0]?.[0], "Proxy-Authorization");
  assert.equal(fields(next).get("nc"), "00000002");
  assert.equal(fields(next).get("response"), right(fields(next), "md5", "BYE"));
  for (let i = 4; i < 20; i++) one.answer(challenged(407, `${CHALLENGE.replace("n1", `n${i}`)}, stale=true`), flow(PEER), "BYE", "sip:1@op");
  assert.equal(one.answer(challenged(407, `${CHALLENGE.replace("n1", "n20")}, stale=true`), flow(PEER), "BYE", "sip:1@op"), null); // no endless game
});

test("digest leak: nobody but the peer is answered, for its realm, with nothing weaker, and not for somebody behind it", () => {
  const invite = (one: ClientAuth, response: SipMessage, from = PEER): boolean => one.answer(response, flow(from), "INVITE", "sip:1@op") !== null;
  assert.equal(invite(auth(), challenged(407, CHALLENGE), "203.0.113.66"), false);
  // another program on the peer's machine, or another machine behind its address
  assert.equal(auth().answer(challenged(407, CHALLENGE), { ...flow(PEER), remotePort: 5070 }, "INVITE", "sip:1@op"), null);
  assert.equal(invite(auth({ realm: "op" }), challenged(407, CHALLENGE.replace('"op"', '"evil"'))), false);
  const pinned = auth();
  assert.equal(invite(pinned, challenged(407, CHALLENGE)), true);
  assert.equal(invite(pinned, challenged(407, 'Digest realm="evil", nonce="x", qop="auth", stale=true')), false);
  const strong = auth();
  assert.equal(invite(strong, challenged(407, 'Digest realm="op", nonce="n", qop="auth", algorithm=SHA-256')), true);
  assert.equal(invite(strong, challenged(407, 'Digest realm="op", nonce="m", qop="auth", algorithm=MD5, stale=true')), false);
  // the operator asked by 407: a 401 is the callee's
  const kinds = auth();
  assert.equal(invite(kinds, challenged(407, CHALLENGE)), true);
  assert.equal(invite(kinds, challenged(401, CHALLENGE.replace("n1", "n9"))), false);
  // it rang: whoever asks now is not the operator
  const rang = auth();
  rang.settle();
  assert.equal(invite(rang, challenged(407, CHALLENGE)), false);
  // preemptive credentials and ACKs go to the peer only, wherever the dialog's target went
  const moved = auth();
  assert.equal(invite(moved, challenged(407, CHALLENGE)), true);
  assert.deepEqual(moved.begin("BYE", "sip:evil@203.0.113.66", way("203.0.113.66")), []);
  assert.deepEqual(moved.begin("BYE", "sip:evil@op", { ...way(PEER), port: 5070 } as Way), []);
  assert.deepEqual(moved.forAck(way("203.0.113.66")), []);
  assert.equal(moved.forAck(way(PEER)).length, 1);
  // a proxy and a registrar may both ask, for a registration
  const both = auth({}, "registration");
  assert.equal(invite(both, challenged(407, CHALLENGE)), true);
  assert.equal(both.answer(challenged(401, CHALLENGE.replace("n1", "n9")), flow(PEER), "REGISTER", "sip:op")?.length, 2);
  // one address, many spellings
  const six = new ClientAuth({ username: "u", password: "p" }, seededChance(1), "call");
  six.meantFor([way("2001:DB8:0::1")]);
  assert.equal(invite(six, challenged(407, CHALLENGE), "2001:db8::1"), true);
});
