import type { CustomerHit } from "@tandem/protocol";
import { Search } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField } from "react-aria-components";
import type { Action, ActionContext, Section } from "../actions/action.ts";
import { actions } from "../actions/actions.ts";
import { cap } from "../actions/chord.ts";
import { run } from "../actions/run.ts";
import { useCustomerSearch } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { Kbd } from "../kit/kbd.tsx";
import { Scroller } from "../kit/scroller.tsx";
import { chordLabel } from "../kit/platform.ts";
import { folded } from "./folded.ts";
import { openLayer, pinCustomer, setContextOpen, useLayer } from "./ui.ts";

const sections: readonly Section[] = ["contact", "status", "go", "app"];
const sectionWords: Record<Section, Key> = {
  contact: "shell.palette.contact",
  status: "shell.palette.status",
  go: "shell.palette.go",
  app: "shell.palette.app",
};

/** Ctrl K finds everything: what can be done now, customers, places. */
export function Palette({ context }: { context: ActionContext }): ReactNode {
  const open = useLayer("palette");
  return (
    <ModalOverlay isDismissable isOpen={open} onOpenChange={(next) => !next && openLayer(null)} className="fixed inset-0 z-40 flex justify-center bg-scrim px-4 pt-[13.5vh]">
      <Modal className="animate-appear h-fit w-full max-w-[35rem] overflow-hidden rounded-sheet border border-line bg-raised shadow-3">
        <PaletteBody context={context} />
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const [query, setQuery] = useState("");
  const words = folded(query).trim();
  const found = useCustomerSearch(query);
  const label = (action: Action): string => {
    const { key, values } = action.label(context);
    return t(key, values);
  };
  const possible = actions.filter((action) => action.enabled(context) && (words === "" || folded(label(action)).includes(words)));
  const customers = words.length >= 2 ? (found.data ?? []).slice(0, 8) : [];
  const close = (): void => openLayer(null);
  const choose = (id: string): void => {
    close();
    const action = actions.find((a) => a.id === id);
    if (action !== undefined) {
      run(action, context);
      return;
    }
    const hit = customers.find((customer) => `customer:${customer.id}` === id);
    if (hit === undefined) return;
    pinCustomer(hit.id, hit.caseNumber ?? null);
    setContextOpen(true);
    if (context.path !== "/") context.go("/");
  };
  return (
    <Dialog aria-label={t("shell.palette.open")} className="outline-none">
      <Autocomplete inputValue={query} onInputChange={setQuery}>
        <SearchField aria-label={t("shell.palette.open")} className="flex h-12 items-center gap-3 border-b border-line px-4">
          <Search size={17} aria-hidden className="text-ink-3" />
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus */}
          <Input autoFocus placeholder={t("shell.palette.placeholder")} className="grow bg-transparent text-sub outline-none [&::-webkit-search-cancel-button]:hidden" />
          <Kbd>{t("shell.key.escape")}</Kbd>
        </SearchField>
        <Scroller label={t("shell.palette.results")} className="max-h-[25rem]">
        <Menu aria-label={t("shell.palette.results")} onAction={(key) => choose(String(key))} className="p-1.5 outline-none" renderEmptyState={() => <p className="px-3 py-6 text-center text-ink-2">{t(found.isFetching ? "shell.palette.searching" : "shell.palette.nothing", { query })}</p>}>
          {customers.length > 0 && (
            <MenuSection>
              <Header className={head}>{t("shell.palette.customers")}</Header>
              {customers.map((customer) => (
                <CustomerRow key={customer.id} customer={customer} />
              ))}
            </MenuSection>
          )}
          {sections.map((section) => {
            const list = possible.filter((action) => action.section === section);
            if (list.length === 0) return null;
            return (
              <MenuSection key={section}>
                <Header className={head}>{t(sectionWords[section])}</Header>
                {list.map((action) => (
                  <MenuItem key={action.id} id={action.id} textValue={label(action)} className={row}>
                    <span className="grow truncate">{label(action)}</span>
                    {action.chord !== null && <span className="text-meta text-ink-3">{chordLabel(cap(action.chord))}</span>}
                  </MenuItem>
                ))}
              </MenuSection>
            );
          })}
        </Menu>
        </Scroller>
      </Autocomplete>
    </Dialog>
  );
}

const head = "px-2.5 pt-2.5 pb-1 text-meta font-medium text-ink-3";
const row = "flex h-[1.9375rem] items-center gap-3 rounded-control px-2.5 text-body text-ink outline-none data-focused:bg-fill";

function CustomerRow({ customer }: { customer: CustomerHit }): ReactNode {
  const t = useT();
  const format = useFormat();
  const detail = [...(customer.caseNumber === undefined ? [] : [`${t("desk.case.title")} ${customer.caseNumber}`]), ...customer.phones.slice(0, 1).map((phone) => format.phone(phone)), ...(customer.city === null ? [] : [customer.city])].join(" · ");
  return (
    <MenuItem id={`customer:${customer.id}`} textValue={customer.name} className={row}>
      <span className="truncate">{customer.name}</span>
      <span className="grow truncate text-meta text-ink-3">{detail}</span>
    </MenuItem>
  );
}
