/** Forms of the steps that decide, and of those that read or write data. */
import type { HoursOf } from "@tandem/protocol/flow/flow";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { TextField } from "../../kit/field.tsx";
import { Select } from "../../kit/select.tsx";
import { useCalendars } from "../../data/data.ts";
import { useDesigner, useEditor } from "../designer-context.ts";
import { NOWHERE, portsOf } from "../model/ports.ts";
import { useNames } from "../use-names.ts";
import { ExpressionField, FieldTrouble, QueueField, SecondsField, TargetField, useFieldFinding, VariableField, WaysFields } from "./small-fields.tsx";
import type { StepFormProps } from "./step-form.ts";
import { TextsField } from "./texts-field.tsx";

export function BranchForm({ id, step, set }: StepFormProps<"branch">): ReactNode {
  const t = useT();
  const { cases } = step;
  const change = (i: number, field: string, part: { when?: string; label?: string | undefined }): void =>
    set(`case ${i} ${field}`, { cases: cases.map((one, at) => {
      if (at !== i) return one;
      const { label, ...rest } = { ...one, ...part };
      return label === undefined || label === "" ? rest : { ...rest, label };
    }) });
  const move = (i: number, by: number): void => {
    const next = [...cases];
    const [one] = next.splice(i, 1);
    if (one === undefined) return;
    next.splice(i + by, 0, one);
    set("case order", { cases: next });
  };
  return (
    <>
      <p className="text-meta text-ink-2">{t("flows.branch.help")}</p>
      {cases.map((one, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a case is its place (case:0, case:1 ...)
        <section key={i} className="flex flex-col gap-2 rounded-card border border-line p-2.5">
          <div className="flex items-center gap-1">
            <h4 className="grow text-control font-medium">{t("flows.branch.case", { n: i + 1 })}</h4>
            <IconButton size="s" icon={ArrowUp} label={t("flows.earlier", { name: String(i + 1) })} isDisabled={i === 0} onPress={() => move(i, -1)} />
            <IconButton size="s" icon={ArrowDown} label={t("flows.later", { name: String(i + 1) })} isDisabled={i === cases.length - 1} onPress={() => move(i, 1)} />
            <IconButton size="s" icon={X} label={t("flows.take", { name: String(i + 1) })} isDisabled={cases.length === 1} onPress={() => set("case remove", { cases: cases.filter((_, at) => at !== i) })} />
          </div>
          <CaseExpression id={id} at={i} value={one.when} onChange={(when) => change(i, "when", { when })} />
          <TextField label={t("flows.branch.label")} value={one.label ?? ""} onChange={(label) => change(i, "label", { label: label.slice(0, 60) })} />
          <CaseTarget id={id} at={i} />
        </section>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} isDisabled={cases.length >= 20} onPress={() => set("case add", { cases: [...cases, { when: "contact.medium == \"voice\"", next: NOWHERE }] })}>
          {t("flows.branch.add")}
        </Button>
      </div>
      <WaysFields id={id} only={(port) => port.id === "otherwise"} />
    </>
  );
}

function CaseExpression({ id, at, value, onChange }: { id: string; at: number; value: string; onChange: (value: string) => void }): ReactNode {
  const t = useT();
  const error = useFieldFinding(id, `cases/${at}/when`);
  return <ExpressionField label={t("flows.branch.when")} value={value} error={error} onChange={onChange} />;
}

function CaseTarget({ id, at }: { id: string; at: number }): ReactNode {
  const t = useT();
  const step = useEditor((s) => s.document.steps[id] ?? null);
  const port = step === null ? undefined : portsOf(step).find((one) => one.id === `case:${at}`);
  return port === undefined ? null : <TargetField id={id} port={port} label={t("flows.choice.next")} />;
}

export function HoursForm({ id, step, set }: StepFormProps<"hours">): ReactNode {
  const t = useT();
  const { queues } = useNames();
  const calendars = useCalendars().data ?? [];
  const of = step.of;
  const choose = (kind: HoursOf["kind"]): void => {
    if (kind === "global") set("of", { of: { kind } });
    else if (kind === "queue") set("of", { of: { kind, queueId: queues[0]?.id ?? "queue" } });
    else set("of", { of: { kind, calendarId: calendars[0]?.id ?? "calendar" } });
  };
  return (
    <>
      <Select
        label={t("flows.hours.of")}
        value={of.kind}
        options={[{ id: "global", label: t("flows.hours.global") }, { id: "queue", label: t("flows.hours.queue") }, { id: "calendar", label: t("flows.hours.calendar") }]}
        onChange={choose}
      />
      {of.kind === "queue" && <QueueField label={t("flows.queue")} value={of.queueId} onChange={(queueId) => set("of queue", { of: { kind: "queue", queueId } })} />}
      {of.kind === "calendar" && calendars.length > 0 && <Select label={t("flows.hours.calendar")} value={calendars.some((one) => one.id === of.calendarId) ? of.calendarId : null} placeholder={of.calendarId} options={calendars.map((one) => ({ id: one.id, label: one.name }))} onChange={(calendarId) => set("of calendar", { of: { kind: "calendar", calendarId } })} />}
      {of.kind === "calendar" && calendars.length === 0 && <TextField mono label={t("flows.hours.calendar")} value={of.calendarId} onChange={(calendarId) => set("of calendar", { of: { kind: "calendar", calendarId: calendarId.slice(0, 60) } })} />}
      <p className="text-meta text-ink-2">{t("flows.hours.help")}</p>
      <WaysFields id={id} />
    </>
  );
}

export function LookupForm({ id, step, set }: StepFormProps<"lookup">): ReactNode {
  const t = useT();
  const error = useFieldFinding(id, "value");
  return (
    <>
      <Select
        label={t("flows.lookup.of")}
        value={step.of ?? "customer"}
        options={(["customer", "case", "newest-case"] as const).map((of) => ({ id: of, label: t(`flows.lookup.of.${of}`) }))}
        onChange={(of) => set("of", { of: of === "customer" ? undefined : of })}
      />
      {step.of === "newest-case" ? (
        <p className="text-meta text-ink-2">{t("flows.lookup.newest.help")}</p>
      ) : (
        <ExpressionField label={t("flows.lookup.value")} hint={t(step.of === "case" ? "flows.lookup.value.caseHint" : "flows.lookup.value.hint")} value={step.value} error={error} onChange={(value) => set("value", { value })} />
      )}
      <WaysFields id={id} />
    </>
  );
}

/** As an expression. */
const EMPTY_TEXT = "\"\"";

/** Name and value, a row each; a name may be typed freely. `begins`: a new one's value. */
function PairRows({ label, pairs, onChange, add, nameLabel, valueLabel, begins }: { label: string; pairs: Readonly<Record<string, string>>; onChange: (pairs: Record<string, string>) => void; add: string; nameLabel: string; valueLabel: string; begins: string }): ReactNode {
  const t = useT();
  const [name, setName] = useState("");
  const fits = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(name) && !Object.hasOwn(pairs, name);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-control font-medium">{label}</legend>
      {Object.entries(pairs).map(([key, value]) => (
        <div key={key} className="flex items-end gap-2">
          <div className="min-w-0 grow">
            <TextField mono label={key} value={value} error={value === "" ? t("flows.expression.empty") : null} onChange={(next) => onChange({ ...pairs, [key]: next })} />
          </div>
          <IconButton icon={X} label={t("flows.take", { name: key })} onPress={() => onChange(Object.fromEntries(Object.entries(pairs).filter(([one]) => one !== key)))} className="mb-0.5" />
        </div>
      ))}
      <div className="flex items-end gap-2">
        <div className="min-w-0 grow">
          <TextField mono label={nameLabel} value={name} onChange={setName} />
        </div>
        <Button size="l" tone="soft" icon={Plus} isDisabled={!fits} aria-label={`${add} ${valueLabel}`} onPress={() => { onChange({ ...pairs, [name]: begins }); setName(""); }}>
          {add}
        </Button>
      </div>
    </fieldset>
  );
}

export function UpdateForm({ id, step, set }: StepFormProps<"update">): ReactNode {
  const t = useT();
  const error = useFieldFinding(id, "fields");
  const choose = (of: "customer" | "case" | "new-case"): void => {
    // a new case has a subject: its row is there to be filled
    const subject = of === "new-case" && step.fields["subject"] === undefined ? { fields: { subject: EMPTY_TEXT, ...step.fields } } : {};
    set("of", { of: of === "customer" ? undefined : of, ...subject });
  };
  return (
    <>
      <Select label={t("flows.update.of")} value={step.of ?? "customer"} options={(["customer", "case", "new-case"] as const).map((of) => ({ id: of, label: t(`flows.update.of.${of}`) }))} onChange={choose} />
      {step.of === "new-case" && <p className="text-meta text-ink-2">{t("flows.update.new.help")}</p>}
      {error !== null && <FieldTrouble words={error} />}
      <PairRows label={t(step.of === undefined ? "flows.update.fields" : "flows.update.caseFields")} pairs={step.fields} add={t("flows.row.add")} nameLabel={t(step.of === undefined ? "flows.update.field" : "flows.update.caseField")} valueLabel={t("flows.expression")} begins={EMPTY_TEXT} onChange={(fields) => set("fields", { fields })} />
      <TextsField optional rows={3} label={t(step.of === undefined ? "flows.update.note" : "flows.update.caseNote")} texts={step.timeline ?? {}} onChange={(timeline) => set("timeline", { timeline: Object.keys(timeline).length === 0 ? undefined : timeline })} />
      <WaysFields id={id} />
    </>
  );
}

export function HttpForm({ id, step, set }: StepFormProps<"http">): ReactNode {
  const t = useT();
  return (
    <>
      <div className="grid grid-cols-[6.5rem_1fr] gap-2">
        <Select label={t("flows.http.method")} value={step.method} options={(["GET", "POST", "PUT", "PATCH"] as const).map((method) => ({ id: method, label: method }))} onChange={(method) => set("method", { method })} />
        <SecondsField label={t("flows.http.timeout")} ms={step.timeoutMs} min={100} max={10_000} onChange={(timeoutMs) => timeoutMs !== undefined && set("timeoutMs", { timeoutMs })} />
      </div>
      <TextField mono rows={2} label={t("flows.http.url")} hint={t("flows.http.url.hint")} value={step.url} error={step.url === "" ? t("flows.expression.empty") : null} onChange={(url) => set("url", { url: url.slice(0, 1000) })} />
      <PairRows label={t("flows.http.headers")} pairs={step.headers} add={t("flows.row.add")} nameLabel={t("flows.http.header")} valueLabel={t("flows.http.value")} begins="" onChange={(headers) => set("headers", { headers })} />
      {step.method !== "GET" && <TextField mono rows={4} label={t("flows.http.body")} value={step.body ?? ""} onChange={(body) => set("body", { body: body === "" ? undefined : body.slice(0, 4000) })} />}
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-control font-medium">{t("flows.http.saves")}</legend>
        {step.saves.map((save, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- a row is its place
          <div key={i} className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              <VariableField label={t("flows.collect.variable")} value={save.name} onChange={(name) => set(`save ${i} name`, { saves: step.saves.map((one, at) => (at === i ? { ...one, name } : one)) })} />
            </div>
            <div className="min-w-0 flex-1">
              <TextField mono label={t("flows.http.pointer")} value={save.pointer} onChange={(pointer) => set(`save ${i} pointer`, { saves: step.saves.map((one, at) => (at === i ? { ...one, pointer } : one)) })} />
            </div>
            <IconButton icon={X} label={t("flows.take", { name: save.name })} onPress={() => set("save remove", { saves: step.saves.filter((_, at) => at !== i) })} className="mb-0.5" />
          </div>
        ))}
        <div>
          <Button size="s" tone="soft" icon={Plus} isDisabled={step.saves.length >= 20} onPress={() => set("save add", { saves: [...step.saves, { name: "answer", pointer: "/" }] })}>
            {t("flows.http.saves.add")}
          </Button>
        </div>
      </fieldset>
      <WaysFields id={id} />
    </>
  );
}

export function SetForm({ id, step, set }: StepFormProps<"set">): ReactNode {
  const t = useT();
  return (
    <>
      {step.values.map((one, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is its place
        <section key={i} className="flex flex-col gap-2 rounded-card border border-line p-2.5">
          <div className="flex items-end gap-2">
            <div className="min-w-0 grow">
              <VariableField label={t("flows.collect.variable")} value={one.name} onChange={(name) => set(`value ${i} name`, { values: step.values.map((row, at) => (at === i ? { ...row, name } : row)) })} />
            </div>
            <IconButton icon={X} label={t("flows.take", { name: one.name })} isDisabled={step.values.length === 1} onPress={() => set("value remove", { values: step.values.filter((_, at) => at !== i) })} className="mb-0.5" />
          </div>
          <SetExpression id={id} at={i} value={one.to} onChange={(to) => set(`value ${i} to`, { values: step.values.map((row, at) => (at === i ? { ...row, to } : row)) })} />
        </section>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} isDisabled={step.values.length >= 20} onPress={() => set("value add", { values: [...step.values, { name: step.values.at(-1)?.name ?? "value", to: "\"\"" }] })}>
          {t("flows.row.add")}
        </Button>
      </div>
      <WaysFields id={id} />
    </>
  );
}

function SetExpression({ id, at, value, onChange }: { id: string; at: number; value: string; onChange: (value: string) => void }): ReactNode {
  const t = useT();
  const error = useFieldFinding(id, `values/${at}/to`);
  return <ExpressionField label={t("flows.set.to")} value={value} error={error} onChange={onChange} />;
}

export function SubflowForm({ id, step, set }: StepFormProps<"subflow">): ReactNode {
  const t = useT();
  const { flows } = useNames();
  const { flowId } = useDesigner();
  const others = flows.filter((flow) => flow.id !== flowId);
  return (
    <>
      <Select label={t("flows.subflow.flow")} value={others.some((flow) => flow.id === step.flowId) ? step.flowId : null} placeholder={step.flowId} hint={t("flows.subflow.hint")} options={others.map((flow) => ({ id: flow.id, label: flow.name }))} onChange={(chosen) => set("flowId", { flowId: chosen })} />
      {others.length === 0 && <FieldTrouble words={t("flows.subflow.none")} />}
      <WaysFields id={id} />
    </>
  );
}

export function ReturnForm(): ReactNode {
  const t = useT();
  return <p className="text-control text-ink-2">{t("flows.return.help")}</p>;
}
