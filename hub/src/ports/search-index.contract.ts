/**
 * The contract of the search index: an {@link IndexWriter} with the {@link IndexReader} that follows it.
 *
 * @module
 */

import { describe, expect, test } from "vitest";
import type {
  IndexDocument,
  IndexQuery,
  IndexReader,
  IndexResult,
  IndexWriter,
  SimilarQuery,
  SimilarResult,
} from "./search-index.ts";

/** The two sides of one index; disposing it disposes both. */
export interface OpenedIndex extends AsyncDisposable {
  readonly writer: IndexWriter;
  readonly reader: IndexReader;
}

/** Fields of a document that a test cares about. */
export interface DocumentParts {
  readonly key: string;
  readonly center?: string;
  readonly kind?: IndexDocument["ref"]["kind"];
  readonly title?: string;
  readonly tags?: string;
  readonly summary?: string;
  readonly body?: string;
  readonly facets?: Readonly<Record<string, readonly string[]>>;
  readonly visibility?: IndexDocument["visibility"];
  readonly visibleTo?: readonly string[];
  readonly receivedAtMs?: number;
  readonly validUntilMs?: number;
}

/** A document with defaults. */
export function aDocument(parts: DocumentParts): IndexDocument {
  const { key, center = "tongling", kind = "case" } = parts;
  const { title = "", tags = "", summary = "", body = "" } = parts;
  return {
    ref: { centerId: center, kind, key },
    text: { title, tags, summary, body },
    facets: parts.facets ?? {},
    visibility: parts.visibility ?? "public",
    visibleTo: parts.visibleTo ?? [],
    receivedAtMs: parts.receivedAtMs ?? 1_000,
    validUntilMs: parts.validUntilMs,
  };
}

/** A query with defaults: public reader, 20 hits, by relevance. */
export function aQuery(text: string, parts: Partial<IndexQuery> = {}): IndexQuery {
  return {
    text,
    filters: [],
    reader: { type: "public" },
    limit: 20,
    after: undefined,
    facets: [],
    stale: { atMs: 0, centers: new Set() },
    sort: "relevance",
    explain: false,
    ...parts,
  };
}

/** A comparison with defaults: public reader, 20 hits. */
export function aComparison(
  to: SimilarQuery["to"],
  parts: Partial<SimilarQuery> = {},
): SimilarQuery {
  return {
    to,
    filters: [],
    reader: { type: "public" },
    limit: 20,
    stale: { atMs: 0, centers: new Set() },
    explain: false,
    ...parts,
  };
}

/** Keys of the hits, in order. */
export function keysOf(result: IndexResult): string[] {
  return result.hits.map(({ ref }) => ref.key);
}

const NEVER = new AbortController().signal;

/**
 * The contract, as tests.
 *
 * @param open Makes a new, empty index. Called once a test.
 */
