/**
 * What the operators of the demo feature: collections of records of its centers, made by the command that a person would
 * type.
 *
 * @module
 */

import { type RecordKind, urnOf } from "@tributary/sdk";
import { runCommand } from "./processes.ts";

interface DemoCollection {
  readonly id: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly textZh: string;
  readonly textEn: string;
  readonly reason: string;
  readonly records: readonly (readonly [centerId: string, kind: RecordKind, key: string])[];
}

const COLLECTIONS: readonly DemoCollection[] = [
  {
    id: "first-step",
    nameZh: "二十人的小厂，从哪里起步",
    nameEn: "Where a workshop of twenty begins",
    textZh: "先看几家小厂实际做了什么、花在哪里，再看能用的补贴、转型券和夜课。",
    textEn:
      "What small workshops really did and what it brought, then the subsidy, the voucher and the evening class that help.",
    reason: "小微企业咨询最多的问题",
    records: [
      ["smes", "case", "13"],
      ["smes", "case", "4"],
      ["smes", "case", "21"],
      ["smes", "policy", "11"],
      ["jiangnan", "voucher_programme", "2026年赣鄱中小企业数字化转型券(示例)"],
      ["smes", "training", "1"],
    ],
  },
  {
    id: "copper-foil",
    nameZh: "从熔炼到铜箔：一条铜产业链",
    nameEn: "From smelter to foil: one copper chain",
    textZh: "按工序排列的案例：熔炼、轧制、拉丝、铜箔，最后是供需两侧一起参加的培训。",
    textEn:
      "Cases in the order of the process: melting, rolling, drawing, foil; then the training that both sides of the market attend.",
    reason: "产业链参观前的阅读材料",
    records: [
      ["copper", "case", "再生铜熔炼炉,烟尘在线替人盯"],
      ["copper", "case", "二十辊轧机换脑不换身"],
      ["copper", "case", "微细铜丝的断,断在哪一模"],
      ["copper", "case", "生箔电源,每吨箔少用多少度"],
      ["copper", "case", "4.5微米铜箔的针孔,一卷也不放过"],
      ["copper", "training", "铜箔针孔判定标准对齐(供需两侧同堂)/2025年6月20日"],
    ],
  },
];

/** @param options Folders of the demo and of its hub, which runs and can find the records. */
export async function featureCollections(options: {
  readonly folder: string;
  readonly hubFolder: string;
}): Promise<void> {
  const { folder, hubFolder } = options;
  for (const { id, records, ...said } of COLLECTIONS) {
    const urns = records.map(([centerId, kind, key]) => urnOf({ centerId, kind, key }));
    const texts = [
      ...["--name-zh", said.nameZh, "--name-en", said.nameEn],
      ...["--text-zh", said.textZh, "--text-en", said.textEn, "--reason", said.reason],
    ];
    await runCommand("hub", ["curation", "feature", id, ...urns, ...texts, "--data", hubFolder], {
      folder,
    });
  }
}
