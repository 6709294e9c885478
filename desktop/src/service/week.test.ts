import assert from "node:assert/strict";
import { test } from "node:test";
import { Calendar } from "@tandem/protocol/hours";
import { added, clockOf, DAY, dayWords, moved, runsOf, weeklyOf, weekOf } from "./week.ts";

const weekly: Calendar["weekly"] = [
  { days: [1, 2, 3, 4, 5], from: "09:00", to: "12:00" },
  { days: [1, 2, 3, 4, 5], from: "14:00", to: "18:00" },
  { days: [6], from: "22:00", to: "06:00" },
  { days: [7], from: "00:00", to: "24:00" },
];

test("a week goes to the editor and back: nights end the next morning, a whole day is 00:00 to 24:00", () => {
  const week = weekOf(weekly);
  assert.deepEqual(week[5], [{ from: 22 * 60, to: 30 * 60 }]);
  assert.deepEqual(week[6], [{ from: 0, to: DAY }]);
  assert.deepEqual(weeklyOf(week), weekly);
  assert.ok(Calendar.safeParse({ name: "x", zone: "Europe/Paris", weekly: weeklyOf(week) }).success);
  assert.deepEqual(runsOf(week), [{ first: 1, last: 5, words: "09:00–12:00, 14:00–18:00" }, { first: 6, last: 6, words: "22:00–06:00" }, { first: 7, last: 7, words: "00:00–24:00" }]);
});

test("a closed day breaks a run of days", () => {
  assert.deepEqual(runsOf(weekOf([{ days: [1, 2, 4], from: "09:00", to: "18:00" }])).map(({ first, last }) => [first, last]), [[1, 2], [4, 4]]);
});

test("an end stays between its neighbours, a minute apart at least; the last may end the next morning, a day later at most", () => {
  const day = [{ from: 540, to: 720 }, { from: 840, to: 1_080 }];
  assert.equal(moved(day, 0, "to", 2_000)[0]?.to, 840);
  assert.equal(moved(day, 1, "from", 0)[1]?.from, 720);
  assert.equal(moved(day, 0, "from", 800)[0]?.from, 719);
  assert.equal(moved(day, 1, "to", 5_000)[1]?.to, 840 + DAY);
  assert.equal(moved([{ from: 1_320, to: 1_800 }], 0, "from", 1_700)[0]?.from, DAY - 1, "it begins on its own day");
  assert.equal(clockOf(moved(day, 1, "to", DAY)[1]?.to ?? 0), "24:00");
});

test("openings are added in what the day has left", () => {
  assert.equal(dayWords(added([])?.day ?? []), "09:00–18:00");
  assert.deepEqual(added([{ from: 540, to: 720 }]), { day: [{ from: 540, to: 720 }, { from: 780, to: 1_020 }], at: 1 });
  assert.deepEqual(added([{ from: 600, to: DAY }]), { day: [{ from: 300, to: 540 }, { from: 600, to: DAY }], at: 0 });
  assert.equal(added([{ from: 0, to: DAY }]), null);
});
