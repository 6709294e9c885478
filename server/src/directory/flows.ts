/**
 * Flows as they are kept: a draft that several people edit, versions that never change, one of them live. What a document means is the room
 * `flow`'s business: here it is JSON, and whoever publishes brings the verdict.
 *
 * Invariants: a draft is saved only over the revision that its author saw; revisions never go back; a version is never changed; what
 * is live was approved as it was stored; a publishing takes exactly the revision that was approved, or nothing.
 */
import type { Clock } from "../base/clock.ts";
import type { Db, Tx } from "../db/db.ts";
import type { FlowRow } from "./rows.ts";

export interface Author {
  id: string;
  name: string;
}
export interface Written {
  by: string;
  byName: string;
  atMs: number;
}
export interface FlowHead {
  id: string;
  name: string;
  /** What callers meet; null = never published. */
  published: (Written & { version: number }) | null;
  draft: Written & {
    revision: number;
    /** Differs from what is published. */
    changed: boolean;
    /** Findings of its last check; null = not checked since it changed. */
    problems: number | null;
  };
}
export interface FlowVersionRow extends Written {
  version: number;
  note: string;
}
export interface FlowDraft extends Written {
  /** The live version's when nothing was changed since. */
  document: unknown;
  revision: number;
}
/** Somebody saved in between: theirs. */
export interface DraftConflict extends FlowDraft {
  ok: false;
  code: "conflict";
}
export interface FlowRefusal {
  ok: false;
  code: "not-found" | "taken" | "in-use" | "unknown-reference";
  field?: string;
}
/** What a publisher says of a document: `document` as it goes live. */
export type Verdict<D> = { ok: true; document: object } | { ok: false; details: D };

export interface Flows {
  heads(): FlowHead[];
  head(id: string): FlowHead | null;
  /** Those that are live. */
  live(): FlowRow[];
  /** From memory: live ones, those replaced in the last days, and what `keep` brought. Null = not there. */
  version(id: string, version: number): unknown;
  /** Brings versions into memory: what open contacts began with, after a restart. */
  keep(versions: readonly { id: string; version: number }[]): Promise<void>;
  /** Any version, from the database. */
  storedVersion(id: string, version: number): Promise<unknown>;
  /** Latest first. */
  history(id: string): Promise<FlowVersionRow[]>;
  draft(id: string): Promise<FlowDraft | null>;

  /** A flow with a draft and nothing live. A removed one of this id comes back with its history. */
  create(id: string, name: string, document: object, by: Author): Promise<{ ok: true; revision: number } | FlowRefusal>;
  save(id: string, document: object, baseRevision: number, by: Author): Promise<{ ok: true; revision: number } | FlowRefusal | DraftConflict>;
  checked(id: string, revision: number, problems: number): Promise<void>;
  /** The draft goes live as a new version. Without a change since the last one, that one is answered. */
  publish<D>(id: string, of: { baseRevision: number; note: string; by: Author }, approve: Approve<D>): Promise<Publishing<D>>;
  /** An old version goes live again, as a new one; a draft with changes stays as it is. */
  republish<D>(id: string, of: { version: number; note: string; by: Author }, approve: Approve<D>): Promise<Publishing<D>>;
  remove(id: string): Promise<{ ok: true } | FlowRefusal>;
  /** Without a verdict: what this program brings itself (the demo), and tests. */
  put(flow: FlowRow): Promise<void>;
  load(): Promise<void>;
}
export type Approve<D> = (document: unknown) => Promise<Verdict<D>>;
export type Publishing<D> = { ok: true; version: number; revision: number } | FlowRefusal | DraftConflict | { ok: false; code: "unproved"; details: D };

export interface FlowsOptions {
  db: Db;
  clock: Clock;
  /** Writes of the directory take turns. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  changed(id: string, gone: boolean): void;
  /** What keeps a flow from being removed: a number. */
  inUse(id: string): boolean;
  /** The field of a document that names what is not there. */
  missing(document: object): string | null;
}

