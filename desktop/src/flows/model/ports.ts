/** The ways out of a step as the canvas and the inspector show them: also those that lead nowhere yet, and how one is changed. Inverse of `waysOf`. */
import type { Step } from "@tandem/protocol/flow/flow";
import { waysOf } from "@tandem/protocol/flow/flow";
import type { Key } from "../../i18n/i18n.ts";

/** Where a way leads that must lead somewhere and does not yet: no step has this id, so that the proof finds it ("reference"). */
export const NOWHERE = "nowhere";

export interface Port {
  id: string;
  /** Null: not connected. */
  to: string | null;
  /** May stay unconnected: the flow has an answer of its own (a person, or what the key says). */
  optional: boolean;
  /** On the card even when it is not connected. */
  always: boolean;
  /** The author's words, or ours. */
  label: { words: { fr?: string | undefined; en?: string | undefined } } | { text: string } | { key: Key };
  /** The key that leads there. */
  mark: string | null;
}

const optionalPorts: Partial<Record<Step["kind"], readonly string[]>> = {
  menu: ["noAnswer"], collect: ["noAnswer"], language: ["noAnswer"], hours: ["holiday"], lookup: ["failed"], queue: ["ifClosed", "ifFull"], voicemail: ["failed"],
};
const requiredPorts: Record<Step["kind"], readonly string[]> = {
  say: ["next"], menu: [], collect: ["next"], language: ["next"], branch: ["otherwise"], hours: ["open", "closed"], lookup: ["next", "unknown"], update: ["next", "failed"], http: ["next", "failed"], set: ["next"],
  queue: [], callback: ["declined", "failed"], voicemail: [], deflect: ["failed"], assistant: ["resolved", "person", "failed"], transfer: ["failed"], subflow: ["next"], return: [], wait: ["next"], end: [],
};
/** The order on the card. */
const order = ["choice", "case", "open", "next", "resolved", "person", "anything", "optional", "otherwise", "closed", "holiday", "unknown", "declined", "ifClosed", "ifFull", "failed", "noAnswer"];
const rank = (port: string): number => order.indexOf(port.split(":")[0] ?? "");

export function portsOf(step: Step): Port[] {
  const targets = new Map(waysOf(step).map(({ port, to }) => [port, to === NOWHERE ? null : to]));
  const required = [...requiredPorts[step.kind], ...(step.kind === "deflect" && step.to.kind === "sms" ? ["next"] : [])];
  const ids = new Set([...targets.keys(), ...required, ...(optionalPorts[step.kind] ?? [])]);
  return [...ids]
    .map((id): Port => {
      const optional = optionalPorts[step.kind]?.includes(id) ?? false;
      const to = targets.get(id) ?? null;
      return { id, to, optional, always: !optional || to !== null || id === "noAnswer", label: labelOf(step, id), mark: markOf(step, id) };
    })
    .toSorted((a, b) => rank(a.id) - rank(b.id) || indexOf(a.id) - indexOf(b.id));
}

/** Those drawn on the card. */
export const shownPorts = (step: Step): Port[] => portsOf(step).filter((port) => port.always);

const indexOf = (port: string): number => Number(port.split(":")[1] ?? 0);

function markOf(step: Step, port: string): string | null {
  return step.kind === "menu" && port.startsWith("choice:") ? (step.choices[indexOf(port)]?.key ?? null) : null;
}

function labelOf(step: Step, port: string): Port["label"] {
  if (step.kind === "menu" && port.startsWith("choice:")) return { words: step.choices[indexOf(port)]?.label ?? {} };
  if (step.kind === "branch" && port.startsWith("case:")) {
    const one = step.cases[indexOf(port)];
    return { text: one?.label ?? one?.when ?? "" };
  }
  if (step.kind === "collect" && port === "optional") return { words: step.optional?.label ?? {} };
  return { key: wordsOf(step, port) };
}

function wordsOf(step: Step, port: string): Key {
  switch (port) {
    case "next":
      return step.kind === "lookup" ? (step.of === undefined ? "flows.port.known" : "flows.port.found") : step.kind === "http" || step.kind === "update" ? "flows.port.done" : "flows.port.next";
    case "anything":
      return "flows.port.anything";
    case "noAnswer":
      return "flows.port.noAnswer";
    case "otherwise":
      return "flows.port.otherwise";
    case "open":
      return "flows.port.open";
    case "closed":
      return "flows.port.closed";
    case "holiday":
      return "flows.port.holiday";
    case "unknown":
      return "flows.port.unknown";
    case "ifClosed":
      return "flows.port.ifClosed";
    case "ifFull":
      return "flows.port.ifFull";
    case "declined":
      return "flows.port.declined";
    case "resolved":
      return "flows.port.resolved";
    case "person":
      return "flows.port.person";
    default:
      return step.kind === "transfer" || (step.kind === "deflect" && step.to.kind !== "sms") ? "flows.port.nobody" : "flows.port.failed";
  }
}

/** The step with that way leading to `to`; null takes it away (an optional one) or leaves it open. */
export function setWay(step: Step, port: string, to: string | null): Step {
  const target = to ?? NOWHERE;
  const at = indexOf(port);
  if (step.kind === "menu" && port.startsWith("choice:")) return { ...step, choices: step.choices.map((choice, i) => (i === at ? { ...choice, next: target } : choice)) };
  if (step.kind === "branch" && port.startsWith("case:")) return { ...step, cases: step.cases.map((one, i) => (i === at ? { ...one, next: target } : one)) };
  if (step.kind === "menu" && port === "anything" && step.anything !== undefined) return { ...step, anything: { ...step.anything, next: target } };
  if (step.kind === "collect" && port === "optional" && step.optional !== undefined) return { ...step, optional: { ...step.optional, next: target } };
  const optional = optionalPorts[step.kind]?.includes(port) === true || (step.kind === "deflect" && port === "next" && step.to.kind !== "sms");
  if (!optional && !requiredPorts[step.kind].includes(port) && !(step.kind === "deflect" && port === "next")) return step;
  const { [port as "kind"]: _, ...rest } = step;
  return (to === null && optional ? rest : { ...rest, [port]: target }) as Step;
}

/** Every way to one of `gone` is taken away or left open. The same step when it had none. */
export function withoutTargets(step: Step, gone: ReadonlySet<string>): Step {
  let next = step;
  for (const { port, to } of waysOf(step)) if (gone.has(to)) next = setWay(next, port, null);
  return next;
}

/** Every way followed through `names`: for copies of steps. Targets without a name lead to what `otherwise` says. */
export function renamedTargets(step: Step, names: ReadonlyMap<string, string>, otherwise: (to: string) => string | null): Step {
  let next = step;
  for (const { port, to } of waysOf(step)) next = setWay(next, port, names.get(to) ?? otherwise(to));
  return next;
}
