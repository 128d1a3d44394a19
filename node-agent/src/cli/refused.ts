/**
 * `tributary-agent refused`: what the hub took and does not show, with the rule and a sentence that says what to mend.
 *
 * @module
 */

import { hubView } from "../start-hub.ts";
import type { CommandContext } from "./context.ts";

export async function refusedCommand(context: CommandContext): Promise<void> {
  const { io, options, t } = context;
  await using view = await hubView(options.folder, io.signal);
  let count = 0;
  for await (const record of view.refused(io.signal)) {
    count += 1;
    context.result(record, () =>
      [
        [record.urn, record.state, record.stateReason].filter(Boolean).join("  "),
        ...record.findings.map(
          ({ rule, code, subject, message, messageZh }) =>
            `  ${rule} ${code}  ${subject}  ${t({ en: message, zh: messageZh })}`,
        ),
      ].join("\n"),
    );
  }
  context.say({
    en:
      count === 0
        ? "The hub shows everything that it took."
        : `${count} records are not shown, or have something to look at.`,
    zh: count === 0 ? "枢纽已展示收到的全部记录。" : `${count} 条记录未展示或需要查看。`,
  });
}
