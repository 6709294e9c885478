/** The microphone and the speaker: permission, choice, loss. Choices are kept on this machine. */
import { createStore } from "../data/store.ts";
import type { MicState } from "./state.ts";

export interface AudioDevices {
  readonly inputs: readonly { id: string; label: string }[];
  readonly outputs: readonly { id: string; label: string }[];
  /** Null is the system's default. */
  readonly inputId: string | null;
  readonly outputId: string | null;
}

const INPUT_KEY = "tandem.microphone";
const OUTPUT_KEY = "tandem.speaker";

export const audioDevices = createStore<AudioDevices>({ inputs: [], outputs: [], inputId: null, outputId: null });

/** Looks without asking: only `requestMicrophone` may make the browser's question appear. */
export async function checkMicrophone(): Promise<MicState> {
  if (navigator.mediaDevices === undefined) return "insecure";
  const inputs = await listDevices();
  if (inputs === 0) return "missing";
  try {
    const permission = await navigator.permissions.query({ name: "microphone" });
    if (permission.state === "denied") return "denied";
    return permission.state === "granted" ? "granted" : "unknown";
  } catch {
    // Firefox of some versions does not know this permission's name: asking will tell.
    return "unknown";
  }
}

/** Makes the browser ask once, then lets the microphone go: it must not stay lit all shift. */
export async function requestMicrophone(): Promise<MicState> {
  if (navigator.mediaDevices === undefined) return "insecure";
  try {
    const stream = await openMicrophone();
    for (const track of stream.getTracks()) track.stop();
    await listDevices();
    return "granted";
  } catch (error) {
    return micStateOf(error);
  }
}

/** The chosen microphone, or the default one when that is no longer there. */
export async function openMicrophone(): Promise<MediaStream> {
  const { inputId } = audioDevices.get();
  const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  if (inputId !== null) {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { ...wish, deviceId: { exact: inputId } } });
    } catch (error) {
      if (micStateOf(error) === "denied") throw error;
    }
  }
  return navigator.mediaDevices.getUserMedia({ audio: wish });
}

export function micStateOf(error: unknown): MicState {
  const name = error instanceof DOMException ? error.name : "";
  return name === "NotAllowedError" || name === "SecurityError" ? "denied" : "missing";
}

/** Tells of headsets plugged and unplugged; the returned function stops. */
export function watchDevices(onChange: () => void): () => void {
  if (navigator.mediaDevices === undefined) return () => {};
  const changed = (): void => {
    void listDevices().then(onChange);
  };
  navigator.mediaDevices.addEventListener("devicechange", changed);
  return () => navigator.mediaDevices.removeEventListener("devicechange", changed);
}

export function chooseInput(id: string | null): void {
  keep(INPUT_KEY, id);
  audioDevices.update((devices) => ({ ...devices, inputId: id }));
}
export function chooseOutput(id: string | null): void {
  keep(OUTPUT_KEY, id);
  audioDevices.update((devices) => ({ ...devices, outputId: id }));
}

/** The number of microphones. Labels are empty until permission is given. */
async function listDevices(): Promise<number> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind) => all.filter((d) => d.kind === kind && d.deviceId !== "default" && d.deviceId !== "").map((d) => ({ id: d.deviceId, label: d.label }));
  audioDevices.set({ inputs: of("audioinput"), outputs: of("audiooutput"), inputId: localStorage.getItem(INPUT_KEY), outputId: localStorage.getItem(OUTPUT_KEY) });
  return all.filter((d) => d.kind === "audioinput").length;
}

function keep(key: string, id: string | null): void {
  if (id === null) localStorage.removeItem(key);
  else localStorage.setItem(key, id);
}
