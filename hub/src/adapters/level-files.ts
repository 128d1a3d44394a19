/**
 * The files of a LevelDB store, as bytes.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DamagedFile, damagedLevelFiles } from "@tributary/proto";

/**
 * Files in `folder` that are not what LevelDB wrote; none where there is no folder. Others may have it open.
 *
 * @param shouldStop Asked before each file; once it says so, the rest is left out.
 */
export function damagedFilesOf(
  folder: string,
  shouldStop: () => boolean = () => false,
): Promise<readonly DamagedFile[]> {
  return damagedLevelFiles({
    names: async () => (await unlessMissing(readdir(folder))) ?? [],
    // A table that was merged away meanwhile is no damage.
    read: async (name) => (shouldStop() ? undefined : unlessMissing(readFile(join(folder, name)))),
  });
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
