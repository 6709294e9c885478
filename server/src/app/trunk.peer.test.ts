/** Trunks against operators that others wrote: Kamailio as registrar and proxy with digest, sipp as the network behind it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { callee, operator } from "./kamailio-operator.ts";
import { freePort, run, tap, trunkRig, type TrunkRig } from "./trunk-rig.ts";

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
      // asked for 600 s, told 700 by 423: granted that
      assert.ok(registered!.expiresAtMs! - Date.now() > 690_000, String(registered!.expiresAtMs! - Date.now()));

      const { peer: uas } = callee(folder, calleePort);
      const call = await rig.call("0612345678");
      assert.deepEqual([call.status, call.trunkId], [200, "op"]);
      rig.sockets.command({ type: "hangUp", ref: call.ref, reason: "done" });
      assert.equal(await uas.done, 0, uas.output().slice(-2_000)); // it got its BYE, which Kamailio asks a password for

      const scenario = join(folder, "network.xml");
      writeFileSync(scenario, NETWORK_CALL);
      const network = run("sipp", [`127.0.0.1:${port}`, "-sf", scenario, "-m", "1", "-i", "127.0.0.1", "-timeout", "20s", "-nostdin"], folder);
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
const NETWORK_CALL = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="network">
<send retrans="500"><![CDATA[
INVITE sip:+33270000100@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: "Camille" <sip:0612849047@network.test>;tag=[call_number]
To: <sip:0270000100@network.test>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:network@[local_ip]:[local_port]>
X-Network: yes
Content-Type: application/sdp
Content-Length: [len]

v=0
o=n 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 6000 RTP/AVP 0

]]></send>
<recv response="100" optional="true"></recv>
<recv response="180" optional="true"></recv>
<recv response="200" rrs="true"></recv>
<send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
[routes]
From: "Camille" <sip:0612849047@network.test>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>
<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
[routes]
From: "Camille" <sip:0612849047@network.test>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
X-Network: yes
Content-Length: 0

]]></send>
<recv response="200"></recv>
</scenario>`;

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
  const uas = run("sipp", ["-sn", "uas", "-m", "1", "-i", "127.0.0.1", "-p", String(port), "-timeout", "40s", "-nostdin"], folder);
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
