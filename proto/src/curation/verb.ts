/**
 * What is decided, in words: for lists of decisions and for sentences about one.
 *
 * @see ../../tributary/v1/log.proto, CurationDecision
 * @module
 */

import type { Sentence } from "../match/answer.ts";

/** Every verb of a decision. */
export const DECISION_VERBS = {
  approve: { en: "show", zh: "批准展示" },
  hide: { en: "hide", zh: "隐藏" },
  unhide: { en: "show again", zh: "恢复显示" },
  label: { en: "label", zh: "加标签" },
  unlabel: { en: "take the label off", zh: "去标签" },
  acknowledge: { en: "acknowledge", zh: "确认知悉" },
  merge: { en: "these are one provider", zh: "合并为同一家" },
  split: { en: "these are different", zh: "不是同一家" },
  relate: { en: "these belong together", zh: "关联单位" },
  pause: { en: "pause the feed", zh: "暂停接收" },
  release: { en: "release the feed", zh: "解除暂停" },
  feature: { en: "feature a collection", zh: "编入精选合集" },
  unfeature: { en: "end a collection", zh: "撤下精选合集" },
  term: { en: "change a term", zh: "改动词条" },
  retract: { en: "undo", zh: "撤回决定" },
  grade: { en: "publish a grade", zh: "公布等级" },
  review: { en: "review a benchmark", zh: "评审标杆" },
  select: { en: "select a benchmark", zh: "选定标杆" },
  object: { en: "objection", zh: "提出异议" },
  decline: { en: "objection declined", zh: "不采纳异议" },
  confirm: { en: "mass change confirmed", zh: "确认大批量变更" },
} as const satisfies { readonly [verb: string]: Sentence };

export type DecisionVerb = keyof typeof DECISION_VERBS;

/** The words for a verb of the log; the verb itself where this version knows none. */
export function wordsOfVerb(action: string): Sentence {
  return Object.hasOwn(DECISION_VERBS, action)
    ? DECISION_VERBS[action as DecisionVerb]
    : { en: action, zh: action };
}
