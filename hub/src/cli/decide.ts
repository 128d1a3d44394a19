/**
 * `tributary-hub curation hide` and its like: decisions, each an entry of the log.
 *
 * @module
 */

import { CurationService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";
import type { Bilingual } from "./io.ts";

/** Verbs, what they are about and what they do. */
export const DECISION_VERBS: readonly ({
  readonly verb: string;
  readonly subjects: "<urn...>" | "<center...>";
} & Bilingual)[] = [
  { verb: "approve", subjects: "<urn...>", en: "show records that wait for it", zh: "批准展示" },
  { verb: "hide", subjects: "<urn...>", en: "do not show records", zh: "隐藏记录" },
  { verb: "unhide", subjects: "<urn...>", en: "show hidden records again", zh: "取消隐藏" },
  {
    verb: "acknowledge",
    subjects: "<urn...>",
    en: "seen: leaves the queue until the next revision",
    zh: "确认知悉，重发前不再列出",
  },
  { verb: "merge", subjects: "<urn...>", en: "records are one provider", zh: "认定为同一家" },
  { verb: "split", subjects: "<urn...>", en: "the first is none of the others", zh: "认定为不同" },
  { verb: "relate", subjects: "<urn...>", en: "they belong together", zh: "认定为关联单位" },
  { verb: "label", subjects: "<urn...>", en: "give records a label", zh: "加标签" },
  { verb: "unlabel", subjects: "<urn...>", en: "take a label away", zh: "去标签" },
  { verb: "pause", subjects: "<center...>", en: "close feeds of centers", zh: "暂停中心的发布" },
  { verb: "release", subjects: "<center...>", en: "open paused feeds", zh: "解除暂停" },
];

interface DecideOptions {
  readonly reason: string;
  readonly label?: string;
}

export async function decideCommand(
  context: CommandContext,
  verb: string,
  names: readonly string[],
  { reason, label = "" }: DecideOptions,
): Promise<void> {
  // A center may be named by its identifier alone; the hub refuses what is neither.
  const subjects = names.map((name) => (name.startsWith("urn:") ? name : `urn:dth:${name}`));
  const request = { action: verb, subjects, argument: label, reason };
  const decided = await callHub<{ readonly decisionId: string; readonly position: number }>(
    context,
    CurationService.method.decide,
    request,
  );
  context.result({ action: verb, subjects, ...decided }, () =>
    context.t({
      en: `${verb}: decided about ${subjects.length} (log entry ${decided.position})`,
      zh: `${verb}：已对 ${subjects.length} 个对象作出决定（日志第 ${decided.position} 条）`,
    }),
  );
}
