import assert from "node:assert/strict";
import { test } from "node:test";
import { field, RawBench, status, type Written } from "../raw-peer.ts";
import { composePresence, presenceDocument, readPresence } from "./presence.ts";
import { readXml } from "./xml.ts";

const me = "<sip:1001@tandem.test>";
const busy = presenceDocument("sip:1001@tandem.test", { open: true, note: "En réunion <b>", activities: ["meeting", "busy"] });
const publish = (headers: readonly string[], body = "", more: Partial<Written> = {}): Written => ({
  method: "PUBLISH", uri: "sip:1001@tandem.test", from: `${me};tag=p`, to: me, ...more,
  headers: ["Event: presence", ...(body === "" ? [] : ["Content-Type: application/pidf+xml"]), ...headers], body: Buffer.from(body, "utf8").toString("latin1"),
});

test("RFC 3903: initial, refresh, modify, remove, each with a new entity tag; what they say is told upwards", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const send = (written: Written): string[] => phone.sendSigned(written, "1001", "pw");
  const first = send(publish(["Expires: 600"], busy));
  assert.equal(status(first), "SIP/2.0 200 OK");
  assert.equal(field(first[0], "Expires"), "600");
  const tag = field(first[0], "SIP-ETag");
  assert.ok(tag.length > 5);
  assert.deepEqual(bench.of("published"), [{ type: "published", account: "1001", open: true, note: "En réunion <b>", activities: ["meeting", "busy"], expiresAtMs: bench.nowMs + 600_000 }]);

  const refreshed = send(publish(["Expires: 600", `SIP-If-Match: ${tag}`]));
  const second = field(refreshed[0], "SIP-ETag");
  assert.notEqual(second, tag);
  assert.equal(bench.of("published").length, 1, "a refresh says nothing new");
  assert.equal(status(send(publish(["Expires: 600", `SIP-If-Match: ${tag}`]))), "SIP/2.0 412 Conditional Request Failed", "the old tag is gone");

  const away = send(publish(["Expires: 600", `SIP-If-Match: ${second}`], presenceDocument("sip:1001@tandem.test", { open: false, note: "", activities: ["away"] })));
  assert.deepEqual(bench.of("published").at(-1), { type: "published", account: "1001", open: false, note: "", activities: ["away"], expiresAtMs: bench.nowMs + 600_000 });
  assert.equal(status(send(publish(["Expires: 0", `SIP-If-Match: ${field(away[0], "SIP-ETag")}`]))), "SIP/2.0 200 OK");
  assert.equal(bench.of("published").at(-1)!.expiresAtMs, null);
  bench.advance(60_000);
  assert.equal(bench.core.nextWakeAt(), null);
});

test("what nobody refreshes ends; two devices say it together; the ninth document takes the place of the first", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  const send = (written: Written): string[] => phone.sendSigned(written, "1001", "pw");
  send(publish(["Expires: 60"], busy));
  send(publish(["Expires: 120"], presenceDocument("sip:1001@tandem.test", { open: false, note: "Dehors", activities: ["travel"] })));
  assert.deepEqual(bench.of("published").at(-1), { type: "published", account: "1001", open: true, note: "Dehors", activities: ["meeting", "busy", "travel"], expiresAtMs: bench.nowMs + 120_000 });
  bench.advance(60_000);
  assert.deepEqual(bench.of("published").at(-1)!.activities, ["travel"]);
  bench.advance(60_000);
  assert.equal(bench.of("published").at(-1)!.expiresAtMs, null);
  const tags = Array.from({ length: 9 }, () => field(send(publish(["Expires: 600"], busy))[0], "SIP-ETag"));
  assert.equal(status(send(publish([`SIP-If-Match: ${tags[0]}`]))), "SIP/2.0 412 Conditional Request Failed");
  assert.equal(status(send(publish([`SIP-If-Match: ${tags[8]}`]))), "SIP/2.0 200 OK");
});

test("refused: strangers, other people's presence, other packages, no body, wrong or broken bodies, too large, too brief", () => {
  const bench = new RawBench();
  const phone = bench.peer("198.51.100.7");
  assert.equal(status(phone.send(publish([], busy))), "SIP/2.0 401 Unauthorized");
  const signed = (written: Written): string => status(phone.sendSigned(written, "1001", "pw"));
  assert.equal(signed(publish([], busy, { uri: "sip:1002@tandem.test" })), "SIP/2.0 403 Forbidden");
  assert.equal(signed({ ...publish([], busy), headers: ["Event: dialog"] }), "SIP/2.0 489 Bad Event");
  assert.equal(signed(publish([])), "SIP/2.0 400 Bad Request");
  assert.equal(signed({ ...publish([], busy), headers: ["Event: presence", "Content-Type: text/html"] }), "SIP/2.0 415 Unsupported Media Type");
  assert.equal(signed(publish([], "<presence>")), "SIP/2.0 400 Bad Request");
  assert.equal(signed(publish([], `${busy}<!--${"x".repeat(9_000)}-->`)), "SIP/2.0 413 Request Entity Too Large");
  assert.equal(signed(publish(["Expires: 5"], busy)), "SIP/2.0 423 Interval Too Brief");
  assert.equal(signed(publish(["SIP-If-Match: a, b"], busy)), "SIP/2.0 400 Bad Request");
  assert.deepEqual(bench.events.filter((e) => e.type === "published"), []);
});

test("documents: what we write we read; entities of one's own, broken nesting and depth are refused; foreign shapes are read", () => {
  const all = { open: true, note: 'À "5" < 6 & é', activities: ["on-the-phone"] };
  assert.deepEqual(readPresence(presenceDocument("sip:a@b", all)), all);
  assert.deepEqual(readPresence('<?xml version="1.0"?><p:presence xmlns:p="urn:x" entity="sip:a@b"><p:tuple id="1"><p:status><p:basic> open </p:basic></p:status></p:tuple></p:presence>'), { open: true, note: "", activities: [] });
  for (const bad of ['<!DOCTYPE a [<!ENTITY b "c">]><presence/>', "<presence><a></presence></a>", "<a/>", "", "text", "<presence", "<".repeat(500), `${"<a>".repeat(30)}${"</a>".repeat(30)}`]) assert.equal(readPresence(bad), null, bad.slice(0, 40));
  assert.equal(readXml("<a>&#0;&#x110000;&lt;</a>")?.[1]?.kind, "text");
  assert.deepEqual(composePresence([]), { open: false, note: "", activities: [] });
});
