/** Promised calls, a queue's messages and the ledger wired: to flows, voice, trunks, the centre's facts, screens, lamps and e-mail. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { QueueMessage } from "@tandem/protocol/callback";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { createCallbacks, createMessages, followWaits, isOnTheLine, Ledger, type Callbacks, type CallNow, type Links, type Messages } from "../callback/callback.ts";
import type { AskAbout, Centre, FlowAsks, FlowPorts } from "../centre/centre.ts";
import type { Crm } from "../crm/crm.ts";
import type { Db, Jobs } from "../db/db.ts";
import { servesQueue, type Directory, type QueueSettings } from "../directory/directory.ts";
import { isHidden } from "../flow/flow.ts";
import { tone, tones, writeWav } from "../rtp/rtp.ts";
import type { SipEvent } from "../sip/sip.ts";
import type { MessageTaken, Voice } from "../voice/voice.ts";
import { inTime } from "./callback-in-time.ts";
import { createDialling, sameForm, type DiallingOptions } from "./callback-dialling.ts";
import { setUpCallbackLinks } from "./callback-link-setup.ts";
import type { DeflectionSetup } from "./deflection-setup.ts";
import type { MailSetup } from "./mail.ts";

const BEEP = { hz: 1_000, ms: 400, level: 0.3 };
/** The French ringing tone (ITU-T E.180): 440 Hz, 1.5 s on, 3.5 s off. */
const RINGBACK = { hz: 440, onMs: 1_500, offMs: 3_500, level: 0.2 };
/** Shorter is somebody who hung up at the tone. */
const SHORTEST_MESSAGE_MS = 1_000;

export interface CallbackSetupOptions extends DiallingOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  jobs: Jobs;
  dataDir: string;
  directory: Directory;
  queueSettings: QueueSettings;
  deflection: DeflectionSetup;
  zone: string;
  centreName: string;
  centre(): Centre;
  voice(): Voice;
  /** Tells of messages, sends links; null = no mail server is set. */
  mail(): MailSetup | null;
  crm: Pick<Crm, "emailOf">;
  mainNumber: string;
  /** Sends a text to a telephone; answers the final SIP status. */
  text(to: string, from: string, text: string, done: (status: number) => void): void;
}

export interface CallbackSetup {
  callbacks: Callbacks;
  messages: Messages;
  ledger: Ledger;
  links: Links;
  /** Where the sound of messages is. */
  folder: string;
  asks: FlowAsks;
  /** What flows and waiting ask of promises. */
  promises: Pick<FlowPorts, "standing" | "cancelStanding" | "canCallBack">;
  /** Paths of the tones that voice plays. */
  tones: { ringback: string; beep: string };
  openIn(queueId: string): { openMessages: number; openCallbacks: number };
  hear(event: SipEvent): void;
  outsideLegs(): { ref: string; number: string }[];
  waitError(queueId: string): { p90Ms: number; count: number } | null;
  /** Open messages of the queues that this user serves: what their lamp shows. */
  messagesFor(userId: string): number;
  /** Hears the centre from now on. */
  follow(of: { changed(work: WorkChange): void; lamps(userIds: readonly string[]): void }): void;
  /** Reads what is open, on the node that has the centre; before what the last run left is taken up, which settles promises. */
  open(): Promise<void>;
  /** Calls from now on, after that. */
  start(): void;
  stop(): Promise<void>;
}

/** What waits in a queue changed; `kind` and `id` of what. */
export interface WorkChange {
  queueId: string;
  kind: "callback" | "message";
  id: string;
  state: string;
  fresh: boolean;
}

/** Nobody can be called back there: a hidden number, or a page's visitor, who has an id in its place. */
export const withoutNumber = (from: string): boolean => isHidden(from) || from.startsWith("vis_");

/** Who asks to be called at a number other than the one they call from (a chat, a page's call, keys) is a stranger to it. */
export function askedBy(number: string, { from, interactionId }: Pick<AskAbout, "from" | "interactionId">): { byId: string; stranger: boolean } {
  return sameForm(number) === sameForm(from) ? { byId: "", stranger: false } : { byId: isHidden(from) ? interactionId : from, stranger: true };
}

