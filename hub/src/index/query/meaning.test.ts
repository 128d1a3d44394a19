import { describe, expect, test } from "vitest";
import { learnMeaning, TOPICS, topicText } from "../../../test/support/learn-meaning.ts";
import { openTestIndex, testAnalyzer } from "../../../test/support/open-test-index.ts";
import { aComparison, aDocument, aQuery, keysOf } from "../../ports/search-index.contract.ts";
import type { IndexDocument, IndexQuery, SimilarQuery } from "../../ports/search-index.ts";
import { search } from "./search.ts";
import { similar } from "./similar.ts";

const topics = Object.keys(TOPICS);

/** Fifteen documents a topic, from two centers, of three years; key is topic and number. */
const corpus: readonly IndexDocument[] = topics.flatMap((topic) =>
  Array.from({ length: 15 }, (_, number) =>
    aDocument({
      key: `${topic}-${number}`,
      center: number % 2 === 0 ? "north" : "south",
      body: topicText(topic, number),
      facets: { year: [String(2023 + (number % 3))], topic: [topic] },
      receivedAtMs: 1000 + number,
    }),
  ),
);

/** An index that has learnt from the corpus; `extra` documents come in segments of their own. */
async function learnt(extra: readonly IndexDocument[] = []) {
  const index = await openTestIndex();
  await index.writer.apply({ upserts: corpus, deletes: [], position: 1 });
  for (const document of extra) {
    await index.writer.apply({ upserts: [document], deletes: [], position: 2 });
  }
  const meaning = await learnMeaning(index.generation());
  const options = { checkTime() {}, meaning };
  const analyzer = testAnalyzer();
  return {
    writer: index.writer,
    segments: () => index.generation().segments,
    meaning,
    search: (text: string, parts: Partial<IndexQuery> = {}) =>
      search(index.generation(), aQuery(text, parts), analyzer, options),
    byWords: (text: string, parts: Partial<IndexQuery> = {}) =>
      search(index.generation(), aQuery(text, parts), analyzer, { checkTime() {} }),
    similar: (to: SimilarQuery["to"], parts: Partial<SimilarQuery> = {}) =>
      similar(index.generation(), aComparison(to, parts), analyzer, options),
    [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
  };
}

/** A question of which documents have little: two words that go together, and four that none has. */
const QUESTION = "轴承 润滑 gearbox turbine conveyor spindle";

const ALL = { limit: 500 } as const;

describe("a question with meaning", () => {
  test("also finds what has not its words, behind what has, and says so", async () => {
    await using index = await learnt();
    const { hits, total } = index.search(QUESTION, { ...ALL, explain: true });
    const words = index.byWords(QUESTION, ALL);
    expect(words.total).toBeLessThan(20);
    expect(total).toBe(hits.length);
    const byMeaning = hits.filter((hit) => hit.isByMeaning);
    expect(byMeaning.length).toBe(total - words.total);
    expect(byMeaning.length).toBeGreaterThan(2);
    for (const { ref, score, terms } of hits) {
      expect(ref.key).toMatch(/^maintenance/u);
      expect(terms.reduce((sum, term) => sum + term.score, 0)).toBeCloseTo(score, 9);
    }
    for (const { terms } of byMeaning) {
      expect(terms).toEqual([
        { term: QUESTION, channel: "语义", field: "all", score: expect.any(Number) },
      ]);
    }
  });

  test("is left to its words where they find most of it", async () => {
    await using index = await learnt();
    for (const text of [topicText("maintenance", 3), `${topicText("energy", 2)} gearbox`]) {
      const asked = text.replaceAll("，", " ");
      const { hits, total } = index.search(`${asked} 的`, ALL);
      expect(total).toBe(index.byWords(`${asked} 的`, ALL).total);
      expect(total).toBeGreaterThan(0);
      expect(hits.some(({ isByMeaning }) => isByMeaning)).toBe(false);
    }
  });

  test("counts what it finds, and its facets, as they are", async () => {
    await using index = await learnt();
    const filters = [{ field: "year", values: ["2023", "2024"] }];
    for (const sort of ["relevance", "newest"] as const) {
      const parts = { ...ALL, sort, filters, facets: ["year", "center"] };
      const { hits, total, facets } = index.search(QUESTION, parts);
      expect(total).toBe(hits.length);
      const [years, centers] = facets;
      const counted = (field: string, of: typeof hits) =>
        Object.fromEntries(
          Object.entries(
            Object.groupBy(of, ({ ref }) => {
              const { facets: own } = corpus.find((d) => d.ref.key === ref.key) as IndexDocument;
              return field === "center" ? ref.centerId : (own["year"]?.[0] as string);
            }),
          ).map(([value, list]) => [value, list?.length]),
        );
      const shown = (values: (typeof facets)[number] | undefined) =>
        Object.fromEntries(values?.values.map(({ value, count }) => [value, count]) ?? []);
      expect(shown(centers)).toEqual(counted("center", hits));
      // The counts of the filtered field leave its filter out: the other year is there, too.
      const unfiltered = index.search(QUESTION, { ...parts, filters: [] });
      expect(shown(years)).toEqual(counted("year", unfiltered.hits));
    }
  });

  test("has pages that follow on each other, whatever their size", async () => {
    // More than are ranked by meaning.
    const many = Array.from({ length: 70 }, (_, i) =>
      aDocument({ key: `many-${i}`, body: `轴承，第 ${i} 号`, receivedAtMs: i % 3 }),
    );
    await using index = await learnt(many);
    for (const text of [QUESTION, "轴承 停机", "轴承", "能耗 电费 锅炉 余热 蒸汽"]) {
      for (const sort of ["relevance", "newest"] as const) {
        const whole = index.search(text, { ...ALL, sort });
        expect(whole.hits).toHaveLength(whole.total);
        const keys: string[] = [];
        let after: IndexQuery["after"];
        for (;;) {
          const page = index.search(text, { sort, limit: 3, after });
          expect(page.total).toBe(whole.total);
          keys.push(...keysOf(page));
          const last = page.hits.at(-1);
          if (last === undefined) break;
          after = last;
        }
        expect(keys).toEqual(keysOf(whole));
      }
    }
  });

  test("shows nothing that may not be seen, is deleted, excluded or filtered out", async () => {
    const secret = aDocument({ key: "secret", body: "振动，检修，寿命", visibility: "members" });
    const gone = aDocument({ key: "gone", body: "故障，点检，寿命" });
    await using index = await learnt([secret, gone]);
    const channels = ["hybrid", "semantic"] as const;
    for (const channel of channels) {
      const reader = { type: "operator" } as const;
      const open = keysOf(index.search(QUESTION, { ...ALL, channel, reader }));
      expect(open).toEqual(expect.arrayContaining(["secret", "gone"]));
    }
    await index.writer.apply({ upserts: [], deletes: [gone.ref], position: 3 });
    for (const channel of channels) {
      const parts = {
        ...ALL,
        channel,
        filters: [{ field: "center", values: ["north", "tongling"] }],
      };
      const { hits, total, facets } = index.search(`${QUESTION} -检修`, {
        ...parts,
        facets: ["topic"],
      });
      expect(total).toBe(hits.length);
      expect(hits.length).toBeGreaterThan(0);
      expect(facets[0]?.values.reduce((sum, { count }) => sum + count, 0)).toBe(total);
      for (const { ref } of hits) {
        expect(["secret", "gone"]).not.toContain(ref.key);
        const found = corpus.find(({ ref: { key } }) => key === ref.key);
        expect(found?.text.body).not.toContain("检修");
        expect(found?.ref.centerId).toBe("north");
      }
    }
  });

  test("keeps to phrases and to fields", async () => {
    const titled = aDocument({ key: "titled", title: "检修", body: "寿命，点检" });
    await using index = await learnt([titled]);
    for (const channel of ["hybrid", "semantic"] as const) {
      const inTitle = index.search("title:检修 轴承 润滑 gearbox turbine conveyor spindle", {
        ...ALL,
        channel,
      });
      expect(keysOf(inTitle)).toEqual(["titled"]);
      const quoted = index.search('"检修" 轴承 润滑 gearbox turbine conveyor spindle', {
        ...ALL,
        channel,
      });
      expect(quoted.total).toBeGreaterThan(0);
      for (const { ref } of quoted.hits) {
        const { text } = [...corpus, titled].find((d) => d.ref.key === ref.key) as IndexDocument;
        expect(text.title + text.body).toContain("检修");
      }
    }
  });

  test("does not put anything before the document of that name", async () => {
    // Equal by words, and the rival is newer and means the query; but the other one is called so.
    const named = aDocument({
      key: "named",
      title: "轴承 停机 诊断",
      body: "排产，交期，订单，插单",
      receivedAtMs: 1,
    });
    const rival = aDocument({
      key: "rival",
      title: "诊断 停机 轴承",
      body: "振动，故障，润滑，寿命",
      receivedAtMs: 2,
    });
    const bilingual = aDocument({ key: "two", title: "余热回收站 · Heat depot", body: "别的事" });
    await using index = await learnt([named, rival, bilingual]);
    const text = "轴承 停机 诊断";
    expect(keysOf(index.byWords(text)).slice(0, 2)).toEqual(["rival", "named"]);
    expect(keysOf(index.search(text)).slice(0, 2)).toEqual(["named", "rival"]);
    expect(keysOf(index.search("heat  Depot"))[0]).toBe("two");
    expect(keysOf(index.search("余热回收站"))[0]).toBe("two");
  });

  test("ranks what words find alike by what it means", async () => {
    const [inside, outside] = [
      aDocument({ key: "inside", body: "轴承，故障，润滑", receivedAtMs: 1 }),
      aDocument({ key: "outside", body: "轴承，排产，交期", receivedAtMs: 2 }),
    ];
    await using index = await learnt([inside, outside]);
    const order = (keys: readonly string[]) => keys.indexOf("inside") - keys.indexOf("outside");
    // By words alone the two are equal, and the newer one comes first.
    expect(order(keysOf(index.byWords("轴承", ALL)))).toBeGreaterThan(0);
    expect(order(keysOf(index.search("轴承", ALL)))).toBeLessThan(0);
  });

  test("is one of words alone where a segment or a text has no meaning", async () => {
    await using index = await learnt();
    const late = aDocument({ key: "late", body: "轴承，全新" });
    await index.writer.apply({ upserts: [late], deletes: [], position: 3 });
    expect(keysOf(index.search("轴承", ALL))).toContain("late");
    const unknown = index.search("zzyzx", { channel: "semantic" });
    expect(unknown).toMatchObject({ hits: [], total: 0 });
    for (const text of [QUESTION, "轴承", "", "zzyzx"]) {
      const lexical = index.search(text, { channel: "lexical", explain: true });
      expect(lexical).toEqual(index.byWords(text, { explain: true }));
    }
  });

  test("is answered by all that is known in the semantic channel, the nearest first", async () => {
    await using index = await learnt();
    const { hits, total } = index.search(QUESTION, { ...ALL, channel: "semantic" });
    expect(total).toBe(hits.length);
    expect(total).toBeGreaterThan(10);
    const vector = index.meaning.vectorOf(QUESTION);
    const known = index
      .segments()
      .flatMap(({ segment }) =>
        Array.from({ length: segment.docs }, (_, doc) =>
          index.meaning.vectorsOf(segment)?.cosine(doc, vector),
        ).filter((cosine) => cosine !== undefined && cosine > 0),
      );
    expect(total).toBe(known.length);
    const own = hits.slice(0, 10);
    for (const { ref, isByMeaning } of own) {
      expect(ref.key).toMatch(/^maintenance/u);
      expect(isByMeaning).toBe(true);
    }
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });
});

describe("similar documents with meaning", () => {
  test("have other words and are about the same", async () => {
    await using index = await learnt();
    const ref = (corpus[3] as IndexDocument).ref;
    const { hits } = index.similar({ ref }, { limit: 8, explain: true });
    expect(hits).toHaveLength(8);
    for (const { ref: found, score, terms } of hits) {
      expect(found.key).toMatch(/^maintenance/u);
      expect(found).not.toEqual(ref);
      expect(terms.reduce((sum, term) => sum + term.score, 0)).toBeCloseTo(score, 9);
    }
    const channels = new Set(hits.flatMap(({ terms }) => terms.map(({ channel }) => channel)));
    expect(channels).toEqual(new Set(["原文", "语义"]));
    expect(new Set(hits.slice(0, 3).map(({ ref: found }) => found.centerId)).size).toBe(2);
  });

  test("of a text without any word that documents share are found by meaning alone", async () => {
    await using index = await learnt();
    const without = (word: string) =>
      corpus.filter(({ text }) => text.body.includes(word)).map(({ ref }) => ref);
    await index.writer.apply({ upserts: [], deletes: without("轴承"), position: 3 });
    const { hits } = index.similar({ text: "轴承" });
    expect(hits.length).toBeGreaterThan(0);
    for (const { ref, isByMeaning } of hits.slice(0, 5)) {
      expect(ref.key).toMatch(/^maintenance/u);
      expect(isByMeaning).toBe(true);
    }
  });
});
