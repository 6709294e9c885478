/** Which trunks live: registered where they must be, and answering. */
import type { SipEvent } from "../sip/sip.ts";
import type { TrunkOptions, TrunkState, TrunkWhy } from "./ports.ts";
import { domainOf, viaOf } from "./place.ts";
import type { TrunkRow } from "./store.ts";

/** Asked of the registrar; it grants less when it likes. */
const expiresS = 600;
/** A goodbye that nobody answers holds up a stop no longer than this. */
const goodbyeMs = 1_500;

interface Live {
  /** As it was when it was started. */
  row: TrunkRow;
  password: string;
  /** The user of our Contact: the operator's requests carry it, and nobody else can know it. */
  contactUser: string;
  registered: { untilMs: number } | null;
  registration: TrunkWhy | null;
  answers: boolean | null;
  pong: TrunkWhy | null;
  told: TrunkState["state"];
  sinceMs: number;
  cancelPing: () => void;
}

/** The refs of our commands: `<kind>:<trunk id>`. */
const REGISTER = "trunk-reg:";
const PING = "trunk-ping:";

export class LiveTrunks {
  readonly #options: Pick<TrunkOptions, "sip" | "store" | "clock" | "chance" | "log" | "contactUser">;
  readonly #live = new Map<string, Live>();
  readonly #byContactUser = new Map<string, string>();
  readonly #hearers: ((trunkId: string) => void)[] = [];
  readonly #goodbyes = new Set<string>();
  #allGone: () => void = () => {};

  constructor(options: Pick<TrunkOptions, "sip" | "store" | "clock" | "chance" | "log" | "contactUser">) {
    this.#options = options;
  }

  onState(hear: (trunkId: string) => void): void {
    this.#hearers.push(hear);
  }

  /** Starts what is new or changed, ends what is gone. */
  follow(trunkId: string): void {
    const row = this.#options.store.trunk(trunkId);
    const password = this.#options.store.password(trunkId);
    const was = this.#live.get(trunkId);
    if (was && row && JSON.stringify(was.row) === JSON.stringify(row) && was.password === password) return;
    if (was) this.#end(was, row?.active === true && row.registers);
    if (!row) return;
    const { clock } = this.#options;
    const live: Live = {
      row, password, contactUser: this.#options.contactUser(trunkId), registered: null, registration: null, answers: null, pong: null,
      told: row.active ? "unknown" : "off", sinceMs: clock.now(), cancelPing: () => {},
    };
    this.#live.set(trunkId, live);
    if (row.active) this.#begin(live);
    this.#tell(trunkId);
  }

