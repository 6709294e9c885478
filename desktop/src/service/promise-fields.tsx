/** Callbacks and the voicemail of a queue: what is promised, how it is kept. */
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { useQueueSetting } from "../data/data.ts";
import { NumberField, TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Switch } from "../kit/switch.tsx";
import { Fold, LinesField } from "../telephony/fields.tsx";
import { SaysField } from "./says-field.tsx";
import type { SettingFieldsProps } from "./setting-form.tsx";

export function CallbackFields({ draft, set, error, look }: SettingFieldsProps<"callback">): ReactNode {
  const { t } = look;
  const minutes = t("admin.minutes");
  const details = useQueueSetting("details", null).data;
  const isAddressed = details && details.body.publicUrl !== null;
  return (
    <>
      <Group label={t("admin.callbackSettings.offered")}>
        <Switch isSelected={draft.inOrder} onChange={(inOrder) => set({ inOrder })}>
          {t("admin.callbackSettings.inOrder")}
        </Switch>
        <Switch isSelected={draft.dated} onChange={(dated) => set({ dated })}>
          {t("admin.callbackSettings.dated")}
        </Switch>
      </Group>
      <Group label={t("admin.callbackSettings.first")} hint={t(`admin.callbackSettings.first.${draft.first}.hint`)}>
        <div>
          <Segmented label={t("admin.callbackSettings.first")} value={draft.first} options={[{ id: "agent", label: t("admin.callbackSettings.first.agent") }, { id: "customer", label: t("admin.callbackSettings.first.customer") }]} onChange={(first) => set({ first })} />
        </div>
      </Group>
      {draft.dated && (
        <Group label={t("admin.callbackSettings.slots")} hint={t("admin.callbackSettings.slots.hint")}>
          <div className="grid grid-cols-4 items-start gap-3">
            <NumberField label={t("admin.callbackSettings.slot")} unit={minutes} minValue={5} maxValue={240} error={error("slotMinutes")} value={draft.slotMinutes} onChange={(slotMinutes) => set({ slotMinutes })} />
            <NumberField label={t("admin.callbackSettings.perSlot")} minValue={1} maxValue={500} error={error("perSlot")} value={draft.perSlot} onChange={(perSlot) => set({ perSlot })} />
            <NumberField label={t("admin.callbackSettings.daysAhead")} unit={t("admin.days")} minValue={1} maxValue={60} error={error("daysAhead")} value={draft.daysAhead} onChange={(daysAhead) => set({ daysAhead })} />
            <NumberField label={t("admin.callbackSettings.lead")} unit={minutes} minValue={0} maxValue={10_080} error={error("leadMinutes")} value={draft.leadMinutes} onChange={(leadMinutes) => set({ leadMinutes })} />
          </div>
        </Group>
      )}
      <Group label={t("admin.callbackSettings.tries")}>
        <div className="grid grid-cols-4 items-start gap-3">
          <NumberField label={t("admin.callbackSettings.attempts")} minValue={1} maxValue={10} error={error("attempts")} value={draft.attempts} onChange={(attempts) => set({ attempts })} />
          <NumberField label={t("admin.callbackSettings.pause")} unit={minutes} minValue={1} maxValue={1_440} error={error("pauseMinutes")} value={draft.pauseMinutes} onChange={(pauseMinutes) => set({ pauseMinutes })} />
          <NumberField label={t("admin.callbackSettings.ring")} unit={t("admin.seconds")} minValue={10} maxValue={120} error={error("ringSeconds")} value={draft.ringSeconds} onChange={(ringSeconds) => set({ ringSeconds })} />
          <NumberField label={t("admin.callbackSettings.tolerance")} hint={t("admin.callbackSettings.tolerance.hint")} unit={minutes} minValue={0} maxValue={240} error={error("toleranceMinutes")} value={draft.toleranceMinutes} onChange={(toleranceMinutes) => set({ toleranceMinutes })} />
        </div>
      </Group>
      <Group label={t("admin.callbackSettings.link")} hint={isAddressed === false ? undefined : t("admin.callbackSettings.link.hint")}>
        <Switch isSelected={draft.sendLink} onChange={(sendLink) => set({ sendLink })}>
          {t("admin.callbackSettings.link.on")}
        </Switch>
        {isAddressed === false && draft.sendLink && <p className="text-meta text-amber-ink">{t("admin.callbackSettings.link.missing")}</p>}
      </Group>
      <Fold label={t("admin.callbackSettings.numbers")} hint={t(draft.abroad ? "admin.callbackSettings.abroad.yes" : "admin.callbackSettings.abroad.no")} wrong={error("callerNumber") !== null}>
        <Switch isSelected={draft.abroad} onChange={(abroad) => set({ abroad })}>
          {t("admin.callbackSettings.abroad")}
        </Switch>
        <Switch isSelected={draft.trustCallerNumber} onChange={(trustCallerNumber) => set({ trustCallerNumber })}>
          {t("admin.callbackSettings.trust")}
        </Switch>
        <p className="max-w-[38rem] text-meta text-ink-2">{t("admin.callbackSettings.trust.hint")}</p>
        <div className="w-72">
          <TextField mono label={t("admin.callbackSettings.number")} hint={t("admin.callbackSettings.number.hint")} placeholder="+33…" error={error("callerNumber")} value={draft.callerNumber ?? ""} onChange={(number) => set({ callerNumber: number.trim() === "" ? null : number.replaceAll(/[\s.()-]/g, "") })} autoComplete="off" />
        </div>
      </Fold>
      {draft.first === "customer" && <SaysField label={t("admin.callbackSettings.greeting")} hint={t("admin.callbackSettings.greeting.hint")} value={draft.greeting} onChange={(greeting) => set({ greeting })} look={look} />}
    </>
  );
}

export function VoicemailFields({ draft, set, error, look }: SettingFieldsProps<"voicemail">): ReactNode {
  const { t } = look;
  return (
    <>
      <div className="grid grid-cols-2 items-start gap-3">
        <NumberField label={t("admin.voicemailSettings.keep")} hint={t("admin.voicemailSettings.keep.hint")} unit={t("admin.days")} minValue={1} maxValue={3_650} error={error("keepDays")} value={draft.keepDays} onChange={(keepDays) => set({ keepDays })} />
        <NumberField label={t("admin.voicemailSettings.silence")} unit={t("admin.seconds")} minValue={2} maxValue={30} error={error("silenceSeconds")} value={draft.silenceSeconds} onChange={(silenceSeconds) => set({ silenceSeconds })} />
      </div>
      <LinesField label={t("admin.voicemailSettings.emails")} hint={t("admin.voicemailSettings.emails.hint")} error={error("emails")} lines={draft.emails} onChange={(emails) => set({ emails })} />
    </>
  );
}
