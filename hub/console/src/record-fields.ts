/**
 * The fields of each kind of body: what they are called and how their values are read. The order is that of the page.
 *
 * A field that is not listed here, from a newer hub, is shown under its own name.
 *
 * @module
 */

import type { SchemeName } from "@tributary/sdk/vocabulary";

/** How a value is shown where its type alone does not say it. */
export type FieldForm =
  | "date"
  | "money"
  | "url"
  | "ratio"
  | "claim"
  | "outcome"
  | { readonly scheme: SchemeName };

export interface FieldInfo {
  readonly zh: string;
  readonly en: string;
  readonly form?: FieldForm;
  /** Fields of the message, or of the messages, that it holds. */
  readonly fields?: FieldTable;
}

/** By field name. Also an order. */
export interface FieldTable {
  readonly [field: string]: FieldInfo;
}

const field = (zh: string, en: string, form?: FieldForm): FieldInfo =>
  form === undefined ? { zh, en } : { zh, en, form };
const code = (zh: string, en: string, scheme: SchemeName): FieldInfo => ({
  zh,
  en,
  form: { scheme },
});
const nested = (zh: string, en: string, fields: FieldTable): FieldInfo => ({ zh, en, fields });

const REGION = code("所在地区", "Region", "region");
const SCENARIOS = code("典型场景", "Scenarios", "scenario");
const UNMAPPED = field("未能映射的用词", "Words that could not be mapped");
const TITLE_EN = field("英文标题", "Title in English");

const CLIENT: FieldTable = {
  industry: code("行业", "Industry", "industry"),
  region: code("地区", "Region", "region"),
  sizeBand: code("规模", "Size", "sizeBand"),
  ownership: code("所有制", "Ownership", "ownership"),
};

