/** What the page that compares two providers says, in Chinese and English; see `MESSAGES` of `language.ts`. @module */

export const MERGE_MESSAGES = {
  mergePick: ["选两家比较", "Choose two to compare"],
  mergeFirst: ["第一家", "The first"],
  mergeSecond: ["第二家", "The second"],
  mergePickHint: ["输入名称，从列表中选择", "Type a name and choose from the list"],
  mergeOptions: ["{n} 家，用上下键选择", "{n} {n|provider|providers}, use the arrow keys"],
  mergeCompare: ["并排比较", "Compare"],
  mergeSuspected: ["疑似重复", "Possible duplicates"],
  mergeNoneSuspected: ["没有疑似重复的服务商。", "No providers look like duplicates."],
  mergeBoth: ["两家各怎么说", "What is said of both"],
  mergeFields: ["逐项对照", "Field by field"],
  mergeField: ["字段", "Field"],
  mergeSame: ["两边相同", "the same on both sides"],
  mergeDiffers: ["两边不同", "different"],
  mergeOneSide: ["只有一边有", "on one side only"],
  mergeRecords: ["{name}（{n} 条记录）", "{name} ({n} {n|record|records})"],
  mergeWeights: ["证据", "Evidence"],
  mergeNoWeights: [
    "这两家不在待判断的重复之列，因此没有为它们计算权重。",
    "Nothing suggests that these two are one, so no weights were computed for them.",
  ],
  mergeOne: [
    "它们已是同一家。下面的决定可以撤回；也可以认定为不是同一家。",
    "These are one provider. The decisions below can be undone, or say that they are different.",
  ],
  mergeDecide: ["认定", "Decide"],
  mergeYes: ["是同一家，合并", "One provider: merge"],
  mergeNo: ["不是同一家", "Two providers"],
  mergeRelated: ["关联单位", "Two that belong together"],
  mergeReason: [
    "理由（相关中心可见；合并时可不填）",
    "Reason (the centers concerned see it; a merge needs none)",
  ],
  mergeChooseOther: ["换两家比较", "Compare two others"],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
