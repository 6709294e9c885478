import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loudness } from "./levels.ts";
import { onInvite, phoneOff, step } from "./state.ts";
import type { PhoneEvent, PhoneState } from "./state.ts";

const after = (...events: PhoneEvent[]): PhoneState => events.reduce(step, phoneOff);

describe("phone state", () => {
  it("rings, answers, lives, ends", () => {
    const ringing = after({ type: "invited", interactionId: "i1" });
    assert.equal(ringing.call?.state, "ringing");
    const live = [{ type: "answering" } as const, { type: "established" } as const, { type: "muted", muted: true } as const].reduce<PhoneState>(step, ringing);
    assert.deepEqual(live.call, { interactionId: "i1", state: "live", muted: true, audioLost: false });
    assert.equal(step(live, { type: "ended", interactionId: "i1" }).call, null);
  });

  it("does not lose the new call when the one that it replaced ends", () => {
    const replaced = after({ type: "invited", interactionId: "i1" }, { type: "invited", interactionId: "i2" }, { type: "ended", interactionId: "i1" });
    assert.equal(replaced.call?.interactionId, "i2");
  });

  it("tells why answering failed until the next call rings", () => {
    const failed = after({ type: "invited", interactionId: "i1" }, { type: "answering" }, { type: "answerFailed", cause: "mic" });
    assert.deepEqual([failed.call, failed.failure], [null, "mic"]);
    assert.equal(step(failed, { type: "invited", interactionId: "i2" }).failure, null);
  });

  it("ignores answering when nothing rings", () => {
    assert.equal(after({ type: "answering" }), phoneOff);
  });
});

describe("an INVITE", () => {
  it("is taken when free, replaces its own earlier leg, is busy otherwise, a call of the house without an interaction", () => {
    const busy = after({ type: "invited", interactionId: "i1" });
    assert.equal(onInvite(phoneOff, "i1"), "take");
    assert.equal(onInvite(busy, "i1"), "replace");
    assert.equal(onInvite(busy, "i2"), "busy");
    assert.equal(onInvite(phoneOff, undefined), "line");
    assert.equal(onInvite(busy, undefined), "line");
    assert.equal(onInvite(phoneOff, ""), "line");
  });
});

describe("loudness", () => {
  const tone = (amplitude: number): Float32Array => Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 3));
  it("is 0 in silence, 1 for a loud voice, between for speech", () => {
    assert.equal(loudness(new Float32Array(1024)), 0);
    assert.equal(loudness(tone(0.9)), 1);
    const speech = loudness(tone(0.05));
    assert.ok(speech > 0.4 && speech < 0.8, String(speech));
  });
});
