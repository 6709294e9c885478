/**
 * Transfer as telephones ask for it (REFER, RFC 5589). We are in the middle of both calls, so nothing is sent on to the other side:
 * the parties are put together here. Blind: the other party is set up towards the number, while the transferor hears how it goes.
 * Attended (Replaces names the consultation): both far ends get together at once, also while the consulted one still rings.
 */
import type { LegEvent } from "../voice/voice.ts";
import { asDialled, readTarget } from "./dial-plan.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import type { Owner, Party } from "./party.ts";
import { Talk } from "./talk.ts";
import { spoken, oneByOne } from "./words.ts";

/** A phone ends its leg when it hears 200; one that forgot is ended so much later. */
const LEAVE_MS = 4_000;

type Refer = Extract<LegEvent, { type: "refer" }>;

export function transferAsked(ground: Ground, talk: Talk, by: Party, event: Refer): void {
  const { config, legs, plan } = ground;
  const extension = by.who.extensionId === null ? null : config.extension(by.who.extensionId);
  // Only the house transfers: a caller from outside who could would dial at our expense.
  if (!extension) return legs.refuseRefer(by.ref, 403);
  if (event.replaces) return attended(ground, talk, by, event.replaces.ref);
  const other = talk.other(by);
  const target = readTarget(event.target, plan);
  if (target.to === "code" && target.code.code === "park") return parkFor(ground, talk, by, other, extension);
  legs.acceptRefer(by.ref);
  talk.split();
  const referral = new Referral(ground, by, other, extension);
  by.owner = referral;
  ground.setUp({ caller: other, target, dialled: asDialled(event.target), right: extension, by: extension, outcome: referral.outcome });
}

function attended(ground: Ground, talk: Talk, by: Party, consulted: string | null): void {
  const { history, legs, parties } = ground;
  const consultation = consulted === null ? null : parties.get(consulted);
  // RFC 3891: no such dialog; and a dialog cannot take its own place
  if (!consultation || consultation === by) return legs.refuseRefer(by.ref, 481);
  const other = talk.other(by);
  const owner = consultation.owner;
  // Attack: a colleague's dialog, seen while it rang, named as one's own consultation takes their call away.
  if (owner !== talk && consultation.who.extensionId !== by.who.extensionId) return legs.refuseRefer(by.ref, 403);
  if (owner === talk) return legs.refuseRefer(by.ref, 400);
  legs.acceptRefer(by.ref);
  if (owner instanceof Talk) {
    const third = owner.other(consultation);
    talk.split();
    owner.split();
    legs.referProgress(by.ref, 200, "OK");
    parties.end(consultation, 480, "transferred");
    leave(ground, by);
    const call = history.open(other.who, third.who, null);
    history.answered(call, third.who);
    new Talk(ground, other, third, call).start();
    return;
  }
  talk.split();
  if (owner.replace(consultation, other)) {
    legs.referProgress(by.ref, 200, "OK");
    return leave(ground, by);
  }
  legs.referProgress(by.ref, 481, "Call/Transaction Does Not Exist");
  again(ground, by, other);
}

/** *5 as the target: the first free slot, told to the parker before their phone hears that it is done. */
function parkFor(ground: Ground, talk: Talk, by: Party, other: Party, extension: ExtensionRow): void {
  const { legs, park, sounds } = ground;
  legs.acceptRefer(by.ref);
  const slot = park.free();
  if (slot === null) return legs.referProgress(by.ref, 486, "Busy Here");
  talk.split();
  park.put(other, slot, extension);
  by.owner = new Leaving(ground, by);
  sounds.play(by, [spoken("parkedAt", extension.language, oneByOne(slot))], () => {
    legs.referProgress(by.ref, 200, "OK");
    leave(ground, by);
  });
}

/** Both talk again as before the transfer that failed. */
function again(ground: Ground, by: Party, other: Party): void {
  const call = ground.history.open(by.who, other.who, null);
  ground.history.answered(call, other.who);
  new Talk(ground, by, other, call).start();
}

function leave(ground: Ground, by: Party): void {
  if (by.phase === "gone") return;
  const leaving = new Leaving(ground, by);
  by.owner = leaving;
  leaving.within(LEAVE_MS);
}

/** A transferor whose part is done: waits for their phone to hang up. */
class Leaving implements Owner {
  readonly #ground: Ground;
  readonly #party: Party;
  #cancel: () => void = () => {};

  constructor(ground: Ground, party: Party) {
    this.#ground = ground;
    this.#party = party;
  }

  within(ms: number): void {
    this.#cancel = this.#ground.clock.after(ms, () => this.#ground.parties.end(this.#party, 480, "transferred"));
  }

  hear(party: Party, event: LegEvent): void {
    if (event.type === "gone") this.#cancel();
    if (event.type === "refer") this.#ground.legs.refuseRefer(party.ref, 481);
  }

  replace(): boolean {
    return false;
  }
}

/** A transferor who waits for how it goes. */
class Referral implements Owner {
  readonly #ground: Ground;
  readonly #by: Party;
  #other: Party;
  readonly #extension: ExtensionRow;
  #here = true;
  readonly outcome: { ringing(): void; replaced(fresh: Party): void; answered(): void; failed(status: number): boolean; abandoned(): void };

  constructor(ground: Ground, by: Party, other: Party, extension: ExtensionRow) {
    this.#ground = ground;
    this.#by = by;
    this.#other = other;
    this.#extension = extension;
    const { legs, parties } = ground;
    const progress = (status: number, reason: string): void => {
      if (this.#here) legs.referProgress(by.ref, status, reason);
    };
    this.outcome = {
      ringing: () => progress(180, "Ringing"),
      // somebody took the place of the transferred party while it rang: whoever is there comes back when nobody answers
      replaced: (fresh) => void (this.#other = fresh),
      answered: () => {
        progress(200, "OK");
        if (this.#here) leave(ground, by);
        this.#here = false;
      },
      failed: (status) => this.#failed(status),
      abandoned: () => {
        progress(487, "Request Terminated");
        if (this.#here) parties.end(by, 480, "the transferred party hung up");
        this.#here = false;
      },
    };
  }

  hear(party: Party, event: LegEvent): void {
    if (event.type === "gone") this.#here = false;
    if (event.type === "refer") this.#ground.legs.refuseRefer(party.ref, 491);
  }

  replace(): boolean {
    return false;
  }

  /** The transferor takes the party back, by their waiting leg or by a new ring when they have hung up. */
  #failed(status: number): boolean {
    const ground = this.#ground;
    if (this.#here) {
      this.#here = false;
      ground.legs.referProgress(this.#by.ref, status, "transfer failed");
      again(ground, this.#by, this.#other);
      return true;
    }
    ground.setUp({ caller: this.#other, target: { to: "extension", extension: this.#extension }, dialled: this.#extension.number, right: null, by: null, recall: true });
    return true;
  }
}
