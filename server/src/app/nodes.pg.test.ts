import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase } from "../db/test-database.ts";
import type { SipBinding, SipDialogSketch, SipReason } from "../sip/sip.ts";
import { History } from "../exchange/history.ts";
import { createNodes, NODE_LOST, type Nodes } from "./nodes.ts";
import { openRegistrations, sharedSecrets } from "./registrations.ts";

const { db, drop } = await testDatabase();
after(drop);

const sketch = (callId: string): SipDialogSketch => ({ key: `${callId}|l`, callId, localTag: "l", remoteTag: "r", local: "<sip:a@x>", remote: "<sip:b@x>", localSeq: 1, routes: [], target: "sip:b@192.0.2.9", peer: null });

const lea = { number: "201", name: "Léa", anonymous: false, extensionId: "ext_lea", userId: null, trunkId: null, language: "fr" } as const;

interface Bench {
  nodes: Nodes;
  history: History;
  clock: VirtualClock;
  dialogs: SipDialogSketch[];
  told: string[];
  /** What fails. */
  broken: ("lead" | "reload")[];
  /** Taking up the centre takes until this is over. */
  leading: Promise<void> | null;
  ended: { key: string; causes: readonly SipReason[] }[];
  /** Everything that it asked of the database has been answered. */
  quiet(): Promise<void>;
}

function bench(name: string, seed: number): Bench {
  const clock = new VirtualClock(1_800_000_000_000);
  const made: Omit<Bench, "nodes" | "history" | "quiet"> = { clock, dialogs: [], told: [], broken: [], leading: null, ended: [] };
  const run = `${name}-${seed}`;
  const open = new Set<Promise<unknown>>();
  const counted = <T>(answer: Promise<T>): Promise<T> => {
    open.add(answer);
    return answer.finally(() => open.delete(answer));
  };
  const own: typeof db = { ...db, query: (sql, params) => counted(db.query(sql, params)), transaction: (work) => counted(db.transaction(work)) };
  const history = new History({ db: own, clock, chance: seededChance(seed), log: silentLog, run, customerOf: () => Promise.resolve(null) });
  const nodes = createNodes({
    db: own, clock, log: silentLog, run, name,
    dialogs: () => made.dialogs,
    endCalls: (dead, tx) => history.endCallsOf(dead, tx),
    endDialog: (one, causes) => void made.ended.push({ key: one.key, causes }),
    async reload() {
      if (made.broken.includes("reload")) throw new Error("no");
      made.told.push("reload");
    },
    async lead() {
      if (made.broken.includes("lead")) throw new Error("no");
      await made.leading;
      made.told.push("lead");
    },
    fenced: () => void made.told.push("fenced"),
  });
  return Object.assign(made, {
    nodes, history,
    async quiet() {
      do await new Promise((done) => setImmediate(done));
      while (open.size > 0);
    },
  });
}

/** Time goes on for one of them, a look at a time, until something is so. */
async function live(one: Bench, what: string, found: () => Promise<boolean>, seconds = 30): Promise<void> {
  for (let step = 0; !(await found()); step++) {
    assert.ok(step < seconds * 2, what);
    one.clock.advance(500);
    await one.quiet();
  }
}

const count = async (sql: string): Promise<number> => (await db.query(sql)).length;

