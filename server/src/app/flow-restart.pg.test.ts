/** A visitor's dialogue over restarts of the whole server: at a menu, at a question, within a sub-flow, during a call of the company's interface. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { Page, until } from "../api/test-client.ts";
import { testSite, type TestSite } from "../api/test-site.ts";
import { seededChance } from "../base/chance.ts";
import { createDirectory } from "../directory/directory.ts";
import { flowDefinition } from "../flow/flow.ts";
import type { Interaction } from "../hub/hub.ts";
import { sdp } from "../sip/lossy-net.ts";
import { write } from "../sip/raw-peer.ts";
import { freePort } from "./peer-network.ts";
import { realClock } from "./real-ports.ts";

const says = (en: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr: en, en } });
const label = (en: string): { fr: string; en: string } => ({ fr: en, en });
let at: TestSite;
/** Requests that hang: the server that sent them is gone before they are answered. */
const hanging: { key: string; body: string; response: ServerResponse }[] = [];
const crm = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += String(chunk))).on("end", () => void hanging.push({ key: String(request.headers["idempotency-key"]), body, response }));
});

before(async () => {
  await new Promise<void>((resolve) => crm.listen(0, "127.0.0.1", resolve));
  at = await testSite();
  const { password } = at.server.secrets!;
  const directory = await createDirectory({ db: at.database.db, clock: realClock, chance: seededChance(1), domain: "tandem.test", passwordLogN: 10 });
  const web = directory.numbers()[0]!.flowId;
  const base = { version: 7, // the demo has this number's first
    languages: ["fr", "en"] as FlowDocumentInput["languages"], reachHuman: { queueId: "q_support", says: says("A person."), label: label("A person") }, retry: { wrong: says("?"), silence: says("…") }, silence: { voiceMs: 5_000, writtenMs: 600_000 } };
  const variables: FlowDocumentInput["variables"] = { pin: { type: "text" }, order: { type: "text" }, size: { type: "text" }, tier: { type: "text" } };
  const sub = flowDefinition({
    ...base, id: "sub", name: "Sub", start: "size", variables,
    steps: { size: { kind: "menu", label: label("Size"), says: says("Which size?"), choices: [{ key: "1", label: label("Small"), set: { size: "small" }, next: "back" }, { key: "2", label: label("Big"), set: { size: "big" }, next: "back" }] }, back: { kind: "return" } },
  });
  const main = flowDefinition({
    ...base, id: web, name: "Main", start: "menu", variables,
    steps: {
      menu: { kind: "menu", label: label("Menu"), says: says("What is it about?"), choices: [{ key: "1", label: label("An order"), next: "order" }, { key: "2", label: label("Other"), next: "support" }] },
      order: { kind: "collect", label: label("Order"), says: says("Which order?"), variable: "order", min: 3, max: 6, next: "sub" },
      sub: { kind: "subflow", flowId: "sub", next: "pin" },
      pin: { kind: "collect", label: label("PIN"), says: says("Your PIN?"), variable: "pin", min: 8, max: 8, sensitive: "hidden", next: "crm" },
      crm: { kind: "http", method: "POST", url: `http://127.0.0.1:${(crm.address() as AddressInfo).port}/`, body: '{"order":"{data.order}","pin":"{data.pin}"}', timeoutMs: 10_000, saves: [{ name: "tier", pointer: "/tier" }], next: "sales", failed: "support" },
      sales: { kind: "queue", queueId: "q_sales" },
      support: { kind: "queue", queueId: "q_support" },
    },
  });
  for (const definition of [sub, main]) await directory.putFlow({ id: definition.id, name: definition.name, version: 7, definition });
  await at.restart();
  const lea = await at.site.signIn("lea", password);
  assert.equal((await lea.call("PUT", "/api/admin/settings/flow-outside", { hosts: ["127.0.0.1"], assistants: [] })).status, 200);
});
after(async () => {
  crm.close();
  crm.closeAllConnections();
  await at?.stop();
});

/** Calls the centre from another telephone, again and again until something is said of the call: that status. */
async function callUntilAnswered(sipPort: number): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const remotePort = socket.address().port;
  const invite = write({ id: "", transport: "udp", remoteAddress: "127.0.0.1", remotePort, localAddress: "127.0.0.1", localPort: sipPort }, {
    method: "INVITE", uri: "sip:1000@tandem.test", from: "<sip:+33140000000@elsewhere.test>;tag=early", to: "<sip:1000@tandem.test>", body: sdp("early"),
    headers: [`Contact: <sip:c@127.0.0.1:${remotePort}>`, "Content-Type: application/sdp"],
  });
  const signal = AbortSignal.timeout(60_000);
  const again = setInterval(() => socket.send(invite, sipPort, "127.0.0.1"), 50);
  try {
    for (;;) {
      const [answer] = (await once(socket, "message", { signal })) as [Buffer];
      const status = Number(answer.toString("latin1").split(" ")[1]);
      if (status > 100) return status;
    }
  } finally {
    clearInterval(again);
    socket.close();
  }
}

