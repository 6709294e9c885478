/** A form's draft: checked against the wire's schema before it is sent, the server's complaints shown at their field. */
import { useState } from "react";
import type { z } from "zod";
import { ApiFailure, inWords } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { check, differs } from "./draft.ts";

export interface Draft<B> {
  values: B;
  set: (change: Partial<B>) => void;
  undo: () => void;
  /** Not as it was at first. */
  changed: boolean;
  /** In words, or null when the field is right. */
  error: (field: keyof B & string) => string | null;
  /** How many fields are wrong, once sending was tried. */
  wrong: number;
  /** What the server refused and no field shows, in words. */
  failure: string | null;
  /** Sends what the schema read, if it is right; `refused` is to be called when the server says no. */
  submit: (send: (body: B, refused: () => void) => void) => void;
  /** Counts the attempts that failed: each brings the focus to the first field that is wrong. */
  failures: number;
}

/** `errors`: the words of a wrong field. `failed`: what sending ended with, of the last attempt. */
export function useDraft<B extends object>({ schema, initial, errors, failed }: { schema: z.ZodType<B>; initial: B; errors: Partial<Record<keyof B & string, Key>>; failed: Error | null }): Draft<B> {
  const t = useT();
  const [values, setValues] = useState(initial);
  /** Complaints are shown once sending was tried, then follow the typing. */
  const [tried, setTried] = useState(false);
  /** The draft that the server complained about: its complaint goes with the first change. */
  const [refused, setRefused] = useState<B | null>(null);
  const [failures, setFailures] = useState(0);

  const checked = check(schema, values);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const failure = refused === values ? failed : null;
  // "members.0.name" is shown at the field "members".
  const failedField = failure instanceof ApiFailure ? failure.field?.split(".")[0] : undefined;
  const atField = failedField !== undefined && Object.hasOwn(errors, failedField);
  return {
    values,
    set: (change) => setValues((before) => ({ ...before, ...change })),
    undo: () => setValues(initial),
    changed: differs(values, initial),
    error(field) {
      if (failure !== null && failedField === field) return inWords(failure);
      const key = wrong.includes(field) ? errors[field] : undefined;
      return key === undefined ? null : t(key);
    },
    wrong: wrong.length,
    failure: failure === null || atField ? null : inWords(failure),
    submit(send) {
      setTried(true);
      if (!checked.ok) {
        setFailures((n) => n + 1);
        return;
      }
      send(checked.body, () => {
        setRefused(values);
        setFailures((n) => n + 1);
      });
    },
    failures,
  };
}
