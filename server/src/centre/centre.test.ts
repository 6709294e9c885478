import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLog } from "../base/log.ts";
import { announcement } from "./waiting.ts";
import { CHAT, testCentre, VOICE, type TestCentre } from "./test-centre.ts";

/** The engine's table: every row runs over both media; only traits differ. */
for (const traits of [VOICE, CHAT]) {
  const reached = (agents: readonly string[] = ["lea"]): TestCentre => {
    const centre = testCentre(traits, agents);
    centre.arrive("i1");
    centre.askForPerson("i1");
    return centre;
  };
  const connected = (agents?: readonly string[]): TestCentre => {
    const centre = reached(agents);
    centre.accept("i1", centre.state("i1").offer!.agentId);
    return centre;
  };

  describe(`engine over ${traits.medium}`, () => {
    test("a contact passes the flow, is offered, accepted, wrapped and closed; the agent is free again", async () => {
      const t = reached();
      assert.equal(t.state("i1").state, "offered");
      assert.equal(t.state("i1").offer?.agentId, "lea");
      t.accept("i1", "lea");
      assert.equal(t.state("i1").state, "connected");
      assert.ok(t.channel.calls.includes("connect i1 lea"));
      assert.equal(t.channel.calls.includes("record i1 start"), traits.recordable);
      t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
      assert.equal(t.state("i1").state, "wrapping");
      assert.equal(t.centre.agent("lea")?.system, "wrap-up");
      assert.deepEqual(await t.centre.commands.wrap("lea", "i1", "d1", "done"), { ok: true });
      assert.equal(t.state("i1").state, "closed");
      assert.equal(t.state("i1").notes, "done");
      assert.equal(t.state("i1").closed?.why, "customer-left");
      assert.equal(t.centre.agent("lea")?.system, "idle");
      assert.equal([...t.centre.interactions()].length, 0, "nothing stays in memory");
    });

    test("wrap-up ends by its limit; nobody is stuck", () => {
      const t = connected();
      t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
      t.clock.advance(29_999);
      assert.equal(t.state("i1").state, "wrapping");
      t.clock.advance(1);
      assert.equal(t.state("i1").state, "closed");
      assert.equal(t.centre.agent("lea")?.system, "idle");
    });

    test("wrap-up ends also when the wall clock is set back meanwhile", () => {
      const t = connected();
      t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
      t.clock.setBack(1);
      t.clock.advance(30_000);
      assert.equal(t.state("i1").state, "wrapping", "its limit is 1 ms away by the clock");
      t.clock.advance(1);
      assert.equal(t.state("i1").state, "closed");
    });

    test("offered and not answered in time: back at the head, the agent is marked missed, the next one gets it", () => {
      const t = reached(["lea", "hugo"]);
      const first = t.state("i1").offer!.agentId;
      t.clock.advance(20_000);
      assert.equal(t.centre.agent(first)?.system, "missed");
      assert.notEqual(t.state("i1").offer?.agentId, first);
      assert.equal(t.state("i1").queue?.returned, true);
      assert.ok(t.channel.calls.includes(`cancelRing i1 ${first}`));
      t.centre.back(first);
      assert.equal(t.centre.agent(first)?.system, "idle");
    });

    test("declined: another agent, and the one who declined is not marked missed", async () => {
      const t = reached(["lea", "hugo"]);
      const first = t.state("i1").offer!.agentId;
      assert.deepEqual(await t.centre.commands.decline(first, "i1"), { ok: true });
      assert.notEqual(t.state("i1").offer?.agentId, first);
      assert.notEqual(t.centre.agent(first)?.system, "missed");
    });

    test("the customer leaves while it rings: the ring is cancelled, the agent is free, it counts as abandoned", () => {
      const t = reached();
      t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
      assert.equal(t.state("i1").closed?.why, "abandoned");
      assert.ok(t.channel.calls.includes("cancelRing i1 lea"));
      assert.equal(t.centre.agent("lea")?.system, "idle");
    });

    test("an answer that comes after the customer left is undone", () => {
      const t = reached();
      t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
      t.centre.hear({ type: "agentAnswered", id: "i1", agentId: "lea" });
      assert.equal(t.state("i1").state, "closed");
      assert.equal(t.channel.calls.at(-1), "cancelRing i1 lea");
    });

    test("only the agent to whom it is offered may accept; only its owner may end it", async () => {
      const t = reached(["lea", "hugo"]);
      const other = t.state("i1").offer!.agentId === "lea" ? "hugo" : "lea";
      assert.deepEqual(await t.centre.commands.accept(other, "i1"), { ok: false, code: "not-yours" });
      assert.deepEqual(await t.centre.commands.end(other, "i1"), { ok: false, code: "not-yours" });
      assert.deepEqual(await t.centre.commands.end("lea", "nope"), { ok: false, code: "not-found" });
    });

    test("transfer to a queue keeps language, reason and trail, frees the first agent at once and avoids them", async () => {
      const t = connected(["lea", "hugo"]);
      const first = t.state("i1").agentId!;
      assert.deepEqual(await t.centre.commands.transfer(first, "i1", { kind: "queue", queueId: "q_sales" }, "wants a lamp"), { ok: true });
      const it = t.state("i1");
      assert.equal(it.queue?.queueId, "q_sales");
      assert.notEqual(it.offer?.agentId, first);
      assert.equal(it.transfers[0]?.note, "wants a lamp");
      assert.equal(it.trail.length > 0, true);
      assert.equal(t.centre.agent(first)?.system, "idle");
    });

    test("transfer to a person: to them while they can take it, after a while or when they are away to anybody", async () => {
      const t = connected(["lea", "hugo", "aicha"]);
      const first = t.state("i1").agentId!;
      t.arrive("i2");
      t.askForPerson("i2");
      const second = t.state("i2").offer!.agentId;
      t.accept("i2", second);
      const third = ["lea", "hugo", "aicha"].find((id) => id !== first && id !== second)!;
      await t.centre.commands.transfer(first, "i1", { kind: "agent", agentId: second }, "");
      if (traits.written) assert.equal(t.state("i1").offer?.agentId, second, "room for another conversation");
      else {
        assert.equal(t.state("i1").state, "queued", "in a call: it waits for them");
        t.clock.advance(30_000);
        assert.equal(t.state("i1").offer?.agentId, third, "a person is always reachable");
      }
      t.accept("i1", t.state("i1").offer!.agentId);
      const owner = t.state("i1").agentId!;
      t.centre.setWish(first, "break", first);
      await t.centre.commands.transfer(owner, "i1", { kind: "agent", agentId: first }, "");
      assert.notEqual(t.state("i1").offer?.agentId, first, "nobody waits for somebody on a break");
    });

    test("who comes back about the same matter reaches the agent who knows it, when free", () => {
      const t = testCentre(traits, ["lea", "hugo", "aicha"], { customerId: "c1", name: "Camille", known: true, language: null, last: { atMs: Date.UTC(2026, 10, 22, 9), medium: "voice", reason: null, closedWhy: "agent-ended", agentId: "hugo" } });
      t.arrive("i1");
      t.askForPerson("i1");
      assert.equal(t.state("i1").offer?.agentId, "hugo");
      t.arrive("i2");
      t.centre.setWish("hugo", "break", "hugo");
      t.askForPerson("i2");
      assert.notEqual(t.state("i2").offer?.agentId, "hugo", "nobody waits for somebody who is away");
      assert.equal(t.state("i2").state, "offered");
    });

    test("an agent whose desktop dies is not owner for ever: the customer goes to the head of the queue", () => {
      const t = connected(["lea", "hugo"]);
      const first = t.state("i1").agentId!;
      if (traits.acceptedByDevice) {
        t.centre.setVoiceDevice(first, false);
        t.centre.hear({ type: "agentLeft", id: "i1", agentId: first, why: "device-lost" });
      } else {
        t.centre.desktopClosed(first);
        t.clock.advance(44_999);
        assert.equal(t.state("i1").agentId, first, "a reload is not a death");
        t.clock.advance(1);
      }
      assert.equal(t.state("i1").state, "offered");
      assert.notEqual(t.state("i1").offer?.agentId, first);
      assert.equal(t.state("i1").queue?.priority, 10);
    });

    test("after a restart written media go on where they were; a call closes with its reason", () => {
      const before = connected(["lea"]);
      const t = testCentre(traits, ["lea"]);
      t.centre.recover([before.state("i1")], () => []);
      if (traits.written) {
        assert.equal(t.centre.interaction("i1")?.state, "connected");
        assert.equal(t.centre.agent("lea")?.load[traits.medium]?.[0], "i1");
      } else {
        assert.equal(t.state("i1").closed?.why, "server-restarted");
        assert.equal(t.centre.agent("lea")?.system, "idle");
      }
    });

    test("one stimulus is one write: a question and where the flow then stands are never torn apart", () => {
      const t = testCentre(traits, []);
      t.arrive("i1");
      t.askForPerson("i1");
      assert.equal(t.state("i1").state, "queued");
      const ended = t.writes.find((w) => w.facts.some((f) => f.type === "flowEnded"))!;
      assert.ok(ended.facts.some((f) => f.type === "flowMoved"));
      assert.ok(t.state("i1").trail.length > 0);
    });
  });
}

