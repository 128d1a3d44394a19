/**
 * Stores that LevelDB cannot read any more: how that is known, and how derived ones begin anew.
 *
 * Clearing a store reads it, and fails too. Its folder cannot be deleted at once, since other threads have it open: so it
 * is marked, and deleted before it is opened next.
 *
 * @module
 */

import { rm, stat, writeFile } from "node:fs/promises";

/** Whether an error, or what caused it, has a code. */
export function hasCode(error: unknown, code: string): boolean {
  return causesOf(error).some((cause) => "code" in cause && cause.code === code);
}

/** Whether LevelDB says that its files do not hold together: blocks that are damaged, files that are cut or missing. */
export function isUnreadable(error: unknown): boolean {
  return (
    hasCode(error, "LEVEL_CORRUPTION") ||
    causesOf(error).some(({ message }) => DAMAGE.test(message))
  );
}

const DAMAGE = /^(Corruption|IO error: .*(Invalid argument|No such file or directory))/s;

/** What LevelDB answers. @param damaged Makes the error for what it cannot read. */
export async function readable<T>(
  answer: Promise<T>,
  damaged: (what: string, cause: unknown) => Error,
): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw isUnreadable(cause) ? damaged("LevelDB cannot read it", cause) : cause;
  }
}

/** Has the folder deleted before it is opened next. */
export async function markDamaged(folder: string): Promise<void> {
  await writeFile(markOf(folder), "");
}

/** Whether the folder is to be deleted before it is opened next. */
export function isMarkedDamaged(folder: string): Promise<boolean> {
  return stat(markOf(folder)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/** Deletes a folder that was marked. Nobody has it open. */
export async function discardDamaged(folder: string): Promise<void> {
  if (!(await isMarkedDamaged(folder))) return;
  await rm(folder, { recursive: true, force: true });
  await rm(markOf(folder));
}

function markOf(folder: string): string {
  return `${folder}.damaged`;
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
