import assert from "node:assert/strict";
import { test } from "node:test";
import { field, RawBench, sign, status, type RawPeer, type Written } from "../raw-peer.ts";
import type { SipEventRules } from "../settings.ts";
import { dialogInfo } from "./dialog-info.ts";
import { messageSummary } from "./message-summary.ts";
import { presenceDocument } from "./presence.ts";

const me = "<sip:1001@tandem.test>";
const subscribe = (event: string, more: Partial<Written> = {}): Written => ({
  method: "SUBSCRIBE", uri: "sip:1002@tandem.test", from: `${me};tag=w`, to: "<sip:1002@tandem.test>", ...more,
  headers: [`Event: ${event}`, "Contact: <sip:1001@198.51.100.7:5060>", ...(more.headers ?? [])],
});

interface World {
  bench: RawBench;
  phone: RawPeer;
  lines: { state: "early" | "confirmed"; id: string }[];
  fresh: number;
  allowed: boolean;
}

function world(more: Partial<SipEventRules> = {}): World {
  const bench = new RawBench({
    events: {
      may: (account, _pkg, resource) => made.allowed && account === "1001" && resource !== "secret",
      state(pkg, resource, { version, watcher }) {
        if (resource === "nobody") return null;
        if (pkg === "dialog") return dialogInfo(`sip:${resource}@tandem.test`, version, made.lines.map((line) => ({ ...line, direction: "recipient", remote: watcher === "1001" ? null : { uri: "sip:x@y", display: "" } })));
        if (pkg === "message-summary") return messageSummary(`sip:${resource}@tandem.test`, { fresh: made.fresh, heard: 1 });
        return presenceDocument(`sip:${resource}@tandem.test`, { open: true, note: "Là", activities: ["meeting"] });
      },
      ...more,
    },
  });
  const made: World = { bench, phone: bench.peer("198.51.100.7"), lines: [], fresh: 0, allowed: true };
  return made;
}

/** The 200 to a NOTIFY. */
function ok(notify: string, line = "200 OK", extra: readonly string[] = []): string {
  return [`SIP/2.0 ${line}`, `Via: ${field(notify, "Via")}`, `From: ${field(notify, "From")}`, `To: ${field(notify, "To")}`, `Call-ID: ${field(notify, "Call-ID")}`, `CSeq: ${field(notify, "CSeq")}`, ...extra, "Content-Length: 0", "", ""].join("\r\n");
}

/** Subscribes and takes the first NOTIFY; returns what is needed to go on in the dialog. */
function begin(w: World, written: Written): { answer: string; notify: string; inDialog(cseq: number, headers: readonly string[]): string[] } {
  const [answer = "", notify = ""] = w.phone.sendSigned(written, "1001", "pw");
  assert.equal(status([answer]), "SIP/2.0 200 OK");
  assert.match(notify, /^NOTIFY /);
  w.phone.raw(ok(notify));
  const callId = field(answer, "Call-ID");
  return {
    answer, notify,
    inDialog: (cseq, headers) => w.phone.send({ method: "SUBSCRIBE", uri: /<([^>]+)>/.exec(field(answer, "Contact"))![1]!, from: field(answer, "From"), to: field(answer, "To"), callId, cseq, headers }),
  };
}

const stateOf = (notify: string | undefined): string => field(notify, "Subscription-State");
const body = (message: string | undefined): string => message?.split("\r\n\r\n").slice(1).join("\r\n\r\n") ?? "";

