/** Several telephones at once: whose word counts for whom. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { breathe } from "../voice/fakes.ts";
import { group, openHouse, type House } from "./test-house.ts";

let house: House;
beforeEach(async () => {
  house = await openHouse();
  house.sip.registered.set("marc2", ["phone"]);
});
afterEach(async () => {
  await house.exchange.stop();
  assert.equal(house.timers(), 0, "timers left");
  house.close();
});

test("who declines at one telephone is rung at none of theirs; who is busy at one still is at the other", async () => {
  const declined = house.dial("lea", "202");
  await breathe();
  assert.deepEqual(house.ringing(), ["marc", "marc2"]);
  house.sip.peer(house.legAt("marc"), { fail: 603 });
  await breathe();
  assert.deepEqual([house.ringing(), house.status(declined)], [[], 603]);
  const busy = house.dial("lea", "202");
  await breathe();
  house.sip.peer(house.legAt("marc"), { fail: 486 });
  await breathe();
  assert.deepEqual([house.ringing(), house.status(busy)], [["marc2"], null]);
});

test("in a group one who declines speaks for nobody else", async () => {
  house.config.groupRows = [group("301", "all", ["e202", "e203"])];
  house.dial("lea", "301");
  await breathe();
  house.sip.peer(house.legAt("marc2"), { fail: 603 });
  await breathe();
  assert.deepEqual(house.ringing(), ["nora"]);
});
