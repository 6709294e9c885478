/**
 * What flows may reach outside, set by administrators: hosts inside the company's network that HTTP steps may call, and the
 * assistants that a step may name. Secrets are apart: they are written, never read (`/api/admin/flow-secrets`).
 */
import { z } from "zod";
import { FlowLanguage, Texts } from "./flow/words.ts";

/** `crm.example.com`, `10.0.0.5`, `crm.local:8080`; without a port every port. */
export const OutsideHost = z.string().trim().toLowerCase().regex(/^[a-z0-9.-]{1,253}(?::\d{1,5})?$|^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/, "a host is a name or an address, with :port if only that one is meant");

const words = z.array(z.string().trim().min(2).max(60)).max(30);
/** What the conversation does after an answer: goes on, is resolved, or a person takes over. */
export const AssistantGoes = z.enum(["on", "resolved", "person"]);

/** Answers by words: the entry with most of its words in the question. Nothing is learnt, nothing leaves the house. */
export const KeywordAssistant = z.object({
  kind: z.literal("keywords"),
  entries: z.array(z.object({ words: z.object({ fr: words.optional(), en: words.optional() }), says: Texts, goes: AssistantGoes.default("on") })).max(200),
  /** To a question without an entry; after the second one in a row a person takes over. */
  otherwise: Texts,
});
/** A service of the company's: docs/en/assistants.md has the JSON that it hears and answers. */
export const HttpAssistant = z.object({ kind: z.literal("http"), url: z.url({ protocol: /^https?$/ }).max(500), headers: z.record(z.string().max(60), z.string().max(400)).default({}) });

export const FlowAssistant = z.object({ id: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/), name: z.string().trim().min(1).max(80), with: z.discriminatedUnion("kind", [KeywordAssistant, HttpAssistant]) });
export type FlowAssistant = z.infer<typeof FlowAssistant>;

export const FlowOutside = z.object({ hosts: z.array(OutsideHost).max(50).default([]), assistants: z.array(FlowAssistant).max(20).default([]) });
export type FlowOutside = z.infer<typeof FlowOutside>;

export const SecretName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "a secret's name is letters, digits and _, first a letter");
/** `{secret.name}` in HTTP steps and assistants' headers. */
export const FlowSecret = z.object({ name: SecretName, changedAtMs: z.number() });
export type FlowSecret = z.infer<typeof FlowSecret>;
export const PutSecret = z.object({ value: z.string().min(1).max(2_000) });
/** A line of `GET /api/admin/flow-secrets`. `changedAtMs` null: something names it and nobody has set it. `usedBy`: names of live flows and of assistants. */
export const FlowSecretRow = FlowSecret.extend({ name: z.string(), changedAtMs: z.number().nullable(), usedBy: z.array(z.string()) });
export type FlowSecretRow = z.infer<typeof FlowSecretRow>;

/** A line of `GET /api/flow-assistants`: what a step may name. */
export const AssistantName = z.object({ id: z.string(), name: z.string(), kind: z.enum(["keywords", "http"]) });
export type AssistantName = z.infer<typeof AssistantName>;
/** `POST /api/admin/flow-assistants/try`: one question to an assistant as its form has it, before it is saved. */
export const TryAssistant = z.object({ assistant: FlowAssistant, text: z.string().trim().min(1).max(400), language: FlowLanguage });
export type TryAssistant = z.infer<typeof TryAssistant>;
export const AssistantTried = z.discriminatedUnion("ok", [z.object({ ok: z.literal(true), says: z.string(), goes: AssistantGoes }), z.object({ ok: z.literal(false), why: z.string() })]);
export type AssistantTried = z.infer<typeof AssistantTried>;
