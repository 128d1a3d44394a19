import { describe, expect, test } from "vitest";
import type { DiscoveredTable, Source, SourceRow } from "./source.ts";

/** A source that a test may change. */
export interface SourceFixture extends AsyncDisposable {
  /**
   * Table `table` has the columns 名称, 数量 and `__proto__`, and three rows: 甲 1 x, 乙 2 y, 丙 with the two others empty.
   */
  readonly source: Source;
  readonly table: string;
  /** Changes a value of the table. */
  change(): Promise<void>;
  /** Takes the file or database away. */
  remove(): Promise<void>;
}

/**
 * The contract of {@link Source}, as tests.
 *
 * @param open Makes a new source with the content that {@link SourceFixture} describes. Called once a test.
 */
export function describeSource(name: string, open: () => Promise<SourceFixture>): void {
  const signal = AbortSignal.timeout(60_000);

  async function rowsOf({ source, table }: SourceFixture): Promise<SourceRow[]> {
    return Array.fromAsync(source.read(table, signal));
  }

  describe(`${name} is a Source`, () => {
    test("says that it can be read, in both languages", async () => {
      await using fixture = await open();
      const check = await fixture.source.check(signal);
      expect(check).toMatchObject({ ok: true });
      expect(check.message).not.toBe("");
      expect(check.messageZh).toMatch(/\p{Script=Han}/u);
    });

    test("gives all rows in order, with the table and ascending row numbers", async () => {
      await using fixture = await open();
      const rows = await rowsOf(fixture);
      expect(rows.map(({ cells }) => cells["名称"])).toEqual(["甲", "乙", "丙"]);
      expect(rows.map(({ table }) => table)).toEqual(Array(3).fill(fixture.table));
      const numbers = rows.map(({ row }) => row);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(3);
    });

    test("gives every column of a fixed table in every row, null where the cell is empty", async () => {
      await using fixture = await open();
      for (const { cells, columns } of await rowsOf(fixture)) {
        if (columns === undefined) continue;
        expect(Object.keys(cells).sort()).toEqual(Object.keys(columns).sort());
        if (cells["名称"] === "丙") expect(cells["数量"]).toBeNull();
      }
    });

    test("takes a column named __proto__ for a column", async () => {
      await using fixture = await open();
      const [first] = await rowsOf(fixture);
      expect(first && Object.hasOwn(first.cells, "__proto__")).toBe(true);
      expect(Object.entries(first?.cells ?? {})).toContainEqual(["__proto__", "x"]);
      expect(first && "constructor" in first.cells).toBe(false);
    });

    test("describes its tables with columns, samples and counts", async () => {
      await using fixture = await open();
      const tables: DiscoveredTable[] = await Array.fromAsync(fixture.source.discover(signal));
      const found = tables.find(({ table }) => table === fixture.table);
      expect(found?.rowCount).toBe(3);
      const column = found?.columns.find(({ title }) => title === "数量");
      expect(column?.samples).toEqual(["1", "2"]);
      expect(column?.emptyShare).toBeCloseTo(1 / 3);
    });

    test("keeps its fingerprint while nothing changes, also when it is read", async () => {
      await using fixture = await open();
      const before = await fixture.source.fingerprint(signal);
      await rowsOf(fixture);
      expect(await fixture.source.fingerprint(signal)).toBe(before);
    });

    test("has another fingerprint when a value changed", async () => {
      await using fixture = await open();
      const before = await fixture.source.fingerprint(signal);
      await fixture.change();
      const after = await fixture.source.fingerprint(signal);
      expect(before).toBeDefined();
      expect(after).not.toBe(before);
    });

    test("gives new values after a change", async () => {
      await using fixture = await open();
      const before = await rowsOf(fixture);
      await fixture.change();
      expect(await rowsOf(fixture)).not.toEqual(before);
    });

    test("names the tables that there are when asked for another", async () => {
      await using fixture = await open();
      await expect(
        Array.fromAsync(fixture.source.read("没有这张表", signal)),
      ).rejects.toMatchObject({
        code: "ERR_SOURCE_TABLE",
        message: expect.stringContaining(fixture.table),
      });
    });

    test("is missing, and not empty, when it is gone", async () => {
      await using fixture = await open();
      await fixture.remove();
      const missing = { code: "ERR_SOURCE_MISSING" };
      await expect(rowsOf(fixture)).rejects.toMatchObject(missing);
      await expect(fixture.source.fingerprint(signal)).rejects.toMatchObject(missing);
      await expect(Array.fromAsync(fixture.source.discover(signal))).rejects.toMatchObject(missing);
      expect(await fixture.source.check(signal)).toMatchObject({ ok: false });
    });

    test("does not end as if it were complete when it goes away in mid-read", async () => {
      await using fixture = await open();
      const reading = fixture.source.read(fixture.table, signal)[Symbol.asyncIterator]();
      expect((await reading.next()).done).toBe(false);
      await fixture.remove();
      const rest = Array.fromAsync({ [Symbol.asyncIterator]: () => reading });
      await expect(rest).rejects.toMatchObject({ code: "ERR_SOURCE_CHANGED" });
    });

    test("stops with the reason of an aborted signal", async () => {
      await using fixture = await open();
      const stop = new AbortController();
      const reading = fixture.source.read(fixture.table, stop.signal)[Symbol.asyncIterator]();
      await reading.next();
      const reason = new Error("enough");
      stop.abort(reason);
      const rest = Array.fromAsync({ [Symbol.asyncIterator]: () => reading });
      await expect(rest).rejects.toBe(reason);
    });

    test("can be read twice at the same time", async () => {
      await using fixture = await open();
      const [one, two] = await Promise.all([rowsOf(fixture), rowsOf(fixture)]);
      expect(one).toEqual(two);
    });
  });
}
