import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutboundRoute, StirSettings, Trunk } from "@tandem/protocol";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { Flow, SipCommand, SipEvent } from "../sip/sip.ts";
import { isIn, readNetwork } from "./networks.ts";
import { readFromTrunk, readNumber, writeForTrunk } from "./numbers.ts";
import type { IncomingCall, OutboundCall, Trunks } from "./ports.ts";
import { createSeal } from "./sealed.ts";
import { signIdentity } from "./stir/passport.ts";
import { readPrivateKey } from "./stir/keys.ts";
import { CERTIFICATES, KEYS } from "./stir/test-certificates.ts";
import type { TrunkStore } from "./store.ts";
import { createTrunks } from "./trunks.ts";

const NOW = 1_800_000_000_000;
const TRUNK: Trunk = {
  name: "Operator", active: true, host: "sip.operator.test", port: null, transport: "udp", registers: false, username: "line1", domain: "", addresses: ["198.51.100.0/24", "2001:db8::/32"], region: "FR",
  numberFormat: "e164", callerNumber: { mode: "extension", number: "+33270000100" }, trusted: false, signs: false, srtp: "off", maxCalls: 2, keepAliveS: 30, headerRules: [], dataHeaders: [],
};

interface Bench {
  trunks: Trunks;
  commands: SipCommand[];
  clock: VirtualClock;
  checked: string[];
}

function bench(trunks: Record<string, Partial<Trunk>>, more: { routes?: Partial<OutboundRoute>[]; stir?: Partial<StirSettings>; stirKey?: string; fraud?: boolean; certificate?: string } = {}): Bench {
  const rows = new Map(Object.entries(trunks).map(([id, trunk]) => [id, { ...TRUNK, ...trunk, id }]));
  const routes = (more.routes ?? [{}]).map((route, i) => ({ id: `r${i}`, name: `r${i}`, prefixes: ["+"], trunks: [...rows.keys()].map((trunkId, at) => ({ trunkId, priority: at + 1, weight: 1 })), ...route }));
  const store: Partial<TrunkStore> = {
    trunks: () => [...rows.values()], trunk: (id) => rows.get(id) ?? null, password: () => "pw", routes: () => routes, onChange: () => {},
    stir: () => ({ certificateUrl: "", certificate: "", roots: [], allowedHosts: [], attestAs: "A", ...more.stir }), stirKey: () => more.stirKey ?? null,
  };
  const commands: SipCommand[] = [];
  const clock = new VirtualClock(NOW);
  const checked: string[] = [];
  const made = createTrunks({
    sip: { command: (command) => void commands.push(command) }, store: store as TrunkStore, clock, chance: seededChance(3), log: silentLog, contactUser: (id) => `secret-${id}`, region: () => "FR", emergencyNumbers: () => ["112", "15"],
    fraud: { check: ({ e164 }) => (checked.push(e164), { ok: more.fraud ?? true }), allows: () => more.fraud ?? true, started: () => {}, ended: () => {} },
    fetchCertificate: () => Promise.resolve(more.certificate ?? null),
  });
  made.start();
  return { trunks: made, commands, clock, checked };
}

const call = (dialled: string, more: Partial<OutboundCall> = {}): OutboundCall => ({ dialled, callClass: "international", callerNumber: null, callerName: "Léa", account: "1001", anonymous: false, ...more });
const only = (at: Bench, given: OutboundCall) => {
  const plan = at.trunks.plan(given, NOW);
  assert.ok(plan.ok, JSON.stringify(plan));
  return plan.attempts[0]!;
};
const why = (at: Bench, given: OutboundCall): string => {
  const plan = at.trunks.plan(given, NOW);
  return plan.ok ? plan.attempts.map(({ trunkId }) => trunkId).join() : plan.why;
};

function incoming(from: string, to: string, headers: Record<string, string> = {}, address = "198.51.100.7"): IncomingCall {
  const flow: Flow = { id: "f", transport: "udp", remoteAddress: address, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 };
  const privacy = headers["privacy"]?.split(";") ?? [];
  return {
    type: "incoming", ref: "in", from: { user: "x", host: "x", display: "", account: null }, to: { user: to, host: "192.0.2.1" }, flow, sdp: null, replaces: null, join: null, maxForwards: 70, history: [], privacy,
    headers: new Map(Object.entries({ from, to: `<sip:${to}@192.0.2.1>`, ...headers }).map(([name, value]) => [name, [value]])),
  };
}

