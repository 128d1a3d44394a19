/**
 * What is wrong, in a form that can be kept, shown and sent: a code, a sentence in two languages, since when.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto";

/** Something that a person should know. */
export interface Problem {
  /** Stable code, for example ERR_SOURCE_MISSING; may be one of a newer hub. */
  readonly code: string;
  readonly message: string;
  readonly messageZh: string;
  /** Ms since the epoch. */
  readonly sinceMs: number;
}

/** A stop that somebody has to end. */
export interface Pause extends Problem {
  /** Who stopped it: the mass-change guard, the hub's refusal, or a person. */
  readonly by: "guard" | "hub" | "person";
  /** Ends by itself at this time; ms since the epoch. */
  readonly untilMs?: number;
}

/** The problem behind an error. `since` keeps the time of an earlier, equal problem. */
export function problemOf(error: unknown, nowMs: number, earlier?: Problem): Problem {
  const known = isTributaryError(error)
    ? { code: error.code, message: error.message, messageZh: error.messageZh }
    : {
        code: "ERR_INTERNAL",
        message: error instanceof Error ? error.message : String(error),
        messageZh: `程序内部错误：${error instanceof Error ? error.message : String(error)}`,
      };
  return { ...known, sinceMs: earlier?.code === known.code ? earlier.sinceMs : nowMs };
}
