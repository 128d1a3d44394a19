/**
 * `tributary-agent preview`: what would leave, row by row and byte by byte. Sends nothing, writes nothing.
 *
 * @module
 */

import { isTributaryError, sha256, TributaryError, toHex } from "@tributary/proto";
import { agentFolder } from "../adapters/agent-folder.ts";
import { type ColumnFate, columnFates } from "../mapping/column-fate.ts";
import type { TableMapping } from "../mapping/mapping-spec.ts";
import { nearest } from "../mapping/nearest.ts";
import type { Cell, SourceRow } from "../ports/source.ts";
import { type GatePolicy, isAboutClient } from "../privacy/client-gate.ts";
import type { Finding } from "../privacy/finding.ts";
import { passGate } from "../privacy/gate.ts";
import { cellText } from "../sources/discovery.ts";
import { clientRules, loadPlans, type Plan, readConfig, readDecisions } from "../start.ts";
import type { RowMapper, RowProblem } from "../sync/row-mapper.ts";
import type { CommandContext } from "./context.ts";
import { table as drawTable } from "./table.ts";

interface PreviewOptions {
  readonly rows: string;
  readonly bytes?: boolean;
}

/** One cell before, and what becomes of it. */
interface CellPreview {
  readonly column: string;
  readonly before: string;
  readonly fate: ColumnFate;
}

/** One row before and after. */
interface RowPreview {
  readonly source: string;
  readonly table: string;
  readonly row: number;
  readonly kind: string;
  /** Whether it would be published. */
  readonly leaves: boolean;
  readonly key?: string;
  readonly visibility?: string;
  readonly license?: string;
  readonly cells: readonly CellPreview[];
  /** The body as readers get it. */
  readonly after?: object;
  readonly masked: readonly Finding[];
  /** Why it does not leave, or what to look at although it does. */
  readonly problems: readonly RowProblem[];
  /** Bytes of the body, and their SHA-256 in hex. */
  readonly bodyBytes?: number;
  readonly bodySha256?: string;
  /** The body in hex. */
  readonly body?: string;
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
    const isAboutClients = plan.mappers.some(({ kind }) => isAboutClient(kind));
    const { policy } = isAboutClients ? await rules(context.io.signal) : { policy: {} };
    for await (const row of previewRows(plan, { limit, policy }, context.io.signal)) {
      total.rows += 1;
      total.leave += row.leaves ? 1 : 0;
      total.bytes += row.bodyBytes ?? 0;
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

async function* previewRows(
  { sourceId, source, mappers, mapping }: Plan,
  { limit, policy }: { readonly limit: number; readonly policy: GatePolicy },
  signal: AbortSignal,
): AsyncGenerator<RowPreview> {
  for (const [index, mapper] of mappers.entries()) {
    const fateOf = columnFates(mapping.tables[index] as TableMapping);
    let count = 0;
    for await (const row of source.read(mapper.table, signal)) {
      if (count++ >= limit) break;
      yield { source: sourceId, ...previewRow(mapper, row, { fateOf, policy }) };
    }
  }
}

function previewRow(
  mapper: RowMapper,
  row: SourceRow,
  {
    fateOf,
    policy,
  }: { readonly fateOf: (title: string) => ColumnFate; readonly policy: GatePolicy },
): Omit<RowPreview, "source"> {
  const cells = Object.entries(row.cells)
    .filter(([, cell]) => cell !== null && cell !== "")
    .map(([column, cell]) => ({ column, before: cellText(cell as Cell), fate: fateOf(column) }));
  const place = { table: row.table, row: row.row, kind: mapper.kind, cells };
  const mapped = mapper.map(row);
  if (mapped.type === "bad") {
    const { key, problems } = mapped;
    return { ...place, leaves: false, ...(key !== undefined && { key }), masked: [], problems };
  }
  if (mapped.type === "engagement" || mapper.kind === "engagement") {
    return { ...place, leaves: false, key: mapped.key, masked: [], problems: [SEALED_ONLY] };
  }
  const { key, visibility, license, remarks = [] } = mapped;
  try {
    const gated = passGate({ ...mapped, kind: mapper.kind }, policy);
    return {
      ...place,
      leaves: true,
      key,
      visibility,
      license,
      after: gated.value,
      masked: gated.findings,
      problems: remarks,
      bodyBytes: gated.body.length,
      bodySha256: toHex(sha256(gated.body)),
      body: toHex(gated.body),
    };
  } catch (error) {
    if (!isTributaryError(error)) throw error;
    const { code, message, messageZh } = error;
    const problem = { column: "", rule: code, message, messageZh };
    return { ...place, leaves: false, key, masked: [], problems: [problem] };
  }
}

/** What becomes of an engagement. */
const SEALED_ONLY: RowProblem = {
  column: "",
  rule: "engagement.sealed",
  message:
    "never leaves as a row; counts towards a sealed bucket of several enterprises: tributary-agent privacy plan",
  messageZh: "不会逐行外发；仅计入由多家企业组成的封存分组：tributary-agent privacy plan",
};

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
    ...row.masked.map(({ field, type, count }) =>
      t({
        en: `masked: ${type} in ${field}, ${count}`,
        zh: `已隐去：${field} 中的 ${type}，${count} 处`,
      }),
    ),
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

function fateText(fate: ColumnFate) {
  if (fate.type === "used") return { en: fate.fields.join(", "), zh: fate.fields.join("、") };
  return fate.type === "never"
    ? { en: "must not leave", zh: "不得外发" }
    : { en: "stays here: no field takes it", zh: "不外发：未映射" };
}

function chosen(plans: readonly Plan[], sourceId: string | undefined): readonly Plan[] {
  if (plans.length === 0) {
    throw new TributaryError(
      "ERR_CONFIG_INVALID",
      "no source is mapped; next: tributary-agent map FILE",
      {
        messageZh: "尚未映射任何数据源；下一步：tributary-agent map 文件",
      },
    );
  }
  if (sourceId === undefined) return plans;
  const found = plans.filter((plan) => plan.sourceId === sourceId);
  if (found.length > 0) return found;
  const meant = nearest(
    sourceId,
    plans.map((plan) => plan.sourceId),
  );
  throw new TributaryError(
    "ERR_NOT_FOUND",
    `there is no source ${sourceId}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    { messageZh: `没有数据源 ${sourceId}${meant === undefined ? "" : `；是否指 ${meant}？`}` },
  );
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
