/** The two streams of the whole server on a real PostgreSQL: what desktops are shown, and what visitors said. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { InteractionView, ServerFrame, Snapshot, StreamEvent } from "@tandem/protocol";
import { seededChance } from "../base/chance.ts";
import { Desktop, Page, until, type Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

let at: TestSite;
let lea: Person;
let agents: Person[];

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
  agents = [];
  for (const login of ["one", "two", "three"]) {
    const made = await lea.call("POST", "/api/admin/users", { login, name: login, team: "Test", roles: ["agent"], language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true });
    agents.push(await at.site.signIn(login, made.body["password"] as string));
  }
});

after(async () => at?.stop());

interface Shown {
  agents: Map<string, unknown>;
  queues: Map<string, unknown>;
  interactions: Map<string, InteractionView>;
  dispositions: unknown;
}

function fromSnapshot({ agents, queues, interactions, dispositions }: Snapshot): Shown {
  const byId = <V extends { id: string }>(list: readonly V[]): Map<string, V> => new Map(list.map((v) => [v.id, v]));
  return { agents: byId(agents), queues: byId(queues), interactions: byId(interactions), dispositions };
}

function applied(shown: Shown, event: StreamEvent): void {
  switch (event.kind) {
    case "interaction": return void shown.interactions.set(event.value.id, event.value);
    case "interactionGone": return void shown.interactions.delete(event.id);
    case "agent": return void shown.agents.set(event.value.id, event.value);
    case "agentGone": return void shown.agents.delete(event.id);
    case "queue": return void shown.queues.set(event.value.id, event.value);
    case "queueGone": return void shown.queues.delete(event.id);
    case "dispositions": return void (shown.dispositions = event.value);
    case "message": return;
  }
}

/** Comparable: by id, and without the estimate, which is a function of the moment it is asked. */
function plain(shown: Shown): object {
  const sorted = (map: Map<string, unknown>): unknown[] => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, v]) => v);
  const interactions = sorted(new Map([...shown.interactions].map(([id, it]) => [id, { ...it, position: it.position && { position: it.position.position, of: it.position.of } }])));
  return { agents: sorted(shown.agents), queues: sorted(shown.queues), interactions, dispositions: shown.dispositions };
}

const lastSeq = (frames: readonly ServerFrame[]): number => Math.max(0, ...frames.map((f) => ("seq" in f ? f.seq : 0)));

/** A seeded stretch of a centre's life by its public ways: visitors, agents, supervisors, administrators. */
async function activity(seed: number, steps: number, shown: () => Iterable<InteractionView>): Promise<void> {
  const chance = seededChance(seed);
  const pick = <V>(list: readonly V[]): V | undefined => list[Math.floor(chance.next() * list.length)];
  const pages: Page[] = [];
  let n = 0;
  const anyOf = (...states: string[]): InteractionView | undefined => pick([...shown()].filter((it) => states.includes(it.state)));
  const ownerOf = (it: InteractionView): Person | undefined => agents.find((a) => a.id === (it.offer?.agentId ?? it.agentId));
  const acts: (() => Promise<unknown>)[] = [
    async () => {
      const page = new Page(at.site);
      await page.welcome();
      await page.say(`seed${seed}-${++n}-new`, "un conseiller svp");
      pages.push(page);
    },
    async () => {
      const page = pick(pages);
      if (page && !page.closed) await page.say(`seed${seed}-${++n}-more`, `question ${n}`);
    },
    async () => pick(pages)?.send({ t: "end" }),
    async () => pick(pages)?.send({ t: "read", upTo: Math.floor(chance.next() * 12) }),
    async () => pick(agents)?.call("PUT", "/api/me/wish", { wish: chance.next() < 0.7 ? "available" : "break" }),
    async () => pick(agents)?.call("POST", "/api/me/back"),
    ...["accept", "accept", "accept", "decline", "end"].map((verb) => async () => {
      const it = anyOf(verb === "end" ? "connected" : "offered");
      return it && ownerOf(it)?.call("POST", `/api/interactions/${it.id}/${verb}`);
    }),
    async () => {
      const it = anyOf("connected");
      return it && ownerOf(it)?.call("POST", `/api/interactions/${it.id}/messages`, { clientId: `agent-${seed}-${++n}`, text: `réponse ${n}` });
    },
    async () => {
      const it = anyOf("connected");
      return it && ownerOf(it)?.call("POST", `/api/interactions/${it.id}/transfer`, { to: { kind: "queue", queueId: chance.next() < 0.5 ? "q_sales" : "q_support" }, note: "suite" });
    },
    async () => {
      const it = anyOf("wrapping");
      return it && ownerOf(it)?.call("POST", `/api/interactions/${it.id}/wrap`, { disposition: null, notes: "vu" });
    },
    async () => {
      const it = anyOf("queued", "offered", "connected");
      return chance.next() < 0.3 && it && lea.call("POST", `/api/interactions/${it.id}/end`);
    },
    async () => chance.next() < 0.3 && lea.call("POST", "/api/admin/dispositions", { label: { fr: `Motif ${n}`, en: `Reason ${n}` } }),
    async () => {
      const queues = (await lea.call("GET", "/api/admin/queues")).body as unknown as ({ id: string; name: string } & Record<string, unknown>)[];
      const { id, ...body } = queues.find((q) => q.id === "q_sales")!;
      return chance.next() < 0.3 && lea.call("PUT", `/api/admin/queues/${id}`, { ...body, name: `Sales ${++n}` });
    },
  ];
  for (let i = 0; i < steps; i++) await pick(acts)!();
  for (const page of pages) await page.close();
}

