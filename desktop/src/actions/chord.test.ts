import assert from "node:assert/strict";
import { it } from "node:test";
import { cap, isFind, matches } from "./chord.ts";
import type { KeyPress } from "./chord.ts";

const alt = (key: string, code: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, code, altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

it("letters follow the print of the key: Alt A on AZERTY is the key typing a, not the one in QWERTY's place", () => {
  assert.equal(matches({ key: "A" }, alt("a", "KeyQ"), false), true);
  assert.equal(matches({ key: "A" }, alt("q", "KeyA"), false), false);
});

it("without a Latin letter the position decides (Cyrillic)", () => {
  assert.equal(matches({ key: "A" }, alt("ф", "KeyA"), false), true);
  assert.equal(matches({ key: "A" }, alt("ф", "KeyQ"), false), false);
});

it("digits follow the position: & on AZERTY is Alt 1", () => {
  assert.equal(matches({ key: "1" }, alt("&", "Digit1"), false), true);
  assert.equal(matches({ key: "1" }, alt("1", "Digit2"), false), false);
});

it("AltGr types, it does not command", () => {
  assert.equal(matches({ key: "E" }, alt("€", "KeyE", { ctrlKey: true }), false), false);
});

it("on a Mac control commands and option types", () => {
  assert.equal(matches({ key: "A" }, alt("å", "KeyA"), true), false);
  assert.equal(matches({ key: "A" }, alt("a", "KeyA", { altKey: false, ctrlKey: true }), true), true);
});

it("shift must be held exactly when asked", () => {
  assert.equal(matches({ key: "E", shift: true }, alt("E", "KeyE", { shiftKey: true }), false), true);
  assert.equal(matches({ key: "E", shift: true }, alt("e", "KeyE"), false), false);
  assert.equal(matches({ key: "E" }, alt("E", "KeyE", { shiftKey: true }), false), false);
});

it("finds with Ctrl K or Command K", () => {
  assert.equal(isFind(alt("k", "KeyK", { altKey: false, ctrlKey: true })), true);
  assert.equal(isFind(alt("k", "KeyK", { altKey: false, metaKey: true })), true);
  assert.equal(isFind(alt("k", "KeyK", { ctrlKey: true })), false);
});

it("names caps", () => {
  assert.deepEqual([cap({ key: "E", shift: true }), cap({ key: "Enter" }), cap({ key: "ArrowDown" })], ["⇧ E", "↵", "↓"]);
});
