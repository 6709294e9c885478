/** Which calendar holds for whom: the rules by queue, channel and language, and what holds for one of them at an instant, with why. */
import { ContactChannel, GLOBAL_CALENDAR } from "@tandem/protocol/hours";
import type { HoursRule, HoursState } from "@tandem/protocol/hours";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { differs } from "../admin/draft.ts";
import { Newer } from "../admin/draft-form.tsx";
import { nameIn, useLook } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { useUnsaved } from "../admin/unsaved.tsx";
import { useBase, useFollow } from "../admin/use-base.ts";
import type { Base } from "../admin/use-base.ts";
import { inWords, useAdminList, useHoursPreview, useHoursRules, useMe, useSaveHoursRules } from "../data/data.ts";
import type { AdminRows } from "../data/data.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { toast } from "../kit/toast.tsx";
import { DocumentPage, Part } from "../telephony/document-page.tsx";
import { Clock } from "./calendars.tsx";
import { levelsOf } from "./effective.ts";
import { InstantField } from "./instant-field.tsx";
import { zoneMoment } from "./zones.ts";

type Calendars = readonly AdminRows["calendars"][];
const ANY = "";
const LANGUAGES = ["fr", "en"] as const;

export function HoursPage(): ReactNode {
  const look = useLook();
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const calendars = useAdminList("calendars");
  const rules = useHoursRules();
  const failed = [calendars, rules].find((query) => query.isError && query.data === undefined);
  return (
    <DocumentPage title={t("admin.hours")} readOnly={mayEdit ? null : t("admin.readOnly")}>
      {failed !== undefined ? (
        <ReadFailed query={failed} className="m-4" />
      ) : calendars.data === undefined || rules.data === undefined ? (
        <Skeleton rows={8} className="p-4" />
      ) : (
        <div className="flex max-w-[60rem] flex-col gap-8 p-4">
          <WhatHolds calendars={calendars.data} rules={rules.data} look={look} />
          <Rules calendars={calendars.data} stored={rules.data} mayEdit={mayEdit} look={look} />
        </div>
      )}
    </DocumentPage>
  );
}

export function StateChip({ state, look }: { state: HoursState; look: Look }): ReactNode {
  return <Chip tone={state === "open" ? "jade" : state === "holiday" ? "plum" : "plain"}>{look.t(`admin.hours.state.${state}`)}</Chip>;
}

/** "ouvre lun. 09:00" */
function changeWords(hours: { state: HoursState; nextOpenMs: number | null; nextChangeMs: number | null }, zone: string, { t, language }: Look): string {
  const at = (ms: number): string => zoneMoment(zone, ms, language);
  if (hours.state === "open") return hours.nextChangeMs === null ? t("admin.hours.always") : t("admin.hours.closes", { when: at(hours.nextChangeMs) });
  return hours.nextOpenMs === null ? t("admin.hours.never") : t("admin.hours.opens", { when: at(hours.nextOpenMs) });
}

