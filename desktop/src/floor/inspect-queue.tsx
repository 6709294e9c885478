import type { QueueView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useCentreState, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { Wait } from "../kit/num.tsx";
import { shownState, StGlyph, stateWord } from "../kit/st-glyph.tsx";
import { queueLevels, serves } from "./floor-model.ts";
import { InspectorHead, InspectorSection } from "./inspector-head.tsx";
import { LimitBar } from "./limit-bar.tsx";
import { select } from "./selection.ts";

export function InspectQueue({ queue }: { queue: QueueView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const { today, target, maxWaitMs } = queue;
  const levels = queueLevels(queue, useNow());
  const figures: [string, string][] = [
    [t("floor.queue.today.offered"), format.number(today.offered)],
    [t("floor.queue.today.answered"), format.number(today.answered)],
    [t("floor.queue.today.abandoned"), format.number(today.abandoned)],
    [t("floor.queue.today.answer"), today.averageAnswerMs === null ? "—" : format.timer(today.averageAnswerMs)],
    [t("floor.queue.today.handle"), today.averageHandleMs === null ? "—" : format.timer(today.averageHandleMs)],
  ];
  return (
    <>
      <InspectorHead title={queue.name} lead={queue.media.map((medium) => <ChannelIcon key={medium} medium={medium} size={18} className="text-ink-2" />)} subtitle={t("floor.queue.target", { goal: format.percent(target.percent / 100), within: format.duration(target.withinMs), limit: format.duration(maxWaitMs) })} />
      <div className="min-h-0 grow overflow-auto" tabIndex={-1}>
        <InspectorSection title={t("floor.queue.waiting")} aside={<span>{format.number(queue.waiting)}</span>}>
          <Waiting queue={queue} />
        </InspectorSection>
        <InspectorSection
          title={t("floor.queue.today")}
          aside={
            today.serviceLevel !== null && (
              <span className="flex items-center gap-1.5 text-ink">
                <LimitBar share={today.serviceLevel} limit={target.percent / 100} level={levels.service} width={46} />
                {format.percent(today.serviceLevel)}
              </span>
            )
          }
        >
          <dl className="grid grid-cols-[1fr_auto] gap-y-1 text-body">
            {figures.map(([label, value]) => (
              <div key={label} className="contents">
                <dt className="text-ink-2">{label}</dt>
                <dd className="text-right">{value}</dd>
              </div>
            ))}
          </dl>
        </InspectorSection>
        <InspectorSection title={t("floor.queue.people")} aside={<span>{t("floor.queues.free", { free: queue.freeAgents, staffed: queue.staffed })}</span>}>
          <People queue={queue} />
        </InspectorSection>
      </div>
    </>
  );
}

function Waiting({ queue }: { queue: QueueView }): ReactNode {
  const t = useT();
  const waiting = useCentreState((s) => [...s.interactions.values()].filter((i) => i.queue?.id === queue.id && i.state === "queued"));
  if (waiting.length === 0) return <p className="text-body text-ink-2">{t("floor.queue.waiting.none")}</p>;
  return (
    <ul className="-mx-2">
      {waiting.map((contact) => (
        <li key={contact.id}>
          <Button tone="ghost" className="h-8 w-full justify-start gap-2 px-2 font-normal" onPress={() => select({ what: "contact", id: contact.id, from: { what: "queue", id: queue.id } })}>
            <ChannelIcon medium={contact.medium} size={15} className="text-ink-2" />
            <span className="min-w-0 grow truncate text-left text-body font-medium text-ink">{contact.customer.name}</span>
            <Wait sinceMs={contact.queuedAtMs ?? contact.createdAtMs} limitMs={queue.maxWaitMs} showLimit />
          </Button>
        </li>
      ))}
    </ul>
  );
}

function People({ queue }: { queue: QueueView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const people = useCentreState((s) => [...s.agents.values()].filter((agent) => serves(agent, queue.id)));
  if (people.length === 0) return <p className="text-body text-ink-2">{t("floor.queue.people.none")}</p>;
  return (
    <ul className="-mx-2">
      {people
        .toSorted((a, b) => format.compare(a.name, b.name))
        .map((agent) => (
          <li key={agent.id}>
            <Button tone="ghost" className="h-7 w-full justify-start gap-2 px-2 font-normal" onPress={() => select({ what: "agent", id: agent.id })}>
              <StGlyph state={shownState(agent)} size={11} />
              <span className="min-w-0 grow truncate text-left text-body text-ink">{agent.name}</span>
              <span className="text-meta">{t(stateWord(shownState(agent)))}</span>
            </Button>
          </li>
        ))}
    </ul>
  );
}
