import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { BorderNotice, BorderRules, FraudRules } from "@tandem/protocol";
import { seededChance } from "../base/chance.ts";
import type { Flow, SipIdentity } from "../sip/sip.ts";
import { createBorder, defaultBorderRules, defaultFraudRules, type Ban, type Border } from "./border.ts";
import { limits } from "./limits.ts";
import { inNetwork, parseNetwork, printSource, readSource, type Source } from "../base/network.ts";

const T0 = 1_700_000_000_000;
const flow = (remoteAddress: string, transport: Flow["transport"] = "udp"): Flow => ({ id: `${transport}:${remoteAddress}:5060`, transport, remoteAddress, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 });
const stranger: SipIdentity = { user: "0270000000", host: "elsewhere.test", display: "", account: null };

function bench(more: Partial<BorderRules> = {}, fraud: Partial<FraudRules> = {}): { border: Border; notices: BorderNotice[]; bans: Ban[] } {
  const notices: BorderNotice[] = [];
  const bans: Ban[] = [];
  const border = createBorder({
    rules: { ...defaultBorderRules, ...more }, fraudRules: { ...defaultFraudRules, ...fraud }, chance: seededChance(5), neverBan: ["127.0.0.0/8", "::1"], front: ["203.0.113.200"],
    describe: (e164) => ({ country: e164.startsWith("+33") ? "FR" : e164.startsWith("+1") ? "US" : e164.startsWith("+41") ? "CH" : null, premium: e164.startsWith("+3389") }),
    emergency: () => ["112", "15"], byTrunk: (user) => user === "t-secret",
    tell: (notice) => void notices.push(notice),
    banned: (ban) => void bans.push(ban),
  });
  return { border, notices, bans };
}

/** How many of so many pass, at that instant. */
const passing = (border: Border, address: string, count: number, nowMs: number): number => Array.from({ length: count }, () => border.admit(address, nowMs)).filter(Boolean).length;
const fail = (border: Border, address: string, times: number, nowMs: number, account = "guess"): void => {
  for (let i = 0; i < times; i++) border.onSip({ type: "authFailed", account, flow: flow(address) }, nowMs);
};

test("addresses and networks: IPv4, IPv6 by /64, IPv4 in IPv6; what is none is told apart", () => {
  const read = (text: string): string | null => {
    const source: Source = { hi: 0, lo: 0 };
    return readSource(text, source) ? printSource(source) : null;
  };
  assert.equal(read("203.0.113.7"), "203.0.113.7");
  assert.equal(read("::ffff:203.0.113.7"), "203.0.113.7");
  assert.equal(read("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(read("2001:DB8::1%eth0"), "2001:db8:0:0::/64");
  assert.equal(read("::1"), "0:0:0:0::/64");
  for (const wrong of ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", ".1.2.3", "a.b.c.d", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", ":1::", "1:", "::1.2.3", "g::"]) assert.equal(read(wrong), null, wrong);
  const within = (network: string, address: string): boolean => {
    const source: Source = { hi: 0, lo: 0 };
    assert.ok(readSource(address, source));
    return inNetwork(source, parseNetwork(network)!);
  };
  assert.deepEqual([within("203.0.113.0/24", "203.0.113.255"), within("203.0.113.0/24", "203.0.114.0"), within("0.0.0.0/0", "8.8.8.8"), within("0.0.0.0/0", "2001:db8::1"), within("::/0", "8.8.8.8"), within("::/0", "::1")], [true, false, true, false, false, true]);
  assert.deepEqual([within("2001:db8::/32", "2001:db8:ffff::1"), within("2001:db8::/32", "2001:db9::1"), within("2001:db8:0:1::/64", "2001:db8:0:1::9"), within("2001:db8:0:1::/64", "2001:db8:0:2::9"), within("128.0.0.0/1", "200.1.1.1")], [true, false, true, false, true]);
  for (const wrong of ["203.0.113.0/33", "2001:db8::/129", "203.0.113.0/x", "/8", "nonsense"]) assert.equal(parseNetwork(wrong), null, wrong);
});

test("property: an address is in a network when its bits are, and only then", () => {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(fc.property(word, word, fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
    const [x, y]: [Source, Source] = [{ hi: 0, lo: a >>> 0 }, { hi: 0, lo: b >>> 0 }];
    const binary = (n: number): string => n.toString(2).padStart(32, "0").slice(0, bits);
    const network = parseNetwork(`${printSource(x)}/${bits}`);
    assert.ok(network);
    assert.equal(inNetwork(y, network), binary(a >>> 0) === binary(b >>> 0));
    const back: Source = { hi: 1, lo: 0 };
    assert.ok(readSource(printSource(x), back));
    assert.deepEqual(back, x);
  }));
});

