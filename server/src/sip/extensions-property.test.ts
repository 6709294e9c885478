/** The headers of the call extensions, written by chance and by malice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SipDiversion } from "./contract.ts";
import { sdp } from "./lossy-net.ts";
import { field, RawBench, write, type Written } from "./raw-peer.ts";

const WHYS: readonly SipDiversion["why"][] = ["unconditional", "user-busy", "no-answer", "unavailable", "time-of-day", "do-not-disturb", "deflection", "follow-me", "out-of-service", "away", "unknown"];
const NAMES = ["Replaces", "Join", "Reason", "History-Info", "Diversion", "Privacy", "Refer-To", "Referred-By", "Refer-Sub", "RAck", "RSeq", "Require", "Supported", "Session-Expires", "Min-SE", "Max-Forwards", "Event", "Subscription-State", "Contact", "Target-Dialog"];
const PIECES = ["sip:", "sips:", "tel:", "<", ">", "\"", ";", "=", ",", "?", "&", "%", "%0D%0A", "%00", "Replaces=", "to-tag=", "from-tag=", "early-only", "cause=", "text=", "SIP", "Q.850", "200", "4294967296", "-1", "1", "INVITE", "@", ":", "[", "]", "::1", "100rel", "replaces", "timer", " ", "\t", "\\", "\u00e9", "a.test", "x", "tag=", "index=1.1", "mp=1", "id;user", "reason=", "q=", "0.5", "refer", "terminated"];
const value = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(""));
const headers = fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 6 }).map((pairs) => pairs.map(([name, text]) => `${name}: ${text}`));

test("property: whatever the extension headers hold, nothing throws, no line of our own begins with theirs, and all is gone in the end", () => {
  fc.assert(fc.property(headers, headers, headers, fc.constantFrom("REFER", "PRACK", "UPDATE", "INFO", "NOTIFY", "BYE", "CANCEL", "INVITE"), (first, second, third, method) => {
    const bench = new RawBench();
    const peer = bench.peer("203.0.113.5");
    const out: string[] = [];
    const send = (written: Written): string[] => {
      const sent = peer.raw(Buffer.from(write(peer.flow, written), "utf8"));
      out.push(...sent);
      return sent;
    };
    const command = (one: Parameters<typeof bench.core.command>[0]): string[] => {
      const sent = bench.take(bench.core.command(one, bench.nowMs));
      out.push(...sent);
      return sent;
    };
    const invite: Written = { method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", callId: "p", branch: "z9hG4bKp", body: sdp("eve"), headers: ["Contact: <sip:eve@203.0.113.5>", "Content-Type: application/sdp", ...first] };
    send(invite);
    const ref = bench.of("incoming")[0]?.ref;
    if (ref !== undefined) {
      const [early = ""] = command({ type: "progress", ref, status: 183, sdp: sdp("us") });
      const dialog = { uri: "sip:tandem@192.0.2.1", from: field(early, "From"), to: field(early, "To"), callId: "p" };
      send(method === "CANCEL" ? { ...invite, method, headers: second, body: "" } : { ...dialog, method, cseq: 2, headers: second });
      command({ type: "answer", ref, sdp: sdp("us") });
      send({ ...dialog, method: "ACK", cseq: 1, headers: third });
      send({ ...dialog, method: "REFER", cseq: 3, headers: third });
      command({ type: "acceptRefer", ref });
      command({ type: "referProgress", ref, status: 200, reason: "OK" });
      command({ type: "refer", ref, to: "sip:x@y.test" });
      send({ ...dialog, method, cseq: 5, headers: [...second, ...third] });
    }
    const [call = ""] = command({ type: "invite", ref: "out", target: { uri: "sip:bob@203.0.113.5" }, from: { user: "a", display: "" }, sdp: sdp("us"), noAnswerMs: 5_000 });
    for (const [code, extra] of [["183 X", second], ["180 X", third], ["302 X", first]] as const) {
      const text = [`SIP/2.0 ${code}`, `Via: ${field(call, "Via")}`, `From: ${field(call, "From")}`, `To: ${field(call, "To")};tag=t`, `Call-ID: ${field(call, "Call-ID")}`, "CSeq: 1 INVITE", ...extra, "Content-Length: 0", "", ""];
      out.push(...peer.raw(Buffer.from(text.join("\r\n"), "utf8")));
    }
    for (const one of bench.core.stop(bench.nowMs)) if (one.do === "send") out.push(Buffer.from(one.bytes).toString("latin1"));
    out.push(...bench.advance(600_000));
    for (const message of out) {
      const lines = message.split("\r\n\r\n")[0]!.split("\r\n").slice(1);
      for (const line of lines) assert.match(line, /^[A-Za-z-]+: ?[^\r\n]*$/, message);
    }
    assert.equal(bench.core.nextWakeAt(), null);
  }), { numRuns: 1_500 });
});

test("property: what we write of a forwarded call is read as it was, by who knows Diversion and by who knows History-Info alone", () => {
  const diversion = fc.record({
    user: fc.string({ unit: fc.constantFrom(..."abz019+_é ;@\"<>\r\n%"), minLength: 1, maxLength: 20 }), host: fc.constantFrom("a.test", "192.0.2.9", "2001:db8::9"), why: fc.constantFrom(...WHYS),
  }, { noNullPrototype: true });
  const causes = new Map<string, SipDiversion["why"]>([["unconditional", "unconditional"], ["user-busy", "user-busy"], ["no-answer", "no-answer"], ["unavailable", "unavailable"], ["deflection", "deflection"]]);
  fc.assert(fc.property(fc.array(diversion, { minLength: 1, maxLength: 10 }), (history) => {
    const bench = new RawBench();
    const [sent = ""] = bench.take(bench.core.command({ type: "invite", ref: "o", target: { uri: "sip:bob@203.0.113.5" }, from: { user: "a", display: "" }, sdp: sdp("us"), noAnswerMs: 5_000, history }, bench.nowMs));
    const hear = (...headers: string[]): readonly SipDiversion[] => {
      bench.peer("203.0.113.5").raw(Buffer.from(write(bench.peer("203.0.113.5").flow, { method: "INVITE", uri: "sip:100@tandem.test", to: "<sip:100@tandem.test>", body: sdp("e"), headers: ["Contact: <sip:e@203.0.113.5>", "Content-Type: application/sdp", ...headers] }), "latin1"));
      return bench.of("incoming").at(-1)!.history;
    };
    assert.deepEqual(hear(`Diversion: ${field(sent, "Diversion")}`), history);
    assert.deepEqual(hear(`History-Info: ${field(sent, "History-Info")}`), history.map((one) => ({ ...one, why: causes.get(one.why) ?? "unknown" })));
  }), { numRuns: 300 });
});
