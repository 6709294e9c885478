/**
 * The whole server under a small flood (lab/bench-flood.ts sends the large one, and measures): 50,000 changed packets that all reach the
 * parser, then 20,000 requests without a password as the border meets them. Honest calls in between all come about.
 */
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { BorderRules } from "@tandem/protocol";
import { testSite, type TestSite } from "../api/test-site.ts";
import type { Person } from "../api/test-client.ts";
import { seededChance } from "../base/chance.ts";
import { sdp } from "../sip/lossy-net.ts";
import { field, write } from "../sip/raw-peer.ts";
import { corpus, mutate } from "../sip/test-mutate.ts";

const PACKETS = 50_000;
const BATCH = 250;
/** How often an honest caller asks again, and when they give up. */
const [REPEAT_MS, TRIES] = [1_000, 60];
/** What the heap may have gained when all is over: tables that grew to their size, compiled code. */
const heapGainBytes = 24_000_000;

let at: TestSite;
let lea: Person;
let defaults: BorderRules;
const open: Socket[] = [];

async function socketAt(address: string): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  open.push(socket);
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** A caller who repeats what is not answered, as RFC 3261 asks, and waits for each answer. */
class Caller {
  readonly #socket: Socket;
  readonly #address: string;
  readonly heard: string[] = [];
  #waiting: (() => void) | null = null;
  #calls = 0;

  constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.#address = address;
    socket.on("message", (bytes) => {
      this.heard.push(bytes.toString("latin1"));
      this.#waiting?.();
    });
  }

  async #until(text: string, found: (message: string) => boolean): Promise<string> {
    let sent = 0;
    const send = (): void => {
      this.#socket.send(text, at.server.sipPort, "127.0.0.1");
      if (++sent === TRIES) this.#waiting?.();
    };
    send();
    const again = setInterval(send, REPEAT_MS);
    try {
      while (sent < TRIES) {
        const answer = this.heard.find(found);
        if (answer !== undefined) return answer;
        await new Promise<void>((wake) => (this.#waiting = wake));
      }
    } finally {
      clearInterval(again);
    }
    throw new Error(`no answer to\n${text}`);
  }

  #write(method: string, id: string, cseq: number, more: { to?: string; body?: string } = {}): string {
    const flow = { id: "", transport: "udp" as const, remoteAddress: this.#address, remotePort: this.#socket.address().port, localAddress: "127.0.0.1", localPort: 5060 };
    return write(flow, {
      method, uri: "sip:1000@tandem.test", from: `<sip:+33140000000@elsewhere.test>;tag=${id}`, to: more.to ?? "<sip:1000@tandem.test>", callId: id, cseq, branch: `z9hG4bK${id}${method}`, body: more.body ?? "",
      headers: [`Contact: <sip:c@${this.#address}:${this.#socket.address().port}>`, ...(more.body ? ["Content-Type: application/sdp"] : [])],
    });
  }

  async options(): Promise<void> {
    const id = `o${this.#calls++}x${this.#address}`;
    await this.#until(this.#write("OPTIONS", id, 1), (m) => m.includes(id) && m.startsWith("SIP/2.0 200"));
    this.heard.length = 0;
  }

  /** INVITE, ACK, BYE: answered by the centre's flow each time. */
  async call(): Promise<void> {
    const id = `c${this.#calls++}x${this.#address}`;
    const body = sdp("caller").replaceAll("10.0.0.1", this.#address);
    const answer = await this.#until(this.#write("INVITE", id, 1, { body }), (m) => m.includes(id) && /^SIP\/2.0 [2-6]/.test(m) && m.includes("INVITE"));
    assert.match(answer, /^SIP\/2.0 200 /);
    const to = field(answer, "To");
    this.#socket.send(this.#write("ACK", id, 1, { to }), at.server.sipPort, "127.0.0.1");
    await this.#until(this.#write("BYE", id, 2, { to }), (m) => m.includes(id) && m.startsWith("SIP/2.0 200") && m.includes("BYE"));
    this.heard.length = 0;
  }
}

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
  defaults = (await lea.call("GET", "/api/telephony/border")).body as unknown as BorderRules;
});
after(async () => {
  for (const socket of open) socket.close();
  await at?.stop();
});

