/** What the designer and the command line do with flows: the directory's drafts and versions, read, proved, compared, tried. */
import { NewFlow, type FlowRow, type FlowTemplate, type Proof, type TestResults } from "@tandem/protocol/flow-studio";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { z } from "zod";
import type { FlowAt, FlowDesk, FlowDone } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import type { Centre } from "../centre/centre.ts";
import type { Db } from "../db/db.ts";
import { flowChanges, printFlow, type Directory, type FlowHead, type FlowRefusal, type Flows, type ReadFile, type Verdict } from "../directory/directory.ts";
import { brokenCallers } from "./flow-callers.ts";
import { documentOf } from "./flow-document.ts";
import type { FlowJudge } from "./flow-judge.ts";
import { unreadable } from "./flow-proofs.ts";
import { createTrafficView } from "./flow-traffic-view.ts";
import type { FlowWatch } from "./flow-watch.ts";
import { queuesNamed, slugOf, starterFlow, withQueuesOf } from "./new-flow.ts";

type Results = z.infer<typeof TestResults>;
interface NotProved {
  proof: Proof;
  tests: Results;
}

export interface FlowStudioOptions {
  db: Db;
  clock: Clock;
  directory: Directory;
  centre(): Pick<Centre, "queueLive">;
  judge: FlowJudge;
  watch: Pick<FlowWatch, "broken" | "proofs">;
  /** A file's text, read away from the calls. */
  readFile(text: string, language: "fr" | "en"): Promise<ReadFile<FlowDocument>>;
  /** `queues`: what its queues are for, by their ids. */
  templates: readonly { title: FlowTemplate["name"]; description: FlowTemplate["about"]; document: FlowDocument; queues: Readonly<Record<string, FlowTemplate["name"]>> }[];
}

