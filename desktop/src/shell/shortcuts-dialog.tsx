import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { ActionContext } from "../actions/action.ts";
import { actions } from "../actions/actions.ts";
import { cap } from "../actions/chord.ts";
import { useT } from "../i18n/i18n.ts";
import { IconButton } from "../kit/button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { chordLabel, onMac } from "../kit/platform.ts";
import { Switch } from "../kit/switch.tsx";
import { openLayer, setShortcutsOn, useLayer, useUi } from "./ui.ts";

/** Every key in one place, and the switch that turns them off (WCAG 2.1.4). */
export function ShortcutsDialog({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const on = useUi((s) => s.shortcutsOn);
  const rows = [
    { id: "find", keys: onMac ? "⌘ K" : "Ctrl K", words: t("shell.palette.open") },
    { id: "regions", keys: "F6", words: t("shell.shortcuts.regions") },
    ...actions.flatMap((action) => {
      if (action.chord === null) return [];
      const { key, values } = action.label(context);
      return [{ id: action.id, keys: chordLabel(cap(action.chord)), words: t(key, values) }];
    }),
  ];
  return (
    <ModalOverlay isDismissable isOpen={useLayer("shortcuts")} onOpenChange={(open) => !open && openLayer(null)} className="fixed inset-0 z-40 flex justify-center bg-scrim px-4 pt-[10vh]">
      <Modal className="animate-appear h-fit max-h-[80vh] w-full max-w-[40rem] overflow-auto rounded-sheet border border-line bg-raised shadow-3">
        <Dialog className="outline-none">
          <header className="flex items-center gap-3 border-b border-line px-4 py-3">
            <Heading slot="title" className="grow text-sub font-semibold">
              {t("shell.shortcuts.title")}
            </Heading>
            <Switch isSelected={on} onChange={setShortcutsOn}>
              {t("shell.shortcuts.on")}
            </Switch>
            <IconButton icon={X} label={t("everywhere.close")} onPress={() => openLayer(null)} />
          </header>
          <p className="px-4 pt-3 text-meta text-ink-2">{t("shell.shortcuts.explain")}</p>
          <dl className="grid gap-x-8 gap-y-1 px-4 py-3 stack:grid-cols-2">
            {rows.map(({ id, keys, words }) => (
              <div key={id} className="flex min-h-6 items-center gap-3">
                <dt className="flex w-18 shrink-0 justify-end">
                  <span className="sr-only">{keys}</span>
                  <Kbd>{keys}</Kbd>
                </dt>
                <dd className="grow text-body">{words}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
