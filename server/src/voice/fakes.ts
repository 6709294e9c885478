/** The SIP core and the media side as their contracts read, for this room's tests: strict about misuse, and slow when asked. */
import assert from "node:assert/strict";
import type { Clock } from "../base/clock.ts";
import type { MediaEvent, MediaPort, MixMember } from "../rtp/rtp.ts";
import type { SipCommand, SipEvent } from "../sip/contract.ts";

export type FakeDialog = {
  ref: string; direction: "in" | "out"; state: "early" | "inviting" | "up" | "gone"; account: string | null; invite: Extract<SipCommand, { type: "invite" }> | null;
  /** It made a new offer that nobody has answered yet. */
  asked?: boolean;
};

/** Dialogs by ref. Commands that a real core could not carry out fail the test. */
export class FakeSip {
  readonly dialogs = new Map<string, FakeDialog>();
  readonly commands: SipCommand[] = [];
  readonly registered = new Map<string, ("browser" | "phone")[]>();
  hear: (event: SipEvent) => void = () => {};
  #refs = 0;

  contacts(account: string): { kind: "browser" | "phone" }[] {
    return (this.registered.get(account) ?? []).map((kind) => ({ kind }));
  }

  command(command: SipCommand): void {
    this.commands.push(command);
    if (!("ref" in command)) return;
    const dialog = this.dialogs.get(command.ref);
    if (command.type === "invite") {
      assert.equal(dialog, undefined, "a ref names one leg");
      this.dialogs.set(command.ref, { ref: command.ref, direction: "out", state: "inviting", account: "account" in command.target ? command.target.account : null, invite: command });
      return;
    }
    if (command.type === "hangUp") {
      if (dialog && dialog.state !== "gone") {
        dialog.state = "gone";
        this.hear({ type: "ended", ref: command.ref, by: "us", reason: command.reason });
      }
      return;
    }
    if (!dialog || dialog.state === "gone") return; // crossed the end on the wire
    if (command.type === "answer") {
      assert.deepEqual([dialog.direction, dialog.state], ["in", "early"]);
      dialog.state = "up";
    }
    if (command.type === "reject") {
      assert.deepEqual([dialog.direction, dialog.state], ["in", "early"]);
      dialog.state = "gone";
      this.hear({ type: "ended", ref: command.ref, by: "us", reason: `refused ${command.status}` });
    }
    if (command.type === "acceptOffer" || command.type === "refuseOffer") dialog.asked = false;
  }

  /** A customer's INVITE. */
  incoming(to: string, given: { from?: string; display?: string; account?: string | null; sdp?: string | null; headers?: [string, string[]][]; replaces?: string; join?: string } = {}): string {
    const ref = `in${++this.#refs}`;
    this.dialogs.set(ref, { ref, direction: "in", state: "early", account: given.account ?? null, invite: null });
    const flow = { id: "udp:1", transport: "udp", remoteAddress: "192.0.2.1", remotePort: 5060, localAddress: "192.0.2.2", localPort: 5060 } as const;
    this.hear({
      type: "incoming", ref, flow, to: { user: to, host: "tandem.local" }, headers: new Map(given.headers ?? []),
      from: { user: given.from ?? "+33611", host: "pstn", display: given.display ?? "", account: given.account ?? null },
      sdp: given.sdp === undefined ? "v=0\r\nm=audio 4000 RTP/AVP 8\r\n" : given.sdp,
      replaces: given.replaces ?? null, join: given.join ?? null, maxForwards: 70, history: [], privacy: [],
    });
    return ref;
  }

  /** Something that the peer or the network does; ignored where its dialog cannot do it. */
  peer(ref: string, event: "cancel" | "bye" | "lost" | "ringing" | "answer" | "offer" | "refer" | { fail: number }): void {
    const dialog = this.dialogs.get(ref);
    if (!dialog) return;
    const { state } = dialog;
    if (event === "cancel" && state === "early") {
      dialog.state = "gone";
      this.hear({ type: "cancelled", ref });
    } else if ((event === "bye" || event === "lost") && state === "up") {
      dialog.state = "gone";
      this.hear({ type: "ended", ref, by: event === "bye" ? "peer" : "transport", reason: "" });
    } else if (event === "ringing" && state === "inviting") this.hear({ type: "ringing", ref, status: 180, sdp: null });
    else if (event === "answer" && state === "inviting") {
      dialog.state = "up";
      this.hear({ type: "answered", ref, sdp: "answer", contact: "sip:x" });
    } else if (event === "offer" && state === "up" && !dialog.asked) {
      dialog.asked = true;
      this.hear({ type: "offer", ref, sdp: "offer" });
    } else if (event === "refer" && state === "up") this.hear({ type: "refer", ref, target: { user: "sales", host: "tandem.local", raw: "sip:sales@tandem.local", replaces: null }, referredBy: null, inDialog: true, from: null });
    else if (typeof event === "object" && state === "inviting") {
      dialog.state = "gone";
      this.hear({ type: "failed", ref, status: event.fail, reason: "" });
    }
  }

