import type { InteractionView, RoutingView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { inWords, useRouting } from "../data/data.ts";
import { keyIfKnown, useFormat, useT } from "../i18n/i18n.ts";
import type { T } from "../i18n/i18n.ts";
import { Skeleton } from "../kit/skeleton.tsx";

/** The router's decisions about this contact, latest first: what was found, who was chosen and by what, what excluded the others. */
export function RoutingReasons({ contact }: { contact: InteractionView }): ReactNode {
  const t = useT();
  const routing = useRouting(contact.id);
  return (
    <div className="mt-3">
      <h3 className="text-meta text-ink-3">{t(contact.state === "queued" ? "floor.contact.routing.waiting" : "floor.contact.routing")}</h3>
      {routing.isError ? (
        <output className="mt-1 block text-control text-alert-ink">
          {inWords(routing.error)}
        </output>
      ) : routing.data === undefined ? (
        <Skeleton rows={2} className="mt-2" />
      ) : routing.data.length === 0 ? (
        <p className="mt-1 text-control text-ink-2">{t("floor.contact.routing.none")}</p>
      ) : (
        <ol className="mt-1 flex flex-col gap-2">
          {routing.data.toReversed().map((reason, i) => (
            <Reason key={`${reason.atMs}-${i}`} reason={reason} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Reason({ reason }: { reason: RoutingView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const { chosen, candidates, ring, exclusions, atMs, outcome, queueName } = reason;
  const excluded = Object.entries(exclusions)
    .filter(([, n]) => n > 0)
    .toSorted(([, a], [, b]) => b - a);
  return (
    <li className="text-control">
      <p className="flex items-baseline justify-between gap-2">
        <span>
          {chosen === null ? `${t(`everywhere.outcome.${outcome}`)} · ${queueName}` : t("floor.contact.routing.chosen", { agent: chosen.name, by: t(`everywhere.chosenBy.${chosen.by}`) })}
        </span>
        <span className="shrink-0 text-meta text-ink-3">{format.clock(atMs)}</span>
      </p>
      <p className="text-meta text-ink-2">
        {[t("floor.contact.routing.candidates", { n: candidates }), ...(ring > 0 ? [t("floor.contact.routing.ring", { n: ring })] : []), ...excluded.map(([cause, n]) => t("floor.contact.routing.cause", { n, cause: causeInWords(t, cause) }))].join(" · ")}
      </p>
    </li>
  );
}

/** A cause that this desktop does not know yet (a newer server) is shown as it came. */
function causeInWords(t: T, cause: string): string {
  const key = keyIfKnown(`everywhere.cause.${cause}`);
  return key === null ? cause : t(key);
}
