/** The proxy and the redirect server on real sockets, with sipp on both sides. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { createSipCore, type RouteDecision, type RouteQuestion, type SipCoreSettings, type SipEvent } from "../sip/sip.ts";
import { freePort } from "./peer-network.ts";
import { realChance, realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";
import { OK } from "./sipp-parts.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-proxy-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Node {
  sockets: SipSockets;
  port: number;
  events: SipEvent[];
  on: (event: SipEvent) => void;
}

async function node(route: (question: RouteQuestion) => RouteDecision, settings: Partial<SipCoreSettings> = {}, sharedPort?: number, seen: (direction: "in" | "out", bytes: Uint8Array) => void = () => undefined): Promise<Node> {
  const made = { events: [] as SipEvent[], on: (_event: SipEvent): void => undefined };
  const core = createSipCore({ domain: "tandem.local", chance: realChance, credentials: () => null, isPublicTarget: () => true, route, ...settings });
  const sockets = await openSipSockets({ host: "127.0.0.1", udpPort: sharedPort ?? 0, udpShared: sharedPort !== undefined, tcpPort: 0, core, clock: realClock, log: silentLog, seen, hear: (event) => {
    made.events.push(event);
    made.on(event);
  } });
  return Object.assign(made, { sockets, port: sockets.ports.udp });
}

const proxyTo = (...groups: string[][]): (() => RouteDecision) => () => ({ as: "proxy", groups: groups.map((group) => group.map((uri) => ({ uri }))), recordRoute: true });

interface Sipp {
  port: number;
  /** Every message, as its message log has them. */
  messages(): string;
  done: Promise<{ code: number | null; output: string }>;
  kill(): void;
}

