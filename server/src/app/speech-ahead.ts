/**
 * What callers and agents will hear is spoken before the first of them waits for it: at the start, and after every change of flows, settings and
 * prompts. In the order in which callers come to it, and behind whatever somebody waits for.
 */
import type { PromptLanguage } from "@tandem/protocol/prompt";
import { QueueSettingKind } from "@tandem/protocol/queue-settings";
import { Says } from "@tandem/protocol/flow/flow";
import { countdownText, whisperText } from "@tandem/protocol/whisper-words";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { callBackOffer, redialFlow } from "../centre/centre.ts";
import { WHOLE_CENTRE, type Directory, type QueueSettings } from "../directory/directory.ts";
import { readFlowDefinition, spokenOf, spokenPhrases, spokenTexts, type SpokenText } from "../flow/flow.ts";
import type { SpeechSetup } from "./speech-setup.ts";

/** A speech engine that hangs does not keep the telephones out. */
const FIRST_WORDS_AT_MOST_MS = 3_000;
/** Somebody who saves several things in a row is waited for. */
const CALM_MS = 500;
const LANGUAGES = ["fr", "en"] as const;
/** Deeper is no setting of ours. */
const MAX_DEPTH = 12;

export interface AheadOptions {
  directory: Pick<Directory, "flows" | "numbers" | "queues" | "onChange">;
  queueSettings: Pick<QueueSettings, "get" | "onChange">;
  speech: Pick<SpeechSetup, "prompts" | "recordingPath" | "patterns"> & { store: Pick<SpeechSetup["store"], "onChange"> };
  clock: Clock;
  log: Log;
}

export interface Ahead {
  /** Resolves when the first words of every number are there (what the first caller hears), or will not be for long. The rest goes on behind it. */
  start(): Promise<void>;
  /** Everything asked for so far is there. */
  settled(): Promise<void>;
  stop(): void;
}

interface FlowWords {
  version: number;
  texts: readonly SpokenText[];
  phrases: readonly { phrase: string; language: PromptLanguage }[];
}

export function speakAhead({ directory, queueSettings, speech, clock, log }: AheadOptions): Ahead {
  const { prompts, recordingPath, patterns } = speech;
  const flows = new Map<string, FlowWords>();
  let cancelTimer = (): void => {};
  let running: Promise<void> = Promise.resolve();
  let wanted = false;
  let stopped = false;

  function wordsOf({ id, version, definition }: ReturnType<Directory["flows"]>[number]): FlowWords {
    const known = flows.get(id);
    if (known?.version === version) return known;
    const read = readFlowDefinition(definition);
    const made = { version, texts: read.ok ? [...spokenTexts(read.definition), ...spokenTexts(redialFlow(read.definition))] : [], phrases: read.ok ? spokenPhrases(read.definition) : [] };
    flows.set(id, made);
    return made;
  }

  /** With the language of a number that leads there; null: none does. */
  function withNumbers(): { words: FlowWords; language: PromptLanguage | null }[] {
    const numbers = directory.numbers();
    const dialled = new Map(numbers.map(({ flowId, language }) => [flowId, language]));
    return directory.flows().map((flow) => ({ words: wordsOf(flow), language: dialled.get(flow.id) ?? null }));
  }
  /** In the number's language: what its callers hear before anything else. */
  const firstWords = (): SpokenText[] => withNumbers().flatMap(({ words, language }) => (language === null ? [] : words.texts.filter((one) => one.language === language).slice(0, 2)));

  /** Of queues: greetings of whatever settings have some, then who waits, then who answers them. */
  function ofQueues(): SpokenText[] {
    const said: SpokenText[] = [];
    for (const { id, name } of [{ id: WHOLE_CENTRE, name: "" }, ...directory.queues()]) {
      for (const kind of QueueSettingKind.options) said.push(...saysIn(queueSettings.get(kind, id)));
      if (id === WHOLE_CENTRE) continue;
      const waiting = queueSettings.get("waiting", id);
      const whisper = queueSettings.get("whisper", id);
      for (const language of LANGUAGES) {
        if (waiting.music !== null) said.push({ text: "", language, promptId: waiting.music });
        if (waiting.callback) said.push({ text: callBackOffer(language), language });
        for (const { says, recordingId } of waiting.announcements) said.push({ text: says[language] ?? "", language, ...(recordingId !== undefined && { promptId: recordingId }) });
        if (!whisper.on) continue;
        for (const type of ["call", "web", "callback"] as const) said.push({ text: whisperText(whisper, name, type, language), language, ...(whisper.what === "recording" && whisper.recordingId !== null && { promptId: whisper.recordingId }) });
        if (whisper.countdown) said.push({ text: countdownText(language), language });
      }
    }
    return said;
  }

  async function speak(texts: readonly SpokenText[], when: "now" | "later"): Promise<void> {
    const seen = new Set<string>();
    for (const one of texts) {
      const key = JSON.stringify(one);
      if (stopped || seen.has(key)) continue;
      seen.add(key);
      const { text, language, promptId } = one;
      try {
        const path = promptId === undefined ? null : await recordingPath(promptId, language, when);
        if (path === null && text.trim() !== "") await prompts.promptPath(text, language, when);
      } catch (error) {
        if (!stopped) log.error({ error, language, promptId }, "a prompt could not be made ahead; it will be when somebody waits for it");
      }
    }
  }

  async function all(): Promise<void> {
    if (!wanted || stopped) return;
    wanted = false;
    const order = withNumbers();
    await speak([...order.filter(({ language }) => language !== null).flatMap(({ words }) => words.texts), ...ofQueues(), ...order.flatMap(({ words }) => words.texts)], "later");
    for (const language of LANGUAGES) {
      const phrases = [...new Set(order.flatMap(({ words }) => words.phrases.filter((one) => one.language === language).map(({ phrase }) => phrase)))];
      if (phrases.length > 0 && !stopped) await patterns(language, phrases).catch((error: unknown) => void (stopped || log.error({ error, language }, "patterns of answers by voice could not be made ahead")));
    }
    return all();
  }
  function again(): void {
    cancelTimer();
    if (wanted || stopped) return;
    wanted = true;
    running = running.then(all);
  }
  const changed = (): void => {
    cancelTimer();
    cancelTimer = clock.after(CALM_MS, again);
  };
  directory.onChange(({ kind }) => void ((kind === "flow" || kind === "number" || kind === "queue") && changed()));
  queueSettings.onChange(changed);
  speech.store.onChange(changed);

  return {
    start() {
      const begun = prompts.holdMusicPath().then(() => undefined, (error: unknown) => log.error({ error }, "the music on hold could not be made")).then(() => speak(firstWords(), "now")).then(again);
      return new Promise((resolve) => {
        const cancel = clock.after(FIRST_WORDS_AT_MOST_MS, resolve);
        void begun.then(cancel).then(resolve);
      });
    },
    settled: () => running,
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}

/** Greetings of a setting: any `sounds` within it. */
function saysIn(body: unknown, depth = 0): SpokenText[] {
  if (typeof body !== "object" || body === null || depth > MAX_DEPTH) return [];
  const says = "sounds" in body ? Says.safeParse(body) : null;
  if (says?.success) return LANGUAGES.flatMap((language) => spokenOf(says.data, language));
  return Object.values(body).flatMap((inner) => saysIn(inner, depth + 1));
}
