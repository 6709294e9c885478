import { Inbox } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { setWish } from "../actions/set-wish.ts";
import { run } from "../actions/run.ts";
import { useReady } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Empty } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { focusConversation, useUi } from "../shell/ui.ts";
import { useDeskContext } from "./desk-context.ts";
import { freeze } from "./frozen-list.ts";
import { ChatOfferCard } from "./offer-card.tsx";
import { GhostRow, WorkRow } from "./work-row.tsx";

/** Everything live, in order of arrival. While the pointer is on it nothing moves: ended rows stay dimmed, new ones wait behind a button. */
export function Worklist(): ReactNode {
  const t = useT();
  const context = useDeskContext();
  const { mine, agent, voice, offer } = context;
  const ready = useReady();
  const focusedId = useUi((s) => s.focusedId);
  const current = mine.map((interaction) => interaction.id);
  const [held, setHeld] = useState<{ ids: readonly string[]; names: ReadonlyMap<string, string> } | null>(null);
  const list = freeze(held?.ids ?? current, current, held !== null);
  const names = new Map([...(held?.names ?? []), ...mine.map((i) => [i.id, i.customer.name] as const)]);
  const hold = (): void => setHeld((before) => before ?? { ids: current, names });
  const available = setWish[0];
  return (
    <section aria-label={t("desk.worklist.label")} data-region tabIndex={-1} className="flex w-[16.25rem] shrink-0 flex-col pr-2 outline-none max-stack:max-h-48 max-stack:w-full max-stack:px-2">
      <h2 className="flex h-8 shrink-0 items-center gap-1.5 px-2 text-meta font-medium text-ink-2">
        {t("desk.worklist.live")} <span className="font-normal text-ink-3">{mine.length}</span>
      </h2>
      <div className="min-h-0 grow overflow-auto" onPointerEnter={hold} onPointerLeave={() => setHeld(null)}>
        {!ready && <Skeleton rows={3} avatar className="px-2 pt-2" />}
        {ready && list.shown.length === 0 && list.waiting.length === 0 && (
          <Empty
            icon={Inbox}
            title={t("desk.worklist.empty")}
            actions={
              agent !== null && agent.wish !== "available" && available !== undefined ? (
                <Button tone="primary" onPress={() => run(available, context)}>
                  {t("desk.idle.goAvailable")}
                </Button>
              ) : undefined
            }
          >
            {t("desk.worklist.emptyExplain")}
          </Empty>
        )}
        <ul className="flex flex-col gap-px">
          {list.shown.map((id) => {
            const interaction = mine.find((i) => i.id === id);
            return <li key={id}>{interaction === undefined ? <GhostRow name={names.get(id) ?? ""} /> : <WorkRow interaction={interaction} focused={focusedId === id} onChoose={() => focusConversation(id)} />}</li>;
          })}
        </ul>
        {list.waiting.length > 0 && (
          <div className="flex justify-center pt-2">
            <Button size="m" className="rounded-full" onPress={() => setHeld({ ids: [...list.shown, ...list.waiting], names })}>
              <span aria-hidden className="size-1.5 rounded-full bg-acc" />
              {t("desk.worklist.new", { n: list.waiting.length })}
            </Button>
          </div>
        )}
      </div>
      {offer !== null && offer.medium !== "voice" && voice !== null && <ChatOfferCard interaction={offer} />}
    </section>
  );
}
