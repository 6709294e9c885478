import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { cx } from "./classes.ts";

/** Nothing for 120 ms (most answers come sooner, a flash would only disturb), then silhouettes. */
export function Skeleton({ rows = 3, avatar = false, className }: { rows?: number; avatar?: boolean; className?: string }): ReactNode {
  const t = useT();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 120);
    return () => clearTimeout(timer);
  }, []);
  return (
    <output className={cx("flex flex-col gap-4", className)}>
      <span className="sr-only">{t("everywhere.loading")}</span>
      {late &&
        Array.from({ length: rows }, (_, row) => (
          <span key={row} aria-hidden className="animate-skeleton flex items-center gap-3">
            {avatar && <span className="size-7 rounded-full bg-fill" />}
            <span className="flex grow flex-col gap-2">
              <span className="h-2.5 rounded-tag bg-fill" style={{ width: `${88 - ((row * 17) % 40)}%` }} />
              <span className="h-2 rounded-tag bg-fill" style={{ width: `${60 - ((row * 11) % 30)}%` }} />
            </span>
          </span>
        ))}
    </output>
  );
}
