/** Test cases kept with the flow: given these circumstances and acts, this end. Run here, at each publishing, and by `tandem flows test`. */
import type { TestResult } from "@tandem/protocol/flow-studio";
import type { FlowAct, FlowTest } from "@tandem/protocol/flow/flow";
import { CircleAlert, CircleCheck, CircleDashed, FlaskConical, Play, Plus, Route, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { flowApi, inWords } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Empty } from "../kit/notice.tsx";
import { Select } from "../kit/select.tsx";
import { toast } from "../kit/toast.tsx";
import { setView, useDesigner, useEditor } from "./designer-context.ts";
import { endWords } from "./end-words.ts";
import { Head } from "./inspector/inspector.tsx";
import { PriorityField } from "./inspector/small-fields.tsx";
import { without } from "./inspector/step-form.ts";
import { answersFor, GivenFields, wholeGiven } from "./given-fields.tsx";
import { useNames } from "./use-names.ts";

const ends = ["person", "callback", "voicemail", "number", "email", "message", "ended"] as const;

const hasQueue = (end: FlowTest["expect"]["end"]): boolean => end === "person" || end === "callback" || end === "voicemail";

/** An end that needs nobody: an administrator may have declared it. */
const hasReason = (end: FlowTest["expect"]["end"]): boolean => end === "message" || end === "ended";

/** Without what that end has not: a queue expected of an end without one would fail for ever, in no field to see. */
function expecting({ queueId, priority, exception, ...expect }: FlowTest["expect"], end: FlowTest["expect"]["end"]): FlowTest["expect"] {
  return { ...expect, end, ...(queueId !== undefined && hasQueue(end) ? { queueId } : {}), ...(priority !== undefined && end === "person" ? { priority } : {}), ...(exception !== undefined && hasReason(end) ? { exception } : {}) };
}