test("two nodes: the first leads; when it stands still the other ends its dialogs with the reason, its calls in the history, leads, and the first one is fenced", async () => {
  const a = bench("a", 1);
  const b = bench("b", 2);
  a.dialogs.push(sketch("one"), sketch("two"));
  await a.nodes.start();
  await b.nodes.start();
  assert.deepEqual([a.nodes.leads(), b.nodes.leads(), a.told, b.told], [true, false, ["lead"], []]);
  await live(a, "sketches are written", async () => (await count("SELECT FROM sip_dialog")) === 2);
  // a dialog that ends: nothing of it is left to others
  a.dialogs.pop();
  await live(a, "what is over is taken out", async () => (await count("SELECT FROM sip_dialog")) === 1);
  a.nodes.settingsChanged();
  await live(a, "a tells of settings", async () => (await count("SELECT FROM sip_node WHERE name = 'a' AND wrote = 1")) === 1);
  // it dies before anything of its last call but the line of the history was written
  const call = a.history.open(lea, { number: "202", name: "" }, null);
  const over = a.history.open(lea, { number: "203", name: "" }, null);
  a.history.close(over, "missed");
  const others = b.history.open(lea, { number: "204", name: "" }, null);
  await Promise.all([a.history.settled(), b.history.settled()]);
  const beganMs = b.clock.now();
  await live(b, "b ends what a left", async () => b.ended.length > 0);
  const endedAtMs = b.clock.now();
  assert.ok(b.clock.now() - beganMs >= 5_000, "not before its time");
  assert.deepEqual(b.ended, [{ key: "one|l", causes: NODE_LOST }]);
  const endOf = async ({ id }: { id: string }): Promise<unknown[]> => (await db.query<{ result: string; ended_at: Date | null }>("SELECT result, ended_at FROM call_record WHERE id = $1", [id])).flatMap(({ result, ended_at }) => [result, ended_at?.getTime() ?? null]);
  assert.deepEqual([await endOf(call), await endOf(over), await endOf(others)], [["cut", endedAtMs], ["missed", a.clock.now()], ["live", null]]);
  await live(b, "b leads", async () => b.nodes.leads());
  assert.ok(b.told.includes("lead"));
  // the goodbye's last word takes the sketch out
  assert.equal(await count("SELECT FROM sip_dialog"), 1);
  b.nodes.hear({ type: "dialogEnded", key: "one|l", status: 200 });
  await live(b, "the sketch is gone", async () => (await count("SELECT FROM sip_dialog")) === 0);
  await live(a, "a wakes up and hears that it is dead", async () => a.told.includes("fenced"));
  assert.equal(b.ended.length, 1);
  await b.nodes.stop();
  assert.equal(await count("SELECT FROM sip_node"), 0);
});

test("one that dies over another's goodbyes leaves them to the next; a new run of the same name takes what the old one left at once", async () => {
  const c = bench("c", 3);
  c.dialogs.push(sketch("three"));
  await c.nodes.start();
  await live(c, "written", async () => (await count("SELECT FROM sip_dialog")) === 1);
  const again = bench("c", 4);
  await again.nodes.start(); // no five seconds: it knows that it was itself
  assert.deepEqual(again.ended.map(({ key }) => key), ["three|l"]);
  assert.equal(again.nodes.leads(), true);
  const d = bench("d", 5);
  await d.nodes.start();
  await live(d, "d says it again", async () => d.ended.length > 0);
  assert.deepEqual(d.ended.map(({ key }) => key), ["three|l"]);
  // nobody has answered them: who leaves now leaves the row by which the next one finds them
  await d.nodes.stop();
  assert.equal(await count("SELECT FROM sip_node WHERE name = 'd'"), 1);
  const last = bench("d", 8);
  await last.nodes.start();
  assert.deepEqual(last.ended.map(({ key }) => key), ["three|l"]);
  last.nodes.hear({ type: "dialogEnded", key: "three|l", status: 481 });
  await last.nodes.stop();
  assert.equal(await count("SELECT FROM sip_node"), 0);
});

test("settings that another node stored are read again; its own are not", async () => {
  const e = bench("e", 6);
  const f = bench("f", 7);
  await e.nodes.start();
  await f.nodes.start();
  assert.equal(e.nodes.leads(), true);
  await live(f, "f has seen e", async () => (await count("SELECT FROM sip_node WHERE name = 'f' AND beat >= 3")) === 1);
  e.nodes.settingsChanged();
  await live(e, "told", async () => (await count("SELECT FROM sip_node WHERE name = 'e' AND wrote = 1")) === 1);
  f.broken.push("reload");
  await live(f, "tried", async () => (await count("SELECT FROM sip_node WHERE name = 'f' AND beat >= 6")) === 1);
  assert.equal(f.told.includes("reload"), false);
  f.broken.pop();
  await live(f, "read when it could be", async () => f.told.includes("reload"), 4);
  assert.equal(e.told.includes("reload"), false);
  // the centre falls to f, which cannot take it up: it ends, and does not sit on the lease
  f.broken.push("lead");
  await e.nodes.stop();
  await live(f, "fenced", async () => f.told.includes("fenced"));
  await f.nodes.stop();
});

