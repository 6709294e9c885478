/** What the user agent of the lines tells, without a browser and without a network: sip.js sends nothing before its INVITE. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { UserAgent } from "sip.js";
import { LineSessions } from "./line-sessions.ts";
import type { LineEvent } from "./lines.ts";

before(() => {
  Object.assign(globalThis, { document: { createElement: () => ({}) } });
});

/** `clear`: how the customer's contact is put on hold. */
function phoneWith(clear: (sessions: LineSessions) => Promise<void>): { sessions: LineSessions; told: LineEvent[] } {
  const told: LineEvent[] = [];
  const userAgent = new UserAgent({ uri: UserAgent.makeURI("sip:lea@tandem.local")!, transportOptions: { server: "ws://192.0.2.1/sip" }, logBuiltinEnabled: false });
  const sessions: LineSessions = new LineSessions({ userAgent, domain: "tandem.local", now: () => 7, tell: (event) => told.push(event), tellMic: () => assert.fail("no microphone is opened"), clear: () => clear(sessions), applySpeaker: () => Promise.resolve() });
  return { sessions, told };
}

describe("a call of ours beside a customer's contact", () => {
  it("is not made, and says so, when the contact cannot be put on hold: two would be heard at a time", async () => {
    const { sessions, told } = phoneWith(() => Promise.reject(new Error("the server is away")));
    await sessions.dial("202", "Aïcha");
    const [began, over, ...more] = told;
    assert.partialDeepStrictEqual([began, over], [{ type: "began", direction: "out", number: "202", name: "Aïcha" }, { type: "over", failure: "failed" }]);
    assert.deepEqual(more, []);
    assert.equal(sessions.busy, false);
  });

  it("is not made when it was hung up while the contact was put on hold", async () => {
    const { sessions, told } = phoneWith((open) => {
      const [began] = told;
      assert.ok(began?.type === "began");
      return open.hangUp(began.id);
    });
    await sessions.dial("202", "");
    assert.deepEqual(told.map((event) => (event.type === "over" ? `over ${event.failure}` : event.type)), ["began", "over null"]);
    assert.equal(sessions.busy, false);
  });
});
