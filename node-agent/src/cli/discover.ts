/**
 * `tributary-agent discover`: what a file, folder or database holds; each table as soon as it is known.
 *
 * @module
 */

import { isTributaryError, TributaryError } from "@tributary/proto";
import type { DiscoveredTable } from "../ports/source.ts";
import { sourceRegistry } from "../start-plans.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { statusOf } from "./failure.ts";
import { CommandExit } from "./io.ts";
import { sourcesAt } from "./source-of-path.ts";
import { table } from "./table.ts";

const MAX_COLUMNS_SHOWN = 60;
const SAMPLES_SHOWN = 3;
const SAMPLE_LENGTH = 24;

export async function discoverCommand(context: CommandContext, path: string): Promise<void> {
  const { io } = context;
  const place = path.startsWith("sqlite:") ? path : pathOf(context, path);
  const configs = await sourcesAt(place);
  let tables = 0;
  let failure: TributaryError | undefined;
  for (const config of configs) {
    const source = sourceRegistry().open(config, io.cwd);
    try {
      for await (const found of source.discover(io.signal)) {
        tables += 1;
        context.result({ path: config.path, type: config.type, ...found }, () =>
          tableText(context, config.path, found),
        );
      }
    } catch (error) {
      // One file that cannot be read does not hide the others.
      if (!isTributaryError(error) || configs.length === 1) throw error;
      failure ??= error;
      context.say({
        en: `✖ ${config.path}: ${error.message}`,
        zh: `✖ ${config.path}：${error.messageZh}`,
      });
    }
  }
  if (failure !== undefined) throw new CommandExit(statusOf(failure.code));
  if (tables === 0) {
    throw new TributaryError("ERR_SOURCE_MISSING", `there is no table in ${path}`, {
      messageZh: `${path} 中没有可读取的表`,
    });
  }
  context.say({
    en: `Next: tributary-agent map ${path}`,
    zh: `下一步：tributary-agent map ${path}`,
  });
}

function tableText({ t }: CommandContext, path: string, found: DiscoveredTable): string {
  const title = [path, found.file, found.table].filter(Boolean).join(" · ");
  const rows = found.columns
    .slice(0, MAX_COLUMNS_SHOWN)
    .map((column) => [
      column.address,
      column.title,
      `${Math.round(column.emptyShare * 100)} %`,
      column.samples.slice(0, SAMPLES_SHOWN).map(shortened).join(" | "),
    ]);
  const head = [
    t({ en: "column", zh: "列" }),
    t({ en: "title", zh: "标题" }),
    t({ en: "empty", zh: "空值" }),
    t({ en: "samples", zh: "示例" }),
  ];
  const more = found.columns.length - rows.length;
  return [
    title,
    t({
      en: `${found.rowCount} rows, header in row ${found.headerRow}${found.notes.map((note) => `; ${note}`).join("")}`,
      zh: `${found.rowCount} 行，表头在第 ${found.headerRow} 行${found.notes.map((note) => `；${note}`).join("")}`,
    }),
    table(head, rows),
    ...(more > 0 ? [t({ en: `and ${more} more columns`, zh: `另有 ${more} 列` })] : []),
    "",
  ].join("\n");
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > SAMPLE_LENGTH ? `${line.slice(0, SAMPLE_LENGTH)}…` : line;
}
