/**
 * `tributary-agent export FOLDER`: all that the center has at the hub, in open formats.
 *
 * @module
 */

import {
  decodeBatchHeader,
  decodeReceipt,
  formatTlogProof,
  type RecordView,
  toBase64,
  toHex,
  toJws,
} from "@tributary/proto";
import { exists } from "../adapters/agent-folder.ts";
import { type ExportFolder, openExportFolder } from "../adapters/export-folder.ts";
import { readEnvironment } from "../config.ts";
import { flatRow } from "../report/flat-row.ts";
import { type Agent, openAgent } from "../start.ts";
import { hubView } from "../start-hub.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { ledgerOf } from "./outcome-operations.ts";

/** What an export holds. */
export interface ExportAnswer {
  readonly path: string;
  readonly records: number;
  readonly batches: number;
}

export async function exportCommand(context: CommandContext, folder: string): Promise<void> {
  await using agent = await openAgent(context.options.folder, readEnvironment(context.io.env));
  const answer = await exportAll(agent, pathOf(context, folder), context.io.signal);
  context.result(answer, () =>
    context.t({
      en: `✔ ${answer.records} records and ${answer.batches} batches are in ${answer.path}`,
      zh: `✔ ${answer.records} 条记录、${answer.batches} 个批次已导出到 ${answer.path}`,
    }),
  );
}

/**
 * Writes everything of a center.
 *
 * @throws {TributaryError} `ERR_ALREADY_EXISTS` if the folder has files; what the hub refuses with; `ERR_STORE_DAMAGED`.
 */
export async function exportAll(
  agent: Agent,
  path: string,
  signal: AbortSignal,
): Promise<ExportAnswer> {
  const folder = await openExportFolder(path);
  const records = await recordsOf(agent, signal);
  await folder.lines("records.jsonl", records);
  for (const [kind, ofKind] of Map.groupBy(records, ({ ref }) => ref.kind)) {
    await folder.table(`${kind}.csv`, ofKind.map(recordRow));
  }
  const batches = await batchesOf(agent);
  await folder.lines("batches.jsonl", batches);
  const { membership } = agent.memo.agent;
  await folder.lines("decisions.jsonl", membership?.decisions ?? []);
  await exportLedger(agent, folder);
  await folder.text("README.txt", README);
  return { path, records: records.length, batches: batches.length };
}

async function recordsOf(agent: Agent, signal: AbortSignal): Promise<RecordView[]> {
  await using view = await hubView(agent.folder.path, signal);
  return await Array.fromAsync(view.own(signal));
}

/** A record as a row of a table. */
export function recordRow({
  urn,
  state,
  stateReason,
  revision,
  visibility,
  license,
  body,
}: RecordView) {
  return flatRow({ urn, state, stateReason, revision, visibility, license, ...body?.value });
}

/** All batches of all feeds, each with its signature and the hub's proof that it is in the log. */
async function batchesOf({ store }: Agent): Promise<object[]> {
  const batches: object[] = [];
  for (const { ordinal, feedId } of await store.feeds()) {
    for await (const { seq, header, signature } of store.headers(ordinal, 0n)) {
      const { createdAtMs, recordCount } = decodeBatchHeader(header);
      const receipt = await store.receipt(ordinal, seq);
      batches.push({
        feed: toHex(feedId),
        seq: String(seq),
        createdAtMs,
        records: recordCount,
        header: toBase64(header),
        jws: toJws(header, signature),
        receipt: receipt === undefined ? "" : formatTlogProof(decodeReceipt(receipt)),
      });
    }
  }
  return batches;
}

async function exportLedger(agent: Agent, folder: ExportFolder): Promise<void> {
  if (!(await exists(agent.folder.ledger))) return;
  const { ledger } = await agent.outcomes();
  if ((await ledger.head())?.nextSeq === 0) return;
  await folder.text("outcomes.backup", await ledgerOf(agent));
}

const README = `本目录：本中心在枢纽上的全部数据 All that this center has at the hub

records.jsonl    全部记录及其状态、枢纽的处理理由 every record with its state, and the hub's reasons; one JSON value a line
<类别>.csv        同上，每类一张表 the same, one table for each kind
batches.jsonl    每个已签名批次：JWS 签名、枢纽的入库证明（C2SP tlog-proof） every signed batch: its JWS and the hub's inclusion proof
decisions.jsonl  枢纽对成员资格的决定 what was decided about the membership
outcomes.backup  成效账本及假名密钥，须与密钥同等保管 the ledger of outcomes with its secrets; keep it as safely as the keys
`;
