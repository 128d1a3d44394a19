/**
 * What can be wrong with a mapping file, as sentences: names that do not exist, fields that do not fit, columns that
 * must not leave and are mapped all the same.
 *
 * @module
 */

import {
  fold,
  type HubTerms,
  isRegionCode,
  type SchemeName,
  SHARED_TERMS,
} from "@tributary/proto/vocabulary";
import { z } from "zod";
import { sourceSpec } from "../sources/spec.ts";
import { titlesOf } from "./columns.ts";
import { fieldNamesOf, fieldTypeOf, requiredFieldsOf } from "./fields.ts";
import {
  type Envelope,
  envelopeOf,
  type FieldSpec,
  fullFieldSpec,
  fullSpec,
  indicatorSpec,
  type Mapping,
  mappingSpec,
  type TableMapping,
  tableSpec,
} from "./mapping-spec.ts";
import { nearest } from "./nearest.ts";
import { fits, type Shape, shapeOf, type TransformName } from "./transforms.ts";

/** Something wrong with a mapping file. */
export interface FileProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly messageZh: string;
}

/** What a value of a mapping file means, or all that is wrong with it. @param terms The vocabulary as the hub has it. */
export function checkMapping(
  value: unknown,
  terms: HubTerms = SHARED_TERMS,
): { readonly mapping: Mapping } | { readonly problems: readonly FileProblem[] } {
  const result = mappingSpec.safeParse(value);
  const problems = result.success
    ? mappingProblems(result.data, terms)
    : result.error.issues.flatMap((issue) => problemsOfIssue(issue, value));
  return result.success && problems.length === 0 ? { mapping: result.data } : { problems };
}

/** Sentences for an issue of the schema; of a union for the branch that the value was meant to be. */
function problemsOfIssue(issue: z.core.$ZodIssue, root: unknown): FileProblem[] {
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const branch = branchFor(issue.errors, valueAt(root, issue.path));
    return branch.flatMap((inner) =>
      problemsOfIssue({ ...inner, path: [...issue.path, ...inner.path] }, root),
    );
  }
  if (issue.code === "unrecognized_keys") {
    const known = knownKeysAt(issue.path, root);
    return issue.keys.map((key) => unknownName([...issue.path, key], { key, known }));
  }
  if (issue.code === "invalid_value") {
    const { values } = issue;
    const given = valueAt(root, issue.path);
    const known = values.map(String);
    return [wrongValue(issue.path, { given, known })];
  }
  if (issue.code === "invalid_union") {
    // A source of no known type.
    const known = sourceSpec.options.map((option) => option.shape.type.value);
    const path = issue.path.at(-1) === "type" ? issue.path : [...issue.path, "type"];
    return [wrongValue(path, { given: valueAt(root, path), known })];
  }
  const place = issue.path.length === 0 ? "the file" : issue.path.join(".");
  return [
    {
      path: issue.path,
      message: `${place}: ${issue.message}`,
      messageZh: `${place === "the file" ? "文件" : place}：${chineseOf(issue)}`,
    },
  ];
}

/** The message of an issue in Chinese: our own, or zod's. */
function chineseOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom") return String(issue.params?.["zh"] ?? issue.message);
  const message = z.locales.zhCN().localeError(issue as never);
  return (typeof message === "string" ? message : message?.message) ?? issue.message;
}

/** The branch for a value of the same sort, so that a mistake in an object is not told as "expected string". */
function branchFor(
  branches: readonly (readonly z.core.$ZodIssue[])[],
  value: unknown,
): readonly z.core.$ZodIssue[] {
  const isOther = (branch: readonly z.core.$ZodIssue[]) =>
    branch.some(({ code, path }) => code === "invalid_type" && path.length === 0);
  const fitting = branches.filter((branch) => !isOther(branch));
  const last = branches.at(-1) ?? [];
  return typeof value === "object" && !Array.isArray(value) && value !== null
    ? last
    : (fitting[0] ?? branches[0] ?? last);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let at = root;
  for (const key of path) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  return at;
}

function unknownName(
  path: readonly PropertyKey[],
  { key, known }: { readonly key: string; readonly known: readonly string[] },
): FileProblem {
  const meant = nearest(key, known);
  const hint = meant === undefined ? `; known are ${known.join(", ")}` : `; did you mean ${meant}?`;
  const hintZh = meant === undefined ? `；可用：${known.join("、")}` : `；是否指 ${meant}？`;
  return {
    path,
    message: `${path.join(".")} is not known here${hint}`,
    messageZh: `此处没有名为 ${path.join(".")} 的设置${hintZh}`,
  };
}