test("subscribed: 200 with Expires and a Contact, and a NOTIFY at once in the dialog; a change is one more; the end is told", () => {
  const w = world();
  const one = begin(w, subscribe("dialog", { headers: ["Expires: 600", "Accept: application/dialog-info+xml"] }));
  assert.equal(field(one.answer, "Expires"), "600");
  assert.match(field(one.answer, "Contact"), /^<sip:tandem@192\.0\.2\.1:5060>$/);
  assert.equal(field(one.notify, "Event"), "dialog");
  assert.equal(stateOf(one.notify), "active;expires=600");
  assert.equal(field(one.notify, "To"), `${me};tag=w`);
  assert.equal(field(one.notify, "From"), field(one.answer, "To"));
  assert.equal(field(one.notify, "Content-Type"), "application/dialog-info+xml");
  assert.match(body(one.notify), /version="0" state="full".*<dialog id="none"><state>terminated/s);

  w.bench.nowMs += 1_000;
  w.lines.push({ id: "a", state: "early" });
  const [early = ""] = w.bench.take(w.bench.core.command({ type: "stateChanged", package: "dialog", resource: "1002" }, w.bench.nowMs));
  assert.match(body(early), /version="1".*<dialog id="a" direction="recipient"><state>early/s);
  assert.doesNotMatch(early, /x@y/, "who calls is withheld from this watcher");
  assert.equal(stateOf(early), "active;expires=599");
  w.phone.raw(ok(early));

  const [refreshed = "", again = ""] = one.inDialog(9, ["Event: dialog", "Contact: <sip:1001@198.51.100.7:5060>", "Expires: 900"]);
  assert.equal(field(refreshed, "Expires"), "900");
  assert.equal(stateOf(again), "active;expires=900");
  w.phone.raw(ok(again));
  assert.equal(status(one.inDialog(9, ["Event: dialog", "Expires: 900"])), "SIP/2.0 500 Server Internal Error", "an old one changes nothing");
  const [, last = ""] = one.inDialog(10, ["Event: dialog", "Expires: 0"]);
  assert.equal(stateOf(last), "terminated;reason=timeout");
  w.phone.raw(ok(last));
  assert.equal(status(one.inDialog(11, ["Event: dialog", "Expires: 900"])), "SIP/2.0 481 Call/Transaction Does Not Exist");
  assert.deepEqual(w.bench.take(w.bench.core.command({ type: "stateChanged", package: "dialog", resource: "1002" }, w.bench.nowMs)), []);
  w.bench.advance(60_000);
  assert.equal(w.bench.core.nextWakeAt(), null, "nothing is left behind");
});

test("nobody subscribes without a password, in another's name, to what they may not, to what is not there, or to what we do not have", () => {
  const w = world();
  assert.equal(status(w.phone.send(subscribe("dialog"))), "SIP/2.0 401 Unauthorized");
  assert.equal(w.bench.core.nextWakeAt(), null);
  const signed = (written: Written, user = "1001"): string => status(w.phone.sendSigned(written, user, "pw"));
  assert.equal(signed(subscribe("dialog"), "1003"), "SIP/2.0 403 Forbidden", "1003 says that it is 1001");
  assert.equal(signed({ ...subscribe("dialog"), uri: "sip:secret@tandem.test" }), "SIP/2.0 403 Forbidden");
  assert.equal(signed({ ...subscribe("dialog"), uri: "sip:nobody@tandem.test" }), "SIP/2.0 404 Not Found");
  assert.equal(signed({ ...subscribe("dialog"), uri: "sip:x@elsewhere.test" }), "SIP/2.0 404 Not Found");
  const bad = w.phone.sendSigned(subscribe("presence.winfo"), "1001", "pw");
  assert.equal(status(bad), "SIP/2.0 489 Bad Event");
  assert.match(field(bad[0], "Allow-Events"), /presence, dialog, message-summary, reg/);
  assert.equal(signed({ ...subscribe("dialog"), headers: ["Contact: <sip:1001@198.51.100.7>"] }), "SIP/2.0 489 Bad Event", "no Event at all");
  assert.equal(signed(subscribe("dialog", { headers: ["Accept: application/pidf+xml"] })), "SIP/2.0 406 Not Acceptable");
  const brief = w.phone.sendSigned(subscribe("dialog", { headers: ["Expires: 59"] }), "1001", "pw");
  assert.equal(status(brief), "SIP/2.0 423 Interval Too Brief");
  assert.equal(field(brief[0], "Min-Expires"), "60");
  assert.equal(signed(subscribe("dialog", { headers: ["Expires: soon"] })), "SIP/2.0 400 Bad Request");
  w.bench.advance(40_000);
  assert.equal(w.bench.core.nextWakeAt(), null);
});

