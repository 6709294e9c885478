/** Messages that callers left for a queue's people: rows in PostgreSQL, sound in files, counts in memory. */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { QueueMessage, QueueMessageState, QueueVoicemailSettings } from "@tandem/protocol/callback";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { whenAbsent } from "../base/when-absent.ts";
import type { Db } from "../db/db.ts";

/** Open messages of a queue. Attack: a machine that calls all night and fills the disk. Beyond it a person is offered instead. */
export const MAX_OPEN_MESSAGES = 500;
const MAX_LISTED = 500;
const DAY_MS = 86_400_000;
/** A sound without a row may be a message that the database did not take: it is told every night, and deleted after so long. */
const NOBODYS_MS = 7 * DAY_MS;
/** A message that is being left has no row yet. */
const BEING_LEFT_MS = 3_600_000;

export interface NewMessage {
  id: string;
  queueId: string;
  number: string;
  name: string;
  customerId: string | null;
  language: "fr" | "en";
  interactionId: string | null;
  durationMs: number;
}

export interface MessageFilter {
  queueIds: readonly string[] | null;
  states: readonly QueueMessageState[] | null;
  customerId: string | null;
}

export interface MessagesOptions {
  db: Db;
  clock: Clock;
  chance: Chance;
  log: Log;
  folder: string;
  settings(queueId: string): QueueVoicemailSettings;
  queueName(id: string): string;
  agentName(id: string): string | null;
}

export interface Messages {
  open(): Promise<void>;
  /** A name for a new one, and where its sound goes. */
  newId(): string;
  pathOf(id: string): string;
  /** No more of this queue are taken. */
  isFull(queueId: string): boolean;
  add(message: NewMessage): Promise<QueueMessage>;
  list(filter: MessageFilter): Promise<QueueMessage[]>;
  get(id: string): Promise<QueueMessage | null>;
  /** Theirs alone until it is given back or done; null = somebody else has it, or it is done. */
  claim(id: string, agentId: string): Promise<QueueMessage | null>;
  /** Null = it is not theirs (`agentId` null: whosever it is). */
  release(id: string, agentId: string | null): Promise<QueueMessage | null>;
  done(id: string, agentId: string): Promise<QueueMessage | null>;
  heard(id: string): Promise<void>;
  calledBack(id: string, callbackId: string): Promise<QueueMessage | null>;
  remove(id: string): Promise<QueueMessage | null>;
  openIn(queueId: string): number;
  onChange(hear: (message: QueueMessage, fresh: boolean, gone: boolean) => void): void;
  /** Those whose time is over go, with their sound. Sounds that no message names are told, and go after a week; messages without their sound are told. */
  tidy(): Promise<void>;
  discard(path: string): void;
}

interface Row extends Record<string, unknown> {
  id: string;
  queue_id: string;
  state: QueueMessageState;
  number: string;
  name: string;
  customer_id: string | null;
  language: "fr" | "en";
  interaction_id: string | null;
  left_at: Date;
  duration_ms: number;
  agent_id: string | null;
  heard: boolean;
  done_at: Date | null;
  callback_id: string | null;
}

const COLUMNS = "id, queue_id, state, number, name, customer_id, language, interaction_id, left_at, duration_ms, agent_id, heard, done_at, callback_id";

