/** Writes the two workbooks of the copper industry's center. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { type CaseContent, contentOf, type ProviderContent, VOCABULARY } from "./content/index.ts";
import { engagementsOf } from "./engagements.ts";
import { creditCodeOf, factsOf, nameOf, writtenCode } from "./facts.ts";
import {
  chance,
  contact,
  excelSerial,
  hash,
  messyAmount,
  messyDate,
  messyDays,
  messyJoin,
  messyRegion,
  messyYes,
  pick,
  scenarioNames,
} from "./mess.ts";
import { has } from "./oddities.ts";
import { fixZipDates } from "./zip-dates.ts";

type Cell = string | number | Date | null | { formula: string; result: number };

interface Column {
  readonly title: string;
  /** Title of the merged header cell above. */
  readonly group?: string;
  readonly width?: number;
}

interface Book {
  readonly id: "2025" | "2026";
  readonly file: string;
  readonly period: string;
  readonly providers: readonly ProviderContent[];
  readonly cases: readonly CaseContent[];
}

const FIRST_ROW = 4;
const RELATED = new Set(["盛八诚", "汇锦缘"]);

const TYPES: Readonly<Record<string, readonly string[]>> = {
  INT: ["综合集成型", "系统集成"],
  LP: ["小快轻准", "“小快轻准”产品型服务商"],
  PLT: ["平台商"],
  CON: ["规划咨询类"],
  OPS: ["运行维护类"],
  EQ: ["智能装备"],
  SEC: ["工控安全"],
  AI: ["数据与AI"],
  TRN: ["培训机构"],
  FIN: ["金融服务"],
  TST: ["检测认证/中试"],
  CL: ["链主企业"],
};

/** A date as text, as the number that a spreadsheet keeps, or as a real date cell. */
function dateCell(date: string, salt: string): Cell {
  if (date === "") return null;
  if (chance(0.2, `cell ${salt}`)) {
    return new Date((excelSerial(date.length === 7 ? `${date}-01` : date) - 25_569) * 86_400_000);
  }
  const text = messyDate(date, salt);
  return /^\d{5}$/.test(text) ? Number(text) : text;
}

function numberCell(text: string): Cell {
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}

/** The title row, the two header rows and the rows below them. */
function fill(sheet: ExcelJS.Worksheet, title: string, columns: readonly Column[]): void {
  sheet.getCell(1, 1).value = title;
  sheet.mergeCells(1, 1, 1, columns.length);
  sheet.getCell(1, 1).font = { size: 16, bold: true };
  sheet.getCell(1, 1).alignment = { horizontal: "center" };
  let start = 0;
  columns.forEach((column, index) => {
    sheet.getColumn(index + 1).width = column.width ?? 12;
    if (column.group === undefined) {
      sheet.getCell(2, index + 1).value = column.title;
      sheet.mergeCells(2, index + 1, 3, index + 1);
    } else {
      sheet.getCell(3, index + 1).value = column.title;
      if (columns[index - 1]?.group !== column.group) start = index;
      if (columns[index + 1]?.group !== column.group) {
        sheet.getCell(2, start + 1).value = column.group;
        if (index > start) sheet.mergeCells(2, start + 1, 2, index + 1);
      }
    }
  });
  for (const row of [2, 3]) {
    sheet.getRow(row).font = { bold: true };
    sheet.getRow(row).alignment = { horizontal: "center", vertical: "middle", wrapText: true };
  }
}

function append(sheet: ExcelJS.Worksheet, at: number, cells: readonly Cell[]): void {
  cells.forEach((value, index) => {
    if (value === null || value === "") return;
    const cell = sheet.getCell(at, index + 1);
    cell.value = value;
    if (value instanceof Date) cell.numFmt = "yyyy/m/d";
    if (typeof value === "string" && value.includes("\n")) cell.alignment = { wrapText: true };
  });
}

