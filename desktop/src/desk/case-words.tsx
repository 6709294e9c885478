import type { CaseState, CaseView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Chip } from "../kit/chip.tsx";
import type { ChipTone } from "../kit/chip.tsx";

const tones: Record<CaseState, ChipTone> = { open: "sky", pending: "amber", closed: "plain" };

export function CaseChip({ state }: { state: CaseState }): ReactNode {
  const t = useT();
  return <Chip tone={tones[state]}>{t(`desk.case.${state}`)}</Chip>;
}

/** A flow may open one before anybody has said what it is about. */
export function useSubject({ subject }: CaseView): string {
  const t = useT();
  return subject === "" ? t("desk.case.noSubject") : subject;
}
