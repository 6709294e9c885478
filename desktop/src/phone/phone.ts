/**
 * The browser phone: what the desk calls and shows.
 *
 * `phone` is the state (registration, microphone, the call), `levels` the loudness of both sides. A call names its interaction
 * (`X-Tandem-Interaction`); ringing and its countdown are the interaction's, this is only the device. Answering is `answer()`:
 * the server hears the SIP answer, there is no REST accept for voice. Hold, transfer and recording of a contact are commands of the
 * server. `lines` are the calls of the company telephone, several at a time and placed from here too; they are held and transferred by
 * SIP, as any telephone does it. Contact or line, one is heard at a time. Several people in one call are the exchange's work (meetings).
 */
import { api, ApiFailure, inWords } from "../data/api.ts";
import { session } from "../data/session.ts";
import { createStore, useSelect } from "../data/store.ts";
import { levels } from "./levels.ts";
import { dialable, noLines, stepLines } from "./lines.ts";
import type { LineEvent, Lines } from "./lines.ts";
import type { Levels } from "./levels.ts";
import { audioDevices, checkMicrophone, chooseInput, chooseOutput, requestMicrophone, watchDevices } from "./microphone.ts";
import type { AudioDevices } from "./microphone.ts";
import { phoneOff, step } from "./state.ts";
import type { PhoneCall, PhoneEvent, PhoneState } from "./state.ts";
import type { SipAgent, TransferResult } from "./user-agent.ts";

export type { AudioDevices } from "./microphone.ts";
export type { Levels } from "./levels.ts";
export { dialable, heardLine, ringingLine } from "./lines.ts";
export type { Line, LineFailure, Lines } from "./lines.ts";
export type { MicState, PhoneCall, PhoneState, Registration } from "./state.ts";

/** The account is fetched again so often after a refusal or an unreachable server. */
const ACCOUNT_RETRY_MS = 5000;

export const phone = createStore<PhoneState>(phoneOff);
export const lines = createStore<Lines>(noLines);

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

function tellLine(event: LineEvent): void {
  lines.update((state) => stepLines(state, event));
}

function serverNow(): number {
  const now = session.get();
  return now.phase === "in" ? now.centre.now() : Date.now();
}

/** The customer hears music, not the other call. */
async function holdContact(): Promise<void> {
  const now = session.get();
  const { call } = phone.get();
  if (call?.state !== "live" || now.phase !== "in") return;
  if (now.centre.state.get().interactions.get(call.interactionId)?.held === false) await api.hold(call.interactionId);
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
    if (phone.get().call?.state === "live" || lines.get().list.some(({ state }) => state === "live")) event.preventDefault();
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
  lines.set(noLines);
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
      tellLine: (event) => mine === turn && tellLine(event),
      clear: holdContact,
      now: serverNow,
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
/** Calls a number as somebody types it. False: no telephone is here, or it is no number. */
export function dial(typed: string, name = ""): boolean {
  const number = dialable(typed);
  if (agent === null || number === null) return false;
  void agent.lines.dial(number, name);
  return true;
}
/** Calls the draft of a flow (administrators): the exchange knows it as `try-<flow>`. False: no telephone is here. */
export function dialFlow(flowId: string, name: string): boolean {
  if (agent === null) return false;
  void agent.lines.dial(`try-${encodeURIComponent(flowId)}`, name);
  return true;
}
export async function answerLine(id: string): Promise<void> {
  await agent?.lines.answer(id);
}
export async function hangUpLine(id: string): Promise<void> {
  await agent?.lines.hangUp(id);
}
export async function holdLine(id: string, held: boolean): Promise<void> {
  await agent?.lines.setHeld(id, held);
}
export function muteLine(id: string, muted: boolean): void {
  agent?.lines.setMuted(id, muted);
}
export function lineDtmf(id: string, key: string): void {
  if (/^[0-9*#A-D]$/.test(key)) agent?.lines.sendDtmf(id, key);
}
const NO_PHONE: TransferResult = { ok: false, status: 503 };
/** Hands the call over to a number; resolves with how it went. */
export async function transferLine(id: string, typed: string): Promise<TransferResult> {
  const number = dialable(typed);
  return number === null ? { ok: false, status: 484 } : ((await agent?.lines.transfer(id, number)) ?? NO_PHONE);
}
/** The other parties of two calls talk; we are out of both. */
export async function connectLines(id: string, otherId: string): Promise<TransferResult> {
  return (await agent?.lines.connect(id, otherId)) ?? NO_PHONE;
}
/** The failed call has been seen. */
export function clearFailure(): void {
  tellLine({ type: "seen" });
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
export function useLines(): Lines {
  return useSelect(lines, (state) => state);
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
