/** Where those go whom a queue does not take: the ways of a call, of a page on a telephone, of a page, of a chat, of a text. */
import { DialledNumber } from "@tandem/protocol/hours";
import type { CallDeflection, MobileDeflection, MobileOptions, WebOptions } from "@tandem/protocol/hours";
import type { Says } from "@tandem/protocol/flow/flow";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { nameIn } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { Checkbox } from "../kit/checkbox.tsx";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import type { Way } from "./effective.ts";
import { SaysField } from "./says-field.tsx";

const NO_WORDS: Says = { sounds: {} };

/** Words that come first, in the place of the centre's. */
function Greeting({ value, onChange, look }: { value: Says | undefined; onChange: (says: Says | undefined) => void; look: Look }): ReactNode {
  const { t } = look;
  return (
    <div className="flex flex-col gap-2.5">
      <Switch isSelected={value !== undefined} onChange={(on) => onChange(on ? NO_WORDS : undefined)}>
        {t("admin.deflection.greeting.own")}
      </Switch>
      {value !== undefined && <SaysField label={t("admin.deflection.greeting")} value={value} onChange={onChange} look={look} />}
    </div>
  );
}

type CallKind = CallDeflection["kind"];
/** `others`: what stands beside a way: nothing of its own, never. */
export function CallField<Other extends string>({ label, value, error = null, others, queueId, onChange, look }: { label: string; value: CallDeflection | Other; /** Shown where it is: at a number that is none yet. */ error?: string | null; others: readonly { id: Other; label: string }[]; queueId: string | null; onChange: (value: CallDeflection | Other) => void; look: Look }): ReactNode {
  const { t } = look;
  const kind = typeof value === "string" ? value : value.kind;
  const first = look.queues.find(({ id }) => id !== queueId)?.id ?? "";
  const made: Record<CallKind, CallDeflection> = { queue: { kind: "queue", queueId: first }, number: { kind: "number", number: "" }, voicemail: { kind: "voicemail" }, message: { kind: "message" } };
  const ways: { id: CallKind | Other; label: string }[] = [...others, ...(["queue", "number", "voicemail", "message"] as const).map((id) => ({ id, label: t(`admin.deflection.way.${id}`) }))];
  const greet = (greeting: Says | undefined): void => {
    if (typeof value === "string" || value.kind === "queue") return;
    const { greeting: _, ...rest } = value;
    onChange(greeting === undefined ? rest : { ...rest, greeting });
  };
  return (
    <Group label={label}>
      <div className="grid grid-cols-2 items-start gap-3">
        <Select hideLabel label={label} value={kind} options={ways} onChange={(id) => onChange(others.find((one) => one.id === id)?.id ?? made[id as CallKind])} />
        {typeof value !== "string" && value.kind === "queue" && <QueueSelect label={t("admin.deflection.way.queue")} value={value.queueId} except={queueId} onChange={(id) => onChange({ kind: "queue", queueId: id })} look={look} />}
        {typeof value !== "string" && value.kind === "number" && <TextField hideLabel mono label={t("admin.deflection.number")} placeholder="+33…" error={wrongAt(error, value.number)} value={value.number} onChange={(number) => onChange({ ...value, number: dialled(number) })} autoComplete="off" />}
      </div>
      {typeof value !== "string" && value.kind !== "queue" && <Greeting value={value.greeting} onChange={greet} look={look} />}
      {kind === "message" && <p className="text-meta text-amber-ink">{t("admin.deflection.message.warning")}</p>}
    </Group>
  );
}

/** Queues to choose among: not the one itself. */
export function QueueSelect({ label, value, except, onChange, look }: { label: string; value: string; except: string | null; onChange: (id: string) => void; look: Look }): ReactNode {
  return <Select hideLabel label={label} value={value === "" ? null : value} placeholder={look.t("admin.choose")} options={look.queues.filter(({ id }) => id !== except).map(({ id, name }) => ({ id, label: name }))} onChange={onChange} />;
}

export const isDialled = (number: string): boolean => DialledNumber.safeParse(number).success;
/** A complaint about a form that holds numbers is shown at the one that is none. */
const wrongAt = (error: string | null, number: string): string | null => (isDialled(number) ? null : error);

