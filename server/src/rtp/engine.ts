/** The media engine: `MediaPort` over ports of the world. Signalling comes in as SDP text, sound as datagrams, time from the clock. */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { Endpoint, FRAME_SAMPLES } from "./endpoint.ts";
import type { G711Codec } from "./g711.ts";
import { LatchedLink } from "./latched-link.ts";
import { Listener } from "./listener.ts";
import type { EndpointKind, MediaEvent, MediaOptions, MediaPort, MixMember, PlaySource } from "./media-contract.ts";
import type { DtlsPort, FilePort, NetPort } from "./media-ports.ts";
import { Mix } from "./mix.ts";
import { answerOffer, makeOffer, takeAnswer, type LocalDescription } from "./negotiate.ts";
import { readU32 } from "./packet.ts";
import { PlayDesk } from "./play-desk.ts";
import { RecordingDesk } from "./recording-desk.ts";
import { offerCrypto } from "./sdes.ts";
import { connectionOf } from "./sdp.ts";
import { SendTrack } from "./send-track.ts";
import { SoundLibrary } from "./sound-library.ts";
import { StreamDesk } from "./stream-desk.ts";
import { streamsOf } from "./streams.ts";
import { Ticker } from "./ticker.ts";
import { WebRtcLink } from "./webrtc-link.ts";

/** Nothing heard for so long: told once, and again after sound came back and stopped again. */
const MEDIA_LOST_MS = 10_000;
const HOUSEKEEPING_MS = 1000;
const REPORT_EVERY_MS = 5000;
/** Attack: signalling that opens endpoints without end. Far above what one worker can carry. */
const MAX_ENDPOINTS = 4000;

type Refusal = { ok: false; status: number; why: string };

export interface EngineOptions {
  net: NetPort;
  files: FilePort;
  dtls: DtlsPort;
  clock: Clock;
  chance: Chance;
  log: Log;
  /** Our addresses as peers see them; the first goes into `c=`, all become ICE candidates. */
  addresses: readonly string[];
  /** Our address on the network of that peer, when it reaches us without a router: it may not reach the one in front of `addresses`. */
  near?(peer: string): string | null;
}

