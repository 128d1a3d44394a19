/**
 * What users of other engines complain about in Chinese search, as acceptance tests: one test a complaint, with the
 * issues where it was reported.
 */

import { describe, expect, test } from "vitest";
import { openTestIndex, testAnalyzer } from "../../test/support/open-test-index.ts";
import { aDocument, aQuery, type DocumentParts, keysOf } from "../ports/search-index.contract.ts";

async function indexOf(...documents: readonly DocumentParts[]) {
  const index = await openTestIndex();
  await index.writer.apply({ upserts: documents.map(aDocument), deletes: [], position: 1 });
  return {
    ...index,
    find: (text: string) => keysOf(index.search(aQuery(text))).sort(),
    marks: (text: string) =>
      index
        .search(aQuery(text))
        .hits.flatMap(({ highlights }) =>
          highlights.flatMap((h) => h.spans.map(({ start, end }) => h.text.slice(start, end))),
        ),
  };
}

describe("complaints about Chinese search", () => {
  // meilisearch #4874, #2499; charabia #338
  test("a part of a word is found", async () => {
    await using index = await indexOf(
      { key: "pending", body: "待处理事项" },
      { key: "building", body: "在建工程" },
      { key: "install", body: "安装简单" },
    );
    expect(index.find("处理")).toEqual(["pending"]);
    expect(index.find("工程")).toEqual(["building"]);
    expect(index.find("简单")).toEqual(["install"]);
  });

  // typesense #52, #2085
  test("one character is found, also at the end and in the middle of a run", async () => {
    await using index = await indexOf(
      { key: "flower", body: "梅花" },
      { key: "butterfly", body: "蝶" },
      { key: "middle", body: "看花人" },
    );
    expect(index.find("花")).toEqual(["flower", "middle"]);
    expect(index.find("蝶")).toEqual(["butterfly"]);
  });

  // obelisk #76, gadak #15, lossless-claw #219, stella #549
  test("a query of two characters finds exactly what has them, beside a longer term too", async () => {
    await using index = await indexOf(
      { key: "both", body: "苏州的数字化转型" },
      { key: "one", body: "数字化转型" },
      { key: "apart", body: "苏杭与神州的数字化转型" },
    );
    expect(index.find("苏州")).toEqual(["both"]);
    expect(index.find("苏州 数字化转型")).toEqual(["both"]);
  });

  // obelisk #9, stella #388, pi-hermes-memory #174; MiniSearch by byterover #712; Orama by blume #125
  test("Latin that touches Chinese is found, and so is the Chinese", async () => {
    await using index = await indexOf({ key: "a", body: "重跑gen-itgc后检查MES系统" });
    for (const text of ["gen-itgc", "itgc", "重跑", "检查", "mes", "系统", "MES系统"]) {
      expect(index.find(text), text).toEqual(["a"]);
    }
  });

  // meilisearch #3655, #4075
  test("words that only sound the same are not found by a query that is found as written", async () => {
    await using index = await indexOf(
      { key: "spot", body: "景点" },
      { key: "classic", body: "经典" },
    );
    expect(index.find("景点")).toEqual(["spot"]);
    expect(index.find("经典")).toEqual(["classic"]);
  });

  // analysis-ik #286, #523, #531
  test("what a query is cut into is always among what a document was cut into", async () => {
    const analyzer = testAnalyzer();
    const text = "中华人民共和国国歌研究生命科学在建工程师";
    const terms = new Set(analyzer.tokens(text).map(({ term }) => term));
    for (let from = 0; from < text.length; from++) {
      for (let to = from + 1; to <= text.length; to++) {
        for (const { term } of analyzer.tokens(text.slice(from, to))) expect(terms).toContain(term);
      }
    }
    await using index = await indexOf({ key: "a", body: text });
    expect(index.find("研究生")).toEqual(["a"]);
    expect(index.find("国国歌")).toEqual(["a"]);
  });

  // analysis-ik #108, #370, #955; paradedb #3664, #3717
  test("a phrase is found where its characters stand together and nowhere else", async () => {
    await using index = await indexOf(
      { key: "together", body: "他参加了中华人民共和国成立大会" },
      { key: "apart", body: "共和国，中华，人民，成立" },
    );
    expect(index.find('"中华人民共和国"')).toEqual(["together"]);
    expect(index.find('"国成立大"')).toEqual(["together"]);
    expect(index.find('"人民成立"')).toEqual([]);
  });

  // analysis-pinyin #261, #228, #169, #276
  test("marks are exact in texts of several scripts and widths, and pinyin never disturbs them", async () => {
    await using index = await indexOf({ key: "a", body: "刘德华ＡＢＣ与㎏的𠮷野家，Liu Dehua" });
    expect(index.marks("德华")).toEqual(["德华"]);
    expect(index.marks("abc")).toEqual(["ＡＢＣ"]);
    expect(index.marks("kg")).toEqual(["㎏"]);
    expect(index.marks("𠮷野")).toEqual(["𠮷野"]);
    expect(index.marks("dehua")).toEqual(["Dehua"]);
  });

  // typesense #800, #602, #2774
  test("mixed text needs no spaces and no language", async () => {
    await using index = await indexOf({
      key: "a",
      title: "基于AI的predictive maintenance预测性维护2025版",
    });
    for (const text of ["AI", "预测性", "predictive维护", "2025", "maintenance预测", "AI 2025版"]) {
      expect(index.find(text), text).toEqual(["a"]);
    }
  });

  // meilisearch #5015
  describe("negation, phrase and conjunction", () => {
    const documents: readonly DocumentParts[] = [
      { key: "both", body: "招商引资公司名单" },
      { key: "invest", body: "招商工作会议" },
      { key: "company", body: "公司治理" },
    ];

    test("招商 公司 wants both", async () => {
      await using index = await indexOf(...documents);
      expect(index.find("招商 公司")).toEqual(["both"]);
    });

    test("招商 -公司 wants the first without the second", async () => {
      await using index = await indexOf(...documents);
      expect(index.find("招商 -公司")).toEqual(["invest"]);
      expect(index.find("招商 －公司")).toEqual(["invest"]);
      expect(index.find('招商 -"引资公司"')).toEqual(["invest"]);
      expect(index.find("-公司")).toEqual(["invest"]);
    });

    test.each(['"招商工作"', "“招商工作”", "「招商工作」"])(
      "%s wants the characters together",
      async (text) => {
        await using index = await indexOf(...documents);
        expect(index.find(text)).toEqual(["invest"]);
      },
    );
  });

  // paradedb #3758, typesense #52
  test("simplified finds traditional and the other way round, and the source is shown as it is", async () => {
    await using index = await indexOf(
      { key: "t", body: "數據資產" },
      { key: "s", body: "数据资产" },
    );
    expect(index.find("数据")).toEqual(["s", "t"]);
    expect(index.find("數據")).toEqual(["s", "t"]);
    expect(index.marks("资产").sort()).toEqual(["資產", "资产"].sort());
  });

  // xagent #2421, lancedb #2168, #3289
  test("every part of a long text is found, not only its beginning", async () => {
    const body = `${"前文无关的话，".repeat(2000)}末尾的氧料比先控。`;
    await using index = await indexOf({ key: "a", body });
    expect(index.find("氧料比")).toEqual(["a"]);
    expect(index.marks("氧料比")).toEqual(["氧料比"]);
  });
});