test("the access list: the first rule that fits decides, none allows; rules change while we run", () => {
  const { border } = bench({ access: [{ network: "203.0.113.7", allow: true, note: "" }, { network: "203.0.113.0/24", allow: false, note: "" }] });
  assert.equal(border.admit("203.0.113.7", T0), true);
  assert.equal(border.admit("203.0.113.8", T0), false);
  assert.equal(border.admit("198.51.100.1", T0), true);
  border.setRules({ ...defaultBorderRules, access: [{ network: "0.0.0.0/0", allow: false, note: "" }] });
  assert.equal(border.admit("203.0.113.7", T0), false);
  border.setRules(defaultBorderRules);
  assert.equal(border.admit("203.0.113.8", T0), true);
});

test("a stranger has its rate and a burst of two seconds; one that authenticated, a trunk and an allowed address twenty times as much", () => {
  const { border } = bench({ requestsPerSecondPerSource: 10, access: [{ network: "192.0.2.99", allow: true, note: "" }] });
  border.setTrusted(["192.0.2.50/32"]);
  assert.equal(passing(border, "198.51.100.1", 100, T0), 20);
  assert.equal(passing(border, "198.51.100.1", 100, T0 + 500), 5);
  border.onSip({ type: "authenticated", account: "1001", flow: flow("198.51.100.1"), method: "REGISTER" }, T0 + 500);
  assert.equal(passing(border, "198.51.100.1", 1_000, T0 + 1_500), 200);
  assert.equal(passing(border, "192.0.2.50", 1_000, T0), 20, "its first burst, as anybody");
  assert.equal(passing(border, "192.0.2.50", 1_000, T0 + 1_000), 200);
  assert.equal(passing(border, "192.0.2.99", 1_000, T0), 20);
  assert.equal(passing(border, "192.0.2.99", 1_000, T0 + 1_000), 200);
  assert.equal(Array.from({ length: 1_000 }, () => border.admit("192.0.2.50", T0 + 1_000, true)).filter(Boolean).length, 1_000, "on a connection an operator is as busy as it is");
  assert.equal(Array.from({ length: 1_000 }, () => border.admit("198.51.100.1", T0 + 1_500, true)).filter(Boolean).length, 0, "nobody else is");
  assert.equal(passing(border, "198.51.100.2", 100, T0 - 3_600_000), 20);
  assert.equal(passing(border, "198.51.100.2", 100, T0 - 7_200_000), 0, "a clock set back gives nothing");
});

test("one IPv6 customer is one source, whatever addresses of the /64 are used", () => {
  const { border } = bench({ requestsPerSecondPerSource: 10 });
  const passed = Array.from({ length: 500 }, (_, i) => border.admit(`2001:db8:0:7::${(i + 1).toString(16)}`, T0)).filter(Boolean).length;
  assert.equal(passed, 20);
  assert.equal(border.admit("2001:db8:0:8::1", T0), true);
});

