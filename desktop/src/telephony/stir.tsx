import type { ReactNode } from "react";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { Part } from "./document-page.tsx";
import type { DocumentFormProps } from "./document-page.tsx";
import { LinesField } from "./fields.tsx";

/** Signed caller numbers (STIR/SHAKEN, RFC 8224): what we sign with, and whom we believe. */
export function StirForm({ draft, set, error, look: { t } }: DocumentFormProps<"stir">): ReactNode {
  return (
    <>
      <Part title={t("admin.stir.sign")} hint={t("admin.stir.sign.hint")}>
        <TextField mono label={t("admin.stir.certificateUrl")} hint={t("admin.stir.certificateUrl.hint")} error={error("certificateUrl")} value={draft.certificateUrl} onChange={(url) => set({ certificateUrl: url.trim() })} autoComplete="off" />
        <TextField mono rows={4} label={t("admin.stir.certificate")} error={error("certificate")} value={draft.certificate} onChange={(certificate) => set({ certificate })} placeholder="-----BEGIN CERTIFICATE-----" />
        <TextField mono rows={3} label={t("admin.stir.privateKey")} hint={t("admin.stir.privateKey.hint")} error={error("privateKey")} value={draft.privateKey ?? ""} onChange={(key) => set({ privateKey: key === "" ? null : key })} placeholder={draft.hasKey ? t("admin.stir.privateKey.kept") : "-----BEGIN PRIVATE KEY-----"} autoComplete="off" />
        <Select label={t("admin.stir.attestAs")} value={draft.attestAs} options={(["A", "B", "C"] as const).map((id) => ({ id, label: t(`admin.stir.attestAs.${id}`) }))} onChange={(attestAs) => set({ attestAs })} />
      </Part>
      <Part title={t("admin.stir.verify")} hint={t("admin.stir.verify.hint")}>
        <TextField mono rows={4} label={t("admin.stir.roots")} error={error("roots")} value={draft.roots.join("\n")} onChange={(text) => set({ roots: certificatesIn(text) })} placeholder="-----BEGIN CERTIFICATE-----" />
        <LinesField label={t("admin.stir.allowedHosts")} hint={t("admin.stir.allowedHosts.hint")} error={error("allowedHosts")} lines={draft.allowedHosts} onChange={(allowedHosts) => set({ allowedHosts })} rows={2} placeholder="cert.example.com" />
      </Part>
    </>
  );
}

/** Each certificate of a pasted bundle; what is no certificate yet stays one piece. */
function certificatesIn(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=-----END CERTIFICATE-----)\n+(?=-----BEGIN)/);
}
