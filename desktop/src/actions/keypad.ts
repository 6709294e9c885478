import { Grid3x3 } from "lucide-react";
import { toggleLayer } from "../shell/ui.ts";
import type { Action } from "./action.ts";

export const keypad: Action = {
  id: "keypad",
  section: "contact",
  chord: { key: "K" },
  icon: Grid3x3,
  overLayers: true,
  label: () => ({ key: "desk.act.keypadLong" }),
  enabled: ({ voice, phone }) => voice?.state === "connected" && phone.carries(voice.id),
  perform({ voice }) {
    if (voice !== null) toggleLayer({ what: "keypad", id: voice.id });
  },
};
