/** The trunks' wiring: the key beside the data, calls held while a certificate is fetched, a trunk that is full. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import type { Flow, SipCommand, SipEvent } from "../sip/sip.ts";
import { CERTIFICATES } from "../trunk/stir/test-certificates.ts";
import { TRUNK } from "./trunk-rig.ts";
import { setUpTrunks, type TrunkSetup } from "./trunk-setup.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-trunk-setup-"));
const clock = new VirtualClock(1_800_000_000_000);
const commands: SipCommand[] = [];
let onCommand: (command: SipCommand) => void = () => {};
let database: TestDatabase;

const start = (dataDir: string): Promise<TrunkSetup> =>
  setUpTrunks({
    db: database.db, clock, chance: seededChance(9), log: silentLog, dataDir, settings: () => ({ region: "FR", emergencyNumbers: ["112"] }), command(command) {
      commands.push(command);
      onCommand(command);
    },
    fraud: { check: () => ({ ok: true }), allows: () => true, started: () => {}, ended: () => {} },
  });

before(async () => {
  database = await testDatabase();
});
after(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const incoming = (ref: string, headers: Record<string, string> = {}): Extract<SipEvent, { type: "incoming" }> => {
  const flow: Flow = { id: "f", transport: "udp", remoteAddress: "198.51.100.7", remotePort: 5060, localAddress: "192.0.2.1", localPort: 5060 };
  return {
    type: "incoming", ref, from: { user: "x", host: "x", display: "", account: null }, to: { user: "0270000100", host: "x" }, flow, sdp: null, replaces: null, join: null, maxForwards: 70, history: [], privacy: [],
    headers: new Map(Object.entries({ from: "<sip:0612345678@x>", to: "<sip:0270000100@x>", ...headers }).map(([name, value]) => [name, [value]])),
  };
};

test("the key is made once, for the server's own user only; without it passwords are gone, never wrong", async () => {
  const here = join(folder, "data");
  const first = await start(here);
  const made = await first.store.putTrunk(null, { ...TRUNK, name: "Sealed", password: "s3cret" });
  assert.ok(made.ok);
  assert.equal(statSync(join(here, "trunk.key")).mode & 0o777, 0o600);
  assert.equal((await start(here)).store.password(made.id), "s3cret");
  // one that is changed keeps its password unless a new one is written
  const again = await start(here);
  assert.ok((await again.store.putTrunk(made.id, { ...TRUNK, name: "Sealed", password: null })).ok);
  assert.equal((await start(here)).store.password(made.id), "s3cret");
  writeFileSync(join(here, "trunk.key"), Buffer.alloc(32, 7));
  assert.equal((await start(here)).store.password(made.id), "");
  writeFileSync(join(here, "trunk.key"), readFileSync(join(here, "trunk.key")).subarray(1));
  await assert.rejects(start(here), /trunk\.key is no key of 32 bytes/);
});

test("a signed call waits for its certificate, and who hangs up meanwhile was never there; unsigned ones pass at once", async () => {
  const setup = await start(join(folder, "hold"));
  const made = await setup.store.putTrunk(null, { ...TRUNK, name: "Held", addresses: ["198.51.100.7"], password: null });
  assert.ok(made.ok);
  // a port of this machine where nobody listens: refused at once
  assert.ok((await setup.store.putStir({ certificateUrl: "", certificate: "", roots: [CERTIFICATES.root], allowedHosts: ["127.0.0.1:9"], attestAs: "A" }, null)).ok);
  setup.start();
  const passed: string[] = [];
  let wake: () => void = () => {};
  const next = (event: SipEvent): void => {
    passed.push(`${event.type} ${"ref" in event ? event.ref : ""}`);
    wake();
  };
  setup.hear(incoming("plain"), next);
  assert.deepEqual(passed, ["incoming plain"]);
  const identity = (n: number): Record<string, string> => ({ identity: `a.b.c${n};info=<https://127.0.0.1:9/${n}.pem>;alg=ES256;ppt=shaken` });
  setup.hear(incoming("gone", identity(1)), next);
  setup.hear({ type: "cancelled", ref: "gone" }, next);
  const arrived = new Promise<void>((resolve) => (wake = resolve));
  setup.hear(incoming("held", identity(2)), next);
  assert.deepEqual(passed, ["incoming plain"]);
  await arrived;
  assert.deepEqual(passed, ["incoming plain", "incoming held"]);
  assert.equal(setup.inboundOf("held")?.verified, "failed");
  assert.equal(setup.inboundOf("gone"), null);
  assert.equal(setup.trunks.state(made.id).calls, 2);
  setup.hear({ type: "ended", ref: "held", by: "peer", reason: "" }, next);
  assert.equal(setup.trunks.state(made.id).calls, 1);
  assert.equal(setup.inboundOf("held"), null);
  await setup.store.remove("trunk", made.id);
});

test("a trunk with all its calls refuses the next one with 503 until one ends", async () => {
  const setup = await start(join(folder, "full"));
  const made = await setup.store.putTrunk(null, { ...TRUNK, name: "Full", addresses: ["198.51.100.7"], maxCalls: 1, password: null });
  assert.ok(made.ok);
  setup.start();
  const passed: string[] = [];
  const next = (event: SipEvent): void => void passed.push(`${event.type} ${"ref" in event ? event.ref : ""}`);
  setup.hear(incoming("one"), next);
  commands.length = 0;
  setup.hear(incoming("two"), next);
  assert.deepEqual(commands, [{ type: "reject", ref: "two", status: 503, reason: "Service Unavailable" }]);
  setup.hear({ type: "ended", ref: "two", by: "us", reason: "" }, next); // the refusal's own end frees nothing
  setup.hear(incoming("three"), next);
  setup.hear({ type: "cancelled", ref: "one" }, next);
  setup.hear(incoming("four"), next);
  assert.deepEqual(passed, ["incoming one", "ended two", "cancelled one", "incoming four"]);
});

test("a call that we placed, and the exchange handed on, is counted until its leg ends", async () => {
  const setup = await start(join(folder, "placed"));
  const made = await setup.store.putTrunk(null, { ...TRUNK, name: "Placed", addresses: ["198.51.100.8"], password: null });
  assert.ok(made.ok);
  setup.start();
  setup.trunks.started(made.id, "leg_1", "+33612345678", "ext_1", clock.now());
  setup.hear({ type: "ended", ref: "leg_2", by: "peer", reason: "" }, () => {});
  assert.equal(setup.trunks.state(made.id).calls, 1);
  setup.hear({ type: "ended", ref: "leg_1", by: "peer", reason: "" }, () => {});
  assert.equal(setup.trunks.state(made.id).calls, 0);
  await setup.store.remove("trunk", made.id);
});

test("a call that cannot be taken after its certificate was waited for hears so", async () => {
  const setup = await start(join(folder, "breaks"));
  const made = await setup.store.putTrunk(null, { ...TRUNK, name: "Breaks", addresses: ["198.51.100.7"], password: null });
  assert.ok(made.ok);
  assert.ok((await setup.store.putStir({ certificateUrl: "", certificate: "", roots: [CERTIFICATES.root], allowedHosts: ["127.0.0.1:9"], attestAs: "A" }, null)).ok);
  setup.start();
  const refused = new Promise<SipCommand>((resolve) => (onCommand = resolve));
  setup.hear(incoming("breaks", { identity: "a.b.cx;info=<https://127.0.0.1:9/x.pem>;alg=ES256;ppt=shaken" }), () => {
    throw new Error("a mistake of ours");
  });
  assert.deepEqual(await refused, { type: "reject", ref: "breaks", status: 500, reason: "Server Internal Error" });
  await setup.store.remove("trunk", made.id);
});
