import assert from "node:assert/strict";
import { test } from "node:test";
import { WrongCodes } from "./wrong-codes.ts";

const MINUTE_MS = 60_000;

test("too many wrong codes close a door until they are an hour old, and no other door", () => {
  const codes = new WrongCodes(3);
  for (const minute of [0, 1, 2]) {
    assert.equal(codes.mayTry("room", minute * MINUTE_MS), true);
    codes.wrong("room", minute * MINUTE_MS);
  }
  assert.equal(codes.mayTry("room", 3 * MINUTE_MS), false);
  assert.equal(codes.mayTry("mailbox", 3 * MINUTE_MS), true);
  assert.equal(codes.mayTry("room", 60 * MINUTE_MS - 1), false);
  assert.equal(codes.mayTry("room", 60 * MINUTE_MS), true, "the first one is forgotten");
});

test("who goes on guessing at a closed door keeps it closed; the right code forgets the wrong ones", () => {
  const codes = new WrongCodes(2);
  for (const minute of [0, 1, 30, 50]) codes.wrong("room", minute * MINUTE_MS);
  assert.equal(codes.mayTry("room", 89 * MINUTE_MS), false);
  assert.equal(codes.mayTry("room", 90 * MINUTE_MS), true);
  codes.wrong("room", 90 * MINUTE_MS);
  codes.opened("room");
  codes.wrong("room", 91 * MINUTE_MS);
  assert.equal(codes.mayTry("room", 91 * MINUTE_MS), true);
});
