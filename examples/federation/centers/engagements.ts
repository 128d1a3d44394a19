/** The engagements of three years as each center keeps them: invented enterprises, with what was measured. */
import { type CenterId, contentOf, type ProviderContent } from "./content/index.ts";
import { writtenCode } from "./facts.ts";
import { between, chance, contact, messyDate, messyYes, pick } from "./mess.ts";
import { creditCode } from "./uscc.ts";

/** One row, as written: what a column is called differs from center to center. */
export interface EngagementRow {
  readonly number: string;
  readonly client: string;
  readonly clientCode: string;
  readonly group: string;
  readonly sector: string;
  readonly size: string;
  readonly scenario: string;
  readonly provider: string;
  readonly providerCode: string;
  readonly accepted: string;
  readonly months: string;
  /** In 10,000 yuan. */
  readonly cost: string;
  readonly voucher: string;
  readonly satisfaction: string;
  readonly indicator: string;
  readonly before: string;
  readonly after: string;
  readonly unit: string;
  readonly verified: string;
  readonly contact: string;
  readonly phone: string;
}

/** Quarters that the sheets cover: October 2023 to September 2026. */
const QUARTERS = 12;
const FIRST_MONTH = 9;
const FIRST_YEAR = 2023;
const ROWS_A_QUARTER = 96;
const CLIENTS = 620;
/** Providers that a center engages; the first ones the most. */
const PROVIDERS = 6;

interface Service {
  readonly names: readonly string[];
  readonly indicator: string;
  readonly unit: string;
  /** Usual level before. */
  readonly level: number;
  /** Usual improvement, in points or percent. */
  readonly effect: number;
  /** True where the level should fall and the effect is a share of it. */
  readonly falls: boolean;
}

const SERVICES: readonly Service[] = [
  {
    names: ["车间智能排产", "智能排产", "S09"],
    indicator: "准时交付率",
    unit: "%",
    level: 82,
    effect: 8,
    falls: false,
  },
  {
    names: ["能源智能管控", "S16"],
    indicator: "单位产值能耗",
    unit: "千克标煤/万元",
    level: 64,
    effect: 11,
    falls: true,
  },
  {
    names: ["设备故障诊断与预测", "预测性维护", "S28"],
    indicator: "设备非计划停机",
    unit: "小时/月",
    level: 46,
    effect: 16,
    falls: true,
  },
  {
    names: ["质量精准追溯", "S25"],
    indicator: "产品不良品率",
    unit: "%",
    level: 3.6,
    effect: 13,
    falls: true,
  },
];

const SECTORS: Readonly<Record<CenterId, readonly string[]>> = {
  jiangnan: [
    "汽车零部件及配件制造",
    "3670",
    "电子元件及电子专用材料制造",
    "39",
    "通用设备制造业",
    "金属制品业",
  ],
  copper: [
    "有色金属压延加工",
    "3251",
    "有色金属冶炼和压延加工业",
    "电线、电缆、光缆及电工器材制造",
    "38",
    "金属制品业",
  ],
  smes: [
    "通用设备制造业",
    "34",
    "金属制品业",
    "电气机械和器材制造业",
    "汽车零部件及配件制造",
    "纺织服装、服饰业",
  ],
};

const PLACES: Readonly<Record<CenterId, readonly string[]>> = {
  jiangnan: ["赣州", "南昌", "九江", "吉安", "宜春"],
  copper: ["鹰潭", "上饶", "贵溪", "抚州"],
  smes: ["宁波", "绍兴", "台州", "温州", "嘉兴"],
};

const REGION: Readonly<Record<CenterId, string>> = {
  jiangnan: "360700",
  copper: "360600",
  smes: "330200",
};

const SIZES: readonly string[] = ["小型", "小型企业", "小", "中型", "中", "微型", "大型"];
const WORDS = ["宏远", "金泰", "华锐", "鼎丰", "立诚", "瑞达", "众邦", "正新", "昌盛", "恒力"];
const TRADES = ["精密", "机电", "电子", "铜材", "五金", "电缆", "纺织", "汽配"];

