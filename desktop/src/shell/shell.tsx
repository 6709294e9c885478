import { Outlet } from "@tanstack/react-router";
import { ServerOff } from "lucide-react";
import { useEffect } from "react";
import type { ReactNode } from "react";
import { I18nProvider } from "react-aria-components";
import { checkSession, useSession } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { LineDock } from "../telephone/line-dock.tsx";
import { Empty } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Toasts } from "../kit/toast.tsx";
import { Announcer } from "./announcer.tsx";
import { AudioDialog } from "./audio-dialog.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Palette } from "./palette.tsx";
import { useRunningPhone } from "./phone-port.ts";
import { Rail } from "./rail.tsx";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { SignInPage } from "./sign-in.tsx";
import { TopBar } from "./top-bar.tsx";
import { useActionContext, useOrderKept, useShortcuts } from "./use-action-context.ts";

/** Around every page: the rail, the top bar, what floats; and before them, who is there. */
export function Shell(): ReactNode {
  const language = useLanguage();
  return (
    <I18nProvider locale={language === "fr" ? "fr-FR" : "en-GB"}>
      <Door />
      <Toasts />
    </I18nProvider>
  );
}

function Door(): ReactNode {
  const t = useT();
  const now = useSession();
  useEffect(() => {
    document.title = now.phase === "in" ? `Tandem · ${now.view.centreName}` : "Tandem";
  }, [now]);
  switch (now.phase) {
    case "checking":
      return (
        <main className="mx-auto w-80 pt-[20vh]">
          <Skeleton rows={4} avatar />
        </main>
      );
    case "unreachable":
      return (
        <main className="pt-[16vh]">
          <Empty icon={ServerOff} title={t("shell.unreachable.title")} actions={<Button onPress={() => void checkSession()}>{t("everywhere.retry")}</Button>}>
            {now.why}
          </Empty>
        </main>
      );
    case "out":
      return <SignInPage why={now.why} />;
    case "in":
      return <Inside />;
  }
}

function Inside(): ReactNode {
  const t = useT();
  const context = useActionContext();
  useShortcuts(context);
  useOrderKept(context);
  useRunningPhone(context.me.roles.includes("agent") || context.telephone);
  return (
    <div className="flex h-full flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-btn focus:px-3 focus:py-2 focus:text-on-ink">
        {t("shell.skip")}
      </a>
      <TopBar context={context} />
      <div className="flex min-h-0 grow max-stack:flex-col-reverse">
        <Rail context={context} />
        <Outlet />
      </div>
      <LineDock />
      <ConnectionBanner />
      <Palette context={context} />
      <ShortcutsDialog context={context} />
      <AudioDialog />
      <Announcer context={context} />
    </div>
  );
}
