/**
 * The SIP user agent of this browser (sip.js over WebSocket, RFC 7118): registers, keeps registered, takes calls. Loaded on
 * demand; nothing else of the desktop knows sip.js. No STUN: the server is reached directly and answers with its own address.
 */
import type { BrowserPhone } from "@tandem/protocol";
import { Invitation, Registerer, RegistererState, SessionState, UserAgent, Web } from "sip.js";
import type { Session } from "sip.js";
import { levels, meter } from "./levels.ts";
import { LineSessions, sendKey } from "./line-sessions.ts";
import type { TransferResult } from "./line-sessions.ts";
import type { LineEvent } from "./lines.ts";
import { audioDevices, micStateOf, openMicrophone } from "./microphone.ts";
import { onInvite } from "./state.ts";
import type { PhoneEvent, PhoneState } from "./state.ts";

/** Gathering of host candidates takes milliseconds; waiting longer only delays the answer. */
const ICE_GATHERING_MS = 300;
/** The registration outlives two lost refreshes even when a hidden tab's timers run once a minute. */
const EXPIRES_S = 300;
const REFRESH_PERCENT = 50;
/** A broken sound path may heal (Wi-Fi to cable); after this the call is over. */
const AUDIO_LOST_MS = 12_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

export interface AgentPorts {
  account: BrowserPhone;
  state(): PhoneState;
  tell(event: PhoneEvent): void;
  tellLine(event: LineEvent): void;
  /** Puts the contact on hold, if one is heard: another call is taken up. */
  clear(): Promise<void>;
  /** Server time. */
  now(): number;
  /** The server no longer takes this account: a fresh one is needed. */
  onRefused(why: string): void;
}

export type { TransferResult } from "./line-sessions.ts";

export interface SipAgent {
  /** Calls of the house, beside the contact. */
  readonly lines: {
    dial(number: string, name: string): Promise<void>;
    answer(id: string): Promise<void>;
    hangUp(id: string): Promise<void>;
    setHeld(id: string, held: boolean): Promise<void>;
    setMuted(id: string, muted: boolean): void;
    sendDtmf(id: string, key: string): void;
    transfer(id: string, number: string): Promise<TransferResult>;
    connect(id: string, otherId: string): Promise<TransferResult>;
  };
  answer(): Promise<void>;
  decline(): Promise<void>;
  hangUp(): Promise<void>;
  setMuted(muted: boolean): void;
  sendDtmf(key: string): void;
  /** Takes the microphone chosen now into the call. */
  changeMicrophone(): Promise<void>;
  changeSpeaker(): Promise<void>;
  retryNow(): void;
  stop(): Promise<void>;
}

