/** Forms of the steps that speak and ask. */
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { Checkbox } from "../../kit/checkbox.tsx";
import { NumberField, TextField } from "../../kit/field.tsx";
import { Select } from "../../kit/select.tsx";
import { Switch } from "../../kit/switch.tsx";
import { NOWHERE } from "../model/ports.ts";
import { ChoicesField } from "./choices-field.tsx";
import { SaysField } from "./says-field.tsx";
import { ExpressionField, SecondsField, useFieldFinding, VariableField, WaysFields } from "./small-fields.tsx";
import type { StepFormProps } from "./step-form.ts";
import { TextsField } from "./texts-field.tsx";

type Asked = Pick<StepOf<"menu">, "interruptible" | "label" | "silenceMs">;

/** What every step that asks has in common, below its question. */
function AskingFields({ step, set: change }: { step: Asked; set: (field: string, change: { [K in keyof Asked]?: Asked[K] | undefined }) => void }): ReactNode {
  const t = useT();
  return (
    <>
      <Line>
        <span className="grow">{t("flows.asks.interruptible")}</span>
        <Switch aria-label={t("flows.asks.interruptible")} isSelected={step.interruptible} onChange={(interruptible) => change("interruptible", { interruptible })} />
      </Line>
      <SecondsField label={t("flows.asks.silence")} ms={step.silenceMs} min={500} max={60_000} none={t("flows.asks.silence.none")} onChange={(silenceMs) => change("silenceMs", { silenceMs })} />
      <TextsField plain rows={1} label={t("flows.asks.label")} hint={t("flows.asks.label.hint")} texts={step.label} onChange={(label) => change("label", { label })} />
    </>
  );
}

export function Line({ children }: { children: ReactNode }): ReactNode {
  return <div className="flex min-h-7 items-center gap-2 text-control">{children}</div>;
}

