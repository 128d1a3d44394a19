/**
 * A short list as one JSON file that only its owner may read, replaced by rename.
 *
 * @module
 */

import { z } from "zod";
import { readOptional, replaceFile } from "./small-file.ts";

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
    const text = await readOptional(this.#file);
    return text === undefined ? [] : this.#schema.parse(JSON.parse(text));
  }

  /** Durable on return. */
  async write(list: readonly Item[]): Promise<void> {
    await replaceFile(this.#file, JSON.stringify(list), 0o600);
  }
}
