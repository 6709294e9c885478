import assert from "node:assert/strict";
import { test } from "node:test";
import { Hours, isOpen } from "./hours.ts";

const at = (iso: string): number => Date.parse(iso);

const ROWS: [string, Hours, string, boolean][] = [];
const week = [1, 2, 3, 4, 5];
const shop = Hours.parse({ zone: "Europe/Paris", weekly: [{ days: week, from: "09:00", to: "18:00" }], exceptions: { "2026-12-25": [], "2026-12-24": [{ from: "09:00", to: "12:00" }] } });
ROWS.push(
  ["Monday at nine (winter)", shop, "2026-11-23T08:00:00Z", true],
  ["a minute before", shop, "2026-11-23T07:59:00Z", false],
  ["the last minute", shop, "2026-11-23T16:59:59Z", true],
  ["closing is out", shop, "2026-11-23T17:00:00Z", false],
  ["Monday at nine (summer)", shop, "2026-07-06T07:00:00Z", true],
  ["the Monday after the clocks go forward opens an hour earlier in UTC", shop, "2026-03-30T07:00:00Z", true],
  ["the Friday before does not", shop, "2026-03-27T07:00:00Z", false],
  ["the Monday after the clocks go back", shop, "2026-10-26T07:30:00Z", false],
  ["Sunday", shop, "2026-11-22T10:00:00Z", false],
  ["Christmas, a Friday", shop, "2026-12-25T10:00:00Z", false],
  ["the morning before", shop, "2026-12-24T10:00:00Z", true],
  ["the afternoon before", shop, "2026-12-24T12:00:00Z", false],
);
const night = Hours.parse({ zone: "Europe/Paris", weekly: [{ days: [6], from: "22:00", to: "06:00" }] });
ROWS.push(
  ["Saturday night", night, "2026-11-21T21:30:00Z", true],
  ["the Sunday morning after", night, "2026-11-22T04:59:00Z", true],
  ["until six", night, "2026-11-22T05:00:00Z", false],
  ["not the Saturday morning", night, "2026-11-21T03:00:00Z", false],
);
// 29 March 2026, 02:00 -> 03:00 in Paris; 25 October 2026, 03:00 -> 02:00.
const small = Hours.parse({ zone: "Europe/Paris", weekly: [{ days: [7], from: "02:30", to: "03:30" }] });
ROWS.push(
  ["just before the skipped hour", small, "2026-03-29T00:59:00Z", false],
  ["just after it, 03:00", small, "2026-03-29T01:00:00Z", true],
  ["03:29", small, "2026-03-29T01:29:00Z", true],
  ["03:30", small, "2026-03-29T01:30:00Z", false],
  ["first 02:30 of autumn", small, "2026-10-25T00:30:00Z", true],
  ["second 02:15: not yet open again", small, "2026-10-25T01:15:00Z", false],
  ["second 02:30", small, "2026-10-25T01:30:00Z", true],
);
const whole = Hours.parse({ zone: "America/New_York", weekly: [{ days: [1], from: "00:00", to: "24:00" }] });
ROWS.push(
  ["Monday begins in New York", whole, "2026-11-23T05:00:00Z", true],
  ["still Sunday there", whole, "2026-11-23T04:59:00Z", false],
  ["its last minute", whole, "2026-11-24T04:59:00Z", true],
  ["Tuesday", whole, "2026-11-24T05:00:00Z", false],
);

for (const [name, hours, iso, open] of ROWS) test(`${name}: ${open ? "open" : "closed"}`, () => assert.equal(isOpen(hours, at(iso)), open));
