/**
 * Calls of the company telephone in this browser (sip.js): dial, answer, hold, transfer, connect two. One call is heard at a
 * time: taking one up puts the others on hold. The exchange is a back-to-back agent: it does the transfer when it hears REFER.
 */
import { Inviter, Invitation, SessionState, UserAgent, Web } from "sip.js";
import type { Session, URI } from "sip.js";
import { pressKey } from "@tandem/protocol/early-keys";
import { meter } from "./levels.ts";
import { failureOf } from "./lines.ts";
import type { LineEvent, LineFailure } from "./lines.ts";
import { micStateOf } from "./microphone.ts";
import type { MicState } from "./state.ts";
import { ringback } from "./ringback.ts";

/** A broken sound path may heal (Wi-Fi to cable); after this the call is over. */
const AUDIO_LOST_MS = 12_000;
/** Calls at a time here. Attack: somebody who lets this screen fill with ringing cards. */
const MAX_LINES = 4;

export interface LinePorts {
  userAgent: UserAgent;
  domain: string;
  now(): number;
  tell(event: LineEvent): void;
  tellMic(mic: MicState): void;
  /** Puts the customer's contact on hold before another call is heard. Rejects: it could not. */
  clear(): Promise<void>;
  applySpeaker(speaker: HTMLAudioElement): Promise<void>;
}

interface Open {
  id: string;
  session: Session;
  speaker: HTMLAudioElement;
  held: boolean;
  muted: boolean;
  stopSounds: () => void;
  lostTimer: ReturnType<typeof setTimeout> | undefined;
  failure: LineFailure | null;
}

export type TransferResult = { ok: true } | { ok: false; status: number };

export class LineSessions {
  readonly #ports: LinePorts;
  readonly #open = new Map<string, Open>();

  constructor(ports: LinePorts) {
    this.#ports = ports;
  }

  get busy(): boolean {
    return this.#open.size > 0;
  }

