/** Calendars of opening hours: time zone, week, public holidays and which of them are kept open, exceptional days. */
import { Calendar, GLOBAL_CALENDAR } from "@tandem/protocol/hours";
import type { CalendarException, HolidayPlace, HolidayView, KeptHoliday } from "@tandem/protocol/hours";
import { CalendarDays, ChevronLeft, ChevronRight, Plus, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import type { FormProps, KindPage, Look } from "../admin/kind-page.ts";
import { useHolidays, useNow, usePlaces } from "../data/data.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Select } from "../kit/select.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Switch } from "../kit/switch.tsx";
import { dayName } from "../telephony/week-hours.tsx";
import { OpeningsField } from "./openings-field.tsx";
import { WeekEditor } from "./week-editor.tsx";
import { runsOf, weeklyOf, weekOf } from "./week.ts";
import { zoneClock, zoneDay, zones } from "./zones.ts";

export const calendarsPage: KindPage<"calendars"> = {
  kind: "calendars",
  icon: CalendarDays,
  schema: Calendar,
  columns: [
    { id: "name", label: "admin.named", width: { share: 26 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "week", label: "admin.calendars.week", width: { share: 40 }, sort: (row) => row.weekly.length, cell: (row, look) => <span title={weekWords(row, look)}>{weekWords(row, look)}</span> },
    { id: "holidays", label: "admin.calendars.holidays", width: { share: 20 }, sort: (row) => row.holidays.places.length, cell: (row) => (row.holidays.places.length === 0 ? "—" : row.holidays.places.map(placeCode).join(", ")) },
    { id: "exceptions", label: "admin.calendars.exceptions", width: { rem: 9.5 }, align: "right", sort: (row) => row.exceptions.length, cell: (row) => row.exceptions.length },
    { id: "now", label: "admin.calendars.clock", width: { rem: 7 }, align: "right", sort: (row) => row.zone, cell: (row, look) => <Clock zone={row.zone} look={look} /> },
  ],
  nameOf: (row) => row.name,
  searchText: (row) => [row.name, row.zone, ...row.exceptions.map(({ name }) => name)].join(" "),
  // the centre's zone: an administrator who travels has another
  blank: (_look, rows) => ({ name: "", zone: rows.find(({ id }) => id === GLOBAL_CALENDAR)?.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone, weekly: [{ days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" }], holidays: { places: [], kept: [] }, exceptions: [] }),
  errors: { name: "admin.error.named", zone: "admin.error.calendars.zone", weekly: "admin.error.calendars.weekly", holidays: "admin.error.calendars.holidays", exceptions: "admin.error.calendars.exceptions" },
  removal: (row, look) => ({ effect: look.t("admin.calendars.delete.effect"), blocked: row.id === GLOBAL_CALENDAR ? look.t("admin.calendars.global") : null }),
  Form: CalendarForm,
  wide: true,
};

const placeCode = ({ country, state, region }: HolidayPlace): string => [country, state, region].filter((part) => part !== undefined).join("-");

export function weekWords({ weekly }: Calendar, { t, language }: Look): string {
  const runs = runsOf(weekOf(weekly));
  if (runs.length === 0) return t("admin.calendars.never");
  const day = (n: number): string => dayName(n, language, "short");
  return runs.map(({ first, last, words }) => `${first === last ? day(first) : `${day(first)}–${day(last)}`} ${words}`).join(" · ");
}

export function Clock({ zone, look }: { zone: string; look: Look }): ReactNode {
  const now = useNow(10_000);
  return <span className="tabular-nums">{zoneClock(zone, now, look.language)}</span>;
}

function CalendarForm({ draft, set, error, look }: FormProps<"calendars">): ReactNode {
  const { t } = look;
  return (
    <>
      <TextField label={t("admin.named")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
      <div className="grid grid-cols-[1fr_auto] items-end gap-3">
        <Select label={t("admin.calendars.zone")} error={error("zone")} value={draft.zone} options={zones(draft.zone)} onChange={(zone) => set({ zone })} />
        <p className="pb-1.5 text-control text-ink-2">
          {t("admin.calendars.clock.is")} <Clock zone={draft.zone} look={look} />
        </p>
      </div>
      <Group label={t("admin.calendars.week")} error={error("weekly")}>
        <WeekEditor week={weekOf(draft.weekly)} onChange={(week) => set({ weekly: weeklyOf(week) })} look={look} />
      </Group>
      <Places places={draft.holidays.places} error={error("holidays")} onChange={(places) => set({ holidays: { ...draft.holidays, places } })} look={look} />
      {draft.holidays.places.length > 0 ? (
        <Holidays draft={draft} onKept={(kept) => set({ holidays: { ...draft.holidays, kept } })} look={look} />
      ) : (
        <p className="-mt-2 text-meta text-ink-3">{t("admin.calendars.places.none")}</p>
      )}
      <Exceptions zone={draft.zone} exceptions={draft.exceptions} error={error("exceptions")} onChange={(exceptions) => set({ exceptions })} look={look} />
    </>
  );
}

const MAX_PLACES = 5;
function Places({ places, error, onChange, look }: { places: readonly HolidayPlace[]; error: string | null; onChange: (places: HolidayPlace[]) => void; look: Look }): ReactNode {
  const { t, language } = look;
  return (
    <Group label={t("admin.calendars.holidays")} hint={t("admin.calendars.holidays.hint")} error={error}>
      {places.map((place, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a place is its line
        <Place key={i} place={place} onChange={(next) => onChange(places.map((one, at) => (at === i ? next : one)))} onRemove={() => onChange(places.filter((_, at) => at !== i))} look={look} />
      ))}
      {places.length < MAX_PLACES && (
        <div>
          <Button size="s" tone="soft" icon={Plus} onPress={() => onChange([...places, { country: language === "fr" ? "FR" : "GB" }])}>
            {t("admin.calendars.places.add")}
          </Button>
        </div>
      )}
    </Group>
  );
}

function Place({ place, onChange, onRemove, look }: { place: HolidayPlace; onChange: (place: HolidayPlace) => void; onRemove: () => void; look: Look }): ReactNode {
  const { t, language } = look;
  const countries = usePlaces(null, null, language).data ?? {};
  const states = usePlaces(place.country, null, language).data ?? {};
  const regions = usePlaces(place.country, place.state ?? null, language, place.state !== undefined).data ?? {};
  const named = (names: Record<string, string>, kept: string | undefined): { id: string; label: string }[] =>
    Object.entries(kept === undefined || Object.hasOwn(names, kept) ? names : { ...names, [kept]: kept }).map(([id, label]) => ({ id, label })).toSorted((a, b) => look.format.compare(a.label, b.label));
  const whole = { id: "", label: t("admin.calendars.places.whole") };
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <Select hideLabel label={t("admin.calendars.country")} value={place.country} options={named(countries, place.country)} onChange={(country) => onChange({ country })} />
      </div>
      {(Object.keys(states).length > 0 || place.state !== undefined) && (
        <div className="min-w-0 flex-1">
          <Select hideLabel label={t("admin.calendars.state")} value={place.state ?? ""} options={[whole, ...named(states, place.state)]} onChange={(state) => onChange({ country: place.country, ...(state === "" ? {} : { state }) })} />
        </div>
      )}
      {place.state !== undefined && (Object.keys(regions).length > 0 || place.region !== undefined) && (
        <div className="min-w-0 flex-1">
          <Select hideLabel label={t("admin.calendars.region")} value={place.region ?? ""} options={[whole, ...named(regions, place.region)]} onChange={(region) => onChange({ country: place.country, ...(place.state === undefined ? {} : { state: place.state }), ...(region === "" ? {} : { region }) })} />
        </div>
      )}
      <IconButton icon={X} label={t("admin.remove", { name: countries[place.country] ?? place.country })} onPress={onRemove} />
    </div>
  );
}

/** A year's holidays of the places chosen, each closed or kept open: seen before anything is saved. */
function Holidays({ draft, onKept, look }: { draft: Calendar; onKept: (kept: KeptHoliday[]) => void; look: Look }): ReactNode {
  const { t, language } = look;
  const [year, setYear] = useState(() => new Date().getFullYear());
  const { kept, places } = draft.holidays;
  const days = useHolidays(places, year);
  return (
    <section aria-label={t("admin.calendars.year", { year })} className="-mt-1 rounded-card border border-line">
      <header className="flex items-center gap-1 border-b border-line px-2 py-1">
        <IconButton size="s" icon={ChevronLeft} label={String(year - 1)} onPress={() => setYear(year - 1)} />
        <span className="text-control font-medium tabular-nums">{year}</span>
        <IconButton size="s" icon={ChevronRight} label={String(year + 1)} onPress={() => setYear(year + 1)} />
      </header>
      {days.isError ? (
        <ReadFailed query={days} className="m-2" />
      ) : days.data === undefined ? (
        <Skeleton rows={4} className="p-3" />
      ) : days.data.length === 0 ? (
        <p className="px-2.5 py-2 text-control text-ink-2">{t("admin.calendars.year.none", { year })}</p>
      ) : (
        <ul className="max-h-72 divide-y divide-line overflow-auto">
          {days.data.map((day) => (
            <Holiday key={`${day.date} ${day.rule}`} day={day} year={year} kept={kept.find((one) => one.rule === day.rule && (one.year === null || one.year === year)) ?? null} onChange={(mine) => onKept([...kept.filter((one) => one.rule !== day.rule || (one.year !== null && one.year !== year)), ...(mine === null ? [] : [mine])])} look={look} name={day.name[language]} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Holiday({ day, year, kept, onChange, look, name }: { day: HolidayView; year: number; kept: KeptHoliday | null; onChange: (kept: KeptHoliday | null) => void; look: Look; name: string }): ReactNode {
  const { t, language } = look;
  const date = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  const at = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
  return (
    <li className="flex flex-col gap-2 px-2.5 py-1.5">
      <div className="flex items-center gap-3">
        <span className="w-24 shrink-0 text-meta text-ink-3 tabular-nums">{date.format(at(day.date))}</span>
        <span className="min-w-0 grow truncate text-control">
          {name}
          {day.substitute && <span className="text-ink-3"> {t("admin.calendars.substitute")}</span>}
          {day.until !== day.date && <span className="text-ink-3"> {t("admin.calendars.until", { date: date.format(at(day.until)) })}</span>}
        </span>
        <Switch isSelected={kept !== null} aria-label={t("admin.calendars.keep.of", { name })} onChange={(on) => onChange(on ? { rule: day.rule, year: null, openings: null } : null)}>
          <span className={kept === null ? "text-ink-3" : ""}>{t(kept === null ? "admin.calendars.closed" : "admin.calendars.keep")}</span>
        </Switch>
      </div>
      {kept !== null && (
        <div className="flex flex-wrap items-center gap-2 pl-[6.75rem]">
          <Select
            hideLabel
            label={t("admin.calendars.keep.when", { name })}
            value={kept.year === null ? "always" : "year"}
            options={[{ id: "always", label: t("admin.calendars.keep.always") }, { id: "year", label: t("admin.calendars.keep.year", { year }) }]}
            onChange={(when) => onChange({ ...kept, year: when === "always" ? null : year })}
          />
          <Select
            hideLabel
            label={t("admin.calendars.keep.hours", { name })}
            value={kept.openings === null ? "week" : "own"}
            options={[{ id: "week", label: t("admin.calendars.keep.week") }, { id: "own", label: t("admin.calendars.keep.own") }]}
            onChange={(whose) => onChange({ ...kept, openings: whose === "week" ? null : [{ from: "10:00", to: "16:00" }] })}
          />
          {kept.openings !== null && <OpeningsField label={t("admin.calendars.keep.hours", { name })} openings={kept.openings} onChange={(openings) => onChange({ ...kept, openings })} look={look} />}
        </div>
      )}
    </li>
  );
}

function Exceptions({ zone, exceptions, error, onChange, look }: { zone: string; exceptions: readonly CalendarException[]; error: string | null; onChange: (exceptions: CalendarException[]) => void; look: Look }): ReactNode {
  const { t } = look;
  const change = (at: number, part: Partial<CalendarException>): void => onChange(exceptions.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const today = zoneDay(zone, Date.now());
  return (
    <Group label={t("admin.calendars.exceptions")} hint={t("admin.calendars.exceptions.hint")} error={error}>
      {exceptions.map((one, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- an exception is its place
        <div key={i} role="group" aria-label={t("admin.calendars.exception.n", { n: i + 1 })} className="flex flex-col gap-2 rounded-card border border-line p-2.5">
          <div className="flex items-end gap-2">
            <div className="min-w-0 grow">
              <TextField label={t("admin.named")} value={one.name} onChange={(name) => change(i, { name })} />
            </div>
            <TextField mono type="date" label={t("admin.calendars.first")} value={one.from} onChange={(from) => change(i, { from, to: one.to < from ? from : one.to })} />
            <TextField mono type="date" label={t("admin.calendars.last")} value={one.to} onChange={(to) => change(i, { to })} />
            <IconButton icon={X} label={t("admin.remove", { name: one.name === "" ? t("admin.calendars.exception.n", { n: i + 1 }) : one.name })} onPress={() => onChange(exceptions.filter((_, at) => at !== i))} className="mb-0.5" />
          </div>
          <OpeningsField label={t("admin.calendars.exception.hours", { n: i + 1 })} openings={one.openings} onChange={(openings) => change(i, { openings })} look={look} />
        </div>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} onPress={() => onChange([...exceptions, { name: "", from: today, to: today, openings: [] }])}>
          {t("admin.calendars.exceptions.add")}
        </Button>
      </div>
    </Group>
  );
}
