import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { TrunkAttempt, TrunkPlan } from "../trunk/trunk.ts";
import { createDialling } from "./callback-dialling.ts";

const attempt = (trunkId: string, srtp: TrunkAttempt["srtp"] = "off"): TrunkAttempt => ({ trunkId, target: { uri: `sip:x@${trunkId}` }, from: { user: "+33270", display: "", host: "h" }, headers: {}, via: { transport: "udp", host: trunkId, port: 5060 }, noReplyMs: 1, srtp });

function dialling(plan: (dialled: string, callClass: string) => TrunkPlan) {
  const counted: string[] = [];
  /** Our numbers that a trunk was asked to show; null = its own. */
  const numbers: (string | null)[] = [];
  /** Numbers that were planned to be called, not only asked about. */
  const begun: string[] = [];
  const made = createDialling({
    clock: new VirtualClock(0), country: () => "FR", devicesAt: (number) => (number === "209" ? [{ account: "desk", kind: "phone" }, { account: "web", kind: "browser" }] : number === "210" ? [] : null),
    trunks: () => ({
      plan: ({ dialled, callClass, onlyAsked, callerNumber }) => {
        numbers.push(callerNumber);
        if (!onlyAsked) begun.push(dialled);
        return plan(dialled, callClass);
      },
      started: (trunkId, ref, e164, account) => void counted.push(`started ${trunkId} ${ref} ${e164} ${account}`),
      ended: (ref) => void counted.push(`ended ${ref}`),
      failed: (_trunkId, status) => status >= 500 || status === 0 || status === 408,
    }),
  });
  return { ...made, counted, begun, numbers };
}
const SHOWN = { number: "+33270000100", name: "Tandem" };
const targets = (wave: readonly { invitation: { kind: string; target: unknown } }[] | null): unknown => wave && wave.map(({ invitation }) => [invitation.kind, invitation.target]);

test("trunks one after another: silence and their own trouble try the next, the callee's word is final; each leg is counted from its start to its end", () => {
  const { ways, counted, hear, outsideLegs } = dialling(() => ({ ok: true, e164: "+33612345678", attempts: [attempt("a"), attempt("b")] as Extract<TrunkPlan, { ok: true }>["attempts"] }));
  const one = ways("+33612345678", SHOWN, false)!;
  const first = one.next(null)!;
  assert.deepEqual(targets(first), [["rtp", { uri: "sip:x@a" }]]);
  first[0]!.began!("leg1");
  assert.deepEqual(outsideLegs(), [{ ref: "leg1", number: "+33612345678" }]);
  hear({ type: "failed", ref: "leg1", status: 503, reason: "" });
  hear({ type: "failed", ref: "leg1", status: 503, reason: "" });
  assert.deepEqual(counted, ["started a leg1 +33612345678 house", "ended leg1"]);
  assert.deepEqual(targets(one.next({ why: "unreachable", status: 503 })), [["rtp", { uri: "sip:x@b" }]]);
  assert.equal(one.next({ why: "unreachable", status: 503 }), null);
  for (const why of ["busy", "declined", "hung-up"] as const) {
    const again = ways("+33612345678", SHOWN, false)!;
    again.next(null);
    assert.equal(again.next({ why, status: 503 }), null, why);
  }
  assert.deepEqual(outsideLegs(), []);
});

test("keys that were offered and not wanted: once more without, on the same trunk", () => {
  const { ways } = dialling(() => ({ ok: true, e164: "+33612345678", attempts: [attempt("a", "offered"), attempt("b")] as Extract<TrunkPlan, { ok: true }>["attempts"] }));
  const one = ways("+33612345678", SHOWN, false)!;
  assert.deepEqual(targets(one.next(null)), [["srtp", { uri: "sip:x@a" }]]);
  assert.deepEqual(targets(one.next({ why: "unreachable", status: 488 })), [["rtp", { uri: "sip:x@a" }]]);
  assert.equal(one.next({ why: "unreachable", status: 488 }), null, "and that is the trunk's last word");
});

test("an extension's devices ring together, once; one without any is nobody", () => {
  const { ways, dialable } = dialling(() => ({ ok: false, status: 404, why: "no-route" }));
  const one = ways("209", SHOWN, false)!;
  assert.deepEqual(targets(one.next(null)), [["rtp", { account: "desk", only: "phone" }], ["webrtc", { account: "web", only: "browser" }]]);
  assert.equal(one.next({ why: "no-answer", status: 480 }), null);
  assert.deepEqual(targets(ways("210", SHOWN, false)!.next(null)), []);
  assert.deepEqual(dialable("209", false), { ok: true, number: "209" });
});

test("what may be promised: E.164, no premium numbers whatever the routes say, other countries only where set; taken lines are free again later", () => {
  const plans = new Map<string, TrunkPlan>([["+33612345678", { ok: false, status: 503, why: "busy" }], ["+33145678901", { ok: false, status: 403, why: "fraud" }], ["+33145678902", { ok: false, status: 404, why: "no-route" }]]);
  const { dialable, ways, begun } = dialling((dialled, callClass) => plans.get(dialled) ?? (dialled.startsWith("+33") || callClass === "international" ? { ok: true, e164: dialled, attempts: [] } : { ok: false, status: 403, why: "not-allowed" }));
  assert.deepEqual(dialable("06 12 34 56 78", false), { ok: true, number: "+33612345678" });
  assert.deepEqual(begun, [], "asking takes nothing from the calls that the house may begin");
  assert.deepEqual(targets(ways("+33612345678", SHOWN, false)!.next(null)), null, "no line is free now: not reached, tried again");
  for (const number of ["0145678901", "0145678902", "+442079460000", "0899123456", "3699"]) assert.equal(dialable(number, false).ok, false, number);
  assert.equal(dialable("+442079460000", true).ok, true);
  assert.equal(dialable("0899123456", true).ok, false);
  assert.equal(ways("+33145678901", SHOWN, false), null);
});

test("what a customer's telephone shows is what the trunk writes; a short number of ours is not shown outside; mobiles are told from fixed lines", () => {
  const { shown, isMobile, ways, numbers } = dialling(() => ({ ok: true, e164: "+33612345678", attempts: [{ ...attempt("a"), from: { user: "0270000100", display: "", host: "h" } }, attempt("b")] as Extract<TrunkPlan, { ok: true }>["attempts"] }));
  assert.equal(shown("+33612345678", { number: "1000", name: "Tandem" }, false), "+33 2 70 00 01 00");
  ways("+33612345678", SHOWN, false);
  assert.deepEqual(numbers, [null, "+33270000100"]);
  assert.equal(shown("209", SHOWN, false), null);
  assert.deepEqual(["+33612345678", "+447911123456", "+12025550123", "+33145678901", "209"].map(isMobile), [true, true, true, false, false]);
});
