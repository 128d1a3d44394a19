import type { TributaryError } from "@tributary/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTestWriter, testAnalyzer } from "../../../test/support/open-test-index.ts";
import { createMemorySearchIndex } from "../../adapters/memory-search-index.ts";
import { aComparison, aDocument, aQuery } from "../../ports/search-index.contract.ts";
import type { IndexDocument, IndexQuery, IndexResult } from "../../ports/search-index.ts";
import { type Generation, GenerationOpener } from "../generation.ts";
import { seeded } from "../semantic/seeded.ts";
import { search } from "./search.ts";
import { similar } from "./similar.ts";

const analyzer = testAnalyzer();

/** Words that overlap, repeat and come in several scripts. */
const WORDS =
  "预测性维护 预测 维护 设备 设备健康 数字化 数字化转型 转型 的 如何 什么 公司 有限公司 招商 花 𠮷野 轴承 轴承监测 MES 制造执行系统 predictive maintenance 预策性维护 mantenance PD1728_A pump pumps services C++ half-width".split(
    " ",
  );

const text = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom("", " ", "，")), { maxLength: 14 })
  .map((parts) => parts.map(([word, gap]) => word + gap).join(""));

const document = fc
  .record({
    key: fc.integer({ min: 0, max: 30 }).map(String),
    center: fc.constantFrom("north", "south"),
    title: text,
    tags: text,
    body: text,
    year: fc.subarray(["2023", "2024", "2025"]),
    region: fc.constantFrom<readonly string[]>(["34", "3401"], ["34"], []),
    visibility: fc.constantFrom<IndexDocument["visibility"]>("public", "members", "centers"),
    receivedAtMs: fc.integer({ min: 1, max: 4 }),
    validUntilMs: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  })
  .map(({ year, region, validUntilMs, ...parts }) =>
    aDocument({
      ...parts,
      facets: { year, region },
      ...(validUntilMs === undefined ? {} : { validUntilMs }),
    }),
  );

