import { PhoneForwarded } from "lucide-react";
import { toggleLayer } from "../shell/ui.ts";
import type { Action, ActionContext } from "./action.ts";

/** The focused conversation; from anywhere else, the call. */
export function transferable({ focused, voice }: ActionContext): string | null {
  if (focused?.state === "connected") return focused.id;
  return voice?.state === "connected" ? voice.id : null;
}

export const transfer: Action = {
  id: "transfer",
  section: "contact",
  chord: { key: "T" },
  icon: PhoneForwarded,
  overLayers: true,
  label: ({ focused }) => ({ key: focused?.medium === "chat" ? "desk.act.transferChat" : focused?.medium === "message" ? "desk.act.transferMessage" : "desk.act.transferCall" }),
  enabled: (context) => transferable(context) !== null,
  perform(context) {
    const id = transferable(context);
    if (id !== null) toggleLayer({ what: "transfer", id });
  },
};
