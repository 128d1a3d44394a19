import { isTributaryError } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { loadMapping } from "./mapping-file.ts";
import { envelopeOf } from "./mapping-spec.ts";

const WHOLE = `# yaml-language-server: $schema=../schemas/mapping.schema.json
source: { type: csv, path: sources/a.csv, encoding: gb18030 }
license: CC0-1.0
visibility: centers
visibleTo: [center-b, center-a]
tables:
  - kind: provider
    key: [服务商名称]
    never: [联系人]
    fields:
      name: [服务商名称, 企业名称]
      region: { column: 所在地, optional: true }
      industries:
        column: 服务行业
        map: { 铜箔: "3251" }
`;

/** The lines in which a file is refused, in English and Chinese. */
function refusal(text: string): { readonly en: readonly string[]; readonly zh: readonly string[] } {
  try {
    loadMapping(text, "m.yaml");
  } catch (error) {
    if (!isTributaryError(error, "ERR_CONFIG_INVALID")) throw error;
    return { en: error.message.split("\n"), zh: error.messageZh.split("\n") };
  }
  throw new Error("the mapping was taken");
}

/** A mapping of one table with one more line in it, at line 9. */
function withLine(line: string, kind = "provider"): string {
  const name = kind === "case" || kind === "policy" || kind === "training" ? "title" : "name";
  return [
    "source: { type: csv, path: a.csv }",
    "tables:",
    `  - kind: ${kind}`,
    "    key: [名称]",
    "    never:",
    "      - 联系人",
    "    fields:",
    `      ${name}: 名称`,
    line,
  ].join("\n");
}

