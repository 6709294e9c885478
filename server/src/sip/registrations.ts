import { ClientAuth } from "./client-auth.ts";
import type { Flow, SipCommand } from "./contract.ts";
import type { Ground } from "./ground.ts";
import { limits } from "./limits.ts";
import { utf8, wire, type SipMessage } from "./message.ts";
import { parseNameAddr } from "./name-addr.ts";
import type { HeaderPair } from "./print.ts";
import type { Outcome } from "./requests.ts";
import { escapeUser, parseUri, printHost, type SipUri } from "./uri.ts";
import { allowHeader } from "./capabilities.ts";

type RegisterAt = Extract<SipCommand, { type: "registerAt" }>;
type Ping = Extract<SipCommand, { type: "ping" }>;

/** RFC 5626 4.5: waits after failures double from the first to the second. */
const firstWaitMs = 30_000;
const longestWaitMs = 1_800_000;
/** A registrar that grants less is refreshed this often anyway: it must not make us a flood. */
const soonestRefreshMs = 10_000;
/** After a lost connection, about. */
const reconnectMs = 2_000;
/** A registrar or an OPTIONS peer that says nothing for so long is passed over: four sends over UDP. */
const replyWithinMs = 6_000;

interface Registration {
  command: RegisterAt;
  registrar: SipUri;
  readonly callId: string;
  readonly fromTag: string;
  cseq: number;
  auth: ClientAuth;
  /** Asked of the registrar; grows by a 423. */
  expiresS: number;
  /** Until when it holds there; null = not. */
  untilMs: number | null;
  /** In a row. */
  failures: number;
  /** A REGISTER is on its way; a word that came meanwhile is done after it. */
  busy: boolean;
  ending: boolean;
  /** The connection that it was made on; null over UDP. */
  flowId: string | null;
}

/** Our registrations at others (RFC 3261 10.2): made, refreshed, moved to the next server, and ended; and OPTIONS to see who is there. */
export class Registrations {
  readonly #ground: Ground;
  readonly #byRef = new Map<string, Registration>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  registerAt(command: RegisterAt): void {
    const registrar = parseUri(command.registrar);
    const aor = parseUri(command.aor);
    const was = this.#byRef.get(command.ref);
    if (!registrar || registrar.scheme === "tel" || !aor || (!was && this.#byRef.size >= limits.maxClientRegistrations)) {
      return this.#ground.tell({ type: "registration", ref: command.ref, state: "failed", status: 0, reason: "address not understood", expiresAtMs: null });
    }
    const { chance } = this.#ground.settings;
    const auth = new ClientAuth(command.auth, chance, "registration");
    // another server or name: what stands at the old one runs out by itself unless we may still say so
    if (was && (was.command.registrar !== command.registrar || was.command.aor !== command.aor) && was.untilMs !== null) this.#farewell(was);
    if (was) this.#ground.timers.stopAll(`g|${command.ref}`);
    const registration: Registration = {
      command, registrar, auth, callId: this.#ground.newCallId(), fromTag: this.#ground.newTag(), cseq: 0,
      expiresS: command.expiresS, untilMs: null, failures: 0, busy: false, ending: false, flowId: null,
    };
    this.#byRef.set(command.ref, registration);
    this.#send(registration, registration.expiresS);
  }

  unregisterAt(ref: string): void {
    const registration = this.#byRef.get(ref);
    if (!registration) return;
    this.#ground.timers.stopAll(`g|${ref}`);
    registration.ending = true;
    if (registration.busy) return;
    if (registration.untilMs === null) this.#ended(registration, 0, "");
    else this.#send(registration, 0);
  }

  /** Timer of a registration: refresh, or try again. */
  due(ref: string): void {
    const registration = this.#byRef.get(ref);
    if (registration && !registration.busy && !registration.ending) this.#send(registration, registration.expiresS);
  }

  /** RFC 5626 4.4: a connection that closed took the way to us with it; registered anew soon, not all at the same moment. */
  flowClosed(flow: Flow): void {
    for (const { command, flowId, ending } of this.#byRef.values()) {
      if (flowId === flow.id && !ending) this.#ground.timers.start(`g|${command.ref}`, "due", this.#ground.nowMs + reconnectMs * (0.5 + this.#ground.settings.chance.next()));
    }
  }

