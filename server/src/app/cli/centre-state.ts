/** The settings of this things as one value: read from a centre, or from a folder of files. Both compare with each other. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AdminQueue, AdminSkill } from "@tandem/protocol";
import { FlowRow } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { Calendar, HoursRule } from "@tandem/protocol/hours";
import { PromptBody, PromptLanguage, PromptView } from "@tandem/protocol/prompt";
import { QUEUE_SETTINGS, QueueSettingKind, QueueSettingView } from "@tandem/protocol/queue-settings";
import { z } from "zod";
import { printFile, printFlow, readBySchema, readFlowFile } from "../../directory/directory.ts";
import { problemsOf, upgradeFlow } from "../../flow/flow.ts";
import { sentenceOf, type Client } from "./client.ts";
import { placed } from "./flows-check.ts";
import { CliError, type Language } from "./io.ts";

const id = z.string().min(1).max(64);
const Kinds = z.partialRecord(QueueSettingKind, z.record(z.string(), z.unknown()));
const Recording = z.object({ file: z.string().regex(/^[\w.-]+$/, "a file's name without a path"), hash: z.string() });
const Prompts = z.record(id, PromptBody.extend({ recordings: z.partialRecord(PromptLanguage, Recording).default({}) }));
const Hours = z.object({ calendars: z.record(id, Calendar), rules: z.array(HoursRule) });
const Settings = z.object({ centre: Kinds, queues: z.record(id, Kinds) });
/** What ids stand for: another centre has its own, and finds its queue or skill by the name. */
const Names = z.object({ queues: z.record(id, z.string()), skills: z.record(id, z.string()) });

export interface CentreState {
  hours: z.output<typeof Hours>;
  settings: z.output<typeof Settings>;
  prompts: z.output<typeof Prompts>;
  names: z.output<typeof Names>;
  /** What is live. */
  flows: Record<string, FlowDocument>;
  /** Never published. */
  drafts: Record<string, FlowDocument>;
}
export interface Sound {
  promptId: string;
  language: PromptLanguage;
  file: string;
  bytes: Buffer;
}

const WithId = z.object({ id });
const WithName = WithId.extend({ name: z.string() });

export async function stateOf(client: Client): Promise<CentreState> {
  const named = async (of: string, schema: z.ZodType): Promise<Record<string, string>> => {
    const rows = await client.call("GET", `/api/admin/${of}`, z.array(WithName.and(schema)));
    return Object.fromEntries(rows.map((row) => [row.id, row.name]));
  };
  const queues = await named("queues", AdminQueue);
  const calendars = await client.call("GET", "/api/hours/calendars", z.array(Calendar.and(WithId)));
  const { rules } = await client.call("GET", "/api/hours/rules", z.object({ rules: z.array(HoursRule) }));
  const prompts = await client.call("GET", "/api/admin/prompts", z.array(PromptView));
  const rows = await client.call("GET", "/api/flows", z.array(FlowRow));
  const own = async (at: "centre" | "queue", path: string): Promise<z.output<typeof Kinds>> => {
    const found: z.output<typeof Kinds> = {};
    for (const kind of QueueSettingKind.options) {
      const where = QUEUE_SETTINGS[kind].at;
      if (where !== "both" && where !== at) continue;
      const view = await client.call("GET", `${path}/${kind}`, QueueSettingView);
      if (view.from === at) found[kind] = view.body as Record<string, unknown>;
    }
    return found;
  };
  const ofQueues: [string, z.output<typeof Kinds>][] = [];
  for (const queueId of Object.keys(queues)) {
    const kinds = await own("queue", `/api/admin/queues/${encodeURIComponent(queueId)}/settings`);
    if (Object.keys(kinds).length > 0) ofQueues.push([queueId, kinds]);
  }
  const documentOf = async (flowId: string, of: "published" | "draft"): Promise<FlowDocument> => {
    const { status, json } = await client.raw("GET", `/api/flows/${encodeURIComponent(flowId)}/export?format=json&of=${of}`);
    if (status !== 200) throw new CliError(`${flowId}: ${sentenceOf(json) ?? status}`);
    return FlowDocument.parse(json);
  };
  const flows: Record<string, FlowDocument> = {};
  const drafts: Record<string, FlowDocument> = {};
  for (const row of rows) {
    if (row.published) flows[row.id] = await documentOf(row.id, "published");
    else drafts[row.id] = await documentOf(row.id, "draft");
  }
  return {
    hours: { calendars: Object.fromEntries(calendars.map(({ id: calendarId, ...calendar }) => [calendarId, calendar])), rules },
    settings: { centre: await own("centre", "/api/admin/settings"), queues: Object.fromEntries(ofQueues) },
    prompts: Object.fromEntries(prompts.map((prompt) => [prompt.id, { name: prompt.name, texts: prompt.texts, recordings: recordingsOf(prompt) }])),
    names: { queues, skills: await named("skills", AdminSkill) },
    flows,
    drafts,
  };
}

