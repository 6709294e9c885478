/** Over capacity: when a queue is too busy, and where its contacts go then; and the shares that always go elsewhere. */
import { ContactChannel } from "@tandem/protocol/hours";
import type { ByChannel, Redirection } from "@tandem/protocol/hours";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { CheckList, Group } from "../admin/fields.tsx";
import type { Look } from "../admin/kind-page.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { NumberField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { SaysField } from "./says-field.tsx";
import type { SettingFieldsProps } from "./setting-form.tsx";
import { CallField, MobileField, QueueSelect, WebField } from "./way-fields.tsx";

export function CapacityFields({ draft, set, error, queueId, look }: SettingFieldsProps<"over-capacity">): ReactNode {
  const { t } = look;
  const { then } = draft;
  // saved all the same, for somebody may go on tomorrow; but it is said that nothing comes of it
  const isNever = draft.longestWaitMs === null && draft.length === null && draft.agents === null;
  const isNowhere = Object.values(then).every((way) => way === null);
  const put = (part: Partial<ByChannel>): void => set({ then: { ...then, ...part } });
  return (
    <>
      <Switch isSelected={draft.enabled} onChange={(enabled) => set({ enabled })}>
        {t("admin.capacity.on")}
      </Switch>
      {draft.enabled && (
        <>
          <Group label={t("admin.capacity.when")} hint={isNever ? undefined : t("admin.capacity.when.hint")} error={isNever ? t("admin.capacity.when.none") : null}>
            <Limit label={t("admin.capacity.wait")} unit={t("admin.seconds")} start={180} max={86_400} value={draft.longestWaitMs === null ? null : draft.longestWaitMs / 1000} error={error("longestWaitMs")} onChange={(seconds) => set({ longestWaitMs: seconds === null ? null : Math.round(seconds * 1000) })} />
            <Limit label={t("admin.capacity.length")} start={20} max={100_000} value={draft.length} error={error("length")} onChange={(length) => set({ length })} />
            <div className="w-72">
              <Select
                label={t("admin.capacity.agents")}
                value={draft.agents ?? "any"}
                options={[{ id: "any", label: t("admin.capacity.agents.any") }, { id: "none-free", label: t("admin.capacity.agents.none-free") }, { id: "none-there", label: t("admin.capacity.agents.none-there") }]}
                onChange={(agents) => set({ agents: agents === "any" ? null : agents })}
              />
            </div>
          </Group>
          <Group label={t("admin.capacity.then")} hint={isNowhere ? undefined : t("admin.capacity.then.hint")} error={error("then") ?? (isNowhere ? t("admin.capacity.then.none") : null)}>
            <CallField label={t("admin.channel.ivr")} value={then.ivr ?? "waits"} others={[{ id: "waits", label: t("admin.deflection.to.waits") }]} queueId={queueId} onChange={(ivr) => put({ ivr: ivr === "waits" ? null : ivr })} look={look} />
            <Choice label={t("admin.channel.mobile")} on={then.mobile !== null} onChange={(on) => put({ mobile: on ? { to: "options", options: { scheduledCall: true, email: false, number: null, voicemail: false } } : null })} look={look}>
              {then.mobile !== null && <MobileField label={t("admin.channel.mobile")} value={then.mobile} queueId={queueId} onChange={(mobile) => put({ mobile })} look={look} />}
            </Choice>
            <Choice label={t("admin.channel.web")} on={then.web !== null} onChange={(on) => put({ web: on ? { scheduledCall: true, email: false } : null })} look={look}>
              {then.web !== null && <WebField label={t("admin.deflection.mobile.options")} value={then.web} onChange={(web) => put({ web })} look={look} />}
            </Choice>
            <div className="grid grid-cols-2 items-start gap-3">
              <Select
                label={t("admin.channel.chat")}
                value={then.chat?.kind ?? "waits"}
                options={[{ id: "waits", label: t("admin.deflection.to.waits") }, { id: "email", label: t("admin.deflection.to.email") }, { id: "queue", label: t("admin.deflection.way.queue") }]}
                onChange={(kind) => put({ chat: kind === "waits" ? null : kind === "email" ? { kind } : { kind, queueId: firstQueue(look, queueId) } })}
              />
              {then.chat?.kind === "queue" && <div className="pt-6.5"><QueueSelect label={t("admin.deflection.way.queue")} value={then.chat.queueId} except={queueId} onChange={(id) => put({ chat: { kind: "queue", queueId: id } })} look={look} /></div>}
            </div>
            <div className="grid grid-cols-2 items-start gap-3">
              <Select
                label={t("admin.channel.sms")}
                value={then.sms?.kind ?? "waits"}
                options={[{ id: "waits", label: t("admin.deflection.to.waits") }, { id: "message", label: t("admin.deflection.to.text") }, { id: "queue", label: t("admin.deflection.way.queue") }]}
                onChange={(kind) => put({ sms: kind === "waits" ? null : kind === "message" ? { kind, message: { sounds: {} } } : { kind, queueId: firstQueue(look, queueId) } })}
              />
              {then.sms?.kind === "queue" && <div className="pt-6.5"><QueueSelect label={t("admin.deflection.way.queue")} value={then.sms.queueId} except={queueId} onChange={(id) => put({ sms: { kind: "queue", queueId: id } })} look={look} /></div>}
            </div>
            {then.sms?.kind === "message" && <SaysField label={t("admin.deflection.sms.message")} value={then.sms.message} onChange={(message) => put({ sms: { kind: "message", message } })} look={look} />}
          </Group>
        </>
      )}
    </>
  );
}

