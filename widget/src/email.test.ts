import assert from "node:assert/strict";
import { test } from "node:test";
import { WidgetCallback } from "@tandem/protocol/callback";
import { EMAIL } from "./email.ts";

test("an address is right here when it is right for the server", () => {
  const addresses = { "camille@halo.test": true, "o'neill+tandem@mail.halo.test": true, "josé@halo.test": false, "camille@halo": false, "a..b@halo.test": false, ".a@halo.test": false, "a@b@halo.test": false, "a@-halo.test": false };
  for (const [address, right] of Object.entries(addresses)) assert.deepEqual([EMAIL.test(address), WidgetCallback.shape.email.safeParse(address).success], [right, right], address);
});
