/** Which queue of the centre stands for each queue that a template names: by its id, then by the words of its name; a person still chooses. */
import type { FlowTemplate } from "@tandem/protocol/flow-studio";
import { folded } from "../../shell/folded.ts";

/** Words that say nothing of what a queue is for. */
const EMPTY: ReadonlySet<string> = new Set(["les", "des", "the", "and", "une", "pour", "for", "service", "services", "file", "queue", "equipe", "team"]);

export function guessQueues(wanted: FlowTemplate["queues"], queues: readonly { id: string; name: string }[]): Record<string, string> {
  const [first] = queues;
  if (first === undefined) return {};
  const scored = wanted.flatMap((one) => queues.map((queue, i) => ({ key: one.key, queueId: queue.id, score: likeness(one, queue), i }))).filter(({ score }) => score > 0);
  const guesses: Record<string, string> = {};
  const taken = new Set<string>();
  // The best likeness first, each queue once: two roles of a template are two queues where there are two.
  for (const { key, queueId } of scored.toSorted((a, b) => b.score - a.score || a.i - b.i)) {
    if (guesses[key] !== undefined || taken.has(queueId)) continue;
    guesses[key] = queueId;
    taken.add(queueId);
  }
  for (const { key } of wanted) guesses[key] ??= first.id;
  return guesses;
}

function likeness({ key, name }: FlowTemplate["queues"][number], queue: { id: string; name: string }): number {
  if (queue.id === key) return 100;
  const theirs = new Set([key, name.fr, name.en].flatMap(wordsOf));
  const ours = [...new Set([...wordsOf(queue.name), ...wordsOf(queue.id)])];
  return ours.filter((word) => [...theirs].some((other) => word === other || (Math.min(word.length, other.length) >= 4 && (word.startsWith(other) || other.startsWith(word))))).length;
}

function wordsOf(text: string): string[] {
  return folded(text).split(/[^a-z0-9]+/).filter((word) => word.length >= 3 && !EMPTY.has(word));
}