  alive(): FakeDialog[] {
    return [...this.dialogs.values()].filter((dialog) => dialog.state !== "gone");
  }
}

interface FakeEndpoint {
  bridgedTo: string | null;
  playing: { playId: string; paths: string[]; loop: boolean } | null;
}

/** Endpoints, bridges, plays, recordings. Answers come at once (as promises), or when `release` is called if `slow`. */
export class FakeMedia implements MediaPort {
  readonly endpoints = new Map<string, FakeEndpoint>();
  readonly recordings = new Map<string, { a: string; b: string | null; paths: { stereo: string; mixed: string }; paused: boolean }>();
  readonly offered: { id: string; kind: string }[] = [];
  readonly mixes = new Map<string, readonly MixMember[]>();
  /** Sounds played to a mix, in order. */
  readonly mixSounds = new Map<string, string[]>();
  slow = false;
  remoteHolds = false;
  /** Refuse the next SDP with this status. */
  refuseNext: number | null = null;
  readonly waiting: (() => void)[] = [];
  #crashing = false;
  readonly #hearers: ((event: MediaEvent) => void)[] = [];

  onEvent(hear: (event: MediaEvent) => void): void {
    this.#hearers.push(hear);
  }

  #hear(event: MediaEvent): void {
    for (const hear of this.#hearers) hear(event);
  }

  tell(event: MediaEvent): void {
    this.#hear(event);
  }

