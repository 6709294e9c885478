/** Pieces that the telephone system's forms share. */
import type { Destination } from "@tandem/protocol";
import { ArrowDown, ArrowUp, ChevronRight, Plus, X } from "lucide-react";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import type { Look } from "../admin/kind-page.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";

/** What most people never change, folded away; open when something inside is wrong. */
export function Fold({ label, hint, wrong = false, children }: { label: string; hint?: string; wrong?: boolean; children: ReactNode }): ReactNode {
  const [open, setOpen] = useState(false);
  const id = useId();
  const shown = open || wrong;
  return (
    <section className="border-t border-line pt-3">
      <button type="button" aria-expanded={shown} aria-controls={id} onClick={() => setOpen(!shown)} className="flex w-full items-center gap-1.5 rounded-control py-0.5 text-left text-control font-medium text-ink outline-offset-2">
        <ChevronRight size={15} aria-hidden className={cx("shrink-0 text-ink-3 transition-transform duration-100", shown && "rotate-90")} />
        <span className="grow">{label}</span>
        {hint !== undefined && !shown && <span className="truncate text-meta font-normal text-ink-3">{hint}</span>}
      </button>
      <div id={id} hidden={!shown} className="mt-3 flex flex-col gap-4">
        {children}
      </div>
    </section>
  );
}

/** An extension as people say it: "201 Léa Marchand". */
export function extensionName(extensions: Look["extensions"], id: string): string {
  const row = extensions.find((one) => one.id === id);
  return row === undefined ? id : `${row.number} ${row.label}`;
}

/** "voicemail of 201 Léa" in the language of the screen. */
export function destinationWords(destination: Destination | null, { t, format, extensions }: Look): string {
  if (destination === null) return "—";
  if (destination.to === "number") return format.phone(destination.number);
  return destination.to === "hang-up" ? t("admin.destination.hang-up") : t("admin.destination.voicemailOf", { name: extensionName(extensions, destination.extensionId) });
}

type Way = "none" | Destination["to"];

/** What these fields need of the page: its words, and who can be chosen. */
export interface Choosable {
  t: Look["t"];
  extensions: readonly { id: string; number: string; label: string }[];
}

/** Where a call goes. `none`: what no destination means here, when that is a choice. */
export function DestinationField({ label, value, onChange, none, error = null, look }: { label: string; value: Destination | null; onChange: (value: Destination | null) => void; none?: string; error?: string | null; look: Choosable }): ReactNode {
  const { t, extensions } = look;
  const [first] = extensions;
  const ways: { id: Way; label: string }[] = [
    ...(none === undefined ? [] : [{ id: "none" as const, label: none }]),
    { id: "number", label: t("admin.destination.number") },
    ...(first === undefined ? [] : [{ id: "voicemail" as const, label: t("admin.destination.voicemail") }]),
    { id: "hang-up", label: t("admin.destination.hang-up") },
  ];
  const choose = (way: Way): void => {
    if (way === "none") onChange(null);
    else if (way === "hang-up") onChange({ to: "hang-up" });
    else if (way === "number") onChange({ to: "number", number: "" });
    else if (first !== undefined) onChange({ to: "voicemail", extensionId: first.id });
  };
  const way: Way = value?.to ?? "none";
  return (
    <div className={cx("grid items-start gap-3", way === "number" || way === "voicemail" ? "grid-cols-2" : "grid-cols-1")}>
      <Select label={label} value={way} options={ways} onChange={choose} error={way === "number" ? null : error} />
      {value?.to === "number" && <TextField mono type="tel" label={t("admin.destination.number.label")} error={error} value={value.number} onChange={(number) => onChange({ to: "number", number: number.replace(/[\s.()-]/g, "") })} />}
      {value?.to === "voicemail" && <ExtensionSelect label={t("admin.destination.mailbox")} value={value.extensionId} onChange={(extensionId) => onChange({ to: "voicemail", extensionId })} look={look} />}
    </div>
  );
}