export async function setUpCallbacks(options: CallbackSetupOptions): Promise<CallbackSetup> {
  const { db, clock, chance, log, jobs, dataDir, directory, queueSettings, deflection, zone, centre, voice } = options;
  const folder = join(dataDir, "queue-messages");
  await mkdir(folder, { recursive: true });
  const tonePaths = { ringback: join(dataDir, "ringback.wav"), beep: join(dataDir, "message-beep.wav") };
  await writeFile(tonePaths.beep, writeWav([tone(BEEP.hz, BEEP.ms, BEEP.level)]));
  await writeFile(tonePaths.ringback, writeWav([Int16Array.from([...tones([RINGBACK.hz], RINGBACK.onMs, RINGBACK.level), ...new Int16Array(RINGBACK.offMs * 8)])]));

  const queueName = (id: string): string => directory.queue(id)?.name ?? "";
  const dialling = createDialling(options);
  const ledger = new Ledger({ db, clock, chance, log, zone, queueName });
  const messages = createMessages({ db, clock, chance, log, folder, settings: (id) => queueSettings.get("voicemail", id), queueName, agentName: (id) => directory.user(id)?.name ?? null });
  /** When the last of a queue would be answered, as the one before them is told. */
  const estimate = (queueId: string): number | null => {
    let worst: number | null = null;
    for (const it of centre().interactions()) {
      if (it.queue?.queueId !== queueId || (it.state !== "queued" && it.state !== "offered")) continue;
      const waitMs = centre().position(it.id)?.estimatedWaitMs ?? null;
      if (waitMs !== null && waitMs > (worst ?? -1)) worst = waitMs;
    }
    return worst;
  };
  const linked = setUpCallbackLinks(options, () => callbacks, dialling);
  const callbacks: Callbacks = createCallbacks({
    db, clock, chance, log, ledger, sameForm, toTell: linked.toTell,
    settings: (id) => queueSettings.get("callback", id),
    openings: (queueId, language, fromMs, toMs) => deflection.deflection.openings(queueId, "ivr", language, fromMs, toMs),
    queue(id) {
      const queue = directory.queue(id);
      if (!queue) return null;
      const { name, ringMs, wrapMs, priority } = queue;
      return { name, ringMs, wrapMs, priority, waiting: centre().queueLive(id).count, estimatedWaitMs: estimate(id) };
    },
    dialable: (number, queueId) => dialling.dialable(number, queueSettings.get("callback", queueId).abroad),
    call,
    contact(id) {
      const it = centre().interaction(id);
      return it && { over: it.state === "closed", reached: (it.calledBack?.reachedAtMs ?? null) !== null };
    },
    onTheLine(number) {
      for (const it of centre().interactions()) if (isOnTheLine(it) && sameForm(it.from) === number) return it.id;
      return null;
    },
    end: (id) => void centre().tell(id, { type: "callWithdrawn" }),
  });
  await jobs.work("callbacks", async () => {
    await callbacks.tidy();
    await messages.tidy();
  });
  await jobs.every("callbacks", "53 3 * * *", {});
  deflection.serve((queueId, language) => callbacks.offer(queueId, language).slots);
  directory.onChange(({ kind, id, gone }) => {
    if (kind === "queue" && gone) callbacks.queueGone(id);
  });

  function call({ interactionId, request, settings, agentRingMs, place }: CallNow): boolean {
    const { language, number, queueId } = request;
    const e164 = settings.callerNumber ?? (request.to.startsWith("+") ? request.to : null);
    const words = settings.greeting.sounds;
    const recordingId = settings.greeting.recording?.[language];
    const text = words[language] ?? words.fr ?? words.en ?? "";
    return voice().callBack({
      id: interactionId, number, name: request.name, language, to: request.to, first: settings.first, ringMs: settings.ringSeconds * 1_000, agentRingMs, place,
      greeting: [{ text, language, ...(recordingId !== undefined && { recordingId }) }],
      context: { callback: request.id },
      ways: () => dialling.ways(number, { number: e164 ?? (request.to || null), name: options.centreName }, queueSettings.get("callback", queueId).abroad),
    });
  }

  /** Messages whose last bytes are written and whose rows are not: what was said is not lost by a stop in between. */
  const keeping = new Set<Promise<unknown>>();
  /** The message as it was left is the queue's; null: it is none. */
  async function keep(id: string, taken: MessageTaken | null, queueId: string, number: string | null, about: AskAbout): Promise<QueueMessage | null> {
    if (!taken?.spoken || taken.durationMs < SHORTEST_MESSAGE_MS || !directory.queue(queueId)) return null;
    const own = dialling.dialable(about.from, true);
    const message = await messages.add({
      id, queueId, number: number ?? (own.ok ? own.number : withoutNumber(about.from) ? "" : about.from), name: about.fromName, customerId: about.customerId, language: about.language, interactionId: about.interactionId, durationMs: taken.durationMs,
    });
    const mail = options.mail();
    for (const to of queueSettings.get("voicemail", queueId).emails) mail?.queueMessage(message, to, messages.pathOf(id));
    return message;
  }

  const failing = (ask: string, answer: (answer: { ok: false; why: string }) => void) => (error: Error): void => {
    log.error({ ask, why: error.message }, "a flow's question failed; it goes on without");
    answer({ ok: false, why: "failed" });
  };

  const asks: FlowAsks = {
    slots(ask, about, answer) {
      const { slots, inOrder } = callbacks.offer(ask.queueId, about.language);
      answer(slots.length > 0 || inOrder ? { ok: true, slots: slots.slice(0, 6), inOrder } : { ok: false, why: "nothing can be promised" });
      return undefined;
    },
    callback(ask, about, answer) {
      const it = centre().interaction(about.interactionId);
      const { inOrder } = ask.slot ? { inOrder: null } : callbacks.offer(ask.queueId, about.language);
      const booking = callbacks.book({
        queueId: ask.queueId, number: ask.number, slot: ask.slot, name: it?.customer.known ? it.customer.name : "", customerId: about.customerId, language: about.language, reason: ask.reason, priority: ask.priority,
        trail: it?.trail ?? [], data: it?.data ?? {}, by: (it?.segments.some(({ kind }) => kind === "queue") ?? false) ? "waiting" : "flow", byName: "", to: about.to, sinceMs: about.sinceMs,
        ...askedBy(ask.number, about),
        estimatedWaitMs: inOrder?.estimatedWaitMs ?? null,
      });
      return inTime(booking, { answer, cancel: (id) => void callbacks.cancel(id, "customer").catch(failing("callback", () => {})), failed: failing("callback", answer) });
    },
    record(ask, about, answer) {
      if (messages.isFull(ask.queueId) || !directory.queue(ask.queueId)) {
        answer({ ok: false, why: "no more messages are taken" });
        return undefined;
      }
      const id = messages.newId();
      const path = messages.pathOf(id);
      const asidePath = join(folder, `${id}.both.wav`);
      const stop = voice().takeMessage(about.interactionId, { path, asidePath, maxMs: ask.maxSeconds * 1_000, silenceMs: queueSettings.get("voicemail", ask.queueId).silenceSeconds * 1_000 }, (taken) => {
        messages.discard(asidePath);
        const kept = keep(id, taken, ask.queueId, ask.number, about).then((message) => {
          if (!message) messages.discard(path);
          answer(message ? { ok: true, messageId: message.id, seconds: Math.round(message.durationMs / 1_000) } : { ok: false, why: "nothing was said" });
        }, failing("record", answer)).finally(() => keeping.delete(kept));
        keeping.add(kept);
      });
      if (!stop) answer({ ok: false, why: "nobody is on the line" });
      return stop ? () => stop() : undefined;
    },
  };

  const promises: CallbackSetup["promises"] = {
    standing(it) {
      const [next] = callbacks.openFor(sameForm(it.from)).filter(({ state }) => state === "waiting").toSorted((a, b) => (a.nextAtMs ?? 0) - (b.nextAtMs ?? 0));
      if (!next) return null;
      const { id, slot, dueMs, queueId, needs, priority, reason, agentId, sinceMs } = next;
      // signed by the operator that knows its customer (RFC 8588, attestation A), or one of the house
      const proved = it.context["callerNumber"] === "passed A" || it.context["callingAgentId"] !== undefined;
      return { callbackId: id, slot, dueMs, trusted: proved || queueSettings.get("callback", queueId).trustCallerNumber, place: { queueId, needs, priority, reason, preferredAgentId: agentId, sinceMs: slot ? null : sinceMs } };
    },
    cancelStanding(id) {
      callbacks.cancel(id, "customer").catch((error: Error) => log.error({ callback: id, why: error.message }, "a promised call could not be taken back by its customer"));
    },
    canCallBack(queueId, language) {
      const { slots, inOrder } = callbacks.offer(queueId, language);
      return slots.length > 0 || inOrder !== null;
    },
  };

  return {
    callbacks, messages, ledger, links: linked.links, folder, asks, promises,
    tones: tonePaths,
    openIn: (queueId) => ({ openMessages: messages.openIn(queueId), openCallbacks: callbacks.openIn(queueId) }),
    hear: dialling.hear,
    outsideLegs: dialling.outsideLegs,
    waitError: (queueId) => ledger.waitError(queueId),
    messagesFor(userId) {
      const user = directory.user(userId);
      return user ? directory.queues().reduce((sum, { id }) => sum + (servesQueue(user, id) ? messages.openIn(id) : 0), 0) : 0;
    },
    follow({ changed, lamps }) {
      centre().onChange((change) => {
        followWaits(ledger, change, clock.now());
        callbacks.follow(change);
      });
      callbacks.onChange(({ id, queueId, state }, fresh) => changed({ queueId, kind: "callback", id, state, fresh }));
      linked.links.onTold(({ id, queueId, state, echo }) => echo || changed({ queueId, kind: "callback", id, state, fresh: false }));
      messages.onChange(({ id, queueId, state }, fresh, gone) => {
        changed({ queueId, kind: "message", id, state: gone ? "gone" : state, fresh });
        lamps(directory.users().filter((user) => servesQueue(user, queueId)).map((user) => user.id));
      });
    },
    async open() {
      await Promise.all([ledger.open(), messages.open(), callbacks.open()]);
      await linked.start();
    },
    start() {
      // told to a contact that ended with the server, before anybody could write down how
      const { interactionIds, callbackIds } = ledger.openOf();
      for (const id of interactionIds) if (!centre().interaction(id)) ledger.settleContact(id, { type: "broken", why: "server-restarted" });
      for (const id of callbackIds) if (!callbacks.isOpen(id)) ledger.settleCallback(id, { type: "broken", why: "server-restarted" });
      callbacks.start();
    },
    async stop() {
      callbacks.stop();
      await Promise.all(keeping);
      await callbacks.settled();
      await ledger.settled();
    },
  };
}