test("a flood from forged addresses: memory stays, known phones pass, a quiet newcomer is not crowded out by the loud", () => {
  const { border } = bench();
  border.onSip({ type: "authenticated", account: "1001", flow: flow("198.51.100.1"), method: "REGISTER" }, T0);
  const chance = seededChance(9);
  let passed = 0;
  // ten seconds of 30,000 datagrams a second, each from another address
  for (let i = 0; i < 300_000; i++) {
    const n = Math.floor(chance.next() * 0xffff_ffff);
    if (border.admit(printSource({ hi: 0, lo: n >>> 0 }), T0 + Math.floor(i / 30))) passed++;
  }
  assert.ok(passed <= 11 * limits.quietStrangersPerSecond, `${passed} passed`);
  assert.ok(passed >= 9 * limits.quietStrangersPerSecond, `${passed} passed`);
  assert.equal(passing(border, "198.51.100.1", 20, T0 + 10_000), 20, "the known phone");
  // 64 loud sources of real addresses use up their own part only
  for (let second = 0; second < 5; second++) for (let i = 0; i < 64; i++) passing(border, `198.51.101.${i}`, 300, T0 + 20_000 + second * 1_000);
  assert.equal(border.admit("203.0.113.200", T0 + 24_000), true, "the quiet newcomer");
  assert.ok(border.counts(T0 + 24_000).overRate > 0);
});

test("a caller whose call was set up is no stranger among strangers: the loud flood does not touch it", () => {
  const { border } = bench();
  passing(border, "203.0.113.1", 30, T0); // loud itself
  border.proven(flow("203.0.113.1"), T0);
  for (let i = 0; i < 64; i++) passing(border, `198.51.101.${i}`, 300, T0 + 100);
  assert.equal(border.admit("198.51.101.70", T0 + 100), true, "quiet ones still come in");
  assert.equal(passing(border, "203.0.113.1", 30, T0 + 100), 30);
});

test("20 wrong passwords ban an address for the time that the rules say; the ban is told once, listed, lifted, and found again after a restart", () => {
  const { border, bans, notices } = bench();
  fail(border, "203.0.113.7", 19, T0);
  assert.equal(border.admit("203.0.113.7", T0), true);
  fail(border, "203.0.113.7", 1, T0 + 1_000);
  assert.equal(border.admit("203.0.113.7", T0 + 1_000), false);
  assert.deepEqual(bans.map(({ address, why, untilMs }) => [address, why, untilMs]), [["203.0.113.7", "passwords", T0 + 1_000 + 3_600_000]]);
  assert.deepEqual(notices.map(({ kind, address }) => [kind, address]), [["banned", "203.0.113.7"]]);
  border.admit("203.0.113.7", T0 + 2_000);
  assert.equal(border.bans(T0 + 2_000)[0]!.refused, 2);

  const again = bench().border;
  again.restore(bans);
  assert.equal(again.admit("203.0.113.7", T0 + 3_000), false, "after a restart");
  assert.equal(again.admit("203.0.113.7", T0 + 1_000 + 3_600_000), true, "it ends");
  assert.deepEqual(again.bans(T0 + 1_000 + 3_600_000), []);

  assert.equal(border.lift("203.0.113.7"), true);
  assert.equal(border.lift("203.0.113.7"), false);
  assert.equal(border.admit("203.0.113.7", T0 + 3_000), true);
});

test("failures are counted over ten minutes, by IPv6 /64", () => {
  const { border } = bench({ failuresBeforeBan: 5 });
  for (let i = 0; i < 8; i++) fail(border, "203.0.113.7", 2, T0 + i * 360_000);
  assert.deepEqual(border.bans(T0 + 8 * 360_000), []);
  for (let i = 0; i < 5; i++) fail(border, `2001:db8::${i + 1}`, 1, T0);
  assert.equal(border.admit("2001:db8::ffff", T0), false);
});

