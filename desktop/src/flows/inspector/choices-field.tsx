/** The choices of a menu: in their order, with their share of the traffic; one open at a time. */
import type { MenuChoice, StepOf } from "@tandem/protocol/flow/flow";
import { ArrowDown, ArrowUp, GripVertical, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { DragEvent, ReactNode } from "react";
import { useFlowTraffic } from "../../data/data.ts";
import { useFormat, useT } from "../../i18n/i18n.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { cx } from "../../kit/classes.ts";
import { Select } from "../../kit/select.tsx";
import { useDesigner, useEditor, useView } from "../designer-context.ts";
import { NOWHERE, portsOf } from "../model/ports.ts";
import { inLanguage } from "../model/words.ts";
import { PriorityField, ReadField, TargetField, WordsField } from "./small-fields.tsx";
import { without } from "./step-form.ts";
import { TextsField } from "./texts-field.tsx";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "#", "*"] as const;
const MAX_CHOICES = 12;
const DRAGGED = "application/x-tandem-choice";

export function ChoicesField({ id, step, set }: { id: string; step: StepOf<"menu">; set: (field: string, change: Partial<StepOf<"menu">>) => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const { flowId, mayEdit } = useDesigner();
  const language = useView((v) => v.language);
  const shownTraffic = useView((v) => v.traffic);
  const traffic = useFlowTraffic(flowId, shownTraffic).data ?? null;
  const [open, setOpen] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const { choices } = step;
  const entered = traffic?.steps[id] ?? 0;
  const put = (field: string, next: readonly MenuChoice[]): void => set(`choices ${field}`, { choices: [...next] });
  const change = (at: number, field: string, part: { [K in keyof MenuChoice]?: MenuChoice[K] | undefined }): void => put(`${at} ${field}`, choices.map((choice, i) => (i === at ? (without<MenuChoice>({ ...choice, ...part })) : choice)));
  const move = (from: number, to: number): void => {
    const next = [...choices];
    const [moved] = next.splice(from, 1);
    if (moved === undefined || to < 0 || to > next.length) return;
    next.splice(to, 0, moved);
    put("order", next);
    setOpen((now) => (now === from ? to : null));
  };
  const drop = (event: DragEvent, to: number): void => {
    const from = event.dataTransfer.getData(DRAGGED);
    setOver(null);
    // Anything else that is let go here (a kind of step, a text) moves nothing.
    if (from !== "") move(Number(from), to);
  };
  const free = KEYS.find((key) => !choices.some((choice) => choice.key === key));
  return (
    <section className="flex flex-col gap-1.5">
      <div className="flex items-center">
        <h4 className="grow text-control font-medium">{t("flows.choices")}</h4>
        {mayEdit && (
          <Button
            size="s"
            tone="ghost"
            icon={Plus}
            isDisabled={choices.length >= MAX_CHOICES || free === undefined}
            onPress={() => {
              put("add", [...choices, { key: free ?? "9", label: {}, words: {}, set: {}, next: NOWHERE }]);
              setOpen(choices.length);
            }}
          >
            {t("flows.choices.add")}
          </Button>
        )}
      </div>
      <ol className="flex flex-col">
        {choices.map((choice, i) => {
          const count = traffic?.edges[`${id} choice:${i}`] ?? 0;
          const share = entered === 0 ? 0 : Math.min(1, count / entered);
          const name = inLanguage(choice.label, language) || t("flows.port.unnamed");
          const words = choice.words[language]?.join(", ") ?? "";
          const port = portsOf(step).find((one) => one.id === `choice:${i}`);
          return (
            // oxlint-disable-next-line react/no-array-index-key, jsx-a11y/no-noninteractive-element-interactions -- a choice is its place (choice:0, choice:1 ...); what the pointer drops here, the buttons below move by keyboard
            <li key={i} onDragOver={(event) => { event.preventDefault(); setOver(i); }} onDrop={(event) => drop(event, i)} className={cx("border-t-2", over === i ? "border-acc" : "border-transparent")}>
              <div className="flex items-center gap-1.5">
                {mayEdit && (
                  <span draggable aria-hidden className="cursor-grab text-ink-4" onDragStart={(event) => event.dataTransfer.setData(DRAGGED, String(i))} onDragEnd={() => setOver(null)}>
                    <GripVertical size={14} />
                  </span>
                )}
                <button type="button" aria-expanded={open === i} onClick={() => setOpen(open === i ? null : i)} className="flex min-h-10 min-w-0 grow items-center gap-2 rounded-control px-1 text-left hover:bg-sunken">
                  <span className="flex size-5 shrink-0 items-center justify-center rounded-tag bg-fill text-meta font-medium text-ink-2">{choice.key}</span>
                  <span className="min-w-0 grow leading-tight">
                    <span className="block truncate text-control">{name}</span>
                    <span className="block truncate text-meta text-ink-3">{words}</span>
                  </span>
                  {shownTraffic && entered > 0 && (
                    <>
                      <span aria-hidden className="h-1 w-7 shrink-0 overflow-hidden rounded-full bg-fill-2">
                        <span className="block h-full rounded-full bg-ink-2" style={{ width: `${share * 100}%` }} />
                      </span>
                      <span className="w-8 shrink-0 text-right text-meta text-ink-3">{format.percent(share)}</span>
                    </>
                  )}
                </button>
              </div>
              {open === i && (
                <fieldset disabled={!mayEdit} className="my-1.5 ml-5 flex min-w-0 flex-col gap-3 border-l-2 border-line pl-3">
                  <TextsField plain rows={1} label={t("flows.choice.label")} texts={choice.label} onChange={(label) => change(i, "label", { label })} />
                  <Select label={t("flows.choice.key")} value={choice.key} options={KEYS.filter((key) => key === choice.key || !choices.some((other) => other.key === key)).map((key) => ({ id: key as string, label: key as string }))} onChange={(key) => change(i, "key", { key })} />
                  <WordsField key={language} label={t("flows.choice.words", { language: t(`flows.language.${language}`) })} hint={t("flows.choice.words.hint")} words={choice.words[language] ?? []} onChange={(list) => change(i, `words ${language}`, { words: without({ ...choice.words, [language]: list.length === 0 ? undefined : list }) })} />
                  {port !== undefined && <TargetField id={id} port={port} label={t("flows.choice.next")} />}
                  <Select
                    label={t("flows.choice.language")}
                    value={choice.language ?? ""}
                    options={[{ id: "", label: t("flows.choice.language.none") }, { id: "fr", label: t("flows.language.fr") }, { id: "en", label: t("flows.language.en") }]}
                    onChange={(chosen) => change(i, "language", { language: chosen === "fr" || chosen === "en" ? chosen : undefined })}
                  />
                  <TextsField plain optional rows={1} label={t("flows.choice.reason")} texts={choice.reason ?? {}} onChange={(reason) => change(i, "reason", { reason: Object.keys(reason).length === 0 ? undefined : reason })} />
                  <PriorityField value={choice.priority} none={t("flows.priority.same")} onChange={(priority) => change(i, "priority", { priority })} />
                  <SetFields values={choice.set} onChange={(values) => change(i, "set", { set: values })} />
                  <div className="flex items-center gap-1">
                    <IconButton size="s" icon={ArrowUp} label={t("flows.earlier", { name })} isDisabled={i === 0} onPress={() => move(i, i - 1)} />
                    <IconButton size="s" icon={ArrowDown} label={t("flows.later", { name })} isDisabled={i === choices.length - 1} onPress={() => move(i, i + 1)} />
                    <span className="grow" />
                    <Button size="s" tone="danger-soft" icon={Trash2} isDisabled={choices.length === 1} onPress={() => { setOpen(null); put("remove", choices.filter((_, at) => at !== i)); }}>
                      {t("flows.choice.remove")}
                    </Button>
                  </div>
                </fieldset>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What a choice keeps in variables: plain values. */
function SetFields({ values, onChange }: { values: MenuChoice["set"]; onChange: (values: MenuChoice["set"]) => void }): ReactNode {
  const t = useT();
  const variables = useEditor((s) => s.document.variables);
  const left = Object.keys(variables).filter((name) => !Object.hasOwn(values, name));
  if (Object.keys(variables).length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-control font-medium">{t("flows.choice.set")}</legend>
      {Object.entries(values).map(([name, value]) => (
        <div key={name} className="flex items-center gap-2">
          <span className="min-w-0 grow truncate font-mono text-meta">{name}</span>
          <span className="w-28">
            <ReadField hideLabel label={name} value={value} read={(typed) => valueOf(typed, variables[name]?.type ?? "text")} onChange={(next) => onChange({ ...values, [name]: next })} />
          </span>
          <IconButton size="s" icon={Trash2} label={t("flows.take", { name })} onPress={() => onChange(Object.fromEntries(Object.entries(values).filter(([one]) => one !== name)))} />
        </div>
      ))}
      {left.length > 0 && <Select hideLabel label={t("flows.choice.set.add")} placeholder={t("flows.choice.set.add")} value={null} options={left.map((name) => ({ id: name, label: name }))} onChange={(name) => onChange({ ...values, [name]: variables[name]?.type === "boolean" ? true : variables[name]?.type === "number" ? 0 : "" })} />}
    </fieldset>
  );
}

export function valueOf(typed: string, type: "text" | "number" | "boolean" | "date"): string | number | boolean {
  if (type === "number") return Number.isFinite(Number(typed)) ? Number(typed) : 0;
  return type === "boolean" ? typed === "true" || typed === "1" || typed === "oui" || typed === "yes" : typed;
}