export function SayForm({ id, step, set }: StepFormProps<"say">): ReactNode {
  const t = useT();
  return (
    <>
      <SaysField label={t("flows.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <Line>
        <span className="grow">{t("flows.asks.interruptible")}</span>
        <Switch aria-label={t("flows.asks.interruptible")} isSelected={step.interruptible} onChange={(interruptible) => set("interruptible", { interruptible })} />
      </Line>
      <WaysFields id={id} />
    </>
  );
}

export function MenuForm({ id, step, set }: StepFormProps<"menu">): ReactNode {
  const t = useT();
  return (
    <>
      <SaysField label={t("flows.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <ChoicesField id={id} step={step} set={set} />
      <AskingFields step={step} set={set} />
      <Line>
        <span className="grow">{t("flows.menu.speech")}</span>
        <Switch aria-label={t("flows.menu.speech")} isSelected={step.speech} onChange={(speech) => set("speech", { speech })} />
      </Line>
      <Checkbox isSelected={step.anything !== undefined} onChange={(on) => set("anything", { anything: on ? { name: "sentence", next: NOWHERE } : undefined })}>
        {t("flows.menu.anything")}
        <span className="block text-meta text-ink-3">{t("flows.menu.anything.hint")}</span>
      </Checkbox>
      {step.anything !== undefined && <VariableField label={t("flows.menu.anything.name")} value={step.anything.name} onChange={(name) => step.anything !== undefined && set("anything name", { anything: { ...step.anything, name } })} />}
      <WaysFields id={id} only={(port) => !port.id.startsWith("choice:")} />
    </>
  );
}

const collectTypes = ["digits", "number", "amount", "date", "email", "phone", "text"] as const;

export function CollectForm({ id, step, set }: StepFormProps<"collect">): ReactNode {
  const t = useT();
  const checkError = useFieldFinding(id, "check");
  const counted = step.type === "digits";
  const bounded = counted || step.type === "number" || step.type === "amount";
  return (
    <>
      <SaysField label={t("flows.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <Select label={t("flows.collect.type")} value={step.type} options={collectTypes.map((type) => ({ id: type, label: t(`flows.collect.${type}`) }))} onChange={(type) => set("type", { type, ...(type === "date" || type === "email" || type === "phone" || type === "text" ? { min: undefined, max: undefined } : {}) })} />
      <VariableField label={t("flows.collect.variable")} value={step.variable} type={step.type === "number" || step.type === "amount" ? "number" : step.type === "date" ? "date" : "text"} onChange={(variable) => set("variable", { variable })} />
      {bounded && (
        <div className="grid grid-cols-2 gap-3">
          <NumberField label={t(counted ? "flows.collect.minDigits" : "flows.collect.min")} value={step.min ?? Number.NaN} {...(counted ? { minValue: 1, maxValue: 40 } : {})} onChange={(min) => set("min", { min: Number.isFinite(min) ? min : undefined })} />
          <NumberField label={t(counted ? "flows.collect.maxDigits" : "flows.collect.max")} value={step.max ?? Number.NaN} {...(counted ? { minValue: 1, maxValue: 40 } : {})} onChange={(max) => set("max", { max: Number.isFinite(max) ? max : undefined })} />
        </div>
      )}
      <Checkbox isSelected={step.check !== undefined} onChange={(on) => set("check", { check: on ? "value != \"\"" : undefined })}>
        {t("flows.collect.check")}
        <span className="block text-meta text-ink-3">{t("flows.collect.check.hint")}</span>
      </Checkbox>
      {step.check !== undefined && <ExpressionField hideLabel label={t("flows.collect.check")} value={step.check} error={checkError} onChange={(check) => set("check text", { check })} />}
      <SaysField optional label={t("flows.collect.wrong")} says={step.wrong} onChange={(wrong) => set("wrong", { wrong })} />
      <SaysField optional label={t("flows.collect.confirm")} hint={t("flows.collect.confirm.hint")} says={step.confirm} onChange={(confirm) => set("confirm", { confirm })} />
      <Select
        label={t("flows.collect.sensitive")}
        hint={t("flows.collect.sensitive.hint")}
        value={step.sensitive ?? ""}
        options={[{ id: "", label: t("flows.collect.sensitive.no") }, { id: "shown", label: t("flows.collect.sensitive.shown") }, { id: "hidden", label: t("flows.collect.sensitive.hidden") }]}
        onChange={(kind) => set("sensitive", { sensitive: kind === "shown" || kind === "hidden" ? kind : undefined })}
      />
      <Checkbox isSelected={step.optional !== undefined} onChange={(on) => set("optional", { optional: on ? { label: {}, next: NOWHERE } : undefined })}>
        {t("flows.collect.optional")}
      </Checkbox>
      {step.optional !== undefined && <TextsField plain rows={1} label={t("flows.collect.optional.label")} texts={step.optional.label} onChange={(label) => step.optional !== undefined && set("optional label", { optional: { ...step.optional, label } })} />}
      <AskingFields step={step} set={set} />
      <WaysFields id={id} />
    </>
  );
}

export function LanguageForm({ id, step, set }: StepFormProps<"language">): ReactNode {
  const t = useT();
  return (
    <>
      <SaysField label={t("flows.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-control font-medium">{t("flows.languageChoices")}</legend>
        {step.choices.map((choice, i) => (
          <div key={choice.language} className="grid grid-cols-[4.5rem_1fr] gap-2">
            <Select
              hideLabel
              label={t("flows.choice.key")}
              value={choice.key}
              options={["1", "2", "3", "4", "5", "6", "7", "8", "9", "#"].filter((key) => key === choice.key || !step.choices.some((other) => other.key === key)).map((key) => ({ id: key, label: key }))}
              onChange={(key) => set(`choice ${i} key`, { choices: step.choices.map((one, at) => (at === i ? { ...one, key } : one)) })}
            />
            <TextField hideLabel label={t(`flows.language.${choice.language}`)} value={choice.label} onChange={(label) => set(`choice ${i} label`, { choices: step.choices.map((one, at) => (at === i ? { ...one, label: label.slice(0, 40) } : one)) })} />
          </div>
        ))}
      </fieldset>
      <AskingFields step={step} set={set} />
      <WaysFields id={id} />
    </>
  );
}

export function WaitForm({ id, step, set }: StepFormProps<"wait">): ReactNode {
  const t = useT();
  return (
    <>
      <SecondsField label={t("flows.wait.ms")} ms={step.ms} min={100} max={3_600_000} onChange={(ms) => ms !== undefined && set("ms", { ms })} />
      <SaysField optional label={t("flows.wait.says")} says={step.says} onChange={(says) => set("says", { says })} />
      <WaysFields id={id} />
    </>
  );
}

export function EndForm({ step, set }: StepFormProps<"end">): ReactNode {
  const t = useT();
  return (
    <>
      <SaysField optional label={t("flows.end.says")} says={step.says} onChange={(says) => set("says", { says })} />
      <Checkbox isSelected={step.exception !== undefined} onChange={(on) => set("exception", { exception: on ? t("flows.end.exception.example") : undefined })}>
        {t("flows.end.exception")}
        <span className="block text-meta text-ink-3">{t("flows.end.exception.hint")}</span>
      </Checkbox>
      {step.exception !== undefined && <TextField rows={2} label={t("flows.end.exception.why")} value={step.exception} error={step.exception.length < 3 ? t("flows.expression.empty") : null} onChange={(exception) => set("exception text", { exception: exception.slice(0, 300) })} />}
    </>
  );
}
