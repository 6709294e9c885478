import { Link } from "@tanstack/react-router";
import { Headphones, Keyboard, LogOut, Moon, Phone, PhoneForwarded, Radio, Settings, Sun, Waypoints } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { supervises } from "../actions/go.ts";
import type { ActionContext } from "../actions/action.ts";
import { run } from "../actions/run.ts";
import { signOut } from "../actions/sign-out.ts";
import { switchLanguage, switchTheme } from "../actions/appearance.ts";
import { useMyTelephone, usePromisedWork } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Tip } from "../kit/tip.tsx";
import { cx } from "../kit/classes.ts";
import { toggleLayer, useUi } from "./ui.ts";

export function Rail({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const language = useLanguage();
  const dark = useUi((s) => s.theme === "dark");
  const { path } = context;
  const work = usePromisedWork();
  const waiting = work.callbacks + work.messages;
  const unheard = useMyTelephone().data?.unheard ?? 0;
  return (
    <nav aria-label={t("shell.rail.label")} data-region className="flex shrink-0 flex-col items-center gap-1 py-1.5 max-stack:flex-row max-stack:justify-center max-stack:px-2 stack:w-12">
      {context.me.roles.length > 0 && <Place to="/" icon={Headphones} label={t("shell.rail.desk")} here={path === "/"} />}
      {(context.telephone || context.me.roles.length === 0) && (
        <Place to="/phone" icon={Phone} label={unheard === 0 ? t("telephone.title") : `${t("telephone.title")} – ${t("telephone.voicemail.unheard", { n: unheard })}`} here={path === "/phone"} mark={unheard > 0} />
      )}
      {context.me.roles.length > 0 && <Place to="/promised" icon={PhoneForwarded} label={waiting === 0 ? t("promised.title") : `${t("promised.title")} – ${t("promised.waiting", { n: waiting })}`} here={path === "/promised"} mark={work.messages > 0} />}
      {supervises(context) && <Place to="/floor" icon={Radio} label={t("shell.rail.floor")} here={path === "/floor"} />}
      {supervises(context) && <Place to="/flows" icon={Waypoints} label={t("flows.title")} here={path.startsWith("/flows")} />}
      {supervises(context) && <Place to="/admin" icon={Settings} label={t("shell.rail.admin")} here={path.startsWith("/admin")} />}
      <span className="grow" />
      <IconButton size="l" tipPlacement="right" icon={Keyboard} label={t("shell.shortcuts.open")} chord="/" onPress={() => toggleLayer({ what: "shortcuts" })} />
      <Tip label={t("shell.language.other")} placement="right">
        <Button tone="ghost" className="size-8 rounded-card px-0 text-floor font-semibold" aria-label={`${language.toUpperCase()} – ${t("shell.language.other")}`} onPress={() => run(switchLanguage, context)}>
          {language.toUpperCase()}
        </Button>
      </Tip>
      <IconButton size="l" tipPlacement="right" icon={dark ? Sun : Moon} label={t(dark ? "shell.theme.toLight" : "shell.theme.toDark")} onPress={() => run(switchTheme, context)} />
      <IconButton size="l" tipPlacement="right" icon={LogOut} label={t(signOut.enabled(context) ? "shell.signOut" : "shell.signOut.inCall")} isDisabled={!signOut.enabled(context)} onPress={() => run(signOut, context)} />
    </nav>
  );
}

function Place({ to, icon: Icon, label, here, mark = false }: { to: "/" | "/phone" | "/promised" | "/floor" | "/flows" | "/admin"; icon: LucideIcon; label: string; here: boolean; mark?: boolean }): ReactNode {
  return (
    <Link
      to={to}
      aria-label={label}
      title={label}
      aria-current={here ? "page" : undefined}
      className={cx("relative flex size-[2.125rem] items-center justify-center rounded-card transition-colors duration-100", here ? "bg-raised text-ink shadow-2" : "text-ink-2 hover:bg-fill hover:text-ink")}
    >
      <Icon size={18} aria-hidden />
      {mark && <span aria-hidden className="absolute top-1 right-1 size-2 rounded-full bg-acc ring-2 ring-canvas" />}
    </Link>
  );
}
