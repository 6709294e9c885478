/** Our DTLS server against werift's client: another's code, so that no mistake of ours is on both sides. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as fc from "fast-check";
import { DtlsClient, HashAlgorithm, NamedCurveAlgorithm, SignatureAlgorithm, type Transport } from "werift";
import { seededChance } from "../base/chance.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { makeCertificate } from "./dtls-certificate.ts";
import { readClientHello } from "./dtls-messages.ts";
import { createDtlsPort } from "./dtls-server.ts";
import type { DtlsSession, SrtpKeys } from "./media-ports.ts";

interface Pair {
  clock: VirtualClock;
  server: DtlsSession;
  client: DtlsClient;
  /** Called for each datagram; false drops it. */
  pass: { toServer: (bytes: Buffer) => boolean; toClient: (bytes: Buffer) => boolean };
  outcome: Promise<{ keys: SrtpKeys; fingerprint: string } | { failed: string }>;
  clientConnected: Promise<void>;
  fingerprint: string;
}

const chance = seededChance(1);
const now = Date.now();
const pem = (label: string, der: Uint8Array): string => `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64").replace(/(.{64})/g, "$1\n")}\n-----END ${label}-----\n`;

function identity(): { cert: string; key: string; fingerprint: string } {
  const made = makeCertificate(now, chance);
  return { cert: pem("CERTIFICATE", made.der), key: made.key.export({ type: "pkcs8", format: "pem" }).toString(), fingerprint: made.fingerprint };
}

