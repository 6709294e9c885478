/**
 * Format 1 as format 2. Format 1 had conditions as objects, hours inside the flow, undeclared variables, `hangup`, digits only. Upgraded
 * on reading: the row in the database stays as it was until somebody publishes the flow again.
 */
type Json = Readonly<Record<string, unknown>>;

/** `calendars`: opening hours that stood in the flow, by the id under which the upgraded flow names them. */
export interface Upgraded {
  document: unknown;
  calendars: Readonly<Record<string, unknown>>;
}

export function upgradeFlow(value: unknown): Upgraded {
  if (!isObject(value) || value.format !== undefined || value.variables !== undefined || !isObject(value.steps)) return { document: value, calendars: {} };
  const variables: Record<string, { type: string }> = {};
  const steps: Record<string, unknown> = {};
  const upgrade = new Upgrade(String(value.id), value.steps, variables);
  for (const [id, step] of Object.entries(value.steps)) Object.assign(steps, isObject(step) ? upgrade.step(id, step) : { [id]: step });
  const hours = isObject(value.hours) ? value.hours : {};
  const calendars = Object.fromEntries(Object.entries(hours).map(([name, body]) => [calendarId(String(value.id), name), body]));
  const { hours: _, ...rest } = value;
  return { document: renamed({ ...rest, format: 2, variables, steps }), calendars };
}

class Upgrade {
  readonly #flowId: string;
  readonly #ids: Set<string>;
  readonly #variables: Record<string, { type: string }>;
  #made = 0;

  constructor(flowId: string, steps: Json, variables: Record<string, { type: string }>) {
    this.#flowId = flowId;
    this.#ids = new Set(Object.keys(steps));
    this.#variables = variables;
  }

  /** The step, and further ones that stand before it. */
  step(id: string, step: Json): Record<string, unknown> {
    switch (step.kind) {
      case "hangup":
        return { [id]: { ...step, kind: "end", exception: "Flow of format 1" } };
      case "menu":
        for (const choice of list(step.choices)) if (isObject(choice) && isObject(choice.set)) for (const [name, value] of Object.entries(choice.set)) this.#declare(name, typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text");
        return { [id]: step };
      case "collect": {
        const { minDigits, maxDigits, interDigitMs: _, name, ...rest } = step;
        return { [id]: { ...rest, variable: this.#declare(String(name), "text"), ...(minDigits === undefined ? {} : { min: minDigits }), ...(maxDigits === undefined ? {} : { max: maxDigits }) } };
      }
      case "lookup": {
        const { by, ...rest } = step;
        return { [id]: typeof by !== "string" || by === "from" ? rest : { ...rest, value: reference(by) } };
      }
      case "branch":
        return this.#branch(id, step);
      default:
        return { [id]: step };
    }
  }

  #branch(id: string, step: Json): Record<string, unknown> {
    const hours: string[] = [];
    const cases = list(step.cases).map((one) => (isObject(one) && isObject(one.when) ? { ...one, when: this.#condition(one.when, hours) } : one));
    const upgraded = { ...step, cases };
    const names = [...new Set(hours)];
    if (names.length === 0) return { [id]: upgraded };
    // Hours are a step now: each is asked before, and its answer kept for the expression.
    const steps: Record<string, unknown> = {};
    const made = names.map((name) => ({ name, hours: this.#id(), open: this.#id(), closed: this.#id() }));
    const branchId = this.#id();
    made.forEach(({ name, open, closed, hours }, i) => {
      const next = made[i + 1]?.hours ?? branchId;
      const variable = this.#declare(`open_${name}`, "boolean");
      const first = i === 0 ? id : hours;
      steps[first] = { kind: "hours", of: { kind: "calendar", calendarId: calendarId(this.#flowId, name) }, open, closed };
      steps[open] = { kind: "set", values: [{ name: variable, to: "true" }], next };
      steps[closed] = { kind: "set", values: [{ name: variable, to: "false" }], next };
    });
    steps[branchId] = upgraded;
    return steps;
  }

  #condition(condition: Json, hours: string[]): string {
    const parts = (): string[] => list(condition.of).map((one) => (isObject(one) ? this.#condition(one, hours) : "false"));
    switch (condition.op) {
      case "equals":
        return this.#equals(String(condition.value), condition.with);
      case "oneOf":
        return joined(list(condition.with).map((one) => this.#equals(String(condition.value), one)), "||");
      case "above":
      case "below":
        return this.#known(String(condition.value), (is) => `number(${is}) ${condition.op === "above" ? ">" : "<"} ${Number(condition.with).toFixed(6)}`);
      case "startsWith":
        return this.#known(String(condition.value), (is) => `string(${is}).startsWith(${quoted(String(condition.with))})`);
      case "known":
        return this.#known(String(condition.value), (is) => `string(${is}) != ""`);
      case "open":
        hours.push(String(condition.hours));
        return `data.${newName(`open_${String(condition.hours)}`)}`;
      case "all":
        return joined(parts(), "&&");
      case "any":
        return joined(parts(), "||");
      case "not":
        return isObject(condition.of) ? `!(${this.#condition(condition.of, hours)})` : "false";
      default:
        return "false";
    }
  }

  #equals(variable: string, value: unknown): string {
    if (value === null || value === undefined) return `!(${this.#known(variable, () => "true")})`;
    if (typeof value === "number") return this.#known(variable, (is) => `number(${is}) == ${value.toFixed(6)}`);
    return this.#known(variable, (is) => `string(${is}) == ${quoted(JSON.stringify(value).replaceAll(/^"|"$/g, ""))}`);
  }

  /** What is not there is unequal to everything, and no error. */
  #known(variable: string, test: (is: string) => string): string {
    const is = reference(variable);
    if (is.startsWith("data.")) this.#declare(is.slice(5), "text");
    return is.startsWith("contact.") ? `(${test(is)})` : `(has(${is}) && ${test(is)})`;
  }

  #declare(name: string, type: string): string {
    const kept = newName(name);
    this.#variables[kept] ??= { type };
    return kept;
  }

  #id(): string {
    let id: string;
    do id = `hours-${++this.#made}`;
    while (this.#ids.has(id));
    return id;
  }
}

/** Format 1's names began with any letter and had dashes. */
const newName = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`.replaceAll(/\W/g, "_").slice(0, 40);
const reference = (variable: string): string => (variable.includes(".") ? variable.replace(/^data\.(.*)$/, (_, name: string) => `data.${newName(name)}`) : `contact.${variable}`);
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(/[\r\n]/g, " ")}"`;
const joined = (parts: readonly string[], by: string): string => (parts.length === 0 ? "false" : `(${parts.join(` ${by} `)})`);
const calendarId = (flowId: string, name: string): string => `${flowId}-${name}`.slice(0, 60);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `{from}` is `{contact.from}` now, `{data.Order-no}` is `{data.order_no}`; keys of `set` too. */
function renamed(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/\{(from|to|medium|language|data\.[\w-]+)\}/g, (_, name: string) => `{${reference(name)}}`);
  if (Array.isArray(value)) return value.map(renamed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === "set" && isObject(one) ? Object.fromEntries(Object.entries(one).map(([name, set]) => [newName(name), set])) : renamed(one)]));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