/** As dialled: what people put between the digits goes. */
const dialled = (number: string): string => number.replaceAll(/[\s.()-]/g, "");

export function WebField({ label, hint, value, onChange, look }: { label: string; hint?: string; value: WebOptions; onChange: (value: WebOptions) => void; look: Look }): ReactNode {
  const { t } = look;
  return (
    <Group label={label} hint={hint}>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        <Checkbox isSelected={value.scheduledCall} onChange={(scheduledCall) => onChange({ ...value, scheduledCall })}>
          {t("admin.deflection.option.scheduledCall")}
        </Checkbox>
        <Checkbox isSelected={value.email} onChange={(email) => onChange({ ...value, email })}>
          {t("admin.deflection.option.email")}
        </Checkbox>
      </div>
    </Group>
  );
}

/** The options of a page on a telephone; the number and the voicemail are only there. */
export function MobileOptionsField({ label, hint, error = null, value, onChange, look }: { label: string; hint?: string; error?: string | null; value: MobileOptions; onChange: (value: MobileOptions) => void; look: Look }): ReactNode {
  const { t } = look;
  return (
    <Group label={label} hint={hint} error={value.number === null || isDialled(value.number) ? error : null}>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {(["scheduledCall", "email", "voicemail"] as const).map((option) => (
          <Checkbox key={option} isSelected={value[option]} onChange={(on) => onChange({ ...value, [option]: on })}>
            {t(`admin.deflection.option.${option}`)}
          </Checkbox>
        ))}
        <Checkbox isSelected={value.number !== null} onChange={(on) => onChange({ ...value, number: on ? "" : null })}>
          {t("admin.deflection.option.number")}
        </Checkbox>
      </div>
      {value.number !== null && (
        <div className="w-56">
          <TextField mono label={t("admin.deflection.number")} placeholder="+33…" error={wrongAt(error, value.number)} value={value.number} onChange={(number) => onChange({ ...value, number: dialled(number) })} autoComplete="off" />
        </div>
      )}
    </Group>
  );
}

const NO_OPTIONS: MobileOptions = { scheduledCall: false, email: true, number: null, voicemail: false };
/** A queue or options, never both. */
export function MobileField({ label, value, queueId, error = null, onChange, look }: { label: string; value: MobileDeflection; queueId: string | null; error?: string | null; onChange: (value: MobileDeflection) => void; look: Look }): ReactNode {
  const { t } = look;
  const first = look.queues.find(({ id }) => id !== queueId)?.id ?? "";
  return (
    <div className="flex flex-col gap-2.5">
      <div>
        <Segmented
          label={label}
          value={value.to}
          options={[{ id: "queue", label: t("admin.deflection.mobile.queue") }, { id: "options", label: t("admin.deflection.mobile.options") }]}
          onChange={(to) => onChange(to === "queue" ? { to, queueId: first } : { to, options: NO_OPTIONS })}
        />
      </div>
      {value.to === "queue" ? <QueueSelect label={t("admin.deflection.way.queue")} value={value.queueId} except={queueId} onChange={(id) => onChange({ to: "queue", queueId: id })} look={look} /> : <MobileOptionsField label={t("admin.deflection.mobile.options")} error={error} value={value.options} onChange={(options) => onChange({ to: "options", options })} look={look} />}
      <p className="text-meta text-ink-3">{t("admin.deflection.mobile.xor")}</p>
    </div>
  );
}

/** "Messagerie", "File Ventes", "Appel programmé, e-mail". */
export function wayWords(way: Way, { t, queues, format }: Look): string {
  switch (way.kind) {
    case "queue":
      return t("admin.deflection.to.queue", { name: nameIn(queues, way.queueId) });
    case "number":
      return format.phone(way.number);
    case "options": {
      const { scheduledCall, email, number, voicemail } = way.options;
      const named = [scheduledCall && t("admin.deflection.option.scheduledCall"), email && t("admin.deflection.option.email"), number !== null && format.phone(number), voicemail && t("admin.deflection.option.voicemail")].filter((word) => word !== false);
      return named.length === 0 ? t("admin.deflection.to.nothing") : named.join(", ");
    }
    case "voicemail":
    case "message":
    case "email":
    case "text":
    case "assistant":
    case "waits":
      return t(`admin.deflection.to.${way.kind}`);
  }
}
