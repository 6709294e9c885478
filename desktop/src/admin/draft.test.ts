import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AdminNumber, AdminQueue, AdminUser } from "@tandem/protocol";
import { check, differs, search } from "./draft.ts";

const user = { login: "lea.marchand", name: " Léa ", team: "", roles: ["agent"], language: "fr", skills: [], queueIds: [], capacity: { voice: 1, chat: 4 }, active: true, id: "u1" };

describe("check", () => {
  it("gives the body that is sent: trimmed, without the id", () => {
    const checked = check(AdminUser, user);
    assert.ok(checked.ok);
    assert.equal(checked.body.name, "Léa");
    assert.equal("id" in checked.body, false);
  });
  it("names each wrong field once, by its top-level name", () => {
    assert.deepEqual(check(AdminUser, { ...user, login: "Léa !", roles: ["janitor"], capacity: { voice: 3, chat: 99 } }), { ok: false, fields: ["login", "roles", "capacity"] });
    assert.deepEqual(check(AdminNumber, { number: "12a", label: "", flowId: "f", language: "fr" }), { ok: false, fields: ["number", "label"] });
  });
  it("takes an emptied number field for wrong, not for zero", () => {
    const queue = { name: "q", needs: [], rings: [], strategy: "longest-idle", priority: Number.NaN, ageingMs: 0, overflow: null, target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, ringMs: 20_000, wrapMs: 0 };
    assert.deepEqual(check(AdminQueue, queue), { ok: false, fields: ["priority"] });
    assert.equal(check(AdminQueue, { ...queue, priority: 0 }).ok, true);
  });
});

describe("search", () => {
  const names = ["Élodie Picard", "Léo Garnier", "Karine Lopez"];
  it("ignores accents and case, wants every word", () => {
    assert.deepEqual(search(names, "elo", (n) => n), ["Élodie Picard"]);
    assert.deepEqual(search(names, "GARN leo", (n) => n), ["Léo Garnier"]);
    assert.deepEqual(search(names, "  ", (n) => n), names);
    assert.deepEqual(search(names, "zz", (n) => n), []);
  });
});

describe("differs", () => {
  it("looks at content", () => {
    assert.equal(differs({ a: [1] }, { a: [1] }), false);
    assert.equal(differs({ a: [1] }, { a: [2] }), true);
  });
});
