import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

export interface SegmentedProps<Id extends string> {
  label: string;
  options: readonly { id: Id; label: string }[];
  value: Id;
  onChange: (id: Id) => void;
}

/** One of a few: Jour | Semaine. */
export function Segmented<Id extends string>({ label, options, value, onChange }: SegmentedProps<Id>): ReactNode {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.id));
        if (chosen !== undefined) onChange(chosen.id);
      }}
      className="inline-flex rounded-control bg-fill p-0.5"
    >
      {options.map((option) => (
        <ToggleButton key={option.id} id={option.id} className="h-6 rounded-[5px] px-2.5 text-control text-ink-2 data-hovered:text-ink data-selected:bg-raised data-selected:font-medium data-selected:text-ink data-selected:shadow-1">
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
