/** Invented registration facts of a provider, the same in every center that lists it. */
import { type CenterId, contentOf, type ProviderContent } from "./content/index.ts";
import { between, chance, fullWidth, pick } from "./mess.ts";
import { has } from "./oddities.ts";
import { creditCode, spoilCheck } from "./uscc.ts";

export interface Facts {
  readonly founded: string;
  /** In 10,000 yuan. */
  readonly capital: number;
  readonly staff: number;
  readonly qualifications: readonly string[];
  readonly served: number;
  readonly localTeam: boolean;
}

/** What the descriptions already say about a firm. */
const STATED: Readonly<Record<string, Partial<Facts>>> = {
  伟诚雨: { founded: "2012-04" },
  众昊: { founded: "2007-09" },
  十安妮: { founded: "2013-06" },
  韩河子: { founded: "2005-03" },
  哈源优: { staff: 31 },
  汇锦缘: { founded: "2016-11", staff: 326, capital: 12_000 },
  盛八诚: { founded: "1998-07", staff: 8600, capital: 260_000 },
  益水康: { staff: 5 },
  润道隆: { founded: "2021-03" },
};

/** Kinds of provider that are small firms as a rule. */
const LIGHT: ReadonlySet<string> = new Set(["LP", "CON", "TRN", "FIN", "OPS"]);

const QUALIFICATIONS: Readonly<Record<string, readonly string[]>> = {
  INT: ["高新技术企业", "ISO 9001", "CMMI3级", "智能制造系统解决方案供应商（自报）"],
  LP: ["创新型中小企业", "软件企业评估", "ISO 9001"],
  PLT: ["ISO 27001", "高新技术企业", "等保三级备案"],
  CON: ["两化融合管理体系咨询备案", "注册咨询师6名"],
  OPS: ["环境服务认证", "ISO 14001", "承装（修、试）四级"],
  EQ: ["高新技术企业", "专精特新中小企业", "ISO 9001", "发明专利7件"],
  SEC: ["网络安全服务资质二级", "CCRC", "ISO 27001"],
  AI: ["高新技术企业", "发明专利12件", "算法备案"],
  TRN: ["职业技能等级认定机构", "公共实训基地"],
  FIN: ["ISO 27001", "数据安全评估报告"],
  TST: ["CNAS", "CMA"],
  CL: ["省级工业互联网平台（示例）", "两化融合AAA", "CMMM三级"],
};

export function factsOf(provider: Pick<ProviderContent, "key" | "type">): Facts {
  const { key, type } = provider;
  const year = between(2003, 2023, `founded ${key}`);
  const month = String(between(1, 12, `month ${key}`)).padStart(2, "0");
  const pool = QUALIFICATIONS[type] ?? [];
  const light = LIGHT.has(type);
  const capitals = light
    ? [30, 50, 100, 100, 200, 300, 500]
    : [100, 200, 300, 500, 500, 800, 1000, 2000, 3000];
  return {
    founded: `${year}-${month}`,
    capital: pick(capitals, `capital ${key}`),
    staff: between(light ? 7 : 24, light ? 64 : 186, `staff ${key}`),
    qualifications: pool.filter((name) => chance(0.6, `${key} ${name}`)),
    served: between(3, 240, `served ${key}`),
    localTeam: chance(0.6, `local ${key}`),
    ...STATED[key],
  };
}

let codes: ReadonlyMap<string, string> | undefined;

/** Key of a provider to its right code; a firm that two centers list has one. */
export function creditCodes(): ReadonlyMap<string, string> {
  if (codes !== undefined) return codes;
  const map = new Map<string, string>();
  const centers: readonly CenterId[] = ["jiangnan", "copper", "smes"];
  for (const provider of centers.flatMap((center) => contentOf(center).providers)) {
    if (!map.has(provider.key)) map.set(provider.key, creditCode(provider.region, map.size + 1));
  }
  codes = map;
  return map;
}

export function creditCodeOf(key: string): string {
  const code = creditCodes().get(key);
  if (code === undefined) throw new Error(`No provider ${key}`);
  return code;
}

/** The code as this center wrote it down. */
export function writtenCode(center: CenterId, provider: ProviderContent): string {
  const { key, region } = provider;
  const code = creditCodeOf(key);
  if (has(center, "code-missing", key)) return key === "瑞新" ? "办理中" : "";
  if (has(center, "wrong-check-digit", key)) return spoilCheck(code);
  if (has(center, "code-lost-in-excel", key)) return "9.13601E+17";
  if (has(center, "code-with-spaces", key)) {
    return `${code.slice(0, 2)} ${code.slice(2, 8)} ${code.slice(8)} `;
  }
  if (has(center, "code-lower-case", key)) return code.toLowerCase();
  if (has(center, "code-full-width", key)) return fullWidth(code);
  if (has(center, "old-registration-number", key)) {
    return `${region}2${String(between(0, 99_999_999, key)).padStart(8, "0")}`;
  }
  return code;
}

/** The name of a provider as the cases of a center quote it: whole, or the trade name. */
export function nameOf(center: CenterId, key: string): string {
  const own = contentOf(center).providers.find((provider) => provider.key === key);
  return own?.name ?? foreignName(key);
}

function foreignName(key: string): string {
  for (const center of ["jiangnan", "copper", "smes"] as const) {
    const found = contentOf(center).providers.find((provider) => provider.key === key);
    if (found !== undefined) return found.name;
  }
  throw new Error(`No provider ${key}`);
}
