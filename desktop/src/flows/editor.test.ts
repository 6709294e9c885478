import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FlowStudio, Proof } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { ApiFailure } from "../data/data.ts";
import { createEditor } from "./editor.ts";
import type { Editor } from "./editor.ts";
import { changeSettings, connect, removeSteps } from "./model/edit.ts";

const says = { sounds: { fr: "Bonjour" } };
const first = FlowDocument.parse({
  id: "a", name: "A", version: 1, languages: ["fr"], start: "hello", reachHuman: { queueId: "q", says, label: { fr: "P" } }, retry: { wrong: says, silence: says },
  steps: { hello: { kind: "say", says, next: "one", at: { x: 0, y: 0 } }, one: { kind: "queue", queueId: "q", at: { x: 0, y: 0 } }, two: { kind: "queue", queueId: "r", at: { x: 0, y: 0 } } },
});
const proof: Proof = { ok: true, ms: 1, statesChecked: 1, findings: [] };

/** A server with one draft, and a clock moved by hand. */
function bench() {
  const server = { document: first, revision: 5, saves: 0, asked: 0, down: false, broken: false, checks: 0 };
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const merged: string[] = [];
  const studio = (): FlowStudio => ({ id: "a", published: null, versions: [], draft: { document: server.document, revision: server.revision, by: "sofia", byName: "Sofia", atMs: 0 } });
  const editor: Editor = createEditor(studio(), {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => { timers = timers.filter((one) => one !== timer); };
    },
    save(document, base) {
      server.asked++;
      if (server.down) return Promise.reject(new ApiFailure(0, "unreachable", "Serveur injoignable.", null));
      if (server.broken) return Promise.reject(new ApiFailure(500, "internal", "Panne.", null));
      if (base !== server.revision) return Promise.reject(new ApiFailure(409, "conflict", "Conflit.", null, { code: "conflict", why: "Conflit.", document: server.document, revision: server.revision, by: "sofia", byName: "Sofia" }));
      server.document = document;
      server.saves++;
      return Promise.resolve({ revision: ++server.revision });
    },
    check() {
      server.checks++;
      return server.down ? Promise.reject(new ApiFailure(0, "unreachable", "Serveur injoignable.", null)) : Promise.resolve(proof);
    },
    studio: () => Promise.resolve(studio()),
    placed: (document) => document,
    onMerged: (name) => merged.push(name),
  });
  return {
    server, editor, merged,
    rename: (name: string) => editor.change("name", (document) => changeSettings(document, { name })),
    async pass(ms: number): Promise<void> {
      const until = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((one) => one !== next);
        now = next.at;
        next.run();
        for (let i = 0; i < 10; i++) await Promise.resolve();
      }
      now = until;
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
    theirs(change: (document: FlowDocument) => FlowDocument): void {
      server.document = change(server.document);
      server.revision++;
    },
  };
}