const queryText = fc
  .array(
    fc
      .tuple(
        fc.constantFrom("", "", "", "-", "title:", "-body:"),
        fc.constantFrom(...WORDS),
        fc.constantFrom("", "", " ", " ", "“"),
      )
      .map(([before, word, after]) =>
        after === "“" ? `${before}"${word}${word.slice(0, 1)}" ` : before + word + after,
      ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join(""));

const query = fc
  .record({
    text: queryText,
    sort: fc.constantFrom<IndexQuery["sort"]>("relevance", "newest"),
    reader: fc.constantFrom<IndexQuery["reader"]>(
      { type: "public" },
      { type: "member", centerId: "north" },
      { type: "operator" },
    ),
    limit: fc.constantFrom(3, 50),
    filters: fc.subarray([
      { field: "year", values: ["2023", "2025"] },
      { field: "region", values: ["34"] },
      { field: "state", values: ["live"] },
    ] satisfies IndexQuery["filters"][number][]),
  })
  .map(({ text: typed, ...parts }) =>
    aQuery(typed, {
      ...parts,
      facets: ["year", "region", "center", "state"],
      stale: { atMs: 5, centers: new Set(["south"]) },
      explain: true,
    }),
  );

/** The documents in segments of `size` documents, not merged, and nothing deleted. */
async function segmentsOf(documents: readonly IndexDocument[], size: number): Promise<Generation> {
  const { writer, data } = await openTestWriter();
  await using _ = writer;
  for (let i = 0; i < documents.length; i += size) {
    await writer.apply({ upserts: documents.slice(i, i + size), deletes: [], position: 1 });
  }
  return new GenerationOpener().open(data());
}

/** Scores to nine digits: sums of the two are made in the same order but not from the same numbers. */
function comparable({ hits, ...rest }: IndexResult) {
  return {
    ...rest,
    hits: hits.map(({ score, terms, ...hit }) => ({
      ...hit,
      score: score.toPrecision(9),
      terms: terms.map((term) => ({ ...term, score: term.score.toPrecision(9) })),
    })),
  };
}

const NO_COUNTS = { position: 1, total: 0, facets: [], corrections: [], isPartial: false };

function codeOf(error: unknown): string {
  return (error as TributaryError).code;
}

function codeOr<T>(ask: () => T): T | string {
  try {
    return ask();
  } catch (error) {
    return codeOf(error);
  }
}

const distinct = fc.uniqueArray(document, {
  maxLength: 30,
  selector: ({ ref }) => `${ref.centerId} ${ref.key}`,
});

describe("search", () => {
  test("answers as the model does, for any documents and query", async () => {
    const checkTime = () => {};
    await fc.assert(
      fc.asyncProperty(
        distinct,
        query,
        fc.constantFrom(1, 4, 100),
        async (documents, asked, size) => {
          const { writer, reader } = createMemorySearchIndex(analyzer);
          await writer.apply({ upserts: documents, deletes: [], position: 1 });
          const generation = await segmentsOf(documents, size);
          const found = search(generation, { ...asked }, analyzer, { checkTime });
          const expected = await reader.search(asked, new AbortController().signal);
          expect(comparable({ ...found, position: 1 })).toEqual(comparable(expected));
        },
      ),
      { numRuns: 400 },
    );
  });

  test("finds what is similar as the model does, for any documents", async () => {
    const checkTime = () => {};
    await fc.assert(
      fc.asyncProperty(
        distinct,
        fc.oneof(text, fc.constant(undefined)),
        query,
        fc.constantFrom(1, 4, 100),
        async (documents, typed, { reader, limit, filters, stale }, size) => {
          const { writer, reader: model } = createMemorySearchIndex(analyzer);
          await writer.apply({ upserts: documents, deletes: [], position: 1 });
          const generation = await segmentsOf(documents, size);
          const ref = documents[0]?.ref;
          const to = typed !== undefined || ref === undefined ? { text: typed ?? "" } : { ref };
          const parts = { reader, limit, filters, stale, explain: true };
          const asked = aComparison(to, parts);
          const expected = await model.similar(asked, new AbortController().signal).catch(codeOf);
          const found = codeOr(() => similar(generation, asked, analyzer, { checkTime }));
          if (typeof expected === "string" || typeof found === "string") {
            expect(found).toEqual(expected);
            return;
          }
          expect(comparable({ ...found, ...NO_COUNTS })).toEqual(
            comparable({ ...expected, ...NO_COUNTS }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test("finds with pruning what it finds without, for any documents and query", async () => {
    const checkTime = () => {};
    await fc.assert(
      fc.asyncProperty(distinct, query, async (documents, asked) => {
        const generation = await segmentsOf(documents, 100);
        const pruned = search(generation, asked, analyzer, { checkTime });
        const full = search(generation, asked, analyzer, { checkTime, isExhaustive: true });
        expect(comparable(pruned)).toEqual(comparable(full));
      }),
      { numRuns: 200 },
    );
  });

  test("finds with pruning what it finds without, over many documents", async () => {
    const random = seeded(7);
    // The first words are frequent, the last are rare.
    const words = (count: number) =>
      Array.from({ length: count }, () => WORDS[Math.floor(WORDS.length * random() ** 3)]);
    const documents = Array.from({ length: 40_000 }, (_, i) =>
      aDocument({
        key: String(i),
        title: words(1).join(" "),
        body: words(1 + Math.floor(random() * 8)).join(" "),
        visibility: random() < 0.9 ? "public" : "members",
        receivedAtMs: i,
      }),
    );
    const generation = await segmentsOf(documents, 30_000);
    for (let i = 0; i < 40; i++) {
      const excluded = i % 4 === 0 ? " -mantenance" : "";
      const asked = aQuery(`如何 ${words(5 + (i % 5)).join(" ")}${excluded}`, {
        reader: { type: "public" },
        limit: 20,
      });
      const pruned = search(generation, asked, analyzer, { checkTime() {} });
      const full = search(generation, asked, analyzer, { checkTime() {}, isExhaustive: true });
      expect(pruned.total, asked.text).toBeGreaterThan(0);
      expect(comparable(pruned), asked.text).toEqual(comparable(full));
    }
  });

  test("refuses filters on more fields than it can tell apart", async () => {
    const generation = await segmentsOf([aDocument({ key: "1", body: "设备" })], 1);
    const filters = Array.from({ length: 32 }, (_, i) => ({ field: `f${i}`, values: ["x"] }));
    const ask = (text: string) => () =>
      search(generation, aQuery(text, { filters }), analyzer, { checkTime() {} });
    expect(ask("设备")().total).toBe(0);
    expect(ask("设备 kind:case")).toThrow("filters are on at most 32 fields, not 33");
  });

  test("stops when its time is over", async () => {
    const documents = Array.from({ length: 5000 }, (_, i) =>
      aDocument({ key: String(i), body: "设备" }),
    );
    const generation = await segmentsOf(documents, 5000);
    const checkTime = () => {
      throw new Error("over");
    };
    expect(() => search(generation, aQuery("设备"), analyzer, { checkTime })).toThrow("over");
    const question = aQuery("如何 设备 健康 设备 轴承 转型 维护 的");
    expect(() => search(generation, question, analyzer, { checkTime })).toThrow("over");
    // What a stopped query left behind does not disturb the next.
    expect(search(generation, aQuery("设备"), analyzer, { checkTime() {} }).total).toBe(5000);
    expect(search(generation, question, analyzer, { checkTime() {} }).total).toBe(5000);
  });
});