test("50,000 changed packets over UDP and TCP: the server answers throughout, every honest call comes about, memory stays", async () => {
  await lea.call("PUT", "/api/telephony/border", { ...defaults, requestsPerSecondPerSource: 100_000, access: [{ network: "127.0.70.0/24", allow: true, note: "the flood, let in to reach the parser" }] });
  const chance = seededChance(20261121);
  const texts = corpus.map((text) => text.replaceAll("sip:100@", "sip:1000@"));
  const flood = await Promise.all(Array.from({ length: 16 }, (_, i) => socketAt(`127.0.70.${i + 1}`)));
  const caller = new Caller(await socketAt("127.0.0.51"), "127.0.0.51");
  const { port } = (await lea.call("GET", "/api/admin/sip")).body as { port: number };
  const stream = (): ReturnType<typeof connect> => connect({ port, host: "127.0.0.1", localAddress: "127.0.70.200" }).on("error", (error) => assert.ok(error, "a stream that the server closed is opened again"));
  let tcp = stream();
  await caller.call();
  const before = heap();
  let calls = 0;
  for (let sent = 0; sent < PACKETS; sent += BATCH) {
    for (let i = 0; i < BATCH; i++) {
      const bytes = Buffer.from(mutate(texts[Math.floor(chance.next() * texts.length)]!, chance, texts), "latin1");
      if (i % 10 === 0) {
        if (tcp.destroyed || tcp.readyState === "closed") tcp = stream();
        tcp.write(bytes);
      } else flood[i % flood.length]!.send(bytes.subarray(0, 9_000), at.server.sipPort, "127.0.0.1");
    }
    await caller.options();
    if (sent % (BATCH * 5) === 0) {
      await caller.call();
      calls++;
    }
  }
  tcp.destroy();
  assert.equal(calls, 40);
  const gained = heap() - before;
  assert.ok(gained < heapGainBytes, `the heap gained ${gained} bytes`);
  assert.equal((await lea.call("GET", "/api/admin/sip")).status, 200, "and the rest of the house is well");
});

test("20,000 requests without a password from 64 addresses: fewer bytes back than they sent, to each; honest calls come about meanwhile", async () => {
  await lea.call("PUT", "/api/telephony/border", defaults);
  const sources = await Promise.all(Array.from({ length: 64 }, (_, i) => socketAt(`127.0.71.${i + 1}`)));
  const [out, back] = [new Map<Socket, number>(), new Map<Socket, number>()];
  for (const socket of sources) socket.on("message", (bytes) => back.set(socket, (back.get(socket) ?? 0) + bytes.length));
  const caller = new Caller(await socketAt("127.0.0.52"), "127.0.0.52");
  await caller.call();
  const methods = ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"];
  for (let i = 0; i < 20_000; i++) {
    const socket = sources[i % sources.length]!;
    const flow = { id: "", transport: "udp" as const, remoteAddress: socket.address().address, remotePort: socket.address().port, localAddress: "127.0.0.1", localPort: 5060 };
    const user = i % 3 === 0 ? "camille" : `u${i}`;
    const text = write(flow, { method: methods[i % methods.length]!, uri: `sip:${user}@tandem.test`, from: `<sip:${user}@tandem.test>;tag=${i}`, to: `<sip:${user}@tandem.test>`, headers: [`Contact: <sip:${user}@${flow.remoteAddress}>`] });
    socket.send(text, at.server.sipPort, "127.0.0.1");
    out.set(socket, (out.get(socket) ?? 0) + text.length);
    if (i % 1_000 === 0) await caller.call();
  }
  await caller.options();
  let answered = 0;
  for (const socket of sources) {
    assert.ok((back.get(socket) ?? 0) <= out.get(socket)!, `${back.get(socket)} bytes back for ${out.get(socket)}`);
    answered += (back.get(socket) ?? 0) > 0 ? 1 : 0;
  }
  assert.ok(answered > 32, `${answered} of 64 sources heard an answer at all`);
});
