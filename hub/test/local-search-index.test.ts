import { expect, test } from "vitest";
import { openLocalSearchIndex } from "../eval/support/local-search-index.ts";
import { aComparison, aDocument, aQuery, keysOf } from "../src/ports/search-index.contract.ts";
import { TOPICS, topicText } from "./support/learn-meaning.ts";
import { temporaryPath } from "./support/temporary-folder.ts";
import { writeTinyModel } from "./support/tiny-embedding-model.ts";

const NEVER = new AbortController().signal;
const documents = Object.keys(TOPICS).flatMap((topic) =>
  Array.from({ length: 20 }, (_, n) =>
    aDocument({ key: `${topic}-${n}`, body: topicText(topic, n) }),
  ),
);

test("an index learns in its own thread what queries then use, and knows it after a restart", async () => {
  const folder = temporaryPath("local-index");
  let providerId: string | undefined;
  {
    await using index = await openLocalSearchIndex({ folder, parallelTexts: ["检修 lubricate"] });
    await index.writer.apply({ upserts: documents.slice(0, 10), deletes: [], position: 1 });
    const question = aQuery("润滑 温升 寿命 检修 振动", { channel: "semantic" });
    expect((await index.reader.search(question, NEVER)).total).toBe(0);
    expect(index.providerId).toBeUndefined();
    await index.writer.apply({ upserts: documents.slice(10), deletes: [], position: 2 });
    await index.waitForMeaning(2, NEVER);
    providerId = index.providerId;
    expect(providerId).toMatch(/^lsa-1-/u);
    const found = keysOf(await index.reader.search(question, NEVER));
    expect(found.slice(0, 5).every((key) => key.startsWith("maintenance"))).toBe(true);
    const lexical = await index.reader.search({ ...question, channel: "lexical" }, NEVER);
    expect(lexical.hits.some(({ isByMeaning }) => isByMeaning)).toBe(false);
    const { ref } = documents[2] as (typeof documents)[number];
    const { hits } = await index.reader.similar(aComparison({ ref }, { limit: 5 }), NEVER);
    expect(hits.every((hit) => hit.ref.key.startsWith("maintenance"))).toBe(true);
    await index.writer.flush();
  }
  await using index = await openLocalSearchIndex({ folder });
  await index.waitForMeaning(2, NEVER);
  // Without the parallel text, a model that was trained now would be another one.
  expect(index.providerId).toBe(providerId);
});

test("an index uses a model that an operator brings, for questions and for documents alike", async () => {
  const folder = temporaryPath("local-index");
  const modelFolder = writeTinyModel();
  // Other words of the topic than the documents that are to be found by them.
  const question = aQuery("寿命 润滑 温升 点检", { limit: 100 });
  for (const isAgain of [false, true]) {
    await using index = await openLocalSearchIndex({ folder, modelFolder, minDocuments: 1000 });
    if (!isAgain) {
      await index.writer.apply({ upserts: documents, deletes: [], position: 1 });
      await index.writer.flush();
    }
    await index.waitForMeaning(1, NEVER);
    expect(index.providerId).toMatch(/^onnx-1-[0-9a-f]{16}$/u);
    const { hits, total } = await index.reader.search(
      { ...question, channel: "semantic", explain: true },
      NEVER,
    );
    expect(hits).toHaveLength(total);
    expect(hits.slice(0, 20).every((hit) => hit.ref.key.startsWith("maintenance"))).toBe(true);
    // What all vectors share is no likeness: the other topics are not near.
    expect(total).toBeLessThan(documents.length);
    expect(hits[0]?.terms.map(({ channel }) => channel)).toEqual(["语义"]);
    const asked = aQuery("轴承 的 gearbox turbine conveyor spindle", { limit: 100 });
    const both = await index.reader.search(asked, NEVER);
    const byMeaning = both.hits.filter(({ isByMeaning }) => isByMeaning);
    expect(byMeaning.length).toBeGreaterThan(0);
    expect(both.hits.every((hit) => hit.ref.key.startsWith("maintenance"))).toBe(true);
    const { ref } = documents[2] as (typeof documents)[number];
    for (const to of [{ ref }, { text: "温升，点检" }]) {
      const alike = await index.reader.similar(aComparison(to, { limit: 8 }), NEVER);
      expect(alike.hits).toHaveLength(8);
      expect(alike.hits.every((hit) => hit.ref.key.startsWith("maintenance"))).toBe(true);
    }
  }
});

test("an index does not learn when it is told not to", async () => {
  await using index = await openLocalSearchIndex({
    folder: temporaryPath("local-index"),
    isSemantic: false,
  });
  await index.writer.apply({ upserts: documents, deletes: [], position: 1 });
  const gone = AbortSignal.abort(new Error("gone"));
  await expect(index.waitForMeaning(1, gone)).rejects.toThrow("gone");
  const semantic = aQuery("润滑 温升", { channel: "semantic" });
  expect((await index.reader.search(semantic, NEVER)).total).toBe(0);
});
