import { CircleAlert, TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ReactNode, RefObject } from "react";
import { useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Notice } from "../kit/notice.tsx";
import type { Draft } from "./use-draft.ts";

/** Somebody saved what this form is about while it was being typed in. */
export function Newer({ onTake }: { onTake: () => void }): ReactNode {
  const t = useT();
  return (
    <Notice
      tone="watch"
      icon={TriangleAlert}
      role="alert"
      actions={
        <Button size="s" onPress={onTake}>
          {t("admin.newer.take")}
        </Button>
      }
    >
      {t("admin.newer")}
    </Notice>
  );
}

/** Under the fields of a page: save, and while something is changed, undo. `onUndone`: the fields are to be drawn anew. */
export function DraftFoot<B>({ draft, label, isSaving, saveButton, onSave, onUndone }: { draft: Draft<B>; label: Key; isSaving: boolean; saveButton: RefObject<HTMLButtonElement | null>; onSave: () => void; onUndone: () => void }): ReactNode {
  const t = useT();
  return (
    <div className="flex items-center gap-2">
      {/* Not disabled while nothing has changed: a number typed last is only read as the press takes the focus away. */}
      <Button ref={saveButton} size="l" tone="primary" isDisabled={isSaving} onPress={onSave}>
        {t(label)}
      </Button>
      {draft.changed && (
        <Button
          size="l"
          tone="ghost"
          onPress={() => {
            draft.undo();
            onUndone();
          }}
        >
          {t("admin.document.undo")}
        </Button>
      )}
    </div>
  );
}

/** The fields of a draft. Above them what the server refused and no field shows; aloud, how many fields are wrong. */
export function DraftForm<B>({ draft, onSend, className, children }: { draft: Draft<B>; onSend: () => void; className?: string; children: ReactNode }): ReactNode {
  const t = useT();
  const { failures } = draft;
  const form = useRef<HTMLFormElement | null>(null);
  useEffect(() => {
    if (failures > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [failures]);
  return (
    <form
      ref={form}
      noValidate
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {draft.failure !== null && (
        <Notice tone="alert" icon={CircleAlert} role="alert">
          {draft.failure}
        </Notice>
      )}
      {draft.wrong > 0 && (
        <p role="alert" className="sr-only">
          {t("admin.fix", { n: draft.wrong })}
        </p>
      )}
      {children}
    </form>
  );
}
