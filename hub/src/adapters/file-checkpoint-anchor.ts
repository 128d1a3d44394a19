/**
 * {@link CheckpointAnchor} as one file, replaced by rename, with a copy elsewhere where the operator wants one.
 *
 * @module
 */

import { parseCheckpoint, parseNote } from "@tributary/proto";
import type { CheckpointAnchor } from "../ports/checkpoint-anchor.ts";
import { readOptional, replaceFile } from "./small-file.ts";

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
    await Promise.all(this.#files.map((file) => replaceFile(file, checkpoint, 0o666)));
  }
}

function sizeOf(checkpoint: string): number {
  return parseCheckpoint(parseNote(checkpoint).text).size;
}
