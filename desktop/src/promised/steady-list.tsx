import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { useFrozen } from "../telephone/use-frozen.ts";

/** A list whose rows keep their places while the mouse or the focus is on it: those that went stay, without their buttons (`gone`), and new ones wait behind a button. */
export function SteadyList<R extends { id: string }>({ label, rows, children }: { label: string; rows: readonly R[]; children: (row: R, gone: boolean) => ReactNode }): ReactNode {
  const t = useT();
  const frozen = useFrozen(rows.map(({ id }) => id));
  /** As they were last, for those that went. */
  const [seen] = useState(() => new Map<string, R>());
  useEffect(() => {
    for (const row of rows) seen.set(row.id, row);
  }, [rows, seen]);
  const now = new Map(rows.map((row) => [row.id, row]));
  return (
    <div {...frozen.bind} className="min-h-full">
      <ul aria-label={label}>
        {frozen.shown.map((id) => {
          const row = now.get(id) ?? seen.get(id);
          return (
            row !== undefined && (
              <li key={id} className={frozen.ghosts.has(id) ? "border-b border-line bg-sunken opacity-70" : "border-b border-line"}>
                {children(row, frozen.ghosts.has(id))}
              </li>
            )
          );
        })}
      </ul>
      {frozen.waiting.length > 0 && (
        <div className="flex justify-center p-3">
          <Button className="rounded-full" onPress={frozen.release}>
            <span aria-hidden className="size-1.5 rounded-full bg-acc" />
            {t("promised.fresh", { n: frozen.waiting.length })}
          </Button>
        </div>
      )}
    </div>
  );
}