describe("the editor", () => {
  it("saves once after a pause in typing, and proves what was saved", async () => {
    const { editor, server, rename, pass } = bench();
    for (const name of ["B", "Bo", "Bon"]) rename(name);
    assert.equal(editor.state.get().saving, "waiting");
    await pass(1000);
    assert.deepEqual([server.saves, server.document.name, editor.state.get().saving], [1, "Bon", "saved"]);
    await pass(1000);
    assert.deepEqual([editor.state.get().proof, editor.state.get().proving], [proof, false]);
  });

  it("undoes typing in one field as one change, other changes one by one, and redoes them", async () => {
    const { editor, rename, pass } = bench();
    rename("B");
    rename("Bo");
    editor.change(null, (document) => connect(document, "hello", "next", "two"));
    await pass(5000);
    rename("Bon");
    editor.undo();
    assert.equal(editor.state.get().document.name, "Bo");
    editor.undo();
    editor.undo();
    assert.equal(editor.state.get().document.name, "A");
    editor.undo();
    editor.redo();
    editor.redo();
    editor.redo();
    assert.equal(editor.state.get().document.name, "Bon");
    assert.equal(editor.state.get().future.length, 0);
  });

  it("keeps and sends again what could not be sent", async () => {
    const { editor, server, rename, pass } = bench();
    server.down = true;
    rename("B");
    await pass(1000);
    assert.deepEqual([editor.state.get().saving, editor.state.get().why], ["failed", "Serveur injoignable."]);
    server.down = false;
    await pass(6000);
    assert.deepEqual([server.document.name, editor.state.get().saving], ["B", "saved"]);
  });

  it("tries again after a failure of the server's own, and proves again what could not be proved", async () => {
    const { editor, server, rename, pass } = bench();
    Object.assign(server, { down: true, broken: true });
    await pass(1000);
    assert.deepEqual([editor.state.get().proof, editor.state.get().proving], [null, false], "not proved, and not said to be under way");
    Object.assign(server, { down: false });
    rename("B");
    await pass(1000);
    assert.equal(editor.state.get().saving, "failed");
    server.broken = false;
    await pass(6000);
    assert.deepEqual([server.document.name, editor.state.get().saving, editor.state.get().proof], ["B", "saved", proof]);
    const asked = server.checks;
    await pass(60_000);
    assert.equal(server.checks, asked, "what is proved is not asked again");
  });

  it("asks for the proof again by itself when it could not be had", async () => {
    const { editor, server, pass } = bench();
    server.down = true;
    await pass(1000);
    server.down = false;
    await pass(6000);
    assert.equal(editor.state.get().proof, proof);
  });

  it("does not send a document that the schema refuses, and says where it is wrong", async () => {
    const { editor, server, rename, pass } = bench();
    rename("");
    await pass(1000);
    assert.equal(server.saves, 0);
    assert.equal(editor.state.get().saving, "invalid");
    assert.match(editor.state.get().why ?? "", /^name/);
    rename("Z");
    await pass(1000);
    assert.equal(server.document.name, "Z");
  });

  it("merges what somebody else saved in between, and undo leaves theirs", async () => {
    const { editor, server, merged, rename, pass, theirs } = bench();
    theirs((document) => connect(document, "hello", "next", "two"));
    rename("B");
    await pass(2000);
    const next = (): unknown => { const step = server.document.steps["hello"]; return step?.kind === "say" ? step.next : null; };
    assert.deepEqual([server.document.name, next(), merged], ["B", "two", ["Sofia"]]);
    editor.undo();
    await pass(2000);
    assert.deepEqual([server.document.name, next()], ["A", "two"]);
  });

  it("takes in what others changed when told so, and is not disturbed by its own saves", async () => {
    const { editor, server, merged, rename, pass, theirs } = bench();
    rename("B");
    await pass(1000);
    editor.changedElsewhere(server.revision);
    await pass(100);
    assert.deepEqual(merged, []);
    theirs((document) => removeSteps(document, ["two"]));
    editor.select(["two"]);
    editor.changedElsewhere(server.revision);
    await pass(100);
    assert.deepEqual([Object.keys(editor.state.get().document.steps), editor.state.get().selection, merged], [["hello", "one"], [], ["Sofia"]]);
    assert.equal(editor.state.get().saving, "saved");
  });

  it("says nothing of others when a publishing gives the same document back under its number", async () => {
    const { editor, server, merged, pass, theirs } = bench();
    theirs((document) => ({ ...structuredClone(document), version: 2 }));
    await editor.reload();
    await pass(100);
    assert.deepEqual([merged, editor.state.get().document.version, editor.state.get().revision], [[], 2, server.revision]);
  });

  it("says nothing of others when one's own roll back comes in, by the stream or by its answer; of theirs again after it", async () => {
    const { editor, server, merged, pass, theirs } = bench();
    await editor.own(async () => {
      theirs((document) => changeSettings(document, { name: "As it was" }));
      editor.changedElsewhere(server.revision);
      await pass(100);
    });
    assert.deepEqual([merged, editor.state.get().document.name], [[], "As it was"]);
    theirs((document) => changeSettings(document, { name: "Hers" }));
    await editor.reload();
    assert.deepEqual([merged.length, editor.state.get().document.name], [1, "Hers"]);
  });

  it("the way back from one change takes that one back, whatever was changed after it", async () => {
    const { editor, rename } = bench();
    editor.change(null, (document) => connect(document, "hello", "next", "two"));
    const back = editor.takeBack();
    rename("Later");
    back();
    const hello = editor.state.get().document.steps["hello"];
    assert.deepEqual([hello?.kind === "say" ? hello.next : null, editor.state.get().document.name], ["one", "Later"]);
    editor.undo();
    const again = editor.state.get().document.steps["hello"];
    assert.equal(again?.kind === "say" ? again.next : null, "two", "it is a change like every other");
    const last = editor.takeBack();
    last();
    assert.equal(editor.state.get().future.length, 2, "the last one is undone, and can be redone");
  });

  it("stops at a real conflict, goes on keeping what is typed, and saves the sides chosen", async () => {
    const { editor, server, rename, pass, theirs } = bench();
    theirs((document) => changeSettings(document, { name: "Hers", priority: 2 }));
    rename("Mine");
    await pass(1000);
    assert.deepEqual(editor.state.get().conflict?.conflicts.map(({ id }) => id), ["setting:name"]);
    editor.change(null, (document) => connect(document, "hello", "next", "two"));
    await pass(5000);
    assert.deepEqual([server.document.name, server.asked], ["Hers", 1], "nothing is sent before somebody chose");
    editor.choose(new Map([["setting:name", "theirs"]]));
    await pass(2000);
    const hello = server.document.steps["hello"];
    assert.deepEqual([server.document.name, server.document.priority, hello?.kind === "say" ? hello.next : null, editor.state.get().conflict], ["Hers", 2, "two", null]);
  });

  it("flush sends at once, and tells when it cannot", async () => {
    const { editor, server, rename } = bench();
    rename("B");
    assert.equal(await editor.flush(), true);
    assert.equal(server.document.name, "B");
    server.down = true;
    rename("C");
    assert.equal(await editor.flush(), false);
  });
});