function sum(letter: string, last: number, sheet: ExcelJS.Worksheet): Cell {
  let result = 0;
  for (let row = FIRST_ROW; row <= last; row++) {
    const { value } = sheet.getCell(`${letter}${row}`);
    const merged = sheet.getCell(`${letter}${row}`).master.address !== `${letter}${row}`;
    if (typeof value === "number" && !merged) result += value;
  }
  return { formula: `SUM(${letter}${FIRST_ROW}:${letter}${last})`, result };
}

/** The price list changed its unit in June: 10,000 yuan before, yuan after. */
function priceCell(price: string, book: Book): Cell {
  if (book.id === "2025") return numberCell(price);
  const yuan = price.replace(/\d+(\.\d+)?/g, (digits) =>
    String(Math.round(Number(digits) * 10_000)),
  );
  return numberCell(yuan);
}

function providerCells(provider: ProviderContent, book: Book, number: number): Cell[] {
  const { key } = provider;
  const facts = factsOf(provider);
  const person = contact(`copper ${key}`);
  const lost = has("copper", "code-lost-in-excel", key);
  return [
    number,
    provider.name,
    lost ? 913_606_030_000_000_000 : writtenCode("copper", provider),
    messyRegion(provider.region, `copper region ${provider.region}`),
    dateCell(facts.founded, `copper founded ${key}`),
    facts.capital <= 100 && chance(0.5, `copper capital ${key}`)
      ? `${facts.capital}()`
      : facts.capital,
    pick<Cell>([facts.staff, facts.staff, facts.staff, `${facts.staff}人`], `copper staff ${key}`),
    pick(TYPES[provider.type] ?? [provider.type], `copper type ${key}`),
    messyJoin(provider.sectors, `copper sectors ${key}`),
    messyJoin(scenarioNames(provider.scenarios, `copper ${key}`), `copper scenarios ${key}`),
    messyJoin(provider.systems, `copper systems ${key}`),
    messyJoin(provider.products, `copper products ${key}`),
    priceCell(provider.price, book),
    RELATED.has(key) ? pick(["√", "是", "Y"], `related ${key}`) : messyYes(false, `related ${key}`),
    provider.about,
    person.name,
    person.phone,
  ];
}

function providerSheet(workbook: ExcelJS.Workbook, book: Book): void {
  const later = book.id === "2026";
  const columns: Column[] = [
    { title: "序号", width: 6 },
    { group: "企业基本信息", title: later ? "服务商名称" : "企业名称", width: 34 },
    { group: "企业基本信息", title: "统一社会信用代码", width: 22 },
    { group: "企业基本信息", title: "所在地", width: 18 },
    { group: "企业基本信息", title: "成立时间" },
    { group: "规模", title: "注册资本（万元）" },
    { group: "规模", title: later ? "员工人数(人)" : "从业人员（人）" },
    { title: "服务商类型", width: 16 },
    { group: "服务能力", title: "面向行业", width: 18 },
    { group: "服务能力", title: "服务场景", width: 26 },
    { group: "服务能力", title: "系统类型", width: 18 },
    { group: "服务能力", title: "代表产品", width: 30 },
    { title: later ? "报价（元）" : "参考单价（万元）", width: 16 },
    { title: "与牵头企业有无股权关系" },
    { title: later ? "企业简介" : "自我介绍", width: 60 },
    { group: "联系方式（内部）", title: "联系人" },
    { group: "联系方式（内部）", title: "手机", width: 14 },
  ];
  const sheet = workbook.addWorksheet("服务商");
  fill(sheet, `赣铜产业数字化转型促进中心服务商台账（${book.period}）（示例数据）`, columns);
  let at = FIRST_ROW;
  let number = 0;
  let merge: { from: number; region: string } | undefined;
  const closeMerge = (): void => {
    if (merge !== undefined && at - 1 > merge.from) sheet.mergeCells(merge.from, 4, at - 1, 4);
    merge = undefined;
  };
  for (const provider of book.providers) {
    if (!later && merge !== undefined && merge.region === provider.region) {
      append(sheet, at, providerCells(provider, book, ++number).with(3, null));
    } else {
      closeMerge();
      append(sheet, at, providerCells(provider, book, ++number));
      if (!later) merge = { from: at, region: provider.region };
    }
    at++;
    if (provider.key === "佳恒") {
      closeMerge();
      append(sheet, at++, [++number, null, null, "鹰潭", null, null, null, "待补"]);
    }
    if (provider.key === "圣路莎") {
      closeMerge();
      const twice = book.providers.find((entry) => entry.key === "豪惠");
      if (twice !== undefined) {
        const again = { ...twice, name: twice.name.replace(/^江西/, "") };
        append(sheet, at++, providerCells(again, book, ++number));
      }
    }
  }
  closeMerge();
  const last = at - 1;
  append(sheet, at, ["合计", `${number}家`]);
  sheet.getCell(at, 6).value = sum("F", last, sheet);
  sheet.getCell(at, 7).value = sum("G", last, sheet);
}

