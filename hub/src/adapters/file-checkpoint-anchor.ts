/**
 * {@link CheckpointAnchor} as one file, replaced by rename.
 *
 * @module
 */

import { open, readFile, rename } from "node:fs/promises";
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
    // Not `writeFile` with `flush`, which syncs on the event loop.
    const file = await open(next, "w");
    try {
      await file.write(checkpoint);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(next, this.#file);
  }
}
