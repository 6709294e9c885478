/** What a command of the terminal is given, and how it says that it cannot. */
export interface CliIo {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Null = nobody sits there: what was asked for is done. */
  ask: ((question: string) => Promise<boolean>) | null;
}

export type Language = "fr" | "en";
/** The sentence in the language of the terminal. */
export type Say = (fr: string, en: string) => string;

export const DONE = 0;
/** Not proved, a test failed, refused, or (with --check) something differs. */
export const FAILED = 1;
/** The command was not understood, or nothing could be reached. */
export const WRONG = 2;

/** Ends the command with a sentence for the person, not with a stack. */
export class CliError extends Error {
  readonly code: number;
  constructor(message: string, code: number = WRONG) {
    super(message);
    this.code = code;
  }
}

export function languageOf(env: CliIo["env"]): Language {
  return /^fr/i.test(env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "") ? "fr" : "en";
}
