/**
 * `tributary-agent privacy`: the texts about clients that leave masked or wait, and what a person decides about each.
 *
 * Texts are shown here, on the center's own screen, and nowhere else.
 *
 * @module
 */

import { userInfo } from "node:os";
import { TributaryError } from "@tributary/proto";
import { agentFolder } from "../adapters/agent-folder.ts";
import { isAboutClient, type ReviewItem, reviewItemsOf } from "../privacy/client-gate.ts";
import type { Decision } from "../privacy/decision.ts";
import { clientRules, loadPlans, type Plan, readConfig, readDecisions } from "../start-plans.ts";
import { type CommandContext, timeText } from "./context.ts";
import { operate } from "./operations.ts";

/** A text with its source, and whether its record waits for the decision. */
export interface WaitingText extends ReviewItem {
  readonly source: string;
  readonly row: number;
  readonly waits: boolean;
}

export async function privacyReviewCommand(
  context: CommandContext,
  { all }: { readonly all?: boolean },
): Promise<void> {
  let count = 0;
  let waiting = 0;
  for await (const item of textsToReview(context)) {
    if (item.verdict !== undefined && !all) continue;
    count += 1;
    waiting += item.waits ? 1 : 0;
    context.result(item, () => itemText(context, item));
  }
  context.say({
    en: `${count} texts could name a client or hold a claim; ${waiting} records' texts wait, the others leave masked. Next: tributary-agent privacy approve ID`,
    zh: `${count} 段文本可能指明客户或含需核实的表述；其中 ${waiting} 段待审批，其余以隐去后的内容发布。下一步：tributary-agent privacy approve 编号`,
  });
}

export async function privacyDecideCommand(
  context: CommandContext,
  id: string,
  { verdict, by }: { readonly verdict: Decision["verdict"]; readonly by?: string },
): Promise<void> {
  const decision = await decideText(context, id, { verdict, by: by ?? userInfo().username });
  const [en, zh] = verdict === "approved" ? ["approved", "已批准"] : ["rejected", "已驳回"];
  context.result(decision, () =>
    context.t({
      en: `${decision.id} ${en} by ${decision.by}, ${timeText(decision.atMs)}; it holds for this exact text`,
      zh: `${decision.id} ${zh}，${decision.by}，${timeText(decision.atMs)}；仅对该文本原样有效`,
    }),
  );
}

/**
 * Decides about a text, by the id that the review shows.
 *
 * @throws {TributaryError} `ERR_NOT_FOUND` if no text has the id any more; what {@link operate} throws.
 */
export async function decideText(
  context: CommandContext,
  id: string,
  { verdict, by }: { readonly verdict: Decision["verdict"]; readonly by: string },
): Promise<Decision> {
  const { source, kind, key, field, text } = await itemOf(context, id);
  return await operate<Decision>(context, "privacyDecide", {
    source,
    verdict,
    by,
    kind,
    key,
    field,
    text,
  });
}

async function itemOf(context: CommandContext, id: string): Promise<WaitingText> {
  for await (const item of textsToReview(context)) if (item.id === id) return item;
  throw new TributaryError(
    "ERR_NOT_FOUND",
    `no text has the number ${id}; it may have changed. Run: tributary-agent privacy review --all`,
    {
      messageZh: `没有编号为 ${id} 的文本，可能已被修改。请运行 tributary-agent privacy review --all`,
    },
  );
}

/** All texts about clients in which something is found, source by source. Reads the sources; sends nothing. */
export async function* textsToReview({ io, options }: CommandContext): AsyncGenerator<WaitingText> {
  const folder = agentFolder(options.folder);
  const plans = await loadPlans(folder, await readConfig(folder));
  const rules = clientRules(await readDecisions(folder), plans);
  for (const plan of plans) {
    if (!plan.mappers.some(({ kind }) => isAboutClient(kind))) continue;
    const { policy } = await rules(io.signal);
    for await (const { row, request } of clientRows(plan, io.signal)) {
      const isKeptBack = request.clientTexts === "review";
      for (const item of reviewItemsOf(request, policy)) {
        const waits = item.verdict === undefined && (isKeptBack || item.field === "key");
        yield { ...item, source: plan.sourceId, row, waits };
      }
    }
  }
}

async function* clientRows({ source, mappers }: Plan, signal: AbortSignal) {
  for (const mapper of mappers) {
    const { kind } = mapper;
    if (!isAboutClient(kind)) continue;
    for await (const row of source.read(mapper.table, signal)) {
      const mapped = mapper.map(row);
      if (mapped.type !== "record") continue;
      yield { row: row.row, request: { ...mapped, kind } };
    }
  }
}

function itemText({ t }: CommandContext, item: WaitingText): string {
  const { id, source, row, kind, key, field, text, found, masked, verdict, waits } = item;
  const state =
    verdict === "approved"
      ? t({ en: "approved", zh: "已批准" })
      : verdict === "rejected"
        ? t({ en: "rejected, stays", zh: "已驳回，不外发" })
        : waits
          ? t({ en: "waits", zh: "待审批" })
          : t({ en: "leaves masked", zh: "隐去后外发" });
  return [
    `${id}  ${state}  ${source} ${row}: ${kind} ${key}, ${field} (${[...new Set(found.map(({ type }) => type))].join(", ")})`,
    `  ${t({ en: "written", zh: "原文" })}: ${marked(item.text, found)}`,
    ...(masked === text ? [] : [`  ${t({ en: "masked", zh: "隐去" })}: ${masked}`]),
    "",
  ].join("\n");
}

/** The text with what was found between ⟦ and ⟧. */
function marked(text: string, found: ReviewItem["found"]): string {
  let result = "";
  let at = 0;
  for (const { start, end } of found) {
    result += `${text.slice(at, start)}⟦${text.slice(start, end)}⟧`;
    at = end;
  }
  return (result + text.slice(at)).replaceAll(/\s+/g, " ");
}
