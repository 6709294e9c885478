import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FlowMove } from "../centre/centre.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { testDatabase, type TestDatabase } from "../db/test-database.ts";
import { createFlowTraffic } from "./flow-traffic.ts";
import { createTrafficView } from "./flow-traffic-view.ts";

const HOUR_MS = 3_600_000;
const NOW = 497_500 * HOUR_MS + 1_234_000;
/** Not looked at by the counters. */
const IT = {} as FlowMove["interaction"];
let database: TestDatabase;
before(async () => void (database = await testDatabase()));
after(async () => database?.drop());

test("what was counted is drawn: steps entered, ways taken, ends, contacts; a day of whole hours, all versions together", async () => {
  const clock = new VirtualClock(NOW - 25 * HOUR_MS);
  const traffic = createFlowTraffic({ db: database.db, clock, log: silentLog });
  const contact = (version: number, flowId = "f"): void => {
    const moved = { interaction: IT, flowId, inFlow: flowId, version, triedBy: null, builtIn: false };
    traffic.moved({ ...moved, stepId: "hello", port: null, ended: null });
    traffic.moved({ ...moved, stepId: "hello", port: "next", ended: null });
    traffic.moved({ ...moved, stepId: "menu", port: null, ended: null });
    traffic.moved({ ...moved, stepId: "menu", port: null, ended: "person" });
  };
  contact(1); // too long ago
  await traffic.flush();
  clock.advance(2 * HOUR_MS);
  contact(1);
  contact(2);
  contact(2, "other");
  traffic.moved({ interaction: IT, flowId: "f", inFlow: "f", version: 2, stepId: "hello", port: null, ended: null, triedBy: "usr_1", builtIn: false });
  await traffic.flush();
  clock.advance(23 * HOUR_MS);

  const view = createTrafficView({ db: database.db, clock });
  assert.deepEqual(await view.of("f"), { sinceMs: Math.floor(NOW / HOUR_MS - 24) * HOUR_MS, steps: { hello: 2, menu: 2 }, edges: { "hello next": 2 }, ends: { person: 2 } });
  assert.deepEqual(await view.of("nobody"), { sinceMs: Math.floor(NOW / HOUR_MS - 24) * HOUR_MS, steps: {}, edges: {}, ends: {} });
  assert.deepEqual(await view.contacts((id) => (id === "f" ? "hello" : null)), new Map([["f", 2]]));
  await traffic.stop();
});
