/**
 * A streaming recogniser over the WebSocket protocol of the Vosk server (alphacep/vosk-server, `websocket/asr_server.py`; Kaldi and other engines
 * speak it, too). One connection a question:
 *   -> text   {"config": {"sample_rate": 8000, "words": true, "max_alternatives": 0, "phrase_list": [...]}}   (phrase_list only when nothing else is an answer)
 *   -> binary 16-bit little-endian linear sound   <- one answer to each: {"partial": "..."} or {"result": [{word, start, end, conf}], "text": "..."}
 *   -> text   {"eof" : 1}   (compared as this very text)               <- the last {"text": ...}, then it closes
 * The server in C++ (`asr_server.cpp`) reads no configuration, answers it as if it were sound, and marks that answer as binary.
 * A server has one model, so one language: an address for each, or one for all. Nothing here waits: a server that is away, slow or silent fails the
 * question, and the keyword spotter goes on from the sound that was kept.
 */
import { WebSocket } from "ws";
import { z } from "zod";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Language } from "../hub/hub.ts";
import type { Recogniser } from "../voice/voice.ts";

/** A server on the house's network answers within milliseconds. */
const CONNECT_MS = 2_000;
/** Every sound is answered (a partial): so long without one, and it is held for dead. */
const SILENT_MS = 5_000;
/** Sounds (of 100 ms) that it has not answered: a server with too many calls falls ever further behind, and a caller does not wait for what they said 4 s ago. */
const MAX_UNANSWERED = 40;
/** After a failure the server is left alone so long: every question goes to the spotter at once instead of waiting for it. */
const AWAY_MS = 10_000;
/** Sound on its way to a server that does not take it: 4 s. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** Attack (or a wrong address): an endless message. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_TEXT_CHARS = 400;
/** Mean over the words: below, the sentence counts as not understood. */
const MIN_CONFIDENCE = 0.5;
const EOF = '{"eof" : 1}';

const Answer = z.object({ partial: z.string().optional(), text: z.string().optional(), result: z.array(z.object({ conf: z.number().optional() })).optional() });

export type RecogniserUrls = Readonly<Partial<Record<Language, string>>>;

/** `ws://host:2700` for both languages, or `fr=ws://host:2700,en=ws://host:2701`. */
export function readRecogniserUrl(text: string): RecogniserUrls | null {
  const urls: Partial<Record<Language, string>> = {};
  for (const part of text.split(",")) {
    const [, language, url] = /^\s*(?:(fr|en)=)?(wss?:\/\/[^\s,]+)\s*$/.exec(part) ?? [];
    if (url === undefined || !URL.canParse(url)) return null;
    if (language === undefined) urls.fr = urls.en = url;
    else urls[language as Language] = url;
  }
  return urls;
}

export function createVosk({ urls, clock, log }: { urls: RecogniserUrls; clock: Clock; log: Log }): Recogniser {
  const awayUntilMs = new Map<string, number>();
  const open = new Set<WebSocket>();
  return {
    listen(callId, { language, words, free }, hear) {
      const url = urls[language];
      let ended = false;
      let speaking = false;
      let socket: WebSocket | null = null;
      let cancelTimer = (): void => {};
      let unanswered = 0;
      const fail = (why: string): void => {
        if (ended) return;
        end();
        if (url !== undefined && (awayUntilMs.get(url) ?? 0) <= clock.now()) {
          awayUntilMs.set(url, clock.now() + AWAY_MS);
          log.warn({ call: callId, url, why }, "the speech recogniser is away");
        }
        hear({ type: "failed", why });
      };
      const end = (): void => {
        ended = true;
        cancelTimer();
        if (socket?.readyState === WebSocket.OPEN) {
          socket.send(EOF);
          socket.close(1000);
        } else socket?.terminate();
      };
      const answerWithin = (ms: number): void => {
        cancelTimer();
        cancelTimer = clock.after(ms, () => {
          fail("no answer in time");
          socket?.terminate();
        });
      };
      if (url === undefined || (awayUntilMs.get(url) ?? 0) > clock.now()) {
        queueMicrotask(() => fail(url === undefined ? `no recogniser for ${language}` : "the recogniser was away a moment ago"));
        return { audio: () => undefined, stop: end };
      }
      const made = new WebSocket(url, { handshakeTimeout: CONNECT_MS, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
      socket = made;
      open.add(made);
      const early: Uint8Array[] = [];
      const phrases = [...new Set(words.flatMap((word) => word.phrases.map(inLexicon)))].filter((phrase) => phrase !== "");
      answerWithin(CONNECT_MS);
      made.on("open", () => {
        if (ended) return made.close(1000);
        cancelTimer();
        // "[unk]" takes what is none of the phrases; models without a changeable grammar hear everything all the same
        made.send(JSON.stringify({ config: { sample_rate: 8000, words: true, max_alternatives: 0, ...(free ? {} : { phrase_list: [...phrases, "[unk]"] }) } }));
        for (const bytes of early) send(bytes);
        early.length = 0;
        return undefined;
      });
      made.on("message", (data) => {
        if (ended) return;
        cancelTimer();
        unanswered = Math.max(0, unanswered - 1);
        if (unanswered > 0) answerWithin(SILENT_MS);
        const answer = readAnswer((data as Buffer).toString());
        if (!answer) return fail("an answer that is not of its protocol");
        if (answer.partial !== undefined && answer.partial !== "") {
          if (!speaking) hear({ type: "speaking" });
          speaking = true;
          hear({ type: "partial", text: answer.partial.slice(0, MAX_TEXT_CHARS) });
        } else if (answer.text !== undefined && (answer.text !== "" || speaking)) {
          // "" after a partial: it took the words back, and whoever spoke waits for an answer
          if (!speaking) hear({ type: "speaking" });
          speaking = false;
          const heard = answer.text.replaceAll("[unk]", " ").replaceAll(/\s+/g, " ").trim();
          const sure = (answer.result ?? []).flatMap(({ conf }) => (conf === undefined ? [] : [conf]));
          const confidence = sure.length === 0 ? 1 : sure.reduce((a, b) => a + b, 0) / sure.length;
          hear({ type: "final", text: confidence < MIN_CONFIDENCE ? "" : heard.slice(0, MAX_TEXT_CHARS), confidence });
        }
      });
      made.on("error", (error) => fail(error.message));
      made.on("close", (code) => {
        open.delete(made);
        fail(`closed (${code})`);
      });
      const send = (bytes: Uint8Array): void => {
        if (ended) return undefined;
        if (++unanswered > MAX_UNANSWERED || made.bufferedAmount > MAX_BUFFERED_BYTES) return fail("it does not keep up with the sound");
        if (unanswered === 1) answerWithin(SILENT_MS);
        made.send(bytes);
      };
      return {
        audio(samples) {
          if (ended) return;
          const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
          if (made.readyState !== WebSocket.OPEN) {
            early.push(bytes.slice());
            return;
          }
          send(bytes);
        },
        stop: end,
      };
    },
    async stop() {
      for (const socket of open) socket.terminate();
    },
  };
}

/** As models have their words: small letters, no punctuation, straight apostrophes. A word in another spelling is none of theirs, and would never be heard. */
function inLexicon(phrase: string): string {
  return phrase.toLowerCase().replaceAll("’", "'").replaceAll(/[^\p{L}\p{M}\p{N}' -]+/gu, " ").replaceAll(/\s+/g, " ").trim();
}

function readAnswer(text: string): z.infer<typeof Answer> | null {
  try {
    const read = Answer.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null; // not JSON: told by the caller
  }
}
