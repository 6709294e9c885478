/** Star codes carried out: what is switched is said back, so that nobody wonders whether it worked. */
import type { ExtensionChoices } from "@tandem/protocol";
import { announce } from "./announcement.ts";
import type { ExtensionRow } from "./config.ts";
import { readTarget } from "./dial-plan.ts";
import type { FeatureCode } from "./feature-codes.ts";
import type { Ground } from "./ground.ts";
import type { Party } from "./party.ts";
import { pickUp } from "./pickup.ts";
import { oneByOne, spoken, type Spoken } from "./words.ts";

export interface CodesOptions {
  ground: Ground;
  /** *98 and #98#. */
  greeting(caller: Party, extension: ExtensionRow, own: boolean): void;
  /** *66 and #66#: what is said about it. */
  callBack(extension: ExtensionRow, on: boolean): Spoken;
}

export function runCode({ ground, greeting, callBack }: CodesOptions, caller: Party, extension: ExtensionRow, code: FeatureCode): void {
  const { language } = extension;
  const say = (words: Spoken): void => announce(ground, caller, words);
  const choose = (change: (chosen: ExtensionChoices) => ExtensionChoices, words: Spoken): void => {
    ground.config.setChoices(extension.id, change(ground.config.choices(extension.id))).then(
      (written) => {
        if (caller.phase !== "gone") say(written.ok ? words : spoken("notSet", language));
      },
      (error: unknown) => {
        ground.log.error({ extension: extension.id, code: code.code, error }, "a choice by star code could not be stored");
        if (caller.phase !== "gone") say(spoken("notSet", language));
      },
    );
  };
  // Until the choice is stored the caller waits; a party has an owner at every moment.
  caller.owner = { hear: () => {}, replace: () => false };
  switch (code.code) {
    case "pick-up":
      return pickUp(ground, caller, extension, code.number);
    case "park":
      return ground.park.offer(caller, extension);
    case "conference":
      return ground.meetings.mergeByCode(caller, extension);
    case "voicemail":
      return ground.openMailbox(caller, extension);
    case "greeting":
      return greeting(caller, extension, code.own);
    case "call-back":
      return say(callBack(extension, code.on));
    case "forward-on": {
      const target = readTarget(code.number, ground.plan);
      const toVoicemail = target.to === "voicemail" || (target.to === "code" && target.code.code === "voicemail");
      if (!toVoicemail && (target.to === "nobody" || target.to === "code" || target.to === "slot")) return say(spoken("notSet", language));
      if (target.to === "extension" && target.extension.id === extension.id) return say(spoken("notSet", language));
      const destination = toVoicemail ? ({ to: "voicemail", extensionId: extension.id } as const) : ({ to: "number", number: code.number } as const);
      return choose((chosen) => ({ ...chosen, forward: { ...chosen.forward, [code.when]: destination } }), spoken("forwardOn", language, oneByOne(code.number)));
    }
    case "forward-off":
      return choose((chosen) => ({ ...chosen, forward: { ...chosen.forward, [code.when]: null } }), spoken("forwardOff", language));
    case "forwards-off":
      return choose((chosen) => ({ ...chosen, forward: { always: null, busy: null, noAnswer: null, unreachable: null } }), spoken("forwardsOff", language));
    case "do-not-disturb":
      return choose((chosen) => ({ ...chosen, doNotDisturb: code.on }), spoken(code.on ? "doNotDisturbOn" : "doNotDisturbOff", language));
    default: // intercom, speed dials, withheld and the last caller are calls (setup.ts)
      return say(spoken("notSet", language));
  }
}
