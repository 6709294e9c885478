import assert from "node:assert/strict";
import { test } from "node:test";
import { runDay } from "./sim.ts";

const DAYS = 10_000;
const SHORT = { agents: 3, contacts: 10, openMs: 900_000 };

test(`${DAYS} short days: every interaction ends, one owner at a time, no agent lost`, () => {
  let contacts = 0;
  let answered = 0;
  let abandoned = 0;
  for (let seed = 1; seed <= DAYS; seed++) {
    const day = runDay({ seed, ...SHORT, agents: 1 + (seed % 4) });
    assert.deepEqual(day.violations, [], `seed ${seed}: npm run sim -- --seed ${seed} --agents ${1 + (seed % 4)} --contacts 10 --hours 0.25 --print`);
    contacts += day.contacts;
    answered += day.answered;
    abandoned += day.abandoned;
  }
  // The days must be days: people are served, and some lose patience.
  assert.equal(contacts, DAYS * SHORT.contacts);
  assert.ok(answered > contacts * 0.5, `${answered} of ${contacts} answered`);
  assert.ok(abandoned > contacts * 0.02, `${abandoned} of ${contacts} abandoned`);
});

test("the same seed gives the same log, another seed another", () => {
  const one = runDay({ seed: 7, agents: 4, contacts: 60, openMs: 3_600_000, digest: true });
  const again = runDay({ seed: 7, agents: 4, contacts: 60, openMs: 3_600_000, digest: true });
  assert.match(one.digest ?? "", /^[0-9a-f]{64}$/);
  assert.equal(one.digest, again.digest);
  assert.notEqual(one.digest, runDay({ seed: 8, agents: 4, contacts: 60, openMs: 3_600_000, digest: true }).digest);
});
