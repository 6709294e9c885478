/** Entry of the spotter's thread: keeps the patterns of phrases and compares sentences with them, away from calls and media. */
import { parentPort } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { decide, patternOf, rank, type Pattern } from "../voice/voice.ts";
import type { FromSpotter, ToSpotter } from "./speech-spotter.ts";

assert(parentPort, "speech-spotter-worker.ts is a worker's entry");
const port = parentPort;

/** One for each accent, by language and phrase. */
const patterns = new Map<string, Pattern[]>();

port.on("message", (message: ToSpotter) => {
  const patternsOf = (phrase: string): Pattern[] => patterns.get(`${message.language} ${phrase}`) ?? [];
  if (message.type === "pattern") {
    patterns.set(`${message.language} ${message.phrase}`, message.spoken.map((samples) => patternOf("", message.phrase, samples)));
    return;
  }
  const { id, words, ordinary, sentence } = message;
  const answers = words.flatMap(({ key, phrase }) => patternsOf(phrase).map((pattern) => ({ ...pattern, key })));
  port.postMessage({ id, spotted: decide(rank(sentence, answers, ordinary.flatMap(patternsOf))) } satisfies FromSpotter);
});
