/**
 * From a dialled number to a conversation: the caller waits while this looks for who answers (callers' rules, forwards, devices,
 * groups, trunks one after another). It ends in a Talk, in another machine that takes the caller over, or in a refusal.
 */
import type { CallResult, Destination } from "@tandem/protocol";
import type { SipDiversion } from "../sip/contract.ts";
import type { LegEvent } from "../voice/voice.ts";
import { announce } from "./announcement.ts";
import { AUTO_ANSWER } from "./auto-answer.ts";
import { lastCaller, speedDialled } from "./called-by-code.ts";
import { judgeCaller } from "./callers.ts";
import type { ExtensionRow, GroupRow } from "./config.ts";
import { mayCallOut, readTarget, type Target } from "./dial-plan.ts";
import { Fork, type Line, type WhyFailed } from "./fork.ts";
import type { Ground, SetupOrder } from "./ground.ts";
import { freeMembers, wavesOf } from "./groups.ts";
import type { LiveCall } from "./history.ts";
import { extensionLines, outsideLine } from "./lines.ts";
import { HOUSE, planOutside, type Right } from "./outside.ts";
import type { Owner, Party } from "./party.ts";
import type { TrunkAttempt } from "./ports.ts";
import { Talk } from "./talk.ts";
import { notTaken, unableToRing, type Unable } from "./unable.ts";
import { spoken } from "./words.ts";

/** Forwards that one call follows. Attack: two extensions that forward to each other. */
const MAX_FORWARDS = 5;
/** An outside phone may ring so long (RFC 3261 timer C is three minutes). */
const OUTSIDE_RING_MS = 120_000;
const INTERCOM_RING_MS = 10_000;

/** What a person hears or sees of a refusal, and what the history says. */
const REFUSALS: Readonly<Record<number, CallResult>> = { 403: "blocked", 408: "missed", 433: "blocked", 480: "unreachable", 486: "busy", 487: "cancelled", 600: "busy", 603: "declined" };

export class Setup implements Owner {
  readonly #ground: Ground;
  readonly #order: SetupOrder;
  #caller: Party;
  #call: LiveCall | null = null;
  #fork: Fork | null = null;
  /** Answered, while the caller's own leg is on its way up. */
  #callee: Party | null = null;
  /** Whose right to call outside counts now: the caller's, then that of who forwarded. */
  #right: Right | null;
  readonly #diversions: SipDiversion[];
  #forwards = 0;
  /** Where callers' rules have sent this call. */
  readonly #sentTo = new Set<Destination>();
  #rang = false;
  #over = false;

  constructor(ground: Ground, order: SetupOrder) {
    this.#ground = ground;
    this.#order = order;
    this.#caller = order.caller;
    this.#right = order.house ? HOUSE : order.right;
    this.#diversions = [...(order.history ?? [])];
  }

