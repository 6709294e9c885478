/** A list that is searched by typing: kinds of steps to add, a step's ways, steps to connect to. */
import type { LucideIcon } from "lucide-react";
import { Search } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { useT } from "../../i18n/i18n.ts";
import { Kbd } from "../../kit/kbd.tsx";
import { Scroller } from "../../kit/scroller.tsx";
import { folded } from "../../shell/folded.ts";

export interface Pick {
  id: string;
  label: string;
  hint?: string;
  icon?: LucideIcon;
}

export function PickDialog({ label, placeholder, sections, onPick, onClose }: { label: string; placeholder: string; sections: readonly { label: string; picks: readonly Pick[] }[]; onPick: (id: string) => void; onClose: () => void }): ReactNode {
  const t = useT();
  const [query, setQuery] = useState("");
  const words = folded(query).trim();
  const found = sections.map((section) => ({ ...section, picks: section.picks.filter((pick) => words === "" || folded(`${pick.label} ${pick.hint ?? ""}`).includes(words)) })).filter(({ picks }) => picks.length > 0);
  return (
    <ModalOverlay isDismissable isOpen onOpenChange={(open) => !open && onClose()} className="fixed inset-0 z-40 flex justify-center bg-scrim px-4 pt-[13.5vh]">
      <Modal className="animate-appear h-fit w-full max-w-[30rem] overflow-hidden rounded-sheet border border-line bg-raised shadow-3">
        <Dialog aria-label={label} className="outline-none">
          <Autocomplete inputValue={query} onInputChange={setQuery}>
            <SearchField aria-label={label} className="flex h-12 items-center gap-3 border-b border-line px-4">
              <Search size={17} aria-hidden className="text-ink-3" />
              {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus */}
              <Input autoFocus placeholder={placeholder} className="grow bg-transparent text-sub outline-none [&::-webkit-search-cancel-button]:hidden" />
              <Kbd>{t("shell.key.escape")}</Kbd>
            </SearchField>
            <Scroller label={label} className="max-h-[25rem]">
              <Menu aria-label={label} onAction={(key) => onPick(String(key))} className="p-1.5 outline-none" renderEmptyState={() => <p className="px-3 py-6 text-center text-ink-2">{t("shell.palette.nothing", { query })}</p>}>
                {found.map((section) => (
                  <MenuSection key={section.label}>
                    <Header className="px-2.5 pt-2.5 pb-1 text-meta font-medium text-ink-3">{section.label}</Header>
                    {section.picks.map(({ id, label: name, hint, icon: Icon }) => (
                      <MenuItem key={id} id={id} textValue={name} className="flex min-h-[1.9375rem] items-center gap-3 rounded-control px-2.5 py-1 text-body text-ink outline-none data-focused:bg-fill">
                        {Icon !== undefined && <Icon size={15} aria-hidden className="text-ink-2" />}
                        <span className="shrink-0">{name}</span>
                        {hint !== undefined && <span className="min-w-0 grow truncate text-right text-meta text-ink-3">{hint}</span>}
                      </MenuItem>
                    ))}
                  </MenuSection>
                ))}
              </Menu>
            </Scroller>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
