/**
 * Synthetic records for benchmarks: cases of engagements in Chinese, about 1 kB each, from the vocabulary and a seed.
 * The same seed gives the same records.
 *
 * @module
 */

import { encodeBody, encodeRecord } from "@tributary/proto";
import { labelOf, scheme } from "@tributary/proto/vocabulary";
import { seeded } from "../../src/index/semantic/seeded.ts";

const OPENINGS = [
  "该企业",
  "项目前",
  "改造之前",
  "车间里",
  "在册的",
  "近三年来",
  "经诊断",
  "据现场调研",
];
const SUBJECTS = [
  "设备数据",
  "质量记录",
  "能耗台账",
  "订单进度",
  "库存信息",
  "工艺参数",
  "检验结果",
  "物流单据",
];
const FAULTS = [
  "散落在多套系统",
  "靠纸质单据流转",
  "每班人工汇总一次",
  "无法与财务核对",
  "更新滞后两天以上",
];
const ACTIONS = [
  "统一采集",
  "接入平台",
  "建立模型",
  "在线监测",
  "自动排程",
  "实时预警",
  "闭环追溯",
  "分级管理",
];
const EFFECTS = [
  "一次合格率提高",
  "单位能耗下降",
  "交付周期缩短",
  "设备停机减少",
  "人工录入减少",
  "库存占用降低",
];

/** Makes records with keys `0`, `1`, ... under one center. */
export function syntheticRecords(seed: number): (index: number) => Uint8Array {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const codes = (name: Parameters<typeof scheme>[0]) =>
    scheme(name).concepts.map(({ code }) => code);
  const scenarios = codes("scenario");
  const systems = codes("systemType");
  const kpis = codes("kpi");
  const industries = codes("industry").filter((code) => /^\d{2,4}$/.test(code));
  const regions = codes("region").filter((code) => /^\d{4}00$/.test(code));
  const sizes = codes("sizeBand");
  const sentence = () =>
    `${pick(OPENINGS)}${pick(SUBJECTS)}${pick(FAULTS)}，${pick(ACTIONS)}后${pick(EFFECTS)} ${1 + Math.floor(random() * 60)}%。`;
  const text = (count: number) => Array.from({ length: count }, sentence).join("");
  return (index) => {
    const scenario = pick(scenarios);
    const industry = pick(industries);
    const body = encodeBody("case", {
      title: `${labelOf("industry", industry, "zh")}企业${labelOf("scenario", scenario, "zh")}案例 ${index}`,
      abstract: text(3),
      painPoints: text(2),
      solution: text(3),
      client: { industry, region: pick(regions), sizeBand: pick(sizes) },
      scenarios: [scenario, pick(scenarios)],
      systems: [pick(systems), pick(systems)],
      outcomes: [{ kpi: pick(kpis), valueKind: "relative", value: Math.floor(random() * 40) }],
      started: `${2021 + Math.floor(random() * 3)}Q1`,
      finished: `${2024 + Math.floor(random() * 3)}Q3`,
    });
    return encodeRecord({
      salt: Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256)),
      kind: "case",
      key: String(index),
      operation: "upsert",
      revision: 1n,
      visibility: random() < 0.8 ? "public" : "members",
      visibleTo: [],
      license: "CC-BY-4.0",
      body,
    });
  };
}
