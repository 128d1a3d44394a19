import { expect, test } from "vitest";
import { columnFates } from "./column-fate.ts";
import { loadMapping } from "./mapping-file.ts";

const TABLE = loadMapping(
  `source: { type: csv, path: a.csv }
tables:
  - kind: provider
    key: [企业名称]
    never: [联系电话]
    fields: { name: 企业名称, selfDescription: { columns: [简介, 备注] } }
`,
  "file",
).tables[0];

test("a column that a mapping means by the last part of its title leaves, and is said to", () => {
  const titles = ["基本信息/企业名称", "基本信息/联系电话", "简介", "备注", "序号"];
  const fateOf = columnFates(TABLE as NonNullable<typeof TABLE>, titles);
  expect(fateOf("基本信息/企业名称")).toEqual({ type: "used", fields: ["key", "name"] });
  expect(fateOf("备注")).toEqual({ type: "used", fields: ["selfDescription"] });
  expect(fateOf("基本信息/联系电话")).toEqual({ type: "never" });
  expect(fateOf("序号")).toEqual({ type: "unmapped" });
});
