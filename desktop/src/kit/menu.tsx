import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { cx } from "./classes.ts";

export interface MenuEntry {
  id: string;
  label: string;
  icon?: LucideIcon;
  hint?: string;
  tone?: "plain" | "danger";
  perform: () => void;
  isDisabled?: boolean;
}

export function Menu({ trigger, label, entries, placement = "bottom end" }: { trigger: ReactElement; label: string; entries: readonly MenuEntry[]; placement?: "bottom end" | "bottom start" | "right bottom" }): ReactNode {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement={placement} offset={6} className="animate-appear min-w-48 rounded-sheet border border-line bg-raised p-1 shadow-3 outline-none">
        <AriaMenu aria-label={label} className="outline-none" onAction={(key) => entries.find((entry) => entry.id === key)?.perform()}>
          {entries.map((entry) => (
            <MenuItem
              key={entry.id}
              id={entry.id}
              textValue={entry.label}
              isDisabled={entry.isDisabled ?? false}
              className={cx(
                "flex h-8 items-center gap-2 rounded-control px-2 text-control outline-none data-disabled:text-ink-4 data-focused:bg-fill",
                entry.tone === "danger" ? "text-alert-ink" : "text-ink",
              )}
            >
              {entry.icon !== undefined && <entry.icon size={15} aria-hidden />}
              <span className="grow">{entry.label}</span>
              {entry.hint !== undefined && <span className="text-meta text-ink-3">{entry.hint}</span>}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