test("any old snapshot and the events since are the new snapshot; a desktop that was away gets exactly what it missed", async () => {
  const desks = await Promise.all(agents.map((a) => new Desktop(at.site, a.cookie).ready()));
  const floor = await new Desktop(at.site, lea.cookie).ready();
  const live = (): Shown => {
    const shown = fromSnapshot(floor.snapshot!);
    for (const event of floor.events) applied(shown, event);
    return shown;
  };
  for (const a of agents) await a.call("PUT", "/api/me/wish", { wish: "available" });
  for (const seed of [1, 2, 3]) {
    await activity(seed, 60, () => live().interactions.values());
    // The second agent's line breaks and comes back after more has happened.
    const broken = desks[1]!;
    const from = { epoch: broken.snapshot!.epoch, seq: lastSeq(broken.frames) };
    const witness = await new Desktop(at.site, agents[1]!.cookie, from).ready();
    await activity(seed + 100, 40, () => live().interactions.values());
    // What is told together depends on the machine's pace: more happens until enough was told.
    const told = (): number => witness.events.filter((e) => e.seq > from.seq).length;
    for (let more = 0; told() <= 10 && more < 50; more++) await activity(seed + 200 + more, 10, () => live().interactions.values());
    const late = await new Desktop(at.site, agents[1]!.cookie, from).ready();
    assert.equal(late.snapshot, undefined, "no snapshot is needed");
    const upTo = lastSeq(late.frames);
    await until("the witness has heard as much", () => lastSeq(witness.frames) >= Math.max(0, ...late.events.map((e) => e.seq)));
    const missed = (d: Desktop): StreamEvent[] => d.events.filter((e) => e.seq > from.seq && e.seq <= upTo);
    assert.deepEqual(missed(late), missed(witness), `seed ${seed}`);
    assert.ok(missed(late).length > 10, "something was missed");
    await witness.close();
    await late.close();

    for (const [who, desktop] of [[lea, floor], ...agents.map((a, i) => [a, desks[i]!] as const)] as const) {
      await until(`seed ${seed}: the old snapshot and its events become the new one`, async () => {
        const fresh = await new Desktop(at.site, who.cookie).ready();
        await fresh.close();
        const old = fromSnapshot(desktop.snapshot!);
        for (const event of desktop.events) applied(old, event);
        try {
          assert.deepEqual(plain(old), plain(fromSnapshot(fresh.snapshot!)));
          return true;
        } catch (error) {
          lastDifference = error as Error;
          return false;
        }
      }).catch((error: Error) => assert.fail(`${error.message}\n${lastDifference?.message}`));
    }
    const seqs = floor.events.map((e) => e.seq);
    assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b), "numbers only grow");
  }
  const seen = new Set(desks.flatMap((d) => d.events.flatMap((e) => (e.kind === "interaction" ? [e.value] : []))).map((it) => it.offer?.agentId ?? it.agentId));
  for (const id of seen) assert.ok(id === null || agents.some((a) => a.id === id) || id === lea.id);
  for (const [i, desk] of desks.entries()) {
    const others = desk.events.filter((e) => e.kind === "message" && !desk.events.some((x) => x.kind === "interaction" && x.value.id === e.value.interactionId));
    assert.deepEqual(others, [], `agent ${i} read nobody else's messages`);
  }
  for (const desktop of [floor, ...desks]) await desktop.close();
});

let lastDifference: Error | null = null;

