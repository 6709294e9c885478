import { Keyboard, PanelRight, SlidersHorizontal, Volume2 } from "lucide-react";
import { setContextOpen, toggleLayer, ui } from "../shell/ui.ts";
import type { Action } from "./action.ts";

export const openStatus: Action = {
  id: "status",
  section: "status",
  chord: { key: "S" },
  icon: SlidersHorizontal,
  overLayers: true,
  label: () => ({ key: "shell.status.open" }),
  enabled: ({ agent }) => agent !== null,
  perform: () => toggleLayer({ what: "status" }),
};

export const openShortcuts: Action = {
  id: "shortcuts",
  section: "app",
  chord: { key: "/" },
  icon: Keyboard,
  overLayers: true,
  label: () => ({ key: "shell.shortcuts.open" }),
  enabled: () => true,
  perform: () => toggleLayer({ what: "shortcuts" }),
};

export const openAudio: Action = {
  id: "audio",
  section: "app",
  chord: null,
  icon: Volume2,
  label: () => ({ key: "shell.audio.title" }),
  enabled: () => true,
  perform: () => toggleLayer({ what: "audio" }),
};

export const openContext: Action = {
  id: "context",
  section: "app",
  chord: { key: "O" },
  icon: PanelRight,
  label: () => ({ key: "desk.act.context" }),
  enabled: ({ path }) => path === "/",
  perform: () => setContextOpen(!ui.get().contextOpen),
};
