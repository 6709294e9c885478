/** Forms of the steps that lead to a person, a promise, or elsewhere. */
import type { StepOf } from "@tandem/protocol/flow/flow";
import type { ReactNode } from "react";
import { useAssistantNames } from "../../data/data.ts";
import { useT } from "../../i18n/i18n.ts";
import { Checkbox } from "../../kit/checkbox.tsx";
import { NumberField, TextField } from "../../kit/field.tsx";
import { Select } from "../../kit/select.tsx";
import { useEditor } from "../designer-context.ts";
import { NOWHERE } from "../model/ports.ts";
import { SaysField } from "./says-field.tsx";
import { ExpressionField, NeedsField, PriorityField, QueueField, useFieldFinding, WaysFields } from "./small-fields.tsx";
import type { StepFormProps } from "./step-form.ts";
import { TextsField } from "./texts-field.tsx";

export function QueueForm({ id, step, set }: StepFormProps<"queue">): ReactNode {
  const t = useT();
  const error = useFieldFinding(id, "preferredAgent");
  return (
    <>
      <QueueField label={t("flows.queue")} value={step.queueId} onChange={(queueId) => set("queueId", { queueId })} />
      <SaysField optional label={t("flows.queue.says")} says={step.says} onChange={(says) => set("says", { says })} />
      <NeedsField label={t("flows.needs")} needs={step.needs} onChange={(needs) => set("needs", { needs })} />
      <PriorityField value={step.priority} none={t("flows.priority.same")} onChange={(priority) => set("priority", { priority })} />
      <Checkbox isSelected={step.preferredAgent !== undefined} onChange={(on) => set("preferredAgent", { preferredAgent: on ? "customer.agent" : undefined })}>
        {t("flows.queue.preferred")}
        <span className="block text-meta text-ink-3">{t("flows.queue.preferred.hint")}</span>
      </Checkbox>
      {step.preferredAgent !== undefined && <ExpressionField hideLabel label={t("flows.queue.preferred")} value={step.preferredAgent} error={error} onChange={(preferredAgent) => set("preferredAgent text", { preferredAgent })} />}
      <TextsField optional rows={2} label={t("flows.queue.whisper")} hint={t("flows.queue.whisper.hint")} texts={step.whisper ?? {}} onChange={(whisper) => set("whisper", { whisper: Object.keys(whisper).length === 0 ? undefined : whisper })} />
      <WaysFields id={id} />
    </>
  );
}

