import type { BorderNotice } from "@tandem/protocol";
import { ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { useBorderNotices, useNow } from "../data/data.ts";
import { keyIfKnown } from "../i18n/i18n.ts";
import { Chip } from "../kit/chip.tsx";
import type { ChipTone } from "../kit/chip.tsx";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";

const tones: Record<BorderNotice["kind"], ChipTone> = { banned: "alert", guessing: "amber", fraud: "alert", flood: "amber", calls: "amber" };

/** The word of a code of the wire, or the code. */
export function whyWords(why: string, { t }: Look): string {
  const key = keyIfKnown(`admin.notice.why.${why}`);
  return key === null ? why : t(key);
}

/** What the border told administrators, newest first. */
export function Notices({ look }: { look: Look }): ReactNode {
  const { t, format } = look;
  const asked = useBorderNotices();
  const now = useNow(60_000);
  if (asked.data === undefined) return <NotRead query={asked} rows={8} />;
  const notices = asked.data;
  if (notices.length === 0)
    return (
      <div className="pt-[10vh]">
        <Empty icon={ShieldCheck} title={t("admin.notices.none")}>
          {t("admin.notices.none.help")}
        </Empty>
      </div>
    );
  return (
    <ul className="flex flex-col divide-y divide-line">
      {notices.map((notice) => (
        <li key={`${notice.atMs} ${notice.kind} ${notice.address} ${notice.account} ${notice.number}`} className="flex items-center gap-3 px-4 py-2 text-control">
          <span className="w-20 shrink-0 text-meta text-ink-3">{format.when(notice.atMs, now)}</span>
          <span className="w-36 shrink-0">
            <Chip tone={tones[notice.kind]}>{t(`admin.notice.${notice.kind}`)}</Chip>
          </span>
          <span className="min-w-0 grow truncate">{whyWords(notice.kind === "flood" ? "flood" : notice.why, look)}</span>
          <span className="min-w-0 truncate font-mono text-meta text-ink-2">{[notice.account, notice.number === "" ? "" : format.phone(notice.number), notice.address].filter(Boolean).join(" · ")}</span>
          {notice.count > 1 && <span className="text-meta text-ink-3">{t("admin.notice.times", { n: format.number(notice.count) })}</span>}
        </li>
      ))}
    </ul>
  );
}
