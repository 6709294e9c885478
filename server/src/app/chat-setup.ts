/** Conversations of a page's visitors wired: what they say is the centre's, what they read of old stands in the log. */
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { AWAY_LIMIT_MS, type Centre, type CentreOptions } from "../centre/centre.ts";
import { createChat, type Chat } from "../channels/chat/chat.ts";
import type { Directory } from "../directory/directory.ts";
import type { Interaction } from "../hub/hub.ts";
import type { createHistory } from "./history.ts";

export interface ChatSetupOptions {
  clock: Clock;
  chance: Chance;
  directory: Directory;
  history: ReturnType<typeof createHistory>;
  timers: CentreOptions["timers"];
  centre(): Centre;
  /** The visitor types, until further notice or that instant. */
  typing(interaction: Interaction, untilMs: number): void;
}

export function setUpChat({ clock, chance, directory, history, timers, centre, typing }: ChatSetupOptions): Chat {
  return createChat({
    clock,
    newInteractionId: () => newId("int", clock.now(), chance),
    hear: (event) => centre().hear(event),
    post: (id, from, done) => centre().post(id, from, done),
    live: (id) => centre().interaction(id),
    position: (id) => centre().position(id),
    agentName: (agentId) => directory.user(agentId)?.name ?? "",
    presence(id, here) {
      centre().tell(id, { type: here ? "customerBack" : "customerAway" });
      if (!here) timers.set("idle", id, clock.now() + AWAY_LIMIT_MS);
    },
    readByCustomer: (id, upTo) => void centre().tell(id, { type: "read", side: "customer", upTo }),
    typing(id, untilMs) {
      const it = centre().interaction(id);
      if (it) typing(it, untilMs);
    },
    async history(visitorId, interactionId) {
      const interaction = centre().interaction(interactionId) ?? (await history.interaction(interactionId));
      return interaction?.from === visitorId ? { interaction, messages: await history.messages(interactionId) } : null;
    },
  });
}
