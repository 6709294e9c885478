import type { ReactNode } from "react";
import { cx } from "../kit/classes.ts";

/** The one sheet on the canvas; pages split it by 1 px lines. The skip link and F6 land here. */
export function Sheet({ label, children, className }: { label: string; children: ReactNode; className?: string }): ReactNode {
  return (
    <main id="main" tabIndex={-1} data-region aria-label={label} className={cx("mr-2 mb-2 flex min-h-0 min-w-0 grow flex-col overflow-hidden rounded-sheet border border-line bg-surface outline-none", className)}>
      {children}
    </main>
  );
}