function stageOf(entry: CaseContent, book: Book): string {
  const { stage, title } = entry;
  if (has("copper", "case-in-two-files", title)) return book.id === "2025" ? "在建" : "已验收";
  if (stage === "delivering") return "在建";
  return stage === "followed_up" ? "已验收、已回访" : "已验收";
}

function evidenceOf(entry: CaseContent): string {
  if (entry.outcome.includes("企业自报")) return "企业自报";
  if (entry.providers.some((key) => RELATED.has(key))) {
    return chance(0.5, `third party ${entry.title}`) ? "第三方验收" : "中心核验";
  }
  return pick(["中心核验", "中心核验", "系统直采", "验收单"], `evidence ${entry.title}`);
}

function maturityOf(entry: CaseContent): string {
  if (has("copper", "cmmm-local-label", entry.title)) return "四级(全流程智能化)";
  if (entry.size === "小" || entry.size === "微") return "";
  return pick(
    ["二级", "三级", "集成级", "2", "", "三级(数字化车间)"],
    `copper cmmm ${entry.title}`,
  );
}

function kpiCells(entry: CaseContent, index: number): Cell[] {
  const kpi = entry.kpis?.[index];
  if (kpi === undefined) return ["", "", "", ""];
  const name = VOCABULARY.kpis[kpi.kpi] ?? kpi.kpi;
  const { before, after } = kpi;
  const change = before === "" && after.startsWith("-") ? `降低${after.slice(1)}` : `提高${after}`;
  return before === ""
    ? [name, "/", change, kpi.unit]
    : [name, numberCell(before), numberCell(after), kpi.unit];
}

