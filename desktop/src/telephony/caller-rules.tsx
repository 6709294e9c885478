import { CallerRule } from "@tandem/protocol";
import { ShieldBan } from "lucide-react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import type { FormProps, KindPage, Look } from "../admin/kind-page.ts";
import { Chip } from "../kit/chip.tsx";
import { NumberField, TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Switch } from "../kit/switch.tsx";
import { DestinationField, destinationWords, extensionName, ExtensionSelect } from "./fields.tsx";
import { WeekHours, hoursWords } from "./week-hours.tsx";

type Caller = "any" | "anonymous" | "number";
const callerOf = (rule: CallerRule): Caller => (rule.caller === "any" || rule.caller === "anonymous" ? rule.caller : "number");
/** Shorter than any whole number of a country. */
const PREFIX_MAX = 8;
const numberWords = (number: string, { t, format }: Look): string => (number.startsWith("+") && number.length <= PREFIX_MAX ? t("admin.callerRules.prefix", { number }) : format.phone(number));
const callerWords = (rule: CallerRule, look: Look): string => (callerOf(rule) === "number" ? numberWords(rule.caller, look) : look.t(`admin.callerRules.caller.${callerOf(rule)}`));
const calledWords = (rule: CallerRule, { t, extensions }: Look): string => (rule.extensionId === null ? t("admin.callerRules.everyone") : extensionName(extensions, rule.extensionId));

export const callerRulesPage: KindPage<"callerRules"> = {
  kind: "callerRules",
  icon: ShieldBan,
  schema: CallerRule,
  wide: true,
  columns: [
    { id: "position", label: "admin.callerRules.position", width: { rem: 5 }, align: "right", sort: (rule) => rule.position, cell: (rule) => rule.position },
    { id: "caller", label: "admin.callerRules.caller", width: { share: 24 }, sort: (rule, look) => callerWords(rule, look), cell: (rule, look) => callerWords(rule, look) },
    { id: "called", label: "admin.callerRules.called", width: { share: 22 }, sort: (rule, look) => calledWords(rule, look), cell: (rule, look) => calledWords(rule, look) },
    { id: "hours", label: "admin.callerRules.hours", width: { share: 22 }, sort: (rule) => (rule.hours === null ? 0 : 1), cell: (rule, look) => hoursWords(rule.hours, look) },
    { id: "action", label: "admin.callerRules.action", width: { share: 26 }, sort: (rule) => rule.action.do, cell: (rule, look) => <Action rule={rule} look={look} /> },
    { id: "note", label: "admin.callerRules.note", width: { share: 26 }, sort: (rule) => rule.note, cell: (rule) => rule.note || "—" },
  ],
  nameOf: (rule, look) => callerWords(rule, look),
  searchText: (rule, look) => [rule.caller, callerWords(rule, look), calledWords(rule, look), rule.note].join(" "),
  blank: () => ({ position: 10, caller: "+33", extensionId: null, hours: null, action: { do: "block" }, note: "" }),
  errors: { position: "admin.error.callerRules.position", caller: "admin.error.callerRules.caller", hours: "admin.error.callerRules.hours", action: "admin.error.destination", note: "admin.error.note" },
  removal: (_, { t }) => ({ effect: t("admin.callerRules.delete.effect"), blocked: null }),
  Form: CallerRuleForm,
};

function Action({ rule: { action }, look }: { rule: CallerRule; look: Look }): ReactNode {
  const { t } = look;
  if (action.do === "allow") return <Chip tone="jade">{t("admin.callerRules.action.allow")}</Chip>;
  if (action.do === "block") return <Chip tone="alert">{t("admin.callerRules.action.block")}</Chip>;
  return t("admin.callerRules.action.sent", { to: destinationWords(action.destination, look) });
}

function CallerRuleForm({ draft, set, error, look }: FormProps<"callerRules">): ReactNode {
  const { t } = look;
  const caller = callerOf(draft);
  const { action } = draft;
  return (
    <>
      <Group label={t("admin.callerRules.caller")} hint={caller === "anonymous" ? t("admin.callerRules.caller.anonymous.hint") : undefined}>
        <div>
          <Segmented
            label={t("admin.callerRules.caller")}
            value={caller}
            options={(["number", "anonymous", "any"] as const).map((id) => ({ id, label: t(`admin.callerRules.caller.${id}`) }))}
            onChange={(id) => set({ caller: id === "number" ? "+33" : id })}
          />
        </div>
        {caller === "number" && <TextField mono type="tel" label={t("admin.callerRules.number")} hint={t("admin.callerRules.number.hint")} error={error("caller")} value={draft.caller} onChange={(typed) => set({ caller: typed.replace(/[\s.()-]/g, "") })} />}
      </Group>
      <ExtensionSelect label={t("admin.callerRules.called")} everyone={t("admin.callerRules.everyone")} value={draft.extensionId ?? ""} onChange={(id) => set({ extensionId: id === "" ? null : id })} look={look} />
      <Group label={t("admin.callerRules.hours")} error={error("hours")}>
        <Switch isSelected={draft.hours !== null} onChange={(on) => set({ hours: on ? { days: [1, 2, 3, 4, 5], fromMinute: 540, untilMinute: 1_080 } : null })}>
          {t("admin.callerRules.hours.on")}
        </Switch>
        {draft.hours !== null && <WeekHours hours={draft.hours} onChange={(hours) => set({ hours })} look={look} />}
      </Group>
      <Group label={t("admin.callerRules.action")}>
        <div>
          <Segmented
            label={t("admin.callerRules.action")}
            value={action.do}
            options={(["allow", "block", "send"] as const).map((id) => ({ id, label: t(`admin.callerRules.action.${id}`) }))}
            onChange={(id) => set({ action: id === "send" ? { do: "send", destination: { to: "number", number: "" } } : { do: id } })}
          />
        </div>
        {action.do === "send" && <DestinationField label={t("admin.callerRules.to")} error={error("action")} value={action.destination} onChange={(destination) => destination !== null && set({ action: { do: "send", destination } })} look={look} />}
      </Group>
      <div className="grid grid-cols-2 items-start gap-3">
        <NumberField label={t("admin.callerRules.position")} hint={t("admin.callerRules.position.hint")} error={error("position")} minValue={0} maxValue={9_999} value={draft.position} onChange={(position) => set({ position })} />
        <TextField label={t("admin.callerRules.note")} error={error("note")} value={draft.note} onChange={(note) => set({ note })} />
      </div>
    </>
  );
}

