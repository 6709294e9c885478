import type { LucideIcon } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import type { ReactNode, RefObject } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { ButtonProps as AriaButtonProps } from "react-aria-components";
import { cx } from "./classes.ts";
import { chordAria } from "./platform.ts";
import { Tip } from "./tip.tsx";

export type Tone = "primary" | "secondary" | "soft" | "ghost" | "danger" | "danger-soft" | "answer";
export type Size = "s" | "m" | "l";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  tone?: Tone;
  size?: Size;
  icon?: LucideIcon;
  /** The letter or digit of its command, told as `aria-keyshortcuts`; show it with a Kbd where there is room. */
  chord?: string | null;
  className?: string;
  children?: ReactNode;
}

const tones: Record<Tone, string> = {
  primary: "bg-btn text-on-ink data-hovered:bg-btn-hot data-pressed:bg-btn-hot data-disabled:border data-disabled:border-line",
  secondary: "border border-line-2 bg-raised text-ink data-hovered:bg-sunken data-pressed:bg-fill",
  soft: "bg-fill text-ink data-hovered:bg-fill-2 data-pressed:bg-fill-2 data-disabled:border data-disabled:border-line",
  ghost: "text-ink-2 data-hovered:bg-fill data-hovered:text-ink data-pressed:bg-fill-2",
  danger: "bg-alert text-on-alert data-hovered:brightness-95 data-pressed:brightness-90 data-disabled:border data-disabled:border-line",
  "danger-soft": "border border-alert/25 bg-alert-soft text-alert-ink data-hovered:border-alert/55 data-pressed:border-alert/70",
  answer: "bg-answer text-on-answer data-hovered:brightness-110 data-pressed:brightness-95 data-disabled:border data-disabled:border-line",
};
const sizes: Record<Size, string> = {
  s: "h-6 gap-1.5 rounded-control px-2 text-meta",
  m: "h-7 gap-1.5 rounded-control px-2.5 text-control",
  l: "h-8 gap-2 rounded-control px-3 text-control",
};
export const pressable =
  "inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap transition-colors duration-100 select-none data-disabled:cursor-not-allowed data-disabled:bg-transparent data-disabled:text-ink-4";

export function Button({ tone = "secondary", size = "m", icon: Icon, chord = null, className, children, ref, ...rest }: ButtonProps & { ref?: RefObject<HTMLButtonElement | null> }): ReactNode {
  const own = useRef<HTMLButtonElement | null>(null);
  const target = ref ?? own;
  useChord(target, chord);
  return (
    <AriaButton ref={target} {...rest} className={cx(pressable, sizes[size], tones[tone], className)}>
      {Icon !== undefined && <Icon size={size === "s" ? 13 : 15} aria-hidden />}
      {children}
    </AriaButton>
  );
}

/** React Aria drops `aria-keyshortcuts`; it is set on the element itself. */
export function useChord(target: RefObject<HTMLElement | null>, chord: string | null): void {
  useLayoutEffect(() => {
    if (chord === null) target.current?.removeAttribute("aria-keyshortcuts");
    else target.current?.setAttribute("aria-keyshortcuts", chordAria(chord));
  }, [target, chord]);
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "size"> {
  icon: LucideIcon;
  /** Its name, shown as the tip. */
  label: string;
  size?: "s" | "m" | "l";
  tipPlacement?: "top" | "bottom" | "left" | "right";
}

const squares = { s: "size-6 rounded-control", m: "size-7 rounded-control", l: "size-8 rounded-card" };
const glyphs = { s: 14, m: 16, l: 18 };

/** A button whose only content is an icon: always named, always with a tip (and its shortcut in the tip). */
export function IconButton({ icon: Icon, label, tone = "ghost", size = "m", chord = null, className, tipPlacement = "bottom", ...rest }: IconButtonProps): ReactNode {
  const target = useRef<HTMLButtonElement | null>(null);
  useChord(target, chord);
  return (
    <Tip label={label} chord={chord} placement={tipPlacement}>
      <AriaButton ref={target} {...rest} aria-label={label} className={cx(pressable, squares[size], tones[tone], className)}>
        <Icon size={glyphs[size]} aria-hidden />
      </AriaButton>
    </Tip>
  );
}
