/** Changes of a document, a sentence each; long texts stand under it as they were and as they are. */
import type { FlowChange } from "@tandem/protocol/flow-studio";
import type { ReactNode } from "react";
import { useFormat, useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { useEditor } from "./designer-context.ts";
import { changeWords } from "./model/change-words.ts";
import type { Around } from "./model/change-words.ts";
import { useNames } from "./use-names.ts";

export function ChangeList({ changes }: { changes: readonly FlowChange[] }): ReactNode {
  const around = useAround();
  return (
    <ul className="flex w-full flex-col gap-2">
      {changes.map((change) => {
        const { sentence, before, after } = changeWords(change, around);
        return (
          <li key={`${change.kind} ${change.path}`} className="overflow-hidden rounded-card border border-line text-meta">
            <p className="px-2.5 py-1.5 break-words">{sentence}</p>
            {before !== null && <Text sign="−" tone="bg-alert-soft" words={before} />}
            {after !== null && <Text sign="+" tone="bg-jade-soft" words={after} />}
          </li>
        );
      })}
    </ul>
  );
}

export function useAround(): Around {
  const t = useT();
  const format = useFormat();
  const names = useNames();
  const steps = useEditor((s) => s.document.steps);
  return { t, format, names, steps };
}

function Text({ sign, tone, words }: { sign: string; tone: string; words: string }): ReactNode {
  return (
    <p className={cx("flex gap-2 border-t border-line px-2.5 py-1 break-words whitespace-pre-wrap text-ink", tone)}>
      <span aria-hidden className="text-ink-3">{sign}</span>
      <span className="min-w-0">{words}</span>
    </p>
  );
}
