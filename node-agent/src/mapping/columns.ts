/**
 * Finds the columns that a mapping names among those that a table has.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import type { ColumnAddresses } from "../ports/source.ts";
import { findTitle } from "../sources/title.ts";
import { nearest } from "./nearest.ts";

const MAX_SHOWN = 30;

/** Titles as a mapping may write them: one, or several that are tried in turn. */
export type Titles = string | readonly string[] | undefined;

export function titlesOf(titles: Titles): readonly string[] {
  return typeof titles === "string" ? [titles] : (titles ?? []);
}

/**
 * The columns of one table as its rows have them. A title may differ in width, case, spaces and brackets, or be the
 * last part of one in several rows.
 *
 * What is not there is collected, so that one message names all of it.
 */
export class ColumnFinder {
  readonly #titles: readonly string[] | undefined;
  readonly #missing: string[] = [];

  /** @param columns Undefined where each row has its own fields: then every title counts as there. */
  constructor(columns: ColumnAddresses | undefined) {
    this.#titles = columns && Object.keys(columns);
  }

  /** Those of the titles that the table has, in their order. */
  present(titles: readonly string[]): readonly string[] {
    const known = this.#titles;
    if (known === undefined) return titles;
    const found = titles.flatMap((title) => findTitle(known, title) ?? []);
    return [...new Set(found)];
  }

  /** As {@link ColumnFinder.present}; remembers that something is missing if none of the titles is there. */
  oneOf(titles: readonly string[]): readonly string[] {
    const found = this.present(titles);
    if (found.length === 0 && titles.length > 0) this.#missing.push(titles.join(" / "));
    return found;
  }

  /** As {@link ColumnFinder.present}; remembers each title that is not there. */
  all(titles: readonly string[]): readonly string[] {
    return titles.flatMap((title) => this.oneOf([title]));
  }

  /**
   * A column that was renamed would empty a field of every record, so the table is not read on without it.
   *
   * @throws {TributaryError} `ERR_SOURCE_COLUMN` if something is missing.
   */
  assertComplete(table: string): void {
    const known = this.#titles ?? [];
    if (this.#missing.length === 0) return;
    const shown = this.#missing.map((title) => {
      const meant = nearest(title, known);
      return { title, meant };
    });
    const where = table === "" ? "the table" : `table ${table}`;
    const whereZh = table === "" ? "数据表" : `表“${table}”`;
    const list = shown.map(({ title, meant }) =>
      meant === undefined ? title : `${title} (did you mean ${meant}?)`,
    );
    const listZh = shown.map(({ title, meant }) =>
      meant === undefined ? `“${title}”` : `“${title}”（是否指“${meant}”？）`,
    );
    const has = known.slice(0, MAX_SHOWN);
    throw new TributaryError(
      "ERR_SOURCE_COLUMN",
      `${where} has no column ${list.join(", ")}; was it renamed? It has: ${has.join(", ")}. Nothing was withdrawn. Correct the mapping, or mark the field with optional: true`,
      {
        messageZh: `${whereZh}没有列${listZh.join("、")}，是否已改名？现有列：${has.join("、")}。未撤回任何记录。请修改映射文件，或将该字段标为 optional: true`,
        details: { missing: this.#missing.length },
      },
    );
  }
}
