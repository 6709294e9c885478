/** Each queue outside hours and when it is too busy: what holds, whose word it is, and its sheet to change it. */
import type { ContactChannel, OverCapacity, Redirection } from "@tandem/protocol/hours";
import { useState } from "react";
import type { ReactNode } from "react";
import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components";
import { Group } from "../admin/fields.tsx";
import type { Look } from "../admin/kind-page.ts";
import { UnsavedArea, useLeave } from "../admin/unsaved.tsx";
import { useOwnSettings, useQueueSetting } from "../data/data.ts";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { Segmented } from "../kit/segmented.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Select } from "../kit/select.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Switch } from "../kit/switch.tsx";
import { CapacityFields, ShareFields } from "./capacity-fields.tsx";
import { effectiveOf } from "./effective.ts";
import { SaysField } from "./says-field.tsx";
import { SettingForm } from "./setting-form.tsx";
import type { SettingFieldsProps } from "./setting-form.tsx";
import { CallField, isDialled, MobileField, wayWords } from "./way-fields.tsx";

const CHANNELS = ["ivr", "mobile", "web", "chat", "sms"] as const satisfies readonly ContactChannel[];

export function DeflectionQueues({ look }: { look: Look }): ReactNode {
  const { t, queues } = look;
  const centre = useQueueSetting("deflection", null);
  const busy = useQueueSetting("over-capacity", null);
  const own = useOwnSettings("queue-deflection");
  const ownBusy = useOwnSettings("over-capacity");
  const shares = useOwnSettings("redirection");
  const [open, setOpen] = useState<string | null>(null);
  const failed = [centre, busy, own, ownBusy, shares].find((query) => query.isError && query.data === undefined);
  if (failed !== undefined) return <ReadFailed query={failed} className="m-4" />;
  if (centre.data === undefined || own.data === undefined || busy.data === undefined || ownBusy.data === undefined || shares.data === undefined) return <Skeleton rows={8} className="p-4" />;
  const global = centre.data.body;
  const column = "sticky top-0 z-10 h-[1.8125rem] bg-surface px-2 text-left text-meta font-normal whitespace-nowrap text-ink-3 shadow-[inset_0_-1px_0_var(--line)] outline-offset-[-2px] first:pl-4 last:pr-4";
  const opened = queues.find(({ id }) => id === open);
  return (
    <div className="flex flex-col">
      <p className="px-4 py-2 text-meta text-ink-3">{t("admin.deflection.queues.hint")}</p>
      <Table aria-label={t("admin.deflection.queues")} className="w-full table-fixed border-collapse text-control" onRowAction={(key) => setOpen(String(key))}>
        <TableHeader>
          <Column isRowHeader className={cx(column, "w-44")}>
            {t("admin.hours.queue")}
          </Column>
          {CHANNELS.map((channel) => (
            <Column key={channel} id={channel} className={column}>
              {t(`admin.channel.${channel}`)}
            </Column>
          ))}
          <Column id="busy" className={column}>
            {t("admin.capacity")}
          </Column>
          <Column id="shares" className={cx(column, "w-24")}>
            {t("admin.shares.short")}
          </Column>
        </TableHeader>
        <TableBody>
          {queues.map(({ id, name }) => (
            <Row key={id} id={id} textValue={name} className="cursor-default border-b border-line outline-offset-[-2px] data-hovered:bg-sunken data-pressed:bg-fill">
              <Cell className="truncate py-2 pr-2 pl-4 align-top font-medium outline-offset-[-2px]">{name}</Cell>
              {CHANNELS.map((channel) => {
                const { way, from } = effectiveOf(channel, global, own.data[id] ?? null, id);
                return (
                  <Cell key={channel} className="px-2 py-1.5 align-top outline-offset-[-2px]">
                    <Whose words={wayWords(way, look)} from={from} none={way.kind === "waits"} look={look} />
                  </Cell>
                );
              })}
              <Cell className="px-2 py-1.5 align-top outline-offset-[-2px]">
                <Whose words={capacityWords(ownBusy.data[id] ?? busy.data.body, look)} from={ownBusy.data[id] === undefined ? "centre" : "queue"} none={!(ownBusy.data[id] ?? busy.data.body).enabled} look={look} />
              </Cell>
              <Cell className="py-2 pr-4 pl-2 align-top text-ink-2 tabular-nums outline-offset-[-2px]">{shareWords(shares.data[id] ?? null, look)}</Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
      {opened !== undefined && <QueueSheet id={opened.id} name={opened.name} onClose={() => setOpen(null)} look={look} />}
    </div>
  );
}

/** The value, and under it whose it is. */
function Whose({ words, from, none, look }: { words: string; from: "queue" | "centre"; none: boolean; look: Look }): ReactNode {
  return (
    <span className="flex min-w-0 flex-col items-start gap-0.5">
      <span title={words} className={cx("line-clamp-3", none ? "text-ink-3" : "text-ink")}>{words}</span>
      {from === "queue" ? <Chip tone="acc">{look.t("admin.service.from.queue")}</Chip> : <span className="text-meta text-ink-3">{look.t("admin.service.from.centre.short")}</span>}
    </span>
  );
}

function capacityWords({ enabled, longestWaitMs, length, agents }: OverCapacity, { t, format }: Look): string {
  if (!enabled) return t("admin.capacity.off");
  const when = [longestWaitMs !== null && t("admin.capacity.row.wait", { time: format.duration(longestWaitMs) }), length !== null && t("admin.capacity.row.length", { n: length }), agents !== null && t(`admin.capacity.agents.${agents}`)].filter((word) => word !== false);
  return when.length === 0 ? t("admin.capacity.row.never") : when.join(", ");
}

function shareWords(redirection: Redirection | null, { format }: Look): string {
  const shares = redirection?.shares ?? [];
  return shares.length === 0 ? "—" : shares.map(({ percent }) => format.percent(percent / 100, 1)).join(" + ");
}

interface SheetProps {
  id: string;
  name: string;
  onClose: () => void;
  look: Look;
}
function QueueSheet(props: SheetProps): ReactNode {
  return <UnsavedArea>{(question) => <Sheet {...props} question={question} />}</UnsavedArea>;
}

function Sheet({ id, name, onClose, look, question }: SheetProps & { question: ReactNode | null }): ReactNode {
  const { t } = look;
  const leave = useLeave();
  return (
    <SideSheet isOpen bare width="record" title={name} subtitle={t("admin.deflection")} onClose={() => leave(onClose)} {...(question === null ? {} : { foot: question })}>
      <div className="min-h-0 grow divide-y divide-line overflow-auto">
        <SettingForm kind="queue-deflection" queueId={id} errors={{ ivr: "admin.error.service.way", mobile: "admin.error.service.mobile", sms: "admin.error.service.words", virtualAgent: "admin.error.service.value" }} Fields={QueueDeflectionFields} look={look} title={t("admin.deflection.outside")} />
        <SettingForm kind="over-capacity" queueId={id} errors={{ longestWaitMs: "admin.error.service.value", length: "admin.error.service.value", then: "admin.error.service.then" }} Fields={CapacityFields} look={look} title={t("admin.capacity")} />
        <SettingForm kind="redirection" queueId={id} errors={{ shares: "admin.error.service.shares" }} Fields={ShareFields} look={look} title={t("admin.shares")} />
        <SettingForm kind="pages" queueId={id} errors={{}} Fields={PagesFields} look={look} title={t("admin.fromPages")} />
      </div>
    </SideSheet>
  );
}

function PagesFields({ draft, set, look }: SettingFieldsProps<"pages">): ReactNode {
  return (
    <Group hideLabel label={look.t("admin.fromPages")} hint={look.t("admin.fromPages.hint")}>
      <Switch isSelected={draft.reachable} onChange={(reachable) => set({ reachable })}>
        {look.t("admin.fromPages.reachable")}
      </Switch>
    </Group>
  );
}

function QueueDeflectionFields({ draft, set, error, queueId, look }: SettingFieldsProps<"queue-deflection">): ReactNode {
  const { t } = look;
  const { ivr, mobile, sms, virtualAgent } = draft;
  const own = mobile === null ? "centre" : mobile === "off" ? "off" : "own";
  const assistants = useQueueSetting("flow-outside", null).data?.body.assistants ?? [];
  const first = look.queues.find(({ id }) => id !== queueId)?.id ?? "";
  return (
    <>
      <CallField label={t("admin.channel.ivr")} value={ivr ?? "centre"} error={error("ivr")} others={[{ id: "centre", label: t("admin.deflection.as.centre") }, { id: "off", label: t("admin.deflection.as.off") }]} queueId={queueId} onChange={(way) => set({ ivr: way === "centre" ? null : way })} look={look} />
      {error("ivr") !== null && !(ivr !== null && ivr !== "off" && ivr.kind === "number" && !isDialled(ivr.number)) && <p className="-mt-3 text-meta text-alert-ink">{error("ivr")}</p>}
      <Group label={t("admin.channel.mobile")} error={error("mobile")}>
        <div>
          <Segmented
            label={t("admin.channel.mobile")}
            value={own}
            options={[{ id: "centre", label: t("admin.deflection.as.centre") }, { id: "own", label: t("admin.deflection.as.own") }, { id: "off", label: t("admin.deflection.as.off") }]}
            onChange={(whose) => set({ mobile: whose === "centre" ? null : whose === "off" ? "off" : { to: "queue", queueId: first } })}
          />
        </div>
        {mobile !== null && mobile !== "off" && <MobileField label={t("admin.deflection.mobile")} value={mobile} queueId={queueId} onChange={(value) => set({ mobile: value })} look={look} />}
      </Group>
      <Group label={t("admin.channel.web")}>
        <p className="text-control text-ink-2">{t("admin.deflection.web.centre")}</p>
      </Group>
      <Group label={t("admin.channel.sms")} error={error("sms")}>
        <Switch isSelected={sms?.enabled === true} onChange={(enabled) => set({ sms: sms === null ? { enabled, message: { sounds: {} } } : { ...sms, enabled } })}>
          {t("admin.deflection.sms.on")}
        </Switch>
        {sms?.enabled === true && <SaysField label={t("admin.deflection.sms.message")} value={sms.message} onChange={(message) => set({ sms: { ...sms, message } })} look={look} />}
      </Group>
      <Group label={t("admin.virtual")} hint={t("admin.virtual.hint")} error={error("virtualAgent")}>
        <div className="w-72">
          <Select hideLabel label={t("admin.virtual")} value={virtualAgent?.assistantId ?? ""} options={[{ id: "", label: t("admin.virtual.none") }, ...assistants.map(({ id, name }) => ({ id, label: name }))]} onChange={(assistantId) => set({ virtualAgent: assistantId === "" ? null : { assistantId, availability: virtualAgent?.availability ?? "hours" } })} />
        </div>
        {virtualAgent !== null && (
          <div>
            <Segmented label={t("admin.virtual.when")} value={virtualAgent.availability} options={[{ id: "hours", label: t("admin.virtual.hours") }, { id: "always", label: t("admin.virtual.always") }]} onChange={(availability) => set({ virtualAgent: { ...virtualAgent, availability } })} />
          </div>
        )}
      </Group>
    </>
  );
}
