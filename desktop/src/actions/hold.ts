import { Pause } from "lucide-react";
import { api } from "../data/data.ts";
import type { Action } from "./action.ts";

export const hold: Action = {
  id: "hold",
  section: "contact",
  chord: { key: "H" },
  icon: Pause,
  label: ({ voice }) => ({ key: voice?.held === true ? "desk.act.resumeLong" : "desk.act.holdLong" }),
  enabled: ({ voice }) => voice?.state === "connected",
  perform({ voice }) {
    if (voice === null) return undefined;
    return voice.held ? api.resume(voice.id) : api.hold(voice.id);
  },
};
