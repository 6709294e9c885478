/**
 * Registration (RFC 3665 section 2), subscriptions of each package (RFC 6665), publication (RFC 3903) and texts (RFC 3428) with sipp and
 * baresip on real sockets.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { writeWav } from "../rtp/rtp.ts";
import { createSipCore, dialogInfo, messageSummary, presenceDocument, type DialogFact, type SipEvent } from "../sip/sip.ts";
import { Baresip } from "./baresip.ts";
import { freePort } from "./peer-network.ts";
import { realChance, realClock } from "./real-ports.ts";
import { openSipSockets, type SipSockets } from "./sip-sockets.ts";

const DOMAIN = "tandem.local";
const PASSWORD = "s3cret";
const folder = mkdtempSync(join(tmpdir(), "tandem-events-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Centre {
  sockets: SipSockets;
  events: SipEvent[];
  /** Messages as they pass, "in" or "out" before the text. */
  seen: string[];
  lines: DialogFact[];
  fresh: number;
  on(event: SipEvent): void;
  /** Resolves once something seen or heard makes it true. */
  until(what: string, test: () => boolean): Promise<void>;
}

/** `lost`: so many datagrams that come first are lost. */
async function centre(host = "127.0.0.1", lost = 0): Promise<Centre> {
  const hash = (algorithm: string, account: string): string => createHash(algorithm).update(`${account}:${DOMAIN}:${PASSWORD}`).digest("hex");
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of waiting) one();
  };
  const uri = (resource: string): string => `sip:${resource}@${DOMAIN}`;
  const core = createSipCore({
    domain: DOMAIN, chance: realChance, isPublicTarget: (user) => user === "1000",
    credentials: (account) => (/^10\d\d$/.test(account) ? { account, ha1Md5: hash("md5", account), ha1Sha256: hash("sha256", account) } : null),
    events: {
      may: (account, _pkg, resource) => /^10\d\d$/.test(account) && resource !== "secret",
      state(pkg, resource, { version }) {
        if (pkg === "dialog") return dialogInfo(uri(resource), version, made.lines);
        if (pkg === "message-summary") return messageSummary(uri(resource), { fresh: made.fresh, heard: 0 });
        return presenceDocument(uri(resource), { open: true, note: "", activities: made.lines.length > 0 ? ["on-the-phone"] : [] });
      },
    },
  });
  const made: Centre = {
    events: [], seen: [], lines: [], fresh: 0, on: () => undefined,
    until: (what, isSo) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not happen; seen:\n${made.seen.slice(-12).join("\n")}`)), 60_000);
      const one = (): void => {
        if (!isSo()) return;
        clearTimeout(timer);
        waiting.delete(one);
        resolve();
      };
      waiting.add(one);
      one();
    }),
    sockets: await openSipSockets({
      host, udpPort: 0, tcpPort: 0, core, clock: realClock, log: silentLog, admit: () => lost-- <= 0,
      seen(direction, bytes) {
        made.seen.push(`${direction} ${Buffer.from(bytes).toString("utf8")}`);
        look();
      },
      hear(event) {
        made.events.push(event);
        made.on(event);
        look();
      },
    }),
  };
  return made;
}

type Step =
  | { send: string; headers?: string[]; body?: string; type?: string; signed?: boolean; inDialog?: boolean; cseq: number; to?: string; uri?: string; from?: string }
  | { expect: number; holds?: string[]; challenge?: true; keep?: string }
  | { hear: string; holds?: string[] };

/**
 * A sipp scenario: what is sent, what must come with what in it (regular expressions). It says nothing again for five seconds: on loopback only a
 * sipp that a busy machine keeps waiting would, and it takes the second answer for one that it does not expect.
 */
function scenario(steps: readonly Step[], password = PASSWORD): string {
  let variable = 0;
  const used: number[] = [];
  const checks = (holds: readonly string[] = [], keep?: string): string => {
    const all = holds.map((regexp) => {
      used.push(++variable);
      return `<ereg regexp="${regexp.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")}" search_in="msg" check_it="true" assign_to="${variable}"/>`;
    });
    if (keep !== undefined) all.push(`<ereg regexp="[a-z0-9]+" search_in="hdr" header="${keep}:" check_it="true" assign_to="kept"/>`);
    return all.length === 0 ? "" : `<action>${all.join("")}</action>`;
  };
  const written = steps.map((step) => {
    if ("send" in step) {
      const { send, cseq, headers = [], body = "", type, signed = false, inDialog = false, to = "1001", from = "1001", uri = `sip:${to}@${DOMAIN}` } = step;
      const lines = [
        `${send} ${uri} SIP/2.0`, "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport", "Max-Forwards: 70", `From: <sip:${from}@${DOMAIN}>;tag=[call_number]t`,
        `To: <sip:${to}@${DOMAIN}>${inDialog ? "[peer_tag_param]" : ""}`, "Call-ID: [call_id]", `CSeq: ${cseq} ${send}`, "User-Agent: a telephone that tells about as much of itself as telephones do", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, MESSAGE, REFER, INFO", ...(signed ? [`[authentication username=1001 password=${password}]`] : []), ...headers,
        ...(type === undefined ? [] : [`Content-Type: ${type}`]), "Content-Length: [len]", "", body,
      ];
      return `<send retrans="5000"><![CDATA[\n\n${lines.join("\n")}\n]]></send>`;
    }
    if ("expect" in step) return `<recv response="${step.expect}"${step.challenge ? ' auth="true"' : ""}>${checks(step.holds, step.keep)}</recv>`;
    return `<recv request="${step.hear}">${checks(step.holds)}</recv><send><![CDATA[\n\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send>`;
  });
  const reference = used.length === 0 ? "" : `<Reference variables="${used.join(",")}"/>`;
  return `<?xml version="1.0" encoding="UTF-8" ?><scenario name="s">${written.join("\n")}${reference}</scenario>`;
}

