import assert from "node:assert/strict";
import { test } from "node:test";
import { FlowAssistant } from "@tandem/protocol/flow-outside";
import type { AskAbout } from "../centre/centre.ts";
import type { Answer } from "../flow/flow.ts";
import { createAssistants } from "./flow-assistants.ts";
import type { OutsideAnswer, OutsideRequest } from "./flow-http.ts";
import type { FlowSecrets } from "./flow-secrets.ts";

const about = (interactionId: string, language: "fr" | "en" = "fr"): AskAbout => ({ deedId: `${interactionId}:1`, interactionId, medium: "chat", customerId: "cus_1", from: "vis_1", fromName: "Ana", to: "web", language, sinceMs: 0 });
const secrets: Pick<FlowSecrets, "fill"> = { fill: (text) => (text.includes("{secret.gone}") ? null : { text: text.replace("{secret.key}", "k3y"), secret: text.includes("{secret.") }) };

function made(result: OutsideAnswer = { ok: true, json: {} }): { assistants: ReturnType<typeof createAssistants>; requests: OutsideRequest[]; cancelled: number[] } {
  const requests: OutsideRequest[] = [];
  const cancelled: number[] = [];
  const http = {
    call(request: OutsideRequest, answer: (answer: OutsideAnswer) => void) {
      requests.push(request);
      answer(result);
      return () => void cancelled.push(1);
    },
    stop: () => {},
  };
  return { assistants: createAssistants({ http, secrets: secrets as FlowSecrets }), requests, cancelled };
}

test("answers by words: the entry with most of them, in the customer's language; a second question without an answer is a person's", () => {
  const read = FlowAssistant.parse({
    id: "faq", name: "FAQ",
    with: {
      kind: "keywords", otherwise: { fr: "Dites-le autrement.", en: "Say it differently." },
      entries: [
        { words: { fr: ["livraison", "colis"], en: ["delivery"] }, says: { fr: "Sous trois jours.", en: "Within three days." }, goes: "resolved" },
        { words: { fr: ["colis cassé", "cassé", "colis"] }, says: { fr: "Une personne arrive." }, goes: "person" },
      ],
    },
  });
  assert.ok(read.with.kind === "keywords");
  const faq = made().assistants.keywords(read.id, read.with);
  const ask = (text: string, id = "a", language: "fr" | "en" = "fr"): Answer => {
    let got: Answer = { ok: false, why: "none" };
    faq({ text, turn: 1, about: about(id, language) }, (answer) => (got = answer));
    return got;
  };
  assert.deepEqual(ask("Et ma LIVRAISON ?"), { ok: true, says: "Sous trois jours.", goes: "resolved" });
  assert.deepEqual(ask("delivery please", "a", "en"), { ok: true, says: "Within three days.", goes: "resolved" });
  assert.deepEqual(ask("mon colis cassé"), { ok: true, says: "Une personne arrive.", goes: "person" });
  assert.deepEqual(ask("du chocolat"), { ok: true, says: "Dites-le autrement.", goes: "on" });
  assert.deepEqual(ask("du chocolat", "b"), { ok: true, says: "Dites-le autrement.", goes: "on" }, "another conversation");
  ask("livraison");
  assert.deepEqual(ask("du thé"), { ok: true, says: "Dites-le autrement.", goes: "on" }, "an answer in between counts anew");
  assert.deepEqual(ask("du thé"), { ok: true, says: "Dites-le autrement.", goes: "person" });
});

test("a service over HTTP hears one JSON a turn with its secret, and its answer is read strictly", () => {
  const settings = { kind: "http" as const, url: "https://bot.example/turn", headers: { authorization: "Bearer {secret.key}" } };
  const turn = (result: OutsideAnswer, headers: Record<string, string> = settings.headers): { answer: Answer; requests: OutsideRequest[] } => {
    const m = made(result);
    let got: Answer = { ok: false, why: "none" };
    m.assistants.http("bot", { ...settings, headers })({ text: "Bonjour", turn: 2, about: about("a") }, (answer) => (got = answer));
    return { answer: got, requests: m.requests };
  };
  const good = turn({ ok: true, json: { says: "x".repeat(2_000), goes: "on" } });
  assert.deepEqual(good.requests.map(({ method, url, headers, body, secret }) => [method, url, headers, JSON.parse(body ?? ""), secret]), [
    ["POST", "https://bot.example/turn", { authorization: "Bearer k3y", "idempotency-key": "a:1" }, { assistant: "bot", conversation: "a", turn: 2, text: "Bonjour", language: "fr", medium: "chat", customer: { id: "cus_1", name: "Ana" } }, true],
  ]);
  assert.ok(good.answer.ok && good.answer.says?.length === 1_200 && good.answer.goes === "on");
  for (const json of [null, {}, { says: "x" }, { says: 1, goes: "on" }, { says: "x", goes: "away" }, []]) assert.equal(turn({ ok: true, json }).answer.ok, false, JSON.stringify(json));
  assert.deepEqual(turn({ ok: false, why: "status 500" }).answer, { ok: false, why: "status 500" });
  const missing = turn({ ok: true, json: {} }, { "x-key": "{secret.gone}" });
  assert.deepEqual([missing.answer.ok, missing.requests], [false, []]);
});