/** A written contact may idle for days, and a cut call is taken up within minutes: versions replaced so recently are in memory. */
const RECENT_MS = 14 * 86_400_000;
const OURS: Author = { id: "", name: "Tandem" };

/** A version's document: read from its text when it is first asked for. */
class KeptVersion {
  #text: string | null;
  #document: unknown = null;
  constructor(text: string) {
    this.#text = text;
  }
  get document(): unknown {
    if (this.#text !== null) this.#document = JSON.parse(this.#text);
    this.#text = null;
    return this.#document;
  }
}

export async function openFlows({ db, clock, inTurn, changed, inUse, missing }: FlowsOptions): Promise<Flows> {
  const heads = new Map<string, FlowHead>();
  const versions = new Map<string, KeptVersion>();
  const keyOf = (id: string, version: number): string => `${version} ${id}`;
  const keep = (id: string, version: number, text: string): void => void (versions.has(keyOf(id, version)) || versions.set(keyOf(id, version), new KeptVersion(text)));
  const version = (id: string, number: number): unknown => versions.get(keyOf(id, number))?.document ?? null;
  const liveVersion = (id: string): unknown => {
    const at = heads.get(id)?.published?.version;
    return at === undefined ? null : version(id, at);
  };
  const rowOf = (head: FlowHead): FlowRow[] => (head.published === null ? [] : [{ id: head.id, name: head.name, version: head.published.version, definition: liveVersion(head.id) }]);
  const replace = (id: string, change: (head: FlowHead) => FlowHead): void => {
    const head = heads.get(id);
    if (head) heads.set(id, change(head));
  };
  const draftOf = (row: DraftRow, id: string): FlowDraft => ({ document: row.document ?? liveVersion(id), revision: row.revision, by: row.by_id, byName: row.by_name, atMs: row.at_ms });
  const draft = async (id: string): Promise<FlowDraft | null> => {
    if (!heads.has(id)) return null;
    const [row] = await db.query<DraftRow>("SELECT document, revision, by_id, by_name, at_ms FROM flow_draft WHERE flow_id = $1", [id]);
    return row ? draftOf(row, id) : null;
  };
  const conflictOf = async (id: string): Promise<FlowRefusal | DraftConflict> => {
    const theirs = await draft(id);
    return theirs ? { ok: false, code: "conflict", ...theirs } : { ok: false, code: "not-found" };
  };

  const load = async (): Promise<void> => {
    const [flows, kept] = await Promise.all([
      db.query<HeadRow>(
        `SELECT f.id, f.name, f.version, v.by_id, v.by_name, v.at_ms, d.revision, d.document IS NOT NULL OR f.version = 0 AS changed, d.problems, d.by_id AS draft_by_id, d.by_name AS draft_by_name, d.at_ms AS draft_at_ms
         FROM flow f JOIN flow_draft d ON d.flow_id = f.id LEFT JOIN flow_version v ON v.flow_id = f.id AND v.version = f.version WHERE NOT f.removed ORDER BY f.name, f.id`,
      ),
      db.query<{ flow_id: string; version: number; text: string }>(
        `SELECT flow_id, version, document::text AS text
         FROM (SELECT *, lead(at_ms) OVER (PARTITION BY flow_id ORDER BY version) AS until_ms FROM flow_version) v
         WHERE until_ms IS NULL OR until_ms > $1`,
        [clock.now() - RECENT_MS],
      ),
    ]);
    heads.clear();
    for (const row of flows) heads.set(row.id, headOf(row));
    for (const { flow_id: id, version: number, text } of kept) keep(id, number, text);
  };
  await load();

  /** The row of a version, and the switch to it. `text` is what was approved. */
  const goLive = async (tx: Tx, id: string, text: string, note: string, by: Author): Promise<{ version: number; name: string; atMs: number; text: string }> => {
    const [last] = await tx.query<{ version: number }>("SELECT coalesce(max(version), 0)::integer AS version FROM flow_version WHERE flow_id = $1", [id]);
    const number = (last?.version ?? 0) + 1;
    const document = { ...(JSON.parse(text) as object), version: number };
    const atMs = clock.now();
    const stored = JSON.stringify(document);
    const name = nameOf(document) ?? id;
    await tx.query("INSERT INTO flow_version (flow_id, version, document, by_id, by_name, at_ms, note) VALUES ($1, $2, $3, $4, $5, $6, $7)", [id, number, stored, by.id, by.name, atMs, note]);
    await tx.query("UPDATE flow SET version = $2, name = $3 WHERE id = $1", [id, number, name]);
    return { version: number, name, atMs, text: stored };
  };
  const isLive = (id: string, by: Author, live: { version: number; name: string; atMs: number; text: string }, next: Partial<FlowHead["draft"]>): void => {
    keep(id, live.version, live.text);
    replace(id, (head) => ({ ...head, name: live.name, published: { version: live.version, by: by.id, byName: by.name, atMs: live.atMs }, draft: { ...head.draft, ...next } }));
    changed(id, false);
  };

  const flows: Flows = {
    heads: () => [...heads.values()],
    head: (id) => heads.get(id) ?? null,
    live: () => [...heads.values()].flatMap(rowOf),
    version,
    async keep(wanted) {
      const absent = wanted.filter(({ id, version: number }) => !versions.has(keyOf(id, number)));
      if (absent.length === 0) return;
      const rows = await db.query<{ flow_id: string; version: number; text: string }>("SELECT flow_id, version, document::text AS text FROM flow_version WHERE (flow_id, version) IN (SELECT * FROM unnest($1::text[], $2::integer[]))", [absent.map((one) => one.id), absent.map((one) => one.version)]);
      for (const row of rows) keep(row.flow_id, row.version, row.text);
    },
    async storedVersion(id, number) {
      const [row] = await db.query<{ document: unknown }>("SELECT document FROM flow_version WHERE flow_id = $1 AND version = $2", [id, number]);
      return row?.document ?? null;
    },
    async history(id) {
      const rows = await db.query<{ version: number; by_id: string; by_name: string; at_ms: number; note: string }>("SELECT version, by_id, by_name, at_ms, note FROM flow_version WHERE flow_id = $1 ORDER BY version DESC", [id]);
      return rows.map((row) => ({ version: row.version, by: row.by_id, byName: row.by_name, atMs: row.at_ms, note: row.note }));
    },
    draft,

    create: (id, name, document, by) =>
      inTurn(async () => {
        if (heads.has(id)) return { ok: false, code: "taken", field: "id" };
        const atMs = clock.now();
        const revision = await db.transaction(async (tx) => {
          await tx.query("INSERT INTO flow (id, name, version) VALUES ($1, $2, 0) ON CONFLICT (id) DO UPDATE SET name = $2, version = 0, removed = false", [id, name]);
          const [row] = await tx.query<{ revision: number }>(
            `INSERT INTO flow_draft AS d (flow_id, document, revision, by_id, by_name, at_ms) VALUES ($1, $2, 1, $3, $4, $5)
             ON CONFLICT (flow_id) DO UPDATE SET document = $2, revision = d.revision + 1, by_id = $3, by_name = $4, at_ms = $5, problems = NULL RETURNING revision`,
            [id, JSON.stringify(document), by.id, by.name, atMs],
          );
          return row!.revision;
        });
        heads.set(id, { id, name, published: null, draft: { revision, changed: true, problems: null, by: by.id, byName: by.name, atMs } });
        changed(id, false);
        return { ok: true, revision };
      }),
    async save(id, document, baseRevision, by) {
      if (!heads.has(id)) return { ok: false, code: "not-found" };
      const atMs = clock.now();
      const [row] = await db.query<{ revision: number }>(
        "UPDATE flow_draft SET document = $2, revision = revision + 1, by_id = $4, by_name = $5, at_ms = $6, problems = NULL WHERE flow_id = $1 AND revision = $3 RETURNING revision",
        [id, JSON.stringify(document), baseRevision, by.id, by.name, atMs],
      );
      if (!row) return conflictOf(id);
      // Answers may overtake each other on their way from the database.
      replace(id, (head) => (head.draft.revision > row.revision ? head : { ...head, name: head.published === null ? (nameOf(document) ?? head.name) : head.name, draft: { revision: row.revision, changed: true, problems: null, by: by.id, byName: by.name, atMs } }));
      return { ok: true, revision: row.revision };
    },
    async checked(id, revision, problems) {
      await db.query("UPDATE flow_draft SET problems = $3 WHERE flow_id = $1 AND revision = $2", [id, revision, problems]);
      replace(id, (head) => (head.draft.revision === revision ? { ...head, draft: { ...head.draft, problems } } : head));
    },
    async publish(id, { baseRevision, note, by }, approve) {
      const seen = await draft(id);
      if (!seen) return { ok: false, code: "not-found" };
      if (seen.revision !== baseRevision) return { ok: false, code: "conflict", ...seen };
      const verdict = await approve(seen.document);
      if (!verdict.ok) return { ok: false, code: "unproved", details: verdict.details };
      return inTurn(async () => {
        const head = heads.get(id);
        if (!head) return { ok: false, code: "not-found" };
        const field = missing(verdict.document); // removed while it was being proved
        if (field !== null) return { ok: false, code: "unknown-reference", field };
        const text = JSON.stringify(verdict.document);
        const same = head.published !== null && alike(verdict.document, liveVersion(id));
        const done = await db.transaction(async (tx) => {
          const [row] = await tx.query<{ revision: number }>("UPDATE flow_draft SET document = NULL, revision = revision + 1, by_id = $3, by_name = $4, at_ms = $5 WHERE flow_id = $1 AND revision = $2 RETURNING revision", [id, baseRevision, by.id, by.name, clock.now()]);
          if (!row) return null;
          return { revision: row.revision, live: same ? null : await goLive(tx, id, text, note, by) };
        });
        if (!done) return conflictOf(id);
        const as = { revision: done.revision, changed: false, by: by.id, byName: by.name, atMs: clock.now() };
        if (done.live) isLive(id, by, done.live, as);
        else replace(id, (was) => ({ ...was, draft: { ...was.draft, ...as } }));
        return { ok: true, version: heads.get(id)!.published!.version, revision: done.revision };
      });
    },
    async republish(id, { version: number, note, by }, approve) {
      const document = heads.has(id) ? await flows.storedVersion(id, number) : null;
      if (document === null) return { ok: false, code: "not-found", field: "version" };
      const verdict = await approve(document);
      if (!verdict.ok) return { ok: false, code: "unproved", details: verdict.details };
      return inTurn(async () => {
        const head = heads.get(id);
        if (!head) return { ok: false, code: "not-found" };
        const field = missing(verdict.document);
        if (field !== null) return { ok: false, code: "unknown-reference", field };
        if (alike(verdict.document, liveVersion(id))) return { ok: true, version: head.published?.version ?? number, revision: head.draft.revision };
        const done = await db.transaction(async (tx) => {
          const live = await goLive(tx, id, JSON.stringify(verdict.document), note, by);
          // An unchanged draft follows what is live; it is another document now.
          const [row] = await tx.query<{ revision: number }>("UPDATE flow_draft SET revision = revision + 1, by_id = $2, by_name = $3, at_ms = $4, problems = NULL WHERE flow_id = $1 AND document IS NULL RETURNING revision", [id, by.id, by.name, live.atMs]);
          return { live, revision: row?.revision ?? null };
        });
        isLive(id, by, done.live, done.revision === null ? {} : { revision: done.revision, problems: null, by: by.id, byName: by.name, atMs: done.live.atMs });
        return { ok: true, version: done.live.version, revision: heads.get(id)!.draft.revision };
      });
    },
    remove: (id) =>
      inTurn(async () => {
        if (!heads.has(id)) return { ok: false, code: "not-found" };
        // A part of another flow, published or being edited, or what a number runs.
        const named = await db.query("SELECT FROM flow f JOIN flow_draft d ON d.flow_id = f.id LEFT JOIN flow_version v ON v.flow_id = f.id AND v.version = f.version WHERE f.id <> $1 AND NOT f.removed AND (position($2 in v.document::text) > 0 OR position($2 in d.document::text) > 0) LIMIT 1", [id, `"flowId":${JSON.stringify(id)}`]);
        if (inUse(id) || named.length > 0) return { ok: false, code: "in-use" };
        await db.query("UPDATE flow SET removed = true WHERE id = $1", [id]);
        heads.delete(id);
        changed(id, true);
        return { ok: true };
      }),
    put: ({ id, name, version: wanted, definition }) =>
      inTurn(async () => {
        const atMs = clock.now();
        const [number, text] = await db.transaction(async (tx): Promise<[number, string]> => {
          await tx.query("INSERT INTO flow (id, name, version) VALUES ($1, $2, 0) ON CONFLICT (id) DO UPDATE SET removed = false", [id, name]);
          const [last] = await tx.query<{ version: number }>("SELECT coalesce(max(version), 0)::integer AS version FROM flow_version WHERE flow_id = $1", [id]);
          const next = Math.max(wanted, (last?.version ?? 0) + 1);
          const stored = JSON.stringify(definition);
          await tx.query("INSERT INTO flow_version (flow_id, version, document, by_id, by_name, at_ms, note) VALUES ($1, $2, $3, $4, $5, $6, '')", [id, next, stored, OURS.id, OURS.name, atMs]);
          await tx.query("UPDATE flow SET version = $2, name = $3 WHERE id = $1", [id, next, name]);
          await tx.query("INSERT INTO flow_draft AS d (flow_id, document, revision, by_id, by_name, at_ms) VALUES ($1, NULL, 1, $2, $3, $4) ON CONFLICT (flow_id) DO UPDATE SET document = NULL, revision = d.revision + 1, by_id = $2, by_name = $3, at_ms = $4, problems = NULL", [id, OURS.id, OURS.name, atMs]);
          return [next, stored];
        });
        keep(id, number, text);
        const who = { by: OURS.id, byName: OURS.name, atMs };
        heads.set(id, { id, name, published: { version: number, ...who }, draft: { revision: (heads.get(id)?.draft.revision ?? 0) + 1, changed: false, problems: null, ...who } });
        changed(id, false);
      }),
    load,
  };
  return flows;
}

interface DraftRow extends Record<string, unknown> {
  document: unknown;
  revision: number;
  by_id: string;
  by_name: string;
  at_ms: number;
}
interface HeadRow extends Record<string, unknown> {
  id: string;
  name: string;
  version: number;
  by_id: string | null;
  by_name: string | null;
  at_ms: number | null;
  revision: number;
  changed: boolean;
  problems: number | null;
  draft_by_id: string;
  draft_by_name: string;
  draft_at_ms: number;
}

function headOf(row: HeadRow): FlowHead {
  return {
    id: row.id,
    name: row.name,
    published: row.version === 0 ? null : { version: row.version, by: row.by_id ?? "", byName: row.by_name ?? "", atMs: row.at_ms ?? 0 },
    draft: { revision: row.revision, changed: row.changed, problems: row.problems, by: row.draft_by_id, byName: row.draft_by_name, atMs: row.draft_at_ms },
  };
}

function nameOf(document: object): string | null {
  return "name" in document && typeof document.name === "string" ? document.name : null;
}

/** The same document but for its version. */
function alike(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(document: unknown): string {
  return JSON.stringify(document, (key, value: unknown) => {
    if (key === "version") return undefined;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1))) : value;
  });
}
