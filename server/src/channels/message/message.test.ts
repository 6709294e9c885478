import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../base/log.ts";
import { VirtualClock } from "../../base/virtual-clock.ts";
import { newInteraction, step, type ChannelEvent, type Fact, type Interaction, type Message } from "../../hub/hub.ts";
import type { Flow } from "../../sip/sip.ts";
import { createMessageChannel, MESSAGE_TRAITS, type MessageChannel, type Sender, type TextTarget } from "./message.ts";
import { inParts } from "./parts.ts";

const flow = (remoteAddress: string, id = "1"): Flow => ({ id, transport: "udp", remoteAddress, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 });
const stranger = (remoteAddress = "203.0.113.5"): Sender => ({ account: null, address: "+33612345678", name: "Zoé", uri: "sip:+33612345678@op.test", flow: flow(remoteAddress) });

interface World {
  channel: MessageChannel;
  clock: VirtualClock;
  told: ChannelEvent[];
  live: Map<string, Interaction>;
  log: Map<string, Message[]>;
  sent: { target: TextTarget; from: { user: string; display: string }; text: string; done(status: number): void }[];
  fact(id: string, fact: Fact): void;
  broken: boolean;
}

/** The channel before a hub in small: facts are durable at once, unless `broken`. */
function world(before?: World): World {
  const clock = before?.clock ?? new VirtualClock(1_000_000);
  const w: World = {
    clock, told: [], live: before?.live ?? new Map(), log: before?.log ?? new Map(), sent: [], broken: false,
    fact(id, fact) {
      const it = w.live.get(id);
      if (it) w.live.set(id, step(it, fact, clock.now())[0]);
    },
    channel: createMessageChannel({
      clock, log: silentLog,
      newInteractionId: () => `int_${w.live.size + 1}`,
      hear(event) {
        w.told.push(event);
        if (event.type === "arrived" && !w.broken) w.live.set(event.id, newInteraction(event.id, MESSAGE_TRAITS, { from: event.from, fromName: event.fromName, to: event.to, language: "fr", context: event.context }, clock.now()));
        if (event.type === "customerLeft") w.fact(event.id, { type: "customerLeft", why: event.why });
      },
      post(id, { author, name, clientId, text, choices }, done) {
        const it = w.live.get(id);
        const log = w.log.get(id) ?? [];
        w.log.set(id, log);
        const before = clientId === null ? undefined : log.find((m) => m.clientId === clientId);
        if (before) return done(before, null);
        if (!it || w.broken) return done(null, new Error("away"));
        const message: Message = { id: `m${log.length}`, seq: it.messages + 1, author, authorName: name, text, atMs: clock.now(), clientId, ...(choices ? { choices } : {}) };
        log.push(message);
        w.fact(id, { type: "messageAdded", message });
        done(message, null);
        w.channel.deliver!(id, message);
      },
      live: (id) => w.live.get(id) ?? null,
      interactions: () => w.live.values(),
      settled: (id, seq, status) => w.fact(id, status === null ? { type: "messageDelivered", seq } : { type: "messageUndelivered", seq, status }),
      send: (target, from, text, done) => void w.sent.push({ target, from, text, done }),
      messages: (id) => Promise.resolve(w.log.get(id) ?? []),
    }),
  };
  if (!before) w.channel.start();
  return w;
}
const receive = (w: World, id: string, text: string, sender = stranger()): number[] => {
  const answers: number[] = [];
  w.channel.received({ id, sender, to: "1000", text }, (status) => answers.push(status));
  return answers;
};
const arrivals = (w: World): number => w.told.filter((event) => event.type === "arrived").length;
/** As when an agent accepted. */
const connected = (w: World, id: string): void => void w.live.set(id, { ...w.live.get(id)!, state: "connected", agentId: "a", connectedAtMs: w.clock.now() });

test("the first text opens a contact, the next go on in it, one sent again is one; 200 only when stored", () => {
  const w = world();
  assert.deepEqual(receive(w, "a", "Bonjour"), [200]);
  assert.deepEqual(w.told[0], { type: "arrived", id: "int_1", medium: "message", from: "+33612345678", fromName: "Zoé", to: "1000", language: null, context: { "sip.uri": "sip:+33612345678@op.test", "sip.transport": "udp", "sip.address": "203.0.113.5", "sip.port": "5060" } });
  assert.deepEqual(receive(w, "b", "Ma commande ?"), [200]);
  assert.deepEqual(receive(w, "b", "Ma commande ?"), [200]);
  assert.equal(arrivals(w), 1);
  assert.deepEqual(w.log.get("int_1")!.map((m) => m.text), ["Bonjour", "Ma commande ?"]);
  assert.equal(w.sent.length, 0, "what the customer wrote does not go back to them");
  w.broken = true;
  assert.deepEqual(receive(w, "c", "perdu ?"), [503], "to be sent again");
  w.broken = false;
  assert.deepEqual(receive(w, "c", "perdu ?"), [200]);
  w.live.set("int_1", { ...w.live.get("int_1")!, state: "closed" });
  assert.deepEqual(receive(w, "c", "perdu ?"), [200], "late, after the end: not a new contact");
  assert.equal(arrivals(w), 1);
  assert.deepEqual(receive(w, "d", "Encore moi"), [200]);
  assert.equal(arrivals(w), 2);
});

