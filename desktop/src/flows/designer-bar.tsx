/** The flow's bar: its name and versions, who else is here, what is wrong, trying and publishing. */
import { Link } from "@tanstack/react-router";
import { ArrowLeft, CircleAlert, CircleCheck, FlaskConical, History, LoaderCircle, MessageSquareText, PhoneCall, SlidersHorizontal, TriangleAlert } from "lucide-react";
import type { Step } from "@tandem/protocol/flow/flow";
import { useMemo } from "react";
import type { ReactNode } from "react";
import { dialFlow, usePhone } from "../phone/phone.ts";
import { useCentreState, useMe, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { Menu } from "../kit/menu.tsx";
import { toast } from "../kit/toast.tsx";
import { same } from "./model/equal.ts";
import { setView, useDesigner, useEditor, useView } from "./designer-context.ts";

export function DesignerBar(): ReactNode {
  const t = useT();
  const format = useFormat();
  const designer = useDesigner();
  const now = useNow(60_000);
  const name = useEditor((s) => s.document.name);
  const published = useEditor((s) => s.studio.versions.find(({ version }) => version === s.studio.published?.version) ?? null);
  const last = useEditor((s) => Math.max(0, ...s.studio.versions.map(({ version }) => version)));
  const changed = useChanged();
  const panel = useView((v) => v.panel);
  const toggle = (wanted: "history" | "tests" | "problems"): void => setView(designer, { panel: panel === wanted ? "inspect" : wanted });
  return (
    <header data-region className="flex h-[2.875rem] shrink-0 items-center gap-2.5 border-b border-line pr-3 pl-2">
      <Link to="/flows" aria-label={t("flows.back")} title={t("flows.back")} className="flex size-7 shrink-0 items-center justify-center rounded-control text-ink-2 hover:bg-fill hover:text-ink">
        <ArrowLeft size={16} aria-hidden />
      </Link>
      <h2 className="min-w-0 truncate text-sub font-semibold">{name}</h2>
      {changed ? <Chip tone="amber">{t("flows.bar.draft", { version: last + 1 })}</Chip> : <Chip tone="jade">{t("flows.bar.same", { version: last })}</Chip>}
      <span className="min-w-0 truncate text-control text-ink-3 max-wide:hidden">{published === null ? t("flows.bar.never") : t("flows.bar.live", { version: published.version, name: published.byName, when: format.when(published.atMs, now) })}</span>
      <SavingMark />
      <IconButton icon={History} label={t("flows.history")} tone={panel === "history" ? "soft" : "ghost"} onPress={() => toggle("history")} />
      <IconButton icon={FlaskConical} label={t("flows.tests")} tone={panel === "tests" ? "soft" : "ghost"} onPress={() => toggle("tests")} />
      <IconButton icon={SlidersHorizontal} label={t("flows.flow")} onPress={() => { designer.editor.select([]); setView(designer, { panel: "inspect" }); }} />
      <span className="grow" />
      <Present />
      <Problems pressed={panel === "problems"} onPress={() => toggle("problems")} />
      <TryMenu />
      {designer.mayEdit && (
        <Button tone="primary" size="l" onPress={() => setView(designer, { publishing: true })}>
          {t("flows.publish")}
        </Button>
      )}
    </header>
  );
}

/** The draft says something else than what is live; where steps stand on the canvas is no difference to a customer. */
function useChanged(): boolean {
  const document = useEditor((s) => s.document);
  const live = useEditor((s) => s.studio.published);
  return useMemo(() => {
    if (live === null) return true;
    const { version: _, steps, ...settings } = document;
    const { version: __, steps: liveSteps, ...liveSettings } = live;
    const bare = (step: Step | undefined): object | undefined => (step === undefined ? undefined : { ...step, at: undefined });
    return !same(settings, liveSettings) || [...new Set([...Object.keys(steps), ...Object.keys(liveSteps)])].some((id) => !same(bare(steps[id]), bare(liveSteps[id])));
  }, [document, live]);
}

/** Saved by itself; says when it is not. */
function SavingMark(): ReactNode {
  const t = useT();
  const saving = useEditor((s) => s.saving);
  const words = t(`flows.saving.${saving}`);
  const Icon = saving === "saved" ? CircleCheck : saving === "failed" || saving === "invalid" || saving === "conflict" ? CircleAlert : LoaderCircle;
  return (
    <span role="status" aria-live="off" className={cx("flex shrink-0 items-center gap-1 text-meta", saving === "failed" || saving === "invalid" || saving === "conflict" ? "text-alert-ink" : "text-ink-3")}>
      <Icon size={13} aria-hidden />
      <span className="max-wide:sr-only">{words}</span>
    </span>
  );
}

function Present(): ReactNode {
  const t = useT();
  const me = useMe();
  const { flowId } = useDesigner();
  const others = useCentreState((s) => s.flowEditors.get(flowId) ?? null)?.filter(({ id }) => id !== me.id) ?? [];
  if (others.length === 0) return null;
  const names = others.map(({ name }) => name).join(", ");
  return (
    <ul aria-label={t("flows.bar.here", { names })} title={t("flows.bar.here", { names })} className="flex shrink-0 -space-x-1.5">
      {others.slice(0, 4).map(({ id, name }) => (
        <li key={id} className="rounded-full ring-2 ring-surface">
          <Avatar name={name} size="s" />
        </li>
      ))}
    </ul>
  );
}

function Problems({ pressed, onPress }: { pressed: boolean; onPress: () => void }): ReactNode {
  const t = useT();
  const proof = useEditor((s) => s.proof);
  const proving = useEditor((s) => s.proving);
  const errors = proof?.findings.filter(({ severity }) => severity === "error").length ?? 0;
  const all = proof?.findings.length ?? 0;
  const words = proof === null ? t(proving ? "flows.proof.running" : "flows.proof.none") : all === 0 ? t("flows.proof.good") : t("flows.proof.count", { n: all });
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className={cx(
        "flex h-8 shrink-0 items-center gap-1.5 rounded-control px-2.5 text-control font-medium whitespace-nowrap",
        proof === null ? "bg-fill text-ink-2" : errors > 0 ? "bg-alert-soft text-alert-ink" : all > 0 ? "bg-amber-soft text-amber-ink" : "bg-jade-soft text-jade-ink",
        proving && "opacity-80",
      )}
    >
      {proof === null && !proving ? <CircleAlert size={15} aria-hidden /> : proof === null ? <LoaderCircle size={15} aria-hidden /> : errors > 0 ? <CircleAlert size={15} aria-hidden /> : all > 0 ? <TriangleAlert size={15} aria-hidden /> : <CircleCheck size={15} aria-hidden />}
      {words}
    </button>
  );
}

function TryMenu(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const { flowId, mayEdit, editor } = designer;
  const registered = usePhone().registration === "registered";
  const call = async (): Promise<void> => {
    if (!(await editor.flush())) {
      toast("alert", t("flows.try.unsaved"));
      return;
    }
    if (dialFlow(flowId, editor.state.get().document.name)) setView(designer, { trying: "call", path: { tone: "acc", hops: [] } });
    else toast("alert", t("flows.try.noPhone"));
  };
  return (
    <Menu
      label={t("flows.try")}
      trigger={
        <Button size="l" icon={PhoneCall}>
          {t("flows.try")}
        </Button>
      }
      entries={[
        { id: "text", label: t("flows.try.text"), icon: MessageSquareText, perform: () => setView(designer, { trying: "text" }) },
        { id: "call", label: t("flows.try.call"), icon: PhoneCall, isDisabled: !mayEdit || !registered, ...(registered ? {} : { hint: t("flows.try.noPhone") }), perform: () => void call() },
      ]}
    />
  );
}