export function ExtensionSelect({ label, value, onChange, look, everyone }: { label: string; value: string | null; onChange: (id: string) => void; look: Choosable; everyone?: string }): ReactNode {
  const options = look.extensions.map((row) => ({ id: row.id, label: `${row.number} ${row.label}` }));
  return <Select label={label} value={value} options={everyone === undefined ? options : [{ id: "", label: everyone }, ...options]} onChange={onChange} />;
}

/** Extensions in the order in which they are called. */
export function Members({ label, hint, error, ids, onChange, ordered, look }: { label: string; hint: string; error: string | null; ids: readonly string[]; onChange: (ids: string[]) => void; ordered: boolean; look: Look }): ReactNode {
  const { t, extensions } = look;
  const left = extensions.filter((row) => !ids.includes(row.id));
  const swap = (at: number, by: number): void => {
    const next = [...ids];
    [next[at], next[at + by]] = [next[at + by]!, next[at]!];
    onChange(next);
  };
  return (
    <Group label={label} hint={hint} error={error}>
      {ids.length > 0 && (
        <ol className="flex flex-col divide-y divide-line rounded-card border border-line">
          {ids.map((id, i) => {
            const name = extensionName(extensions, id);
            return (
              <li key={id} className="flex h-8 items-center gap-1 pr-1 pl-2.5 text-control">
                {ordered && <span className="w-5 text-meta text-ink-3">{i + 1}</span>}
                <span className="min-w-0 grow truncate">{name}</span>
                {ordered && <IconButton size="s" icon={ArrowUp} label={t("admin.earlier", { name })} isDisabled={i === 0} onPress={() => swap(i, -1)} />}
                {ordered && <IconButton size="s" icon={ArrowDown} label={t("admin.later", { name })} isDisabled={i === ids.length - 1} onPress={() => swap(i, 1)} />}
                <IconButton size="s" icon={X} label={t("admin.remove", { name })} onPress={() => onChange(ids.filter((other) => other !== id))} />
              </li>
            );
          })}
        </ol>
      )}
      {left.length > 0 && <Select label={t("admin.members.add")} hideLabel value={null} placeholder={t("admin.members.add")} options={left.map((row) => ({ id: row.id, label: `${row.number} ${row.label}` }))} onChange={(id) => onChange([...ids, id])} />}
    </Group>
  );
}

/** A list typed one to a line (or, of short ones, in one line); what is typed stays as typed while it is read. */
export function LinesField({ label, hint, error, lines, onChange, rows = 3, inline = false, placeholder }: { label: string; hint: string; error?: string | null; lines: readonly string[]; onChange: (lines: string[]) => void; rows?: number; inline?: boolean; placeholder?: string }): ReactNode {
  const [text, setText] = useState(() => lines.join(inline ? " " : "\n"));
  return (
    <TextField
      mono
      {...(inline ? {} : { rows })}
      label={label}
      hint={hint}
      error={error ?? null}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={text}
      onChange={(next) => {
        setText(next);
        onChange(next.split(/[\s,;]+/).filter(Boolean));
      }}
    />
  );
}

/** Rows without identity but their place, each with a button that removes it. */
export function Rows<R>({ label, hint, error = null, rows, onChange, blank, add, nameOf, look, children }: {
  label: string; hint?: string; error?: string | null; rows: readonly R[]; onChange: (rows: R[]) => void; blank: () => R; add: string; nameOf: (row: R, at: number) => string; look: Look;
  children: (row: R, change: (part: Partial<R>) => void, at: number) => ReactNode;
}): ReactNode {
  return (
    <Group label={label} hint={hint} error={error}>
      {rows.map((row, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a row is its place
        <div key={i} className="flex items-end gap-2">
          {children(row, (part) => onChange(rows.map((one, at) => (at === i ? { ...one, ...part } : one))), i)}
          <IconButton icon={X} label={look.t("admin.remove", { name: nameOf(row, i) })} onPress={() => onChange(rows.filter((_, at) => at !== i))} className="mb-0.5" />
        </div>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} onPress={() => onChange([...rows, blank()])}>
          {add}
        </Button>
      </div>
    </Group>
  );
}
