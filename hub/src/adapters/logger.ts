/**
 * The hub's log lines: one JSON object each, on stderr.
 *
 * @module
 */

import { destination, type Logger, pino } from "pino";

export type { Logger };

/** @param level trace, debug, info, warn, error or silent. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ["authorization", "token", "secret", "*.authorization", "*.token", "*.secret"],
    },
    destination({ fd: 2, sync: true }),
  );
}
