import type { ReactNode } from "react";
import { SecondsField } from "../admin/fields.tsx";
import { useLook } from "../admin/kind-page.ts";
import { useMe } from "../data/data.ts";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { countries } from "./countries.ts";
import { DocumentForm, DocumentPage, Part } from "./document-page.tsx";
import type { DocumentFormProps } from "./document-page.tsx";
import { LinesField } from "./fields.tsx";

export function TelephonySettingsPage(): ReactNode {
  const look = useLook();
  const mayEdit = useMe().roles.includes("administrator");
  const { t } = look;
  return (
    <DocumentPage title={t("admin.telephony.settings")} readOnly={mayEdit ? null : t("admin.readOnly")}>
      <DocumentForm
        which="settings"
        errors={{ park: "admin.error.settings.park", outsidePrefix: "admin.error.settings.outsidePrefix", voicemailNumber: "admin.error.short.number", voicemailMaxMs: "admin.error.settings.voicemailMax", emergencyNumbers: "admin.error.settings.emergency" }}
        Form={SettingsForm}
        look={look}
      />
    </DocumentPage>
  );
}

function SettingsForm({ draft, set, error, look }: DocumentFormProps<"settings">): ReactNode {
  const { t, language, format } = look;
  const { park } = draft;
  return (
    <>
      <Part title={t("admin.settings.outside")} hint={t("admin.settings.outside.hint")}>
        <div className="grid grid-cols-2 items-start gap-3">
          <Select label={t("admin.region")} hint={t("admin.settings.region.hint")} value={draft.region} options={countries(language, format.compare)} onChange={(region) => set({ region })} />
          <TextField mono inputMode="numeric" label={t("admin.settings.outsidePrefix")} hint={t("admin.settings.outsidePrefix.hint")} error={error("outsidePrefix")} value={draft.outsidePrefix} onChange={(outsidePrefix) => set({ outsidePrefix: outsidePrefix.trim() })} autoComplete="off" />
        </div>
        <LinesField label={t("admin.settings.emergency")} hint={t("admin.settings.emergency.hint")} error={error("emergencyNumbers")} lines={draft.emergencyNumbers} onChange={(emergencyNumbers) => set({ emergencyNumbers })} inline />
      </Part>
      <Part title={t("admin.settings.voicemail")} hint={t("admin.settings.voicemail.hint")}>
        <div className="grid grid-cols-2 items-start gap-3">
          <TextField mono inputMode="numeric" label={t("admin.settings.voicemailNumber")} error={error("voicemailNumber")} value={draft.voicemailNumber} onChange={(voicemailNumber) => set({ voicemailNumber: voicemailNumber.trim() })} autoComplete="off" />
          <SecondsField label={t("admin.settings.voicemailMax")} error={error("voicemailMaxMs")} min={10} ms={draft.voicemailMaxMs} onChange={(voicemailMaxMs) => set({ voicemailMaxMs })} look={look} />
        </div>
      </Part>
      <Part title={t("admin.settings.park")} hint={t("admin.settings.park.hint")}>
        <div className="grid grid-cols-3 items-start gap-3">
          <TextField mono inputMode="numeric" label={t("admin.settings.park.from")} error={error("park")} value={park.from} onChange={(from) => set({ park: { ...park, from: from.trim() } })} autoComplete="off" />
          <TextField mono inputMode="numeric" label={t("admin.settings.park.to")} value={park.to} onChange={(to) => set({ park: { ...park, to: to.trim() } })} autoComplete="off" />
          <SecondsField label={t("admin.settings.park.return")} min={10} ms={park.returnAfterMs} onChange={(returnAfterMs) => set({ park: { ...park, returnAfterMs } })} look={look} />
        </div>
      </Part>
    </>
  );
}
