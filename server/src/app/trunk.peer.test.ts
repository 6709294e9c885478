/** Trunks against operators that others wrote: Kamailio as registrar and proxy with digest, sipp as the network behind it. */
import assert from "node:assert/strict";
import { verify, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { callee, operator } from "./kamailio-operator.ts";
import { CERTIFICATES, KEYS } from "../trunk/stir/test-certificates.ts";
import { freePort } from "./peer-network.ts";
import { networkCall } from "./sipp-parts.ts";
import { offer, run, tap, trunkRig, type TrunkRig } from "./trunk-rig.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-trunk-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const REALM = "operator.test";
const PASSWORD = 's3c"ret\\é';

async function withRig(work: (rig: TrunkRig) => Promise<void>): Promise<void> {
  const rig = await trunkRig();
  try {
    await work(rig);
  } finally {
    await rig.stop();
  }
}

for (const algorithm of ["MD5", "SHA-256"]) {
  test(`Kamailio as operator, digest ${algorithm}: registration (with its longer minimum), a call out and its BYE challenged, a call in by the registration, goodbye`, async () => {
    const { port, calleePort, peer } = await operator(folder, REALM, PASSWORD, algorithm);
    const rig = await trunkRig();
    try {
      rig.put("op", { port, registers: true, username: "line1", domain: REALM, keepAliveS: 1 }, PASSWORD);
      await rig.until("registration", () => rig.of("registration").find((e) => e.state === "registered"));
      await rig.until("trunk up", () => rig.trunks.state("op").state === "up");
      const [registered] = rig.of("registration");
      // asked for 600 s, told 700 by 423: granted that (and this machine may have taken a while to look)
      assert.ok(registered!.expiresAtMs! - Date.now() > 610_000, String(registered!.expiresAtMs! - Date.now()));

      const { peer: uas } = callee(folder, calleePort);
      const call = await rig.call("0612345678");
      assert.deepEqual([call.status, call.trunkId], [200, "op"]);
      rig.sockets.command({ type: "hangUp", ref: call.ref, reason: "done" });
      assert.equal(await uas.done, 0, uas.output().slice(-2_000)); // it got its BYE, which Kamailio asks a password for

      const scenario = join(folder, "network.xml");
      writeFileSync(scenario, NETWORK_CALL);
      const network = run("sipp", [`127.0.0.1:${port}`, "-sf", scenario, "-m", "1", "-i", "127.0.0.1", "-timeout", "60s", "-nostdin"], folder);
      const incoming = await rig.until("call from the network", () => rig.of("incoming")[0]);
      const inbound = rig.trunks.inbound(incoming);
      assert.deepEqual([inbound?.trunkId, inbound?.callerE164, inbound?.calledE164, inbound?.callerName], ["op", "+33612849047", "+33270000100", "Camille"]);
      rig.sockets.command({ type: "answer", ref: incoming.ref, sdp: "v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n" });
      assert.equal(await network.done, 0, network.output().slice(-2_000));

      await rig.trunks.stop();
      assert.deepEqual(rig.of("registration").at(-1)?.state, "ended");
      assert.equal(rig.of("registration").at(-1)?.status, 200);
    } finally {
      await rig.stop();
      peer.child.kill("SIGTERM");
      await peer.done;
    }
  });
}

/** What an operator's network sends to its customer: the number called stands in To. */
const NETWORK_CALL = networkCall({ request: "sip:+33270000100@[remote_ip]:[remote_port]", from: '"Camille" <sip:0612849047@network.test>', to: "<sip:0270000100@network.test>", always: ["X-Network: yes"] });

test("a wrong password: the registration is refused, told as such, and the trunk is down", async () => {
  const { port, peer } = await operator(folder, REALM, PASSWORD);
  try {
    await withRig(async (rig) => {
      rig.put("op", { port, registers: true, username: "line1", domain: REALM }, "wrong");
      const failed = await rig.until("refusal", () => rig.of("registration").find((e) => e.state === "failed"));
      assert.equal(failed.status, 401);
      const { state, reason } = rig.trunks.state("op");
      assert.deepEqual([state, reason.why], ["down", "refused"]);
    });
  } finally {
    peer.child.kill("SIGTERM");
    await peer.done;
  }
});

test("failover: an operator that says 503 and one that says nothing are left for the next; a busy callee is the last word", async () => {
  const refusing = await tap((request) => (request.startsWith("INVITE") ? "503 Service Unavailable" : null));
  const silent = await tap(() => null);
  const busy = await tap((request) => (request.startsWith("INVITE") ? "486 Busy Here" : null));
  const port = await freePort();
  const uas = run("sipp", ["-sn", "uas", "-m", "1", "-i", "127.0.0.1", "-p", String(port), "-timeout", "60s", "-nostdin"], folder);
  try {
    await withRig(async (rig) => {
      rig.put("refusing", { port: refusing.port });
      rig.put("silent", { port: silent.port });
      rig.put("good", { port });
      const call = await rig.call("+33612345678");
      assert.deepEqual([call.status, call.trunkId], [200, "good"]);
      rig.sockets.command({ type: "hangUp", ref: call.ref, reason: "done" });
      assert.equal(await uas.done, 0, uas.output().slice(-1_000));
      assert.ok(silent.heard.filter((text) => text.startsWith("INVITE")).length >= 4, "silence was tried in earnest");
      // who wakes up late is told that nobody wants the call any more: nothing but INVITE (and CANCEL) went there
      assert.ok(silent.heard.every((text) => /^(INVITE|CANCEL)/.test(text)));
    });
    await withRig(async (rig) => {
      rig.put("busy", { port: busy.port });
      rig.put("never", { port: silent.port });
      const before = silent.heard.length;
      const call = await rig.call("+33612345678");
      assert.deepEqual([call.status, call.trunkId], [486, "busy"]);
      assert.equal(silent.heard.length, before);
    });
  } finally {
    await Promise.all([refusing.close(), silent.close(), busy.close()]);
    uas.child.kill();
  }
});

test("OPTIONS: a trunk that says nothing is down and passed over, and up again when it answers", async () => {
  let answers = false;
  const peer = await tap((request) => (request.startsWith("OPTIONS") && answers ? "200 OK" : request.startsWith("INVITE") ? "486 Busy Here" : null));
  const other = await tap((request) => (request.startsWith("INVITE") ? "603 Decline" : null));
  try {
    await withRig(async (rig) => {
      rig.put("watched", { port: peer.port, keepAliveS: 1 });
      rig.put("other", { port: other.port });
      assert.equal(rig.trunks.state("watched").state, "unknown");
      await rig.until("down", () => rig.trunks.state("watched").state === "down");
      assert.equal(rig.trunks.state("watched").reason.why, "no-answer");
      assert.deepEqual(await rig.call("+33612345678").then(({ trunkId, status }) => [trunkId, status]), ["other", 603]);
      answers = true;
      await rig.until("up", () => rig.trunks.state("watched").state === "up");
      assert.deepEqual(await rig.call("+33612345678").then(({ trunkId, status }) => [trunkId, status]), ["watched", 486]);
    });
  } finally {
    await Promise.all([peer.close(), other.close()]);
  }
});

test("on the wire: numbers in the operator's format, the caller withheld (RFC 3323, 3325), who really calls told where we are believed", async () => {
  const peer = await tap((request) => (request.startsWith("INVITE") ? "486 Busy Here" : null));
  const field = (text: string, name: string): string | null => new RegExp(`^${name}: (.*)\r$`, "m").exec(text)?.[1] ?? null;
  try {
    await withRig(async (rig) => {
      const invite = async (trunk: Parameters<TrunkRig["put"]>[1], number: string, more: Parameters<TrunkRig["call"]>[1] = {}): Promise<string> => {
        const before = peer.heard.length;
        rig.put("op", { port: peer.port, domain: "operator.test", ...trunk });
        assert.equal((await rig.call(number, more)).status, 486);
        return peer.heard.slice(before).find((text) => text.startsWith("INVITE"))!;
      };
      for (const [numberFormat, line, from] of [["e164", "+33612345678", "+33270000100"], ["international-00", "0033612345678", "0033270000100"], ["digits", "33612345678", "33270000100"], ["national", "0612345678", "0270000100"]] as const) {
        const text = await invite({ numberFormat }, "06 12 34 56 78");
        assert.match(text, new RegExp(`^INVITE sip:${line.replace("+", "\\+")}@operator\\.test;user=phone SIP/2\\.0\r`));
        assert.match(field(text, "From")!, new RegExp(`^"Léa Martin" <sip:${from.replace("+", "\\+")}@operator\\.test>;tag=`));
        assert.equal(field(text, "P-Asserted-Identity"), null);
      }
      const hidden = await invite({}, "0612345678", { anonymous: true });
      assert.match(field(hidden, "From")!, /^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=/);
      assert.equal(field(hidden, "Privacy"), "id");
      assert.ok(!/270000100|Léa/.test(hidden), "nothing of the caller leaves");
      const trusted = await invite({ trusted: true }, "0612345678", { anonymous: true });
      assert.equal(field(trusted, "P-Asserted-Identity"), "<sip:+33270000100@operator.test;user=phone>");
      assert.match(field(trusted, "From")!, /anonymous\.invalid/);
      const onward = await invite({ trusted: true }, "0612345678", { onBehalfOf: { e164: "+442079460000", name: "Camille" } });
      assert.match(field(onward, "From")!, /^"Camille" <sip:\+442079460000@/);
      const ruled = await invite({ trusted: true, headerRules: [{ when: "out", header: "P-Asserted-Identity", do: "remove", value: "" }, { when: "out", header: "X-Line", do: "set", value: "7" }, { when: "out", header: "Via", do: "set", value: "SIP/2.0/UDP evil" }] }, "0612345678");
      assert.deepEqual([field(ruled, "P-Asserted-Identity"), field(ruled, "X-Line")], [null, "7"]);
      assert.equal(ruled.match(/^Via:/gm)?.length, 1); // what SIP itself writes is no rule's
    });
  } finally {
    await peer.close();
  }
});

test("a signed call on the wire: too large for UDP, sent all the same where TCP is not taken; the operator's own verification finds it right", async () => {
  const peer = await tap((request) => (request.startsWith("INVITE") ? "603 Decline" : null));
  const rig = await trunkRig({ stir: { certificateUrl: "https://certs.example/op.pem", certificate: CERTIFICATES.spc, roots: [], allowedHosts: [], attestAs: "A" }, stirKey: KEYS.spc });
  try {
    rig.put("op", { port: peer.port, signs: true });
    assert.equal((await rig.call("0612345678")).status, 603);
    const text = peer.heard.find((one) => one.startsWith("INVITE"))!;
    const [, header = "", payload = "", signature = "", info] = /^Identity: ([\w-]+)\.([\w-]+)\.([\w-]+);info=<([^>]+)>;alg=ES256;ppt=shaken\r$/m.exec(text) ?? [];
    assert.equal(info, "https://certs.example/op.pem");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { attest: string; orig: { tn: string }; dest: { tn: string[] }; iat: number };
    assert.deepEqual([claims.attest, claims.orig.tn, claims.dest.tn], ["A", "33270000100", ["33612345678"]]);
    assert.ok(Math.abs(Date.parse(/^Date: (.*)\r$/m.exec(text)![1]!) / 1000 - claims.iat) <= 1);
    assert.ok(verify("sha256", Buffer.from(`${header}.${payload}`), { key: new X509Certificate(CERTIFICATES.spc).publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")));
  } finally {
    await rig.stop();
    await peer.close();
  }
});

test("two of ours: what one signs the other verifies with the certificate that it fetches; a number that is not the signed one fails", async () => {
  const url = "https://certs.example/op.pem";
  const fetched: string[] = [];
  const stir = { certificateUrl: url, certificate: CERTIFICATES.spc, roots: [CERTIFICATES.root], allowedHosts: ["certs.example"], attestAs: "A" } as const;
  const there = await trunkRig({ stir: { ...stir, roots: [...stir.roots], allowedHosts: [...stir.allowedHosts] }, fetchCertificate: (asked) => (fetched.push(asked), Promise.resolve(CERTIFICATES.spc)) });
  const here = await trunkRig({ stir: { ...stir, roots: [], allowedHosts: [] }, stirKey: KEYS.spc });
  try {
    there.put("from", { addresses: ["127.0.0.1"] });
    here.put("to", { port: there.sockets.ports.udp, domain: "127.0.0.1", signs: true });
    const arrive = async (nth: number): Promise<unknown[]> => {
      const ending = here.call("0270000142");
      const incoming = await there.until("the call", () => there.of("incoming")[nth]);
      await there.trunks.prepare(incoming);
      const inbound = there.trunks.inbound(incoming);
      there.sockets.command({ type: "reject", ref: incoming.ref, status: 486, reason: "" });
      assert.equal((await ending).status, 486);
      return [inbound?.callerE164, inbound?.calledE164, inbound?.verified, inbound?.attest];
    };
    assert.deepEqual(await arrive(0), ["+33270000100", "+33270000142", "passed", "A"]);
    here.put("to", { port: there.sockets.ports.udp, domain: "127.0.0.1", signs: true, trusted: true, headerRules: [{ when: "out", header: "P-Asserted-Identity", do: "set", value: "<sip:+33899000000@127.0.0.1>" }] });
    there.put("from", { addresses: ["127.0.0.1"], trusted: true });
    assert.deepEqual(await arrive(1), ["+33899000000", "+33270000142", "failed", null]);
    assert.deepEqual(fetched, [url]);
  } finally {
    await here.stop();
    await there.stop();
  }
});

test("a gateway (H.323, MGCP, ISDN) on its SIP side: a diverted caller, early media, its own re-INVITE, fax refused and the call goes on", async () => {
  await withRig(async (rig) => {
    rig.put("gateway", { addresses: ["127.0.0.1"], trusted: true });
    const scenario = join(folder, "gateway.xml");
    writeFileSync(scenario, GATEWAY_CALL);
    const peer = run("sipp", [`127.0.0.1:${rig.sockets.ports.udp}`, "-sf", scenario, "-m", "1", "-i", "127.0.0.1", "-timeout", "60s", "-nostdin"], folder);
    const incoming = await rig.until("the gateway's call", () => rig.of("incoming")[0]);
    const inbound = rig.trunks.inbound(incoming);
    assert.deepEqual([inbound?.callerE164, inbound?.calledE164], ["+33612849047", "+33270000100"]);
    assert.deepEqual(inbound?.history.map(({ user, why }) => [user, why]), [["0270000142", "user-busy"]]);
    rig.sockets.command({ type: "progress", ref: incoming.ref, status: 183, sdp: offer });
    rig.sockets.command({ type: "answer", ref: incoming.ref, sdp: offer });
    // T.38: its offer has no sound; refused, and the session stays as it was
    const fax = await rig.until("the fax offer", () => rig.of("offer")[0]);
    assert.match(fax.sdp, /m=image .* udptl t38/);
    rig.sockets.command({ type: "refuseOffer", ref: incoming.ref, status: 488 });
    assert.equal(await peer.done, 0, peer.output().slice(-2_000));
    assert.deepEqual(rig.of("ended").map(({ by }) => by), ["peer"]);
  });
});

/** As Cisco, Patton and yate write it: national numbers, Diversion, PRACK not used, a switch to fax, and the call goes on. */
const gatewayRequest = (method: string, cseq: number, body: string, more = ""): string => `<send${method === "ACK" ? "" : ' retrans="5000"'}><![CDATA[
${method} ${method === "INVITE" && cseq === 1 ? "sip:0270000100@[remote_ip]:[remote_port];user=phone" : "[next_url]"} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:0612849047@[local_ip];user=phone>;tag=[call_number]
${method === "INVITE" && cseq === 1 ? "To: <sip:0270000100@[remote_ip];user=phone>" : "[peer_tag_param]"}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
${method === "INVITE" ? "Contact: <sip:gw@[local_ip]:[local_port]>\n" : ""}${more}${body === "" ? "Content-Length: 0\n" : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`}
]]></send>`.replace("[peer_tag_param]", "To: <sip:0270000100@[remote_ip];user=phone>[peer_tag_param]");
const gatewaySdp = (media: string): string => `v=0\no=gw 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [local_ip]\nt=0 0\n${media}\n`;
const GATEWAY_CALL = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="gateway">
${gatewayRequest("INVITE", 1, gatewaySdp("m=audio 6000 RTP/AVP 8 0 101\na=rtpmap:101 telephone-event/8000"), "Diversion: &lt;sip:0270000142@[local_ip]&gt;;reason=user-busy;counter=1\nUser-Agent: Gateway/1.0\nSupported: replaces\n").replaceAll("&lt;", "<").replaceAll("&gt;", ">")}
<recv response="100" optional="true"></recv>
<recv response="183"></recv>
<recv response="200" rrs="true"></recv>
${gatewayRequest("ACK", 1, "")}
${gatewayRequest("INVITE", 2, gatewaySdp("m=image 6002 udptl t38\na=T38FaxVersion:0"))}
<recv response="100" optional="true"></recv>
<recv response="488"></recv>
${gatewayRequest("ACK", 2, "")}
${gatewayRequest("BYE", 3, "")}
<recv response="200"></recv>
</scenario>`;
