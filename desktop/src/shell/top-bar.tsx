import { Search } from "lucide-react";
import type { ReactNode } from "react";
import type { ActionContext } from "../actions/action.ts";
import { useSessionView } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { onMac } from "../kit/platform.ts";
import { Mark } from "./mark.tsx";
import { StatusPill } from "./status-pill.tsx";
import { openLayer } from "./ui.ts";

function titleOf(path: string): Key {
  if (path === "/floor") return "shell.rail.floor";
  if (path === "/phone") return "telephone.title";
  if (path === "/promised") return "promised.title";
  if (path.startsWith("/flows")) return "flows.title";
  return path.startsWith("/admin") ? "shell.rail.admin" : "shell.rail.desk";
}

export function TopBar({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const { centreName } = useSessionView();
  return (
    <header data-region className="flex h-[2.875rem] shrink-0 items-center gap-3 pr-2 pl-3">
      <Mark />
      <h1 className="min-w-0 truncate pl-0.5 text-sub font-semibold">
        {t(titleOf(context.path))}
        <span className="ml-2 text-control font-normal text-ink-3">{centreName}</span>
      </h1>
      <div className="flex min-w-0 grow justify-center">
        <Button tone="soft" className="h-[1.875rem] w-full max-w-[26.25rem] min-w-8 shrink justify-start rounded-card bg-fill font-normal text-ink-3 max-stack:w-8 max-stack:justify-center max-stack:px-0" aria-haspopup="dialog" onPress={() => openLayer({ what: "palette" })}>
          <Search size={15} aria-hidden />
          <span aria-hidden className="grow truncate text-left max-stack:hidden">
            {t("shell.palette.placeholder")}
          </span>
          <span className="sr-only">{t("shell.palette.open")}</span>
          <span className="max-fold:hidden">
            <Kbd>{onMac ? "⌘ K" : "Ctrl K"}</Kbd>
          </span>
        </Button>
      </div>
      <StatusPill context={context} />
    </header>
  );
}
