/** How a flow begins: its id from its name, the shortest that is proved, or a template with this centre's queues in it. */
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { flowDefinition } from "../flow/flow.ts";

/** A name as an id that a path, a file and a SIP user can carry. */
export function slugOf(name: string): string {
  const slug = name.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 40).replace(/-+$/, "");
  return slug === "" || RESERVED.has(slug) ? `flow-${slug}`.replace(/-$/, "") : slug;
}
/** Words of the API's own paths. */
const RESERVED: ReadonlySet<string> = new Set(["check", "import", "templates", "schema.json", "schema"]);

/** A greeting, then a person. */
export function starterFlow(id: string, name: string, queueId: string): FlowDocument {
  const through = { sounds: { fr: "Je vous mets en relation avec un conseiller.", en: "I am putting you through to an adviser." } };
  return flowDefinition({
    id,
    name,
    languages: ["fr", "en"],
    start: "greeting",
    reachHuman: { queueId, says: through, label: { fr: "Un conseiller", en: "An adviser" } },
    retry: {
      wrong: { sounds: { fr: "Je n’ai pas compris.", en: "Sorry, I did not get that." } },
      silence: { sounds: { fr: "Je n’ai rien entendu.", en: "I did not hear anything." }, reads: { fr: "Êtes-vous toujours là\u202f?", en: "Are you still there?" } },
    },
    steps: {
      greeting: { kind: "say", says: { sounds: { fr: "Bonjour, vous êtes en relation avec notre service.", en: "Hello, thank you for contacting us." } }, next: "person", at: { x: 0, y: 0 } },
      person: { kind: "queue", queueId, says: through, at: { x: 360, y: 0 } },
    },
  });
}

/** Ids of the queues that a document names: the way to a person first, then in the order of its steps. */
export function queuesNamed(document: FlowDocument): string[] {
  const found = new Set([document.reachHuman.queueId]);
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "queueId" && typeof inner === "string") found.add(inner);
      else walk(inner);
    }
  };
  walk(document.steps);
  return [...found];
}

/**
 * A template names queues and skills that are not this centre's: `chosen` says which queue stands for which, others that are unknown here become
 * the first one, unknown skills are asked of nobody.
 */
export function withQueuesOf(document: FlowDocument, queueIds: readonly string[], skillIds: readonly string[], chosen: Readonly<Record<string, string>> = {}): FlowDocument {
  const [first = ""] = queueIds;
  return replaced(document) as FlowDocument;

  function queueFor(id: string): string {
    const here = Object.hasOwn(chosen, id) ? chosen[id] : undefined;
    return here ?? (queueIds.includes(id) ? id : first);
  }
  function replaced(value: unknown): unknown {
    if (Array.isArray(value)) return value.filter((one) => !isUnknownSkill(one)).map(replaced);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === "queueId" && typeof inner === "string" ? queueFor(inner) : replaced(inner)]));
  }
  function isUnknownSkill(value: unknown): boolean {
    return typeof value === "object" && value !== null && "skillId" in value && typeof value.skillId === "string" && !skillIds.includes(value.skillId);
  }
}
