import type { TimelineEntry } from "@tandem/protocol";
import { History, Play, Star } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { api, useDispositions, useNow } from "../data/data.ts";
import { useFormat, useLanguage, useT } from "../i18n/i18n.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { LadderButton } from "../ladder/ladder-button.tsx";
import { useHandedTo } from "../kit/handed-to.ts";
import { Empty } from "../kit/notice.tsx";

/** So many at first; the rest on demand. */
const FIRST = 8;

/** Every contact of this customer, latest first: what it was about, how it ended, what was noted. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }): ReactNode {
  const t = useT();
  const [all, setAll] = useState(false);
  const sorted = entries.toSorted((a, b) => b.atMs - a.atMs);
  const shown = all ? sorted : sorted.slice(0, FIRST);
  if (entries.length === 0)
    return (
      <Empty icon={History} title={t("desk.timeline.empty")}>
        {t("desk.timeline.emptyExplain")}
      </Empty>
    );
  return (
    <>
      <ol>
        {shown.map((entry) => (
          <Entry key={entry.interactionId} entry={entry} />
        ))}
      </ol>
      {!all && sorted.length > FIRST && (
        <Button tone="ghost" onPress={() => setAll(true)}>
          {t("desk.timeline.more", { n: sorted.length - FIRST })}
        </Button>
      )}
    </>
  );
}

/** What a flow ended with, in words; null when it did not, or plainly. */
function useFlowEnd({ flowEnd, state }: TimelineEntry): string | null {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  if (!flowEnd || state !== "closed" || flowEnd.how === "ended") return null;
  if (flowEnd.how === "callback" && flowEnd.dueMs !== null) return t("desk.timeline.end.callbackAt", { when: format.when(flowEnd.dueMs, now) });
  return t(`desk.timeline.end.${flowEnd.how}`);
}

function Entry({ entry }: { entry: TimelineEntry }): ReactNode {
  const t = useT();
  const format = useFormat();
  const language = useLanguage();
  const now = useNow(60_000);
  const [playing, setPlaying] = useState(false);
  const disposition = useDispositions().find((d) => d.id === entry.disposition)?.label[language];
  const open = entry.state !== "closed";
  const bad = entry.closedWhy === "abandoned" || entry.closedWhy === "media-lost" || entry.closedWhy === "failed" || entry.closedWhy === "server-restarted";
  const ended = useFlowEnd(entry);
  const how = ended ?? (open ? t(entry.state === "wrapping" ? "everywhere.interaction.wrapping" : "desk.timeline.now") : bad ? t(`everywhere.closedWhy.${entry.closedWhy ?? "failed"}`) : (disposition ?? (entry.closedWhy === null || entry.closedWhy === "handed-over" ? "" : t(`everywhere.closedWhy.${entry.closedWhy}`))));
  const handed = useHandedTo(entry) ?? "";
  const line = entry.voicemail ? [format.duration(entry.voicemail.durationMs)] : [entry.reason === null ? "" : (entry.queueName ?? ""), entry.agentName ?? "", handed, how].filter((part) => part !== "");
  return (
    <li className="relative flex gap-3 pb-3 not-last:before:absolute not-last:before:top-[1.8125rem] not-last:before:-bottom-0 not-last:before:left-[0.6875rem] not-last:before:w-px not-last:before:bg-line-2">
      <span className={cx("relative mt-0.5 flex size-[1.4375rem] shrink-0 items-center justify-center rounded-full", open ? "bg-acc-soft text-acc" : bad ? "bg-alert-soft text-alert" : "bg-fill text-ink-2")}>
        <ChannelIcon medium={entry.medium} size={12} />
      </span>
      <div className="min-w-0 grow">
        <p className="flex items-baseline gap-2">
          <span className="min-w-0 grow truncate text-body">{entry.voicemail ? t("desk.timeline.voicemail", { name: entry.voicemail.extension }) : entry.reason ?? `${t(`everywhere.contact.${entry.medium}`)}${entry.queueName === null ? "" : ` · ${entry.queueName}`}`}</span>
          <span className="text-meta whitespace-nowrap text-ink-2">{format.when(entry.atMs, now)}</span>
        </p>
        <p className={cx("truncate text-meta", bad ? "text-alert-ink" : "text-ink-2")}>{line.join(" · ")}</p>
        {entry.notes !== "" && <p className="mt-0.5 line-clamp-3 text-meta text-ink-2">{entry.notes}</p>}
        {(entry.rating !== null || (entry.hasRecording && !open) || (entry.medium === "voice" && !entry.voicemail)) && (
          <p className="flex items-center gap-2">
            {entry.rating !== null && (
              <span className="flex items-center gap-1 text-meta text-ink-2">
                <Star size={12} aria-hidden className="fill-amber text-amber" />
                <span className="sr-only">{t("desk.timeline.rated")} </span>
                {entry.rating}/5
              </span>
            )}
            {entry.hasRecording && !open && !playing && <IconButton size="s" icon={Play} label={t("desk.timeline.listen")} onPress={() => setPlaying(true)} />}
            {entry.medium === "voice" && !entry.voicemail && <LadderButton callId={entry.interactionId} small />}
          </p>
        )}
        {playing && (
          // oxlint-disable-next-line jsx-a11y/media-has-caption -- a telephone recording has no captions to offer yet
          <audio controls autoPlay src={api.recordingUrl(entry.interactionId)} aria-label={t("desk.timeline.recordingOf", { when: format.when(entry.atMs, now) })} className="mt-1 h-8 w-full" />
        )}
      </div>
    </li>
  );
}
