/** CTX-01, CTX-02: what a customer's device sends along chooses the nearest queue, by the shipped taxi template in the real runner: calls from a page or an application, chats, texts, and a telephone that can only be sent a link. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOfPage, type DeviceContext } from "@tandem/protocol/device";
import { silentLog } from "../base/log.ts";
import { flowDefinition, templates, type FlowDefinition } from "../flow/flow.ts";
import type { MediumTraits } from "../hub/hub.ts";
import { CHAT, VOICE } from "./test-centre.ts";
import { queueOf, rig } from "./test-flows.ts";

const taxi = flowDefinition(JSON.parse(JSON.stringify(templates.find(({ document }) => document.id === "template_taxi")!.document).replaceAll(/"queueId":"(\w+)"/g, '"queueId":"q_$1"')) as FlowDefinition);
const TEXT: MediumTraits = { ...CHAT, medium: "message" };
const north = { latitude: 47.2512, longitude: -1.5519, accuracyM: 20, atMs: 0 };
const south = { latitude: 47.1921, longitude: -1.5472, accuracyM: 20, atMs: 0 };
const paris = { latitude: 48.8566, longitude: 2.3522, accuracyM: 20, atMs: 0 };

/** Through the words that a page sends, as it sends them. */
function contact(traits: MediumTraits, device: Partial<DeviceContext> | null, problems: string[] = []): ReturnType<typeof rig> {
  const log = { ...silentLog, warn: (fields: object) => void problems.push(JSON.stringify(fields)) };
  const t = rig(taxi, traits, {}, log);
  const context = device === null ? {} : contextOfPage({ url: "https://taxi.example/", title: "Taxi", about: {}, device: { kind: "mobile", userAgent: "", ...device } });
  t.centre.hear({ type: "arrived", id: "a", medium: traits.medium, from: traits.written ? "vis_1" : "+33612849047", fromName: "Camille", to: "1000", language: "fr", context });
  return t;
}

test("a position that was agreed to leads to the nearest rank without a question, whatever the medium; far from every rank it is dispatch's", () => {
  for (const traits of [VOICE, CHAT, TEXT]) {
    for (const [position, queue] of [[north, "q_north"], [south, "q_south"], [paris, "q_dispatch"]] as const) {
      const t = contact(traits, { position });
      assert.deepEqual([queueOf(t.state("a")), t.state("a").trail], [queue, []], `${traits.medium} ${queue}`);
      assert.equal(Number(t.state("a").data.north) < Number(t.state("a").data.south), queue === "q_north" || position === paris);
    }
  }
});

test("consent that was refused, a device that cannot tell, half a position: the district is asked for, and nothing fails on the way", () => {
  const problems: string[] = [];
  for (const traits of [VOICE, CHAT]) {
    for (const device of [{}, null, { kind: "tv", terminal: "salon" }] as const) {
      const t = contact(traits, device, problems);
      assert.equal(t.state("a").state, "flow");
      if (traits.written) t.write("a", "au sud du fleuve");
      else t.key("a", "2");
      assert.equal(queueOf(t.state("a")), "q_south");
    }
  }
  const half = rig(taxi, CHAT);
  half.centre.hear({ type: "arrived", id: "a", medium: "chat", from: "vis_1", fromName: "Camille", to: "1000", language: "fr", context: { latitude: "47.25" } });
  assert.equal(half.state("a").state, "flow");
  const nonsense = rig(taxi, CHAT);
  nonsense.centre.hear({ type: "arrived", id: "a", medium: "chat", from: "vis_1", fromName: "Camille", to: "1000", language: "fr", context: { latitude: "ici", longitude: "là" } });
  assert.equal(queueOf(nonsense.state("a")), "q_dispatch", "a person sorts it out");
  assert.deepEqual(problems, []);
});

test("a screen of the city's is where its name says", () => {
  for (const traits of [VOICE, CHAT]) assert.deepEqual([queueOf(contact(traits, { kind: "tv", terminal: "gare" }).state("a")), queueOf(contact(traits, { terminal: "aeroport" }).state("a"))], ["q_north", "q_south"]);
});

test("a telephone that tells nothing is sent a link and put through meanwhile; from the link's page the position is there; a text that cannot be sent, or a hidden number, holds nobody up", () => {
  const t = contact(VOICE, null);
  t.key("a", "3");
  assert.deepEqual(t.asked.map(({ ask }) => ask), [{ kind: "sms", to: "+33612849047", text: "Votre taxi le plus proche\u202f: https://example.com/taxi" }]);
  t.asked[0]!.answer({ ok: true });
  assert.equal(queueOf(t.state("a")), "q_dispatch");
  assert.equal(queueOf(contact(CHAT, { position: north }).state("a")), "q_north", "the page behind the link");
  const down = contact(VOICE, null);
  down.key("a", "3");
  down.asked[0]!.answer({ ok: false, why: "no route" });
  assert.equal(queueOf(down.state("a")), "q_dispatch");
  const hidden = rig(taxi, VOICE);
  hidden.centre.hear({ type: "arrived", id: "a", medium: "voice", from: "anonymous", fromName: "", to: "1000", language: "fr", context: {} });
  hidden.key("a", "3");
  assert.deepEqual([hidden.asked.length, queueOf(hidden.state("a"))], [0, "q_dispatch"]);
});
