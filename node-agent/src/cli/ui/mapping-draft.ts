/**
 * A mapping while it is edited: the file it started from, the tables of the source, and what is chosen for each column.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { copyFile, constants as fs, readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { isIdentifier, isTributaryError, systemClock, TributaryError } from "@tributary/proto";
import type { HubTerms } from "@tributary/proto/vocabulary";
import { parse } from "yaml";
import { type AgentFolder, exists, readMappingFiles } from "../../adapters/agent-folder.ts";
import { compileMapping } from "../../mapping/compile.ts";
import {
  AS_WRITTEN,
  type ColumnChoice,
  choiceOf,
  editMapping,
  NEVER,
  type TableChoice,
} from "../../mapping/edit-mapping.ts";
import { loadMapping } from "../../mapping/mapping-file.ts";
import { checkMapping } from "../../mapping/mapping-problems.ts";
import type { Mapping, TableMapping } from "../../mapping/mapping-spec.ts";
import { preparedSource } from "../../mapping/prepare-source.ts";
import { onePerName, suggestMapping } from "../../mapping/suggest/suggest.ts";
import type { MappableKind, TableSuggestion } from "../../mapping/suggest/suggestion.ts";
import type { DiscoveredTable } from "../../ports/source.ts";
import type { SourceConfig } from "../../sources/spec.ts";
import { hubTerms, sourceRegistry } from "../../start-plans.ts";
import type { ColumnTrouble, TableTrouble } from "../../ui/mapping-page.ts";
import { alreadyMapped, draftMapping, mappingFileOf, saveMapping, sourceIdOf } from "../map.ts";
import { sourcesAt } from "../source-of-path.ts";

/** Rows of each table that a choice is tried on. */
const TRIED_ROWS = 200;
/** Version of a file that is not there yet. */
export const NEW = "new";

export interface Draft {
  readonly sourceId: string;
  /** What the choices are written into. */
  readonly text: string;
  /** Names the content of the file; {@link NEW} before there is one. */
  readonly version: string;
  readonly config: SourceConfig;
  readonly mapped: readonly TableMapping[];
  readonly tables: readonly DiscoveredTable[];
  /** The vocabulary as the hub has it. */
  readonly terms: HubTerms;
}

/** The draft of a mapping file. @throws {TributaryError} `ERR_NOT_FOUND`, `ERR_CONFIG_INVALID`, errors of the source. */
export async function draftOfFile(
  folder: AgentFolder,
  sourceId: string,
  signal: AbortSignal,
): Promise<Draft> {
  const file = (await readMappingFiles(folder)).find((one) => one.sourceId === sourceId);
  if (file === undefined) {
    throw new TributaryError("ERR_NOT_FOUND", `there is no source ${sourceId}`, {
      messageZh: `没有数据源 ${sourceId}`,
    });
  }
  const terms = await hubTerms(folder);
  const name = `mappings/${sourceId}.yaml`;
  const { source: config, tables: mapped } = loadMapping(file.text, name, terms);
  const found = await Array.fromAsync(sourceRegistry().open(config, folder.path).discover(signal));
  return {
    sourceId,
    text: file.text,
    version: versionOf(file.text),
    config,
    mapped,
    terms,
    tables: onePerName(found),
  };
}

/**
 * The draft for a file or database that is not mapped yet.
 *
 * @param name Name of the source; by the file's name where it is left empty.
 * @throws {TributaryError} `ERR_SOURCE_MISSING`, `ERR_UNSUPPORTED`, `ERR_ARGUMENT_INVALID`, errors of the source.
 */
export async function draftOfPath(
  folder: AgentFolder,
  { path, name }: { readonly path: string; readonly name: string },
  signal: AbortSignal,
): Promise<Draft> {
  const isPath = !path.startsWith("sqlite:");
  const [found, ...more] = await sourcesAt(isPath ? resolve(folder.path, path) : path);
  if (found === undefined || more.length > 0) {
    throw new TributaryError("ERR_ARGUMENT_INVALID", `${path} is not one file: name the file`, {
      messageZh: `${path} 不是单个文件，请指明文件`,
    });
  }
  const config = isAbsolute(found.path)
    ? found
    : { ...found, path: resolve(folder.path, found.path) };
  const sourceId = name === "" ? sourceIdOf(found.path) : name;
  if (!isIdentifier(sourceId)) {
    throw new TributaryError(
      "ERR_ARGUMENT_INVALID",
      `${sourceId} cannot name a source: use 2 to 63 lower-case letters, digits and single hyphens between them`,
      {
        messageZh: `“${sourceId}”不能用作数据源名称：须为 2 至 63 个小写字母、数字，中间可用单个连字符`,
      },
    );
  }
  const { tables, text } = await draftMapping(folder, config, signal);
  const { source, tables: mapped } = parse(text) as Pick<Mapping, "source" | "tables">;
  const named = mapped.map((table) => ({ ...table, table: table.table ?? "" }));
  return {
    sourceId,
    text,
    version: NEW,
    config: source,
    mapped: named,
    terms: await hubTerms(folder),
    tables: onePerName(tables),
  };
}

/** What the file says now, for each table that it or the source has. */
export function choicesOf({ mapped, tables }: Draft): TableChoice[] {
  const names = [...new Set([...tables, ...mapped].map(({ table }) => table))];
  return names.map((table) => {
    const titles = titlesOf(tables, table);
    const mapping = mapped.find((one) => one.table === table);
    if (mapping !== undefined) return choiceOf(mapping, titles);
    const columns = new Map(titles.map((title) => [title, { target: "", isKey: false }]));
    return { table, kind: "", columns };
  });
}