/** Answers an OPTIONS that belongs to no call. */
const ANSWERS_OPTIONS = `<?xml version="1.0" encoding="UTF-8" ?><scenario name="o"><recv request="OPTIONS"></recv><send><![CDATA[\n\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send></scenario>`;

let runs = 0;
/** Runs it against the centre (or waits for a request); rejects with sipp's own words when it did not go as written. */
async function sipp(c: Centre, xml: string, options: { transport?: "u1" | "t1"; port?: number; waits?: boolean } = {}): Promise<void> {
  const name = join(folder, `s${++runs}`);
  const { transport = "u1", port = await freePort() } = options;
  writeFileSync(`${name}.xml`, xml);
  writeFileSync(`${name}.o.xml`, ANSWERS_OPTIONS);
  const to = `127.0.0.1:${transport === "u1" ? c.sockets.ports.udp : c.sockets.ports.tcp}`;
  const child = spawn("sipp", [to, "-sf", `${name}.xml`, ...(options.waits ? [] : ["-oocsf", `${name}.o.xml`]), "-m", "1", "-i", "127.0.0.1", "-p", String(port), "-t", transport, "-timeout", "60s", "-nostdin", "-trace_err", "-error_file", `${name}.err`], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`sipp cannot run (apt-get install sip-tester): ${error.message}`)));
    child.on("close", resolve);
  });
  if (code !== 0) assert.fail(`${output.slice(0, 600)}\n${existsSync(`${name}.err`) ? readFileSync(`${name}.err`, "utf8").slice(0, 2_500) : ""}\nseen:\n${c.seen.slice(-8).join("\n")}`);
}

const inFolder = async (work: (c: Centre) => Promise<void>): Promise<void> => {
  const c = await centre();
  try {
    await work(c);
  } finally {
    await c.sockets.stop();
  }
};
const contacts = (c: Centre): string[] => c.sockets.contacts("1001").map(({ contact }) => contact.replace(/:\d+$/, "")).toSorted();
const contact = (name: string): string => `Contact: <sip:${name}@[local_ip]:[local_port]>`;

test("RFC 3665 2.1 to 2.4: registered after a challenge, a second contact added, the list asked for, all cancelled", () => inFolder(async (c) => {
  await sipp(c, scenario([
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 1, headers: [contact("one")] },
    { expect: 401, challenge: true, holds: ['realm="tandem.local"', "nonce="] },
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 2, signed: true, headers: [contact("one")] },
    { expect: 200, holds: ["<sip:one@127.0.0.1:[0-9]+>;expires=600"] },
  ]));
  assert.deepEqual(contacts(c), ["sip:one@127.0.0.1"]);
  const challenged = (headers: string[], holds: string[], from = 1): Step[] => [
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: from, headers }, { expect: 401, challenge: true },
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: from + 1, signed: true, headers }, { expect: 200, holds },
  ];
  await sipp(c, scenario(challenged([`${contact("two")};q=0.5`], ["<sip:two@[^>]*>;expires=600;q=0.5", "<sip:one@"])));
  assert.deepEqual(contacts(c), ["sip:one@127.0.0.1", "sip:two@127.0.0.1"]);
  await sipp(c, scenario(challenged([], ["<sip:one@", "<sip:two@"])));
  await sipp(c, scenario(challenged(["Contact: *", "Expires: 0"], [])));
  assert.deepEqual(contacts(c), []);
  assert.deepEqual(c.events.filter((e) => e.type === "unregistered").map((e) => e.reason), ["asked", "asked"]);
}));

