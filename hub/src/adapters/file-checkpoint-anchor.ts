/**
 * {@link CheckpointAnchor} as one file, replaced by rename.
 *
 * @module
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import type { CheckpointAnchor } from "../ports/checkpoint-anchor.ts";

/** `file` need not exist; its folder must. */
export class FileCheckpointAnchor implements CheckpointAnchor {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.#file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  async write(checkpoint: string): Promise<void> {
    const next = `${this.#file}.next`;
    await writeFile(next, checkpoint, { flush: true });
    await rename(next, this.#file);
  }
}
