/**
 * channels/chat: conversations of a page's visitors. Carries the customer's side over the visitor's sockets; the agent's side
 * goes over the desktop's stream, which shows the same facts.
 *
 * Invariants: a visitor has at most one open conversation; what a visitor is shown is durable; a message sent again with the
 * same client id is one message; every socket of the visitor shows the same.
 * Absent on purpose: the WebSocket itself (api), storage (the fact log is the only copy of a message), routing.
 */
import type { Clock } from "../../base/clock.ts";
import { isOver } from "../../base/window.ts";
import type { Channel, ChannelEvent, Interaction, MediumTraits, Message } from "../../hub/hub.ts";
import { contextOfPage } from "@tandem/protocol/device";
import type { Conversation, Language, PageContext, WidgetClientFrame, WidgetServerFrame } from "@tandem/protocol";

export const CHAT_TRAITS: MediumTraits = { medium: "chat", written: true, holdable: false, recordable: false, acceptedByDevice: false, ringMs: 30_000, wraps: true };

/** Reloading a page or changing networks is not leaving. */
const AWAY_AFTER_MS = 8_000;
const TYPING_MS = 5_000;
/** One visitor, many tabs: beyond this the oldest socket is closed (attack: one token, endless sockets). */
export const MAX_SOCKETS_PER_VISITOR = 8;
/** Everybody behind moves up when one leaves: visitors are told at this pace. */
const POSITIONS_MS = 1_000;
/** What a visitor sent lately, by its client id: sent again after its conversation closed, it is not said in a new one. */
const MAX_REMEMBERED = 100;
/** Attack: a page that writes without end. */
const MAX_MESSAGES_PER_MINUTE = 60;

export interface VisitorSocket {
  send(frame: WidgetServerFrame): void;
  close(): void;
}

export interface ChatOptions {
  clock: Clock;
  newInteractionId(): string;
  hear(event: ChannelEvent): void;
  post(id: string, from: { author: Message["author"]; name: string; clientId: string | null; text: string; choices?: Message["choices"] }, done: (message: Message | null, error: Error | null) => void): void;
  live(id: string): Interaction | null;
  position(id: string): Conversation["position"];
  agentName(agentId: string): string;
  presence(id: string, here: boolean): void;
  readByCustomer(id: string, upTo: number): void;
  typing(id: string, untilMs: number): void;
  /** The conversation that the visitor left closed, with its messages; null when it is not theirs. */
  history(visitorId: string, interactionId: string): Promise<{ interaction: Interaction; messages: Message[] } | null>;
}

export interface Chat extends Channel {
  /** A socket said hello; answers what to call for its further frames. */
  attach(visitor: { id: string; name: string }, socket: VisitorSocket, language: Language, page: PageContext): VisitorHandle;
  /** The agent is typing. */
  agentTyping(id: string): void;
  /** Something visible of the conversation changed. */
  refresh(id: string): void;
  /** Somebody left or joined a queue: visitors who wait are told their new place, soon. */
  positionsChanged(): void;
  stop(): void;
}

export interface VisitorHandle {
  /** What `welcome` shows: the conversation and every message after `after`. Frames that come meanwhile are held back until `ready`. */
  welcome(interactionId: string | null, after: number): Promise<{ conversation: Conversation | null; messages: Message[] }>;
  ready(): void;
  frame(frame: WidgetClientFrame): void;
  closed(): void;
}

interface Visitor {
  id: string;
  name: string;
  sockets: Set<Attached>;
  interactionId: string | null;
  awayTimer: (() => void) | null;
  /** The place in the queue as last shown. */
  shownPosition: string;
  /** Null: on its way to the log. */
  sent: Map<string, { interactionId: string; message: Message | null }>;
  minute: { sinceMs: number; count: number };
}
interface Attached {
  socket: VisitorSocket;
  /** Held back until the welcome was sent; null after. */
  held: WidgetServerFrame[] | null;
  language: Language;
  page: PageContext;
}

