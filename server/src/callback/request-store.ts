/** Rows of promised calls. Booking is one transaction under a lock of its queue: a slot cannot be sold twice, by whomever at once. */
import { createHash } from "node:crypto";
import type { CallbackState } from "@tandem/protocol/callback";
import type { Db, Tx } from "../db/db.ts";
import type { CallbackRequest } from "./request.ts";

/** Namespace of the lock, beside the queue's hash. */
const LOCK = 7_432;
/** What a list shows. */
const MAX_LISTED = 500;

export interface Filter {
  queueIds: readonly string[] | null;
  states: readonly CallbackState[] | null;
  number: string | null;
  customerId: string | null;
}

export const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();

export class RequestStore {
  readonly #db: Db;
  readonly #toTell: (tx: Tx, request: CallbackRequest) => Promise<void>;

  /** `toTell`: in the transaction of a new promise, or of another time. */
  constructor(db: Db, toTell: (tx: Tx, request: CallbackRequest) => Promise<void>) {
    this.#db = db;
    this.#toTell = toTell;
  }

  async open(): Promise<CallbackRequest[]> {
    return (await this.#db.query<{ body: CallbackRequest }>("SELECT body FROM callback_request WHERE state IN ('waiting', 'calling')")).map(({ body }) => body);
  }

  /**
   * The promise, or the one of before of this number and queue as `again` has it (null = as it is). "full": the slot has no room left. `capacity` is of the slot.
   */
  book(request: CallbackRequest, token: string, capacity: number, again: (before: CallbackRequest) => CallbackRequest | null): Promise<{ request: CallbackRequest; first: boolean } | "full"> {
    return this.#db.transaction(async (tx) => {
      await tx.query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [LOCK, request.queueId]);
      const [before] = await tx.query<{ body: CallbackRequest }>("SELECT body FROM callback_request WHERE queue_id = $1 AND number = $2 AND state IN ('waiting', 'calling')", [request.queueId, request.number]);
      const now = before ? again(before.body) : request;
      if (before && !now) return { request: before.body, first: false };
      if (now?.slot) {
        const [taken] = await tx.query<{ n: number }>("SELECT count(*) AS n FROM callback_request WHERE queue_id = $1 AND slot_at = $2 AND state IN ('waiting', 'calling') AND id <> $3", [now.queueId, new Date(now.slot.startMs), now.id]);
        if ((taken?.n ?? 0) >= capacity) return "full";
      }
      if (before) await tx.query("UPDATE callback_request SET slot_at = $2, body = $3 WHERE id = $1", [now!.id, now!.slot && new Date(now!.slot.startMs), JSON.stringify(now)]);
      else {
        await tx.query("INSERT INTO callback_request (id, state, queue_id, number, slot_at, customer_id, created_at, token_hash, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", [
          request.id, request.state, request.queueId, request.number, request.slot && new Date(request.slot.startMs), request.customerId, new Date(request.createdAtMs), hashOf(token), JSON.stringify(request),
        ]);
      }
      await this.#toTell(tx, now!);
      return { request: now!, first: !before };
    });
  }

  /** Echoes of promises that may look open still. */
  async echoes(): Promise<CallbackRequest[]> {
    return (await this.#db.query<{ body: CallbackRequest }>("SELECT body FROM callback_request WHERE state = 'echo' AND body->>'state' = 'waiting'")).map(({ body }) => body);
  }

  /** In the place of the one of before, if any. */
  keepEcho(echo: CallbackRequest, token: string, beforeId: string | null): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await tx.query("DELETE FROM callback_request WHERE id = $1 AND state = 'echo'", [beforeId]);
      await tx.query("INSERT INTO callback_request (id, state, queue_id, number, created_at, token_hash, body) VALUES ($1, 'echo', $2, $3, $4, $5, $6)", [echo.id, echo.queueId, echo.number, new Date(echo.createdAtMs), hashOf(token), JSON.stringify(echo)]);
      await this.#toTell(tx, echo);
    });
  }

  saveEcho(echo: CallbackRequest): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await tx.query("UPDATE callback_request SET body = $2 WHERE id = $1 AND state = 'echo'", [echo.id, JSON.stringify(echo)]);
      await this.#toTell(tx, echo);
    });
  }

  /** The promise goes to who holds the number: the link that a stranger has shows an echo of it from now on. */
  handOver(request: CallbackRequest, token: string, echo: CallbackRequest): Promise<void> {
    return this.#db.transaction(async (tx) => {
      const [row] = await tx.query<{ token_hash: Buffer }>("SELECT token_hash FROM callback_request WHERE id = $1", [request.id]);
      await tx.query("UPDATE callback_request SET token_hash = $2, body = $3 WHERE id = $1", [request.id, hashOf(token), JSON.stringify(request)]);
      await tx.query("INSERT INTO callback_request (id, state, queue_id, number, created_at, token_hash, body) VALUES ($1, 'echo', $2, $3, $4, $5, $6)", [echo.id, echo.queueId, echo.number, new Date(echo.createdAtMs), row!.token_hash, JSON.stringify(echo)]);
      // a text went to the number itself; an e-mail to an address that the stranger typed
      await tx.query("UPDATE callback_link SET request_id = $2 WHERE request_id = $1 AND via = 'email'", [request.id, echo.id]);
      await this.#toTell(tx, request);
    });
  }

  /** Another time; null = the slot is full. */
  move(request: CallbackRequest, capacity: number): Promise<boolean> {
    return this.#db.transaction(async (tx) => {
      await tx.query("SELECT pg_advisory_xact_lock($1, hashtext($2))", [LOCK, request.queueId]);
      if (request.slot) {
        const [taken] = await tx.query<{ n: number }>("SELECT count(*) AS n FROM callback_request WHERE queue_id = $1 AND slot_at = $2 AND state IN ('waiting', 'calling') AND id <> $3", [request.queueId, new Date(request.slot.startMs), request.id]);
        if ((taken?.n ?? 0) >= capacity) return false;
      }
      await tx.query("UPDATE callback_request SET slot_at = $2, body = $3 WHERE id = $1", [request.id, request.slot && new Date(request.slot.startMs), JSON.stringify(request)]);
      await this.#toTell(tx, request);
      return true;
    });
  }

  async save(request: CallbackRequest, sql: Tx = this.#db): Promise<void> {
    await sql.query("UPDATE callback_request SET state = $2, slot_at = $3, customer_id = $4, body = $5 WHERE id = $1", [request.id, request.state, request.slot && new Date(request.slot.startMs), request.customerId, JSON.stringify(request)]);
  }

  /** An echo that is a promise from now on. */
  release(request: CallbackRequest): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await this.save(request, tx);
      await this.#toTell(tx, request);
    });
  }

  async get(id: string): Promise<CallbackRequest | null> {
    const [row] = await this.#db.query<{ body: CallbackRequest }>("SELECT body FROM callback_request WHERE id = $1", [id]);
    return row?.body ?? null;
  }

  async byToken(token: string): Promise<CallbackRequest | null> {
    const [row] = await this.#db.query<{ body: CallbackRequest }>("SELECT body FROM callback_request WHERE token_hash = $1 OR id = (SELECT request_id FROM callback_link WHERE token_hash = $1)", [hashOf(token)]);
    return row?.body ?? null;
  }

  async setToken(id: string, token: string): Promise<void> {
    await this.#db.query("UPDATE callback_request SET token_hash = $2 WHERE id = $1", [id, hashOf(token)]);
  }

  /** Newest first. */
  async list({ queueIds, states, number, customerId }: Filter): Promise<CallbackRequest[]> {
    const rows = await this.#db.query<{ body: CallbackRequest }>(
      `SELECT body FROM callback_request WHERE state <> 'echo' AND ($1::text[] IS NULL OR queue_id = ANY($1)) AND ($2::text[] IS NULL OR state = ANY($2)) AND ($3::text IS NULL OR number = $3)
       AND ($4::text IS NULL OR customer_id = $4) ORDER BY created_at DESC LIMIT ${MAX_LISTED}`,
      [queueIds, states, number, customerId],
    );
    return rows.map(({ body }) => body);
  }

  /** Those that are over since before. */
  async tidy(beforeMs: number): Promise<void> {
    await this.#db.query("DELETE FROM callback_request WHERE created_at < $1 AND state NOT IN ('waiting', 'calling')", [new Date(beforeMs)]);
  }
}
