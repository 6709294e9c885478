import assert from "node:assert/strict";
import { test } from "node:test";
import { takesTurns } from "./in-turn.ts";

test("work begins when the work before it has ended, in the order in which it was asked for", async () => {
  const inTurn = takesTurns();
  const told: string[] = [];
  const opened: (() => void)[] = [];
  const work = (name: string) => async (): Promise<string> => {
    told.push(`${name} begins`);
    await new Promise<void>((open) => void opened.push(open));
    told.push(`${name} ends`);
    return name;
  };
  const both = [inTurn(work("a")), inTurn(work("b"))];
  await new Promise(setImmediate);
  assert.deepEqual(told, ["a begins"]);
  opened[0]!();
  await new Promise(setImmediate);
  assert.deepEqual(told, ["a begins", "a ends", "b begins"]);
  opened[1]!();
  assert.deepEqual(await Promise.all(both), ["a", "b"]);
});

test("a failure, thrown or rejected, is its own caller's: the next one works, and is no victim of it", async () => {
  const inTurn = takesTurns();
  const rejected = inTurn(() => Promise.reject(new Error("the database is away")));
  const thrown = inTurn(() => {
    throw new Error("a mistake");
  });
  const next = inTurn(() => Promise.resolve("kept"));
  await assert.rejects(rejected, /the database is away/);
  await assert.rejects(thrown, /a mistake/);
  assert.equal(await next, "kept");
});
