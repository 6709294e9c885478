import { PhoneOff } from "lucide-react";
import { api } from "../data/data.ts";
import { openLayer, ui } from "../shell/ui.ts";
import type { Action } from "./action.ts";
import { transferable } from "./transfer.ts";

/** Cuts somebody off, so it asks; the same chord again confirms. */
export const end: Action = {
  id: "end",
  section: "contact",
  chord: { key: "E", shift: true },
  icon: PhoneOff,
  overLayers: true,
  label: ({ focused }) => ({ key: focused?.medium === "chat" ? "desk.act.endChat" : focused?.medium === "message" ? "desk.act.endMessage" : "desk.act.endCall" }),
  enabled: (context) => transferable(context) !== null,
  perform(context) {
    const id = transferable(context);
    if (id === null) return undefined;
    const { layer } = ui.get();
    if (layer?.what !== "end" || layer.id !== id) {
      openLayer({ what: "end", id });
      return undefined;
    }
    openLayer(null);
    return api.end(id);
  },
};
