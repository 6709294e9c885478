import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { seededChance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";

const OPTIONS = `OPTIONS sip:tandem.local SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKo;rport\r\nMax-Forwards: 70\r\nFrom: <sip:a@b.test>;tag=1\r\nTo: <sip:tandem.local>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
const sdp = "v=0\r\n";
const INVITE = OPTIONS.replace("OPTIONS sip:tandem.local", "INVITE sip:100@tandem.local").replace("1 OPTIONS", "1 INVITE")
  .replace("Content-Length: 0\r\n\r\n", `Contact: <sip:a@127.0.0.1>\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`);

async function open(more: { clock?: Clock; log?: Log; hear?: (event: SipEvent) => void; admit?: () => boolean } = {}): Promise<SipSockets> {
  return openSipSockets({
    host: "127.0.0.1", udpPort: 0, tcpPort: 0, clock: more.clock ?? new VirtualClock(1_700_000_000_000), log: more.log ?? silentLog, hear: more.hear ?? (() => undefined), ...(more.admit && { admit: more.admit }),
    core: createSipCore({ domain: "tandem.local", chance: seededChance(1), credentials: () => null, isPublicTarget: () => true }),
  });
}

async function tcp(sockets: SipSockets): Promise<{ socket: Socket; text(until: (text: string) => boolean): Promise<string> }> {
  const socket = connect(sockets.ports.tcp, "127.0.0.1");
  await once(socket, "connect");
  let heard = "";
  socket.on("data", (data) => (heard += data.toString()));
  return {
    socket,
    async text(until) {
      while (!until(heard)) await once(socket, "data");
      return heard;
    },
  };
}

test("TCP: a message in pieces, two in one piece, a ping and its pong", async () => {
  const sockets = await open();
  const { socket, text } = await tcp(sockets);
  socket.write(OPTIONS.slice(0, 50));
  socket.write(OPTIONS.slice(50) + OPTIONS.replace("z9hG4bKo", "z9hG4bKp"));
  const answers = await text((t) => t.split("SIP/2.0 200 OK").length === 3);
  assert.match(answers, /branch=z9hG4bKp/);
  socket.write("\r\n\r\n");
  await text((t) => t.endsWith("\r\n\r\n\r\n"));
  socket.destroy();
  await sockets.stop();
});

test("TCP: what is no SIP, and who says nothing, is closed", async () => {
  const clock = new VirtualClock(1_700_000_000_000);
  const sockets = await open({ clock });
  const one = await tcp(sockets);
  one.socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(one.socket, "close");
  const silent = await tcp(sockets);
  const speaking = await tcp(sockets);
  speaking.socket.write(OPTIONS);
  await speaking.text((t) => t.includes("200 OK"));
  clock.advance(30_000);
  await once(silent.socket, "close");
  assert.equal(speaking.socket.destroyed, false);
  speaking.socket.destroy();
  await sockets.stop();
});

test("what hearing an event throws is logged and hurts nobody", async () => {
  const logged: string[] = [];
  const sockets = await open({
    log: { ...silentLog, error: (_, message) => void logged.push(message) },
    hear: () => {
      throw new Error("above");
    },
  });
  const { socket, text } = await tcp(sockets);
  socket.write(INVITE);
  await text((t) => t.includes("100 Trying"));
  socket.write(OPTIONS);
  await text((t) => t.includes("200 OK"));
  assert.deepEqual(logged, ["hearing a SIP event failed"]);
  await sockets.stop();
});

test("stop says what is left to say (here 503 to a call that rings), then closes; twice does nothing", async () => {
  const sockets = await open();
  const { socket, text } = await tcp(sockets);
  socket.write(INVITE);
  await text((t) => t.includes("100 Trying"));
  const [heard] = await Promise.all([text((t) => t.includes("SIP/2.0 503")), sockets.stop()]);
  assert.match(heard, /CSeq: 1 INVITE/);
  await sockets.stop();
});

test("a closed connection cancels the call that it carried", async () => {
  let cancelled = (): void => undefined;
  const heard = new Promise<void>((resolve) => (cancelled = resolve));
  const sockets = await open({ hear: (event) => void (event.type === "cancelled" && cancelled()) });
  const { socket, text } = await tcp(sockets);
  socket.write(INVITE);
  await text((t) => t.includes("100 Trying"));
  socket.destroy();
  await heard;
  await sockets.stop();
});

test("UDP answers by the way it was asked; a taken port rejects and names itself", async () => {
  const sockets = await open();
  const udp = createSocket("udp4");
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  udp.send(OPTIONS.replace("Contact", "X"), sockets.ports.udp, "127.0.0.1");
  const [answer] = (await once(udp, "message")) as [Buffer];
  assert.match(answer.toString(), new RegExp(`rport=${udp.address().port}`));
  const core = createSipCore({ domain: "x", chance: seededChance(1), credentials: () => null, isPublicTarget: () => true });
  await assert.rejects(openSipSockets({ host: "127.0.0.1", udpPort: sockets.ports.udp, tcpPort: 0, core, clock: new VirtualClock(0), log: silentLog, hear: () => undefined }), { code: "EADDRINUSE", transport: "udp", port: sockets.ports.udp });
  await assert.rejects(openSipSockets({ host: "127.0.0.1", udpPort: 0, tcpPort: sockets.ports.tcp, core, clock: new VirtualClock(0), log: silentLog, hear: () => undefined }), { code: "EADDRINUSE", transport: "tcp", port: sockets.ports.tcp });
  udp.close();
  await sockets.stop();
});

test("WebSocket: subprotocol sip or nothing; a peer that answers no ping is gone", async () => {
  const clock = new VirtualClock(1_700_000_000_000);
  const sockets = await open({ clock });
  const http = createServer();
  const wss = new WebSocketServer({ server: http, handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });
  wss.on("connection", (ws, request) => sockets.attachWebSocket(ws, request));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  const plain = new WebSocket(url);
  const [code] = (await once(plain, "close")) as [number];
  assert.equal(code, 1002);
  const ws = new WebSocket(url, "sip", { autoPong: false });
  await once(ws, "open");
  ws.send(OPTIONS.replace("/TCP", "/WS"));
  const [answer, binary] = (await once(ws, "message")) as [Buffer, boolean];
  assert.equal(binary, false);
  assert.match(answer.toString(), /^SIP\/2.0 200 OK/);
  const pinged = once(ws, "ping");
  clock.advance(26_000);
  await pinged;
  const closed = once(ws, "close");
  clock.advance(26_000);
  await closed;
  await sockets.stop();
  wss.close();
  http.close();
});

test("WebSockets that the border sends away, a thousand from one address, keep nobody else out", async () => {
  let welcome = false;
  const sockets = await open({ admit: () => welcome });
  const http = createServer();
  const wss = new WebSocketServer({ server: http, handleProtocols: () => "sip" });
  wss.on("connection", (ws, request) => sockets.attachWebSocket(ws, request));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  for (let round = 0; round < 11; round++) {
    const codes = await Promise.all(Array.from({ length: 100 }, async () => ((await once(new WebSocket(url, "sip"), "close")) as [number])[0]));
    assert.deepEqual([...new Set(codes)], [1013]);
  }
  welcome = true;
  const ws = new WebSocket(url, "sip");
  await once(ws, "open");
  ws.send(OPTIONS.replace("/TCP", "/WS"));
  const [answer] = (await once(ws, "message")) as [Buffer];
  assert.match(answer.toString(), /^SIP\/2.0 200 OK/);
  ws.close();
  await sockets.stop();
  wss.close();
  http.close();
});
