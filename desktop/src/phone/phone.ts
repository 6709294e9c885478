/**
 * The browser phone: what the desk calls and shows.
 *
 * `phone` is the state (registration, microphone, the call), `levels` the loudness of both sides. A call names its interaction
 * (`X-Tandem-Interaction`); ringing and its countdown are the interaction's, this is only the device. Answering is `answer()`:
 * the server hears the SIP answer, there is no REST accept for voice. Hold, transfer and recording are commands of the server.
 * Deliberately absent: calling out, several calls at once (the engine offers one).
 */
import { api, ApiFailure, inWords } from "../data/api.ts";
import { session } from "../data/session.ts";
import { createStore, useSelect } from "../data/store.ts";
import { levels } from "./levels.ts";
import type { Levels } from "./levels.ts";
import { audioDevices, checkMicrophone, chooseInput, chooseOutput, requestMicrophone, watchDevices } from "./microphone.ts";
import type { AudioDevices } from "./microphone.ts";
import { phoneOff, step } from "./state.ts";
import type { PhoneCall, PhoneEvent, PhoneState } from "./state.ts";
import type { SipAgent } from "./user-agent.ts";

export type { AudioDevices } from "./microphone.ts";
export type { Levels } from "./levels.ts";
export type { MicState, PhoneCall, PhoneState, Registration } from "./state.ts";

/** The account is fetched again so often after a refusal or an unreachable server. */
const ACCOUNT_RETRY_MS = 5000;

export const phone = createStore<PhoneState>(phoneOff);

let agent: SipAgent | null = null;
/** Each start has a number: what an older one still brings is dropped. */
let turn = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
/** Accounts refused in a row: a restarted server refuses the old one, and the fresh one is taken at once; more than that must not become a storm. */
let refusals = 0;
let stopWatching = (): void => {};

function tell(event: PhoneEvent): void {
  if (event.type === "registration" && event.registration === "registered") refusals = 0;
  phone.update((state) => step(state, event));
}

/** Signs this browser in as a phone and keeps it so, while an agent is signed in. */
export function startPhone(): void {
  stopWatching();
  const now = session.get();
  const connection = now.phase === "in" ? now.centre.connection : null;
  // The stream's timers are not slowed in a hidden tab, the phone's are: when the one is back, so is the network of the other.
  const stopStream = connection?.subscribe(() => {
    if (connection.get().phase === "live") agent?.retryNow();
  });
  const stopDevices = watchDevices(() => void lookAtMicrophone());
  const online = (): void => agent?.retryNow();
  const leaving = (event: BeforeUnloadEvent): void => {
    // Reloading would cut the customer off: the browser asks first.
    if (phone.get().call?.state === "live") event.preventDefault();
  };
  addEventListener("online", online);
  addEventListener("beforeunload", leaving);
  stopWatching = () => {
    stopDevices();
    stopStream?.();
    removeEventListener("online", online);
    removeEventListener("beforeunload", leaving);
  };
  void lookAtMicrophone();
  void connect(++turn);
}

/** At sign-out; a call that is up is ended. */
export async function stopPhone(): Promise<void> {
  turn++;
  clearTimeout(retryTimer);
  stopWatching();
  stopWatching = () => {};
  const leaving = agent;
  agent = null;
  phone.set(phoneOff);
  await leaving?.stop();
}

async function connect(mine: number): Promise<void> {
  if (mine !== turn) return;
  tell({ type: "registration", registration: "connecting" });
  try {
    const [account, { startSipAgent }] = await Promise.all([api.phoneAccount(), import("./user-agent.ts")]);
    const started = await startSipAgent({
      account,
      state: phone.get,
      tell: (event) => mine === turn && tell(event),
      onRefused: (why) => {
        if (mine !== turn) return;
        tell({ type: "registration", registration: "refused", why });
        void renew(mine);
      },
    });
    if (mine === turn) agent = started;
    else await started.stop();
  } catch (error) {
    if (mine !== turn) return;
    // Without this right there will be no phone, however often it is asked.
    const forbidden = error instanceof ApiFailure && (error.status === 403 || error.status === 404);
    tell({ type: "registration", registration: forbidden ? "off" : "lost", why: inWords(error) });
    if (!forbidden) retryTimer = setTimeout(() => void connect(mine), ACCOUNT_RETRY_MS);
  }
}

/** The account has expired or the server forgot it: a new one, a new user agent. */
async function renew(mine: number): Promise<void> {
  const old = agent;
  agent = null;
  await old?.stop();
  if (mine === turn) retryTimer = setTimeout(() => void connect(mine), refusals++ === 0 ? 0 : ACCOUNT_RETRY_MS);
}

async function lookAtMicrophone(): Promise<void> {
  tell({ type: "mic", mic: await checkMicrophone() });
}

/** Lets the browser ask for the microphone; call it from a click. */
export async function allowMicrophone(): Promise<void> {
  tell({ type: "mic", mic: await requestMicrophone() });
}

export async function answer(): Promise<void> {
  await agent?.answer();
}
export async function decline(): Promise<void> {
  await agent?.decline();
}
export async function hangUp(): Promise<void> {
  await agent?.hangUp();
}
export function setMuted(muted: boolean): void {
  agent?.setMuted(muted);
}
/** `key`: one of 0-9 * # A-D. */
export function sendDtmf(key: string): void {
  if (/^[0-9*#A-D]$/.test(key)) agent?.sendDtmf(key);
}
export async function setMicrophone(id: string | null): Promise<void> {
  chooseInput(id);
  await agent?.changeMicrophone();
}
export async function setSpeaker(id: string | null): Promise<void> {
  chooseOutput(id);
  await agent?.changeSpeaker();
}

export function usePhone(): PhoneState {
  return useSelect(phone, (state) => state);
}
/** The device's side of this interaction's call, when it is on this browser. */
export function usePhoneCall(interactionId: string | null): PhoneCall | null {
  return useSelect(phone, (state) => (state.call?.interactionId === interactionId ? state.call : null));
}
export function useLevels(): Levels {
  return useSelect(levels, (now) => now);
}
export function useAudioDevices(): AudioDevices {
  return useSelect(audioDevices, (devices) => devices);
}
