/**
 * `tributary-agent preview`: what would leave, row by row and byte by byte. Sends nothing, writes nothing.
 *
 * @module
 */

import { TributaryError } from "@tributary/proto";
import { agentFolder } from "../adapters/agent-folder.ts";
import { maskedText } from "../privacy/finding.ts";
import { clientRules, loadPlans, readConfig, readDecisions } from "../start-plans.ts";
import type { CommandContext } from "./context.ts";
import {
  chosen,
  countRow,
  fateText,
  policyFor,
  previewRows,
  type RowPreview,
} from "./preview-rows.ts";
import { table as drawTable } from "./table.ts";

interface PreviewOptions {
  readonly rows: string;
  readonly bytes?: boolean;
}

const CELL_LENGTH = 60;

export async function previewCommand(
  context: CommandContext,
  sourceId: string | undefined,
  options: PreviewOptions,
): Promise<void> {
  const limit = parseCount(options.rows);
  const folder = agentFolder(context.options.folder);
  const plans = await loadPlans(folder, await readConfig(folder));
  const rules = clientRules(await readDecisions(folder), plans);
  const total = { rows: 0, leave: 0, bytes: 0 };
  for (const plan of chosen(plans, sourceId)) {
    const policy = await policyFor(plan, rules, context.io.signal);
    for await (const { preview: row } of previewRows(plan, { limit, policy }, context.io.signal)) {
      countRow(total, row);
      const { body, ...rest } = row;
      const shown = options.bytes ? row : rest;
      context.result(shown, () => rowText(context, shown));
    }
  }
  context.say({
    en: `${total.leave} of ${total.rows} rows would leave, ${total.bytes} bytes of content. Nothing was sent. Next: tributary-agent run`,
    zh: `${total.rows} 行中 ${total.leave} 行将发布，内容共 ${total.bytes} 字节。未发送任何数据。下一步：tributary-agent run`,
  });
}

function rowText({ t }: CommandContext, row: RowPreview): string {
  const place = [row.source, row.table].filter(Boolean).join(" · ");
  const title = t({
    en: `${row.leaves ? "✔" : "✖"} ${place}, row ${row.row}: ${row.kind} ${row.key ?? ""}`,
    zh: `${row.leaves ? "✔" : "✖"} ${place} 第 ${row.row} 行：${row.kind} ${row.key ?? ""}`,
  });
  const lines = row.cells.map(({ column, before, fate }) => [
    column,
    shortened(before),
    "→",
    t(fateText(fate)),
  ]);
  const after = Object.entries(row.after ?? {}).map(([field, value]) => [
    field,
    shortened(typeof value === "string" ? value : JSON.stringify(value)),
  ]);
  return [
    title,
    drawTable(
      [
        t({ en: "column", zh: "列" }),
        t({ en: "before", zh: "原值" }),
        "",
        t({ en: "becomes", zh: "去向" }),
      ],
      lines,
    ),
    ...(after.length === 0
      ? []
      : [
          drawTable(
            [t({ en: "field", zh: "字段" }), t({ en: "after, as readers get it", zh: "发布内容" })],
            after,
          ),
        ]),
    ...row.masked.map((finding) => t(maskedText(finding))),
    ...row.problems.map(({ column, rule, message, messageZh }) =>
      t({ en: `! ${column} ${message} [${rule}]`, zh: `! ${column} ${messageZh} [${rule}]` }),
    ),
    ...(row.bodyBytes === undefined
      ? []
      : [
          t({
            en: `${row.bodyBytes} bytes, SHA-256 ${row.bodySha256}, ${row.visibility}, ${row.license}`,
            zh: `${row.bodyBytes} 字节，SHA-256 ${row.bodySha256}，可见范围 ${row.visibility}，许可 ${row.license}`,
          }),
        ]),
    ...(row.body === undefined ? [] : [row.body]),
    "",
  ].join("\n");
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `--rows is a whole number above 0, not ${text}`,
    {
      messageZh: `--rows 须为正整数，收到 ${text}`,
    },
  );
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > CELL_LENGTH ? `${line.slice(0, CELL_LENGTH)}…` : line;
}