  /** A call without a contact: of the house, or from outside to this extension. */
  async invited(invitation: Invitation): Promise<void> {
    if (this.#open.size >= MAX_LINES) {
      await invitation.reject({ statusCode: 486 });
      return;
    }
    const { uri, displayName } = invitation.remoteIdentity;
    const number = uri.user === "anonymous" ? "" : (uri.user ?? "");
    // sip.js gives undefined, against its own types, where a caller has no name.
    const name = typeof displayName === "string" && displayName !== number ? displayName : "";
    const open = this.#keep(invitation.request.callId, invitation);
    this.#ports.tell({ type: "began", id: open.id, direction: "in", number, name, atMs: this.#ports.now() });
    // RFC 5373 as the exchange asks it of intercoms and pages: the phone answers by itself. Never in the middle of another call.
    const asked = /answer-after\s*=\s*0/i.test(invitation.request.getHeader("Call-Info") ?? "") || /auto/i.test(invitation.request.getHeader("Answer-Mode") ?? "");
    if (asked && this.#open.size === 1) await this.answer(open.id);
  }

  /** @param number as dialled, without spaces. */
  async dial(number: string, name: string): Promise<void> {
    const target = this.#address(number);
    if (target === undefined || this.#open.size >= MAX_LINES) return;
    const inviter = new Inviter(this.#ports.userAgent, target, { earlyMedia: true });
    const open = this.#keep(inviter.request.callId, inviter);
    this.#ports.tell({ type: "began", id: open.id, direction: "out", number, name, atMs: this.#ports.now() });
    let heard = false;
    try {
      await this.#alone(open.id);
      // Hung up while the other calls were put on hold.
      if (!this.#open.has(open.id)) return;
      await inviter.invite({
        requestDelegate: {
          onProgress: ({ message }) => {
            if (message.statusCode === 100 || !this.#open.has(open.id)) return;
            this.#ports.tell({ type: "state", id: open.id, state: "early", atMs: this.#ports.now() });
            if (heard) return;
            heard = true;
            open.stopSounds();
            // Early sound of an operator is heard as it is; else we sound the ringing tone ourselves.
            if (message.body === "") open.stopSounds = ringback();
            else this.#listen(open);
          },
          onReject: ({ message }) => {
            open.failure = failureOf(message.statusCode ?? 500);
          },
        },
      });
    } catch (error) {
      open.failure = error instanceof DOMException ? "mic" : "failed";
      if (error instanceof DOMException) this.#ports.tellMic(micStateOf(error));
      if (inviter.state === SessionState.Initial || inviter.state === SessionState.Terminated) this.#over(open);
      else await this.hangUp(open.id);
    }
  }

  async answer(id: string): Promise<void> {
    const open = this.#open.get(id);
    if (!(open?.session instanceof Invitation) || open.session.state !== SessionState.Initial) return;
    this.#ports.tell({ type: "state", id, state: "answering", atMs: this.#ports.now() });
    try {
      await this.#alone(id);
      await open.session.accept();
      this.#ports.tellMic("granted");
    } catch (error) {
      const mic = error instanceof DOMException;
      if (mic) this.#ports.tellMic(micStateOf(error));
      open.failure = mic ? "mic" : "failed";
      await this.hangUp(id);
      this.#over(open);
    }
  }

  async hangUp(id: string): Promise<void> {
    const session = this.#open.get(id)?.session;
    if (session === undefined) return;
    if (session.state === SessionState.Established) await session.bye();
    else if (session instanceof Inviter) await session.cancel();
    else if (session instanceof Invitation && session.state === SessionState.Initial) await session.reject({ statusCode: 603 });
  }

  async setHeld(id: string, held: boolean): Promise<void> {
    const open = this.#open.get(id);
    if (open === undefined || open.held === held || open.session.state !== SessionState.Established) return;
    try {
      if (!held) await this.#alone(id);
      await this.#reinvite(open, held);
    } catch (error) {
      // It stays on hold, and the button can be pressed again.
      console.warn("phone: the contact could not be put on hold:", error);
    }
  }

  setMuted(id: string, muted: boolean): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.muted = muted;
    this.#sound(open);
    this.#ports.tell({ type: "changed", id, change: { muted } });
  }

  sendDtmf(id: string, key: string): void {
    sendKey(this.#open.get(id)?.session, key);
  }

  /** Hands the other party over to a number. Resolves with how it went there. */
  async transfer(id: string, number: string): Promise<TransferResult> {
    const target = this.#address(number);
    return target === undefined ? { ok: false, status: 484 } : this.#refer(id, target);
  }

  /** Puts the other parties of two of our calls together; we are out of both. */
  async connect(id: string, otherId: string): Promise<TransferResult> {
    const other = this.#open.get(otherId);
    return other === undefined ? { ok: false, status: 481 } : this.#refer(id, other.session);
  }

  /** Everything answered goes on hold: a contact is taken up. */
  async holdAll(): Promise<void> {
    for (const open of this.#open.values()) if (!open.held && open.session.state === SessionState.Established) await this.#reinvite(open, true);
  }

  async applySpeaker(): Promise<void> {
    for (const { speaker } of this.#open.values()) await this.#ports.applySpeaker(speaker);
  }

  async stop(): Promise<void> {
    for (const { id } of [...this.#open.values()]) await this.hangUp(id).catch((error: unknown) => console.warn("phone: a call could not be ended:", error));
    for (const open of [...this.#open.values()]) this.#over(open);
  }

  #address(number: string): URI | undefined {
    return UserAgent.makeURI(`sip:${encodeURIComponent(number).replaceAll("%2B", "+").replaceAll("%2A", "*")}@${this.#ports.domain}`);
  }

  #keep(id: string, session: Session): Open {
    const speaker = document.createElement("audio");
    speaker.autoplay = true;
    const open: Open = { id, session, speaker, held: false, muted: false, stopSounds: () => {}, lostTimer: undefined, failure: null };
    this.#open.set(id, open);
    session.stateChange.addListener((now) => {
      if (now === SessionState.Established) this.#established(open);
      if (now === SessionState.Terminated) this.#over(open);
    });
    return open;
  }

  #established(open: Open): void {
    open.stopSounds();
    open.stopSounds = () => {};
    this.#listen(open);
    const connection = mediaOf(open.session)?.peerConnection;
    connection?.addEventListener("connectionstatechange", () => {
      clearTimeout(open.lostTimer);
      const lost = connection.connectionState === "disconnected" || connection.connectionState === "failed";
      this.#ports.tell({ type: "changed", id: open.id, change: { audioLost: lost } });
      if (lost) open.lostTimer = setTimeout(() => void this.hangUp(open.id), AUDIO_LOST_MS);
    });
    this.#ports.tellMic("granted");
    this.#ports.tell({ type: "state", id: open.id, state: "live", atMs: this.#ports.now() });
  }

  #listen(open: Open): void {
    const media = mediaOf(open.session);
    if (media === null) return;
    open.speaker.srcObject = media.remoteMediaStream;
    void open.speaker.play().catch((error: unknown) => console.warn("phone: the speaker does not play:", error));
    void this.#ports.applySpeaker(open.speaker);
    open.stopSounds();
    open.stopSounds = meter(media.localMediaStream, media.remoteMediaStream);
  }

  #over(open: Open): void {
    if (!this.#open.delete(open.id)) return;
    clearTimeout(open.lostTimer);
    open.stopSounds();
    open.speaker.srcObject = null;
    this.#ports.tell({ type: "over", id: open.id, failure: open.failure });
  }

  /** Before `id` is heard: the contact and every other call wait. */
  async #alone(id: string): Promise<void> {
    await this.#ports.clear();
    for (const open of this.#open.values()) if (open.id !== id && !open.held && open.session.state === SessionState.Established) await this.#reinvite(open, true);
  }

  async #reinvite(open: Open, held: boolean): Promise<void> {
    const before = open.held;
    open.session.sessionDescriptionHandlerOptionsReInvite = { hold: held } as Web.SessionDescriptionHandlerOptions;
    open.held = held;
    this.#sound(open);
    this.#ports.tell({ type: "changed", id: open.id, change: { held } });
    await new Promise<void>((resolve) => {
      const back = (): void => {
        open.held = before;
        this.#sound(open);
        this.#ports.tell({ type: "changed", id: open.id, change: { held: before } });
        resolve();
      };
      // A re-INVITE that meets theirs (491) leaves things as they were: the button can be pressed again.
      open.session.invite({ requestDelegate: { onAccept: () => resolve(), onReject: back } }).catch(back);
    });
  }

  /** Held is silent both ways, whatever the other side still sends. */
  #sound({ session, speaker, held, muted }: Open): void {
    const media = mediaOf(session);
    speaker.muted = held;
    for (const track of media?.localMediaStream.getAudioTracks() ?? []) track.enabled = !muted && !held;
  }

  #refer(id: string, to: Parameters<Session["refer"]>[0]): Promise<TransferResult> {
    const open = this.#open.get(id);
    if (open === undefined || open.session.state !== SessionState.Established) return Promise.resolve({ ok: false, status: 481 });
    this.#ports.tell({ type: "changed", id, change: { transferring: true } });
    return new Promise((resolve) => {
      const done = (result: TransferResult): void => {
        this.#ports.tell({ type: "changed", id, change: { transferring: false } });
        open.session.stateChange.removeListener(ended);
        resolve(result);
        if (result.ok) void this.hangUp(id);
      };
      // The exchange ends our leg when its part is done, with or without the last notice.
      const ended = (now: SessionState): void => {
        if (now === SessionState.Terminated) done({ ok: true });
      };
      open.session.stateChange.addListener(ended);
      open.session
        .refer(to, {
          requestDelegate: { onReject: ({ message }) => done({ ok: false, status: message.statusCode ?? 500 }) },
          onNotify: (notification) => {
            void notification.accept();
            const status = Number(/^SIP\/2\.0 (\d{3})/.exec(notification.request.body)?.[1] ?? 0);
            if (status >= 200) done(status < 300 ? { ok: true } : { ok: false, status });
          },
        })
        .catch(() => done({ ok: false, status: 500 }));
    });
  }
}

/** A key of a call, as an RFC 4733 event. */
export function sendKey(call: Session | undefined, key: string): void {
  const media = mediaOf(call);
  if (media?.peerConnection) pressKey(media.peerConnection, key, (keys) => void media.sendDtmf(keys, { duration: 160, interToneGap: 70 }));
}

function mediaOf(call: Session | undefined): Web.SessionDescriptionHandler | null {
  return call?.sessionDescriptionHandler instanceof Web.SessionDescriptionHandler ? call.sessionDescriptionHandler : null;
}
