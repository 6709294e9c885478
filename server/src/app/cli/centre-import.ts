/**
 * `tandem import FOLDER`: tells what differs, then makes the centre as the files say. Done again it changes nothing. What only the centre has
 * stays: calendars, prompts and flows are never removed here; an own setting that the file does not have gives way to the general one.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { FlowRow, FlowStudio } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { PromptView, type PromptLanguage } from "@tandem/protocol/prompt";
import { z } from "zod";
import { flowChanges, printFlow } from "../../directory/directory.ts";
import { readFolder, soundPath, stateOf, uploadName, type CentreState, type FolderState } from "./centre-state.ts";
import { sentenceOf, type Client } from "./client.ts";
import { publishFlow, type FilesOptions } from "./flows-files.ts";
import { CliError, DONE, FAILED } from "./io.ts";

/** One thing to write: what is told of it, and the deed. */
interface Step {
  title: string;
  lines: readonly string[];
  write(): Promise<boolean>;
}
type Ids = Map<string, string>;
const Made = z.object({ id: z.string() });

export async function importCentre(options: FilesOptions, given: string, { check, yes }: { check: boolean; yes: boolean }): Promise<number> {
  const { io, client, language, say } = options;
  const folder = resolve(io.cwd, given);
  const wanted = await readFolder(folder, language);
  const now = await stateOf(client);
  const ids: Ids = new Map();
  const missing = namesOf(wanted, now, ids);
  if (missing.length > 0) throw new CliError([say("Ce centre n’a pas, ni par identifiant ni par nom\u202f:", "This centre does not have, neither by id nor by name:"), ...missing.map((one) => `  ${one}`)].join("\n"), FAILED);
  const steps = [...(await promptSteps(options, folder, wanted.prompts, now, ids)), ...hoursSteps(client, wanted.hours, now, ids), ...settingSteps(client, wanted.settings, now, ids), ...(await flowSteps(options, wanted, now, ids))];
  for (const { title, lines } of steps) {
    io.out(title);
    for (const line of lines) io.out(`  ${line}`);
  }
  if (steps.length === 0) io.out(say("Rien ne diffère.", "Nothing differs."));
  if (check || steps.length === 0) return steps.length === 0 ? DONE : FAILED;
  if (!yes) {
    const lost = (await client.call("GET", "/api/flows", z.array(FlowRow))).filter((row) => row.published && row.draft && steps.some(({ title }) => title === `~ flow ${row.id}`));
    for (const { id, draft } of lost) io.err(say(`Le brouillon de ${id} (${draft?.byName ?? ""}) n’est pas publié et serait remplacé.`, `The draft of ${id} (${draft?.byName ?? ""}) is not published and would be replaced.`));
    if (io.ask ? !(await io.ask(say("Écrire cela\u202f? [o/N] ", "Write this? [y/N] "))) : lost.length > 0) {
      io.err(say("Rien n’a été écrit (--yes écrit quand même).", "Nothing was written (--yes writes all the same)."));
      return FAILED;
    }
  }
  return (await writeAll(steps)) ? DONE : FAILED;
}

/** What failed is tried again as long as something else succeeds: a flow may wait for another one that is a part of it. */
async function writeAll(steps: readonly Step[]): Promise<boolean> {
  let left = [...steps];
  for (;;) {
    const failed: Step[] = [];
    for (const step of left) if (!(await step.write())) failed.push(step);
    if (failed.length === 0) return true;
    if (failed.length === left.length) return false;
    left = failed;
  }
}

// ---- ids of one centre as those of another

