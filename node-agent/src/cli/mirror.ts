/**
 * `tributary-agent mirror --to FOLDER`: the shared catalog, or kinds and regions of it, for the center's own website.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type FieldFilter,
  RECORD_KINDS,
  type RecordView,
  systemClock,
  TributaryError,
} from "@tributary/proto";
import { agentFolder, readHubFile } from "../adapters/agent-folder.ts";
import { exportFiles } from "../adapters/export-folder.ts";
import { openSqliteMirror } from "../adapters/sqlite-mirror.ts";
import type { CatalogMirror } from "../ports/catalog-mirror.ts";
import { randomShare } from "../start.ts";
import { hubView, notJoined } from "../start-hub.ts";
import { followCatalog } from "../sync/mirror.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { recordRow } from "./export.ts";

interface MirrorCommandOptions {
  readonly to: string;
  readonly kind?: readonly string[];
  readonly region?: readonly string[];
  /** Also write these after each change: json, csv. */
  readonly format?: readonly string[];
  readonly once?: boolean;
}

const FORMATS = ["json", "csv"];

export async function mirrorCommand(
  context: CommandContext,
  options: MirrorCommandOptions,
): Promise<void> {
  const { io } = context;
  const formats = options.format ?? [];
  requireKnown("--format", formats, FORMATS);
  requireKnown("--kind", options.kind ?? [], RECORD_KINDS);
  const hub = await readHubFile(agentFolder(context.options.folder));
  if (hub === undefined) throw notJoined(context.options.folder);
  const filters: FieldFilter[] = [
    ...filterOf("kind", options.kind),
    ...filterOf("region", options.region),
  ];
  const scope = { hubOrigin: hub.origin, filters };
  const folder = pathOf(context, options.to);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await using mirror = openSqliteMirror(join(folder, "catalog.sqlite"), scope);
  await using view = await hubView(context.options.folder, context.io.signal);
  await followCatalog(
    {
      mirror,
      scope,
      hub: view,
      clock: systemClock,
      random: randomShare,
      async onWhole() {
        const records = await writeFormats(folder, mirror, formats);
        context.result({ event: "whole", position: mirror.position(), records, folder }, () =>
          context.t({
            en: `✔ ${records} records as of log entry ${mirror.position()} in ${folder}`,
            zh: `✔ ${folder}：${records} 条记录，截至日志第 ${mirror.position()} 条`,
          }),
        );
      },
      onProblem: ({ message }) =>
        context.say({ en: `! ${message}; trying again`, zh: `! ${message}；将重试` }),
    },
    { once: options.once ?? false },
    io.signal,
  );
}

/** @returns Records of the copy. */
async function writeFormats(
  folder: string,
  mirror: CatalogMirror,
  formats: readonly string[],
): Promise<number> {
  const files = exportFiles(folder);
  const records = [...mirror.records()];
  if (formats.includes("json")) await files.lines("catalog.jsonl", records);
  if (formats.includes("csv")) {
    const byKind = Map.groupBy(records, ({ ref }: RecordView) => ref.kind);
    // A kind that has no record left gets an empty table in the place of the one before.
    for (const kind of RECORD_KINDS) {
      await files.table(`${kind}.csv`, (byKind.get(kind) ?? []).map(recordRow));
    }
  }
  return records.length;
}

function filterOf(field: string, values: readonly string[] | undefined): FieldFilter[] {
  return values === undefined ? [] : [{ field, values: [...values].sort() }];
}

function requireKnown(option: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((value) => !known.includes(value));
  if (unknown === undefined) return;
  throw new TributaryError(
    "ERR_ARGUMENT_INVALID",
    `${option} ${unknown} is not known; there are: ${known.join(", ")}`,
    { messageZh: `${option} 不支持 ${unknown}；可用：${known.join("、")}` },
  );
}