test("numbers in every format of an operator, there and back", () => {
  const forms = { e164: "+33612345678", "international-00": "0033612345678", digits: "33612345678", national: "0612345678" } as const;
  const abroad = { e164: "+442079460000", "international-00": "00442079460000", digits: "442079460000", national: "00442079460000" } as const;
  for (const numberFormat of ["e164", "international-00", "digits", "national"] as const) {
    const trunk = { region: "FR", numberFormat };
    assert.equal(writeForTrunk("+33612345678", trunk), forms[numberFormat]);
    assert.equal(writeForTrunk("+442079460000", trunk), abroad[numberFormat]);
    for (const form of [forms[numberFormat], "+33612345678", "0612345678", "06 12 34 56 78"]) assert.equal(readFromTrunk(form, trunk), "+33612345678", `${numberFormat} ${form}`);
    assert.equal(readFromTrunk(abroad[numberFormat], trunk), "+442079460000");
    assert.equal(writeForTrunk("+333639", trunk), "3639");
    assert.equal(writeForTrunk("112", trunk), "112");
  }
  assert.deepEqual(readNumber("3639", "FR"), { e164: "+333639", national: true, short: true });
  assert.deepEqual(readNumber("0033612345678", "FR"), { e164: "+33612345678", national: true, short: false });
  for (const wrong of ["", "12", "alice", "+", "0".repeat(41), "06123456789999999999", "+33 6 12\r\nX: y"]) assert.equal(readNumber(wrong, "FR"), null, wrong);
  assert.equal(readNumber("0612345678", "ZZ"), null);
});

test("classes of call: inside, the country, everywhere; emergency always; fraud asked before a trunk is", () => {
  const at = bench({ op: {} });
  for (const [callClass, dialled, expected] of [
    ["internal", "0612345678", "not-allowed"], ["internal", "112", "op"], ["national", "0612345678", "op"], ["national", "+33612345678", "op"], ["national", "3639", "op"],
    ["national", "+442079460000", "not-allowed"], ["international", "+442079460000", "op"], ["international", "alice", "not-a-number"],
  ] as const) assert.equal(why(at, call(dialled, { callClass })), expected, `${callClass} ${dialled}`);
  const refused = bench({ op: {} }, { fraud: false });
  assert.equal(why(refused, call("+442079460000")), "fraud");
  assert.equal(why(refused, call("+442079460000", { onlyAsked: true })), "fraud");
  const asked = bench({ op: {} });
  assert.equal(why(asked, call("+442079460000", { onlyAsked: true })), "op");
  assert.deepEqual(asked.checked, [], "who only asks has called nobody");
  assert.equal(why(refused, call("112", { callClass: "internal" })), "op");
  assert.deepEqual(refused.checked, ["+442079460000"]);
});

test("routes: the longest prefix; priority, then weight by chance; busy and dead trunks passed over, but not for help", () => {
  const at = bench({ a: {}, b: {}, c: {} }, {
    routes: [
      { prefixes: ["+"], trunks: [{ trunkId: "c", priority: 1, weight: 1 }] },
      { prefixes: ["+33", "+336"], trunks: [{ trunkId: "a", priority: 2, weight: 1 }, { trunkId: "b", priority: 1, weight: 1 }] },
    ],
  });
  assert.equal(why(at, call("+33612345678")), "b,a");
  assert.equal(why(at, call("+442079460000")), "c");
  for (const id of ["1", "2"]) at.trunks.started("b", id, "+331", "1001", NOW);
  assert.equal(why(at, call("+33612345678")), "a");
  for (const id of ["3", "4"]) at.trunks.started("a", id, "+331", "1001", NOW);
  assert.equal(why(at, call("+33612345678")), "busy");
  assert.equal(why(at, call("112")), "b,a,c");
  at.trunks.ended("1", NOW);
  assert.equal(why(at, call("+33612345678")), "b");
  at.trunks.onSip({ type: "pong", ref: "trunk-ping:b", ok: false, status: 408, rttMs: 6_000 });
  assert.deepEqual([at.trunks.state("b").state, at.trunks.state("b").reason.why], ["down", "no-answer"]);
  at.trunks.ended("3", NOW);
  assert.equal(why(at, call("+33612345678")), "a");
  // when nobody lives, our word may be old: tried all the same
  at.trunks.onSip({ type: "pong", ref: "trunk-ping:a", ok: false, status: 408, rttMs: 6_000 });
  assert.equal(why(at, call("+33612345678")), "b,a");
  at.trunks.onSip({ type: "pong", ref: "trunk-ping:b", ok: true, status: 404, rttMs: 5 });
  assert.equal(why(at, call("+33612345678")), "b");
  assert.equal(why(bench({ off: { active: false } }), call("+33612345678")), "no-route");
  assert.equal(why(bench({ a: {} }, { routes: [] }), call("+33612345678")), "no-route");
  assert.equal(why(bench({ a: {} }, { routes: [] }), call("15")), "a");

  const shared = bench({ a: {}, b: {} }, { routes: [{ trunks: [{ trunkId: "a", priority: 1, weight: 3 }, { trunkId: "b", priority: 1, weight: 1 }] }] });
  let first = 0;
  for (let i = 0; i < 4_000; i++) if (why(shared, call("+33612345678")) === "a,b") first++;
  assert.ok(Math.abs(first / 4_000 - 0.75) < 0.03, String(first));
});

