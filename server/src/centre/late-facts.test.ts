import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { newInteraction, step, type Fact, type Interaction } from "../hub/hub.ts";
import { LateFacts } from "./late-facts.ts";
import { VOICE } from "./test-centre.ts";

test("a recording that is ready while the database is away is told once it is back; whoever waits for an answer has it at once", () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
  let [row] = step(newInteraction("i1", VOICE, { from: "+33612849047", fromName: "", to: "1000", language: "fr", context: {} }, clock.now()), { type: "customerLeft", why: "hung-up" }, clock.now());
  let away = "reading";
  const lost: string[] = [];
  const seen: Interaction[] = [];
  const late = new LateFacts({
    now: () => clock.now(), after: (ms, fire) => clock.after(ms, fire),
    log: { ...silentLog, error: ({ type }) => void lost.push(String(type)) },
    closed: (_id, done) => done(away === "reading" ? null : row),
    store: { append({ state }, done) {
      if (away === "writing") return done(new Error("away"));
      row = state!;
      done(null);
    } },
    changed: ({ interaction }) => void seen.push(interaction),
  });
  const ready = (n: number): Fact => ({ type: "recordingReady", mixedPath: `${n}`, stereoPath: `${n}`, durationMs: n });
  late.tell("i1", ready(1), null);
  away = "writing";
  clock.advance(30_000);
  late.tell("i1", ready(2), null);
  const answers: (string | null)[] = [];
  late.tell("i1", { type: "rated", score: 5, comment: "" }, (error) => void answers.push(error?.message ?? null));
  assert.deepEqual([row.recordings.length, answers, lost], [0, ["away"], ["rated"]]);
  away = "";
  clock.advance(30_000);
  assert.deepEqual([row.recordings.map(({ durationMs }) => durationMs), seen.length], [[1, 2], 2]);

  away = "writing";
  // stored, and its answer lost on the way
  late.tell("i1", ready(2), null);
  away = "";
  clock.advance(30_000);
  assert.equal(row.recordings.length, 2);
  away = "writing";
  // not for ever
  late.tell("i1", ready(3), null);
  clock.advance(3_600_000);
  assert.deepEqual(lost, ["rated", "recordingReady"]);
  late.tell("i1", ready(4), null);
  late.stop();
  away = "";
  clock.advance(3_600_000);
  assert.equal(row.recordings.length, 2);
});
