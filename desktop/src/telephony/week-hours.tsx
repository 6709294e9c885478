import type { CallerRule } from "@tandem/protocol";
import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { Look } from "../admin/kind-page.ts";
import { TextField } from "../kit/field.tsx";

type Hours = NonNullable<CallerRule["hours"]>;
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** "lun", by the language of the screen; 2024-01-01 was a Monday. */
export function dayName(day: number, language: "fr" | "en", width: "short" | "long"): string {
  return new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { weekday: width, timeZone: "UTC" }).format(Date.UTC(2024, 0, day)).replace(".", "");
}
const two = (n: number): string => String(n).padStart(2, "0");
const clockOf = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
/** Null while it is being typed. The end of a day is 24:00 on the wire and 00:00 in the field. */
function minuteOf(clock: string, atEnd: boolean): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(clock) ?? [];
  if (hours === undefined || minutes === undefined) return null;
  const minute = Number(hours) * 60 + Number(minutes);
  return atEnd && minute === 0 ? 1_440 : minute;
}

export function hoursWords(hours: CallerRule["hours"], { t, language }: Look): string {
  if (hours === null) return t("admin.callerRules.hours.always");
  const days = hours.days.toSorted((a, b) => a - b).map((day) => dayName(day, language, "short"));
  return `${days.length > 2 && hours.days.length === Math.max(...hours.days) - Math.min(...hours.days) + 1 ? `${days[0]}–${days.at(-1)}` : days.join(" ")} ${clockOf(hours.fromMinute)}–${clockOf(hours.untilMinute)}`;
}

/** Weekdays and a stretch of the centre's local day. */
export function WeekHours({ hours, onChange, look: { t, language } }: { hours: Hours; onChange: (hours: Hours) => void; look: Look }): ReactNode {
  return (
    <div className="flex flex-col gap-3">
      <ToggleButtonGroup
        aria-label={t("admin.callerRules.days")}
        selectionMode="multiple"
        selectedKeys={hours.days}
        onSelectionChange={(keys) => onChange({ ...hours, days: DAYS.filter((day) => keys.has(day)) })}
        className="grid grid-cols-7 gap-1"
      >
        {DAYS.map((day) => (
          <ToggleButton key={day} id={day} aria-label={`${dayName(day, language, "short")}, ${dayName(day, language, "long")}`} className="h-7 rounded-control border border-line text-control text-ink-2 data-hovered:bg-sunken data-selected:border-acc-line data-selected:bg-acc-soft data-selected:font-medium data-selected:text-acc-2">
            {dayName(day, language, "short")}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <div className="grid grid-cols-2 gap-3">
        <TextField mono type="time" label={t("admin.callerRules.from")} value={clockOf(hours.fromMinute)} onChange={(clock) => onChange({ ...hours, fromMinute: minuteOf(clock, false) ?? hours.fromMinute })} />
        <TextField mono type="time" label={t("admin.callerRules.until")} value={clockOf(hours.untilMinute % 1_440)} onChange={(clock) => onChange({ ...hours, untilMinute: minuteOf(clock, true) ?? hours.untilMinute })} />
      </div>
    </div>
  );
}