test("a fetch (Expires: 0) is one NOTIFY that ends; an expiry is told; a right that was taken ends it at the refresh", () => {
  const w = world();
  const fetched = begin(w, subscribe("message-summary", { headers: ["Expires: 0"] }));
  assert.equal(stateOf(fetched.notify), "terminated;reason=timeout");
  assert.equal(body(fetched.notify), "Messages-Waiting: no\r\nMessage-Account: sip:1002@tandem.test\r\nVoice-Message: 0/1 (0/0)\r\n");

  begin(w, subscribe("presence", { headers: ["Expires: 60"] }));
  const [ended = ""] = w.bench.advance(60_000);
  assert.equal(stateOf(ended), "terminated;reason=timeout");
  w.phone.raw(ok(ended));

  const other = begin(w, subscribe("presence;id=7", { headers: ["Expires: 600"] }));
  assert.equal(field(other.notify, "Event"), "presence;id=7");
  assert.match(body(other.notify), /<basic>open<\/basic>.*<note>L\xc3\xa0<\/note>.*<rpid:meeting\/>/s, "UTF-8 on the wire");
  assert.equal(status(other.inDialog(5, ["Event: presence", "Expires: 600"])), "SIP/2.0 481 Call/Transaction Does Not Exist", "another id is another subscription");
  w.allowed = false;
  const [, rejected = ""] = other.inDialog(6, ["Event: presence;id=7", "Expires: 600"]);
  assert.equal(stateOf(rejected), "terminated;reason=rejected");
});

test("a storm: one NOTIFY in flight, then at most one in 200 ms with the state as it is by then", () => {
  const w = world();
  begin(w, subscribe("dialog", { headers: ["Expires: 600"] }));
  w.bench.nowMs += 1_000;
  const change = (): string[] => {
    w.lines.push({ id: `l${w.lines.length}`, state: "confirmed" });
    return w.bench.take(w.bench.core.command({ type: "stateChanged", package: "dialog", resource: "1002" }, w.bench.nowMs));
  };
  const [first = ""] = change();
  for (let i = 0; i < 50; i++) assert.deepEqual(change(), [], "the first is not answered yet");
  w.bench.nowMs += 300;
  assert.deepEqual(change(), [], "still not, whatever the time");
  const sent = w.phone.raw(ok(first));
  assert.equal(sent.length, 1);
  assert.equal(body(sent[0]).match(/<dialog /g)!.length, 52);
  assert.match(body(sent[0]), /version="2"/);
  assert.deepEqual(change(), []);
  assert.deepEqual(w.phone.raw(ok(sent[0]!)), [], "answered at once: the next waits for its turn");
  const paced = w.bench.advance(200).filter((m) => m.startsWith("NOTIFY"));
  assert.deepEqual(paced.map((m) => body(m).match(/<dialog /g)!.length), [53]);
  w.phone.raw(ok(paced[0]!));
  assert.deepEqual(w.bench.advance(5_000).filter((m) => m.startsWith("NOTIFY")), []);
});

test("a wall clock set back does not stop the lamps", () => {
  const w = world();
  begin(w, subscribe("dialog"));
  w.bench.advance(1_000);
  w.bench.nowMs -= 3_600_000;
  const told = w.bench.take(w.bench.core.command({ type: "stateChanged", package: "dialog", resource: "1002" }, w.bench.nowMs));
  assert.equal(told.filter((m) => m.startsWith("NOTIFY")).length, 1);
});

test("a refused or unanswered NOTIFY ends the subscription, Retry-After waits", () => {
  const w = world();
  const tries: [answer: string | null, alive: boolean][] = [["481 Subscription does not exist", false], ["500 Server Error", false], ["401 Unauthorized", false], [null, false]];
  for (const [line] of tries) {
    const [, notify = ""] = w.phone.sendSigned(subscribe("dialog", { headers: ["Expires: 600"] }), "1001", "pw");
    if (line) w.phone.raw(ok(notify, line));
    else w.bench.advance(33_000);
    w.bench.nowMs += 1_000;
    assert.deepEqual(w.bench.take(w.bench.core.command({ type: "stateChanged", package: "dialog", resource: "1002" }, w.bench.nowMs)), [], `${line}`);
  }
  const [, notify = ""] = w.phone.sendSigned(subscribe("dialog", { headers: ["Expires: 600"] }), "1001", "pw");
  w.phone.raw(ok(notify, "503 Service Unavailable", ["Retry-After: 20"]));
  assert.deepEqual(w.bench.advance(19_000), []);
  assert.equal(w.bench.advance(1_000).filter((m) => m.startsWith("NOTIFY")).length, 1);
});

