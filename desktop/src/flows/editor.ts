/**
 * One flow being edited: the document, what can be undone, what is chosen, and its way to the server. Every change is saved by
 * itself a moment later; what somebody else saved in between is put together with ours by step, and only where both changed the same
 * thing does a person choose. Undo takes back our own changes, never theirs. Time and the server come in as ports.
 */
import { DraftConflict } from "@tandem/protocol/flow-studio";
import type { FlowStudio, Proof } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import { ApiFailure, createStore, inWords } from "../data/data.ts";
import type { Store } from "../data/data.ts";
import { same } from "./model/equal.ts";
import { merge, reapply } from "./model/merge.ts";
import type { Conflict } from "./model/merge.ts";

/** A pause in typing; shorter and every letter is a revision. */
const SAVE_AFTER_MS = 700;
const CHECK_AFTER_MS = 250;
const RETRY_AFTER_MS = 4000;
/** Changes of one field become one step of undo unless the hand rested so long. */
const ONE_CHANGE_MS = 2500;
/** Each entry holds only what differs from the next (structure is shared). */
const MAX_UNDO = 300;

export interface Entry {
  before: FlowDocument;
  after: FlowDocument;
  /** What was chosen before it. */
  selection: readonly string[];
  key: string | null;
  atMs: number;
}
export type Saving = "saved" | "waiting" | "saving" | "failed" | "invalid" | "conflict";

export interface EditorState {
  document: FlowDocument;
  /** As the server has it. */
  saved: FlowDocument;
  revision: number;
  saving: Saving;
  /** Why it is not saved, in words. */
  why: string | null;
  past: readonly Entry[];
  future: readonly Entry[];
  selection: readonly string[];
  conflict: { conflicts: readonly Conflict[]; theirs: FlowDocument; revision: number; byName: string } | null;
  proof: Proof | null;
  /** Being proved, or about to be. */
  proving: boolean;
  studio: FlowStudio;
}

export interface EditorPorts {
  now(): number;
  after(ms: number, run: () => void): () => void;
  save(document: FlowDocument, baseRevision: number): Promise<{ revision: number }>;
  check(): Promise<Proof>;
  studio(): Promise<FlowStudio>;
  /** A document of the server with a place for every step. */
  placed(document: FlowDocument): FlowDocument;
  /** Somebody's changes came in beside ours. */
  onMerged(byName: string): void;
}

export interface Editor {
  readonly state: Store<EditorState>;
  /** `key`: changes in a row with the same one are undone together (typing in one field). `selection`: chosen after it. */
  change(key: string | null, change: (document: FlowDocument) => FlowDocument, selection?: readonly string[]): void;
  undo(): void;
  redo(): void;
  /** The way back from the change made last, whatever is changed after it. */
  takeBack(): () => void;
  select(ids: readonly string[]): void;
  /** Saves what is not saved yet; resolves when the server has everything, or it cannot be. */
  flush(): Promise<boolean>;
  /** Each conflict takes a side; those not named take mine. */
  choose(sides: ReadonlyMap<string, "mine" | "theirs">): void;
  /** The stream says that the draft (or what is published) changed. */
  changedElsewhere(revision: number): void;
  /** Reads it anew: after a publishing. */
  reload(): Promise<void>;
  /** What this does to the draft on the server is one's own, whichever way it comes back: nobody is told that it came in. */
  own(work: () => Promise<unknown>): Promise<void>;
}