  start(): void {
    this.#caller.owner = this;
    this.#caller.far = { number: this.#order.dialled, name: "" };
    if (this.#caller.phase === "up") this.#ground.sounds.music(this.#caller);
    this.#route(this.#order.target);
  }

  hear(party: Party, event: LegEvent): void {
    if (party === this.#caller) return this.#callerTold(event);
    if (party !== this.#callee) return;
    if (event.type === "refer") return this.#ground.legs.refuseRefer(party.ref, 491);
    if (event.type !== "gone") return;
    this.#callee = null;
    this.#close("answered");
    this.#ground.parties.end(this.#caller, 480, "the other party hung up");
  }

  /** The transferee takes the place of who dialled, while it rings (early attended transfer). */
  replace(old: Party, fresh: Party): boolean {
    if (this.#over || old !== this.#caller || this.#callee) return false;
    this.#caller = fresh;
    fresh.owner = this;
    this.#order.outcome?.replaced?.(fresh);
    this.#ground.parties.end(old, 487, "transferred");
    if (this.#call && fresh.who.extensionId !== null) this.#call.extensionIds.add(fresh.who.extensionId);
    this.#ground.sounds.music(fresh);
    return true;
  }

  #callerTold(event: LegEvent): void {
    switch (event.type) {
      case "early":
        // sound of the one called before the answer: both stand in the same bridge already when it comes to that
        for (const party of this.#fork?.parties() ?? []) if (party.hears) this.#ground.parties.bridge(this.#caller, party);
        return;
      case "up":
        if (this.#callee) this.#talk(this.#callee);
        return;
      case "refer":
        return this.#ground.legs.refuseRefer(this.#caller.ref, 491);
      case "gone": {
        const callee = this.#callee;
        this.#callee = null;
        this.#fork?.cancel("the caller gave up");
        if (callee) this.#ground.parties.end(callee, 480, "the caller gave up");
        // a phone that rang in vain has missed a call; before that, or towards outside, it was only not to be
        this.#close(callee ? "answered" : this.#rang && this.#call?.direction !== "out" ? "missed" : "cancelled");
        return this.#order.outcome?.abandoned?.();
      }
      default:
    }
  }

  #route(target: Target): void {
    switch (target.to) {
      case "extension":
        return this.#toExtension(target.extension);
      case "group":
        return this.#toGroup(target.group);
      case "outside":
        return this.#toOutside(target.number, target.emergency, target.withheld);
      case "room":
        this.#order.outcome?.answered?.();
        return this.#handOver(() => this.#ground.meetings.enter(this.#caller, target.room.id));
      case "page":
        this.#order.outcome?.answered?.();
        return this.#handOver(() => this.#ground.meetings.page(this.#caller, target.page.id));
      case "slot":
        return this.#toSlot(target.slot);
      case "voicemail":
        this.#order.outcome?.answered?.();
        // who was transferred here is not who transferred: their number and code are asked
        return this.#handOver(() => this.#ground.openMailbox(this.#caller, this.#order.by ? null : this.#order.right));
      case "code":
        return this.#toCode(target);
      case "centre":
        return this.#toCentre(target.number);
      case "nobody":
        return this.#fail(404, "Not Found");
    }
  }

  #toExtension(extension: ExtensionRow): void {
    const call = this.#open({ number: extension.number, name: extension.label }, null);
    call.extensionIds.add(extension.id);
    if (!this.#letIn(extension.id)) return;
    const recall = this.#order.recall ?? false;
    const { always } = this.#ground.config.choices(extension.id).forward;
    if (always && !recall) return this.#follow(always, extension, "unconditional");
    const unable = unableToRing(this.#ground, extension, this.#caller, recall);
    if (unable) return this.#unable(extension, unable);
    this.#ring([[extension]], extension.ringMs, {}, (why, status, movedTo) => {
      if (movedTo !== null && !recall) return this.#follow({ to: "number", number: movedTo }, extension, "deflection");
      this.#unable(extension, notTaken(why, status));
    });
  }

  /** False: the caller's rules have sent them elsewhere or away. */
  #letIn(extensionId: string | null): boolean {
    if (this.#order.toPerson) return true;
    const { clock, config, zone } = this.#ground;
    const { who } = this.#caller;
    const verdict = judgeCaller(config.callerRules(), { number: who.number, anonymous: who.anonymous, inside: who.extensionId !== null, extensionId }, zone, clock.now());
    if (verdict.let === "in") return true;
    if (verdict.let === "send") {
      // a rule of the whole house fits again where it has sent the caller: there they are let in
      if (this.#sentTo.has(verdict.destination)) return true;
      this.#sentTo.add(verdict.destination);
      this.#follow(verdict.destination, extensionId === null ? null : config.extension(extensionId), "time-of-day");
      // RFC 5079: 433 says that it is the withheld number, so that the caller can try again with it
    } else if (who.anonymous) this.#fail(433, "Anonymity Disallowed");
    else this.#fail(403, "Forbidden");
    return false;
  }

  #toGroup(group: GroupRow): void {
    const { rounds } = this.#ground;
    this.#open({ number: group.number, name: group.name }, null);
    if (!this.#letIn(null)) return;
    const waves = wavesOf(group.strategy, freeMembers(this.#ground, group, this.#caller.who), rounds.get(group.id) ?? null);
    this.#ring(waves, group.ringMs, {}, () => this.#follow(group.otherwise, null, "no-answer"), (party) => {
      if (party.who.extensionId !== null) rounds.set(group.id, party.who.extensionId);
    });
  }

  #toSlot(slot: string): void {
    const { history, park } = this.#ground;
    if (this.#order.by) {
      if (!park.isFree(slot)) return this.#fail(486, "the slot is taken");
      this.#order.outcome?.answered?.();
      return this.#handOver(() => park.put(this.#caller, slot, this.#order.by));
    }
    if (this.#caller.who.extensionId === null) return this.#fail(403, "Forbidden");
    const parked = park.take(slot);
    if (!parked) return this.#say("nothingParked", 404);
    const call = this.#open(parked.who, null);
    history.answered(call, parked.who);
    this.#answered(parked);
  }

  #toCode(target: Extract<Target, { to: "code" }>): void {
    const { code } = target;
    // Codes belong to whoever types them: neither a forward nor a transfer types.
    const { right } = this.#order;
    if (!right || this.#forwards > 0 || this.#order.by || this.#caller.phase === "up") return this.#fail(404, "Not Found");
    if (code.code === "intercom") return this.#intercom(code.number);
    if (code.code === "speed-dial") {
      const meant = speedDialled(this.#ground, right, code.digits);
      return meant ? this.#route(meant) : this.#fail(404, "Not Found");
    }
    if (code.code === "call-last") return this.#callLast(right);
    this.#handOver(() => this.#ground.runCode(this.#caller, right, code));
  }

  #callLast(right: ExtensionRow): void {
    lastCaller(this.#ground, right).then(
      (target) => {
        if (this.#over) return;
        if (target) this.#route(target);
        else this.#say("nobodyCalled", 404);
      },
      (error: unknown) => {
        this.#ground.log.error({ error }, "the call history could not be read");
        this.#fail(500, "Server Internal Error");
      },
    );
  }

  #intercom(number: string): void {
    const { config, devicesOf, plan, states } = this.#ground;
    const extension = plan.extensionOf(number);
    if (!extension) return this.#fail(404, "Not Found");
    const call = this.#open({ number, name: extension.label }, null);
    call.extensionIds.add(extension.id);
    if (!this.#letIn(extension.id)) return;
    if (config.choices(extension.id).doNotDisturb || states.of(extension.id) !== "free") return this.#fail(486, "Busy Here");
    if (devicesOf(extension).length === 0) return this.#fail(480, "Temporarily Unavailable");
    this.#ring([[extension]], INTERCOM_RING_MS, AUTO_ANSWER, (_why, status) => this.#fail(status, "Temporarily Unavailable"));
  }

  #toCentre(number: string): void {
    this.#order.outcome?.answered?.();
    this.#handOver(() => this.#ground.toCentre(this.#caller, number, this.#order.incoming ?? null));
  }

  /** Rings one wave of extensions after another, all their devices together. */
  #ring(waves: readonly (readonly ExtensionRow[])[], ringMs: number, headers: Readonly<Record<string, string>>, failed: (why: WhyFailed, status: number, movedTo: string | null) => void, answered: (party: Party) => void = () => {}): void {
    const [wave, ...others] = waves;
    if (!wave) return failed("unreachable", 480, null);
    const lines = wave.flatMap((extension) => extensionLines(this.#ground, extension, this.#caller, { to: this.#order.incoming?.to, headers, diversions: this.#diversions }));
    this.#startFork(ringMs, lines, (why, status, movedTo) => (others.length > 0 ? this.#ring(others, ringMs, headers, failed, answered) : failed(why, status, movedTo)), answered);
  }

  #startFork(ringMs: number, lines: readonly Line[], failed: (why: WhyFailed, status: number, movedTo: string | null) => void, answered: (party: Party) => void): void {
    const { parties } = this.#ground;
    const fork = new Fork(this.#ground, ringMs, (event) => {
      if (this.#over || this.#fork !== fork) return;
      switch (event.type) {
        case "ringing":
          this.#rang = true;
          parties.ring(this.#caller);
          return this.#order.outcome?.ringing?.();
        case "early":
          this.#rang = true;
          if (this.#caller.phase === "up") {
            this.#ground.sounds.stop(this.#caller);
            return parties.bridge(this.#caller, event.party);
          }
          if (this.#caller.hears) return parties.bridge(this.#caller, event.party);
          return parties.early(this.#caller, event.party);
        case "answered":
          this.#fork = null;
          answered(event.party);
          return this.#answered(event.party);
        case "failed":
          this.#fork = null;
          if (this.#caller.phase === "up") this.#ground.sounds.music(this.#caller);
          return failed(event.why, event.status, event.movedTo);
      }
    });
    this.#fork = fork;
    fork.start(lines);
    const call = this.#call;
    if (call) for (const party of fork.parties()) this.#ground.claim(party, call);
  }

  /** Somebody took the call: the caller's leg follows. */
  #answered(callee: Party): void {
    this.#callee = callee;
    callee.owner = this;
    if (this.#caller.phase === "up") return this.#talk(callee);
    this.#ground.parties.answer(this.#caller, callee);
  }

  #talk(callee: Party): void {
    const call = this.#open(callee.who, null);
    this.#callee = null;
    this.#over = true;
    this.#ground.history.answered(call, callee.who);
    this.#order.outcome?.answered?.();
    new Talk(this.#ground, this.#caller, callee, call).start();
  }

  #toOutside(number: string, emergency: boolean, withheld: boolean): void {
    const right = this.#right ?? (emergency ? HOUSE : null);
    this.#open({ number, name: "" }, { trunkId: null, number });
    if (!right || !mayCallOut(right.callClass, emergency)) return this.#fail(403, "Forbidden");
    const plan = planOutside(this.#ground, right, this.#caller.who, { number, emergency, withheld });
    if (!plan.ok) return this.#fail(plan.status, plan.why);
    this.#attempt(plan.e164, plan.attempts, right);
  }

  #attempt(e164: string, attempts: readonly TrunkAttempt[], right: Right): void {
    const { clock, trunks } = this.#ground;
    const [attempt, ...others] = attempts;
    if (!attempt) return this.#fail(503, "no way outside");
    const call = this.#open({ number: e164, name: "" }, { trunkId: attempt.trunkId, number: e164 });
    call.trunkId = attempt.trunkId;
    // a caller from outside who goes on to the outside is still the one whose call it is
    if (call.direction !== "in") call.outside = e164;
    const { trunkId, srtp } = attempt;
    const line = outsideLine(attempt, e164, this.#caller, right.language, this.#diversions);
    this.#startFork(OUTSIDE_RING_MS, [line], (why, status) => {
      // offered keys that were not wanted: once more without
      if (srtp === "offered" && (status === 488 || status === 415)) return this.#attempt(e164, [{ ...attempt, srtp: "off" }, ...others], right);
      if (others.length > 0 && why !== "busy" && why !== "declined" && trunks.failed(trunkId, status)) return this.#attempt(e164, others, right);
      this.#fail(status, why);
    }, () => {});
    // counted by its leg, which may outlive this call: transferred, parked, put together
    for (const leg of this.#fork?.parties() ?? []) trunks.started(trunkId, leg.ref, e164, right.id, clock.now());
  }

  /** The extension cannot take the call: where its holder wants it then, else voicemail, else the refusal. */
  #unable(extension: ExtensionRow, { forward, why, status }: Unable): void {
    const choices = this.#ground.config.choices(extension.id);
    if (this.#caller.who.extensionId !== null) this.#ground.notReached(this.#caller.who.extensionId, extension.id);
    if (this.#order.recall) return this.#fail(status, "nobody there");
    const destination = choices.forward[forward] ?? (choices.voicemail.on ? ({ to: "voicemail", extensionId: extension.id } as const) : null);
    if (destination) return this.#follow(destination, extension, why);
    this.#fail(status, status === 486 ? "Busy Here" : status === 603 ? "Decline" : "Temporarily Unavailable");
  }

  /** `by`: whose forward it is, and at whose right; null = the house's (a group's overflow, a rule): an administrator wrote it. */
  #follow(destination: Destination, by: ExtensionRow | null, why: SipDiversion["why"]): void {
    if (destination.to === "hang-up") return this.#fail(480, "Temporarily Unavailable");
    if (destination.to === "voicemail") {
      if (this.#order.toPerson) return this.#fail(why === "user-busy" || why === "do-not-disturb" ? 486 : 480, "a person is wanted");
      const extension = this.#ground.config.extension(destination.extensionId);
      if (!extension) return this.#fail(480, "Temporarily Unavailable");
      const call = this.#open({ number: extension.number, name: extension.label }, null);
      call.extensionIds.add(extension.id);
      this.#order.outcome?.answered?.();
      return this.#handOver(() => this.#ground.takeMessage(this.#caller, extension, call), true);
    }
    // RFC 3261 16.3 speaks of loops by route; a loop of forwards is one by number
    if (++this.#forwards > MAX_FORWARDS || this.#caller.maxForwards - this.#forwards <= 0) return this.#fail(483, "Too Many Hops");
    this.#right = by ?? HOUSE;
    if (by) this.#diversions.push({ user: by.number, host: "", why });
    const target = readTarget(destination.number, this.#ground.plan);
    if (target.to === "code" || target.to === "slot" || target.to === "voicemail") return this.#fail(480, "Temporarily Unavailable");
    this.#route(target);
  }

  /** Another machine owns the caller from now on. `keeps`: it closes the history's line too. */
  #handOver(to: () => void, keeps = false): void {
    this.#over = true;
    if (this.#call && !keeps) this.#ground.history.close(this.#call, "answered");
    this.#ground.sounds.stop(this.#caller);
    to();
  }

  #say(word: "nothingParked" | "nobodyCalled", status: number): void {
    const { who } = this.#caller;
    if (who.extensionId === null) return this.#fail(status, "Not Found");
    if (this.#order.outcome?.failed?.(status)) return;
    this.#handOver(() => announce(this.#ground, this.#caller, spoken(word, who.language)));
  }

  #fail(status: number, reason: string): void {
    if (this.#over) return;
    this.#open({ number: this.#order.dialled, name: "" }, null);
    this.#close(this.#rang && status === 480 ? "missed" : (REFUSALS[status] ?? "failed"));
    if (this.#order.outcome?.failed?.(status)) return;
    const caller = this.#caller;
    if (caller.phase !== "up") return this.#ground.parties.end(caller, status >= 400 ? status : 480, reason);
    announce(this.#ground, caller, spoken("notReached", caller.who.language));
  }

  /** The history's line: opened with the first place that the call goes to, which stays what was dialled. */
  #open(to: { number: string; name: string }, outside: { trunkId: string | null; number: string } | null): LiveCall {
    if (this.#call) return this.#call;
    this.#call = this.#ground.history.open(this.#caller.who, { number: to.number, name: to.name }, outside);
    this.#ground.claim(this.#caller, this.#call);
    return this.#call;
  }

  #close(result: CallResult): void {
    this.#over = true;
    if (this.#call) this.#ground.history.close(this.#call, result);
  }
}