test("a node that takes long to take up the centre shows its life meanwhile, at its start and later: nobody holds it for dead", async () => {
  for (const when of ["at its start", "later"]) {
    const g = bench("g", 20);
    const h = bench("h", 21);
    const slow = when === "later" ? h : g;
    const other = when === "later" ? bench("i", 22) : h;
    let ready = (): void => undefined;
    slow.leading = new Promise((done) => (ready = done));
    const starting = g.nodes.start();
    if (slow === h) {
      await starting;
      await h.nodes.start();
      await g.nodes.stop();
      h.clock.advance(1_000);
    }
    await slow.quiet();
    await other.nodes.start();
    const beats = async (): Promise<number> => (await db.query<{ beat: number }>("SELECT beat FROM sip_node WHERE name = $1", [slow === h ? "h" : "g"]))[0]?.beat ?? -1;
    const before = await beats();
    // ten seconds for both
    for (let step = 0; step < 20; step++) for (const one of [slow, other]) {
      one.clock.advance(500);
      await one.quiet();
    }
    assert.ok((await beats()) >= before + 8, `${when}: ${before}, then ${await beats()}`);
    assert.deepEqual([slow.told, other.told, other.nodes.leads()], [[], [], false], when);
    assert.deepEqual([slow.nodes.leads(), slow.nodes.serves()], [true, false], "pages that came in now would see empty conversations");
    ready();
    await starting;
    await live(slow, "it leads, and lets people in", async () => slow.told.includes("lead") && slow.nodes.serves());
    await slow.nodes.stop();
    await other.nodes.stop();
  }
});

const binding = (account: string, more: Partial<SipBinding> = {}): SipBinding => ({
  account, key: "k", contact: "sip:a@10.0.0.9", transport: "udp", remoteAddress: "203.0.113.1", remotePort: 5060, expiresAtMs: 4_000_000_000_000, callId: "c", cseq: 1,
  userAgent: "", q: 1, path: ["<sip:203.0.113.1;lr>"], instance: "", regId: "", gruu: "", ...more,
});

test("registrations: each node reads what the other wrote, once and in order, never its own; an older word never overwrites a newer one; one secret for all", async () => {
  let written = 0;
  const open = (node: string, seed: number): ReturnType<typeof openRegistrations> => openRegistrations({ db, clock: new VirtualClock(0), chance: seededChance(seed), log: silentLog, node, written: () => void written++ });
  /** Hears and writes at once. */
  const tell = async (node: string, one: SipBinding, gone = false): Promise<void> => {
    const short = await open(node, 9);
    short.hear({ type: "bindingChanged", binding: one, gone });
    await short.stop();
  };
  const a = await open("a", 1);
  const b = await open("b", 2);
  await tell("a", binding("p1"));
  await tell("a", binding("p2"));
  assert.deepEqual((await b.news()).map((one) => one.binding.account), ["p1", "p2"]);
  assert.deepEqual(await b.news(), []);
  assert.deepEqual(await a.news(), []);
  assert.equal(written, 2);
  await tell("b", binding("p1", { cseq: 5 }));
  await tell("a", binding("p1", { cseq: 4 }));
  await tell("a", binding("p1", { cseq: 4 }), true);
  assert.deepEqual(await a.news(), [{ binding: binding("p1", { cseq: 5 }), gone: false }]);
  await tell("a", binding("p2"), true);
  assert.deepEqual(await b.news(), [{ binding: binding("p2"), gone: true }]);
  assert.deepEqual((await b.kept()).map(({ account }) => account), ["p1"]);
  assert.deepEqual(await a.kept(), []);
  // the phone comes back by the other node, started anew
  await tell("b", binding("p2", { callId: "new" }));
  assert.deepEqual(await a.news(), [{ binding: binding("p2", { callId: "new" }), gone: false }]);
  assert.deepEqual(await sharedSecrets(db, seededChance(1)), await sharedSecrets(db, seededChance(2)));
});
