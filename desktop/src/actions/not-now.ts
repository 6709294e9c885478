import { CircleSlash } from "lucide-react";
import { api } from "../data/data.ts";
import type { Action } from "./action.ts";

/** The offer goes back to its queue at once, for somebody else. */
export const notNow: Action = {
  id: "not-now",
  section: "contact",
  chord: { key: "X" },
  icon: CircleSlash,
  overLayers: true,
  label: () => ({ key: "desk.act.notNow" }),
  enabled: ({ offer }) => offer !== null,
  perform: ({ offer }) => (offer === null ? undefined : api.decline(offer.id)),
};
