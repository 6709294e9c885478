/** The names of what steps refer to by id. */
import { useMemo } from "react";
import { useAdminList, useCentreState, useFlowList } from "../data/data.ts";

export interface Names {
  queues: readonly { id: string; name: string }[];
  skills: readonly { id: string; name: string }[];
  flows: readonly { id: string; name: string }[];
  queue(id: string): string;
  flow(id: string): string;
  skill(id: string): string;
}

export function useNames(): Names {
  // Only names: the counters of queues move all the time.
  const live = useCentreState((s) => JSON.stringify([...s.queues.values()].map(({ id, name }) => ({ id, name }))));
  const skills = useAdminList("skills").data;
  const flows = useFlowList().data;
  return useMemo(() => {
    const queues = JSON.parse(live) as { id: string; name: string }[];
    const named = (list: readonly { id: string; name: string }[], id: string): string => list.find((one) => one.id === id)?.name ?? id;
    return { queues, skills: skills ?? [], flows: flows ?? [], queue: (id) => named(queues, id), flow: (id) => named(flows ?? [], id), skill: (id) => named(skills ?? [], id) };
  }, [live, skills, flows]);
}
