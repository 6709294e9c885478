/** The SIP sockets against peers that others wrote: sipp over UDP and TCP, baresip, and sip.js in Chromium over WebSocket. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { WebSocketServer } from "ws";
import { silentLog } from "../base/log.ts";
import { writeWav } from "../rtp/rtp.ts";
import { createSipCore, type SipEvent } from "../sip/sip.ts";
import { freePort } from "./peer-network.ts";
import { realChance, realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-sip-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const DOMAIN = "tandem.local";
const PASSWORD = "s3cret";
const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
const offerFrom = (address: string): string => `v=0\r\no=t 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

interface Centre {
  sockets: SipSockets;
  events: SipEvent[];
  /** Resolves with the first event of that type, past or to come; of that leg, when one is named. The limit only ends a hopeless wait. */
  wait<T extends SipEvent["type"]>(type: T, ref?: string): Promise<Extract<SipEvent, { type: T }>>;
  on: (event: SipEvent) => void;
}

async function centre(host = "127.0.0.1"): Promise<Centre> {
  const core = createSipCore({
    domain: DOMAIN, chance: realChance, isPublicTarget: (user) => user === "service",
    credentials: (account) => (account.startsWith("10")
      ? { account, ha1Md5: hash("md5", `${account}:${DOMAIN}:${PASSWORD}`), ha1Sha256: hash("sha256", `${account}:${DOMAIN}:${PASSWORD}`) }
      : null),
  });
  const events: SipEvent[] = [];
  const waiting = new Set<() => void>();
  const made: Centre = {
    events,
    on: () => undefined,
    wait: (type, ref, withinMs = 60_000) => new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = events.find((event) => event.type === type && (ref === undefined || ("ref" in event && event.ref === ref)));
        if (found) {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found as Extract<SipEvent, { type: typeof type }>);
        }
        return found !== undefined;
      };
      const timer = setTimeout(() => reject(new Error(`no ${type} within ${withinMs} ms; heard ${JSON.stringify(events)}`)), withinMs);
      waiting.add(look);
      look();
    }),
    sockets: await openSipSockets({
      host, udpPort: 0, tcpPort: 0, core, clock: realClock, log: silentLog,
      hear(event) {
        events.push(event);
        made.on(event);
        for (const look of Array.from(waiting)) look();
      },
    }),
  };
  return made;
}

interface Run {
  child: ChildProcess;
  done: Promise<{ code: number | null; output: string }>;
}

function run(command: string, args: readonly string[]): Run {
  const child = spawn(command, args, { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const done = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`${command} cannot run (apt-get install sip-tester baresip chromium): ${error.message}`)));
    child.on("close", (code) => resolve({ code, output }));
  });
  return { child, done };
}