test("never banned: where one of ours speaks, a trunk, an allowed address, this machine; there only the guessing stops", () => {
  const { border, notices } = bench({ access: [{ network: "192.0.2.99", allow: true, note: "" }] });
  border.setTrusted(["192.0.2.50"]);
  border.onSip({ type: "authenticated", account: "1001", flow: flow("198.51.100.1"), method: "REGISTER" }, T0);
  for (const address of ["198.51.100.1", "192.0.2.50", "192.0.2.99", "127.0.0.1", "::1"]) {
    fail(border, address, 60, T0);
    assert.equal(border.admit(address, T0), true, address);
    assert.equal(border.mayTry("1002", flow(address), T0), false, `${address}: no more guesses`);
  }
  assert.deepEqual(border.bans(T0), []);
  assert.deepEqual(new Set(notices.map(({ kind }) => kind)), new Set(["guessing"]));
  assert.equal(border.mayTry("1001", flow("198.51.100.1"), T0), true, "who is at home there goes on");
  assert.equal(border.mayTry("1001", flow("127.0.0.1"), T0), false);
  assert.equal(Array.from({ length: 500 }, () => border.mayTry("1001", flow("198.51.100.1"), T0)).filter(Boolean).length < 25, true, "but not without end");
  assert.equal(border.mayTry("1002", flow("198.51.100.1"), T0 + 3_600_001), true);
  assert.equal(border.mayTry("1002", flow("198.51.100.77"), T0), true, "nobody else is concerned");
});

test("an account has its own rate, wherever it speaks from", () => {
  const { border } = bench({ requestsPerSecondPerAccount: 10 });
  assert.equal(Array.from({ length: 100 }, () => border.mayAsk("1001", T0)).filter(Boolean).length, 20);
  assert.equal(border.mayAsk("1002", T0), true);
  assert.equal(border.mayAsk("1001", T0 + 100), true);
});

test("calls: so many in all, so many from one source, few from one that may be forged; emergency numbers always", () => {
  const { border, notices } = bench({ maxCalls: 40, maxCallsPerSource: 20 });
  let ref = 0;
  const place = (address: string, from: SipIdentity = stranger, to = "100", transport: Flow["transport"] = "udp"): boolean => {
    const ok = border.mayCall(from, to, flow(address, transport), T0);
    if (ok) border.onSip({ type: "incoming", ref: `leg${++ref}`, flow: flow(address, transport), from, to: { user: to, host: "x" } } as never, T0);
    return ok;
  };
  const placed = (count: number, ...args: Parameters<typeof place>): number => Array.from({ length: count }, () => place(...args)).filter(Boolean).length;
  assert.equal(placed(30, "203.0.113.1"), 10, "nobody knows yet whether that address is forged");
  border.proven(flow("203.0.113.1"), T0);
  assert.equal(placed(30, "203.0.113.1"), 10, "up to its limit");
  assert.equal(placed(30, "203.0.113.2", { ...stranger, account: "1001" }), 20);
  assert.equal(place("203.0.113.3"), false, "full");
  assert.equal(place("203.0.113.3", stranger, "112"), true, "emergency");
  border.onSip({ type: "ended", ref: "leg1", by: "peer", reason: "" }, T0);
  border.onSip({ type: "cancelled", ref: "leg2" }, T0);
  border.onSip({ type: "cancelled", ref: "leg2" }, T0);
  border.onSip({ type: "ended", ref: "nobody's", by: "peer", reason: "" }, T0);
  assert.equal(placed(5, "203.0.113.3"), 1, "one of 41 is over the limit still, so one place");
  assert.deepEqual(new Set(notices.map(({ why }) => why)), new Set(["unproven", "max-calls-source", "max-calls"]));
});

test("strangers may be kept from calling: trunks still may", () => {
  const { border } = bench({ strangersMayCall: false });
  border.setTrusted(["192.0.2.50"]);
  assert.equal(border.strangerMayCall("100", flow("203.0.113.1"), T0), false);
  assert.equal(border.strangerMayCall("100", flow("192.0.2.50"), T0), true);
  assert.equal(border.strangerMayCall("t-secret", flow("203.0.113.1"), T0), true, "the operator at whom we registered");
  assert.equal(bench().border.strangerMayCall("100", flow("203.0.113.1"), T0), true);
});

