/** The circumstances of a try or a test: what the customer contacts with, into what hours and queues, and what other systems answer. */
import type { TryFlow } from "@tandem/protocol/flow-studio";
import type { FlowDocument, FlowTest, Step, Value, Values } from "@tandem/protocol/flow/flow";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { useEditor } from "./designer-context.ts";
import { ReadField } from "./inspector/small-fields.tsx";
import { without } from "./inspector/step-form.ts";
import { titleOf } from "./model/words.ts";
import { useNames } from "./use-names.ts";

export type Given = NonNullable<TryFlow["given"]>;
type Answers = NonNullable<Given["answers"]>;
type Answered = Answers[string];
const caller = "+33612345678";

/** With everything that was left out, as a test keeps it. */
export function wholeGiven(given: Given): FlowTest["given"] {
  const { medium = "voice", language = "fr", hours = "open", queues = "served", from = caller, customer = null, context = {}, answers = {}, at } = given;
  return { medium, language, hours, queues, from, customer, context, answers, ...(at === undefined ? {} : { at }) };
}

/** Said of a step, or as the customer chosen: known to every look-up, or to none. */
export function answersFor(document: FlowDocument, given: Given): Answers {
  const customer = given.customer ?? null;
  const lookups = Object.entries(document.steps).flatMap(([id, step]) => (step.kind === "lookup" && step.of === undefined ? [[id, customer ?? "unknown"] as const] : []));
  return { ...Object.fromEntries(lookups), ...given.answers };
}

export function GivenFields({ given, onChange }: { given: Given; onChange: (given: Given) => void }): ReactNode {
  const t = useT();
  const document = useEditor((s) => s.document);
  const { languages } = document;
  const set = (change: { [K in keyof Given]?: Given[K] | undefined }): void => {
    const next = without<Given>({ ...given, ...change });
    // Another customer: what look-ups answer follows, unless one was said to fail.
    const failing = Object.entries(given.answers ?? {}).filter(([id, answered]) => !looksUpCustomer(document.steps[id]) || answered === "fails");
    onChange("customer" in change ? { ...next, answers: answersFor(document, { ...next, answers: Object.fromEntries(failing) }) } : next);
  };
  return (
    <div className="flex flex-col gap-2 py-2">
      <div className="grid grid-cols-2 gap-2">
        <Select label={t("flows.given.medium")} value={given.medium ?? "voice"} options={(["voice", "chat", "sms"] as const).map((id) => ({ id, label: t(`flows.given.medium.${id}`) }))} onChange={(medium) => set({ medium })} />
        <Select label={t("flows.given.language")} value={given.language ?? "fr"} options={languages.map((id) => ({ id, label: t(`flows.language.${id}`) }))} onChange={(language) => set({ language })} />
        <Select label={t("flows.given.hours")} value={given.hours ?? "open"} options={(["open", "closed", "holiday"] as const).map((id) => ({ id, label: t(`flows.given.hours.${id}`) }))} onChange={(hours) => set({ hours })} />
        <Select label={t("flows.given.queues")} value={given.queues ?? "served"} options={(["served", "closed", "empty", "full"] as const).map((id) => ({ id, label: t(`flows.given.queues.${id}`) }))} onChange={(queues) => set({ queues })} />
        <Select
          label={t("flows.given.customer")}
          value={given.customer === null || given.customer === undefined ? "unknown" : "known"}
          options={[{ id: "unknown", label: t("flows.given.unknown") }, { id: "known", label: t("flows.given.known") }]}
          onChange={(known) => set({ customer: known === "known" ? { name: "Camille Rousseau", known: true, language: given.language ?? "fr" } : null })}
        />
        <Select
          label={t("flows.given.from")}
          value={given.from === "" ? "hidden" : "shown"}
          options={[{ id: "shown", label: t("flows.given.shown") }, { id: "hidden", label: t("flows.given.hidden") }]}
          onChange={(from) => set({ from: from === "hidden" ? "" : caller })}
        />
      </div>
      <More given={given} set={set} />
    </div>
  );
}