test("bad frames, no hello, another epoch", async () => {
  const bad = await new Desktop(at.site, lea.cookie).ready();
  bad.send("not json");
  await until("closed", () => bad.closed);
  assert.equal(bad.closed!.code, 1008);
  const flood = await new Desktop(at.site, lea.cookie).ready();
  for (let i = 0; i < 400; i++) flood.send({ t: "ping" });
  await until("closed", () => flood.closed);
  assert.equal(flood.closed!.code, 1008);
  const old = await new Desktop(at.site, lea.cookie, { epoch: "another", seq: 3 }).ready();
  assert.ok(old.snapshot);
  await old.close();
});

test("waiting visitors see their place move up when another leaves", async () => {
  for (const a of agents) await a.call("PUT", "/api/me/wish", { wish: "break" });
  const pages = [new Page(at.site), new Page(at.site), new Page(at.site)];
  for (const [i, page] of pages.entries()) {
    await page.welcome();
    await page.say(`place-000${i}`, "un conseiller svp");
    await until("a place", () => page.conversation?.position?.position === i + 1);
  }
  pages[0]!.send({ t: "end" });
  await until("second is first", () => pages[1]!.conversation?.position?.position === 1);
  await until("third is second", () => pages[2]!.conversation?.position?.position === 2);
  for (const page of pages) page.send({ t: "end" });
  await until("all ended", () => pages.every((p) => p.conversation?.state === "closed"));
  for (const page of pages) await page.close();
});

test("a message sent twice is one; sent again after its conversation closed, it is not said in a new one", async () => {
  const page = new Page(at.site);
  await page.welcome();
  const first = await page.say("twice-0001", "bonjour");
  page.send({ t: "message", clientId: "twice-0001", text: "bonjour" });
  await until("its echo again", () => page.messages.filter((m) => m.clientId === "twice-0001").length >= 2);
  assert.deepEqual(new Set(page.messages.filter((m) => m.clientId === "twice-0001").map((m) => m.seq)).size, 1);
  page.send({ t: "end" });
  await until("the end", () => page.conversation?.state === "closed");
  const heard = page.messages.length;
  page.send({ t: "message", clientId: "twice-0001", text: "bonjour" });
  await until("its echo once more", () => page.messages.length > heard);
  assert.equal(page.messages.at(-1)!.interactionId, first.interactionId);
  const next = await page.say("twice-0002", "encore moi");
  assert.notEqual(next.interactionId, first.interactionId);
  page.send({ t: "end" });
  await page.close();
});

test("frames that come before the welcome are kept in order; a page without hello is shown the door", async () => {
  const page = new Page(at.site, {}, [1, 2, 3].map((i) => ({ t: "message", clientId: `early-000${i}`, text: `tôt ${i}` }) as const));
  await until("all three", () => [1, 2, 3].every((i) => page.messages.some((m) => m.clientId === `early-000${i}`)));
  const seqs = [1, 2, 3].map((i) => page.messages.find((m) => m.clientId === `early-000${i}`)!.seq);
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  page.send({ t: "end" });
  await page.close();
});

test("only its own visitor sees a conversation, and rates it once, when it has ended", async () => {
  const page = new Page(at.site);
  const { token } = await page.welcome();
  const { interactionId } = await page.say("mine-0001", "secret");
  const stranger = new Page(at.site, { interactionId, after: 0 });
  const shown = await stranger.welcome();
  assert.deepEqual([shown.conversation, shown.messages], [null, []]);
  const rate = (by: string, score: number): Promise<{ status: number; body: { code?: string } }> => at.site.anonymous("POST", "/api/widget/rate", { token: by, interactionId, score, comment: "" });
  assert.deepEqual((await rate(shown.token, 1)).body.code, "not-found");
  assert.deepEqual((await rate(token, 5)).body.code, "too-early");
  page.send({ t: "end" });
  await until("the end", () => page.conversation?.state === "closed");
  assert.equal((await rate(token, 5)).status, 204);
  assert.equal((await rate(token, 5)).status, 204, "the same again: its answer was lost");
  assert.deepEqual((await rate(token, 1)).body.code, "too-late");
  const again = new Page(at.site, { token, interactionId, after: 0 });
  const seen = await again.welcome();
  assert.deepEqual([seen.conversation?.state, seen.conversation?.rated, seen.messages.some((m) => m.text === "secret")], ["closed", true, true]);
  for (const p of [page, stranger, again]) await p.close();
});

