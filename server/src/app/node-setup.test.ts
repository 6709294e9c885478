import assert from "node:assert/strict";
import { test } from "node:test";
import { aloneSetup, type NodeHouse } from "./node-setup.ts";
import { centreElsewhere } from "./sip-roles.ts";

test("who calls the centre of a server that is alone and still starting is asked to try again; once it has taken up what was open they are let in", async () => {
  const nodes = aloneSetup();
  const route = centreElsewhere(() => ({ as: "agent" }), (user) => user === "1000" && !nodes.serves());
  const asked = (user: string): ReturnType<typeof route> => route({ target: { ours: true, user } } as Parameters<typeof route>[0]);
  assert.deepEqual([asked("1000"), asked("201")], [{ as: "refuse", status: 503 }, { as: "agent" }]);
  let seen: unknown;
  await nodes.start({ lead: async () => void (seen = [asked("1000"), nodes.leads()]) } as Partial<NodeHouse> as NodeHouse);
  assert.deepEqual([seen, asked("1000"), nodes.serves()], [[{ as: "refuse", status: 503 }, true], { as: "agent" }, true]);
});