export function createChat(options: ChatOptions): Chat {
  const { clock, hear, live } = options;
  const visitors = new Map<string, Visitor>();
  let cancelPositions: (() => void) | null = null;

  const visitorOf = (id: string, name: string): Visitor => {
    let visitor = visitors.get(id);
    if (!visitor) visitors.set(id, (visitor = { id, name, sockets: new Set(), interactionId: null, awayTimer: null, shownPosition: "", sent: new Map(), minute: { sinceMs: 0, count: 0 } }));
    return visitor;
  };
  const push = (visitor: Visitor | undefined, frame: WidgetServerFrame): void => {
    for (const attached of visitor?.sockets ?? []) {
      if (attached.held) attached.held.push(frame);
      else attached.socket.send(frame);
    }
  };
  const visitorOfInteraction = (id: string): Visitor | undefined => {
    const it = live(id);
    return it ? visitors.get(it.from) : undefined;
  };
  const conversation = (it: Interaction): Conversation => ({
    interactionId: it.id,
    state: it.state === "flow" ? "flow" : it.state === "connected" ? "connected" : it.state === "queued" || it.state === "offered" ? "queued" : "closed",
    agent: it.agentId ? { name: options.agentName(it.agentId) } : null,
    position: it.state === "queued" || it.state === "offered" ? options.position(it.id) : null,
    readByAgent: it.readBy.agent,
    rated: it.rating !== null,
  });
  const refresh = (id: string): void => {
    const it = live(id);
    if (!it) return;
    const visitor = visitors.get(it.from);
    const value = conversation(it);
    push(visitor, { t: "conversation", value });
    if (visitor) visitor.shownPosition = JSON.stringify(value.position);
    if (visitor && it.state !== "wrapping" && it.state !== "closed") visitor.interactionId = id;
    else if (visitor?.interactionId === id) {
      visitor.interactionId = null;
      forgetIfGone(visitor);
    }
  };
  /** Nobody there and nothing open: nothing to remember. */
  const forgetIfGone = (visitor: Visitor): void => {
    if (visitor.sockets.size === 0 && visitor.awayTimer === null && openOf(visitor) === null) visitors.delete(visitor.id);
  };
  const awaitReturn = (visitor: Visitor): void => {
    visitor.awayTimer?.();
    visitor.awayTimer = clock.after(AWAY_AFTER_MS, () => {
      visitor.awayTimer = null;
      const it = openOf(visitor);
      if (it && it.awaySinceMs === null) options.presence(it.id, false);
      forgetIfGone(visitor);
    });
  };
  const openOf = (visitor: Visitor): Interaction | null => {
    const it = visitor.interactionId === null ? null : live(visitor.interactionId);
    return it && it.state !== "wrapping" && it.state !== "closed" ? it : null;
  };

  const say = (visitor: Visitor, attached: Attached, clientId: string, text: string): void => {
    const before = visitor.sent.get(clientId);
    if (before) {
      // On its way: its echo will go to every tab. In the log: the echo was lost, here it is again.
      if (before.message) attached.socket.send({ t: "message", value: { ...wire(before.message), interactionId: before.interactionId } });
      return;
    }
    const now = clock.now();
    if (isOver(visitor.minute.sinceMs, 60_000, now)) visitor.minute = { sinceMs: now, count: 0 };
    if (++visitor.minute.count > MAX_MESSAGES_PER_MINUTE) {
      attached.socket.send({ t: "refused", clientId, code: "too-many", why: attached.language === "fr" ? "Trop de messages à la fois : réessayez dans une minute." : "Too many messages at once: try again in a minute." });
      return;
    }
    let it = openOf(visitor);
    if (!it) {
      visitor.interactionId = options.newInteractionId();
      const { page } = attached;
      hear({ type: "arrived", id: visitor.interactionId, medium: "chat", from: visitor.id, fromName: visitor.name, to: "web", language: attached.language, context: contextOfPage(page) });
      it = live(visitor.interactionId);
    }
    const notStored = (): void => {
      visitor.sent.delete(clientId);
      attached.socket.send({ t: "refused", clientId, code: "not-stored", why: attached.language === "fr" ? "Message non enregistré : il repartira tout seul." : "Message not stored: it will be sent again." });
    };
    if (!it) return notStored();
    visitor.sent.set(clientId, { interactionId: it.id, message: null });
    if (visitor.sent.size > MAX_REMEMBERED) visitor.sent.delete(visitor.sent.keys().next().value!);
    options.post(it.id, { author: "customer", name: visitor.name, clientId, text }, (message, error) => {
      if (message && !error) {
        visitor.sent.set(clientId, { interactionId: it.id, message });
        // Sent again after a lost echo: the echo comes back to whoever asked.
        attached.socket.send({ t: "message", value: { ...wire(message), interactionId: it.id } });
        return;
      }
      notStored();
    });
  };

  return {
    traits: CHAT_TRAITS,
    open(id) {
      const it = live(id);
      if (it) {
        const visitor = visitorOf(it.from, it.customer.name);
        visitor.interactionId = id;
        // After a restart nobody is there yet; who never comes back is away, and not waited for without end.
        if (visitor.sockets.size === 0 && visitor.awayTimer === null) awaitReturn(visitor);
      }
      refresh(id);
    },
    say(id, sayId, utterances) {
      let left = utterances.length;
      for (const utterance of utterances) {
        options.post(id, { author: "flow", name: "", clientId: null, text: utterance.text, ...(utterance.choices ? { choices: utterance.choices } : {}) }, () => {
          if (--left === 0) hear({ type: "said", id, sayId });
        });
      }
      if (utterances.length === 0) hear({ type: "said", id, sayId });
    },
    stopSaying() {}, // written words are delivered at once: there is nothing to stop
    wait: refresh,
    ring: refresh,
    cancelRing: refresh,
    connect: refresh,
    hold() {}, // traits.holdable is false: the hub never orders these two
    resume() {},
    dropAgent: refresh,
    end: refresh,
    record() {}, // traits.recordable is false: the log is the record
    deliver(id, message) {
      push(visitorOfInteraction(id), { t: "message", value: { ...wire(message), interactionId: id } });
    },
    refresh,
    positionsChanged() {
      cancelPositions ??= clock.after(POSITIONS_MS, () => {
        cancelPositions = null;
        for (const visitor of visitors.values()) {
          const it = visitor.sockets.size > 0 ? openOf(visitor) : null;
          if (it && (it.state === "queued" || it.state === "offered") && JSON.stringify(options.position(it.id)) !== visitor.shownPosition) refresh(it.id);
        }
      });
    },
    stop() {
      cancelPositions?.();
      cancelPositions = () => {}; // set: no timer is made any more
      for (const visitor of visitors.values()) visitor.awayTimer?.();
      visitors.clear();
    },
    agentTyping: (id) => push(visitorOfInteraction(id), { t: "typing", untilMs: clock.now() + TYPING_MS }),

    attach({ id, name }, socket, language, page) {
      const visitor = visitorOf(id, name);
      const attached: Attached = { socket, held: [], language, page };
      visitor.sockets.add(attached);
      if (visitor.sockets.size > MAX_SOCKETS_PER_VISITOR) {
        const [oldest] = visitor.sockets;
        oldest!.socket.close();
        visitor.sockets.delete(oldest!);
      }
      visitor.awayTimer?.();
      visitor.awayTimer = null;
      const open = openOf(visitor);
      if (open && open.awaySinceMs !== null) options.presence(open.id, true);
      return {
        async welcome(interactionId, after) {
          const openId = openOf(visitor)?.id ?? null;
          const shown = openId ?? interactionId;
          const found = shown === null ? null : await options.history(visitor.id, shown);
          if (!found) return { conversation: null, messages: [] };
          const now = live(found.interaction.id) ?? found.interaction;
          const from = shown === interactionId ? after : 0;
          return { conversation: conversation(now), messages: found.messages.filter((m) => m.seq > from) };
        },
        ready() {
          const held = attached.held ?? [];
          attached.held = null;
          for (const frame of held) socket.send(frame);
        },
        frame(frame) {
          switch (frame.t) {
            case "message":
              return say(visitor, attached, frame.clientId, frame.text);
            case "typing": {
              const it = openOf(visitor);
              if (it) options.typing(it.id, clock.now() + TYPING_MS);
              return;
            }
            case "read": {
              const it = openOf(visitor);
              if (it && Math.min(frame.upTo, it.messages) > it.readBy.customer) options.readByCustomer(it.id, frame.upTo); // nothing new read is not a fact
              return;
            }
            case "page":
              attached.page = frame.page;
              return;
            case "end": {
              const it = openOf(visitor);
              if (it) hear({ type: "customerLeft", id: it.id, why: "ended" });
              return;
            }
            case "ping":
              return socket.send({ t: "pong" });
            case "hello":
              return;
          }
        },
        closed() {
          visitor.sockets.delete(attached);
          if (visitor.sockets.size === 0) awaitReturn(visitor);
        },
      };
    },
  };
}

function wire(message: Message): Omit<Extract<WidgetServerFrame, { t: "message" }>["value"], "interactionId"> {
  const { choices, ...rest } = message;
  return { ...rest, ...(choices ? { choices: [...choices] } : {}) };
}
