import { CircleSlash } from "lucide-react";
import { api } from "../data/data.ts";
import type { Action } from "./action.ts";

/** The offer goes back to its queue at once, for somebody else; a call of the house is declined. */
export const notNow: Action = {
  id: "not-now",
  section: "contact",
  chord: { key: "X" },
  icon: CircleSlash,
  overLayers: true,
  label: ({ offer, phone }) => ({ key: offer === null && phone.lineRinging !== null ? "telephone.act.decline" : "desk.act.notNow" }),
  enabled: ({ offer, phone }) => offer !== null || phone.lineRinging !== null,
  perform: ({ offer, phone }) => (offer !== null ? api.decline(offer.id) : phone.lineRinging === null ? undefined : phone.declineLine(phone.lineRinging)),
};
