import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { Centre } from "../centre/centre.ts";
import { newInteraction, type ChannelEvent, type Interaction, type Message } from "../hub/hub.ts";
import type { SipCommand, SipEvent } from "../sip/sip.ts";
import { setUpMessages, type MessageSetup, type MessageSetupOptions } from "./message-setup.ts";
import { createPublishedPresence } from "./published-presence.ts";

type Text = Extract<SipEvent, { type: "message" }>;
const text = (user: string, more: Partial<Text> = {}): Text => ({
  type: "message", ref: "in1", id: "i1", from: { user: "lea", host: "tandem.local", display: "", account: "lea-desk" }, to: { user, host: "tandem.local" }, contentType: "text/plain", text: "Réunion ?",
  flow: { id: "f", transport: "udp", remoteAddress: "192.0.2.9", remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 }, ...more,
});

/** A house where 202 has two telephones, 203 none that is there, and 1000 is the centre's. */
function house(ways: ReturnType<MessageSetupOptions["waysOutside"]> = []): { setup: MessageSetup; commands: SipCommand[]; live: Map<string, Interaction>; sends(): Extract<SipCommand, { type: "sendMessage" }>[]; answers(): number[] } {
  const commands: SipCommand[] = [];
  const live = new Map<string, Interaction>();
  const clock = new VirtualClock(1_000);
  const centre = {
    hear(event: ChannelEvent) {
      if (event.type === "arrived") live.set(event.id, newInteraction(event.id, setup.channel.traits, { ...event, language: "fr" }, 0));
    },
    interaction: (id: string) => live.get(id) ?? null,
    interactions: () => live.values(),
    post: (_id: string, from: { text: string; author: Message["author"]; name: string; clientId: string | null }, done: (m: Message | null, e: Error | null) => void) =>
      done({ id: "m", seq: 1, author: from.author, authorName: from.name, text: from.text, atMs: 0, clientId: from.clientId }, null),
  } as unknown as Centre; // the four things of it that texts use
  const setup = setUpMessages({
    clock, chance: seededChance(1), log: silentLog, centre: () => centre, command: (command) => void commands.push(command),
    centreNumber: (user) => (user === "1000" ? "1000" : null),
    accountsNamed: (user) => ({ "202": ["hugo-desk", "hugo-soft"], "203": [] })[user] ?? null,
    shownAs: (account) => (account === "lea-desk" ? { user: "201", display: "Léa Marchand" } : null),
    messages: () => Promise.resolve([]),
    waysOutside: () => ways,
  });
  setup.channel.start();
  return {
    setup, commands, live,
    sends: () => commands.filter((c) => c.type === "sendMessage"),
    answers: () => commands.flatMap((c) => (c.type === "messageAnswer" ? [c.status] : [])),
  };
}

test("between telephones: to all of the called one's, under the sender's own number and name; one that takes it is enough", () => {
  const h = house();
  h.setup.hear(text("202"));
  assert.deepEqual(h.sends().map(({ target, from, text: words }) => [target, from, words]), [
    [{ account: "hugo-desk" }, { user: "201", display: "Léa Marchand" }, "Réunion ?"],
    [{ account: "hugo-soft" }, { user: "201", display: "Léa Marchand" }, "Réunion ?"],
  ]);
  h.setup.hear({ type: "messageSent", ref: h.sends()[0]!.ref, status: 415 });
  assert.deepEqual(h.answers(), [], "the other one may still take it");
  h.setup.hear({ type: "messageSent", ref: h.sends()[1]!.ref, status: 200 });
  assert.deepEqual(h.answers(), [200]);
  assert.equal(h.live.size, 0, "no contact of the centre");
});

