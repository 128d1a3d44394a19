/**
 * Records for tests and for a look at the page. Synthetic; names are invented.
 *
 * @module
 */

import type { Center, PublishedRecord } from "./federation.ts";

const providers: PublishedRecord[] = [
  {
    key: "P-001",
    title: "清河智造科技有限公司 · Qinghe Smart Manufacturing",
    summary: "面向铜加工企业的设备预测性维护与能耗优化，提供边缘采集、模型训练与现场实施。",
    facets: {
      region: ["320000"],
      industry: ["32", "35"],
      scenario: ["S11"],
      provider_type: ["integrator"],
      system: ["mes", "phm"],
    },
    body: {
      kind: "provider",
      value: {
        name: "清河智造科技有限公司",
        nameEn: "Qinghe Smart Manufacturing",
        aliases: ["清河智造"],
        usccCheck: "missing",
        providerTypes: ["integrator"],
        region: "320500",
        foundedOn: "2014-03",
        sizeBand: "small",
        registeredCapital: { amount: 12_000_000, currency: "CNY" },
        employees: 86,
        industries: ["32", "35"],
        scenarios: ["S11"],
        systems: ["mes", "phm"],
        technologies: ["振动分析", "OPC UA"],
        services: ["diagnosis", "implementation"],
        products: [
          { name: "清河云维 QH-PHM", kind: "phm", deliveryMode: "saas", interfaces: ["OPC UA"] },
        ],
        qualifications: [{ name: "CMMI", grade: "3", validUntil: "2027-05-31" }],
        serviceRegions: ["320000", "330000"],
        website: "https://qinghe.example",
        selfDescription: "国内领先的铜加工智能化服务商。",
        claimedCases: 42,
      },
    },
  },
  {
    key: "P/002 甲",
    title: "North Lake Data <Systems> & Co.",
    summary: "Production planning & scheduling for small firms; predictive maintenance on request.",
    license: "ODC-By-1.0",
    facets: {
      region: ["330000"],
      industry: ["34"],
      provider_type: ["light_product"],
      system: ["aps"],
    },
    body: {
      kind: "provider",
      value: {
        name: "North Lake Data <Systems> & Co.",
        providerTypes: ["light_product"],
        region: "330100",
        systems: ["aps"],
        selfDescription: "<script>alert(1)</script> is not a product of ours.",
      },
    },
  },
];

const cases: PublishedRecord[] = [
  {
    key: "C-2025-01",
    title: "铜板带轧机预测性维护",
    summary: "在两条热轧线上部署振动与温度采集，停机时间下降，备件库存减少。",
    facets: {
      region: ["320000"],
      industry: ["32"],
      scenario: ["S11"],
      system: ["phm"],
      year: ["2025"],
    },
    body: {
      kind: "case",
      value: {
        title: "铜板带轧机预测性维护",
        titleEn: "Predictive maintenance of copper strip mills",
        abstract: "在两条热轧线上部署振动与温度采集，停机时间下降，备件库存减少。",
        client: { industry: "32", region: "320500", sizeBand: "large", ownership: "private" },
        scenarios: ["S11"],
        systems: ["phm"],
        painPoints: "轴承损坏造成的非计划停机。",
        solution: "加装传感器，边缘侧提取特征，云端训练剩余寿命模型。",
        providers: [{ name: "清河智造科技有限公司", role: "lead" }],
        investment: { amount: 1_800_000, currency: "CNY", amountMax: 2_200_000 },
        started: "2024Q3",
        finished: "2025Q1",
        stage: "accepted",
        outcomes: [
          {
            kpi: "OEE",
            valueKind: "level_change",
            value: 6.5,
            unit: "pp",
            op: "eq",
            method: "center",
          },
        ],
      },
    },
  },
];

const policies: PublishedRecord[] = [
  {
    key: "苏数〔2025〕7号",
    title: "中小企业数字化改造补助办法（示例）",
    summary: "对通过验收的改造项目按投入的 30% 给予事后奖补，单家最高 50 万元。",
    facets: {
      region: ["320000"],
      policy_level: ["provincial"],
      policy_status: ["in_force"],
      year: ["2025"],
    },
    body: {
      kind: "policy",
      value: {
        title: "中小企业数字化改造补助办法（示例）",
        docNo: "苏数〔2025〕7号",
        issuers: ["示例省工业和信息化厅"],
        level: "provincial",
        region: "320000",
        issuedOn: "2025-02-10",
        validUntil: "2027-12-31",
        status: "in_force",
        supportModes: ["subsidy"],
        amountMax: { amount: 500_000, currency: "CNY" },
        ratioMax: 0.3,
        targetSizes: ["small", "micro"],
        summary: "对通过验收的改造项目按投入的 30% 给予事后奖补，单家最高 50 万元。",
      },
    },
  },
];

/** Enough of one kind for several pages. */
const events: PublishedRecord[] = Array.from({ length: 45 }, (_, index) => {
  const title = `数字化转型供需对接会 第 ${index + 1} 场`;
  return {
    key: `E-${String(index + 1).padStart(3, "0")}`,
    title,
    summary: "中小企业与服务商面对面，现场诊断。",
    facets: { region: ["330000"], event_type: ["matchmaking"], year: ["2026"] },
    body: {
      kind: "event",
      value: {
        title,
        eventType: "matchmaking",
        heldOn: "2026-04-18",
        mode: "onsite",
        region: "330200",
        attendeeOrgs: 30 + index,
        description: "中小企业与服务商面对面，现场诊断。",
      },
    },
  } as const;
});

export const CENTERS: readonly Center[] = [
  { id: "jiangnan", name: "江南区域数字化转型促进中心", records: [...providers, ...policies] },
  { id: "copper", name: "铜产业数字化转型促进中心", records: cases },
  { id: "smes", name: "中小企业数字化转型联合促进中心", records: events },
];

/** How many records {@link CENTERS} publish. */
export const RECORD_COUNT: number = CENTERS.reduce((sum, { records }) => sum + records.length, 0);
