import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, createServer, TLSSocket, type ConnectionOptions, type PeerCertificate, type Server } from "node:tls";
import { generate } from "selfsigned";
import { seededChance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";
import { wrongIdentity } from "./sip-tls.ts";
import { followCertificate, type Certificate, type Certificates } from "./tls.ts";

const OPTIONS = "OPTIONS sip:tandem.local SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bKo;rport\r\nMax-Forwards: 70\r\nFrom: <sip:a@b.test>;tag=1\r\nTo: <sip:tandem.local>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

async function certificate(name: string, altNames: ({ type: 2 | 6; value: string } | { type: 7; ip: string })[]): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: name }], { keyType: "ec", notAfterDate: new Date(Date.now() + 86_400_000), extensions: [{ name: "subjectAltName", altNames }] });
  return { cert: made.cert, key: made.private };
}
const ours = await certificate("ours", [{ type: 7, ip: "127.0.0.1" }]);

interface Opened {
  sockets: SipSockets;
  certificates: Certificates;
  events: SipEvent[];
  /** Resolves when so many events came. */
  heard(count: number): Promise<void>;
}

async function open(more: { clock?: Clock; certificates?: Certificates; trust?: string } = {}): Promise<Opened> {
  const certificates = more.certificates ?? followCertificate(ours, null, silentLog);
  const events: SipEvent[] = [];
  const news = new EventEmitter();
  const sockets = await openSipSockets({
    host: "127.0.0.1", udpPort: 0, tcpPort: 0, tls: { port: 0, certificates, trust: more.trust ?? null }, clock: more.clock ?? new VirtualClock(1_700_000_000_000), log: silentLog,
    hear(event) {
      events.push(event);
      news.emit("event");
    },
    core: createSipCore({ domain: "tandem.local", chance: seededChance(1), credentials: () => null, isPublicTarget: () => true }),
  });
  const heard = async (count: number): Promise<void> => {
    while (events.length < count) await once(news, "event");
  };
  return { sockets, certificates, events, heard };
}

async function hello(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

test("SIP over TLS: a request and its answer; versions before 1.2 are refused", async () => {
  const { sockets } = await open();
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const socket = await hello(sockets.ports.tls, { minVersion: version, maxVersion: version });
    socket.write(OPTIONS);
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.match(answer.toString(), /^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/TLS 127\.0\.0\.1:9;/, version);
    socket.destroy();
  }
  for (const version of ["TLSv1", "TLSv1.1"] as const) {
    // the client allows everything: it is the server that says no
    await assert.rejects(hello(sockets.ports.tls, { minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" }), { code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" }, version);
  }
  await sockets.stop();
});

test("a certificate that changes on disk is in force for new connections; a broken one is not; old connections live on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-tls-"));
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const write = ({ cert, key }: Certificate): void => {
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  };
  write(ours);
  const errors: unknown[] = [];
  const log: Log = { ...silentLog, error: (fields) => void errors.push(fields) };
  const certificates = followCertificate(ours, files, log);
  const { sockets } = await open({ certificates });
  const first = await hello(sockets.ports.tls);
  assert.equal(first.getPeerCertificate().subject.CN, "ours");

  const renewed = await certificate("renewed", [{ type: 7, ip: "127.0.0.1" }]);
  const changed = new Promise<void>((resolve) => certificates.onChange(() => resolve()));
  write(renewed); // nobody calls reload: the change itself is seen
  await changed;
  const second = await hello(sockets.ports.tls);
  assert.equal(second.getPeerCertificate().subject.CN, "renewed");

  for (const broken of [{ ...renewed, key: ours.key }, { ...renewed, cert: "no certificate" }]) {
    write(broken);
    await certificates.reload();
    const third = await hello(sockets.ports.tls);
    assert.equal(third.getPeerCertificate().subject.CN, "renewed");
    third.destroy();
  }
  assert.ok(errors.length >= 2);

  first.write(OPTIONS);
  const [answer] = (await once(first, "data")) as [Buffer];
  assert.match(answer.toString(), /^SIP\/2\.0 200 OK/);
  first.destroy();
  second.destroy();
  certificates.stop();
  await sockets.stop();
  rmSync(folder, { recursive: true });
});

/** A server that answers what we send it; the requests that it heard. */
async function peer(own: Certificate): Promise<{ server: Server; port: number; heard: string[]; connections: TLSSocket[] }> {
  const heard: string[] = [];
  const connections: TLSSocket[] = [];
  const server = createServer(own, (socket) => {
    connections.push(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data: Buffer) => {
      const text = data.toString();
      heard.push(text);
      const copied = text.split("\r\n").filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line)).map((line) => (line.startsWith("To:") ? `${line};tag=t` : line));
      if (!text.startsWith("ACK")) socket.write(`SIP/2.0 486 Busy Here\r\n${copied.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`);
    });
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port, heard, connections };
}

const invite = (ref: string, uri: string) => ({ type: "invite" as const, ref, target: { uri }, from: { user: "x", display: "" }, sdp: "v=0\r\n", noAnswerMs: 20_000 });