test("who only claims the name is another conversation; an account is one wherever it is", () => {
  const w = world();
  receive(w, "a", "Bonjour");
  receive(w, "b", "Moi aussi", stranger("198.51.100.66"));
  assert.equal(arrivals(w), 2);
  const account = (address: string): Sender => ({ account: "1001", address: "1001", name: "", uri: "sip:1001@tandem.test", flow: flow(address) });
  receive(w, "c", "x", account("198.51.100.1"));
  receive(w, "d", "y", account("198.51.100.2"));
  assert.equal(arrivals(w), 3);
});

test("answers go out in order, one at a time, with the choices spelt; those that fail say so and hold nothing up", () => {
  const w = world();
  receive(w, "a", "Bonjour");
  w.channel.say("int_1", "s1", [{ text: "Que puis-je faire ?", language: "fr", choices: [{ key: "1", label: "Commande" }, { key: "2", label: "Retour" }] }]);
  assert.deepEqual(w.told.at(-1), { type: "said", id: "int_1", sayId: "s1" });
  w.channel.deliver!("int_1", { id: "x", seq: 3, author: "agent", authorName: "Léa", text: "Ici Léa", atMs: w.clock.now(), clientId: "c1" });
  assert.equal(w.sent.length, 1);
  assert.deepEqual([w.sent[0]!.text, w.sent[0]!.from, "flow" in w.sent[0]!.target], ["Que puis-je faire ?\n1. Commande\n2. Retour", { user: "1000", display: "" }, true]);
  w.sent[0]!.done(480);
  assert.deepEqual(w.live.get("int_1")!.undelivered, [{ seq: 2, status: 480 }]);
  assert.deepEqual([w.sent[1]!.text, w.sent[1]!.from.display], ["Ici Léa", "Léa"]);
  w.sent[1]!.done(200);
  assert.equal(w.live.get("int_1")!.deliveredUpTo, 3);
  assert.equal(w.live.get("int_1")!.undelivered!.length, 1);
});

test("a long answer goes in parts, the next when the one before arrived; cut at words, never inside a character", () => {
  const w = world();
  receive(w, "a", "Bonjour");
  const long = `${"été ".repeat(300)}fin`;
  w.channel.deliver!("int_1", { id: "x", seq: 2, author: "agent", authorName: "Léa", text: long, atMs: w.clock.now(), clientId: "c1" });
  for (let i = 0; i < w.sent.length && i < 20; i++) w.sent[i]!.done(200);
  assert.ok(w.sent.length > 2);
  assert.equal(w.sent.map(({ text }) => text).join(" "), long);
  for (const { text } of w.sent) assert.ok(Buffer.byteLength(text) <= 600);
  assert.deepEqual(inParts("é😀".repeat(4), 7), ["é😀", "é😀", "é😀", "é😀"]);
  assert.deepEqual(inParts("", 7), [""]);
  assert.deepEqual(inParts("un\ndeux trois", 9), ["un\ndeux", "trois"]);
});

test("after a restart: what was not settled is sent, to where the sender was; what was is not", async () => {
  const before = world();
  receive(before, "a", "Bonjour");
  connected(before, "int_1");
  for (const seq of [2, 3]) before.channel.say("int_1", `s${seq}`, [{ text: `réponse ${seq}`, language: "fr" }]);
  before.sent[0]!.done(200);
  before.channel.stop();
  const after = world(before);
  after.channel.start();
  after.channel.open("int_1");
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(after.sent.map(({ text }) => text), ["réponse 3"]);
  assert.deepEqual(after.sent[0]!.target, { uri: "sip:+33612345678@op.test", at: { transport: "udp", host: "203.0.113.5", port: 5060 } });
  assert.deepEqual(receive(after, "b", "Et alors ?"), [200]);
  assert.equal(arrivals(after), 0, "the same conversation goes on");
  after.channel.open("int_1");
  assert.equal(after.sent.length, 1, "opened once");

  const account: Sender = { account: "1001", address: "1001", name: "", uri: "sip:1001@tandem.test", flow: flow("198.51.100.1") };
  receive(after, "c", "x", account);
  connected(after, "int_2");
  after.channel.stop();
  const third = world(after);
  const early = receive(third, "d", "y", { ...account, flow: flow("198.51.100.2") });
  assert.deepEqual(early, [], "held until what was open is here again");
  third.channel.start();
  assert.deepEqual(early, [200]);
  assert.equal(arrivals(third), 0, "an account too");
});

test("silence ends it: half an hour before the assistant, four hours with an agent, never while it waits", () => {
  const w = world();
  receive(w, "a", "Bonjour");
  w.clock.advance(29 * 60_000);
  assert.notEqual(w.live.get("int_1")!.state, "closed");
  w.clock.advance(2 * 60_000);
  assert.equal(w.live.get("int_1")!.state, "closed");
  receive(w, "b", "Bonjour");
  const waiting = { ...w.live.get("int_2")!, state: "queued" as const };
  w.live.set("int_2", waiting);
  w.clock.advance(10 * 3_600_000);
  assert.equal(w.live.get("int_2")!.state, "queued");
  connected(w, "int_2");
  w.clock.advance(3 * 3_600_000);
  assert.equal(w.live.get("int_2")!.state, "connected");
  w.clock.advance(3_700_000);
  assert.notEqual(w.live.get("int_2")!.state, "connected");
});
