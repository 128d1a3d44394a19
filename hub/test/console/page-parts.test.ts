/**
 * What of the page needs no browser: its URLs, its fields, its colours, its texts, its snippets.
 */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  FACET_FIELDS as ALL_FACETS,
  bodySchemas,
  parseMatchQuery,
  RECORD_KINDS,
} from "@tributary/proto";
import { conceptOf, isSchemeName } from "@tributary/proto/vocabulary";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { chooseLanguage } from "../../console/src/choose-language.ts";
import { MESSAGES, translator } from "../../console/src/language.ts";
import {
  checkDemand,
  type DemandState,
  formatDemandState,
  isMatchHash,
  MATCH_HASH,
  parseDemandState,
} from "../../console/src/match/demand-state.ts";
import {
  FACET_FIELDS,
  formatPageState,
  type PageState,
  parsePageState,
  START,
  searchFilters,
  toggleFilter,
  withSearch,
} from "../../console/src/page-state.ts";
import {
  FACET_LABELS,
  FACET_SCHEMES,
  type FieldTable,
  fieldsOf,
} from "../../console/src/record-fields.ts";
import { sameValue } from "../../console/src/same-value.ts";
import { curlSnippet, sdkSnippet } from "../../console/src/snippet.ts";
import {
  centerHash,
  isViewHash,
  linkHash,
  mergeHash,
  placeOf,
  providerHash,
} from "../../console/src/views.ts";

const SOURCES = fileURLToPath(new URL("../../console/src", import.meta.url));

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const values = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 3,
});
const states: fc.Arbitrary<PageState> = fc
  .record({
    query: text,
    kind: fc.constantFrom("", ...RECORD_KINDS),
    filters: fc.dictionary(fc.constantFrom(...FACET_FIELDS), values),
    sort: fc.constantFrom("relevance" as const, "newest" as const),
    page: fc.integer({ min: 2, max: 500 }),
    token: text,
    record: text,
    view: fc.constantFrom(
      "",
      "#/match",
      "#/match?scenario=S01&pains=%E7%97%9B#x",
      "#/centers",
      "#/center/a%2Fb",
      "#/operate/members",
    ),
  })
  .map((state) => ({ ...state, page: state.token === "" ? 1 : state.page }));

describe("a page's URL", () => {
  test("says everything that the page shows, for any state", () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(parsePageState(formatPageState(state))).toEqual(state);
      }),
    );
  });

  test("is short and readable where little is asked", () => {
    expect(formatPageState(START)).toBe("");
    const record = "urn:dth:copper:case:C-1";
    expect(formatPageState({ ...START, record })).toBe(`?record=${record}`);
  });

  test("ignores what it does not know, and a page without its token", () => {
    expect(parsePageState("?x=1&sort=sideways&page=7&region=")).toEqual(START);
    expect(parsePageState("?page=-3&token=t").page).toBe(1);
  });

  test("goes to the first page and the hits when the search changes", () => {
    const deep = { ...START, query: "铜", page: 3, token: "t", record: "urn:x" };
    expect(withSearch(deep, { kind: "case" })).toEqual({ ...START, query: "铜", kind: "case" });
    const once = toggleFilter(deep, "region", "320000");
    expect(searchFilters(once)).toEqual({ region: ["320000"] });
    expect(toggleFilter(once, "region", "320000")).toEqual({ ...START, query: "铜" });
  });
});

describe("a view", () => {
  const named = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(isWellFormed);

  test("of one center or provider is read as it was written, whatever its name", () => {
    fc.assert(
      fc.property(named, (id) => {
        expect(placeOf(centerHash(id))).toEqual({ name: "center", id });
        expect(placeOf(providerHash(id))).toEqual({ name: "provider", id });
        expect(placeOf(mergeHash(id, "b"))).toMatchObject({ page: "merge", about: [id, "b"] });
      }),
    );
  });

  test("is the search where there is none, and nothing where the hash is not known", () => {
    expect(placeOf("")).toEqual({ name: "search" });
    const inbox = { name: "operate", page: "inbox", about: [] };
    expect(placeOf("#/operate")).toEqual({ ...inbox, link: "" });
    const link = "a-_9".repeat(11).slice(1);
    expect(placeOf(linkHash(link))).toEqual({ ...inbox, link });
    const others = [
      "#main",
      "#/operate/x",
      "#/operate/merge/%",
      "#/link/short",
      "#/center/",
      "#/center/a/b",
      "#/center/%",
      "#/x",
      "",
    ];
    expect(others.filter(isViewHash)).toEqual([]);
  });
});