export function TestsPanel(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const { editor, flowId, mayEdit } = designer;
  const tests = useEditor((s) => s.document.tests);
  const saved = useEditor((s) => s.saved);
  const [ran, setRan] = useState<{ of: object; results: readonly TestResult[] } | null>(null);
  const [busy, setBusy] = useState(false);
  const [open, setOpen] = useState<number | null>(null);
  // Results are of the draft that was run: older ones are not shown as if they were of this one.
  const results = ran?.of === saved ? ran.results : null;
  const failed = results?.filter(({ ok }) => !ok).length ?? 0;
  const runAll = async (): Promise<void> => {
    setBusy(true);
    try {
      if (!(await editor.flush())) toast("alert", t("flows.try.unsaved"));
      else setRan({ of: editor.state.get().saved, results: await flowApi.tests(flowId) });
    } catch (error) {
      toast("alert", inWords(error));
    }
    setBusy(false);
  };
  const put = (field: string, at: number, change: (test: FlowTest) => FlowTest): void => editor.change(`test ${at} ${field}`, (document) => ({ ...document, tests: document.tests.map((test, i) => (i === at ? change(test) : test)) }));
  return (
    <>
      <Head icon={<FlaskConical size={16} aria-hidden />} title={t("flows.tests")} subtitle={results === null ? t("flows.tests.count", { n: tests.length }) : failed === 0 ? t("flows.tests.passed", { n: results.length }) : t("flows.tests.failed", { n: failed })} />
      <div className="flex items-center gap-2 border-t border-b border-line px-4 py-2">
        <Button tone="primary" icon={Play} isDisabled={tests.length === 0 || busy} onPress={() => void runAll()}>
          {t("flows.tests.run")}
        </Button>
        {mayEdit && (
          <Button
            tone="ghost"
            icon={Plus}
            onPress={() => {
              editor.change(null, (document) => ({ ...document, tests: [...document.tests, { name: t("flows.tests.name", { n: document.tests.length + 1 }), given: wholeGiven({ language: document.languages[0] ?? "fr", answers: answersFor(document, {}) }), acts: [], expect: { end: "person" } }] }));
              setOpen(tests.length);
            }}
          >
            {t("flows.tests.add")}
          </Button>
        )}
      </div>
      <div className="min-h-0 grow overflow-auto">
        {tests.length === 0 && (
          <Empty icon={FlaskConical} title={t("flows.tests.none")}>
            {t("flows.tests.none.help")}
          </Empty>
        )}
        <ul>
          {tests.map((test, i) => {
            // In their order: two tests may have one name.
            const result = results?.[i] ?? null;
            return (
              // oxlint-disable-next-line react/no-array-index-key -- a test is its place: its name is being typed
              <li key={i} className="border-b border-line">
                <div className="flex items-center pr-2">
                  <button type="button" aria-expanded={open === i} onClick={() => setOpen(open === i ? null : i)} className="flex min-w-0 grow items-start gap-2 px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-sunken">
                    <ResultMark result={result} />
                    <span className="min-w-0 grow">
                      <span className="block truncate text-control">{test.name}</span>
                      <Expectation test={test} result={result} />
                    </span>
                  </button>
                  {result !== null && result.path.length > 0 && <IconButton size="s" icon={Route} label={t("flows.tests.path", { name: test.name })} onPress={() => showPath(designer, result)} />}
                </div>
                {open === i && (
                  <fieldset disabled={!mayEdit} className="flex flex-col gap-3 px-4 pb-3">
                    <TextField label={t("flows.tests.title")} value={test.name} onChange={(name) => name !== "" && put("name", i, (one) => ({ ...one, name: name.slice(0, 100) }))} />
                    <GivenFields given={test.given} onChange={(given) => put("given", i, (one) => ({ ...one, given: wholeGiven(given) }))} />
                    <ActsField acts={test.acts} onChange={(acts) => put("acts", i, (one) => ({ ...one, acts }))} />
                    <ExpectFields expect={test.expect} onChange={(field, expect) => put(field, i, (one) => ({ ...one, expect }))} />
                    <div>
                      <Button size="s" tone="danger-soft" icon={Trash2} onPress={() => { setOpen(null); editor.change(null, (document) => ({ ...document, tests: document.tests.filter((_, at) => at !== i) })); }}>
                        {t("flows.tests.remove")}
                      </Button>
                    </div>
                  </fieldset>
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </>
  );
}

function showPath(designer: ReturnType<typeof useDesigner>, result: TestResult): void {
  setView(designer, { path: { tone: result.ok ? "acc" : "alert", hops: result.path.map((hop) => ({ ...hop, because: null })) } });
  designer.canvas.fit();
}

function Expectation({ test, result }: { test: FlowTest; result: TestResult | null }): ReactNode {
  const t = useT();
  const screen = useLanguage();
  const names = useNames();
  const queue = test.expect.queueId === undefined ? null : names.queue(test.expect.queueId);
  return (
    <>
      <span className="block truncate text-meta text-ink-3">{endWords(test.expect.end, queue, t)}</span>
      {result?.ok === false && result.why !== null && <span className="block text-meta text-alert-ink">{result.why[screen]}</span>}
    </>
  );
}

function ResultMark({ result }: { result: TestResult | null }): ReactNode {
  const t = useT();
  const Icon = result === null ? CircleDashed : result.ok ? CircleCheck : CircleAlert;
  return (
    <>
      <Icon size={15} aria-hidden className={`mt-0.5 shrink-0 ${result === null ? "text-ink-4" : result.ok ? "text-jade" : "text-alert"}`} />
      <span className="sr-only">{t(result === null ? "flows.tests.notRun" : result.ok ? "flows.tests.ok" : "flows.tests.bad")}</span>
    </>
  );
}

/** Where it ends, and what else must be so; what is left open may be anything. */
function ExpectFields({ expect, onChange }: { expect: FlowTest["expect"]; onChange: (field: string, expect: FlowTest["expect"]) => void }): ReactNode {
  const t = useT();
  const { queues, queue } = useNames();
  const set = (field: keyof FlowTest["expect"], value: unknown): void => onChange(field, without<FlowTest["expect"]>({ ...expect, [field]: value }));
  const { end, queueId, priority, exception, says } = expect;
  const known = queueId === undefined || queues.some(({ id }) => id === queueId);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-control font-medium">{t("flows.tests.expect")}</legend>
      <Select hideLabel label={t("flows.tests.expect")} value={end} options={ends.map((one) => ({ id: one, label: t(`flows.end.${one}`) }))} onChange={(next) => onChange("end", expecting(expect, next))} />
      {hasQueue(end) && (
        <Select
          label={t("flows.queue")}
          value={queueId ?? ""}
          error={known || queues.length === 0 ? null : t("flows.queue.gone")}
          options={[{ id: "", label: t("flows.tests.any") }, ...queues.map(({ id, name }) => ({ id, label: name })), ...(known || queueId === undefined ? [] : [{ id: queueId, label: queue(queueId) }])]}
          onChange={(id) => set("queueId", id === "" ? undefined : id)}
        />
      )}
      {end === "person" && <PriorityField value={priority} none={t("flows.tests.any")} onChange={(next) => set("priority", next)} />}
      {hasReason(end) && (
        <Select
          label={t("flows.tests.exception")}
          value={exception === undefined ? "" : exception ? "yes" : "no"}
          options={[{ id: "", label: t("flows.tests.any") }, { id: "yes", label: t("flows.tests.exception.yes") }, { id: "no", label: t("flows.tests.exception.no") }]}
          onChange={(id) => set("exception", id === "" ? undefined : id === "yes")}
        />
      )}
      <TextField label={t("flows.tests.says")} value={says ?? ""} onChange={(typed) => set("says", typed === "" ? undefined : typed.slice(0, 200))} />
    </fieldset>
  );
}

/** What the customer does, in order. */
function ActsField({ acts, onChange }: { acts: readonly FlowAct[]; onChange: (acts: FlowAct[]) => void }): ReactNode {
  const t = useT();
  const put = (at: number, act: FlowAct): void => onChange(acts.map((one, i) => (i === at ? act : one)));
  const blank = (kind: FlowAct["do"]): FlowAct => (kind === "keys" ? { do: "keys", keys: "1" } : kind === "says" ? { do: "says", text: "…" } : { do: "silence" });
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-control font-medium">{t("flows.tests.acts")}</legend>
      {acts.map((act, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- an act is its place
        <div key={i} className="grid grid-cols-[6.5rem_1fr_1.5rem] items-center gap-1.5">
          <Select hideLabel label={t("flows.tests.act", { n: i + 1 })} value={act.do} options={(["keys", "says", "silence"] as const).map((kind) => ({ id: kind, label: t(`flows.act.kind.${kind}`) }))} onChange={(kind) => put(i, blank(kind))} />
          {act.do === "silence" ? (
            <span />
          ) : (
            <TextField
              hideLabel
              label={t("flows.tests.act", { n: i + 1 })}
              value={act.do === "keys" ? act.keys : act.text}
              onChange={(typed) => {
                if (act.do === "says") put(i, { do: "says", text: typed.slice(0, 400) || " " });
                else if (/^[0-9*#]{1,40}$/.test(typed)) put(i, { do: "keys", keys: typed });
              }}
            />
          )}
          <IconButton size="s" icon={X} label={t("flows.take", { name: String(i + 1) })} onPress={() => onChange(acts.filter((_, at) => at !== i))} />
        </div>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} isDisabled={acts.length >= 60} onPress={() => onChange([...acts, blank("keys")])}>
          {t("flows.row.add")}
        </Button>
      </div>
    </fieldset>
  );
}

/** Failed tests, for the publishing. */
export function TestRows({ results, onShow }: { results: readonly TestResult[]; onShow: () => void }): ReactNode {
  const t = useT();
  const screen = useLanguage();
  const designer = useDesigner();
  return (
    <ul className="flex flex-col gap-2 rounded-card border border-line p-3">
      {results.map((result) => (
        <li key={result.name} className="flex items-start gap-2 text-control">
          <ResultMark result={result} />
          <span className="min-w-0 grow">
            {result.name}
            {result.why !== null && <span className="block text-meta text-alert-ink">{result.why[screen]}</span>}
          </span>
          <IconButton size="s" icon={Route} label={t("flows.tests.path", { name: result.name })} onPress={() => { onShow(); showPath(designer, result); }} />
        </li>
      ))}
    </ul>
  );
}
