/**
 * The visitor's side of a conversation on this page: joins the reducer (talk), the connection (link) and the storage (store).
 *
 * One message travels at a time: the next leaves when the server gave the previous one back. People type slowly, so it costs
 * nothing, and it keeps the order even when the server refuses one for a moment. Every tab sends the head of the same shared
 * outbox; the server keeps one of each clientId.
 */
import type { PageContext, WidgetClientFrame, WidgetServerFrame } from "@tandem/protocol";
import { Link } from "./link.ts";
import type { LinkPorts, LinkState } from "./link.ts";
import type { Store } from "./store.ts";
import { emptyTalk, missesBefore, stepTalk, toSend, unread } from "./talk.ts";
import type { Talk, TalkEvent } from "./talk.ts";

export interface SessionPorts extends LinkPorts {
  /** Wall clock, epoch ms. */
  now(): number;
  /** 8 to 64 characters, unique among this visitor's messages. */
  newClientId(): string;
  page(): PageContext;
  language(): "fr" | "en";
}

/** What the screen needs, whole on every change. */
export interface SessionView {
  talk: Talk;
  link: LinkState;
  /** Welcomed at least once on this page: names and presence below are the server's. */
  welcomed: boolean;
  visitorName: string;
  centreName: string;
  agentsOnline: boolean;
  callOffered: boolean;
  agentTyping: boolean;
  unread: number;
}

/** The agent sees typing for about this long after each sign of it. */
const TYPING_EVERY_MS = 3_000;
/** An echo that is late on a live connection: say it again (the server knows the clientId). */
const ECHO_WITHIN_MS = 10_000;
/** Refusals that pass by themselves; any other is told to the visitor, who decides. */
const PASSING = new Set(["too-many", "not-stored", "busy"]);
const PASSING_RETRY_MS = 3_000;

export class Session {
  readonly #ports: SessionPorts;
  readonly #store: Store;
  readonly #link: Link;
  readonly #listeners = new Set<() => void>();
  #talk: Talk = emptyTalk;
  #view: SessionView;
  #token: string | null;
  #helloToken: string | null = null;
  #open = false;
  #calling = false;
  #skewMs = 0;
  #typedAtMs = 0;
  #readTold = 0;
  #cancelTyping: (() => void) | null = null;
  #cancelEcho: (() => void) | null = null;
  #onTheWay: string | null = null;
  #tokenWaiters: ((token: string) => void)[] = [];

