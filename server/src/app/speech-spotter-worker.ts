/** Entry of the spotter's thread: keeps the patterns of phrases and compares sentences with them, away from calls and media. */
import { parentPort } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { garbageOf, judge, patternOf, type Features, type Pattern } from "../voice/voice.ts";
import type { FromSpotter, ToSpotter } from "./speech-spotter.ts";

assert(parentPort, "speech-spotter-worker.ts is a worker's entry");
const port = parentPort;

const patterns = new Map<string, Pattern>();
const garbage = new Map<string, Features>();

port.on("message", (message: ToSpotter) => {
  if (message.type === "garbage") {
    garbage.set(message.language, garbageOf(message.samples));
  } else if (message.type === "pattern") {
    patterns.set(`${message.language} ${message.phrase}`, patternOf("", message.phrase, message.samples));
  } else {
    const { id, language, words, sentence } = message;
    const found = words.flatMap(({ key, phrase }) => {
      const pattern = patterns.get(`${language} ${phrase}`);
      return pattern ? [{ ...pattern, key }] : [];
    });
    const speech = garbage.get(language);
    port.postMessage({ id, spotted: speech ? judge(sentence, found, speech).spotted : null } satisfies FromSpotter);
  }
});
