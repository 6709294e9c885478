import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "./guard.ts";

test("an address of IPv6 counts as its network: whoever has 2^64 of them is one", () => {
  assert.deepEqual(["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9", "2001:db8:1:2:ffff::"].map(networkOf), Array.from({ length: 3 }, () => "2001:db8:1:2::/64"));
  assert.deepEqual(["2001:db8::1", "fe80::1", "::1"].map(networkOf), ["2001:db8:0:0::/64", "fe80:0:0:0::/64", "0:0:0:0::/64"]);
  assert.equal(networkOf("192.0.2.7"), "192.0.2.7");
});