  answer(id: string, kind: string) {
    return this.#open(id, kind);
  }
  offer(id: string, kind: string) {
    return this.#open(id, kind);
  }
  setAnswer(id: string) {
    return this.#later(() => this.#known(id));
  }
  reanswer(id: string) {
    return this.#later(() => {
      const known = this.#known(id);
      return known.ok ? { ...known, remoteHolds: this.remoteHolds } : known;
    });
  }
  reoffer(id: string) {
    return this.#later(() => this.#known(id));
  }

  play(id: string, playId: string, sources: readonly { path: string }[], options: { loop: boolean }): void {
    const endpoint = this.endpoints.get(id);
    if (!endpoint) return this.#hear({ type: "playEnded", id, playId, why: "stopped" });
    this.#endPlay(id, endpoint, "replaced");
    endpoint.playing = { playId, paths: sources.map((source) => source.path), loop: options.loop };
  }
  /** Endpoints that are listened to. */
  readonly listened = new Set<string>();
  listen(id: string, on: boolean): void {
    if (on) this.listened.add(id);
    else this.listened.delete(id);
  }
  stopPlaying(id: string): void {
    const endpoint = this.endpoints.get(id);
    if (endpoint) this.#endPlay(id, endpoint, "stopped");
  }
  /** What plays without a loop comes to its end. */
  finishPlay(id: string): void {
    const endpoint = this.endpoints.get(id);
    if (endpoint?.playing && !endpoint.playing.loop) this.#endPlay(id, endpoint, "finished");
  }

  bridge(a: string, b: string): void {
    const [left, right] = [this.endpoints.get(a), this.endpoints.get(b)];
    assert.ok(left && right, "a bridge needs both endpoints");
    assert.deepEqual([left.bridgedTo, right.bridgedTo], [null, null], "an endpoint is in one bridge at most");
    for (const members of this.mixes.values()) assert.ok(!members.some(({ id }) => id === a || id === b), "bridged, and in no mix any more");
    left.bridgedTo = b;
    right.bridgedTo = a;
  }
  unbridge(id: string): void {
    const endpoint = this.endpoints.get(id);
    const peer = endpoint?.bridgedTo ? this.endpoints.get(endpoint.bridgedTo) : null;
    if (endpoint) endpoint.bridgedTo = null;
    if (peer) peer.bridgedTo = null;
  }

  mix(mixId: string, members: readonly MixMember[]): void {
    for (const { id } of members) {
      assert.equal(this.endpoints.get(id)?.bridgedTo, null, "a member is there, and in no bridge any more");
      for (const [other, seated] of this.mixes) assert.ok(other === mixId || !seated.some((member) => member.id === id), "an endpoint is in one mix at most");
    }
    if (members.length === 0) this.mixes.delete(mixId);
    else this.mixes.set(mixId, members);
  }
  playToMix(mixId: string, sources: readonly { path: string }[]): void {
    assert.ok(this.mixes.has(mixId), "a sound needs a mix");
    this.mixSounds.set(mixId, [...(this.mixSounds.get(mixId) ?? []), ...sources.map(({ path }) => path)]);
  }

  startRecording(recordingId: string, a: string, b: string | null, paths: { stereo: string; mixed: string }): void {
    assert.ok(!this.recordings.has(recordingId));
    this.recordings.set(recordingId, { a, b, paths, paused: false });
  }
  pauseRecording(recordingId: string, paused: boolean): void {
    const recording = this.recordings.get(recordingId);
    if (recording) recording.paused = paused;
  }
  stopRecording(recordingId: string): void {
    const recording = this.recordings.get(recordingId);
    if (!recording) return;
    this.recordings.delete(recordingId);
    this.#hear({ type: "recordingEnded", recordingId, path: recording.paths.stereo, durationMs: 1000, bytes: 16044 });
  }

  close(id: string): void {
    const endpoint = this.endpoints.get(id);
    if (!endpoint) return;
    this.#endPlay(id, endpoint, "stopped");
    this.unbridge(id);
    for (const [mixId, members] of this.mixes) if (members.some((member) => member.id === id)) this.mix(mixId, members.filter((member) => member.id !== id));
    this.endpoints.delete(id);
    this.#hear({ type: "closed", id, stats: { packetsReceived: 0, packetsSent: 0, packetsLost: 0, jitterMs: 0 } });
    for (const [recordingId, { a, b }] of this.recordings) if (!this.endpoints.has(a) && (b === null || !this.endpoints.has(b))) this.stopRecording(recordingId);
  }
  async stop(): Promise<void> {
    for (const id of this.endpoints.keys()) this.close(id);
  }

  /** The worker dies: what is being asked is refused, everything that was there fails, endpoints first. */
  crash(): void {
    this.#crashing = true;
    while (this.waiting.length > 0) this.release();
    this.#crashing = false;
    const recordings = [...this.recordings.keys()];
    this.recordings.clear();
    for (const id of [...this.endpoints.keys(), ...recordings]) {
      this.close(id);
      this.#hear({ type: "failed", id, why: "the media worker crashed" });
    }
  }

  /** Lets one slow answer come, the `pick`-th of those that wait. */
  release(pick = 0): void {
    this.waiting.splice(pick % Math.max(1, this.waiting.length), 1)[0]?.();
  }

  #open(id: string, kind: string) {
    this.offered.push({ id, kind });
    return this.#later(() => {
      const refused = this.#refused();
      if (refused) return refused;
      assert.ok(!this.endpoints.has(id), "one endpoint a leg");
      this.endpoints.set(id, { bridgedTo: null, playing: null });
      return { ok: true as const, sdp: `sdp of ${id}` };
    });
  }

  #known(id: string): { ok: true; sdp: string } | { ok: false; status: number; why: string } {
    return this.#refused() ?? (this.endpoints.has(id) ? { ok: true, sdp: `sdp of ${id}` } : { ok: false, status: 481, why: "unknown" });
  }

  #refused(): { ok: false; status: number; why: string } | null {
    const status = this.#crashing ? 500 : this.refuseNext;
    this.refuseNext = null;
    return status === null ? null : { ok: false, status, why: "refused" };
  }

  #later<T>(work: () => T): Promise<T> {
    if (!this.slow) return Promise.resolve().then(work);
    return new Promise((resolve, reject) => {
      this.waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #endPlay(id: string, endpoint: FakeEndpoint, why: "finished" | "stopped" | "replaced"): void {
    const { playing } = endpoint;
    if (!playing) return;
    endpoint.playing = null;
    this.#hear({ type: "playEnded", id, playId: playing.playId, why });
  }
}

/** Counts the timers that are set and neither fired nor cancelled. */
export function countingClock(clock: Clock): Clock & { pending(): number } {
  const live = new Set<object>();
  return {
    now: () => clock.now(),
    after(afterMs, fire) {
      const timer = {};
      live.add(timer);
      const cancel = clock.after(afterMs, () => {
        live.delete(timer);
        fire();
      });
      return () => {
        live.delete(timer);
        cancel();
      };
    },
    pending: () => live.size,
  };
}

/** Promises that are already decided carry out what hangs on them. */
export async function breathe(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}
