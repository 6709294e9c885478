import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding, Proof } from "@tandem/protocol/flow-studio";
import { silentLog, type Log } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { createFlowWatch, type FlowWatchOptions, type PublishedFlow } from "./flow-watch.ts";

const finding = (code: string, severity: Finding["severity"] = "error"): Finding => ({ code, severity, stepId: "sales", language: null, words: { fr: `${code} fr`, en: `${code} en` }, path: [] });
const proofOf = (findings: Finding[]): Proof => ({ ok: findings.length === 0, ms: 1, statesChecked: 1, findings });
const flow = (id: string): PublishedFlow => ({ id, name: id.toUpperCase(), version: 3, definition: { id } });

function watched(more: Partial<FlowWatchOptions> = {}) {
  const clock = new VirtualClock(1_000);
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (fields, message) => void said.push(`warn ${String(fields["flow"])} ${String(fields["findings"])} ${message.slice(0, 36)}`), info: (fields, message) => void said.push(`info ${String(fields["flow"])} ${message.slice(0, 36)}`), error: (fields) => void said.push(`error ${String(fields["flow"])}`) };
  const state = { flows: [flow("a"), flow("b")], findings: new Map<string, Finding[]>(), proved: [] as string[], moments: 0, held: null as Promise<void> | null };
  const watch = createFlowWatch({
    clock, log,
    published: () => state.flows,
    proving() {
      state.moments++;
      return async (definition) => {
        const { id } = definition as { id: string };
        state.proved.push(id);
        await state.held;
        const found = state.findings.get(id) ?? [];
        if (found.some(({ code }) => code === "throws")) throw new Error("no thread");
        return proofOf(found);
      };
    },
    leads: () => true,
    ...more,
  });
  return { watch, clock, state, said };
}
/** What was started by a timer has come to its end. */
const done = async (watch: { proofs(): Promise<unknown> }): Promise<void> => void (await watch.proofs());

test("nothing is proved at a start; whoever looks has it proved, once for the same centre", async () => {
  const { watch, state } = watched();
  assert.deepEqual([state.proved, watch.broken("a")], [[], null]);
  state.findings.set("b", [finding("never-open", "warning"), finding("no-person"), finding("unowned-voicemail")]);
  const first = await watch.proofs();
  assert.deepEqual(first, { provedAtMs: 1_000, broken: [{ id: "b", name: "B", version: 3, findings: 2, first: { code: "no-person", stepId: "sales", words: { fr: "no-person fr", en: "no-person en" } } }] });
  assert.deepEqual([watch.broken("a"), watch.broken("b"), watch.broken("gone")], [0, 2, null], "warnings are not failures");
  await watch.proofs();
  assert.deepEqual([state.proved, state.moments], [["a", "b"], 1]);
});

test("a minute after the start, and a second after the last of several changes", async () => {
  const { watch, clock, state } = watched();
  clock.advance(59_999);
  assert.equal(state.moments, 0);
  clock.advance(1);
  assert.equal(state.moments, 1);
  await done(watch);
  for (let i = 0; i < 5; i++) {
    watch.changed();
    clock.advance(900);
  }
  assert.equal(state.moments, 1);
  clock.advance(100);
  assert.equal(state.moments, 2);
  await done(watch);
});

test("what changes while it is being proved is proved after it, and an answer waits for that", async () => {
  const { watch, state } = watched();
  let go = (): void => {};
  state.held = new Promise((resolve) => (go = resolve));
  const answer = watch.proofs();
  watch.changed();
  state.findings.set("a", [finding("no-person")]);
  go();
  assert.deepEqual((await answer).broken.map(({ id }) => id), ["a"]);
  assert.equal(state.moments, 2);
});

test("the log is told when a flow holds no more, when that changes, and when it holds again", async () => {
  const { watch, state, said } = watched();
  const again = async (findings: Finding[]): Promise<string[]> => {
    state.findings.set("a", findings);
    watch.changed();
    await watch.proofs();
    return said.splice(0);
  };
  assert.deepEqual(await again([]), []);
  assert.deepEqual(await again([finding("no-person")]), ["warn a 1 a published flow is no longer proved"]);
  assert.deepEqual(await again([finding("no-person")]), []);
  assert.deepEqual(await again([finding("no-person"), finding("loop")]), ["warn a 2 a published flow is no longer proved"]);
  assert.deepEqual(await again([]), ["info a a published flow is proved again"]);
});

test("one that cannot be proved by a mistake of ours is not called broken, and keeps the others from nothing", async () => {
  const { watch, state, said } = watched();
  state.findings.set("a", [finding("throws")]);
  state.findings.set("b", [finding("no-person")]);
  assert.deepEqual((await watch.proofs()).broken.map(({ id }) => id), ["b"]);
  assert.deepEqual([watch.broken("a"), said[0]], [null, "error a"]);
});

test("a flow that is gone is forgotten; another server's centre is not watched; nothing runs after the end", async () => {
  const { watch, state, clock } = watched();
  state.findings.set("b", [finding("no-person")]);
  await watch.proofs();
  state.flows = [flow("a")];
  assert.deepEqual((await watch.proofs()).broken, [], "at once");
  watch.changed();
  await watch.proofs();
  assert.equal(watch.broken("b"), null);
  watch.stop();
  watch.changed();
  clock.advance(3_600_000);
  assert.equal(state.moments, 2);
  const elsewhere = watched({ leads: () => false });
  elsewhere.clock.advance(60_000);
  assert.deepEqual([await elsewhere.watch.proofs(), elsewhere.state.moments], [{ provedAtMs: null, broken: [] }, 0]);
});
