import assert from "node:assert/strict";
import { test } from "node:test";
import type { LadderMessage } from "@tandem/protocol";
import { ladderOf, ladderText } from "./ladder-model.ts";

const at = (atMs: number, from: string, to: string, what: string, text = "", callId = "c1"): LadderMessage => ({ atMs, from, to, transport: "udp", callId, what, cseq: "1 INVITE", text: `${what}\r\n${text}` });
const sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\nm=audio 4000 RTP/SAVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\nm=video 0 RTP/AVP 96\r\n";

test("callers stand left of Tandem, whoever it calls on the right, with the names that the messages say", () => {
  const view = ladderOf([
    at(1000, "udp 192.0.2.7:5060", "tandem", "INVITE", `From: "Marie Dubois" <sip:+33612@op.test>;tag=1\r\nTo: <sip:1000@tandem.test>\r\n\r\n${sdp}`),
    at(1010, "tandem", "udp 192.0.2.7:5060", "180 Ringing", "\r\n"),
    at(1020, "tandem", "ws 127.0.0.1:4000", "INVITE", "From: <sip:+33612@tandem.test>\r\nTo: <sip:lea@tandem.test>\r\n\r\n", "c2"),
    at(1520, "tandem", "ws 127.0.0.1:4000", "INVITE", "From: <sip:+33612@tandem.test>\r\nTo: <sip:lea@tandem.test>\r\n\r\n", "c2"),
    at(1600, "ws 127.0.0.1:4000", "tandem", "486 Busy Here", "\r\n", "c2"),
  ]);
  assert.deepEqual(view.lanes, [{ id: "udp 192.0.2.7:5060", name: "Marie Dubois" }, { id: "tandem", name: "Tandem" }, { id: "ws 127.0.0.1:4000", name: "lea" }]);
  assert.equal(view.dialogs, 2);
  assert.deepEqual(view.rows.map(({ from, to, atMs, tone, repeated }) => [from, to, atMs, tone, repeated]), [
    [0, 1, 0, "request", false],
    [1, 0, 10, "progress", false],
    [1, 2, 20, "request", false],
    [1, 2, 520, "request", true],
    [2, 1, 600, "refusal", false],
  ]);
  assert.deepEqual(view.rows.map((row) => row.media), ["audio PCMA, PCMU SRTP · video ✕", null, null, null, null]);
});

test("nothing captured is an empty ladder; the text names both ends of each message", () => {
  assert.deepEqual(ladderOf([]), { lanes: [{ id: "tandem", name: "Tandem" }], rows: [], dialogs: 0 });
  assert.equal(ladderText([at(0, "a", "b", "BYE", "X: 1\r\n")]), "--- 1970-01-01T00:00:00.000Z a -> b\nBYE\nX: 1\n");
});
