/** What the pages of collections say, in Chinese and English; see `MESSAGES` of `language.ts`. @module */

export const COLLECTION_MESSAGES = {
  backToCollections: ["返回精选", "Back to the featured collections"],
  backToCollection: ["返回合集", "Back to the collection"],
  collectionsAll: ["全部合集（{n}）", "All collections ({n})"],
  collectionsNone: ["还没有精选合集。", "Nothing is featured yet."],
  collectionRecords: ["{n} 条记录", "{n} {n|record|records}"],
  collectionDecided: [
    "{actor}，{when}，日志第 {position} 条：{reason}",
    "{actor}, {when}, entry {position} of the log: {reason}",
  ],
  collectionNotShown: [
    "另有 {n} 条现在不显示：已撤回、已隐藏，或不对您公开。",
    "{n} more {n|is|are} not shown now: withdrawn, hidden, or not for you.",
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
