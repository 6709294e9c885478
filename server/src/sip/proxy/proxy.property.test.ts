import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sdp } from "../lossy-net.ts";
import { write } from "../raw-peer.ts";
import { all, bench, reply, send } from "./proxy-peer.ts";

/** Where a stranger would like to have its requests sent. */
const VICTIM = "192.0.2.66";
const BOB = "sip:bob@198.51.100.2";

test("property: whatever a stranger writes, nothing is relayed but to the configured target, nothing throws, and nothing is kept in the end", () => {
  const piece = fc.constantFrom(
    VICTIM, `sip:x@${VICTIM}`, `<sip:${VICTIM};lr>`, `\r\nRoute: <sip:${VICTIM};lr>`, `\r\nRoute: <sip:tr~${"0".repeat(32)}~~u_${VICTIM}_5060@192.0.2.1;lr>`, `;maddr=${VICTIM}`, `;received=${VICTIM}`,
    `\r\nRecord-Route: <sip:${VICTIM};lr>`, `\r\nContact: <sip:x@${VICTIM}>`, "tr~", "~", "@", ";lr", "\r\n", ",", "<", ">", ";tag=x", "SIP/2.0", "ACK", "BYE", "CANCEL", "\x00", "sips:", "\r\nProxy-Require: x", "\r\nMax-Breadth: 0",
  );
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), piece });
  fc.assert(
    fc.property(fc.constantFrom("INVITE", "BYE", "ACK", "MESSAGE", "CANCEL", "answer"), fc.array(edit, { minLength: 1, maxLength: 4 }), (kind, edits) => {
      const b = bench(() => ({ as: "proxy", groups: [[{ uri: BOB }]], recordRoute: true }));
      const alice = b.peer("203.0.113.5");
      const call = { method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", callId: "c", branch: "z9hG4bKc", headers: ["Contact: <sip:alice@203.0.113.5:5060>", "Content-Type: application/sdp"], body: sdp("a") };
      const out = send(alice, call);
      const token = all(out[1]!.text, "Record-Route")[0]!;
      // a token of somebody else's call: what a stranger may have seen
      const route = [`Route: ${token}`];
      let text = kind === "answer" ? reply(out[1]!.text, "200 OK", "t", [`Contact: <sip:x@${VICTIM}>`])
        : kind === "INVITE" ? write(alice.flow, { ...call, callId: "d", branch: "z9hG4bKd" })
        : write(alice.flow, { method: kind, uri: `sip:x@${VICTIM}`, to: "<sip:100@tandem.test>;tag=t", callId: "other", headers: route });
      for (const { at, cut, piece } of edits) {
        const from = Math.floor(at * text.length);
        text = text.slice(0, from) + piece + text.slice(from + cut);
      }
      const stranger = b.peer("203.0.113.66");
      for (const { to, line } of send(stranger, text)) {
        assert.ok(!to.includes(VICTIM), `${line} went to ${to} for:\n${text}`);
      }
      for (const message of b.advance(400_000)) assert.ok(typeof message === "string");
      assert.equal(b.core.nextWakeAt(), null);
    }),
    { numRuns: 3_000 },
  );
});
