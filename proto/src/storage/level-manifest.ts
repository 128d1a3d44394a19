/**
 * Which files of a LevelDB folder count: its manifest adds up what each change of the set of tables has written (`VersionEdit`
 * in LevelDB's `db/version_edit.cc`). What else lies in the folder is left over from a merge that a crash interrupted,
 * whole or not, and is deleted at the next start.
 *
 * @module
 */

import { journalRecords } from "./level-journal.ts";
import { readVarint } from "./varint.ts";

/** Numbers of the files that count, as their names begin. */
export interface LiveFiles {
  readonly tables: ReadonlySet<number>;
  /** The first journal that is read; older ones are in tables. */
  readonly firstJournal: number;
}

/** Fields of an edit, by their tags. */
const COMPARATOR = 1;
const JOURNAL = 2;
const NEXT_FILE = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_TABLE = 6;
const NEW_TABLE = 7;
const OLDER_JOURNAL = 9;

/**
 * Reads a manifest up to the first record that is not whole.
 *
 * @param bytes The whole file.
 * @returns Undefined if a record is no edit.
 */
export function readManifest(bytes: Uint8Array): LiveFiles | undefined {
  const tables = new Set<number>();
  let journal = 0;
  let older = 0;
  for (const record of journalRecords(bytes)) {
    const edit = new EditReader(record);
    while (!edit.isAtEnd) {
      switch (edit.number()) {
        case COMPARATOR:
          edit.skipText();
          break;
        case JOURNAL:
          journal = edit.number();
          break;
        case OLDER_JOURNAL:
          older = edit.number();
          break;
        case NEXT_FILE:
        case LAST_SEQUENCE:
          edit.number();
          break;
        case COMPACT_POINTER:
          edit.number();
          edit.skipText();
          break;
        case DELETED_TABLE:
          edit.number();
          tables.delete(edit.number());
          break;
        case NEW_TABLE:
          edit.number();
          tables.add(edit.number());
          edit.number();
          edit.skipText();
          edit.skipText();
          break;
        default:
          return undefined;
      }
      if (edit.isBroken) return undefined;
    }
  }
  return { tables, firstJournal: older === 0 ? journal : Math.min(older, journal) };
}

/** Reads fields one after the other; what it answers once it is broken means nothing. */
class EditReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    const read = readVarint(this.#bytes, this.#at);
    if (read === undefined) {
      this.isBroken = true;
      return 0;
    }
    this.#at = read.end;
    return read.value;
  }

  /** Passes over bytes behind their length. */
  skipText(): void {
    const length = this.number();
    this.#at += length;
    if (this.#at > this.#bytes.length) this.isBroken = true;
  }
}
