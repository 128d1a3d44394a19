/**
 * A short list as one file that only its owner may read, replaced by rename: a line of JSON, and a line with its SHA-256,
 * since nobody else would notice that a date or a name has changed on the disk.
 *
 * @module
 */

import { sha256Text, TributaryError, toHex } from "@tributary/proto";
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

  /** Empty while there is no file. @throws {TributaryError} `ERR_STORE_DAMAGED` if it does not hold what was written. */
  async read(): Promise<readonly Item[]> {
    const text = await readOptional(this.#file);
    if (text === undefined) return [];
    const [json = "", hash] = text.split("\n");
    // Earlier versions wrote no second line.
    if (hash !== undefined && hash !== hashOf(json)) throw this.#damaged();
    try {
      return this.#schema.parse(JSON.parse(json));
    } catch (cause) {
      throw this.#damaged(cause);
    }
  }

  /** Durable on return. */
  async write(list: readonly Item[]): Promise<void> {
    const json = JSON.stringify(list);
    await replaceFile(this.#file, `${json}\n${hashOf(json)}`, 0o600);
  }

  #damaged(cause?: unknown): TributaryError {
    return new TributaryError(
      "ERR_STORE_DAMAGED",
      `${this.#file} is damaged; put it back from a backup, or move it away to begin with an empty list`,
      { messageZh: `${this.#file} 已损坏；请从备份恢复，或将其移走以空列表重新开始`, cause },
    );
  }
}

function hashOf(json: string): string {
  return toHex(sha256Text(json));
}
