/** What the pages of centers say, in Chinese and English; see `MESSAGES` of `language.ts`. @module */

export const CENTER_MESSAGES = {
  centersRegion: ["地区", "Region"],
  centersIndustry: ["行业", "Sector"],
  centersScenario: ["场景", "Scenario"],
  centersAny: ["不限", "Any"],
  centersTable: ["各中心发布的记录", "What each center has published"],
  centersChart: ["记录合计", "Records in all"],
  centersCount: ["{n} 个中心有相关记录", "{n} {n|center has|centers have} records on this"],
  centersNone: [
    "没有中心发布过这方面的记录，请放宽条件。",
    "No center has published on this. Choose less.",
  ],
  centersLoading: ["正在统计……", "Counting…"],
  centerFresh: ["更新及时", "fresh"],
  centerAll: ["全部记录（{n}）", "All records ({n})"],
  centerWhat: ["发布了什么", "What it has published"],
  centerNewest: ["最新记录", "Newest records"],
  centerProfile: ["中心自己的介绍", "The center's own words"],
  centerNoProfile: [
    "该中心还没有发布自己的介绍。",
    "This center has not published a description of itself.",
  ],
  centerKind: ["类别", "Kind"],
  centerRecords: ["记录数", "Records"],
  centerNothing: ["没有这个中心的公开记录。", "There is no public record of this center."],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