/**
 * A restart that takes long to take up what was open: until somebody has called, and two seconds more. Whoever was let in meanwhile would
 * find half a centre, a page that came back would see an empty conversation.
 */
async function restartSlowly(): Promise<void> {
  const { db } = at.database;
  await db.query("CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(7); PERFORM pg_sleep(2); RETURN NEW; END'");
  await db.query("CREATE TRIGGER slowly BEFORE INSERT ON fact FOR EACH ROW WHEN (NEW.type = 'serverRestarted') EXECUTE FUNCTION slowly()");
  const holder = await db.connect();
  await holder.query("SELECT pg_advisory_lock(7)");
  const sipPort = await freePort();
  const restarted = at.restart(sipPort);
  try {
    await until("the taking up", async () => (await db.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).length > 0);
    assert.equal(await Promise.race([callUntilAnswered(sipPort), restarted.then(() => "let in before all was taken up")]), 503, "not yet: try again");
  } finally {
    await holder.query("SELECT pg_advisory_unlock(7)");
    holder.release();
    await restarted;
  }
}

const PIN = "48215937";
const sealed = async (): Promise<number> => (await at.database.db.query<{ n: number }>("SELECT count(*)::int AS n FROM hidden_answer"))[0]!.n;
/** Every table of the database whose rows hold it, as text. */
async function tablesWith(digits: string): Promise<string[]> {
  const tables = await at.database.db.query<{ name: string }>("SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')");
  const found: string[] = [];
  for (const { name } of tables) if ((await at.database.db.query(`SELECT FROM ${name} t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [digits])).length > 0) found.push(name);
  return found;
}

test("a restart at every step: what was answered is not asked again, a hidden answer is in no table and goes on, and an interrupted request is made again as the same one", async () => {
  let page = new Page(at.site);
  const { token } = await page.welcome();
  const contact = async (): Promise<Interaction | undefined> => (await at.database.db.query<{ body: Interaction }>("SELECT body FROM interaction LIMIT 1"))[0]?.body;
  const stepOf = (it: Interaction | undefined): string | undefined => (it?.flow as { state?: { stepId: string } } | null)?.state?.stepId;
  const asked = (step: string): Promise<unknown> => until(`the question ${step}`, async () => stepOf(await contact()) === step);
  const restart = async (how = (): Promise<void> => at.restart()): Promise<void> => {
    await page.close();
    await how();
    page = new Page(at.site, { token });
    assert.ok((await page.welcome()).conversation, "the conversation is there for who comes back at once");
  };
  await page.say("client-0001", "hello");
  await asked("menu");
  await restart(restartSlowly);
  await at.database.db.query("DROP TRIGGER slowly ON fact");
  await page.say("client-0002", "1");
  await asked("order");
  await restart();
  await page.say("client-0003", "10482");
  await asked("size");
  await restart();
  await page.say("client-0004", "big");
  await asked("pin");
  await page.say("client-0005", `it is ${PIN}`);
  await until("a request", () => hanging.length === 1);
  assert.equal(await sealed(), 1);
  assert.deepEqual(await tablesWith(PIN), []);
  await restart();
  await until("the request again", () => hanging.length === 2);
  assert.equal(hanging[0]!.key, hanging[1]!.key);
  assert.deepEqual(hanging.map(({ body }) => body), [hanging[0]!.body, `{"order":"10482","pin":"${PIN}"}`], "the flow has what was hidden");
  hanging[1]!.response.setHeader("content-type", "application/json").end('{"tier":"gold"}');
  const it = await until("the queue", async () => {
    const now = await contact();
    return now?.queue ? now : null;
  });
  assert.deepEqual([it.queue?.queueId, it.data.order, it.data.size, it.data.tier], ["q_sales", "10482", "big", "gold"]);
  assert.deepEqual(it.trail.map(({ answer }) => answer), ["An order", "10482", "Big", "••••"]);
  assert.deepEqual([await sealed(), await tablesWith(PIN), (await tablesWith("10482")).length > 0], [0, [], true]);
  const [questions] = await at.database.db.query<{ n: number }>("SELECT count(*)::int AS n FROM fact WHERE type = 'messageAdded' AND body -> 'message' ->> 'text' = 'Which order?'");
  assert.equal(questions?.n, 1);
  await page.close();
});
