/** Who waits where nobody is any more goes to the queue that takes them now, as a flow of one step: its queue may deflect in its turn. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition } from "../flow/flow.ts";
import type { Place } from "./flow-kept.ts";

export function otherQueueFlow(queueId: string, { needs, priority }: Pick<Place, "needs" | "priority">): FlowDocument {
  return flowDefinition({
    id: "other-queue",
    name: "Another queue",
    version: 1,
    languages: ["fr", "en"],
    start: "go",
    reachHuman: { queueId, says: stay, label: { fr: "Attendre un conseiller", en: "Wait for an adviser" } },
    retry: { wrong: stay, silence: stay },
    steps: { go: { kind: "queue", queueId, needs: [...needs], priority } },
  });
}

const stay = { sounds: { fr: "Restez en ligne, un conseiller vous répond.", en: "Please stay on the line, an adviser will answer." } };
