/** Two people changed the same thing: each chooses with both versions before their eyes; everything else is already put together. */
import { useState } from "react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { useAround } from "./change-list.tsx";
import { useDesigner, useEditor } from "./designer-context.ts";
import { fieldWords, pathWords, valueWords } from "./model/change-words.ts";
import { same } from "./model/equal.ts";
import type { Conflict } from "./model/merge.ts";
import { titleOf } from "./model/words.ts";
import { useNames } from "./use-names.ts";
import type { Step } from "@tandem/protocol/flow/flow";

export function ConflictDialog(): ReactNode {
  const conflict = useEditor((s) => s.conflict);
  return conflict === null ? null : <Choose key={conflict.revision} conflicts={conflict.conflicts} byName={conflict.byName} />;
}

function Choose({ conflicts, byName }: { conflicts: readonly Conflict[]; byName: string }): ReactNode {
  const t = useT();
  const { editor } = useDesigner();
  const [sides, setSides] = useState<ReadonlyMap<string, "mine" | "theirs">>(new Map());
  const left = conflicts.filter(({ id }) => !sides.has(id)).length;
  const all = (side: "mine" | "theirs"): void => setSides(new Map(conflicts.map(({ id }) => [id, side])));
  return (
    <ModalOverlay isOpen isDismissable={false} isKeyboardDismissDisabled className="fixed inset-0 z-40 flex items-start justify-center overflow-auto bg-scrim px-4 pt-[8vh] pb-8">
      <Modal className="animate-appear w-full max-w-[44rem] rounded-sheet border border-line bg-raised shadow-3">
        <Dialog className="flex max-h-[84vh] flex-col outline-none">
          <div className="px-5 pt-5 pb-3">
            <Heading slot="title" className="text-head font-semibold">
              {t("flows.conflict.title", { name: byName })}
            </Heading>
            <p className="mt-1 text-body text-ink-2">{t("flows.conflict.help", { n: conflicts.length, name: byName })}</p>
          </div>
          <div className="flex min-h-0 grow flex-col gap-4 overflow-auto border-y border-line bg-sunken px-5 py-4">
            {conflicts.map((conflict) => (
              <One key={conflict.id} conflict={conflict} byName={byName} side={sides.get(conflict.id) ?? null} onChoose={(side) => setSides(new Map(sides).set(conflict.id, side))} />
            ))}
          </div>
          <div className="flex flex-wrap items-center gap-2 px-5 py-4">
            {conflicts.length > 1 && (
              <>
                <Button tone="ghost" onPress={() => all("mine")}>{t("flows.conflict.allMine")}</Button>
                <Button tone="ghost" onPress={() => all("theirs")}>{t("flows.conflict.allTheirs", { name: byName })}</Button>
              </>
            )}
            <span aria-live="polite" className="grow text-right text-meta text-ink-3">{left > 0 && t("flows.conflict.left", { n: left })}</span>
            <Button tone="primary" size="l" isDisabled={left > 0} onPress={() => editor.choose(sides)}>
              {t("flows.conflict.done")}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function One({ conflict, byName, side, onChoose }: { conflict: Conflict; byName: string; side: "mine" | "theirs" | null; onChoose: (side: "mine" | "theirs") => void }): ReactNode {
  const t = useT();
  const names = useNames();
  const { what, name, base, mine, theirs } = conflict;
  const step = (mine ?? theirs ?? base) as Step;
  const title = what === "step" ? titleOf(step, t, names) : what === "setting" ? fieldWords(name, t) : name;
  const field = what === "setting" ? name : "";
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-control font-semibold">{t(`flows.conflict.what.${what}`, { name: title })}</legend>
      <div className="grid grid-cols-2 gap-3">
        <Side label={t("flows.conflict.mine")} chosen={side === "mine"} value={mine} base={base} field={field} onChoose={() => onChoose("mine")} />
        <Side label={t("flows.conflict.theirs", { name: byName })} chosen={side === "theirs"} value={theirs} base={base} field={field} onChoose={() => onChoose("theirs")} />
      </div>
    </fieldset>
  );
}

/** What this side changed, against what both began with. */
function Side({ label, chosen, value, base, field, onChoose }: { label: string; chosen: boolean; value: unknown; base: unknown; field: string; onChoose: () => void }): ReactNode {
  const t = useT();
  const around = useAround();
  return (
    <div className={cx("flex flex-col rounded-card border bg-raised", chosen ? "border-acc shadow-[0_0_0_1px_var(--acc)]" : "border-line")}>
      <div className="flex grow flex-col gap-1.5 p-2.5 text-meta">
        {value === undefined ? <p className="text-alert-ink">{t("flows.conflict.removed")}</p> : changed(value, base).map(({ path, now }) => (
          <p key={path} className="break-words whitespace-pre-wrap">
            {path !== "" && <span className="block text-ink-3">{pathWords({ path, stepId: null }, t)}</span>}
            <span>{valueWords(now, path.split("/").findLast((part) => part !== "" && !/^\d+$/.test(part)) ?? field, around)}</span>
          </p>
        ))}
      </div>
      <div className="border-t border-line p-1.5">
        <Button tone={chosen ? "primary" : "soft"} className="w-full" aria-pressed={chosen} onPress={onChoose}>
          {label}
        </Button>
      </div>
    </div>
  );
}

/** The smallest parts that differ, by their path. */
function changed(value: unknown, base: unknown, path = ""): { path: string; now: unknown }[] {
  if (same(value, base)) return [];
  if (!isObject(value) || !isObject(base)) return [{ path, now: value }];
  return [...new Set([...Object.keys(base), ...Object.keys(value)])].flatMap((key) => changed(value[key], base[key], `${path}/${key}`));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
