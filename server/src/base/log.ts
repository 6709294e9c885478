/** Structured logging as a port (pino in `app`). Fields are plain data; no secrets, no message bodies. */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Says nothing: for pure tests and the simulator. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