let serial = 0;
async function sipp(scenario: string, args: readonly string[]): Promise<Sipp> {
  const port = await freePort();
  const name = join(folder, `s${serial++}`);
  writeFileSync(`${name}.xml`, `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="s">${scenario}</scenario>`);
  const child = spawn("sipp", ["-sf", `${name}.xml`, "-i", "127.0.0.1", "-p", String(port), "-trace_msg", "-message_file", `${name}.log`, "-timeout", "60s", "-nostdin", ...args], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  return {
    port, kill: () => void child.kill("SIGKILL"), messages: () => readFileSync(`${name}.log`, "latin1"),
    done: new Promise((resolve, reject) => {
      const late = setTimeout(() => child.kill("SIGKILL"), 65_000);
      child.on("close", () => clearTimeout(late));
      child.on("error", (error) => reject(new Error(`sipp cannot run (apt-get install sip-tester): ${error.message}`)));
      child.on("close", (code) => resolve({ code, output }));
    }),
  };
}

const SDP = "v=0\no=u 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 40000 RTP/AVP 0\n";
const HEAD = `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:alice@a.test>;tag=[call_number]a`;
const invite = (user: string, cseq: number): string => `<send retrans="5000"><![CDATA[
INVITE sip:${user}@[remote_ip]:[remote_port] SIP/2.0
${HEAD}
To: <sip:${user}@tandem.local>
Call-ID: [call_id]
CSeq: ${cseq} INVITE
Contact: <sip:alice@[local_ip]:[local_port];transport=[transport]>
Content-Type: application/sdp
Content-Length: [len]

${SDP}]]></send>`;
const within = (method: string, cseq: number): string => `<send ${method === "ACK" ? "" : 'retrans="5000"'}><![CDATA[
${method} [next_url] SIP/2.0
${HEAD}
To: <sip:100@tandem.local>[peer_tag_param]
Call-ID: [call_id]
CSeq: ${cseq} ${method}
[routes]
Content-Length: 0

]]></send>`;
const ANSWERED = (cseq: number): string => `<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200" rrs="true"/>${within("ACK", cseq)}<pause milliseconds="100"/>${within("BYE", cseq + 1)}<recv response="200"/>`;

const copied = "[last_Via:]\n[last_Record-Route:]\n[last_From:]\n[last_To:];tag=[pid]b[call_number]\n[last_Call-ID:]\n[last_CSeq:]";
const answer = (line: string, more = ""): string => `<send ${line.startsWith("1") ? "" : 'retrans="5000"'}><![CDATA[
SIP/2.0 ${line}
${copied}
Contact: <sip:bob@[local_ip]:[local_port];transport=[transport]>
${more}Content-Length: 0

]]></send>`;
const ANSWER = `<recv request="INVITE"/>${answer("180 Ringing")}<send retrans="5000"><![CDATA[
SIP/2.0 200 OK
${copied}
Contact: <sip:bob@[local_ip]:[local_port];transport=[transport]>
Content-Type: application/sdp
Content-Length: [len]

${SDP}]]></send><recv request="ACK"/><recv request="BYE"/>${OK}<timewait milliseconds="200"/>`;
const REFUSE = (line: string): string => `<recv request="INVITE"/>${answer(line)}<recv request="ACK"/>`;
/** Rings until it is cancelled. */
const RING = `<recv request="INVITE"><action><ereg regexp=".*" search_in="hdr" header="Via:" occurrence="2" assign_to="second"/></action></recv>${answer("180 Ringing")}<recv request="CANCEL"/>${OK}<send retrans="5000"><![CDATA[
SIP/2.0 487 Request Terminated
[last_Via:]
Via:[$second]
[last_From:]
[last_To:];tag=[pid]b[call_number]
[last_Call-ID:]
CSeq: 1 INVITE
Content-Length: 0

]]></send><recv request="ACK"/>`;

async function both(...runs: Sipp[]): Promise<void> {
  for (const [i, { code, output }] of (await Promise.all(runs.map(({ done }) => done))).entries()) assert.equal(code, 0, `sipp ${i}: ${output.slice(-1500)}\n${runs[i]!.messages().slice(-4000)}`);
}

test("SIP-31: UA, redirect server, proxy, UA: the call completes, every later request by the proxy", async () => {
  const callee = await sipp(ANSWER, ["-m", "1"]);
  const proxy = await node(proxyTo([`sip:bob@127.0.0.1:${callee.port}`]));
  const redirect = await node(() => ({ as: "redirect", status: 302, contacts: [{ uri: `sip:100@127.0.0.1:${proxy.port}`, q: 1 }] }));
  const caller = await sipp(
    `${invite("100", 1)}<recv response="100" optional="true"/><recv response="302"><action>
      <ereg regexp="sip:100@([^:;]+):([0-9]+)" search_in="hdr" header="Contact:" check_it="true" assign_to="all,host,port"/><assignstr assign_to="uri" value="[$all]"/>
      </action></recv>
    <send><![CDATA[
ACK sip:100@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send><nop><action><setdest host="[$host]" port="[$port]" protocol="udp"/></action></nop><Reference variables="uri"/>
    ${invite("100", 2).replace("sip:100@[remote_ip]:[remote_port]", "[$all]")}${ANSWERED(2)}`,
    [`127.0.0.1:${redirect.port}`, "-m", "1"],
  );
  try {
    await both(caller, callee);
    const seen = callee.messages();
    assert.match(seen, /^INVITE sip:bob@127\.0\.0\.1:\d+ SIP\/2\.0\r?$/m);
    for (const method of ["INVITE", "ACK", "BYE"]) {
      const message = new RegExp(`^${method} [^]*?\\r?\\n\\r?\\n`, "m").exec(seen)![0];
      assert.equal(message.match(/^Via:/gm)!.length, 2, `${method} came by the proxy`);
    }
  } finally {
    for (const peer of [caller, callee]) peer.kill();
    await Promise.all([proxy.sockets.stop(), redirect.sockets.stop()]);
  }
});

test("RFC 3665 3.2 and 3.6: two proxies in a row, the offer in the 200, the answer in the ACK; every request passes both", async () => {
  const callee = await sipp(ANSWER, ["-m", "1"]);
  const second = await node(proxyTo([`sip:bob@127.0.0.1:${callee.port}`]));
  const first = await node(proxyTo([`sip:100@127.0.0.1:${second.port}`]));
  const bare = invite("100", 1).replace("Content-Type: application/sdp\n", "").replace(SDP, "");
  const answered = ANSWERED(1).replace("Content-Length: 0\n", `Content-Type: application/sdp\nContent-Length: [len]\n\n${SDP}`);
  const caller = await sipp(bare + answered, [`127.0.0.1:${first.port}`, "-m", "1"]);
  try {
    await both(caller, callee);
    const seen = callee.messages();
    const request = (method: string): string => new RegExp(`^${method} [^]*?(?=^-{20}|$(?![^]))`, "m").exec(seen)![0];
    for (const method of ["INVITE", "ACK", "BYE"]) assert.equal(request(method).match(/^Via:/gm)!.length, 3, `${method} came by both`);
    assert.equal(request("INVITE").match(/^Record-Route:/gm)!.length, 2);
    assert.deepEqual(["INVITE", "ACK"].map((method) => request(method).includes("m=audio")), [false, true]);
  } finally {
    for (const peer of [caller, callee]) peer.kill();
    await Promise.all([first, second].map(({ sockets }) => sockets.stop()));
  }
});

test("a fork in parallel and in sequence: busy and ringing first, then who answers; the one that rang is cancelled", async () => {
  const busy = await sipp(REFUSE("486 Busy Here"), ["-m", "1"]);
  const rings = await sipp(RING, ["-m", "1"]);
  const answers = await sipp(ANSWER.replace('<recv request="INVITE"/>', '<recv request="INVITE"/><pause milliseconds="300"/>'), ["-m", "1"]);
  const gone = await sipp(REFUSE("404 Not Found"), ["-m", "1"]);
  const proxy = await node(proxyTo([`sip:gone@127.0.0.1:${gone.port}`], [busy, rings, answers].map(({ port }) => `sip:bob@127.0.0.1:${port}`)));
  const caller = await sipp(invite("100", 1) + ANSWERED(1), [`127.0.0.1:${proxy.port}`, "-m", "1"]);
  try {
    await both(caller, busy, rings, answers, gone);
  } finally {
    for (const peer of [caller, busy, rings, answers, gone]) peer.kill();
    await proxy.sockets.stop();
  }
});

test("a caller that gives up: its CANCEL reaches the callee, the 487 comes back; RFC 3665 3.8", async () => {
  const rings = await sipp(RING, ["-m", "1"]);
  const proxy = await node(proxyTo([`sip:bob@127.0.0.1:${rings.port}`]));
  const caller = await sipp(`${invite("100", 1)}<recv response="100" optional="true"/><recv response="180"/><send retrans="5000"><![CDATA[
CANCEL sip:100@[remote_ip]:[remote_port] SIP/2.0
${HEAD.replace("[branch]", "[branch-3]")}
To: <sip:100@tandem.local>
Call-ID: [call_id]
CSeq: 1 CANCEL
Content-Length: 0

]]></send><recv response="200"/><recv response="487"/><send><![CDATA[
ACK sip:100@[remote_ip]:[remote_port] SIP/2.0
${HEAD.replace("[branch]", "[branch-6]")}
To: <sip:100@tandem.local>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>`, [`127.0.0.1:${proxy.port}`, "-m", "1"]);
  try {
    await both(caller, rings);
  } finally {
    for (const peer of [caller, rings]) peer.kill();
    await proxy.sockets.stop();
  }
});

test("a caller on TCP, a callee on UDP: two Record-Routes, the ACK and the BYE find their way", async () => {
  const callee = await sipp(ANSWER, ["-m", "3"]);
  const proxy = await node(proxyTo([`sip:bob@127.0.0.1:${callee.port}`]));
  const caller = await sipp(invite("100", 1) + ANSWERED(1), [`127.0.0.1:${proxy.sockets.ports.tcp}`, "-m", "3", "-t", "t1"]);
  try {
    await both(caller, callee);
    assert.equal(/^INVITE [^]*?\r?\n\r?\n/m.exec(callee.messages())![0].match(/^Record-Route:/gm)!.length, 2);
  } finally {
    for (const peer of [caller, callee]) peer.kill();
    await proxy.sockets.stop();
  }
});

test("two proxies that send to each other: 482 to the caller, no storm", async () => {
  const ports = { one: 0, two: 0 };
  const one = await node(() => proxyTo([`sip:100@127.0.0.1:${ports.two}`])());
  const two = await node(() => proxyTo([`sip:100@127.0.0.1:${ports.one}`])());
  ports.one = one.port;
  ports.two = two.port;
  const caller = await sipp(`${invite("100", 1)}<recv response="100" optional="true"/><recv response="482"/><send><![CDATA[
ACK sip:100@[remote_ip]:[remote_port] SIP/2.0
[last_Via:]
[last_From:]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

]]></send>`, [`127.0.0.1:${one.port}`, "-m", "1"]);
  try {
    await both(caller);
  } finally {
    caller.kill();
    await Promise.all([one.sockets.stop(), two.sockets.stop()]);
  }
});

test("our own call follows a redirect server into a proxy that policy allows, and is answered", async () => {
  const callee = await sipp(ANSWER, ["-m", "1"]);
  const proxy = await node(proxyTo([`sip:bob@127.0.0.1:${callee.port}`]));
  const redirect = await node(() => ({ as: "redirect", status: 302, contacts: [{ uri: `sip:100@127.0.0.1:${proxy.port}`, q: 1 }] }));
  const ours = await node(() => ({ as: "agent" }), { domain: "caller.test", mayFollow: ({ host }) => host === "127.0.0.1" });
  try {
    ours.sockets.command({ type: "invite", ref: "out", target: { uri: `sip:100@127.0.0.1:${redirect.port}` }, from: { user: "200", display: "" }, sdp: SDP.replaceAll("\n", "\r\n"), noAnswerMs: 60_000 });
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(JSON.stringify(ours.events))), 60_000);
      ours.on = (event) => {
        if (event.type !== "answered") return;
        clearTimeout(late);
        resolve();
      };
    });
    ours.sockets.command({ type: "hangUp", ref: "out", reason: "" });
    await both(callee);
  } finally {
    callee.kill();
    await Promise.all([proxy, redirect, ours].map(({ sockets }) => sockets.stop()));
  }
});

