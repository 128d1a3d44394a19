/** The preview of a source: the rows of the command `preview`. @module */

import { previewPage } from "../../ui/preview-page.ts";
import { policyFor, previewRows, type RowPreview } from "../preview-rows.ts";
import { type Chapter, htmlReply, planOfName, plansOf } from "./workspace.ts";

/** Rows of each table that are shown. */
const ROWS = 20;

export const preview: Chapter = async (visit, name) => {
  const { view, request } = visit;
  const { plans, rules } = await plansOf(visit);
  const plan = planOfName(plans, name);
  const policy = await policyFor(plan, rules, request.signal);
  const rows: RowPreview[] = [];
  for await (const { preview } of previewRows(plan, { limit: ROWS, policy }, request.signal)) {
    rows.push(preview);
  }
  const sourceIds = plans.map(({ sourceId }) => sourceId);
  return htmlReply(previewPage(view, { sourceId: plan.sourceId, sourceIds, rows, limit: ROWS }));
};
