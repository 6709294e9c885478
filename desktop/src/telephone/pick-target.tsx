import type { DirectoryEntry } from "@tandem/protocol";
import { Search } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField } from "react-aria-components";
import { useDirectory } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import type { Tone } from "../kit/button.tsx";
import { Scroller } from "../kit/scroller.tsx";
import { dialable } from "../phone/phone.ts";
import { folded } from "../shell/folded.ts";
import { StateMark } from "./state-mark.tsx";

export interface Target {
  number: string;
  name: string;
}
type Shown = Pick<DirectoryEntry, "name" | "number" | "state">;

/** Whom to call or hand over to: somebody of the directory, or any number typed; then how. */
export function PickTarget({ title, help, ways, without }: { title: string; help?: string; ways: readonly { label: string; tone: Tone; perform: (target: Target) => void }[]; /** Numbers that make no sense here: one's own. */ without: readonly string[] }): ReactNode {
  const t = useT();
  const format = useFormat();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Target | null>(null);
  const entries = (useDirectory(true).data ?? []).filter(({ number }) => !without.includes(number));
  const words = folded(query).trim();
  const found: Shown[] = words === "" ? entries : entries.filter(({ name, number }) => folded(name).includes(words) || number.startsWith(words));
  const typed = dialable(query);
  const targets = typed !== null && !found.some(({ number }) => number === typed) ? [{ name: t("telephone.pick.number", { number: format.phone(typed) }), number: typed, state: null }, ...found] : found;

  if (chosen !== null)
    return (
      <div className="flex flex-col gap-3 p-3">
        <p className="text-meta text-ink-2">{title}</p>
        <p className="truncate text-body font-semibold">
          {chosen.name}
          {chosen.name !== format.phone(chosen.number) && <span className="ml-2 font-normal text-ink-2">{format.phone(chosen.number)}</span>}
        </p>
        {help !== undefined && <p className="text-meta text-ink-2">{help}</p>}
        <div className="flex flex-wrap items-center gap-2">
          <Button tone="ghost" onPress={() => setChosen(null)}>
            {t("telephone.pick.other")}
          </Button>
          <span className="grow" />
          {ways.map((way, i) => (
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the step just chosen by the user takes the focus
            <Button key={way.label} autoFocus={i === ways.length - 1} tone={way.tone} size="l" onPress={() => way.perform(chosen)}>
              {way.label}
            </Button>
          ))}
        </div>
      </div>
    );
  return (
    <Autocomplete inputValue={query} onInputChange={setQuery}>
      <p className="px-3.5 pt-3 text-meta text-ink-2">{title}</p>
      <SearchField aria-label={t("telephone.pick.find")} className="relative m-1.5 flex items-center">
        <Search size={15} aria-hidden className="absolute left-2.5 text-ink-3" />
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus */}
        <Input autoFocus placeholder={t("telephone.pick.find")} className="h-9 w-full rounded-card border border-line-2 bg-raised pr-2 pl-8 text-body outline-none focus:border-acc focus:shadow-[0_0_0_1px_var(--acc)] [&::-webkit-search-cancel-button]:hidden" />
      </SearchField>
      <Scroller label={t("telephone.pick.targets")} className="max-h-[17rem]">
        <Menu
          aria-label={t("telephone.pick.targets")}
          onAction={(key) => {
            const target = targets.find(({ number }) => number === key);
            if (target !== undefined) setChosen({ number: target.number, name: target.state === null && target.number === typed ? format.phone(target.number) : target.name });
          }}
          renderEmptyState={() => <p className="px-3 py-5 text-center text-ink-2">{t("telephone.pick.nobody")}</p>}
          className="px-1.5 pb-1.5 outline-none"
        >
          {targets.map((target) => (
            <MenuItem key={target.number} id={target.number} textValue={target.name} className="flex h-9 items-center gap-3 rounded-control px-2 outline-none data-focused:bg-fill">
              <span className="min-w-0 grow truncate text-body font-medium">{target.name}</span>
              {target.state !== null && <StateMark state={target.state} quiet />}
              <span className="w-14 shrink-0 text-right text-meta text-ink-2 tabular-nums">{target.state === null && target.number === typed ? "" : target.number.length < 7 ? target.number : ""}</span>
            </MenuItem>
          ))}
        </Menu>
      </Scroller>
    </Autocomplete>
  );
}
