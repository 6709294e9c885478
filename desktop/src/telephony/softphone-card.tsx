/** How a softphone gets its settings: the code to scan, the address, and the lines to type. Shown once. */
import type { PhoneProvisioning } from "@tandem/protocol";
import { QrCode } from "lucide-react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { OnceSecret } from "../admin/once-secret.tsx";
import { inWords, useProvisionPhone, useSipSettings } from "../data/data.ts";
import type { AdminRows } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { toast } from "../kit/toast.tsx";

export function SoftphoneCard({ made }: { made: PhoneProvisioning }): ReactNode {
  const t = useT();
  const sip = useSipSettings().data;
  const lines: [string, string][] = [
    [t("admin.phones.lines.user"), made.account],
    [t("admin.phones.lines.password"), made.phonePassword],
    ...(sip === undefined ? [] : ([[t("admin.phones.lines.domain"), sip.domain], [t("admin.phones.lines.server"), `${sip.host}:${sip.port}`]] as [string, string][])),
    [t("admin.phones.lines.transport"), t("admin.phones.lines.transportValue")],
  ];
  return (
    <section aria-labelledby="softphone-title" className="flex flex-col gap-3">
      <h3 id="softphone-title" className="text-control font-medium">
        {t("admin.softphone.title")}
      </h3>
      <div className="flex gap-4 rounded-card border border-line p-3">
        {/* An image, never markup; on white in every theme, or cameras do not read it. */}
        <img alt={t("admin.softphone.qr")} src={`data:image/svg+xml,${encodeURIComponent(made.qrSvg)}`} className="size-40 shrink-0 rounded-control bg-[#fff]" />
        <ol className="flex list-decimal flex-col gap-1.5 pl-4 text-control text-ink-2">
          <li>{t("admin.softphone.step1")}</li>
          <li>{t("admin.softphone.step2")}</li>
          <li>{t("admin.softphone.step3")}</li>
        </ol>
      </div>
      <OnceSecret label={t("admin.softphone.address")} secret={made.provisioningUrl} small />
      <p className="text-meta text-ink-3">{t("admin.softphone.address.hint")}</p>
      <h3 className="mt-1 text-control font-medium">{t("admin.softphone.type")}</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 rounded-card border border-line px-3 py-2.5 text-control">
        {lines.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-ink-2">{label}</dt>
            <dd className="font-mono text-meta leading-5 break-all select-all">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** In the sheet of a phone that is there: a fresh password and the code that brings it. */
export function ProvisionAgain({ row, look: { t }, show }: { row: AdminRows["phones"]; look: Look; show: (title: string, body: ReactNode) => void }): ReactNode {
  const make = useProvisionPhone();
  return (
    <ConfirmPopover
      placement="top start"
      tone="primary"
      trigger={
        <Button icon={QrCode} isDisabled={make.isPending}>
          {t("admin.softphone.again")}
        </Button>
      }
      question={t("admin.softphone.again.question", { name: row.account })}
      effect={t("admin.phones.password.effect")}
      confirmLabel={t("admin.softphone.again.confirm")}
      onConfirm={() => make.mutate(row.id, { onSuccess: (made) => show(t("admin.softphone.title"), <SoftphoneCard made={made} />), onError: (why) => toast("alert", inWords(why)) })}
    />
  );
}
