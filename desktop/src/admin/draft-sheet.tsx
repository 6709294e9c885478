import { useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { DraftForm } from "./draft-form.tsx";
import type { Draft } from "./use-draft.ts";

interface DraftSheetProps<B> {
  draft: Draft<B>;
  title: string;
  subtitle?: string;
  width: "form" | "record";
  /** What the button that sends says; `busy` while it does. */
  send: string;
  busy: boolean;
  onSend: () => void;
  onClose: () => void;
  /** Seen once, in the place of the form. */
  once: ReactNode;
  /** At the other end of the bar. */
  aside?: ReactNode;
  /** Under the form, outside it: Enter there must not send. */
  below?: ReactNode;
  children: ReactNode;
}

/** A side sheet that fills in a draft, asks before it drops one, and may end by something shown once. */
export function DraftSheet<B>({ draft, title, subtitle, width, send, busy, onSend, onClose, once, aside, below, children }: DraftSheetProps<B>): ReactNode {
  const t = useT();
  const [leaving, setLeaving] = useState(false);
  const form = once === null;
  const close = (): void => {
    if (form && draft.changed && !leaving) setLeaving(true);
    else onClose();
  };
  const foot = !form ? (
    <Button tone="primary" size="l" className="ml-auto" onPress={onClose}>
      {t("admin.once.done")}
    </Button>
  ) : leaving ? (
    <>
      <p role="alert" className="grow text-control">
        {t("admin.unsaved")}
      </p>
      <Button size="l" onPress={() => setLeaving(false)}>
        {t("admin.unsaved.keep")}
      </Button>
      <Button size="l" tone="danger-soft" onPress={onClose}>
        {t("admin.unsaved.drop")}
      </Button>
    </>
  ) : (
    <>
      {aside}
      <span className="grow" />
      <Button size="l" onPress={close}>
        {t("everywhere.cancel")}
      </Button>
      {/* Not disabled while nothing has changed: a number typed last is only read as the press takes the focus away. */}
      <Button size="l" tone="primary" isDisabled={busy} onPress={onSend}>
        {send}
      </Button>
    </>
  );
  return (
    <SideSheet isOpen onClose={close} width={width} title={title} {...(subtitle === undefined ? {} : { subtitle })} foot={foot}>
      {form ? (
        <DraftForm draft={draft} onSend={onSend} className="flex flex-col gap-4">
          {children}
          {/* Enter in a field sends, as people expect of a form. */}
          <input type="submit" hidden />
        </DraftForm>
      ) : (
        once
      )}
      {form && below !== undefined && <div className="mt-4">{below}</div>}
    </SideSheet>
  );
}
