/**
 * `tributary-hub log`: the newest checkpoint, and a check of the whole log.
 *
 * @module
 */

import { parseCheckpoint, parseNote, toHex } from "@tributary/proto";
import { LogService } from "@tributary/proto/wire";
import { checkFolder, logProblemsOf } from "./check-folder.ts";
import { type CommandContext, callHub, folderOf } from "./context.ts";
import { CommandExit, EXIT } from "./io.ts";

export async function logHeadCommand(context: CommandContext): Promise<void> {
  const { checkpoint, vkey } = await callHub<{ checkpoint: string; vkey: string }>(
    context,
    LogService.method.getCheckpoint,
    {},
  );
  const { origin, size, root } = parseCheckpoint(parseNote(checkpoint).text);
  context.result({ origin, size, root: toHex(root), checkpoint, vkey }, () => checkpoint.trimEnd());
}

/** Works on a stopped hub. */
export async function logVerifyCommand(context: CommandContext): Promise<void> {
  const found = await checkFolder(await folderOf(context));
  const { check, replay } = found;
  const problems = logProblemsOf(found);
  const { size, root, pending } = check;
  const { batches, records } = replay;
  context.result({ size, root, pending, batches, records, problems }, () =>
    [
      context.t({
        en: `${size} entries, ${batches} batches, ${records} records; root ${root}`,
        zh: `${size} 条日志，${batches} 个批次，${records} 条记录；根 ${root}`,
      }),
      ...problems.map(({ position, problem }) => `✖ ${position ?? "-"}: ${problem}`),
      ...(problems.length === 0 ? ["✔"] : []),
    ].join("\n"),
  );
  if (problems.length > 0) throw new CommandExit(EXIT.failed);
}
