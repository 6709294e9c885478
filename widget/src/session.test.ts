/**
 * The whole promise over a hostile world: two tabs of one visitor, a server that restarts, a network that cuts at any byte
 * boundary, reloads at any instant. At the end every message is on the server exactly once, each tab's in order, and both tabs show the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Conversation, MessageView, WidgetClientFrame, WidgetServerFrame } from "@tandem/protocol";
import * as fc from "fast-check";
import { Session } from "./session.ts";
import { memoryStorage, Store } from "./store.ts";
import type { KeyValue } from "./store.ts";
import type { SocketLike } from "./link.ts";

interface Wire {
  socket: SocketLike;
  toServer: string[];
  toClient: string[];
  up: boolean;
  welcomed: boolean;
}

class World {
  now = 1_000_000;
  timers: { at: number; fire: () => void; dead: boolean }[] = [];
  wires: Wire[] = [];
  kv: KeyValue = memoryStorage();
  tabs: Session[] = [];
  ids = 0;
  tokens = 0;
  /** Durable on the server: survives its restarts. */
  messages: MessageView[] = [];
  conversation: Conversation | null = null;
  conversations = 0;
  refuseNext = 0;
  refused = new Set<string>();

  after = (ms: number, fire: () => void): (() => void) => {
    const timer = { at: this.now + ms, fire, dead: false };
    this.timers.push(timer);
    return () => {
      timer.dead = true;
    };
  };

  openTab(index: number): void {
    const session = new Session(
      {
        now: () => this.now,
        after: this.after,
        random: () => 0.5,
        openSocket: () => this.#openSocket(),
        // Falling, so that an order taken from the ids would be wrong.
        newClientId: () => `client-${1_000_000 - this.ids++}`,
        page: () => ({ url: "http://shop/", title: "Shop", referrer: "", about: {} }),
        language: () => "fr",
      },
      new Store(this.kv, "test"),
    );
    session.setOpen(true);
    this.tabs[index] = session;
  }

  reload(index: number): void {
    this.tabs[index]!.dispose();
    this.openTab(index);
  }

  #openSocket(): SocketLike {
    const wire: Wire = { socket: { send: (d) => void wire.toServer.push(d), close: () => void (wire.up = false), opened: null, heard: null, closed: null }, toServer: [], toClient: [], up: true, welcomed: false };
    this.wires.push(wire);
    this.after(5, () => wire.up && wire.socket.opened?.());
    return wire.socket;
  }

  /** Everything in flight is lost, both ways. */
  cut(): void {
    for (const wire of this.wires) {
      wire.toServer = [];
      wire.toClient = [];
      if (wire.up) {
        wire.up = false;
        wire.socket.closed?.();
      }
    }
    this.wires = [];
  }

  /** One frame moves, on a wire chosen by `pick`. */
  move(pick: number): boolean {
    const busy = this.wires.filter((w) => w.up && w.toServer.length + w.toClient.length > 0);
    const wire = busy[pick % busy.length];
    if (wire === undefined) return false;
    const up = wire.toServer.length > 0 && (wire.toClient.length === 0 || pick % 2 === 0);
    if (up) this.#serve(wire, JSON.parse(wire.toServer.shift()!) as WidgetClientFrame);
    else wire.socket.heard?.(wire.toClient.shift()!);
    return true;
  }

  tick(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      this.timers = this.timers.filter((t) => !t.dead);
      const next = this.timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      next.dead = true;
      this.now = next.at;
      next.fire();
    }
    this.now = until;
  }

  settle(): void {
    // 60 s cover the longest back-off, an echo said again and a few passing refusals; then as long as refusals last.
    for (let round = 0; round < 120 || (round < 2_000 && this.refuseNext > 0 && this.tabs.some((t) => t.view.talk.outbox.some((o) => o.refused === null))); round++) {
      while (this.move(0));
      for (const tab of this.tabs) tab.storageChanged();
      this.tick(500);
    }
    while (this.move(0));
  }

  agentSays(text: string): void {
    if (this.conversation !== null && this.conversation.state !== "closed") this.#commit("agent", text, null);
  }

  agentEnds(): void {
    if (this.conversation === null) return;
    this.conversation = { ...this.conversation, state: "closed" };
    this.#tell({ t: "conversation", value: this.conversation });
  }

  #serve(wire: Wire, frame: WidgetClientFrame): void {
    if (frame.t === "hello") {
      const same = frame.interactionId === this.conversation?.interactionId;
      wire.welcomed = true;
      const frameOut: WidgetServerFrame = {
        t: "welcome", token: frame.token ?? `token-${this.tokens++}`, visitorName: "", centreName: "Test", conversation: this.conversation, agentsOnline: true, callOffered: true, nowMs: this.now,
        messages: this.messages.filter((m) => m.interactionId === this.conversation?.interactionId && (!same || m.seq > frame.after)),
      };
      wire.toClient.push(JSON.stringify(frameOut));
    } else if (frame.t === "ping") wire.toClient.push('{"t":"pong"}');
    else if (frame.t === "message") {
      const known = this.messages.find((m) => m.clientId === frame.clientId);
      if (known !== undefined) wire.toClient.push(JSON.stringify({ t: "message", value: known }));
      else if (this.refuseNext > 0) {
        this.refuseNext--;
        wire.toClient.push(JSON.stringify({ t: "refused", clientId: frame.clientId, code: "busy", why: "later" }));
      } else this.#commit("customer", frame.text, frame.clientId);
    }
  }

  #commit(author: "customer" | "agent", text: string, clientId: string | null): void {
    if (this.conversation === null || this.conversation.state === "closed") {
      this.conversation = { interactionId: `int-${this.conversations++}`, state: "queued", agent: null, position: null, readByAgent: 0, rated: false };
      this.#tell({ t: "conversation", value: this.conversation });
    }
    const { interactionId } = this.conversation;
    const seq = this.messages.filter((m) => m.interactionId === interactionId).length + 1;
    const value: MessageView = { id: `m-${this.messages.length}`, interactionId, seq, author, authorName: author, text, atMs: this.now, clientId };
    this.messages.push(value);
    this.#tell({ t: "message", value });
  }

  #tell(frame: WidgetServerFrame): void {
    for (const wire of this.wires) if (wire.up && wire.welcomed) wire.toClient.push(JSON.stringify(frame));
  }
}

