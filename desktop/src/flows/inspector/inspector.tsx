/** Beside the canvas: the chosen step (what it does, its traffic, its history), several chosen steps, or the flow's own settings. */
import type { Step } from "@tandem/protocol/flow/flow";
import { CircleAlert, Copy, Ellipsis, Flag, SlidersHorizontal, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useLanguage, useT } from "../../i18n/i18n.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { cx } from "../../kit/classes.ts";
import { TextField } from "../../kit/field.tsx";
import { Menu } from "../../kit/menu.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { useDesigner, useEditor, useView } from "../designer-context.ts";
import { kindIcons } from "../kinds.ts";
import { copySteps, pasteSteps } from "../model/clipboard.ts";
import { changeSettings } from "../model/edit.ts";
import { pathOfFinding, stepsOf } from "../model/path.ts";
import { missingLanguages, saysOf, titleOf } from "../model/words.ts";
import { setView } from "../designer-context.ts";
import { useNames } from "../use-names.ts";
import { CollectForm, EndForm, LanguageForm, MenuForm, SayForm, WaitForm } from "./asking-forms.tsx";
import { BranchForm, HoursForm, HttpForm, LookupForm, ReturnForm, SetForm, SubflowForm, UpdateForm } from "./deciding-forms.tsx";
import { AssistantForm, CallbackForm, DeflectForm, QueueForm, TransferForm, VoicemailForm } from "./ending-forms.tsx";
import { FlowForm } from "./flow-form.tsx";
import { StepHistory } from "./step-history.tsx";
import { StepTraffic } from "./step-traffic.tsx";
import { useSetStep } from "./step-form.ts";

export function Inspector(): ReactNode {
  const selection = useEditor((s) => s.selection);
  const [only] = selection;
  if (selection.length > 1) return <Several ids={selection} />;
  return only === undefined ? <Flow /> : <OneStep key={only} id={only} />;
}

function Flow(): ReactNode {
  const t = useT();
  const { mayEdit } = useDesigner();
  return (
    <>
      <Head icon={<SlidersHorizontal size={16} aria-hidden />} title={t("flows.flow")} subtitle={t("flows.flow.hint")} />
      <fieldset disabled={!mayEdit} data-inspector className="flex min-h-0 min-w-0 grow flex-col gap-4 overflow-auto border-t border-line p-4">
        <FlowForm />
      </fieldset>
    </>
  );
}

function Several({ ids }: { ids: readonly string[] }): ReactNode {
  const t = useT();
  const { canvas, editor, mayEdit } = useDesigner();
  const names = useNames();
  const steps = useEditor((s) => s.document.steps);
  return (
    <>
      <Head icon={<Copy size={16} aria-hidden />} title={t("flows.several", { n: ids.length })} subtitle={t("flows.several.hint")} />
      <div data-inspector className="flex min-h-0 grow flex-col gap-3 overflow-auto border-t border-line p-4">
        <ul className="flex flex-col gap-1">
          {ids.map((id) => {
            const step = steps[id];
            return step === undefined ? null : (
              <li key={id}>
                <Button tone="ghost" className="w-full justify-start" onPress={() => editor.select([id])}>
                  <span className="truncate">{titleOf(step, t, names)}</span>
                </Button>
              </li>
            );
          })}
        </ul>
        {mayEdit && (
          <Button tone="danger-soft" icon={Trash2} onPress={() => canvas.remove(ids)}>
            {t("flows.remove", { n: ids.length })}
          </Button>
        )}
      </div>
    </>
  );
}

export function Head({ icon, title, subtitle, children }: { icon: ReactNode; title: string; subtitle: string; children?: ReactNode }): ReactNode {
  return (
    <header className="flex min-h-[3.25rem] shrink-0 items-center gap-2.5 px-4 py-2">
      <span className="flex size-7 shrink-0 items-center justify-center rounded-control bg-fill text-ink-2">{icon}</span>
      <span className="min-w-0 grow leading-tight">
        <h3 className="truncate text-sub font-semibold">{title}</h3>
        {subtitle !== title && <span className="block truncate text-meta text-ink-3">{subtitle}</span>}
      </span>
      {children}
    </header>
  );
}

type Tab = "content" | "traffic" | "history";

