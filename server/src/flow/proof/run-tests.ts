/** Test cases that stand beside a flow: given these inputs and hours, this end. */
import type { FlowRun, TestResult } from "@tandem/protocol/flow-studio";
import type { FlowDocument, FlowTest, Value } from "@tandem/protocol/flow/flow";
import type { Words } from "./because.ts";
import { playScript } from "./scripted-run.ts";
import type { ScriptSite } from "./scripted-run.ts";

export function runTests(document: FlowDocument, site: ScriptSite): TestResult[] {
  return document.tests.map((test) => {
    const run = playScript(document, test, site);
    const why = whyNot(test, run);
    return { name: test.name, ok: why === null, why, path: run.steps.map(({ stepId, port }) => ({ stepId, port })) };
  });
}

const ENDS: Record<FlowTest["expect"]["end"], Words> = {
  person: { fr: "une personne", en: "a person" },
  callback: { fr: "un rappel", en: "a callback" },
  voicemail: { fr: "un message vocal", en: "a voicemail" },
  number: { fr: "un autre numéro", en: "another number" },
  email: { fr: "un e-mail", en: "an e-mail" },
  message: { fr: "un message", en: "a message" },
  ended: { fr: "une fin sans suite", en: "an end without more" },
};

/** The first thing that is not as expected. */
function whyNot({ expect }: FlowTest, { steps, end, data }: FlowRun): Words | null {
  if (end === null) {
    const stepId = steps.at(-1)?.stepId ?? "";
    return { fr: `Le parcours attend encore une réponse à l’étape « ${stepId} ».`, en: `The flow still waits for an answer at the step “${stepId}”.` };
  }
  if (end.end !== expect.end) return { fr: `Attendu : ${ENDS[expect.end].fr} ; obtenu : ${ENDS[end.end].fr}.`, en: `Expected ${ENDS[expect.end].en}, got ${ENDS[end.end].en}.` };
  if (expect.queueId !== undefined && end.queueId !== expect.queueId) return differs("la file", "the queue", expect.queueId, end.queueId);
  if (expect.priority !== undefined && end.priority !== expect.priority) return differs("la priorité", "the priority", expect.priority, end.priority);
  if (expect.exception !== undefined && (end.exception !== null) !== expect.exception)
    return expect.exception ? { fr: "Cette fin n’est pas une exception admise.", en: "This end is no declared exception." } : { fr: `Cette fin est une exception admise : ${end.exception ?? ""}`, en: `This end is a declared exception: ${end.exception ?? ""}` };
  for (const [name, value] of Object.entries(expect.data ?? {})) {
    if ((data[name] ?? null) !== value) return differs(`la variable « ${name} »`, `the variable “${name}”`, value, data[name] ?? null);
  }
  const { says } = expect;
  if (says !== undefined && !steps.some((step) => step.says.some((said) => said.includes(says)))) return { fr: `« ${says} » n’a pas été dit.`, en: `“${says}” was not said.` };
  return null;
}

const shown = (value: Value, nothing: string): string => (value === null ? nothing : String(value));

function differs(fr: string, en: string, expected: Value, got: Value): Words {
  return { fr: `Attendu pour ${fr} : ${shown(expected, "rien")} ; obtenu : ${shown(got, "rien")}.`, en: `Expected ${shown(expected, "nothing")} as ${en}, got ${shown(got, "nothing")}.` };
}
