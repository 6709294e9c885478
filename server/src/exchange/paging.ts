/**
 * An announcement to a group: every free telephone of it answers by itself and hears the caller (or all talk, in a two-way group).
 * Who is busy or does not want to be disturbed is left out.
 */
import type { LegEvent } from "../voice/voice.ts";
import { announce } from "./announcement.ts";
import { AUTO_ANSWER } from "./auto-answer.ts";
import type { PageRow } from "./config.ts";
import { Fork } from "./fork.ts";
import type { Ground } from "./ground.ts";
import type { LiveCall } from "./history.ts";
import { hopsLeft, shownAs } from "./lines.ts";
import type { MeetingMix } from "./meeting-mix.ts";
import type { Owner, Party } from "./party.ts";
import { spoken } from "./words.ts";

/** A telephone that has not answered by itself by then rings no longer: it is not made for it. */
const ANSWER_MS = 5_000;
/** Longest announcement. Accident: a receiver beside its cradle keeps every loudspeaker of the house open. */
const MAX_PAGE_MS = 300_000;

export interface PageOptions {
  ground: Ground;
  mix: MeetingMix;
  page: PageRow;
  over(): void;
}

export class Page implements Owner {
  readonly #options: PageOptions;
  readonly #caller: Party;
  readonly #call: LiveCall;
  readonly #forks = new Set<Fork>();
  readonly #listeners = new Set<Party>();
  #cancelTimer: () => void = () => {};
  #heardBy = 0;
  #over = false;

  constructor(options: PageOptions, caller: Party) {
    this.#options = options;
    this.#caller = caller;
    this.#call = options.ground.history.open(caller.who, { number: options.page.number, name: options.page.name }, null);
  }

  start(): void {
    this.#caller.owner = this;
    this.#caller.far = { number: this.#options.page.number, name: this.#options.page.name };
    if (this.#caller.phase === "up") this.#begin();
    else this.#options.ground.parties.answer(this.#caller);
  }

  hear(party: Party, event: LegEvent): void {
    if (event.type === "refer") return this.#options.ground.legs.refuseRefer(party.ref, 403);
    if (event.type === "held") return this.#seat();
    if (event.type === "up" && party === this.#caller) return this.#begin();
    if (event.type !== "gone") return;
    if (party === this.#caller) return this.#end(this.#heardBy > 0 ? "answered" : "cancelled");
    this.#listeners.delete(party);
    this.#seat();
    this.#isAnybodyLeft();
  }

  replace(): boolean {
    return false;
  }

  /** Everybody's telephone falls silent. */
  #begin(): void {
    const { ground, page } = this.#options;
    const { who } = this.#caller;
    const free = page.extensionIds
      .filter((id) => id !== who.extensionId)
      .map((id) => ground.config.extension(id))
      .filter((extension) => extension !== null)
      // who does not want to be disturbed is not free
      .filter((extension) => ground.states.of(extension.id) === "free");
    this.#seat();
    this.#cancelTimer = ground.clock.after(MAX_PAGE_MS, () => this.#end("answered"));
    for (const extension of free) {
      const lines = ground.devicesOf(extension).map(({ account, kind }) => ({
        who: ground.whoOf(extension),
        far: { number: who.number, name: who.name },
        invitation: {
          kind: kind === "browser" ? ("webrtc" as const) : ("rtp" as const),
          target: { account, only: kind },
          from: shownAs(who.number, page.name),
          headers: AUTO_ANSWER,
          maxForwards: hopsLeft(this.#caller),
        },
      }));
      const fork = new Fork(ground, ANSWER_MS, (event) => {
        if (event.type === "answered") this.#joined(event.party);
        if (event.type !== "answered" && event.type !== "failed") return;
        this.#forks.delete(fork);
        this.#isAnybodyLeft();
      });
      this.#forks.add(fork);
      fork.start(lines);
    }
    this.#isAnybodyLeft();
  }

  #joined(party: Party): void {
    const { ground, mix } = this.#options;
    party.owner = this;
    this.#listeners.add(party);
    ground.history.answered(this.#call, party.who);
    this.#seat();
    // the tone in one's own ear says that somebody listens: one may speak
    ground.sounds.play(party, [mix.tones.page], () => {});
    if (this.#heardBy++ === 0) ground.sounds.play(this.#caller, [mix.tones.page], () => {});
  }

  #seat(): void {
    const { mix, page } = this.#options;
    const listens = [...this.#listeners].map((party) => ({ id: party.ref, muted: !page.twoWay || party.holds }));
    mix.seat(this.#over ? [] : [{ id: this.#caller.ref, muted: this.#caller.holds }, ...listens]);
  }

  #isAnybodyLeft(): void {
    if (this.#over || this.#forks.size > 0 || this.#listeners.size > 0) return;
    const caller = this.#caller;
    this.#end(this.#heardBy > 0 ? "answered" : "unreachable", true);
    if (this.#heardBy > 0) return this.#options.ground.parties.end(caller, 480, "everybody hung up");
    announce(this.#options.ground, caller, spoken("pageNobody", caller.who.language));
  }

  #end(result: "answered" | "cancelled" | "unreachable", keepsCaller = false): void {
    if (this.#over) return;
    this.#over = true;
    const { ground, over } = this.#options;
    this.#cancelTimer();
    for (const fork of this.#forks) fork.cancel("the announcement is over");
    this.#forks.clear();
    this.#seat();
    for (const party of this.#listeners) ground.parties.end(party, 480, "the announcement is over");
    this.#listeners.clear();
    if (!keepsCaller && this.#caller.phase !== "gone") ground.parties.end(this.#caller, 480, "the announcement is over");
    ground.history.close(this.#call, result);
    over();
  }
}
