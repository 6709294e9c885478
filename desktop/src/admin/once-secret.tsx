import { Check, Copy } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { IconButton } from "../kit/button.tsx";

/** Something seen once, with a button that copies it. */
export function OnceSecret({ label, secret, small = false }: { label: string; secret: string; small?: boolean }): ReactNode {
  const t = useT();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
    } catch {
      // No clipboard on plain http from another machine: it stands there to be selected.
      setCopied(false);
    }
  };
  return (
    <div>
      <p className="mb-1.5 text-control font-medium">{label}</p>
      <div className="flex items-center gap-2 rounded-card border border-line bg-sunken py-1.5 pr-1.5 pl-3">
        <code className={`min-w-0 grow font-mono break-all select-all ${small ? "text-meta" : "text-sub"}`}>{secret}</code>
        <IconButton icon={copied ? Check : Copy} label={t(copied ? "everywhere.copied" : "everywhere.copy")} onPress={() => void copy()} />
      </div>
    </div>
  );
}

/** A generated password, shown this once. */
export function OncePassword({ password }: { password: string }): ReactNode {
  const t = useT();
  return (
    <div className="flex flex-col gap-4">
      <p className="text-body text-ink-2">{t("admin.once.help")}</p>
      <OnceSecret label={t("admin.once.password")} secret={password} />
    </div>
  );
}