test("what a restart took up is told once its channels know of it again, and one contact that cannot be taken up keeps no other from it", () => {
  const before = testCentre(CHAT, []);
  for (const id of ["i1", "i2"]) before.arrive(id);
  const stored: (() => void)[] = [];
  const mistakes: string[] = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => void mistakes.push(message) };
  const t = testCentre(CHAT, [], null, { log, slowly: (done) => void stored.push(done) });
  let told = 0;
  t.centre.recover([{ ...before.state("i1"), traits: null as never }, before.state("i2")], () => [], () => told++);
  assert.deepEqual([told, stored.length, t.channel.calls], [0, 1, []]);
  assert.deepEqual(mistakes, ["a contact could not be taken up"]);
  assert.equal(t.centre.interaction("i1"), null, "nobody looks at half of it");
  stored[0]!();
  assert.deepEqual([told, t.channel.calls[0]], [1, "open i2"]);
  t.centre.recover([], () => [], () => told++);
  assert.equal(told, 2);
});

test("a conversation whose agent is none any more after a restart goes to another", () => {
  const before = testCentre(CHAT, ["lea"]);
  before.arrive("i1");
  before.askForPerson("i1");
  before.accept("i1", "lea");
  const t = testCentre(CHAT, ["hugo"]);
  t.centre.recover([before.state("i1")], () => []);
  t.clock.advance(60_000);
  assert.equal(t.state("i1").offer?.agentId, "hugo");
});

