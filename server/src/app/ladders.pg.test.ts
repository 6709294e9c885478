import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { Capture } from "../sip/sip.ts";
import { createLadders } from "./ladders.ts";

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(async () => database?.drop());

const phone = { transport: "udp", remoteAddress: "192.0.2.7", remotePort: 5060 } as const;
const invite = (callId: string): Uint8Array => Buffer.from(`INVITE sip:1000@tandem.test SIP/2.0\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\nSubject: \0 nul\r\n\r\n`);

test("a call's messages are read while it lives, after it ended, after a restart, and not for ever", async () => {
  const clock = new VirtualClock(1_790_000_000_000);
  const capture = new Capture({ legOf: (callId) => `leg-${callId}` });
  const ladders = createLadders({ capture, db: database.db, clock, log: silentLog });
  capture.belongs("leg-c1", "int-1");
  capture.message("in", invite("c1"), phone, clock.now());
  assert.equal((await ladders.of("int-1")).length, 1, "live");
  assert.deepEqual(await ladders.of("int-2"), []);

  ladders.ended("int-1");
  capture.message("out", Buffer.from("SIP/2.0 200 OK\r\nCall-ID: c1\r\nCSeq: 2 BYE\r\n\r\n"), phone, clock.now() + 20);
  await ladders.stop();
  assert.deepEqual(capture.of("int-1"), [], "memory is free again");
  const later = createLadders({ capture: new Capture({ legOf: () => null }), db: database.db, clock, log: silentLog });
  assert.deepEqual((await later.of("int-1")).map((m) => m.what), ["INVITE", "200 OK"], "the last word is there");

  clock.advance(6 * 86_400_000);
  await later.tidy();
  assert.equal((await later.of("int-1")).length, 2);
  clock.advance(2 * 86_400_000);
  await later.tidy();
  assert.deepEqual(await later.of("int-1"), []);
});
