import { TributaryError } from "@tributary/proto";
import type { Cell, Source, SourceRow } from "../src/ports/source.ts";
import type { RowMapper } from "../src/sync/row-mapper.ts";

/** A source in memory, by table; a test changes its rows between passes. */
export class ListSource implements Source {
  tables: Record<string, Record<string, Cell>[]>;
  /** Fails after this many rows of a table, as a file that disappears in mid-read does. */
  failsAfter: number | undefined;
  reads = 0;
  #version = 0;

  constructor(rows: Record<string, Cell>[]) {
    this.tables = { "": rows };
  }

  set rows(rows: Record<string, Cell>[]) {
    this.tables = { "": rows };
    this.touch();
  }

  get rows(): Record<string, Cell>[] {
    return this.tables[""] ?? [];
  }

  touch(): void {
    this.#version += 1;
  }

  async check() {
    return { ok: true, message: "", messageZh: "" };
  }

  async *discover() {}

  async fingerprint(): Promise<string> {
    return String(this.#version);
  }

  async *read(table: string, signal: AbortSignal): AsyncIterable<SourceRow> {
    this.reads += 1;
    const rows = this.tables[table];
    if (rows === undefined) throw new TributaryError("ERR_SOURCE_TABLE", `no table ${table}`);
    for (const [index, cells] of rows.entries()) {
      signal.throwIfAborted();
      if (index === this.failsAfter) throw new TributaryError("ERR_SOURCE_CHANGED", "gone");
      yield { table, row: index + 2, cells };
    }
  }
}

/** Maps {key, name} to a provider. A row without a name is bad, a row without a key is bad and keyless. */
export function providerMapper(parts: Partial<RowMapper> = {}): RowMapper {
  return {
    table: "",
    kind: "provider",
    mappingId: new Uint8Array(8).fill(1),
    map: ({ cells }) => {
      const [key, name] = [String(cells["key"] ?? ""), String(cells["name"] ?? "")];
      if (key === "" || name === "") {
        const column = key === "" ? "key" : "name";
        const problem = { column, rule: "missing", message: "is empty", messageZh: "为空" };
        return { type: "bad", ...(key !== "" && { key }), problems: [problem] };
      }
      const value = { name };
      return { type: "record", key, value, visibility: "public", visibleTo: [], license: "" };
    },
    ...parts,
  };
}

/** Rows k0, k1, ... */
export function someRows(count: number, from = 0): Record<string, Cell>[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `k${from + index}`,
    name: `青禾 ${from + index}`,
  }));
}