test("toll fraud: countries, prefixes, premium numbers and calls a minute; emergency numbers pass; administrators are told", () => {
  const { border, notices } = bench({}, { allowedCountries: ["FR", "CH"], blockedPrefixes: ["+33970"], callsPerMinutePerAccount: 5 });
  const { fraud } = border;
  const why = (e164: string, account = "1001", nowMs = T0): string => {
    const verdict = fraud.check({ account, e164 }, nowMs);
    return verdict.ok ? "ok" : verdict.why;
  };
  assert.equal(why("+33140000000"), "ok");
  assert.equal(why("+12125550100"), "country");
  assert.equal(why("+8816000000"), "country", "satellites are in no country");
  assert.equal(why("+33970123456"), "prefix");
  assert.equal(why("+33899123456"), "premium");
  assert.equal(why("112"), "ok");
  for (let i = 0; i < 4; i++) assert.equal(why("+41440000000"), "ok");
  assert.deepEqual(["+41440000000", "112", "+12125550100", "+8816000000", "+33970123456", "+33899123456"].map((e164) => fraud.allows(e164)), [true, true, false, false, false, false], "only asked: as the number is");
  assert.equal(why("+33140000000"), "rate");
  assert.equal(why("112"), "ok");
  assert.equal(why("+33140000000", "1002"), "ok", "another account");
  assert.equal(why("+33140000000", "1001", T0 + 12_001), "ok", "five a minute is one in twelve seconds");
  assert.deepEqual(notices.map((n) => [n.kind, n.why, n.account]), ["country", "country", "prefix", "premium", "rate"].map((w) => ["fraud", w, "1001"]));
  border.setFraudRules({ ...defaultFraudRules, allowedCountries: ["US"], premiumAllowed: true });
  assert.equal(why("+12125550100", "1003"), "ok", "live");
});

test("spend an hour: each minute is charged as it starts, by the longest prefix; past the limit calls that cost end, free ones go on", () => {
  const { border } = bench({}, { spendPerHour: 100, prices: [{ prefix: "+33", perMinute: 0 }, { prefix: "+4", perMinute: 10 }, { prefix: "+41", perMinute: 20 }], callsPerMinutePerAccount: 1_000 });
  const { fraud } = border;
  const ok = (e164: string, nowMs: number): boolean => fraud.check({ account: "1001", e164 }, nowMs).ok;
  assert.deepEqual([fraud.price("+41440000000"), fraud.price("+4930"), fraud.price("+331"), fraud.price("+7")], [20, 10, 0, 0]);
  for (let i = 0; i < 4; i++) fraud.started(`c${i}`, "1001", "+41440000000", T0);
  fraud.started("free", "1001", "+33140000000", T0);
  assert.equal(fraud.spent(T0), 80);
  assert.equal(ok("+41440000000", T0), true, "100 is not above 100");
  fraud.ended("c3", T0 + 59_999);
  fraud.started("c0", "1001", "+41440000000", T0 + 1_000); // told twice: once counted
  assert.deepEqual(fraud.overspent(T0 + 59_000), []);
  assert.equal(fraud.spent(T0 + 61_000), 140);
  assert.equal(ok("+41440000000", T0 + 61_000), false);
  assert.equal(ok("+33140000000", T0 + 61_000), true);
  assert.equal(ok("112", T0 + 61_000), true);
  assert.deepEqual(fraud.overspent(T0 + 61_000), ["c0", "c1", "c2"].map((callId) => ({ callId, e164: "+41440000000" })), "the free one stays");
  for (const id of ["c0", "c1", "c2"]) fraud.ended(id, T0 + 62_000);
  assert.equal(fraud.spent(T0 + 3_660_000), 0, "an hour later");
  assert.equal(ok("+41440000000", T0 + 3_660_000), true);
});

