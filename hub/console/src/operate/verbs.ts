/** Names of what operators decide, for people. @module */

import type { MessageName } from "../language.ts";

/** By verb, as `CurationDecision` has it. */
export const VERB_NAMES: { readonly [verb: string]: MessageName } = {
  approve: "actionApprove",
  hide: "actionHide",
  unhide: "actionUnhide",
  acknowledge: "actionAcknowledge",
  label: "actionLabel",
  unlabel: "actionUnlabel",
  merge: "actionMerge",
  split: "actionSplit",
  relate: "actionRelate",
  pause: "actionPause",
  release: "actionRelease",
  feature: "actionFeature",
  unfeature: "actionUnfeature",
  term: "actionTerm",
  grade: "actionGrade",
  review: "actionReview",
  select: "actionSelect",
  retract: "actionRetract",
  object: "actionObject",
  confirm: "actionConfirm",
  decline: "actionDecline",
};
