import type { Wish } from "@tandem/protocol";
import { api } from "../data/data.ts";
import { openLayer } from "../shell/ui.ts";
import type { Action } from "./action.ts";

/** The order of the status menu: Alt 1 is the first. */
export const wishes: readonly Wish[] = ["available", "break", "meal", "meeting", "training", "back-office", "offline"];

/** Chosen during a contact it applies after it: the server keeps the wish apart from the state. Being away from a missed call ends too. */
export const setWish: readonly Action[] = wishes.map((wish, i) => ({
  id: `wish-${wish}`,
  section: "status",
  chord: { key: String(i + 1) },
  icon: null,
  overLayers: true,
  label: () => ({ key: `everywhere.wish.${wish}` }),
  enabled: ({ agent }) => agent !== null,
  perform() {
    openLayer(null);
    return api.setWish(wish);
  },
}));
