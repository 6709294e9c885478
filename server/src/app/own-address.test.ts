import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { firstAddress, mapped, nearAddress, plain } from "./own-address.ts";

test("our address for a peer is the one on its network, of its family; none when it is far", () => {
  assert.equal(nearAddress("127.0.0.9", 0), "127.0.0.1");
  assert.equal(nearAddress("203.0.113.77", 0), null);
  assert.equal(nearAddress("2001:db8:ffff::1", 0), null);
  assert.equal(nearAddress("a name", 0), null);
  const v6 = Object.values(networkInterfaces()).flatMap((list) => list ?? []).some(({ address }) => address === "::1");
  assert.equal(nearAddress("::1", 0), v6 ? "::1" : null);
  assert.equal(nearAddress("::2", 0), null, "the loopback network of IPv6 is one address");
});

test("the first address is an outside one when there is one", () => {
  const outside = Object.values(networkInterfaces()).flatMap((list) => list ?? []).find(({ family, internal }) => family === "IPv4" && !internal);
  assert.equal(firstAddress(4, 0), outside?.address ?? "127.0.0.1");
});

test("an IPv4 peer on a dual-stack socket is an IPv4 peer", () => {
  assert.equal(plain("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(plain("2001:db8::1"), "2001:db8::1");
  assert.equal(mapped("192.0.2.7"), "::ffff:192.0.2.7");
  assert.equal(mapped("2001:db8::1"), "2001:db8::1");
});