test("RFC 3665 2.5: a wrong password is challenged again and registers nothing", () => inFolder(async (c) => {
  await sipp(c, scenario([
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 1, headers: [contact("one")] }, { expect: 401, challenge: true },
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 2, signed: true, headers: [contact("one")] }, { expect: 401 },
  ], "wrong"));
  assert.deepEqual(contacts(c), []);
}));

const notified = (c: Centre, times: number): boolean => c.seen.filter((m) => m.startsWith("in SIP/2.0 200") && /CSeq: \d+ NOTIFY/.test(m)).length >= times;

const packages: { name: string; type: string; before: string[]; after: string[] }[] = [
  { name: "presence", type: "application/pidf+xml", before: ["<basic>open</basic>"], after: ["rpid:on-the-phone"] },
  { name: "dialog", type: "application/dialog-info+xml", before: ['version="0" state="full"', "<state>terminated</state>"], after: ['version="1"', '<dialog id="d1" direction="recipient"><state>early</state>', ">sip:0612@tandem.local<"] },
  { name: "message-summary", type: "application/simple-message-summary", before: ["Messages-Waiting: no"], after: ["Messages-Waiting: yes", "Voice-Message: 3/0 "] },
];
for (const { name, type, before, after: then } of packages) {
  for (const transport of ["u1", "t1"] as const) {
    test(`SUBSCRIBE to ${name} over ${transport}: a NOTIFY at once, another with the change, the last when it unsubscribes`, () => inFolder(async (c) => {
      const headers = [`Event: ${name}`, `Accept: ${type}`, "Contact: <sip:1001@[local_ip]:[local_port];transport=[transport]>"];
      const run = sipp(c, scenario([
        { send: "SUBSCRIBE", to: "1002", cseq: 1, headers: [...headers, "Expires: 600"] }, { expect: 401, challenge: true },
        { send: "SUBSCRIBE", to: "1002", cseq: 2, signed: true, headers: [...headers, "Expires: 600"] }, { expect: 200, holds: ["Expires: 600"] },
        { hear: "NOTIFY", holds: [`Event: ${name}`, "Subscription-State: active;expires=600", `Content-Type: ${type.replace("+", "[+]")}`, ...before] },
        { hear: "NOTIFY", holds: ["Subscription-State: active", ...then] },
        { send: "SUBSCRIBE", to: "1002", inDialog: true, cseq: 3, headers: [...headers, "Expires: 0"] }, { expect: 200, holds: ["Expires: 0"] },
        { hear: "NOTIFY", holds: ["Subscription-State: terminated;reason=timeout"] },
      ]), { transport });
      await Promise.race([run, c.until("the first NOTIFY answered", () => notified(c, 1))]);
      c.lines.push({ id: "d1", direction: "recipient", state: "early", remote: { uri: "sip:0612@tandem.local", display: "" } });
      c.fresh = 3;
      c.sockets.command({ type: "stateChanged", package: name as "presence", resource: "1002" });
      await run;
    }));
  }
}

test("SUBSCRIBE to reg: one's own registration, as it comes", () => inFolder(async (c) => {
  const headers = ["Event: reg", "Contact: <sip:1001@[local_ip]:[local_port]>", "Expires: 600"];
  const run = sipp(c, scenario([
    { send: "SUBSCRIBE", cseq: 1, headers }, { expect: 401, challenge: true },
    { send: "SUBSCRIBE", cseq: 2, signed: true, headers }, { expect: 200 },
    { hear: "NOTIFY", holds: ['state="init"'] },
    { hear: "NOTIFY", holds: ['state="active"', 'event="registered"', "<uri>sip:other@127.0.0.1"] },
  ]));
  await Promise.race([run, c.until("the first NOTIFY answered", () => notified(c, 1))]);
  await sipp(c, scenario([
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 1, headers: [contact("other")] }, { expect: 401, challenge: true },
    { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 2, signed: true, headers: [contact("other")] }, { expect: 200 },
  ]));
  await run;
}));

