/** Assistants that flows name: answers by words, and a company's own service over HTTP (docs/en/assistants.md has its contract). */
import { AssistantGoes, type FlowAssistant } from "@tandem/protocol/flow-outside";
import { z } from "zod";
import type { AskAbout, Forget } from "../centre/centre.ts";
import { holdsPhrase, plain, type Answer } from "../flow/flow.ts";
import type { FlowSecrets } from "./flow-secrets.ts";
import type { OutsideHttp } from "./flow-http.ts";

type Language = "fr" | "en";
/** One turn of a conversation; `turn` counts from 1. */
export interface Turn {
  text: string;
  turn: number;
  about: AskAbout;
}
export type Assistant = (turn: Turn, answer: (answer: Answer) => void) => Forget | undefined;
/** By kind: another one is a line here and a schema in the protocol. */
export type Assistants = { readonly [K in FlowAssistant["with"]["kind"]]: (id: string, settings: Extract<FlowAssistant["with"], { kind: K }>) => Assistant };

/** After so many questions in a row without an answer a person takes over. */
const MAX_MISSES = 2;
/** Conversations whose misses are known: the oldest are forgotten first. */
const MAX_CONVERSATIONS = 10_000;
/** Longest answer that is said or written. */
const MAX_SAYS_CHARS = 1_200;

const SaidByService = z.object({ says: z.string().max(4_000).default(""), goes: AssistantGoes });

export function createAssistants({ http, secrets }: { http: OutsideHttp; secrets: FlowSecrets }): Assistants {
  const misses = new Map<string, number>();
  const missed = (interactionId: string): number => {
    const count = (misses.get(interactionId) ?? 0) + 1;
    misses.delete(interactionId);
    misses.set(interactionId, count);
    if (misses.size > MAX_CONVERSATIONS) misses.delete(misses.keys().next().value!);
    return count;
  };
  return {
    keywords: (_id, { entries, otherwise }) => ({ text, about }, answer) => {
      const { interactionId, language } = about;
      const said = plain(text);
      const score = (entry: (typeof entries)[number]): number => [...(entry.words.fr ?? []), ...(entry.words.en ?? [])].filter((word) => holdsPhrase(said, plain(word))).length;
      const [best] = entries.map((entry) => ({ entry, hits: score(entry) })).toSorted((a, b) => b.hits - a.hits);
      if (best && best.hits > 0) {
        misses.delete(interactionId);
        answer({ ok: true, says: inLanguage(best.entry.says, language), goes: best.entry.goes });
      } else answer({ ok: true, says: inLanguage(otherwise, language), goes: missed(interactionId) >= MAX_MISSES ? "person" : "on" });
      return undefined;
    },
    http: (id, settings) => ({ text, turn, about }, answer) => {
      const filled = Object.entries(settings.headers).map(([name, value]) => ({ name, value: secrets.fill(value, (secret) => secret) }));
      const missing = filled.find(({ value }) => value === null);
      if (missing) {
        answer({ ok: false, why: `a secret of the header ${missing.name} is not set` });
        return undefined;
      }
      const body = JSON.stringify({ assistant: id, conversation: about.interactionId, turn, text, language: about.language, medium: about.medium, customer: { id: about.customerId, name: about.fromName } });
      const headers = Object.fromEntries(filled.map(({ name, value }) => [name, value?.text ?? ""]));
      return http.call({ method: "POST", url: settings.url, headers: { ...headers, "idempotency-key": about.deedId }, body, secret: filled.some(({ value }) => value?.secret === true) }, (result) => {
        const read = result.ok ? SaidByService.safeParse(result.json) : null;
        if (!result.ok) answer(result);
        else if (!read?.success) answer({ ok: false, why: "an answer in another form" });
        else answer({ ok: true, says: read.data.says.slice(0, MAX_SAYS_CHARS), goes: read.data.goes });
      });
    },
  };
}

function inLanguage(texts: { fr?: string | undefined; en?: string | undefined }, language: Language): string {
  return texts[language] ?? texts.fr ?? texts.en ?? "";
}
