/** Who may speak to the telephone system from outside, what it refuses to call, and who is shut out now. */
import type { BorderRules } from "@tandem/protocol";
import { Ban, ShieldCheck } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useLook } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { inWords, useBans, useLiftBan, useMe, useNow } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { NumberField, TextField } from "../kit/field.tsx";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { toast } from "../kit/toast.tsx";
import { DocumentForm, DocumentPage, Part } from "./document-page.tsx";
import type { DocumentFormProps } from "./document-page.tsx";
import { Rows } from "./fields.tsx";
import { FraudForm } from "./fraud.tsx";
import { Notices, whyWords } from "./notices.tsx";
import { StirForm } from "./stir.tsx";

type Tab = "border" | "fraud" | "bans" | "notices" | "stir";

export function SecurityPage(): ReactNode {
  const look = useLook();
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const [tab, setTab] = useState<Tab>("fraud");
  const bans = useBans().data ?? [];
  return (
    <DocumentPage title={t("admin.telephony.security")} readOnly={mayEdit ? null : t("admin.readOnly")}>
      <Tabs<Tab>
        label={t("admin.telephony.security")}
        value={tab}
        onChange={setTab}
        className="h-full"
        tabs={[
          { id: "fraud", label: t("admin.security.fraud"), panel: <DocumentForm which="fraud" errors={{ allowedCountries: "admin.error.fraud.countries", blockedPrefixes: "admin.error.fraud.prefixes", callsPerMinutePerAccount: "admin.error.fraud.calls", spendPerHour: "admin.error.fraud.spend", prices: "admin.error.fraud.prices" }} Form={FraudForm} look={look} /> },
          {
            id: "border",
            label: t("admin.security.border"),
            panel: (
              <DocumentForm
                which="border"
                errors={{ access: "admin.error.border.access", requestsPerSecondPerSource: "admin.error.border.number", requestsPerSecondPerAccount: "admin.error.border.number", failuresBeforeBan: "admin.error.border.number", banMinutes: "admin.error.border.ban", maxCalls: "admin.error.border.number", maxCallsPerSource: "admin.error.border.number" }}
                Form={BorderForm}
                look={look}
              />
            ),
          },
          { id: "stir", label: t("admin.security.stir"), panel: <DocumentForm which="stir" errors={{ certificateUrl: "admin.error.stir.url", certificate: "admin.error.stir.certificate", privateKey: "admin.error.stir.certificate", roots: "admin.error.stir.certificate", allowedHosts: "admin.error.stir.hosts" }} Form={StirForm} look={look} /> },
          { id: "notices", label: t("admin.security.notices"), panel: <Notices look={look} /> },
          { id: "bans", label: t("admin.security.bans"), count: bans.length, panel: <Bans look={look} mayEdit={mayEdit} /> },
        ]}
      />
    </DocumentPage>
  );
}

function BorderForm({ draft, set, error, look }: DocumentFormProps<"border">): ReactNode {
  const { t } = look;
  const number = (field: Exclude<keyof BorderRules, "access" | "strangersMayCall">, max: number): ReactNode => (
    <NumberField label={t(`admin.border.${field}`)} error={error(field)} minValue={1} maxValue={max} value={draft[field]} onChange={(value) => set({ [field]: value })} />
  );
  return (
    <>
      <Part title={t("admin.border.access")} hint={t("admin.border.access.hint")}>
        <Rows label={t("admin.border.access.rules")} error={error("access")} rows={draft.access} onChange={(access) => set({ access })} blank={() => ({ network: "", allow: false, note: "" })} add={t("admin.add")} nameOf={(rule, i) => rule.network || t("admin.trunks.headerRules.name", { n: i + 1 })} look={look}>
          {(rule, change, at) => (
            <div className="grid min-w-0 grow grid-cols-[8rem_1fr_1.4fr] gap-2">
              <Select hideLabel={at > 0} label={t("admin.border.access.what")} value={rule.allow ? "allow" : "refuse"} options={(["allow", "refuse"] as const).map((id) => ({ id, label: t(`admin.border.access.${id}`) }))} onChange={(what) => change({ allow: what === "allow" })} />
              <TextField mono hideLabel={at > 0} label={t("admin.border.access.network")} value={rule.network} onChange={(network) => change({ network: network.trim() })} placeholder="203.0.113.0/24" />
              <TextField hideLabel={at > 0} label={t("admin.callerRules.note")} value={rule.note} onChange={(note) => change({ note })} />
            </div>
          )}
        </Rows>
      </Part>
      <div className="-mt-3 flex flex-col gap-1">
        <Switch isSelected={draft.strangersMayCall} onChange={(strangersMayCall) => set({ strangersMayCall })}>
          {t("admin.border.strangers")}
        </Switch>
        <p className="pl-9 text-meta text-ink-3">{t("admin.border.strangers.hint")}</p>
      </div>
      <Part title={t("admin.border.rates")} hint={t("admin.border.rates.hint")}>
        <div className="grid grid-cols-2 items-start gap-3">
          {number("requestsPerSecondPerSource", 100_000)}
          {number("requestsPerSecondPerAccount", 100_000)}
          {number("maxCalls", 100_000)}
          {number("maxCallsPerSource", 100_000)}
        </div>
      </Part>
      <Part title={t("admin.border.passwords")} hint={t("admin.border.passwords.hint")}>
        <div className="grid grid-cols-2 items-start gap-3">
          {number("failuresBeforeBan", 1_000)}
          {number("banMinutes", 10_080)}
        </div>
      </Part>
    </>
  );
}

function Bans({ look, mayEdit }: { look: Look; mayEdit: boolean }): ReactNode {
  const { t, format } = look;
  const asked = useBans();
  const lift = useLiftBan();
  const now = useNow(60_000);
  if (asked.data === undefined) return <NotRead query={asked} rows={8} />;
  const bans = asked.data;
  if (bans.length === 0)
    return (
      <div className="pt-[10vh]">
        <Empty icon={ShieldCheck} title={t("admin.bans.none")}>
          {t("admin.bans.none.help")}
        </Empty>
      </div>
    );
  return (
    <ul className="flex flex-col divide-y divide-line">
      {bans.map((ban) => (
        <li key={ban.address} className="flex items-center gap-3 px-4 py-2 text-control">
          <Ban size={15} aria-hidden className="shrink-0 text-alert-ink" />
          <span className="w-44 shrink-0 truncate font-mono text-meta">{ban.address}</span>
          <span className="min-w-0 grow truncate text-ink-2">{whyWords(ban.why, look)}</span>
          <span className="text-meta text-ink-3">{t("admin.bans.since", { since: format.when(ban.sinceMs, now), until: format.when(ban.untilMs, now), n: ban.refused })}</span>
          {mayEdit && (
            <Button size="s" isDisabled={lift.isPending} aria-label={t("admin.bans.lift.one", { address: ban.address })} onPress={() => lift.mutate(ban.address, { onSuccess: () => toast("good", t("admin.bans.lifted", { address: ban.address })), onError: (why) => toast("alert", inWords(why)) })}>
              {t("admin.bans.lift")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
