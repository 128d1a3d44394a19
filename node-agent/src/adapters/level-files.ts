/**
 * Whether the tables of a LevelDB store are what LevelDB wrote; before it is opened, since LevelDB itself ends the process where
 * it merges some damage, and makes values vanish where it reads other damage.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { damagedLevelFiles } from "@tributary/proto";

/**
 * Journals are left out: after a disk that was full one may hold a broken record in its middle that nobody was promised.
 *
 * @returns What is wrong with the first table that is damaged, in English; undefined if none is or there is no store yet.
 */
export async function damagedTableIn(folder: string): Promise<string | undefined> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  const [damaged] = await damagedLevelFiles({
    names: async () => names.filter((name) => !name.endsWith(".log")),
    read: (name) => unlessMissing(readFile(join(folder, name))),
  });
  return damaged && `${damaged.name}: ${damaged.problem}`;
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
