import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageView } from "@tandem/protocol";
import { ApiFailure } from "./api.ts";
import { createOutbox, RESEND_MS } from "./outbox.ts";

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function world(answers: ("ok" | ApiFailure)[]) {
  const tried: string[] = [];
  const sent: string[] = [];
  const refused: [string, string][] = [];
  const timers: { afterMs: number; fire: () => void }[] = [];
  const outbox = createOutbox({
    async send(interactionId, { clientId, text }): Promise<MessageView> {
      tried.push(clientId);
      const answer = answers.shift() ?? "ok";
      if (answer !== "ok") throw answer;
      return { id: clientId, interactionId, seq: tried.length, author: "agent", authorName: "x", text, atMs: 0, clientId };
    },
    after(afterMs, fire) {
      timers.push({ afterMs, fire });
      return () => {};
    },
    onSent: (message) => void sent.push(message.clientId ?? ""),
    onRefused: (_, clientId, why) => void refused.push([clientId, why]),
  });
  return { outbox, tried, sent, refused, timers };
}

describe("outbox", () => {
  it("tries the same message again when the server was not reached, and keeps the order", async () => {
    const w = world([new ApiFailure(0, "unreachable", "down", null), "ok", "ok"]);
    w.outbox.put("i1", { clientId: "one", text: "1" });
    w.outbox.put("i1", { clientId: "two", text: "2" });
    await settle();
    assert.deepEqual(w.tried, ["one"]);
    assert.equal(w.timers[0]?.afterMs, RESEND_MS);
    w.timers[0]?.fire();
    await settle();
    assert.deepEqual(w.tried, ["one", "one", "two"]);
    assert.deepEqual(w.sent, ["one", "two"]);
  });

  it("tells a refusal in words and goes on with the next", async () => {
    const w = world([new ApiFailure(409, "too-late", "The conversation is over.", null), "ok"]);
    w.outbox.put("i1", { clientId: "one", text: "1" });
    w.outbox.put("i1", { clientId: "two", text: "2" });
    await settle();
    assert.deepEqual(w.refused, [["one", "The conversation is over."]]);
    assert.deepEqual(w.sent, ["two"]);
  });

  it("does not wait for the timer when the line is back", async () => {
    const w = world([new ApiFailure(503, "starting", "wait", null), "ok"]);
    w.outbox.put("i1", { clientId: "one", text: "1" });
    await settle();
    w.outbox.nudge();
    await settle();
    assert.deepEqual(w.sent, ["one"]);
  });
});
