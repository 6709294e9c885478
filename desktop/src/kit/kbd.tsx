import type { ReactNode } from "react";
import { cx } from "./classes.ts";

/** A key cap. Decoration: the shortcut itself is told by `aria-keyshortcuts`. */
export function Kbd({ children, on = "paper" }: { children: ReactNode; on?: "paper" | "ink" | "answer" }): ReactNode {
  return (
    <kbd
      aria-hidden
      className={cx(
        "inline-flex h-5 items-center rounded-tag px-1.5 font-sans text-meta font-medium whitespace-nowrap",
        on === "paper" && "bg-fill text-ink-2",
        on === "ink" && "bg-on-ink/18 text-on-ink",
        on === "answer" && "bg-[color-mix(in_oklab,var(--answer),var(--ink)_14%)] text-on-answer",
      )}
    >
      {children}
    </kbd>
  );
}
