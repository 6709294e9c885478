import { createHash } from "node:crypto";
import { seededChance } from "../base/chance.ts";
import { createSipCore } from "./core.ts";
import type { Flow, SipCore, SipEvent } from "./contract.ts";
import type { SipCoreSettings } from "./settings.ts";
import { ha1 } from "./lossy-net.ts";

/** For tests: one core and peers that write their messages by hand, honest or not. Time stands where `nowMs` says. */
export class RawBench {
  readonly core: SipCore;
  readonly events: SipEvent[] = [];
  nowMs = 1_700_000_000_000;
  credentialLookups = 0;

  constructor(settings: Partial<SipCoreSettings> = {}) {
    this.core = createSipCore({
      domain: "tandem.test", chance: seededChance(7), isPublicTarget: (user) => user === "100",
      credentials: (account) => {
        this.credentialLookups++;
        return /^10\d\d$/.test(account) ? { account, ha1Md5: ha1("md5", account, "tandem.test", "pw"), ha1Sha256: ha1("sha256", account, "tandem.test", "pw") } : null;
      },
      ...settings,
    });
    this.core.listen([{ transport: "udp", address: "192.0.2.1", port: 5060 }]);
  }

  peer(address: string, transport: Flow["transport"] = "udp", port = 5060): RawPeer {
    return new RawPeer(this, { id: `${transport}:${address}:${port}`, transport, remoteAddress: address, remotePort: port, localAddress: "192.0.2.1", localPort: 5060 });
  }

  /** Runs what is due until then. Returns the messages sent, as text. */
  advance(ms: number): string[] {
    const out: string[] = [];
    const until = this.nowMs + ms;
    for (let at = this.core.nextWakeAt(); at !== null && at <= until; at = this.core.nextWakeAt()) {
      this.nowMs = Math.max(this.nowMs, at);
      out.push(...this.take(this.core.wake(this.nowMs)));
    }
    this.nowMs = until;
    return out;
  }

  take(effects: ReturnType<SipCore["wake"]>): string[] {
    const out: string[] = [];
    for (const effect of effects) {
      if (effect.do === "tell") this.events.push(effect.event);
      else if (effect.do !== "resolve") out.push(Buffer.from(effect.bytes).toString("latin1"));
    }
    return out;
  }

  of<T extends SipEvent["type"]>(type: T): Extract<SipEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SipEvent, { type: T }> => event.type === type);
  }
}

export interface Written {
  method?: string;
  uri?: string;
  from?: string;
  to?: string;
  callId?: string;
  cseq?: number;
  branch?: string;
  headers?: readonly string[];
  body?: string;
}

let serial = 0;

export class RawPeer {
  readonly bench: RawBench;
  readonly flow: Flow;
  constructor(bench: RawBench, flow: Flow) {
    this.bench = bench;
    this.flow = flow;
  }

  /** Sends text as it is; returns what comes back at once. */
  raw(text: string | Uint8Array): string[] {
    return this.bench.take(this.bench.core.receive(typeof text === "string" ? Buffer.from(text, "latin1") : text, this.flow, this.bench.nowMs));
  }

  send(written: Written): string[] {
    return this.raw(write(this.flow, written));
  }

  /** Sends, and answers the challenge that comes back. */
  sendSigned(written: Written, user: string, password: string, algorithm: "md5" | "sha256" = "md5"): string[] {
    const first = { callId: `signed${++serial}`, ...written };
    const [challenge = ""] = this.send(first);
    return this.send({ ...first, cseq: (first.cseq ?? 1) + 1, headers: [...(first.headers ?? []), sign(challenge, first, user, password, algorithm)] });
  }
}

export function write(flow: Flow, written: Written): string {
  const { method = "OPTIONS", uri = "sip:tandem.test", from = "<sip:eve@elsewhere.test>;tag=f1", to = "<sip:x@tandem.test>", callId = `c${++serial}`, cseq = 1, body = "" } = written;
  const branch = written.branch ?? `z9hG4bKraw${++serial}`;
  return [
    `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/${flow.transport.toUpperCase()} ${flow.remoteAddress}:${flow.remotePort};branch=${branch};rport`, "Max-Forwards: 70",
    `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, "User-Agent: a peer of the tests, with a name as long as real ones have", ...(written.headers ?? []), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n");
}

/** The Authorization header for a challenge that we got. */
export function sign(challenge: string, written: Written, user: string, password: string, algorithm: "md5" | "sha256" = "md5", nc = 1): string {
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const hash = (text: string): string => createHash(algorithm).update(text).digest("hex");
  const uri = written.uri ?? "sip:tandem.test";
  const count = nc.toString(16).padStart(8, "0");
  const response = hash(`${ha1(algorithm, user, "tandem.test", password)}:${nonce}:${count}:cn:auth:${hash(`${written.method ?? "OPTIONS"}:${uri}`)}`);
  return `Authorization: Digest username="${user}", realm="tandem.test", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm === "md5" ? "MD5" : "SHA-256"}, qop=auth, nc=${count}, cnonce="cn"`;
}

/** Status line of the first message. */
export function status(messages: readonly string[]): string {
  return messages[0]?.split("\r\n")[0] ?? "nothing";
}

export function field(message: string | undefined, name: string): string {
  return new RegExp(`^${name}: (.*)$`, "m").exec(message ?? "")?.[1]?.trim() ?? "";
}
