/** Agents: their devices ring, they talk, hold, consult, transfer. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { breathe } from "./fakes.ts";
import { CONTEXT, openVoice, type VoiceDesk } from "./test-voice.ts";

let sip: VoiceDesk["sip"];
let media: VoiceDesk["media"];
let voice: VoiceDesk["voice"];
let told: VoiceDesk["told"];
let events: VoiceDesk["events"];
let statusOf: VoiceDesk["statusOf"];
let arrived: VoiceDesk["arrived"];
let device: VoiceDesk["device"];
let connected: VoiceDesk["connected"];
let nothingLeft: VoiceDesk["nothingLeft"];

beforeEach(() => {
  ({ sip, media, voice, told, events, statusOf, arrived, device, connected, nothingLeft } = openVoice());
});

describe("ringing an agent", () => {
  test("all devices at once, each with its own media; the first answer wins, the other stops", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    const [web, desk] = [device("web-ana"), device("desk-ana")];
    assert.deepEqual(media.offered.slice(1), [{ id: web, kind: "webrtc" }, { id: desk, kind: "rtp" }]);
    const { invite } = sip.dialogs.get(desk)!;
    assert.deepEqual(invite?.target, { account: "desk-ana", only: "phone" });
    assert.deepEqual(invite?.headers, { "X-Tandem-Interaction": id });
    assert.equal(invite?.noAnswerMs, 22_000);
    assert.deepEqual(invite?.from, { user: "+33611", display: "Ana  Evil:  x" });
    sip.peer(desk, "ringing");
    sip.peer(web, "ringing");
    sip.peer(web, "answer");
    sip.peer(desk, "answer");
    await breathe();
    assert.deepEqual(events("agentRinging", "agentAnswered", "agentRefused").map((event) => event.type), ["agentRinging", "agentAnswered"]);
    assert.deepEqual(sip.alive().map((dialog) => dialog.direction), ["in", "out"]);
    assert.equal(sip.dialogs.get(desk)?.state, "gone");
  });

  for (const [name, fails, why] of [
    ["busy everywhere", [486, 486], "declined"], ["declined on one device", [603], "declined"], ["no answer", [408, 408], "no-answer"],
    ["not reachable", [480, 503], "unreachable"], ["busy and dead", [503, 486], "declined"],
  ] as const) {
    test(`${name} -> ${why}`, async () => {
      const { id } = await arrived();
      voice.ring(id, "ana", CONTEXT);
      await breathe();
      const legs = [device("web-ana"), device("desk-ana")];
      fails.forEach((fail, i) => sip.peer(legs[i]!, { fail }));
      assert.deepEqual(events("agentRefused"), [{ type: "agentRefused", id, agentId: "ana", why }]);
      assert.equal(sip.alive().length, 1);
      voice.ring(id, "ana", CONTEXT);
      await breathe();
      assert.equal(sip.alive().length, 3, "may be rung again");
    });
  }

  test("one device failing does not end the ring; no device at all is told at once", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    sip.peer(device("web-ana"), { fail: 486 });
    assert.deepEqual(events("agentRefused"), []);
    sip.registered.clear();
    voice.ring(id, "bob", CONTEXT);
    assert.deepEqual(events("agentRefused"), [{ type: "agentRefused", id, agentId: "bob", why: "unreachable" }]);
  });

  test("the customer leaves while it rings, while media is made, and while the answer crosses", async () => {
    for (const when of ["made", "rings", "crosses"] as const) {
      media.slow = false;
      const { id, ref } = await arrived();
      media.slow = when === "made";
      voice.ring(id, "ana", CONTEXT);
      await breathe();
      if (when === "crosses") {
        media.slow = true;
        sip.peer(device("web-ana"), "answer");
      }
      sip.peer(ref, "bye");
      voice.cancelRing(id, "ana");
      voice.connect(id, "ana");
      voice.end(id, "customer-left");
      await nothingLeft();
      assert.deepEqual(told.filter((event) => event.type === "customerLeft" && event.id === id).length, 1);
      assert.deepEqual(events("agentAnswered", "agentLeft"), []);
    }
  });

  test("answered too late: the order to cancel hangs up the answered leg", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    sip.peer(device("web-ana"), "answer");
    await breathe();
    voice.cancelRing(id, "ana");
    voice.connect(id, "ana");
    assert.deepEqual(sip.alive().map((dialog) => dialog.direction), ["in"]);
    assert.deepEqual(events("agentLeft"), []);
  });

  test("an agent who answers and hangs up before the connection is told as left", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    sip.peer(device("web-ana"), "answer");
    await breathe();
    sip.peer(device("web-ana"), "bye");
    voice.connect(id, "ana");
    assert.deepEqual(told.slice(-2).map((event) => event.type), ["agentAnswered", "agentLeft"]);
  });

  test("answered media that does not fit: the device is hung up and the ring goes on without it", async () => {
    const { id } = await arrived();
    voice.ring(id, "ana", CONTEXT);
    await breathe();
    media.refuseNext = 488;
    sip.peer(device("web-ana"), "answer");
    await breathe();
    assert.equal(sip.dialogs.get(device("web-ana"))?.state, "gone");
    sip.peer(device("desk-ana"), "answer");
    await breathe();
    assert.equal(told.at(-1)?.type, "agentAnswered");
  });
});

describe("talking", () => {
  test("connected: bridged, recorded under the day; ended: both files told, nothing left", async () => {
    const { id, ref, agentRef } = await connected();
    assert.equal(media.endpoints.get(ref)?.bridgedTo, agentRef);
    assert.equal(media.endpoints.get(ref)?.playing, null);
    assert.deepEqual([...media.recordings.values()].map(({ a, b, paths }) => ({ a, b, paths })), [
      { a: ref, b: agentRef, paths: { mixed: `/rec/2026-11-21/${id}.mixed.wav`, stereo: `/rec/2026-11-21/${id}.stereo.wav` } },
    ]);
    media.tell({ type: "digit", id: ref, digit: "5", source: "rfc4733" });
    assert.deepEqual(events("input"), []);
    voice.record(id, "stop");
    voice.end(id, "agent-ended");
    assert.deepEqual(events("recordingReady"), [
      { type: "recordingReady", id, mixedPath: `/rec/2026-11-21/${id}.mixed.wav`, stereoPath: `/rec/2026-11-21/${id}.stereo.wav`, durationMs: 1000 },
    ]);
    assert.deepEqual(events("customerLeft", "agentLeft"), [], "whom we hang up did not leave");
    await nothingLeft();
  });

  test("hold by command: music for the customer, silence for the agent, nothing recorded; resume gives it all back", async () => {
    const { id, ref, agentRef } = await connected();
    voice.hold(id);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
    assert.equal(media.endpoints.get(agentRef)?.bridgedTo, null);
    assert.deepEqual([...media.recordings.values()].map((recording) => recording.paused), [true]);
    voice.resume(id);
    assert.equal(media.endpoints.get(ref)?.playing, null);
    assert.equal(media.endpoints.get(ref)?.bridgedTo, agentRef);
    assert.deepEqual([...media.recordings.values()].map((recording) => recording.paused), [false]);
    voice.record(id, "pause");
    voice.hold(id);
    voice.resume(id);
    assert.deepEqual([...media.recordings.values()].map((recording) => recording.paused), [true], "a pause survives a hold");
  });

  test("hold by the agent's phone is asked; taking it back by command sends it an offer", async () => {
    const { id, ref, agentRef } = await connected();
    media.remoteHolds = true;
    sip.peer(agentRef, "offer");
    await breathe();
    assert.deepEqual(told.at(-1), { type: "holdAsked", id, agentId: "ana", held: true });
    assert.deepEqual(sip.commands.at(-1), { type: "acceptOffer", ref: agentRef, sdp: `sdp of ${agentRef}` });
    voice.hold(id);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
    voice.resume(id);
    await breathe();
    assert.deepEqual(sip.commands.at(-1), { type: "offer", ref: agentRef, sdp: `sdp of ${agentRef}` });
    sip.hear({ type: "offerAnswered", ref: agentRef, sdp: "v=0\r\na=sendrecv\r\n" });
    await breathe();
    assert.deepEqual(told.at(-1), { type: "holdAsked", id, agentId: "ana", held: false });
    media.remoteHolds = false;
    sip.peer(agentRef, "offer");
    await breathe();
    assert.equal(events("holdAsked").length, 2, "no news is not told");
  });

  test("the customer's phone may hold, too: answered, told nobody", async () => {
    const { ref } = await connected();
    media.remoteHolds = true;
    sip.peer(ref, "offer");
    await breathe();
    assert.equal(sip.commands.at(-1)?.type, "acceptOffer");
    assert.deepEqual(events("holdAsked"), []);
    media.refuseNext = 488;
    sip.peer(ref, "offer");
    await breathe();
    assert.deepEqual(sip.commands.at(-1), { type: "refuseOffer", ref, status: 488 });
  });

  test("a transfer by REFER is asked; the agent leaves, the customer waits, the next agent has a recording of their own", async () => {
    const { id, ref, agentRef } = await connected();
    sip.peer(agentRef, "refer");
    const asked = told.at(-1);
    assert.ok(asked?.type === "transferAsked" && asked.target === "sales" && asked.agentId === "ana");
    asked.accept();
    asked.refuse("too late");
    assert.deepEqual(sip.commands.slice(-2), [{ type: "acceptRefer", ref: agentRef }, { type: "referProgress", ref: agentRef, status: 200, reason: "OK" }]);
    voice.record(id, "stop");
    voice.dropAgent(id, "ana");
    voice.wait(id);
    assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
    assert.equal(sip.dialogs.get(agentRef)?.state, "gone");
    voice.ring(id, "bob", CONTEXT);
    await breathe();
    sip.peer(device("web-bob"), "answer");
    await breathe();
    voice.connect(id, "bob");
    voice.record(id, "start");
    assert.equal(media.endpoints.get(ref)?.bridgedTo, device("web-bob"));
    assert.deepEqual([...media.recordings.values()].map(({ paths }) => paths.mixed), [`/rec/2026-11-21/${id}.2.mixed.wav`]);
    assert.deepEqual(events("agentLeft"), []);
    sip.peer(ref, "bye");
    await nothingLeft();
  });

  test("attended transfer: the call that the agent consulted on says to whom, here or in another room", async () => {
    const { agentRef } = await connected();
    const consulted = sip.incoming("3000", { account: "desk-ana", from: "ana" });
    voice.open("int_2");
    await breathe();
    voice.ring("int_2", "bob", CONTEXT);
    await breathe();
    sip.peer(device("desk-bob"), "answer");
    await breathe();
    voice.connect("int_2", "bob");
    const refer = (ref: string | null): string | undefined => {
      sip.hear({ type: "refer", ref: agentRef, inDialog: true, from: null, referredBy: null, target: { user: "3000", host: "tandem.local", raw: "sip:3000@tandem.local", replaces: { ref, raw: "x" } } });
      const asked = told.at(-1);
      return asked?.type === "transferAsked" ? asked.target : undefined;
    };
    assert.equal(refer(consulted), "bob", "not the number that ana dialled, but who answered there");
    assert.equal(refer("leg-of-the-exchange"), "usr_carla");
    assert.equal(refer("unknown"), "3000");
    assert.equal(refer(null), "3000");
  });

  test("an INVITE that would replace or join a leg here is declined", async () => {
    const { agentRef } = await connected();
    for (const [replaces, join] of [[agentRef, null], [null, agentRef]] as const) {
      sip.hear = (event) => voice.onSip(event.type === "incoming" ? { ...event, replaces, join } : event);
      assert.equal(statusOf(sip.incoming("3000")), 603);
    }
    assert.equal(events("arrived").length, 1);
  });

  test("a customer's REFER, and one of an agent not connected, are refused", async () => {
    const { id, ref, agentRef } = await connected();
    sip.peer(ref, "refer");
    assert.deepEqual(sip.commands.at(-1), { type: "refuseRefer", ref, status: 403 });
    sip.peer(agentRef, "refer");
    const asked = told.at(-1);
    assert.ok(asked?.type === "transferAsked");
    asked.refuse("nobody");
    assert.deepEqual(sip.commands.at(-1), { type: "refuseRefer", ref: agentRef, status: 404 });
    voice.end(id, "x");
  });

  for (const [name, act, expected] of [
    ["agent hangs up", (_: string, agentRef: string) => sip.peer(agentRef, "bye"), { type: "agentLeft", agentId: "ana", why: "hung-up" }],
    ["agent's transport dies", (_: string, agentRef: string) => sip.peer(agentRef, "lost"), { type: "agentLeft", agentId: "ana", why: "device-lost" }],
    ["agent's media stops", (_: string, agentRef: string) => media.tell({ type: "mediaLost", id: agentRef, silentMs: 10_000 }), { type: "agentLeft", agentId: "ana", why: "device-lost" }],
    ["customer hangs up", (ref: string) => sip.peer(ref, "bye"), { type: "customerLeft", why: "hung-up" }],
    ["customer's media stops", (ref: string) => media.tell({ type: "mediaLost", id: ref, silentMs: 10_000 }), { type: "customerLeft", why: "media-lost" }],
    ["customer's endpoint fails", (ref: string) => media.tell({ type: "failed", id: ref, why: "bug" }), { type: "customerLeft", why: "media-lost" }],
  ] as const) {
    for (const held of [false, true]) {
      test(`${name}${held ? " on hold" : ""}`, async () => {
        const { id, ref, agentRef } = await connected();
        if (held) voice.hold(id);
        act(ref, agentRef);
        assert.deepEqual(events("agentLeft", "customerLeft"), [{ ...expected, id }]);
        if (expected.type === "agentLeft") {
          assert.equal(media.endpoints.get(ref)?.bridgedTo, null);
          voice.dropAgent(id, "ana");
          assert.equal(media.endpoints.get(ref)?.playing?.loop, true);
        }
        voice.end(id, "over");
        await nothingLeft();
      });
    }
  }

  test("an agent who answers before our own answer is through is bridged as soon as it is", async () => {
    const ref = sip.incoming("3000");
    voice.ring("int_1", "ana", CONTEXT);
    await breathe();
    const agentRef = device("desk-ana");
    sip.peer(agentRef, "answer");
    await breathe();
    voice.connect("int_1", "ana");
    assert.equal(media.endpoints.get(agentRef)?.bridgedTo, null);
    voice.open("int_1");
    await breathe();
    assert.equal(media.endpoints.get(ref)?.bridgedTo, agentRef);
  });

  test("another agent takes over: the first one's leg ends, and only the second is bridged", async () => {
    const { id, ref, agentRef } = await connected();
    voice.ring(id, "bob", CONTEXT);
    await breathe();
    sip.peer(device("web-bob"), "answer");
    await breathe();
    voice.connect(id, "bob");
    assert.equal(sip.dialogs.get(agentRef)?.state, "gone");
    assert.equal(media.endpoints.get(ref)?.bridgedTo, device("web-bob"));
    assert.deepEqual(events("agentLeft"), []);
    voice.end(id, "over");
    await nothingLeft();
  });

  test("the server stops: every call is hung up", async () => {
    await connected();
    await arrived();
    voice.stop();
    await nothingLeft();
  });
});