test("a sips URI goes out over TLS to a peer whose certificate is of that name and whose authority we trust; one connection serves several", async () => {
  const theirs = await certificate("theirs", [{ type: 7, ip: "127.0.0.1" }]);
  const { server, port, heard, connections } = await peer(theirs);
  const { sockets, events, heard: told } = await open({ clock: realClock, trust: theirs.cert });
  sockets.command(invite("a", `sips:bob@127.0.0.1:${port}`));
  await told(1);
  assert.deepEqual(events.map((e) => (e.type === "failed" ? e.status : e.type)), [486]);
  assert.match(heard[0]!, /^INVITE sips:bob@127\.0\.0\.1:\d+ SIP\/2\.0\r\nVia: SIP\/2\.0\/TLS 127\.0\.0\.1:\d+;/);
  assert.match(heard[0]!, new RegExp(`\\r\\nContact: <sips:tandem@127\\.0\\.0\\.1:${sockets.ports.tls}>\\r\\n`));
  sockets.command(invite("b", `sip:bob@127.0.0.1:${port};transport=tls`));
  await told(2);
  assert.match(heard.find((text) => text.startsWith("INVITE sip:"))!, new RegExp(`\\r\\nContact: <sip:tandem@127\\.0\\.0\\.1:${sockets.ports.tls};transport=tls>\\r\\n`));
  assert.equal(connections.length, 1);
  await sockets.stop();
  server.close();
});

for (const [what, altNames, trusted] of [
  ["of another name", [{ type: 2, value: "elsewhere.test" }], true],
  ["of an unknown authority", [{ type: 7, ip: "127.0.0.1" }], false],
] as const) {
  test(`outgoing TLS: a peer with a certificate ${what} hears nothing, and the call fails 503`, async () => {
    const theirs = await certificate("theirs", [...altNames]);
    const { server, port, heard } = await peer(theirs);
    const { sockets, events, heard: told } = await open({ clock: realClock, ...(trusted ? { trust: theirs.cert } : {}) });
    sockets.command(invite("a", `sips:bob@127.0.0.1:${port}`));
    await told(1);
    assert.deepEqual(events.map((e) => (e.type === "failed" ? e.status : e.type)), [503]);
    assert.deepEqual(heard, []);
    await sockets.stop();
    server.close();
  });
}

test("a peer that opens TCP and then says nothing of TLS is given up; the call fails 503", async () => {
  const server = createTcpServer();
  const silent: Socket[] = [];
  server.on("connection", (socket) => silent.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const clock = new VirtualClock(1_700_000_000_000);
  const { sockets, events, heard } = await open({ clock });
  const connected = once(server, "connection");
  sockets.command(invite("a", `sips:bob@127.0.0.1:${(server.address() as AddressInfo).port}`));
  await connected;
  clock.advance(5_001);
  await heard(1);
  assert.deepEqual(events.map((e) => (e.type === "failed" ? e.status : e.type)), [503]);
  await sockets.stop();
  for (const socket of silent) socket.destroy();
  server.close();
});

test("handshakes: one address has a hundred open at a time, no more; who finished counts no longer", async () => {
  const { sockets } = await open();
  const done = await Promise.all(Array.from({ length: 10 }, () => hello(sockets.ports.tls)));
  const hanging = Array.from({ length: 105 }, () => connectTcp(sockets.ports.tls, "127.0.0.1"));
  for (const socket of hanging) socket.on("error", () => socket.destroy());
  await Promise.all(hanging.slice(100).map((socket) => once(socket, "close")));
  assert.deepEqual(hanging.filter((socket) => socket.destroyed), hanging.slice(100));
  // the ten that are through still work
  done[0]!.write(OPTIONS);
  const [answer] = (await once(done[0]!, "data")) as [Buffer];
  assert.match(answer.toString(), /^SIP\/2\.0 200 OK/);
  for (const socket of [...hanging, ...done]) socket.destroy();
  await sockets.stop();
});

test("RFC 5922: whose certificate it is: sip URIs before DNS names, no wildcards, addresses among addresses", async () => {
  const of = async (...altNames: Parameters<typeof certificate>[1]): Promise<PeerCertificate> => {
    const { cert } = await certificate("common.example", altNames);
    return { raw: Buffer.from(cert.replaceAll(/-----[^-]+-----|\s/g, ""), "base64") } as PeerCertificate; // all that is read of it
  };
  const dns = await of({ type: 2, value: "sip.example.com" });
  const wild = await of({ type: 2, value: "*.example.com" });
  const uri = await of({ type: 6, value: "sip:example.com" }, { type: 2, value: "host.example.com" });
  const address = await of({ type: 7, ip: "192.0.2.9" });
  for (const [name, peer, right] of [
    ["sip.example.com", dns, true], ["SIP.example.COM", dns, true], ["example.com", dns, false], ["common.example", dns, false], ["sip.example.com", wild, false],
    ["example.com", uri, true], ["host.example.com", uri, false], ["192.0.2.9", address, true], ["192.0.2.8", address, false], ["192.0.2.9", dns, false],
  ] as const) assert.equal(wrongIdentity(name, peer) === undefined, right, name);
});
