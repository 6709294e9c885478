/** Changes of a document read step by step: what, before, after. */
import type { FlowChange } from "@tandem/protocol/flow-studio";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { keyIfKnown } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";

/** "steps/menu/choices/0/label/fr" -> "Choices › 1 › label › fr", without the step that the list stands under. */
export function ChangeList({ changes }: { changes: readonly FlowChange[] }): ReactNode {
  const t = useT();
  return (
    <ul className="flex flex-col gap-2">
      {changes.map((change) => (
        <li key={change.path} className="rounded-card border border-line text-meta">
          <p className="flex items-center gap-2 border-b border-line px-2.5 py-1 font-medium">
            <span className="min-w-0 grow truncate">{pathWords(change, t)}</span>
            <span className={cx("shrink-0", change.kind === "added" ? "text-jade-ink" : change.kind === "removed" ? "text-alert-ink" : "text-ink-3")}>{t(`flows.change.${change.kind}`)}</span>
          </p>
          {change.kind !== "added" && <Value sign="−" tone="bg-alert-soft" value={change.before} />}
          {change.kind !== "removed" && <Value sign="+" tone="bg-jade-soft" value={change.after} />}
        </li>
      ))}
    </ul>
  );
}

function Value({ sign, tone, value }: { sign: string; tone: string; value: unknown }): ReactNode {
  return (
    <p className={cx("flex gap-2 px-2.5 py-1 break-words whitespace-pre-wrap text-ink last:rounded-b-card", tone)}>
      <span aria-hidden className="text-ink-3">{sign}</span>
      <span className="min-w-0">{valueWords(value)}</span>
    </p>
  );
}

export function valueWords(value: unknown): string {
  if (typeof value === "string") return value;
  const text = JSON.stringify(value, null, 1) ?? "";
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

export function pathWords(change: Pick<FlowChange, "path" | "stepId">, t: ReturnType<typeof useT>): string {
  const parts = change.path.split("/").filter((part) => part !== "");
  const inside = change.stepId !== null && parts[0] === "steps" ? parts.slice(2) : parts;
  const words = inside.map((part) => {
    if (/^\d+$/.test(part)) return String(Number(part) + 1);
    const key = keyIfKnown(`flows.field.${part}`);
    return key === null ? part : t(key);
  });
  return words.join(" › ") || t("flows.step");
}