function pair(who: { cert: string; key: string }, profiles: (1 | 7)[] = [1]): Pair {
  const clock = new VirtualClock(now);
  const pass: Pair["pass"] = { toServer: () => true, toClient: () => true };
  let settle: (outcome: Awaited<Pair["outcome"]>) => void = () => {};
  const outcome: Pair["outcome"] = new Promise((done) => (settle = done));
  const transport: Transport = {
    type: "test",
    address: ["test", 0] as never,
    closed: false,
    onData: () => {},
    send: (bytes) => {
      if (pass.toServer(bytes)) setImmediate(() => server.receive(bytes));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const port = createDtlsPort(clock, chance);
  const server = port.open({
    send: (bytes) => {
      const copy = Buffer.from(bytes);
      if (pass.toClient(copy)) setImmediate(() => transport.onData(copy, ["test", 0] as never));
    },
    connected: (keys, fingerprint) => settle({ keys, fingerprint }),
    failed: (why) => settle({ failed: why }),
    closed: () => settle({ failed: "closed" }),
  });
  const client = new DtlsClient({
    transport,
    cert: who.cert,
    key: who.key,
    signatureHash: { hash: HashAlgorithm.sha256_4, signature: SignatureAlgorithm.ecdsa_3 },
    srtpProfiles: profiles,
    extendedMasterSecret: true,
    certificateRequest: true,
  });
  const clientConnected = new Promise<void>((done) => client.onConnect.subscribe(() => done()));
  return { clock, server, client, pass, outcome, clientConnected, fingerprint: port.fingerprint };
}

const clients: DtlsClient[] = [];

/** werift's client repeats its flights by real timers: its promise is of no interest here, the server's outcome is. */
function connect(client: DtlsClient): void {
  clients.push(client);
  client.connect().catch((error: unknown) => assert.match(String(error), /retransmit/));
}

after(() => {
  for (const client of clients) client.dtls.flight = 99; // lets their timers end
});

/** Lets everything that is under way between the two arrive. */
async function delivered(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
}

test("the handshake ends with the same keys on both sides and the client's fingerprint", async () => {
  const who = identity();
  const { client, outcome, clientConnected, fingerprint } = pair(who);
  connect(client);
  const done = await outcome;
  await clientConnected;
  assert.ok("keys" in done, JSON.stringify(done));
  assert.equal(done.fingerprint, who.fingerprint);
  const theirs = client.extractSessionKeys(16, 14);
  assert.equal(Buffer.from(done.keys.localKey).toString("hex"), theirs.remoteKey.toString("hex"));
  assert.equal(Buffer.from(done.keys.localSalt).toString("hex"), theirs.remoteSalt.toString("hex"));
  assert.equal(Buffer.from(done.keys.remoteKey).toString("hex"), theirs.localKey.toString("hex"));
  assert.equal(Buffer.from(done.keys.remoteSalt).toString("hex"), theirs.localSalt.toString("hex"));
  const seen = createHash("sha256").update(client.remoteCertificate!).digest("hex").toUpperCase();
  assert.equal(fingerprint.replaceAll(":", ""), seen);
});

test("a client with another's certificate but not its key is refused", async () => {
  const { client, outcome } = pair({ cert: identity().cert, key: identity().key });
  connect(client);
  const done = await outcome;
  assert.deepEqual(done, { failed: "the client does not hold its certificate's key" });
});

test("our lost flight goes again after its time", async () => {
  const { client, outcome, clock, pass } = pair(identity());
  let dropped = 0;
  pass.toClient = () => ++dropped > 1;
  connect(client);
  await delivered();
  assert.equal(dropped, 1);
  clock.advance(399);
  assert.equal(dropped, 1);
  clock.advance(1);
  const done = await outcome;
  assert.ok("keys" in done, JSON.stringify(done));
});

test("a handshake that nobody goes on with fails after its time, and is quiet then", async () => {
  const { client, outcome, clock, pass } = pair(identity());
  let sent = 0;
  pass.toClient = () => {
    sent++;
    return false;
  };
  connect(client);
  await delivered();
  clock.advance(60_000);
  assert.deepEqual(await outcome, { failed: "handshake timed out" });
  const before = sent;
  assert.ok(before >= 7 && before <= 12, `${before}`);
  clock.advance(60_000);
  assert.equal(sent, before);
});

test("a client that closes over its handshake has closed; one that says what is wrong has failed", () => {
  const told: string[] = [];
  const alert = (level: number, description: number): void => {
    const session = createDtlsPort(new VirtualClock(now), chance).open({ send: () => {}, connected: () => {}, failed: (why) => told.push(why), closed: () => told.push("closed") });
    session.receive(Uint8Array.of(21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, level, description));
  };
  alert(1, 0);
  alert(2, 48);
  alert(1, 90); // a warning that is none of ours
  assert.deepEqual(told, ["closed", "alert 48 from the peer"]);
});

test("an offer without AES_CM_128_HMAC_SHA1_80 is refused", async () => {
  const { client, outcome } = pair(identity(), [7]);
  connect(client);
  assert.deepEqual(await outcome, { failed: "no SRTP_AES128_CM_HMAC_SHA1_80" });
});

test("noise, cut and changed datagrams neither throw nor connect", async () => {
  const hellos: Buffer[] = [];
  const first = pair(identity());
  first.pass.toServer = (bytes) => {
    hellos.push(Buffer.from(bytes));
    return false;
  };
  connect(first.client);
  const hello = hellos[0]!;
  let connected = 0;
  const fresh = (): DtlsSession =>
    createDtlsPort(new VirtualClock(now), chance).open({ send: () => {}, connected: () => connected++, failed: () => {}, closed: () => {} });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => fresh().receive(bytes)),
    { numRuns: 50 },
  );
  for (let at = 0; at < hello.length; at += 3) {
    const server = fresh();
    const changed = Buffer.from(hello);
    changed[at]! ^= 0xff;
    server.receive(changed);
    server.receive(hello.subarray(0, at));
    server.close();
  }
  assert.equal(connected, 0);
  assert.equal(readClientHello(Buffer.alloc(10)).ok, false);
});

test("our certificate is one that OpenSSL reads, and its fingerprint is right", () => {
  const made = makeCertificate(now, chance);
  const read = new X509Certificate(made.der);
  assert.ok(read.verify(read.publicKey));
  assert.equal(read.fingerprint256, made.fingerprint);
  assert.ok(Date.parse(read.validFrom) < now && Date.parse(read.validTo) > now + 86_400_000 * 300);
  const folder = mkdtempSync(join(tmpdir(), "tandem-dtls-"));
  try {
    const path = join(folder, "c.pem");
    writeFileSync(path, pem("CERTIFICATE", made.der));
    assert.ok(readFileSync(path, "utf8").includes("BEGIN CERTIFICATE"));
    assert.match(execFileSync("openssl", ["x509", "-in", path, "-noout", "-subject"], { encoding: "utf8" }), /CN ?= ?tandem/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.equal(NamedCurveAlgorithm.secp256r1_23, 23);
});
