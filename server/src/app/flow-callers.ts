/**
 * Published flows that enter another one as a part of theirs were proved with what it did. Before it does something else they are proved
 * again: what they would lose keeps it from going live, as a fault of its own would.
 */
import type { Finding, FindingHop } from "@tandem/protocol/flow-studio";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { documentOf } from "./flow-document.ts";
import type { FlowJudge } from "./flow-judge.ts";
import type { JudgedCentre } from "./judged-centre.ts";

/** What flows of `centre` that enter `document`, however deep, would no longer be proved for; told from its own side. */
export async function brokenCallers(document: FlowDocument, judge: Pick<FlowJudge, "prove">, centre: JudgedCentre): Promise<Finding[]> {
  const changed: JudgedCentre = { ...centre, flows: [...centre.flows.filter(({ id }) => id !== document.id), { id: document.id, definition: document }] };
  const findings: Finding[] = [];
  for (const caller of callersOf(document.id, centre)) {
    const errors = async (around: JudgedCentre): Promise<Finding[]> => (await judge.prove(caller, true, around)).findings.filter(({ severity }) => severity === "error");
    const after = await errors(changed);
    if (after.length === 0) continue;
    // what it lacks already is no fault of this change
    const known = new Set((await errors(centre)).map(keyOf));
    findings.push(...after.filter((finding) => !known.has(keyOf(finding))).map((finding) => toldFrom(document, caller, finding)));
  }
  return findings;
}

const keyOf = ({ code, stepId, language, words }: Finding): string => `${code} ${stepId} ${language} ${words.en}`;

function callersOf(id: string, { flows }: JudgedCentre): FlowDocument[] {
  const documents = flows.flatMap(({ definition }) => documentOf(definition) ?? []).filter((flow) => flow.id !== id);
  const within = new Set([id]);
  const callers: FlowDocument[] = [];
  for (let more = true; more; ) {
    const next = documents.filter((flow) => !within.has(flow.id) && Object.values(flow.steps).some((step) => step.kind === "subflow" && within.has(step.flowId)));
    for (const flow of next) within.add(flow.id);
    callers.push(...next);
    more = next.length > 0;
  }
  return callers;
}

/** Its steps are this flow's now, and the caller's are another's. */
function toldFrom({ id }: FlowDocument, caller: FlowDocument, { code, severity, language, words, path }: Finding): Finding {
  const hops = path.map(({ flowId, ...hop }): FindingHop => (flowId === id ? hop : { ...hop, flowId: flowId ?? caller.id }));
  return {
    code, severity, language, path: hops,
    stepId: hops.findLast(({ flowId }) => flowId === undefined)?.stepId ?? null,
    words: { fr: `« ${caller.name} », dont ce parcours fait partie, ne serait plus prouvé : ${words.fr}`, en: `“${caller.name}”, of which this flow is a part, would no longer be proved: ${words.en}` },
  };
}
