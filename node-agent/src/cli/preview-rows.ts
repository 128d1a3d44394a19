/**
 * What would become of the rows of a source, row by row and byte by byte. Sends nothing, writes nothing.
 *
 * @module
 */

import { isTributaryError, sha256, TributaryError, toHex } from "@tributary/proto";
import { type ColumnFate, columnFates } from "../mapping/column-fate.ts";
import type { TableMapping } from "../mapping/mapping-spec.ts";
import { nearest } from "../mapping/nearest.ts";
import type { Cell, SourceRow } from "../ports/source.ts";
import { type GatePolicy, isAboutClient } from "../privacy/client-gate.ts";
import type { Finding } from "../privacy/finding.ts";
import { passGate } from "../privacy/gate.ts";
import { faultOf } from "../privacy/release/engagement.ts";
import { cellText } from "../sources/discovery.ts";
import type { clientRules, Plan } from "../start-plans.ts";
import { notARecord } from "../sync/engagement-rows.ts";
import type { RowMapper, RowProblem } from "../sync/row-mapper.ts";
import { duplicateKey, ENGAGEMENT_FAULTS } from "../sync/row-problems.ts";
import type { Bilingual } from "./io.ts";

/** One cell before, and what becomes of it. */
export interface CellPreview {
  readonly column: string;
  readonly before: string;
  readonly fate: ColumnFate;
}

/** One row before and after. */
export interface RowPreview {
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

/** A row as the source has it, and what would become of it. */
export interface JudgedRow {
  readonly row: SourceRow;
  readonly preview: RowPreview;
}

/** What the gate goes by for a plan; the sources are read for it only where something about clients leaves. */
export async function policyFor(
  plan: Plan,
  rules: ReturnType<typeof clientRules>,
  signal: AbortSignal,
): Promise<GatePolicy> {
  if (!plan.mappers.some(({ kind }) => isAboutClient(kind))) return {};
  return (await rules(signal)).policy;
}

/**
 * Rows of a source in order, table by table.
 *
 * @param options.limit Most rows of each table; all where it is left out.
 */
export async function* previewRows(
  { sourceId, source, mappers, mapping }: Plan,
  {
    limit = Number.POSITIVE_INFINITY,
    policy,
  }: { readonly limit?: number; readonly policy: GatePolicy },
  signal: AbortSignal,
): AsyncGenerator<JudgedRow> {
  const keys = new Map<string, Set<string>>();
  for (const [index, mapper] of mappers.entries()) {
    const table = mapping.tables[index] as TableMapping;
    let columns: SourceRow["columns"];
    let fateOf: ((title: string) => ColumnFate) | undefined;
    const taken = keys.get(mapper.kind) ?? new Set<string>();
    keys.set(mapper.kind, taken);
    let count = 0;
    for await (const row of source.read(mapper.table, signal)) {
      if (count++ >= limit) break;
      // Rows share their columns; where each has its own fields, its titles are its own too.
      if (fateOf === undefined || row.columns === undefined || row.columns !== columns) {
        fateOf = columnFates(table, Object.keys(row.columns ?? row.cells));
        columns = row.columns;
      }
      const judged = previewRow(mapper, row, { fateOf, policy, taken });
      yield { row, preview: { source: sourceId, ...judged } };
    }
  }
}

/** True if a row is as it should be and yet does not leave: an engagement. */
export function isSealed(problems: readonly RowProblem[]): boolean {
  return problems.some(({ rule }) => rule === SEALED_ONLY.rule);
}

/** The sources that are meant: one, or all. @throws {TributaryError} `ERR_CONFIG_INVALID`, `ERR_NOT_FOUND`. */
export function chosen(plans: readonly Plan[], sourceId: string | undefined): readonly Plan[] {
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

interface Rules {
  readonly fateOf: (title: string) => ColumnFate;
  readonly policy: GatePolicy;
  /** Keys of the rows before: of two rows with one key the first counts, as when they are published. */
  readonly taken: Set<string>;
}

function previewRow(
  mapper: RowMapper,
  row: SourceRow,
  { fateOf, policy, taken }: Rules,
): Omit<RowPreview, "source"> {
  const cells = Object.entries(row.cells)
    .filter(([, cell]) => cell !== null && cell !== "")
    .map(([column, cell]) => ({ column, before: cellText(cell as Cell), fate: fateOf(column) }));
  const place = { table: row.table, row: row.row, kind: mapper.kind, cells };
  const stays = (key: string | undefined, problems: readonly RowProblem[]) => {
    return { ...place, leaves: false, ...(key !== undefined && { key }), masked: [], problems };
  };
  const mapped = mapper.map(row);
  if (mapped.type === "bad") return stays(mapped.key, mapped.problems);
  const fault = mapped.type === "engagement" ? faultOf(mapped.value) : undefined;
  if (fault !== undefined) return stays(mapped.key, [ENGAGEMENT_FAULTS[fault]]);
  if (taken.has(mapped.key)) return stays(mapped.key, [duplicateKey(mapped.key)]);
  taken.add(mapped.key);
  if (mapped.type === "engagement") {
    return stays(mapped.key, [SEALED_ONLY, ...(mapped.remarks ?? [])]);
  }
  if (mapper.kind === "engagement") throw notARecord();
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
    return stays(key, [{ column: "", rule: code, message, messageZh }]);
  }
}

/** Rows that were looked at, those of them that leave, and the bytes of their bodies. */
export interface RowCount {
  rows: number;
  leave: number;
  bytes: number;
}

/** Counts a row. */
export function countRow(total: RowCount, { leaves, bodyBytes = 0 }: RowPreview): void {
  total.rows += 1;
  total.leave += leaves ? 1 : 0;
  total.bytes += bodyBytes;
}

/** What becomes of a column, for people. */
export function fateText(fate: ColumnFate): Bilingual {
  if (fate.type === "used") return { en: fate.fields.join(", "), zh: fate.fields.join("、") };
  return fate.type === "never"
    ? { en: "must not leave", zh: "不得外发" }
    : { en: "stays here: no field takes it", zh: "不外发：未映射" };
}

/** What becomes of an engagement. */
const SEALED_ONLY: RowProblem = {
  column: "",
  rule: "engagement.sealed",
  message:
    "never leaves as a row; counts towards a sealed bucket of several enterprises: tributary-agent privacy plan",
  messageZh: "不会逐行外发；仅计入由多家企业组成的封存分组：tributary-agent privacy plan",
};