/** What is suggested for a table of one kind; undefined where nothing can be. */
export function suggestionFor(
  { tables, config, terms }: Draft,
  table: string,
  kind: MappableKind,
): TableSuggestion | undefined {
  const found = tables.filter((one) => one.table === table);
  return suggestMapping(found, config.path, [kind], terms).tables[0];
}

/** The choices that a suggestion makes. What only the file can say stays where nothing is suggested for the column. */
export function suggestedChoice(
  { table, kind, columns }: TableChoice,
  { fields, never, key }: TableSuggestion,
): TableChoice {
  const chosen = [...columns].map(([title, before]): readonly [string, ColumnChoice] => {
    const field = fields.find((one) => one.column === title);
    const isKey = key.includes(title);
    if (never.some(({ column }) => column === title)) return [title, { target: NEVER, isKey }];
    if (field !== undefined) return [title, { target: field.field, unit: field.unit, isKey }];
    const isWritten = before.target === AS_WRITTEN;
    return [title, { target: isWritten ? AS_WRITTEN : "", isKey }];
  });
  return { table, kind, columns: new Map(chosen) };
}

/** The text of the file with the choices, and all that is wrong with it: with the file, and with the first rows. */
export async function tried(
  draft: Draft,
  choices: readonly TableChoice[],
  folder: AgentFolder,
  signal: AbortSignal,
) {
  const twice = choices.flatMap(fieldsChosenTwice);
  if (twice.length > 0) return { troubles: twice };
  const text = editMapping(draft.text, draft.mapped, choices);
  const checked = checkMapping(parse(text), draft.terms);
  if ("problems" in checked) {
    const written = (parse(text) as { tables: readonly { table?: string }[] }).tables;
    const troubles = checked.problems.map(({ path, message, messageZh }): TableTrouble => {
      const table = path[0] === "tables" ? (written[Number(path[1])]?.table ?? "") : "";
      const { columns } = choices.find((one) => one.table === table) ?? { columns: new Map() };
      const field = path[2] === "fields" ? path[3] : undefined;
      const column = [...columns].find(([, { target }]) => target === field)?.[0];
      return { table, ...(column !== undefined && { column }), message, messageZh };
    });
    return { troubles };
  }
  return {
    text,
    troubles: [],
    found: await triedRows(checked.mapping, { folder, terms: draft.terms }, signal),
  };
}

/** What the first rows say of each column. */
async function triedRows(
  mapping: Mapping,
  { folder, terms }: { readonly folder: AgentFolder; readonly terms: HubTerms },
  signal: AbortSignal,
): Promise<ColumnTrouble[]> {
  const source = preparedSource(sourceRegistry().open(mapping.source, folder.path), mapping);
  const found = new Map<string, ColumnTrouble>();
  for (const mapper of compileMapping(mapping, terms)) {
    let rows = 0;
    try {
      for await (const row of source.read(mapper.table, signal)) {
        if (rows++ >= TRIED_ROWS) break;
        const result = mapper.map(row);
        const problems = result.type === "bad" ? result.problems : (result.remarks ?? []);
        for (const { column, message, messageZh } of problems) {
          const id = JSON.stringify([mapper.table, column]);
          const rows = (found.get(id)?.rows ?? 0) + 1;
          const first = found.get(id) ?? { row: row.row, message, messageZh };
          found.set(id, { ...first, table: mapper.table, column, rows });
        }
      }
    } catch (error) {
      // A column that is not there, a sheet that was renamed: told beside the table.
      if (!isTributaryError(error)) throw error;
      const { message, messageZh } = error;
      found.set(mapper.table, {
        table: mapper.table,
        column: "",
        rows: 0,
        row: 0,
        message,
        messageZh,
      });
    }
  }
  return [...found.values()];
}

/** A field takes one column here; several that are tried in turn or joined stand in the file. */
function fieldsChosenTwice({ table, kind, columns }: TableChoice): TableTrouble[] {
  if (kind === "") return [];
  const fields = [...columns].filter(([, { target }]) => /^[a-z][\w.]*$/i.test(target));
  const byField = Map.groupBy(fields, ([, { target }]) => target);
  return [...byField].flatMap(([field, all]) =>
    all.slice(1).map(([column]) => ({
      table,
      column,
      message: `${field} is filled from ${all[0]?.[0]} already`,
      messageZh: `${field} 已由“${all[0]?.[0]}”填写`,
    })),
  );
}

/** What came of saving. */
export type Saved =
  | { readonly type: "saved"; readonly kept: string | undefined }
  /** The file is another than the person saw: nothing was written. */
  | { readonly type: "changed" };

/**
 * Writes the file, and keeps the one before beside it.
 *
 * @param version Of what the person saw.
 * @throws {TributaryError} `ERR_ALREADY_EXISTS` for a new one that is there.
 */
export async function save(
  folder: AgentFolder,
  { sourceId, version }: Pick<Draft, "sourceId" | "version">,
  text: string,
): Promise<Saved> {
  const path = mappingFileOf(folder, sourceId);
  if (version === NEW) {
    if (await exists(path)) throw alreadyMapped(path);
    await saveMapping(folder, sourceId, text);
    return { type: "saved", kept: undefined };
  }
  if (versionOf(await readFile(path, "utf8")) !== version) return { type: "changed" };
  const stamp = new Date(systemClock.now()).toISOString().replaceAll(/[-:.]/g, "");
  const kept = `${path}.${stamp}.bak`;
  await copyFile(path, kept, fs.COPYFILE_EXCL);
  await saveMapping(folder, sourceId, text);
  return { type: "saved", kept };
}

function titlesOf(tables: readonly DiscoveredTable[], table: string): string[] {
  return (tables.find((one) => one.table === table)?.columns ?? []).map(({ title }) => title);
}

function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
