/** Topology hiding (RFC 5853 3.1): what two telephones of the house, each with an inside to hide, learn of each other by a call through the real server. */
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { after, before, test } from "node:test";
import type { Person } from "../api/test-client.ts";
import { testSite, type TestSite } from "../api/test-site.ts";
import { field, sign, type Written } from "../sip/raw-peer.ts";

let at: TestSite;
let lea: Person;
const sockets: Socket[] = [];

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
});
after(async () => {
  for (const socket of sockets) socket.close();
  await at?.stop();
});

/** A telephone that says more of its network than it should. */
class Leaky {
  readonly account: string;
  readonly heard: string[] = [];
  readonly #inside: string;
  readonly #password: string;
  readonly #socket: Socket;
  #wake: () => void = () => undefined;

  private constructor(account: string, password: string, inside: string, socket: Socket) {
    [this.account, this.#password, this.#inside, this.#socket] = [account, password, inside, socket];
    socket.on("message", (bytes) => {
      this.heard.push(bytes.toString("latin1"));
      this.#wake();
    });
  }

  static async open(account: string, number: string, address: string, inside: string): Promise<Leaky> {
    const phone = await lea.call("POST", "/api/admin/phones", { account, label: account, userId: null });
    assert.equal(phone.status, 200, JSON.stringify(phone.body));
    const extension = await lea.call("POST", "/api/telephony/extensions", { number, label: `Room ${number}`, userId: null, phoneId: phone.body["id"], language: "en", callClass: "internal", callerNumber: null, pickupGroup: "", ringMs: 20_000, listed: true });
    assert.equal(extension.status, 200, JSON.stringify(extension.body));
    const socket = createSocket("udp4");
    sockets.push(socket);
    socket.bind(0, address);
    await once(socket, "listening");
    return new Leaky(account, phone.body["password"] as string, inside, socket);
  }

  async until(found: (message: string) => boolean): Promise<string> {
    for (;;) {
      const message = this.heard.find(found);
      if (message !== undefined) return message;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  say(text: string): void {
    this.#socket.send(text, at.server.sipPort, "127.0.0.1");
  }

  /** Everything that an inside address can stand in. */
  sdp(): string {
    return `v=0\r\no=${this.account} 1 1 IN IP4 ${this.#inside}\r\ns=build ${this.#inside}\r\ni=${this.#inside}\r\nc=IN IP4 ${this.#inside}\r\nt=0 0\r\na=tool:leaky ${this.#inside}\r\nm=audio 4000 RTP/AVP 0\r\na=rtcp:4001 IN IP4 ${this.#inside}\r\na=candidate:1 1 UDP 1 ${this.#inside} 4000 typ host\r\n`;
  }

  leaks(): string[] {
    return [
      `Contact: <sip:${this.account}@${this.#inside}:5060>`, `Record-Route: <sip:${this.#inside};lr>`, `User-Agent: leaky ${this.#inside}`, `Server: leaky ${this.#inside}`, `Organization: ${this.#inside}`,
      `P-Asserted-Identity: <sip:boss@${this.#inside}>`, `Remote-Party-ID: <sip:boss@${this.#inside}>`, `Call-Info: <http://${this.#inside}/x>;purpose=icon`, `X-Tandem-Ref: leg_${this.#inside}`, `X-Tandem-Account: boss`,
      `History-Info: <sip:${this.#inside}>;index=1`, `Warning: 399 ${this.#inside} "x"`, `Subject: ${this.#inside}`, `P-Charging-Vector: icid-value=1;icid-generated-at=${this.#inside}`,
    ];
  }

  write(written: Written & { contactOnly?: boolean }): string {
    const { method = "REGISTER", uri = "sip:tandem.test", callId = `call@${this.#inside}`, cseq = 1, headers = [], body = "", branch = `z9hG4bK${this.account}${method}${cseq}` } = written;
    const { port } = this.#socket.address();
    return [
      `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP ${this.#inside}:${port};branch=${branch};rport`, "Max-Forwards: 70", `From: <sip:${this.account}@tandem.test>;tag=${this.account}`, `To: ${written.to ?? `<${uri}>`}`,
      `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, ...headers, ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
    ].join("\r\n");
  }

  /** Sends, answers the challenge, and gives what came then. */
  async signed(written: Written): Promise<string> {
    this.say(this.write(written));
    const cseq = written.cseq ?? 1;
    const challenge = await this.until((m) => m.startsWith("SIP/2.0 401") && m.includes(`CSeq: ${cseq} ${written.method}`));
    if (written.method === "INVITE") this.say(this.write({ ...written, method: "ACK", headers: [], body: "", branch: `z9hG4bK${this.account}INVITE${cseq}` }));
    this.say(this.write({ ...written, cseq: cseq + 1, headers: [...(written.headers ?? []), sign(challenge, written, this.account, this.#password)] }));
    return this.until((m) => /^SIP\/2.0 [2-6]/.test(m) && m.includes(`CSeq: ${cseq + 1} ${written.method}`));
  }

  answer(invite: string, status: string, body = ""): string {
    const to = field(invite, "To");
    return [`SIP/2.0 ${status}`, `Via: ${field(invite, "Via")}`, `From: ${field(invite, "From")}`, `To: ${to};tag=${this.account}`, `Call-ID: ${field(invite, "Call-ID")}`, `CSeq: ${field(invite, "CSeq")}`, ...this.leaks(), ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body].join("\r\n");
  }
}

test("neither telephone learns an address, a Call-ID, a product or an inside header of the other; our own internal headers from outside mean nothing", async () => {
  const [hers, his] = ["10.11.12.13", "172.20.21.22"];
  const alice = await Leaky.open("leaky-alice", "281", "127.0.0.61", hers);
  const bob = await Leaky.open("leaky-bob", "282", "127.0.0.62", his);
  for (const phone of [alice, bob]) assert.match(await phone.signed({ method: "REGISTER", headers: phone.leaks().slice(0, 4), to: `<sip:${phone.account}@tandem.test>`, callId: `reg-${phone.account}` }), /^SIP\/2.0 200/);

  const talking = alice.signed({ method: "INVITE", uri: "sip:282@tandem.test", headers: alice.leaks(), body: alice.sdp() });
  const invite = await bob.until((m) => m.startsWith("INVITE "));
  bob.say(bob.answer(invite, "180 Ringing"));
  bob.say(bob.answer(invite, "200 OK", bob.sdp()));
  const answered = await talking;
  assert.match(answered, /^SIP\/2.0 200 /);
  await bob.until((m) => m.startsWith("ACK "));
  alice.say(alice.write({ method: "ACK", uri: "sip:282@tandem.test", to: field(answered, "To"), cseq: 2 }));
  alice.say(alice.write({ method: "BYE", uri: "sip:282@tandem.test", to: field(answered, "To"), cseq: 3, headers: alice.leaks() }));
  await bob.until((m) => m.startsWith("BYE "));

  assert.ok(bob.heard.length >= 4 && alice.heard.length >= 4);
  // what is ours to say back: one's own Via, Contact and Record-Route
  const toAlice = alice.heard.filter((m) => !m.includes("REGISTER")).join("\n");
  const toBob = bob.heard.filter((m) => !m.includes("REGISTER")).join("\n");
  assert.doesNotMatch(toBob, /10\.11\.12\.13|127\.0\.0\.61|leaky 1|boss|X-Tandem|z9hG4bKleaky-alice/);
  assert.doesNotMatch(toAlice, /172\.20\.21\.22|127\.0\.0\.62|leaky 1|boss|X-Tandem|z9hG4bKleaky-bob/);
  assert.match(invite, /^c=IN IP4 127\.0\.0\.1\r$/m, "sound goes by us");
  assert.match(answered, /^c=IN IP4 127\.0\.0\.1\r$/m);
  assert.notEqual(field(invite, "Call-ID"), `call@${hers}`);
});