const firstQueue = (look: Look, except: string | null): string => look.queues.find(({ id }) => id !== except)?.id ?? "";

/** A number that may not be looked at. */
function Limit({ label, unit, start, max, value, error, onChange }: { label: string; unit?: string; start: number; max: number; value: number | null; error: string | null; onChange: (value: number | null) => void }): ReactNode {
  return (
    <div className="flex min-h-8 items-center gap-3">
      <Switch isSelected={value !== null} onChange={(on) => onChange(on ? start : null)}>
        {label}
      </Switch>
      {value !== null && (
        <div className="w-28">
          <NumberField hideLabel label={label} {...(unit === undefined ? {} : { unit })} error={error} minValue={1} maxValue={max} value={value} onChange={onChange} />
        </div>
      )}
    </div>
  );
}

function Choice({ label, on, onChange, look, children }: { label: string; on: boolean; onChange: (on: boolean) => void; look: Look; children: ReactNode }): ReactNode {
  return (
    <Group label={label}>
      <Switch isSelected={on} aria-label={`${label}, ${look.t("admin.capacity.offer")}`} onChange={onChange}>
        {look.t(on ? "admin.capacity.offer" : "admin.deflection.to.waits")}
      </Switch>
      {children}
    </Group>
  );
}

export function ShareFields({ draft, set, error, queueId, look }: SettingFieldsProps<"redirection">): ReactNode {
  const { t } = look;
  const { shares } = draft;
  const change = (at: number, part: Partial<Redirection["shares"][number]>): void => set({ shares: shares.map((one, i) => (i === at ? { ...one, ...part } : one)) });
  return (
    <Group hideLabel label={t("admin.shares")} hint={t("admin.shares.hint")} error={error("shares")}>
      {shares.map((share, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a share is its place
        <div key={i} role="group" aria-label={t("admin.shares.n", { n: i + 1 })} className="flex flex-col gap-2 rounded-card border border-line p-2.5">
          <div className="flex items-end gap-2">
            <div className="w-24">
              <NumberField label={t("admin.shares.percent")} unit="%" minValue={0.1} maxValue={100} step={0.1} value={share.percent} onChange={(percent) => change(i, { percent })} />
            </div>
            <div className="min-w-0 grow">
              <Select label={t("admin.shares.to")} value={share.queueId === "" ? null : share.queueId} placeholder={t("admin.choose")} options={look.queues.filter(({ id }) => id !== queueId).map(({ id, name }) => ({ id, label: name }))} onChange={(id) => change(i, { queueId: id })} />
            </div>
            <IconButton icon={X} label={t("admin.remove", { name: t("admin.shares.n", { n: i + 1 }) })} onPress={() => set({ shares: shares.filter((_, at) => at !== i) })} className="mb-0.5" />
          </div>
          <CheckList options={ContactChannel.options.map((id) => ({ id, label: t(`admin.channel.${id}`) }))} chosen={share.channels} onChange={(channels) => change(i, { channels })} />
          {share.channels.length === 0 && <p className="text-meta text-ink-3">{t("admin.shares.all")}</p>}
        </div>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} onPress={() => set({ shares: [...shares, { percent: 10, channels: [], queueId: firstQueue(look, queueId) }] })}>
          {t("admin.shares.add")}
        </Button>
      </div>
    </Group>
  );
}