const TABLES: { readonly [kind: string]: FieldTable } = {
  center: {
    name: field("名称", "Name"),
    nameEn: field("英文名称", "Name in English"),
    shortName: field("简称", "Short name"),
    description: field("简介", "Description"),
    centerType: code("中心类型", "Type of center", "centerType"),
    localTypeLabel: field("认定时的类型表述", "Type as recognised"),
    operationModel: code("运营模式", "Operating model", "operationModel"),
    tier: code("级别", "Tier", "centerTier"),
    authority: field("主管部门", "Competent authority"),
    recognitions: nested("认定", "Recognitions", {
      issuer: field("认定单位", "Issuer"),
      docNo: field("文号", "Document number"),
      recognisedOn: field("认定日期", "Recognised on", "date"),
      validUntil: field("有效期至", "Valid until", "date"),
    }),
    operatorName: field("运营单位", "Operator"),
    operatorUscc: field("运营单位统一社会信用代码", "Operator's social credit code"),
    operatorIsProvider: field("运营单位同时是服务商", "Operator is also a provider"),
    region: REGION,
    servedRegions: code("服务地区", "Regions served", "region"),
    industries: code("服务行业", "Industries served", "industry"),
    scenarios: SCENARIOS,
    services: nested("服务", "Services", {
      service: code("服务类型", "Service", "serviceType"),
      intensity: field("强度（1 至 5）", "Intensity (1 to 5)"),
    }),
    foundedOn: field("成立时间", "Founded", "date"),
    staffFte: field("专职人员（全时当量）", "Staff (FTE)"),
    website: field("网站", "Website", "url"),
    contactOffice: field("联系部门", "Office to contact"),
  },
  provider: {
    name: field("名称", "Name"),
    nameEn: field("英文名称", "Name in English"),
    aliases: field("其他名称", "Other names"),
    uscc: field("统一社会信用代码", "Unified social credit code"),
    usccCheck: code("代码校验", "Code check", "usccStatus"),
    providerTypes: code("服务商类型", "Type of provider", "providerType"),
    region: REGION,
    foundedOn: field("成立时间", "Founded", "date"),
    sizeBand: code("企业规模", "Size", "sizeBand"),
    registeredCapital: field("注册资本", "Registered capital", "money"),
    employees: field("员工人数", "Employees"),
    industries: code("服务行业", "Industries served", "industry"),
    scenarios: SCENARIOS,
    systems: code("系统", "Systems", "systemType"),
    technologies: field("技术", "Technologies"),
    services: code("服务类型", "Services", "serviceType"),
    serviceRegions: code("服务地区", "Regions served", "region"),
    products: nested("产品", "Products", {
      name: field("名称", "Name"),
      kind: code("类型", "Type", "systemType"),
      deliveryMode: code("交付方式", "Delivery", "deliveryMode"),
      priceBand: field("价格区间", "Price band"),
      interfaces: field("接口", "Interfaces"),
    }),
    qualifications: nested("资质", "Qualifications", {
      name: field("名称", "Name"),
      grade: field("等级", "Grade"),
      issuer: field("颁发单位", "Issuer"),
      validUntil: field("有效期至", "Valid until", "date"),
    }),
    honours: field("荣誉", "Honours"),
    website: field("网站", "Website", "url"),
    selfDescription: field("自我介绍", "Self-description", "claim"),
    claimedCases: field("自述案例数", "Cases claimed", "claim"),
    unmapped: UNMAPPED,
  },
  case: {
    title: field("标题", "Title"),
    titleEn: TITLE_EN,
    abstract: field("摘要", "Abstract"),
    client: nested("企业（匿名）", "Client (anonymized)", CLIENT),
    clientNamed: field("企业名称（已获同意）", "Client (named with consent)"),
    consentRef: field("同意书编号", "Consent on record"),
    scenarios: SCENARIOS,
    systems: code("系统", "Systems", "systemType"),
    painPoints: field("痛点", "Pain points"),
    solution: field("解决方案", "Solution"),
    providers: nested("服务商", "Providers", {
      name: field("名称", "Name"),
      uscc: field("统一社会信用代码", "Social credit code"),
      role: code("角色", "Role", "caseRole"),
    }),
    investment: field("投入", "Investment", "money"),
    started: field("开始", "Started"),
    finished: field("完成", "Finished"),
    stage: code("阶段", "Stage", "engagementStage"),
    outcomes: field("自述成效（不参与合并统计）", "Claimed effects (never pooled)", "outcome"),
    outcomeText: field("成效描述", "Effects in words"),
    unmapped: UNMAPPED,
  },
  policy: {
    title: field("标题", "Title"),
    docNo: field("文号", "Document number"),
    docNoAsWritten: field("原文号写法", "Number as written"),
    issuers: field("发文单位", "Issuers"),
    level: code("级别", "Level", "policyLevel"),
    region: code("适用地区", "Region", "region"),
    status: code("效力", "Status", "policyStatus"),
    summary: field("摘要", "Summary"),
    issuedOn: field("发文日期", "Issued", "date"),
    effectiveFrom: field("生效日期", "Effective from", "date"),
    validUntil: field("有效期至", "Valid until", "date"),
    supersedes: field("代替文件", "Supersedes"),
    supportModes: code("支持方式", "Support", "supportMode"),
    amountMax: field("单家最高金额", "Most for one applicant", "money"),
    ratioMax: field("最高比例", "Most as a share of the cost", "ratio"),
    targetIndustries: code("适用行业", "Industries", "industry"),
    targetSizes: code("适用规模", "Sizes", "sizeBand"),
    applyUntil: field("申报截止", "Apply until", "date"),
    url: field("原文", "Text", "url"),
  },
  training: {
    title: field("标题", "Title"),
    titleEn: TITLE_EN,
    description: field("内容", "What is taught"),
    audience: code("对象", "Audience", "trainingAudience"),
    scenarios: SCENARIOS,
    mode: code("形式", "Mode", "attendanceMode"),
    hours: field("学时", "Hours"),
    capacity: field("名额", "Places"),
    enrolled: field("报名人数", "Enrolled"),
    completed: field("结业人数", "Completed"),
    certificate: field("证书", "Certificate"),
    startsOn: field("开始日期", "Starts", "date"),
    endsOn: field("结束日期", "Ends", "date"),
    organiser: field("主办单位", "Organiser"),
    feeCny: field("费用（元）", "Fee (CNY)"),
    region: code("地区", "Region", "region"),
  },
  event: {
    title: field("标题", "Title"),
    titleEn: TITLE_EN,
    description: field("内容", "About"),
    eventType: code("活动类型", "Type of event", "eventType"),
    heldOn: field("日期", "Held on", "date"),
    mode: code("形式", "Mode", "attendanceMode"),
    region: code("地区", "Region", "region"),
    attendeeOrgs: field("参加单位数", "Organisations"),
    attendeePersons: field("参加人数", "Persons"),
    leads: field("对接数", "Contacts made"),
    contractsSigned: field("签约数", "Contracts signed"),
    url: field("网址", "URL", "url"),
  },
  outcome: {
    epoch: field("发布期", "Epoch"),
    releaseSeq: field("发布序号", "Release"),
    part: field("分片序号", "Part"),
    parts: field("分片数", "Parts"),
    unit: field("计数单位", "Unit"),
    attackerProfile: field("检验所用的攻击者模型", "Attacker model"),
    consentBasis: field("法律依据", "Legal basis"),
    policy: nested("发布规则", "Rules", {
      policyId: field("规则编号", "Rule set"),
      k: field("每组最少企业数 k", "Fewest groups k"),
      l: field("每组最少结果类数 l", "Fewest outcome classes l"),
      shareCap: field("单一结果最大占比", "Largest share"),
      m: field("最少兼容服务商数 m", "Fewest providers m"),
      kSatisfaction: field("满意度最少企业数", "Fewest groups for satisfaction"),
      techniques: field("技术", "Techniques"),
      concentration: field("集中度参数承诺", "Commitment to concentration"),
    }),
    narratives: nested("经批准的说明", "Approved narratives", {
      text: field("说明", "Text"),
      bucketId: field("汇总组编号", "Bucket"),
      detectors: field("检测器版本", "Detectors"),
      approvedBy: field("批准角色（哈希）", "Approved by (hash)"),
    }),
    buckets: nested("汇总组", "Buckets", {
      label: field("标签", "Label"),
      level: field("层级", "Level"),
      n: field("记录数", "Records"),
      distinct: field("企业数", "Distinct groups"),
      kpi: field("指标统计", "KPI statistics"),
      cost: field("投入分布", "Cost bands"),
      months: field("周期分布", "Duration bands"),
      voucher: field("用券数", "With a voucher"),
      satisfied: field("满意数", "Satisfied"),
      scenarioFamilies: field("其他场景分布", "Further scenarios"),
      bucketId: field("编号", "Id"),
      commitment: field("记录承诺（Merkle 根）", "Commitment (Merkle root)"),
      nullifiers: field("记录废止符", "Nullifiers"),
    }),
    retracted: nested("撤回的汇总组", "Retracted buckets", {
      bucketId: field("编号", "Id"),
      reason: field("原因", "Reason"),
    }),
    noised: nested("加噪结果", "Noised answers", {
      statistic: field("统计量", "Statistic"),
      unit: field("隐私单位", "Unit of privacy"),
      values: field("数值", "Values"),
      rho: field("隐私代价 ρ", "Privacy cost ρ"),
      delta2Squared: field("敏感度 Δ₂²", "Sensitivity Δ₂²"),
      sigmaSquared: field("噪声方差 σ²", "Noise variance σ²"),
      cellsPerUnit: field("每单位格数", "Cells per unit"),
      gradeMax: field("等级上限", "Upper grade"),
      queryId: field("查询哈希", "Query hash"),
    }),
    budget: nested("隐私预算", "Privacy budget", {
      year: field("年份", "Year"),
      spentRho: field("本年已用", "Spent this year"),
      capYear: field("年度上限", "Cap a year"),
      capLife: field("终身上限", "Cap a lifetime"),
      ledgerHead: field("账本链首", "Head of the ledger"),
    }),
    agent: nested("代理", "Agent", {
      version: field("版本", "Version"),
      build: field("构建哈希", "Build hash"),
      sampler: field("采样器", "Sampler"),
      unprovenPaths: field("未经证明的代码", "Unproven code"),
    }),
    ladderHash: field("标签阶梯哈希", "Hash of the ladder"),
    hierarchies: field("层级哈希", "Hashes of the hierarchies"),
    prevReleaseHash: field("上一发布哈希", "Hash of the release before"),
  },
  demand: {
    title: field("标题", "Title"),
    client: nested("企业（匿名）", "Enterprise (anonymized)", CLIENT),
    scenarios: SCENARIOS,
    pains: field("痛点", "Pains"),
    currentSystems: code("现有系统", "Systems in place", "systemType"),
    targetLevel: field("目标水平", "Level wanted"),
    maturityLevel: field("成熟度等级 (GB/T 39116)", "Maturity level (GB/T 39116)"),
    budget: field("预算", "Budget", "money"),
    urgency: code("紧迫程度", "Urgency", "urgency"),
    deliveryMode: code("交付方式", "Delivery", "deliveryMode"),
    regionConstraint: code("服务商所在地要求", "Provider must be in", "region"),
    status: code("对接状态", "Status", "demandStatus"),
    publishedOn: field("发布日期", "Published", "date"),
  },
  voucher_programme: {
    title: field("标题", "Title"),
    issuer: field("发放单位", "Issuer"),
    summary: field("摘要", "Summary"),
    policyDocNo: field("依据文号", "Policy"),
    region: code("地区", "Region", "region"),
    amount: field("面额", "Face value", "money"),
    ratio: field("抵扣比例", "Share of the cost", "ratio"),
    issued: field("已发放", "Issued"),
    redeemed: field("已核销", "Redeemed"),
    validUntil: field("有效期至", "Valid until", "date"),
  },
};

