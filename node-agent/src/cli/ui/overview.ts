/** The overview: the operation `status`, and mapping files that cannot be used. @module */

import { isTributaryError } from "@tributary/proto";
import { readMappingFiles } from "../../adapters/agent-folder.ts";
import { hubTerms, planOf, readConfig } from "../../start-plans.ts";
import { type NextPass, type Overview, overviewPage } from "../../ui/overview-page.ts";
import { operate } from "../operations.ts";
import { countRow, policyFor, previewRows } from "../preview-rows.ts";
import type { AgentStatus } from "../status-operation.ts";
import { type Chapter, htmlReply, plansOf, type Visit } from "./workspace.ts";

export const overview: Chapter = async (visit) => {
  const { folder, view, request } = visit;
  const config = await readConfig(folder);
  const terms = await hubTerms(folder);
  const files = await readMappingFiles(folder);
  const broken = files.flatMap((file) => {
    try {
      planOf(file, folder, { config, terms });
      return [];
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      const { message, messageZh } = error;
      return [{ sourceId: file.sourceId, message, messageZh }];
    }
  });
  const sourceIds = files.map(({ sourceId }) => sourceId);
  const isAsked = request.query.has("next") && broken.length === 0;
  const next = isAsked ? await nextPassOf(visit) : undefined;
  const status = await statusOf(visit);
  return htmlReply(overviewPage(view, { sourceIds, broken, ...status, ...(next && { next }) }));
};

/** Counts what would be published; a source that cannot be read says why. */
async function nextPassOf(visit: Visit): Promise<ReadonlyMap<string, NextPass>> {
  const { signal } = visit.request;
  const { plans, rules } = await plansOf(visit);
  const counts = new Map<string, NextPass>();
  for (const plan of plans) {
    const total = { rows: 0, leave: 0, bytes: 0 };
    try {
      const policy = await policyFor(plan, rules, signal);
      for await (const { preview } of previewRows(plan, { policy }, signal))
        countRow(total, preview);
      counts.set(plan.sourceId, total);
    } catch (error) {
      if (!isTributaryError(error)) throw error;
      const { message, messageZh } = error;
      counts.set(plan.sourceId, { message, messageZh });
    }
  }
  return counts;
}

/** How the agent is. One that joined no hub, or that another process holds for long, still has sources to look at. */
async function statusOf({ context }: Visit): Promise<Pick<Overview, "status" | "noStatus">> {
  try {
    return { status: await operate<AgentStatus>(context, "status") };
  } catch (error) {
    if (!isTributaryError(error)) throw error;
    const { message, messageZh } = error;
    return { status: undefined, noStatus: { message, messageZh } };
  }
}
