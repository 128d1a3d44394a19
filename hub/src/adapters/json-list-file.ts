/**
 * A short list as one JSON file that only its owner may read, replaced by rename.
 *
 * @module
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";

/** One writer; readers see the old or the new list. */
export class JsonListFile<Item> {
  readonly #file: string;
  readonly #schema: z.ZodType<readonly Item[]>;

  constructor(file: string, item: z.ZodType<Item>) {
    this.#file = file;
    this.#schema = z.array(item);
  }

  /** Empty while there is no file. */
  async read(): Promise<readonly Item[]> {
    try {
      return this.#schema.parse(JSON.parse(await readFile(this.#file, "utf8")));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }

  /** Durable on return. */
  async write(list: readonly Item[]): Promise<void> {
    const next = `${this.#file}.next`;
    await writeFile(next, JSON.stringify(list), { mode: 0o600, flush: true });
    await rename(next, this.#file);
  }
}