test("what a trunk is asked: number, caller and credentials in its own form, header rules applied", () => {
  const attempt = only(bench({ op: { domain: "operator.test", numberFormat: "international-00", trusted: true, port: 5070, transport: "tcp", headerRules: [{ when: "out", header: "X-Line", do: "set", value: "7" }, { when: "in", header: "X-In", do: "set", value: "no" }] } }), call("0612345678", { callerNumber: "+33270000142" }));
  assert.deepEqual(attempt, {
    trunkId: "op", target: { uri: "sip:0033612345678@operator.test;user=phone" }, from: { user: "0033270000142", display: "Léa", host: "operator.test" },
    headers: { "P-Asserted-Identity": '"Léa" <sip:0033270000142@operator.test;user=phone>', "X-Line": "7" },
    auth: { username: "line1", password: "pw" }, via: { transport: "tcp", host: "sip.operator.test", port: 5070 }, noReplyMs: 6_000, srtp: "off",
  });
  for (const host of ["2001:db8::1", "[2001:db8::1]"]) {
    const six = only(bench({ op: { host } }), call("0612345678"));
    assert.deepEqual([six.target.uri, six.via.host], ["sip:+33612345678@[2001:db8::1];user=phone", "2001:db8::1"]);
  }
  assert.equal(only(bench({ op: {} }), call("0612345678")).from.user, "+33270000100");
  assert.equal(only(bench({ op: { callerNumber: { mode: "fixed", number: "+33270000199" } } }), call("0612345678", { callerNumber: "+33270000142" })).from.user, "+33270000199");
  assert.equal(only(bench({ op: { callerNumber: { mode: "extension", number: null } } }), call("0612345678")).from.user, "line1");
  // a trunk that does not trust us is not told who is asserted
  assert.deepEqual(only(bench({ op: {} }), call("0612345678")).headers, {});
  assert.deepEqual(only(bench({ op: { trusted: true, headerRules: [{ when: "out", header: "p-asserted-identity", do: "remove", value: "" }] } }), call("0612345678")).headers, {});
});

test("CLIR (RFC 3323, 3325): the callee learns nothing, a trusted operator the number; help learns it always; a forwarded caller only where we are believed", () => {
  const hidden = only(bench({ op: {} }), call("0612345678", { anonymous: true }));
  assert.deepEqual([hidden.from, hidden.headers], [{ user: "anonymous", display: "Anonymous", host: "anonymous.invalid" }, { Privacy: "id" }]);
  assert.deepEqual(only(bench({ op: { trusted: true } }), call("0612345678", { anonymous: true })).headers, { "P-Asserted-Identity": "<sip:+33270000100@sip.operator.test;user=phone>", Privacy: "id" });
  assert.equal(only(bench({ op: {} }), call("112", { anonymous: true })).from.user, "+33270000100");
  const onBehalfOf = { e164: "+442079460000", name: "Camille" };
  assert.deepEqual(only(bench({ op: { trusted: true } }), call("0612345678", { onBehalfOf })).from, { user: "+442079460000", display: "Camille", host: "sip.operator.test" });
  assert.equal(only(bench({ op: {} }), call("0612345678", { onBehalfOf })).from.user, "+33270000100");
});

test("signed calls: our own numbers by our word, a forwarded caller only passed on, nothing when withheld", () => {
  const stir = { certificateUrl: "https://certs.example/op.pem", certificate: CERTIFICATES.spc } as const;
  const at = (trunk: Partial<Trunk> = {}) => bench({ op: { signs: true, trusted: true, ...trunk } }, { stir, stirKey: KEYS.spc });
  const attest = (identity: string | undefined): unknown => (identity === undefined ? null : (JSON.parse(Buffer.from(identity.split(".")[1]!, "base64url").toString()) as { attest: string; orig: { tn: string } }).attest);
  const signed = only(at(), call("0612345678"));
  assert.equal(attest(signed.headers["Identity"]), "A");
  assert.equal(signed.headers["Date"], new Date(NOW).toUTCString());
  assert.equal(attest(only(at(), call("0612345678", { onBehalfOf: { e164: "+442079460000", name: "" } })).headers["Identity"]), "C");
  assert.equal(attest(only(at({ trusted: false }), call("0612345678", { anonymous: true })).headers["Identity"]), null);
  assert.equal(attest(only(at({ signs: false }), call("0612345678")).headers["Identity"]), null);
  assert.equal(attest(only(at(), call("112")).headers["Identity"]), null);
});