function caseSheet(workbook: ExcelJS.Workbook, book: Book): void {
  const later = book.id === "2026";
  const columns: Column[] = [
    { title: "序号", width: 6 },
    { title: "案例名称", width: 34 },
    { group: "应用企业", title: "企业（匿名）", width: 22 },
    { group: "应用企业", title: "所属行业" },
    { group: "应用企业", title: "所在地", width: 18 },
    { group: "应用企业", title: "规模" },
    { title: "应用场景", width: 26 },
    { title: later ? "实施单位" : "服务商", width: 30 },
    { title: "是否关联服务商" },
    { title: "主要痛点", width: 50 },
    { title: "解决方案", width: 60 },
    { group: "实施成效", title: "指标", width: 16 },
    { group: "实施成效", title: "改造前" },
    { group: "实施成效", title: "改造后" },
    { group: "实施成效", title: "单位" },
    { group: "实施成效", title: "成效说明", width: 50 },
    { title: "投资额（万元）" },
    { group: "起止时间", title: "启动时间" },
    { group: "起止时间", title: "验收时间" },
    { title: "项目状态" },
    { title: "成熟度" },
    { title: "核验方式" },
    { title: "企业联系人", width: 20 },
  ];
  const sheet = workbook.addWorksheet("案例");
  fill(sheet, `赣铜产业数字化转型应用案例台账（${book.period}）（示例数据）`, columns);
  let at = FIRST_ROW;
  let number = 0;
  for (const entry of book.cases) {
    const { title } = entry;
    const salt = `copper ${title}`;
    const names = entry.providers.map((key) => {
      const name = nameOf("copper", key);
      return chance(0.3, `short ${salt}${key}`) ? name.replace(/^江西|有限公司$/g, "") : name;
    });
    const person = contact(salt);
    const call = has("copper", "phone-in-text", title)
      ? `现场事宜联系厂长${person.name}${person.phone}。`
      : "";
    const related = entry.providers.some((key) => RELATED.has(key));
    const open = stageOf(entry, book) === "在建";
    const rows = Math.max(entry.kpis?.length ?? 0, 1);
    append(sheet, at, [
      ++number,
      title,
      entry.client,
      entry.industry,
      messyRegion(entry.region, `region ${salt}`),
      pick([entry.size, `${entry.size}型`], `size ${salt}`),
      messyJoin(scenarioNames(entry.scenarios, salt), `scenarios ${salt}`),
      messyJoin(names, `providers ${salt}`),
      messyYes(related, `related ${salt}`),
      entry.pain,
      entry.solution + call,
      ...kpiCells(entry, 0),
      open ? "实施中，暂无" : entry.outcome,
      chance(0.7, `investment ${salt}`)
        ? numberCell(entry.investment)
        : messyAmount(entry.investment, `amount ${salt}`),
      dateCell(entry.start, `start ${salt}`),
      open ? "见合同" : dateCell(entry.end, `end ${salt}`),
      stageOf(entry, book),
      maturityOf(entry),
      open ? "" : evidenceOf(entry),
      `${person.name} ${person.phone}`,
    ]);
    for (let index = 1; index < rows; index++) {
      append(sheet, at + index, [...Array<Cell>(11).fill(null), ...kpiCells(entry, index)]);
    }
    if (rows > 1) {
      for (let column = 1; column <= columns.length; column++) {
        if (column < 12 || column > 15) sheet.mergeCells(at, column, at + rows - 1, column);
      }
    }
    at += rows;
  }
  const last = at - 1;
  append(sheet, at, ["合计", `${number}个`]);
  sheet.getCell(at, 17).value = sum("Q", last, sheet);
}

function policySheet(workbook: ExcelJS.Workbook, book: Book): void {
  const sheet = workbook.addWorksheet("政策");
  fill(sheet, `铜产业相关政策一览（${book.period}）（示例数据）`, [
    { title: "序号", width: 6 },
    { title: "文件名称", width: 44 },
    { title: "文号", width: 24 },
    { title: "发文机关", width: 28 },
    { title: "层级" },
    { title: "适用地区" },
    { group: "时间", title: "成文日期" },
    { group: "时间", title: "申报截止" },
    { title: "有效性" },
    { title: "支持方式" },
    { title: "最高支持（万元）" },
    { title: "要点", width: 60 },
  ]);
  const list = contentOf("copper").policies.filter(
    (policy) => (policy.issuedOn < "2025-07" ? "2025" : "2026") === book.id,
  );
  list.forEach((policy, index) => {
    append(sheet, FIRST_ROW + index, [
      index + 1,
      policy.title,
      policy.docNo,
      policy.issuer,
      policy.level,
      messyRegion(policy.region, `copper ${policy.title}`),
      policy.origin === "real"
        ? policy.issuedOn
        : dateCell(policy.issuedOn, `copper ${policy.title}`),
      dateCell(policy.applyUntil, `copper until ${policy.title}`),
      policy.status,
      policy.support,
      numberCell(policy.amountMax),
      policy.note,
    ]);
  });
  append(sheet, FIRST_ROW + list.length, ["合计", `${list.length}件`]);
}

