import type { InteractionView } from "@tandem/protocol";
import { MessageCircleX, PhoneOff } from "lucide-react";
import type { ReactNode } from "react";
import { api, inWords, useCentreState, useCommand, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { LadderButton } from "../ladder/ladder-button.tsx";
import { toast } from "../kit/toast.tsx";
import { momentsOf } from "./floor-model.ts";
import { RoutingReasons } from "./routing-reasons.tsx";

/** Why the customer is here, what happened so far, why it went to whom it went. */
export function ContactDetail({ contact }: { contact: InteractionView }): ReactNode {
  const t = useT();
  return (
    <>
      {contact.reason !== null && <p className="mt-2 text-body text-ink">{contact.reason}</p>}
      {contact.recording !== "off" && (
        <p className="mt-2">
          <Chip tone={contact.recording === "on" ? "plain" : "amber"}>{t(`floor.contact.recording.${contact.recording}`)}</Chip>
        </p>
      )}
      {contact.lastMessage !== null && (
        <div className="mt-2 rounded-card bg-fill px-2.5 py-1.5">
          <p className="text-meta text-ink-3">
            {contact.lastMessage.authorName} · {t("floor.contact.messages", { n: contact.messages })}
          </p>
          <p lang={contact.language} className="line-clamp-3 text-body">
            {contact.lastMessage.text}
          </p>
        </div>
      )}
      <Timeline contact={contact} />
      <RoutingReasons contact={contact} />
      {contact.medium === "voice" && (
        <div className="mt-3">
          <LadderButton callId={contact.id} />
        </div>
      )}
    </>
  );
}

function Timeline({ contact }: { contact: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const moments = useCentreState((s) => s.agents);
  return (
    <div className="mt-3">
      <h3 className="text-meta text-ink-3">{t("floor.contact.timeline")}</h3>
      <ol className="mt-1">
        {momentsOf(contact, moments).map(({ atMs, kind, who }, i, all) => (
          <li key={`${kind}${atMs}`} className="relative flex items-baseline gap-2.5 py-0.5 text-control">
            {i < all.length - 1 && <span aria-hidden className="absolute top-[0.9375rem] -bottom-1 left-[2.5px] w-px bg-line-2" />}
            <span aria-hidden className={`size-1.5 shrink-0 -translate-y-px rounded-full ${i === all.length - 1 ? "bg-acc" : "bg-off"}`} />
            <span className="min-w-0 grow truncate">{kind === "arrived" ? t(`floor.contact.moment.arrived.${contact.medium}`) : t(`floor.contact.moment.${kind}`, { who: who ?? "—" })}</span>
            <span className="shrink-0 text-meta text-ink-3">{format.when(atMs, now)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Cuts somebody off, so it asks: who, what happens, the safe choice first. */
export function EndContact({ contact }: { contact: InteractionView }): ReactNode {
  const t = useT();
  const end = useCommand((id: string) => api.end(id));
  const { medium, customer, agentName } = contact;
  return (
    <ConfirmPopover
      placement="top end"
      trigger={
        <Button tone="ghost" size="l" icon={medium === "voice" ? PhoneOff : MessageCircleX} isDisabled={end.isPending} className="text-alert-ink! data-hovered:bg-alert-soft!">
          {t(`floor.contact.end.${medium}`)}
        </Button>
      }
      question={t(`floor.contact.end.question.${medium}`, { customer: customer.name })}
      effect={agentName === null ? t("floor.contact.end.effect.waiting", { customer: customer.name }) : t(`floor.contact.end.effect.${medium}`, { agent: agentName, customer: customer.name })}
      keepLabel={t(`floor.contact.end.keep.${medium}`)}
      confirmLabel={t("floor.contact.end.confirm")}
      onConfirm={() => end.mutate(contact.id, { onError: (error) => toast("alert", inWords(error)) })}
    />
  );
}
