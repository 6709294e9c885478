/** Chromium as agents and visitors use it; it speaks a WAV, and what it hears is measured inside the page. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium, MICROPHONE } from "../chromium.ts";
import type { RunningCentre } from "./centre.ts";

/** These only end a hopeless wait: a screen takes a moment, on a machine that does ten other things some seconds. */
const SCREEN_WITHIN_MS = 60_000;
const SOUND_WITHIN_MS = 30_000;

/**
 * One browser process: its microphone is `microphoneWav` (a fake device cannot differ per page). Its user has asked for little movement: without
 * a graphics card what moves sixty times a second is most of what a processor does here.
 */
export function launchBrowser(microphoneWav: string | null): Promise<Browser> {
  const microphone = microphoneWav === null ? [] : [`--use-file-for-fake-audio-capture=${microphoneWav}`];
  return launchChromium([...MICROPHONE, "--autoplay-policy=no-user-gesture-required", "--force-prefers-reduced-motion", ...microphone]);
}

/** A page whose incoming calls can be listened to with `hears`. Errors of the page fail the test through `problems`. */
export async function openPage(context: BrowserContext, url: string): Promise<{ page: Page; problems: string[] }> {
  await context.addInitScript(listenIn);
  context.setDefaultTimeout(SCREEN_WITHIN_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  // what the content security policy stops is told on the console only
  page.on("console", (message) => {
    if (message.type() === "error" && /content security policy|'(?:script|style|default)-src'/i.test(message.text())) problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** Runs in the page: keeps every incoming audio track behind an analyser, and measures what is heard. */
function listenIn(): void {
  const Original = RTCPeerConnection;
  const heard: AnalyserNode[] = [];
  /** The loudest frequency that the page hears now (Hz), and its level (dBFS of the analyser); -Infinity when silent. */
  const tandemLoudest = (): { hz: number; db: number } => {
    let best = { hz: 0, db: Number.NEGATIVE_INFINITY };
    for (const analyser of heard) {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      bins.forEach((db, i) => {
        if (db > best.db) best = { hz: (i * analyser.context.sampleRate) / analyser.fftSize, db };
      });
    }
    return best;
  };
  Object.assign(globalThis, { tandemLoudest });
  const Listening = function (this: unknown, ...args: ConstructorParameters<typeof RTCPeerConnection>): RTCPeerConnection {
    const connection = new Original(...args);
    connection.addEventListener("track", ({ track }) => {
      if (track.kind !== "audio") return;
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      heard.push(analyser);
    });
    return connection;
  } as unknown as typeof RTCPeerConnection;
  Listening.prototype = Original.prototype;
  globalThis.RTCPeerConnection = Listening;
}

/** Waits until the page hears `hz` (within 15 Hz) above -60 dB. */
export const hears = (page: Page, hz: number): Promise<void> => hearing(page, `${hz} Hz`, { above: -60, below: 0, near: hz, far: 0 });

/** Waits until the page hears nothing above -70 dB. */
export const silent = (page: Page): Promise<void> => hearing(page, "silence", { above: Number.NEGATIVE_INFINITY, below: -70, near: 0, far: 0 });

/** Waits until the page hears something above -60 dB that is not `hz`. */
export const hearsOther = (page: Page, hz: number): Promise<void> => hearing(page, `anything but ${hz} Hz`, { above: -60, below: 0, near: 0, far: hz });

/** `near`, `far`: Hz; 0 = whatever. The page itself looks ten times a second. */
async function hearing(page: Page, what: string, wanted: { above: number; below: number; near: number; far: number }): Promise<void> {
  const fits = ({ above, below, near, far }: typeof wanted): boolean => {
    const { hz, db } = (globalThis as unknown as { tandemLoudest: () => { hz: number; db: number } }).tandemLoudest();
    return db >= above && db <= below && (near === 0 || Math.abs(hz - near) < 15) && (far === 0 || Math.abs(hz - far) >= 15);
  };
  try {
    await page.waitForFunction(fits, wanted, { polling: 100, timeout: SOUND_WITHIN_MS });
  } catch (error) {
    const { hz, db } = await page.evaluate(() => (globalThis as unknown as { tandemLoudest: () => { hz: number; db: number } }).tandemLoudest());
    throw new Error(`does not hear ${what}; the loudest is ${hz.toFixed(0)} Hz at ${db.toFixed(0)} dB`, { cause: error });
  }
}

export async function signIn(browser: Browser, centre: RunningCentre, login: string, password: string, locale = "fr-FR"): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale, permissions: ["microphone"] });
  const opened = await openPage(context, centre.url);
  const { page } = opened;
  await page.getByLabel(/identifiant|login/i).first().fill(login);
  await page.locator("input[type=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.getByText(/^(Hors ligne|Offline|Disponible|Available)$/).first().waitFor({ timeout: 2 * SCREEN_WITHIN_MS }).catch(async (error: unknown) => {
    throw new Error(`${login} is not signed in; the page says: ${await page.locator("body").innerText()}`, { cause: error });
  });
  return opened;
}

/** Alt 1, and the pill says so. */
export async function becomeAvailable(page: Page): Promise<void> {
  await page.keyboard.press("Alt+1");
  await page.getByText(/^(Disponible|Available)$/).first().waitFor();
}

/** Runs `work`; when it fails, keeps a picture of every page in $TANDEM_SHOTS. */
export async function withPictures(pages: Readonly<Record<string, () => Page | undefined>>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const folder = process.env["TANDEM_SHOTS"];
    if (folder !== undefined) for (const [name, page] of Object.entries(pages)) await page()?.screenshot({ path: `${folder}/failed-${name}.png` });
    throw error;
  }
}
