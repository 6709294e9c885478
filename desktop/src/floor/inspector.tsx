import { MousePointerClick, SearchX } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useAgent, useInteraction, useQueue } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { InspectAgent } from "./inspect-agent.tsx";
import { InspectContact } from "./inspect-contact.tsx";
import { InspectQueue } from "./inspect-queue.tsx";
import { InspectorHead } from "./inspector-head.tsx";
import { select, useSelection } from "./selection.ts";

/** Beside the floor from 1280 px; narrower, a drawer over it while something is chosen. Esc closes it. */
export function Inspector(): ReactNode {
  const t = useT();
  const selection = useSelection();
  const host = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const aside = host.current;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) select(null);
    };
    aside?.addEventListener("keydown", onKey);
    return () => aside?.removeEventListener("keydown", onKey);
  }, []);
  return (
    <aside
      ref={host}
      aria-label={t("floor.inspector")}
      data-region
      tabIndex={-1}
      className={cx(
        "flex w-88 max-w-full shrink-0 flex-col border-l border-line bg-surface outline-none",
        "max-wide:absolute max-wide:inset-y-0 max-wide:right-0 max-wide:z-20 max-wide:shadow-3",
        selection === null && "max-wide:hidden",
      )}
    >
      <Chosen />
    </aside>
  );
}

function Chosen(): ReactNode {
  const t = useT();
  const selection = useSelection();
  const agent = useAgent(selection?.what === "agent" ? selection.id : null);
  const queue = useQueue(selection?.what === "queue" ? selection.id : null);
  const contact = useInteraction(selection?.what === "contact" ? selection.id : null);
  if (selection === null)
    return (
      <div className="my-auto pb-16">
        <Empty icon={MousePointerClick} title={t("floor.inspector.empty")}>
          {t("floor.inspector.empty.help")}
        </Empty>
      </div>
    );
  if (agent !== null) return <InspectAgent key={agent.id} agent={agent} />;
  if (queue !== null) return <InspectQueue key={queue.id} queue={queue} />;
  if (contact !== null && selection.what === "contact") return <InspectContact key={contact.id} contact={contact} from={selection.from} />;
  return (
    <>
      <InspectorHead title={t("floor.inspector.gone")} {...(selection.what === "contact" ? { from: selection.from } : {})} />
      <Empty icon={SearchX} title={t("floor.inspector.gone")}>
        {t("floor.inspector.gone.help")}
      </Empty>
    </>
  );
}
