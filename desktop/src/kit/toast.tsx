import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "./button.tsx";

export interface ToastEntry {
  id: number;
  tone: "good" | "info" | "alert";
  text: string;
  action: { label: string; perform: () => void } | null;
}

/** Long enough to read twice; with an action (undo) or an alert it stays longer. */
const SHORT_MS = 5000;
const LONG_MS = 10_000;
/** More than this at once says nothing: the oldest go. */
const MAX_TOASTS = 4;

let entries: readonly ToastEntry[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly ToastEntry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

/** Says that something happened, without taking the focus. Never for calls. The same text twice is one toast. */
export function toast(tone: ToastEntry["tone"], text: string, action: ToastEntry["action"] = null): void {
  set([...entries.filter((entry) => entry.text !== text), { id: nextId++, tone, text, action }].slice(-MAX_TOASTS));
}

function dismiss(id: number): void {
  set(entries.filter((entry) => entry.id !== id));
}

export function Toasts(): ReactNode {
  const t = useT();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => entries,
  );
  return (
    <section aria-label={t("kit.notifications")} className="toasts pointer-events-none fixed bottom-4 left-4 stack:left-16 z-50 flex w-88 max-w-[calc(100vw-2rem)] flex-col gap-2">
      <div aria-live="polite" className="contents">
        {shown.map((entry) => (
          <Toast key={entry.id} entry={entry} />
        ))}
      </div>
    </section>
  );
}

function Toast({ entry }: { entry: ToastEntry }): ReactNode {
  const t = useT();
  const { id, tone, action } = entry;
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), action !== null || tone === "alert" ? LONG_MS : SHORT_MS);
    return () => clearTimeout(timer);
  }, [id, tone, action]);
  const Icon = tone === "good" ? CircleCheck : tone === "alert" ? CircleAlert : Info;
  return (
    <div className="animate-appear pointer-events-auto flex items-start gap-2.5 rounded-card border border-line bg-raised py-2 pr-2 pl-3 text-body text-ink shadow-3">
      <Icon size={16} aria-hidden className={`mt-1 ${tone === "good" ? "text-jade" : tone === "alert" ? "text-alert" : "text-ink-3"}`} />
      <p className="min-w-0 grow py-0.5">{entry.text}</p>
      {action !== null && (
        <Button
          tone="soft"
          onPress={() => {
            dismiss(id);
            action.perform();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon={X} size="s" label={t("everywhere.close")} onPress={() => dismiss(id)} />
    </div>
  );
}
