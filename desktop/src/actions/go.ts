import { Headphones, Phone, PhoneForwarded, Radio, Settings, Waypoints } from "lucide-react";
import type { Action, ActionContext } from "./action.ts";

export const supervises = ({ me }: Pick<ActionContext, "me">): boolean => me.roles.includes("supervisor") || me.roles.includes("administrator");

export const goDesk: Action = {
  id: "go-desk",
  section: "go",
  chord: { key: "D" },
  icon: Headphones,
  label: () => ({ key: "shell.rail.desk" }),
  enabled: ({ me, path }) => me.roles.length > 0 && path !== "/",
  perform: ({ go }) => go("/"),
};

export const goTelephone: Action = {
  id: "go-telephone",
  section: "go",
  chord: { key: "P" },
  icon: Phone,
  label: () => ({ key: "telephone.title" }),
  enabled: ({ telephone, path }) => telephone && path !== "/phone",
  perform: ({ go }) => go("/phone"),
};

export const goPromised: Action = {
  id: "go-promised",
  section: "go",
  chord: null,
  icon: PhoneForwarded,
  label: () => ({ key: "promised.title" }),
  enabled: ({ me, path }) => me.roles.length > 0 && path !== "/promised",
  perform: ({ go }) => go("/promised"),
};

export const goFloor: Action = {
  id: "go-floor",
  section: "go",
  chord: { key: "F", shift: true },
  icon: Radio,
  label: () => ({ key: "shell.rail.floor" }),
  enabled: (context) => supervises(context) && context.path !== "/floor",
  perform: ({ go }) => go("/floor"),
};

export const goFlows: Action = {
  id: "go-flows",
  section: "go",
  chord: null,
  icon: Waypoints,
  label: () => ({ key: "flows.title" }),
  enabled: (context) => supervises(context) && context.path !== "/flows",
  perform: ({ go }) => go("/flows"),
};

export const goAdmin: Action = {
  id: "go-admin",
  section: "go",
  chord: null,
  icon: Settings,
  label: () => ({ key: "shell.rail.admin" }),
  enabled: (context) => supervises(context) && !context.path.startsWith("/admin"),
  perform: ({ go }) => go("/admin"),
};
