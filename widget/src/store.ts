/**
 * What survives a reload, in the page's localStorage: the visitor's token, the conversation shown, and the outbox, one key a
 * message so that two tabs never overwrite each other's. Values read back are checked: any script of the page may write there.
 */
import type { Conversation, MessageView } from "@tandem/protocol";
import { readFrame } from "./frame.ts";
import { emptyTalk } from "./talk.ts";
import type { Outgoing, Talk } from "./talk.ts";

export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  key(index: number): string | null;
  readonly length: number;
}

/** The quota of a site is about 5 MB, shared with the site: a long conversation keeps its newest part here, the rest on the server. */
const MAX_KEPT_MESSAGES = 200;

export class Store {
  readonly #kv: KeyValue;
  readonly #prefix: string;

  /** `scope` tells apart the servers that one site may embed. */
  constructor(kv: KeyValue, scope: string) {
    this.#kv = kv;
    this.#prefix = `tandem:${scope}:`;
  }

  owns(key: string | null): boolean {
    return key === null || key.startsWith(this.#prefix);
  }

  get token(): string | null {
    return this.#get("token");
  }

  set token(value: string | null) {
    this.#put("token", value);
  }

  get open(): boolean {
    return this.#get("open") === "1";
  }

  set open(value: boolean) {
    this.#put("open", value ? "1" : null);
  }

  /** Opens the call that was promised to this visitor, to move or cancel it. */
  get callback(): string | null {
    return this.#get("callback");
  }

  set callback(value: string | null) {
    this.#put("callback", value);
  }

  loadTalk(): Talk {
    const kept = this.#read("talk");
    const outbox = this.#outbox();
    if (!isRecord(kept)) return { ...emptyTalk, outbox };
    const left = Array.isArray(kept["left"]) ? kept["left"].filter((x) => typeof x === "string") : [];
    const base = { ...emptyTalk, outbox, left };
    const id = kept["interactionId"];
    // One check for all: what we kept must be readable as the welcome it came from.
    const read = readFrame(JSON.stringify({ t: "welcome", token: "", nowMs: 0, conversation: kept["conversation"] ?? null, messages: kept["messages"] }));
    if (typeof id !== "string" || !read.ok || read.frame.t !== "welcome") return base;
    const messages: MessageView[] = read.frame.messages;
    const conversation: Conversation | null = read.frame.conversation;
    return { ...base, interactionId: id, conversation, messages, have: messages.at(-1)?.seq ?? 0, seen: typeof kept["seen"] === "number" ? kept["seen"] : 0 };
  }

  /** Writes what changed between two states. */
  saveTalk(was: Talk, is: Talk): void {
    if (was.outbox !== is.outbox) {
      for (const o of is.outbox) if (!was.outbox.includes(o)) this.#put(`out:${o.clientId}`, JSON.stringify(o));
      const kept = new Set(is.outbox.map((o) => o.clientId));
      for (const o of was.outbox) if (!kept.has(o.clientId)) this.#put(`out:${o.clientId}`, null);
    }
    if (was.messages !== is.messages || was.conversation !== is.conversation || was.left !== is.left || was.seen !== is.seen || was.interactionId !== is.interactionId) {
      const { interactionId, conversation, left, seen } = is;
      this.#put("talk", JSON.stringify({ interactionId, conversation, left, seen, messages: is.messages.slice(-MAX_KEPT_MESSAGES) }));
    }
  }

  #outbox(): Outgoing[] {
    const found: Outgoing[] = [];
    for (let i = 0; i < this.#kv.length; i++) {
      const key = this.#kv.key(i);
      if (!key?.startsWith(`${this.#prefix}out:`)) continue;
      const o = this.#read(key.slice(this.#prefix.length));
      if (isRecord(o) && typeof o["clientId"] === "string" && typeof o["text"] === "string" && typeof o["atMs"] === "number") {
        found.push({ clientId: o["clientId"], text: o["text"], atMs: o["atMs"], refused: typeof o["refused"] === "string" ? o["refused"] : null });
      }
    }
    return found.sort((a, b) => a.atMs - b.atMs || (a.clientId < b.clientId ? -1 : 1));
  }

  #read(name: string): unknown {
    const text = this.#get(name);
    if (text === null) return null;
    try {
      return JSON.parse(text);
    } catch {
      return null; // written by something else under our name: as good as absent, and replaced at the next change
    }
  }

  #get(name: string): string | null {
    return this.#kv.getItem(this.#prefix + name);
  }

  #put(name: string, value: string | null): void {
    try {
      if (value === null) this.#kv.removeItem(this.#prefix + name);
      else this.#kv.setItem(this.#prefix + name, value);
    } catch (error) {
      // Quota full or storage forbidden: the page's memory still holds everything, only a reload would not.
      console.warn("[tandem] this page's storage refuses:", error);
    }
  }
}

/** Where a browser forbids localStorage (private modes, sandboxed frames): the conversation lives as long as the page. */
export function memoryStorage(): KeyValue {
  const map = new Map<string, string>();
  return {
    getItem: (k) => map.get(k) ?? null,
    setItem: (k, v) => void map.set(k, v),
    removeItem: (k) => void map.delete(k),
    key: (i) => [...map.keys()][i] ?? null,
    get length() {
      return map.size;
    },
  };
}

function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