function WhatHolds({ calendars, rules, look }: { calendars: Calendars; rules: readonly HoursRule[]; look: Look }): ReactNode {
  const { t, queues } = look;
  const [chosen, setChosen] = useState<string | null>(null);
  const [channel, setChannel] = useState<ContactChannel>("ivr");
  const [language, setLanguage] = useState<"fr" | "en">(look.language);
  const [atMs, setAtMs] = useState<number | null>(null);
  const queueId = chosen ?? queues[0]?.id ?? "";
  const preview = useHoursPreview(atMs, language);
  const mine = preview.data?.find((one) => one.queueId === queueId && one.channel === channel);
  const levels = levelsOf(rules, { queueId, channel, language });
  const holding = levels.find(({ rule }) => rule !== null) ?? levels.at(-1);
  const calendar = calendars.find(({ id }) => id === (mine?.calendarId ?? holding?.rule?.calendarId ?? GLOBAL_CALENDAR));
  return (
    <Part title={t("admin.hours.now")} hint={t("admin.hours.now.hint")}>
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-52">
          <Select label={t("admin.hours.queue")} value={queueId} options={queues.map(({ id, name }) => ({ id, label: name }))} onChange={setChosen} />
        </div>
        <div className="w-52">
          <Select label={t("admin.hours.channel")} value={channel} options={ContactChannel.options.map((id) => ({ id, label: t(`admin.channel.${id}`) }))} onChange={setChannel} />
        </div>
        <div className="pb-0.5">
          <Segmented label={t("admin.hours.language")} value={language} options={LANGUAGES.map((id) => ({ id, label: t(`everywhere.language.${id}`) }))} onChange={setLanguage} />
        </div>
        <InstantField atMs={atMs} onChange={setAtMs} look={look} />
      </div>
      {preview.isError ? (
        <ReadFailed query={preview} />
      ) : (
        mine !== undefined &&
        calendar !== undefined && (
          <div className="grid grid-cols-[1fr_19rem] gap-4 max-stack:grid-cols-1">
            <div role="status" className="flex flex-col gap-2 rounded-card border border-line p-4">
              <div className="flex flex-wrap items-center gap-2">
                <StateChip state={mine.hours.state} look={look} />
                <span className="text-body font-semibold">{changeWords(mine.hours, calendar.zone, look)}</span>
              </div>
              {mine.hours.why !== null && <p className="text-body">{t("admin.hours.why", { name: mine.hours.why })}</p>}
              <p className="text-control text-ink-2">
                {t("admin.hours.by", { name: calendar.name })} · {atMs === null ? <Clock zone={calendar.zone} look={look} /> : zoneMoment(calendar.zone, atMs, look.language)} · <span className="font-mono text-meta">{calendar.zone}</span>
              </p>
            </div>
            <ol aria-label={t("admin.hours.levels")} className="flex flex-col rounded-card border border-line py-1">
              {levels.map(({ who, rule }, i) => {
                const holds = holding !== undefined && holding.who === who;
                return (
                  <li key={`${who.queueId} ${who.channel} ${who.language}`} aria-current={holds} className={cx("flex h-6.5 items-center gap-2 px-2.5 text-control", holds ? "bg-acc-soft font-medium text-acc-2" : rule === null ? "text-ink-3" : "text-ink-2 line-through")}>
                    <span className="w-3 text-meta tabular-nums">{i + 1}</span>
                    <span className="grow">{levelWords(who, look)}</span>
                    <span className="truncate text-meta">{rule !== null ? nameIn(calendars, rule.calendarId) : i === levels.length - 1 ? nameIn(calendars, GLOBAL_CALENDAR) : "—"}</span>
                  </li>
                );
              })}
            </ol>
          </div>
        )
      )}
    </Part>
  );
}

function levelWords(who: Pick<HoursRule, "queueId" | "channel" | "language">, { t }: Look): string {
  const named = [who.queueId !== null && t("admin.hours.queue"), who.channel !== null && t("admin.hours.channel"), who.language !== null && t("admin.hours.language")].filter((word) => word !== false);
  return named.length === 0 ? t("admin.hours.centre") : named.map((word, i) => (i === 0 ? word : word.toLowerCase())).join(", ");
}

interface RulesProps {
  calendars: Calendars;
  stored: readonly HoursRule[];
  mayEdit: boolean;
  look: Look;
}
function Rules(props: RulesProps): ReactNode {
  const from = useBase(props.stored);
  return <RulesForm key={JSON.stringify(from.base)} {...props} from={from} />;
}

