/** Pieces that several forms share. */
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../kit/button.tsx";
import { Checkbox } from "../kit/checkbox.tsx";
import { NumberField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { nameIn } from "./kind-page.ts";
import type { Look } from "./kind-page.ts";

/** A named group of fields. */
export function Group({ label, hideLabel = false, hint, error = null, children }: { label: string; /** The title above says it. */ hideLabel?: boolean; hint?: string | undefined; error?: string | null; children: ReactNode }): ReactNode {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className={hideLabel ? "sr-only" : "mb-1.5 text-control font-medium"}>{label}</legend>
      <div className="flex min-w-0 flex-col gap-2.5">{children}</div>
      {error !== null ? <p className="text-meta text-alert-ink">{error}</p> : hint !== undefined && <p className="text-meta text-ink-3">{hint}</p>}
    </fieldset>
  );
}

/** Durations are milliseconds on the wire, seconds for people. */
export function SecondsField({ label, hint, error, ms, onChange, min = 0, look }: { label: string; hint?: string; error?: string | null; ms: number; onChange: (ms: number) => void; min?: number; look: Look }): ReactNode {
  return <NumberField label={label} {...(hint === undefined ? {} : { hint })} error={error ?? null} unit={look.t("admin.seconds")} minValue={min} step={1} value={ms / 1000} onChange={(seconds) => onChange(Math.round(seconds * 1000))} />;
}

export function CheckList<Id extends string>({ options, chosen, onChange }: { options: readonly { id: Id; label: string; hint?: string }[]; chosen: readonly Id[]; onChange: (chosen: Id[]) => void }): ReactNode {
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-0.5">
      {options.map(({ id, label, hint }) => (
        <Checkbox key={id} isSelected={chosen.includes(id)} onChange={(on) => onChange(options.map((o) => o.id).filter((o) => (o === id ? on : chosen.includes(o))))}>
          {label}
          {hint !== undefined && <span className="block text-meta text-ink-3">{hint}</span>}
        </Checkbox>
      ))}
    </div>
  );
}

/** Skills with a level each: what an agent has, or what a queue asks for. */
export function SkillLevels({ skills, onChange, look }: { skills: readonly { skillId: string; level: number }[]; onChange: (skills: { skillId: string; level: number }[]) => void; look: Look }): ReactNode {
  const { t } = look;
  const left = look.skills.filter((skill) => !skills.some((has) => has.skillId === skill.id));
  const [next] = left;
  return (
    <>
      {skills.map(({ skillId, level }) => {
        const name = nameIn(look.skills, skillId);
        return (
          <div key={skillId} className="flex items-center gap-2">
            <div className="min-w-0 grow">
              <Select
                label={t("admin.skills.edit")}
                hideLabel
                value={skillId}
                options={look.skills.filter((skill) => skill.id === skillId || left.includes(skill)).map((skill) => ({ id: skill.id, label: skill.name }))}
                onChange={(id) => onChange(skills.map((has) => (has.skillId === skillId ? { ...has, skillId: id } : has)))}
              />
            </div>
            <LevelInput label={t("admin.level.of", { skill: name })} value={level} onChange={(value) => onChange(skills.map((has) => (has.skillId === skillId ? { ...has, level: value } : has)))} />
            <IconButton icon={X} label={t("admin.remove", { name })} onPress={() => onChange(skills.filter((has) => has.skillId !== skillId))} />
          </div>
        );
      })}
      {next !== undefined && (
        <div>
          <Button size="s" tone="soft" icon={Plus} onPress={() => onChange([...skills, { skillId: next.id, level: 5 }])}>
            {t("admin.add")}
          </Button>
        </div>
      )}
      {look.skills.length === 0 && <p className="text-meta text-ink-3">{t("admin.users.skills.none")}</p>}
    </>
  );
}

const levels = Array.from({ length: 10 }, (_, i) => ({ id: String(i + 1), label: String(i + 1) }));

function LevelInput({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }): ReactNode {
  return (
    <div className="w-20 shrink-0">
      <Select label={label} hideLabel value={String(value)} options={levels} onChange={(id) => onChange(Number(id))} />
    </div>
  );
}