export class MediaEngine implements MediaPort {
  #options: EngineOptions;
  #endpoints = new Map<string, Endpoint | null>();
  #mixes = new Map<string, Mix>();
  #plays: PlayDesk;
  #streams: StreamDesk;
  #desk: RecordingDesk;
  #ticker: Ticker<Endpoint | Mix>;
  #scratch = new Int16Array(FRAME_SAMPLES);
  #hear: (event: MediaEvent) => void = () => {};
  #housekeeping: (() => void) | null = null;
  #reportedAtMs = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#plays = new PlayDesk({
      sounds: new SoundLibrary(options.files), log: options.log,
      isOpen: (endpoint) => this.#endpoints.get(endpoint.id) === endpoint,
      changed: (endpoint) => this.#refresh(endpoint),
      tell: (event) => this.#hear(event),
    });
    this.#streams = new StreamDesk(options, this.#endpoints);
    this.#desk = new RecordingDesk(options.files, options.clock, options.log, (event) => this.#hear(event));
    this.#ticker = new Ticker(options.clock, (member) => this.#tick(member));
  }

  onEvent(hear: (event: MediaEvent) => void): void {
    this.#hear = hear;
  }

  async answer(id: string, kind: EndpointKind, offerSdp: string, options: MediaOptions = {}): Promise<{ ok: true; sdp: string } | Refusal> {
    const opened = await this.#open(id, kind, options);
    if (!opened.ok) return opened;
    const { endpoint } = opened;
    const liked = this.#streams.like(options);
    const open = await this.#streams.open(endpoint, new Map(streamsOf(offerSdp).flatMap(({ key }) => (liked.has(key) ? [[key, liked.get(key)!]] : []))), options);
    if (!open) return gone(id);
    const result = this.#takeOffer(endpoint, offerSdp);
    if (!result.ok) this.#discard(endpoint);
    return result.ok ? { ok: true, sdp: result.sdp } : result;
  }

  async offer(id: string, kind: EndpointKind, options: MediaOptions = {}): Promise<{ ok: true; sdp: string } | Refusal> {
    const opened = await this.#open(id, kind, options);
    if (!opened.ok) return opened;
    const { endpoint } = opened;
    if (!(await this.#streams.open(endpoint, this.#streams.like(options), options))) return gone(id);
    return { ok: true, sdp: makeOffer(endpoint.local, "sendrecv", "PCMA") };
  }

  async setAnswer(id: string, answerSdp: string): Promise<{ ok: true } | Refusal> {
    const endpoint = this.#endpoints.get(id);
    if (!endpoint) return unknown(id);
    const taken = takeAnswer(answerSdp, endpoint.local, endpoint.wish);
    if (!taken.ok) return taken;
    const agreed = endpoint.agreed(taken.agreement);
    this.#refresh(endpoint);
    void this.#streams.openRtcp(endpoint);
    return agreed;
  }

  async reanswer(id: string, offerSdp: string): Promise<{ ok: true; sdp: string; remoteHolds: boolean } | Refusal> {
    const endpoint = this.#endpoints.get(id);
    if (!endpoint) return unknown(id);
    return this.#takeOffer(endpoint, offerSdp);
  }

  async reoffer(id: string, direction: "sendrecv" | "sendonly" | "inactive"): Promise<{ ok: true; sdp: string } | Refusal> {
    const endpoint = this.#endpoints.get(id);
    if (!endpoint) return unknown(id);
    endpoint.wish = direction;
    endpoint.local = { ...endpoint.local, version: endpoint.local.version + 1 };
    const codec: G711Codec = endpoint.agreement?.codec ?? "PCMA";
    return { ok: true, sdp: makeOffer(endpoint.local, direction, codec) };
  }

  #takeOffer(endpoint: Endpoint, offerSdp: string): { ok: true; sdp: string; remoteHolds: boolean } | Refusal {
    const before = endpoint.local;
    const local: LocalDescription = endpoint.agreement ? { ...before, version: before.version + 1 } : before;
    // Both laws are there in a browser: take the one that Europe's trunks speak, and nothing needs recoding.
    const prefer: G711Codec[] | null = endpoint.agreement ? [endpoint.agreement.codec] : endpoint.kind === "webrtc" ? ["PCMA"] : null;
    const restarted = endpoint.link instanceof WebRtcLink ? endpoint.link.localFor(offerSdp, local) : local;
    // the peer can answer only an address of the family that it speaks
    const facing = { ...restarted, addresses: facingPeer(restarted.addresses, connectionOf(offerSdp)) };
    const answered = answerOffer(offerSdp, facing, endpoint.wish, prefer);
    if (!answered.ok) return answered;
    endpoint.local = facing;
    const agreed = endpoint.agreed(answered.agreement);
    if (!agreed.ok) {
      endpoint.local = before;
      return agreed;
    }
    this.#refresh(endpoint);
    void this.#streams.openRtcp(endpoint);
    const { remoteDirection } = answered.agreement;
    return { ok: true, sdp: answered.sdp, remoteHolds: remoteDirection === "sendonly" || remoteDirection === "inactive" };
  }

  async #open(id: string, kind: EndpointKind, { peer, stranger }: MediaOptions): Promise<{ ok: true; endpoint: Endpoint } | Refusal> {
    const { net, clock, chance, dtls, log } = this.#options;
    const near = peer === undefined ? null : (this.#options.near?.(peer) ?? null);
    const addresses = near === null ? this.#options.addresses : [near, ...this.#options.addresses.filter((address) => address !== near)];
    if (this.#endpoints.has(id)) return { ok: false, status: 500, why: `media endpoint ${id} exists` };
    if (this.#endpoints.size >= MAX_ENDPOINTS) return { ok: false, status: 503, why: "too many media endpoints" };
    this.#endpoints.set(id, null);
    let endpoint: Endpoint | null = null;
    const socket = await net.open(
      (bytes, port, address) => {
        if (!endpoint) return;
        try {
          endpoint.link.receive(bytes, port, address);
        } catch (error) {
          this.#endByBug(endpoint, error);
        }
      },
      // ECONNREFUSED and the like: the peer's port is closed. Loss of media is told by silence, so this is only a trace.
      (code) => log.debug({ id, code }, "media send error"),
    );
    if (!socket) {
      this.#endpoints.delete(id);
      return { ok: false, status: 503, why: "no free media port" };
    }
    if (!this.#endpoints.has(id)) {
      socket.close();
      return { ok: false, status: 487, why: "closed while opening" };
    }
    const random = chance.bytes(16);
    const ssrc = readU32(random, 0);
    const local: LocalDescription = {
      sessionId: readU32(random, 4),
      version: 1,
      addresses: facingPeer(addresses, peer ?? null),
      port: socket.port,
      ssrc,
      cname: readU32(random, 12).toString(36),
      webrtc: null,
      sdes: kind === "srtp" ? offerCrypto(chance) : null,
      streams: [],
      layout: [],
    };
    const track = new SendTrack(ssrc, ((random[8]! & 0x7f) << 8) | random[9]!, readU32(random, 10));
    endpoint = new Endpoint(id, kind, socket, local, track, clock, {
      digit: (digit, source) => this.#hear({ type: "digit", id, digit, source }),
      started: () => this.#hear({ type: "mediaStarted", id }),
      changed: () => this.#refresh(this.#endpoints.get(id) ?? null),
      failed: (why) => this.#hear({ type: "failed", id, why }),
    });
    if (kind === "webrtc") {
      const link = new WebRtcLink(socket, dtls, clock, chance, endpoint.linkHandlers());
      endpoint.link = link;
      endpoint.local = { ...local, webrtc: link.local };
    } else {
      endpoint.link = new LatchedLink({ socket, clock, handlers: endpoint.linkHandlers(), secure: kind === "srtp", peer: peer ?? null, stranger: stranger === true });
    }
    this.#endpoints.set(id, endpoint);
    this.#keepHouse();
    return { ok: true, endpoint };
  }

  /** Takes an endpoint back that never came to life: no events. */
  #discard(endpoint: Endpoint): void {
    endpoint.closeLinks();
    this.#endpoints.delete(endpoint.id);
  }

  play(id: string, playId: string, sources: readonly PlaySource[], options: { loop: boolean; gainDb?: number }): void {
    const endpoint = this.#endpoints.get(id);
    if (!endpoint) {
      this.#hear({ type: "playEnded", id, playId, why: "stopped" });
      return;
    }
    this.#plays.start(endpoint, playId, sources, options);
  }

  stopPlaying(id: string): void {
    const endpoint = this.#endpoints.get(id);
    if (endpoint) this.#plays.end(endpoint, "stopped");
  }

  bridge(a: string, b: string): void {
    const left = this.#endpoints.get(a);
    const right = this.#endpoints.get(b);
    if (!left || !right || left === right) {
      this.#options.log.warn({ a, b }, "bridge of endpoints that are not there");
      return;
    }
    for (const endpoint of [left, right]) {
      this.unbridge(endpoint.id);
      this.#leaveMix(endpoint);
    }
    left.bridgedTo = right;
    right.bridgedTo = left;
    this.#refresh(left);
    this.#refresh(right);
  }

  unbridge(id: string): void {
    const endpoint = this.#endpoints.get(id);
    const peer = endpoint?.bridgedTo;
    if (!endpoint || !peer) return;
    endpoint.bridgedTo = null;
    peer.bridgedTo = null;
    this.#refresh(endpoint);
    this.#refresh(peer);
  }

  mix(mixId: string, members: readonly MixMember[]): void {
    const mix = this.#mixes.get(mixId) ?? new Mix(mixId, (speakers) => this.#hear({ type: "speaking", id: mixId, speakers }));
    const wanted = new Set(members.map((member) => member.id));
    for (const endpoint of mix.members()) if (!wanted.has(endpoint.id)) this.#leaveMix(endpoint);
    for (const member of members) {
      const endpoint = this.#endpoints.get(member.id);
      if (!endpoint) continue;
      this.unbridge(member.id);
      if (!mix.members().includes(endpoint)) this.#leaveMix(endpoint);
      mix.seat(endpoint, member);
      this.#refresh(endpoint);
    }
    if (mix.size === 0) return;
    this.#mixes.set(mixId, mix);
    this.#ticker.add(mix);
  }

  playToMix(mixId: string, sources: readonly PlaySource[]): void {
    void this.#plays.load(sources, { mixId }).then((loaded) => this.#mixes.get(mixId)?.play(loaded));
  }

  #leaveMix(endpoint: Endpoint): void {
    if (endpoint.mixBuffer === null) return;
    for (const mix of this.#mixes.values()) {
      if (!mix.members().includes(endpoint)) continue;
      mix.unseat(endpoint.id);
      if (mix.size === 0) {
        this.#mixes.delete(mix.id);
        this.#ticker.remove(mix);
      }
    }
    this.#refresh(endpoint);
  }

  startRecording(recordingId: string, a: string, b: string | null, path: { stereo: string; mixed: string }): void {
    const left = this.#endpoints.get(a) ?? null;
    const right = b === null ? null : (this.#endpoints.get(b) ?? null);
    this.#desk.start(recordingId, left, right, path);
  }

  pauseRecording(recordingId: string, paused: boolean): void {
    this.#desk.pause(recordingId, paused);
  }

  stopRecording(recordingId: string): void {
    void this.#desk.end(recordingId);
  }

  listen(id: string, on: boolean): void {
    const endpoint = this.#endpoints.get(id);
    if (endpoint) endpoint.listener = on ? (endpoint.listener ?? new Listener((samples) => this.#hear({ type: "heard", id, samples }))) : null;
  }

  close(id: string): void {
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined) return;
    if (endpoint === null) {
      this.#endpoints.delete(id); // still opening: `#open` sees it
      return;
    }
    this.#plays.end(endpoint, "stopped");
    this.unbridge(id);
    this.#leaveMix(endpoint);
    this.#desk.left(endpoint);
    endpoint.sendReport(true);
    this.#ticker.remove(endpoint);
    endpoint.closeLinks();
    this.#endpoints.delete(id);
    this.#hear({ type: "closed", id, stats: endpoint.stats });
  }

  async stop(): Promise<void> {
    for (const id of this.#endpoints.keys()) this.close(id);
    await this.#desk.endAll();
    this.#ticker.stop();
    this.#housekeeping?.();
    this.#housekeeping = null;
  }

  #tick(member: Endpoint | Mix): void {
    const now = this.#options.clock.now();
    if (member instanceof Mix) {
      member.tick(now);
      for (const endpoint of member.members()) if (endpoint.player) this.#tickEndpoint(endpoint, now);
    } else this.#tickEndpoint(member, now);
  }

  #tickEndpoint(endpoint: Endpoint, now: number): void {
    try {
      if (endpoint.tick(now, this.#scratch)) this.#plays.end(endpoint, "finished");
    } catch (error) {
      this.#endByBug(endpoint, error);
    }
  }

  /** A mistake of ours costs the one endpoint that it happened in. */
  #endByBug(endpoint: Endpoint, error: unknown): void {
    this.#options.log.error({ id: endpoint.id, error: error instanceof Error ? error.stack : String(error) }, "media endpoint ended by a bug");
    this.#hear({ type: "failed", id: endpoint.id, why: "internal error" });
    this.close(endpoint.id);
  }

  #refresh(endpoint: Endpoint | null): void {
    if (!endpoint) return;
    if (endpoint.wantsTick) this.#ticker.add(endpoint);
    else this.#ticker.remove(endpoint);
  }

  #keepHouse(): void {
    this.#housekeeping ??= this.#options.clock.after(HOUSEKEEPING_MS, () => {
      this.#housekeeping = null;
      const now = this.#options.clock.now();
      const reports = now - this.#reportedAtMs >= REPORT_EVERY_MS;
      if (reports) this.#reportedAtMs = now;
      for (const endpoint of this.#endpoints.values()) {
        if (!endpoint) continue;
        if (reports) endpoint.sendReport(false);
        const silentMs = now - endpoint.heardAtMs;
        if (endpoint.receives && silentMs >= MEDIA_LOST_MS && !endpoint.lostTold) {
          endpoint.lostTold = true;
          this.#hear({ type: "mediaLost", id: endpoint.id, silentMs });
        }
      }
      if (this.#endpoints.size > 0) this.#keepHouse();
    });
  }
}

/** Ours of the peer's family first. */
function facingPeer(addresses: readonly string[], peer: string | null): readonly string[] {
  if (peer === null) return addresses;
  const same = (address: string): boolean => address.includes(":") === peer.includes(":");
  return [...addresses.filter(same), ...addresses.filter((address) => !same(address))];
}

function gone(id: string): Refusal {
  return { ok: false, status: 487, why: `media endpoint ${id} was closed while opening` };
}

function unknown(id: string): Refusal {
  return { ok: false, status: 481, why: `no media endpoint ${id}` };
}
