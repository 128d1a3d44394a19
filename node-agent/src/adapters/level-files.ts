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
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const [damaged] = await damagedLevelFiles({
    names: async () => names.filter((name) => name.endsWith(".ldb")),
    read: (name) => readFile(join(folder, name)),
  });
  return damaged && `${damaged.name}: ${damaged.problem}`;
}
