/** A way through the flow as the canvas draws it: steps numbered in the order in which they are met, the ways between them, and why. */
import type { Finding, FlowRun } from "@tandem/protocol/flow-studio";

export interface Hop {
  stepId: string;
  /** By which way it was left; null: it ends here. */
  port: string | null;
  because: { fr: string; en: string } | null;
}

/** Only the steps of this flow: what a sub-flow or a deflection did in between is told in the list. */
export const pathOfFinding = (finding: Finding): Hop[] => finding.path.flatMap(({ stepId, port, because, flowId }) => (flowId === undefined ? [{ stepId, port, because }] : []));
/** Those of this flow that a finding is about: what to bring into view. */
export const stepsOf = (finding: Finding): string[] => [...new Set([...pathOfFinding(finding).map(({ stepId }) => stepId), ...(finding.stepId === null ? [] : [finding.stepId])])];
export const pathOfRun = (run: FlowRun): Hop[] => run.steps.map(({ stepId, port }) => ({ stepId, port, because: null }));

/** A try-it call tells a step when it is entered (no way yet) and again when it is left: one hop. */
export function withHop(hops: readonly Hop[], hop: Hop): Hop[] {
  const last = hops.at(-1);
  return last !== undefined && last.stepId === hop.stepId && last.port === null ? [...hops.slice(0, -1), hop] : [...hops, hop];
}

export interface PathMarks {
  /** The numbers of a step, in order: a path may come back to it. */
  numbers: ReadonlyMap<string, readonly number[]>;
  /** Why the contact went on from there the last time. */
  reasons: ReadonlyMap<string, { fr: string; en: string }>;
  /** "stepId port". */
  ways: ReadonlySet<string>;
  /** Where it ends. */
  last: string | null;
}

export function marksOf(hops: readonly Hop[]): PathMarks {
  const numbers = new Map<string, number[]>();
  const reasons = new Map<string, { fr: string; en: string }>();
  const ways = new Set<string>();
  hops.forEach(({ stepId, port, because }, i) => {
    numbers.set(stepId, [...(numbers.get(stepId) ?? []), i + 1]);
    if (because !== null) reasons.set(stepId, because);
    if (port !== null) ways.add(`${stepId} ${port}`);
  });
  return { numbers, reasons, ways, last: hops.at(-1)?.stepId ?? null };
}
