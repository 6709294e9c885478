/** A trunk over TLS: a registrar of its own (our core, on TLS sockets) whose certificate is of its name, or of another one. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { generate } from "selfsigned";
import { silentLog } from "../base/log.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { realChance, realClock } from "./real-ports.ts";
import { createSipDns } from "./sip-dns.ts";
import { openSipSockets } from "./sip-sockets.ts";
import type { SipTls } from "./sip-tls.ts";
import { followCertificate } from "./tls.ts";
import { trunkRig } from "./trunk-rig.ts";

type Name = { type: 2; value: string } | { type: 7; ip: string };

async function tlsOf(name: Name): Promise<{ cert: string; tls: (trust: string | null) => SipTls }> {
  const made = await generate([{ name: "commonName", value: "tls" }], { keyType: "ec", notAfterDate: new Date(Date.now() + 86_400_000), extensions: [{ name: "subjectAltName", altNames: [name] }] });
  return { cert: made.cert, tls: (trust) => ({ port: 0, certificates: followCertificate({ cert: made.cert, key: made.private }, null, silentLog), trust }) };
}

async function operator(tls: SipTls): Promise<{ port: number; registered: SipEvent[]; stop(): Promise<void> }> {
  const registered: SipEvent[] = [];
  const [ha1Md5, ha1Sha256] = ["md5", "sha256"].map((algorithm) => createHash(algorithm).update("line1:operator.test:pw").digest("hex")) as [string, string];
  const core = createSipCore({ domain: "operator.test", chance: realChance, isPublicTarget: () => false, credentials: (account) => (account === "line1" ? { account, ha1Md5, ha1Sha256 } : null) });
  const sockets = await openSipSockets({
    host: "127.0.0.1", udpPort: 0, tcpPort: 0, tls, core, clock: realClock, log: silentLog, dns: createSipDns({ clock: realClock, chance: realChance, log: silentLog }),
    hear: (event) => void (event.type === "registered" && registered.push(event)),
  });
  return { port: sockets.ports.tls, registered, stop: async () => sockets.stop() };
}

for (const [what, name, good] of [["of its name is registered at", { type: 7, ip: "127.0.0.1" }, true], ["of another name is told nothing, and the trunk is down as not reachable", { type: 2, value: "elsewhere.test" }, false]] as const) {
  test(`a trunk over TLS: an operator with a certificate ${what}`, { timeout: 180_000 }, async () => {
    const theirs = await tlsOf(name);
    const ours = await tlsOf({ type: 7, ip: "127.0.0.1" });
    const op = await operator(theirs.tls(null));
    const rig = await trunkRig({ tls: ours.tls(theirs.cert) });
    try {
      rig.put("op", { port: op.port, transport: "tls", registers: true, username: "line1", domain: "operator.test", srtp: "required" }, "pw");
      const told = await rig.until("the registration's fate", () => rig.of("registration")[0]);
      assert.deepEqual([told.state, told.status, op.registered.map((e) => (e.type === "registered" ? [e.account, e.flow.transport] : []))], good ? ["registered", 200, [["line1", "tls"]]] : ["failed", 503, []]);
      if (good) await rig.until("up", () => rig.trunks.state("op").state === "up");
      else assert.deepEqual([rig.trunks.state("op").state, rig.trunks.state("op").reason], ["down", { why: "not-reachable" }]);
    } finally {
      await rig.stop();
      await op.stop();
    }
  });
}
