import type { CallbackView } from "@tandem/protocol/callback";
import { CalendarClock, Phone, PhoneForwarded, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { inWords, useCallbackOrder, useCallbacks, useMe, useNow } from "../data/data.ts";
import type { Shown } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import type { ChipTone } from "../kit/chip.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { toast } from "../kit/toast.tsx";
import { BookSheet } from "./book-sheet.tsx";
import { LinkLine } from "./link-line.tsx";
import { useServes } from "./queues.ts";
import { SteadyList } from "./steady-list.tsx";

const TONES: Record<CallbackView["state"], ChipTone> = { waiting: "plain", calling: "acc", served: "jade", broken: "alert", cancelled: "plain" };

/** Calls to make, the soonest first. */
export function Callbacks({ queueId, shown }: { queueId: string | null; shown: Shown }): ReactNode {
  const t = useT();
  const callbacks = useCallbacks(queueId, shown);
  const [moved, setMoved] = useState<CallbackView | null>(null);
  if (callbacks.data === undefined) return <NotRead query={callbacks} rows={5} />;
  // What is being moved has its sheet, whatever becomes of the list.
  if (callbacks.data.length === 0 && moved === null)
    return (
      <div className="pt-[8vh]">
        <Empty icon={PhoneForwarded} title={t(shown === "open" ? "promised.callbacks.none" : "promised.callbacks.over.none")}>
          {shown === "open" ? t("promised.callbacks.none.help") : undefined}
        </Empty>
      </div>
    );
  const at = ({ slot, sinceMs }: CallbackView): number => slot?.startMs ?? sinceMs;
  const rows = callbacks.data.toSorted((a, b) => (shown === "open" ? at(a) - at(b) : (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0)));
  return (
    <>
      <SteadyList key={`${queueId ?? ""} ${shown}`} label={t("promised.callbacks")} rows={rows}>
        {(callback, gone) => <Row callback={callback} gone={gone} onMove={() => setMoved(callback)} />}
      </SteadyList>
      {moved !== null && <BookSheet queueId={moved.queueId} moved={moved} onClose={() => setMoved(null)} />}
    </>
  );
}

function Row({ callback, gone, onMove }: { callback: CallbackView; gone: boolean; onMove: () => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(30_000);
  const me = useMe();
  const serves = useServes();
  const order = useCallbackOrder();
  const { state, slot, dueMs, attempts, end } = callback;
  const name = callback.name === "" ? format.phone(callback.number) : callback.name;
  const late = state === "waiting" && dueMs !== null && dueMs < now;
  const failed = (why: Error): void => toast("alert", inWords(why));
  const day = (atMs: number): string => (new Date(atMs).toDateString() === new Date(now).toDateString() ? format.clock(atMs) : format.when(atMs, now));
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5">
      <div className="w-72 shrink-0 max-stack:w-full">
        <p className="truncate text-body font-medium">{slot === null ? t("promised.callback.turn") : t("promised.callback.slot", { day: format.day(slot.startMs), from: format.clock(slot.startMs), to: format.clock(slot.endMs) })}</p>
        <p className={late ? "truncate text-meta font-medium text-alert-ink" : "truncate text-meta text-ink-2"}>
          {state === "waiting" && callback.nextAtMs !== null && attempts.length > 0 ? t("promised.callback.next", { time: day(callback.nextAtMs) }) : dueMs === null ? t("promised.callback.since", { time: day(callback.createdAtMs) }) : t("promised.callback.due", { time: day(dueMs) })}
        </p>
      </div>
      <div className="min-w-40 grow basis-40">
        <p className="flex min-w-0 items-center gap-2">
          <span className="truncate text-body font-semibold">{name}</span>
          {gone && <Chip tone="plain">{t("promised.gone")}</Chip>}
          {callback.agentId === me.id && state === "waiting" && <Chip tone="acc">{t("promised.callback.mine")}</Chip>}
          {state !== "waiting" && <Chip tone={TONES[state]}>{t(`promised.state.${state}`)}</Chip>}
        </p>
        <p className="truncate text-meta text-ink-2">
          {[callback.name === "" ? "" : format.phone(callback.number), callback.queueName, t(`promised.by.${callback.by}`, { name: callback.byName }), attempts.length === 0 ? "" : t("promised.callback.attempts", { n: attempts.length }), end === null ? "" : t(`promised.why.${end}`)].filter((part) => part !== "").join(" · ")}
        </p>
        {callback.reason !== null && <p className="line-clamp-2 text-meta text-ink">{callback.reason}</p>}
        {callback.link !== null && <LinkLine link={callback.link} now={now} />}
      </div>
      {state === "waiting" && !gone && (
        <span className="flex items-center gap-1.5">
          <ConfirmPopover
            trigger={<IconButton size="l" icon={X} label={t("promised.callback.cancel", { name })} />}
            question={t("promised.callback.cancel.ask", { name })}
            effect={t("promised.callback.cancel.effect")}
            confirmLabel={t("promised.callback.cancel.yes")}
            onConfirm={() => order.mutate({ id: callback.id, do: "cancel" }, { onError: failed })}
          />
          <IconButton size="l" icon={CalendarClock} label={t("promised.callback.moveWho", { name })} onPress={onMove} />
          {serves(callback.queueId) && (
            <Button tone="soft" size="l" icon={Phone} aria-label={t("promised.callback.callWho", { name })} isDisabled={order.isPending} onPress={() => order.mutate({ id: callback.id, do: "call" }, { onSuccess: () => toast("good", t("promised.callback.calling")), onError: failed })}>
              {t("promised.callback.call")}
            </Button>
          )}
        </span>
      )}
    </div>
  );
}