export function describeSearchIndex(name: string, open: () => Promise<OpenedIndex>): void {
  const withDocuments = async (...documents: DocumentParts[]) => {
    const index = await open();
    await index.writer.apply({ upserts: documents.map(aDocument), deletes: [], position: 1 });
    const search = (text: string, parts: Partial<IndexQuery> = {}) =>
      index.reader.search(aQuery(text, parts), NEVER);
    return {
      ...index,
      search,
      found: async (text: string, parts: Partial<IndexQuery> = {}) =>
        keysOf(await search(text, parts)).sort(),
      [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
    };
  };

  describe(`${name} is a search index`, () => {
    test("starts empty at position 0", async () => {
      await using index = await open();
      expect(await index.writer.position()).toBe(0);
      expect(index.reader.position).toBe(0);
    });

    test("answers with the position that was applied last", async () => {
      await using index = await withDocuments({ key: "a", title: "设备上云" });
      await index.writer.apply({ upserts: [], deletes: [], position: 7 });
      expect((await index.search("设备")).position).toBe(7);
      expect(index.reader.position).toBe(7);
    });

    test("takes two words with a word that asks for a question, and stop words for a sentence", async () => {
      await using index = await withDocuments(
        { key: "a", body: "车间主任唱国歌，全场起立" },
        { key: "b", body: "演唱比赛" },
      );
      expect(await index.search("谁演唱了国歌？")).toMatchObject({ total: 2, isPartial: false });
      expect(await index.search("国歌的演唱")).toMatchObject({ total: 2, isPartial: true });
    });

    test("finds what has some of the words where nothing has all, and says so", async () => {
      await using index = await withDocuments(
        { key: "a", body: "水泵的能耗" },
        { key: "b", body: "在线监测" },
        { key: "both", body: "能耗看板，视频监测", visibility: "members" },
        { key: "c", body: "预测性维护" },
      );
      const partial = await index.search("能耗 监测");
      expect(keysOf(partial).sort()).toEqual(["a", "b"]);
      expect(partial.isPartial).toBe(true);
      const member = { type: "member", centerId: "north" } as const;
      const all = await index.search("能耗 监测", { reader: member });
      expect([keysOf(all), all.isPartial]).toEqual([["both"], false]);
      const corrected = await index.search("预策性维护 能耗");
      expect(keysOf(corrected)).toEqual(["c"]);
      expect(corrected).toMatchObject({ isPartial: true, corrections: [{ used: "预测性维护" }] });
      expect(await index.found("能耗 -水泵 监测")).toEqual(["b"]);
      expect(await index.found('"能耗" "监测"')).toEqual([]);
      expect(await index.found("没有 的话")).toEqual([]);
    });

    test("finds a document as soon as it is applied, and no longer when it is deleted", async () => {
      await using index = await withDocuments({ key: "a", title: "设备上云" });
      expect(await index.found("设备上云")).toEqual(["a"]);
      const { ref } = aDocument({ key: "a" });
      await index.writer.apply({ upserts: [], deletes: [ref], position: 2 });
      expect(await index.found("设备上云")).toEqual([]);
    });

    test("replaces a document with the same name", async () => {
      await using index = await withDocuments({ key: "a", title: "设备上云" });
      const changed = aDocument({ key: "a", title: "质量检测" });
      await index.writer.apply({ upserts: [changed], deletes: [], position: 2 });
      expect(await index.found("设备")).toEqual([]);
      expect(await index.found("质量")).toEqual(["a"]);
      expect((await index.search("")).total).toBe(1);
    });

    test("takes the last of two documents with one name in a change", async () => {
      await using index = await withDocuments(
        { key: "a", title: "设备上云" },
        { key: "a", title: "质量检测" },
      );
      expect(await index.found("设备")).toEqual([]);
      expect(await index.found("质量")).toEqual(["a"]);
    });

    test("keeps documents of one key apart by center and kind", async () => {
      await using index = await withDocuments(
        { key: "a", center: "north", title: "设备上云" },
        { key: "a", center: "south", title: "设备上云" },
        { key: "a", center: "south", kind: "policy", title: "设备上云" },
      );
      expect((await index.search("设备")).total).toBe(3);
      const { ref } = aDocument({ key: "a", center: "south" });
      await index.writer.apply({ upserts: [], deletes: [ref], position: 2 });
      expect((await index.search("设备")).hits.map(({ ref: r }) => [r.centerId, r.kind])).toEqual([
        ["north", "case"],
        ["south", "policy"],
      ]);
    });

    test("is empty at position 0 after clear, and can be filled again", async () => {
      await using index = await withDocuments({ key: "a", title: "设备上云" });
      await index.writer.clear();
      expect(await index.writer.position()).toBe(0);
      expect((await index.search("")).total).toBe(0);
      const again = aDocument({ key: "b", title: "设备上云" });
      await index.writer.apply({ upserts: [again], deletes: [], position: 1 });
      expect(await index.found("设备")).toEqual(["b"]);
    });

    test("says after flush that what was applied is durable", async () => {
      await using index = await withDocuments({ key: "a", title: "设备上云" });
      await index.writer.flush();
      expect(await index.writer.position()).toBe(1);
    });

    test("finds everything that filters keep when the text is empty", async () => {
      await using index = await withDocuments(
        { key: "a", facets: { region: ["340000"] } },
        { key: "b", facets: { region: ["320000"] } },
      );
      expect(await index.found("")).toEqual(["a", "b"]);
      expect(await index.found("", { filters: [{ field: "region", values: ["320000"] }] })).toEqual(
        ["b"],
      );
      expect(
        await index.found("", { filters: [{ field: "region", values: ["340000", "320000"] }] }),
      ).toEqual(["a", "b"]);
      expect(await index.found("", { filters: [{ field: "industry", values: ["C"] }] })).toEqual(
        [],
      );
    });

    test("puts what a visitor can act on first when the text is empty, and the newest of it", async () => {
      await using index = await withDocuments(
        { key: "outcome", kind: "outcome", facets: { kpi: ["ENERGY_INTENSITY"] }, receivedAtMs: 9 },
        { key: "center", kind: "center", receivedAtMs: 8 },
        { key: "policy", kind: "policy", receivedAtMs: 7 },
        { key: "plain", receivedAtMs: 6 },
        { key: "old", kind: "provider", receivedAtMs: 1 },
        { key: "measured", facets: { kpi: ["ENERGY_INTENSITY"] }, receivedAtMs: 2 },
        { key: "new", kind: "provider", receivedAtMs: 3 },
      );
      const ordered = ["new", "measured", "old", "plain", "policy", "center", "outcome"];
      const first = await index.search("", { limit: 3 });
      expect(keysOf(first)).toEqual(ordered.slice(0, 3));
      const rest = await index.search("", { after: first.hits.at(-1) });
      expect(keysOf(rest)).toEqual(ordered.slice(3));
      const newest = await index.search("", { sort: "newest" });
      expect(keysOf(newest)[0]).toBe("outcome");
    });

    test("wants all of several filters", async () => {
      await using index = await withDocuments(
        { key: "a", facets: { region: ["340000"], industry: ["C"] } },
        { key: "b", facets: { region: ["340000"], industry: ["D"] } },
      );
      const filters = [
        { field: "region", values: ["340000"] },
        { field: "industry", values: ["D"] },
      ] as const;
      expect(await index.found("", { filters })).toEqual(["b"]);
    });

    test("filters by kind and center of the name", async () => {
      await using index = await withDocuments(
        { key: "a", center: "north" },
        { key: "b", center: "south", kind: "policy" },
      );
      expect(await index.found("", { filters: [{ field: "kind", values: ["policy"] }] })).toEqual([
        "b",
      ]);
      expect(await index.found("", { filters: [{ field: "center", values: ["north"] }] })).toEqual([
        "a",
      ]);
    });

    test("counts facets without the field's own filter, by falling count and then by value", async () => {
      await using index = await withDocuments(
        { key: "a", title: "设备", facets: { region: ["340000", "340700"], industry: ["C"] } },
        { key: "b", title: "设备", facets: { region: ["340000"], industry: ["C"] } },
        { key: "c", title: "设备", facets: { region: ["320000"], industry: ["D"] } },
        { key: "d", title: "别的", facets: { region: ["340000"], industry: ["C"] } },
      );
      const { facets, total } = await index.search("设备", {
        filters: [{ field: "region", values: ["340000"] }],
        facets: ["region", "industry", "year"],
      });
      expect(total).toBe(2);
      expect(facets).toEqual([
        {
          field: "region",
          values: [
            { value: "340000", count: 2 },
            { value: "320000", count: 1 },
            { value: "340700", count: 1 },
          ],
        },
        { field: "industry", values: [{ value: "C", count: 2 }] },
        { field: "year", values: [] },
      ]);
    });

    test("counts out at most 200 values of a field: the most frequent, then the first by name", async () => {
      const documents = Array.from({ length: 300 }, (_, i) => ({
        key: `k${i}`,
        facets: { year: [`${1000 + ((i * 7) % 300)}`, ...(i < 250 ? [`${1000 + i}`] : [])] },
      }));
      await using index = await withDocuments(...documents);
      const values = (await index.search("", { facets: ["year"] })).facets[0]?.values ?? [];
      expect(values).toHaveLength(200);
      const counts = new Map<string, number>();
      for (const value of documents.flatMap((d) => [...new Set(d.facets.year)])) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const expected = [...counts]
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .slice(0, 200);
      expect(values.map(({ value, count }) => [value, count])).toEqual(expected);
    });

    test("computes the state from centers that are silent and from the end of validity", async () => {
      await using index = await withDocuments(
        { key: "a", center: "north" },
        { key: "b", center: "south" },
        { key: "c", center: "south", validUntilMs: 500 },
        { key: "d", center: "south", validUntilMs: 2_000 },
      );
      const stale = { atMs: 1_000, centers: new Set(["north"]) };
      const { facets } = await index.search("", { stale, facets: ["state"] });
      expect(facets[0]?.values).toEqual([
        { value: "live", count: 2 },
        { value: "stale", count: 2 },
      ]);
      const filters = [{ field: "state", values: ["stale"] }] as const;
      expect(await index.found("", { stale, filters })).toEqual(["a", "c"]);
    });

    describe("visibility", () => {
      const documents: readonly DocumentParts[] = [
        { key: "p", title: "公开 设备", visibility: "public", facets: { year: ["2025"] } },
        { key: "m", title: "成员 设备", visibility: "members", facets: { year: ["2024"] } },
        {
          key: "c",
          title: "指定 设备",
          visibility: "centers",
          visibleTo: ["south"],
          facets: { year: ["2023"] },
        },
      ];

      test.each([
        ["the public", { type: "public" }, ["p"]],
        ["a member", { type: "member", centerId: "north" }, ["m", "p"]],
        ["a named center", { type: "member", centerId: "south" }, ["c", "m", "p"]],
        ["the publisher", { type: "member", centerId: "tongling" }, ["c", "m", "p"]],
        ["an operator", { type: "operator" }, ["c", "m", "p"]],
      ] as const)(
        "shows %s what it may see, in hits, totals, facets and suggestions",
        async (_, reader, keys) => {
          await using index = await withDocuments(...documents);
          expect(await index.found("设备", { reader })).toEqual(keys);
          const { total, facets } = await index.search("", { reader, facets: ["year"] });
          expect(total).toBe(keys.length);
          expect(facets[0]?.values).toHaveLength(keys.length);
          const suggested = await index.reader.suggest({ prefix: "指定", limit: 5, reader }, NEVER);
          expect(suggested.map(({ text }) => text)).toEqual(
            (keys as readonly string[]).includes("c") ? ["指定 设备"] : [],
          );
        },
      );
    });

    test("ranks a term in the title above tags, summary and body", async () => {
      await using index = await withDocuments(
        { key: "body", body: "设备" },
        { key: "summary", summary: "设备" },
        { key: "tags", tags: "设备" },
        { key: "title", title: "设备" },
      );
      expect(keysOf(await index.search("设备"))).toEqual(["title", "tags", "summary", "body"]);
    });

    test("ranks by rarity of terms and by how much of a text they are", async () => {
      await using index = await withDocuments(
        { key: "long", body: `轴承 ${"一 二 三 四 五 六 七 八 ".repeat(10)}` },
        { key: "short", body: "轴承 一" },
      );
      expect(keysOf(await index.search("轴承"))).toEqual(["short", "long"]);
    });

    test("sorts by time when asked, and breaks ties by name", async () => {
      await using index = await withDocuments(
        { key: "b", title: "设备", receivedAtMs: 1_000 },
        { key: "c", body: "设备", receivedAtMs: 3_000 },
        { key: "a", body: "设备", receivedAtMs: 1_000 },
      );
      expect(keysOf(await index.search("设备", { sort: "newest" }))).toEqual(["c", "a", "b"]);
    });

    test.each(["relevance", "newest"] as const)(
      "pages by %s over everything once, in the order of one page",
      async (sort) => {
        const documents = Array.from({ length: 25 }, (_, i) => ({
          key: `k${i}`,
          title: i % 3 === 0 ? "设备 设备" : "设备",
          receivedAtMs: 1_000 + (i % 5),
        }));
        await using index = await withDocuments(...documents);
        const all = keysOf(await index.search("设备", { sort, limit: 100 }));
        const paged: string[] = [];
        let after: IndexQuery["after"];
        for (;;) {
          const { hits, total } = await index.search("设备", { sort, limit: 4, after });
          expect(total).toBe(25);
          if (hits.length === 0) break;
          paged.push(...hits.map(({ ref }) => ref.key));
          after = hits.at(-1);
        }
        expect(paged).toEqual(all);
        expect(new Set(paged).size).toBe(25);
      },
    );

    test("explains a score by terms and fields that sum to it", async () => {
      await using index = await withDocuments(
        { key: "a", title: "预测性维护", body: "轴承的预测性维护", tags: "轴承" },
        { key: "b", title: "别的" },
      );
      const [hit] = (await index.search("预测性维护 轴承", { explain: true })).hits;
      const sum = hit?.terms.reduce((total, { score }) => total + score, 0) ?? 0;
      expect(sum).toBeCloseTo(hit?.score ?? Number.NaN, 9);
      expect(hit?.terms.map(({ channel }) => channel)).toContain("原文");
      expect(new Set(hit?.terms.map(({ field }) => field))).toEqual(
        new Set(["title", "body", "tags"]),
      );
      const [plain] = (await index.search("轴承")).hits;
      expect(plain?.terms).toEqual([]);
    });

    test("marks what was found in the source text", async () => {
      await using index = await withDocuments({
        key: "a",
        title: "面向ＭＥＳ的預測性維護",
        body: "轴承。",
      });
      const [hit] = (await index.search("mes 预测性维护")).hits;
      expect(hit?.highlights).toEqual([
        {
          field: "title",
          text: "面向ＭＥＳ的預測性維護",
          spans: [
            { start: 2, end: 5 },
            { start: 6, end: 11 },
          ],
        },
      ]);
    });

    test("marks in each field alone, whatever characters others have", async () => {
      await using index = await withDocuments({
        key: "a",
        title: "\u{1f600}设备",
        tags: "新设",
        summary: "备用",
        body: "换设备",
      });
      const [hit] = (await index.search("设备")).hits;
      expect(hit?.highlights).toEqual([
        { field: "title", text: "\u{1f600}设备", spans: [{ start: 2, end: 4 }] },
        { field: "body", text: "换设备", spans: [{ start: 1, end: 3 }] },
      ]);
    });

    test("finds what is named by another label of the vocabulary, and marks it", async () => {
      await using index = await withDocuments(
        { key: "zh", body: "轴承的预测性维护" },
        { key: "en", body: "predictive maintenance of bearings" },
        { key: "mes", body: "制造执行系统上线" },
        { key: "other", body: "维护" },
      );
      expect(await index.found("predictive maintenance")).toEqual(["en", "zh"]);
      expect(await index.found("预测性维护")).toEqual(["en", "zh"]);
      expect(await index.found("MES")).toEqual(["mes"]);
      expect(await index.found('"predictive maintenance"')).toEqual(["en"]);
      const { hits } = await index.search("predictive maintenance");
      const marked = hits.flatMap(({ highlights }) =>
        highlights.flatMap((h) => h.spans.map(({ start, end }) => h.text.slice(start, end))),
      );
      expect(marked.sort()).toEqual(["maintenance", "predictive", "预测性维护"]);
    });

    describe("a query that finds nothing as typed", () => {
      const documents: readonly DocumentParts[] = [
        { key: "phm", body: "轴承的预测性维护" },
        { key: "firm", title: "科纪丝信息科技", body: "数字孪生" },
        { key: "en", body: "lubrication of bearings" },
        { key: "hidden", title: "璇玑阁", body: "secretive", visibility: "members" },
      ];

      test.each([
        ["预策性维护", "预测性维护", "拼音", ["phm"]],
        ["科基丝", "科纪丝", "拼音", ["firm"]],
        ["kejisi", "科纪丝", "拼音", ["firm"]],
        ["yucexingweihu", "预测性维护", "拼音", ["phm"]],
        ["ycxwh", "预测性维护", "拼音", ["phm"]],
        ["预测性维扩", "预测性维护", "近形", ["phm"]],
        ["lubricaton", "lubrication", "近形", ["en"]],
        ["bearinsg", "bearing", "近形", ["en"]],
        ["数字孪生 科基丝", "科纪丝", "拼音", ["firm"]],
      ])("is tried with what sounds or looks alike: %s", async (typed, used, channel, keys) => {
        await using index = await withDocuments(...documents);
        const { corrections, hits } = await index.search(typed, { explain: true });
        expect(hits.map(({ ref }) => ref.key)).toEqual(keys);
        expect(corrections).toEqual([expect.objectContaining({ used, channel })]);
        expect(hits[0]?.terms.map((term) => term.channel)).toContain(channel);
      });

      test("is left alone when something is found", async () => {
        await using index = await withDocuments(...documents, { key: "typo", body: "预策性" });
        const { corrections, hits } = await index.search("预策性", { explain: true });
        expect(corrections).toEqual([]);
        expect(hits.map(({ ref }) => ref.key)).toEqual(["typo"]);
        expect(new Set(hits[0]?.terms.map((term) => term.channel))).toEqual(new Set(["原文"]));
      });

      test("is not corrected to what the reader may not see", async () => {
        await using index = await withDocuments(...documents);
        for (const typed of ["旋机阁", "xuanjige", "secretiv"]) {
          expect((await index.search(typed)).corrections).toEqual([]);
          const reader = { type: "operator" } as const;
          const { hits } = await index.search(typed, { reader });
          expect(hits.map(({ ref }) => ref.key)).toEqual(["hidden"]);
        }
      });
    });

    test("suggests titles and terms by text, pinyin and initials", async () => {
      await using index = await withDocuments({ key: "a", title: "铜陵某厂轴承监测 · Bearings" });
      const suggest = async (prefix: string) =>
        (
          await index.reader.suggest({ prefix, limit: 3, reader: { type: "public" } }, NEVER)
        ).filter(({ source }) => source === "title");
      const { ref } = aDocument({ key: "a" });
      const title = { text: "铜陵某厂轴承监测", source: "title", ref };
      expect(await suggest("铜陵某")).toEqual([title]);
      expect(await suggest("tonglingmou")).toEqual([title]);
      expect(await suggest("tlmcz")).toEqual([title]);
      expect(await suggest("bearin")).toEqual([{ ...title, text: "Bearings" }]);
      expect(await suggest("轴承监")).toEqual([]);
    });

    test("answers without a model by words, in both channels that have words", async () => {
      await using index = await withDocuments(
        { key: "a", title: "设备上云" },
        { key: "b", body: "老旧设备如何接入云平台" },
      );
      for (const text of ["设备", "设备如何上云平台", "设备 -接入"]) {
        const parts = { explain: true, facets: ["kind"] };
        const hybrid = await index.search(text, parts);
        expect(hybrid.total).toBeGreaterThan(0);
        expect(await index.search(text, { ...parts, channel: "hybrid" })).toEqual(hybrid);
        expect(await index.search(text, { ...parts, channel: "lexical" })).toEqual(hybrid);
        expect(hybrid.hits.some(({ isByMeaning }) => isByMeaning)).toBe(false);
        const semantic = await index.search(text, { ...parts, channel: "semantic" });
        expect(semantic).toMatchObject({ hits: [], total: 0 });
        expect(semantic.facets).toEqual([{ field: "kind", values: [] }]);
      }
    });

    describe("asked for similar documents", () => {
      const documents: readonly DocumentParts[] = [
        {
          key: "a",
          title: "轴承故障预警",
          body: "振动监测与停机损失",
          facets: { scenario: ["S1"] },
        },
        {
          key: "near",
          title: "轴承振动监测",
          body: "减少停机",
          facets: { scenario: ["S1", "S2"] },
        },
        { key: "unknown", title: "故障预警" },
        { key: "other", title: "轴承故障预警", facets: { scenario: ["S9"] } },
        { key: "far", title: "锅炉余热", body: "节电" },
        { key: "secret", title: "轴承故障预警", visibility: "members" },
        { key: "firm", kind: "provider", title: "轴承故障预警公司" },
      ];
      const ref = (key: string) => ({ ref: aDocument({ key }).ref });
      const opened = async (...extra: DocumentParts[]) => {
        const index = await withDocuments(...documents, ...extra);
        return {
          similar: (to: SimilarQuery["to"], parts: Partial<SimilarQuery> = {}) =>
            index.reader.similar(aComparison(to, parts), NEVER),
          [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
        };
      };
      const keys = ({ hits }: SimilarResult) => hits.map((hit) => hit.ref.key);

      test("finds those of its kind that are not known to be about other scenarios", async () => {
        await using index = await opened();
        const result = await index.similar(ref("a"), { explain: true });
        expect(keys(result).toSorted()).toEqual(["near", "unknown"]);
        expect(result.position).toBe(1);
        for (const { score, terms, isByMeaning } of result.hits) {
          expect(isByMeaning).toBe(false);
          expect(score).toBeLessThanOrEqual(1);
          expect(terms.reduce((sum, term) => sum + term.score, 0)).toBeCloseTo(score, 9);
        }
      });

      test("finds other kinds, and what the reader may see, when it is told so", async () => {
        await using index = await opened();
        const filters = [{ field: "kind", values: ["provider"] }];
        expect(keys(await index.similar(ref("a"), { filters }))).toEqual(["firm"]);
        const reader = { type: "operator" } as const;
        expect(keys(await index.similar(ref("a"), { reader }))).toContain("secret");
      });

      test("compares with a text, whatever the scenario", async () => {
        await using index = await opened();
        const result = await index.similar({ text: "我们的轴承经常出故障，想提前预警" });
        expect(keys(result).toSorted()).toEqual(["a", "firm", "near", "other", "unknown"]);
        expect(keys(await index.similar({ text: "的" }))).toEqual([]);
        expect(keys(await index.similar({ text: "轴承" }, { limit: 1 }))).toHaveLength(1);
      });

      test("draws forward what another center has", async () => {
        const same = { title: "轴承故障预警", body: "振动监测与停机损失" };
        await using index = await opened(
          { key: "b", ...same },
          { key: "c", ...same },
          { key: "abroad", center: "wuxi", title: "轴承故障预警", body: "振动监测与停机" },
        );
        expect(keys(await index.similar(ref("a"))).indexOf("abroad")).toBe(1);
      });

      test("says that there is no such document, also to who may not see it", async () => {
        await using index = await opened();
        for (const key of ["none", "secret"]) {
          await expect(index.similar(ref(key))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
        }
        const reader = { type: "operator" } as const;
        expect(keys(await index.similar(ref("secret"), { reader }))).toContain("a");
      });

      test("refuses limits that are none and a text that is too long", async () => {
        await using index = await opened();
        const refused = { code: "ERR_QUERY_INVALID" };
        await expect(index.similar({ text: "长".repeat(4097) })).rejects.toMatchObject(refused);
        await expect(index.similar({ text: "长" }, { limit: 0 })).rejects.toMatchObject(refused);
        const filters = [{ field: "kind", values: [] }];
        await expect(index.similar(ref("a"), { filters })).rejects.toMatchObject(refused);
      });
    });

    test.each([
      ["a limit of 0", { limit: 0 }],
      ["a limit above 500", { limit: 501 }],
      ["a filter without values", { filters: [{ field: "kind", values: [] }] }],
    ])("refuses %s", async (_, parts) => {
      await using index = await open();
      await expect(index.reader.search(aQuery("", parts), NEVER)).rejects.toMatchObject({
        code: "ERR_QUERY_INVALID",
      });
    });

    test("refuses a text that is too long", async () => {
      await using index = await open();
      await expect(index.reader.search(aQuery("长".repeat(1025)), NEVER)).rejects.toMatchObject({
        code: "ERR_QUERY_INVALID",
      });
    });

    test("rejects with the reason of a signal that is aborted", async () => {
      await using index = await open();
      const gone = AbortSignal.abort(new Error("gone"));
      await expect(index.reader.search(aQuery("设备"), gone)).rejects.toThrow("gone");
    });
  });
}
