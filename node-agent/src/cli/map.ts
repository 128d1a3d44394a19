/**
 * `tributary-agent map`: writes a mapping file from what titles and values suggest.
 *
 * @module
 */

import { basename, extname, join, relative } from "node:path";
import { isIdentifier, TributaryError } from "@tributary/proto";
import { type AgentFolder, agentFolder, exists } from "../adapters/agent-folder.ts";
import { replaceFile } from "../adapters/file-write.ts";
import { mappingJsonSchema } from "../mapping/mapping-schema.ts";
import { MAPPABLE_KINDS, suggestMapping } from "../mapping/suggest/suggest.ts";
import type { Suggestions } from "../mapping/suggest/suggestion.ts";
import { writeMapping } from "../mapping/write-mapping.ts";
import type { SourceConfig } from "../sources/spec.ts";
import { hubTerms, readConfig, sourceRegistry } from "../start-plans.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { CommandExit, EXIT } from "./io.ts";
import { sourcesAt } from "./source-of-path.ts";

interface MapOptions {
  /** Write the file instead of showing it. */
  readonly accept?: boolean;
  /** Name of the source, where it is one. */
  readonly name?: string;
  /** Replace a mapping file that is there. */
  readonly force?: boolean;
}

const SCHEMA = "mapping.schema.json";

export async function mapCommand(
  context: CommandContext,
  path: string,
  options: MapOptions,
): Promise<void> {
  const folder = agentFolder(context.options.folder);
  await readConfig(folder);
  const place = path.startsWith("sqlite:") ? path : pathOf(context, path);
  const configs = await sourcesAt(place);
  if (options.name !== undefined && configs.length > 1) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `${path} has ${configs.length} files, each a source of its own: map them one by one to name them`,
      { messageZh: `${path} 中有 ${configs.length} 个文件，每个是一个数据源；如需命名请逐个映射` },
    );
  }
  let written = 0;
  for (const config of configs) written += await mapOne(context, folder, config, options);
  if (written === 0 && options.accept) throw new CommandExit(EXIT.failed);
  context.say(
    options.accept
      ? {
          en: "Next: read the file, then: tributary-agent preview",
          zh: "下一步：核对映射文件，然后运行 tributary-agent preview",
        }
      : {
          en: `Nothing was written. Next: tributary-agent map ${path} --accept`,
          zh: `未写入文件。下一步：tributary-agent map ${path} --accept`,
        },
  );
}

/** @returns How many mapping files were written: 0 or 1. */
async function mapOne(
  context: CommandContext,
  folder: AgentFolder,
  config: SourceConfig,
  options: MapOptions,
): Promise<number> {
  const file = basename(config.path);
  const { suggestions, text } = await draftMapping(folder, config, context.io.signal);
  if (suggestions.tables.length === 0) {
    context.result({ path: config.path, ...suggestions }, () => leftText(context, suggestions));
    context.say({
      en: `✖ ${file}: no table looks like a list of providers, cases, policies, trainings, events, centers or demands`,
      zh: `✖ ${file}：没有发现服务商、案例、政策、培训、活动、中心或需求的名录`,
    });
    return 0;
  }
  const sourceId = options.name ?? sourceIdOf(file);
  if (!options.accept) {
    context.result({ path: config.path, source: sourceId, ...suggestions }, () => text);
    return 0;
  }
  const target = mappingFileOf(folder, sourceId);
  if (!options.force && (await exists(target))) throw alreadyMapped(target);
  await saveMapping(folder, sourceId, text);
  context.result({ path: config.path, source: sourceId, file: target, ...suggestions }, () =>
    [target, ...summaryLines(context, suggestions), leftText(context, suggestions)]
      .filter(Boolean)
      .join("\n"),
  );
  return 1;
}

/** What is suggested for a source, and the mapping file of it. @param config Its path is absolute. */
export async function draftMapping(folder: AgentFolder, config: SourceConfig, signal: AbortSignal) {
  const tables = await Array.fromAsync(sourceRegistry().open(config, folder.path).discover(signal));
  const suggestions = suggestMapping(tables, config.path, MAPPABLE_KINDS, await hubTerms(folder));
  const own = { ...config, path: relative(folder.path, config.path) };
  const text = writeMapping(own, suggestions, { schema: `../schemas/${SCHEMA}` });
  return { tables, suggestions, text };
}

/** Where the mapping of a source stands. */
export function mappingFileOf({ mappings }: AgentFolder, sourceId: string): string {
  return join(mappings, `${sourceId}.yaml`);
}

/** Writes the mapping file of a source, and the schema that editors check it by. */
export async function saveMapping(
  folder: AgentFolder,
  sourceId: string,
  text: string,
): Promise<void> {
  const schema = `${JSON.stringify(mappingJsonSchema(), null, 2)}\n`;
  await replaceFile(join(folder.schemas, SCHEMA), schema, 0o644);
  await replaceFile(mappingFileOf(folder, sourceId), text, 0o644);
}

/** One line a field: column, field, confidence, why. */
function summaryLines({ t }: CommandContext, { tables }: Suggestions): string[] {
  return tables.flatMap(({ table, kind, fields, never, unmapped }) => [
    `${table === "" ? "" : `${table}: `}${kind}`,
    ...fields.map(
      ({ column, field, confidence, reason, reasonZh }) =>
        `  ${column} → ${field}  ${confidence.toFixed(2)}  ${t({ en: reason, zh: reasonZh })}`,
    ),
    ...never.map(
      ({ column, reason, reasonZh }) =>
        `  ${column} ✖ ${t({ en: `never leaves: ${reason}`, zh: `不出中心：${reasonZh}` })}`,
    ),
    ...unmapped.map((column) => `  ${column} - ${t({ en: "not mapped", zh: "未映射" })}`),
  ]);
}

function leftText({ t }: CommandContext, { left }: Suggestions): string {
  return left
    .map(({ table, reason, reasonZh }) => `${table} - ${t({ en: reason, zh: reasonZh })}`)
    .join("\n");
}

/** The file's name as an identifier; "source" where nothing of it can be one, as with a Chinese name. */
export function sourceIdOf(file: string): string {
  const slug = basename(file, extname(file))
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return isIdentifier(slug) ? slug : "source";
}

export function alreadyMapped(target: string): TributaryError {
  return new TributaryError(
    "ERR_ALREADY_EXISTS",
    `${target} is there already; give another --name, or --force to replace it`,
    { messageZh: `${target} 已存在；请用 --name 另取名称，或用 --force 覆盖` },
  );
}
