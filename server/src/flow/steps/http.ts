/**
 * A call of the company's own interface. Customers' values are escaped for where they stand, so that none can change the request's
 * form, nor name a secret (`{secret.x}` is filled by the runner, after this).
 */
import type { Run } from "../run.ts";
import { VARIABLE } from "../words.ts";
import type { Behaviour } from "./behaviour.ts";

/** Longest value put into a request. */
const MAX_VALUE_CHARS = 400;

export const http: Behaviour<"http"> = {
  enter(run, step) {
    const headers = Object.fromEntries(Object.entries(step.headers).map(([name, value]) => [name, place(run, value, inHeader)]));
    const saves = step.saves.map(({ name, pointer }) => ({ name, pointer, type: run.definition.variables[name]?.type ?? ("text" as const) }));
    const body = step.body === undefined ? null : place(run, step.body, inJson);
    run.asks({ kind: "http", method: step.method, url: place(run, step.url, encodeURIComponent), headers, body, saves }, step.timeoutMs);
  },
  hear(run, step, input) {
    if (input.kind !== "answered") return;
    const { answer } = input;
    if (!answer.ok) {
      run.goTo(step.failed, "failed");
      return;
    }
    for (const { name } of step.saves) {
      const value = answer.values?.[name];
      if (value !== undefined) run.set(name, value);
    }
    run.goTo(step.next, "next");
  },
  interruptible: () => false,
};

function place(run: Run, text: string, escape: (value: string) => string): string {
  return text.replaceAll(VARIABLE, (whole, variable: string) => (variable.startsWith("secret.") ? whole : escape(wellFormed(run.raw(variable).slice(0, MAX_VALUE_CHARS)))));
}

/** A lone surrogate makes `encodeURIComponent` throw. */
const wellFormed = (text: string): string => text.toWellFormed();
const inHeader = (value: string): string => value.replaceAll(/[^\x20-\x7e]|[{}]/g, "");
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1).replaceAll("{", "\\u007b").replaceAll("}", "\\u007d");
