/** Answers to hidden questions: nowhere in what is written down, and there for the flow, also after a restart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { FlowPorts } from "./flow-ports.ts";
import { CHAT, VOICE } from "./test-centre.ts";
import { flow, label, menu, queueOf, rig, sales, says, support } from "./test-flows.ts";

/** Asks for a PIN, says it back, computes with it, writes it, sends it, and branches on what came of it. */
const vault = (more: object = {}): FlowDocument => flow({
  first: menu({ "1": "pin" }),
  pin: { kind: "collect", label: label("Code"), says: says("Votre code ?"), variable: "order", min: 4, max: 4, sensitive: "hidden", confirm: says("Vous avez dit {value}."), next: "copy", ...more },
  copy: { kind: "set", values: [{ name: "tier", to: "data.order + 'x'" }], next: "back" },
  back: { kind: "say", says: says("Code {data.order}, copie {data.tier}."), next: "note" },
  note: { kind: "update", fields: { pin: "data.order" }, timeline: { fr: "Code {data.order}", en: "Code {data.order}" }, next: "ask", failed: "ask" },
  ask: { kind: "http", method: "POST", url: "https://example.com/", body: '{"pin":"{data.tier}"}', timeoutMs: 10_000, saves: [], next: "choose", failed: "no" },
  choose: { kind: "branch", cases: [{ when: "data.order == '4821'", next: "told" }], otherwise: "no" },
  told: { ...sales, whisper: { fr: "Code {data.order}", en: "Code {data.order}" } },
  no: support,
});

/** Of two runs of one centre: what the first kept for the second. */
const keeping = (): { hidden: NonNullable<FlowPorts["hidden"]>; kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  return { kept, hidden: { keep: (id, text) => void (text === null ? kept.delete(id) : kept.set(id, text)), of: (id) => kept.get(id) ?? null } };
};

test("what is typed into a hidden question in writing is dots in every fact, state, message, note and whisper; the flow sends it and decides by it, after restarts in the middle too", () => {
  const { hidden, kept } = keeping();
  const document = vault();
  const ports: FlowPorts = { version: () => document, hidden };
  let t = rig(document, CHAT, ports);
  const written: unknown[] = [];
  const restart = (): void => {
    written.push(t.writes);
    const again = rig(document, CHAT, ports);
    again.centre.recover([t.state("a")], () => []);
    t = again;
  };
  t.arrive("a");
  t.write("a", "1");
  t.write("a", "mon code est 4821");
  assert.deepEqual([t.state("a").lastMessage?.author, t.channel.said.at(-1)?.includes("••••")], ["customer", true]);
  restart();
  t.write("a", "oui");
  const update = t.asked[0]!;
  assert.deepEqual(update.ask, { kind: "update", fields: {}, note: "Code ••••" });
  update.answer({ ok: true });
  const sent = t.asked.at(-1)!;
  assert.deepEqual(sent.ask.kind === "http" && sent.ask.body, '{"pin":"4821x"}');
  // while the company's interface is asked: the same request is made again
  restart();
  assert.deepEqual(t.asked.at(-1)!.ask, sent.ask);
  t.asked.at(-1)!.answer({ ok: true, values: {} });
  const it = t.state("a");
  assert.deepEqual([queueOf(it), it.queue?.whisper, it.reason], ["q_sales", "Code ••••", "1"]);
  assert.deepEqual([kept.size, it.trail.at(-1)?.answer], [0, "••••"], "the dialogue is over: forgotten");
  written.push(t.writes, t.channel.said);
  assert.ok(!JSON.stringify(written).includes("4821"));
});

test("a text that was stored and not read when the server stopped is read by the next run; what a closed contact hid is forgotten; without what was hidden, a person", () => {
  const { hidden, kept } = keeping();
  const document = vault({ confirm: undefined });
  let t = rig(document, CHAT, { version: () => document, hidden });
  t.arrive("a");
  t.write("a", "1");
  const before = t.state("a");
  t.write("a", "4821");
  const message = t.writes.flatMap(({ facts }) => facts).findLast(({ type }) => type === "messageAdded")!;
  // as a crash leaves it between the message and the turn that reads it
  kept.set("a", JSON.stringify({ part: { data: {}, memo: {}, ahead: "", digits: "", asked: null }, typed: { [before.messages + 1]: "4821" } }));
  const stored = { ...before, messages: before.messages + 1, lastMessage: (message.body as { message: NonNullable<typeof before.lastMessage> }).message };
  t = rig(document, CHAT, { version: () => document, hidden });
  t.centre.recover([stored], () => []);
  assert.deepEqual(t.state("a").trail.map(({ answer }) => answer), ["choix 1", "••••"]);
  t.centre.hear({ type: "customerLeft", id: "a", why: "ended" });
  assert.equal(kept.size, 0);

  t = rig(document, CHAT, { version: () => document });
  t.centre.recover([stored], () => []);
  assert.equal(queueOf(t.state("a")), "q_support");
});

test("who asks for a person at a hidden question and says the answer with it has said it to nobody else", () => {
  const { hidden } = keeping();
  const document = vault();
  const t = rig(document, CHAT, { version: () => document, hidden });
  t.arrive("a");
  t.write("a", "1");
  t.write("a", "4821, passez-moi un conseiller");
  assert.deepEqual([queueOf(t.state("a")), t.state("a").trail.at(-1)?.answer], ["q_support", "••••"]);
  assert.ok(!JSON.stringify(t.writes).includes("4821"));
  // a call's, as a recogniser writes it
  const call = rig(document, VOICE, { version: () => document });
  call.arrive("b");
  call.key("b", "1");
  call.centre.hear({ type: "input", id: "b", input: { kind: "text", text: "quatre huit deux un, un conseiller" } });
  assert.equal(queueOf(call.state("b")), "q_support");
  assert.ok(!JSON.stringify(call.writes).includes("quatre"));
});

test("a call's keys are nowhere either: typed ahead of the question, handed over in the middle and back", () => {
  const document = flow({
    first: { kind: "say", says: says("Bienvenue"), interruptible: false, next: "pin" },
    pin: { kind: "collect", label: label("Code"), says: says("Votre code ?"), variable: "order", min: 4, max: 4, sensitive: "hidden", next: "out" },
    out: { kind: "deflect", to: { kind: "number", number: "240" }, failed: "choose" },
    choose: { kind: "branch", cases: [{ when: "data.order == '4821'", next: "yes" }], otherwise: "no" },
    yes: sales, no: support,
  } as never);
  const t = rig(document, VOICE, { version: () => document, handOverTarget: () => ({ ok: true, to: { number: "240", name: "Atelier" } }) });
  t.channel.slow = true;
  t.arrive("a");
  for (const key of "48") t.key("a", key);
  t.centre.hear({ type: "said", id: "a", sayId: "first:1" });
  for (const key of "21") t.key("a", key);
  assert.deepEqual([t.state("a").state, t.state("a").handedTo?.number], ["closed", "240"]);
  t.centre.hear({ type: "arrived", id: "b", medium: "voice", from: "+33612849047", fromName: "", to: "1000", language: "fr", context: {}, handedBack: { of: "a", why: "no-answer" } });
  assert.equal(queueOf(t.state("b")), "q_sales", "and the flow has it still");
  assert.ok(!/4821|"48"/.test(JSON.stringify(t.writes)));
});
