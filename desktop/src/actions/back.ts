import { Undo2 } from "lucide-react";
import { api } from "../data/data.ts";
import type { Action } from "./action.ts";

/** After a missed contact nothing is offered until the agent says so. */
export const back: Action = {
  id: "back",
  section: "status",
  chord: { key: "B" },
  icon: Undo2,
  label: () => ({ key: "shell.status.back" }),
  enabled: ({ agent }) => agent?.system === "missed" || agent?.system === "unresponsive",
  perform: () => api.back(),
};
