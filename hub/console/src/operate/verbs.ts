/** Names of what curators decide, for people. @module */

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
  retract: "actionRetract",
  object: "actionObject",
  decline: "actionDecline",
};
