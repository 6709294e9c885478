/** A call that tries a draft: what it may do to the world, and how it ends. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition, type Answer, type Ask } from "../flow/flow.ts";

/** The closing words' flow. */
export const TRIED = "tried";

/** What a try-it does not do in earnest is answered as if done; null = it is (look-ups, HTTP reads, assistants, free slots). */
export function pretend(ask: Ask, id: string): Answer | null {
  switch (ask.kind) {
    case "lookup":
    case "assistant":
    case "slots":
      return null;
    case "http":
      return ask.method === "GET" ? null : { ok: false, why: "a try-it changes nothing outside" };
    case "update":
      return ask.of === undefined ? { ok: true } : { ok: true, case: { ...ask.fields, number: ask.of === "case" ? ask.number : "0000" } };
    case "sms":
      return { ok: true };
    case "callback":
      return { ok: true, callbackId: `tried:${id}`, dueMs: ask.slot?.startMs ?? null };
    case "record":
      return { ok: true, messageId: `tried:${id}`, seconds: 0 };
  }
}

export function triedFlow({ reachHuman, retry, languages, variables }: FlowDocument, to: "queue" | "hand-over", name: string): FlowDocument {
  const says =
    to === "queue"
      ? { fr: `Fin de l'essai. Ici, l'appel attend une personne dans la file ${name}.`, en: `End of the trial. Here the call waits for a person in the queue ${name}.` }
      : { fr: `Fin de l'essai. Ici, l'appel est transmis au ${name}.`, en: `End of the trial. Here the call is put through to ${name}.` };
  return flowDefinition({
    id: TRIED, name: "Tried", version: 1, languages, start: "over", reachHuman, retry, variables,
    steps: { over: { kind: "say", says: { sounds: says }, next: "end" }, end: { kind: "end", exception: "A trial of a draft" } },
  });
}
