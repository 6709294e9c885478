/** Telephones in real browsers for tests: sip.js and WebRTC in Chromium, on the sockets of a voice rig. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { WebSocketServer } from "ws";
import { DOMAIN, PASSWORD, type VoiceRig } from "./voice-rig.ts";

const LIB = join(import.meta.dirname, "../../../node_modules/sip.js/lib");
/** Only ends a hopeless wait. */
const WITHIN_MS = 60_000;
/** No sandbox (tests run as root, in containers), nothing that it would do on the network by itself, and sound without a click. */
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];

/** Runs in the page: a sip.js user agent whose microphone is a tone, and an analyser on what it hears. */
const PAGE = `<!doctype html><script type="module">
import { UserAgent, Registerer, Inviter, SessionState } from "/lib/index.js";
import { defaultSessionDescriptionHandlerFactory } from "/lib/platform/web/index.js";
const sound = new AudioContext();
const out = new MediaStreamAudioDestinationNode(sound);
const oscillator = new OscillatorNode(sound);
oscillator.connect(new GainNode(sound, { gain: 0.5 })).connect(out);
oscillator.start();
const analyser = new AnalyserNode(sound, { fftSize: 16384, smoothingTimeConstant: 0 });
window.states = [];
let session;
function follow(made) {
  session = made;
  session.stateChange.addListener((state) => {
    window.states.push(state);
    if (state !== SessionState.Established) return;
    const track = session.sessionDescriptionHandler.peerConnection.getReceivers()[0].track;
    const stream = new MediaStream([track]);
    const player = new Audio();
    player.srcObject = stream;
    player.muted = true;
    player.play();
    new MediaStreamAudioSourceNode(sound, { mediaStream: stream }).connect(analyser);
  });
}
window.begin = async (account, frequency, register) => {
  oscillator.frequency.value = frequency;
  window.ua = new UserAgent({
    uri: UserAgent.makeURI("sip:" + account + "@${DOMAIN}"), authorizationUsername: account, authorizationPassword: "${PASSWORD}", logBuiltinEnabled: false,
    transportOptions: { server: "ws://" + location.host + "/sip" },
    sessionDescriptionHandlerFactory: defaultSessionDescriptionHandlerFactory(() => Promise.resolve(out.stream)),
    sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 500, peerConnectionConfiguration: { iceServers: [] } },
    delegate: { onInvite: (invitation) => { follow(invitation); window.interaction = invitation.request.getHeader("X-Tandem-Interaction"); } },
  });
  await window.ua.start();
  if (register) await new Registerer(window.ua, { expires: 120 }).register();
};
window.call = async () => { const inviter = new Inviter(window.ua, UserAgent.makeURI("sip:3000@${DOMAIN}")); follow(inviter); await inviter.invite(); };
window.answer = () => session.accept();
window.bye = () => session.bye();
window.slowSip = (ms) => { const { send } = WebSocket.prototype; WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), ms); }; };
window.press = (key) => session.sessionDescriptionHandler.sendDtmf(key, { duration: 160 });
window.levels = (frequencies) => {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  return frequencies.map((hz) => Math.max(...bins.slice(Math.round(hz / sound.sampleRate * 16384) - 2).slice(0, 5)));
};
window.loud = () => { const samples = new Float32Array(8192); analyser.getFloatTimeDomainData(samples); return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length); };
window.ready = true;
</script>`;

/** Debian's Chromium, whole: sound and WebRTC. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS });

export interface BrowserRig {
  /** A page with a telephone of that account whose microphone is a tone. */
  open(account: string, freqHz: number, register: boolean): Promise<Page>;
  stop(): Promise<void>;
}

export async function startBrowser(rig: VoiceRig): Promise<BrowserRig> {
  const http = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    response.setHeader("content-type", path.endsWith(".js") ? "text/javascript" : "text/html");
    response.end(path.startsWith("/lib/") ? readFileSync(join(LIB, path.slice(5))) : PAGE);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const wss = new WebSocketServer({ server: http, path: "/sip", handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });
  wss.on("connection", (ws, request) => rig.sip.attachWebSocket(ws, request));
  const browser = await launchBrowser();
  return {
    async open(account, freqHz, register) {
      const page = await browser.newPage();
      page.setDefaultTimeout(WITHIN_MS);
      await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
      await page.waitForFunction("window.ready");
      await page.evaluate(`begin("${account}", ${freqHz}, ${register})`);
      return page;
    },
    async stop() {
      await browser.close();
      wss.close();
      http.closeAllConnections();
      http.close();
    },
  };
}

export const hears = (page: Page, test: string): Promise<unknown> => page.waitForFunction(test, null, { polling: 100 });
/** The tone stands over the other one, its own. */
export const hearsTone = (page: Page, freqHz: number, ownHz: number): Promise<unknown> => hears(page, `levels([${freqHz}])[0] > Math.max(-50, levels([${ownHz}])[0] + 20)`);