/** Fills `ids` with what has another id here; answers what is not here at all. Calendars and prompts that are not here will be made. */
function namesOf(wanted: FolderState, now: CentreState, ids: Ids): string[] {
  const missing: string[] = [];
  const meet = (kind: string, theirs: Record<string, string>, ours: Record<string, string>, needed: boolean): void => {
    for (const [id, name] of Object.entries(theirs)) {
      if (ours[id] !== undefined) continue;
      const [same] = Object.entries(ours).find(([, one]) => one === name) ?? [];
      if (same !== undefined) ids.set(id, same);
      else if (needed && isNamed(wanted, id)) missing.push(`${kind} ${id} « ${name} »`);
    }
  };
  const named = (rows: Record<string, { name: string }> | undefined): Record<string, string> => Object.fromEntries(Object.entries(rows ?? {}).map(([id, { name }]) => [id, name]));
  meet("queue", wanted.names?.queues ?? {}, now.names.queues, true);
  meet("skill", wanted.names?.skills ?? {}, now.names.skills, true);
  meet("calendar", named(wanted.hours?.calendars), named(now.hours.calendars), false);
  meet("prompt", named(wanted.prompts ?? undefined), named(now.prompts), false);
  return missing;
}

function isNamed({ hours, settings, flows, drafts }: FolderState, id: string): boolean {
  return JSON.stringify([hours, settings, flows, drafts]).includes(JSON.stringify(id));
}

/** Ids are like nothing else: wherever one stands, it is that thing. */
function mapped<T>(value: T, ids: Ids): T {
  if (ids.size === 0) return value;
  const walk = (inner: unknown): unknown => {
    if (typeof inner === "string") return ids.get(inner) ?? inner;
    if (Array.isArray(inner)) return inner.map(walk);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [ids.get(key) ?? key, walk(one)]));
  };
  return walk(value) as T;
}

// ---- what differs

