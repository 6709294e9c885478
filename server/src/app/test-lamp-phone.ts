/** A telephone with busy-lamp keys, as far as a test needs one: it watches an extension and takes its ringing call over (RFC 4235, 3891). */
import { createHash } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";

interface Server {
  address: string;
  port: number;
}
interface Account {
  name: string;
  password: string;
  domain: string;
}

export class LampPhone {
  /** What the NOTIFYs carried. */
  readonly told: string[] = [];
  readonly #socket: Socket;
  readonly #server: Server;
  readonly #account: Account;
  readonly #local: string;
  readonly #port: number;
  #waiting: ((text: string) => void)[] = [];
  #count = 0;

  private constructor(socket: Socket, server: Server, account: Account, local: string) {
    this.#socket = socket;
    this.#server = server;
    this.#account = account;
    this.#local = local;
    this.#port = socket.address().port;
    socket.on("message", (data) => this.#hear(data.toString()));
  }

  static async start(server: Server, account: Account): Promise<LampPhone> {
    const socket = createSocket("udp4");
    await new Promise<void>((ready) => socket.bind(0, server.address, ready));
    return new LampPhone(socket, server, account, server.address);
  }

  /** One request, with the answer to its challenge; resolves with the final answer. */
  async ask(method: string, user: string, headers: readonly string[], body = ""): Promise<string> {
    const callId = `lamp${++this.#count}-${this.#port}`;
    const first = await this.#send(method, user, callId, 1, headers, body);
    if (!/^SIP\/2\.0 40[17]/.test(first)) return first;
    if (method === "INVITE") this.#write(this.#request("ACK", user, callId, 1, [], "", /^To: ?(.*)$/im.exec(first)![1]!));
    const proxy = first.startsWith("SIP/2.0 407");
    const challenge = first.split("\r\n").find((line) => /-authenticate:/i.test(line) && /algorithm="?MD5"?/i.test(line)) ?? /^.*-authenticate:.*$/im.exec(first)![0];
    const value = (name: string): string => new RegExp(`${name}="?([^",]+)`, "i").exec(challenge)?.[1] ?? "";
    const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
    const uri = `sip:${user}@${this.#account.domain}`;
    const { name, password } = this.#account;
    const response = md5(`${md5(`${name}:${value("realm")}:${password}`)}:${value("nonce")}:00000001:c:auth:${md5(`${method}:${uri}`)}`);
    const credentials = `${proxy ? "Proxy-" : ""}Authorization: Digest username="${name}", realm="${value("realm")}", nonce="${value("nonce")}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"`;
    const answer = await this.#send(method, user, callId, 2, [...headers, credentials], body);
    if (method === "INVITE") this.#write(this.#request("ACK", user, callId, 2, [], "", /^To: ?(.*)$/im.exec(answer)![1]!));
    return answer;
  }

  stop(): void {
    this.#socket.close();
  }

  #send(method: string, user: string, callId: string, cseq: number, headers: readonly string[], body: string): Promise<string> {
    const answer = new Promise<string>((done) => {
      const look = (text: string): void => {
        if (!text.includes(`Call-ID: ${callId}`) || !new RegExp(`^CSeq: ${cseq} ${method}`, "im").test(text) || text.startsWith("SIP/2.0 1")) return;
        this.#waiting = this.#waiting.filter((one) => one !== look);
        done(text);
      };
      this.#waiting.push(look);
    });
    this.#write(this.#request(method, user, callId, cseq, headers, body, `<sip:${user}@${this.#account.domain}>`));
    return answer;
  }

  #request(method: string, user: string, callId: string, cseq: number, headers: readonly string[], body: string, to: string): string {
    const { name, domain } = this.#account;
    return [
      `${method} sip:${user}@${domain} SIP/2.0`, `Via: SIP/2.0/UDP ${this.#local}:${this.#port};branch=z9hG4bK${callId}${cseq}${method};rport`, "Max-Forwards: 70", `From: <sip:${name}@${domain}>;tag=t${callId}`, `To: ${to}`,
      `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, `Contact: <sip:${name}@${this.#local}:${this.#port}>`, ...headers, ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
    ].join("\r\n");
  }

  #hear(compact: string): void {
    // RFC 3261 7.3.3: our challenges are written short
    const text = compact.replaceAll(/^([vftil]): /gim, (_, letter: string) => `${{ v: "Via", f: "From", t: "To", i: "Call-ID", l: "Content-Length" }[letter.toLowerCase()]}: `);
    if (text.startsWith("SIP/2.0")) {
      for (const look of this.#waiting) look(text);
      return;
    }
    const kept = text.split("\r\n").filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
    if (!text.startsWith("ACK")) this.#write(["SIP/2.0 200 OK", ...kept, "Content-Length: 0", "", ""].join("\r\n"));
    if (text.startsWith("NOTIFY")) this.told.push(text);
  }

  #write(text: string): void {
    this.#socket.send(text, this.#server.port, this.#server.address);
  }
}
