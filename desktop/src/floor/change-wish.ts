/** A supervisor changes an agent's status: done at once, undone by one click for a while. */
import type { AgentView, Wish } from "@tandem/protocol";
import { api, inWords } from "../data/data.ts";
import { t } from "../i18n/i18n.ts";
import { toast } from "../kit/toast.tsx";

export async function changeWish(agent: AgentView, wish: Wish): Promise<void> {
  const before = agent.wish;
  try {
    await api.setAgentWish(agent.id, wish);
    toast("good", t("floor.agent.changed", { agent: agent.name, wish: t(`everywhere.wish.${wish}`) }), {
      label: t("floor.agent.undo"),
      perform: () => void api.setAgentWish(agent.id, before).catch((error: unknown) => toast("alert", inWords(error))),
    });
  } catch (error) {
    toast("alert", inWords(error));
  }
}
