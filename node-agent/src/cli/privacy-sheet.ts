/**
 * `tributary-agent privacy sheet`: one page, in Chinese and English, that a manager can print and sign: what leaves, how
 * it is masked, to whom and how often. Made from the mappings and settings that are in force.
 *
 * @module
 */

import { agentFolder, readHubFile } from "../adapters/agent-folder.ts";
import { replaceFile } from "../adapters/file-write.ts";
import { type AgentConfig, settingsOf } from "../config.ts";
import { columnFates } from "../mapping/column-fate.ts";
import { onePerName } from "../mapping/suggest/suggest.ts";
import {
  type DisclosedTable,
  type Disclosure,
  disclosureSheet,
} from "../report/disclosure-sheet.ts";
import { releasePolicyOf } from "../start-outcomes.ts";
import { hasEngagements, loadPlans, type Plan, readConfig } from "../start-plans.ts";
import { type CommandContext, pathOf } from "./context.ts";
import { agentVersion } from "./version.ts";

export async function privacySheetCommand(
  context: CommandContext,
  { out }: { readonly out: string },
): Promise<void> {
  const path = pathOf(context, out);
  const page = disclosureSheet(await disclosureOf(context.options.folder, context.io.signal));
  await replaceFile(path, page, 0o600);
  context.result({ path }, () =>
    context.t({
      en: `${path}: open it in a browser, print it, have it signed`,
      zh: `${path}：请用浏览器打开，打印后签字`,
    }),
  );
}

/** What leaves by the mappings and settings in force. Reads the titles of all sources. */
export async function disclosureOf(path: string, signal: AbortSignal): Promise<Disclosure> {
  const folder = agentFolder(path);
  const config = await readConfig(folder);
  const plans = await loadPlans(folder, config);
  const hub = await readHubFile(folder);
  const tables: DisclosedTable[] = [];
  for (const plan of plans) tables.push(...(await tablesOf(plan, config, signal)));
  const { audience, since, consentBasis, noise } = config.outcomes;
  return {
    center: hub?.center,
    hub: hub?.hub,
    agentVersion: agentVersion(),
    madeOn: new Date().toISOString().slice(0, 10),
    tables,
    ...(plans.some(hasEngagements) && {
      outcomes: { policy: releasePolicyOf(config), audience, since, consentBasis, noise },
    }),
  };
}

async function tablesOf(
  { sourceId, source, mapping, mappers }: Plan,
  config: AgentConfig,
  signal: AbortSignal,
): Promise<DisclosedTable[]> {
  // Of several files, each may have columns that the others do not.
  const discovered = onePerName(await Array.fromAsync(source.discover(signal)));
  const { schedule, watch } = settingsOf(config, sourceId);
  return mapping.tables.map((table, index) => {
    const found = discovered.find((one) => one.table === table.table) ?? discovered[0];
    const titles = (found?.columns ?? []).map(({ title }) => title);
    const fateOf = columnFates(table, titles);
    return {
      source: sourceId,
      table: table.table,
      kind: mappers[index]?.kind ?? table.kind,
      visibility: table.visibility ?? mapping.visibility,
      license: table.license ?? mapping.license,
      schedule,
      watch,
      columns: titles.map((title) => ({ title, fate: fateOf(title) })),
    };
  });
}
