/** Writes the lists of the regional center: GBK, no byte order mark, CRLF, one file per list. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CaseContent, contentOf, type ProviderContent } from "./content/index.ts";
import { engagementsOf } from "./engagements.ts";
import { factsOf, nameOf, writtenCode } from "./facts.ts";
import { encodeGbk } from "./gbk.ts";
import {
  chance,
  contact,
  fullWidth,
  messyAmount,
  messyCapital,
  messyDate,
  messyDays,
  messyJoin,
  messyRegion,
  messyYes,
  pick,
  regionNames,
  scenarioNames,
} from "./mess.ts";
import { has } from "./oddities.ts";

type Row = readonly string[];

const PROVIDER_HEADER: Row = [
  "序号",
  "企业名称",
  "统一社会信用代码",
  "所在地",
  "成立时间",
  "注册资本",
  "员工人数",
  "服务商类别",
  "服务行业",
  "应用场景",
  "系统类型",
  "代表产品",
  "报价",
  "资质荣誉",
  "企业简介",
  "服务企业数",
  "省内有无团队",
  "联系人",
  "联系电话",
  "备注",
];

const CASE_HEADER: Row = [
  "案例编号",
  "案例名称",
  "应用企业",
  "所属行业",
  "所在地",
  "企业规模",
  "应用场景",
  "服务商",
  "痛点",
  "解决方案",
  "部署系统",
  "实施成效",
  "投资额",
  "启动时间",
  "验收时间",
  "项目状态",
  "智能制造成熟度",
  "企业联系人",
  "联系电话",
];

const TYPES: Readonly<Record<string, readonly string[]>> = {
  INT: ["综合集成型", "综合集成型服务商", "集成商"],
  LP: ["“小快轻准”产品型", "小快轻准", "产品型"],
  PLT: ["工业互联网平台商", "平台型"],
  CON: ["诊断咨询", "咨询规划类"],
  OPS: ["运行维护类", "运维"],
  EQ: ["智能装备商", "装备"],
  SEC: ["工控安全服务商", "安全类"],
  AI: ["数据与人工智能服务商", "AI"],
  TRN: ["人才培训机构"],
  FIN: ["金融服务机构"],
  TST: ["检测认证"],
  CL: ["链主企业型"],
};

const SIZES: Readonly<Record<string, readonly string[]>> = {
  大: ["大型", "大"],
  中: ["中型", "中", "中型企业"],
  小: ["小型", "小", "小型企业"],
  微: ["微型", "微型企业（不足20人）"],
};

const STAGES: Readonly<Record<string, string>> = {
  accepted: "已验收",
  followed_up: "已验收（已回访）",
  delivering: "实施中",
};

function cell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function csv(rows: readonly Row[]): Uint8Array {
  return encodeGbk(rows.map((row) => `${row.map(cell).join(",")}\r\n`).join(""));
}

function providerRow(provider: ProviderContent, number: number, again = false): Row {
  const { key } = provider;
  const facts = factsOf(provider);
  const person = contact(again ? `${key} again` : key);
  const staff = String(facts.staff);
  return [
    String(number),
    provider.name,
    again ? "" : writtenCode("jiangnan", provider),
    messyRegion(provider.region, `region ${key}`),
    has("jiangnan", "no-date", key) ? "老厂更早" : messyDate(facts.founded, `founded ${key}`),
    messyCapital(facts.capital, `capital ${key}`),
    pick([staff, staff, `${staff}人`, fullWidth(staff), `约${staff}人`, ""], `staff ${key}`),
    pick(TYPES[provider.type] ?? [provider.type], `type ${key}`),
    messyJoin(provider.sectors, `sectors ${key}`),
    messyJoin(scenarioNames(provider.scenarios, key), `scenarios ${key}`),
    messyJoin(provider.systems, `systems ${key}`),
    messyJoin(provider.products, `products ${key}`),
    provider.price,
    messyJoin(facts.qualifications, `qualifications ${key}`),
    provider.about,
    pick([String(facts.served), `${facts.served}家`, `${facts.served}余家`], `served ${key}`),
    messyYes(facts.localTeam, `local ${key}`),
    person.name,
    person.phone,
    again ? "与前表重复？待核" : "",
  ];
}

function providers(): Row[] {
  const { providers: list } = contentOf("jiangnan");
  const blank = PROVIDER_HEADER.map(() => "");
  const rows: Row[] = [PROVIDER_HEADER];
  let number = 0;
  let exact: Row | undefined;
  for (const provider of list) {
    const row = providerRow(provider, ++number);
    rows.push(row);
    if (provider.key === "慧艺") exact = row;
    if (number === 22) {
      rows.push(blank.with(0, String(++number)).with(3, "赣州").with(19, "材料未交"));
    }
    if (number === 40 && exact !== undefined) rows.push(exact);
    if (number === 52) {
      const twice = list.find((entry) => entry.key === "通宇度");
      if (twice !== undefined) rows.push(providerRow(twice, ++number, true));
    }
  }
  rows.push(blank.with(7, "平台型").with(19, "名称待补"));
  rows.push(blank.with(0, "合计").with(1, `${list.length}家`).with(6, "4,812"));
  return rows;
}

function maturity(entry: CaseContent): string {
  if (has("jiangnan", "cmmm-local-label", entry.title)) return "四级(全流程智能化)";
  if (entry.size === "小" || entry.size === "微") return "";
  return pick(["二级", "2级", "三级（集成级）", "规范级", "", "3", "未评"], `cmmm ${entry.title}`);
}

function caseRow(entry: CaseContent, number: string): Row {
  const { title } = entry;
  const person = contact(title);
  const systems = new Set<string>();
  for (const provider of contentOf("jiangnan").providers) {
    if (entry.providers.includes(provider.key)) {
      for (const system of provider.systems) systems.add(system);
    }
  }
  const names = entry.providers.map((key) => {
    const name = nameOf("jiangnan", key);
    return chance(0.25, `short ${title}${key}`) ? name.replace(/(股份)?有限公司$/, "") : name;
  });
  const call = has("jiangnan", "phone-in-text", title)
    ? `（企业对接人手机${person.phone}，验收前先打电话）`
    : "";
  return [
    number,
    title,
    entry.client,
    entry.industry,
    messyRegion(entry.region, `region ${title}`),
    pick(SIZES[entry.size] ?? [entry.size], `size ${title}`),
    messyJoin(scenarioNames(entry.scenarios, title), `scenarios ${title}`),
    messyJoin(names, `providers ${title}`),
    entry.pain,
    entry.solution + call,
    messyJoin([...systems], `systems ${title}`),
    entry.outcome,
    messyAmount(entry.investment, `investment ${title}`),
    messyDate(entry.start, `start ${title}`),
    has("jiangnan", "no-date", title) ? "待定" : messyDate(entry.end, `end ${title}`),
    STAGES[entry.stage] ?? entry.stage,
    maturity(entry),
    person.name,
    person.phone,
  ];
}

function cases(): Row[] {
  const { cases: list } = contentOf("jiangnan");
  const blank = CASE_HEADER.map(() => "");
  const rows: Row[] = [CASE_HEADER];
  const id = (number: number): string => `GP-${String(number).padStart(3, "0")}`;
  list.forEach((entry, index) => {
    rows.push(caseRow(entry, id(index + 1)));
    if (index === 30) rows.push(blank.with(0, "GP-补1").with(3, "食品").with(15, "实施中"));
  });
  const twice = list.find((entry) => has("jiangnan", "duplicate-row", entry.title));
  if (twice !== undefined) rows.push(caseRow(twice, id(list.length + 1)));
  rows.push(blank.with(0, "合计").with(12, "7,6xx万元（含在建）"));
  return rows;
}

function policies(): Row[] {
  const rows = contentOf("jiangnan").policies.map((policy) => [
    policy.title,
    policy.docNo,
    policy.issuer,
    policy.level,
    messyRegion(policy.region, `region ${policy.title}`),
    policy.origin === "real" ? policy.issuedOn : messyDate(policy.issuedOn, policy.title),
    policy.status,
    policy.support,
    policy.amountMax,
    policy.applyUntil === "" ? "" : messyDate(policy.applyUntil, `until ${policy.title}`),
    policy.note,
  ]);
  return [
    [
      "文件名称",
      "文号",
      "发文机关",
      "层级",
      "适用地区",
      "成文日期",
      "有效性",
      "支持方式",
      "最高奖补",
      "申报截止",
      "备注",
    ],
    ...rows,
  ];
}

function trainings(): Row[] {
  const rows = contentOf("jiangnan").trainings.map((training) => [
    training.title,
    training.audience,
    messyJoin(scenarioNames(training.scenarios, training.title), training.title),
    training.mode,
    pick([training.hours, `${training.hours}学时`, training.hours], training.title),
    training.capacity,
    training.enrolled,
    pick([training.completed, `${training.completed}人`], `done ${training.title}`),
    messyDays(training.dates, `dates ${training.title}`),
    training.organiser,
    training.fee === "0" ? "免费" : training.fee,
    pick([training.satisfaction, `${training.satisfaction}%`], `happy ${training.title}`),
  ]);
  return [
    [
      "课程名称",
      "培训对象",
      "对应场景",
      "方式",
      "学时",
      "计划人数",
      "报名人数",
      "结业人数",
      "培训时间",
      "组织单位",
      "收费（元/人）",
      "满意度",
    ],
    ...rows,
  ];
}

function events(): Row[] {
  const rows = contentOf("jiangnan").events.map((event) => [
    event.title,
    event.eventType,
    messyDate(event.heldOn, `held ${event.title}`),
    event.mode,
    messyRegion(event.region, `region ${event.title}`),
    pick([event.orgs, `${event.orgs}家`, `${event.orgs}余家`], `orgs ${event.title}`),
    pick([event.persons, `${event.persons}人次`], `persons ${event.title}`),
    event.leads,
    event.followUps,
    event.contracts === "0" ? "—" : event.contracts,
    event.summary,
  ]);
  return [
    [
      "活动名称",
      "活动类型",
      "活动时间",
      "方式",
      "地点",
      "参加企业数",
      "参加人数",
      "意向数",
      "回访数",
      "签约数",
      "活动纪要",
    ],
    ...rows,
  ];
}

function center(): Row[] {
  const { center: own } = contentOf("jiangnan");
  return [
    [
      "中心名称",
      "简称",
      "类型",
      "运营模式",
      "层级",
      "主管部门",
      "运营单位",
      "所在地",
      "服务行业",
      "服务内容",
      "成立时间",
      "专职人数",
      "网址",
      "联系处室",
      "认定文号",
      "简介",
    ],
    [
      own.name,
      own.shortName,
      own.type,
      own.operatingModel,
      own.tier,
      own.authority,
      own.operator,
      messyRegion(own.region, "center"),
      own.sectors.join("、"),
      own.services.join("；"),
      own.foundedOn,
      own.staff,
      own.website,
      own.office,
      own.docNo,
      own.about,
    ],
  ];
}

/** The ledger of engagements; it names enterprises and never leaves the center. */
function engagements(): Row[] {
  const rows = engagementsOf("jiangnan").map((row) => [
    row.number,
    row.client,
    row.clientCode,
    row.group,
    row.sector,
    row.size,
    row.scenario,
    row.provider,
    row.providerCode,
    row.accepted,
    row.months,
    row.cost,
    row.voucher,
    row.satisfaction,
    row.indicator,
    row.before,
    row.after,
    row.unit,
    row.verified,
    row.contact,
    row.phone,
  ]);
  return [
    [
      "台账编号",
      "受服务企业",
      "企业信用代码",
      "所属集团",
      "所属行业",
      "企业规模",
      "改造场景",
      "服务商",
      "服务商信用代码",
      "验收时间",
      "实施周期（月）",
      "合同金额（万元）",
      "是否用券",
      "满意度",
      "指标",
      "改造前",
      "改造后",
      "单位",
      "核验方式",
      "企业联系人",
      "联系电话",
    ],
    ...rows,
  ];
}

