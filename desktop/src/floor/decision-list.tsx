import { CircleCheck, PhoneMissed, TriangleAlert, UsersRound } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useAgents, useNow, useQueues } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Rich } from "../i18n/rich.ts";
import { Button } from "../kit/button.tsx";
import { Empty } from "../kit/notice.tsx";
import { changeWish } from "./change-wish.ts";
import { decisions } from "./floor-model.ts";
import type { Decision } from "./floor-model.ts";
import { select } from "./selection.ts";

/** Alerts arrive as decisions: the cause, the evidence, one action, one alternative. */
export function DecisionList(): ReactNode {
  const t = useT();
  const found = decisions(useQueues(), useAgents(), useNow());
  return (
    <section aria-labelledby="floor-decide" className="pb-3">
      <header className="flex h-9 items-center gap-2 px-4">
        <h2 id="floor-decide" className="text-body font-semibold">
          {t("floor.decide")}
        </h2>
        {found.length > 0 && <span className="text-meta text-ink-3">{found.length}</span>}
      </header>
      {found.length === 0 ? (
        <Empty icon={CircleCheck} title={t("floor.decide.none")}>
          {t("floor.decide.none.help")}
        </Empty>
      ) : (
        <ul className="flex flex-col gap-1.5 px-2">
          {found.map((decision) => (
            <li key={decision.id}>
              <DecisionCard decision={decision} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function DecisionCard({ decision }: { decision: Decision }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  if (decision.kind === "not-answering") {
    const { agent } = decision;
    return (
      <Card icon={PhoneMissed} text={<Rich k={agent.system === "missed" ? "floor.decide.missed" : "floor.decide.unresponsive"} values={{ agent: agent.name, since: format.wait(now - agent.sinceMs) }} />}>
        <Button size="m" onPress={() => void changeWish(agent, "offline")}>
          {t("floor.decide.setOffline", { agent: firstName(agent.name) })}
        </Button>
        <Button tone="ghost" onPress={() => select({ what: "agent", id: agent.id })}>
          {t("floor.decide.seeAgent")}
        </Button>
      </Card>
    );
  }
  const { queue, helper } = decision;
  const text =
    decision.kind === "nobody" ? (
      <Rich k="floor.decide.nobody" values={{ queue: queue.name, n: queue.waiting }} />
    ) : (
      <>
        <Rich k="floor.decide.over" values={{ queue: queue.name, limit: format.duration(queue.maxWaitMs), over: format.timer(decision.overMs) }} />
        {decision.elsewhere !== null && <span className="text-ink-2"> {t("floor.decide.over.elsewhere", { queue: decision.elsewhere.name, n: decision.elsewhere.free })}</span>}
      </>
    );
  return (
    <Card icon={decision.kind === "nobody" ? UsersRound : TriangleAlert} text={text}>
      {helper !== null && <Button onPress={() => void changeWish(helper, "available")}>{t("floor.decide.callBack", { agent: firstName(helper.name) })}</Button>}
      <Button tone={helper === null ? "secondary" : "ghost"} onPress={() => select({ what: "queue", id: queue.id })}>
        {t("floor.decide.seeQueue")}
      </Button>
    </Card>
  );
}

function Card({ icon: Icon, text, children }: { icon: LucideIcon; text: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className="flex gap-2.5 rounded-card border border-line bg-raised px-2.5 py-2.5">
      <Icon size={15} aria-hidden className="mt-0.5 text-alert" />
      <div className="min-w-0">
        <p className="text-control text-ink">{text}</p>
        <div className="mt-2 flex flex-wrap gap-1.5">{children}</div>
      </div>
    </div>
  );
}

function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}
