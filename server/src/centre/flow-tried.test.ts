/** A draft that is tried by phone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VOICE } from "./test-centre.ts";
import { flow, label, menu, queueOf, rig, sales, says, support } from "./test-flows.ts";

test("a draft tried by phone: its way is told to who tries it, nothing is done in earnest, and nobody is called to the phone", () => {
  const draft = flow({ first: menu({ "1": "sms", "2": "late" }), sms: { kind: "deflect", to: { kind: "sms", text: label("Lien") }, next: "yes", failed: "no" }, late: { kind: "callback", queueId: "q_support", says: says("Rappel"), label: label("Rappel"), declined: "no", failed: "no" }, yes: sales, no: support });
  const by: (string | null)[] = [];
  const t = rig(flow({ first: support }), VOICE, { tried: ({ to }) => (to === "try-f" ? (done) => done({ document: draft, by: "usr_lea" }) : null), moved: ({ triedBy }) => void by.push(triedBy) });
  const dial = (id: string): void => t.centre.hear({ type: "arrived", id, medium: "voice", from: "+33612849047", fromName: "Léa", to: "try-f", language: "fr", context: { callingAgentId: "usr_lea" } });
  dial("a");
  t.key("a", "1");
  assert.equal(t.asked.length, 0, "no text is sent");
  assert.deepEqual([t.state("a").closed?.why, t.factsOf("a").includes("flowEnded"), queueOf(t.state("a"))], ["flow-ended", true, null]);
  dial("b");
  t.key("b", "2");
  assert.deepEqual(t.asked.map(({ ask }) => ask.kind), ["slots"], "what is read is read");
  t.asked[0]!.answer({ ok: true, inOrder: { position: 1, estimatedWaitMs: null } });
  t.key("b", "1");
  assert.deepEqual([t.asked.length, t.state("b").closed?.why], [1, "flow-ended"], "no callback is booked");
  assert.ok(by.length > 5 && by.every((one) => one === "usr_lea"));
  assert.equal(t.channel.calls.filter((call) => call === "say a").length, 2, "the menu, and where the call would wait");
  dial("c");
  t.cut("c");
  assert.equal(t.state("c").unfinished, undefined, "nothing is left to go on from");
  dial("d");
  t.channel.slow = true;
  t.key("d", "0");
  assert.match(t.channel.said.at(-1) ?? "", /Fin de l'essai.*q_support/);
  t.key("d", "0");
  t.channel.slow = false;
  assert.deepEqual([t.state("d").closed?.why, queueOf(t.state("d"))], ["flow-ended", null], "0 rings nobody either");
});

test("the closing words of a try-it may name what the flow's own words name", () => {
  const draft = flow({ first: menu({ "1": "yes" }), yes: sales }, { reachHuman: { queueId: "q_support", says: says("Un instant {data.order}."), label: label("Conseiller") } });
  const t = rig(flow({ first: support }), VOICE, { tried: () => (done) => done({ document: draft, by: "usr_lea" }) });
  t.arrive("a");
  t.key("a", "1");
  assert.match(t.channel.said.at(-1) ?? "", /Fin de l'essai.*q_sales/);
});
