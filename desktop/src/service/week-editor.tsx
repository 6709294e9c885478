/** The week of a calendar: a bar a day, drawn with the pointer or moved by keys, and exact times in fields. */
import { CopyCheck, Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { IconButton } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { dayName } from "../telephony/week-hours.tsx";
import { added, clockOf, DAY, dayWords, minuteOf, moved, STEP } from "./week.ts";
import type { Stretch, Week } from "./week.ts";

type End = "from" | "to";
interface Chosen {
  day: number;
  at: number;
}
const HOURS = [0, 6, 12, 18, 24];
/** A narrower bar, between its two grips, would cut its times. */
const SHOWS_TIMES = 285;
const share = (minute: number): string => `${(Math.min(minute, DAY) / DAY) * 100}%`;

export function WeekEditor({ week, onChange, look }: { week: Week; onChange: (week: Week) => void; look: Look }): ReactNode {
  const { t, language } = look;
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const put = (day: number, stretches: readonly Stretch[]): void => onChange(week.map((one, i) => (i === day ? stretches : one)));
  const open = chosen === null ? undefined : week[chosen.day]?.[chosen.at];
  return (
    <div className="flex flex-col gap-2">
      <div role="group" aria-label={t("admin.calendars.week")} className="flex flex-col gap-1">
        <div aria-hidden className="mr-[3.75rem] ml-[3.25rem] flex justify-between text-floor text-ink-3 tabular-nums">
          {HOURS.map((hour) => (
            <span key={hour}>{hour}</span>
          ))}
        </div>
        {week.map((day, i) => (
          <Day
            // oxlint-disable-next-line react/no-array-index-key -- a weekday is its place
            key={i}
            name={dayName(i + 1, language, "long")}
            short={dayName(i + 1, language, "short")}
            day={day}
            night={(week[(i + 6) % 7]?.at(-1)?.to ?? 0) - DAY}
            chosen={chosen?.day === i ? chosen.at : null}
            onChoose={(at) => setChosen({ day: i, at })}
            onChange={(stretches) => put(i, stretches)}
            onCopy={i === 6 ? null : () => onChange(week.map((one, at) => (at === i + 1 ? day : one)))}
            look={look}
          />
        ))}
      </div>
      {chosen !== null && open !== undefined ? (
        <Exact key={`${chosen.day} ${chosen.at}`} name={dayName(chosen.day + 1, language, "long")} day={week[chosen.day] ?? []} at={chosen.at} onChange={(stretches) => put(chosen.day, stretches)} onGone={() => setChosen(null)} look={look} />
      ) : (
        <p className="text-meta text-ink-3">{t("admin.calendars.week.hint")}</p>
      )}
    </div>
  );
}

interface DayProps {
  name: string;
  short: string;
  day: readonly Stretch[];
  /** How far the night before reaches into this day; at most 0 = it does not. */
  night: number;
  chosen: number | null;
  onChoose: (at: number) => void;
  onChange: (day: readonly Stretch[]) => void;
  /** The same on the next day; null on the last. */
  onCopy: (() => void) | null;
  look: Look;
}

function Day({ name, short, day, night, chosen, onChoose, onChange, onCopy, look }: DayProps): ReactNode {
  const { t } = look;
  const bar = useRef<HTMLDivElement | null>(null);
  /** What the pointer holds: an end of an opening, or a stretch that it draws. */
  const held = useRef<{ at: number; end: End } | { anchor: number } | null>(null);
  const minuteAt = (x: number): number => {
    const box = bar.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return Math.min(DAY, Math.max(0, Math.round((((x - box.left) / box.width) * DAY) / STEP) * STEP));
  };
  const grab = (event: PointerEvent, at: number, end: End): void => {
    event.stopPropagation();
    held.current = { at, end };
    bar.current?.setPointerCapture(event.pointerId);
    onChoose(at);
  };
  const move = (event: PointerEvent): void => {
    const minute = minuteAt(event.clientX);
    if (held.current === null) return;
    if ("end" in held.current) return onChange(moved(day, held.current.at, held.current.end, minute));
    const { anchor } = held.current;
    const from = Math.min(anchor, minute);
    const to = Math.max(anchor, minute);
    // Drawn over what is open there is no new opening.
    if (to - from < STEP || day.some((one) => one.from < to && from < one.to)) return;
    const next = [...day, { from, to }].toSorted((a, b) => a.from - b.from);
    const at = next.findIndex((one) => one.from === from);
    held.current = { at, end: minute === from ? "from" : "to" };
    onChange(next);
    onChoose(at);
  };
  const key = (event: KeyboardEvent, at: number, end: End): void => {
    const value = day[at]?.[end] ?? 0;
    const by = event.shiftKey ? 1 : STEP;
    const to = { ArrowRight: value + by, ArrowUp: value + by, ArrowLeft: value - by, ArrowDown: value - by, PageUp: value + 60, PageDown: value - 60, Home: 0, End: DAY }[event.key];
    if (to !== undefined) onChange(moved(day, at, end, to));
    else if (event.key === "Delete" || event.key === "Backspace") onChange(day.filter((_, i) => i !== at));
    else return;
    event.preventDefault();
  };
  const add = (): void => {
    const made = added(day);
    if (made === null) return;
    onChange(made.day);
    onChoose(made.at);
  };
  return (
    <div role="group" aria-label={`${name}, ${day.length === 0 ? t("admin.calendars.closed") : dayWords(day)}`} className="flex items-center gap-1">
      <span className="w-12 shrink-0 text-control text-ink-2">{short}</span>
      <div
        ref={bar}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          held.current = { anchor: minuteAt(event.clientX) };
          bar.current?.setPointerCapture(event.pointerId);
        }}
        onPointerMove={move}
        onPointerUp={() => (held.current = null)}
        onPointerCancel={() => (held.current = null)}
        className="relative h-7 grow cursor-crosshair touch-none overflow-hidden rounded-control bg-fill"
      >
        {[6, 12, 18].map((hour) => (
          <span key={hour} aria-hidden className="absolute inset-y-0 w-px bg-line-2" style={{ left: share(hour * 60) }} />
        ))}
        {night > 0 && <span aria-hidden className="absolute inset-y-0 left-0 bg-acc-soft opacity-60" style={{ width: share(night) }} />}
        {day.map((one, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- an opening is its place
          <div key={at} className={cx("absolute inset-y-0 flex items-center justify-between border-y bg-acc-soft", chosen === at ? "border-acc" : "border-transparent")} style={{ left: share(one.from), width: share(Math.min(one.to, DAY) - one.from) }} title={`${clockOf(one.from)}–${clockOf(one.to)}`}>
            {(["from", "to"] as const).map((end) => (
              <span
                key={end}
                role="slider"
                tabIndex={0}
                aria-label={t(`admin.calendars.${end}.of`, { day: name, n: at + 1 })}
                aria-valuemin={0}
                aria-valuemax={2 * DAY}
                aria-valuenow={one[end]}
                aria-valuetext={one[end] > DAY ? t("admin.calendars.morning", { time: clockOf(one[end]) }) : clockOf(one[end])}
                onKeyDown={(event) => key(event, at, end)}
                onFocus={() => onChoose(at)}
                onPointerDown={(event) => event.button === 0 && grab(event, at, end)}
                className="h-full w-2 shrink-0 cursor-ew-resize rounded-tag bg-acc focus-visible:outline-2 focus-visible:outline-offset-[-2px] focus-visible:outline-ink"
              />
            ))}
            {Math.min(one.to, DAY) - one.from >= SHOWS_TIMES && <span className="pointer-events-none absolute inset-0 flex items-center justify-center truncate text-floor font-medium text-acc-2 tabular-nums">{`${clockOf(one.from)}–${clockOf(one.to)}`}</span>}
          </div>
        ))}
      </div>
      <IconButton size="s" icon={Plus} label={t("admin.calendars.add", { day: name })} isDisabled={added(day) === null} onPress={add} />
      {onCopy === null ? <span className="size-6" /> : <IconButton size="s" icon={CopyCheck} label={t("admin.calendars.copy", { day: name })} onPress={onCopy} />}
    </div>
  );
}

