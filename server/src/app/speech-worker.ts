/**
 * A process of its own: espeak-ng (WebAssembly turned JavaScript) speaks; one request at a time, asked by `speech.ts`. It ends with
 * the server, however that ends: the channel to it is all that keeps this process alive.
 */
import initialise from "@echogarden/espeak-ng-emscripten";
import { speechForTelephone } from "../prompt/prompt.ts";
import type { SpeechAnswer, SpeechRequest } from "./speech.ts";

/** Received Pronunciation and French of France first: the clearest of espeak's voices at telephone bandwidth. Counted in speech.ts. */
const VOICES = { fr: ["roa/fr", "roa/fr-CH"], en: ["gmw/en", "gmw/en-US", "gmw/en-GB-scotland"] } as const;
/** Words a minute (espeak's default is 175): menus are followed by ear. */
const RATE = { fr: 158, en: 160 } as const;

const module = await initialise();
const speaker = await new module.eSpeakNGWorker();

function speak({ text, language, accent }: SpeechRequest): Int16Array<ArrayBuffer> {
  speaker.set_voice(VOICES[language][accent] ?? VOICES[language][0], language, 0, 0, 0);
  speaker.set_rate(RATE[language]);
  speaker.set_pitch(46);
  const parts: Int16Array[] = [];
  speaker.synthesize(text, (audio) => {
    if (audio && audio.length > 0) parts.push(audio);
  });
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return speechForTelephone(whole, speaker.get_samplerate());
}

process.on("message", (request: SpeechRequest) => {
  let answer: SpeechAnswer;
  try {
    answer = { id: request.id, samples: speak(request) };
  } catch (error) {
    answer = { id: request.id, why: error instanceof Error ? error.message : String(error) };
  }
  // A server that was killed while we spoke hears no answer: nothing is left to do.
  process.send?.(answer, undefined, {}, (error) => {
    if (error) process.exit(0);
  });
});
process.on("disconnect", () => process.exit(0));
// Ctrl-C, or systemd's end of a unit, reaches the whole group: the server decides when its speech ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
