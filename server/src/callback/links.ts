/**
 * The link of a promised call reaches its customer: a text to their mobile, or an e-mail. A durable job, made with the promise,
 * asks `tell`; what was told is a row: nobody is told the same twice, not over a restart either, and another time is told anew.
 */
import type { CallbackLink, CallbackLinks, LinkWhy } from "@tandem/protocol/callback";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId, newSecret } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Db } from "../db/db.ts";
import { linkWords, type LinkFacts, type LinkWords } from "./link-words.ts";
import { isOpen, isStrangers, type CallbackRequest } from "./request.ts";
import { hashOf } from "./request-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Attack: a number, or a mailbox, that gets one message after another because somebody asks for calls to it, or moves theirs to and fro. */
const PER_DESTINATION = { max: 5, windowMs: DAY_MS };
/** Attack: pages and chats with a list of numbers, each a text that we pay. Of everybody who asks for a number that is not known to be theirs. */
const OF_STRANGERS = { max: 60, windowMs: HOUR_MS };
/** Attack: callers with forged numbers, each of whom gets a text. Of everybody. */
const OF_ALL = { max: 1_000, windowMs: HOUR_MS };
const TOKEN_CHARS = 26;
/** What a report covers. */
const REPORT_MS = DAY_MS;

/** Nobody knows whether it arrived. */
const MAYBE: ReadonlySet<LinkWhy | null> = new Set(["no-answer", "interrupted"]);

/** `retry`: it was not taken, and may be sent again; else nobody knows, and it is not. */
export type Sent = { ok: true } | { ok: false; why: LinkWhy; retry: boolean };

export interface LinkOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  request(id: string): Promise<CallbackRequest | null>;
  /** Promises whose link has its job still before it. */
  awaited(): Promise<ReadonlySet<string>>;
  /** Public address of this site, without a slash at its end; null = none is set, or this queue sends none. */
  site(queueId: string): string | null;
  facts(request: CallbackRequest): Pick<LinkFacts, "centreName" | "zone" | "shownNumber">;
  /** A text can go there: a mobile. */
  isMobile(number: string): boolean;
  /** Of the customer's record; null = none. */
  emailOf(customerId: string): Promise<string | null>;
  text(request: CallbackRequest, words: string): Promise<Sent>;
  /** Null: no mail server is set. */
  mail(): ((to: string, words: Pick<LinkWords, "subject" | "mail">) => Promise<Sent>) | null;
}

export interface Links {
  /** What the job does for one promise. Throws when it is to be tried again. */
  tell(requestId: string): Promise<void>;
  /** What became of each one's link, by the promise's id; those that are over and had none are absent. */
  of(requests: readonly CallbackRequest[]): Promise<Map<string, CallbackLink>>;
  /** Hears of a promise whose link went out, or did not. */
  onTold(hear: (request: CallbackRequest) => void): void;
  /** Who gives an e-mail address is written to. */
  byMail(queueId: string): boolean;
  report(): Promise<CallbackLinks>;
}

interface LinkRow extends Record<string, unknown> {
  id: string;
  state: "sending" | "sent" | "failed";
  why: LinkWhy | null;
  slot_at: Date | null;
}
interface LastRow extends LinkRow {
  request_id: string;
  via: "sms" | "email";
  at: Date;
}
type Way = { via: "sms" | "email"; to: string };

const tellsTimeOf = ({ slot_at }: LinkRow, { slot }: CallbackRequest): boolean => (slot_at?.getTime() ?? null) === (slot?.startMs ?? null);

