/** Fields that many steps share: a way's target, an expression, words, a variable, a priority. */
import type { SkillNeed, Value, VariableType } from "@tandem/protocol/flow/flow";
import { ArrowRight, CircleAlert, Crosshair, Plus, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useLanguage, useT } from "../../i18n/i18n.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { cx } from "../../kit/classes.ts";
import { NumberField, TextField } from "../../kit/field.tsx";
import { Select } from "../../kit/select.tsx";
import { PickDialog } from "../canvas/pick-dialog.tsx";
import { setView, useDesigner, useEditor, useView } from "../designer-context.ts";
import { kindIcons } from "../kinds.ts";
import { connect } from "../model/edit.ts";
import { walked } from "../model/layout.ts";
import { portsOf } from "../model/ports.ts";
import type { Port } from "../model/ports.ts";
import { portWords, subtitleOf, titleOf } from "../model/words.ts";
import { useNames } from "../use-names.ts";
import { useVariables } from "../use-variables.ts";
import { VariableMenu } from "./texts-field.tsx";

/** Where one way leads: a button that opens the list of steps. */
export function TargetField({ id, port, label }: { id: string; port: Port; label?: string }): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const { editor, mayEdit } = designer;
  const names = useNames();
  const language = useView((v) => v.language);
  const document = useEditor((s) => s.document);
  const [open, setOpen] = useState(false);
  const target = port.to === null ? undefined : document.steps[port.to];
  const words = label ?? portWords(port, t, language);
  const shown = target === undefined ? t(port.to !== null ? "flows.way.gone" : port.optional ? optionalWords(port.id) : "flows.way.open") : titleOf(target, t, names);
  const Icon = target === undefined ? null : kindIcons[target.kind];
  return (
    <div className="flex min-h-7 items-center gap-2">
      <span className="min-w-0 grow truncate text-control">{words}</span>
      <Button size="s" tone="secondary" isDisabled={!mayEdit} className={cx("max-w-[10.5rem] min-w-0 shrink", target === undefined && !port.optional && "border-amber text-amber-ink")} aria-label={t("flows.way.change", { way: words, target: shown })} onPress={() => setOpen(true)}>
        {Icon === null ? <ArrowRight size={12} aria-hidden /> : <Icon size={12} aria-hidden />}
        <span className="truncate">{shown}</span>
      </Button>
      {target !== undefined && port.to !== null && <IconButton size="s" icon={Crosshair} label={t("flows.way.show", { target: shown })} onPress={() => designer.canvas.show(port.to ?? "", true)} />}
      {open && (
        <PickDialog
          label={t("flows.way.to", { way: words })}
          placeholder={t("flows.connect.to")}
          sections={[
            { label: t("flows.connect.new"), picks: [{ id: "+", label: t("flows.add"), icon: Plus }, { id: "-", label: port.optional ? t(optionalWords(port.id)) : t("flows.way.disconnect"), icon: X }] },
            { label: t("flows.steps"), picks: walked(document).flatMap((other) => {
              const step = document.steps[other];
              return step === undefined ? [] : [{ id: other, label: titleOf(step, t, names), hint: subtitleOf(step, t, names), icon: kindIcons[step.kind] }];
            }) },
          ]}
          onClose={() => setOpen(false)}
          onPick={(to) => {
            setOpen(false);
            if (to === "+") setView(designer, { adding: { after: { id, port: port.id }, at: null } });
            else editor.change(null, (now) => connect(now, id, port.id, to === "-" ? null : to));
          }}
        />
      )}
    </div>
  );
}

function optionalWords(port: string) {
  if (port === "holiday") return "flows.way.asClosed" as const;
  if (port === "failed") return "flows.way.asUnknown" as const;
  return port === "ifClosed" || port === "ifFull" ? ("flows.way.queueRules" as const) : ("flows.way.person" as const);
}