/** Addresses cannot hold half of a surrogate pair. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

describe("a demand", () => {
  const blank = parseDemandState(MATCH_HASH);
  const word = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
    .map((typed) => typed.trim())
    .filter((typed) => typed !== "");
  const line = fc.oneof(fc.constant(""), word);
  const list = fc.uniqueArray(word, { maxLength: 3 });
  const demands: fc.Arbitrary<DemandState> = fc.record({
    scenarios: list,
    industry: line,
    sizeBand: line,
    region: line,
    pains: line,
    budget: line,
    qualifications: list,
    systems: list,
    providerTypes: list,
    deliveryModes: list,
    servesRegion: fc.boolean(),
    excluded: list,
  });

  test("stands in the URL whole, over any state of the page", () => {
    fc.assert(
      fc.property(demands, states, (demand, state) => {
        const view = formatDemandState(demand);
        expect(isMatchHash(view)).toBe(true);
        expect(parseDemandState(view)).toEqual(demand);
        expect(parsePageState(formatPageState({ ...state, view }))).toEqual({ ...state, view });
      }),
    );
  });

  test("has a short URL where nothing is asked, and no other hash is one", () => {
    expect(formatDemandState(blank)).toBe("#/match");
    expect(["", "#main", "#/matches", "#/match/x"].filter(isMatchHash)).toEqual([]);
    expect(parsePageState("?q=x#main")).toEqual({ ...START, query: "x" });
  });

  const isCode: Parameters<typeof checkDemand>[1] = (scheme, code) =>
    conceptOf(scheme, code) !== undefined;

  test("is what the hub takes, with its budget in CNY", () => {
    const { demand } = checkDemand(
      {
        ...blank,
        scenarios: ["S11", "S13"],
        industry: "3211",
        sizeBand: "small",
        region: "360100",
        budget: "1,080.5",
        servesRegion: true,
        systems: ["mes"],
      },
      isCode,
    );
    expect(demand?.budgetCny).toBe(10_805_000);
    expect(() => parseMatchQuery({ demand })).not.toThrow();
  });

  const many = (n: number) => Array.from({ length: n }, (_, i) => `x${i}`);
  const scenarios = ["S01"];

  test.each([
    ["no scenario", {}, { scenarios: "errorScenariosNone" }],
    ["nine scenarios", { scenarios: many(9) }, { scenarios: "errorScenariosMany" }],
    ["a scenario nobody knows", { scenarios: ["S41"] }, { scenarios: "errorScenarioUnknown" }],
    ["a sector by a wrong name", { scenarios, industry: "铜铜" }, { industry: "errorIndustry" }],
    ["a size nobody knows", { scenarios, sizeBand: "huge" }, { sizeBand: "errorSize" }],
    ["a region by a wrong name", { scenarios, region: "江北省" }, { region: "errorRegion" }],
    ["pains without end", { scenarios, pains: "痛".repeat(4097) }, { pains: "errorPains" }],
    ["a budget of nothing", { scenarios, budget: "0" }, { budget: "errorBudget" }],
    ["a budget in words", { scenarios, budget: "八十" }, { budget: "errorBudget" }],
    ["seventeen systems", { scenarios, systems: many(17) }, { systems: "errorWordsMany" }],
    [
      "service of no region",
      { scenarios, servesRegion: true },
      { servesRegion: "errorServesRegion" },
    ],
  ] as const)("is not asked with %s", (_, fields, errors) => {
    expect(checkDemand({ ...blank, ...fields }, isCode)).toEqual({ errors });
  });
});

describe("the fields of a record", () => {
  test.each(RECORD_KINDS)("of kind %s all have labels in both languages", (kind) => {
    expect(unlabelled(bodySchemas[kind], fieldsOf(kind), kind)).toEqual([]);
  });

  test("that can be filtered by all have labels, and schemes that exist", () => {
    expect(Object.keys(FACET_LABELS).sort()).toEqual([...ALL_FACETS].sort());
    expect(Object.values(FACET_SCHEMES).filter((name) => !isSchemeName(name))).toEqual([]);
    const shown = new Set<string>([...FACET_FIELDS, "kind"]);
    expect(ALL_FACETS.filter((field) => !shown.has(field))).toEqual(["language"]);
  });
});

/** Paths of fields of a schema that the table does not name. */
function unlabelled(schema: z.ZodType, table: FieldTable, path: string): string[] {
  const object = objectIn(schema);
  return Object.entries(object?.shape ?? {}).flatMap(([name, field]) => {
    const info = table[name];
    if (info === undefined) return [`${path}.${name}`];
    // Money and effects are shown as a whole.
    if (info.form !== undefined) return [];
    return unlabelled(field as z.ZodType, info.fields ?? {}, `${path}.${name}`);
  });
}

/** The object that a schema is, is a list of, or may be. */
function objectIn(schema: z.ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodOptional) return objectIn(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return objectIn(schema.element as z.ZodType);
  return undefined;
}

