import { DatabaseError } from "pg";

/**
 * - `unavailable`: the server cannot be reached, is starting or stopping: the same call may work later.
 * - `unknown`: the connection was lost at a commit and did not come back in time: the rows may be stored or not.
 * - `conflict`: serialization failure or deadlock: run the transaction again.
 * - `duplicate`, `missingReference`, `invalid`: the rows break a unique key, a foreign key, or another rule.
 * - `failed`: everything else (an SQL mistake of ours, no space on disk).
 */
export type DbErrorCode = "unavailable" | "unknown" | "conflict" | "duplicate" | "missingReference" | "invalid" | "failed";

/** A refused statement. `sqlState` and `constraint` as PostgreSQL names them; the original error is the `cause`. */
export class DbError extends Error {
  override name = "DbError";
  readonly code: DbErrorCode;
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;

  constructor(code: DbErrorCode, message: string, options: { cause?: unknown; sqlState?: string | undefined; constraint?: string | undefined } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.sqlState = options.sqlState;
    this.constraint = options.constraint;
  }
}

const SOCKET_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);
// `pg` gives these no code.
const LOST = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/;

/** What `pg` threw, as a coded error. */
export function toDbError(error: unknown): DbError {
  if (error instanceof DbError) return error;
  const cause = error as Error & { code?: string; constraint?: string };
  const coded = (code: DbErrorCode): DbError => {
    const sqlState = error instanceof DatabaseError ? error.code : undefined;
    return new DbError(code, cause.message, { cause, sqlState, constraint: cause.constraint });
  };
  if (!(error instanceof DatabaseError)) {
    return coded(SOCKET_CODES.has(cause.code ?? "") || LOST.test(cause.message) ? "unavailable" : "failed");
  }
  const state = error.code ?? "";
  if (state.startsWith("08") || state.startsWith("57P") || state === "53300") return coded("unavailable");
  if (state === "40001" || state === "40P01" || state === "55P03") return coded("conflict");
  if (state === "23505" || state === "23P01") return coded("duplicate");
  if (state === "23503") return coded("missingReference");
  if (state.startsWith("22") || state.startsWith("23")) return coded("invalid");
  return coded("failed");
}