/** The opening that was chosen, to the minute. */
function Exact({ name, day, at, onChange, onGone, look }: { name: string; day: readonly Stretch[]; at: number; onChange: (day: readonly Stretch[]) => void; onGone: () => void; look: Look }): ReactNode {
  const { t } = look;
  const one = day[at];
  if (one === undefined) return null;
  const typed = (end: End, clock: string): void => {
    const minute = minuteOf(clock);
    if (minute !== null) onChange(moved(day, at, end, end === "to" && minute <= one.from ? minute + DAY : minute));
  };
  return (
    <div className="flex items-end gap-3 rounded-card bg-sunken p-2.5">
      <p className="grow self-center text-control first-letter:uppercase">
        {name}
        {one.to > DAY && <span className="block text-meta text-ink-3">{t("admin.calendars.night")}</span>}
      </p>
      <TextField mono type="time" label={t("admin.calendars.from")} value={clockOf(one.from)} onChange={(clock) => typed("from", clock)} />
      <TextField mono type="time" label={t("admin.calendars.to")} value={clockOf(one.to % DAY)} onChange={(clock) => typed("to", clock)} />
      <IconButton
        icon={X}
        label={t("admin.calendars.drop", { day: name })}
        onPress={() => {
          onChange(day.filter((_, i) => i !== at));
          onGone();
        }}
        className="mb-0.5"
      />
    </div>
  );
}
