import type { InteractionView, RoutingView } from "@tandem/protocol";
import { Waypoints } from "lucide-react";
import { useRef } from "react";
import type { ReactNode } from "react";
import { useRouting } from "../data/data.ts";
import { keyIfKnown, useFormat, useT } from "../i18n/i18n.ts";
import { IconButton } from "../kit/button.tsx";
import { Popover } from "../kit/popover.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { openLayer, toggleLayer, useLayer, useUi } from "../shell/ui.ts";

/** "Why me?": each routing decision with its reasons, latest first. */
export function RoutingButton({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const open = useLayer("routing", interaction.id);
  const focused = useUi((s) => s.focusedId === interaction.id);
  const anchor = useRef<HTMLSpanElement | null>(null);
  if (interaction.queue === null) return null;
  return (
    <>
      <span ref={anchor} className="inline-flex">
        <IconButton icon={Waypoints} label={t("desk.act.whyMe")} chord={focused ? "W" : null} onPress={() => toggleLayer({ what: "routing", id: interaction.id })} />
      </span>
      <Popover label={t("desk.act.whyMe")} triggerRef={anchor} placement="bottom end" isOpen={open} onOpenChange={(next) => openLayer(next ? { what: "routing", id: interaction.id } : null)} className="w-84">
        <Decisions interactionId={interaction.id} />
      </Popover>
    </>
  );
}

function Decisions({ interactionId }: { interactionId: string }): ReactNode {
  const t = useT();
  const { data, error, isPending } = useRouting(interactionId);
  return (
    <div className="p-3.5">
      <h3 className="text-body font-semibold">{t("desk.routing.title")}</h3>
      {isPending && <Skeleton rows={3} className="mt-3" />}
      {error !== null && <p className="mt-2 text-alert-ink">{error.message}</p>}
      {data?.length === 0 && <p className="mt-2 text-ink-2">{t("desk.routing.none")}</p>}
      <ol className="mt-2 flex flex-col gap-3">
        {data?.toReversed().map((decision) => (
          <li key={`${decision.atMs}-${decision.ring}`} className="border-t border-line pt-2.5 first:border-0 first:pt-0">
            <Decision decision={decision} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Decision({ decision }: { decision: RoutingView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const { chosen, best, exclusions, excluded, outcome } = decision;
  return (
    <>
      <p className="flex items-baseline gap-2">
        <span className="grow font-medium">{chosen === null ? t("desk.routing.nobody") : t(`desk.routing.by.${chosen.by}`, { name: chosen.name })}</span>
        <span className="text-meta text-ink-3">{format.clock(decision.atMs)}</span>
      </p>
      <p className="text-meta text-ink-2">
        {t("desk.routing.detail", { queue: decision.queueName, waited: format.duration(decision.waitedMs), candidates: decision.candidates })}
        {decision.ring > 0 && ` · ${t("desk.routing.ring", { n: decision.ring })}`} · {t(`desk.routing.outcome.${outcome}`)}
      </p>
      {best.length > 1 && (
        <ul className="mt-1.5 text-meta text-ink-2">
          {best.slice(0, 4).map((one) => (
            <li key={one.agentId} className="flex gap-2">
              <span className="grow truncate">{one.name}</span>
              <span>{t("desk.routing.level", { n: one.level })}</span>
              <span className="w-24 text-right">{t("desk.routing.idle", { time: format.duration(one.idleMs) })}</span>
            </li>
          ))}
        </ul>
      )}
      {Object.keys(exclusions).length > 0 && (
        <p className="mt-1.5 text-meta text-ink-3">
          {t("desk.routing.excluded")}{" "}
          {Object.entries(exclusions)
            .map(([cause, n]) => {
              const key = keyIfKnown(`desk.routing.cause.${cause}`) ?? keyIfKnown(`everywhere.whyNot.${cause}`);
              const who = excluded.filter((one) => one.cause === cause).map((one) => one.name);
              return `${n} ${key === null ? cause : t(key)}${who.length > 0 && who.length <= 3 ? ` (${who.join(", ")})` : ""}`;
            })
            .join(" · ")}
        </p>
      )}
    </>
  );
}