export function createEditor(studio: FlowStudio, ports: EditorPorts): Editor {
  const { revision } = studio.draft;
  const document = ports.placed(studio.draft.document);
  const state = createStore<EditorState>({
    document, saved: document, revision, saving: "saved", why: null, past: [], future: [], selection: [], conflict: null, proof: null, proving: true, studio,
  });
  let cancelSave = (): void => {};
  let cancelCheck = (): void => {};
  let inFlight: Promise<void> | null = null;
  let heard = revision;
  let ownWork = 0;
  const set = (change: Partial<EditorState>): void => state.update((s) => ({ ...s, ...change }));

  const saveSoon = (ms = SAVE_AFTER_MS): void => {
    cancelSave();
    cancelSave = ports.after(ms, () => void save());
  };

  const checkSoon = (): void => {
    cancelCheck();
    set({ proving: true });
    cancelCheck = ports.after(CHECK_AFTER_MS, () => void check());
  };
  const checkNow = (): void => {
    set({ proving: true });
    void check();
  };

  const check = async (): Promise<void> => {
    const of = state.get().revision;
    try {
      const proof = await ports.check();
      if (state.get().revision === of) set({ proof, proving: false });
    } catch (error) {
      // The designer goes on with the proof that it has; of a draft that was saved since, its own check tells.
      if (state.get().revision !== of) return;
      set({ proving: false });
      if (mayPass(error)) cancelCheck = ports.after(RETRY_AFTER_MS, checkNow);
      else console.warn("flows: the draft could not be checked", error);
    }
  };

  const save = async (): Promise<void> => {
    cancelSave();
    if (inFlight !== null) return inFlight;
    const { document: now, saved, conflict } = state.get();
    if (conflict !== null) return;
    if (now === saved) return set({ saving: "saved", why: null });
    const read = FlowDocument.safeParse(now);
    if (!read.success) {
      const [issue] = read.error.issues;
      return set({ saving: "invalid", why: issue === undefined ? null : `${issue.path.join(" › ")}: ${issue.message}` });
    }
    set({ saving: "saving", why: null });
    inFlight = send(now);
    await inFlight;
    inFlight = null;
    if (state.get().document !== state.get().saved && state.get().saving !== "failed") saveSoon();
    if (heard > state.get().revision) await reload();
  };

  const send = async (now: FlowDocument): Promise<void> => {
    try {
      const answer = await ports.save(now, state.get().revision);
      const { document: latest } = state.get();
      set({ saved: now, revision: answer.revision, saving: latest === now ? "saved" : "waiting", why: null });
      heard = Math.max(heard, answer.revision);
      checkSoon();
    } catch (error) {
      const conflict = error instanceof ApiFailure && error.status === 409 ? DraftConflict.safeParse(error.answer) : null;
      if (conflict?.success === true) return meet(ports.placed(conflict.data.document), conflict.data.revision, conflict.data.byName);
      set({ saving: "failed", why: inWords(error) });
      if (mayPass(error)) saveSoon(RETRY_AFTER_MS);
    }
  };

  /** Their document comes in beside ours. */
  const meet = (theirs: FlowDocument, theirRevision: number, byName: string, sides?: ReadonlyMap<string, "mine" | "theirs">): void => {
    const { document: mine, saved } = state.get();
    const { document: merged, conflicts } = merge(saved, mine, theirs, (id) => sides?.get(id) ?? "mine");
    if (conflicts.length > 0 && sides === undefined) return set({ conflict: { conflicts, theirs, revision: theirRevision, byName }, saving: "conflict" });
    heard = Math.max(heard, theirRevision);
    const selection = state.get().selection.filter((id) => Object.hasOwn(merged.steps, id));
    set({ document: merged, saved: theirs, revision: theirRevision, conflict: null, saving: merged === theirs ? "saved" : "waiting", why: null, selection });
    // A publishing gives the same document back with its number: nobody changed anything.
    if (sides === undefined && ownWork === 0 && !same({ ...theirs, version: saved.version }, saved)) ports.onMerged(byName);
    if (merged === theirs) checkSoon();
    else saveSoon(0);
  };

  const reload = async (): Promise<void> => {
    let fresh: FlowStudio;
    try {
      fresh = await ports.studio();
    } catch (error) {
      // Not reached: the next save tells of it, and a conflict then brings their document.
      console.warn("flows: the flow could not be read again", error);
      return;
    }
    set({ studio: fresh });
    const { draft } = fresh;
    if (draft.revision === state.get().revision || state.get().conflict !== null) return;
    meet(ports.placed(draft.document), draft.revision, draft.byName);
  };

  const step = (from: "past" | "future"): void => {
    const now = state.get();
    const entry = from === "past" ? now.past.at(-1) : now.future.at(-1);
    if (entry === undefined) return;
    const back = from === "past" ? reapply(entry.after, entry.before, now.document) : reapply(entry.before, entry.after, now.document);
    const moved: Entry = { ...entry, key: null, selection: now.selection };
    set({
      document: back,
      past: from === "past" ? now.past.slice(0, -1) : [...now.past, moved],
      future: from === "past" ? [...now.future, moved] : now.future.slice(0, -1),
      selection: entry.selection.filter((id) => Object.hasOwn(back.steps, id)),
      saving: now.conflict === null ? "waiting" : now.saving,
    });
    saveSoon();
  };

  const change: Editor["change"] = (key, make, selection) => {
    const now = state.get();
    const next = make(now.document);
    if (next === now.document) {
      if (selection !== undefined) set({ selection });
      return;
    }
    const last = now.past.at(-1);
    const together = key !== null && last?.key === key && now.future.length === 0 && ports.now() - last.atMs < ONE_CHANGE_MS;
    const entry: Entry = together ? { ...last, after: next, atMs: ports.now() } : { before: now.document, after: next, selection: now.selection, key, atMs: ports.now() };
    set({
      document: next,
      past: [...(together ? now.past.slice(0, -1) : now.past), entry].slice(-MAX_UNDO),
      future: [],
      selection: selection ?? now.selection.filter((id) => Object.hasOwn(next.steps, id)),
      saving: now.conflict === null ? "waiting" : now.saving,
    });
    saveSoon();
  };

  checkSoon();
  return {
    state,
    change,
    undo: () => step("past"),
    redo: () => step("future"),
    takeBack() {
      const entry = state.get().past.at(-1);
      return () => {
        if (entry === undefined) return;
        if (state.get().past.at(-1) === entry) return step("past");
        change(null, (document) => reapply(entry.after, entry.before, document), entry.selection);
      };
    },
    select(ids) {
      const { selection } = state.get();
      if (selection.length === ids.length && selection.every((id, i) => id === ids[i])) return;
      set({ selection: [...ids] });
    },
    async flush() {
      // A save under way may have begun before the last change: then one more.
      for (let turn = 0; turn < 3 && state.get().document !== state.get().saved; turn++) await save();
      cancelSave();
      const now = state.get();
      if (now.document !== now.saved && now.saving !== "conflict") saveSoon();
      return now.document === now.saved;
    },
    choose(sides) {
      const { conflict } = state.get();
      if (conflict !== null) meet(conflict.theirs, conflict.revision, conflict.byName, sides);
    },
    changedElsewhere(changed) {
      heard = Math.max(heard, changed);
      if (inFlight === null && state.get().conflict === null && changed !== state.get().revision) void reload();
    },
    reload,
    async own(work) {
      ownWork++;
      try {
        await work();
        await reload();
      } finally {
        ownWork--;
      }
    },
  };
}

/** Trying again may help: not reached, a failure of the server's own, or too much at once. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiFailure && (error.unreachable || error.status >= 500 || error.status === 429);
}
