import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { api } from "./api.ts";
import { flowApi } from "./flow-studio-api.ts";

test("a sign-in is waited for while others sign in, and what is proved while it is proved; of other commands it is told sooner that nobody answers", async (t) => {
  t.after(() => mock.reset());
  const limits: number[] = [];
  mock.method(AbortSignal, "timeout", (ms: number) => {
    limits.push(ms);
    return new AbortController().signal;
  });
  mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("not reached")));
  await assert.rejects(api.signIn({ login: "lea", password: "secret" }), { unreachable: true });
  await assert.rejects(api.session(), { unreachable: true });
  for (const ask of [() => flowApi.check("f"), () => flowApi.tests("f"), () => flowApi.publish("f", "", 1), () => flowApi.rollback("f", 1)]) await assert.rejects(ask, { unreachable: true });
  assert.deepEqual(limits, [60_000, 15_000, 150_000, 150_000, 150_000, 150_000]);
});
