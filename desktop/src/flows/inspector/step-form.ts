/** What the form of a step gets: the step, and how a change of it is made (and undone as one while the same field is typed in). */
import type { FlowDocument, Step, StepKind, StepOf } from "@tandem/protocol/flow/flow";
import { useDesigner } from "../designer-context.ts";
import { changeStep } from "../model/edit.ts";

type Change<S> = { [K in keyof S]?: S[K] | undefined };

export interface StepFormProps<K extends StepKind> {
  id: string;
  step: StepOf<K>;
  /** `field` names what is typed in. undefined takes a field away. */
  set: (field: string, change: Change<StepOf<K>>) => void;
}

export function useSetStep(id: string): (field: string, change: Readonly<Record<string, unknown>>) => void {
  const { editor } = useDesigner();
  return (field, change) => editor.change(`${id} ${field}`, (document) => changeStep(document, id, (step) => without<Step>({ ...step, ...change })));
}

export function useSetFlow(): (field: string, change: Change<FlowDocument>) => void {
  const { editor } = useDesigner();
  return (field, change) => editor.change(`flow ${field}`, (document) => without<FlowDocument>({ ...document, ...change }));
}

/** Without the keys whose value is undefined: absent and undefined are not the same to the schema. */
export function without<T extends object>(value: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
