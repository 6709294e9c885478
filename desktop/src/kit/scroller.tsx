import type { ReactNode } from "react";
import { cx } from "./classes.ts";

/** A scrolled list whose rows take the focus only virtually (it stays in the search field): the box itself can be scrolled by keyboard. */
export function Scroller({ label, children, className }: { label: string; children: ReactNode; className?: string }): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled region must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className={cx("overflow-auto outline-offset-[-2px]", className)}>
      {children}
    </section>
  );
}