/** All rows of a center, in the order in which they were accepted; the same rows each time. */
export function engagementsOf(center: CenterId): EngagementRow[] {
  const providers = engaged(center);
  return Array.from({ length: QUARTERS * ROWS_A_QUARTER }, (_, index) =>
    rowOf(center, providers, index),
  );
}

function rowOf(
  center: CenterId,
  providers: readonly ProviderContent[],
  index: number,
): EngagementRow {
  const salt = `engagement ${center} ${index}`;
  const number = between(0, CLIENTS - 1, `client ${salt}`);
  const client = `client ${center} ${number}`;
  // A client stays with its provider more often than not.
  const choice = chance(0.6, `stays ${salt}`) ? `usual ${client}` : `provider ${salt}`;
  const rank = Math.floor((between(0, 999, choice) / 1000) ** 1.7 * providers.length);
  const provider = providers[rank] as ProviderContent;
  const service = pick(SERVICES, `service ${salt}`);
  const { before, after } = measured(service, provider.key, salt);
  const person = contact(client);
  const place = pick(PLACES[center], `place ${client}`);
  const name = pick(WORDS, `word ${client}`) + pick(TRADES, `trade ${client}`);
  return {
    number: `${center === "smes" ? "P" : "CX"}-${String(index + 1).padStart(4, "0")}`,
    client: `${place}${name}${number}号有限公司`,
    clientCode: chance(0.7, `code ${client}`)
      ? creditCode(REGION[center], 1_000 * (1 + between(0, 8, center)) + number)
      : "",
    group: chance(0.03, `group ${client}`)
      ? `${place}${pick(WORDS, `group ${number % 7}`)}集团`
      : "",
    sector: pick(SECTORS[center], `sector ${client}`),
    size: pick(SIZES, `size ${client}`),
    scenario: pick(service.names, `scenario ${salt}`),
    provider: provider.name,
    providerCode: chance(0.05, `blank ${salt}`) ? "" : writtenCode(center, provider),
    accepted: messyDate(acceptedOn(index, salt), `date ${salt}`),
    months: String(between(1, 14, `months ${salt}`)),
    cost: String(between(6, 260, `cost ${salt}`)),
    voucher: messyYes(chance(0.35, `voucher ${salt}`), `voucher words ${salt}`),
    satisfaction: String(pick([5, 5, 4, 4, 4, 3, 3, 2], `satisfaction ${salt}`)),
    indicator: service.indicator,
    before,
    after,
    unit: service.unit,
    verified: pick(["中心核验", "中心核验", "第三方评估", "系统测量", "企业自报"], `by ${salt}`),
    contact: person.name,
    phone: person.phone,
  };
}

/** Day of acceptance: spread over the quarter that the row belongs to. */
function acceptedOn(index: number, salt: string): string {
  const month =
    FIRST_MONTH + 3 * Math.floor(index / ROWS_A_QUARTER) + between(0, 2, `month ${salt}`);
  const date = new Date(Date.UTC(FIRST_YEAR, month, between(1, 28, `day ${salt}`)));
  return date.toISOString().slice(0, 10);
}

/** Levels before and after: the service's usual effect, the provider's skill, and luck. */
function measured(service: Service, provider: string, salt: string) {
  const skill = between(-4, 6, `skill ${provider} ${service.indicator}`);
  const luck = between(-9, 9, `luck ${salt}`) + between(-6, 6, `more luck ${salt}`);
  const effect = service.effect + skill + luck;
  const level = service.level * (1 + between(-15, 15, `level ${salt}`) / 100);
  const after = service.falls ? level * (1 - effect / 100) : Math.min(99.5, level + effect);
  const digits = level < 10 ? 2 : 1;
  return { before: level.toFixed(digits), after: after.toFixed(digits) };
}

/** The providers that the center engages: those whose code it has. */
function engaged(center: CenterId): readonly ProviderContent[] {
  return contentOf(center)
    .providers.filter(({ type }) => ["INT", "LP", "PLT", "AI", "EQ"].includes(type))
    .filter((provider) => /^[0-9A-Z]{18}$/.test(writtenCode(center, provider)))
    .slice(0, PROVIDERS);
}
