import type { AgentView, Medium, Reach } from "@tandem/protocol";

export interface CapacityLine {
  medium: Medium;
  used: number;
  of: number;
  reach: Reach;
}

/** The medium whose capacity a contact takes: texts from telephones share that of chats, as on the server. */
export function capacityMedium(medium: Medium): Medium {
  return medium === "message" ? "chat" : medium;
}

const media: readonly Medium[] = ["voice", "chat"];

/** What each medium could bring this agent, in a fixed order; media without capacity for them are left out. */
export function capacities(agent: AgentView): CapacityLine[] {
  return media.flatMap((medium) => {
    const reach = agent.reach[medium];
    return reach === undefined || reach.of === 0 ? [] : [{ medium, used: agent.load[medium]?.length ?? 0, of: reach.of, reach }];
  });
}
