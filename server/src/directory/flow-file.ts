/**
 * A flow as one file that a person reads and a repository keeps: YAML or JSON, keys in the schema's order, defaults left out, a text of several
 * lines as lines. Reading says of each mistake where it stands: path, line, column.
 */
import { FLOW_FORMAT, FlowDocument } from "@tandem/protocol/flow/flow";
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, Document as YamlDocument, visit } from "yaml";
import type { Document, ParsedNode } from "yaml";
import { z } from "zod";
import { canonical, equal } from "./flow-changes.ts";

export type FlowFormat = "yaml" | "json";

/** Attack: a file of any size is parsed. A flow of 1,000 steps in two languages is 600,000. */
export const MAX_FLOW_FILE_CHARS = 1_000_000;
/** Attack: a file with a mistake on every line makes an answer many times its size. */
const MAX_PROBLEMS = 50;
/** Attack: an alias of an alias of an alias: a few lines that become gigabytes. */
const MAX_ALIASES = 100;

/** Attack: an object of a million keys told in every mistake. */
const MAX_BESIDE = 20;

/** Attack: brackets in brackets overrun the stack of whoever reads them. No document of ours has a tenth of it. */
const MAX_DEPTH = 200;

export interface FileProblem {
  path: string;
  /** From 1; null = it belongs to no line. */
  line: number | null;
  column: number | null;
  why: string;
}
export type ReadFile<T> = { ok: true; value: T } | { ok: false; problems: FileProblem[] };
export type Issue = { path: readonly PropertyKey[]; message: string };
/** What is wrong with a value, besides its being JSON. */
export type Reader<T> = (value: unknown) => { ok: true; value: T } | { ok: false; issues: readonly Issue[] };
export interface FlowSense {
  /** Older formats. */
  upgrade(value: unknown): unknown;
  problems(document: FlowDocument): { path: readonly (string | number)[]; why: string }[];
}

/** `version` is left out: it counts the publishings of one centre. */
export function printFlow(document: FlowDocument, format: FlowFormat): string {
  const { version: _, ...rest } = FlowDocument.parse(document);
  const short = { format: FLOW_FORMAT, ...(withoutDefaults(rest, flowSchema()) as object) };
  const again = FlowDocument.safeParse(short);
  return printFile(again.success && equal({ ...again.data, version: 1 }, { ...rest, version: 1 }) ? short : rest, format);
}

export function printFile(value: unknown, format: FlowFormat): string {
  if (format === "json") return `${JSON.stringify(value, null, 2)}\n`;
  const document = new YamlDocument(value, { aliasDuplicateObjects: false });
  // A list of words, keys or names on one line.
  visit(document, { Seq: (_, list) => void (list.flow = list.items.every(isScalar)) });
  return document.toString({ lineWidth: 0, blockQuote: "literal", flowCollectionPadding: false });
}

/** A flow from a file: its shape, and with `strict` its sense too (a draft may still be unfinished). */
export function readFlowFile(text: string, sense: FlowSense, options: { language: "fr" | "en"; strict: boolean }): ReadFile<FlowDocument> {
  return readFile(text, options.language, (value) => {
    const upgraded = sense.upgrade(value);
    const read = FlowDocument.safeParse(upgraded, { error: localeOf(options.language) });
    if (!read.success) return { ok: false, issues: read.error.issues };
    const unknown = unknownKeys(upgraded, read.data, options.language);
    if (unknown.length > 0) return { ok: false, issues: unknown };
    const problems = options.strict ? sense.problems(read.data) : [];
    return problems.length > 0 ? { ok: false, issues: problems.map(({ path, why }) => ({ path, message: why })) } : { ok: true, value: read.data };
  });
}

/** The same of JSON without a mistake, quickly; null = it is not that, and `readFlowFile` says why. */
export function readFlowJson(text: string, sense: Pick<FlowSense, "upgrade">): FlowDocument | null {
  const value = text.length > MAX_FLOW_FILE_CHARS ? undefined : fromJson(text);
  if (value === undefined || deeperThan(MAX_DEPTH, value)) return null;
  const upgraded = sense.upgrade(value);
  const read = FlowDocument.safeParse(upgraded);
  return read.success && unknownKeys(upgraded, read.data, "en").length === 0 ? read.data : null;
}

/** Any file of ours with its schema. */
export function readBySchema<S extends z.ZodType>(text: string, schema: S, language: "fr" | "en"): ReadFile<z.output<S>> {
  return readFile(text, language, (value) => {
    const read = schema.safeParse(value, { error: localeOf(language) });
    const issues = read.success ? unknownKeys(value, read.data, language) : read.error.issues;
    return read.success && issues.length === 0 ? { ok: true, value: read.data } : { ok: false, issues };
  });
}

