import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentLive } from "../acd/acd.ts";
import type { UserRow } from "../directory/directory.ts";
import { agentView, type ViewSources } from "./views.ts";

const user = { id: "u", name: "Léa", team: "", queueIds: [] } as unknown as UserRow;
const live: AgentLive = {
  id: "u", wish: "available", system: "idle", sinceMs: 0, load: {},
  reach: { voice: { free: 0, of: 1, whyNot: "no-device" }, chat: { free: 0, of: 1, whyNot: "offline" } },
};

test("who is on an internal call is told so, not that their phone is gone; other reasons stay", () => {
  const reach = (busy: boolean): unknown => agentView(user, { agent: () => live, devices: () => [], busyElsewhere: () => busy } as unknown as ViewSources)?.reach;
  assert.deepEqual(reach(false), live.reach);
  assert.deepEqual(reach(true), { voice: { free: 0, of: 1, whyNot: "on-internal-call" }, chat: { free: 0, of: 1, whyNot: "offline" } });
});