  constructor(ports: SessionPorts, store: Store) {
    this.#ports = ports;
    this.#store = store;
    this.#token = store.token;
    this.#talk = store.loadTalk();
    this.#view = {
      talk: this.#talk, link: "off", welcomed: false, visitorName: "", centreName: "",
      agentsOnline: true, callOffered: false, agentTyping: false, unread: unread(this.#talk),
    };
    this.#link = new Link(ports, {
      hello: () => this.#hello(),
      frame: (frame) => this.#onFrame(frame),
      stateChanged: (link) => this.#show({ link }),
    });
    this.#wantLink();
  }

  get view(): SessionView {
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setOpen(open: boolean): void {
    this.#open = open;
    this.#wantLink();
  }

  /** The visitor's token, made by the server at need; for the commands beside the stream. */
  token(): Promise<string> {
    if (this.#view.welcomed && this.#token !== null) return Promise.resolve(this.#token);
    this.#calling = true;
    this.#wantLink();
    return new Promise((resolve) => this.#tokenWaiters.push(resolve));
  }

  send(text: string): void {
    const trimmed = text.trim();
    if (trimmed === "") return;
    // Writing after the end begins a new conversation: the ended one leaves the screen.
    if (this.#talk.conversation?.state === "closed") this.leave();
    this.#step({ type: "send", clientId: this.#ports.newClientId(), text: trimmed, nowMs: this.#ports.now() });
    this.#typedAtMs = 0;
    this.#wantLink();
    this.#sendNext();
  }

  retry(clientId: string): void {
    this.#step({ type: "retry", clientId });
    this.#sendNext();
  }

  discard(clientId: string): void {
    this.#step({ type: "discard", clientId });
    this.#sendNext();
  }

  typing(): void {
    const now = this.#ports.now();
    if (now - this.#typedAtMs < TYPING_EVERY_MS) return;
    if (this.#link.send({ t: "typing" })) this.#typedAtMs = now;
  }

  /** The screen showed every message up to this seq. */
  seen(upTo: number): void {
    this.#step({ type: "seen", upTo });
    this.#tellRead();
  }

  /** False when the server could not be told: nothing ended. */
  end(): boolean {
    return this.#link.send({ t: "end" });
  }

  leave(): void {
    this.#readTold = 0;
    this.#step({ type: "leave" });
    this.#wantLink();
  }

  rated(): void {
    const { conversation } = this.#talk;
    if (conversation !== null) this.#step({ type: "frame", frame: { t: "conversation", value: { ...conversation, rated: true } } });
  }

  pageChanged(): void {
    this.#link.send({ t: "page", page: this.#ports.page() });
  }

  networkBack(): void {
    this.#link.nudge();
  }

  /** Another tab of this visitor wrote to the storage. */
  storageChanged(): void {
    const kept = this.#store.loadTalk();
    this.#step({ type: "shared", outbox: kept.outbox, left: kept.left, seen: { interactionId: kept.interactionId, upTo: kept.seen } });
    const token = this.#store.token;
    if (token !== null && token !== this.#token) {
      this.#token = token;
      this.#link.restart();
    }
    this.#wantLink();
    this.#sendNext();
  }

  /** Ends the connection for good; what is unsent stays in the storage. */
  dispose(): void {
    this.#cancelTyping?.();
    this.#cancelEcho?.();
    this.#listeners.clear();
    this.#link.want(false);
  }

  #hello(): WidgetClientFrame {
    // Another tab may have been welcomed first: one browser is one visitor.
    this.#token ??= this.#store.token;
    this.#helloToken = this.#token;
    return {
      t: "hello", token: this.#token, interactionId: this.#talk.interactionId, after: this.#talk.have,
      language: this.#ports.language(), page: this.#ports.page(),
    };
  }

  #onFrame(frame: WidgetServerFrame): void {
    switch (frame.t) {
      case "welcome": {
        const stored = this.#store.token;
        if (this.#helloToken === null && stored !== null && stored !== frame.token) {
          this.#token = stored;
          this.#link.restart();
          return;
        }
        if (stored !== frame.token) this.#store.token = frame.token;
        this.#token = frame.token;
        this.#skewMs = frame.nowMs - this.#ports.now();
        this.#step({ type: "frame", frame });
        const { visitorName, centreName, agentsOnline, callOffered } = frame;
        this.#show({ welcomed: true, visitorName, centreName, agentsOnline, callOffered });
        for (const resolve of this.#tokenWaiters.splice(0)) resolve(frame.token);
        this.#calling = false;
        this.#onTheWay = null;
        this.#readTold = 0;
        this.#tellRead();
        break;
      }
      case "message":
        if (missesBefore(this.#talk, frame.value)) {
          this.#link.restart();
          return;
        }
        if (frame.value.author === "agent") this.#agentTyping(0);
        this.#step({ type: "frame", frame });
        break;
      case "refused":
        this.#onRefused(frame);
        break;
      case "typing":
        this.#agentTyping(frame.untilMs - this.#skewMs - this.#ports.now());
        break;
      case "conversation":
        this.#step({ type: "frame", frame });
        break;
      case "pong":
        return;
    }
    this.#wantLink();
    this.#sendNext();
  }

  #onRefused(frame: Extract<WidgetServerFrame, { t: "refused" }>): void {
    if (frame.clientId === null) {
      console.warn(`[tandem] refused: ${frame.code}: ${frame.why}`);
    } else if (PASSING.has(frame.code)) {
      this.#cancelEcho?.();
      this.#cancelEcho = this.#ports.after(PASSING_RETRY_MS, () => this.#sendAgain());
    } else {
      this.#step({ type: "frame", frame });
    }
  }

  #sendNext(): void {
    const head = toSend(this.#talk)[0];
    if (head === undefined) {
      this.#onTheWay = null;
      this.#cancelEcho?.();
      return;
    }
    if (this.#onTheWay === head.clientId || !this.#view.welcomed) return;
    if (!this.#link.send({ t: "message", clientId: head.clientId, text: head.text })) return;
    this.#onTheWay = head.clientId;
    this.#cancelEcho?.();
    this.#cancelEcho = this.#ports.after(ECHO_WITHIN_MS, () => this.#sendAgain());
  }

  #sendAgain(): void {
    this.#onTheWay = null;
    this.#sendNext();
  }

  #tellRead(): void {
    const { seen } = this.#talk;
    if (seen > this.#readTold && this.#link.send({ t: "read", upTo: seen })) this.#readTold = seen;
  }

  #agentTyping(forMs: number): void {
    this.#cancelTyping?.();
    this.#cancelTyping = null;
    if (forMs > 0) {
      // A clock that jumped must not leave the dots dancing.
      this.#cancelTyping = this.#ports.after(Math.min(forMs, 10_000), () => this.#show({ agentTyping: false }));
    }
    this.#show({ agentTyping: forMs > 0 });
  }

  #wantLink(): void {
    const live = this.#talk.interactionId !== null && this.#talk.conversation?.state !== "closed";
    this.#link.want(this.#open || this.#calling || live || toSend(this.#talk).length > 0);
  }

  #step(event: TalkEvent): void {
    const was = this.#talk;
    this.#talk = stepTalk(was, event);
    if (this.#talk === was) return;
    if (this.#talk.interactionId !== was.interactionId) this.#readTold = 0;
    this.#store.saveTalk(was, this.#talk);
    this.#show({ talk: this.#talk, unread: unread(this.#talk) });
  }

  #show(change: Partial<SessionView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }
}

