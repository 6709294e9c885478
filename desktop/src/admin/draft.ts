/** Checks a form's draft against the wire's schema and tells which fields are wrong. Pure. */
import type { z } from "zod";

/** Names of the wrong top-level fields, in the schema's order of complaint, each once. */
export type Checked<B> = { ok: true; body: B } | { ok: false; fields: string[] };

/** `body` is what the schema read: trimmed, without what is not sent (ids, live state). */
export function check<B>(schema: z.ZodType<B>, draft: unknown): Checked<B> {
  const read = schema.safeParse(draft);
  if (read.success) return { ok: true, body: read.data };
  // A body-wide complaint has no path: it would never be shown at a field, so it is named by an empty one.
  return { ok: false, fields: [...new Set(read.error.issues.map((issue) => String(issue.path[0] ?? "")))] };
}

/** Were values changed? By content: forms build new arrays on each touch. */
export function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

/** The rows that contain every word, accents and case ignored. */
export function search<R>(rows: readonly R[], words: string, textOf: (row: R) => string): R[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  return wanted.length === 0 ? [...rows] : rows.filter((row) => wanted.every((word) => fold(textOf(row)).includes(word)));
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}