/** The fields of a kind; empty for a kind that this version does not know. */
export function fieldsOf(kind: string): FieldTable {
  return TABLES[kind] ?? {};
}

/** Labels of the facet fields. */
export const FACET_LABELS: {
  readonly [field: string]: { readonly zh: string; readonly en: string };
} = {
  kind: { zh: "类别", en: "Kind" },
  center: { zh: "来源中心", en: "Center" },
  center_type: { zh: "中心类型", en: "Type of center" },
  region: { zh: "地区", en: "Region" },
  industry: { zh: "行业", en: "Industry" },
  scenario: { zh: "典型场景", en: "Scenario" },
  system: { zh: "系统", en: "System" },
  provider_type: { zh: "服务商类型", en: "Type of provider" },
  service: { zh: "服务类型", en: "Service" },
  size_band: { zh: "企业规模", en: "Size" },
  kpi: { zh: "成效指标", en: "KPI" },
  policy_level: { zh: "政策级别", en: "Policy level" },
  policy_status: { zh: "政策效力", en: "Policy status" },
  event_type: { zh: "活动类型", en: "Type of event" },
  year: { zh: "年份", en: "Year" },
  language: { zh: "语言", en: "Language" },
  license: { zh: "许可", en: "Licence" },
  label: { zh: "枢纽标注", en: "Hub's label" },
  state: { zh: "状态", en: "State" },
};

/** Schemes of the facet fields whose values are codes. */
export const FACET_SCHEMES: { readonly [field: string]: SchemeName } = {
  kind: "recordKind",
  center_type: "centerType",
  region: "region",
  industry: "industry",
  scenario: "scenario",
  system: "systemType",
  provider_type: "providerType",
  service: "serviceType",
  size_band: "sizeBand",
  kpi: "kpi",
  policy_level: "policyLevel",
  policy_status: "policyStatus",
  event_type: "eventType",
};
