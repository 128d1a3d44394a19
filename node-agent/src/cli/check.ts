/**
 * `tributary-agent check`: can every source be read, and does the hub answer? Sends no data.
 *
 * @module
 */

import { isTributaryError } from "@tributary/proto";
import { agentFolder, readHubFile } from "../adapters/agent-folder.ts";
import { readKeyFile } from "../adapters/file-keys.ts";
import { courierTo, refreshTerms } from "../start-hub.ts";
import { checkSources, hubTerms, loadPlans, readConfig } from "../start-plans.ts";
import type { CommandContext } from "./context.ts";
import { statusOf } from "./failure.ts";
import { CommandExit, EXIT, type ExitStatus } from "./io.ts";

export async function checkCommand(context: CommandContext): Promise<void> {
  const folder = agentFolder(context.options.folder);
  await checkTerms(context);
  const plans = await loadPlans(folder, await readConfig(folder));
  let status: ExitStatus = EXIT.ok;
  for (const { sourceId, ok, message, messageZh } of await checkSources(plans, context.io.signal)) {
    context.result({ source: sourceId, ok, message, messageZh }, () =>
      context.t({
        en: `${ok ? "✔" : "✖"} ${sourceId}: ${message}`,
        zh: `${ok ? "✔" : "✖"} ${sourceId}：${messageZh}`,
      }),
    );
    if (!ok) status = EXIT.failed;
  }
  const hubStatus = await checkHub(context);
  if (status === EXIT.ok) status = hubStatus;
  if (status !== EXIT.ok) throw new CommandExit(status);
  context.say({ en: "Next: tributary-agent preview", zh: "下一步：tributary-agent preview" });
}

async function checkHub(context: CommandContext): Promise<ExitStatus> {
  const folder = agentFolder(context.options.folder);
  const hub = await readHubFile(folder);
  if (hub === undefined) {
    context.say({ en: "- no hub was joined yet", zh: "- 尚未加入枢纽" });
    return EXIT.ok;
  }
  try {
    await using session = courierTo(folder, hub, await readKeyFile(folder.agentKeyFile)).connect();
    const { state, reason } = await session.membership(context.io.signal);
    const ok = state === "approved" || state === "pending";
    const detail = reason === "" ? state : `${state}: ${reason}`;
    context.result({ hub: hub.hub, ok, membership: state, reason }, () =>
      context.t({
        en: `${ok ? "✔" : "✖"} ${hub.hub}: membership ${detail}`,
        zh: `${ok ? "✔" : "✖"} ${hub.hub}：成员状态 ${detail}`,
      }),
    );
    return ok ? EXIT.ok : EXIT.auth;
  } catch (error) {
    if (!isTributaryError(error)) throw error;
    const { code, message, messageZh } = error;
    context.result({ hub: hub.hub, ok: false, code, message, messageZh }, () =>
      context.t({ en: `✖ ${hub.hub}: ${message}`, zh: `✖ ${hub.hub}：${messageZh}` }),
    );
    return statusOf(code);
  }
}

/** Hears what the hub changed in the vocabulary: what is mapped and suggested goes by it. */
async function checkTerms(context: CommandContext): Promise<void> {
  const folder = agentFolder(context.options.folder);
  if ((await readHubFile(folder)) === undefined) return;
  const problem = await refreshTerms(folder.path, context.io.signal).then(
    () => undefined,
    (error: unknown) => {
      if (isTributaryError(error)) return error;
      throw error;
    },
  );
  const { count } = await hubTerms(folder);
  const why = problem && { code: problem.code, message: problem.message };
  context.result({ vocabulary: { terms: count, problem: why } }, () =>
    problem === undefined
      ? context.t({
          en: `✔ vocabulary: ${count} terms are the hub's own or changed there`,
          zh: `✔ 词表：枢纽自有或改动的词条 ${count} 个`,
        })
      : context.t({
          en: `- vocabulary as last heard, ${count} terms the hub's own or changed there: ${problem.message}`,
          zh: `- 词表沿用上次所得，枢纽自有或改动的词条 ${count} 个：${problem.messageZh}`,
        }),
  );
}
