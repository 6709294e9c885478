import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog, type Log } from "../base/log.ts";
import type { MediaOptions } from "../rtp/rtp.ts";
import type { SipCommand } from "../sip/contract.ts";
import { FakeMedia } from "./fakes.ts";
import type { Invitation, LegEvent } from "./leg.ts";
import { Legs } from "./legs.ts";
import type { SipPort } from "./ports.ts";

/** What the media side was asked for, in order. */
class Asked extends FakeMedia {
  readonly asked: [string, MediaOptions | undefined][] = [];
  override offer(id: string, kind: string, options?: MediaOptions): ReturnType<FakeMedia["offer"]> {
    this.asked.push([kind, options]);
    return super.offer(id, kind);
  }
  override answer(id: string, kind: string, _sdp?: string, options?: MediaOptions): ReturnType<FakeMedia["answer"]> {
    this.asked.push([kind, options]);
    return super.answer(id, kind);
  }
}

interface Bench {
  legs: Legs;
  media: Asked;
  commands: SipCommand[];
  heard: LegEvent[];
  invite(more?: Partial<Invitation>): Promise<void>;
}

function bench(contacts: ReturnType<SipPort["contacts"]>, more: Partial<SipPort> = {}, log: Log = silentLog): Bench {
  const media = new Asked();
  const commands: SipCommand[] = [];
  const heard: LegEvent[] = [];
  const legs = new Legs({ command: (command) => void commands.push(command), contacts: () => contacts, ...more }, media, log);
  const settle = (): Promise<void> => new Promise((done) => setImmediate(done));
  return {
    legs, media, commands, heard,
    async invite(invitation = {}) {
      legs.invite("leg", { kind: "rtp", target: { account: "bob" }, from: { user: "x", display: "" }, noAnswerMs: 1000, ...invitation }, (event) => void heard.push(event));
      await settle();
    },
  };
}

test("a phone that is reached by TLS alone is offered keys; one that cannot do with them is asked once more without", async () => {
  const { legs, media, commands, heard, invite } = bench([{ kind: "phone", isPrivate: true, address: "192.0.2.9" }]);
  await invite();
  assert.deepEqual(media.asked, [["srtp", { peer: "192.0.2.9" }]]);
  legs.onSip({ type: "failed", ref: "leg", status: 488, reason: "Not Acceptable Here" });
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(media.asked.slice(1), [["rtp", { peer: "192.0.2.9" }]]);
  assert.deepEqual(commands.map(({ type }) => type), ["invite", "invite"]);
  assert.deepEqual(heard, []);
  legs.onSip({ type: "failed", ref: "leg", status: 488, reason: "Not Acceptable Here" });
  assert.deepEqual(heard.map(({ type }) => type), ["gone"]);
  assert.equal(commands.length, 2, "not for ever");
});

test("one that begins with early media and then cannot do with keys: what the media side still does for the first try leaves the second alone", async () => {
  const { legs, media, commands, heard, invite } = bench([{ kind: "phone", isPrivate: true, address: "192.0.2.9" }]);
  await invite();
  media.slow = true;
  legs.onSip({ type: "ringing", ref: "leg", status: 183, sdp: "v=0" });
  legs.onSip({ type: "failed", ref: "leg", status: 488, reason: "Not Acceptable Here" });
  media.release(1);
  media.release();
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(commands.map(({ type }) => type), ["invite", "invite"]);
  assert.deepEqual([heard, legs.size, media.endpoints.size], [[], 1, 1]);
});

test("a refusal that says nothing of media is told at once", async () => {
  const { legs, media, heard, invite } = bench([{ kind: "phone", isPrivate: true, address: "192.0.2.9" }]);
  await invite();
  legs.onSip({ type: "failed", ref: "leg", status: 486, reason: "Busy Here" });
  assert.deepEqual(heard.map((event) => event.type === "gone" && event.why), ["busy"]);
  assert.equal(media.asked.length, 1);
});

test("with one device in the open, all are called without keys; devices at different places share no address", async () => {
  const { media, invite } = bench([{ kind: "phone", isPrivate: true, address: "192.0.2.9" }, { kind: "phone", isPrivate: false, address: "192.0.2.10" }]);
  await invite();
  assert.deepEqual(media.asked, [["rtp", {}]]);
});

test("keys that are wanted where others can read them are not given, and say so: unless the administrator says that nobody listens", async () => {
  const warned: string[] = [];
  const open = bench([{ kind: "phone", isPrivate: false, address: "192.0.2.9" }], {}, { ...silentLog, warn: (_, message) => void warned.push(message) });
  await open.invite({ kind: "srtp" });
  assert.deepEqual(open.media.asked, []);
  assert.deepEqual(open.heard.map((event) => event.type === "gone" && [event.why, event.status]), [["unreachable", 488]]);
  assert.equal(warned.length, 1);
  for (const [target, given] of [["sip:a@operator.test", false], ["sips:a@operator.test", true], ["sip:a@operator.test;transport=tls", true], ["sip:a@operator.test;transport=tlsx", false]] as const) {
    const operator = bench([]);
    await operator.invite({ kind: "srtp", target: { uri: target } });
    assert.equal(operator.media.asked.length, given ? 1 : 0, target);
  }
  const told = bench([{ kind: "phone", isPrivate: false, address: null }], { keysInTheOpen: true });
  await told.invite({ kind: "srtp" });
  assert.deepEqual(told.media.asked, [["srtp", {}]]);
});

test("a caller's keys count where its signalling is protected; its address is believed when no proxy stands between", async () => {
  const offer = "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + Buffer.alloc(30).toString("base64") + "\r\n";
  for (const [keysAllowed, direct, expected] of [[true, true, ["srtp", { peer: "192.0.2.9" }]], [false, true, ["rtp", { peer: "192.0.2.9" }]], [true, false, ["srtp", {}]]] as const) {
    const { legs, media } = bench([], { peerOf: () => ({ flow: { remoteAddress: "192.0.2.9" }, direct, keysAllowed }) });
    assert.equal(legs.take("in", offer, () => undefined), expected[0]);
    legs.answer("in");
    assert.deepEqual(media.asked.map(([kind, options]) => [kind, options?.peer === undefined ? {} : { peer: options.peer }]), [expected]);
  }
});
