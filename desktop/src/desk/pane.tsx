import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { focusConversation, focusIsComingBack } from "../shell/ui.ts";

/** One conversation of the tandem. Working in it gives it the focus: the blue line, the context, the shortcuts. */
export function Pane({ interaction, label, children }: { interaction: InteractionView; label: string; children: ReactNode }): ReactNode {
  const take = (): void => focusConversation(interaction.id);
  return (
    <section aria-label={label} data-region tabIndex={-1} onFocusCapture={() => !focusIsComingBack() && take()} onPointerDownCapture={take} className="flex min-h-0 min-w-0 flex-1 flex-col border-line outline-none not-first:border-l">
      {children}
    </section>
  );
}

export function PaneHead({ icon, title, aside, tools, focused }: { icon: ReactNode; title: string; aside?: ReactNode; tools?: ReactNode; focused: boolean }): ReactNode {
  const t = useT();
  return (
    <header className={cx("flex h-10 shrink-0 items-center gap-2.5 border-b px-4", focused ? "border-acc shadow-[inset_0_-1px_0_var(--acc)]" : "border-line")}>
      {icon}
      <h2 className="truncate text-body font-semibold">
        {title}
        {focused && <span className="sr-only"> ({t("desk.pane.focused")})</span>}
      </h2>
      <span className="flex min-w-0 grow items-center gap-2 truncate text-body text-ink-2">{aside}</span>
      <span className="flex shrink-0 items-center gap-0.5">{tools}</span>
    </header>
  );
}
