/** What was promised to customers: calls to make, messages to hear, and for supervisors what became of it. */
import { PhoneForwarded } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useMe, usePromisedWork } from "../data/data.ts";
import type { Shown } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Tabs } from "../kit/tabs.tsx";
import type { TabEntry } from "../kit/tabs.tsx";
import { Sheet } from "../shell/sheet.tsx";
import { BookSheet } from "./book-sheet.tsx";
import { Callbacks } from "./callbacks.tsx";
import { Messages } from "./messages.tsx";
import { usePromisingQueues } from "./queues.ts";
import { Report } from "./report.tsx";

type Tab = "callbacks" | "messages" | "report";
/** The queue chosen in the filter; "" = every one of the user's. */
const ALL = "";

export function PromisedPage(): ReactNode {
  const t = useT();
  const { roles } = useMe();
  const queues = usePromisingQueues();
  const work = usePromisedWork();
  const works = roles.includes("agent") || roles.includes("supervisor");
  const reads = roles.includes("supervisor") || roles.includes("administrator");
  const [tab, setTab] = useState<Tab>(works ? "callbacks" : "report");
  const [queueId, setQueueId] = useState(ALL);
  const [shown, setShown] = useState<Shown>("open");
  const [booking, setBooking] = useState(false);
  const queue = queueId === ALL ? null : queueId;
  const count = (n: number): { count?: number } => (n === 0 ? {} : { count: n });
  const tabs: TabEntry<Tab>[] = [
    ...(works
      ? [
          { id: "callbacks" as const, label: t("promised.callbacks"), ...count(work.callbacks), panel: <Callbacks queueId={queue} shown={shown} /> },
          { id: "messages" as const, label: t("promised.messages"), ...count(work.messages), panel: <Messages queueId={queue} shown={shown} /> },
        ]
      : []),
    ...(reads ? [{ id: "report" as const, label: t("promised.report"), panel: <Report queueId={queue} /> }] : []),
  ];
  return (
    <Sheet label={t("promised.title")} className="max-stack:mx-2">
      <header className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-1">
        <h1 className="grow text-head font-semibold">{t("promised.title")}</h1>
        <div className="w-52">
          <Select label={t("promised.queue")} hideLabel options={[{ id: ALL, label: t("promised.queue.all") }, ...queues.map(({ id, name }) => ({ id, label: name }))]} value={queueId} onChange={setQueueId} />
        </div>
        {tab !== "report" && <Segmented label={t("promised.shown")} options={[{ id: "open", label: t("promised.shown.open") }, { id: "over", label: t("promised.shown.over") }]} value={shown} onChange={setShown} />}
        {works && (
          <Button tone="primary" size="l" icon={PhoneForwarded} onPress={() => setBooking(true)}>
            {t("promised.book")}
          </Button>
        )}
      </header>
      <Tabs label={t("promised.title")} tabs={tabs} value={tab} onChange={setTab} className="min-h-0 grow" />
      {booking && <BookSheet queueId={queue} onClose={() => setBooking(false)} />}
    </Sheet>
  );
}