test("SUBSCRIBE to what we do not have, or may not be seen: 489 and 403", () => inFolder(async (c) => {
  const asked = (event: string, to: string, answer: number): Step[] => [
    { send: "SUBSCRIBE", to, cseq: 1, headers: [`Event: ${event}`, "Contact: <sip:1001@[local_ip]:[local_port]>"] }, { expect: 401, challenge: true },
    { send: "SUBSCRIBE", to, cseq: 2, signed: true, headers: [`Event: ${event}`, "Contact: <sip:1001@[local_ip]:[local_port]>"] }, { expect: answer },
  ];
  await sipp(c, scenario(asked("conference", "1002", 489)));
  await sipp(c, scenario(asked("dialog", "secret", 403)));
}));

test("PUBLISH: presence stated, refreshed by its entity tag, taken back; an unknown tag is a 412", () => inFolder(async (c) => {
  const body = '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" entity="sip:1001@tandem.local"><tuple id="t"><status><basic>open</basic></status><note>Chez moi</note></tuple><dm:person id="p"><r:activities><r:working/></r:activities></dm:person></presence>';
  await sipp(c, scenario([
    { send: "PUBLISH", cseq: 1, headers: ["Event: presence", "Expires: 600"], type: "application/pidf+xml", body }, { expect: 401, challenge: true },
    { send: "PUBLISH", cseq: 2, signed: true, headers: ["Event: presence", "Expires: 600"], type: "application/pidf+xml", body }, { expect: 200, holds: ["SIP-ETag: [a-z0-9]+", "Expires: 600"], keep: "SIP-ETag" },
    { send: "PUBLISH", cseq: 3, headers: ["Event: presence", "Expires: 0", "SIP-If-Match: [$kept]"] }, { expect: 401, challenge: true },
    { send: "PUBLISH", cseq: 4, signed: true, headers: ["Event: presence", "Expires: 0", "SIP-If-Match: [$kept]"] }, { expect: 200 },
    { send: "PUBLISH", cseq: 5, headers: ["Event: presence", "SIP-If-Match: [$kept]"] }, { expect: 401, challenge: true },
    { send: "PUBLISH", cseq: 6, signed: true, headers: ["Event: presence", "SIP-If-Match: [$kept]"] }, { expect: 412 },
  ]));
  const said = c.events.filter((event) => event.type === "published");
  assert.deepEqual(said.map(({ open, note, activities }) => [open, note, activities]), [[true, "Chez moi", ["working"]], [false, "", []]]);
}));

for (const transport of ["u1", "t1"] as const) {
  test(`MESSAGE from outside over ${transport}: 200 once it is taken; the answer comes back the way it went, as another MESSAGE`, () => inFolder(async (c) => {
    c.on = (event) => {
      if (event.type !== "message") return;
      c.sockets.command({ type: "messageAnswer", ref: event.ref, status: 200 });
      c.sockets.command({ type: "sendMessage", ref: "back", target: { uri: "sip:eve@elsewhere.test", flow: event.flow }, from: { user: "1000", display: "Tandem" }, text: "Bien reçu, à bientôt" });
    };
    const port = await freePort();
    const run = sipp(c, `<?xml version="1.0" encoding="UTF-8" ?><scenario name="s"><send retrans="5000"><![CDATA[\n\nMESSAGE sip:1000@${DOMAIN} SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport\nMax-Forwards: 70\nFrom: <sip:eve@elsewhere.test>;tag=1\nTo: <sip:1000@${DOMAIN}>\nCall-ID: [call_id]\nCSeq: 1 MESSAGE\nContent-Type: text/plain\nContent-Length: [len]\n\nBonjour, où en est ma commande ?\n]]></send><recv response="200"></recv></scenario>`, { transport, port });
    await run;
    await c.until("the text", () => c.events.some((event) => event.type === "message"));
    assert.equal(c.events.find((event) => event.type === "message")!.text, "Bonjour, où en est ma commande ?");
    const back = c.seen.find((m) => m.startsWith("out MESSAGE sip:eve@elsewhere.test SIP/2.0"));
    assert.match(back ?? "", /From: "Tandem" <sip:1000@tandem\.local>.*Bien reçu, à bientôt$/s);
    const asked = c.seen.filter((m) => m.startsWith("out OPTIONS")).length;
    assert.equal(asked > 0, transport === "u1", "only a datagram's source is asked whether it is there");
  }));
}

