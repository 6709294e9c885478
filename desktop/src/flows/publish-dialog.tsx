/** Publishing: the proof and the tests are run first; what cannot be proved is not published, and is drawn. */
import { Unproved } from "@tandem/protocol/flow-studio";
import type { Proof, TestResult } from "@tandem/protocol/flow-studio";
import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { ApiFailure, flowApi, flowsChanged, inWords, useMe } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { toast } from "../kit/toast.tsx";
import { setView, useDesigner, useEditor, useView } from "./designer-context.ts";
import { pathOfFinding, stepsOf } from "./model/path.ts";
import { FindingList } from "./problems-panel.tsx";
import { TestRows } from "./tests-panel.tsx";

export function PublishDialog(): ReactNode {
  const open = useView((v) => v.publishing);
  return open ? <Publishing /> : null;
}

type Checked = { state: "running" } | { state: "failed"; why: string } | { state: "done"; proof: Proof; tests: readonly TestResult[]; revision: number };

function Publishing(): ReactNode {
  const t = useT();
  const format = useFormat();
  const designer = useDesigner();
  const { editor, flowId } = designer;
  const me = useMe();
  const last = useEditor((s) => Math.max(0, ...s.studio.versions.map(({ version }) => version)));
  const hasTests = useEditor((s) => s.document.tests.length > 0);
  const [checked, setChecked] = useState<Checked>({ state: "running" });
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const close = (): void => setView(designer, { publishing: false });
  const check = useCallback(async (): Promise<Checked> => {
    try {
      if (!(await editor.flush())) return { state: "failed", why: editor.state.get().why ?? t("flows.publish.unsaved") };
      const { revision } = editor.state.get();
      const [proof, tests] = await Promise.all([flowApi.check(flowId), hasTests ? flowApi.tests(flowId) : []]);
      return { state: "done", proof, tests, revision };
    } catch (error) {
      return { state: "failed", why: inWords(error) };
    }
  }, [editor, flowId, hasTests, t]);
  useEffect(() => {
    let here = true;
    void check().then((result) => here && setChecked(result));
    return () => {
      here = false;
    };
  }, [check]);
  const proved = checked.state === "done" && checked.proof.ok;
  const passed = checked.state === "done" && checked.tests.every(({ ok }) => ok);
  const done = (version: number): void => {
    toast("good", t("flows.published", { version }));
    close();
    void flowsChanged();
  };
  const publish = async (): Promise<void> => {
    if (checked.state !== "done") return;
    setBusy(true);
    setRefused(null);
    try {
      const { version } = await flowApi.publish(flowId, note.trim(), checked.revision);
      done(version);
      await editor.reload();
    } catch (error) {
      // No answer in time (its words are synthesised first) is no refusal: perhaps it was published, and a second press would do so again.
      if (error instanceof ApiFailure && error.unreachable) {
        await editor.reload();
        const mine = editor.state.get().studio.versions.find(({ version, by }) => version > last && by === me.id);
        if (mine !== undefined) return done(mine.version);
      }
      const unproved = error instanceof ApiFailure && error.status === 422 ? Unproved.safeParse(error.answer) : null;
      if (unproved?.success === true) setChecked({ ...checked, proof: unproved.data.proof, tests: unproved.data.tests });
      setRefused(inWords(error));
      setBusy(false);
      // Somebody changed the draft since it was checked here: it is checked again with their changes, and published by another press.
      if (error instanceof ApiFailure && error.status === 409) {
        await editor.reload();
        setChecked({ state: "running" });
        setChecked(await check());
      }
    }
  };
  const errors = checked.state === "done" ? checked.proof.findings.filter(({ severity }) => severity === "error") : [];
  const warnings = checked.state === "done" ? checked.proof.findings.filter(({ severity }) => severity === "warning") : [];
  const drawFirst = (): void => {
    const [first] = errors;
    if (first !== undefined) setView(designer, { path: first.path.length > 0 ? { tone: "alert", hops: pathOfFinding(first) } : null, panel: "problems", publishing: false });
    requestAnimationFrame(() => designer.canvas.fit(first === undefined ? [] : stepsOf(first)));
  };
  return (
    <ModalOverlay isOpen onOpenChange={(open) => !open && close()} className="fixed inset-0 z-40 flex items-start justify-center overflow-auto bg-scrim px-4 pt-[10vh] pb-8">
      <Modal className="animate-appear w-full max-w-[34rem] rounded-sheet border border-line bg-raised shadow-3">
        <Dialog className="flex flex-col gap-4 p-5 outline-none">
          <Heading slot="title" className="text-head font-semibold">
            {t("flows.publish.title", { version: last + 1 })}
          </Heading>
          <p className="text-body text-ink-2">{t("flows.publish.help")}</p>
          <div aria-live="polite" className="flex flex-col gap-2">
            {checked.state === "running" && <Mark state="running" words={t("flows.proof.running")} />}
            {checked.state === "failed" && <Mark state="bad" words={checked.why} />}
            {checked.state === "done" && (
              <>
                <Mark
                  state={proved ? "good" : "bad"}
                  words={t(proved ? "flows.publish.proved" : "flows.publish.unproved", { n: errors.length, states: format.number(checked.proof.statesChecked), ms: format.number(checked.proof.ms) })}
                />
                {checked.tests.length > 0 && <Mark state={passed ? "good" : "bad"} words={t("flows.publish.tests", { ok: checked.tests.filter(({ ok }) => ok).length, n: checked.tests.length })} />}
                {warnings.length > 0 && <Mark state="watch" words={t("flows.publish.warnings", { n: warnings.length })} />}
              </>
            )}
          </div>
          {refused !== null && (
            <Notice tone="alert" icon={CircleAlert} role="alert">
              {refused}
            </Notice>
          )}
          {errors.length > 0 && (
            <div className="max-h-60 overflow-auto rounded-card border border-line">
              <FindingList findings={errors} onShow={close} />
            </div>
          )}
          {checked.state === "done" && !passed && <TestRows results={checked.tests.filter(({ ok }) => !ok)} onShow={close} />}
          {proved && passed && <TextField rows={2} label={t("flows.publish.note")} hint={t("flows.publish.note.hint")} value={note} onChange={(text) => setNote(text.slice(0, 500))} />}
          <div className="flex justify-end gap-2">
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus, on its safe choice */}
            <Button autoFocus size="l" onPress={close}>
              {t("everywhere.cancel")}
            </Button>
            {errors.length > 0 ? (
              <Button size="l" tone="primary" onPress={drawFirst}>
                {t("flows.publish.draw")}
              </Button>
            ) : (
              <Button size="l" tone="primary" isDisabled={!proved || !passed || busy} onPress={() => void publish()}>
                {t("flows.publish.now")}
              </Button>
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Mark({ state, words }: { state: "running" | "good" | "bad" | "watch"; words: string }): ReactNode {
  const Icon = state === "running" ? LoaderCircle : state === "good" ? CircleCheck : CircleAlert;
  return (
    <p className="flex items-start gap-2 text-body">
      <Icon size={16} aria-hidden className={cx("mt-0.5", state === "good" ? "text-jade" : state === "bad" ? "text-alert" : state === "watch" ? "text-amber" : "text-ink-3")} />
      <span>{words}</span>
    </p>
  );
}