test("a call that ends as a minute begins has not started it; one that was looked at late is charged for the last hour only", () => {
  const { fraud } = bench({}, { spendPerHour: 1_000, prices: [{ prefix: "+", perMinute: 3 }] }).border;
  const base = Math.floor(T0 / 60_000) * 60_000;
  fraud.started("exact", "a", "+33140000000", base);
  fraud.ended("exact", base + 60_000);
  assert.equal(fraud.spent(base + 60_000), 3);
  fraud.started("long", "a", "+33140000000", base + 7_200_000);
  fraud.started("other", "a", "+33140000000", base + 7_200_000 + 90 * 60_000);
  assert.equal(fraud.spent(base + 7_200_000 + 90 * 60_000), 60 * 3 + 3);
});

test("property: what was spent is the started minutes of the last hour, whatever order calls begin and end in", () => {
  const call = fc.record({ at: fc.integer({ min: 0, max: 5_000_000 }), lasts: fc.integer({ min: 1, max: 400_000 }) });
  fc.assert(fc.property(fc.array(call, { maxLength: 12 }), (calls) => {
    const { fraud } = bench({}, { spendPerHour: 1, prices: [{ prefix: "+", perMinute: 3 }] }).border;
    const acts = calls.flatMap(({ at, lasts }, i) => [{ at, i, begins: true }, { at: at + lasts, i, begins: false }]).sort((a, b) => a.at - b.at || Number(b.begins) - Number(a.begins));
    const base = Math.floor(T0 / 3_600_000) * 3_600_000;
    for (const { at, i, begins } of acts) {
      if (begins) fraud.started(`c${i}`, "a", "+33140000000", base + at);
      else fraud.ended(`c${i}`, base + at);
    }
    const nowMs = base + 5_400_000;
    const firstMinute = Math.floor(nowMs / 60_000) - 59;
    let wanted = 0;
    for (const { at, lasts } of calls) for (let m = 0; m * 60_000 < lasts; m++) if (Math.floor((base + at + m * 60_000) / 60_000) >= firstMinute) wanted += 3;
    assert.equal(fraud.spent(nowMs), wanted);
  }));
});

test("notices do not flood the administrators", () => {
  const { border, notices } = bench();
  for (let i = 0; i < 1_000; i++) border.fraud.check({ account: `a${i}`, e164: "+12125550100" }, T0);
  assert.equal(notices.length, limits.noticesPerMinute);
  assert.equal(border.counts(T0).refusedByFraud, 1_000);
});

test("a proxy of ours in front: neither rate nor ban nor the calls of one source, for everybody comes from there; strangers behind it are strangers", () => {
  const { border, bans } = bench({ strangersMayCall: false, maxCallsPerSource: 2 });
  assert.equal(passing(border, "203.0.113.200", 5_000, T0), 5_000);
  assert.ok(passing(border, "203.0.113.201", 5_000, T0) < 5_000);
  fail(border, "203.0.113.200", 200, T0);
  fail(border, "203.0.113.201", 200, T0);
  assert.deepEqual([...new Set(bans.map(({ address }) => address))], ["203.0.113.201"]);
  const calls = (address: string): number => Array.from({ length: 5 }, (_, i) => {
    const ok = border.mayCall(stranger, "100", flow(address, "tcp"), T0);
    if (ok) border.onSip({ type: "incoming", ref: `${address}-${i}`, flow: flow(address, "tcp"), from: stranger, to: { user: "100", host: "x" } } as never, T0);
    return ok;
  }).filter(Boolean).length;
  assert.deepEqual([calls("203.0.113.200"), calls("203.0.113.202")], [5, 2]);
  assert.equal(border.strangerMayCall("100", flow("203.0.113.200"), T0), false);
});