export function createMessages({ db, clock, chance, log, folder, settings, queueName, agentName }: MessagesOptions): Messages {
  const counts = new Map<string, number>();
  const hearers: Parameters<Messages["onChange"]>[0][] = [];

  const view = (row: Row): QueueMessage => ({
    id: row.id, queueId: row.queue_id, queueName: queueName(row.queue_id), state: row.state, number: row.number, name: row.name, customerId: row.customer_id, language: row.language, interactionId: row.interaction_id,
    leftAtMs: row.left_at.getTime(), durationMs: row.duration_ms, agentId: row.agent_id, agentName: row.agent_id === null ? null : agentName(row.agent_id), heard: row.heard, doneAtMs: row.done_at?.getTime() ?? null, callbackId: row.callback_id,
  });
  const count = (queueId: string, by: number): void => void counts.set(queueId, Math.max(0, (counts.get(queueId) ?? 0) + by));
  const tell = (message: QueueMessage, fresh = false, gone = false): QueueMessage => {
    for (const hear of hearers) hear(message, fresh, gone);
    return message;
  };
  /** `by`: how the queue's open ones change. */
  async function change(sql: string, params: readonly unknown[], by = 0): Promise<QueueMessage | null> {
    const [row] = await db.query<Row>(`${sql} RETURNING ${COLUMNS}`, params);
    if (!row) return null;
    if (by !== 0) count(row.queue_id, by);
    return tell(view(row));
  }
  const pathOf = (id: string): string => join(folder, `${id}.wav`);
  const discard = (path: string): void => {
    rm(path, { force: true }).catch((error: Error) => log.error({ path, why: error.message }, "a message's sound could not be deleted"));
  };

  async function sweep(): Promise<void> {
    const known = new Set((await db.query<{ id: string }>("SELECT id FROM queue_message")).map(({ id }) => id));
    const there = new Set<string>();
    const nobodys: string[] = [];
    for (const name of await readdir(folder)) {
      // "<id>.both.wav" is written beside a message and discarded with its end: it never names one
      const [, id, both] = /^([^.]+)(\.both)?\.wav$/.exec(name) ?? [];
      if (id === undefined) continue;
      if (both === undefined && known.has(id)) {
        there.add(id);
        continue;
      }
      const path = join(folder, name);
      const ageMs = clock.now() - ((await stat(path).catch(whenAbsent))?.mtimeMs ?? clock.now());
      if (ageMs < BEING_LEFT_MS) continue;
      if (both !== undefined || ageMs > NOBODYS_MS) await rm(path, { force: true });
      else nobodys.push(name);
    }
    if (nobodys.length > 0) log.warn({ folder, files: nobodys }, "recordings that no message names: they are deleted a week after they were left");
    const silent = [...known].filter((id) => !there.has(id));
    if (silent.length > 0) log.error({ folder, messages: silent }, "messages have lost their sound: who called, and when, is all that is left of them");
  }

  return {
    async open() {
      await mkdir(folder, { recursive: true });
      counts.clear();
      for (const { queue_id, n } of await db.query<{ queue_id: string; n: number }>("SELECT queue_id, count(*) AS n FROM queue_message WHERE state <> 'done' GROUP BY queue_id")) counts.set(queue_id, n);
    },
    newId: () => newId("qm", clock.now(), chance),
    pathOf,
    isFull: (queueId) => (counts.get(queueId) ?? 0) >= MAX_OPEN_MESSAGES,
    async add({ id, queueId, number, name, customerId, language, interactionId, durationMs }) {
      const [row] = await db.query<Row>(
        `INSERT INTO queue_message (id, queue_id, state, number, name, customer_id, language, interaction_id, left_at, duration_ms) VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
        [id, queueId, number, name, customerId, language, interactionId, new Date(clock.now()), Math.round(durationMs)],
      );
      count(queueId, 1);
      return tell(view(row!), true);
    },
    async list({ queueIds, states, customerId }) {
      const rows = await db.query<Row>(
        `SELECT ${COLUMNS} FROM queue_message WHERE ($1::text[] IS NULL OR queue_id = ANY($1)) AND ($2::text[] IS NULL OR state = ANY($2)) AND ($3::text IS NULL OR customer_id = $3)
         ORDER BY state = 'done', left_at DESC LIMIT ${MAX_LISTED}`,
        [queueIds, states, customerId],
      );
      return rows.map(view);
    },
    async get(id) {
      const [row] = await db.query<Row>(`SELECT ${COLUMNS} FROM queue_message WHERE id = $1`, [id]);
      return row ? view(row) : null;
    },
    claim: (id, agentId) => change("UPDATE queue_message SET state = 'claimed', agent_id = $2 WHERE id = $1 AND (state = 'open' OR (state = 'claimed' AND agent_id = $2))", [id, agentId]),
    release: (id, agentId) => change("UPDATE queue_message SET state = 'open', agent_id = NULL WHERE id = $1 AND state = 'claimed' AND ($2::text IS NULL OR agent_id = $2)", [id, agentId]),
    done: (id, agentId) => change("UPDATE queue_message SET state = 'done', agent_id = $2, done_at = $3 WHERE id = $1 AND (state = 'open' OR (state = 'claimed' AND agent_id = $2))", [id, agentId, new Date(clock.now())], -1),
    async heard(id) {
      await change("UPDATE queue_message SET heard = true WHERE id = $1 AND NOT heard", [id]);
    },
    calledBack: (id, callbackId) => change("UPDATE queue_message SET callback_id = $2 WHERE id = $1", [id, callbackId]),
    async remove(id) {
      const [row] = await db.query<Row>(`DELETE FROM queue_message WHERE id = $1 RETURNING ${COLUMNS}`, [id]);
      if (!row) return null;
      discard(pathOf(id));
      if (row.state !== "done") count(row.queue_id, -1);
      return tell(view(row), false, true);
    },
    openIn: (queueId) => counts.get(queueId) ?? 0,
    onChange: (hear) => void hearers.push(hear),
    async tidy() {
      const rows = await db.query<{ id: string; queue_id: string; done_at: Date }>("SELECT id, queue_id, done_at FROM queue_message WHERE state = 'done' AND done_at < $1", [new Date(clock.now() - DAY_MS)]);
      for (const { id, queue_id: queueId, done_at: doneAt } of rows) {
        if (doneAt.getTime() > clock.now() - settings(queueId).keepDays * DAY_MS) continue;
        await db.query("DELETE FROM queue_message WHERE id = $1", [id]);
        discard(pathOf(id));
      }
      await sweep();
    },
    discard,
  };
}