test("an order that fails keeps the customer from none of the next, and nobody from being told", () => {
  const before = testCentre(CHAT, []);
  before.arrive("i1");
  const mistakes: string[] = [];
  const t = testCentre(CHAT, ["lea"], null, { log: { ...silentLog, error: (_fields, message) => void mistakes.push(message) } });
  t.channel.open = () => {
    throw new Error("ours");
  };
  let told = 0;
  t.centre.onChange(() => {
    throw new Error("ours, too");
  });
  const seen: string[] = [];
  t.centre.onChange(({ interaction }) => void seen.push(interaction.state));
  t.centre.recover([before.state("i1")], () => [], () => told++);
  assert.equal(told, 1, "the server that starts goes on");
  t.askForPerson("i1");
  assert.equal(t.state("i1").state, "offered");
  assert.equal(seen.at(-1), "offered");
  assert.ok(mistakes.includes("a turn failed: a mistake of ours") && mistakes.includes("a change of a contact was not followed: a mistake of ours"));
});

/** A centre whose writes are answered one by one, in the order in which they were asked for. */
function onPaper(agents: readonly string[]): { t: TestCentre; stored: ((error?: Error) => void)[]; states: string[] } {
  const stored: ((error?: Error) => void)[] = [];
  const states: string[] = [];
  const t = testCentre(CHAT, agents, null, { log: silentLog, slowly: (done) => void stored.push(done) });
  t.centre.onChange(({ interaction }) => void states.push(interaction.state));
  return { t, stored, states };
}
const REFUSED = new Error("the database is away");