test("a call that comes in: the trunk by its address, numbers in E.164, identities believed from trusted ones only", () => {
  const at = bench({ op: { trusted: true }, other: { addresses: ["203.0.113.5"] } });
  const asserted = { "p-asserted-identity": '"Camille R." <sip:0612849047@op>, <tel:+33612849047>' };
  const trusted = at.trunks.inbound(incoming('"X" <sip:+33100000000@op>', "0270000100", asserted));
  assert.deepEqual([trusted?.trunkId, trusted?.callerE164, trusted?.callerName, trusted?.calledE164, trusted?.verified], ["op", "+33612849047", "Camille R.", "+33270000100", "none"]);
  assert.equal(at.trunks.inbound(incoming('"X" <sip:+33140000000@op>', "0270000100", asserted, "203.0.113.5"))?.callerE164, "+33140000000");
  assert.equal(at.trunks.inbound(incoming("<sip:+33140000000@op>", "0270000100", {}, "2001:db8::9"))?.trunkId, "op");
  assert.equal(at.trunks.inbound(incoming("<sip:+33140000000@op>", "0270000100", {}, "203.0.113.6")), null);
  assert.equal(at.trunks.admits("anything", "198.51.100.1"), true);
  assert.equal(at.trunks.admits("anything", "203.0.113.6"), false);
  const hidden = at.trunks.inbound(incoming('"Camille" <sip:+33612849047@op>', "0270000100", { ...asserted, privacy: "id" }));
  assert.deepEqual([hidden?.anonymous, hidden?.callerE164, hidden?.callerName], [true, null, ""]);
  assert.equal(at.trunks.inbound(incoming('"Anonymous" <sip:anonymous@anonymous.invalid>', "0270000100"))?.anonymous, true);
});

test("networks: exact to the bit, in both families", () => {
  const list = (...texts: string[]) => texts.map((text) => readNetwork(text)!);
  for (const [address, network, inside] of [
    ["198.51.100.7", "198.51.100.0/24", true], ["198.51.101.7", "198.51.100.0/24", false], ["198.51.100.7", "198.51.100.7", true], ["198.51.100.6", "198.51.100.7/32", false], ["10.1.2.3", "0.0.0.0/0", true], ["255.255.255.255", "128.0.0.0/1", true],
    ["2001:db8::1", "2001:db8::/32", true], ["2001:DB8:0:0::1", "2001:db8::1", true], ["2001:db8::2", "2001:db8::1", false], ["2001:db9::1", "2001:db8::/32", false], ["::1", "::/0", true], ["::1", "0.0.0.0/0", false], ["1.2.3.4", "::/0", false], ["fe80::1%eth0", "fe80::/10", true], ["rubbish", "::/0", false],
  ] as const) assert.equal(isIn(address, list(network)), inside, `${address} in ${network}`);
  for (const wrong of ["", "host", "1.2.3", "1.2.3.4/33", "::1/129", "1.2.3.4/-1", "1.2.3.4/x", "300.1.1.1"]) assert.equal(readNetwork(wrong), null, wrong);
});

test("a call by our registration: the secret user of our Contact finds the trunk, the number stands in To", () => {
  const at = bench({ op: { registers: true, addresses: [] } });
  const registering = at.commands.find((command) => command.type === "registerAt")!;
  assert.deepEqual([registering.registrar, registering.aor, registering.via], ["sip:sip.operator.test", "sip:line1@sip.operator.test", { transport: "udp", host: "sip.operator.test", port: null }]);
  assert.equal(at.trunks.admits(registering.contactUser, "192.0.2.77"), true);
  const found = at.trunks.inbound(incoming("<sip:0612849047@op>", registering.contactUser, { to: "<sip:0270000100@op>" }, "192.0.2.77"));
  assert.deepEqual([found?.trunkId, found?.callerE164, found?.calledE164], ["op", "+33612849047", "+33270000100"]);
  assert.equal(at.trunks.inbound(incoming("<sip:0612849047@op>", "line1", {}, "192.0.2.77")), null);
  const state = (): unknown => [at.trunks.state("op").state, at.trunks.state("op").reason.why];
  const registration = (more: Partial<Extract<SipEvent, { type: "registration" }>>): boolean => at.trunks.onSip({ type: "registration", ref: registering.ref, state: "registered", status: 200, reason: "OK", expiresAtMs: NOW + 600_000, ...more });
  assert.deepEqual(state(), ["unknown", "asking"]);
  assert.equal(registration({}), true);
  assert.deepEqual(state(), ["up", "registered"]);
  // silence: what is bound there still serves
  registration({ state: "failed", status: 408, reason: "no answer" });
  assert.deepEqual(state(), ["up", "no-answer"]);
  registration({ state: "failed", status: 403, reason: "Forbidden" });
  assert.deepEqual(state(), ["down", "refused"]);
  assert.equal(at.trunks.onSip({ type: "registration", ref: "mine", state: "ended", status: 0, reason: "", expiresAtMs: null }), false);
});

