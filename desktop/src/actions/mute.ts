import { Mic } from "lucide-react";
import type { Action } from "./action.ts";

export const mute: Action = {
  id: "mute",
  section: "contact",
  chord: { key: "M" },
  icon: Mic,
  label: ({ phone }) => ({ key: phone.muted ? "desk.act.unmuteLong" : "desk.act.muteLong" }),
  enabled: ({ voice, phone }) => voice?.state === "connected" && phone.carries(voice.id),
  perform: ({ phone }) => phone.setMuted(!phone.muted),
};