test("what comes after facts that could not be stored is carried out for nobody, though it is stored; whoever waits hears that it was not", () => {
  const { t, stored, states } = onPaper(["lea"]);
  t.arrive("i1");
  stored.shift()!();
  const heard: string[] = [];
  t.centre.post("i1", { author: "customer", name: "", clientId: "c1", text: "bonjour" }, (message, error) => void heard.push(message ? "stored" : (error?.message ?? "")));
  t.centre.tell("i1", { type: "customerAway" }, (error) => void heard.push(error?.message ?? "stored"));
  t.arrive("i2");
  // told in the turn in which the first is refused, and on no way yet
  t.centre.tell("i2", { type: "customerAway" }, () => {
    t.centre.tell("i1", { type: "customerBack" }, (error) => void heard.push(error?.message ?? "stored"));
    stored[0]!(REFUSED);
  });
  stored.at(-1)!();
  assert.equal(t.centre.interaction("i1"), null);
  assert.deepEqual(states.at(-1), "closed", "screens show it no more");
  const calls = t.channel.calls.length;
  for (const done of stored.slice(1, -1)) done();
  assert.deepEqual(t.channel.calls.slice(calls).filter((call) => call.includes("i1")), []);
  assert.equal(heard.length, 3);
  assert.ok(!heard.includes("stored"), heard.join());
});

test("an agent who was found for a contact whose earlier facts could not be stored is free again", () => {
  const { t, stored } = onPaper([]);
  const settle = (): void => {
    while (stored.length > 0) stored.shift()!();
  };
  t.arrive("i1");
  settle();
  t.askForPerson("i1");
  settle();
  assert.equal(t.centre.interaction("i1")?.state, "queued");
  t.centre.post("i1", { author: "customer", name: "", clientId: "c2", text: "toujours là" }, () => {});
  t.centre.putAgent({ id: "lea", name: "lea", team: "t", skills: [], queueIds: [], capacity: { chat: 1 }, exclusive: [] }, "available");
  t.centre.desktopOpened("lea");
  assert.equal(t.centre.interaction("i1")?.offer?.agentId, "lea");
  const [message, found] = stored as [(error?: Error) => void, (error?: Error) => void];
  let shown: string | undefined;
  const { end } = t.channel;
  t.channel.end = (id, why) => {
    shown = t.centre.interaction(id)?.state;
    end.call(t.channel, id, why);
  };
  message(REFUSED);
  assert.equal(shown, "closed", "the page is told that it is over");
  assert.deepEqual([t.factsOf("i1").at(-1), t.state("i1").state], ["failed", "closed"], "and the history, if it can be");
  found();
  assert.deepEqual([t.centre.agent("lea")?.system, t.channel.calls.some((call) => call.startsWith("ring"))], ["idle", false]);
  assert.equal(t.channel.calls.at(-1), "end i1 failed");
});

test("who asks for a person and writes on while it is still found out who they are has asked", () => {
  const found: (() => void)[] = [];
  const t = testCentre(CHAT, ["lea"], null, { lookUp: (done) => void found.push(done) });
  t.arrive("i1");
  for (const text of ["un conseiller svp", "vous êtes là ?"]) t.centre.post("i1", { author: "customer", name: "Camille", clientId: text, text }, () => {});
  found[0]!();
  assert.equal(t.state("i1").state, "offered");
  t.arrive("i2");
  for (let n = 0; n < 30; n++) t.centre.post("i2", { author: "customer", name: "Camille", clientId: `${n}`, text: `${n}` }, () => {});
  t.centre.hear({ type: "customerLeft", id: "i2", why: "ended" });
  found[1]!();
  assert.equal(t.state("i2").state, "closed");
});