describe("loadMapping", () => {
  test("reads a whole file, with defaults", () => {
    const mapping = loadMapping(WHOLE, "m.yaml");
    expect(mapping).toMatchObject({
      source: { type: "csv", path: "sources/a.csv", encoding: "gb18030" },
      license: "CC0-1.0",
      visibleTo: ["center-b", "center-a"],
      tables: [{ table: "", kind: "provider", key: ["服务商名称"], never: ["联系人"] }],
    });
    const small = loadMapping(withLine(""), "m.yaml");
    expect([small.license, small.visibility, small.visibleTo]).toEqual(["CC-BY-4.0", "public", []]);
  });

  test.each<[string, string, string]>([
    ["a field", "      regoin: 所在地", "region"],
    ["a setting of a field", "      region: { colum: 所在地 }", "column"],
    ["a setting of a table", "    nevr: [手机]", "never"],
    ["a setting of the file", "licence: CC0-1.0", "license"],
    ["a transform", "      region: { column: 所在地, as: regoin }", "region"],
  ])("tells what was meant by a typo in %s, with the line", (_, line, meant) => {
    const { en, zh } = refusal(withLine(line));
    expect(en[0]).toMatch(/^m\.yaml:9: /);
    expect(en[0]).toContain(`did you mean ${meant}?`);
    expect(zh[0]).toMatch(/^m\.yaml:9：/);
    expect(zh[0]).toContain(`是否指 ${meant}？`);
  });

  test("tells what was meant by a typo in a kind, in a part of indicators and in a type of source", () => {
    expect(refusal(withLine("", "providr")).en[0]).toMatch(/^m\.yaml:3: .*mean provider\?/);
    const indicators = withLine("    indicators: { name: 指标, befor: 前 }", "case");
    expect(refusal(indicators).en[0]).toMatch(/^m\.yaml:9: .*mean before\?/);
    const source = withLine("").replace("type: csv", "type: exel");
    expect(refusal(source).en[0]).toMatch(/^m\.yaml:1: .*mean excel\?/);
    const encoding = withLine("").replace("path: a.csv", "path: a.csv, encodng: utf-8");
    expect(refusal(encoding).en[0]).toMatch(/^m\.yaml:1: .*mean encoding\?/);
  });

  test("tells all problems at once, each with its line", () => {
    const text = withLine("      regoin: 所在地\n      uscc: 联系人\n      nonsense_field: a");
    const { en, zh } = refusal(text);
    expect(en.map((line) => line.slice(0, 9))).toEqual(["m.yaml:9:", "m.yaml:11", "m.yaml:10"]);
    expect(zh).toHaveLength(3);
  });

  test.each<[string, string, RegExp]>([
    ["a column that must not leave as a field", "      region: 联系人", /9: .*never/],
    ["the same with other brackets and spaces", "      region: 联 系人", /9: .*never/],
    [
      "such a column among joined ones",
      "      region: { columns: [所在地, 联系人] }",
      /9: .*never/,
    ],
    ["two ways to fill a field", "      region: { column: a, value: b }", /9: .*exactly one/],
    ["no way to fill a field", "      region: { as: region }", /9: .*exactly one/],
    [
      "a transform that cannot fill a field",
      "      employees: { column: a, as: text }",
      /9: .*cannot/,
    ],
    ["words without a vocabulary", "      nameEn: { column: a, as: term }", /9: .*scheme/],
    ["a vocabulary that is none", "      region: { column: a, scheme: moons }", /9: .*no scheme/],
    ["a unit that is none", "      registeredCapital: { column: a, unit: 吨 }", /9: .*no unit/],
    ["a code that is none", '      region: { column: a, map: { 某地: "99" } }', /9: .*no code/],
    [
      "own words that a field of codes cannot keep",
      "      region: { column: a, keepOther: true }",
      /9: .*codes/,
    ],
    ["effects of a provider", "    indicators: { name: a }", /9: .*cases/],
    ["readers without a reason", "visibleTo: [center-a]", /visibleTo/],
    ["centers without names", "visibility: centers", /visibleTo/],
    [
      "a center whose name is none",
      "visibility: centers\nvisibleTo: [Center A]",
      /10: .*no identifier/,
    ],
    ["a licence of too many bytes", `license: ${"长".repeat(100)}`, /9: .*200 bytes/],
    ["a number as a title", "      region: 5", /9: .*string/],
    ["an empty list of titles", "      region: []", /9: /],
    [
      "a transform of objects for a list of texts",
      "      aliases: { column: a, as: names }",
      /9: .*cannot/,
    ],
  ])("refuses %s", (_, line, message) => {
    const { en, zh } = refusal(withLine(line));
    expect(en.join("\n")).toMatch(message);
    expect(zh.join("\n")).toMatch(/\p{Script=Han}/u);
  });

  test("refuses a key that must not leave", () => {
    expect(refusal(withLine("").replace("key: [名称]", "key: [联系人]")).en[0]).toMatch(
      /^m\.yaml:4: .*never/,
    );
  });

  test("refuses a mapping without the field that makes a record", () => {
    const text = withLine("").replace("      name: 名称", "      region: 所在地");
    expect(refusal(text).en[0]).toMatch(/^m\.yaml:7: a provider needs the field name$/);
  });

  test("refuses an outcome, which never leaves row by row", () => {
    expect(refusal(withLine("", "outcome")).en[0]).toMatch(/^m\.yaml:3: /);
  });

  test("takes a code of the vocabulary in any scheme, and a retired region", () => {
    const text = withLine(
      '      region: { column: a, map: { 老区: "360702" } }\n      systems: { column: b, map: { 制造执行: mes } }',
    );
    expect(loadMapping(text, "m.yaml").tables[0]?.fields["systems"]).toMatchObject({
      map: { 制造执行: "mes" },
    });
  });

  test("refuses to choose or group the rows of a table that is mapped twice", () => {
    const table = "{ kind: provider, key: [a], fields: { name: a }";
    const text = `source: { type: csv, path: a.csv }\ntables:\n  - ${table} }\n  - ${table}, group: [a] }`;
    expect(refusal(text).en[0]).toMatch(/^m\.yaml:4: .*more than once/);
  });
});

describe("envelopeOf", () => {
  test("takes what a table says before what the file says, and sorts readers", () => {
    const mapping = loadMapping(WHOLE, "m.yaml");
    const [table] = mapping.tables;
    if (table === undefined) throw new Error("no table");
    expect(envelopeOf(mapping, table)).toEqual({
      license: "CC0-1.0",
      visibility: "centers",
      visibleTo: ["center-a", "center-b"],
    });
    expect(envelopeOf(mapping, { ...table, visibility: "public", license: "MIT" })).toEqual({
      license: "MIT",
      visibility: "public",
      visibleTo: [],
    });
  });
});
