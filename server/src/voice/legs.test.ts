/** Legs as a room that puts two of them together uses them. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { silentLog } from "../base/log.ts";
import type { SipCommand, SipEvent } from "../sip/sip.ts";
import { breathe, FakeMedia } from "./fakes.ts";
import type { Invitation, LegEvent } from "./leg.ts";
import { Legs } from "./legs.ts";

let media: FakeMedia;
let commands: SipCommand[];
let legs: Legs;
let heard: LegEvent[];
const hear = (event: LegEvent): void => void heard.push(event);
const types = (): string[] => heard.map((event) => event.type);
const sip = (event: SipEvent): void => legs.onSip(event);

const OFFER = "v=0\r\nm=audio 4000 RTP/AVP 8\r\n";
const TARGET: Invitation = { kind: "rtp", target: { uri: "sip:bob@b.test" }, from: { user: "a", display: "" }, noAnswerMs: 20_000 };

beforeEach(() => {
  media = new FakeMedia();
  commands = [];
  heard = [];
  legs = new Legs({ command: (command) => void commands.push(command), contacts: () => [] }, media, silentLog);
  media.onEvent((event) => legs.onMedia(event));
});

test("early media towards a caller: 183 with our description, used before the answer, which repeats it", async () => {
  legs.take("in", OFFER, hear, { ring: false });
  legs.ring("in");
  legs.early("in");
  assert.deepEqual(types(), []);
  await breathe();
  legs.early("in");
  assert.deepEqual(types(), ["early"]);
  legs.answer("in");
  assert.deepEqual(types(), ["early", "up"]);
  assert.deepEqual(commands, [{ type: "progress", ref: "in", status: 180 }, { type: "progress", ref: "in", status: 183, sdp: "sdp of in" }, { type: "answer", ref: "in", sdp: "sdp of in" }]);
  assert.equal(media.endpoints.size, 1, "one endpoint for both");
});

test("an answer asked while the media side works on the early description comes right after it", async () => {
  media.slow = true;
  legs.take("in", OFFER, hear);
  legs.early("in");
  legs.answer("in");
  media.release();
  await breathe();
  assert.deepEqual(commands.map((command) => command.type), ["progress", "answer"], "no 183 any more");
  assert.deepEqual(types(), ["up"]);
});

test("a caller without an offer: up when it answered ours, in the PRACK or in the ACK; a wrong answer ends the call", async () => {
  legs.take("prack", null, hear);
  legs.early("prack");
  await breathe();
  assert.deepEqual(types(), [], "nobody hears anything yet");
  sip({ type: "offerAnswered", ref: "prack", sdp: "theirs" });
  await breathe();
  legs.answer("prack");
  assert.deepEqual(types(), ["early", "up"]);
  heard = [];
  legs.take("ack", null, hear);
  legs.answer("ack");
  await breathe();
  assert.deepEqual(types(), []);
  sip({ type: "offerAnswered", ref: "ack", sdp: "theirs" });
  await breathe();
  assert.deepEqual(types(), ["up"]);
  heard = [];
  legs.take("bad", null, hear);
  legs.answer("bad");
  await breathe();
  media.refuseNext = 488;
  sip({ type: "offerAnswered", ref: "bad", sdp: "nonsense" });
  await breathe();
  assert.deepEqual(types(), ["gone"]);
  assert.deepEqual(commands.at(-1), { type: "hangUp", ref: "bad", reason: "media lost" });
});

test("who is called may be heard early; ringing is told for 180 alone; the last description counts", async () => {
  legs.invite("out", { ...TARGET, maxForwards: 69, history: [{ user: "x", host: "", why: "no-answer" }] }, hear);
  await breathe();
  assert.deepEqual(commands, [{ type: "invite", ref: "out", sdp: "sdp of out", target: TARGET.target, from: TARGET.from, noAnswerMs: 20_000, maxForwards: 69, history: [{ user: "x", host: "", why: "no-answer" }] }]);
  sip({ type: "ringing", ref: "out", status: 183, sdp: "early" });
  await breathe();
  sip({ type: "ringing", ref: "out", status: 180, sdp: null });
  media.tell({ type: "mediaLost", id: "out", silentMs: 30_000 });
  assert.deepEqual(types(), ["early", "ringing"], "and its silence is no loss yet");
  sip({ type: "answered", ref: "out", sdp: "final", contact: "sip:x" });
  await breathe();
  assert.deepEqual(types(), ["early", "ringing", "up"]);
  media.tell({ type: "mediaLost", id: "out", silentMs: 30_000 });
  assert.equal(types().at(-1), "gone");
});

test("early media that we cannot carry: the call goes on ringing", async () => {
  legs.invite("out", TARGET, hear);
  await breathe();
  media.refuseNext = 488;
  sip({ type: "ringing", ref: "out", status: 180, sdp: "strange" });
  await breathe();
  assert.deepEqual(types(), ["ringing"]);
});

test("a new offer before the answer (UPDATE) is answered once there is a session, and the answer repeats the last description", async () => {
  legs.take("in", OFFER, hear);
  sip({ type: "offer", ref: "in", sdp: "too soon" });
  assert.deepEqual(commands.at(-1), { type: "refuseOffer", ref: "in", status: 491 });
  legs.early("in");
  await breathe();
  media.remoteHolds = true;
  sip({ type: "offer", ref: "in", sdp: "update" });
  await breathe();
  assert.deepEqual(commands.at(-1), { type: "acceptOffer", ref: "in", sdp: "sdp of in" });
  assert.deepEqual(heard.at(-1), { type: "held", held: true });
});

test("an UPDATE that comes while the media side still works on the early answer is answered after it, not refused", async () => {
  legs.invite("out", TARGET, hear);
  await breathe();
  media.slow = true;
  sip({ type: "ringing", ref: "out", status: 183, sdp: "early" });
  sip({ type: "offer", ref: "out", sdp: "update" });
  assert.equal(commands.at(-1)!.type, "invite");
  media.release();
  media.release();
  await breathe();
  assert.deepEqual(commands.at(-1), { type: "acceptOffer", ref: "out", sdp: "sdp of out" });
});

test("our hold and its end; what the peer answers to it is no hold of the peer's", async () => {
  legs.take("in", OFFER, hear);
  legs.answer("in");
  await breathe();
  legs.resume("in");
  assert.equal(commands.at(-1)!.type, "answer", "nothing to resume");
  legs.hold("in");
  legs.hold("in");
  await breathe();
  assert.equal(commands.filter((command) => command.type === "offer").length, 1);
  sip({ type: "offerAnswered", ref: "in", sdp: "a=inactive\r\n" });
  await breathe();
  assert.deepEqual(types(), ["up"]);
  legs.resume("in");
  await breathe();
  assert.equal(commands.filter((command) => command.type === "offer").length, 2);
  sip({ type: "offerAnswered", ref: "in", sdp: "a=sendonly\r\n" });
  await breathe();
  assert.deepEqual(heard.filter((event) => event.type === "held"), [{ type: "held", held: true }], "the peer holds by itself");
});

test("a re-INVITE without an offer gets one; a media side that has none refuses with 488", async () => {
  legs.take("in", OFFER, hear);
  legs.answer("in");
  await breathe();
  sip({ type: "offerWanted", ref: "in" });
  await breathe();
  assert.deepEqual(commands.at(-1), { type: "acceptOffer", ref: "in", sdp: "sdp of in" });
  media.refuseNext = 500;
  sip({ type: "offerWanted", ref: "in" });
  await breathe();
  assert.deepEqual(commands.at(-1), { type: "refuseOffer", ref: "in", status: 488 });
});

test("why a leg is gone: status, words, causes and contacts of the refusal", async () => {
  for (const [status, why] of [[486, "busy"], [603, "declined"], [600, "declined"], [408, "no-answer"], [487, "no-answer"], [302, "unreachable"], [503, "unreachable"]] as const) {
    legs.invite(`out${status}`, TARGET, hear);
    await breathe();
    const contacts = status === 302 ? [{ uri: "sip:c@c.test", user: "c", host: "c.test" }] : [];
    sip({ type: "failed", ref: `out${status}`, status, reason: "words", causes: [{ protocol: "Q.850", cause: 17, text: "" }], contacts });
    assert.deepEqual(heard.at(-1), { type: "gone", why, status, reason: "words", causes: [{ protocol: "Q.850", cause: 17, text: "" }], contacts });
  }
  assert.equal(legs.size, 0);
  assert.equal(media.endpoints.size, 0);
});

test("media that cannot be agreed: the dialog is ended and the owner told once, though the core tells of an end, too", async () => {
  legs = new Legs({
    command(command) {
      commands.push(command);
      if (command.type === "hangUp" || command.type === "reject") legs.onSip({ type: "ended", ref: command.ref, by: "us", reason: "" });
    },
    contacts: () => [],
  }, media, silentLog);
  legs.invite("out", TARGET, hear);
  await breathe();
  media.refuseNext = 488;
  sip({ type: "answered", ref: "out", sdp: OFFER, contact: "sip:x" });
  await breathe();
  media.refuseNext = 488;
  legs.take("in", OFFER, hear);
  legs.answer("in");
  await breathe();
  assert.deepEqual(heard.map((event) => event.type === "gone" && [event.why, event.status]), [["unreachable", 488], ["media-lost", 0]]);
  assert.deepEqual(commands.filter(({ type }) => type === "hangUp" || type === "reject").map(({ type }) => type), ["hangUp", "reject"]);
  assert.deepEqual([legs.size, media.endpoints.size], [0, 0]);
});

test("a hold that comes beside the hand-over to other legs is answered, and known to the new owner", async () => {
  legs.take("in", OFFER, hear);
  legs.answer("in");
  await breathe();
  media.slow = true;
  media.remoteHolds = true;
  sip({ type: "offer", ref: "in", sdp: OFFER });
  const others = new Legs({ command: (command) => void commands.push(command), contacts: () => [] }, media, silentLog);
  const heardThere: LegEvent[] = [];
  others.adopt(legs.release("in")!, (event) => void heardThere.push(event));
  media.release();
  await breathe();
  assert.deepEqual(commands.at(-1), { type: "acceptOffer", ref: "in", sdp: "sdp of in" });
  assert.deepEqual(heardThere, [{ type: "held", held: true }]);
  assert.deepEqual(types(), ["up"]);
  // the same, and it goes while the media side works: nothing of it is left
  others.onSip({ type: "offer", ref: "in", sdp: OFFER });
  others.onSip({ type: "ended", ref: "in", by: "peer", reason: "" });
  media.release();
  await breathe();
  assert.deepEqual([heardThere.length, others.size, media.endpoints.size], [2, 0, 0]);
});

test("a caller that gives up while the media side works leaves no endpoint; nor does a reject", async () => {
  media.slow = true;
  legs.take("in", OFFER, hear);
  legs.early("in");
  sip({ type: "cancelled", ref: "in", causes: [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }] });
  legs.take("other", OFFER, hear);
  legs.early("other");
  legs.reject("other", 486, "Busy Here", { causes: [{ protocol: "Q.850", cause: 17, text: "" }] });
  while (media.waiting.length > 0) media.release();
  await breathe();
  assert.deepEqual(heard, [{ type: "gone", why: "hung-up", status: 0, reason: "", causes: [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }], contacts: [] }]);
  assert.equal(media.endpoints.size, 0);
  assert.deepEqual(commands.at(-1), { type: "reject", ref: "other", status: 486, reason: "Busy Here", causes: [{ protocol: "Q.850", cause: 17, text: "" }] });
});

test("REFER both ways: heard with whom it replaces, sent for a leg that is up, its outcome heard", async () => {
  legs.take("in", OFFER, hear);
  legs.refer("in", "sip:c@c.test");
  assert.equal(commands.length, 1, "not before the call is up");
  legs.answer("in");
  await breathe();
  sip({ type: "refer", ref: "in", inDialog: true, from: null, referredBy: "sip:in@a.test", target: { user: "c", host: "c.test", raw: "sip:c@c.test?Replaces=x", replaces: { ref: "other", raw: "x" } } });
  assert.deepEqual(heard.at(-1), { type: "refer", target: "c", host: "c.test", raw: "sip:c@c.test?Replaces=x", replaces: { ref: "other", raw: "x" }, referredBy: "sip:in@a.test" });
  legs.refer("in", "sip:d@d.test", { replaces: "out" });
  assert.deepEqual(commands.at(-1), { type: "refer", ref: "in", to: "sip:d@d.test", replaces: "out" });
  sip({ type: "referResult", ref: "in", status: 200, final: true });
  assert.deepEqual(heard.at(-1), { type: "referResult", status: 200, final: true });
  // of a leg that nobody knows: nobody must wait for us
  sip({ type: "refer", ref: "gone", inDialog: false, from: null, referredBy: null, target: { user: "c", host: "", raw: "", replaces: null } });
  assert.deepEqual(commands.at(-1), { type: "refuseRefer", ref: "gone", status: 603 });
  sip({ type: "offerWanted", ref: "gone" });
  assert.deepEqual(commands.at(-1), { type: "refuseOffer", ref: "gone", status: 481 });
});