function readFile<T>(text: string, language: "fr" | "en", reader: Reader<T>): ReadFile<T> {
  if (text.length > MAX_FLOW_FILE_CHARS) return { ok: false, problems: [{ path: "", line: null, column: null, why: language === "fr" ? "le fichier est trop long" : "the file is too long" }] };
  const json = fromJson(text);
  const quick = json === undefined || deeperThan(MAX_DEPTH, json) ? null : reader(json);
  if (quick?.ok) return quick;
  const lines = new LineCounter();
  const tooDeep: FileProblem = { path: "", line: null, column: null, why: language === "fr" ? "trop de niveaux imbriqués" : "nested too deeply" };
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    value = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The library's own words: the stack is overrun, or an alias names nothing, or too many do.
    return { ok: false, problems: [error instanceof RangeError ? tooDeep : { ...tooDeep, why: (error as Error).message }] };
  }
  if (document.errors.length > 0) {
    // The library catches a stack that is overrun here and there, and tells it as an error of the file.
    if (document.errors.some(({ message }) => message.includes("call stack"))) return { ok: false, problems: [tooDeep] };
    return { ok: false, problems: document.errors.slice(0, MAX_PROBLEMS).map((error) => ({ path: "", ...placeOf(lines, error.pos[0]), why: language === "fr" ? `YAML illisible\u202f: ${error.message}` : `not readable as YAML: ${error.message}` })) };
  }
  if (deeperThan(MAX_DEPTH, value)) return { ok: false, problems: [tooDeep] };
  const read = reader(value);
  if (read.ok) return read;
  const issues = read.issues.flatMap((issue) => innermost(issue, language)).slice(0, MAX_PROBLEMS);
  return { ok: false, problems: issues.map((issue) => ({ path: issue.path.map(String).join("."), ...placeOf(lines, offsetOf(document, issue.path)), why: ("code" in issue ? missing(value, issue.path, language) : null) ?? issue.message })) };
}

/** Of a key that the shape asks for and that is not there: that it is missing, and beside which keys, for it may be one of them, misspelt; null = it is there. */
function missing(value: unknown, path: readonly PropertyKey[], language: "fr" | "en"): string | null {
  let within: unknown = value;
  for (const key of path.slice(0, -1)) within = typeof within === "object" && within !== null && Object.hasOwn(within, key) ? (within as Record<PropertyKey, unknown>)[key] : undefined;
  const last = path.at(-1);
  if (typeof within !== "object" || within === null || Array.isArray(within) || last === undefined || Object.hasOwn(within, last)) return null;
  const beside = Object.keys(within).slice(0, MAX_BESIDE).join(", ");
  return language === "fr" ? `manque\u202f; il y a ici\u202f: ${beside || "rien"}` : `is missing; what is here: ${beside || "nothing"}`;
}

/** JSON is YAML too, but read a hundred times faster; what is wrong in it is found by the YAML reader, which knows places. */
function fromJson(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // perhaps YAML in braces: the other reader's turn
  }
}

/** Whether a value nests deeper than so many levels; goes no deeper itself. */
function deeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => deeperThan(levels - 1, inner));
}

function placeOf(lines: LineCounter, offset: number | null): { line: number | null; column: number | null } {
  if (offset === null) return { line: null, column: null };
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: null, column: null } : { line, column: col };
}

/** Where the path stands in the text; of what is not there, where its parent begins. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | null {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const key of path) {
    const next = isMap(node) ? node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(key)) : isSeq(node) ? node.items[Number(key)] : undefined;
    if (next === undefined) break;
    offset = startOf(isPair(next) ? next.key : next) ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? ((node as ParsedNode).range?.[0] ?? null) : null;
}

/** Keys that no schema read: a slip of the pen that would be lost in silence. */
function unknownKeys(given: unknown, read: unknown, language: "fr" | "en", path: readonly string[] = []): Issue[] {
  if (typeof given !== "object" || given === null || typeof read !== "object" || read === null) return [];
  return Object.entries(given).flatMap(([key, inner]) => {
    const at = [...path, key];
    if (!Object.hasOwn(read, key)) return inner === undefined ? [] : [{ path: at, message: language === "fr" ? "clé inconnue" : "unknown key" }];
    return unknownKeys(inner, (read as Record<string, unknown>)[key], language, at);
  });
}

/** Of alternatives that all failed, the one that came nearest says what is wrong. */
function innermost(issue: Issue | z.core.$ZodIssue, language: "fr" | "en"): Issue[] {
  if (!("code" in issue) || issue.code !== "invalid_union") return [issue];
  // zod names what is allowed in English alone
  if (issue.errors.length === 0) return [{ path: issue.path, message: "options" in issue && Array.isArray(issue.options) ? `${language === "fr" ? "inconnu\u202f; permis\u202f:" : "unknown; allowed:"} ${issue.options.join(", ")}` : issue.message }];
  const nearest = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0]!;
  return nearest.length === 0 ? [issue] : nearest.flatMap((one) => innermost({ ...one, path: [...issue.path, ...one.path] }, language));
}
const depthOf = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));

const locales = { fr: z.locales.fr().localeError, en: z.locales.en().localeError };
const localeOf = (language: "fr" | "en"): (typeof locales)["fr"] => locales[language];

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
  default?: unknown;
  const?: unknown;
}
let schemaOfFlow: Schema | null = null;
/** As a data structure, for the defaults in it. */
function flowSchema(): Schema {
  return (schemaOfFlow ??= z.toJSONSchema(FlowDocument, { io: "input" }) as Schema);
}

function withoutDefaults(value: unknown, schema: Schema | undefined): unknown {
  if (schema === undefined || typeof value !== "object" || value === null) return value;
  const fits = alternativeFor(value, schema);
  if (Array.isArray(value)) return value.map((one) => withoutDefaults(one, typeof fits.items === "object" ? fits.items : undefined));
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const of = fits.properties?.[key] ?? (typeof fits.additionalProperties === "object" ? fits.additionalProperties : undefined);
    const short = withoutDefaults(inner, of);
    const isDefault = of !== undefined && "default" in of && (canonical(inner) === canonical(of.default) || canonical(short) === canonical(of.default));
    if (inner !== undefined && !isDefault) kept[key] = short;
  }
  return kept;
}

/** Of a union told apart by `kind`. */
function alternativeFor(value: object, schema: Schema): Schema {
  const among = schema.oneOf ?? schema.anyOf;
  if (!among) return schema;
  const kind = "kind" in value ? value.kind : undefined;
  return among.find((one) => one.properties?.["kind"]?.const === kind && kind !== undefined) ?? {};
}
