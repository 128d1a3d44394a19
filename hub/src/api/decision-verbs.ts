/**
 * What operators decide, in words: for sentences about a decision.
 *
 * @module
 */

import type { Sentence } from "@tributary/proto";

const VERBS: { readonly [action: string]: Sentence } = {
  approve: { en: "show", zh: "批准展示" },
  hide: { en: "hide", zh: "隐藏" },
  unhide: { en: "show again", zh: "恢复显示" },
  acknowledge: { en: "acknowledge", zh: "确认知悉" },
  label: { en: "label", zh: "加标签" },
  unlabel: { en: "take the label off", zh: "去标签" },
  merge: { en: "these are one provider", zh: "合并为同一家" },
  split: { en: "these are different", zh: "不是同一家" },
  relate: { en: "these belong together", zh: "关联单位" },
  pause: { en: "pause the feed", zh: "暂停接收" },
  feature: { en: "feature a collection", zh: "编入精选合集" },
  unfeature: { en: "end a collection", zh: "撤下精选合集" },
  grade: { en: "publish a grade", zh: "公布等级" },
  review: { en: "review a benchmark", zh: "评审标杆" },
  select: { en: "select a benchmark", zh: "选定标杆" },
};

/** The words for the verb of a decision; the verb itself where there are none. */
export function verbOf(action: string): Sentence {
  return VERBS[action] ?? { en: action, zh: action };
}
