/**
 * What went wrong in LevelDB.
 *
 * @module
 */

/** The error that made opening a database fail; LevelDB wraps it. */
export function reasonOf(error: unknown): unknown {
  return (error instanceof Error ? error.cause : undefined) ?? error;
}

/** True if another process has the database open. */
export function isLocked(error: unknown): boolean {
  return (codeOf(reasonOf(error)) ?? codeOf(error)) === "LEVEL_LOCKED";
}

/** True if the disk or the quota of its user is full. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && /no space left|disk quota/i.test(error.message);
}

/** The code of an error; undefined if it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