/** All ways of a step with their targets. */
export function WaysFields({ id, only }: { id: string; only?: (port: Port) => boolean }): ReactNode {
  const t = useT();
  const step = useEditor((s) => s.document.steps[id] ?? null);
  if (step === null) return null;
  const ports = portsOf(step).filter((port) => only?.(port) ?? true);
  if (ports.length === 0) return null;
  return (
    <section className="flex flex-col gap-1">
      <h4 className="text-control font-medium">{t("flows.ways")}</h4>
      {ports.map((port) => (
        <TargetField key={port.id} id={id} port={port} />
      ))}
    </section>
  );
}

/** What the server says of this step's expressions after the last save. */
export function useFieldFinding(id: string, at: string): string | null {
  const screen = useLanguage();
  return useEditor((s) => s.proof?.findings.find((finding) => finding.stepId === id && finding.at === at)?.words[screen] ?? null);
}

/** CEL over the variables; what is wrong with it is told a moment after typing. */
export function ExpressionField({ label, hideLabel = false, value, onChange, hint, error = null }: { label: string; hideLabel?: boolean; value: string; onChange: (value: string) => void; hint?: string; error?: string | null }): ReactNode {
  const t = useT();
  const variables = useVariables();
  const unknown = [...value.matchAll(/\b(data|customer|contact)\.([A-Za-z_]\w*)/g)].map(([path]) => path).find((path) => path.startsWith("data.") && !variables.some((one) => one.path === path));
  return (
    <div className="flex flex-col gap-1">
      <TextField mono rows={2} label={label} hideLabel={hideLabel} {...(hint === undefined ? {} : { hint })} value={value} error={error ?? (value.trim() === "" ? t("flows.expression.empty") : unknown === undefined ? null : t("flows.expression.unknown", { name: unknown }))} onChange={onChange} />
      <span className="self-end">
        <VariableMenu onPick={(path) => onChange(value.trim() === "" ? path : `${value} ${path}`)} />
      </span>
    </div>
  );
}

/** Words by commas; what is typed stays as typed while it is read. */
export function WordsField({ label, words, onChange, hint }: { label: string; words: readonly string[]; onChange: (words: string[]) => void; hint?: string }): ReactNode {
  const [text, setText] = useState(words.join(", "));
  const read = (typed: string): string[] => typed.split(/[,;\n]/).map((one) => one.trim()).filter((one) => one.length >= 2 && one.length <= 40);
  // Undo, or somebody else, changed them: shown as they are now.
  const shown = read(text).join() === words.join() ? text : words.join(", ");
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      value={shown}
      onChange={(typed) => {
        setText(typed);
        onChange(read(typed));
      }}
    />
  );
}

/** A plain value, typed: what is typed stays as typed while it reads as the value ("1." on the way to "1.5"). */
export function ReadField<V extends Value | undefined>({ label, hideLabel = false, mono = false, value, read, onChange }: { label: string; hideLabel?: boolean; mono?: boolean; value: V; read: (typed: string) => V; onChange: (value: V) => void }): ReactNode {
  const plain = value === undefined || value === null ? "" : String(value);
  const [text, setText] = useState(plain);
  return (
    <TextField
      mono={mono}
      hideLabel={hideLabel}
      label={label}
      value={Object.is(read(text), value) ? text : plain}
      onChange={(typed) => {
        setText(typed);
        onChange(read(typed));
      }}
    />
  );
}

/** One of the flow's variables; a new one is made here. */
export function VariableField({ label, value, onChange, type = "text" }: { label: string; value: string; onChange: (name: string) => void; type?: VariableType }): ReactNode {
  const t = useT();
  const { editor } = useDesigner();
  const variables = useEditor((s) => s.document.variables);
  const known = Object.keys(variables);
  const [typed, setTyped] = useState<string | null>(null);
  const valid = typed !== null && /^[a-z][A-Za-z0-9_]{0,39}$/.test(typed);
  if (typed !== null)
    return (
      <div className="flex items-end gap-2">
        <span className="grow">
          <TextField mono label={label} value={typed} error={typed !== "" && !valid ? t("flows.variable.rule") : null} onChange={setTyped} />
        </span>
        <Button
          tone="primary"
          size="l"
          isDisabled={!valid}
          onPress={() => {
            editor.change(null, (document) => ({ ...document, variables: { ...document.variables, [typed]: document.variables[typed] ?? { type } } }));
            onChange(typed);
            setTyped(null);
          }}
        >
          {t("flows.variable.make")}
        </Button>
      </div>
    );
  return (
    <Select
      label={label}
      value={known.includes(value) ? value : null}
      placeholder={value}
      error={known.includes(value) ? null : t("flows.variable.undeclared", { name: value })}
      options={[...known.map((name) => ({ id: name, label: name, hint: variables[name]?.label ?? "" })), { id: "+", label: t("flows.variable.new") }]}
      onChange={(name) => (name === "+" ? setTyped(known.includes(value) ? "" : value) : onChange(name))}
    />
  );
}

