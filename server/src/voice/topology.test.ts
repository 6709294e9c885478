/** Topology hiding (RFC 7092 3.1.2): what one side of a call writes about itself and its way never reaches the other side. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createSipCore, type Flow, type SipEffect } from "../sip/sip.ts";
import { breathe, FakeMedia } from "./fakes.ts";
import { createVoice } from "./voice.ts";

const DOMAIN = "tandem.test";
/** Stand in every value that must stay on its side. */
const CUSTOMER = "zq7secret";
const AGENT = "kx4secret";
const NAMES = [
  "User-Agent", "Server", "Record-Route", "Route", "Subject", "Organization", "Warning", "Date", "Timestamp", "In-Reply-To", "Reply-To", "Error-Info", "Alert-Info", "Call-Info",
  "P-Asserted-Identity", "P-Charging-Vector", "History-Info", "Diversion", "Identity", "Geolocation", "Accept-Contact", "Path", "Service-Route", "MIME-Version", "X-Internal-Host", "Reason", "Priority",
];

interface Sent {
  to: string;
  text: string;
}

interface Rig {
  /** Gives bytes from one side; returns what goes out. */
  from(side: "customer" | "agent", message: string): Promise<Sent[]>;
  /** Connects the two and ends the call. */
  connect(): Promise<Sent[]>;
}

function rig(): Rig {
  const clock = new VirtualClock(1_700_000_000_000);
  const media = new FakeMedia();
  const flow = (address: string): Flow => ({ id: `udp:${address}`, transport: "udp", remoteAddress: address, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 });
  const flows = { customer: flow("203.0.113.5"), agent: flow("198.51.100.7") };
  const hash = (text: string): string => createHash("md5").update(text).digest("hex");
  const core = createSipCore({
    domain: DOMAIN, chance: seededChance(5), isPublicTarget: (user) => user === "3000",
    credentials: (account) => (account === "desk" ? { account, ha1Md5: hash(`desk:${DOMAIN}:pw`), ha1Sha256: null } : null),
  });
  core.listen([{ transport: "udp", address: "192.0.2.1", port: 5060 }]);
  const sent: Sent[] = [];
  const carryOut = (effects: SipEffect[]): void => {
    for (const effect of effects) {
      if (effect.do === "tell") voice.onSip(effect.event);
      else if (effect.do === "send") sent.push({ to: effect.flow.remoteAddress, text: Buffer.from(effect.bytes).toString("latin1") });
      else if (effect.do === "sendTo") sent.push({ to: effect.host, text: Buffer.from(effect.bytes).toString("latin1") });
    }
  };
  let id = "";
  const voice = createVoice({
    sip: { command: (command) => carryOut(core.command(command, clock.now())), contacts: (account) => core.contacts(account, clock.now()) },
    media, clock, chance: seededChance(6), log: silentLog, recordingDir: "/r", prompts: { promptPath: async () => "p", holdMusicPath: async () => "m", atSpeed: async (path) => path },
    tell: (event) => {
      if (event.type !== "arrived") return;
      ({ id } = event);
      voice.open(id);
      voice.ring(id, "ana", { callerName: event.fromName, callerNumber: event.from, queueName: "Support", ringMs: 20_000 });
    },
    accountsOf: () => [{ account: "desk", kind: "phone" }], agentOf: () => null, resolveNumber: (number) => ({ kind: "number", number }), visitorOf: () => null, newInteractionId: () => "int_1",
  });
  const since = async (mark: number): Promise<Sent[]> => {
    await breathe();
    return sent.slice(mark);
  };
  return {
    from(side, message) {
      const mark = sent.length;
      carryOut(core.receive(Buffer.from(message, "latin1"), flows[side], clock.now()));
      return since(mark);
    },
    connect() {
      const mark = sent.length;
      voice.connect(id, "ana");
      voice.end(id, "over");
      return since(mark);
    },
  };
}

const lines = (...all: readonly (string | readonly string[])[]): string => all.flat().join("\r\n");
const sdpOf = (secret: string, address: string): string => `v=0\r\no=${secret} 1 1 IN IP4 ${address}\r\ns=${secret}\r\ni=${secret}\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=${secret}\r\n`;
const field = (message: string, name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1]?.trim() ?? "";