test("an agent's message sent again is the same one, also when the customer has left in between", async () => {
  const one = agents[0]!;
  const desk = await new Desktop(at.site, one.cookie).ready();
  await one.call("POST", "/api/me/back");
  await one.call("PUT", "/api/me/wish", { wish: "available" });
  const page = new Page(at.site);
  await page.welcome();
  const { interactionId } = await page.say("agent-again-1", "un conseiller svp");
  await until("the offer", () => desk.events.find((e) => e.kind === "interaction" && e.value.id === interactionId && e.value.offer?.agentId === one.id));
  assert.equal((await one.call("POST", `/api/interactions/${interactionId}/accept`)).status, 204);
  const send = (): ReturnType<typeof one.call> => one.call("POST", `/api/interactions/${interactionId}/messages`, { clientId: "reply-0001", text: "bonjour" });
  const [first, second] = await Promise.all([send(), send()]);
  assert.deepEqual(first.body, second.body);
  assert.equal((await agents[1]!.call("POST", `/api/interactions/${interactionId}/messages`, { clientId: "reply-0002", text: "moi aussi" })).body.code, "not-yours");
  page.send({ t: "end" });
  await until("wrap-up", () => desk.events.find((e) => e.kind === "interaction" && e.value.id === interactionId && e.value.state === "wrapping"));
  assert.deepEqual((await send()).body, first.body);
  assert.equal((await one.call("POST", `/api/interactions/${interactionId}/messages`, { clientId: "reply-0003", text: "trop tard" })).body.code, "too-late");
  assert.equal((await one.call("POST", `/api/interactions/${interactionId}/wrap`, { disposition: null, notes: "" })).status, 204);
  const said = (await lea.call("GET", `/api/interactions/${interactionId}/messages`)).body as unknown as { clientId: string | null; seq: number }[];
  assert.equal(said.filter((m) => m.clientId === "reply-0001").length, 1);
  assert.deepEqual(said.map((m) => m.seq), said.map((_, i) => i + 1), "numbered without holes");
  await page.close();
  await desk.close();
});

test("who only telephones is told nothing of the centre's agents, queues and contacts", async () => {
  const made = await lea.call("POST", "/api/admin/users", { name: "Only Telephones", login: "only.telephones", team: "", roles: [], language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 1 }, active: true });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const person = await at.site.signIn("only.telephones", made.body["password"] as string);
  const stream = await new Desktop(at.site, person.cookie).ready();
  const witness = await new Desktop(at.site, lea.cookie).ready();
  assert.deepEqual([stream.snapshot!.agents, stream.snapshot!.queues, stream.snapshot!.interactions, stream.snapshot!.dispositions], [[], [], [], []]);
  await agents[0]!.call("PUT", "/api/me/wish", { wish: "meal" });
  await until("others are told", () => witness.events.some((e) => e.kind === "agent"));
  assert.deepEqual(stream.events, []);
  await stream.close();
  await witness.close();
});

test("after a restart: a new epoch gives a snapshot, the outbox sent again is one message each, in order", async () => {
  const before = await new Desktop(at.site, lea.cookie).ready();
  const page = new Page(at.site);
  const { token } = await page.welcome();
  const first = await page.say("outbox-0001", "première");
  page.send({ t: "message", clientId: "outbox-0002", text: "deuxième" });
  await at.restart();
  lea = { ...lea, call: (method, path, body, headers) => at.site.call(lea.cookie, method, path, body, headers) };
  const desk = await new Desktop(at.site, lea.cookie, { epoch: before.snapshot!.epoch, seq: lastSeq(before.frames) }).ready();
  assert.ok(desk.snapshot);
  assert.notEqual(desk.snapshot.epoch, before.snapshot!.epoch);
  assert.ok(desk.snapshot.interactions.some((it) => it.id === first.interactionId), "the conversation is open still");
  const back = new Page(at.site, { token, interactionId: first.interactionId, after: first.seq });
  const { conversation } = await back.welcome();
  assert.equal(conversation?.interactionId, first.interactionId);
  for (const [i, text] of ["première", "deuxième", "troisième"].entries()) await back.say(`outbox-000${i + 1}`, text);
  const said = (await lea.call("GET", `/api/interactions/${first.interactionId}/messages`)).body as unknown as { clientId: string | null; seq: number; text: string }[];
  assert.deepEqual(said.filter((m) => m.clientId !== null).map((m) => m.text), ["première", "deuxième", "troisième"]);
  assert.deepEqual(said.map((m) => m.seq), said.map((_, i) => i + 1));
  await back.close();
  await desk.close();
});