test("a text of a flow's: to the telephone that is here, else by the ways outside in order, until one takes it or the other side refuses", () => {
  const done: number[] = [];
  const here = house();
  here.setup.text("202", "1000", "Votre lien", (status) => void done.push(status));
  assert.deepEqual(here.sends().map(({ target, text: words }) => [target, words]), [[{ account: "hugo-desk" }, "Votre lien"]]);
  here.setup.hear({ type: "messageSent", ref: here.sends()[0]!.ref, status: 200 });
  const way = (uri: string): ReturnType<MessageSetupOptions["waysOutside"]>[number] => ({ target: { uri }, from: { user: "+33184800000", display: "" } });
  const outside = house([way("sip:+33612345678@a.example"), way("sip:+33612345678@b.example"), way("sip:+33612345678@c.example")]);
  outside.setup.text("+33612345678", "1000", "Votre lien", (status) => void done.push(status));
  outside.setup.hear({ type: "messageSent", ref: outside.sends()[0]!.ref, status: 503 });
  outside.setup.hear({ type: "messageSent", ref: outside.sends()[1]!.ref, status: 603 });
  assert.deepEqual(outside.sends().map(({ target }) => target), [{ uri: "sip:+33612345678@a.example" }, { uri: "sip:+33612345678@b.example" }]);
  house().setup.text("+33612345678", "1000", "Votre lien", (status) => void done.push(status));
  assert.deepEqual(done, [200, 603, 480]);
});

test("nobody there is 480, nobody of that name 404, refused by all says how; who is not of the house writes to nobody inside", () => {
  const answerTo = (event: Text, ...statuses: number[]): number[] => {
    const h = house();
    h.setup.hear(event);
    statuses.forEach((status, i) => h.setup.hear({ type: "messageSent", ref: h.sends()[i]!.ref, status }));
    return h.answers();
  };
  assert.deepEqual(answerTo(text("203")), [480]);
  assert.deepEqual(answerTo(text("299")), [404]);
  assert.deepEqual(answerTo(text("202"), 480, 486), [486]);
  assert.deepEqual(answerTo(text("202"), 480, 480), [480]);
  const visitor = { user: "web-7", host: "tandem.local", display: "", account: "web-7" };
  assert.deepEqual(answerTo(text("202", { from: visitor })), [404]);
  assert.deepEqual(answerTo(text("202", { from: { ...visitor, account: null } })), [404], "nor does a stranger, whatever the core let through");
});

test("the address of one device is kept; a number of the centre is a contact of who wrote", () => {
  const h = house();
  h.setup.hear(text("202", { to: { user: "202", host: "tandem.local", instance: "urn:uuid:1" } }));
  assert.deepEqual(h.sends()[0]!.target, { account: "hugo-desk", instance: "urn:uuid:1" });
  h.setup.hear(text("1000", { ref: "in2", from: { user: "+33612345678", host: "op.test", display: "Zoé", account: null } }));
  assert.deepEqual(h.answers(), [200]);
  const [it] = [...h.live.values()];
  assert.deepEqual([it!.from, it!.customer.name, it!.to, it!.context["sip.uri"]], ["+33612345678", "Zoé", "1000", "sip:+33612345678@op.test"]);
  h.setup.hear(text("1000", { ref: "in3", id: "i3", from: { user: "Bob", host: "Op.Test", display: "", account: null } }));
  assert.deepEqual([...h.live.values()].map(({ from }) => from), ["+33612345678", "bob@op.test"]);
});

test("what telephones publish is one presence while it lasts", () => {
  const changed: string[] = [];
  const published = createPublishedPresence((account) => changed.push(account));
  const say = (account: string, open: boolean, expiresAtMs: number | null): void => published.hear({ type: "published", account, open, note: open ? "" : "Dehors", activities: open ? [] : ["away"], expiresAtMs });
  assert.equal(published.of(["a"]), null);
  say("a", true, 9);
  say("b", false, 9);
  assert.deepEqual(published.of(["a", "b", "c"]), { open: true, note: "Dehors", activities: ["away"] });
  say("b", false, null);
  assert.deepEqual(published.of(["b"]), null);
  assert.deepEqual(changed, ["a", "b", "b"]);
});