function OneStep({ id }: { id: string }): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const { editor, mayEdit } = designer;
  const names = useNames();
  const step = useEditor((s) => s.document.steps[id] ?? null);
  const start = useEditor((s) => s.document.start);
  const set = useSetStep(id);
  const [tab, setTab] = useState<Tab>("content");
  const [naming, setNaming] = useState(false);
  if (step === null) return <Flow />;
  const Icon = kindIcons[step.kind];
  const title = titleOf(step, t, names);
  const duplicate = (): void => {
    const { document } = editor.state.get();
    const pasted = pasteSteps(document, copySteps(document, [id]));
    if (pasted.ok) editor.change(null, () => pasted.document, pasted.ids);
  };
  return (
    <>
      <Head icon={<Icon size={16} aria-hidden />} title={title} subtitle={t(`flows.kind.${step.kind}`)}>
        {mayEdit && (
          <Menu
            label={t("flows.step.more")}
            trigger={<IconButton icon={Ellipsis} label={t("flows.step.more")} />}
            entries={[
              { id: "name", label: t("flows.step.rename"), perform: () => setNaming(true) },
              { id: "start", label: t("flows.step.start"), icon: Flag, isDisabled: start === id, perform: () => editor.change(null, (document) => changeSettings(document, { start: id })) },
              { id: "copy", label: t("flows.step.duplicate"), icon: Copy, hint: "Ctrl D", perform: duplicate },
              { id: "remove", label: t("flows.step.remove"), icon: Trash2, tone: "danger", hint: t("flows.key.delete"), perform: () => designer.canvas.remove([id]) },
            ]}
          />
        )}
      </Head>
      <Tabs<Tab>
        className="grow"
        label={title}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            id: "content",
            label: t("flows.tab.content"),
            panel: (
              <fieldset disabled={!mayEdit} data-inspector className="flex min-w-0 flex-col gap-4 p-4">
                {(naming || step.note !== undefined) && (
                  <>
                    {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the name was asked for by the menu just closed */}
                    <TextField autoFocus={naming} label={t("flows.step.name")} value={step.name ?? ""} placeholder={title} onChange={(name) => set("name", { name: name === "" ? undefined : name.slice(0, 60) })} />
                    <TextField rows={2} label={t("flows.step.note")} value={step.note ?? ""} onChange={(note) => set("note", { note: note === "" ? undefined : note.slice(0, 500) })} />
                  </>
                )}
                <StepForm id={id} step={step} set={set} />
              </fieldset>
            ),
          },
          { id: "traffic", label: t("flows.tab.traffic"), panel: <StepTraffic id={id} step={step} /> },
          { id: "history", label: t("flows.tab.history"), panel: <StepHistory id={id} /> },
        ]}
      />
      <Troubles id={id} step={step} />
    </>
  );
}

type AnySet = (field: string, change: Readonly<Record<string, unknown>>) => void;

function StepForm({ id, step, set }: { id: string; step: Step; set: AnySet }): ReactNode {
  switch (step.kind) {
    case "say":
      return <SayForm id={id} step={step} set={set} />;
    case "menu":
      return <MenuForm id={id} step={step} set={set} />;
    case "collect":
      return <CollectForm id={id} step={step} set={set} />;
    case "language":
      return <LanguageForm id={id} step={step} set={set} />;
    case "branch":
      return <BranchForm id={id} step={step} set={set} />;
    case "hours":
      return <HoursForm id={id} step={step} set={set} />;
    case "lookup":
      return <LookupForm id={id} step={step} set={set} />;
    case "update":
      return <UpdateForm id={id} step={step} set={set} />;
    case "http":
      return <HttpForm id={id} step={step} set={set} />;
    case "set":
      return <SetForm id={id} step={step} set={set} />;
    case "queue":
      return <QueueForm id={id} step={step} set={set} />;
    case "callback":
      return <CallbackForm id={id} step={step} set={set} />;
    case "voicemail":
      return <VoicemailForm id={id} step={step} set={set} />;
    case "deflect":
      return <DeflectForm id={id} step={step} set={set} />;
    case "assistant":
      return <AssistantForm id={id} step={step} set={set} />;
    case "transfer":
      return <TransferForm id={id} step={step} set={set} />;
    case "subflow":
      return <SubflowForm id={id} step={step} set={set} />;
    case "return":
      return <ReturnForm />;
    case "wait":
      return <WaitForm id={id} step={step} set={set} />;
    case "end":
      return <EndForm id={id} step={step} set={set} />;
  }
}

/** What is wrong with this step, at the bottom where it does not move the fields. */
function Troubles({ id, step }: { id: string; step: Step }): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const screen = useLanguage();
  const languages = useEditor((s) => s.document.languages);
  const findings = useEditor((s) => (s.proof?.findings ?? []).filter((finding) => finding.stepId === id));
  const missing = missingLanguages(step, languages);
  const language = useView((v) => v.language);
  if (findings.length === 0 && missing.length === 0) return null;
  const silent = missing.length === languages.length && saysOf(step).every(({ texts }) => languages.every((one) => texts[one] === undefined));
  const error = findings.some(({ severity }) => severity === "error");
  return (
    <footer className={cx("max-h-40 shrink-0 overflow-auto border-t border-line px-4 py-3 text-meta", error ? "bg-alert-soft text-alert-ink" : "bg-amber-soft text-amber-ink")}>
      <ul className="flex flex-col gap-2">
        {silent && (
          <li className="flex items-start gap-2">
            <TriangleAlert size={14} aria-hidden className="mt-0.5" />
            <span>{t("flows.missing.all")}</span>
          </li>
        )}
        {(silent ? [] : missing).map((one) => (
          <li key={one} className="flex items-start gap-2">
            <TriangleAlert size={14} aria-hidden className="mt-0.5" />
            <span className="grow">{t(`flows.missing.note.${one}`)}</span>
            {one !== language && (
              <Button size="s" tone="secondary" onPress={() => setView(designer, { language: one })}>
                {t("flows.missing.see")}
              </Button>
            )}
          </li>
        ))}
        {findings.filter((finding) => finding.code !== "missing-language" || missing.length === 0).map((finding, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- findings have no id
          <li key={i} className="flex items-start gap-2">
            {finding.severity === "error" ? <CircleAlert size={14} aria-hidden className="mt-0.5" /> : <TriangleAlert size={14} aria-hidden className="mt-0.5" />}
            <span className="grow">{finding.words[screen]}</span>
            {finding.path.length > 0 && (
              <Button size="s" tone="secondary" onPress={() => { setView(designer, { path: { tone: "alert", hops: pathOfFinding(finding) } }); designer.canvas.fit(stepsOf(finding)); }}>
                {t("flows.problem.path")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </footer>
  );
}
