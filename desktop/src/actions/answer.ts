import type { InteractionView } from "@tandem/protocol";
import { Phone } from "lucide-react";
import { api } from "../data/data.ts";
import { focusConversation } from "../shell/ui.ts";
import type { Action } from "./action.ts";

/** Their promised call is being dialled, the customer first: nothing rings here until they answer. */
export const isDialling = ({ callback }: Pick<InteractionView, "callback">): boolean => callback?.customer === "dialled";

/** A call is answered by this browser's phone; a desk phone is answered by hand; a chat by command. The typing focus stays. A contact comes before a call of the house. */
export const answer: Action = {
  id: "answer",
  section: "contact",
  chord: { key: "A" },
  icon: Phone,
  overLayers: true,
  label: ({ offer }) => ({ key: offer === null || offer.medium === "voice" ? "desk.act.answer" : "desk.act.accept" }),
  enabled: ({ offer, phone, agent }) => (offer === null && phone.lineRinging !== null) || (offer !== null && (offer.medium !== "voice" || phone.ringsHere(offer.id) || (!isDialling(offer) && agent?.devices.includes("browser") === true))),
  async perform({ offer, phone }) {
    if (offer === null) return phone.lineRinging === null ? undefined : phone.answerLine(phone.lineRinging);
    if (offer.medium === "voice") await phone.answer(offer.id);
    else await api.accept(offer.id);
    focusConversation(offer.id);
  },
};