describe("the page's colours", () => {
  const css = readFileSync(join(SOURCES, "page.css"), "utf8");
  const colours = new Map(
    [...css.matchAll(/--([a-z-]+): (?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));/g)].map(
      ([, name = "", light, dark, both]) =>
        [name, { light: light ?? both ?? "", dark: dark ?? both ?? "" }] as const,
    ),
  );

  /** WCAG 2.2, "contrast ratio" and "relative luminance". */
  function contrast(a: string, b: string): number {
    const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (lighter + 0.05) / (darker + 0.05);
  }

  function luminance(colour: string): number {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  const texts = [
    ...["ink", "muted", "accent", "bad"].flatMap((ink) =>
      ["ground", "surface"].map((ground) => [ink, ground] as const),
    ),
    ["ink", "sunken"],
    ["muted", "sunken"],
    ["ink", "accent-soft"],
    ["muted", "accent-soft"],
    ["accent", "accent-soft"],
    ["on-accent", "accent-strong"],
    ["on-accent", "accent-deep"],
    ["mark-ink", "mark"],
    ["good", "good-soft"],
    ["warn", "warn-soft"],
    ["warn", "ground"],
    ["bad", "bad-soft"],
  ] as const;

  test.each(texts)("%s on %s can be read in both themes (1.4.3: 4.5)", (ink, ground) => {
    for (const theme of ["light", "dark"] as const) {
      const ratio = contrast(colours.get(ink)?.[theme] ?? "", colours.get(ground)?.[theme] ?? "");
      expect(ratio, theme).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each([
    ["control", "surface"],
    ["control", "ground"],
    ["accent", "ground"],
    ["good", "ground"],
    ["bad", "ground"],
  ] as const)("%s on %s can be seen in both themes (1.4.11: 3)", (line, ground) => {
    for (const theme of ["light", "dark"] as const) {
      const ratio = contrast(colours.get(line)?.[theme] ?? "", colours.get(ground)?.[theme] ?? "");
      expect(ratio, theme).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("the page's texts", () => {
  const sources = globSync("**/*.{ts,tsx}", { cwd: SOURCES }).map((file) => [
    file,
    readFileSync(join(SOURCES, file), "utf8"),
  ]);

  test("are there in both languages, with the same values", () => {
    const valuesOf = (sentence: string) =>
      [...sentence.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
    for (const [name, [zh, en]] of Object.entries(MESSAGES)) {
      expect(
        [zh, en].map((sentence) => sentence.trim() !== ""),
        name,
      ).toEqual([true, true]);
      expect([...new Set(valuesOf(en))], name).toEqual([...new Set(valuesOf(zh))]);
      if (["title", "otherLanguage"].includes(name)) continue; // each names the other language
      expect(zh === en || /[\p{Script=Han}\uff00-\uffef]/u.test(zh), name).toBe(true);
      expect(en, name).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test("are all said somewhere, and stand nowhere else in Chinese", () => {
    const code = sources.filter(([file]) => !/language|messages/.test(file as string));
    const all = code.map(([, text]) => text).join("\n");
    const unused = Object.keys(MESSAGES).filter((name) => !all.includes(`"${name}"`));
    expect(unused).toEqual([]);
    const written = code.filter(
      ([file, text]) => /\.tsx$/.test(file as string) && /\p{Script=Han}/u.test(text as string),
    );
    // Words of codes that no scheme of the vocabulary has; their type demands both languages.
    expect(written.map(([file]) => file).sort()).toEqual(["chips.tsx", "outcome-claim.tsx"]);
  });

  test("fill in values and know one from many", () => {
    const t = translator("en");
    expect(t("totalHits", { n: 1 })).toBe("1 record");
    expect(t("totalHits", { n: 12_345 })).toBe("12,345 records");
    expect(translator("zh")("pageOf", { n: 2, of: 3 })).toBe("第 2 / 3 页");
  });

  test("come in the language of the link, of the visitor's choice, of the browser, in that order", () => {
    expect(chooseLanguage("en", "zh", ["zh-CN"])).toBe("en");
    expect(chooseLanguage("xx", "zh", ["en"])).toBe("zh");
    expect(chooseLanguage(null, null, ["fr", "en-GB", "zh"])).toBe("en");
    expect(chooseLanguage(null, null, ["zh-TW"])).toBe("zh");
    expect(chooseLanguage(null, null, [])).toBe("zh");
  });
});

describe("the page's snippets", () => {
  test("survive quotes in a query", () => {
    const state = { ...START, query: `it's "铜" $HOME \`x\`` };
    expect(sdkSnippet(state, "http://h")).toContain(JSON.stringify(state.query));
    expect(curlSnippet(state, "http://h")).toContain(`it'\\''s \\"铜\\" $HOME`);
  });
});

describe("sameValue", () => {
  test("compares plain values and bytes by what they hold", () => {
    const value = { a: [1, { b: "x" }], bytes: new Uint8Array([1, 2]) };
    expect(sameValue(value, structuredClone(value))).toBe(true);
    expect(sameValue(undefined, undefined)).toBe(true);
    expect(sameValue(value, { ...value, bytes: new Uint8Array([1, 3]) })).toBe(false);
    expect(sameValue(value, { ...value, c: undefined })).toBe(false);
    expect(sameValue([1], { 0: 1 })).toBe(false);
    expect(sameValue(null, {})).toBe(false);
  });
});
