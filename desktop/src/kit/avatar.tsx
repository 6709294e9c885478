import type { Medium } from "@tandem/protocol";
import { MessageCircle, MessageSquareText, Phone } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./classes.ts";
import { initialsOf, tintOf } from "./initials.ts";

const tints = ["bg-plum-soft text-plum-ink", "bg-jade-soft text-jade-ink", "bg-sky-soft text-sky-ink", "bg-amber-soft text-amber-ink", "bg-acc-soft text-acc-2"];
const sizes = { xs: "size-5 text-[0.5rem]", s: "size-6 text-[0.5625rem]", m: "size-7 text-floor", l: "size-9 text-control" };

/** Initials on a tint that stays with the name. Decoration: the name stands beside it. */
export function Avatar({ name, size = "m", medium, live = false }: { name: string; size?: keyof typeof sizes; medium?: Medium; live?: boolean }): ReactNode {
  return (
    <span aria-hidden className="relative inline-flex shrink-0">
      <span className={cx("inline-flex items-center justify-center rounded-full font-semibold select-none", sizes[size], tints[tintOf(name, tints.length)])}>{initialsOf(name)}</span>
      {medium !== undefined && <ChannelBadge medium={medium} live={live} />}
    </span>
  );
}

function ChannelBadge({ medium, live }: { medium: Medium; live: boolean }): ReactNode {
  return (
    <span className={cx("absolute -right-1.5 -bottom-1.5 inline-flex size-[0.9375rem] items-center justify-center rounded-full ring-[1.5px] ring-canvas", live ? "bg-acc text-on-acc" : "bg-fill-2 text-ink-2")}>
      <ChannelIcon medium={medium} size={8} />
    </span>
  );
}

export function ChannelIcon({ medium, size = 16, className }: { medium: Medium; size?: number; className?: string }): ReactNode {
  // Below 12 px the stroke must grow, or the shape is lost.
  const look = { size, "aria-hidden": true, className: className ?? "", ...(size < 12 ? { strokeWidth: 2.25 } : {}) };
  return medium === "voice" ? <Phone {...look} /> : medium === "chat" ? <MessageCircle {...look} /> : <MessageSquareText {...look} />;
}
