/** A video call between two extensions, with real phones (baresip, VP8 of a test picture): the pictures pass through, both ways. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../api/test-client.ts";
import type { Baresip } from "./baresip.ts";
import { hearsFor, toneMs } from "./phone-sound.ts";
import { startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";

const CAMERA = ["module vp8.so", "module fakevideo.so", "video_source fakevideo,nil", "video_display fakevideo,nil", "video_size 176x144", "video_fps 10", "video_bitrate 100000"];

let rig: ExchangeRig;
let [ana, bob]: [Baresip | null, Baresip | null] = [null, null];

before(async () => {
  rig = await startExchangeRig([{ login: "ana", number: "201", freqHz: 440 }, { login: "bob", number: "202", freqHz: 1000 }], async () => undefined);
});

after(async () => {
  await Promise.all([ana?.stop(), bob?.stop()]);
  await rig?.stop();
});

test("two baresips with cameras call each other by extension: sound and pictures both ways", async () => {
  [ana, bob] = await Promise.all([rig.phone("ana", { config: CAMERA }), rig.phone("bob", { config: CAMERA })]);
  ana.command("dial", "202");
  await bob.until("ring", ({ type }) => type === "CALL_INCOMING");
  bob.command("accept");
  await ana.until("answer", ({ type }) => type === "CALL_ESTABLISHED");
  await Promise.all([hearsFor(ana, 1000, 2_100), hearsFor(bob, 440, 2_100)]);
  const pictures = (phone: Baresip | null): boolean => /video: receiving with resolution 176 x 144/.test(phone?.output ?? "");
  await until("pictures at both", () => pictures(ana) && pictures(bob));
  ana.command("hangup");
  await Promise.all([ana, bob].map((phone) => phone.until("end", ({ type }) => type === "CALL_CLOSED")));
  await Promise.all([ana.stop(), bob.stop()]);
  for (const [who, phone, freqHz] of [["ana", ana, 1000], ["bob", bob, 440]] as const) {
    assert.ok(toneMs(phone.heard(), freqHz) >= 2_000, `${who} heard ${toneMs(phone.heard(), freqHz)} ms`);
  }
});
