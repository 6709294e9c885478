import type { LucideIcon } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useRef } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { Action } from "../actions/action.ts";
import { cap } from "../actions/chord.ts";
import { run } from "../actions/run.ts";
import { useT } from "../i18n/i18n.ts";
import { useChord } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { useDeskContext } from "./desk-context.ts";

/** A call control: 58 × 46, always in the same place, lit while what it does is on. */
export function StripControl({ action, icon: Icon, label, on = false, buttonRef }: { action: Action; icon: LucideIcon; label: string; on?: boolean; buttonRef?: RefObject<HTMLButtonElement | null> }): ReactNode {
  const t = useT();
  const context = useDeskContext();
  const own = useRef<HTMLButtonElement | null>(null);
  const ref = buttonRef ?? own;
  const key = action.chord === null ? null : cap(action.chord);
  useChord(ref, key);
  const long = action.label(context);
  return (
    <AriaButton
      ref={ref}
      isDisabled={!action.enabled(context)}
      onPress={() => run(action, context)}
      className={cx(
        "relative flex h-[2.875rem] w-16 shrink-0 max-wide:w-[3.75rem] flex-col items-center justify-center gap-1 rounded-card text-meta font-medium transition-colors duration-100 select-none data-disabled:text-ink-4",
        on ? "bg-amber-soft text-amber-ink" : "text-ink data-hovered:bg-fill data-pressed:bg-fill-2",
      )}
    >
      <Icon size={17} aria-hidden />
      <span className="leading-none whitespace-nowrap">{label}</span>
      {/* The visible word comes first in the name (2.5.3), the whole sentence after it. */}
      <span className="sr-only"> – {t(long.key, long.values)}</span>
      {key !== null && (
        <span aria-hidden className="absolute top-0.5 right-1.5 text-[0.5625rem] font-normal text-ink-3">
          {key}
        </span>
      )}
    </AriaButton>
  );
}
