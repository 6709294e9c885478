import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase } from "../db/test-database.ts";
import type { SipBinding } from "../sip/sip.ts";
import { openRegistrations } from "./registrations.ts";
import { realClock } from "./real-ports.ts";

const { db, drop } = await testDatabase();
after(drop);
const binding = (account: string, more: Partial<SipBinding> = {}): SipBinding => ({
  account, key: "sip:a@10.0.0.9:;", contact: "sip:a@10.0.0.9", transport: "udp", remoteAddress: "198.51.100.7", remotePort: 61_000, expiresAtMs: 4_000_000_000_000, callId: "c", cseq: 1,
  userAgent: "Téléphone", q: 0.5, path: ["<sip:p.test;lr>"], instance: "urn:uuid:1", regId: "1", gruu: "00112233445566ff", ...more,
});

test("what is registered is there in the next run as it was; what is gone is not; the key of GRUUs stays", async () => {
  const first = await openRegistrations({ db, clock: realClock, chance: seededChance(1), log: silentLog, node: null });
  for (let i = 0; i < 500; i++) first.hear({ type: "bindingChanged", binding: binding(`p${i}`), gone: false });
  first.hear({ type: "bindingChanged", binding: binding("p1", { cseq: 2 }), gone: false });
  first.hear({ type: "bindingChanged", binding: binding("p2"), gone: true });
  first.hear({ type: "bindingChanged", binding: binding("page", { transport: "wss" }), gone: false });
  await first.stop();
  const second = await openRegistrations({ db, clock: realClock, chance: seededChance(2), log: silentLog, node: null });
  const kept = await second.kept();
  assert.equal(kept.length, 499);
  assert.deepEqual(kept.find((b) => b.account === "p1"), binding("p1", { cseq: 2 }));
  assert.equal(kept.some((b) => b.account === "p2" || b.account === "page"), false);
  assert.deepEqual(second.gruuKey, first.gruuKey);
  assert.equal(second.gruuKey.length, 16);
  second.hear({ type: "bindingChanged", binding: binding("p1"), gone: true });
  second.hear({ type: "bindingChanged", binding: binding("p3", { expiresAtMs: 1_700_000_000_000 }), gone: false });
  await second.stop();
  assert.equal((await second.kept()).length, 497, "one unregistered, one has expired");
  await second.tidy();
  assert.equal((await db.query("SELECT FROM registration WHERE account = 'p3'")).length, 0);
});

test("a database that is away for a while: what waits is written when it is back, the newest word of each", async () => {
  const clock = new VirtualClock(0);
  let broken = false;
  let breakNow = (): void => undefined;
  const wrapped: typeof db = { ...db, query: (sql, params) => (broken ? new Promise((_, reject) => (breakNow = () => reject(new Error("away")))) : db.query(sql, params)) };
  const registrations = await openRegistrations({ db: wrapped, clock, chance: seededChance(1), log: silentLog, node: null });
  broken = true;
  registrations.hear({ type: "bindingChanged", binding: binding("q1"), gone: false });
  clock.advance(50);
  await new Promise((done) => setImmediate(done));
  registrations.hear({ type: "bindingChanged", binding: binding("q1", { cseq: 7 }), gone: false });
  broken = false;
  breakNow(); // the older word fails when the newer is there already
  await new Promise((done) => setImmediate(done));
  clock.advance(10_000);
  await registrations.stop();
  assert.equal((await registrations.kept()).find((b) => b.account === "q1")?.cseq, 7);
});
