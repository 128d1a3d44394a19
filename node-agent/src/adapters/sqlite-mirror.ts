/**
 * {@link CatalogMirror} in an SQLite file that a website can read while it is kept in step.
 *
 * ```text
 * records(urn, kind, center, key, title, summary, license, revision, received_at_ms, entity, view)
 * facets(urn, field, code)         region, industry, scenario ... with all their ancestors
 * mirror(name, value)              scope and position
 * ```
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  type RecordRef,
  type RecordView,
  TributaryError,
  urnOf,
  type WatchEvent,
} from "@tributary/proto";
import type { CatalogMirror, MirrorScope } from "../ports/catalog-mirror.ts";
import { fromJsonBytes, toJsonBytes } from "../report/json-text.ts";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS records (
  urn TEXT PRIMARY KEY, kind TEXT NOT NULL, center TEXT NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL,
  summary TEXT NOT NULL, license TEXT NOT NULL, revision INTEGER NOT NULL, received_at_ms INTEGER NOT NULL,
  entity TEXT NOT NULL, view TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS records_by_name ON records (kind, center, key);
CREATE TABLE IF NOT EXISTS facets (
  urn TEXT NOT NULL REFERENCES records ON DELETE CASCADE, field TEXT NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (field, code, urn)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facets_of_record ON facets (urn);
CREATE TABLE IF NOT EXISTS mirror (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens the file, which is made if it is missing.
 *
 * @throws {TributaryError} `ERR_ALREADY_EXISTS` if it is a copy of something else; `ERR_STORE_DAMAGED` if it is no
 * database.
 */
export function openSqliteMirror(path: string, scope: MirrorScope): CatalogMirror {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
    );
    database.exec(SCHEMA);
    return new SqliteMirror(database, path, scope);
  } catch (error) {
    database?.close();
    throw error instanceof TributaryError ? error : damaged(path, error);
  }
}

class SqliteMirror implements CatalogMirror {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #putFacet: StatementSync;
  readonly #set: StatementSync;

  constructor(database: DatabaseSync, path: string, scope: MirrorScope) {
    this.#database = database;
    this.#path = path;
    this.#put = database.prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM records WHERE urn = ?");
    this.#putFacet = database.prepare("INSERT OR IGNORE INTO facets VALUES (?, ?, ?)");
    this.#set = database.prepare("INSERT OR REPLACE INTO mirror VALUES (?, ?)");
    const text = JSON.stringify(scope);
    const known = this.#value("scope");
    if (known === undefined) this.#set.run("scope", text);
    else if (known !== text) throw another(path, known);
  }

  position(): number | undefined {
    const value = this.#value("position");
    return value === undefined ? undefined : Number(value);
  }

  async apply(events: readonly WatchEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const event of events) {
        if (event.type === "upserted") this.#upsert(event.record);
        else if (event.type === "removed") this.#remove(event.ref);
      }
      this.#set.run("position", String(last.position));
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw failed(this.#path, error);
    }
  }

  *records(): Iterable<RecordView> {
    const rows = this.#database.prepare("SELECT view FROM records ORDER BY kind, center, key");
    for (const row of rows.iterate()) yield fromJsonBytes(String(row["view"])) as RecordView;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
  }

  #upsert(record: RecordView): void {
    const { ref, urn, title, summary, license, revision, receivedAtMs, entityId, facets } = record;
    this.#delete.run(urn);
    this.#put.run(
      urn,
      ref.kind,
      ref.centerId,
      ref.key,
      title,
      summary,
      license,
      revision,
      receivedAtMs,
      entityId,
      toJsonBytes(record),
    );
    for (const { field, values } of facets) {
      for (const code of values) this.#putFacet.run(urn, field, code);
    }
  }

  #remove(ref: RecordRef): void {
    this.#delete.run(urnOf(ref));
  }

  #value(name: string): string | undefined {
    const row = this.#database.prepare("SELECT value FROM mirror WHERE name = ?").get(name);
    return row === undefined ? undefined : String(row["value"]);
  }
}

/** SQLite's code for a full disk; see https://sqlite.org/rescode.html */
const SQLITE_FULL = 13;

function failed(path: string, cause: unknown): TributaryError {
  const isFull = (cause as { readonly errcode?: number }).errcode === SQLITE_FULL;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TributaryError(
    isFull ? "ERR_STORE_FULL" : "ERR_STORE_FAILED",
    `${path} cannot be written: ${reason}`,
    { messageZh: `无法写入 ${path}：${reason}`, cause },
  );
}

function another(path: string, scope: string): TributaryError {
  return new TributaryError(
    "ERR_ALREADY_EXISTS",
    `${path} is a copy of something else: ${scope}; give another folder`,
    { messageZh: `${path} 是另一范围的镜像：${scope}；请指定其他目录` },
  );
}

function damaged(path: string, cause: unknown): TributaryError {
  return new TributaryError(
    "ERR_STORE_DAMAGED",
    `${path} is no copy of a catalog, or damaged; delete it, and it is made anew`,
    { messageZh: `${path} 不是目录镜像或已损坏；删除后将重新生成`, cause },
  );
}
