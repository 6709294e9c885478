/** The findings that need no walk: what `../validate.ts` says of a definition (in both languages), names of the centre that do not exist, sub-flows in circles. */
import type { Finding } from "@tandem/protocol/flow-studio";
import type { FlowDocument, FlowLanguage } from "@tandem/protocol/flow/flow";
import { partsOf } from "../parts.ts";
import { problemsOf } from "../validate.ts";
import type { Words } from "./because.ts";
import { problemInWords } from "./problem-words.ts";
import type { Site } from "./site.ts";

type Told = Omit<Finding, "path" | "severity"> & { severity?: Finding["severity"] };

export function senseOf(document: FlowDocument, site: Site): Finding[] {
  const findings: Finding[] = [];
  const tell = ({ severity = "error", ...told }: Told): void => void findings.push({ severity, ...told, path: told.stepId === null ? [] : [{ stepId: told.stepId, port: null, because: told.words }] });
  for (const { path, why } of problemsOf(document)) {
    const stepId = path[0] === "steps" && Object.hasOwn(document.steps, String(path[1])) ? String(path[1]) : null;
    const at = path.slice(stepId === null ? 0 : 2).join("/");
    const { code, language, words } = problemInWords(why);
    tell({ code, stepId, language, words, ...(at === "" ? {} : { at }) });
  }
  for (const [stepId, step] of Object.entries(document.steps)) {
    const missing = (at: string, words: Words): void => tell({ code: "reference", stepId, at, language: null, words });
    if (step.kind === "hours") {
      const hours = step.of.kind === "queue" && !site.queue(step.of.queueId) ? null : site.hours(step.of);
      if (!hours) missing("of", step.of.kind === "queue" ? noQueue(step.of.queueId) : { fr: "Ce calendrier n’existe pas.", en: "There is no such calendar." });
      else if (!hours.everOpen) tell({ code: "never-open", severity: "warning", stepId, at: "of", language: null, words: { fr: "Ces horaires n’ouvrent jamais.", en: "These hours never open." } });
    }
    if (step.kind === "deflect" && step.to.kind === "queue" && !site.queue(step.to.queueId)) missing("to", noQueue(step.to.queueId));
    if ((step.kind === "queue" || step.kind === "callback" || step.kind === "voicemail") && !site.queue(step.queueId)) missing("queueId", noQueue(step.queueId));
    if (step.kind === "callback") {
      const queue = site.queue(step.queueId);
      if (queue && !queue.callbacks.inOrder && !queue.callbacks.dated) tell({ code: "never-open", severity: "warning", stepId, at: "queueId", language: null, words: { fr: `La file « ${queue.name} » ne propose aucun rappel : cette étape échoue toujours.`, en: `The queue “${queue.name}” offers no callback: this step always fails.` } });
    }
    if (step.kind === "subflow" && !site.flow(step.flowId)) missing("flowId", { fr: `Le sous-parcours « ${step.flowId} » n’est pas publié.`, en: `The sub-flow “${step.flowId}” is not published.` });
    for (const { path, says } of partsOf(step, document.variables).says) {
      for (const language of unrecorded(says.recording, document.languages, site)) tell({ code: "missing-language", severity: "warning", stepId, at: path.join("/"), language, words: { fr: "L’enregistrement n’existe pas dans cette langue : la synthèse vocale parle à sa place.", en: "There is no recording in this language: speech synthesis speaks in its place." } });
    }
  }
  if (!site.queue(document.reachHuman.queueId)) tell({ code: "reference", stepId: null, at: "reachHuman/queueId", language: null, words: noQueue(document.reachHuman.queueId) });
  const circle = circleOfFlows(document, site);
  if (circle) {
    const names = circle.map((flow) => flow.name).join(" → ");
    const stepId = Object.entries(document.steps).find(([, step]) => step.kind === "subflow" && step.flowId === circle[1]?.id)?.[0] ?? null;
    tell({ code: "loop", stepId, language: null, words: { fr: `Des sous-parcours s’appellent en rond : ${names}.`, en: `Sub-flows call each other in a circle: ${names}.` } });
  }
  return findings;
}

const noQueue = (queueId: string): Words => ({ fr: `La file « ${queueId} » n’existe pas.`, en: `There is no queue “${queueId}”.` });

/** Languages in which a recording is wanted and not there; none where no language has one. */
function unrecorded(recording: { fr?: string | undefined; en?: string | undefined } | undefined, languages: readonly FlowLanguage[], site: Site): FlowLanguage[] {
  if (!recording || languages.every((language) => recording[language] === undefined)) return [];
  return languages.filter((language) => recording[language] === undefined || !site.recorded(recording[language], language));
}

/** From this flow back to itself, or to one on the way. */
function circleOfFlows(document: FlowDocument, site: Site): FlowDocument[] | null {
  const safe = new Set<string>();
  const visit = (flow: FlowDocument, way: readonly FlowDocument[]): FlowDocument[] | null => {
    const again = way.some(({ id }) => id === flow.id);
    if (again) return [...way, flow];
    if (safe.has(flow.id)) return null;
    for (const step of Object.values(flow.steps)) {
      if (step.kind !== "subflow") continue;
      const inner = step.flowId === document.id ? document : site.flow(step.flowId);
      const found = inner && visit(inner, [...way, flow]);
      if (found) return found;
    }
    safe.add(flow.id);
    return null;
  };
  return visit(document, []);
}
