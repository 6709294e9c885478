/** Who waits and would rather be called back is asked how by a dialogue of its own; whoever declines waits again where they were. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition } from "../flow/flow.ts";

export function callBackFlow(queueId: string): FlowDocument {
  return flowDefinition({
    id: "call-back",
    name: "Callback while waiting",
    version: 1,
    languages: ["fr", "en"],
    start: "offer",
    reachHuman: { queueId, says: stay, label: { fr: "Attendre un conseiller", en: "Wait for an adviser" } },
    retry: {
      wrong: { sounds: { fr: "Je n’ai pas compris.", en: "Sorry, I did not get that." } },
      silence: { sounds: { fr: "Je n’ai rien entendu.", en: "I did not hear anything." } },
      times: 1,
    },
    steps: {
      offer: {
        kind: "callback", queueId, offer: "choice", label: { fr: "Rappel", en: "Callback" },
        says: { sounds: { fr: "Vous gardez votre place.", en: "You keep your place." } },
        declined: "back", failed: "no",
      },
      no: { kind: "say", says: { sounds: { fr: "Nous ne pouvons pas vous rappeler pour le moment.", en: "We cannot call you back at the moment." } }, next: "back" },
      back: { kind: "queue", queueId, says: stay },
    },
  });
}

const stay = { sounds: { fr: "Restez en ligne, un conseiller vous répond.", en: "Please stay on the line, an adviser will answer." } };
