import assert from "node:assert/strict";
import { test } from "node:test";
import { QUEUE_SETTINGS, type QueueSettingKind } from "@tandem/protocol/queue-settings";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { demoFlow, flowDefinition } from "../flow/flow.ts";
import { speakAhead, type AheadOptions } from "./speech-ahead.ts";

const label = (fr: string): { fr: string } => ({ fr });
const flow = (id: string, greeting: string, promptId?: string): ReturnType<typeof flowDefinition> =>
  flowDefinition({
    id, name: id, version: 1, languages: ["fr"], start: "hello", reachHuman: { queueId: "q", says: { sounds: { fr: "Un conseiller." } }, label: label("Conseiller") },
    retry: { wrong: { sounds: { fr: "Pardon ?" } }, silence: { sounds: { fr: "Allô ?" } } }, variables: {},
    steps: {
      hello: { kind: "say", says: { sounds: { fr: greeting }, ...(promptId !== undefined && { recording: { fr: promptId } }) }, next: "menu" },
      menu: { kind: "menu", label: label("Menu"), says: { sounds: { fr: "Que voulez-vous ?" } }, choices: [{ key: "1", label: label("Livraison"), words: { fr: ["colis"] }, next: "queue" }] },
      queue: { kind: "queue", queueId: "q" },
    },
  });

function around({ hangs = false } = {}) {
  const clock = new VirtualClock(0);
  const made: string[] = [];
  const patterns: string[] = [];
  const changed: (() => void)[] = [];
  const flows = [{ id: "quiet", name: "Q", version: 1, definition: flow("quiet", "Enregistré.", "prm_quiet") as unknown }, { id: "main", name: "M", version: 1, definition: flow("main", "Bonjour.") as unknown }, { id: "broken", name: "B", version: 1, definition: { nonsense: true } as unknown }];
  const settings = new Map<string, unknown>([
    ["waiting q", QUEUE_SETTINGS.waiting.schema.parse({ music: "prm_music", announcements: [{ says: { fr: "Merci de patienter." }, firstAfterS: 5, everyS: 60 }, { says: {}, recordingId: "prm_news", firstAfterS: 5, everyS: 0 }] })],
    ["whisper q", QUEUE_SETTINGS.whisper.schema.parse({ on: true, countdown: true })],
  ]);
  const options: AheadOptions = {
    clock, log: silentLog,
    directory: {
      flows: () => flows, numbers: () => [{ id: "n", number: "3000", label: "", flowId: "main", language: "fr" }] as unknown as ReturnType<AheadOptions["directory"]["numbers"]>,
      queues: () => [{ id: "q", name: "Support" }] as unknown as ReturnType<AheadOptions["directory"]["queues"]>,
      onChange: (hear) => void changed.push(() => hear({ kind: "flow", id: "main", gone: false })),
    },
    queueSettings: { get: (kind: QueueSettingKind, id: string) => (settings.get(`${kind} ${id}`) ?? QUEUE_SETTINGS[kind].schema.parse({})) as never, onChange: () => undefined },
    speech: {
      prompts: {
        async promptPath(text, language, when = "now") {
          made.push(`${when} ${language} ${text}`);
          if (hangs) return new Promise(() => undefined);
          if (text === "Pardon ?") throw new Error("no voice");
          return `/p/${text}`;
        },
        atSpeed: (path) => Promise.resolve(path), holdMusicPath: async () => (made.push("music"), "/p/music"), warm: () => Promise.resolve(), stop: () => Promise.resolve(),
      },
      recordingPath: async (promptId, _language, when = "now") => (made.push(`${when} ${promptId}`), promptId === "prm_none" ? null : `/r/${promptId}`),
      patterns: async (language, phrases) => void patterns.push(`${language} ${phrases.slice(0, 2).join()}`),
      store: { onChange: () => undefined },
    },
  };
  return { clock, made, patterns, changed, flows, ahead: speakAhead(options) };
}

test("what the first caller hears is there when the server says that it is ready; then the way on, then what waits there, then what nobody dials, and what answers by voice need", async () => {
  const { made, patterns, ahead } = around();
  await ahead.start();
  assert.deepEqual(made.slice(0, 3), ["music", "now fr Bonjour.", "now fr Que voulez-vous ?"]);
  await ahead.settled();
  const at = (words: string): number => made.indexOf(`later ${words}`);
  const order = ["fr Bonjour.", "fr Que voulez-vous ?", "fr Un conseiller.", "fr Pardon ?", "prm_music", "fr Merci de patienter.", "prm_news", "fr Appel depuis Support.", "en Call from Support.", "prm_quiet"].filter((words) => at(words) < 0);
  assert.deepEqual(order, [], "all of it");
  assert.ok(at("fr Bonjour.") < at("fr Allô ?") && at("fr Pardon ?") < at("fr Allô ?"), "one that cannot be made does not keep the next");
  assert.ok(at("fr Allô ?") < at("prm_music") && at("prm_music") < at("fr Appel depuis Support.") && at("fr Appel depuis Support.") < at("prm_quiet"));
  assert.equal(at("fr Enregistré."), -1, "a recording is there");
  assert.ok(made.slice(3).every((one) => one.startsWith("later ")), "nobody stands behind it");
  assert.deepEqual(patterns, ["fr Livraison,colis"]);
});

test("what changes is spoken again, once for several changes in a row; a recording that is missing leaves its text", async () => {
  const { clock, made, changed, flows, ahead } = around();
  await ahead.start();
  await ahead.settled();
  made.length = 0;
  flows[1] = { id: "main", name: "M", version: 2, definition: flow("main", "Bonsoir.", "prm_none") };
  for (const tell of [...changed, ...changed]) tell();
  clock.advance(400);
  await ahead.settled();
  assert.deepEqual(made, []);
  clock.advance(200);
  await ahead.settled();
  assert.deepEqual(made.slice(0, 2), ["later prm_none", "later fr Bonsoir."]);
  assert.equal(made.filter((one) => one === "later fr Bonsoir.").length, 1);
  ahead.stop();
  made.length = 0;
  changed[0]!();
  clock.advance(1_000);
  await ahead.settled();
  assert.deepEqual(made, []);
});

test("an engine that hangs does not keep the server from its start", async () => {
  const { clock, ahead } = around({ hangs: true });
  let started = false;
  const start = ahead.start().then(() => (started = true));
  await new Promise((next) => setImmediate(next));
  clock.advance(2_900);
  await new Promise((next) => setImmediate(next));
  assert.equal(started, false);
  clock.advance(200);
  await start;
  ahead.stop();
});

test("the demo's first words are among those of before the start", async () => {
  const { made, flows, ahead } = around();
  flows[1] = { id: "main", name: "M", version: 9, definition: demoFlow };
  await ahead.start();
  assert.deepEqual(made[1], "now fr Bonjour et bienvenue chez Halo et Fils.");
  ahead.stop();
});