test("RDP-03: headers of a trunk become data of the contact, each where it belongs; a stranger's never", () => {
  const dataHeaders: Trunk["dataHeaders"] = [
    { header: "X-Verified", field: "reserved_verified_customer", to: "metadata" }, { header: "X-Bad", field: "reserved_bad_actor", to: "metadata" }, { header: "X-Repeat", field: "reserved_repeat_customer", to: "crm-record" },
    { header: "X-Customer-Id", field: "customerId", to: "crm-record" }, { header: "X-Campaign", field: "campaign", to: "metadata" }, { header: "X-Absent", field: "absent", to: "metadata" },
  ];
  const headers = { "x-verified": "TRUE", "x-bad": "0", "x-repeat": "yes", "x-customer-id": "C-77", "x-campaign": "c".repeat(400), "x-other": "no" };
  const at = bench({ op: { dataHeaders, headerRules: [{ when: "in", header: "X-Customer-Id", do: "set", value: "ruled" }] } });
  assert.deepEqual(at.trunks.inbound(incoming("<sip:+33140000000@op>", "0270000100", headers))?.data, {
    metadata: { reserved_verified_customer: "true", reserved_bad_actor: "false", campaign: "c".repeat(300) }, crmRecord: { reserved_repeat_customer: "true", customerId: "ruled" },
  });
  assert.equal(at.trunks.inbound(incoming("<sip:+33140000000@op>", "0270000100", headers, "203.0.113.6")), null);
});

test("a signed caller is verified against its certificate, fetched once before the call is told", async () => {
  const url = "https://certs.example/op.pem";
  const at = bench({ op: {} }, { stir: { roots: [CERTIFICATES.root], allowedHosts: ["certs.example"] }, certificate: CERTIFICATES.spc });
  const identity = signIdentity({ orig: "33612849047", dest: ["33270000100"], iat: NOW / 1000, attest: "B", origId: "o" }, url, readPrivateKey(KEYS.spc, CERTIFICATES.spc)!);
  const good = incoming("<sip:+33612849047@op>", "0270000100", { identity });
  const wait = at.trunks.prepare(good);
  assert.ok(wait);
  await wait;
  assert.equal(at.trunks.prepare(good), null);
  assert.deepEqual([at.trunks.inbound(good)?.verified, at.trunks.inbound(good)?.attest], ["passed", "B"]);
  assert.equal(at.trunks.inbound(incoming("<sip:+33612849048@op>", "0270000100", { identity }))?.verified, "failed");
  // nobody makes us fetch who is no trunk
  assert.equal(at.trunks.prepare(incoming("<sip:+33612849047@op>", "0270000100", { identity: identity.replaceAll("op.pem", "xx.pem") }, "203.0.113.6")), null);
});

test("secrets at rest open with their key and for their row only", () => {
  const chance = seededChance(1);
  const seal = createSeal(chance.bytes(32), chance);
  const sealed = seal.close("s3cret é", "trk_1");
  assert.ok(!Buffer.from(sealed, "base64").includes("s3cret"));
  assert.notEqual(seal.close("s3cret é", "trk_1"), sealed);
  assert.equal(seal.open(sealed, "trk_1"), "s3cret é");
  assert.equal(seal.open(sealed, "trk_2"), null);
  assert.equal(createSeal(chance.bytes(32), chance).open(sealed, "trk_1"), null);
  const changed = Buffer.from(sealed, "base64");
  changed[changed.length - 1]! ^= 1;
  assert.equal(seal.open(changed.toString("base64"), "trk_1"), null);
  assert.equal(seal.open("AAAA", "trk_1"), null);
  assert.match(seal.secretName("trk_1"), /^[0-9a-f]{20}$/);
  assert.equal(seal.secretName("trk_1"), seal.secretName("trk_1"));
  assert.notEqual(seal.secretName("trk_1"), seal.secretName("trk_2"));
});
