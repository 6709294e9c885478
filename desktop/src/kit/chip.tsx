import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./classes.ts";

export type ChipTone = "plain" | "acc" | "jade" | "sky" | "amber" | "alert" | "plum";

export function Chip({ tone = "plain", icon: Icon, children, className }: { tone?: ChipTone; icon?: LucideIcon; children: ReactNode; className?: string }): ReactNode {
  return (
    <span
      className={cx(
        "inline-flex h-5 max-w-full items-center gap-1 rounded-tag px-1.5 text-meta font-medium whitespace-nowrap",
        tone === "plain" && "bg-fill text-ink-2",
        tone === "acc" && "bg-acc-soft text-acc-2",
        tone === "jade" && "bg-jade-soft text-jade-ink",
        tone === "sky" && "bg-sky-soft text-sky-ink",
        tone === "amber" && "bg-amber-soft text-amber-ink",
        tone === "alert" && "bg-alert-soft text-alert-ink",
        tone === "plum" && "bg-plum-soft text-plum-ink",
        className,
      )}
    >
      {Icon !== undefined && <Icon size={12} aria-hidden />}
      <span className="truncate">{children}</span>
    </span>
  );
}
