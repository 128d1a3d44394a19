/**
 * `tributary-hub search`: searches the running hub.
 *
 * @module
 */

import type { SearchAnswer } from "@tributary/proto";
import { QueryService } from "@tributary/proto/wire";
import { type CommandContext, callHub } from "./context.ts";

export async function searchCommand(
  context: CommandContext,
  words: readonly string[],
  options: { readonly limit: string },
): Promise<void> {
  const answer = await callHub<SearchAnswer>(context, QueryService.method.search, {
    query: words.join(" "),
    pageSize: Number(options.limit),
  });
  const { hits, total, coverage } = answer;
  context.result(answer, () =>
    hits.map(({ record }) => `${record.title}  [${record.centerName}]\n  ${record.urn}`).join("\n"),
  );
  context.say({
    en: `${hits.length} of ${total}; ${coverage.centersFresh} centers fresh, ${coverage.centersStale} stale, ${coverage.centersPaused} paused; log size ${coverage.logSize}`,
    zh: `显示 ${hits.length} / 共 ${total} 条；中心：${coverage.centersFresh} 个正常、${coverage.centersStale} 个过期、${coverage.centersPaused} 个暂停；日志 ${coverage.logSize} 条`,
  });
}
