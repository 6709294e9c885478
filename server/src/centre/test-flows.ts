/** A centre with one flow, whose questions to the world wait for the test: the aid of the dialogues' tests. */
import type { FlowDocument, FlowDocumentInput } from "@tandem/protocol/flow/flow";
import { silentLog, type Log } from "../base/log.ts";
import { flowDefinition, type Answer, type Ask } from "../flow/flow.ts";
import type { Interaction, MediumTraits } from "../hub/hub.ts";
import type { AskAbout, FlowMove, FlowPorts } from "./flow-ports.ts";
import type { Identified } from "./ports.ts";
import { testCentre, VOICE, type TestCentre } from "./test-centre.ts";

export const says = (fr: string): { sounds: { fr: string; en: string } } => ({ sounds: { fr, en: fr } });
export const label = (fr: string): { fr: string; en: string } => ({ fr, en: fr });

export function flow(steps: FlowDocumentInput["steps"], more: Partial<FlowDocumentInput> = {}): FlowDocument {
  return flowDefinition({
    id: "f", name: "F", version: 1, languages: ["fr", "en"], start: Object.keys(steps)[0]!, reachHuman: { queueId: "q_support", says: says("Un conseiller."), label: label("Conseiller") },
    retry: { wrong: says("?"), silence: says("…") }, variables: { order: { type: "text" }, tier: { type: "text" }, total: { type: "number", label: "Montant" } }, steps, ...more,
  });
}
export const sales = { kind: "queue", queueId: "q_sales" } as const;
export const support = { kind: "queue", queueId: "q_support" } as const;
export const menu = (choices: Record<string, string>): FlowDocumentInput["steps"][string] => ({ kind: "menu", label: label("Menu"), says: says("Menu"), choices: Object.entries(choices).map(([key, next]) => ({ key, label: label(`choix ${key}`), next })) });

export interface Rig extends TestCentre {
  asked: { ask: Ask; about: AskAbout; answer(answer: Answer): void; forgotten: string[] }[];
  moves: string[];
  key(id: string, key: string): void;
  write(id: string, text: string): void;
  cut(id: string): void;
}

let written = 0;
/** Every ask waits for the test to answer it. */
export function rig(document: FlowDocument | (() => FlowDocument), traits: MediumTraits = VOICE, more: FlowPorts = {}, log: Log = silentLog, identified: Identified | null = null): Rig {
  const asked: Rig["asked"] = [];
  const moves: string[] = [];
  const port = (ask: Ask, about: AskAbout, answer: (answer: Answer) => void) => {
    const forgotten: string[] = [];
    asked.push({ ask, about, answer, forgotten });
    return (why: string): void => void forgotten.push(why);
  };
  const asks = { lookup: port, update: port, http: port, assistant: port, slots: port, callback: port, record: port, sms: port };
  const t = testCentre(traits, [], identified, { log, flow: () => (typeof document === "function" ? document() : document), flows: { asks, moved: (move: FlowMove) => void moves.push(`${move.inFlow} ${move.stepId} ${move.ended === null ? (move.port ?? "+") : `=${move.ended}`}`), ...more } });
  return {
    ...t, asked, moves,
    key: (id, key) => t.centre.hear({ type: "input", id, input: { kind: "key", key } }),
    write: (id, text) => t.centre.post(id, { author: "customer", name: "Camille", clientId: `w-${written++}`, text }, () => {}),
    cut: (id) => t.centre.hear({ type: "customerLeft", id, why: "hung-up" }),
  };
}
export const queueOf = (it: Interaction): string | null => it.queue?.queueId ?? null;
