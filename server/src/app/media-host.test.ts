/** The media worker behind its host, over real sockets on loopback, with phones made of a UDP socket. */
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { encodeG711, goertzelPower, readWav, tone, type MediaEvent, type MediaPort } from "../rtp/rtp.ts";
import { until } from "../api/test-client.ts";
import { startMedia } from "./media-host.ts";
import { mediaAddresses } from "./media-net.ts";

let media: MediaPort;
let folder: string;
const events: MediaEvent[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tandem-host-"));
  media = await startMedia({ host: "127.0.0.1", log: silentLog });
  media.onEvent((event) => events.push(event));
});

after(async () => {
  await media.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Phone {
  socket: Socket;
  sdp: string;
  heard: Buffer[];
  /** Sends `frames` packets of a tone at once, stamped 20 ms apart: the engine places by stamp. */
  say(engineSdp: string, freqHz: number, frames: number): void;
}

async function phone(): Promise<Phone> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const heard: Buffer[] = [];
  socket.on("message", (bytes) => heard.push(bytes));
  let sequence = 0;
  return {
    socket,
    heard,
    sdp: `v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio ${socket.address().port} RTP/AVP 0\r\n`,
    say(engineSdp, freqHz, frames) {
      const port = Number(/m=audio (\d+)/.exec(engineSdp)![1]);
      const samples = tone(freqHz, frames * 20);
      for (let i = 0; i < frames; i++) {
        const bytes = Buffer.alloc(172);
        bytes[0] = 0x80;
        bytes.writeUInt16BE(++sequence & 0xffff, 2);
        bytes.writeUInt32BE(sequence * 160, 4);
        bytes.writeUInt32BE(socket.address().port, 8);
        encodeG711("PCMU", samples.subarray(i * 160, i * 160 + 160), 160, bytes, 12);
        socket.send(bytes, port, "127.0.0.1");
      }
    },
  };
}

test("two phones bridged over real sockets, recorded to real files that only we may read", async () => {
  const [a, b] = [await phone(), await phone()];
  const [forA, forB] = [await media.answer("a", "rtp", a.sdp), await media.answer("b", "rtp", b.sdp)];
  assert.ok(forA.ok && forB.ok);
  media.bridge("a", "b");
  const path = { stereo: join(folder, "deep/er/s.wav"), mixed: join(folder, "deep/er/m.wav") };
  media.startRecording("r", "a", "b", path);
  a.say(forA.sdp, 440, 20);
  await until("sound at b", () => b.heard.length >= 20);
  await until("a header that tells of data", () => existsSync(path.stereo) && readFileSync(path.stereo).length > 8000);
  const killedNow = readWav(readFileSync(path.stereo));
  assert.ok(killedNow.ok, "readable though nothing was closed");
  media.stopRecording("r");
  await until("the end of the recording", () => events.some((event) => event.type === "recordingEnded"));
  const read = readWav(readFileSync(path.stereo));
  assert.ok(read.ok && goertzelPower(read.wav.channels[0]!.subarray(0, 4000), 440) > 0.05);
  assert.equal(statSync(path.stereo).mode & 0o077, 0);
  media.startRecording("again", "a", "b", path);
  await until("an existing file is not overwritten", () => events.some((event) => event.type === "failed" && event.id === "again"));
  media.close("a");
  media.close("b");
  await until("both closed", () => events.filter((event) => event.type === "closed").length === 2);
  a.socket.close();
  b.socket.close();
});

test("a peer whose port is closed disturbs nobody", async () => {
  const [gone, here] = [await phone(), await phone()];
  const [forGone, forHere] = [await media.answer("gone", "rtp", gone.sdp), await media.answer("here", "rtp", here.sdp)];
  assert.ok(forGone.ok && forHere.ok);
  gone.socket.close();
  await until("silence keeps flowing to the other", () => here.heard.length > 20);
  media.close("gone");
  media.close("here");
  here.socket.close();
});

/** An even port that is free, and the next even one too. */
async function twoEvenPorts(): Promise<number> {
  for (;;) {
    const sockets = [createSocket("udp4"), createSocket("udp4")];
    const bound = (socket: Socket, port: number): Promise<boolean> =>
      new Promise((done) => socket.once("error", () => done(false)).bind(port, "127.0.0.1", () => done(true)));
    await bound(sockets[0]!, 0);
    const { port } = sockets[0]!.address();
    const free = port % 2 === 0 && (await bound(sockets[1]!, port + 2));
    for (const socket of sockets) socket.close();
    if (free) return port;
  }
}

test("a range of ports is kept to, and refuses when it is used up", async () => {
  const first = await twoEvenPorts();
  const small = await startMedia({ host: "127.0.0.1", rtpPortMin: first - 1, rtpPortMax: first + 3, log: silentLog });
  const peer = await phone();
  const ports: number[] = [];
  for (const id of ["1", "2"]) {
    const answer = await small.answer(id, "rtp", peer.sdp);
    assert.ok(answer.ok);
    ports.push(Number(/m=audio (\d+)/.exec(answer.sdp)![1]));
  }
  assert.deepEqual(ports.sort(), [first, first + 2]);
  const full = await small.answer("3", "rtp", peer.sdp);
  assert.ok(!full.ok && full.status === 503);
  small.close("1");
  assert.ok((await small.answer("4", "rtp", peer.sdp)).ok);
  await small.stop();
  peer.socket.close();
  const after = await small.answer("5", "rtp", peer.sdp);
  assert.ok(!after.ok && after.status === 500, "a stopped host says so");
});

test("a worker that crashes fails its endpoints, and a fresh one serves the next call", async () => {
  const marker = join(folder, "crashed");
  const second = join(folder, "started-in-vain");
  // Answers every order, dies at the first `bridge` of its first life, and at the start of its second.
  const code = `
    import { parentPort } from "node:worker_threads";
    import { existsSync, writeFileSync } from "node:fs";
    if (existsSync(${JSON.stringify(marker)}) && !existsSync(${JSON.stringify(second)})) {
      writeFileSync(${JSON.stringify(second)}, "");
      throw new Error("no memory");
    }
    parentPort.on("message", ({ call, method, args }) => {
      if (method === "stopRecording") parentPort.postMessage({ type: "event", event: { type: "recordingEnded", recordingId: args[0], path: "", durationMs: 0, bytes: 0 } });
      if (method === "bridge" && !existsSync(${JSON.stringify(marker)})) {
        writeFileSync(${JSON.stringify(marker)}, "");
        throw new Error("crash");
      }
      if (call) parentPort.postMessage({ type: "result", call, value: { ok: true, sdp: "" } });
      if (method === "stop") parentPort.close();
    });
    parentPort.postMessage({ type: "ready" });`;
  const entry = join(folder, "crashing.mjs");
  writeFileSync(entry, code);
  const logged: string[] = [];
  const host = await startMedia({ host: "127.0.0.1", log: { ...silentLog, error: (_fields, message) => logged.push(message) } }, new URL(`file://${entry}`));
  const failed: MediaEvent[] = [];
  host.onEvent((event) => failed.push(event));
  await host.answer("x", "rtp", "");
  for (const id of ["whole", "cut"]) host.startRecording(id, "x", null, { stereo: "", mixed: "" });
  host.stopRecording("whole");
  host.bridge("x", "x");
  await until("its endpoint and its recording failed", () => failed.length >= 3);
  const why = "the media worker crashed";
  assert.deepEqual(failed.slice(1), [{ type: "failed", id: "x", why }, { type: "failed", id: "cut", why }], "not the one that was whole before");
  await until("a worker that serves", async () => (await host.answer("y", "rtp", "")).ok);
  assert.deepEqual([existsSync(second), failed.length], [true, 3]);
  assert.deepEqual(logged, ["media worker crashed", "media worker crashed", "media worker does not start again; it is tried once more"]);
  await host.stop();
});

test("addresses: loopback stays loopback; everything means the outside first", () => {
  assert.deepEqual(mediaAddresses("127.0.0.1", undefined), ["127.0.0.1"]);
  assert.deepEqual(mediaAddresses("192.0.2.7", "203.0.113.1"), ["203.0.113.1", "192.0.2.7"]);
  const all = mediaAddresses("0.0.0.0", undefined);
  assert.equal(all.at(-1), "127.0.0.1");
});