function trainingSheet(workbook: ExcelJS.Workbook, book: Book): void {
  const sheet = workbook.addWorksheet("培训");
  fill(sheet, `培训台账（${book.period}）（示例数据）`, [
    { title: "序号", width: 6 },
    { title: "课程名称", width: 40 },
    { title: "培训对象", width: 20 },
    { title: "对应场景", width: 24 },
    { title: "方式" },
    { title: "学时" },
    { group: "人数", title: "计划" },
    { group: "人数", title: "报名" },
    { group: "人数", title: "结业" },
    { title: "培训时间", width: 24 },
    { title: "组织单位", width: 28 },
    { title: "收费（元/人）" },
    { title: "满意度（%）" },
  ]);
  const list = contentOf("copper").trainings.filter(
    (training) => (training.dates < "2025-07" ? "2025" : "2026") === book.id,
  );
  list.forEach((training, index) => {
    append(sheet, FIRST_ROW + index, [
      index + 1,
      training.title,
      training.audience,
      messyJoin(scenarioNames(training.scenarios, training.title), training.title),
      training.mode,
      numberCell(training.hours),
      numberCell(training.capacity),
      numberCell(training.enrolled),
      numberCell(training.completed),
      numberCell(messyDays(training.dates, `copper ${training.title}`)),
      training.organiser,
      numberCell(training.fee),
      numberCell(training.satisfaction),
    ]);
  });
  const last = FIRST_ROW + list.length - 1;
  append(sheet, last + 1, ["合计", `${list.length}期`]);
  for (const letter of ["G", "H", "I"]) {
    sheet.getCell(`${letter}${last + 1}`).value = sum(letter, last, sheet);
  }
}

function eventSheet(workbook: ExcelJS.Workbook, book: Book): void {
  const sheet = workbook.addWorksheet("活动");
  fill(sheet, `活动台账（${book.period}）（示例数据）`, [
    { title: "序号", width: 6 },
    { title: "活动名称", width: 40 },
    { title: "活动类型", width: 16 },
    { title: "活动时间", width: 16 },
    { title: "方式" },
    { title: "地点" },
    { group: "规模", title: "企业（家）" },
    { group: "规模", title: "人数" },
    { group: "对接结果", title: "意向" },
    { group: "对接结果", title: "回访" },
    { group: "对接结果", title: "签约" },
    { title: "纪要", width: 60 },
  ]);
  const list = contentOf("copper").events.filter(
    (event) => (event.heldOn < "2025-07" ? "2025" : "2026") === book.id,
  );
  list.forEach((event, index) => {
    append(sheet, FIRST_ROW + index, [
      index + 1,
      event.title,
      event.eventType,
      dateCell(event.heldOn, `copper ${event.title}`),
      event.mode,
      messyRegion(event.region, `copper ${event.title}`),
      numberCell(event.orgs),
      numberCell(event.persons),
      numberCell(event.leads),
      numberCell(event.followUps),
      numberCell(event.contracts),
      event.summary,
    ]);
  });
  const last = FIRST_ROW + list.length - 1;
  append(sheet, last + 1, ["合计", `${list.length}场`]);
  for (const letter of ["G", "H", "I", "J", "K"]) {
    sheet.getCell(`${letter}${last + 1}`).value = sum(letter, last, sheet);
  }
}

function centerSheet(workbook: ExcelJS.Workbook): void {
  const { center: own } = contentOf("copper");
  const sheet = workbook.addWorksheet("中心概况");
  const cells: readonly (readonly [string, Cell])[] = [
    ["中心名称", own.name],
    ["简称", own.shortName],
    ["中心类型", own.type],
    ["运营模式", own.operatingModel],
    ["级别", own.tier],
    ["主管部门", own.authority],
    ["牵头（运营）单位", own.operator],
    ["运营单位信用代码", creditCodeOf(own.operatorKey)],
    ["运营单位是否同时为服务商", "√"],
    ["所在地", messyRegion(own.region, "copper center")],
    ["服务行业", own.sectors.join("、")],
    ["服务内容", own.services.join("\n")],
    ["成立时间", excelSerial(own.foundedOn)],
    ["专职人员", Number(own.staff)],
    ["网址", own.website],
    ["联系部门", own.office],
    ["认定文号", own.docNo],
    ["简介", own.about],
  ];
  const columns = cells.map(([title]) => ({ title, width: 20 }));
  fill(sheet, "赣铜产业数字化转型促进中心概况（示例数据）", columns);
  append(
    sheet,
    FIRST_ROW,
    cells.map(([, value]) => value),
  );
}

