/** The calling chunk: one outgoing call by sip.js over WebSocket and WebRTC. Built apart, loaded at the first call only. */
import type { WidgetCall } from "@tandem/protocol";
import { pressKey } from "@tandem/protocol/early-keys";
import { Inviter, SessionState, UserAgent, Web } from "sip.js";
import type { CallError } from "./words.ts";

export interface PlacedCall {
  /** One of 0-9 * #, as an RFC 4733 event. */
  key(key: string): void;
  /** Cancels or ends; safe to call twice, and after the end. */
  hangUp(): void;
}

export interface CallListener {
  connected(): void;
  /** Null: ended in peace by the other side. Told once; never after `hangUp`. */
  ended(error: CallError | null): void;
}

/** Host candidates are there in milliseconds; sip.js would wait five seconds for servers that we do not use. */
const GATHER_WITHIN_MS = 500;
const ANSWER_WITHIN_MS = 40_000;
/** BYE or CANCEL needs a moment on the wire before the socket closes under it. */
const FAREWELL_MS = 2_000;

export function placeCall(account: WidgetCall, socketUrl: string, microphone: MediaStream, listener: CallListener): PlacedCall {
  const uri = UserAgent.makeURI(`sip:${account.account}@${account.domain}`);
  const target = UserAgent.makeURI(`sip:${account.target}@${account.domain}`);
  if (uri === undefined || target === undefined) throw new Error("the server's call account is not a SIP address");
  let over = false;
  const audio = new Audio();
  audio.autoplay = true;
  const agent = new UserAgent({
    uri,
    authorizationUsername: account.account,
    authorizationPassword: account.password,
    transportOptions: { server: socketUrl, connectionTimeout: 8, keepAliveInterval: 0 },
    // The page's own microphone stream: asked for once, and muted by the page.
    sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(() => Promise.resolve(microphone)),
    sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: GATHER_WITHIN_MS, peerConnectionConfiguration: { iceServers: [] } },
    reconnectionAttempts: 0,
    logLevel: "error",
    delegate: { onDisconnect: (error) => error !== undefined && finish(inviter.state === SessionState.Established ? "lost" : "network") },
  });
  const inviter = new Inviter(agent, target, { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } });
  const answerTimer = setTimeout(() => finish("no-answer"), ANSWER_WITHIN_MS);

  const handler = (): Web.SessionDescriptionHandler | undefined =>
    inviter.sessionDescriptionHandler instanceof Web.SessionDescriptionHandler ? inviter.sessionDescriptionHandler : undefined;

  const close = (): void => {
    clearTimeout(answerTimer);
    audio.srcObject = null;
    const farewell = inviter.state === SessionState.Established ? inviter.bye() : inviter.state === SessionState.Establishing ? inviter.cancel() : Promise.resolve();
    farewell.catch((error: unknown) => console.warn("[tandem] farewell:", error));
    setTimeout(() => void agent.stop().catch((error: unknown) => console.warn("[tandem] stop:", error)), FAREWELL_MS);
  };
  const finish = (error: CallError | null): void => {
    if (over) return;
    over = true;
    close();
    listener.ended(error);
  };

  inviter.stateChange.addListener((state) => {
    if (over) return;
    if (state === SessionState.Established) {
      clearTimeout(answerTimer);
      const peer = handler();
      audio.srcObject = peer?.remoteMediaStream ?? null;
      audio.play().catch((error: unknown) => console.warn("[tandem] sound:", error));
      peer?.peerConnection?.addEventListener("connectionstatechange", () => {
        if (peer.peerConnection?.connectionState === "failed") finish("lost");
      });
      listener.connected();
    } else if (state === SessionState.Terminated) {
      finish(null);
    }
  });

  agent
    .start()
    .then(async () => {
      if (over) return;
      await inviter.invite({ requestDelegate: { onReject: (response) => finish(errorOf(response.message.statusCode)) } });
    })
    .catch((error: unknown) => {
      console.warn("[tandem] call:", error);
      finish("network");
    });

  return {
    key: (key) => {
      const peer = handler();
      if (peer?.peerConnection) pressKey(peer.peerConnection, key, (keys) => void peer.sendDtmf(keys, { duration: 160, interToneGap: 70 }));
    },
    hangUp: () => {
      if (over) return;
      over = true;
      close();
    },
  };
}

function errorOf(status: number | undefined): CallError {
  if (status === 486 || status === 600 || status === 503) return "busy";
  if (status === 480 || status === 408 || status === 487) return "no-answer";
  if (status === 401 || status === 403 || status === 407 || status === 603) return "refused";
  return "failed";
}
