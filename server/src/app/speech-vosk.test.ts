/**
 * The streaming recogniser against a double of the Vosk server, written after its protocol as alphacep/vosk-server documents it in
 * `websocket/asr_server.py` (config as JSON, sound in binary, one answer to each, `{"eof" : 1}` answered by the last text and the end). No Vosk
 * model is on the registries that these tests may use: what a real server hears is not tested here.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WebSocketServer } from "ws";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import { withFallback, type Hearing, type HeardSpeech, type Recogniser } from "../voice/voice.ts";
import { createVosk, readRecogniserUrl } from "./speech-vosk.ts";

interface Double {
  url: string;
  configs: unknown[];
  samples: number;
  eofs: number;
  connections: number;
  stop(): Promise<void>;
}
/** Answers each sound by `answer(n)`; without one it is silent. `likeCpp`: as `asr_server.cpp`, which takes the configuration for sound and marks its answer as binary. */
async function double(answer: (sounds: number) => string | null, { port = 0, likeCpp = false } = {}): Promise<Double> {
  const server = new WebSocketServer({ port, host: "127.0.0.1" });
  await new Promise<void>((ready) => server.once("listening", ready));
  const made: Double = {
    url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`, configs: [], samples: 0, eofs: 0, connections: 0,
    stop: () => new Promise((done) => {
      for (const client of server.clients) client.terminate();
      server.close(() => done());
    }),
  };
  after(() => made.stop());
  server.on("connection", (socket) => {
    made.connections++;
    let sounds = 0;
    socket.on("message", (data: Buffer, binary) => {
      const text = binary ? "" : data.toString();
      if (text.includes("config")) {
        made.configs.push((JSON.parse(text) as { config: unknown }).config);
        return likeCpp ? socket.send(Buffer.from('{"partial" : ""}')) : undefined;
      }
      if (text === '{"eof" : 1}') {
        made.eofs++;
        socket.send('{"text" : ""}');
        return socket.close();
      }
      made.samples += data.length / 2;
      const reply = answer(++sounds);
      if (reply !== null) socket.send(reply);
      return undefined;
    });
  });
  return made;
}

const WORDS = [{ key: "1", phrases: ["Livraison", "colis", "livraison"] }, { key: "2", phrases: ["C’est la facture, non ?", "…"] }];
const batch = (): Int16Array => new Int16Array(800).fill(7);
/** Listens, and tells what was heard until `enough`. */
function heardOf(recogniser: Recogniser, free: boolean, enough: (told: HeardSpeech[]) => boolean): { hearing: Hearing; told: HeardSpeech[]; until: Promise<void> } {
  const told: HeardSpeech[] = [];
  let done: () => void;
  const until = new Promise<void>((resolve) => (done = resolve));
  const hearing = recogniser.listen("int_1", { language: "fr", words: WORDS, free }, (one) => {
    told.push(one);
    if (enough(told)) done();
  });
  return { hearing, told, until };
}
const finals = (told: HeardSpeech[]): HeardSpeech[] => told.filter((one) => one.type === "final");

test("sound goes out with its rate and the question's phrases, partial and final texts come back", async () => {
  const server = await double((n) => (n < 3 ? '{"partial" : ""}' : n < 5 ? '{"partial" : "ma livr"}' : n === 5 ? '{"result" : [{"conf" : 0.9, "word" : "ma"}, {"conf" : 0.7, "word" : "livraison"}], "text" : "ma livraison"}' : '{"partial" : ""}'));
  const vosk = createVosk({ urls: { fr: server.url }, clock: new VirtualClock(0), log: silentLog });
  const { hearing, told, until } = heardOf(vosk, false, (all) => finals(all).length === 1);
  for (let i = 0; i < 6; i++) hearing.audio(batch());
  await until;
  assert.deepEqual(told.map((one) => one.type), ["speaking", "partial", "partial", "final"]);
  assert.deepEqual(told.at(-1), { type: "final", text: "ma livraison", confidence: 0.8 });
  assert.deepEqual(server.configs, [{ sample_rate: 8000, words: true, max_alternatives: 0, phrase_list: ["livraison", "colis", "c'est la facture non", "[unk]"] }], "as a model's lexicon writes them: another spelling would never be heard");
  const closed = new Promise<void>((resolve) => {
    const look = (): void => (server.eofs === 1 ? resolve() : void setImmediate(look));
    look();
  });
  hearing.stop();
  await closed;
  assert.equal(server.samples, 4800, "also what was said before the connection stood");
  await vosk.stop();
});

test("any sentence is an answer: no list of phrases; [unk] and doubtful words are nothing understood", async () => {
  const answers = ['{"result":[{"conf":0.2,"word":"oui"}],"text":"oui"}', '{"text":"[unk]"}', '{"result":[{"conf":1,"word":"je"}],"text":"je déménage"}'];
  const server = await double((n) => answers[n - 1] ?? null);
  const vosk = createVosk({ urls: { fr: server.url }, clock: new VirtualClock(0), log: silentLog });
  const { hearing, told, until } = heardOf(vosk, true, (all) => finals(all).length === 3);
  for (let i = 0; i < 3; i++) hearing.audio(batch());
  await until;
  assert.deepEqual(finals(told).map((one) => (one.type === "final" ? one.text : "")), ["", "", "je déménage"]);
  assert.deepEqual(server.configs, [{ sample_rate: 8000, words: true, max_alternatives: 0 }]);
  hearing.stop();
  await vosk.stop();
});

test("a server that is away fails the question at once and is left alone for ten seconds; one that came back is asked again", async () => {
  const clock = new VirtualClock(0);
  const server = await double(() => '{"partial":"oui"}');
  await server.stop();
  const vosk = createVosk({ urls: { fr: server.url }, clock, log: silentLog });
  const first = heardOf(vosk, false, (all) => all.length === 1);
  await first.until;
  assert.equal(first.told[0]?.type, "failed");
  const second = heardOf(vosk, false, (all) => all.length === 1);
  await second.until;
  assert.match(JSON.stringify(second.told), /away a moment ago/);
  const back = await double(() => '{"partial":"oui"}', { port: Number(new URL(server.url).port) });
  clock.advance(10_001);
  const third = heardOf(vosk, false, (all) => all.length >= 2);
  third.hearing.audio(batch());
  await third.until;
  assert.deepEqual(third.told.map((one) => one.type), ["speaking", "partial"]);
  assert.equal(back.connections, 1);
  third.hearing.stop();
  await vosk.stop();
});

test("a server that hears and never answers, one that answers nonsense, one that hangs up: each is a failure, none holds a call", async () => {
  const clock = new VirtualClock(0);
  const silent = await double(() => null);
  const vosk = createVosk({ urls: { fr: silent.url }, clock, log: silentLog });
  const waiting = heardOf(vosk, false, (all) => all.length === 1);
  waiting.hearing.audio(batch());
  await new Promise<void>((resolve) => {
    const look = (): void => (silent.samples > 0 ? resolve() : void setImmediate(look));
    look();
  });
  waiting.hearing.audio(batch());
  clock.advance(5_001);
  await waiting.until;
  assert.deepEqual(waiting.told, [{ type: "failed", why: "no answer in time" }]);

  const nonsense = await double(() => "<html>");
  const other = heardOf(createVosk({ urls: { fr: nonsense.url }, clock, log: silentLog }), false, (all) => all.length === 1);
  other.hearing.audio(batch());
  await other.until;
  assert.equal(other.told[0]?.type, "failed");

  const english = heardOf(createVosk({ urls: { en: nonsense.url }, clock, log: silentLog }), false, (all) => all.length === 1);
  await english.until;
  assert.deepEqual(english.told, [{ type: "failed", why: "no recogniser for fr" }]);
});

test("a server that falls ever further behind fails the question, though it answers; one that answers each sound is given sound for as long as it lasts", async () => {
  const heardBy = async (server: Double, sounds: number): Promise<HeardSpeech[]> => {
    const vosk = createVosk({ urls: { fr: server.url }, clock: new VirtualClock(0), log: silentLog });
    const { hearing, told } = heardOf(vosk, false, () => false);
    const past = async (count: number): Promise<void> => {
      for (let turns = 0; server.samples < count * 800 && !told.some(({ type }) => type === "failed") && turns < 100_000; turns++) await new Promise((next) => setImmediate(next));
    };
    for (let i = 1; i <= sounds; i++) {
      hearing.audio(batch());
      await past(i);
    }
    hearing.stop();
    await vosk.stop();
    return told;
  };
  assert.deepEqual(await heardBy(await double((n) => (n % 3 === 0 ? '{"partial" : ""}' : null)), 90), [{ type: "failed", why: "it does not keep up with the sound" }]);
  const told = await heardBy(await double(() => '{"partial" : ""}', { likeCpp: true }), 90);
  assert.deepEqual(told, [], "the server in C++ answers the configuration, too, and as binary");
});

test("a server that stops answering fails the question, whatever it answered before: a sound, or the configuration", async () => {
  const clock = new VirtualClock(0);
  for (const server of [await double((n) => (n === 1 ? '{"partial" : "oui"}' : null)), await double(() => null, { likeCpp: true })]) {
    const vosk = createVosk({ urls: { fr: server.url }, clock, log: silentLog });
    const { hearing, told, until } = heardOf(vosk, false, (all) => all.some(({ type }) => type === "failed"));
    const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
    // the answer to the configuration comes before the first sound
    for (let turns = 0; server.configs.length === 0 && turns < 100_000; turns++) await turn();
    for (let turns = 0; turns < 50; turns++) await turn();
    hearing.audio(batch());
    hearing.audio(batch());
    for (let turns = 0; server.samples < 1600 && turns < 100_000; turns++) await turn();
    for (let turns = 0; turns < 50; turns++) await turn();
    clock.advance(5_001);
    await until;
    assert.deepEqual(told.at(-1), { type: "failed", why: "no answer in time" });
    await vosk.stop();
    clock.advance(10_001);
  }
});

test("words that the server takes back are nothing understood: whoever spoke is answered", async () => {
  const server = await double((n) => (n === 1 ? '{"partial" : "fac"}' : n === 2 ? '{"text" : ""}' : '{"text" : ""}'));
  const vosk = createVosk({ urls: { fr: server.url }, clock: new VirtualClock(0), log: silentLog });
  const { hearing, told, until } = heardOf(vosk, false, (all) => finals(all).length === 1);
  for (let i = 0; i < 3; i++) hearing.audio(batch());
  await until;
  assert.deepEqual(told.map((one) => (one.type === "final" ? `final ${one.text}` : one.type)), ["speaking", "partial", "final "], "silence before and after is no sentence");
  hearing.stop();
  await vosk.stop();
});

test("a server that hangs up in the middle of a sentence: the second recogniser hears the rest, and what was said before", async () => {
  const server = await double((n) => (n < 3 ? '{"partial" : "fac"}' : null));
  const vosk = createVosk({ urls: { fr: server.url }, clock: new VirtualClock(0), log: silentLog });
  let heard = 0;
  let takenOver: () => void;
  const over = new Promise<void>((resolve) => (takenOver = resolve));
  const keywords: Recogniser = {
    listen: () => ({
      audio(samples) {
        heard += samples.length;
        takenOver();
      },
      stop: () => undefined,
    }),
    stop: () => Promise.resolve(),
  };
  const { hearing, until } = heardOf(withFallback(vosk, keywords), false, (told) => told.length >= 3);
  hearing.audio(batch());
  hearing.audio(batch());
  await until;
  await server.stop();
  await over;
  hearing.audio(batch());
  assert.equal(heard, 2400);
  hearing.stop();
  await vosk.stop();
});

test("when the first recogniser fails, the second goes on with the sound of before", async () => {
  const clock = new VirtualClock(0);
  const vosk = createVosk({ urls: {}, clock, log: silentLog });
  let heard = 0;
  let listening = 0;
  const keywords: Recogniser = {
    listen(_id, _question, hear) {
      listening++;
      return { audio: (samples) => { heard += samples.length; if (heard === 2400) hear({ type: "final", text: "facture", confidence: 1 }); }, stop: () => listening-- };
    },
    stop: () => Promise.resolve(),
  };
  const { hearing, told, until } = heardOf(withFallback(vosk, keywords), false, (all) => all.length === 1);
  for (let i = 0; i < 2; i++) hearing.audio(batch());
  await new Promise((next) => setImmediate(next));
  hearing.audio(batch());
  await until;
  assert.deepEqual([told, heard, listening], [[{ type: "final", text: "facture", confidence: 1 }], 2400, 1]);
  hearing.stop();
  assert.equal(listening, 0);
});

test("addresses: one for both languages, or one each", () => {
  assert.deepEqual(readRecogniserUrl("ws://asr:2700"), { fr: "ws://asr:2700", en: "ws://asr:2700" });
  assert.deepEqual(readRecogniserUrl("fr=ws://a:2700, en=wss://b:2701/x"), { fr: "ws://a:2700", en: "wss://b:2701/x" });
  for (const wrong of ["", "http://asr", "de=ws://asr", "ws://", "fr=ws://a:2700,nonsense"]) assert.equal(readRecogniserUrl(wrong), null, wrong);
});
