import assert from "node:assert/strict";
import { it } from "node:test";
import type { AgentView, DirectoryEntry, QueueView } from "@tandem/protocol";
import { numberTargets, transferTargets } from "./transfer-targets.ts";
import type { Target } from "./transfer-targets.ts";

const entry = (name: string, number: string, kind: DirectoryEntry["kind"]): DirectoryEntry => ({ id: `x${number}`, name, number, kind, state: kind === "extension" ? "free" : null });
const lea: Target = { id: "agent:lea", kind: "agent", name: "Léa", agent: {} as AgentView, free: true, to: { kind: "agent", agentId: "lea" } };
const entries = [entry("Marc", "202", "extension"), entry("Léa", "201", "extension"), entry("Ventes", "301", "group"), entry("Salle", "401", "room"), entry("Tous", "501", "page"), entry("Me", "209", "extension"), entry("Atelier", "+33140000000", "speed-dial")];
const named = (typed: string | null): string[] =>
  numberTargets({ entries, others: [lea], mine: "209", typed, nameOfNumber: (number) => `n ${number}`, compare: (a, b) => a.localeCompare(b) }).map((target) => target.name);

it("a call goes to whoever has a number: neither a room nor oneself, nor an agent who is offered as one already", () => {
  assert.deepEqual(named(null), ["Atelier", "Marc", "Ventes"]);
});

it("a number typed comes first, unless it is somebody's of the directory or one's own", () => {
  assert.deepEqual(named("0612"), ["n 0612", "Atelier", "Marc", "Ventes"]);
  assert.deepEqual(named("202"), ["Atelier", "Marc", "Ventes"]);
  assert.deepEqual(named("209"), ["Atelier", "Marc", "Ventes"]);
});

it("queues are those that the centre shows for this contact, and none before it has said which", () => {
  const queue = (id: string): QueueView => ({ id, name: id, media: ["voice"] }) as unknown as QueueView;
  const shown = (open: readonly string[] | null): string[] =>
    targets(open === null ? null : open.map((queueId) => ({ queueId, isOpen: true, goes: null }))).map((target) => target.name);
  const targets = (open: Parameters<typeof transferTargets>[0]["open"]): Target[] =>
    transferTargets({ queues: [queue("orders"), queue("returns"), queue("night")], open, agents: [], medium: "voice", meId: "lea", currentQueueId: "orders", compare: (a, b) => a.localeCompare(b) });
  assert.deepEqual(shown(["orders", "night"]), ["night"]);
  assert.deepEqual(shown(null), []);
  const [night, returns] = targets([{ queueId: "returns", isOpen: true, goes: null }, { queueId: "night", isOpen: false, goes: "voicemail" }]);
  assert.deepEqual([night, returns].map((one) => one?.kind === "queue" && one.closed), [{ goes: "voicemail" }, null], "and what closed ones do with them");
});
