/** The closed vocabularies of the wire. One word a thing; the French word stands in ARCHITECTURE.md's glossary. */
import { z } from "zod";

export const Language = z.enum(["fr", "en"]);
export type Language = z.infer<typeof Language>;

export const Role = z.enum(["agent", "supervisor", "administrator"]);
export type Role = z.infer<typeof Role>;

/** The agent's wish; the system never changes it but at sign-out and lease expiry. */
export const Wish = z.enum(["offline", "available", "break", "meal", "meeting", "training", "back-office"]);
export type Wish = z.infer<typeof Wish>;

/** What the system knows of an agent, apart from the wish. */
export const SystemState = z.enum(["idle", "ringing", "on-contact", "hold", "wrap-up", "missed", "unresponsive"]);
export type SystemState = z.infer<typeof SystemState>;

/** `chat` is written in a page of the company, `message` by a telephone (SIP MESSAGE). */
export const Medium = z.enum(["voice", "chat", "message"]);
export type Medium = z.infer<typeof Medium>;

export const InteractionState = z.enum(["flow", "queued", "offered", "connected", "wrapping", "closed"]);
export type InteractionState = z.infer<typeof InteractionState>;

/** Why a medium cannot reach an agent now. */
export const WhyNot = z.enum(["offline", "not-available", "busy", "capacity", "no-device", "on-internal-call", "missed", "wrap-up"]);
export type WhyNot = z.infer<typeof WhyNot>;

/** How an interaction ended. */
export const ClosedWhy = z.enum([
  "customer-left", "agent-ended", "flow-ended", "abandoned", "server-restarted", "media-lost", "failed", "idle", "handed-over", "not-reached", "withdrawn",
]);
export type ClosedWhy = z.infer<typeof ClosedWhy>;
