/**
 * channels/message: texts from telephones (SIP MESSAGE, RFC 3428) as conversations. The customer's side is their phone or softphone, the
 * agent's side the desktop's stream; the SIP itself belongs to room `sip`.
 *
 * Invariants: a text is acknowledged once it is durable, and is one message however often it is sent; a sender has at most one
 * open conversation with a number; ours go out one after the other in order, each settled (delivered, or not with its reason) in
 * the log, so that a restart sends what was not settled and nothing twice, but for the one that was in the air.
 * A stranger's conversation belongs to name and address together: who only claims the name neither reads nor writes in it.
 */
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Channel, ChannelEvent, Interaction, MediumTraits, Message } from "../../hub/hub.ts";
import { inParts } from "./parts.ts";
import { contextOf, keptTarget, targetOf, type Sender, type TextTarget } from "./sender.ts";

export type { Sender, TextTarget } from "./sender.ts";

export const MESSAGE_TRAITS: MediumTraits = { medium: "message", written: true, holdable: false, recordable: false, acceptedByDevice: false, ringMs: 30_000, wraps: true, countsAs: "chat" };

/** Nobody answers the assistant for so long, or the agent: the conversation is over. A text is no chat: people answer when they see it. */
const FLOW_QUIET_MS = 30 * 60_000;
const TALK_QUIET_MS = 4 * 3_600_000;
const LOOK_MS = 60_000;
/** What the last run did not send is sent late, but not a day later. */
const RESEND_WITHIN_MS = 3_600_000;
/** Texts by their sender's id, after their conversation closed: sent again, they begin no new one. */
const MAX_REMEMBERED = 10_000;

/** A text as it came. `id` is the same when it is sent again. */
export interface IncomingText {
  id: string;
  sender: Sender;
  /** The number of the centre that it was sent to. */
  to: string;
  text: string;
}

export interface MessageOptions {
  clock: Clock;
  log: Log;
  newInteractionId(): string;
  hear(event: ChannelEvent): void;
  post(id: string, from: { author: Message["author"]; name: string; clientId: string | null; text: string; choices?: Message["choices"] }, done: (message: Message | null, error: Error | null) => void): void;
  live(id: string): Interaction | null;
  interactions(): Iterable<Interaction>;
  /** A message of ours arrived (status null) or did not. */
  settled(id: string, seq: number, status: number | null): void;
  /** Sends one text; `done` once, with the final SIP status. */
  send(target: TextTarget, from: { user: string; display: string }, text: string, done: (status: number) => void): void;
  messages(id: string): Promise<readonly Message[]>;
}

export interface MessageChannel extends Channel {
  /** `answer` once: 200 = durable, 503 = not stored, to be sent again. */
  received(text: IncomingText, answer: (status: number) => void): void;
  /** What the last run left open is here: texts that came meanwhile go on in it. Until then they wait. */
  start(): void;
  stop(): void;
}

interface Conversation {
  id: string;
  key: string;
  target: TextTarget;
  to: string;
  outgoing: Message[];
  sending: boolean;
  heardMs: number;
  ended: boolean;
}

