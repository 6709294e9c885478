/** Dialogues of ours that whoever waits is led into, as flows: to be called back instead, or on to another queue. The one way out is the queue. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition, type FlowDefinitionInput } from "../flow/flow.ts";
import type { Place } from "./flow-kept.ts";

const stay = { sounds: { fr: "Restez en ligne, un conseiller vous répond.", en: "Please stay on the line, an adviser will answer." } };

/** What all of them are: who asks for a person waits in that queue. */
const inQueue = (queueId: string): Pick<FlowDefinitionInput, "version" | "languages" | "reachHuman"> => ({ version: 1, languages: ["fr", "en"], reachHuman: { queueId, says: stay, label: { fr: "Attendre un conseiller", en: "Wait for an adviser" } } });

/** Who waits and would rather be called back is asked how; whoever declines waits again where they were. */
export function callBackFlow(queueId: string): FlowDocument {
  return flowDefinition({
    ...inQueue(queueId),
    id: "call-back",
    name: "Callback while waiting",
    start: "offer",
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

/** Who waits where nobody is any more goes to the queue that takes them now: one step, for that queue may deflect in its turn. */
export function otherQueueFlow(queueId: string, { needs, priority }: Pick<Place, "needs" | "priority">): FlowDocument {
  return flowDefinition({ ...inQueue(queueId), id: "other-queue", name: "Another queue", start: "go", retry: { wrong: stay, silence: stay }, steps: { go: { kind: "queue", queueId, needs: [...needs], priority } } });
}