export function createLinks(options: LinkOptions): Links {
  const { db, clock, chance, log } = options;
  const hearers: ((request: CallbackRequest) => void)[] = [];

  async function wayTo(request: CallbackRequest): Promise<Way | null> {
    const { email, number, customerId } = request;
    if (options.mail() !== null && email !== undefined) return { via: "email", to: email };
    // Whoever types somebody's number must not have them told of an echo; nor learn, by what they get or do not get, that it is one.
    if (request.echo) return null;
    if (options.isMobile(number)) return { via: "sms", to: number };
    const known = options.mail() === null || customerId === null || isStrangers(request) ? null : await options.emailOf(customerId);
    return known === null ? null : { via: "email", to: known };
  }

  async function tooMany({ to }: Way, stranger: boolean): Promise<boolean> {
    const now = clock.now();
    const [count] = await db.query<{ there: number; strangers: number; together: number }>(
      "SELECT count(*) FILTER (WHERE sent_to = $1) AS there, count(*) FILTER (WHERE stranger AND at > $3) AS strangers, count(*) FILTER (WHERE at > $4) AS together FROM callback_link WHERE at > $2 AND sent_to <> ''",
      [to, new Date(now - PER_DESTINATION.windowMs), new Date(now - OF_STRANGERS.windowMs), new Date(now - OF_ALL.windowMs)],
    );
    return (count?.there ?? 0) >= PER_DESTINATION.max || (count?.together ?? 0) >= OF_ALL.max || (stranger && (count?.strangers ?? 0) >= OF_STRANGERS.max);
  }

  const settle = (id: string, state: "sent" | "failed", why: LinkWhy | null): Promise<unknown> => db.query("UPDATE callback_link SET state = $2, why = $3 WHERE id = $1", [id, state, why]);

  /** What became of the link; throws when it is to be tried again. */
  async function tell(request: CallbackRequest, site: string): Promise<void> {
    const requestId = request.id;
    const [last] = await db.query<LinkRow>("SELECT id, state, why, slot_at FROM callback_link WHERE request_id = $1 ORDER BY at DESC, id DESC LIMIT 1", [requestId]);
    const sameTime = last !== undefined && tellsTimeOf(last, request);
    if (last?.state === "sending") {
      await settle(last.id, "failed", "interrupted");
      log.error({ callback: requestId }, "the server ended while it sent a promised call's link: it may have arrived, and is not sent twice");
      if (sameTime) return;
    } else if (sameTime && (last.state === "sent" || MAYBE.has(last.why))) return;
    const way = await wayTo(request);
    if (!way) return log.info({ callback: requestId }, "a promised call's link has no way to its customer: no mobile number, no e-mail address");
    const stranger = isStrangers(request);
    const again = sameTime && last.state === "failed" ? last.id : null;
    if (again === null && (await tooMany(way, stranger))) {
      log.warn({ callback: requestId, via: way.via }, "too many links of promised calls were sent there, or asked for by strangers: this one is not sent");
      return void (await db.query("INSERT INTO callback_link (id, request_id, via, sent_to, slot_at, token_hash, stranger, state, why, at) VALUES ($1, $2, $3, '', $4, $5, false, 'failed', 'too-many', $6)", [newId("cbl", clock.now(), chance), requestId, way.via, request.slot && new Date(request.slot.startMs), hashOf(newSecret(TOKEN_CHARS, chance)), new Date(clock.now())]));
    }
    const token = newSecret(TOKEN_CHARS, chance);
    const id = again ?? newId("cbl", clock.now(), chance);
    await db.query(
      `INSERT INTO callback_link (id, request_id, via, sent_to, slot_at, token_hash, stranger, state, at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'sending', $8)
       ON CONFLICT (id) DO UPDATE SET via = $3, sent_to = $4, token_hash = $6, state = 'sending', why = NULL`,
      [id, requestId, way.via, way.to, request.slot && new Date(request.slot.startMs), hashOf(token), stranger, new Date(clock.now())],
    );
    const words = linkWords(request, { ...options.facts(request), url: `${site}/callback/${token}`, moved: last !== undefined && !sameTime });
    const sent = way.via === "sms" ? await options.text(request, words.sms) : ((await options.mail()?.(way.to, words)) ?? { ok: false, why: "no-mail", retry: false });
    await settle(id, sent.ok ? "sent" : "failed", sent.ok ? null : sent.why);
    if (sent.ok) return;
    log.error({ callback: requestId, via: way.via, why: sent.why }, "a promised call's link could not be sent to its customer");
    if (sent.retry) throw new Error(`not sent: ${sent.why}`);
  }

  function linkOf(request: CallbackRequest, last: LastRow | undefined, awaited: ReadonlySet<string>): CallbackLink | null {
    const isTold = last !== undefined && tellsTimeOf(last, request);
    if (last?.state === "sending" || (!isTold && awaited.has(request.id))) return { state: "waits" };
    if (last?.state === "sent") return { state: "sent", via: last.via, atMs: last.at.getTime(), otherTime: !isTold && request.state === "waiting" };
    if (last) return { state: "failed", via: last.via, atMs: last.at.getTime(), why: last.why ?? "not-taken" };
    if (!isOpen(request)) return null;
    if (options.site(request.queueId) === null) return { state: "none", why: "off" };
    // a customer whose record has an address would have a row: what is asked here is what a job without a way to them saw
    return { state: "none", why: options.isMobile(request.number) || (request.email !== undefined && options.mail() !== null) ? null : "no-address" };
  }

  return {
    async tell(requestId) {
      const request = await options.request(requestId);
      const site = request && options.site(request.queueId);
      // over, or being called: a link would come too late
      if (request?.state !== "waiting" || !site) return;
      try {
        await tell(request, site);
      } finally {
        for (const hear of hearers) hear(request);
      }
    },
    async of(requests) {
      const awaited = await options.awaited();
      const rows = await db.query<LastRow>("SELECT DISTINCT ON (request_id) id, request_id, via, state, why, slot_at, at FROM callback_link WHERE request_id = ANY($1) ORDER BY request_id, at DESC, id DESC", [requests.map(({ id }) => id)]);
      const last = new Map(rows.map((row) => [row.request_id, row]));
      return new Map(requests.flatMap((request) => {
        const link = linkOf(request, last.get(request.id), awaited);
        return link ? [[request.id, link] as const] : [];
      }));
    },
    onTold: (hear) => void hearers.push(hear),
    byMail: (queueId) => options.site(queueId) !== null && options.mail() !== null,
    async report() {
      const sinceMs = clock.now() - REPORT_MS;
      const [count] = await db.query<{ sent: number; failed: number }>("SELECT count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed FROM callback_link WHERE at > $1", [new Date(sinceMs)]);
      const [last] = await db.query<{ via: "sms" | "email"; why: LinkWhy | null; at: Date }>("SELECT via, why, at FROM callback_link WHERE at > $1 AND state = 'failed' ORDER BY at DESC LIMIT 1", [new Date(sinceMs)]);
      return { sinceMs, sent: count?.sent ?? 0, failed: count?.failed ?? 0, lastFailed: last ? { via: last.via, why: last.why ?? "not-taken", atMs: last.at.getTime() } : null, mail: options.mail() !== null };
    },
  };
}