function lines(before: unknown, after: unknown): string[] {
  return flowChanges(before, after).map(({ kind, path, before: was, after: is }) => {
    const what = kind === "added" ? short(is) : kind === "removed" ? short(was) : `${short(was)} → ${short(is)}`;
    return `${kind === "added" ? "+" : kind === "removed" ? "-" : "~"} ${path === "" ? "" : `${path}: `}${what}`;
  });
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

async function promptSteps({ client }: FilesOptions, folder: string, wanted: CentreState["prompts"] | null, now: CentreState, ids: Ids): Promise<Step[]> {
  const steps: Step[] = [];
  const views = new Map((await client.call("GET", "/api/admin/prompts", z.array(PromptView))).map((view) => [view.id, view]));
  for (const [theirs, { recordings, ...body }] of Object.entries(wanted ?? {})) {
    const id = (): string => ids.get(theirs) ?? theirs;
    const here = now.prompts[id()];
    const changes = lines(here && { name: here.name, texts: here.texts }, body);
    if (changes.length > 0) {
      steps.push({
        title: `${here ? "~" : "+"} prompt ${body.name}`,
        lines: changes,
        async write() {
          if (here) await client.call("PUT", `/api/admin/prompts/${encodeURIComponent(id())}`, PromptView, body);
          else ids.set(theirs, (await client.call("POST", "/api/admin/prompts", PromptView, body)).id);
          return true;
        },
      });
    }
    for (const [language, { file, hash }] of Object.entries(recordings) as [PromptLanguage, { file: string; hash: string }][]) {
      const current = views.get(id())?.recordings[language];
      if (current?.hash === hash) continue;
      const bytes = await readFile(soundPath(folder, file)).catch((error: Error) => {
        throw new CliError(`prompts/${file}: ${error.message}`);
      });
      const name = uploadName(file, bytes);
      if (current?.fileName === name) continue;
      steps.push({
        title: `${current ? "~" : "+"} prompt ${body.name} ${language}`,
        lines: [`prompts/${file}`],
        async write() {
          const { status, json } = await client.raw("PUT", `/api/admin/prompts/${encodeURIComponent(id())}/recordings/${language}?name=${encodeURIComponent(name)}`, { type: "audio/wav", bytes });
          if (status !== 200) throw new CliError(`prompts/${file}: ${sentenceOf(json) ?? status}`, FAILED);
          return true;
        },
      });
    }
  }
  return steps;
}

function hoursSteps(client: Client, wanted: CentreState["hours"] | null, now: CentreState, ids: Ids): Step[] {
  if (!wanted) return [];
  const steps: Step[] = [];
  for (const [theirs, calendar] of Object.entries(wanted.calendars)) {
    const id = ids.get(theirs) ?? theirs;
    const here = now.hours.calendars[id];
    const changes = lines(here, calendar);
    if (changes.length === 0) continue;
    steps.push({
      title: `${here ? "~" : "+"} calendar ${calendar.name}`,
      lines: changes,
      async write() {
        if (here) await client.call("PUT", `/api/hours/calendars/${encodeURIComponent(id)}`, Made, calendar);
        else ids.set(theirs, (await client.call("POST", "/api/hours/calendars", Made, calendar)).id);
        return true;
      },
    });
  }
  const sorted = (rules: CentreState["hours"]["rules"]): CentreState["hours"]["rules"] => rules.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const changes = lines({ rules: sorted(now.hours.rules) }, { rules: sorted(mapped(wanted.rules, ids)) });
  if (changes.length > 0) {
    steps.push({
      title: "~ hours",
      lines: changes,
      async write() {
        await client.call("PUT", "/api/hours/rules", z.unknown(), { rules: mapped(wanted.rules, ids) });
        return true;
      },
    });
  }
  return steps;
}

function settingSteps(client: Client, wanted: CentreState["settings"] | null, now: CentreState, ids: Ids): Step[] {
  if (!wanted) return [];
  const steps: Step[] = [];
  const compare = (title: string, path: string, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): void => {
    for (const kind of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [was, is] = [before[kind], mapped(after[kind], ids)];
      const changes = lines(was === undefined ? undefined : { [kind]: was }, is === undefined ? undefined : { [kind]: is });
      if (changes.length === 0) continue;
      steps.push({
        title: `${was === undefined ? "+" : is === undefined ? "-" : "~"} ${title} ${kind}`,
        lines: changes,
        async write() {
          if (is === undefined) await client.call("DELETE", `${path}/${kind}`, z.unknown());
          else await client.call("PUT", `${path}/${kind}`, z.unknown(), mapped(after[kind], ids));
          return true;
        },
      });
    }
  };
  compare("centre", "/api/admin/settings", now.settings.centre, wanted.centre);
  const theirs = mapped(wanted.queues, ids);
  for (const queueId of new Set([...Object.keys(now.settings.queues), ...Object.keys(theirs)])) {
    compare(`queue ${now.names.queues[queueId] ?? queueId}`, `/api/admin/queues/${encodeURIComponent(queueId)}/settings`, now.settings.queues[queueId] ?? {}, theirs[queueId] ?? {});
  }
  return steps;
}

async function flowSteps(options: FilesOptions, wanted: FolderState, now: CentreState, ids: Ids): Promise<Step[]> {
  const { client, io } = options;
  const steps: Step[] = [];
  const documentOf = (document: FlowDocument): FlowDocument => FlowDocument.parse(mapped(document, ids));
  const put = async (document: FlowDocument): Promise<string> => {
    const { status, json } = await client.raw("POST", "/api/flows/import", { type: "application/json", bytes: JSON.stringify({ text: printFlow(document, "json"), as: "replace" }) });
    if (status !== 200) throw new CliError(`${document.id}: ${sentenceOf(json) ?? status}`, FAILED);
    return Made.parse(json).id;
  };
  for (const [id, document] of Object.entries(wanted.flows ?? {})) {
    const here = now.flows[id];
    const changes = lines(here, documentOf(document));
    if (changes.length === 0) continue;
    steps.push({ title: `${here ? "~" : "+"} flow ${id}`, lines: changes, write: async () => publishFlow(options, await put(documentOf(document)), "tandem import") });
  }
  for (const [id, document] of Object.entries(wanted.drafts ?? {})) {
    const here = now.drafts[id] ?? (now.flows[id] && (await client.call("GET", `/api/flows/${encodeURIComponent(id)}`, FlowStudio)).draft.document);
    const changes = lines(here, documentOf(document));
    if (changes.length === 0) continue;
    steps.push({
      title: `${here ? "~" : "+"} draft ${id}`,
      lines: changes,
      async write() {
        io.out(`draft ${await put(documentOf(document))}`);
        return true;
      },
    });
  }
  return steps;
}
