import { ManualClock } from "@tributary/proto";
import { describe, expect, test } from "vitest";
import { TOPICS, topicText } from "../../../test/support/learn-meaning.ts";
import { testAnalyzer } from "../../../test/support/open-test-index.ts";
import { describeEmbeddingProvider } from "../../ports/embedding-provider.contract.ts";
import { readBlob, writeBlob } from "../segment/blob.ts";
import { LsaModel, verifyModel } from "./lsa-model.ts";
import { trainModel } from "./lsa-train.ts";
import { createPace, NO_PACE } from "./pace.ts";

const topics = Object.keys(TOPICS);
const corpus = topics.flatMap((topic) =>
  Array.from({ length: 30 }, (_, number) => topicText(topic, number)),
);

/** As many dimensions as make words of a topic one thing: these texts have forty words. */
const FEW = 16;

async function trained(texts: readonly string[] = corpus, rank = FEW): Promise<LsaModel> {
  const buffer = await trainModel(texts, testAnalyzer(), { rank }, NO_PACE);
  return new LsaModel(buffer as SharedArrayBuffer, testAnalyzer());
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

describeEmbeddingProvider("a trained model", async () => ({
  provider: await trained(),
  known: "轴承振动",
  other: "锅炉余热",
}));

describe("a model of latent semantic analysis", () => {
  test("puts a text beside those of its topic that have none of its words", async () => {
    const model = await trained();
    for (const topic of topics) {
      const [first, second, ...others] = TOPICS[topic] as readonly string[];
      const asked = model.vectorOf(`${first} ${second}`);
      const own = cosine(asked, model.vectorOf(others.slice(3, 6).join("，")));
      for (const other of topics.filter((name) => name !== topic)) {
        expect(own).toBeGreaterThan(cosine(asked, model.vectorOf(topicText(other, 3))) + 0.3);
      }
    }
  });

  test("lets two languages meet in parallel texts", async () => {
    const foreign: Readonly<Record<string, string>> = {
      maintenance: "rolamento vibracao parada",
      energy: "caldeira eletricidade vapor",
      quality: "arranhado imagem defeito",
      planning: "cronograma entrega capacidade",
    };
    const parallel = topics.flatMap((topic) =>
      [0, 11, 22].map((n) => `${topicText(topic, n)}\n${foreign[topic]}`),
    );
    const model = await trained([...corpus, ...parallel]);
    const alone = await trained();
    for (const topic of topics) {
      const question = foreign[topic] as string;
      expect(alone.vectorOf(question)).toEqual(new Float32Array(alone.dimensions));
      const near = topics.map((name) => ({
        name,
        cosine: cosine(model.vectorOf(question), model.vectorOf(topicText(name, 17))),
      }));
      near.sort((a, b) => b.cosine - a.cosine);
      expect(near[0]?.name).toBe(topic);
    }
  });

  test("knows the vocabulary in both languages from the beginning", async () => {
    const model = await trained(corpus, 64);
    const chinese = model.vectorOf("预测性维护");
    const english = model.vectorOf("predictive maintenance");
    for (const other of ["能耗管理", "质量追溯", "供应链协同"]) {
      const far = cosine(model.vectorOf(other), english);
      expect(cosine(chinese, english)).toBeGreaterThan(far + 0.2);
    }
  });

  test("is the same bytes for the same texts, and another one for others", async () => {
    const first = await trainModel(corpus, testAnalyzer(), {}, NO_PACE);
    const again = await trainModel(corpus, testAnalyzer(), {}, NO_PACE);
    expect(new Uint8Array(again as SharedArrayBuffer)).toEqual(
      new Uint8Array(first as SharedArrayBuffer),
    );
    const other = await trained([...corpus, "轴承，锅炉"]);
    expect(other.id).not.toBe((await trained()).id);
  });

  test("has no more dimensions than it was told", async () => {
    const buffer = await trainModel(corpus, testAnalyzer(), { rank: 3 }, NO_PACE);
    expect(new LsaModel(buffer as SharedArrayBuffer, testAnalyzer()).dimensions).toBe(3);
  });

  test("is found out when one of its numbers is not what it was", async () => {
    const buffer = (await trained()).buffer;
    expect(() => verifyModel(buffer)).not.toThrow();
    const { meta, section } = readBlob<object>(buffer);
    for (const name of ["gramKeys", "textAt", "texts", "idf", "weights"]) {
      const sections = {
        gramKeys: section("gramKeys", "u32").slice(),
        textAt: section("textAt", "u32").slice(),
        texts: section("texts", "u16").slice(),
        idf: section("idf", "f32").slice(),
        weights: section("weights", "f32").slice(),
      };
      const damaged = sections[name as keyof typeof sections];
      damaged[1] = (damaged[1] as number) + 1;
      expect(() => verifyModel(writeBlob(meta, sections)), name).toThrow(
        expect.objectContaining({ code: "ERR_STORE_DAMAGED" }),
      );
    }
  });

  test("stops training when it is told to", async () => {
    const stopping = new AbortController();
    const pace = createPace(new ManualClock(0), 1, stopping.signal);
    stopping.abort(new Error("enough"));
    await expect(trainModel(corpus, testAnalyzer(), {}, pace)).rejects.toThrow("enough");
  });
});
