/** Calls of the telephone system: those under way, then the history, newest first. The centre's contacts have their own timelines. */
import type { CallRecord } from "@tandem/protocol";
import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight, PhoneCall } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { nameIn, useLook } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { useCallHistory, useNow, useTelephonyNow } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import type { ChipTone } from "../kit/chip.tsx";
import { Empty } from "../kit/notice.tsx";
import { Timer } from "../kit/num.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { LadderButton } from "../ladder/ladder-button.tsx";
import { DocumentPage } from "./document-page.tsx";

const ways: Record<CallRecord["direction"], LucideIcon> = { in: ArrowDownLeft, out: ArrowUpRight, internal: ArrowLeftRight };
const tones: Record<CallRecord["result"], ChipTone> = { answered: "jade", missed: "amber", busy: "plain", declined: "plain", unreachable: "plain", blocked: "alert", voicemail: "sky", cancelled: "plain", failed: "alert", cut: "alert" };

export function CallsPage(): ReactNode {
  const look = useLook();
  const { t } = look;
  const calls = useCallHistory();
  const rows = calls.data?.pages.flat() ?? [];
  return (
    <DocumentPage title={t("admin.calls")} readOnly={null}>
      <Now look={look} />
      {calls.data === undefined ? (
        <NotRead query={calls} rows={8} />
      ) : rows.length === 0 ? (
        <div className="pt-[10vh]">
          <Empty icon={PhoneCall} title={t("admin.calls.none")}>
            {t("admin.calls.none.help")}
          </Empty>
        </div>
      ) : (
        <>
          <table aria-label={t("admin.calls")} className="w-full table-fixed border-collapse text-control">
            <thead>
              <tr className="text-left text-meta text-ink-3">
                {(["when", "from", "to", "result", "duration", "trunk"] as const).map((column) => (
                  <th key={column} scope="col" className="sticky top-0 z-10 h-[1.8125rem] truncate bg-surface px-2 font-normal shadow-[inset_0_-1px_0_var(--line)] first:w-36 first:pl-4 nth-4:w-36 nth-5:w-24 nth-6:w-40">
                    {t(`admin.calls.${column}`)}
                  </th>
                ))}
                <th scope="col" className="sticky top-0 z-10 w-12 bg-surface shadow-[inset_0_-1px_0_var(--line)]">
                  <span className="sr-only">{t("ladder.open")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Line key={row.id} row={row} look={look} />
              ))}
            </tbody>
          </table>
          {calls.hasNextPage && (
            <div className="p-4">
              <Button isDisabled={calls.isFetchingNextPage} onPress={() => void calls.fetchNextPage()}>
                {t("admin.calls.earlier")}
              </Button>
            </div>
          )}
        </>
      )}
    </DocumentPage>
  );
}

function Party({ name, number, look: { format, t } }: { name: string; number: string; look: Look }): ReactNode {
  const shown = number === "" ? t("admin.calls.hidden") : format.phone(number);
  return (
    <>
      {name === "" || name === number ? shown : name}
      {name !== "" && name !== number && <span className="ml-1.5 text-meta text-ink-3">{shown}</span>}
    </>
  );
}

function Line({ row, look }: { row: CallRecord; look: Look }): ReactNode {
  const { t, format, trunks } = look;
  const now = useNow(60_000);
  const Way = ways[row.direction];
  const talkMs = row.answeredAtMs === null || row.endedAtMs === null ? null : row.endedAtMs - row.answeredAtMs;
  return (
    <tr className="h-[1.9375rem] border-b border-line text-ink-2">
      <td className="truncate px-2 pl-4">
        <span className="flex items-center gap-1.5">
          <Way size={14} aria-hidden className="shrink-0 text-ink-3" />
          <span className="sr-only">{t(`admin.calls.direction.${row.direction}`)}</span>
          {format.when(row.startedAtMs, now)}
        </span>
      </td>
      <td className="truncate px-2 text-ink">
        <Party name={row.fromName} number={row.fromNumber} look={look} />
      </td>
      <td className="truncate px-2 text-ink">
        <Party name={row.toName} number={row.toNumber} look={look} />
      </td>
      <td className="px-2">
        <Chip tone={tones[row.result]}>{t(`admin.calls.result.${row.result}`)}</Chip>
      </td>
      <td className="truncate px-2 tabular-nums">{talkMs === null ? "—" : format.timer(talkMs)}</td>
      <td className="truncate px-2">{row.trunkId === null ? "—" : nameIn(trunks, row.trunkId)}</td>
      <td className="px-2 text-right">
        <LadderButton callId={row.id} small />
      </td>
    </tr>
  );
}

function Now({ look }: { look: Look }): ReactNode {
  const { t } = look;
  const live = useTelephonyNow().data;
  if (live === undefined || (live.calls.length === 0 && live.parked.length === 0)) return null;
  return (
    <section aria-labelledby="calls-now" className="border-b border-line bg-sunken px-4 py-3">
      <h3 id="calls-now" className="mb-1.5 text-control font-medium">
        {t("admin.calls.now")}
      </h3>
      <ul className="flex flex-col gap-1">
        {live.calls.map((call) => (
          <li key={call.id} className="flex items-center gap-2 text-control">
            <span className="min-w-0 truncate">
              <Party name={call.fromName} number={call.fromNumber} look={look} /> → <Party name={call.toName} number={call.toNumber} look={look} />
            </span>
            <span className="grow" />
            <span className="text-meta text-ink-3">{t(call.answeredAtMs === null ? "admin.phoneState.ringing" : "admin.phoneState.busy")}</span>
            <Timer sinceMs={call.answeredAtMs ?? call.startedAtMs} className="w-14 text-right text-meta text-ink-2" />
            <LadderButton callId={call.id} small />
          </li>
        ))}
        {live.parked.map((parked) => (
          <li key={parked.slot} className="flex items-center gap-2 text-control">
            <Party name={parked.name} number={parked.number} look={look} />
            <span className="grow" />
            <Chip tone="amber">{t("admin.calls.parked", { slot: parked.slot })}</Chip>
          </li>
        ))}
      </ul>
    </section>
  );
}
