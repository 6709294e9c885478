/**
 * What the media side does for the rest: endpoints (one per call leg), bridges, prompts, recording. The engine lives in a
 * worker thread; these calls and events cross the thread as plain data. An endpoint id is the leg's ref.
 */

/** "srtp": SDES keys in the SDP (RFC 4568); the signalling that carries it must be protected. */
export type EndpointKind = "rtp" | "srtp" | "webrtc";

export interface MediaOptions {
  /**
   * Another endpoint whose further streams (video, real-time text) are offered or accepted here too, and relayed while the two are
   * bridged. Without it, further streams are refused with port 0.
   */
  like?: string;
  /** The same, of an offer whose endpoint does not exist yet: a call that came in and is not answered. */
  likeSdp?: string;
  /**
   * Address that the peer's signalling comes from or goes to. Our address is then of its family, and first packets are believed only from
   * there or from the address in the peer's SDP (keys prove a peer wherever it is). Absent: the first address that sends.
   */
  peer?: string;
  /** Somebody who has not shown who they are: they get a few seconds of sound at the address that they name, and more once they were heard from there. */
  stranger?: boolean;
}

export type MediaEvent =
  /** One key press, from RFC 4733 events, or in-band tones when the peer offers no telephone-event. */
  | { type: "digit"; id: string; digit: string; source: "rfc4733" | "inband" }
  /** Comes once for every `play`; a source that cannot be read is logged and left out, so a prompt of nothing else ends at once. */
  | { type: "playEnded"; id: string; playId: string; why: "finished" | "stopped" | "replaced" }
  /** Media flows for the first time (for WebRTC: DTLS done and first packet). */
  | { type: "mediaStarted"; id: string }
  /** Nothing received for `silentMs` although we may expect media (not while held). */
  | { type: "mediaLost"; id: string; silentMs: number }
  | { type: "closed"; id: string; stats: EndpointStats }
  /** Of the stereo file. Comes after `stopRecording`, or when the last endpoint of the recording closed. */
  | { type: "recordingEnded"; recordingId: string; path: string; durationMs: number; bytes: number }
  /**
   * An endpoint cannot go on (DTLS failed, or its browser closed the connection two seconds ago and no BYE closed the endpoint since:
   * close it), or, with a recording's id, its file cannot be written (the call goes on).
   */
  | { type: "failed"; id: string; why: string }
  /** What a peer says (16-bit linear, 8 kHz, 100 ms, lost packets as silence), while `listen` is on. */
  | { type: "heard"; id: string; samples: Int16Array }
  /** Who speaks in a mix (`id`), whenever that is somebody else than before; at most four times a second. */
  | { type: "speaking"; id: string; speakers: readonly string[] };

export interface EndpointStats {
  packetsReceived: number;
  packetsSent: number;
  packetsLost: number;
  jitterMs: number;
}

/** Who takes part in a mix. */
export interface MixMember {
  id: string;
  /** Whom it hears; absent: all others. */
  hears?: readonly string[];
  /** Hears the others and is heard by nobody. */
  muted?: boolean;
  /** How loud the others hear it. */
  gainDb?: number;
}

export interface PlaySource {
  /** Absolute path of a WAV, 8 kHz mono, 16-bit PCM or µ-law/A-law. */
  path: string;
}

export interface MediaPort {
  /** As answerer: takes the remote offer, returns our answer. Refusals are values (no common codec = 488). */
  answer(id: string, kind: EndpointKind, offerSdp: string, options?: MediaOptions): Promise<{ ok: true; sdp: string } | { ok: false; status: number; why: string }>;
  /** As offerer: returns our offer; complete it with `setAnswer`. */
  offer(id: string, kind: EndpointKind, options?: MediaOptions): Promise<{ ok: true; sdp: string } | { ok: false; status: number; why: string }>;
  setAnswer(id: string, answerSdp: string): Promise<{ ok: true } | { ok: false; status: number; why: string }>;
  /** Remote re-offer on a live endpoint (hold, resume, new address, ICE restart): returns our answer. Reports the direction asked. */
  reanswer(id: string, offerSdp: string): Promise<{ ok: true; sdp: string; remoteHolds: boolean } | { ok: false; status: number; why: string }>;
  /** Our own new offer on a live endpoint with the direction asked (sendonly to hold, sendrecv to resume). */
  reoffer(id: string, direction: "sendrecv" | "sendonly" | "inactive"): Promise<{ ok: true; sdp: string } | { ok: false; status: number; why: string }>;
  /** Plays sources one after another (each loops as a whole with `loop`), replacing what plays; ends with one playEnded. */
  play(id: string, playId: string, sources: readonly PlaySource[], options: { loop: boolean; gainDb?: number }): void;
  stopPlaying(id: string): void;
  /** Sends audio both ways between two endpoints (relay while it can). An endpoint is in one bridge at most. Playing on an endpoint interrupts the bridge's audio towards it. */
  bridge(a: string, b: string): void;
  unbridge(id: string): void;
  /** Mixes any number of endpoints: each hears the others, not itself. Replaces the members of an existing mix; an empty list ends it. An endpoint is in one bridge or mix at most. Playing on an endpoint interrupts the mix towards it. */
  mix(mixId: string, members: readonly MixMember[]): void;
  /** Plays sources once to everybody in a mix, over their voices and after what is played there already; no event tells its end. */
  playToMix(mixId: string, sources: readonly PlaySource[]): void;
  /** Writes what each side says: stereo (a left, b right) and mixed mono, as it runs; header valid at any crash. `b` null records one side. */
  startRecording(recordingId: string, a: string, b: string | null, path: { stereo: string; mixed: string }): void;
  /** Pause keeps the time line: silence is written. */
  pauseRecording(recordingId: string, paused: boolean): void;
  stopRecording(recordingId: string): void;
  /** Tells what this endpoint's peer says as `heard` events, until told otherwise or its end. */
  listen(id: string, on: boolean): void;
  close(id: string): void;
  onEvent(hear: (event: MediaEvent) => void): void;
  /** Closes everything, ends recordings, frees sockets. */
  stop(): Promise<void>;
}