test("two nodes on one port: each serves its part of the callers, and every call completes, the callee hanging up too", async () => {
  const callee = await sipp(ANSWER, ["-m", "60"]);
  const shared = await freePort();
  /** Of each node: the calls that it saw, and what it saw of each (a message that a busy machine made somebody repeat counts once). */
  const heard = [0, 1].map(() => new Map<string, Set<string>>());
  const secret = "the same for both";
  const route = proxyTo([`sip:bob@127.0.0.1:${callee.port}`]);
  const nodes = await Promise.all(heard.map((calls) => node(route, { secret }, shared, (direction, bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    const [id = "", what = ""] = [/^(?:Call-ID|i): *(.*)\r$/im, /^CSeq: *(.*)\r$/im].map((field) => field.exec(text)?.[1]);
    calls.set(id, (calls.get(id) ?? new Set()).add(`${direction} ${/^SIP\/2\.0 (\d+)/.exec(text)?.[1] ?? ""} ${what}`));
  })));
  // a socket for each call, as sixty phones have
  const caller = await sipp(invite("100", 1) + ANSWERED(1), [`127.0.0.1:${shared}`, "-m", "60", "-r", "60", "-t", "un", "-max_socket", "100"]);
  try {
    await both(caller, callee);
    assert.ok(heard.every((calls) => calls.size >= 4), `both worked: ${heard.map((calls) => calls.size)}`);
    assert.equal(heard[0]!.size + heard[1]!.size, 60, "a call is one node's alone: nobody got what was meant for the other");
    for (const [id, what] of heard.flatMap((calls) => [...calls])) assert.equal(what.size, 13, `INVITE, 100, 180, 200, ACK, BYE, 200, in and out: ${id} ${[...what].join(", ")}`);
  } finally {
    for (const peer of [caller, callee]) peer.kill();
    await Promise.all(nodes.map(({ sockets }) => sockets.stop()));
  }
});
