/** Is this end one that a customer was promised? */
import type { Words } from "./because.ts";
import type { End, Node } from "./explore.ts";
import type { Site } from "./site.ts";

export interface Fault {
  code: string;
  words: Words;
  /** Faults of one cause are told once. */
  cause: string;
}

const named = (site: Site, queueId: string): string => site.queue(queueId)?.name ?? queueId;

/** Null = a person, a promise, or what the administrator declared. */
export function faultOf(node: Node, end: End, site: Site): Fault | null {
  switch (end.end) {
    case "person":
      return faultOfQueue(node, end, site);
    case "number":
      return null;
    case "circle": {
      const name = named(site, end.queueId);
      return { code: "no-person", cause: `circle ${end.queueId}`, words: { fr: `La file « ${name} » et sa déviation se renvoient le contact sans fin.`, en: `The queue “${name}” and its deflection send the contact to each other without end.` } };
    }
    case "callback":
    case "voicemail": {
      const queue = end.queueId === null ? null : site.queue(end.queueId);
      if (!queue) return missing(end.queueId ?? "");
      if (end.end === "voicemail") return queue.voicemailOwners > 0 ? null : { code: "unowned-voicemail", cause: queue.id, words: { fr: `Personne n’est chargé des messages laissés à la file « ${queue.name} ».`, en: `Nobody owns the messages that are left for the queue “${queue.name}”.` } };
      return queue.everOpen ? null : neverOpen(queue);
    }
    default:
      return end.exception !== null ? null : { code: "undeclared-end", cause: `${node.place.definition.id} ${node.at}`, words: { fr: "Le contact se termine sans personne ni promesse, et aucune exception n’est déclarée.", en: "The contact ends without a person or a promise, and no exception is declared." } };
  }
}

/** Contacts are led to this queue, and nobody ever serves it. */
export function faultOfTarget(queueId: string, site: Site): Fault | null {
  const queue = site.queue(queueId);
  return queue && !queue.everOpen ? neverOpen(queue) : null;
}

function faultOfQueue(node: Node, { queueId, found, needs }: Extract<End, { end: "person" }>, site: Site): Fault | null {
  const queue = site.queue(queueId);
  if (!queue) return missing(queueId);
  if (found === "closed" || found === "empty") {
    if (queue.offersCallback || queue.mayWait[node.written ? "written" : "voice"] !== null) return null;
    const words =
      found === "closed"
        ? { fr: `La file « ${queue.name} » peut être fermée, et rien n’est prévu alors : le contact attend sans personne.`, en: `The queue “${queue.name}” can be closed, and nothing is planned for then: the contact waits with nobody there.` }
        : { fr: `Il se peut que personne ne soit connecté à la file « ${queue.name} », et rien n’est prévu alors : le contact attend sans personne.`, en: `Nobody may be signed in to the queue “${queue.name}”, and nothing is planned for then: the contact waits with nobody there.` };
    return { code: "no-person", cause: `${queueId} ${found} ${node.written ? "written" : "voice"}`, words };
  }
  if (queue.skilledAgents(needs) > 0) return null;
  return { code: "nobody-skilled", cause: `${queueId} ${needs.map(({ skillId, minLevel }) => `${skillId} ${minLevel}`).join(",")}`, words: { fr: `Aucun agent de la file « ${queue.name} » n’a les compétences demandées.`, en: `No agent of the queue “${queue.name}” has the skills that are asked for.` } };
}

const missing = (queueId: string): Fault => ({ code: "reference", cause: `queue ${queueId}`, words: { fr: `La file « ${queueId} » n’existe pas.`, en: `There is no queue “${queueId}”.` } });
const neverOpen = (queue: { id: string; name: string }): Fault => ({ code: "never-open", cause: `queue ${queue.id}`, words: { fr: `La file « ${queue.name} » n’ouvre jamais.`, en: `The queue “${queue.name}” never opens.` } });

