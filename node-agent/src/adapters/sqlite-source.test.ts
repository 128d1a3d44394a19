import { copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { describeSource } from "../ports/source.contract.ts";
import type { Source } from "../ports/source.ts";
import { sqliteSourceType } from "./sqlite-source.ts";

const signal = AbortSignal.timeout(60_000);

describeSource("SqliteSource", async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, "center.db");
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE 清单 (名称 TEXT, 数量 INTEGER, "__proto__" TEXT);
    INSERT INTO 清单 VALUES ('甲', 1, 'x'), ('乙', 2, 'y'), ('丙', NULL, NULL);
  `);
  database.close();
  return {
    source: sqliteSourceType.open({ type: "sqlite", path: "center.db" }, folder.path),
    table: "清单",
    async change() {
      const writer = new DatabaseSync(path);
      writer.exec("UPDATE 清单 SET 数量 = 8 WHERE 名称 = '甲'");
      writer.close();
    },
    remove: () => rm(path),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

async function names(source: Source, table: string): Promise<unknown[]> {
  const rows = await Array.fromAsync(source.read(table, signal));
  return rows.map(({ cells }) => cells["name"]);
}

describe("a live database with a write-ahead log", () => {
  async function live(path: string): Promise<DatabaseSync> {
    const writer = new DatabaseSync(path);
    writer.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA wal_autocheckpoint = 0;
      CREATE TABLE t (name TEXT);
      INSERT INTO t VALUES ('in the file');
      PRAGMA wal_checkpoint(TRUNCATE);
      INSERT INTO t VALUES ('in the log');
    `);
    return writer;
  }

  test("is read with what only the log has", async () => {
    await using folder = await temporaryFolder();
    using writer = await live(join(folder.path, "a.db"));
    const source = sqliteSourceType.open({ type: "sqlite", path: "a.db" }, folder.path);
    expect(await names(source, "t")).toEqual(["in the file", "in the log"]);
    expect(writer.isOpen).toBe(true);
  });

  test("has another fingerprint after each commit, and the same without one", async () => {
    await using folder = await temporaryFolder();
    using writer = await live(join(folder.path, "a.db"));
    const source = sqliteSourceType.open({ type: "sqlite", path: "a.db" }, folder.path);
    const seen = new Set([await source.fingerprint(signal)]);
    expect(await source.fingerprint(signal)).toBe([...seen][0]);
    for (const name of ["one", "two"]) {
      writer.prepare("INSERT INTO t VALUES (?)").run(name);
      seen.add(await source.fingerprint(signal));
    }
    expect(seen.size).toBe(3);
  });

  test("is left as it is: its log is neither emptied nor written back", async () => {
    await using folder = await temporaryFolder();
    await using copy = await temporaryFolder();
    // What a program leaves that died with the log unwritten.
    using _writer = await live(join(folder.path, "a.db"));
    for (const name of ["a.db", "a.db-wal"]) {
      await copyFile(join(folder.path, name), join(copy.path, name));
    }
    const source = sqliteSourceType.open({ type: "sqlite", path: "a.db" }, copy.path);
    expect(await names(source, "t")).toEqual(["in the file", "in the log"]);
    expect(await readdir(copy.path)).toContain("a.db-wal");
    for (const name of ["a.db", "a.db-wal"]) {
      expect(await readFile(join(copy.path, name))).toEqual(
        await readFile(join(folder.path, name)),
      );
    }
  });

  test("describes all tables of one moment", async () => {
    await using folder = await temporaryFolder();
    using writer = await live(join(folder.path, "a.db"));
    writer.exec("CREATE TABLE u (name TEXT); INSERT INTO u VALUES ('x')");
    const source = sqliteSourceType.open({ type: "sqlite", path: "a.db" }, folder.path);
    const tables = source.discover(signal)[Symbol.asyncIterator]();
    const first = await tables.next();
    writer.exec("INSERT INTO u VALUES ('y')");
    const second = await tables.next();
    expect([first.value, second.value].map((t) => [t.table, t.rowCount])).toEqual([
      ["t", 2],
      ["u", 1],
    ]);
    expect((await tables.next()).done).toBe(true);
  });

  test("gives one state, whatever is written in mid-read, and the new one afterwards", async () => {
    await using folder = await temporaryFolder();
    using writer = await live(join(folder.path, "a.db"));
    const source = sqliteSourceType.open({ type: "sqlite", path: "a.db" }, folder.path);
    const reading = source.read("t", signal)[Symbol.asyncIterator]();
    const first = await reading.next();
    writer.exec("DELETE FROM t; INSERT INTO t VALUES ('later')");
    const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => reading });
    expect([first.value, ...rest].map((row) => row.cells["name"])).toEqual([
      "in the file",
      "in the log",
    ]);
    expect(await names(source, "t")).toEqual(["later"]);
  });
});

