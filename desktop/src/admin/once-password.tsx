import { Check, Copy } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";

/** A generated password, shown this once. */
export function OncePassword({ password }: { password: string }): ReactNode {
  const t = useT();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(password);
      setCopied(true);
    } catch {
      // No clipboard on plain http from another machine: it stands there to be selected.
      setCopied(false);
    }
  };
  return (
    <>
      <p className="text-body text-ink-2">{t("admin.once.help")}</p>
      <div className="mt-4 flex items-center gap-2 rounded-card border border-line bg-sunken py-2 pr-2 pl-3">
        <span className="sr-only">{t("admin.once.password")}</span>
        <code className="min-w-0 grow font-mono text-head break-all select-all">{password}</code>
        <Button size="l" icon={copied ? Check : Copy} onPress={() => void copy()}>
          {t(copied ? "everywhere.copied" : "everywhere.copy")}
        </Button>
      </div>
    </>
  );
}