test("MESSAGE to a phone: delivered to every contact, 200 told; refused texts and nobody there are told as they are", () => inFolder(async (c) => {
  const port = await freePort();
  const waits = (answer: string): string =>
    `<?xml version="1.0" encoding="UTF-8" ?><scenario name="s"><recv request="MESSAGE"><action><ereg regexp="Content-Type: text/plain;charset=UTF-8" search_in="msg" check_it="true" assign_to="1"/></action></recv><send><![CDATA[\n\nSIP/2.0 ${answer}\n[last_Via:]\n[last_From:]\n[last_To:];tag=1\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n]]></send><Reference variables="1"/></scenario>`;
  const send = (ref: string, account: string): void => c.sockets.command({ type: "sendMessage", ref, target: { account }, from: { user: "1002", display: "" }, text: "Réunion à 14 h" });
  const result = (ref: string): number | undefined => c.events.find((event) => event.type === "messageSent" && event.ref === ref)?.type === "messageSent" ? (c.events.find((event) => event.type === "messageSent" && event.ref === ref) as { status: number }).status : undefined;
  for (const [ref, answer, status] of [["a", "200 OK", 200], ["b", "415 Unsupported Media Type", 415]] as const) {
    await sipp(c, scenario([
      { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 1, headers: [contact("m")] }, { expect: 401, challenge: true },
      { send: "REGISTER", uri: `sip:${DOMAIN}`, cseq: 2, signed: true, headers: [contact("m")] }, { expect: 200 },
    ]), { port });
    const phone = sipp(c, waits(answer), { port, waits: true });
    send(ref, "1001");
    await phone;
    await c.until("the result", () => result(ref) !== undefined);
    assert.equal(result(ref), status);
  }
  send("c", "1009");
  assert.equal(result("c"), 480);
}));

test("baresip: texts both ways, its message lamp and a colleague's presence by subscription, its own presence published", async () => {
  // baresip 1.0.0's mwi module walks the list of its subscriptions 1 ms after it was loaded and lengthens it at each step: who registers
  // sooner sends SUBSCRIBE for ever and reads no answer. Its first REGISTER is lost, so that it registers after T1, as over a real network.
  const c = await centre("0.0.0.0", 1);
  const [interfaceName, address] = Object.entries(networkInterfaces()).flatMap(([name, all]) => (all ?? []).filter((i) => i.family === "IPv4" && !i.internal).map((i) => [name, i.address] as const))[0] ?? [];
  assert.ok(interfaceName && address, "an interface beside loopback, for baresip refuses lo");
  const home = join(folder, "baresip");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "silence.wav"), writeWav([new Int16Array(8_000)]));
  let phone: Baresip | null = null;
  try {
    phone = await Baresip.start({
      folder: home, interfaceName, source: join(home, "silence.wav"), config: ["module_app contact.so", "module_app presence.so", "module_app mwi.so"], contacts: [`"Colleague" <sip:1002@${DOMAIN}>;presence=p2p`],
      account: `<sip:1001@${DOMAIN}>;auth_user=1001;auth_pass=${PASSWORD};outbound="sip:${address}:${c.sockets.ports.udp}";regint=60;pubint=120;mwi=yes;audio_codecs=PCMU`,
    });
    await c.until("the registration", () => c.events.some((e) => e.type === "registered"));
    await c.until("its subscription to its mailbox", () => c.seen.some((m) => m.startsWith("out NOTIFY") && m.includes("Event: message-summary")));
    await c.until("its subscription to a colleague", () => c.seen.some((m) => m.startsWith("out NOTIFY") && m.includes("Event: presence")));
    await c.until("what it publishes", () => c.events.some((e) => e.type === "published"));
    c.sockets.command({ type: "sendMessage", ref: "t", target: { account: "1001" }, from: { user: "1002", display: "Léa" }, text: "Bonjour d'ici" });
    await c.until("the text delivered", () => c.events.some((e) => e.type === "messageSent"));
    assert.deepEqual(c.events.find((e) => e.type === "messageSent"), { type: "messageSent", ref: "t", status: 200 });
    c.fresh = 2;
    c.sockets.command({ type: "stateChanged", package: "message-summary", resource: "1001" });
    await c.until("the lamp", () => c.seen.some((m) => m.startsWith("out NOTIFY") && m.includes("Messages-Waiting: yes")));
    await phone.until("its lamp lit", (event) => event.type === "MWI_NOTIFY" && /Messages-Waiting: yes/.test(JSON.stringify(event)));
  } finally {
    await phone?.stop();
    await c.sockets.stop();
  }
});
