/** Bad rows of a source, read now, and the workbook that a pass writes of them. @module */

import { badRowWorkbook } from "../../adapters/excel-bad-row-book.ts";
import type { LocalReply } from "../../adapters/local-page.ts";
import { badRowSheets } from "../../report/bad-row-sheet.ts";
import type { Plan } from "../../start-plans.ts";
import { MAX_REPORTED_ROWS } from "../../sync/sync-source.ts";
import { errorsPage } from "../../ui/errors-page.ts";
import { isSealed, type JudgedRow, policyFor, previewRows } from "../preview-rows.ts";
import { type Chapter, htmlReply, planOfName, plansOf, type Visit } from "./workspace.ts";

const WORKBOOK = ".xlsx";
const WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export const errors: Chapter = async (visit, name) => {
  const { view } = visit;
  const isWorkbook = name?.endsWith(WORKBOOK) ?? false;
  const { plans, rules } = await plansOf(visit);
  const plan = planOfName(plans, isWorkbook ? name?.slice(0, -WORKBOOK.length) : name);
  const faulty = await faultyRows(visit, plan, rules);
  if (isWorkbook) return await workbookReply(plan.sourceId, faulty);
  const sourceIds = plans.map(({ sourceId }) => sourceId);
  return htmlReply(errorsPage(view, { sourceId: plan.sourceId, sourceIds, ...faulty }));
};

/** Rows that stay because of what is wrong with them, and rows that leave with something to look at; as a pass reports them. */
async function faultyRows(
  { request: { signal } }: Visit,
  plan: Plan,
  rules: Parameters<typeof policyFor>[1],
) {
  const policy = await policyFor(plan, rules, signal);
  const bad: JudgedRow[] = [];
  const remarked: JudgedRow[] = [];
  let count = 0;
  for await (const judged of previewRows(plan, { policy }, signal)) {
    const { problems, leaves } = judged.preview;
    const isGood = leaves || isSealed(problems);
    if (problems.length === 0 || (isGood && !leaves && problems.length === 1)) continue;
    count += 1;
    const rows = isGood ? remarked : bad;
    if (rows.length < MAX_REPORTED_ROWS) rows.push(judged);
  }
  return { bad, remarked, count };
}

async function workbookReply(
  sourceId: string,
  {
    bad,
    remarked,
  }: { readonly bad: readonly JudgedRow[]; readonly remarked: readonly JudgedRow[] },
): Promise<LocalReply> {
  const rows = [...bad, ...remarked].map(({ row, preview }) => ({
    sourceId,
    row,
    problems: preview.problems,
  }));
  return {
    status: 200,
    body: await badRowWorkbook(badRowSheets(rows)),
    headers: {
      "content-type": WORKBOOK_TYPE,
      "content-disposition": `attachment; filename="${sourceId}${WORKBOOK}"`,
    },
  };
}