export async function startSipAgent({ account, state, tell, tellLine, clear, now, onRefused }: AgentPorts): Promise<SipAgent> {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const uri = UserAgent.makeURI(`sip:${account.account}@${account.domain}`);
  if (uri === undefined) throw new Error(`not a SIP address: ${account.account}@${account.domain}`);

  let session: Invitation | null = null;
  let stopMeter = (): void => {};
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let stopped = false;

  const speaker = document.createElement("audio");
  speaker.autoplay = true;

  const userAgent = new UserAgent({
    uri,
    authorizationUsername: account.account,
    authorizationPassword: account.password,
    transportOptions: { server: `${scheme}://${location.host}${account.wsPath}`, traceSip: false, connectionTimeout: 8 },
    sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(() => openMicrophone()),
    sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: ICE_GATHERING_MS, peerConnectionConfiguration: { iceServers: [], bundlePolicy: "balanced" } },
    // The server decides how long it rings; ours must never be the first to give up.
    noAnswerTimeout: 180,
    userAgentString: "Tandem desktop",
    logBuiltinEnabled: false,
    logConnector: (level, category, _label, content) => {
      if (level === "error") console.warn(`phone: ${category}: ${content}`);
    },
    delegate: {
      onConnect: () => void register(),
      onDisconnect: (error) => {
        if (stopped || error === undefined) return;
        tell({ type: "registration", registration: "lost" });
        retryLater();
      },
      onInvite: (invitation) => void invited(invitation),
    },
  });
  const registerer = new Registerer(userAgent, { expires: EXPIRES_S, refreshFrequency: REFRESH_PERCENT });
  registerer.stateChange.addListener((now) => {
    if (now === RegistererState.Registered) {
      attempts = 0;
      tell({ type: "registration", registration: "registered" });
    }
  });

  const register = async (): Promise<void> => {
    try {
      await registerer.register({
        requestDelegate: {
          onReject: ({ message }) => {
            if (message.statusCode === 401 || message.statusCode === 403 || message.statusCode === 404) onRefused(`${message.statusCode} ${message.reasonPhrase ?? ""}`.trim());
            else retryLater();
          },
        },
      });
    } catch {
      // Already being sent (RequestPendingError), or the transport went away meanwhile: the next connection registers.
      retryLater();
    }
  };

  const retryLater = (): void => {
    if (stopped) return;
    clearTimeout(retryTimer);
    const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts) * (0.5 + Math.random() / 2);
    attempts++;
    retryTimer = setTimeout(() => void connect(), waitMs);
  };

  const connect = async (): Promise<void> => {
    if (stopped) return;
    try {
      if (userAgent.isConnected()) await register();
      else await userAgent.reconnect();
    } catch {
      retryLater();
    }
  };

  const invited = async (invitation: Invitation): Promise<void> => {
    const interactionId = invitation.request.getHeader("X-Tandem-Interaction")?.trim();
    switch (onInvite(state(), interactionId)) {
      case "line":
        await lines.invited(invitation);
        return;
      case "busy":
        await invitation.reject({ statusCode: 486 });
        return;
      case "replace":
        // Not 603: the agent declined nothing, the older leg is only stale.
        if (session !== null) await leave(session, 487);
        break;
      case "take":
        break;
    }
    const id = interactionId ?? "";
    session = invitation;
    tell({ type: "invited", interactionId: id });
    invitation.stateChange.addListener((now) => {
      if (session !== invitation) return;
      if (now === SessionState.Established) established(invitation);
      if (now === SessionState.Terminated) {
        cleanUp();
        tell({ type: "ended", interactionId: id });
      }
    });
  };

  const established = (call: Invitation): void => {
    const media = mediaOf(call);
    if (media === null) return;
    speaker.srcObject = media.remoteMediaStream;
    // The call goes on either way; a silent one must leave a trace of why.
    void speaker.play().catch((error: unknown) => console.warn("phone: the speaker does not play:", error));
    void applySpeaker();
    stopMeter();
    stopMeter = meter(media.localMediaStream, media.remoteMediaStream);
    watchMicrophone(media.localMediaStream);
    const connection = media.peerConnection;
    connection?.addEventListener("connectionstatechange", () => {
      clearTimeout(lostTimer);
      const lost = connection.connectionState === "disconnected" || connection.connectionState === "failed";
      if (session === call) tell({ type: "audio", lost });
      if (lost) lostTimer = setTimeout(() => void leave(call), AUDIO_LOST_MS);
    });
    tell({ type: "established" });
  };

  const watchMicrophone = (stream: MediaStream): void => {
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", () => session !== null && tell({ type: "mic", mic: "lost" }));
  };

  const cleanUp = (): void => {
    session = null;
    clearTimeout(lostTimer);
    stopMeter();
    stopMeter = () => {};
    speaker.srcObject = null;
  };

  const leave = async (call: Session, statusCode = 603): Promise<void> => {
    if (call.state === SessionState.Established) await call.bye();
    else if (call instanceof Invitation && call.state === SessionState.Initial) await call.reject({ statusCode });
  };

  const applySpeaker = async (to: HTMLAudioElement = speaker): Promise<void> => {
    const { outputId } = audioDevices.get();
    try {
      await to.setSinkId(outputId ?? "");
    } catch {
      // Unplugged since it was chosen: the default one plays.
      await to.setSinkId("").catch((error: unknown) => console.warn("phone: no speaker can be chosen:", error));
    }
  };

  const lines = new LineSessions({ userAgent, domain: account.domain, now, tell: tellLine, tellMic: (mic) => tell({ type: "mic", mic }), clear, applySpeaker });

  tell({ type: "registration", registration: "connecting" });
  try {
    await userAgent.start();
  } catch {
    tell({ type: "registration", registration: "lost" });
    retryLater();
  }

  return {
    lines,
    async answer() {
      const call = session;
      if (call === null || call.state !== SessionState.Initial) return;
      tell({ type: "answering" });
      try {
        await lines.holdAll();
        await call.accept();
        tell({ type: "mic", mic: "granted" });
      } catch (error) {
        const mic = error instanceof DOMException;
        if (mic) tell({ type: "mic", mic: micStateOf(error) });
        if (session === call) tell({ type: "answerFailed", cause: mic ? "mic" : "call" });
      }
    },
    async decline() {
      if (session !== null) await leave(session);
    },
    async hangUp() {
      if (session !== null) await leave(session);
    },
    setMuted(muted) {
      const tracks = session === null ? [] : (mediaOf(session)?.localMediaStream.getAudioTracks() ?? []);
      for (const track of tracks) track.enabled = !muted;
      tell({ type: "muted", muted });
    },
    sendDtmf(key) {
      if (session !== null) sendKey(session, key);
    },
    async changeMicrophone() {
      const media = session === null ? null : mediaOf(session);
      if (media?.peerConnection === undefined || media.peerConnection === null) return;
      const fresh = await openMicrophone();
      const [track] = fresh.getAudioTracks();
      const sender = media.peerConnection.getSenders().find((s) => s.track?.kind === "audio" || s.track === null);
      if (track === undefined || sender === undefined) return;
      track.enabled = state().call?.muted !== true;
      const old = sender.track;
      await sender.replaceTrack(track);
      for (const kept of media.localMediaStream.getAudioTracks()) media.localMediaStream.removeTrack(kept);
      media.localMediaStream.addTrack(track);
      old?.stop();
      watchMicrophone(fresh);
      stopMeter();
      stopMeter = meter(media.localMediaStream, media.remoteMediaStream);
      tell({ type: "mic", mic: "granted" });
    },
    async changeSpeaker() {
      await applySpeaker();
      await lines.applySpeaker();
    },
    retryNow() {
      attempts = 0;
      if (state().registration === "lost") void connect();
    },
    async stop() {
      stopped = true;
      clearTimeout(retryTimer);
      if (session !== null) await leave(session).catch((error: unknown) => console.warn("phone: the call could not be ended:", error));
      await lines.stop();
      cleanUp();
      levels.set({ mine: 0, theirs: 0 });
      // The server drops the registration with the socket; saying so first is politeness.
      await registerer.unregister().catch(() => undefined /* not connected, or never registered: nothing to take back */);
      await userAgent.stop().catch((error: unknown) => console.warn("phone: the connection did not close cleanly:", error));
    },
  };
}

function mediaOf(call: Session): Web.SessionDescriptionHandler | null {
  return call.sessionDescriptionHandler instanceof Web.SessionDescriptionHandler ? call.sessionDescriptionHandler : null;
}
