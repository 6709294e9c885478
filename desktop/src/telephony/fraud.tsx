import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { Button } from "../kit/button.tsx";
import { NumberField, TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { countries, countryName, EUROPEAN_UNION } from "./countries.ts";
import { Part } from "./document-page.tsx";
import type { DocumentFormProps } from "./document-page.tsx";
import { Fold, LinesField, Rows } from "./fields.tsx";

export function FraudForm({ draft, set, error, look }: DocumentFormProps<"fraud">): ReactNode {
  const { t, language, format } = look;
  const allowed = draft.allowedCountries;
  const left = countries(language, format.compare).filter(({ id }) => !allowed.includes(id));
  const missing = EUROPEAN_UNION.filter((code) => !allowed.includes(code));
  return (
    <>
      <Part title={t("admin.fraud.where")} hint={t("admin.fraud.where.hint")}>
        <Group label={t("admin.fraud.countries")} error={error("allowedCountries")} hint={allowed.length === 0 ? t("admin.fraud.countries.none") : undefined}>
          <ul className="flex flex-wrap gap-1.5">
            {allowed
              .map((code) => ({ code, name: countryName(code, language) }))
              .toSorted((a, b) => format.compare(a.name, b.name))
              .map(({ code, name }) => (
                <li key={code}>
                  <button type="button" aria-label={t("admin.remove", { name })} onClick={() => set({ allowedCountries: allowed.filter((other) => other !== code) })} className="flex h-6 items-center gap-1 rounded-tag bg-fill px-2 text-meta text-ink outline-offset-1 hover:bg-fill-2">
                    {name}
                    <X size={12} aria-hidden className="text-ink-3" />
                  </button>
                </li>
              ))}
          </ul>
          <div className="flex items-end gap-2">
            <div className="w-64">
              <Select label={t("admin.fraud.countries.add")} hideLabel value={null} placeholder={t("admin.fraud.countries.add")} options={left} onChange={(code) => set({ allowedCountries: [...allowed, code] })} />
            </div>
            {missing.length > 0 && (
              <Button tone="soft" onPress={() => set({ allowedCountries: [...allowed, ...missing] })}>
                {t("admin.fraud.countries.eu")}
              </Button>
            )}
          </div>
        </Group>
        <Switch isSelected={draft.premiumAllowed} onChange={(premiumAllowed) => set({ premiumAllowed })}>
          {t("admin.fraud.premium")}
        </Switch>
        <LinesField label={t("admin.fraud.prefixes")} hint={t("admin.fraud.prefixes.hint")} error={error("blockedPrefixes")} lines={draft.blockedPrefixes} onChange={(blockedPrefixes) => set({ blockedPrefixes })} placeholder="+881" />
      </Part>
      <Part title={t("admin.fraud.howMuch")} hint={t("admin.fraud.howMuch.hint")}>
        <div className="grid grid-cols-2 items-start gap-3">
          <NumberField label={t("admin.fraud.calls")} error={error("callsPerMinutePerAccount")} minValue={1} maxValue={10_000} value={draft.callsPerMinutePerAccount} onChange={(callsPerMinutePerAccount) => set({ callsPerMinutePerAccount })} />
          <NumberField label={t("admin.fraud.spend")} hint={t("admin.fraud.spend.hint")} error={error("spendPerHour")} minValue={0} value={draft.spendPerHour / 100} onChange={(amount) => set({ spendPerHour: Math.round(amount * 100) })} />
        </div>
        <Fold label={t("admin.fraud.prices")} hint={t("admin.fraud.prices.count", { n: draft.prices.length })} wrong={error("prices") !== null}>
          <Rows label={t("admin.fraud.prices")} hint={t("admin.fraud.prices.hint")} error={error("prices")} rows={draft.prices} onChange={(prices) => set({ prices })} blank={() => ({ prefix: "+", perMinute: 0 })} add={t("admin.add")} nameOf={(price) => price.prefix} look={look}>
            {(price, change, at) => (
              <div className="grid min-w-0 grow grid-cols-2 gap-2">
                <TextField mono hideLabel={at > 0} label={t("admin.fraud.prices.prefix")} value={price.prefix} onChange={(prefix) => change({ prefix: prefix.trim() })} />
                <NumberField hideLabel={at > 0} label={t("admin.fraud.prices.perMinute")} minValue={0} step={0.01} value={price.perMinute / 100} onChange={(amount) => change({ perMinute: Math.round(amount * 100) })} />
              </div>
            )}
          </Rows>
        </Fold>
      </Part>
    </>
  );
}
