/** The border's wiring on a virtual clock: whom trunks make known, which calls end with the hour's money, what a restart remembers. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import type { Flow } from "../sip/sip.ts";
import { startBorder, type BorderHouse, type BorderSetup } from "./border-setup.ts";

let database: TestDatabase;
const clock = new VirtualClock(1_790_000_000_000);
const flow = (remoteAddress: string): Flow => ({ id: `udp:${remoteAddress}:5060`, transport: "udp", remoteAddress, remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 });
const start = (): Promise<BorderSetup> => startBorder({ db: database.db, clock, chance: seededChance(4), log: silentLog, emergency: () => ["112"] });

before(async () => {
  database = await testDatabase();
});
after(async () => database?.drop());

function house(more: Partial<BorderHouse> = {}): BorderHouse & { ended: string[]; change(networks: string[]): void } {
  let networks = ["192.0.2.50", "sip.operator.example"];
  let tell = (): void => undefined;
  const ended: string[] = [];
  return {
    trunkNetworks: () => networks, onTrunks: (hear) => (tell = hear), byTrunk: (user) => user === "t-secret", outsideLegs: () => [{ ref: "leg-ch", number: "+41440000000" }, { ref: "leg-fr", number: "+33140000000" }], hangUp: (ref) => void ended.push(ref),
    ended,
    change(next) {
      networks = next;
      tell();
    },
    ...more,
  };
}

test("calls that cost end when the hour's spend is used up; those that cost nothing go on, and so does everything below the limit", async () => {
  const setup = await start();
  const rules = setup.desk.fraudRules();
  await setup.desk.putFraudRules({ ...rules, spendPerHour: 50, prices: [{ prefix: "+41", perMinute: 20 }] });
  const own = house();
  setup.watch(own);
  setup.border.fraud.started("c1", "ext_1", "+41440000000", clock.now());
  setup.border.fraud.started("c2", "ext_1", "+33140000000", clock.now());
  clock.advance(110_000);
  assert.deepEqual(own.ended, [], "two started minutes are 40");
  clock.advance(20_000);
  assert.ok(own.ended.length > 0 && own.ended.every((ref) => ref === "leg-ch"), own.ended.join());
  const verdict = setup.border.fraud.check({ account: "ext_1", e164: "+41440000000" }, clock.now());
  assert.deepEqual(verdict, { ok: false, why: "spend" });
  setup.border.fraud.ended("c1", clock.now());
  setup.stop();
});

test("a trunk is known by its address and by where its name leads; one that is removed is not", async () => {
  const setup = await start();
  const own = house();
  setup.watch(own);
  await setup.desk.putRules({ ...setup.desk.rules(), requestsPerSecondPerSource: 1, strangersMayCall: false });
  const passing = (address: string): number => {
    clock.advance(1_000);
    return Array.from({ length: 100 }, () => setup.admit(address, false)).filter(Boolean).length;
  };
  passing("192.0.2.50");
  assert.equal(passing("192.0.2.50"), 20);
  const dns = setup.expecting({ find: async () => [{ transport: "udp", host: "203.0.113.80", port: 5060 }] });
  passing("203.0.113.80");
  assert.equal(passing("203.0.113.80"), 1);
  await dns.find("sip:somebody@elsewhere.example");
  assert.equal(passing("203.0.113.80"), 1);
  await dns.find("sip:trunk@sip.operator.example;transport=udp");
  assert.equal(passing("203.0.113.80"), 20);
  assert.deepEqual([setup.border.strangerMayCall("100", flow("192.0.2.50"), clock.now()), setup.border.strangerMayCall("100", flow("198.51.100.1"), clock.now()), setup.border.strangerMayCall("t-secret", flow("198.51.100.1"), clock.now())], [true, false, true]);
  own.change([]);
  assert.equal(setup.border.strangerMayCall("100", flow("192.0.2.50"), clock.now()), false);
  setup.stop();
});

test("a ban is stored as it is made and holds in the next run; what it told is listed", async () => {
  const setup = await start();
  const { failuresBeforeBan } = setup.desk.rules();
  for (let i = 0; i < failuresBeforeBan; i++) setup.hear({ type: "authFailed", account: "lea", flow: flow("198.51.100.66") });
  assert.equal(setup.admit("198.51.100.66", false), false);
  // the writes began before the reads below: one connection after another serves them
  while ((await database.db.query("SELECT 1 FROM border_ban WHERE address = '198.51.100.66'")).length === 0);
  while ((await setup.desk.notices()).every(({ kind }) => kind !== "banned"));
  setup.stop();
  const again = await start();
  assert.equal(again.admit("198.51.100.66", false), false);
  assert.deepEqual(again.desk.bans().map(({ address }) => address), ["198.51.100.66"]);
  assert.equal(await again.desk.lift("198.51.100.66"), true);
  assert.equal(again.admit("198.51.100.66", false), true);
  assert.deepEqual((await start()).desk.bans(), []);
});
