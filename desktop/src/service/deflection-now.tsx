/** What would happen at an instant to who comes, by queue and channel, and what leaves nobody reachable. */
import { ContactChannel } from "@tandem/protocol/hours";
import type { DeflectionPreview } from "@tandem/protocol/hours";
import { ArrowRight, CircleAlert, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { nameIn } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { useDeflectionProblems, useHoursPreview } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Notice } from "../kit/notice.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Scroller } from "../kit/scroller.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { InstantField } from "./instant-field.tsx";

const LANGUAGES = ["fr", "en"] as const;

export function DeflectionNow({ look }: { look: Look }): ReactNode {
  const { t, queues } = look;
  const [atMs, setAtMs] = useState<number | null>(null);
  const [language, setLanguage] = useState<"fr" | "en">(look.language);
  const preview = useHoursPreview(atMs, language);
  return (
    <div className="flex flex-col gap-4 p-4">
      <Problems look={look} />
      <div className="flex flex-wrap items-end gap-3">
        <InstantField atMs={atMs} onChange={setAtMs} look={look} />
        <div className="pb-0.5">
          <Segmented label={t("admin.hours.language")} value={language} options={LANGUAGES.map((id) => ({ id, label: t(`everywhere.language.${id}`) }))} onChange={setLanguage} />
        </div>
        <p className="grow pb-1.5 text-meta text-ink-3">{t("admin.deflection.now.hint")}</p>
      </div>
      {preview.data === undefined ? (
        preview.isError ? (
          <ReadFailed query={preview} />
        ) : (
          <Skeleton rows={8} />
        )
      ) : (
        <Scroller label={t("admin.deflection.now")} className="rounded-card border border-line">
          <table className="w-full min-w-[52rem] table-fixed border-collapse text-control">
            <thead>
              <tr className="text-left text-meta text-ink-3">
                <th scope="col" className="w-44 px-3 py-1.5 font-normal">
                  {t("admin.hours.queue")}
                </th>
                {ContactChannel.options.map((channel) => (
                  <th key={channel} scope="col" className="px-2 py-1.5 font-normal">
                    {t(`admin.channel.${channel}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {queues.map(({ id, name }) => (
                <tr key={id} className="border-t border-line">
                  <th scope="row" className="truncate px-3 py-1.5 text-left font-medium">
                    {name}
                  </th>
                  {ContactChannel.options.map((channel) => (
                    <td key={channel} className="px-2 py-1.5 align-top">
                      <Outcome of={preview.data.find((one) => one.queueId === id && one.channel === channel)} look={look} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </div>
  );
}

/** The state in a glyph and a word, and under it where they go. */
function Outcome({ of, look }: { of: DeflectionPreview | undefined; look: Look }): ReactNode {
  const { t, queues } = look;
  if (of === undefined) return <span className="text-ink-3">—</span>;
  const { hours, deflected, queueId } = of;
  return (
    <span className="flex min-w-0 flex-col" title={hours.why ?? undefined}>
      <span className="flex items-center gap-1.5">
        <span aria-hidden className={cx("size-2 shrink-0 rounded-full", hours.state === "open" ? "bg-jade" : hours.state === "holiday" ? "rotate-45 rounded-none bg-plum" : "border-2 border-off")} />
        <span className={cx("truncate", hours.state !== "open" && "text-ink-2")}>{hours.state === "holiday" && hours.why !== null ? hours.why : t(`admin.hours.state.${hours.state}`)}</span>
      </span>
      {deflected !== null ? (
        <span className="flex items-start gap-1 text-meta text-acc-2">
          <ArrowRight size={12} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0">
            {deflected.queueId !== queueId && `${nameIn(queues, deflected.queueId)}${deflected.goes === "queue" ? "" : ", "}`}
            {deflected.goes !== "queue" && t(`admin.deflection.goes.${deflected.goes}`)}
            {deflected.why !== "closed" && deflected.why !== "holiday" && <span className="block text-ink-3">{t(`admin.deflection.why.${deflected.why}`)}</span>}
          </span>
        </span>
      ) : (
        hours.state !== "open" && <span className="text-meta text-ink-3">{t("admin.deflection.to.waits")}</span>
      )}
    </span>
  );
}

/** The first ones, so that the page beneath is seen. */
const SHOWN = 6;
function Problems({ look }: { look: Look }): ReactNode {
  const { t, language } = look;
  const problems = useDeflectionProblems();
  const [every, setEvery] = useState(false);
  if (problems.isError && problems.data === undefined) return <ReadFailed query={problems} />;
  const all = problems.data ?? [];
  if (all.length === 0) return null;
  const errors = all.filter(({ severity }) => severity === "error");
  return (
    <Notice tone={errors.length > 0 ? "alert" : "watch"} icon={errors.length > 0 ? CircleAlert : TriangleAlert} role="note">
      <p className="font-semibold">{t("admin.deflection.problems", { n: all.length })}</p>
      <ul className="mt-1 flex flex-col gap-0.5">
        {(every ? all : all.slice(0, SHOWN)).map(({ severity, words }) => (
          <li key={words.en}>
            {severity === "error" && <span className="font-medium text-alert-ink">{t("admin.deflection.problem.error")} </span>}
            {words[language]}
          </li>
        ))}
      </ul>
      {!every && all.length > SHOWN && (
        <Button size="s" tone="ghost" className="mt-1" onPress={() => setEvery(true)}>
          {t("admin.deflection.problems.more", { n: all.length - SHOWN })}
        </Button>
      )}
    </Notice>
  );
}
