import { Waypoints } from "lucide-react";
import { toggleLayer } from "../shell/ui.ts";
import type { Action } from "./action.ts";

export const whyMe: Action = {
  id: "why-me",
  section: "contact",
  chord: { key: "W" },
  icon: Waypoints,
  overLayers: true,
  label: () => ({ key: "desk.act.whyMe" }),
  enabled: ({ focused, path }) => focused !== null && focused.queue !== null && path === "/",
  perform({ focused }) {
    if (focused !== null) toggleLayer({ what: "routing", id: focused.id });
  },
};
