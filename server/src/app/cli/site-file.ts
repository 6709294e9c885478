/** The centre as a check of files without a server takes it: everything that is named exists and is served; or as a `--site` file says. */
import type { FlowDocument, SkillNeed } from "@tandem/protocol/flow/flow";
import { z } from "zod";
import { roughSeconds, type ProofQueue, type ScriptSite } from "../../flow/flow.ts";

const Hours = z.object({ everOpen: z.boolean().default(true), everClosed: z.boolean().default(true) });
const Queue = Hours.extend({
  name: z.string().optional(),
  /** Skills of each agent: `[{ english: 7 }, {}]` are two agents. */
  agents: z.array(z.record(z.string(), z.int().min(1).max(10))).default([{}]),
  voicemailOwners: z.int().min(0).optional(),
  callbacks: z.object({ inOrder: z.boolean().default(true), dated: z.boolean().default(true) }).prefault({}),
  /** Whoever waits is offered to be called back. */
  offersCallback: z.boolean().default(true),
  /** Why callers may wait where nobody is. */
  mayWait: z.string().nullable().default(null),
});
/** Everything may be left out; a list that is given is complete: what it does not name does not exist. */
export const SiteFile = z.object({
  zone: z.string().default("Europe/Paris"),
  country: z.string().default("FR"),
  email: z.string().nullable().default("support@example.com"),
  hears: z.boolean().default(true),
  queues: z.record(z.string(), Queue).optional(),
  calendars: z.record(z.string(), Hours).optional(),
  /** Ids of recordings; absent = all exist. */
  prompts: z.array(z.string()).optional(),
});
export type SiteFile = z.output<typeof SiteFile>;

/** `documents`: files that are checked together know each other as sub-flows. */
export function siteOf(file: SiteFile, documents: readonly FlowDocument[], nowMs: () => number): ScriptSite {
  const flows = new Map(documents.map((document) => [document.id, document]));
  const queues = new Map<string, ProofQueue | null>();
  const queueOf = (id: string): ProofQueue | null => {
    const given = file.queues === undefined ? Queue.parse({}) : file.queues[id];
    if (!given) return null;
    const { name = id, agents, voicemailOwners = agents.length, mayWait, ...rest } = given;
    const everybody = file.queues === undefined;
    return {
      id, name, ...rest, voicemailOwners,
      skilledAgents: (needs: readonly SkillNeed[]) => (everybody ? 1 : agents.filter((skills) => needs.every(({ skillId, minLevel }) => (skills[skillId] ?? 0) >= minLevel)).length),
      mayWait: { voice: mayWait, written: "written" },
      deflect: () => [{ to: "taken" }],
    };
  };
  const open = { everOpen: true, everClosed: true };
  return {
    channels: [],
    queue(id) {
      if (!queues.has(id)) queues.set(id, queueOf(id));
      return queues.get(id) ?? null;
    },
    hours: (of) => (of.kind === "global" ? open : of.kind === "calendar" ? (file.calendars === undefined ? open : (file.calendars[of.calendarId] ?? null)) : (file.queues?.[of.queueId] ?? open)),
    flow: (id) => flows.get(id) ?? null,
    recorded: (id) => file.prompts?.includes(id) ?? true,
    seconds: ({ text }) => roughSeconds(text),
    hears: file.hears,
    zone: file.zone,
    country: file.country,
    email: file.email,
    clockMs: nowMs,
    nowMs: nowMs(),
    hoursAt: () => "open",
    agent: () => null,
  };
}
