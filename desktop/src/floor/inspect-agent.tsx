import type { AgentView, InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { wishes } from "../actions/set-wish.ts";
import { useCentreState, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Avatar, ChannelIcon } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { Menu } from "../kit/menu.tsx";
import { Num, Timer } from "../kit/num.tsx";
import { shownState, StGlyph, stateWord } from "../kit/st-glyph.tsx";
import { capacities } from "../shell/capacities.ts";
import { changeWish } from "./change-wish.ts";
import { ContactDetail, EndContact } from "./contact-detail.tsx";
import { longAfterMs, talkLevel } from "./floor-model.ts";
import { InspectorHead, InspectorSection } from "./inspector-head.tsx";
import { select } from "./selection.ts";

export function InspectAgent({ agent }: { agent: AgentView }): ReactNode {
  const t = useT();
  const contacts = useCentreState((s) => Object.values(agent.load).flat().map((id) => s.interactions.get(id)).filter((i) => i !== undefined));
  const call = contacts.find((contact) => contact.medium === "voice") ?? null;
  const others = contacts.filter((contact) => contact !== call);
  const state = shownState(agent);
  return (
    <>
      <InspectorHead
        title={agent.name}
        lead={<Avatar name={agent.name} size="l" />}
        subtitle={
          <>
            <StGlyph state={state} size={11} />
            {t(stateWord(state))} <Timer sinceMs={agent.sinceMs} />
          </>
        }
      />
      <div className="min-h-0 grow overflow-auto" tabIndex={-1}>
        {call !== null && (
          <div className="border-b border-line px-4 py-3">
            <ContactLine contact={call} />
            <ContactDetail contact={call} />
          </div>
        )}
        <InspectorSection title={t("floor.agent.reach")}>
          <Reach agent={agent} />
        </InspectorSection>
        {(others.length > 0 || call === null) && (
          <InspectorSection title={t("floor.agent.contacts")}>
            {others.length === 0 ? (
              <p className="text-body text-ink-2">{t("floor.agent.contacts.none")}</p>
            ) : (
              <ul className="-mx-2">
                {others.map((contact) => (
                  <li key={contact.id}>
                    <Button tone="ghost" className="h-8 w-full justify-start px-2 font-normal" onPress={() => select({ what: "contact", id: contact.id, from: { what: "agent", id: agent.id } })}>
                      <ContactLine contact={contact} />
                    </Button>
                  </li>
                ))}
              </ul>
            )}
          </InspectorSection>
        )}
        <Served agent={agent} />
      </div>
      <footer className="flex shrink-0 items-center justify-between gap-2 border-t border-line px-3 py-2.5">
        <Menu
          label={t("floor.agent.changeStatus")}
          placement="bottom start"
          trigger={<Button size="l">{t("floor.agent.changeStatus")}</Button>}
          entries={wishes.map((wish) => ({ id: wish, label: t(`everywhere.wish.${wish}`), isDisabled: wish === agent.wish, perform: () => void changeWish(agent, wish) }))}
        />
        {call !== null && <EndContact contact={call} />}
      </footer>
    </>
  );
}

/** Medium, who, for which queue, how long against what is usual. */
export function ContactLine({ contact }: { contact: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const limit = useCentreState((s) => (contact.medium === "voice" && contact.queue !== null ? longAfterMs(s.queues.get(contact.queue.id)?.today) : null));
  const since = contact.connectedAtMs ?? contact.queuedAtMs ?? contact.createdAtMs;
  const talking = contact.connectedAtMs !== null;
  return (
    <span className="flex w-full min-w-0 items-center gap-2 text-body">
      <ChannelIcon medium={contact.medium} size={15} className="text-ink-2" />
      <span className="truncate font-medium text-ink">{contact.customer.name}</span>
      {contact.queue !== null && <Chip className="min-w-0 shrink">{contact.queue.name}</Chip>}
      <span className="grow" />
      <span className="shrink-0 text-control text-ink-2" title={limit !== null && talking ? t("floor.contact.limit.why") : undefined}>
        <Num level={talking ? talkLevel(now - since, limit) : "ok"}>{format.wait(now - since)}</Num>
        {limit !== null && talking && <span className="text-ink-3"> / {format.timer(limit)}</span>}
      </span>
    </span>
  );
}

function Reach({ agent }: { agent: AgentView }): ReactNode {
  const t = useT();
  return (
    <>
      <table className="w-full text-body">
        <tbody>
          {capacities(agent).map(({ medium, used, of, reach }) => (
            <tr key={medium} className="h-6">
              <th scope="row" className="w-20 text-left font-normal">
                <span className="flex items-center gap-2">
                  <ChannelIcon medium={medium} size={15} className="text-ink-2" />
                  {t(`everywhere.medium.${medium}`)}
                </span>
              </th>
              <td className="w-12">
                {used} / {of}
              </td>
              <td className={cx("text-right text-meta", reach.whyNot === null ? "text-jade-ink" : "text-ink-2")}>{reach.whyNot === null ? t("floor.agent.reach.can", { n: reach.free }) : t(`everywhere.whyNot.${reach.whyNot}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-1 flex justify-between gap-3 text-meta">
        <span className="text-ink-3">{t("floor.agent.devices")}</span>
        <span className={agent.devices.length === 0 && agent.wish !== "offline" ? "text-right text-alert-ink" : "text-right text-ink-2"}>
          {agent.devices.length === 0 ? t("floor.agent.devices.none") : agent.devices.map((device) => t(`floor.agent.devices.${device}`)).join(", ")}
        </span>
      </p>
    </>
  );
}

function Served({ agent }: { agent: AgentView }): ReactNode {
  const t = useT();
  const queues = useCentreState((s) => agent.queueIds.map((id) => s.queues.get(id)).filter((q) => q !== undefined));
  return (
    <InspectorSection title={t("floor.agent.queues")}>
      {queues.length === 0 ? (
        <p className="text-body text-ink-2">{t("floor.agent.queues.all")}</p>
      ) : (
        <ul className="flex flex-wrap gap-1">
          {queues.map((queue) => (
            <li key={queue.id}>
              <Button size="s" tone="soft" onPress={() => select({ what: "queue", id: queue.id })}>
                {queue.name}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </InspectorSection>
  );
}
