import assert from "node:assert/strict";
import { test } from "node:test";
import type { Booked } from "../callback/callback.ts";
import { inTime } from "./callback-in-time.ts";

const booked = (token: string | null): Booked => ({ ok: true, request: { id: "cb_1", slot: null, dueMs: 7 }, token }) as Booked;

test("a promise is announced; made after the dialogue gave up it is taken back, unless it stood before; who hung up is called all the same", async () => {
  const run = async (result: Booked | Error, forget: "timeout" | "gone" | null): Promise<string[]> => {
    const heard: string[] = [];
    const booking = result instanceof Error ? Promise.reject<Booked>(result) : Promise.resolve(result);
    const give = inTime(booking, { answer: (answer) => void heard.push(JSON.stringify(answer)), cancel: (id) => void heard.push(`cancel ${id}`), failed: (error) => void heard.push(error.message) });
    if (forget) give(forget);
    await Promise.allSettled([booking]); // its error is heard by `failed`
    return heard;
  };
  const made = '{"ok":true,"callbackId":"cb_1","dueMs":7}';
  assert.deepEqual(await run(booked("t"), null), [made]);
  assert.deepEqual(await run(booked("t"), "gone"), [made]);
  assert.deepEqual(await run(booked("t"), "timeout"), ["cancel cb_1"]);
  assert.deepEqual(await run(booked(null), "timeout"), []);
  assert.deepEqual(await run({ ok: false, why: "full" }, null), ['{"ok":false,"why":"full"}']);
  assert.deepEqual(await run(new Error("down"), null), ["down"]);
});