function wrongValue(
  path: readonly PropertyKey[],
  { given, known }: { readonly given: unknown; readonly known: readonly string[] },
): FileProblem {
  const meant = typeof given === "string" ? nearest(given, known) : undefined;
  const shown = given === undefined ? "nothing" : JSON.stringify(given)?.slice(0, 80);
  return {
    path,
    message: `${path.join(".")} is one of ${known.join(", ")}, not ${shown}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    messageZh: `${path.join(".")} 须为 ${known.join("、")} 之一，收到 ${given === undefined ? "空" : shown}${meant === undefined ? "" : `；是否指 ${meant}？`}`,
  };
}

/** The names that may stand at a place of the file. */
function knownKeysAt(path: readonly PropertyKey[], root: unknown): readonly string[] {
  const [first, , third, , fifth] = path;
  if (first === "source" && path.length === 1) {
    const type = valueAt(root, ["source", "type"]);
    const spec = sourceSpec.options.find((option) => option.shape.type.value === type);
    return Object.keys(spec?.shape ?? {});
  }
  if (first === "source") return ["headerRow", "headerRows", "totals"];
  if (path.length === 0) return Object.keys(mappingSpec.shape);
  if (third === undefined) return Object.keys(tableSpec.shape);
  if (third === "indicators") return Object.keys(indicatorSpec.shape);
  return fifth === undefined ? Object.keys(fullFieldSpec.shape) : [];
}

/** What the schema cannot say: fields of the kind, shapes, codes, and that nothing private is mapped. */
function mappingProblems(mapping: Mapping, terms: HubTerms): FileProblem[] {
  return [
    ...mapping.tables.flatMap((table, index) =>
      tableProblems(table, terms).map(({ path, ...problem }) => ({
        ...problem,
        path: ["tables", index, ...path],
      })),
    ),
    ...doubleTables(mapping),
    ...uselessReaders(mapping),
    ...mapping.tables.flatMap((table, index) =>
      audienceProblems(envelopeOf(mapping, table), ["tables", index]),
    ),
  ];
}

function tableProblems(table: TableMapping, terms: HubTerms): FileProblem[] {
  const { kind, fields, indicators, never = [] } = table;
  const known = fieldNamesOf(kind);
  const secret = new Set(never.map(fold));
  const mapped: [path: PropertyKey[], titles: readonly string[]][] = [
    [["key"], table.key],
    [["group"], table.group ?? []],
    ...Object.entries(fields).map(([field, spec]): [PropertyKey[], readonly string[]] => {
      const { column, columns } = fullSpec(spec);
      return [["fields", field], columns ?? titlesOf(column)];
    }),
    ...Object.entries(indicators ?? {}).map(
      ([part, titles]): [PropertyKey[], readonly string[]] => [
        ["indicators", part],
        titlesOf(titles),
      ],
    ),
  ];
  return [
    ...Object.entries(fields).flatMap(([field, spec]) => {
      const path = ["fields", field];
      if (known.includes(field)) return fieldProblems(table, { field, spec, terms });
      const meant = nearest(field, known);
      return [
        {
          path,
          message: `a ${kind} has no field ${field}${meant === undefined ? `; it has ${known.join(", ")}` : `; did you mean ${meant}?`}`,
          messageZh: `${kind} 没有字段 ${field}${meant === undefined ? `；可用：${known.join("、")}` : `；是否指 ${meant}？`}`,
        },
      ];
    }),
    ...mapped.flatMap(([path, titles]) =>
      titles.filter((title) => secret.has(fold(title))).map((title) => mappedSecret(path, title)),
    ),
    ...requiredFieldsOf(kind)
      .filter((field) => !Object.hasOwn(fields, field))
      .map((field) => ({
        path: ["fields"],
        message: `a ${kind} needs the field ${field}`,
        messageZh: `${kind} 须有字段 ${field}`,
      })),
    ...(indicators !== undefined && kind !== "case" && kind !== "engagement"
      ? [
          {
            path: ["indicators"],
            message: `only cases and engagements have indicators, a ${kind} has none`,
            messageZh: `只有案例（case）和项目（engagement）可以有 indicators，${kind} 没有`,
          },
        ]
      : []),
  ];
}

function mappedSecret(path: readonly PropertyKey[], title: string): FileProblem {
  return {
    path,
    message: `${title} stands under never, and ${path.join(".")} takes it: it would leave the center`,
    messageZh: `“${title}”列在 never 中，却被 ${path.join(".")} 使用：它会离开中心`,
  };
}

function fieldProblems(
  { kind }: TableMapping,
  {
    field,
    spec,
    terms,
  }: { readonly field: string; readonly spec: FieldSpec; readonly terms: HubTerms },
): FileProblem[] {
  const path = ["fields", field];
  const type = fieldTypeOf(kind, field);
  const { as = type.as, scheme = type.scheme, map = {}, keepOther = false } = fullSpec(spec);
  const wanted = shapeOf(type.as);
  if (!fits(shapeOf(as), wanted)) {
    const usual = fittingTransforms(wanted);
    return [
      {
        path: [...path, "as"],
        message: `${field} cannot be read as ${as}; it takes ${usual.join(", ")}`,
        messageZh: `${field} 不能用 ${as} 读取；可用：${usual.join("、")}`,
      },
    ];
  }
  if (["term", "terms", "pairs"].includes(as) && scheme === undefined) {
    return [
      {
        path,
        message: `${field} read as ${as} needs a scheme`,
        messageZh: `${field} 用 ${as} 读取时须给出 scheme`,
      },
    ];
  }
  if (keepOther && wanted !== "text" && wanted !== "texts") {
    return [
      {
        path: [...path, "keepOther"],
        message: `${field} takes codes only, so other words cannot be kept`,
        messageZh: `${field} 只接受代码，无法保留其他词语`,
      },
    ];
  }
  const codes = schemeOfCodes(as, scheme as SchemeName | undefined);
  if (codes === undefined || as === "pairs" || keepOther) return [];
  return Object.entries(map)
    .filter(([, code]) => !isCodeOf(terms, codes, code))
    .map(([word, code]) => ({
      path: [...path, "map", word],
      message: `${code} is no code of ${codes}`,
      messageZh: `${code} 不是 ${codes} 中的代码`,
    }));
}

function fittingTransforms(wanted: Shape): readonly TransformName[] {
  return (fullFieldSpec.shape.as.unwrap().options as readonly TransformName[]).filter((name) =>
    fits(shapeOf(name), wanted),
  );
}

function schemeOfCodes(as: string, scheme: SchemeName | undefined): SchemeName | undefined {
  if (as === "region" || as === "regions") return "region";
  if (as === "industry" || as === "industries") return "industry";
  return as === "term" || as === "terms" ? scheme : undefined;
}

function isCodeOf(terms: HubTerms, scheme: SchemeName, code: string): boolean {
  return terms.conceptOf(scheme, code) !== undefined || (scheme === "region" && isRegionCode(code));
}

/** Rows are chosen and put together by table, so a table that is mapped twice can have neither. */
function doubleTables({ tables }: Mapping): FileProblem[] {
  return tables.flatMap(({ table, only, group }, index) => {
    const others = tables.filter((other, at) => at !== index && other.table === table);
    if (others.length === 0 || (only === undefined && group === undefined)) return [];
    return [
      {
        path: ["tables", index, only === undefined ? "group" : "only"],
        message: `${table || "the table"} is mapped more than once, so it cannot have only or group; use a query or a file of its own`,
        messageZh: `${table || "该表"} 被多次映射，不能使用 only 或 group；请改用查询或单独的文件`,
      },
    ];
  });
}

/** Readers that the file names and no table has: somebody thinks that others cannot read what is public. */
function uselessReaders(mapping: Mapping): FileProblem[] {
  const isUsed = mapping.tables.some(
    (table) => envelopeOf(mapping, table).visibility === "centers",
  );
  return isUsed ? [] : audienceProblems({ visibility: "public", visibleTo: mapping.visibleTo }, []);
}

function audienceProblems(
  { visibility, visibleTo }: Pick<Envelope, "visibility" | "visibleTo">,
  path: readonly PropertyKey[],
): FileProblem[] {
  if ((visibility === "centers") === visibleTo.length > 0) return [];
  if (visibility === "centers") {
    return [
      {
        path: [...path, "visibility"],
        message: "visibility centers needs the centers in visibleTo",
        messageZh: "visibility 为 centers 时须在 visibleTo 中列出中心",
      },
    ];
  }
  return [
    {
      path: [...path, "visibleTo"],
      message: "visibleTo has a meaning with visibility centers only",
      messageZh: "visibleTo 仅在 visibility 为 centers 时有效",
    },
  ];
}