test("limits: so many subscriptions an account, so many NOTIFYs a second in all", () => {
  const w = world();
  const answers = Array.from({ length: 255 }, (_, i) => {
    const sent = w.phone.sendSigned({ ...subscribe("dialog", { headers: ["Expires: 600"] }), uri: `sip:r${i}@tandem.test` }, "1001", "pw");
    if (sent[1]) w.phone.raw(ok(sent[1]));
    return status(sent);
  });
  assert.equal(answers.filter((line) => line.includes("200")).length, 250);
  assert.equal(answers.at(-1), "SIP/2.0 403 Forbidden");
  w.bench.advance(2_000);
  let sent = 0;
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 250; i++) {
      for (const message of w.bench.take(w.bench.core.command({ type: "stateChanged", package: "dialog", resource: `r${i}` }, w.bench.nowMs))) {
        sent++;
        w.phone.raw(ok(message));
      }
    }
    for (const message of w.bench.advance(120)) {
      sent++;
      w.phone.raw(ok(message));
    }
  }
  assert.ok(sent <= 1_000, `${sent} in less than a second`);
  assert.ok(sent > 900, `${sent}: what may go goes`);
});

test("a stop tells watchers to come back in a moment; a page's subscriptions go with it", () => {
  const w = world();
  begin(w, subscribe("dialog", { headers: ["Expires: 600"] }));
  const page = w.bench.peer("198.51.100.9", "ws", 40_001);
  const [, notify = ""] = page.sendSigned(subscribe("dialog", { headers: ["Expires: 600"] }), "1001", "pw");
  assert.match(notify, /^NOTIFY sip:1001@198\.51\.100\.7:5060 SIP/);
  page.raw(ok(notify));
  w.bench.take(w.bench.core.flowClosed(page.flow, w.bench.nowMs));
  const said = w.bench.take(w.bench.core.stop(w.bench.nowMs));
  assert.deepEqual(said.map((m) => stateOf(m)), ["terminated;reason=probation;retry-after=5"]);
});

test("reg (RFC 3680): one's own registration as it comes, is refreshed and goes", () => {
  const w = world();
  const register = (expires: number, cseq: number, nonce?: string): string[] => {
    const written: Written = { method: "REGISTER", from: `${me};tag=r`, to: me, callId: "reg-1", cseq, headers: [`Contact: <sip:1001@198.51.100.7:5060>;expires=${expires};+sip.instance="<urn:uuid:9>"`] };
    const [challenge = ""] = nonce === undefined ? w.phone.send(written) : [nonce];
    return w.phone.send({ ...written, cseq: cseq + 1, headers: [...written.headers!, sign(challenge, written, "1001", "pw")] });
  };
  const watch = begin(w, { ...subscribe("reg", { headers: ["Expires: 600"] }), uri: "sip:1001@tandem.test", to: me });
  assert.match(body(watch.notify), /<registration aor="sip:1001@tandem\.test" id="r1" state="init"><\/registration>/);
  w.bench.nowMs += 1_000;
  const there = register(120, 1).find((m) => m.startsWith("NOTIFY")) ?? "";
  assert.match(body(there), /state="active"><contact id="b1" state="active" event="registered" expires="120" q="1" callid="reg-1" cseq="2"><uri>sip:1001@198\.51\.100\.7:5060<\/uri>.*gr=urn:uuid:9/);
  w.phone.raw(ok(there));
  w.bench.nowMs += 1_000;
  const gone = register(0, 3).find((m) => m.startsWith("NOTIFY")) ?? "";
  assert.match(body(gone), /state="terminated"><contact id="b1" state="terminated" event="unregistered"/);
  w.phone.raw(ok(gone));
  // somebody else's needs a right
  w.allowed = false;
  assert.equal(status(w.phone.sendSigned({ ...subscribe("reg"), uri: "sip:1002@tandem.test" }, "1001", "pw")), "SIP/2.0 403 Forbidden");
});

