import assert from "node:assert/strict";
import { test } from "node:test";
import { readRange } from "./recording.ts";

test("ranges of RFC 9110: from, from-to, the last n, beyond the end, and what is ignored", () => {
  const cases: [string | undefined, ReturnType<typeof readRange>][] = [
    [undefined, null],
    ["bytes=0-", { start: 0, end: 99 }],
    ["bytes=10-19", { start: 10, end: 19 }],
    ["bytes=90-1000", { start: 90, end: 99 }],
    ["bytes=-10", { start: 90, end: 99 }],
    ["bytes=-1000", { start: 0, end: 99 }],
    ["bytes=-0", "beyond"],
    ["bytes=100-", "beyond"],
    ["bytes=20-10", null],
    ["bytes=-", null],
    ["bytes=0-1,5-6", null],
    ["lines=0-1", null],
    ["bytes=9999999999999999-", null],
  ];
  for (const [header, expected] of cases) assert.deepEqual(readRange(header, 100), expected, header);
  assert.equal(readRange("bytes=0-", 0), "beyond");
});
