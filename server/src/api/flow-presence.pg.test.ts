/** Who has a flow open in the designer, on the whole server: told to whom may open flows, to nobody else, and gone with the socket. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ServerFrame } from "@tandem/protocol";
import { Desktop, until, type Person } from "./test-client.ts";
import { testSite, type TestSite } from "./test-site.ts";

let at: TestSite;
let lea: Person;
let supervisor: Person;
let agent: Person;

before(async () => {
  at = await testSite();
  lea = await at.site.signIn("lea", at.server.secrets!.password);
  const person = async (login: string, roles: string[]): Promise<Person> => {
    const made = await lea.call("POST", "/api/admin/users", { login, name: login, team: "", roles, language: "en", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true });
    return at.site.signIn(login, made.body["password"] as string);
  };
  supervisor = await person("presence-sup", ["supervisor"]);
  agent = await person("presence-agent", ["agent"]);
});
after(async () => at?.stop());

const editors = (frames: readonly ServerFrame[], flowId: string): string[] | undefined => frames.filter((frame) => frame.t === "flowEditing").findLast((frame) => frame.flowId === flowId)?.users.map(({ name }) => name);

test("who opens a flow is shown to supervisors and administrators, once a person, and leaves with the socket", async () => {
  const mine = await new Desktop(at.site, lea.cookie).ready();
  const another = await new Desktop(at.site, lea.cookie).ready();
  const theirs = await new Desktop(at.site, supervisor.cookie).ready();
  const stranger = await new Desktop(at.site, agent.cookie).ready();
  for (const desk of [mine, another]) desk.send({ t: "editFlow", flowId: "flow_demo" });
  theirs.send({ t: "editFlow", flowId: "flow_demo" });
  await until("both are shown to both", () => [mine, theirs].every((desk) => editors(desk.frames, "flow_demo")?.length === 2));
  assert.deepEqual(editors(theirs.frames, "flow_demo")?.toSorted(), ["Léa Marchand", "presence-sup"]);
  // An agent says so too: it counts for nothing, and nothing is told to them.
  stranger.send({ t: "editFlow", flowId: "flow_demo" });
  stranger.send({ t: "ping" });
  await until("the agent's frames were heard", () => stranger.frames.some((frame) => frame.t === "pong"));
  assert.equal(stranger.frames.some((frame) => frame.t.startsWith("flow")), false);
  const late = await new Desktop(at.site, supervisor.cookie).ready();
  await until("who comes later is told", () => editors(late.frames, "flow_demo")?.length === 2);
  await mine.close();
  theirs.send({ t: "editFlow", flowId: "flow_other" });
  await until("one desktop of hers is left, and the supervisor went elsewhere", () => editors(late.frames, "flow_other")?.join() === "presence-sup" && editors(late.frames, "flow_demo")?.join() === "Léa Marchand");
  await another.close();
  await until("nobody", () => editors(late.frames, "flow_demo")?.length === 0);
  for (const desk of [theirs, stranger, late]) await desk.close();
});

test("a saved draft is told to whoever may open it, with its revision and its author", async () => {
  const theirs = await new Desktop(at.site, supervisor.cookie).ready();
  const stranger = await new Desktop(at.site, agent.cookie).ready();
  const { body } = await lea.call("GET", "/api/flows/flow_demo");
  const { draft } = body as unknown as { draft: { document: { name: string }; revision: number } };
  const saved = await lea.call("PUT", "/api/flows/flow_demo/draft", { document: { ...draft.document, name: "Autre nom" }, baseRevision: draft.revision });
  assert.equal(saved.status, 200);
  const revision = saved.body["revision"];
  await until("it is told", () => theirs.frames.some((frame) => frame.t === "flowChanged" && frame.flowId === "flow_demo" && frame.revision === revision && frame.by === lea.id));
  const conflict = await lea.call("PUT", "/api/flows/flow_demo/draft", { document: draft.document, baseRevision: draft.revision });
  assert.deepEqual([conflict.status, conflict.body["code"], conflict.body["revision"], (conflict.body["document"] as { name: string }).name], [409, "conflict", revision, "Autre nom"]);
  assert.equal(stranger.frames.some((frame) => frame.t === "flowChanged"), false);
  for (const desk of [theirs, stranger]) await desk.close();
});
