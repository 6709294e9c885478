import assert from "node:assert/strict";
import { test } from "node:test";
import type { SipEvent } from "../sip/contract.ts";
import { readIncoming } from "./incoming.ts";

const invite = (geolocation: string): Extract<SipEvent, { type: "incoming" }> => ({
  type: "incoming", ref: "r", callId: "c", from: { user: "+33612345678", host: "a", display: "", account: null }, to: { user: "1000", host: "b" }, sdp: null, replaces: null, join: null, privacy: [], headers: [["Geolocation", [geolocation]]],
} as unknown as Extract<SipEvent, { type: "incoming" }>); // what a call's reading looks at

test("where a telephone says that it is (RFC 6442, RFC 5870): within the earth, by value; anything else is not known", () => {
  const contextOf = (geolocation: string): Record<string, string> => {
    const read = readIncoming(invite(geolocation), { resolveNumber: () => ({ kind: "number", number: "1000" }), visitorOf: () => null, agentOf: () => null, newInteractionId: () => "i" });
    assert.ok(read.ok);
    return { ...read.arrived.context };
  };
  assert.deepEqual(contextOf("<geo:48.8566,2.3522;u=35>"), { latitude: "48.8566", longitude: "2.3522", accuracyM: "35" });
  assert.deepEqual(contextOf("<geo:-33.9,151.2,20>;inserted-by=x"), { latitude: "-33.9", longitude: "151.2" });
  for (const other of ["<cid:target@example.com>", "<geo:91,2>", "<geo:48.8,181>", "<geo:a,b>", "geo:1,2", `<geo:${"9".repeat(50)},1>`]) assert.deepEqual(contextOf(other), {}, other);
});