function noteSheet(workbook: ExcelJS.Workbook, book: Book): void {
  const sheet = workbook.addWorksheet("说明", { state: "hidden" });
  const lines = [
    "填表说明（内部，勿外发）",
    "1. 本表由各协作单位每月5日前汇总，请勿改动列序。",
    "2. 金额单位以表头为准；日期写到月即可。",
    book.id === "2025"
      ? "3. 联系方式只用于回访，不得写进案例正文。"
      : "3. 2025年6月起“参考单价（万元）”改为“报价（元）”，“自我介绍”改为“企业简介”。",
    "4. 关联服务商一律打勾。",
    "午餐费报销找综合部。",
    "本工作簿为演示用的虚构数据。",
  ];
  for (const [index, line] of lines.entries()) sheet.getCell(index + 1, 1).value = line;
}

function books(): Book[] {
  const { providers, cases } = contentOf("copper");
  const early = (entry: CaseContent): boolean => entry.end <= "2025-03";
  const both = (entry: CaseContent): boolean => has("copper", "case-in-two-files", entry.title);
  return [
    {
      id: "2025",
      file: "台账2025.xlsx",
      period: "截至2025年6月",
      providers: providers.slice(0, 30),
      cases: cases.filter((entry) => early(entry) || both(entry)),
    },
    {
      id: "2026",
      file: "台账2026.xlsx",
      period: "2025年7月—2026年10月",
      providers: providers.slice(30),
      cases: cases.filter((entry) => !early(entry)),
    },
  ];
}

/** The ledger of engagements, a workbook of its own: it names enterprises and never leaves the center. */
function engagementBook(): ExcelJS.Workbook {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = "赣铜中心（示例）";
  workbook.created = new Date(Date.UTC(2026, 9, 8));
  workbook.modified = workbook.created;
  const sheet = workbook.addWorksheet("成效");
  sheet.addRow(["2023年10月—2026年9月改造成效台账（示例数据，内部）"]);
  sheet.mergeCells(1, 1, 1, ENGAGEMENT_HEADER.length);
  sheet.addRow([...ENGAGEMENT_HEADER]);
  for (const row of engagementsOf("copper")) {
    sheet.addRow([
      row.number,
      row.client,
      row.clientCode,
      row.sector,
      row.size,
      row.scenario,
      row.provider,
      row.providerCode,
      row.accepted,
      Number(row.months),
      Number(row.cost),
      row.voucher,
      Number(row.satisfaction),
      row.indicator,
      Number(row.before),
      Number(row.after),
      row.unit,
      row.verified,
      row.contact,
      row.phone,
    ]);
  }
  sheet.addRow(["合计"]);
  return workbook;
}

const ENGAGEMENT_HEADER = [
  "编号",
  "受服务企业",
  "企业信用代码",
  "行业",
  "规模",
  "改造场景",
  "实施单位",
  "实施单位信用代码",
  "验收日期",
  "周期（月）",
  "合同金额（万元）",
  "转型券",
  "满意度（1-5）",
  "指标",
  "改造前",
  "改造后",
  "单位",
  "核验方式",
  "企业联系人",
  "手机",
] as const;

export async function writeCopper(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const book of books()) {
    const workbook = new ExcelJS.Workbook();
    workbook.creator = "赣铜中心（示例）";
    workbook.created = new Date(Date.UTC(2026, 0, 1 + (hash(book.id) % 20)));
    workbook.modified = workbook.created;
    if (book.id === "2026") centerSheet(workbook);
    providerSheet(workbook, book);
    caseSheet(workbook, book);
    policySheet(workbook, book);
    trainingSheet(workbook, book);
    eventSheet(workbook, book);
    noteSheet(workbook, book);
    await save(workbook, join(folder, book.file));
  }
  await save(engagementBook(), join(folder, "成效台账.xlsx"));
}

async function save(workbook: ExcelJS.Workbook, path: string): Promise<void> {
  const bytes = await workbook.xlsx.writeBuffer();
  await writeFile(path, fixZipDates(new Uint8Array(bytes)));
}
