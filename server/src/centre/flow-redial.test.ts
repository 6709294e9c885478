/** Who rings again: after being cut off within a flow, or with a call promised to their number. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflectedFact } from "./flow-runner.ts";
import type { FlowPorts } from "./flow-ports.ts";
import { placeOf } from "./flow-kept.ts";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { REDIAL_MS } from "./redial.ts";
import { CHAT, testCentre, VOICE } from "./test-centre.ts";
import { flow, label, menu, queueOf, rig, sales, says, support } from "./test-flows.ts";

const long = flow({ first: menu({ "1": "second" }), second: menu({ "1": "third" }), third: { kind: "collect", label: label("Commande"), says: says("Commande"), variable: "order", min: 3, max: 3, next: "yes" }, yes: sales });

test("who is cut off and rings again within ten minutes may go on where they were, or begin anew; 0 is a person there too", () => {
  const t = rig(long, VOICE, { version: () => long });
  const twice = (id: string, after: number, from = "+33612849047"): void => {
    t.clock.advance(after);
    t.centre.hear({ type: "arrived", id, medium: "voice", from, fromName: "Camille", to: "1000", language: "fr", context: {} });
  };
  const reach = (id: string): void => {
    t.key(id, "1");
    t.key(id, "1");
    t.cut(id);
  };
  t.arrive("a");
  reach("a");
  twice("b", REDIAL_MS - 1_000);
  assert.deepEqual(t.factsOf("b").filter((type) => type === "flowResumed"), ["flowResumed"]);
  t.key("b", "1");
  for (const digit of "482") t.key("b", digit);
  assert.deepEqual([queueOf(t.state("b")), t.state("b").data.order, t.state("b").trail.length >= 3], ["q_sales", "482", true]);
  t.cut("b");

  // from the beginning
  twice("c", 1_000);
  assert.equal(t.factsOf("c").includes("flowResumed"), false, "who waited for a person is not asked");
  reach("c");
  twice("d", 1_000);
  t.key("d", "2");
  t.key("d", "1");
  t.key("d", "1");
  for (const digit of "482") t.key("d", digit);
  assert.equal(queueOf(t.state("d")), "q_sales");
  t.cut("d");

  // 0
  twice("e", 1_000);
  reach("e");
  twice("g", 1_000);
  t.key("g", "0");
  assert.equal(queueOf(t.state("g")), "q_support");
  t.cut("g");

  // cut off within the question: the state of before is still there
  twice("h", 1_000);
  reach("h");
  twice("i", 1_000);
  t.cut("i");
  twice("j", 1_000);
  t.key("j", "1");
  for (const digit of "482") t.key("j", digit);
  assert.equal(queueOf(t.state("j")), "q_sales");
  t.cut("j");

  // nothing told yet
  twice("u", 1_000);
  t.cut("u");
  twice("v", 1_000);
  assert.equal(t.factsOf("v").includes("flowResumed"), false, "from the beginning is where they were");
  t.cut("v");

  // too late, another number, a hidden one
  twice("k", 1_000);
  reach("k");
  twice("l", REDIAL_MS + 1_000);
  assert.equal(t.factsOf("l").includes("flowResumed"), false);
  reach("l");
  twice("m", 1_000, "+33698765432");
  assert.equal(t.factsOf("m").includes("flowResumed"), false);
  twice("n", 1_000, "anonymous");
  reach("n");
  twice("o", 1_000, "anonymous");
  assert.equal(t.factsOf("o").includes("flowResumed"), false, "a hidden number is nobody's");
});

// ---- a call is promised to the number that rings

test("who rings while a call is promised to them is told so and may keep it, take it back, choose another time or another matter; 0 and silence are a person, at their place", () => {
  const standing = { callbackId: "cb_1", slot: null, dueMs: 9_000, trusted: true, place: { queueId: "q_sales", needs: [], priority: 4, reason: "Devis", preferredAgentId: null, sinceMs: 1_000 } };
  const cancelled: string[] = [];
  const t = rig(flow({ first: menu({ "1": "yes" }), yes: support }), VOICE, { standing: ({ from }) => (from === "+33612849047" ? standing : null), cancelStanding: (id) => void cancelled.push(id) });
  const said = (id: string, ...keys: string[]): string[] => {
    t.channel.said.length = 0;
    t.arrive(id);
    for (const key of keys) t.key(id, key);
    return t.channel.said;
  };
  assert.match(said("keep")[0]!, /rappel\w+ dès que votre tour arrive/);
  t.key("keep", "1");
  assert.deepEqual([t.state("keep").closed?.why, t.state("keep").flowEnd], ["flow-ended", { how: "callback", ref: "cb_1", exception: null, dueMs: 9_000 }]);
  assert.deepEqual(cancelled, []);

  const words = said("back", "3");
  assert.deepEqual([cancelled, words.slice(-2), t.state("back").state], [["cb_1"], ["Votre rappel est annulé.", "Menu"], "flow"], "taken back at once, and the number's own flow for anything else");
  t.key("back", "1");
  t.cut("back");

  assert.equal(said("other", "4").at(-1), "Menu");
  t.key("other", "1");
  assert.deepEqual([queueOf(t.state("other")), t.state("other").queue?.sinceMs === 1_000], ["q_support", false]);

  for (const [id, act] of [["zero", () => t.key("zero", "0")], ["silent", () => t.clock.advance(120_000)]] as const) {
    said(id);
    act();
    assert.deepEqual([queueOf(t.state(id)), t.state(id).queue?.sinceMs, t.state(id).queue?.priority], ["q_sales", 1_000, 4], id);
  }

  said("move", "2");
  t.asked.at(-1)!.answer({ ok: true, slots: [{ startMs: 50_000, endMs: 60_000 }], inOrder: null });
  t.key("move", "1");
  assert.deepEqual([t.asked.at(-1)!.ask.kind, t.asked.at(-1)!.about.sinceMs], ["callback", 1_000]);
  t.asked.at(-1)!.answer({ ok: true, callbackId: "cb_1", dueMs: 50_000 });
  assert.deepEqual(t.state("move").flowEnd, { how: "callback", ref: "cb_1", exception: null, dueMs: 50_000 });

  const none = said("none", "2");
  t.asked.at(-1)!.answer({ ok: false, why: "full" });
  assert.match(none.at(-1)!, /rappel\w+ dès que/, "asked again: it stays as promised");
  t.cut("none");
  const rather = said("rather", "2");
  t.asked.at(-1)!.answer({ ok: true, slots: [{ startMs: 50_000, endMs: 60_000 }], inOrder: null });
  t.key("rather", "#");
  assert.match(rather.at(-1)!, /rappel\w+ dès que/, "none of these: what becomes of the promise is asked again");
  t.cut("rather");
  t.centre.hear({ type: "arrived", id: "stranger", medium: "voice", from: "+33698765432", fromName: "", to: "1000", language: "fr", context: {} });
  assert.equal(t.channel.said.at(-1), "Menu");
});

test("a shown number proves nothing: who calls from the number of a promised call hears that there is one, not when; it is kept, or a person changes it", () => {
  const slot = { startMs: Date.UTC(2026, 10, 24, 9), endMs: Date.UTC(2026, 10, 24, 9, 30) };
  const standing = { callbackId: "cb_1", slot, dueMs: null, trusted: false, place: { queueId: "q_sales", needs: [], priority: 4, reason: "Devis", preferredAgentId: null, sinceMs: 1_000 } };
  const cancelled: string[] = [];
  const t = rig(flow({ first: menu({ "1": "yes" }), yes: support }), VOICE, { standing: () => standing, cancelStanding: (id) => void cancelled.push(id) });
  for (const [id, key] of [["keep", "1"], ["change", "2"], ["third", "3"], ["zero", "0"], ["other", "4"]] as const) {
    t.arrive(id);
    t.key(id, key);
  }
  assert.doesNotMatch(t.channel.said.join(), /novembre|9 heures|Devis|q_sales/);
  assert.match(t.channel.said[0]!, /Un rappel est prévu/);
  assert.deepEqual(t.state("keep").flowEnd, { how: "callback", ref: "cb_1", exception: null, dueMs: slot.startMs });
  for (const id of ["change", "zero"]) assert.deepEqual([queueOf(t.state(id)), t.state(id).queue?.sinceMs, t.state(id).queue?.priority], ["q_sales", 1_000, 4], id);
  assert.deepEqual([cancelled, t.asked, t.state("third").state, t.channel.said.at(-1)], [[], [], "flow", "Menu"]);
});

test("who writes is not asked about a promised call; a number's words may name its own variables", () => {
  const standing = { callbackId: "cb_1", slot: null, dueMs: null, trusted: true, place: { queueId: "q_sales", needs: [], priority: 0, reason: null, preferredAgentId: null, sinceMs: 1_000 } };
  const named = flow({ first: menu({ "1": "yes" }), yes: support }, { retry: { wrong: says("Pardon {data.tier}"), silence: says("…") } });
  const chat = rig(named, CHAT, { standing: () => standing });
  chat.arrive("a");
  assert.doesNotMatch(chat.channel.said.join(), /rappel/);
  const call = rig(named, VOICE, { standing: () => standing });
  call.arrive("a");
  call.key("a", "9");
  assert.match(call.channel.said.at(-1)!, /^Pardon.*rappel\w+ dès que/);
});

test("the question about a promised call loses nothing of a call that was cut before it", () => {
  let promised = false;
  const standing = { callbackId: "cb_1", slot: { startMs: Date.UTC(2026, 10, 24, 9), endMs: Date.UTC(2026, 10, 24, 9, 30) }, dueMs: null, trusted: true, place: { queueId: "q_sales", needs: [], priority: 0, reason: null, preferredAgentId: null, sinceMs: null } };
  const t = rig(long, VOICE, { version: () => long, standing: () => (promised ? standing : null) });
  t.arrive("a");
  t.key("a", "1");
  t.key("a", "1");
  t.cut("a");
  promised = true;
  t.arrive("b");
  assert.match(t.channel.said.at(-1)!, /rappel\w+ mardi 24 novembre entre 9 heures et 9 heures 30\./);
  t.cut("b");
  t.arrive("c");
  t.key("c", "4");
  t.key("c", "1");
  for (const digit of "482") t.key("c", digit);
  assert.deepEqual([queueOf(t.state("c")), t.state("c").data.order], ["q_sales", "482"]);
});

const bank = (sensitive: "shown" | "hidden"): FlowDocument => flow({
  first: menu({ "1": "account" }),
  account: { kind: "collect", label: label("Compte"), says: says("Compte"), variable: "order", min: 3, max: 3, sensitive, next: "copy" },
  copy: { kind: "set", values: [{ name: "tier", to: "data.order + '!'" }], next: "second" },
  second: menu({ "1": "third", "2": "closed" }),
  third: menu({ "1": "yes" }),
  yes: sales,
  closed: support,
});

test("a caller's number proves nothing: who was asked a PIN or an account and rings again is asked it again, and what came after it is nobody's", () => {
  for (const sensitive of ["shown", "hidden"] as const) {
    for (const how of ["cut", "restart", "deflected"] as const) {
      const document = bank(sensitive);
      const offer = flow({ again: menu({ "1": "end" }), end: { kind: "end", exception: "closed" } }, { id: "deflection" });
      const ports: FlowPorts = { version: () => document, deflect: (_it, queueId) => (queueId === "q_support" && how === "deflected" ? { flow: offer } : null) };
      let t = rig(document, VOICE, ports);
      const label = `${sensitive} ${how}`;
      t.arrive("a");
      for (const key of `1482${how === "deflected" ? "2" : "1"}`) t.key("a", key);
      assert.deepEqual(t.state("a").trail.map(({ answer }) => answer).slice(0, 2), ["choix 1", sensitive === "hidden" ? "••••" : "482"], label);
      assert.deepEqual([t.state("a").data.order, t.state("a").data.tier], sensitive === "hidden" ? [undefined, undefined] : ["482", "482!"], `${label}: nor what is computed of it`);
      assert.ok(!JSON.stringify(t.state("a").flow).includes("482"), `${label}: not kept in the log either`);
      if (how === "restart") {
        const again = rig(document, VOICE, ports);
        again.centre.recover([t.state("a")], () => []);
        t = again;
      } else t.cut("a");
      t.arrive("b");
      t.key("b", "1");
      assert.deepEqual([t.state("b").trail.map(({ answer }) => answer), t.state("b").data.order], [["choix 1", "Reprendre"], undefined], label);
      t.key("b", "1");
      assert.equal(t.state("b").state, "flow", `${label}: the account is asked, not the menu behind it`);
      for (const key of "9911") t.key("b", key);
      assert.equal(queueOf(t.state("b")), "q_sales", label);
    }
  }
  // behind a queue that was reached with it nothing is offered
  const document = bank("shown");
  const t = rig(document, VOICE, { version: () => document });
  t.arrive("a");
  for (const key of "148211") t.key("a", key);
  const { queue, reason } = t.state("a");
  t.centre.tell("a", deflectedFact(t.state("a"), placeOf(queue!, reason), flow({ again: menu({ "1": "end" }), end: { kind: "end", exception: "closed" } }, { id: "deflection" })));
  assert.equal(t.state("a").state, "flow");
  t.cut("a");
  t.arrive("b");
  assert.ok(!t.factsOf("b").includes("flowResumed"));
});

test("of an account and a PIN, both are asked again", () => {
  const ask = (variable: string, sensitive: "shown" | "hidden", next: string) => ({ kind: "collect", label: label(variable), says: says(variable), variable, min: 3, max: 3, sensitive, next }) as const;
  const document = flow({ first: menu({ "1": "mark" }), mark: { kind: "set", values: [{ name: "total", to: "7" }], next: "account" }, account: ask("order", "shown", "pin"), pin: ask("tier", "hidden", "second"), second: menu({ "1": "yes" }), yes: sales });
  const t = rig(document, VOICE, { version: () => document });
  t.arrive("a");
  for (const key of "1111222") t.key("a", key);
  t.cut("a");
  t.arrive("b");
  for (const key of "1333") t.key("b", key);
  assert.deepEqual([t.state("b").state, t.state("b").data.order], ["flow", "333"]);
  assert.deepEqual([t.state("b").data.total, t.state("b").labels?.total], ["7", "Montant"], "what was known before is there for agents too");
  for (const key of "4441") t.key("b", key);
  assert.equal(queueOf(t.state("b")), "q_sales");
});

test("a conversation in writing keeps what it was told, over a restart too: it is one conversation", () => {
  const document = bank("hidden");
  const kept = new Map<string, string>();
  const hidden: FlowPorts["hidden"] = { keep: (id, text) => void (text === null ? kept.delete(id) : kept.set(id, text)), of: (id) => kept.get(id) ?? null };
  const t = rig(document, CHAT, { version: () => document, hidden });
  t.arrive("a");
  for (const text of ["1", "482", "1"]) t.write("a", text);
  const again = rig(document, CHAT, { version: () => document, hidden });
  again.centre.recover([t.state("a")], () => []);
  again.write("a", "1");
  assert.deepEqual([queueOf(again.state("a")), again.state("a").data.order], ["q_sales", undefined]);
});

test("who begins again is known as well as the first time: their card is not lost over the question", () => {
  const document = flow({ first: menu({ "1": "second" }), second: menu({ "1": "tier" }), tier: { kind: "branch", cases: [{ when: "has(customer.tier) && customer.tier == 'gold'", next: "yes" }], otherwise: "no" }, yes: sales, no: support });
  const t = testCentre(VOICE, [], { customerId: "cus_eva", name: "Eva", known: true, language: null, last: null }, { card: { tier: "gold" }, flow: () => document, flows: { version: () => document } });
  const keys = (id: string, all: string): void => [...all].forEach((key) => t.centre.hear({ type: "input", id, input: { kind: "key", key } }));
  t.arrive("a");
  keys("a", "1");
  t.centre.hear({ type: "customerLeft", id: "a", why: "hung-up" });
  t.arrive("b");
  keys("b", "211");
  assert.equal(queueOf(t.state("b")), "q_sales");
});

test("the question to who was cut off names what the flow's own words name", () => {
  const document = flow({ first: menu({ "1": "second" }), second: menu({ "1": "yes" }), yes: sales }, { reachHuman: { queueId: "q_support", says: says("Un instant {data.order}."), label: label("Conseiller") } });
  const t = rig(document, VOICE, { version: () => document });
  t.arrive("a");
  t.key("a", "1");
  t.cut("a");
  t.arrive("b");
  assert.ok(t.factsOf("b").includes("flowResumed"));
  t.key("b", "0");
  assert.equal(queueOf(t.state("b")), "q_support");
});

test("a call that a restart cut is one that may be gone on with; so is one that was cut shortly before", () => {
  for (const how of ["cut by the restart", "cut before it"]) {
    const t = rig(long, VOICE, { version: () => long });
    t.arrive("a");
    t.key("a", "1");
    t.key("a", "1");
    if (how === "cut before it") t.cut("a");
    const again = rig(long, VOICE, { version: () => long });
    if (how === "cut before it") again.centre.remember([t.state("a")]);
    else again.centre.recover([t.state("a")], () => []);
    again.arrive("b");
    again.key("b", "1");
    for (const digit of "482") again.key("b", digit);
    assert.equal(queueOf(again.state("b")), "q_sales", how);
  }
});
