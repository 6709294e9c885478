/**
 * Disposition and notes of each contact while they are being typed: kept here at once, saved to the server shortly after the
 * last change, and closed with one key. What is typed wins over what the server shows until the server has it.
 */
import type { Notes } from "@tandem/protocol";
import { api, createStore, inWords, useSelect } from "../data/data.ts";

/** Typing pauses longer than this are saved. */
const SAVE_AFTER_MS = 700;
/** The server was not reached: tried again this often. */
const RETRY_MS = 4000;

export interface Page extends Notes {
  readonly state: "saved" | "dirty" | "saving" | "failed";
  readonly why: string | null;
}
type Pages = ReadonlyMap<string, Page>;
export interface NotebookPorts {
  save(id: string, notes: Notes): Promise<unknown>;
  wrap(id: string, notes: Notes): Promise<unknown>;
  after(ms: number, fire: () => void): () => void;
  inWords(error: unknown): string;
}
type Contact = { readonly id: string } & Notes;

export function createNotebook(ports: NotebookPorts) {
  const pages = createStore<Pages>(new Map());
  const timers = new Map<string, () => void>();

  const put = (id: string, page: Page): void => pages.update((all) => new Map(all).set(id, page));
  const cancel = (id: string): void => {
    timers.get(id)?.();
    timers.delete(id);
  };
  const later = (id: string, ms: number): void => {
    cancel(id);
    timers.set(
      id,
      ports.after(ms, () => void flush(id)),
    );
  };

  async function flush(id: string): Promise<void> {
    cancel(id);
    const page = pages.get().get(id);
    if (page === undefined || page.state === "saved" || page.state === "saving") return;
    const sent: Notes = { disposition: page.disposition, notes: page.notes };
    put(id, { ...page, state: "saving", why: null });
    try {
      await ports.save(id, sent);
      const now = pages.get().get(id);
      if (now === undefined) return;
      // Typed on while it was being saved: that is saved next.
      if (now.disposition === sent.disposition && now.notes === sent.notes) put(id, { ...now, state: "saved", why: null });
      else {
        put(id, { ...now, state: "dirty" });
        later(id, SAVE_AFTER_MS);
      }
    } catch (error) {
      const now = pages.get().get(id);
      if (now === undefined) return;
      put(id, { ...now, state: "failed", why: ports.inWords(error) });
      later(id, RETRY_MS);
    }
  }

  return {
    pages,
    read(contact: Contact): Page {
      return pages.get().get(contact.id) ?? { disposition: contact.disposition, notes: contact.notes, state: "saved", why: null };
    },
    edit(contact: Contact, change: Partial<Notes>): void {
      const page = this.read(contact);
      // While one save is under way its end looks at what was typed meanwhile.
      const state = page.state === "saving" ? "saving" : "dirty";
      put(contact.id, { ...page, ...change, state });
      if (state === "dirty") later(contact.id, SAVE_AFTER_MS);
    },
    flush,
    /** Sends all and closes the wrap-up; throws in words when refused, with the text kept. */
    async validate(contact: Contact): Promise<void> {
      cancel(contact.id);
      const { disposition, notes } = this.read(contact);
      await ports.wrap(contact.id, { disposition, notes });
      this.forget(contact.id);
    },
    /** The contact is closed: nothing more to keep. */
    forget(id: string): void {
      cancel(id);
      pages.update((all) => {
        const rest = new Map(all);
        rest.delete(id);
        return rest;
      });
    },
  };
}

export const notebook = createNotebook({
  save: (id, notes) => api.saveNotes(id, notes),
  wrap: (id, notes) => api.wrap(id, notes),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
  inWords,
});

export function useNotes(contact: Contact): Page {
  const page = useSelect(notebook.pages, (pages) => pages.get(contact.id) ?? null);
  return page ?? { disposition: contact.disposition, notes: contact.notes, state: "saved", why: null };
}