test("two things told late of one contact at once are both kept", () => {
  const reads: (() => void)[] = [];
  const t = testCentre(VOICE, [], null, { readBack: (read) => void reads.push(read) });
  t.arrive("i1");
  t.centre.hear({ type: "customerLeft", id: "i1", why: "hung-up" });
  assert.equal(t.centre.interaction("i1"), null);
  for (const n of [1, 2]) t.centre.hear({ type: "recordingReady", id: "i1", mixedPath: `${n}`, stereoPath: `${n}`, durationMs: n });
  t.centre.tellLate("i1", { type: "rated", score: 5, comment: "" });
  while (reads.length > 0) reads.shift()!();
  assert.deepEqual([t.state("i1").recordings.map(({ durationMs }) => durationMs), t.state("i1").rating?.score], [[1, 2], 5]);
});

for (const traits of [VOICE, CHAT]) {
  test(`HUB-03: a customer who comes by ${traits.medium} while another contact of theirs is open goes on with it: same agent first, nothing asked again`, () => {
    const t = testCentre(traits, ["lea", "hugo"], { customerId: "c1", name: "Camille", known: true, language: null, last: null });
    t.arrive("i1");
    if (!traits.written) t.centre.hear({ type: "input", id: "i1", input: { kind: "key", key: "2" } });
    t.askForPerson("i1");
    t.clock.advance(2_000); // where digits are keyed, a 0 asks for a person once no other follows
    const agentId = t.state("i1").offer!.agentId;
    t.accept("i1", agentId);
    t.channel.calls.length = 0;
    t.arrive("i2");
    const next = t.state("i2");
    assert.deepEqual(t.channel.calls.filter((call) => call.startsWith("say i2")).length, 1, "one sentence, no menu");
    assert.deepEqual([next.reason, next.trail, next.queue?.queueId], [t.state("i1").reason, t.state("i1").trail, "q_support"]);
    if (traits.written) assert.equal(next.offer?.agentId, agentId, "the same agent has room for it");
    else {
      assert.equal(next.state, "queued", "the same agent is in the first call: it waits for them");
      t.clock.advance(30_000);
      assert.notEqual(t.state("i2").offer?.agentId, agentId, "and not for ever");
      assert.equal(t.state("i2").state, "offered");
    }
  });
}

test("the same message sent twice is one message", () => {
  const t = testCentre(CHAT, ["lea"]);
  t.arrive("i1");
  const seen: (number | undefined)[] = [];
  for (let i = 0; i < 2; i++) t.centre.post("i1", { author: "customer", name: "C", clientId: "client-0001", text: "bonjour" }, (m) => seen.push(m?.seq));
  assert.equal(seen[0], seen[1]);
  assert.equal(t.factsOf("i1").filter((f) => f === "messageAdded").length, t.state("i1").messages);
});

test("a waiting caller is told position and estimate, first after a while, then at a pace; a reader is not spoken to", () => {
  for (const [traits, expected] of [[VOICE, 2], [CHAT, 0]] as const) {
    const t = testCentre(traits, []);
    t.arrive("i1");
    t.askForPerson("i1");
    const before = t.channel.calls.filter((call) => call === "say i1").length;
    t.clock.advance(14_000);
    assert.equal(t.channel.calls.filter((call) => call === "say i1").length, before, "not at once");
    t.clock.advance(60_000);
    assert.equal(t.channel.calls.filter((call) => call === "say i1").length, before + expected);
  }
  assert.equal(announcement("fr", 2, { leastMs: 180_000, mostMs: 180_000 }), "Vous êtes en position 2. Attente estimée : 3 minutes.");
  assert.equal(announcement("en", 1, null), "You are next in line. Thank you for waiting.");
});

test("hold and resume are one fact each, however often they are asked", async () => {
  const t = testCentre(VOICE, ["lea"]);
  t.arrive("i1");
  t.askForPerson("i1");
  t.accept("i1", "lea");
  await t.centre.commands.hold("lea", "i1", true);
  await t.centre.commands.hold("lea", "i1", true);
  assert.equal(t.centre.agent("lea")?.system, "hold");
  await t.centre.commands.hold("lea", "i1", false);
  assert.deepEqual(t.channel.calls.filter((c) => c.startsWith("hold") || c.startsWith("resume")), ["hold i1", "resume i1"]);
  assert.equal(t.centre.agent("lea")?.system, "on-contact");
});
