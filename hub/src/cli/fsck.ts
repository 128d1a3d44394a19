/**
 * `tributary-hub fsck`: checks everything in the data folder of a stopped hub.
 *
 * The log is never repaired here, but by `heal`. What is derived from the log can be made anew with `--rebuild`.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import { checkFolder, logProblemsOf } from "./check-folder.ts";
import { type CommandContext, folderOf } from "./context.ts";
import { CommandExit, EXIT } from "./io.ts";

export async function fsckCommand(
  context: CommandContext,
  options: { readonly rebuild: boolean },
): Promise<void> {
  const folder = await folderOf(context);
  let isRebuilt = false;
  const found = await checkFolder(
    folder,
    async (store, result) => {
      if (!options.rebuild || logProblemsOf(result).length > 0) return;
      await store.replaceFacts(result.replay.facts);
      await rm(folder.catalogFolder, { recursive: true, force: true });
      await rm(folder.indexFolder, { recursive: true, force: true });
      isRebuilt = true;
    },
    ({ name, problem }) =>
      context.say({ en: `✖ log/${name}: ${problem}`, zh: `✖ log/${name} 已损坏：${problem}` }),
  );
  const { check, replay, wrongFacts } = found;
  const problems = [
    ...logProblemsOf(found),
    ...(isRebuilt ? [] : wrongFacts).map((name) => ({
      position: undefined,
      problem: `the derived fact ${name} is not as the log says; run fsck --rebuild`,
    })),
  ];
  context.result(
    { size: check.size, root: check.root, pending: check.pending, problems, rebuilt: isRebuilt },
    () =>
      [
        context.t({
          en: `log: ${check.size} entries, ${replay.batches} batches, ${replay.records} records`,
          zh: `日志：${check.size} 条，${replay.batches} 个批次，${replay.records} 条记录`,
        }),
        ...problems.map(({ position, problem }) => `✖ ${position ?? "-"}: ${problem}`),
        ...(problems.length === 0 ? ["✔"] : []),
      ].join("\n"),
  );
  if (isRebuilt) {
    context.say({
      en: "Derived stores were cleared; the next start makes them anew from the log.",
      zh: "派生存储已清除，下次启动时将从日志重建。",
    });
  }
  if (problems.length > 0) throw new CommandExit(EXIT.failed);
}