export function QueueField({ label, value, onChange }: { label: string; value: string; onChange: (id: string) => void }): ReactNode {
  const t = useT();
  const { queues } = useNames();
  const known = queues.some(({ id }) => id === value);
  return <Select label={label} value={known ? value : null} placeholder={value} error={known || queues.length === 0 ? null : t("flows.queue.gone")} options={queues.map(({ id, name }) => ({ id, label: name }))} onChange={onChange} />;
}

/** Skills with the lowest level of each. */
export function NeedsField({ label, needs, onChange }: { label: string; needs: readonly SkillNeed[]; onChange: (needs: SkillNeed[]) => void }): ReactNode {
  const t = useT();
  const { skills } = useNames();
  const left = skills.filter(({ id }) => !needs.some(({ skillId }) => skillId === id));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-control font-medium">{label}</legend>
      {needs.map((need, i) => {
        const name = skills.find(({ id }) => id === need.skillId)?.name ?? need.skillId;
        return (
          <div key={need.skillId} className="flex items-center gap-2">
            <span className="min-w-0 grow truncate text-control">{name}</span>
            <span className="w-20">
              <NumberField hideLabel label={t("flows.needs.level", { name })} minValue={1} maxValue={10} value={need.minLevel} onChange={(level) => Number.isInteger(level) && onChange(needs.map((one, at) => (at === i ? { ...one, minLevel: level } : one)))} />
            </span>
            <IconButton size="s" icon={X} label={t("flows.take", { name })} onPress={() => onChange(needs.filter((_, at) => at !== i))} />
          </div>
        );
      })}
      {left.length > 0 && <Select hideLabel label={t("flows.needs.add")} placeholder={t("flows.needs.add")} value={null} options={left.map(({ id, name }) => ({ id, label: name }))} onChange={(skillId) => onChange([...needs, { skillId, minLevel: 1 }])} />}
    </fieldset>
  );
}

export function PriorityField({ value, onChange, none }: { value: number | undefined; onChange: (value: number | undefined) => void; none: string }): ReactNode {
  const t = useT();
  return <Select label={t("flows.priority")} value={value === undefined ? "" : String(value)} options={[{ id: "", label: none }, ...Array.from({ length: 11 }, (_, n) => ({ id: String(n), label: String(n) }))]} onChange={(id) => onChange(id === "" ? undefined : Number(id))} />;
}

/** Seconds for people, milliseconds in the document; empty: as the flow says. */
export function SecondsField({ label, ms, onChange, min, max, none }: { label: string; ms: number | undefined; onChange: (ms: number | undefined) => void; min: number; max: number; none?: string }): ReactNode {
  const t = useT();
  return (
    <div className="flex min-h-7 items-center gap-2">
      <span aria-hidden className="min-w-0 grow text-control leading-tight">
        {label}
        {none !== undefined && <span className="block text-meta text-ink-3">{none}</span>}
      </span>
      <span className="w-[5.25rem] shrink-0">
        <NumberField hideLabel label={label} unit={t("flows.unit.seconds")} minValue={min / 1000} maxValue={max / 1000} step={0.1} value={ms === undefined ? Number.NaN : ms / 1000} onChange={(seconds) => onChange(Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined)} />
      </span>
    </div>
  );
}

export function FieldTrouble({ words }: { words: string }): ReactNode {
  return (
    <p className="flex items-start gap-1.5 text-meta text-alert-ink">
      <CircleAlert size={13} aria-hidden className="mt-0.5" />
      <span>{words}</span>
    </p>
  );
}
