/**
 * Composition of what is read of a folder: its settings, its mappings, the sources that they name, and the rules for texts.
 *
 * @module
 */

import { basename } from "node:path";
import type { HubTerms } from "@tributary/proto/vocabulary";
import {
  type AgentFolder,
  type MappingFile,
  readConfigFile,
  readMappingFiles,
} from "./adapters/agent-folder.ts";
import { csvSourceType } from "./adapters/csv-source.ts";
import { excelSourceType } from "./adapters/excel-source.ts";
import { fileDecisionLog } from "./adapters/file-decision-log.ts";
import { readHubTerms } from "./adapters/hub-terms-file.ts";
import { jsonSourceType } from "./adapters/json-source.ts";
import { sqliteSourceType } from "./adapters/sqlite-source.ts";
import { type AgentConfig, parseAgentConfig, settingsOf } from "./config.ts";
import { compileMapping } from "./mapping/compile.ts";
import { loadMapping } from "./mapping/mapping-file.ts";
import type { Mapping } from "./mapping/mapping-spec.ts";
import { preparedSource } from "./mapping/prepare-source.ts";
import type { SourceCheck } from "./ports/source.ts";
import { type DecisionBook, openDecisionBook } from "./privacy/decision-book.ts";
import { SourceRegistry } from "./sources/source-registry.ts";
import { KnownClients } from "./sync/known-clients.ts";
import type { ScheduledPlan } from "./sync/loop.ts";
import type { PrivacyRules } from "./sync/pass.ts";

/** What people decided about texts of a folder. @throws {TributaryError} `ERR_STORE_DAMAGED`. */
export function readDecisions(folder: AgentFolder): Promise<DecisionBook> {
  return openDecisionBook(fileDecisionLog(folder.decisionsFile));
}

/** What the gate goes by for texts about clients: what people decided, and the clients that all the plans' sources name. */
export function clientRules(
  decisions: DecisionBook,
  plans: readonly Plan[],
): (signal: AbortSignal) => Promise<PrivacyRules> {
  const clients = new KnownClients(plans);
  return async (signal) => {
    const { known, digest } = await clients.names(signal);
    return {
      policy: { verdictOn: (placed) => decisions.verdictOn(placed), known },
      revision: `${decisions.revision} ${digest}`,
    };
  };
}

/** The settings in a folder. @throws {TributaryError} `ERR_FOLDER_MISSING`, `ERR_CONFIG_INVALID`. */
export async function readConfig(folder: AgentFolder): Promise<AgentConfig> {
  return parseAgentConfig(await readConfigFile(folder), "tributary-agent.yaml");
}

/** The kinds of source that this agent reads. */
export function sourceRegistry(): SourceRegistry {
  return new SourceRegistry([csvSourceType, excelSourceType, jsonSourceType, sqliteSourceType]);
}

/** A source with its mapping, ready to be read, and the path to watch. */
export interface Plan extends ScheduledPlan {
  readonly mapping: Mapping;
}

/**
 * The plan in a mapping file. Opens nothing.
 *
 * @throws {TributaryError} `ERR_CONFIG_INVALID`
 */
export function planOf(
  file: MappingFile,
  folder: AgentFolder,
  { config, terms }: { readonly config: AgentConfig; readonly terms: HubTerms },
): Plan {
  const mapping = loadMapping(file.text, `mappings/${basename(file.path)}`, terms);
  const source = sourceRegistry().open(mapping.source, folder.path);
  return {
    sourceId: file.sourceId,
    source: preparedSource(source, mapping),
    mappers: compileMapping(mapping, terms),
    schedule: settingsOf(config, file.sourceId).schedule,
    mapping,
  };
}

/** True if rows of the source become engagements. */
export function hasEngagements({ mappers }: Plan): boolean {
  return mappers.some(({ kind }) => kind === "engagement");
}

/** All plans of a folder. @throws {TributaryError} as {@link planOf}, and as `readMappingFiles`. */
export async function loadPlans(folder: AgentFolder, config: AgentConfig): Promise<Plan[]> {
  const terms = await hubTerms(folder);
  return (await readMappingFiles(folder)).map((file) => planOf(file, folder, { config, terms }));
}

/** The vocabulary as the hub had it when it was last heard. */
export function hubTerms({ termsFile }: AgentFolder): Promise<HubTerms> {
  return readHubTerms(termsFile);
}

/** Whether each source of a folder can be read. */
export async function checkSources(
  plans: readonly Plan[],
  signal: AbortSignal,
): Promise<(SourceCheck & { readonly sourceId: string })[]> {
  const results: (SourceCheck & { readonly sourceId: string })[] = [];
  for (const { sourceId, source } of plans) {
    results.push({ sourceId, ...(await source.check(signal)) });
  }
  return results;
}
