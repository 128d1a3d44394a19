/**
 * What a command sees of the world, and how it answers.
 *
 * Results go to stdout, messages to stderr. With `--json` a result is one JSON value on one line, never translated.
 *
 * @module
 */

/** Exit statuses of every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  auth: 4,
  notFound: 5,
  conflict: 6,
  unreachable: 69,
  retryLater: 75,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

export type Language = "en" | "zh";

/** A text in both languages. */
export type Bilingual = Readonly<Record<Language, string>>;

/** The world outside of a command. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of arguments start from. */
  readonly cwd: string;
  /** Writes a result and a newline. */
  readonly out: (text: string) => void;
  /** Writes a message for people and a newline. */
  readonly err: (text: string) => void;
  /** Whether a person can be asked: stdin and stderr are terminals. */
  readonly isInteractive: boolean;
  /** All of stdin as text. */
  readonly readStdin: () => Promise<string>;
  /** Asks for a line that is not shown while it is typed; undefined if the person gives up. */
  readonly askSecret: (question: string) => Promise<string | undefined>;
  /** Aborted when the user asks to stop. */
  readonly signal: AbortSignal;
}

/** Ends a command with a status other than 0, its message told already. */
export class CommandExit extends Error {
  readonly status: ExitStatus;

  constructor(status: ExitStatus) {
    super(`exit ${status}`);
    this.status = status;
  }
}
