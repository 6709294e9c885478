import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./classes.ts";

/** An empty place says what comes here and the first thing to do. */
export function Empty({ icon: Icon, title, children, actions }: { icon: LucideIcon; title: string; children?: ReactNode; actions?: ReactNode }): ReactNode {
  return (
    <div className="flex flex-col items-center px-6 py-8 text-center">
      <span className="flex size-9 items-center justify-center rounded-full bg-fill text-ink-2">
        <Icon size={18} aria-hidden />
      </span>
      <p className="mt-4 text-body font-semibold text-ink">{title}</p>
      {children !== undefined && <div className="mt-1 max-w-[22rem] text-body text-ink-2">{children}</div>}
      {actions !== undefined && <div className="mt-4 flex flex-wrap items-center justify-center gap-2">{actions}</div>}
    </div>
  );
}

/** What happened, what is safe, what to do. */
export function Notice({ tone, icon: Icon, children, actions, role = "status", className }: { tone: "alert" | "watch" | "info"; icon: LucideIcon; children: ReactNode; actions?: ReactNode; role?: "status" | "alert" | "note"; className?: string }): ReactNode {
  return (
    <div
      role={role}
      className={cx("flex gap-2.5 rounded-card px-3 py-2.5 text-body text-ink", tone === "alert" && "bg-alert-soft", tone === "watch" && "bg-amber-soft", tone === "info" && "bg-fill", className)}
    >
      <Icon size={16} aria-hidden className={cx("mt-0.5", tone === "alert" && "text-alert-ink", tone === "watch" && "text-amber-ink", tone === "info" && "text-ink-2")} />
      <div className="min-w-0 grow">
        {children}
        {actions !== undefined && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
