/**
 * `tributary-hub log audit --records`: makes the catalog anew from the log of a stopped hub, and compares the epoch
 * summaries and the catalog that the hub answers from.
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equalBytes, type LogProblem, toHex } from "@tributary/proto";
import type { DataFolder } from "../adapters/data-folder.ts";
import { openLevelCatalogStore } from "../adapters/level-catalog-store.ts";
import { openLevelLogStore } from "../adapters/level-log-store.ts";
import { auditSummaries } from "../catalog/audit-summaries.ts";
import { catalogDigest } from "../catalog/digest.ts";
import type { CatalogStore } from "../ports/catalog-store.ts";
import { type CommandContext, folderOf } from "./context.ts";
import { CommandExit, EXIT } from "./io.ts";

export async function logAuditRecordsCommand(
  context: CommandContext,
  newest: number,
): Promise<void> {
  const folder = await folderOf(context);
  await using log = await openLevelLogStore(folder.logFolder);
  const size = (await log.readHead())?.size ?? 0;
  const scratch = await mkdtemp(join(tmpdir(), "tributary-audit-"));
  try {
    await using catalog = await openLevelCatalogStore(scratch);
    const { signal } = context.io;
    const audit = await auditSummaries(log, size, catalog, { newest, signal });
    const digest = await catalogDigest(catalog);
    const problems = [...audit.problems, ...(await servedProblems(folder, size, digest))];
    const { summaries, rows, partly } = audit;
    context.result({ size, catalog: toHex(digest), summaries, rows, partly, problems }, () =>
      [
        context.t({
          en: `${size} entries folded; ${summaries} epoch summaries, ${rows} rows compared, ${partly} of them partly because of erasures`,
          zh: `已重建 ${size} 条日志；核对周期摘要 ${summaries} 份、${rows} 行，其中 ${partly} 行因删除仅部分核对`,
        }),
        ...problems.map(({ position, problem }) => `✖ ${position ?? "-"}: ${problem}`),
        ...(problems.length === 0 ? ["✔"] : []),
      ].join("\n"),
    );
    if (problems.length > 0) throw new CommandExit(EXIT.failed);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Whether the catalog that answers came from is the one that the log makes; one that is behind is caught up by a start. */
async function servedProblems(
  { catalogFolder }: DataFolder,
  size: number,
  wanted: Uint8Array,
): Promise<LogProblem[]> {
  await using served: CatalogStore = await openLevelCatalogStore(catalogFolder);
  if ((await served.position()) !== size) return [];
  if (equalBytes(await catalogDigest(served), wanted)) return [];
  const problem = "the hub's catalog is not the one that the log makes; run fsck --rebuild";
  return [{ position: undefined, problem }];
}