/** Ids in files of another program become names of ours: what a path or a SIP user can carry. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;

export function createFlowStudio({ db, clock, directory, centre, judge, watch, readFile, templates }: FlowStudioOptions): FlowDesk {
  const { studio } = directory;
  const traffic = createTrafficView({ db, clock });

  const draftOf = async (id: string): Promise<{ document: FlowDocument; revision: number; by: string; byName: string; atMs: number } | null> => {
    const draft = await studio.draft(id);
    const document = draft && documentOf(draft.document);
    return draft && document ? { ...draft, document } : null;
  };
  const documentAt = async (id: string, at: FlowAt | "published"): Promise<FlowDocument | null> => {
    if (!studio.head(id)) return null;
    if (at === "draft") return (await draftOf(id))?.document ?? null;
    const version = at === "published" ? studio.head(id)?.published?.version : at;
    return version === undefined ? null : documentOf(await studio.storedVersion(id, version));
  };
  /** The draft goes live only as what was proved. `findings`: how many warnings are left. */
  const approve = async (id: string, given: unknown, findings: (count: number) => void): Promise<Verdict<NotProved>> => {
    const document = documentOf(given);
    // What cannot be read at all is not proved either: a database that somebody wrote into.
    if (!document) return { ok: false, details: { proof: unreadable(), tests: [] } };
    const centre = judge.centre();
    const own = await judge.prove({ ...document, id }, true, centre);
    const others = own.ok ? await brokenCallers({ ...document, id }, judge, centre) : [];
    const proof = { ...own, ok: own.ok && others.length === 0, findings: [...others, ...own.findings] };
    const tests = judge.test(document);
    findings(proof.findings.length);
    return proof.ok && tests.every(({ ok }) => ok) ? { ok: true, document: { ...document, id } } : { ok: false, details: { proof, tests } };
  };
  const conflict = <T extends { ok: true } | { ok: false; code: string }>(done: T): Exclude<T, { code: "conflict" }> | Extract<FlowDone<object>, { code: "conflict" }> | FlowRefusal => {
    if (done.ok || done.code !== "conflict") return done as Exclude<T, { code: "conflict" }>;
    const theirs = done as unknown as Extract<Awaited<ReturnType<Flows["save"]>>, { code: "conflict" }>;
    const document = documentOf(theirs.document);
    return document ? { ...theirs, document } : { ok: false, code: "not-found" };
  };
  const unusedId = (name: string): string => {
    const slug = slugOf(name);
    for (let i = 1; ; i++) {
      const id = i === 1 ? slug : `${slug}-${i}`;
      if (!studio.head(id)) return id;
    }
  };
  const published = async (id: string, publish: (approved: (given: unknown) => Promise<Verdict<NotProved>>) => ReturnType<typeof studio.publish<NotProved>>): Promise<FlowDone<{ version: number; revision: number }>> => {
    let findings = 0;
    const done = await publish((given) => approve(id, given, (count) => (findings = count)));
    if (!done.ok && done.code === "unproved") return { ok: false, code: "unproved", ...done.details };
    if (done.ok && studio.head(id)?.draft.changed === false) await studio.checked(id, done.revision, findings);
    return conflict(done) as FlowDone<{ version: number; revision: number }>;
  };

  return {
    async list() {
      const contacts = await traffic.contacts((id) => documentOf(directory.flow(id)?.definition)?.start ?? null);
      return studio.heads().map((head): FlowRow => ({
        id: head.id,
        name: head.name,
        published: head.published,
        draft: head.draft.changed ? draftRow(head) : null,
        problems: head.draft.problems,
        broken: head.published === null ? null : watch.broken(head.id),
        numbers: directory.numbers().filter(({ flowId }) => flowId === head.id).map(({ number }) => number),
        contacts24h: contacts.get(head.id) ?? 0,
      }));
    },
    templates: () =>
      templates.map(({ title, description, document, queues }) => ({
        id: document.id, name: title, about: description, languages: document.languages, steps: Object.keys(document.steps).length,
        queues: queuesNamed(document).map((key) => ({ key, name: queues[key] ?? { fr: key, en: key } })),
      })),
    async create(body, by) {
      const { name, templateId, queues: chosen = {} } = NewFlow.parse(body);
      const id = unusedId(name);
      const template = templateId === undefined ? null : templates.find(({ document }) => document.id === templateId);
      if (template === undefined) return { ok: false, code: "unknown-reference", field: "templateId" };
      const queues = directory.queues();
      if (queues.length === 0) return { ok: false, code: "unknown-reference", field: "queueId" };
      if (Object.values(chosen).some((queueId) => !directory.queue(queueId))) return { ok: false, code: "unknown-reference", field: "queues" };
      const document = template ? withQueuesOf({ ...template.document, id, name, version: 1 }, queues.map((queue) => queue.id), directory.skills().map((skill) => skill.id), chosen) : starterFlow(id, name, queues[0]!.id);
      const done = await studio.create(id, name, document, by);
      return done.ok ? { ok: true, id } : done;
    },
    async studio(id) {
      const head = studio.head(id);
      const draft = await draftOf(id);
      if (!head || !draft) return null;
      return { id, published: documentOf(directory.flow(id)?.definition), draft, versions: await studio.history(id) };
    },
    async save(id, document, baseRevision, by) {
      return conflict(await studio.save(id, { ...document, id }, baseRevision, by));
    },
    async check(id) {
      const draft = await draftOf(id);
      if (!draft) return null;
      const proof = await judge.prove(draft.document, false);
      await studio.checked(id, draft.revision, proof.findings.length);
      return proof;
    },
    async tests(id) {
      const draft = await draftOf(id);
      return draft && judge.test(draft.document);
    },
    publish: async (id, { note, baseRevision }, by) => published(id, (approved) => studio.publish(id, { note, baseRevision, by }, approved)),
    async rollback(id, { version, publish, baseRevision, note }, by) {
      if (publish) return published(id, (approved) => studio.republish(id, { version, note: note ?? `← v${version}`, by }, approved));
      const document = await documentAt(id, version);
      const revision = baseRevision ?? studio.head(id)?.draft.revision;
      if (!document || revision === undefined) return { ok: false, code: "not-found" };
      return conflict(await studio.save(id, { ...document, id }, revision, by));
    },
    version: documentAt,
    async diff(id, from, to) {
      const [before, after] = [await documentAt(id, from), await documentAt(id, to)];
      return before && after && flowChanges(before, after);
    },
    async print(id, of, format) {
      const document = await documentAt(id, of);
      return document && printFlow(document, format);
    },
    async import(text, as, by, language) {
      const read = await readFile(text, language);
      if (!read.ok) return { ok: false, code: "bad-flow", problems: read.problems };
      const document = read.value;
      if (!ID.test(document.id)) return { ok: false, code: "bad-flow", problems: [{ path: "id", line: null, column: null, why: language === "fr" ? "lettres, chiffres, « . », « - » et « _ » seulement" : "letters, digits, “.”, “-” and “_” only" }] };
      const head = studio.head(document.id);
      if (!head || as === "copy") {
        const id = head ? unusedId(document.id) : document.id;
        const name = head ? `${document.name.slice(0, 90)} (${language === "fr" ? "copie" : "copy"})` : document.name;
        const done = await studio.create(id, name, { ...document, id, name }, by);
        return done.ok ? { ok: true, id, revision: done.revision, changed: true } : done;
      }
      const draft = await draftOf(document.id);
      if (draft && sameFlow(draft.document, document)) return { ok: true, id: document.id, revision: draft.revision, changed: false };
      if (as === undefined) return { ok: false, code: "exists", id: document.id, name: head.name };
      const done = conflict(await studio.save(document.id, document, head.draft.revision, by));
      return done.ok ? { ok: true, id: document.id, revision: done.revision, changed: true } : done;
    },
    async checkFile(text, language) {
      const read = await readFile(text, language);
      if (!read.ok) return { ok: false, code: "bad-flow", problems: read.problems };
      const { id, name } = read.value;
      return { ok: true, id, name, proof: await judge.prove(read.value, true), tests: judge.test(read.value) };
    },
    remove: (id) => studio.remove(id),
    proofs: () => watch.proofs(),
    async traffic(id) {
      if (!studio.head(id)) return null;
      const documents = [await documentAt(id, "draft"), await documentAt(id, "published")];
      const queueIds = new Set(documents.flatMap((document) => (document ? [document.reachHuman.queueId, ...Object.values(document.steps).flatMap((step) => ("queueId" in step ? [step.queueId] : []))] : [])));
      const queues = [...queueIds].filter((queueId) => directory.queue(queueId)).map((queueId) => {
        const { count, oldestSinceMs, staffed } = centre().queueLive(queueId);
        return [queueId, { waiting: count, longestWaitMs: oldestSinceMs === null ? 0 : Math.max(0, clock.now() - oldestSinceMs), staffed }] as const;
      });
      return { ...(await traffic.of(id)), queues: Object.fromEntries(queues) };
    },
    async run(id, acts) {
      const draft = await draftOf(id);
      return draft && judge.run(draft.document, acts);
    },
  };
}

function draftRow({ draft }: FlowHead): NonNullable<FlowRow["draft"]> {
  const { revision, by, byName, atMs } = draft;
  return { revision, by, byName, atMs };
}

function sameFlow(a: FlowDocument, b: FlowDocument): boolean {
  return printFlow(a, "json") === printFlow(b, "json");
}
