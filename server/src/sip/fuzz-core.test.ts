/**
 * The whole core under random sequences: honest calls, mutated copies of what was said in them, lost and repeated messages, commands at
 * any moment, connections that break, time that passes. A failure prints the seed of its sequence.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededChance, type Chance } from "../base/chance.ts";
import type { SipCommand, SipEvent } from "./contract.ts";
import { limits } from "./limits.ts";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, write, type RawPeer } from "./raw-peer.ts";
import { corpus, mutate } from "./test-mutate.ts";

const LAST = new Set(["failed", "cancelled", "ended"]);

class World {
  readonly bench: RawBench;
  readonly chance: Chance;
  readonly peers: RawPeer[];
  /** What was said on the wire lately, both ways: what a hostile peer may repeat and change. */
  readonly said: string[] = [...corpus];
  readonly refs: string[] = [];
  readonly ended = new Map<string, number>();
  #invites = 0;
  #told = 0;

  constructor(seed: number) {
    this.chance = seededChance(seed);
    this.bench = new RawBench({ chance: seededChance(seed + 1), sessionExpiresS: 90 });
    this.peers = [this.bench.peer("198.51.100.7"), this.bench.peer("198.51.100.8"), this.bench.peer("198.51.100.9", "tcp"), this.bench.peer("203.0.113.5", "ws"), this.bench.peer("2001:db8::5")];
  }

  below(n: number): number {
    return Math.floor(this.chance.next() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  step(): void {
    const peer = this.pick(this.peers);
    switch (this.below(12)) {
      case 0: this.hear(peer.sendSigned({ method: "REGISTER", from: "<sip:1001@tandem.test>;tag=r", to: "<sip:1001@tandem.test>", headers: [`Contact: <sip:1001@${peer.flow.remoteAddress.includes(":") ? `[${peer.flow.remoteAddress}]` : peer.flow.remoteAddress}>;expires=${this.pick([0, 30, 60, 3600])}`] }, "1001", "pw")); break;
      case 1: case 2: {
        const text = write(peer.flow, { method: "INVITE", uri: "sip:100@tandem.test", from: "<sip:x@elsewhere.test>;tag=i", callId: `i${this.#invites++}`, headers: [`Contact: <sip:x@${peer.flow.remoteAddress.includes(":") ? "[2001:db8::5]" : peer.flow.remoteAddress}>`, ...(this.below(2) ? ["Supported: 100rel, timer, replaces"] : []), ...(this.below(4) ? ["Content-Type: application/sdp"] : [])], body: this.below(4) ? sdp("x") : "" });
        this.said.push(text);
        this.hear(peer.raw(text));
        break;
      }
      case 3: case 4: this.reply(peer); break;
      case 5: this.inDialog(peer); break;
      case 6: this.hear(peer.raw(Buffer.from(mutate(this.pick(this.said), this.chance, this.said), "latin1"))); break;
      case 7: this.hear(peer.raw(Buffer.from(this.pick(this.said), "latin1"))); break;
      case 8: this.hear(this.bench.take(this.bench.core.command(this.command(), this.bench.nowMs))); break;
      case 9: this.hear(this.bench.take(this.bench.core.command(this.command(), this.bench.nowMs))); break;
      case 10: this.hear(this.bench.advance(this.pick([1, 100, 500, 4_000, 33_000, 95_000]))); break;
      default: if (this.below(6) === 0 && peer.flow.transport !== "udp") this.hear(this.bench.take(this.bench.core.flowClosed(peer.flow, this.bench.nowMs)));
    }
  }

  hear(messages: readonly string[]): void {
    for (const message of messages) {
      assert.match(message, /^(?:SIP\/2\.0 \d{3} |[A-Z]+ \S+ SIP\/2\.0\r\n|\r\n$)/, "what we say is SIP");
      this.said.push(message);
    }
    if (this.said.length > 200) this.said.splice(corpus.length, this.said.length - 200);
    const { events } = this.bench;
    for (; this.#told < events.length; this.#told++) this.told(events[this.#told]!);
    const { transactions, legs, bindings, timers } = this.bench.core.sizes();
    assert.ok(bindings <= limits.maxContactsPerAccount * 2, `${bindings} bindings`);
    assert.ok(legs <= this.refs.length && transactions <= 4 * this.refs.length + 400 && timers <= 8 * this.refs.length + 400, JSON.stringify(this.bench.core.sizes()));
  }

  told(event: SipEvent): void {
    if (event.type === "incoming") this.refs.push(event.ref);
    if (!LAST.has(event.type)) {
      // a leg that told its last says nothing more
      if ("ref" in event) assert.equal(this.ended.get(event.ref) ?? 0, 0, `${event.type} after the last event of ${event.ref}`);
      return;
    }
    const { ref } = event as { ref: string };
    this.ended.set(ref, (this.ended.get(ref) ?? 0) + 1);
    assert.equal(this.ended.get(ref), 1, `${event.type}: exactly one last event for ${ref}`);
  }

  /** An answer of a peer to a request of ours. */
  reply(peer: RawPeer): void {
    const requests = this.said.filter((text) => /^(?:INVITE|BYE|CANCEL|UPDATE|PRACK|REFER|NOTIFY|OPTIONS) /.test(text) && text.includes("Via: SIP/2.0/") && text.includes("192.0.2.1:5060;branch"));
    if (requests.length === 0) return;
    const request = this.pick(requests);
    const status = this.pick(["100 Trying", "180 Ringing", "183 Session Progress", "200 OK", "200 OK", "302 Moved", "401 Unauthorized", "486 Busy Here", "491 Request Pending", "503 Service Unavailable", "603 Decline"]);
    const to = field(request, "To");
    const body = this.below(3) ? sdp("peer") : "";
    this.hear(peer.raw([
      `SIP/2.0 ${status}`, `Via: ${field(request, "Via")}`, `From: ${field(request, "From")}`, `To: ${to}${to.includes(";tag=") ? "" : `;tag=t${this.below(3)}`}`, `Call-ID: ${field(request, "Call-ID")}`, `CSeq: ${field(request, "CSeq")}`,
      "Contact: <sip:peer@198.51.100.7>", ...(this.below(3) ? [] : ["Require: 100rel", `RSeq: ${1 + this.below(4)}`]), ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
    ].join("\r\n")));
  }

  /** A request in a dialog that an answer of ours made, or the ACK of it. */
  inDialog(peer: RawPeer): void {
    const answers = this.said.filter((text) => /^SIP\/2\.0 (?:18\d|2\d\d) /.test(text) && /^To: .*;tag=/m.test(text) && text.includes("elsewhere.test"));
    if (answers.length === 0) return;
    const answer = this.pick(answers);
    const cseq = Number.parseInt(field(answer, "CSeq"), 10);
    const method = this.pick(["ACK", "ACK", "ACK", "BYE", "UPDATE", "INVITE", "INFO", "REFER", "PRACK", "CANCEL", "OPTIONS", "MESSAGE", "NOTIFY"]);
    const offer = method === "INVITE" || method === "UPDATE";
    this.hear(peer.send({
      method, uri: "sip:100@tandem.test", from: field(answer, "From"), to: field(answer, "To"), callId: field(answer, "Call-ID"), cseq: method === "ACK" || method === "CANCEL" ? cseq : cseq + 1 + this.below(3),
      headers: ["Contact: <sip:x@198.51.100.7>", ...(method === "REFER" ? ["Refer-To: <sip:200@tandem.test>"] : []), ...(method === "PRACK" ? [`RAck: ${field(answer, "RSeq") || "1"} ${cseq} INVITE`] : []), ...(offer ? ["Content-Type: application/sdp"] : [])], body: offer ? sdp("again") : "",
    }));
  }

  command(): SipCommand {
    const ref = this.refs.length > 0 && this.below(10) ? this.pick(this.refs) : "nobody";
    switch (this.below(12)) {
      case 0: case 1: {
        const fresh = `out${this.refs.length}`;
        this.refs.push(fresh);
        return { type: "invite", ref: fresh, target: this.below(2) ? { account: "1001" } : { uri: this.pick(["sip:b@198.51.100.8", "sip:b@[2001:db8::5]", "sip:b@198.51.100.9;transport=tcp", "sip:broken host"]) }, from: { user: "100", display: "Tandem\r\nX: y" }, sdp: sdp("us"), noAnswerMs: this.pick([5_000, 20_000]) };
      }
      case 2: return { type: "progress", ref, status: 180 };
      case 3: return { type: "progress", ref, status: 183, sdp: sdp("early") };
      case 4: case 5: return { type: "answer", ref, sdp: sdp("us") };
      case 6: return { type: "reject", ref, status: this.pick([404, 486, 603]), reason: "no\r\nX: y" };
      case 7: return { type: "hangUp", ref, reason: "enough" };
      case 8: return { type: "offer", ref, sdp: sdp("hold") };
      case 9: return this.below(2) ? { type: "acceptOffer", ref, sdp: sdp("yes") } : { type: "refuseOffer", ref, status: 488 };
      case 10: return this.below(2) ? { type: "acceptRefer", ref } : { type: "referProgress", ref, status: this.pick([100, 200, 486]), reason: "" };
      default: return { type: "refer", ref, to: "sip:200@tandem.test" };
    }
  }

  /** Everybody goes home: legs are hung up, time passes. */
  finish(): void {
    for (const ref of this.refs) this.hear(this.bench.take(this.bench.core.command({ type: "hangUp", ref, reason: "end" }, this.bench.nowMs)));
    for (let i = 0; i < 40; i++) this.hear(this.bench.advance(200_000));
    assert.deepEqual(this.refs.filter((ref) => this.ended.get(ref) !== 1), [], "every leg told its last event");
    assert.deepEqual(this.bench.core.sizes(), { transactions: 0, legs: 0, bindings: 0, timers: 0, subscriptions: 0 });
    assert.equal(this.bench.core.nextWakeAt(), null);
  }
}

test("property: no sequence of messages, commands, breaks and waits makes the core throw, forget a last event, tell two, or keep anything when all is over", () => {
  let calls = 0;
  let answered = 0;
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 10, max: 250 }), (seed, steps) => {
    const world = new World(seed);
    for (let i = 0; i < steps; i++) world.step();
    calls += world.refs.length;
    answered += world.bench.of("answered").length + world.bench.of("ended").length;
    world.finish();
  }), { seed: 20261121, numRuns: 250 });
  assert.ok(calls > 3_000 && answered > 500, `${calls} calls, of which ${answered} came about: the sequences are not empty`);
});

test("a stop in the middle of anything says goodbye once to everybody and leaves no leg", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const world = new World(seed);
    for (let i = 0; i < 120; i++) world.step();
    world.hear(world.bench.take(world.bench.core.stop(world.bench.nowMs)));
    assert.deepEqual(world.refs.filter((ref) => world.ended.get(ref) !== 1), [], `seed ${seed}`);
  }
});
