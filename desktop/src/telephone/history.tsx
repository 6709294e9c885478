import type { CallRecord } from "@tandem/protocol";
import { ArrowDownLeft, ArrowUpRight, Phone, PhoneCall, PhoneMissed } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useMyCalls, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { Switch } from "../kit/switch.tsx";
import { LadderButton } from "../ladder/ladder-button.tsx";
import { dial } from "../phone/phone.ts";
import { useNamed } from "./party.ts";
import { useFrozen } from "./use-frozen.ts";

/** Somebody called me and was not answered. */
const missed = (call: CallRecord, mine: string): boolean => call.fromNumber !== mine && (call.result === "missed" || call.result === "cancelled" || call.result === "busy" || call.result === "unreachable");

/** My calls, newest first; a click on the name calls back. */
export function History({ mine }: { mine: string }): ReactNode {
  const t = useT();
  const calls = useMyCalls();
  const [onlyMissed, setOnlyMissed] = useState(false);
  const all = calls.data?.pages.flat() ?? [];
  const rows = onlyMissed ? all.filter((call) => missed(call, mine)) : all;
  const byId = new Map(rows.map((call) => [call.id, call]));
  const frozen = useFrozen(rows.map(({ id }) => id));
  if (calls.data === undefined) return <NotRead query={calls} rows={8} />;
  if (all.length === 0)
    return (
      <div className="pt-[8vh]">
        <Empty icon={PhoneCall} title={t("telephone.history.none")}>
          {t("telephone.history.none.help")}
        </Empty>
      </div>
    );
  return (
    <div {...frozen.bind}>
      <div className="flex h-10 items-center gap-3 px-4">
        <Switch isSelected={onlyMissed} onChange={setOnlyMissed}>
          {t("telephone.history.only")}
        </Switch>
        <span className="grow" />
        {frozen.waiting.length > 0 && (
          <Button size="s" tone="soft" onPress={frozen.release}>
            {t("telephone.history.fresh", { n: frozen.waiting.length })}
          </Button>
        )}
      </div>
      <ul aria-label={t("telephone.history")}>
        {frozen.shown.map((id) => {
          const call = byId.get(id);
          return call === undefined ? null : <Row key={id} call={call} mine={mine} />;
        })}
      </ul>
      {calls.hasNextPage && (
        <div className="p-4">
          <Button isDisabled={calls.isFetchingNextPage} onPress={() => void calls.fetchNextPage()}>
            {t("telephone.history.earlier")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Row({ call, mine }: { call: CallRecord; mine: string }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const named = useNamed();
  const out = call.fromNumber === mine;
  const party = out ? { number: call.toNumber, name: call.toName } : { number: call.fromNumber, name: call.fromName };
  const { name, number } = named(party);
  const lost = missed(call, mine);
  const Way = lost ? PhoneMissed : out ? ArrowUpRight : ArrowDownLeft;
  const talkMs = call.answeredAtMs === null || call.endedAtMs === null ? null : call.endedAtMs - call.answeredAtMs;
  return (
    <li className="flex min-h-[3.25rem] items-center gap-3 border-b border-line px-4 py-1.5">
      <Way size={16} aria-hidden className={cx("shrink-0", lost ? "text-alert-ink" : "text-ink-3")} />
      <div className="min-w-0 grow">
        <p className="flex min-w-0 items-center gap-2">
          <span className={cx("truncate text-body font-medium", lost && "text-alert-ink")}>{name}</span>
          {lost ? <Chip tone="alert">{t("telephone.history.missed")}</Chip> : call.result === "answered" ? null : <Chip tone={call.result === "voicemail" ? "sky" : "plain"}>{t(out && call.result === "missed" ? "telephone.history.noAnswer" : `admin.calls.result.${call.result}`)}</Chip>}
        </p>
        <p className="truncate text-meta text-ink-2">
          <span className="sr-only">{t(`admin.calls.direction.${out ? "out" : "in"}`)} · </span>
          {[number, format.when(call.startedAtMs, now), talkMs === null ? "" : format.timer(talkMs)].filter((part) => part !== "").join(" · ")}
        </p>
      </div>
      <LadderButton callId={call.id} small />
      {party.number !== "" && (
        <Button tone="soft" icon={Phone} className="h-9 max-stack:size-11 max-stack:px-0" aria-label={t("telephone.history.callBack", { name })} onPress={() => dial(party.number, party.name)} />
      )}
    </li>
  );
}