/** The agent's phone registers; answers its challenge. */
async function register(r: Rig): Promise<void> {
  const head = (cseq: number, more: readonly string[]): string => lines(
    `REGISTER sip:${DOMAIN} SIP/2.0`, `Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKreg${cseq};rport`, `From: <sip:desk@${DOMAIN}>;tag=r`, `To: <sip:desk@${DOMAIN}>`, "Call-ID: reg", `CSeq: ${cseq} REGISTER`,
    "Max-Forwards: 70", "Contact: <sip:desk@198.51.100.7>", `User-Agent: ${"phone ".repeat(100)}`, more, "Content-Length: 0", "", "",
  );
  const hash = (text: string): string => createHash("md5").update(text).digest("hex");
  const [challenge] = await r.from("agent", head(1, []));
  const nonce = /nonce="([^"]+)"/.exec(challenge!.text)![1]!;
  const response = hash(`${hash(`desk:${DOMAIN}:pw`)}:${nonce}:00000001:c:auth:${hash(`REGISTER:sip:${DOMAIN}`)}`);
  await r.from("agent", head(2, [`Authorization: Digest username="desk", realm="${DOMAIN}", nonce="${nonce}", uri="sip:${DOMAIN}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"`]));
}

function headersOf(secret: string): fc.Arbitrary<string[]> {
  const value = fc.string({ unit: fc.constantFrom(..."abcXYZ019 ;,=<>\"@:/.%\\-_\u00e9"), maxLength: 30 }).map((text) => `${secret}${text}${secret}`);
  return fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 12 }).map((pairs) => pairs.map(([name, text]) => (name === "Record-Route" ? `${name}: <sip:${secret}.internal;lr>` : `${name}: ${text}`)));
}

test("property: nothing that a customer's or an agent's side writes of itself reaches the other: Via, Contact, Call-ID, routes, agents, any header, the session's words", async () => {
  let offered = 0;
  let answered = 0;
  await fc.assert(fc.asyncProperty(headersOf(CUSTOMER), headersOf(AGENT), async (customers, agents) => {
    const r = rig();
    await register(r);
    const offer = sdpOf(CUSTOMER, "10.1.2.3");
    const first = await r.from("customer", lines(
      "INVITE sip:3000@tandem.test SIP/2.0", `Via: SIP/2.0/UDP ${CUSTOMER}.internal:5060;branch=z9hG4bK${CUSTOMER};rport`, `Via: SIP/2.0/UDP 10.1.2.3;branch=z9hG4bK2${CUSTOMER}`, "Max-Forwards: 70",
      `From: "Ana" <sip:+33611@${CUSTOMER}.internal>;tag=${CUSTOMER}`, "To: <sip:3000@tandem.test>", `Call-ID: ${CUSTOMER}@10.1.2.3`, "CSeq: 1 INVITE", `Contact: <sip:${CUSTOMER}@203.0.113.5>`,
      customers, "Content-Type: application/sdp", `Content-Length: ${offer.length}`, "", offer,
    ));
    const all = [...first];
    const out = first.find(({ text }) => text.startsWith("INVITE"))?.text;
    if (out === undefined) return; // a header of chance was refused
    offered++;
    const answer = (status: string, body: string): string => lines(
      `SIP/2.0 ${status} ${AGENT}`, `Via: ${field(out, "Via")}`, `From: ${field(out, "From")}`, `To: ${field(out, "To")};tag=${AGENT}`, `Call-ID: ${field(out, "Call-ID")}`, `CSeq: ${field(out, "CSeq")}`,
      `Contact: <sip:${AGENT}@10.9.9.9>`, agents, body === "" ? [] : ["Content-Type: application/sdp"], `Content-Length: ${body.length}`, "", body,
    );
    for (const [status, body] of [["180", ""], ["183", sdpOf(AGENT, "10.9.9.9")], ["200", sdpOf(AGENT, "10.9.9.9")]] as const) all.push(...await r.from("agent", answer(status, body)));
    all.push(...await r.connect());
    for (const { to, text } of all) {
      if (to === "203.0.113.5") assert.doesNotMatch(text, /kx4secret|10\.9\.9\.9|198\.51\.100\.7/);
      else assert.doesNotMatch(text, /zq7secret|10\.1\.2\.3|203\.0\.113\.5/);
    }
    // both sides got their part of the call: 100, 180, 200 and at the end a BYE (or what stands for it before the ACK)
    answered += all.filter(({ to, text }) => to === "203.0.113.5" && text.startsWith("SIP/2.0 200")).length;
  }), { numRuns: 300 });
  assert.ok(offered > 250 && answered > 250, `${offered} ${answered}`);
});
