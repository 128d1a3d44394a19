/**
 * `tributary-hub erase URN...`: takes the contents of records out of the hub, for good.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { AdminService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";

export async function eraseCommand(
  context: CommandContext,
  urns: readonly string[],
  { reason, yes }: { readonly reason: string; readonly yes: boolean },
): Promise<void> {
  if (!yes) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      "erasing cannot be undone, not even from the log; say --yes if that is meant",
      { messageZh: "抹除无法撤销，日志中也不再保留内容；确认请加 --yes" },
    );
  }
  const { method } = AdminService;
  const request = { urns, reason };
  const answer = await callHub<{ readonly versions: number }>(
    context,
    method.eraseRecords,
    request,
  );
  context.result(answer, () =>
    answer.versions === 0
      ? context.t({
          en: "Nothing to erase: the hub has no contents of these records.",
          zh: "没有可抹除的内容。",
        })
      : context.t({
          en: `${answer.versions} versions were erased; their places, hashes and proofs stay.`,
          zh: `已抹除 ${answer.versions} 个版本的内容；其位置、哈希与证明保留。`,
        }),
  );
}
