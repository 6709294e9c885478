import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import { cx } from "./classes.ts";

export interface TabEntry<Id extends string> {
  id: Id;
  label: string;
  count?: number;
  panel: ReactNode;
}

export function Tabs<Id extends string>({ label, tabs, value, onChange, className }: { label: string; tabs: readonly TabEntry<Id>[]; value: Id; onChange: (id: Id) => void; className?: string }): ReactNode {
  return (
    <AriaTabs
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = tabs.find((tab) => tab.id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
      className={cx("flex min-h-0 flex-col", className)}
    >
      <TabList aria-label={label} className="flex h-9 shrink-0 gap-3.5 border-b border-line px-4">
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className="-mb-px flex items-center gap-1.5 border-b-2 border-transparent text-control text-ink-2 outline-offset-[-2px] data-hovered:text-ink data-selected:border-ink data-selected:font-medium data-selected:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && <span className="text-ink-3">{tab.count}</span>}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        // what is hidden from sight only (a switch's own input) scrolls with its panel: else the page itself would, as one tabs to it
        <TabPanel key={tab.id} id={tab.id} className="relative min-h-0 grow overflow-auto outline-offset-[-2px]">
          {tab.panel}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
