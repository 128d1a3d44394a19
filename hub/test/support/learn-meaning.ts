/**
 * The meaning of a generation's documents, made on the spot.
 *
 * @module
 */

import type { Generation } from "../../src/index/generation.ts";
import { documentText } from "../../src/index/semantic/document-text.ts";
import { LsaModel } from "../../src/index/semantic/lsa-model.ts";
import { trainModel } from "../../src/index/semantic/lsa-train.ts";
import { NO_PACE } from "../../src/index/semantic/pace.ts";
import { trainingTexts } from "../../src/index/semantic/sample.ts";
import { type Meaning, SemanticOpener } from "../../src/index/semantic/semantic.ts";
import { SegmentVectors } from "../../src/index/semantic/vectors.ts";
import { testAnalyzer } from "./open-test-index.ts";

export async function learnMeaning(
  generation: Generation,
  parallelTexts: readonly string[] = [],
): Promise<Meaning> {
  const texts = [...trainingTexts(generation), ...parallelTexts];
  const model = await trainModel(texts, testAnalyzer(), { rank: 16 }, NO_PACE);
  if (model === undefined) throw new TypeError("the documents have too little in common");
  const lsa = new LsaModel(model, testAnalyzer());
  const vectors = generation.segments.map(({ id: number, segment }) => {
    const of = SegmentVectors.create(segment.docs, lsa.dimensions);
    for (let doc = 0; doc < segment.docs; doc++) {
      of.set(doc, lsa.vectorOf(documentText(segment, doc)));
    }
    return { id: number, buffer: of.buffer };
  });
  const { series } = generation;
  const { id: providerId, dimensions } = lsa;
  const data = { series, providerId, dimensions, model, mean: undefined, vectors };
  return new SemanticOpener().open(data, generation, testAnalyzer()) as Meaning;
}

/** Words that come together in texts about one thing; no two things share a word. */
export const TOPICS: Readonly<Record<string, readonly string[]>> = {
  maintenance: ["轴承", "振动", "停机", "故障", "诊断", "检修", "寿命", "润滑", "温升", "点检"],
  energy: ["能耗", "电费", "锅炉", "余热", "节电", "碳排", "空压", "峰谷", "蒸汽", "光伏"],
  quality: ["瑕疵", "视觉", "质检", "划痕", "良率", "缺陷", "相机", "漏检", "返工", "抽样"],
  planning: ["排产", "交期", "订单", "插单", "工单", "产能", "换模", "齐套", "延误", "派工"],
};

/** A text of four words of a topic, another one for each number; texts of one topic share some words. */
export function topicText(topic: string, number: number): string {
  const words = TOPICS[topic] as readonly string[];
  const steps = [1, 3, 7, 9];
  const step = steps[Math.floor(number / words.length) % steps.length] as number;
  return Array.from({ length: 4 }, (_, i) => words[(number + i * step) % words.length]).join("，");
}
