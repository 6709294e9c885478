/** Typing that is not saved: whoever leaves it (for another tab, another queue, another page, or closing the sheet) is asked first. */
import { useBlocker } from "@tanstack/react-router";
import { createContext, useCallback, useContext, useEffect, useId, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";

interface Guard {
  mark(form: string, unsaved: boolean): void;
  /** Goes at once where nothing is unsaved. */
  leave(go: () => void): void;
}
const Guarded = createContext<Guard>({ mark: () => {}, leave: (go) => go() });

/** Gives its forms the guard; `children` draws the question (null: nothing is asked) where its foot is. */
export function UnsavedArea({ children }: { children: (question: ReactNode | null) => ReactNode }): ReactNode {
  const forms = useRef(new Set<string>());
  const pending = useRef<{ go: () => void; stay: () => void } | null>(null);
  const [isAsked, setAsked] = useState(false);
  const ask = useCallback((go: () => void, stay: () => void) => {
    if (forms.current.size === 0) return go();
    pending.current?.stay();
    pending.current = { go, stay };
    setAsked(true);
  }, []);
  const answer = useCallback((how: "go" | "stay"): void => {
    const asked = pending.current;
    pending.current = null;
    setAsked(false);
    asked?.[how]();
  }, []);
  const guard = useMemo<Guard>(
    () => ({
      mark(form, unsaved) {
        if (unsaved) forms.current.add(form);
        else forms.current.delete(form);
        // saved while it was asked: there is nothing to drop any more. Not at once: a form that is drawn anew goes and comes
        if (!unsaved) queueMicrotask(() => forms.current.size === 0 && answer("go"));
      },
      leave: (go) => ask(go, () => {}),
    }),
    [ask, answer],
  );
  useBlocker({
    shouldBlockFn: useCallback(() => new Promise<boolean>((blocks) => ask(() => blocks(false), () => blocks(true))), [ask]),
    enableBeforeUnload: useCallback(() => forms.current.size > 0, []),
  });
  return <Guarded value={guard}>{children(!isAsked ? null : <Question onStay={() => answer("stay")} onGo={() => answer("go")} />)}</Guarded>;
}

function Question({ onStay, onGo }: { onStay: () => void; onGo: () => void }): ReactNode {
  const t = useT();
  const back = useRef(document.activeElement);
  const stay = (): void => {
    onStay();
    if (back.current instanceof HTMLElement) back.current.focus();
  };
  return (
    <>
      <p role="alert" className="grow text-control">
        {t("admin.unsaved")}
      </p>
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the question that leaving has put takes the focus, on its safe answer */}
      <Button autoFocus size="l" onPress={stay}>
        {t("admin.unsaved.keep")}
      </Button>
      <Button size="l" tone="danger-soft" onPress={onGo}>
        {t("admin.unsaved.drop")}
      </Button>
    </>
  );
}

/** `unsaved`: this form holds typing that nobody has saved. */
export function useUnsaved(unsaved: boolean): void {
  const { mark } = useContext(Guarded);
  const form = useId();
  useEffect(() => {
    mark(form, unsaved);
    return () => mark(form, false);
  }, [mark, form, unsaved]);
}

/** For whatever takes a form away: it asks first. */
export const useLeave = (): Guard["leave"] => useContext(Guarded).leave;