function recordingsOf({ name, recordings }: PromptView): z.output<typeof Prompts>[string]["recordings"] {
  return Object.fromEntries(PromptLanguage.options.flatMap((language) => {
    const hash = recordings[language]?.hash;
    return hash === undefined ? [] : [[language, { file: `${fileName(name)}.${language}.${hash.slice(0, 12)}.wav`, hash }] as const];
  }));
}

const FILES = { hours: "hours.yaml", settings: "settings.yaml", prompts: "prompts.yaml", names: "names.yaml" } as const;
const FLOWS = ["flows", "drafts"] as const;
const SOUNDS = "prompts";

/** Answers the files that were written. */
export async function writeFolder(folder: string, state: CentreState, sounds: readonly Sound[]): Promise<string[]> {
  const written: string[] = [];
  const write = async (path: string, content: string | Buffer): Promise<void> => {
    await writeFile(join(folder, path), content);
    written.push(path);
  };
  for (const part of ["", ...FLOWS, SOUNDS]) await mkdir(join(folder, part), { recursive: true });
  for (const part of ["hours", "settings", "prompts", "names"] as const) await write(FILES[part], printFile(state[part], "yaml"));
  for (const part of FLOWS) for (const [flowId, document] of Object.entries(state[part])) await write(`${part}/${fileName(flowId)}.yaml`, printFlow(document, "yaml"));
  for (const { file, bytes } of sounds) await write(`${SOUNDS}/${file}`, bytes);
  return written;
}

/** A part whose file is not there is null: it is left as it is. */
export type FolderState = { [K in keyof CentreState]: CentreState[K] | null };

export async function readFolder(folder: string, language: Language): Promise<FolderState> {
  const wrong: string[] = [];
  const part = async <S extends z.ZodType>(file: string, schema: S): Promise<z.output<S> | null> => {
    const text = await readFile(join(folder, file), "utf8").catch(whenAbsent);
    if (text === null) return null;
    const read = readBySchema(text, schema, language);
    if (read.ok) return read.value;
    wrong.push(...read.problems.map((problem) => `${file}:${placed(problem)}`));
    return null;
  };
  const flows = async (name: (typeof FLOWS)[number]): Promise<Record<string, FlowDocument> | null> => {
    const files = await readdir(join(folder, name)).catch(whenAbsent);
    if (files === null) return null;
    const found: Record<string, FlowDocument> = {};
    for (const file of files.filter((one) => /\.(?:ya?ml|json)$/i.test(one)).toSorted()) {
      const read = readFlowFile(await readFile(join(folder, name, file), "utf8"), { upgrade: (value) => upgradeFlow(value).document, problems: problemsOf }, { language, strict: false });
      if (!read.ok) wrong.push(...read.problems.map((problem) => `${name}/${file}:${placed(problem)}`));
      else if (found[read.value.id]) wrong.push(`${name}/${file}: id ${read.value.id}`);
      else found[read.value.id] = read.value;
    }
    return found;
  };
  const state: FolderState = { hours: await part(FILES.hours, Hours), settings: await part(FILES.settings, Settings), prompts: await part(FILES.prompts, Prompts), names: await part(FILES.names, Names), flows: await flows("flows"), drafts: await flows("drafts") };
  if (wrong.length > 0) throw new CliError(wrong.join("\n"));
  if (Object.values(state).every((one) => one === null)) throw new CliError(language === "fr" ? `Rien à importer dans ${folder}` : `There is nothing to import in ${folder}`);
  return state;
}

export function soundPath(folder: string, file: string): string {
  return join(folder, SOUNDS, file);
}

/** The name under which an uploaded recording is kept: with it, the same file is known again. */
export function uploadName(file: string, bytes: Buffer): string {
  return `${file.replace(/\.wav$/, "").slice(0, 60)}.${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}.wav`;
}

function fileName(name: string): string {
  return name.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/[^\w.-]+/g, "-").replace(/^\.+/, "").slice(0, 60) || "unnamed";
}

function whenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