  ping(command: Ping): void {
    const { settings, nowMs } = this.#ground;
    const uri = parseUri(command.uri);
    const done = (status: number): void => this.#ground.tell({
      // RFC 3261 11: any answer shows that somebody is there; 408 and 503 are also what stands for silence
      type: "pong", ref: command.ref, ok: status !== 0 && status !== 408 && status !== 503, status, rttMs: this.#ground.nowMs - nowMs,
    });
    if (!uri) return done(0);
    this.#ground.hops.find(uri, command.via ?? null, (ways) => this.#ground.requests.send({
      method: "OPTIONS", uri: wire(command.uri), to: `<${wire(command.uri)}>`, from: `<sip:tandem@${settings.domain}>;tag=${this.#ground.newTag()}`,
      callId: this.#ground.newCallId(), cseq: 1, body: null, ways, auth: null, replyWithinMs,
      headers: (own) => [["Contact", contact("tandem", own)], ["Accept", "application/sdp"], allowHeader],
    }, (outcome) => done(outcome.status)));
  }

  /** For a stop: says goodbye everywhere, without waiting for answers. */
  stop(): void {
    for (const registration of this.#byRef.values()) if (registration.untilMs !== null) this.#farewell(registration);
    for (const ref of this.#byRef.keys()) this.#ground.timers.stopAll(`g|${ref}`);
    this.#byRef.clear();
  }

  #farewell(registration: Registration): void {
    this.#request(registration, 0, () => undefined);
  }

  #send(registration: Registration, expiresS: number): void {
    registration.busy = true;
    this.#request(registration, expiresS, (outcome) => {
      registration.busy = false;
      registration.cseq = outcome.cseq;
      if (this.#byRef.get(registration.command.ref) !== registration) return; // replaced meanwhile
      if (expiresS === 0) return this.#ended(registration, outcome.status, reasonOf(outcome));
      this.#answered(registration, outcome);
    });
  }

  #request(registration: Registration, expiresS: number, done: (outcome: Outcome) => void): void {
    const { command, registrar, auth, callId } = registration;
    const aor = wire(command.aor);
    this.#ground.hops.find(registrar, command.via ?? null, (ways) => {
      auth.meantFor(ways);
      this.#ground.requests.send({
        method: "REGISTER", uri: wire(command.registrar), from: `<${aor}>;tag=${registration.fromTag}`, to: `<${aor}>`,
        callId, cseq: registration.cseq + 1, body: null, ways, auth, replyWithinMs,
        headers: (own): HeaderPair[] => [["Contact", contact(command.contactUser, own)], ["Expires", String(expiresS)], allowHeader],
      }, done);
    });
  }

  #answered(registration: Registration, outcome: Outcome): void {
    const { status, response } = outcome;
    const { nowMs, settings, timers } = this.#ground;
    const timer = `g|${registration.command.ref}`;
    if (response && status < 300) {
      const grantedS = granted(response, registration.command.contactUser) ?? registration.expiresS;
      registration.untilMs = nowMs + grantedS * 1000;
      registration.failures = 0;
      registration.flowId = outcome.flow && outcome.flow.transport !== "udp" ? outcome.flow.id : null;
      // between 80 and 90 %: neither too late nor all of them at the same moment
      timers.start(timer, "due", nowMs + Math.max(soonestRefreshMs, grantedS * 1000 * (0.8 + settings.chance.next() * 0.1)));
      this.#tell(registration, "registered", outcome);
      if (registration.ending) this.unregisterAt(registration.command.ref);
      return;
    }
    // RFC 3261 10.2.8: "If a UA receives a 423 (Interval Too Brief) ... it MAY retry the registration after making the expiration interval ... equal to or greater than ... Min-Expires"
    const least = status === 423 ? seconds(response?.header("min-expires") ?? null) : null;
    if (least !== null && least > registration.expiresS && least <= 7 * 86_400 && !registration.ending) {
      registration.expiresS = least;
      return this.#send(registration, least);
    }
    if (registration.untilMs !== null && registration.untilMs <= nowMs) registration.untilMs = null;
    if (registration.ending) return this.#ended(registration, status, reasonOf(outcome));
    registration.failures++;
    const cap = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(registration.failures - 1, 10));
    // RFC 5626 4.5: "uniformly at random from 50 to 100% of the upper-bound wait time"
    const waitMs = Math.max(cap * (0.5 + settings.chance.next() * 0.5), Math.min((seconds(response?.header("retry-after") ?? null) ?? 0) * 1000, longestWaitMs));
    timers.start(timer, "due", nowMs + waitMs);
    this.#tell(registration, "failed", outcome);
  }

  #ended(registration: Registration, status: number, reason: string): void {
    this.#byRef.delete(registration.command.ref);
    this.#ground.timers.stopAll(`g|${registration.command.ref}`);
    this.#ground.tell({ type: "registration", ref: registration.command.ref, state: "ended", status, reason, expiresAtMs: null });
  }

  #tell(registration: Registration, state: "registered" | "failed", outcome: Outcome): void {
    this.#ground.tell({ type: "registration", ref: registration.command.ref, state, status: outcome.status, reason: reasonOf(outcome), expiresAtMs: registration.untilMs });
  }
}

function reasonOf(outcome: Outcome): string {
  if (outcome.response) return utf8(outcome.response.reason).slice(0, 100);
  return outcome.status === 0 ? "name not found" : outcome.status === 408 ? "no answer" : "not reachable";
}

function contact(user: string, own: { transport: string; address: string; port: number }): string {
  return `<sip:${escapeUser(user)}@${printHost(own.address)}:${own.port}${own.transport === "udp" ? "" : `;transport=${own.transport}`}>`;
}

/** RFC 3261 10.2.4: our Contact comes back with what was granted, beside those of others. */
function granted(response: SipMessage, contactUser: string): number | null {
  const ours = response.list("contact").map((line) => parseNameAddr(line)).filter((one) => one?.uri?.user === contactUser);
  const each = ours.map((one) => seconds(one?.params.get("expires") ?? null)).filter((one) => one !== null);
  return each.length > 0 ? Math.max(...each) : seconds(response.header("expires"));
}

function seconds(text: string | null): number | null {
  const match = text === null ? null : /^\s*(\d{1,9})/.exec(text);
  return match ? Number(match[1]) : null;
}
