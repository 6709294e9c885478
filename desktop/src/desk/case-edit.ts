/** A case's subject and fields while somebody edits them: what they saw, what they typed, and what others wrote there meanwhile. */
import type { CaseView, ChangeCase } from "@tandem/protocol";

interface Content {
  subject: string;
  fields: Readonly<Record<string, string>>;
}
export interface CaseEdit {
  /** As it stood when it was last looked at. */
  was: Content;
  subject: string;
  /** In the order that they are shown in; a name may be being typed. */
  fields: readonly { name: string; value: string }[];
}
/** Where something else stands by now than was seen, and than was typed: what stands there ("" = nothing). */
export interface Theirs {
  subject?: string;
  fields: Readonly<Record<string, string>>;
}

export function beginEdit({ subject, fields }: Content): CaseEdit {
  return { was: { subject, fields }, subject, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) };
}

/** A field may be called `constructor`. */
const of = (fields: Readonly<Record<string, string>>, name: string): string => (Object.hasOwn(fields, name) ? fields[name]! : "");
const typedOf = (edit: CaseEdit, name: string): string => edit.fields.findLast((field) => field.name === name)?.value ?? "";

/** What others changed is taken where nothing was typed, and told where something was. */
export function rebase(edit: CaseEdit, now: Content): { edit: CaseEdit; theirs: Theirs } {
  let { subject, fields } = edit;
  const was = { subject: edit.was.subject, fields: { ...edit.was.fields } };
  const theirs: { subject?: string; fields: Record<string, string> } = { fields: {} };
  if (now.subject !== was.subject) {
    if (subject.trim() === was.subject) subject = now.subject;
    if (subject.trim() === now.subject) was.subject = now.subject;
    else theirs.subject = now.subject;
  }
  for (const name of new Set([...Object.keys(was.fields), ...Object.keys(now.fields)])) {
    const value = of(now.fields, name);
    const seen = of(was.fields, name);
    if (value === seen) continue;
    if (typedOf(edit, name).trim() === seen) fields = withField(fields, name, value);
    else if (typedOf(edit, name).trim() !== value) {
      theirs.fields[name] = value;
      continue;
    }
    was.fields = without(was.fields, name, value);
  }
  const same = subject === edit.subject && fields === edit.fields && JSON.stringify(was) === JSON.stringify(edit.was);
  return { edit: same ? edit : { was, subject, fields }, theirs };
}

/** One of `theirs` is settled: what they wrote stands, or what was typed here (`mine`). Null: the subject. */
export function settle(edit: CaseEdit, name: string | null, value: string, take: "theirs" | "mine"): CaseEdit {
  if (name === null) return { ...edit, was: { ...edit.was, subject: value }, ...(take === "theirs" && { subject: value }) };
  return { ...edit, was: { ...edit.was, fields: without(edit.was.fields, name, value) }, ...(take === "theirs" && { fields: withField(edit.fields, name, value) }) };
}

/** It was kept by the server: what was typed there since is a change of that. */
export function sentStands(edit: CaseEdit, { subject, fields = {} }: Pick<ChangeCase, "subject" | "fields">): CaseEdit {
  return Object.entries(fields).reduce((now, [name, value]) => settle(now, name, value, "mine"), subject === undefined ? edit : settle(edit, null, subject, "mine"));
}

/** What is to be sent; null = nothing was changed. */
export function changeOf(edit: CaseEdit): Pick<ChangeCase, "subject" | "fields" | "was"> | null {
  const subject = edit.subject.trim();
  const names = new Set([...Object.keys(edit.was.fields), ...edit.fields.map(({ name }) => name)]);
  const changed = [...names].filter((name) => name !== "" && typedOf(edit, name).trim() !== of(edit.was.fields, name));
  const renamed = subject !== edit.was.subject;
  if (!renamed && changed.length === 0) return null;
  return {
    ...(renamed && { subject }),
    ...(changed.length > 0 && { fields: Object.fromEntries(changed.map((name) => [name, typedOf(edit, name).trim()])) }),
    was: { ...(renamed && { subject: edit.was.subject }), ...(changed.length > 0 && { fields: Object.fromEntries(changed.map((name) => [name, of(edit.was.fields, name)])) }) },
  };
}

/** Null: nobody else wrote there. */
export const theirsOf = ({ fields }: Theirs, name: string): string | null => (Object.hasOwn(fields, name) ? fields[name]! : null);

/** As it was kept; null = nothing that can be read. */
export function keptEdit(text: string): CaseEdit | null {
  try {
    return text === "" ? null : (JSON.parse(text) as CaseEdit);
  } catch {
    return null;
  }
}

export const contentOf = ({ subject, fields }: CaseView): Content => ({ subject, fields });

function withField(fields: CaseEdit["fields"], name: string, value: string): CaseEdit["fields"] {
  if (value === "") return fields.filter((field) => field.name !== name);
  return fields.some((field) => field.name === name) ? fields.map((field) => (field.name === name ? { name, value } : field)) : [...fields, { name, value }];
}

function without(fields: Readonly<Record<string, string>>, name: string, value: string): Record<string, string> {
  const { [name]: _old, ...rest } = fields;
  return value === "" ? rest : { ...fields, [name]: value };
}