  #begin(live: Live): void {
    const { row, contactUser, password } = live;
    this.#byContactUser.set(contactUser, row.id);
    if (row.registers) {
      const domain = domainOf(row);
      this.#options.sip.command({
        type: "registerAt", ref: REGISTER + row.id, registrar: `sip:${domain}`, aor: `sip:${encodeURIComponent(row.username)}@${domain}`, contactUser,
        auth: { username: row.username, password }, expiresS, via: viaOf(row),
      });
      live.registration = { why: "asking" };
    }
    if (row.keepAliveS > 0) this.#ping(live);
  }

  #ping(live: Live): void {
    const { row } = live;
    this.#options.sip.command({ type: "ping", ref: PING + row.id, uri: `sip:${domainOf(row)}`, via: viaOf(row) });
    // not all trunks in the same second
    live.cancelPing = this.#options.clock.after(row.keepAliveS * 1000 * (0.9 + this.#options.chance.next() * 0.2), () => this.#ping(live));
  }

  #end(live: Live, again: boolean): void {
    live.cancelPing();
    this.#live.delete(live.row.id);
    this.#byContactUser.delete(live.contactUser);
    // a registration that goes on elsewhere is replaced by its new command
    if (live.row.active && live.row.registers && !again) this.#options.sip.command({ type: "unregisterAt", ref: REGISTER + live.row.id });
  }

  /** True when the event was ours. */
  onSip(event: SipEvent): boolean {
    if (event.type === "registration" && event.ref.startsWith(REGISTER)) {
      this.#registration(event.ref.slice(REGISTER.length), event);
      return true;
    }
    if (event.type !== "pong" || !event.ref.startsWith(PING)) return false;
    const live = this.#live.get(event.ref.slice(PING.length));
    if (live) {
      live.answers = event.ok;
      live.pong = event.ok ? { why: "answers" } : wordsFor(event.status, "");
      this.#changed(live);
    }
    return true;
  }

  #registration(trunkId: string, event: Extract<SipEvent, { type: "registration" }>): void {
    if (event.state === "ended") {
      this.#goodbyes.delete(trunkId);
      if (this.#goodbyes.size === 0) this.#allGone();
      return;
    }
    const live = this.#live.get(trunkId);
    if (!live) return;
    const { clock, log } = this.#options;
    if (event.state === "registered") {
      live.registered = { untilMs: event.expiresAtMs ?? clock.now() };
      live.registration = { why: "registered", untilMs: live.registered.untilMs };
    } else {
      log.warn({ trunk: live.row.name, status: event.status, reason: event.reason }, "a trunk could not register");
      // what is still bound there serves while nobody answers; a refusal is a refusal
      if (event.expiresAtMs === null || event.expiresAtMs <= clock.now() || (event.status !== 0 && event.status !== 408 && event.status < 500)) live.registered = null;
      live.registration = wordsFor(event.status, event.reason);
    }
    this.#changed(live);
  }

  #changed(live: Live): void {
    const { state } = this.#stateOf(live);
    if (state !== live.told) {
      live.told = state;
      live.sinceMs = this.#options.clock.now();
      this.#options.log.info({ trunk: live.row.name, state }, "a trunk changed its state");
    }
    this.#tell(live.row.id);
  }

  #tell(trunkId: string): void {
    for (const hear of this.#hearers) hear(trunkId);
  }

  state(trunkId: string): Omit<TrunkState, "calls"> {
    const live = this.#live.get(trunkId);
    return live ? { ...this.#stateOf(live), sinceMs: live.sinceMs } : { state: "off", reason: { why: "inactive" }, sinceMs: 0 };
  }

  #stateOf(live: Live): { state: TrunkState["state"]; reason: TrunkWhy } {
    const { row } = live;
    if (!row.active) return { state: "off", reason: { why: "inactive" } };
    if (row.registers && !live.registered) return { state: live.registration?.why === "asking" ? "unknown" : "down", reason: live.registration ?? { why: "asking" } };
    if (row.keepAliveS > 0 && live.answers !== true) return { state: live.answers === null ? (row.registers ? "up" : "unknown") : "down", reason: live.pong ?? live.registration ?? { why: "asking" } };
    if (row.registers) return { state: "up", reason: live.registration ?? { why: "asking" } };
    return row.keepAliveS > 0 ? { state: "up", reason: live.pong ?? { why: "answers" } } : { state: "unknown", reason: { why: "not-asked" } };
  }

  trunkOfContact(user: string): string | null {
    return this.#byContactUser.get(user) ?? null;
  }

  contactUser(trunkId: string): string | null {
    return this.#live.get(trunkId)?.contactUser ?? null;
  }

  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
    const cut = this.#options.clock.after(goodbyeMs, () => this.#allGone());
    for (const live of this.#live.values()) if (live.row.active && live.row.registers && live.registered) this.#goodbyes.add(live.row.id);
    if (this.#goodbyes.size === 0) this.#allGone();
    for (const live of [...this.#live.values()]) this.#end(live, false);
    await gone;
    cut();
  }
}

function wordsFor(status: number, reason: string): TrunkWhy {
  if (status === 0) return { why: "name-not-found" };
  if (status === 408) return { why: "no-answer" };
  if (status === 503 && (reason === "" || reason === "not reachable")) return { why: "not-reachable" };
  return { why: "refused", status, reason };
}