const REGISTER = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="register">
<send retrans="5000"><![CDATA[
REGISTER sip:${DOMAIN} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:1001@${DOMAIN}>;tag=[call_number]
To: <sip:1001@${DOMAIN}>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:1001@[local_ip]:[local_port];transport=[transport]>
Expires: 120
Content-Length: 0

]]></send>
<recv response="401" auth="true"></recv>
<send retrans="5000"><![CDATA[
REGISTER sip:${DOMAIN} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:1001@${DOMAIN}>;tag=[call_number]
To: <sip:1001@${DOMAIN}>
Call-ID: [call_id]
CSeq: 2 REGISTER
Contact: <sip:1001@[local_ip]:[local_port];transport=[transport]>
[authentication username=1001 password=${PASSWORD}]
Expires: 120
Content-Length: 0

]]></send>
<recv response="200"></recv>
</scenario>`;

for (const transport of ["udp", "tcp"] as const) {
  test(`sipp registers with digest over ${transport}`, async () => {
    const c = await centre();
    try {
      const scenario = join(folder, `register-${transport}.xml`);
      writeFileSync(scenario, REGISTER);
      const port = transport === "udp" ? c.sockets.ports.udp : c.sockets.ports.tcp;
      const { done } = run("sipp", [`127.0.0.1:${port}`, "-sf", scenario, "-m", "1", "-i", "127.0.0.1", "-t", transport === "udp" ? "u1" : "t1", "-timeout", "60s", "-nostdin"]);
      const { code, output } = await done;
      assert.equal(code, 0, output.slice(-2000));
      const registered = await c.wait("registered");
      assert.equal(registered.account, "1001");
      assert.equal(registered.flow.transport, transport);
      assert.ok(registered.expiresAtMs - Date.now() > 100_000);
      // the UDP contact stays; the TCP one goes with its connection
      if (transport === "tcp") assert.equal((await c.wait("unregistered")).reason, "transport");
      else assert.equal(c.sockets.contacts("1001").length, 1);
    } finally {
      await c.sockets.stop();
    }
  });

  test(`sipp calls a public number over ${transport}: 100, 180, 200, ACK, BYE, five calls`, async () => {
    const c = await centre();
    try {
      c.on = (event) => {
        if (event.type !== "incoming") return;
        c.sockets.command({ type: "progress", ref: event.ref, status: 180 });
        c.sockets.command({ type: "answer", ref: event.ref, sdp: offerFrom("127.0.0.1") });
      };
      const port = transport === "udp" ? c.sockets.ports.udp : c.sockets.ports.tcp;
      const { done } = run("sipp", [`127.0.0.1:${port}`, "-sn", "uac", "-s", "service", "-m", "5", "-r", "20", "-d", "200", "-i", "127.0.0.1", "-t", transport === "udp" ? "u1" : "t1", "-timeout", "60s", "-nostdin"]);
      const { code, output } = await done;
      assert.equal(code, 0, output.slice(-2000));
      assert.equal(c.events.filter((e) => e.type === "incoming").length, 5);
      assert.equal(c.events.filter((e) => e.type === "ended" && e.by === "peer").length, 5);
    } finally {
      await c.sockets.stop();
    }
  });
}

test("we call sipp by its URI and hang up", async () => {
  const c = await centre();
  const port = await freePort();
  const { done } = run("sipp", ["-sn", "uas", "-m", "1", "-i", "127.0.0.1", "-p", String(port), "-timeout", "60s", "-nostdin"]);
  try {
    c.sockets.command({ type: "invite", ref: "out", target: { uri: `sip:bob@127.0.0.1:${port}` }, from: { user: "100", display: "Tandem" }, sdp: offerFrom("127.0.0.1"), noAnswerMs: 60_000 });
    const answered = await c.wait("answered");
    assert.match(answered.sdp, /^v=0/);
    assert.equal(c.events[0]!.type, "ringing");
    c.sockets.command({ type: "hangUp", ref: "out", reason: "done" });
    const { code, output } = await done;
    assert.equal(code, 0, output.slice(-2000));
  } finally {
    await c.sockets.stop();
  }
});

test("a call to a TCP port where nobody listens fails at once with 503", async () => {
  const c = await centre();
  try {
    c.sockets.command({ type: "invite", ref: "out", target: { uri: "sip:bob@127.0.0.1:1;transport=tcp" }, from: { user: "100", display: "" }, sdp: offerFrom("127.0.0.1"), noAnswerMs: 60_000 });
    assert.equal((await c.wait("failed")).status, 503);
  } finally {
    await c.sockets.stop();
  }
});

test("baresip registers, is called, answers, and ends", async () => {
  const c = await centre("0.0.0.0");
  const address = Object.values(networkInterfaces()).flatMap((list) => list ?? []).find((i) => i.family === "IPv4" && !i.internal);
  assert.ok(address, "an interface beside loopback, for baresip refuses lo");
  const name = Object.entries(networkInterfaces()).find(([, list]) => list?.some((i) => i.address === address.address))![0];
  const home = mkdtempSync(join(folder, "baresip-"));
  const ctrl = await freePort();
  const sip = await freePort();
  writeFileSync(join(home, "config"), [
    `sip_listen ${address.address}:${sip}`, `net_interface ${name}`, "module_path /usr/lib/baresip/modules", "module g711.so", "module aufile.so",
    "module_tmp account.so", "module_app menu.so", "module_app ctrl_tcp.so", `ctrl_tcp_listen 127.0.0.1:${ctrl}`,
    `audio_source aufile,${join(home, "silence.wav")}`, `audio_player aufile,${join(home, "heard.wav")}`, `audio_alert aufile,${join(home, "alert.wav")}`, "rtp_ports 30000-30100", "",
  ].join("\n"));
  writeFileSync(join(home, "accounts"), `<sip:1002@${DOMAIN}>;auth_user=1002;auth_pass=${PASSWORD};outbound="sip:${address.address}:${c.sockets.ports.udp}";regint=60;answermode=auto;audio_codecs=PCMU\n`);
  writeFileSync(join(home, "contacts"), "");
  writeFileSync(join(home, "silence.wav"), writeWav([new Int16Array(8_000)]));
  const peer = run("baresip", ["-f", home, "-v"]);
  try {
    const registered = await c.wait("registered");
    assert.equal(registered.account, "1002");
    assert.match(registered.userAgent, /baresip/);
    c.sockets.command({ type: "invite", ref: "ring", target: { account: "1002" }, from: { user: "33123456789", display: "Élodie" }, sdp: offerFrom(address.address), noAnswerMs: 60_000 });
    const answered = await c.wait("answered");
    assert.match(answered.sdp, /m=audio \d+ RTP\/AVP.* 0/);
    // hold: a re-INVITE of ours
    c.sockets.command({ type: "offer", ref: "ring", sdp: `${offerFrom(address.address)}a=sendonly\r\n` });
    const held = await c.wait("offerAnswered");
    assert.match(held.sdp, /a=recvonly/);
    peer.child.kill("SIGINT");
    const ended = await c.wait("ended");
    assert.equal(ended.by, "peer");
    assert.equal((await c.wait("unregistered")).reason, "asked");
  } finally {
    peer.child.kill("SIGKILL");
    const { output } = await peer.done;
    await c.sockets.stop();
    if (c.events.length === 0) process.stderr.write(output.slice(-3000));
  }
});

/** Runs in the page: sip.js with a session description handler that carries fixed text, for only the signalling is on trial here. */
const PAGE = `<!doctype html><script type="module">
import { UserAgent, Registerer, Inviter, SessionState } from "/lib/index.js";
const sdp = "v=0\\r\\no=b 1 1 IN IP4 127.0.0.1\\r\\ns=-\\r\\nc=IN IP4 127.0.0.1\\r\\nt=0 0\\r\\nm=audio 9 RTP/AVP 0\\r\\n";
const factory = () => ({
  close() {}, hasDescription: (type) => type === "application/sdp", rollbackDescription: () => Promise.resolve(),
  getDescription: () => Promise.resolve({ body: sdp, contentType: "application/sdp" }),
  setDescription: (text) => { window.remote.push(text); return Promise.resolve(); }, sendDtmf: () => false,
});
window.remote = [];
window.states = [];
let session;
const follow = (s) => { session = s; s.stateChange.addListener((state) => window.states.push(state)); };
const uri = (user) => UserAgent.makeURI("sip:" + user + "@${DOMAIN}");
window.begin = async (server) => {
  window.ua = new UserAgent({
    uri: uri("1003"), authorizationUsername: "1003", authorizationPassword: "${PASSWORD}", transportOptions: { server }, logBuiltinEnabled: false,
    sessionDescriptionHandlerFactory: factory, delegate: { onInvite: (invitation) => { follow(invitation); window.calledBy = invitation.remoteIdentity.displayName; invitation.accept(); } },
  });
  await window.ua.start();
  await new Registerer(window.ua, { expires: 120 }).register();
};
window.call = async (user) => { const inviter = new Inviter(window.ua, uri(user)); follow(inviter); await inviter.invite(); };
window.bye = () => session.bye();
window.cancel = () => session.cancel();
window.refer = (user) => session.refer(uri(user));
window.info = () => session.info({ requestOptions: { body: { contentDisposition: "render", contentType: "application/dtmf-relay", content: "Signal=5\\r\\nDuration=160" } } });
window.established = SessionState.Established;
window.ready = true;
</script>`;

test("sip.js in Chromium registers over a WebSocket, calls and is called; its contact goes with the page", async () => {
  const c = await centre();
  const lib = join(import.meta.dirname, "../../../node_modules/sip.js/lib");
  const http = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    response.setHeader("content-type", path.endsWith(".js") ? "text/javascript" : "text/html");
    response.end(path.startsWith("/lib/") ? readFileSync(join(lib, path.slice(5))) : PAGE);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const wss = new WebSocketServer({ server: http, path: "/sip", handleProtocols: (offered) => (offered.has("sip") ? "sip" : false) });
  wss.on("connection", (ws, request) => c.sockets.attachWebSocket(ws, request));
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium-headless-shell", args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("window.ready");
    await page.evaluate(`begin("ws://127.0.0.1:${port}/sip")`);
    const registered = await c.wait("registered");
    assert.equal(registered.account, "1003");
    assert.deepEqual(c.sockets.contacts("1003").map((contact) => contact.kind), ["browser"]);

    // the browser is called: two words of UTF-8 arrive whole, hold and transfer work, we hang up
    c.sockets.command({ type: "invite", ref: "to-browser", target: { account: "1003", only: "browser" }, from: { user: "+33123456789", display: "Élodie Ñandú" }, sdp: offerFrom("127.0.0.1"), noAnswerMs: 60_000 });
    await c.wait("answered");
    await page.waitForFunction("states.includes(established)");
    assert.equal(await page.evaluate("calledBy"), "Élodie Ñandú");
    const hold = `${offerFrom("127.0.0.1")}a=sendonly\r\n`;
    c.sockets.command({ type: "offer", ref: "to-browser", sdp: hold });
    await c.wait("offerAnswered");
    assert.equal(await page.evaluate("remote.at(-1)"), hold);
    await page.evaluate("info()");
    assert.deepEqual(await c.wait("digit"), { type: "digit", ref: "to-browser", digit: "5", durationMs: 160 });
    await page.evaluate("refer('service')");
    assert.equal((await c.wait("refer")).target.user, "service");
    c.sockets.command({ type: "acceptRefer", ref: "to-browser" });
    c.sockets.command({ type: "referProgress", ref: "to-browser", status: 200, reason: "OK" });
    c.sockets.command({ type: "hangUp", ref: "to-browser", reason: "done" });
    await page.waitForFunction("states.at(-1) === 'Terminated'");

    // the browser calls a public number, authenticated, and hangs up
    c.on = (event) => {
      if (event.type === "incoming") c.sockets.command({ type: "answer", ref: event.ref, sdp: offerFrom("127.0.0.1") });
    };
    await page.evaluate("states.length = 0");
    await page.evaluate("call('service')");
    const incoming = await c.wait("incoming");
    assert.equal(incoming.from.account, "1003");
    await page.waitForFunction("states.includes(established)");
    await page.evaluate("bye()");
    assert.equal((await c.wait("ended", incoming.ref)).by, "peer");

    // it gives up while ringing
    c.events.length = 0;
    c.on = (event) => {
      if (event.type === "incoming") c.sockets.command({ type: "progress", ref: event.ref, status: 180 });
    };
    await page.evaluate("call('service')");
    await c.wait("incoming");
    await page.evaluate("cancel()");
    await c.wait("cancelled");

    await page.close();
    assert.equal((await c.wait("unregistered")).reason, "transport");
    assert.equal(c.sockets.contacts("1003").length, 0);
  } finally {
    await browser.close();
    await c.sockets.stop();
    wss.close();
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
  }
});