export function createMessageChannel(options: MessageOptions): MessageChannel {
  const { clock, hear, live, log } = options;
  const byId = new Map<string, Conversation>();
  const byKey = new Map<string, Conversation>();
  const remembered = new Set<string>();
  /** On their way to the log: sent again meanwhile, they are answered together. */
  const storing = new Map<string, ((status: number) => void)[]>();
  /** Texts that came before `start`: who writes in that second belongs to an open conversation, perhaps. Null after. */
  let early: (() => void)[] | null = [];
  let stopped = false;

  const isOpen = (id: string): boolean => {
    const it = live(id);
    return it !== null && it.state !== "wrapping" && it.state !== "closed";
  };
  const begin = (id: string, key: string, to: string, target: TextTarget): Conversation => {
    const conversation: Conversation = { id, key, to, target, outgoing: [], sending: false, heardMs: clock.now(), ended: false };
    byId.set(id, conversation);
    byKey.set(key, conversation);
    return conversation;
  };
  const forget = (conversation: Conversation): void => {
    if (byKey.get(conversation.key) === conversation) byKey.delete(conversation.key);
    if (conversation.ended && !conversation.sending && conversation.outgoing.length === 0) byId.delete(conversation.id);
  };

  /** One at a time: texts have no order of their own on the way. */
  const sendNext = (conversation: Conversation): void => {
    const next = conversation.outgoing[0];
    if (conversation.sending || stopped) return;
    if (!next) return conversation.ended ? forget(conversation) : undefined;
    conversation.sending = true;
    const parts = inParts(worded(next));
    const from = { user: conversation.to, display: next.author === "agent" ? next.authorName : "" };
    const part = (at: number): void =>
      options.send(conversation.target, from, parts[at]!, (status) => {
        if (stopped) return;
        if (status < 300 && at + 1 < parts.length) return part(at + 1);
        if (status >= 300) log.warn({ interaction: conversation.id, seq: next.seq, status }, "a text did not reach the customer");
        conversation.outgoing.shift();
        conversation.sending = false;
        options.settled(conversation.id, next.seq, status < 300 ? null : status);
        sendNext(conversation);
      });
    part(0);
  };

  /** From the last run: what is known of the sender stands in the context. */
  const takeUp = (it: Interaction): void => {
    if (byId.has(it.id)) return;
    const who = it.context["sip.account"] === undefined ? `${it.from}|${it.context["sip.address"] ?? ""}` : it.from;
    sendUnsettled(begin(it.id, `${it.to}|${who}`, it.to, keptTarget(it.context)), it);
  };

  /** After a restart: what the log has and the customer has not. */
  const sendUnsettled = (conversation: Conversation, it: Interaction): void => {
    options.messages(it.id).then(
      (messages) => {
        const waiting = new Set(conversation.outgoing.map(({ seq }) => seq));
        const missing = messages.filter((m) => m.author !== "customer" && m.seq > (it.deliveredUpTo ?? 0) && m.seq <= it.messages && !waiting.has(m.seq) && clock.now() - m.atMs < RESEND_WITHIN_MS);
        conversation.outgoing = [...missing, ...conversation.outgoing].toSorted((a, b) => a.seq - b.seq);
        sendNext(conversation);
      },
      (error: Error) => log.error({ interaction: it.id, why: error.message }, "texts that a restart left unsent could not be read"),
    );
  };

  const look = (): void => {
    cancelLook = clock.after(LOOK_MS, look);
    for (const conversation of byId.values()) {
      const it = live(conversation.id);
      if (!it || conversation.ended) continue;
      const quietMs = it.state === "flow" ? FLOW_QUIET_MS : it.state === "connected" ? TALK_QUIET_MS : Infinity;
      if (clock.now() - Math.max(conversation.heardMs, it.connectedAtMs ?? 0) >= quietMs) hear({ type: "customerLeft", id: conversation.id, why: "idle" });
    }
  };
  let cancelLook = clock.after(LOOK_MS, look);
  const nothing = (): void => {};

  return {
    traits: MESSAGE_TRAITS,

    received(incoming, answer) {
      if (early) return void early.push(() => this.received(incoming, answer));
      const { id: clientId, sender, to, text } = incoming;
      if (remembered.has(clientId)) return answer(200);
      const alike = storing.get(clientId);
      if (alike) return void alike.push(answer);
      const key = `${to}|${sender.account === null ? `${sender.address}|${sender.flow.remoteAddress}` : sender.account}`;
      let conversation = byKey.get(key);
      if (!conversation || !isOpen(conversation.id)) {
        conversation = begin(options.newInteractionId(), key, to, targetOf(sender));
        hear({ type: "arrived", id: conversation.id, medium: "message", from: sender.account ?? sender.address, fromName: sender.name, to, language: null, context: contextOf(sender) });
      }
      // a phone that moved is answered where it is now
      conversation.target = targetOf(sender);
      conversation.heardMs = clock.now();
      if (!live(conversation.id)) {
        byId.delete(conversation.id);
        byKey.delete(key);
        return answer(503);
      }
      storing.set(clientId, [answer]);
      options.post(conversation.id, { author: "customer", name: sender.name, clientId, text }, (message, error) => {
        const stored = message !== null && error === null;
        if (stored) {
          remembered.add(clientId);
          if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.values().next().value!);
        }
        const answers = storing.get(clientId) ?? [];
        storing.delete(clientId);
        for (const each of answers) each(stored ? 200 : 503);
      });
    },

    open(id) {
      const it = live(id);
      if (it) takeUp(it);
    },
    say(id, sayId, utterances) {
      let left = utterances.length;
      if (left === 0) return hear({ type: "said", id, sayId });
      for (const { text, choices } of utterances) {
        options.post(id, { author: "flow", name: "", clientId: null, text, ...(choices ? { choices } : {}) }, () => {
          if (--left === 0) hear({ type: "said", id, sayId });
        });
      }
    },
    deliver(id, message) {
      if (message.author === "customer") return;
      const conversation = byId.get(id);
      if (!conversation) return log.warn({ interaction: id }, "a text for a conversation that is not here");
      conversation.outgoing.push(message);
      sendNext(conversation);
    },
    end(id) {
      const conversation = byId.get(id);
      if (!conversation) return;
      conversation.ended = true;
      forget(conversation);
    },
    // written words are delivered at once, a telephone shows no place in a line, and the hub never orders what the traits exclude
    stopSaying: nothing, wait: nothing, ring: nothing, cancelRing: nothing, connect: nothing, dropAgent: nothing, hold: nothing, resume: nothing, record: nothing,

    start() {
      for (const it of options.interactions()) if (it.traits.medium === "message" && isOpen(it.id)) takeUp(it);
      const waiting = early ?? [];
      early = null;
      for (const receive of waiting) receive();
    },
    stop() {
      stopped = true;
      cancelLook();
    },
  };
}

/** A question's choices under it, each with the key that answers it. */
function worded({ text, choices }: Message): string {
  return choices === undefined || choices.length === 0 ? text : `${text}\n${choices.map(({ key, label }) => `${key}. ${label}`).join("\n")}`;
}
