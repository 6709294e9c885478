/** Openings of a day that is not one of the week's: of an exception, of a holiday that is kept open. */
import type { Opening } from "@tandem/protocol/hours";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { added, clockOf, DAY, minuteOf, openingOf, stretchOf } from "./week.ts";

export function OpeningsField({ label, openings, onChange, look }: { label: string; openings: readonly Opening[]; onChange: (openings: Opening[]) => void; look: Look }): ReactNode {
  const { t } = look;
  const change = (at: number, end: "from" | "to", clock: string): void => {
    if (minuteOf(clock) === null) return;
    // The end of a day is 24:00 on the wire and 00:00 in the field.
    onChange(openings.map((one, i) => (i === at ? openingOf(stretchOf({ ...one, [end]: end === "to" && clock === "00:00" ? "24:00" : clock })) : one)));
  };
  const more = added(openings.map(stretchOf).toSorted((a, b) => a.from - b.from));
  return (
    <div role="group" aria-label={label} className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      {openings.length === 0 && <span className="text-control text-ink-2">{t("admin.calendars.closed")}</span>}
      {openings.map((one, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- an opening is its place
        <div key={i} className="flex items-center gap-1.5">
          <TextField mono hideLabel type="time" label={t("admin.calendars.from.n", { n: i + 1 })} value={one.from} onChange={(clock) => change(i, "from", clock)} />
          <span aria-hidden>–</span>
          <TextField mono hideLabel type="time" label={t("admin.calendars.to.n", { n: i + 1 })} value={clockOf((minuteOf(one.to) ?? 0) % DAY)} onChange={(clock) => change(i, "to", clock)} />
          <IconButton size="s" icon={X} label={t("admin.remove", { name: `${one.from}–${one.to}` })} onPress={() => onChange(openings.filter((_, at) => at !== i))} />
        </div>
      ))}
      {openings.length < 10 && (
        <Button size="s" tone="soft" icon={Plus} isDisabled={more === null} onPress={() => more !== null && onChange(more.day.map(openingOf))}>
          {t("admin.calendars.openings.add")}
        </Button>
      )}
    </div>
  );
}
