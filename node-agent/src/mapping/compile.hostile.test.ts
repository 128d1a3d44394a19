import { encodeBody, isTributaryError, type RecordKind } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, SourceRow } from "../ports/source.ts";
import type { RowMapper } from "../sync/row-mapper.ts";
import { compileMapping } from "./compile.ts";
import { fieldNamesOf, fieldTypeOf } from "./fields.ts";
import { loadMapping } from "./mapping-file.ts";

const KINDS = [
  "center",
  "provider",
  "case",
  "policy",
  "training",
  "event",
  "demand",
  "voucher_programme",
] as const satisfies readonly RecordKind[];

/** A mapper that fills each field of a kind from the column of its name. */
function mapperOf(kind: (typeof KINDS)[number]): RowMapper {
  const fields = fieldNamesOf(kind).map((field) => `${field}: ${field}`);
  const indicators =
    kind === "case" ? "    indicators: { name: i, before: b, after: a, change: c, unit: u }" : "";
  const text = [
    "source: { type: json, path: a.json }",
    "tables:",
    `  - kind: ${kind}`,
    "    key: [key]",
    indicators,
    "    fields:",
    ...fields.map((line) => `      ${line}`),
  ];
  const [mapper] = compileMapping(loadMapping(text.filter(Boolean).join("\n"), "m.yaml"));
  return mapper as RowMapper;
}

function rowOf(cells: Readonly<Record<string, Cell>>): SourceRow {
  return { table: "", row: 2, cells: Object.assign(Object.create(null), cells) };
}

const words = fc.constantFrom(
  "赣州市",
  "汽车零部件",
  "C36",
  "MES、ERP",
  "是",
  "120万元",
  "1.2万人",
  "30%",
  "2024年3月",
  "2024.13.45",
  "2025Q1",
  "生产效率提升20%，不良率由3%降至1%",
  "91360700MA35XXXX0X",
  "9.1361E+17",
  "赣工信字〔2024〕1号",
  "http://a.example/x",
  "javascript:alert(1)",
  "-",
  "/",
  "无",
  "\ud800",
  "\u0000",
  "a\u0000b",
  "\u200b",
  "、；，",
  "x".repeat(501),
  "装".repeat(20_001),
  "a、".repeat(600),
  "99999999999999999999",
  "-5",
  "1e400",
  "Infinity",
);
const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: words },
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.date({ noInvalidDate: false }),
  fc.constant(null),
);

describe.each(KINDS)("the mapper of a %s", (kind) => {
  const mapper = mapperOf(kind);
  const titles = ["key", ...fieldNamesOf(kind), "i", "b", "a", "c", "u"];
  const row = fc
    .tuple(...titles.map((title) => fc.tuple(fc.constant(title), cell)))
    .map((entries) => rowOf(Object.fromEntries(entries)));

  test("never throws, gives the same again, and what it remembers changes nothing", () => {
    fc.assert(
      fc.property(row, (given) => {
        const first = mapper.map(given);
        expect(mapper.map(given)).toEqual(first);
        expect(mapperOf(kind).map(given)).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });

  test("makes bodies that can be published as they are", () => {
    fc.assert(
      fc.property(row, (given) => {
        const mapped = mapper.map(given);
        if (mapped.type === "bad") {
          expect(mapped.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(encodeBody(kind, mapped.value as never).length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  test.each(fieldNamesOf(kind))("leaves %s out, or refuses the row at its cell", (field) => {
    const required = fieldNamesOf(kind).filter((name) => fieldTypeOf(kind, name).isRequired);
    fc.assert(
      fc.property(cell, (value) => {
        const cells = Object.fromEntries(required.map((name) => [name, "某某"]));
        const mapped = mapper.map(rowOf({ key: "k1", ...cells, [field]: value }));
        if (mapped.type === "bad") {
          expect(mapped.problems.map(({ column }) => column)).toEqual([field]);
        } else {
          expect(() => encodeBody(kind, mapped.value as never)).not.toThrow();
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("a mapper", () => {
  test("reads a cell of 10 MB in every field without choking", () => {
    const huge = "数字化转型、".repeat(1_700_000);
    for (const kind of KINDS) {
      const cells = Object.fromEntries(fieldNamesOf(kind).map((field) => [field, huge]));
      const started = performance.now();
      const mapped = mapperOf(kind).map(rowOf({ key: huge, ...cells }));
      expect(mapped.type).toBe("bad");
      expect(performance.now() - started).toBeLessThan(20_000);
    }
  });

  test("keeps columns named like members of an object apart from those", () => {
    const text = `
source: { type: csv, path: a.csv }
tables:
  - kind: provider
    key: [__proto__]
    fields: { name: constructor, nameEn: toString, website: hasOwnProperty }
`;
    const [mapper] = compileMapping(loadMapping(text, "m.yaml"));
    const cells: Record<string, Cell> = Object.create(null);
    expect(mapper?.map({ table: "", row: 2, cells }).type).toBe("bad");
    Object.defineProperty(cells, "__proto__", { value: "k" });
    cells["constructor"] = "甲";
    expect(mapper?.map({ table: "", row: 2, cells })).toMatchObject({
      type: "record",
      key: "k",
      value: { name: "甲" },
    });
  });

  test("throws no error but its own for columns that are not there", () => {
    const text = `
source: { type: csv, path: a.csv }
tables: [{ kind: provider, key: [名称], fields: { name: 名称 } }]
`;
    const [mapper] = compileMapping(loadMapping(text, "m.yaml"));
    const columns = Object.assign(Object.create(null), { 企业名称: "A" });
    try {
      mapper?.map({ ...rowOf({ 企业名称: "甲" }), columns });
      expect.unreachable();
    } catch (error) {
      expect(isTributaryError(error, "ERR_SOURCE_COLUMN")).toBe(true);
    }
  });
});