test("an unasked lamp goes to the phones of an account, not to browsers, and not to who subscribed", () => {
  const w = world();
  const lamp = (): string[] => w.bench.take(w.bench.core.command({ type: "lamp", account: "1001", body: messageSummary("sip:1001@tandem.test", { fresh: 2, heard: 0 }) }, w.bench.nowMs));
  assert.deepEqual(lamp(), []);
  w.phone.sendSigned({ method: "REGISTER", from: `${me};tag=r`, to: me, headers: ["Contact: <sip:1001@198.51.100.7:5060>"] }, "1001", "pw");
  w.bench.peer("198.51.100.8", "ws", 40_000).sendSigned({ method: "REGISTER", from: `${me};tag=r`, to: me, headers: ["Contact: <sip:b@x.invalid;transport=ws>"] }, "1001", "pw");
  const told = lamp();
  assert.equal(told.length, 1);
  assert.match(told[0]!, /^NOTIFY sip:1001@198\.51\.100\.7:5060 [^]*Event: message-summary\r\n[^]*Messages-Waiting: yes\r\n[^]*Voice-Message: 2\/0/);
  begin(w, { ...subscribe("message-summary"), uri: "sip:1001@tandem.test", to: me });
  assert.deepEqual(lamp(), []);
});

test("an account that is no more: its contacts, subscriptions and publication end at once; nobody else's do", () => {
  const w = world({ may: () => true });
  const other = w.bench.peer("198.51.100.8");
  for (const [peer, account] of [[w.phone, "1001"], [other, "1003"]] as const) {
    const own = `<sip:${account}@tandem.test>`;
    const [registered] = peer.sendSigned({ method: "REGISTER", from: `${own};tag=r`, to: own, headers: [`Contact: <sip:${account}@${peer.flow.remoteAddress}:5060>`, "Expires: 600"] }, account, "pw");
    assert.equal(status([registered!]), "SIP/2.0 200 OK");
  }
  begin(w, subscribe("dialog", { headers: ["Expires: 600"] }));
  const waits = begin(w, subscribe("reg", { uri: "sip:1001@tandem.test", to: me, headers: ["Expires: 600"] }));
  const [, kept = ""] = other.sendSigned(subscribe("presence", { from: "<sip:1003@tandem.test>;tag=w3", headers: ["Expires: 600"] }), "1003", "pw");
  other.raw(ok(kept));
  const presence = presenceDocument("sip:1001@tandem.test", { open: true, note: "", activities: ["meeting"] });
  w.phone.sendSigned({ method: "PUBLISH", uri: "sip:1001@tandem.test", from: `${me};tag=p`, to: me, headers: ["Event: presence", "Content-Type: application/pidf+xml"], body: presence }, "1001", "pw");
  w.bench.events.length = 0;

  const last = w.bench.take(w.bench.core.command({ type: "forget", account: "1001" }, w.bench.nowMs));
  assert.deepEqual(w.bench.of("unregistered").map((e) => [e.account, e.reason]), [["1001", "removed"]]);
  assert.deepEqual(w.bench.of("bindingChanged").map((e) => [e.binding.account, e.gone]), [["1001", true]]);
  assert.equal(w.bench.of("published").at(-1)?.expiresAtMs, null);
  const ended = last.filter((text) => stateOf(text) === "terminated;reason=rejected");
  assert.deepEqual(ended.map((text) => [field(text, "Event"), body(text)]).toSorted(), [["dialog", ""], ["reg", ""]], "nothing is told with it");
  for (const notify of ended) w.phone.raw(ok(notify));
  assert.equal(status(waits.inDialog(9, ["Event: reg", "Contact: <sip:1001@198.51.100.7:5060>"])), "SIP/2.0 481 Call/Transaction Does Not Exist");

  const told = w.bench.take(w.bench.core.command({ type: "stateChanged", package: "presence", resource: "1002" }, (w.bench.nowMs += 10_000)));
  assert.deepEqual(told.map(stateOf).map((state) => state.split(";")[0]), ["active"]);
});