const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("send" as const), tab: fc.nat(1) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("move" as const), pick: fc.nat(7) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("tick" as const), ms: fc.integer({ min: 1, max: 12_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reload" as const), tab: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("agent" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refuse" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("storage" as const), tab: fc.nat(1) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function run(acts: readonly Act[], tabs: number): { world: World; sent: string[][] } {
  const world = new World();
  for (let i = 0; i < tabs; i++) world.openTab(i);
  const sent: string[][] = world.tabs.map(() => []);
  let n = 0;
  for (const a of acts) {
    const tab = "tab" in a ? a.tab % tabs : 0;
    if (a.do === "send") {
      const text = `text ${n++}`;
      sent[tab]!.push(text);
      world.tabs[tab]!.send(text);
      const { messages, outbox } = world.tabs[tab]!.view.talk;
      assert.ok([...messages, ...outbox].some((m) => m.text === text), "shown at once");
    } else if (a.do === "move") world.move(a.pick);
    else if (a.do === "tick") world.tick(a.ms);
    else if (a.do === "cut") world.cut();
    else if (a.do === "reload") world.reload(tab);
    else if (a.do === "agent") world.agentSays(`agent ${n++}`);
    else if (a.do === "refuse") world.refuseNext++;
    else world.tabs[tab]!.storageChanged();
  }
  world.settle();
  return { world, sent };
}

for (const tabs of [1, 2]) {
  test(`any order of cuts, reloads, refusals and echoes: each message once, in order (${tabs} tab)`, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80, size: "max" }), (acts) => {
        const { world, sent } = run(acts, tabs);
        const stored = world.messages.filter((m) => m.author === "customer").map((m) => m.text);
        assert.equal(new Set(stored).size, stored.length, "nothing twice");
        assert.deepEqual([...stored].sort(), sent.flat().sort(), "nothing lost");
        for (const own of sent) assert.deepEqual(stored.filter((t) => own.includes(t)), own, "order kept");
        for (const tab of world.tabs) {
          assert.equal(tab.view.link, "up");
          assert.deepEqual(tab.view.talk.outbox, []);
          assert.deepEqual(tab.view.talk.messages.map((m) => m.id), world.messages.map((m) => m.id), "shown as stored");
        }
      }),
      { numRuns: 400 },
    );
  });
}

test("a frame lost on a connection that goes on: the hole is seen and filled", () => {
  const world = new World();
  world.openTab(0);
  const tab = world.tabs[0]!;
  tab.send("hi");
  world.settle();
  world.agentSays("lost");
  for (const wire of world.wires) wire.toClient = [];
  world.agentSays("heard");
  while (world.move(0));
  assert.deepEqual(tab.view.talk.messages.map((m) => m.text), ["hi"], "nothing is shown out of order");
  world.tick(1_000);
  while (world.move(0));
  assert.deepEqual(tab.view.talk.messages.map((m) => m.text), ["hi", "lost", "heard"]);
});

