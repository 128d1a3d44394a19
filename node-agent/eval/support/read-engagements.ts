/**
 * Reads a center's engagements and a public register as somebody else's generator wrote them.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import Papa from "papaparse";
import type { EvalEngagement, RegisterEntry } from "./engagement.ts";
import {
  Assumptions,
  fieldOf,
  type Row,
  readCode,
  readCostBand,
  readNumber,
  readProvider,
  readQuarter,
  readSatisfaction,
  readSector,
  readSize,
  readYes,
  rowOf,
  textOf,
} from "./read-values.ts";

/** What was read, and what had to be assumed: how many values by assumption. */
export interface ReadResult<Item> {
  readonly items: readonly Item[];
  readonly assumptions: ReadonlyMap<string, number>;
}

/** Reads engagements, one JSON object a line. A line that cannot be used is left out and counted. */
export function parseEngagements(text: string): ReadResult<EvalEngagement> {
  const assumptions = new Assumptions();
  const items: EvalEngagement[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    try {
      items.push(engagementOf(rowOf(JSON.parse(line)), i, assumptions));
    } catch (cause) {
      assumptions.add(`line left out: ${(cause as Error).message}`);
    }
  }
  return { items, assumptions: assumptions.counts };
}

function engagementOf(row: Row, line: number, assumptions: Assumptions): EvalEngagement {
  const ent = textOf(row, "ent", "enterprise", "enterpriseid", "entid", "uscc");
  if (ent === "") throw new Error("no enterprise");
  return {
    id: textOf(row, "id", "record", "recordid") || `line-${line + 1}`,
    q: readQuarter(fieldOf(row, "q", "quarter", "epoch")),
    ent,
    sector: readSector(fieldOf(row, "sector", "industry"), assumptions),
    district: textOf(row, "district", "region", "city"),
    size: readSize(fieldOf(row, "size", "sizeband"), assumptions),
    scenario: readCode(fieldOf(row, "scenario"), assumptions, "scenario"),
    provider: readProvider(fieldOf(row, "provider", "providerid"), assumptions),
    costBand: readCostBand(fieldOf(row, "costband", "cost"), assumptions),
    months: readNumber(fieldOf(row, "months", "duration"), "months"),
    kpiBefore: readNumber(fieldOf(row, "kpibefore") ?? 0, "kpiBefore"),
    kpiDelta: readNumber(fieldOf(row, "kpidelta", "delta"), "kpiDelta"),
    sat: readSatisfaction(fieldOf(row, "sat", "satisfaction"), assumptions),
    voucher: readYes(fieldOf(row, "voucher")),
  };
}

/** Reads a register: CSV with a header. */
export function parseRegister(text: string): ReadResult<RegisterEntry> {
  const assumptions = new Assumptions();
  const { data } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
  });
  const items: RegisterEntry[] = [];
  for (const row of data.map(rowOf)) {
    const ids = ["id", "ent", "entid", "enterprise", "enterpriseid", "uscc", "统一社会信用代码"];
    const id = textOf(row, ...ids, "企业", "企业id");
    if (id === "") {
      assumptions.add("register: line without an identifier left out");
      continue;
    }
    items.push({
      id,
      name: textOf(row, "name", "enterprisename", "企业名称", "名称"),
      sector: readSector(fieldOf(row, "sector", "industry", "gbt4754", "行业"), assumptions),
      size: readSize(fieldOf(row, "size", "sizeband", "规模"), assumptions),
      district: textOf(row, "district", "city", "region", "地区", "区县"),
    });
  }
  return { items, assumptions: assumptions.counts };
}

/** The register beside a file: the first `*register*.csv` of its folder; undefined if there is none. */
export async function findRegister(file: string): Promise<string | undefined> {
  const folder = dirname(file);
  const names = (await readdir(folder)).filter((name) => /register.*\.csv$/i.test(name)).sort();
  // Where several centers lie in one folder, the one that is named like the file.
  const stem = basename(file).replace(/\.[^.]*$/, "");
  const own = names.find((name) => name.startsWith(stem)) ?? names[0];
  return own === undefined ? undefined : join(folder, own);
}

/** Reads a file. @throws {Error} if it has no engagement that can be used. */
export async function readEngagements(file: string): Promise<ReadResult<EvalEngagement>> {
  const read = parseEngagements(await readFile(file, "utf8"));
  if (read.items.length === 0) throw new Error(`${file} has no engagements`);
  return read;
}
