/**
 * SQLite databases, also while another program writes to them (write-ahead log). Opened for reading only.
 *
 * @module
 */

import { open as openFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { isTributaryError } from "@tributary/proto";
import type {
  ColumnAddresses,
  DiscoveredTable,
  Source,
  SourceCheck,
  SourceRow,
  SourceType,
} from "../ports/source.ts";
import { newCells } from "../sources/cells.ts";
import { TableSurvey } from "../sources/discovery.ts";
import {
  sourceChanged,
  sourceLocked,
  sourceMissing,
  sourceUnreadable,
  tableMissing,
} from "../sources/source-error.ts";
import { type SqliteConfig, sqliteSpec } from "../sources/spec.ts";
import { firstBytes, stateOf } from "./source-files.ts";

/** How long a read waits for a writer that holds the database; databases with a write-ahead log never wait. */
const BUSY_TIMEOUT_MS = 5_000;
/** Rows that discovery looks at for samples; the count is exact. */
const SURVEY_ROWS = 5_000;
const MAX_ROW_NUMBER = 2 ** 32 - 1;
/** Alias of the row number, with a sign that no column of a center has. */
const ROW_NUMBER = "\u001frow";

/** Sources of type `sqlite`. Tables are those of the database, its views, and the configured queries. */
export const sqliteSourceType: SourceType<SqliteConfig> = {
  type: "sqlite",
  spec: sqliteSpec,
  open: (config, folder) => new SqliteSource(config, folder),
};

class SqliteSource implements Source {
  readonly #config: SqliteConfig;
  readonly #path: string;

  constructor(config: SqliteConfig, folder: string) {
    this.#config = config;
    this.#path = resolve(folder, config.path);
  }

  async check(signal: AbortSignal): Promise<SourceCheck> {
    signal.throwIfAborted();
    try {
      await using snapshot = await this.#open();
      const tables = this.#tables(snapshot.database);
      for (const table of tables) this.#statement(snapshot.database, table).columns();
      const names = tables.join(", ");
      return { ok: true, message: `readable: ${names}`, messageZh: `可读取：${names}` };
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      return { ok: false, message: error.message, messageZh: error.messageZh };
    }
  }

  async *discover(signal: AbortSignal): AsyncGenerator<DiscoveredTable> {
    await using snapshot = await this.#open();
    for (const table of this.#tables(snapshot.database)) {
      signal.throwIfAborted();
      const survey = new TableSurvey();
      const binary = new Set<string>();
      for (const row of this.#rows(snapshot.database, table, { limit: SURVEY_ROWS, binary })) {
        survey.add(row);
      }
      const counted = this.#prepare(
        snapshot.database,
        `SELECT count(*) AS n FROM (${this.#select(table, "")})`,
      ).get();
      const notes = [...binary].map(
        (title) => `binary column ${title} left out / 略去二进制列 ${title}`,
      );
      yield {
        ...survey.result({ table, headerRow: 0, notes }),
        rowCount: Number(counted?.["n"] ?? 0),
      };
    }
  }

  /**
   * Changes with every committed write: the change counter of the file and the state of its write-ahead log (SQLite
   * file format, sections 1.3.7 and 4.1).
   */
  async fingerprint(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const main = await stateOf(this.#path);
    const header = (await firstBytes(this.#path, 100)).subarray(24, 100).toString("hex");
    const log = await stat(`${this.#path}-wal`, { bigint: true }).catch(() => undefined);
    if (log === undefined || log.size === 0n) return `${main.size}:${header}`;
    const salts = (await firstBytes(`${this.#path}-wal`, 32)).toString("hex");
    return `${main.size}:${header}:${log.size}:${log.mtimeNs}:${salts}`;
  }

  async *read(table: string, signal: AbortSignal): AsyncGenerator<SourceRow> {
    await using snapshot = await this.#open();
    const tables = this.#tables(snapshot.database);
    if (!tables.includes(table)) throw tableMissing(this.#config.path, table, tables);
    for (const row of this.#rows(snapshot.database, table, {})) {
      signal.throwIfAborted();
      yield row;
    }
    signal.throwIfAborted();
    await snapshot.assertInPlace();
  }

  async #open(): Promise<Snapshot> {
    const name = basename(this.#path);
    await stateOf(this.#path);
    const head = await firstBytes(this.#path, 16);
    if (head.length > 0 && head.toString("latin1") !== "SQLite format 3\0") {
      throw sourceUnreadable(name, {
        why: "it is no SQLite database",
        whyZh: "它不是 SQLite 数据库",
      });
    }
    return openSnapshot(this.#path);
  }

  #tables(database: DatabaseSync): readonly string[] {
    const found = this.#prepare(
      database,
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    ).all();
    const own = Object.keys(this.#config.queries ?? {});
    return [
      ...own,
      ...found.map((row) => String(row["name"])).filter((name) => !own.includes(name)),
    ];
  }

  *#rows(
    database: DatabaseSync,
    table: string,
    { limit, binary }: { readonly limit?: number; readonly binary?: Set<string> },
  ): Generator<SourceRow> {
    const statement = this.#statement(database, table, limit);
    statement.setReadBigInts(true);
    const columns: Record<string, string> = Object.create(null);
    for (const { name } of statement.columns()) if (name !== ROW_NUMBER) columns[name] = name;
    const titles = Object.keys(columns);
    try {
      for (const values of statement.iterate()) {
        yield {
          table,
          row: rowNumber(values[ROW_NUMBER]),
          cells: cellsOf(values, titles, binary),
          columns: columns as ColumnAddresses,
        };
      }
    } catch (error) {
      throw databaseError(basename(this.#path), error);
    }
  }

  #statement(database: DatabaseSync, table: string, limit?: number): StatementSync {
    const tail = limit === undefined ? "" : ` LIMIT ${limit}`;
    if (this.#config.queries?.[table] !== undefined) {
      return this.#prepare(database, `SELECT * FROM (${this.#select(table, "")})${tail}`);
    }
    try {
      return database.prepare(`${this.#select(table, `rowid AS "${ROW_NUMBER}", `)}${tail}`);
    } catch {
      // Views and WITHOUT ROWID tables have no rowid.
      return this.#prepare(database, `${this.#select(table, "")}${tail}`);
    }
  }

  #select(table: string, rowNumberColumn: string): string {
    const queries = this.#config.queries ?? {};
    const query = Object.hasOwn(queries, table) ? queries[table] : undefined;
    if (query !== undefined) return query.trim().replace(/;+$/, "");
    return `SELECT ${rowNumberColumn}* FROM "${table.replaceAll('"', '""')}"`;
  }

  #prepare(database: DatabaseSync, sql: string): StatementSync {
    try {
      return database.prepare(sql);
    } catch (error) {
      throw databaseError(basename(this.#path), error);
    }
  }
}

/** A database in one read transaction: what is read belongs together, whatever is written meanwhile. */
interface Snapshot extends AsyncDisposable {
  readonly database: DatabaseSync;
  /** @throws {TributaryError} `ERR_SOURCE_CHANGED` if the file was replaced or went. */
  assertInPlace(): Promise<void>;
}

async function openSnapshot(path: string): Promise<Snapshot> {
  const name = basename(path);
  const handle = await openFile(path, "r");
  const { dev, ino } = await handle.stat();
  await handle.close();
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw databaseError(name, error);
  }
  try {
    database.exec("BEGIN");
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch (error) {
    database.close();
    throw databaseError(name, error);
  }
  return {
    database,
    async assertInPlace() {
      const now = await stat(path).catch(() => undefined);
      if (now?.ino !== ino || now.dev !== dev) throw sourceChanged(name);
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}

function cellsOf(
  values: Readonly<Record<string, SQLOutputValue>>,
  titles: readonly string[],
  binary: Set<string> | undefined,
): SourceRow["cells"] {
  const cells = newCells();
  for (const title of titles) {
    const value = values[title] ?? null;
    if (value instanceof Uint8Array) {
      binary?.add(title);
      cells[title] = null;
    } else {
      const isSmall = typeof value === "bigint" && Number.isSafeInteger(Number(value));
      cells[title] = isSmall ? Number(value) : value;
    }
  }
  return cells;
}

function rowNumber(value: SQLOutputValue | undefined): number {
  const row = Number(value ?? 0);
  return Number.isSafeInteger(row) && row > 0 && row <= MAX_ROW_NUMBER ? row : 0;
}

/** @see https://www.sqlite.org/rescode.html */
function databaseError(name: string, error: unknown): unknown {
  if (isTributaryError(error) || !(error instanceof Error)) return error;
  const code = "errcode" in error ? Number(error.errcode) & 0xff : 0;
  const text = error.message;
  switch (code) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return sourceLocked(name, error);
    case 14: // SQLITE_CANTOPEN
      return /no such file/i.test(text)
        ? sourceMissing(name, error)
        : sourceUnreadable(name, {
            why: "the database cannot be opened; a live database needs its -wal and -shm files beside it, readable by the agent's user",
            whyZh: "无法打开数据库；使用中的数据库需要同目录下的 -wal 和 -shm 文件，且代理用户可读",
            cause: error,
          });
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return sourceUnreadable(name, {
        why: `the database is damaged (${text})`,
        whyZh: `数据库已损坏（${text}）`,
        cause: error,
      });
    case 0:
      return error;
    default:
      return sourceUnreadable(name, { why: text, whyZh: text, cause: error });
  }
}