test("a message written while the conversation was closed elsewhere opens the next one", () => {
  const world = new World();
  world.openTab(0);
  const tab = world.tabs[0]!;
  tab.send("first");
  world.settle();
  world.cut();
  world.agentEnds();
  tab.send("second");
  world.settle();
  assert.deepEqual(world.messages.map((m) => [m.interactionId, m.text]), [["int-0", "first"], ["int-1", "second"]]);
  assert.deepEqual(tab.view.talk.messages.map((m) => m.text), ["second"]);
});

test("a conversation put away does not come back with the next welcome", () => {
  const world = new World();
  world.openTab(0);
  world.tabs[0]!.send("first");
  world.settle();
  world.agentEnds();
  world.settle();
  assert.equal(world.tabs[0]!.view.talk.conversation?.state, "closed");
  world.tabs[0]!.leave();
  world.reload(0);
  world.settle();
  assert.equal(world.tabs[0]!.view.talk.interactionId, null);
});

test("no connection while nothing is open, and none after the end once the panel is closed", () => {
  const world = new World();
  world.openTab(0);
  const tab = world.tabs[0]!;
  tab.setOpen(false);
  assert.equal(tab.view.link, "off");
  tab.setOpen(true);
  tab.send("hello");
  world.settle();
  tab.setOpen(false);
  assert.equal(tab.view.link, "up", "a kept conversation keeps its connection");
  world.agentEnds();
  world.settle();
  assert.equal(tab.view.link, "off");
});

test("a lasting refusal is shown, does not block the next message, and can be tried again", () => {
  const world = new World();
  world.openTab(0);
  const tab = world.tabs[0]!;
  world.settle();
  tab.send("bad");
  const wire = world.wires.at(-1)!;
  wire.toServer = [];
  const { clientId } = tab.view.talk.outbox[0]!;
  wire.socket.heard?.(JSON.stringify({ t: "refused", clientId, code: "bad-input", why: "no" }));
  tab.send("good");
  world.settle();
  assert.deepEqual(world.messages.map((m) => m.text), ["good"]);
  assert.equal(tab.view.talk.outbox[0]!.refused, "bad-input");
  world.reload(0);
  assert.equal(world.tabs[0]!.view.talk.outbox[0]!.refused, "bad-input", "kept over a reload");
  world.tabs[0]!.retry(clientId);
  world.settle();
  assert.deepEqual(world.messages.map((m) => m.text), ["good", "bad"]);
});

test("one browser is one visitor, even when two tabs are welcomed at once", () => {
  const world = new World();
  world.openTab(0);
  world.openTab(1);
  world.settle();
  world.tabs[0]!.send("a");
  world.settle();
  const token = new Store(world.kv, "test").token;
  for (const wire of world.wires.filter((w) => w.up)) assert.ok(wire.welcomed);
  assert.equal(world.tokens, 2, "both were given one");
  world.reload(0);
  world.reload(1);
  world.settle();
  assert.equal(new Store(world.kv, "test").token, token);
  assert.equal(world.tokens, 2);
});

test("typing is told at most every three seconds; the agent's dots stop by themselves", () => {
  const world = new World();
  world.openTab(0);
  const tab = world.tabs[0]!;
  tab.send("hi");
  world.settle();
  const wire = world.wires.findLast((w) => w.up)!;
  for (let i = 0; i < 10; i++) {
    tab.typing();
    world.tick(600);
  }
  assert.equal(wire.toServer.filter((f) => f.includes('"typing"')).length, 2);
  wire.socket.heard?.(JSON.stringify({ t: "typing", untilMs: world.now + 4_000 }));
  assert.equal(tab.view.agentTyping, true);
  world.tick(4_001);
  assert.equal(tab.view.agentTyping, false);
});

test("garbage from the network changes nothing", () => {
  const world = new World();
  world.openTab(0);
  const tab = world.tabs[0]!;
  tab.send("hi");
  world.settle();
  const before = tab.view.talk;
  const warn = console.warn;
  console.warn = () => undefined;
  try {
    const wire = world.wires.findLast((w) => w.up)!;
    for (const data of ["", "{", "null", "[]", '{"t":"welcome"}', '{"t":"message","value":{"seq":"x"}}', '{"t":"nope"}', 7, "x".repeat(5_000_000)]) wire.socket.heard?.(data);
  } finally {
    console.warn = warn;
  }
  assert.equal(tab.view.talk, before);
  assert.equal(tab.view.link, "up");
});
