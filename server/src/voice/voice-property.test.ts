import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice } from "./voice.ts";

const CONTEXT = { callerName: "A", callerNumber: "1", queueName: "Q", ringMs: 20_000 };
const ACTS = [
  "call", "cancel", "bye", "lost", "ringing", "answer", "answer", "busy", "declined", "noAnswer", "offer", "refer",
  "release", "release", "release", "refuseNext", "time", "finishPlay", "mediaStarted", "mediaLost", "mediaFailed", "key",
  "open", "open", "say", "stopSaying", "wait", "ring", "ring", "cancelRing", "connect", "connect", "hold", "resume", "dropAgent", "end",
  "record", "recordPause", "recordStop", "registerToggle", "handOver", "crash",
] as const;

test("property: whatever crosses whatever, nothing is left at the end, nobody leaves twice, and no bridge is doubled", async () => {
  const act = fc.tuple(fc.constantFrom(...ACTS), fc.nat(7), fc.nat(7));
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(act, { minLength: 5, maxLength: 120 }), async (slow, acts) => {
      const sip = new FakeSip();
      const media = new FakeMedia();
      media.slow = slow;
      const virtual = new VirtualClock(0);
      const clock = countingClock(virtual);
      const told: ChannelEvent[] = [];
      let ids = 0;
      const voice = createVoice({
        sip, media, clock, chance: seededChance(7), log: silentLog, recordingDir: "/r",
        prompts: { promptPath: async (text) => text, holdMusicPath: async () => "music", atSpeed: async (path) => path },
        tell: (event) => void told.push(event),
        accountsOf: (agentId) => [{ account: `w${agentId}`, kind: "browser" }, { account: `d${agentId}`, kind: "phone" }],
        agentOf: () => null,
        resolveNumber: (number) => ({ kind: "number", number }),
        visitorOf: () => null,
        newInteractionId: () => `i${++ids}`,
      });
      sip.hear = (event) => voice.onSip(event);
      for (const agent of ["a", "b"]) {
        sip.registered.set(`w${agent}`, ["browser"]);
        sip.registered.set(`d${agent}`, ["phone"]);
      }
      for (const [name, x, y] of acts) {
        const refs = [...sip.dialogs.keys()];
        const ref = refs[(x + 8 * y) % Math.max(1, refs.length)] ?? "none";
        const id = `i${1 + (x % Math.max(1, ids))}`;
        const agent = y % 2 === 0 ? "a" : "b";
        switch (name) {
          case "call": sip.incoming("1"); break;
          case "cancel": case "bye": case "lost": case "ringing": case "answer": case "refer": sip.peer(ref, name); break;
          case "offer": media.remoteHolds = y % 2 === 0; sip.peer(ref, "offer"); break;
          case "busy": sip.peer(ref, { fail: 486 }); break;
          case "declined": sip.peer(ref, { fail: 603 }); break;
          case "noAnswer": sip.peer(ref, { fail: 408 }); break;
          case "release": media.release(x); break;
          case "refuseNext": media.refuseNext = 488; break;
          case "time": virtual.advance(500 * x); break;
          case "finishPlay": media.finishPlay(ref); break;
          case "mediaStarted": media.tell({ type: "mediaStarted", id: ref }); break;
          case "mediaLost": if (media.endpoints.has(ref)) media.tell({ type: "mediaLost", id: ref, silentMs: 10_000 }); break;
          case "mediaFailed": media.tell({ type: "failed", id: ref, why: "x" }); break;
          case "key": media.tell({ type: "digit", id: ref, digit: String(y), source: "rfc4733" }); break;
          case "open": voice.open(id); break;
          case "say": voice.say(id, `s${x}${y}${told.length}`, [{ text: "t", language: "fr" }]); break;
          case "ring": voice.ring(id, agent, CONTEXT); break;
          case "cancelRing": case "connect": case "dropAgent": voice[name](id, agent); break;
          case "end": voice.end(id, "x"); break;
          case "record": voice.record(id, "start"); break;
          case "recordPause": voice.record(id, y % 2 === 0 ? "pause" : "resume"); break;
          case "recordStop": voice.record(id, "stop"); break;
          case "handOver": voice.handOver?.(id, agent, { number: "240", name: "" }, { number: "1", name: "A", language: "fr" }); break;
          case "crash": media.crash(); break;
          case "registerToggle": sip.registered.set(`d${agent}`, y > 3 ? [] : ["phone"]); break;
          default: voice[name](id);
        }
        if (x % 3 !== 0) await breathe();
        // An agent's endpoint is bridged with a customer's only, and both know it.
        for (const [one, { bridgedTo }] of media.endpoints) if (bridgedTo !== null) assert.equal(media.endpoints.get(bridgedTo)?.bridgedTo, one);
      }

      do {
        media.release();
        await breathe();
      } while (media.waiting.length > 0);
      assert.deepEqual(sip.alive().filter(({ asked }) => asked).map(({ ref }) => ref), [], "whoever asked for a hold has an answer");

      // Every call ends one way or another: half by order, half by the customer's own BYE or CANCEL.
      for (let i = 1; i <= ids; i++) if (i % 2 === 0) voice.end(`i${i}`, "over");
      for (const dialog of sip.alive().filter((one) => one.direction === "in")) {
        sip.peer(dialog.ref, "cancel");
        sip.peer(dialog.ref, "bye");
      }
      for (;;) {
        await breathe();
        if (media.waiting.length === 0) break;
        media.release();
      }

      assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
      assert.deepEqual(sip.alive(), []);
      assert.equal(media.endpoints.size, 0);
      assert.equal(media.recordings.size, 0);
      assert.equal(clock.pending(), 0);
      const left = told.flatMap((event) => (event.type === "customerLeft" ? [event.id] : []));
      assert.equal(new Set(left).size, left.length, "a customer leaves once");
      for (const id of left) {
        const after = told.slice(told.findIndex((event) => event.type === "customerLeft" && event.id === id) + 1).filter((event) => event.id === id);
        assert.ok(after.every((event) => event.type === "recordingReady"), `after the customer left: ${after.map((event) => event.type).join()}`);
      }
    }),
    { numRuns: 1500 },
  );
});
