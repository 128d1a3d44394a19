/**
 * `tributary-agent decisions` and `tributary-agent object POSITION --reason TEXT`: what the hub's operators decided about the
 * center, and the center's objection, signed by its key.
 *
 * @module
 */

import { type DecisionView, TributaryError } from "@tributary/proto";
import { hubView } from "../start-hub.ts";
import type { CommandContext } from "./context.ts";

export async function decisionsCommand(context: CommandContext): Promise<void> {
  const { io, options } = context;
  await using view = await hubView(options.folder, io.signal);
  let count = 0;
  for await (const decision of view.decisions(io.signal)) {
    count += 1;
    context.result(decision, () => linesOf(decision, context).join("\n"));
  }
  context.say({
    en:
      count === 0
        ? "No decision concerns this center."
        : "To object to one: tributary-agent object POSITION --reason TEXT",
    zh:
      count === 0
        ? "没有涉及本中心的决定。"
        : "提出异议：tributary-agent object 位置 --reason 理由",
  });
}

export async function objectCommand(
  context: CommandContext,
  position: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const { io, options, t } = context;
  await using view = await hubView(options.folder, io.signal);
  const decision = await decisionAt(view.decisions(io.signal), position);
  const { decisionId, action } = decision;
  const objectedAt = await view.object({ decisionId, reason }, io.signal);
  context.result({ position: objectedAt, decisionId }, () =>
    t({
      en: `✔ objected to ${action} at ${position}: log entry ${objectedAt}. Operators answer it; tributary-agent decisions shows the answer.`,
      zh: `✔ 已对第 ${position} 条决定（${action}）提出异议：日志第 ${objectedAt} 条。运营方将答复，可用 tributary-agent decisions 查看。`,
    }),
  );
}

async function decisionAt(
  decisions: AsyncIterable<DecisionView>,
  position: string,
): Promise<DecisionView> {
  for await (const decision of decisions) {
    if (String(decision.position) === position) return decision;
  }
  throw new TributaryError(
    "ERR_NOT_FOUND",
    `no decision at log position ${position} concerns this center; tributary-agent decisions lists those that do`,
    { messageZh: `日志第 ${position} 条不是涉及本中心的决定，可用 tributary-agent decisions 查看` },
  );
}

const STANDINGS: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  open: { en: "waits for an answer", zh: "等待答复" },
  accepted: { en: "accepted", zh: "已采纳" },
  declined: { en: "declined", zh: "未采纳" },
};

function linesOf(decision: DecisionView, { t }: CommandContext): string[] {
  const { position, decidedAtMs, actor, action, argument, subjects, reason } = decision;
  const { retracted, standing, answer } = decision;
  const known = STANDINGS[standing];
  const what = standing === "" ? [action, argument].filter(Boolean).join(" ") : action;
  const head = [String(position), new Date(decidedAtMs).toISOString().slice(0, 16), actor, what];
  if (retracted) head.push(t({ en: "(undone)", zh: "（已撤销）" }));
  return [
    `${head.join("  ")}  ${reason}`,
    ...subjects.map((subject) => `  ${subject}`),
    ...(known === undefined ? [] : [`  ${[t(known), answer].filter(Boolean).join(": ")}`]),
  ];
}