function More({ given, set }: { given: Given; set: (change: { [K in keyof Given]?: Given[K] | undefined }) => void }): ReactNode {
  const t = useT();
  const names = useNames();
  const id = useId();
  const [open, setOpen] = useState(false);
  const document = useEditor((s) => s.document);
  const [context, setContext] = useState(() => Object.entries(given.context ?? {}).map(([key, value]) => `${key} = ${String(value)}`).join("\n"));
  const answering = Object.entries(document.steps).filter(([, step]) => waysToAnswer(step).length > 0);
  const answers = given.answers ?? {};
  return (
    <>
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} className="flex items-center gap-1 self-start rounded-control text-meta text-ink-2 hover:text-ink">
        <ChevronRight size={13} aria-hidden className={cx("transition-transform duration-100", open && "rotate-90")} />
        {t("flows.given.more")}
      </button>
      <div id={id} hidden={!open} className="flex flex-col gap-2">
        {open && (
          <>
            <label className="flex flex-col gap-1.5 text-control font-medium">
              {t("flows.given.at")}
              <input
                type="datetime-local"
                value={given.at === undefined ? "" : localOf(given.at)}
                onChange={(event) => set({ at: event.target.value === "" ? undefined : new Date(event.target.value).toISOString() })}
                className="h-8 rounded-card border border-field/70 bg-raised px-2.5 text-body font-normal outline-none focus:border-acc"
              />
            </label>
            <TextField
              mono
              rows={2}
              label={t("flows.given.context")}
              hint={t("flows.given.context.hint")}
              value={context}
              onChange={(typed) => {
                setContext(typed);
                set({ context: contextOf(typed) });
              }}
            />
            {answering.map(([stepId, step]) => (
              <AnswerField key={stepId} title={titleOf(step, t, names)} step={step} answered={answers[stepId]} onChange={(answered) => set({ answers: answered === undefined ? Object.fromEntries(Object.entries(answers).filter(([one]) => one !== stepId)) : { ...answers, [stepId]: answered } })} />
            ))}
          </>
        )}
      </div>
    </>
  );
}

type Way = "default" | "fails" | "unknown" | "answers";

const looksUpCustomer = (step: Step | undefined): boolean => step?.kind === "lookup" && step.of === undefined;

/** What can be said of a step that asks somebody else. */
function waysToAnswer(step: Step): readonly Way[] {
  switch (step.kind) {
    case "lookup":
      return ["default", "answers", "unknown"];
    case "http": case "assistant": case "update":
      return ["default", "answers"];
    case "transfer":
      return ["default", "fails"];
    case "deflect":
      return step.to.kind === "number" ? ["default", "fails"] : [];
    default:
      return [];
  }
}

/** The values that its answer carries. */
function fieldsOf(step: Step): readonly string[] {
  if (step.kind === "http") return step.saves.map(({ name }) => name);
  if (step.kind === "lookup") return step.of === undefined ? ["name"] : ["number", "subject", "state"];
  return step.kind === "assistant" ? ["says", "goes"] : [];
}

function AnswerField({ title, step, answered, onChange }: { title: string; step: Step; answered: Answered | undefined; onChange: (answered: Answered | undefined) => void }): ReactNode {
  const t = useT();
  const way: Way = answered === undefined ? "default" : typeof answered === "string" ? answered : "answers";
  const values: Values = typeof answered === "object" ? answered : {};
  const choose = (next: Way): void => {
    if (next === "default") onChange(undefined);
    else if (next === "answers") onChange(step.kind === "assistant" ? { says: "", goes: "resolved" } : {});
    else onChange(next);
  };
  return (
    <fieldset className="flex flex-col gap-1.5">
      <Select label={title} value={way} options={waysToAnswer(step).map((one) => ({ id: one, label: t(one === "default" ? (step.kind === "transfer" || step.kind === "deflect" ? "flows.answer.taken" : "flows.answer.fails") : `flows.answer.${one}`) }))} onChange={choose} />
      {way === "answers" &&
        fieldsOf(step).map((name) =>
          name === "goes" ? (
            <Select key={name} label={t("flows.answer.goes")} value={String(values["goes"] ?? "on")} options={(["on", "resolved", "person"] as const).map((goes) => ({ id: goes as string, label: t(`flows.answer.goes.${goes}`) }))} onChange={(goes) => onChange({ ...values, goes })} />
          ) : (
            <ReadField key={name} mono label={name} value={values[name] ?? ""} read={plain} onChange={(value) => onChange({ ...values, [name]: value })} />
          ),
        )}
    </fieldset>
  );
}

/** "48.85" is a number, "true" a boolean, anything else text. */
function plain(typed: string): Value {
  if (/^-?\d{1,15}(\.\d{1,10})?$/.test(typed) && !/^0\d/.test(typed)) return Number(typed);
  return typed === "true" ? true : typed === "false" ? false : typed.slice(0, 400);
}

/** "latitude = 48.85" a line. */
function contextOf(typed: string): Record<string, Value> {
  return Object.fromEntries(typed.split("\n").flatMap((line) => {
    const read = /^\s*([A-Za-z_][\w.]{0,40})\s*[=:]\s*(.*?)\s*$/.exec(line);
    return read === null ? [] : [[read[1] ?? "", plain(read[2] ?? "")] as const];
  }));
}

/** As an input of the browser shows it: local time without a zone. */
function localOf(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "" : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
