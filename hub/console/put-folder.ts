/**
 * Puts a folder where another may stand, also while other processes put theirs there.
 *
 * @module
 */

import { renameSync, rmSync } from "node:fs";

/**
 * Moves the folder `fresh` to `target`, whole: what stands there is moved aside first and then deleted, so that nobody
 * finds a part of either. Of several that come at the same time the last stays.
 */
export function putFolder(fresh: string, target: string): void {
  const aside = `${fresh}.before`;
  do {
    rmSync(aside, { recursive: true, force: true });
    tryRename(target, aside, ["ENOENT"]);
  } while (!tryRename(fresh, target, ["ENOTEMPTY", "EEXIST"]));
  rmSync(aside, { recursive: true, force: true });
}

/** @returns False if it failed with one of the codes: another process was faster. */
function tryRename(from: string, to: string, codes: readonly string[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return false;
  }
}
