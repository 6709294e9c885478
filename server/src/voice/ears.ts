/** Who is listened to: the speech of customers whose question stands, as answers of the dialogue. */
import type { Log } from "../base/log.ts";
import type { ChannelEvent, Listening } from "../hub/hub.ts";
import type { MediaPort } from "../rtp/rtp.ts";
import type { Call } from "./call.ts";
import { EchoGate } from "./echo-gate.ts";
import type { Hearing, HeardSpeech, Recogniser } from "./recogniser.ts";

interface Ear {
  call: Call;
  listening: Listening;
  /** The same question asked again goes on where it was: the sentence that is being said is not cut. */
  key: string;
  /** Null: not begun, as what is said must not be interrupted. */
  hearing: Hearing | null;
  gate: EchoGate;
  /** The recogniser failed for this question: keys are left. */
  deaf: boolean;
}

export interface EarsOptions {
  media: MediaPort;
  recogniser: Recogniser | null;
  log: Log;
  tell(event: ChannelEvent): void;
  /** Ends what is being said, as if it had been heard. */
  interrupt(call: Call): void;
}

export class Ears {
  readonly #options: EarsOptions;
  /** By the customer's leg. */
  readonly #ears = new Map<string, Ear>();

  constructor(options: EarsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#ears.size;
  }

  listen(call: Call, listening: Listening | null): void {
    const { recogniser, media } = this.#options;
    if (listening === null || !recogniser || (listening.words.length === 0 && !listening.free)) return this.stop(call);
    const key = JSON.stringify(listening);
    const before = this.#ears.get(call.customerRef);
    if (before?.key === key && !before.deaf) return;
    before?.hearing?.stop();
    const ear: Ear = { call, listening, key, hearing: null, gate: new EchoGate((samples) => ear.hearing?.audio(samples)), deaf: false };
    this.#ears.set(call.customerRef, ear);
    if (!before) media.listen(call.customerRef, true);
    if (this.#mayHear(ear)) this.#begin(ear);
  }

  stop(call: Call): void {
    const ear = this.#ears.get(call.customerRef);
    if (!ear) return;
    this.#ears.delete(call.customerRef);
    ear.hearing?.stop();
    this.#options.media.listen(call.customerRef, false);
  }

  /** Sound of a leg. */
  heard(ref: string, samples: Int16Array): void {
    const ear = this.#ears.get(ref);
    if (!ear || ear.deaf || !this.#mayHear(ear)) return;
    const { call } = ear;
    if (!ear.hearing) this.#begin(ear);
    ear.gate.hear(samples, call.saying !== null);
  }

  #mayHear({ call, listening }: Ear): boolean {
    return call.agent === null && (call.saying === null || listening.interrupts);
  }

  #begin(ear: Ear): void {
    const { language, words, free } = ear.listening;
    let hearing: Hearing | null = null;
    hearing = this.#options.recogniser!.listen(ear.call.id, { language, words, free }, (heard) => {
      if (this.#ears.get(ear.call.customerRef) === ear && (hearing === null || ear.hearing === hearing)) this.#take(ear, heard);
    });
    ear.hearing = hearing;
  }

  #take(ear: Ear, heard: HeardSpeech): void {
    const { tell, log, interrupt } = this.#options;
    const { id } = ear.call;
    switch (heard.type) {
      case "speaking":
        if (ear.call.saying) interrupt(ear.call);
        return tell({ type: "speaking", id });
      case "partial":
        return;
      case "final":
        log.debug({ call: id, text: heard.text, confidence: heard.confidence }, "heard");
        return tell({ type: "input", id, input: { kind: "text", text: heard.text } });
      case "failed":
        ear.deaf = true;
        return log.warn({ call: id, why: heard.why }, "speech is not heard for this question: keys are left");
    }
  }
}