/** What enterprises asked for, as the hotline wrote it down. */
function demands(): Row[] {
  const rows = contentOf("jiangnan").demands.map((demand, index) => {
    const { title } = demand;
    const person = contact(`jiangnan ${title}`);
    return [
      `SQ${String(index + 1).padStart(3, "0")}`,
      title,
      demand.client,
      demand.industry,
      messyRegion(demand.region, `region ${title}`),
      demand.size,
      messyJoin(scenarioNames(demand.scenarios, title), title),
      demand.pain,
      messyAmount(demand.budget, `budget ${title}`),
      demand.urgency,
      demand.mode,
      messyDate(demand.registeredOn, `registered ${title}`),
      demand.status,
      person.name,
      person.phone,
    ];
  });
  return [
    [
      "诉求编号",
      "诉求名称",
      "企业",
      "所属行业",
      "所在地",
      "企业规模",
      "应用场景",
      "诉求描述",
      "预算",
      "期望时间",
      "服务方式",
      "登记日期",
      "状态",
      "联系人",
      "联系电话",
    ],
    ...rows,
  ];
}

function vouchers(): Row[] {
  const rows = contentOf("jiangnan").vouchers.map((voucher) => [
    voucher.title,
    voucher.issuer,
    voucher.docNo,
    regionNames(voucher.region).join(""),
    `${voucher.amount}万元`,
    voucher.ratio,
    voucher.issued,
    voucher.redeemed,
    messyDate(voucher.validUntil, `valid ${voucher.title}`),
    voucher.note,
  ]);
  return [
    [
      "名称",
      "发放单位",
      "文号",
      "适用地区",
      "面额",
      "抵扣比例",
      "已发放（张）",
      "已核销（张）",
      "有效期至",
      "说明",
    ],
    ...rows,
  ];
}

export async function writeJiangnan(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files: Readonly<Record<string, readonly Row[]>> = {
    "center.csv": center(),
    "providers.csv": providers(),
    "cases.csv": cases(),
    "policies.csv": policies(),
    "trainings.csv": trainings(),
    "events.csv": events(),
    "诉求登记.csv": demands(),
    "转型券.csv": vouchers(),
    "成效台账.csv": engagements(),
  };
  for (const [name, rows] of Object.entries(files)) await writeFile(join(folder, name), csv(rows));
}
