/** Trying the draft: what it says and asks, what the customer types or keys, and the way it takes on the canvas, live. */
import type { FlowAct } from "@tandem/protocol/flow/flow";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CornerDownLeft, FlaskConical, MessageSquareText, PhoneCall, PhoneOff, RotateCcw, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { flowApi, inWords } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Timer } from "../kit/num.tsx";
import { toast } from "../kit/toast.tsx";
import { hangUpLine, useLines } from "../phone/phone.ts";
import { setView, useDesigner, useEditor, useView } from "./designer-context.ts";
import { pathOfRun } from "./model/path.ts";
import { titleOf, wayWords } from "./model/words.ts";
import { useNames } from "./use-names.ts";
import { endWords } from "./end-words.ts";
import { answersFor, GivenFields, wholeGiven } from "./given-fields.tsx";
import type { Given } from "./given-fields.tsx";

export function TryPanel(): ReactNode {
  const trying = useView((v) => v.trying);
  if (trying === null) return null;
  return trying === "text" ? <TextRun /> : <CallRun />;
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

function Frame({ icon, title, children, onClose, tools }: { icon: ReactNode; title: ReactNode; children: ReactNode; onClose: () => void; tools?: ReactNode }): ReactNode {
  const t = useT();
  return (
    <section aria-label={t("flows.try")} data-region tabIndex={-1} className="try-panel animate-appear absolute bottom-3 left-3 z-10 flex max-h-[calc(100%-1.5rem)] w-[19rem] flex-col rounded-sheet border border-line bg-raised shadow-3 outline-none">
      <header className="flex h-10 shrink-0 items-center gap-2 border-b border-line pr-1.5 pl-3">
        <span className="text-acc">{icon}</span>
        <h3 className="min-w-0 grow truncate text-control font-semibold">{title}</h3>
        {tools}
        <IconButton icon={X} label={t("flows.try.close")} onPress={onClose} />
      </header>
      {children}
    </section>
  );
}

function TextRun(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const { editor, flowId, mayEdit } = designer;
  const names = useNames();
  const language = useView((v) => v.language);
  const document = useEditor((s) => s.document);
  const revision = useEditor((s) => s.revision);
  const dirty = useEditor((s) => s.document !== s.saved);
  const [acts, setActs] = useState<readonly FlowAct[]>([]);
  const [given, setGiven] = useState<Given>(() => {
    const first: Given = { medium: "voice", language, hours: "open", queues: "served" };
    return { ...first, answers: answersFor(document, first) };
  });
  const [text, setText] = useState("");
  const [setup, setSetup] = useState(false);
  const end = useRef<HTMLDivElement | null>(null);
  const run = useQuery({
    queryKey: ["flow-try", flowId, revision, acts, given], enabled: !dirty, retry: false, staleTime: 0,
    queryFn: () => flowApi.run(flowId, { acts: [...acts], given }), placeholderData: (previous) => previous,
  });
  const result = run.data ?? null;
  useEffect(() => {
    if (result === null) return;
    setView(designer, { run: result, path: { tone: "acc", hops: pathOfRun(result) } });
    end.current?.scrollIntoView({ block: "nearest" });
  }, [designer, result]);
  useEffect(() => {
    void editor.flush();
    return () => setView(designer, { run: null, path: null });
  }, [designer, editor]);
  const act = (next: FlowAct): void => {
    setActs([...acts, next]);
    setText("");
  };
  const keep = (): void => {
    if (result?.end === null || result === null) return;
    const { end: how, queueId, exception } = result.end;
    const name = t("flows.tests.name", { n: document.tests.length + 1 });
    editor.change(null, (now) => ({ ...now, tests: [...now.tests, { name, given: wholeGiven(given), acts: [...acts], expect: { end: how, ...(queueId === null ? {} : { queueId }), ...(exception === null ? {} : { exception: true }) } }] }));
    toast("good", t("flows.tests.kept", { name }), { label: t("flows.tests.see"), perform: () => setView(designer, { panel: "tests" }) });
  };
  const voice = given.medium === "voice";
  const over = result !== null && result.end !== null;
  return (
    <Frame
      icon={<MessageSquareText size={15} aria-hidden />}
      title={t("flows.try.text")}
      onClose={() => setView(designer, { trying: null })}
      tools={<IconButton icon={RotateCcw} label={t("flows.try.again")} onPress={() => setActs([])} />}
    >
      <div className="border-b border-line px-3 py-1.5">
        <button type="button" aria-expanded={setup} onClick={() => setSetup(!setup)} className="w-full truncate rounded-control text-left text-meta text-ink-2 hover:text-ink">
          {[t(`flows.given.medium.${given.medium ?? "voice"}`), t(`flows.language.${given.language ?? "fr"}`), t(`flows.given.hours.${given.hours ?? "open"}`), t(`flows.given.queues.${given.queues ?? "served"}`)].join(" · ")}
        </button>
        {setup && <GivenFields given={given} onChange={(next) => { setGiven(next); setActs([]); }} />}
      </div>
      <div role="log" aria-label={t("flows.try.log")} className="flex min-h-24 grow flex-col gap-2.5 overflow-auto px-3 py-2.5 text-meta">
        {run.isError && <p className="text-alert-ink">{inWords(run.error)}</p>}
        {result?.steps.map((step, i) => {
          const of = document.steps[step.stepId];
          const said = acts[step.act - 1];
          const before = result.steps[i - 1];
          return (
            // oxlint-disable-next-line react/no-array-index-key -- a run may come to a step twice
            <div key={i} className="flex flex-col gap-1">
              {said !== undefined && before?.act !== step.act && <p className="self-end rounded-card bg-acc-soft px-2.5 py-1 text-acc-2">{actWords(said, t)}</p>}
              <button type="button" onClick={() => designer.canvas.show(step.stepId, false)} className="flex items-center gap-1.5 rounded-control text-left text-ink-3 hover:text-ink">
                <CircleCheck size={13} aria-hidden className={step.port === null && !over ? "text-ink-4" : "text-acc"} />
                <span className={cx("truncate", step.port === null && "font-semibold text-ink")}>
                  {of === undefined ? step.stepId : titleOf(of, t, names)}
                  {step.port !== null && <span className="font-normal">{` → ${wayWords(document, step.stepId, step.port, t, language)}`}</span>}
                </span>
              </button>
              {step.says.map((line, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- lines of one step
                <p key={at} lang={given.language ?? "fr"} className="rounded-card bg-sunken px-2.5 py-1.5 text-control">{line}</p>
              ))}
            </div>
          );
        })}
        {acts.length > (result?.steps.at(-1)?.act ?? 0) && result !== null && !run.isFetching && !over && <p className="self-end rounded-card bg-acc-soft px-2.5 py-1 text-acc-2">{actWords(acts.at(-1) ?? { do: "silence" }, t)}</p>}
        {result?.end !== null && result !== null && (
          <p className="rounded-card bg-jade-soft px-2.5 py-1.5 text-control font-medium text-jade-ink">
            {endWords(result.end.end, result.end.queueId === null ? null : names.queue(result.end.queueId), t)}
          </p>
        )}
        <div ref={end} />
      </div>
      <div className="flex flex-col gap-2 border-t border-line p-3">
        {over ? (
          <div className="flex flex-wrap gap-2">
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the focus was on what is gone: the keys, the field */}
            {mayEdit && <Button autoFocus tone="primary" icon={FlaskConical} onPress={keep}>{t("flows.tests.keep")}</Button>}
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the same */}
            <Button autoFocus={!mayEdit} icon={RotateCcw} onPress={() => setActs([])}>{t("flows.try.again")}</Button>
          </div>
        ) : (
          <>
            {voice && (
              <div role="group" aria-label={t("flows.try.keys")} className="grid grid-cols-6 gap-1">
                {KEYS.map((key) => {
                  const option = result?.asks?.options.find((one) => one.key === key);
                  return (
                    <button key={key} type="button" title={option?.label ?? key} aria-label={option === undefined ? key : `${key}, ${option.label}`} onClick={() => act({ do: "keys", keys: key })} className={cx("h-7 rounded-control text-control font-medium", option === undefined ? "bg-fill text-ink-3 hover:bg-fill-2" : "bg-acc-soft text-acc-2 hover:brightness-95")}>
                      {key}
                    </button>
                  );
                })}
              </div>
            )}
            {!voice && result?.asks !== null && result !== null && result.asks.options.length > 0 && (
              <div role="group" aria-label={t("flows.try.choices")} className="flex flex-wrap gap-1">
                {result.asks.options.map(({ key, label }) => (
                  <button key={key} type="button" onClick={() => act({ do: "says", text: label })} className="min-h-7 rounded-control bg-acc-soft px-2 text-left text-control font-medium text-acc-2 hover:brightness-95">
                    {label}
                  </button>
                ))}
              </div>
            )}
            <form
              className="flex gap-1.5"
              onSubmit={(event) => {
                event.preventDefault();
                const typed = text.trim();
                if (typed === "") act({ do: "silence" });
                else act(voice && /^[0-9*#]+$/.test(typed) ? { do: "keys", keys: typed } : { do: "says", text: typed });
              }}
            >
              {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- begun again by the person: the button for it is gone */}
              <input autoFocus aria-label={t("flows.try.say")} placeholder={t("flows.try.say")} value={text} onChange={(event) => setText(event.target.value)} className="h-7 min-w-0 grow rounded-control border border-field/70 bg-raised px-2 text-control outline-none focus:border-acc" />
              <Button type="submit" tone="soft" icon={CornerDownLeft} aria-label={t(text.trim() === "" ? "flows.try.silence" : "flows.try.send")}>
                {text.trim() === "" ? t("flows.try.silence") : null}
              </Button>
            </form>
          </>
        )}
      </div>
    </Frame>
  );
}

export function actWords(act: FlowAct, t: ReturnType<typeof useT>): string {
  if (act.do === "silence") return t("flows.act.silence");
  return act.do === "keys" ? t("flows.act.keys", { keys: act.keys }) : t("flows.act.says", { text: act.text });
}

/** A call from this browser into the draft: its way comes by the stream. */
function CallRun(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const names = useNames();
  const language = useView((v) => v.language);
  const hops = useView((v) => (v.path?.tone === "acc" ? v.path.hops : null)) ?? [];
  const document = useEditor((s) => s.document);
  const line = useLines().list.find(({ number }) => number === `try-${encodeURIComponent(designer.flowId)}`) ?? null;
  const [began, setBegan] = useState(false);
  if (line !== null && !began) setBegan(true);
  return (
    <Frame
      icon={<PhoneCall size={15} aria-hidden />}
      title={
        <>
          {line === null && began ? t("flows.try.over") : t("flows.try.calling")} {line !== null && <Timer sinceMs={line.sinceMs} className="font-normal text-ink-3" />}
        </>
      }
      onClose={() => {
        if (line !== null) void hangUpLine(line.id);
        setView(designer, { trying: null, path: null });
      }}
    >
      <ol role="log" aria-label={t("flows.try.log")} className="flex max-h-72 flex-col gap-2 overflow-auto px-3 py-2.5 text-meta">
        {hops.length === 0 && <li className="text-ink-3">{t("flows.try.waiting")}</li>}
        {hops.map((hop, i) => {
          const step = document.steps[hop.stepId];
          const current = i === hops.length - 1;
          return (
            // oxlint-disable-next-line react/no-array-index-key -- a call may come to a step twice
            <li key={i} className="flex items-center gap-2">
              <span aria-hidden className={cx("flex size-4 shrink-0 items-center justify-center rounded-full", current ? "border-2 border-acc" : "bg-acc text-on-acc")}>{!current && <CircleCheck size={12} />}</span>
              <span className={cx("min-w-0 truncate", current && "font-semibold")}>
                {step === undefined ? hop.stepId : titleOf(step, t, names)}
                {hop.port !== null && <span className="font-normal text-ink-2">{` → ${wayWords(document, hop.stepId, hop.port, t, language)}`}</span>}
              </span>
            </li>
          );
        })}
      </ol>
      {line !== null && (
        <div className="border-t border-line p-3">
          <Button tone="danger" icon={PhoneOff} onPress={() => void hangUpLine(line.id)}>
            {t("flows.try.hangUp")}
          </Button>
        </div>
      )}
    </Frame>
  );
}
