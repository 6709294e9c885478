/** Chromium as agents and visitors use it; it speaks a WAV, and what it hears is measured inside the page. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium, MICROPHONE } from "../chromium.ts";
import type { RunningCentre } from "./centre.ts";

/** One browser process: its microphone is `microphoneWav` (a fake device cannot differ per page). */
export function launchBrowser(microphoneWav: string | null): Promise<Browser> {
  return launchChromium([...MICROPHONE, "--autoplay-policy=no-user-gesture-required", ...(microphoneWav === null ? [] : [`--use-file-for-fake-audio-capture=${microphoneWav}`])]);
}

/** A page whose incoming calls can be listened to with `loudest`. Errors of the page fail the test through `problems`. */
export async function openPage(context: BrowserContext, url: string): Promise<{ page: Page; problems: string[] }> {
  await context.addInitScript(listenIn);
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

/** Runs in the page: keeps every incoming audio track behind an analyser. */
function listenIn(): void {
  const Original = RTCPeerConnection;
  const heard: AnalyserNode[] = [];
  Object.assign(globalThis, { tandemHeard: heard });
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

/** The loudest frequency that the page hears now (Hz), and its level (dBFS of the analyser); -Infinity when silent. */
export async function loudest(page: Page): Promise<{ hz: number; db: number }> {
  return page.evaluate(() => {
    const heard = (globalThis as unknown as { tandemHeard: AnalyserNode[] }).tandemHeard;
    let best = { hz: 0, db: Number.NEGATIVE_INFINITY };
    for (const analyser of heard) {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      bins.forEach((db, i) => {
        if (db > best.db) best = { hz: (i * analyser.context.sampleRate) / analyser.fftSize, db };
      });
    }
    return best;
  });
}

/** Waits until the page hears `hz` (within 15 Hz) above -60 dB. */
export async function hears(page: Page, hz: number, limitMs = 10_000): Promise<void> {
  const until = Date.now() + limitMs;
  let last = { hz: 0, db: 0 };
  while (Date.now() < until) {
    last = await loudest(page);
    if (Math.abs(last.hz - hz) < 15 && last.db > -60) return;
    await page.waitForFunction(() => true); // one round trip: sound is only there in real time
  }
  throw new Error(`does not hear ${hz} Hz within ${limitMs} ms; the loudest is ${last.hz.toFixed(0)} Hz at ${last.db.toFixed(0)} dB`);
}

export async function signIn(browser: Browser, centre: RunningCentre, login: string, password: string, locale = "fr-FR"): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale, permissions: ["microphone"] });
  const opened = await openPage(context, centre.url);
  const { page } = opened;
  await page.getByLabel(/identifiant|login/i).first().fill(login);
  await page.locator("input[type=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.getByText(/^(Hors ligne|Offline|Disponible|Available)$/).first().waitFor();
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