/** Rows of a table: any change is sent with all the others. */
function RulesForm({ calendars, from, mayEdit, look }: RulesProps & { from: Base<readonly HoursRule[]> }): ReactNode {
  const { t, queues } = look;
  const stored = from.base;
  const [rules, setRules] = useState(stored);
  const save = useSaveHoursRules();
  const { unsaved, asks, saved, saveButton } = useFollow(from, rules, differs(rules, stored), save.isPending);
  useUnsaved(unsaved);
  const any = { id: ANY, label: t("admin.hours.any") };
  const change = (at: number, part: Partial<HoursRule>): void => setRules(rules.map((rule, i) => (i === at ? { ...rule, ...part } : rule)));
  const keys = rules.map((rule) => `${rule.queueId} ${rule.channel} ${rule.language}`);
  const twice = new Set(keys.filter((key, i) => keys.indexOf(key) !== i));
  const everybody = rules.find(({ queueId, channel, language }) => queueId === null && channel === null && language === null);
  const done = (): void => {
    toast("good", t("admin.hours.rules.saved"));
    saved();
  };
  const send = (): void => save.mutate(rules, { onSuccess: done });
  return (
    <Part title={t("admin.hours.rules")} hint={t("admin.hours.rules.hint")}>
      {asks && <Newer onTake={from.take} />}
      <fieldset disabled={!mayEdit} className="contents">
        <ul aria-label={t("admin.hours.rules")} className="flex flex-col gap-2">
          {rules.map((rule, i) => {
            const same = twice.has(`${rule.queueId} ${rule.channel} ${rule.language}`);
            return (
              // oxlint-disable-next-line react/no-array-index-key -- a rule is its place
              <li key={i} className="flex flex-col gap-1">
                <div className="grid grid-cols-[1.3fr_1.2fr_1fr_auto_1.3fr_auto] items-center gap-2">
                  <Select hideLabel label={t("admin.hours.rule.queue", { n: i + 1 })} value={rule.queueId ?? ANY} options={[{ ...any, label: t("admin.hours.any.queue") }, ...queues.map(({ id, name }) => ({ id, label: name }))]} onChange={(id) => change(i, { queueId: id === ANY ? null : id })} />
                  <Select hideLabel label={t("admin.hours.rule.channel", { n: i + 1 })} value={rule.channel ?? ANY} options={[{ ...any, label: t("admin.hours.any.channel") }, ...ContactChannel.options.map((id) => ({ id, label: t(`admin.channel.${id}`) }))]} onChange={(id) => change(i, { channel: ContactChannel.options.find((one) => one === id) ?? null })} />
                  <Select hideLabel label={t("admin.hours.rule.language", { n: i + 1 })} value={rule.language ?? ANY} options={[{ ...any, label: t("admin.hours.any.language") }, ...LANGUAGES.map((id) => ({ id, label: t(`everywhere.language.${id}`) }))]} onChange={(id) => change(i, { language: LANGUAGES.find((one) => one === id) ?? null })} />
                  <span aria-hidden className="text-ink-3">
                    →
                  </span>
                  <Select hideLabel label={t("admin.hours.rule.calendar", { n: i + 1 })} value={rule.calendarId} options={calendars.map(({ id, name }) => ({ id, label: name }))} onChange={(calendarId) => change(i, { calendarId })} />
                  <IconButton icon={X} label={t("admin.remove", { name: t("admin.hours.rule", { n: i + 1 }) })} isDisabled={!mayEdit} onPress={() => setRules(rules.filter((_, at) => at !== i))} />
                </div>
                {(same || rule === everybody) && (
                  <p role="alert" className="text-meta text-alert-ink">
                    {t(rule === everybody ? "admin.hours.rules.everybody" : "admin.hours.rules.twice")}
                  </p>
                )}
              </li>
            );
          })}
        </ul>
        {rules.length === 0 && <p className="text-control text-ink-2">{t("admin.hours.rules.none")}</p>}
        {save.isError && (
          <p role="alert" className="text-meta text-alert-ink">
            {inWords(save.error)}
          </p>
        )}
        {mayEdit && (
          <div className="flex items-center gap-2">
            <Button tone="soft" icon={Plus} onPress={() => setRules([...rules, { queueId: queues[0]?.id ?? null, channel: null, language: null, calendarId: GLOBAL_CALENDAR }])}>
              {t("admin.hours.rules.add")}
            </Button>
            <span className="grow" />
            {differs(rules, stored) && (
              <Button size="l" tone="ghost" onPress={() => setRules(stored)}>
                {t("admin.document.undo")}
              </Button>
            )}
            <Button ref={saveButton} size="l" tone="primary" isDisabled={save.isPending || twice.size > 0 || everybody !== undefined} onPress={send}>
              {t("everywhere.save")}
            </Button>
          </div>
        )}
      </fieldset>
    </Part>
  );
}
