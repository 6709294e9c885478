/**
 * A customer whom an agent of the centre gives to somebody of the house, or outside at the agent's right to call there. Answered by a
 * person they are in conversation with them; else they go back to the centre: neither a mailbox nor an announcement is their end.
 */
import type { Language } from "@tandem/protocol";
import type { ReleasedLeg } from "../voice/voice.ts";
import { asDialled, mayCallOut, readTarget } from "./dial-plan.ts";
import type { ExtensionRow } from "./config.ts";
import type { Ground } from "./ground.ts";
import type { Owner, Party, Who } from "./party.ts";
import { HOUSE, planOutside } from "./outside.ts";
import { Talk } from "./talk.ts";

export interface HandOver {
  /** Null: a flow of the centre does, as its administrator set it. */
  byUserId: string | null;
  /** As `handOverTarget` found it. */
  number: string;
  /** The agent's leg of a conversation of ours: who is at its other end takes the customer at once. */
  consulted?: string;
  customer: { number: string; name: string; language: Language };
}
export type HandOverBack = (leg: ReleasedLeg, why: "busy" | "no-answer" | "unreachable") => void;
export type HandOverTarget = { ok: true; to: { number: string; name: string } } | { ok: false; code: "unknown-target" | "not-allowed-outside" };

const nobody: Owner = { hear: () => {}, replace: () => false };
/** Somebody is there and does not take it: busy, or declined. */
const BUSY: ReadonlySet<number> = new Set([486, 600, 603]);

/** Whom that user may give a customer to; nothing happens by asking. */
export function handOverTarget(ground: Ground, byUserId: string | null, typed: string): HandOverTarget {
  const number = asDialled(typed);
  const target = readTarget(number, ground.plan);
  if (target.to === "extension") return byUserId !== null && target.extension.userId === byUserId ? { ok: false, code: "unknown-target" } : { ok: true, to: { number: target.extension.number, name: target.extension.label } };
  if (target.to === "group") return { ok: true, to: { number: target.group.number, name: target.group.name } };
  if (target.to !== "outside") return { ok: false, code: "unknown-target" };
  const right = byUserId === null ? HOUSE : extensionOf(ground, byUserId);
  if (!right || !mayCallOut(right.callClass, target.emergency)) return { ok: false, code: "not-allowed-outside" };
  const plan = planOutside(ground, right, null, target);
  // too much at a time is no matter of whether they may
  if (plan.ok || plan.why === "busy") return { ok: true, to: { number, name: "" } };
  return { ok: false, code: plan.why === "not-allowed" || plan.why === "fraud" ? "not-allowed-outside" : "unknown-target" };
}

export function handOver(ground: Ground, leg: ReleasedLeg, order: HandOver, back: HandOverBack): void {
  const { parties, plan } = ground;
  const by = order.byUserId === null ? null : extensionOf(ground, order.byUserId);
  const { name, language } = order.customer;
  // a visitor of a page has no number; who withheld theirs withholds it further on
  const number = /^\+?[0-9]+$/.test(order.customer.number) ? order.customer.number : "";
  const who: Who = { number, name, anonymous: order.customer.number === "anonymous", extensionId: null, userId: null, trunkId: null, language };
  const caller = parties.adopt(leg, who, nobody);
  const consultation = order.consulted === undefined ? null : parties.get(order.consulted);
  if (consultation?.owner instanceof Talk && by !== null && consultation.who.extensionId === by.id) return joined(ground, caller, consultation, consultation.owner);
  let rang = false;
  ground.setUp({
    caller, target: readTarget(order.number, plan), dialled: order.number, right: by, house: order.byUserId === null, by, toPerson: true,
    outcome: {
      ringing: () => void (rang = true),
      failed(status) {
        const released = parties.release(caller);
        if (released) back(released, BUSY.has(status) ? "busy" : rang ? "no-answer" : "unreachable");
        return released !== null;
      },
    },
  });
}

/** Attended: the agent has spoken to them, and leaves (RFC 5589 7.1). */
function joined(ground: Ground, caller: Party, consultation: Party, talk: Talk): void {
  const { history, parties } = ground;
  const third = talk.other(consultation);
  talk.split();
  parties.end(consultation, 480, "transferred");
  const call = history.open(caller.who, third.who, null);
  history.answered(call, third.who);
  new Talk(ground, caller, third, call).start();
}

function extensionOf({ config }: Ground, userId: string): ExtensionRow | null {
  return config.extensionsOfUser(userId)[0] ?? null;
}
