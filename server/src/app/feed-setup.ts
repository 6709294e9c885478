/** What screens, counters and metrics hear: of the centre's contacts and agents, and of what administrators change. */
import { Feed, type ViewSources } from "../api/api.ts";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newSecret } from "../base/ids.ts";
import type { Centre } from "../centre/centre.ts";
import type { Chat } from "../channels/chat/chat.ts";
import type { Directory } from "../directory/directory.ts";
import type { Interaction } from "../hub/hub.ts";
import { QueueDays } from "../insight/insight.ts";
import { agentConfig, queueConfig } from "./directory-setup.ts";
import type { createMetrics } from "./metrics.ts";

/** How often it is asked whether a sample of the waiting counts is due (QueueDays). */
const SAMPLE_LOOK_MS = 20_000;

export interface FeedSetup {
  feed: Feed;
  days: QueueDays;
  /** Begins to hear; what it is told of stands by then. */
  follow(of: Followed): void;
  stop(): void;
}

export interface Followed {
  chat: Chat;
  metrics: Pick<ReturnType<typeof createMetrics>, "fact">;
  /** Now it is known who the customer is. */
  identified(interaction: Interaction): void;
  callEnded(interactionId: string): void;
  /** Routing's view of the agent. */
  agentChanged(agentId: string): void;
  /** A phone was given to somebody, or taken. */
  phonesChanged(): void;
  /** Is an agent no more: the telephone in their browser goes. */
  noAgentNow(userId: string): void;
}

export function setUpFeed({ clock, chance, centre, directory, devices, timeZone }: { clock: Clock; chance: Chance; centre: Centre; directory: Directory; devices: ViewSources["devices"]; timeZone: string }): FeedSetup {
  const days = new QueueDays({ timeZone, targetMs: (id) => directory.queue(id)?.target.withinMs ?? 20_000 });
  const sources: ViewSources = { directory, agent: (id) => centre.agent(id), queueLive: (id) => centre.queueLive(id), position: (id) => centre.position(id), devices, days };
  const feed = new Feed({ epoch: newSecret(12, chance), sources, clock, interactions: () => centre.interactions() });
  const sample = (): void => {
    if (days.sample(clock.now(), new Map(directory.queues().map((q) => [q.id, centre.queueLive(q.id).count])))) for (const q of directory.queues()) feed.queueChanged(q.id);
    cancelSample = clock.after(SAMPLE_LOOK_MS, sample);
  };
  let cancelSample = clock.after(SAMPLE_LOOK_MS, sample);

  return {
    feed,
    days,
    follow({ chat, metrics, identified, callEnded, agentChanged, phonesChanged, noAgentNow }) {
      centre.onChange(({ interaction, facts }) => {
        days.follow(interaction, clock.now());
        if (facts.some((f) => f.type === "customerIdentified")) identified(interaction);
        if (interaction.state === "closed" && !interaction.traits.written) callEnded(interaction.id);
        for (const fact of facts) {
          metrics.fact(fact, interaction);
          if (fact.type === "messageAdded") feed.messageAdded(interaction, fact.message);
        }
        if (facts.some((f) => f.type === "read")) chat.refresh(interaction.id);
        feed.interactionChanged(interaction, facts.at(-1)?.type ?? "");
        if (facts.some((f) => f.type !== "messageAdded" && f.type !== "read")) chat.positionsChanged();
      });
      centre.onAgents((ids) => {
        for (const id of ids) feed.agentChanged(id);
        for (const id of ids) agentChanged(id);
      });
      followDirectory({ centre, directory, feed, phonesChanged, noAgentNow });
    },
    stop() {
      cancelSample();
      feed.stop();
    },
  };
}

/** What administrators wrote is what routing works with and screens show, from now on. */
function followDirectory({ centre, directory, feed, phonesChanged, noAgentNow }: { centre: Centre; directory: Directory; feed: Feed } & Pick<Followed, "phonesChanged" | "noAgentNow">): void {
  const rightsOf = (id: string): string => {
    const user = directory.user(id);
    return user?.active ? ["user", ...user.roles.toSorted()].join() : "";
  };
  const rights = new Map(directory.users().map(({ id }) => [id, rightsOf(id)]));
  directory.onChange(({ kind, id, gone }) => {
    if (kind === "disposition") feed.dispositionsChanged();
    if (kind === "phone") phonesChanged();
    if (kind === "queue") {
      const queue = directory.queue(id);
      if (gone || !queue) centre.removeQueue(id);
      else centre.putQueue(queueConfig(queue));
      feed.queueChanged(id);
    }
    if (kind === "user") {
      const user = directory.user(id);
      if (gone || !user || !user.active || !user.roles.includes("agent")) centre.removeAgent(id);
      else centre.putAgent(agentConfig(user));
      feed.agentChanged(id);
      const now = rightsOf(id);
      if ((rights.get(id) ?? now) !== now) {
        if (!now.includes("agent")) noAgentNow(id);
        if (now !== "") feed.rightsChanged(id); // else they are shut out, which says why
      }
      if (gone) rights.delete(id);
      else rights.set(id, now);
    }
    if (kind === "queue" || kind === "user") feed.directoryChanged();
  });
}