export function CallbackForm({ id, step, set }: StepFormProps<"callback">): ReactNode {
  const t = useT();
  return (
    <>
      <SaysField label={t("flows.callback.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <QueueField label={t("flows.queue")} value={step.queueId} onChange={(queueId) => set("queueId", { queueId })} />
      <Select label={t("flows.callback.offer")} value={step.offer} options={(["choice", "in-order", "dated"] as const).map((offer) => ({ id: offer, label: t(`flows.callback.${offer}`) }))} onChange={(offer) => set("offer", { offer })} />
      <Select label={t("flows.callback.number")} value={step.askNumber} options={(["when-hidden", "always"] as const).map((when) => ({ id: when, label: t(`flows.callback.number.${when}`) }))} onChange={(askNumber) => set("askNumber", { askNumber })} />
      <SaysField optional label={t("flows.callback.confirmed")} says={step.confirmed} onChange={(confirmed) => set("confirmed", { confirmed })} />
      <TextsField plain rows={1} label={t("flows.asks.label")} hint={t("flows.asks.label.hint")} texts={step.label} onChange={(label) => set("label", { label })} />
      <WaysFields id={id} />
    </>
  );
}

export function VoicemailForm({ id, step, set }: StepFormProps<"voicemail">): ReactNode {
  const t = useT();
  return (
    <>
      <SaysField label={t("flows.voicemail.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <QueueField label={t("flows.voicemail.queue")} value={step.queueId} onChange={(queueId) => set("queueId", { queueId })} />
      <NumberField label={t("flows.voicemail.max")} unit={t("admin.seconds")} minValue={10} maxValue={600} value={step.maxSeconds} onChange={(maxSeconds) => Number.isInteger(maxSeconds) && set("maxSeconds", { maxSeconds })} />
      <SaysField optional label={t("flows.voicemail.askNumber")} hint={t("flows.voicemail.askNumber.hint")} says={step.askNumber} onChange={(askNumber) => set("askNumber", { askNumber })} />
      <SaysField optional label={t("flows.voicemail.numberTaken")} says={step.numberTaken} onChange={(numberTaken) => set("numberTaken", { numberTaken })} />
      <WaysFields id={id} />
    </>
  );
}

type DeflectTo = StepOf<"deflect">["to"];

export function DeflectForm({ id, step, set }: StepFormProps<"deflect">): ReactNode {
  const t = useT();
  const fallback = useEditor((s) => s.document.reachHuman.queueId);
  const { to } = step;
  const choose = (kind: DeflectTo["kind"]): void => {
    const next: { [K in DeflectTo["kind"]]: Extract<DeflectTo, { kind: K }> } = { number: { kind: "number", number: "0" }, email: { kind: "email" }, queue: { kind: "queue", queueId: fallback }, sms: { kind: "sms", text: {} } };
    set("to", { to: next[kind], next: kind === "sms" ? (step.next ?? NOWHERE) : undefined });
  };
  return (
    <>
      <Select label={t("flows.deflect.to")} value={to.kind} options={(["queue", "number", "email", "sms"] as const).map((kind) => ({ id: kind, label: t(`flows.deflect.${kind}`) }))} onChange={choose} />
      {to.kind === "number" && <TextField mono label={t("flows.number")} value={to.number} error={to.number === "" ? t("flows.expression.empty") : null} onChange={(number) => set("to number", { to: { kind: "number", number: number.slice(0, 40) } })} />}
      {to.kind === "queue" && <QueueField label={t("flows.queue")} value={to.queueId} onChange={(queueId) => set("to queue", { to: { kind: "queue", queueId } })} />}
      {to.kind === "sms" && <TextsField rows={3} label={t("flows.deflect.text")} texts={to.text} onChange={(text) => set("to text", { to: { kind: "sms", text } })} />}
      {to.kind === "email" && <p className="text-meta text-ink-2">{t("flows.deflect.email.help")}</p>}
      <SaysField optional label={t("flows.deflect.says")} says={step.says} onChange={(says) => set("says", { says })} />
      <WaysFields id={id} />
    </>
  );
}

export function TransferForm({ id, step, set }: StepFormProps<"transfer">): ReactNode {
  const t = useT();
  return (
    <>
      <TextField mono label={t("flows.transfer.number")} hint={t("flows.transfer.hint")} value={step.number} error={step.number === "" ? t("flows.expression.empty") : null} onChange={(number) => set("number", { number: number.slice(0, 40) })} />
      <SaysField optional label={t("flows.deflect.says")} says={step.says} onChange={(says) => set("says", { says })} />
      <WaysFields id={id} />
    </>
  );
}

export function AssistantForm({ id, step, set }: StepFormProps<"assistant">): ReactNode {
  const t = useT();
  const assistants = useAssistantNames().data;
  const known = assistants?.some((one) => one.id === step.assistantId) ?? false;
  return (
    <>
      <SaysField label={t("flows.assistant.says")} says={step.says} onChange={(says) => says !== undefined && set("says", { says })} />
      <Select
        label={t("flows.assistant.id")}
        hint={t("flows.assistant.id.hint")}
        value={known ? step.assistantId : null}
        placeholder={step.assistantId}
        error={known || assistants === undefined ? null : t(assistants.length === 0 ? "flows.assistant.none" : "flows.assistant.gone")}
        options={(assistants ?? []).map(({ id, name, kind }) => ({ id, label: name, hint: t(`admin.outside.kind.${kind}`) }))}
        onChange={(assistantId) => set("assistantId", { assistantId })}
      />
      <NumberField label={t("flows.assistant.turns")} minValue={1} maxValue={50} value={step.maxTurns} onChange={(maxTurns) => Number.isInteger(maxTurns) && set("maxTurns", { maxTurns })} />
      <TextsField plain rows={1} label={t("flows.asks.label")} hint={t("flows.asks.label.hint")} texts={step.label} onChange={(label) => set("label", { label })} />
      <WaysFields id={id} />
    </>
  );
}
