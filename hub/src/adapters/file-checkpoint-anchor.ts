/**
 * {@link CheckpointAnchor} as one file, replaced by rename, with a copy elsewhere where the operator wants one.
 *
 * @module
 */

import { open, readFile, rename } from "node:fs/promises";
import { parseCheckpoint, parseNote } from "@tributary/proto";
import type { CheckpointAnchor } from "../ports/checkpoint-anchor.ts";

/** Files need not exist; their folders must. */
export class FileCheckpointAnchor implements CheckpointAnchor {
  readonly #files: readonly string[];

  /** @param copy On another disk: it remembers when the whole data folder went back in time. */
  constructor(file: string, copy?: string) {
    this.#files = copy === undefined ? [file] : [file, copy];
  }

  /** The larger of file and copy. */
  async read(): Promise<string | undefined> {
    const found = await Promise.all(this.#files.map(readOptional));
    return found
      .filter((checkpoint) => checkpoint !== undefined)
      .sort((a, b) => sizeOf(b) - sizeOf(a))[0];
  }

  async write(checkpoint: string): Promise<void> {
    await Promise.all(this.#files.map((file) => replace(file, checkpoint)));
  }
}

function sizeOf(checkpoint: string): number {
  return parseCheckpoint(parseNote(checkpoint).text).size;
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function replace(path: string, checkpoint: string): Promise<void> {
  const next = `${path}.next`;
  // Not `writeFile` with `flush`, which syncs on the event loop.
  const file = await open(next, "w");
  try {
    await file.write(checkpoint);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
