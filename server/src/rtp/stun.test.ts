import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { HmacSha1 } from "./hmac-sha1.ts";
import { isStun, readBindingRequest, writeBindingSuccess } from "./stun.ts";

const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const mac = new HmacSha1(Buffer.from(PASSWORD));

// RFC 5769 section 2.1
const REQUEST = Buffer.from(
  [
    "000100582112a442b7e7a701bc34d686fa87dfae",
    "802200105354554e207465737420636c69656e74",
    "002400046e0001ff",
    "80290008932ff9b151263b36",
    "000600096576746a3a68367659202020",
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2",
    "80280004e57a3bcf",
  ].join(""),
  "hex",
);

test("RFC 5769: the sample request is authentic for its user and password only", () => {
  assert.ok(isStun(REQUEST));
  const read = readBindingRequest(REQUEST, "evtj", mac);
  assert.equal(Buffer.from(read!.transaction).toString("hex"), "b7e7a701bc34d686fa87dfae");
  assert.equal(read!.useCandidate, false);
  assert.equal(readBindingRequest(REQUEST, "other", mac), null);
  assert.equal(readBindingRequest(REQUEST, "evtj", new HmacSha1(Buffer.from("wrong"))), null);
});

test("any change before the integrity attribute is noticed, and nothing throws", () => {
  for (let at = 0; at < 96; at++) {
    const changed = Buffer.from(REQUEST);
    changed[at]! ^= 0x10;
    // The fourth octet of the magic cookie aside, each octet is covered by the code or by the format.
    assert.equal(readBindingRequest(changed, "evtj", mac), null, `octet ${at}`);
  }
  for (let length = 0; length < REQUEST.length; length++) assert.equal(readBindingRequest(REQUEST.subarray(0, length), "evtj", mac), null);
});

test("the answer carries the address seen, integrity over it and a fingerprint", () => {
  const transaction = Buffer.from("b7e7a701bc34d686fa87dfae", "hex");
  const answer = Buffer.from(writeBindingSuccess(transaction, "192.0.2.1", 32853, mac));
  assert.equal(answer.length, 20 + 12 + 24 + 8);
  assert.equal(answer.readUInt16BE(2), answer.length - 20);
  // RFC 5769 section 2.2 maps this address for this transaction
  assert.ok(answer.toString("hex").includes("002000080001a147e112a643"));
  const covered = Buffer.from(answer.subarray(0, 32));
  covered.writeUInt16BE(36, 2);
  assert.equal(answer.subarray(36, 56).toString("hex"), createHmac("sha1", PASSWORD).update(covered).digest("hex"));
  const six = Buffer.from(writeBindingSuccess(transaction, "2001:db8:1234:5678:11:2233:4455:6677", 32853, mac));
  // RFC 5769 section 2.3
  assert.ok(six.toString("hex").includes("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"));
});