describe("SQLite", () => {
  async function open(sql: string, queries?: Record<string, string>) {
    const folder = await temporaryFolder();
    const path = join(folder.path, "a.db");
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const source = sqliteSourceType.open(
      { type: "sqlite", path: "a.db", ...(queries && { queries }) },
      folder.path,
    );
    return { source, path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  }

  test("reads tables, views, tables without row ids and configured queries", async () => {
    await using opened = await open(
      `CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT);
       INSERT INTO a VALUES (7, 'x'), (9, 'y');
       CREATE VIEW v AS SELECT name FROM a;
       CREATE TABLE w (name TEXT PRIMARY KEY) WITHOUT ROWID;
       INSERT INTO w VALUES ('z');`,
      { joined: "SELECT name || '!' AS name FROM a;" },
    );
    expect(await names(opened.source, "a")).toEqual(["x", "y"]);
    expect(await names(opened.source, "v")).toEqual(["x", "y"]);
    expect(await names(opened.source, "w")).toEqual(["z"]);
    expect(await names(opened.source, "joined")).toEqual(["x!", "y!"]);
    const rows = await Array.fromAsync(opened.source.read("a", signal));
    expect(rows.map(({ row }) => row)).toEqual([7, 9]);
    const tables = await Array.fromAsync(opened.source.discover(signal));
    expect(tables.map(({ table, rowCount }) => [table, rowCount])).toEqual([
      ["joined", 2],
      ["a", 2],
      ["v", 2],
      ["w", 1],
    ]);
  });

  test("keeps all digits of large numbers and leaves binary columns out, saying so", async () => {
    await using opened = await open(
      "CREATE TABLE t (code INTEGER, n INTEGER, r REAL, photo BLOB); INSERT INTO t VALUES (914403001922038216, 5, 1.5, x'ffd8');",
    );
    const [row] = await Array.fromAsync(opened.source.read("t", signal));
    expect({ ...row?.cells }).toEqual({ code: 914403001922038216n, n: 5, r: 1.5, photo: null });
    const [table] = await Array.fromAsync(opened.source.discover(signal));
    expect(table?.notes).toEqual(["binary column photo left out / 略去二进制列 photo"]);
  });

  test("takes odd names of tables for names and nothing else", async () => {
    await using opened = await open(
      `CREATE TABLE "a""; DROP TABLE b; --" (name TEXT); CREATE TABLE b (name TEXT);`,
    );
    expect(await names(opened.source, 'a"; DROP TABLE b; --')).toEqual([]);
    expect(await names(opened.source, "b")).toEqual([]);
    await expect(names(opened.source, "__proto__")).rejects.toMatchObject({
      code: "ERR_SOURCE_TABLE",
    });
  });

  test("cannot write, whatever a query says", async () => {
    await using opened = await open("CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('x');", {
      bad: "WITH d AS (SELECT 1) DELETE FROM t RETURNING name",
    });
    await expect(names(opened.source, "bad")).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
    });
    expect(await names(opened.source, "t")).toEqual(["x"]);
  });

  test("says what is wrong with a query in a check", async () => {
    await using opened = await open("CREATE TABLE t (name TEXT);", {
      bad: "SELECT salary FROM t",
    });
    expect(await opened.source.check(signal)).toMatchObject({
      ok: false,
      message: expect.stringContaining("no such column: salary"),
    });
  });

  test("refuses what is no database, and one that is damaged", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, "a.db"), "this is no database at all");
    const source = sqliteSourceType.open({ type: "sqlite", path: "a.db" }, folder.path);
    await expect(names(source, "t")).rejects.toMatchObject({ code: "ERR_SOURCE_UNREADABLE" });
    await using opened = await open("CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('x');");
    await writeFile(
      opened.path,
      Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(8176, 0x55)]),
    );
    await expect(names(opened.source, "t")).rejects.toMatchObject({
      code: "ERR_SOURCE_UNREADABLE",
    });
  });

  test("is locked while another program holds it", { timeout: 20_000 }, async () => {
    await using opened = await open("CREATE TABLE t (name TEXT);");
    using writer = new DatabaseSync(opened.path);
    writer.exec("BEGIN EXCLUSIVE");
    await expect(names(opened.source, "t")).rejects.toMatchObject({ code: "ERR_SOURCE_LOCKED" });
  });
});
