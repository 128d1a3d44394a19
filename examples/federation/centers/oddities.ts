/** The oddities that are planted on purpose. The writers apply them and tests may count them. */
import type { CenterId } from "./content/index.ts";

export type OddityKind =
  | "wrong-check-digit"
  | "code-lost-in-excel"
  | "code-with-spaces"
  | "code-lower-case"
  | "code-full-width"
  | "code-missing"
  | "old-registration-number"
  | "duplicate-row"
  | "empty-name"
  | "total-row"
  | "no-date"
  | "phone-in-text"
  | "kpi-ambiguous"
  | "kpi-sign-slip"
  | "kpi-duration"
  | "cmmm-local-label"
  | "same-firm-two-centers"
  | "similar-name-other-firm"
  | "operator-is-provider"
  | "case-in-two-files"
  | "retired-region-code"
  | "region-outside-standard";

export interface Oddity {
  readonly center: CenterId;
  /** `file`, `file#sheet` or table. */
  readonly source: string;
  /** Trade name of a provider, the beginning of a title, or empty. */
  readonly key: string;
  readonly kind: OddityKind;
  readonly note?: string;
}

const J = "providers.csv";
const W25 = "台账2025.xlsx";
const W26 = "台账2026.xlsx";

function odd(
  center: CenterId,
  source: string,
  key: string,
  kind: OddityKind,
  note?: string,
): Oddity {
  return note === undefined ? { center, source, key, kind } : { center, source, key, kind, note };
}

export const ODDITIES: readonly Oddity[] = [
  odd("jiangnan", J, "富庆", "wrong-check-digit"),
  odd("jiangnan", J, "格格年", "wrong-check-digit"),
  odd("copper", `${W26}#服务商`, "智益丝", "wrong-check-digit"),
  odd("smes", "suppliers", "骏健", "wrong-check-digit"),
  odd("jiangnan", J, "佳家泉", "code-lost-in-excel", "text 9.13601E+17"),
  odd("copper", `${W25}#服务商`, "果永园", "code-lost-in-excel", "number 913606030000000000"),
  odd("jiangnan", J, "优坤", "code-with-spaces"),
  odd("copper", `${W26}#服务商`, "通宇度", "code-with-spaces"),
  odd("jiangnan", J, "思运海", "code-lower-case"),
  odd("copper", `${W26}#服务商`, "名江", "code-lower-case"),
  odd("jiangnan", J, "时福园", "code-full-width"),
  odd("copper", `${W26}#服务商`, "四典", "code-full-width"),
  odd("jiangnan", J, "真地隆", "code-missing"),
  odd("jiangnan", J, "莱盈人", "code-missing"),
  odd("jiangnan", J, "瑞新", "code-missing", "written as 办理中"),
  odd("copper", `${W26}#服务商`, "博冠", "code-missing"),
  odd("copper", `${W26}#服务商`, "鲁人", "code-missing", "only a short name"),
  odd("smes", "suppliers", "山民", "code-missing"),
  odd("smes", "suppliers", "悦优旺", "code-missing"),
  odd("smes", "suppliers", "福道科", "code-missing", "only a short name"),
  odd("smes", "suppliers", "苏赢", "code-missing", "only a short name"),
  odd("smes", "suppliers", "泰力", "code-missing", "name says Ningbo, city Changsha"),
  odd("jiangnan", J, "赛兰子", "old-registration-number"),
  odd("jiangnan", J, "众昊", "old-registration-number"),
  odd("smes", "suppliers", "莱王台", "old-registration-number"),
  odd("jiangnan", J, "慧艺", "duplicate-row", "the same row once more, lower down"),
  odd("jiangnan", J, "通宇度", "duplicate-row", "again, with another contact and no code"),
  odd("jiangnan", "cases.csv", "加热炉烧得明白", "duplicate-row", "again under a new number"),
  odd("copper", `${W25}#服务商`, "豪惠", "duplicate-row", "again, name without the province"),
  odd("smes", "suppliers", "骏健", "duplicate-row", "a second id"),
  odd("jiangnan", J, "", "empty-name", "two rows"),
  odd("jiangnan", "cases.csv", "", "empty-name", "one row without a title"),
  odd("copper", `${W25}#服务商`, "", "empty-name", "one row with a number only"),
  odd("smes", "suppliers", "", "empty-name", "one row with the name ''"),
  odd("jiangnan", J, "", "total-row"),
  odd("jiangnan", "cases.csv", "", "total-row"),
  odd("copper", `${W25}, ${W26}`, "", "total-row", "every list sheet"),
  odd("jiangnan", J, "隆韵", "no-date", "成立时间 = 老厂更早"),
  odd("jiangnan", "cases.csv", "出口家具柜", "no-date", "验收时间 = 待定"),
  odd("copper", `${W25}#案例`, "高砷烟尘库", "no-date", "验收时间 = 见合同"),
  odd("smes", "suppliers", "长客", "no-date", "founded = 'see licence'"),
  odd("jiangnan", "cases.csv", "小工厂的第一张甘特图", "phone-in-text"),
  odd("copper", `${W25}#案例`, "二十九人的阀门厂", "phone-in-text"),
  odd("smes", "projects", "Cobot rented by the month", "phone-in-text"),
  odd("jiangnan", "cases.csv", "交货率提高15%的背后", "kpi-ambiguous", "交货率提高15%"),
  odd("copper", `${W26}#案例`, "铜加工小厂的公共平台", "kpi-ambiguous", "交货率提高15%, n=18"),
  odd("jiangnan", "cases.csv", "水泥窑的氨水", "kpi-sign-slip", "能源利用率降低10%"),
  odd("copper", `${W26}#案例`, "产品碳足迹", "kpi-duration", "由45天缩短至7天"),
  odd("jiangnan", "cases.csv", "冲压车间换模", "cmmm-local-label", "四级(全流程智能化)"),
  odd("copper", `${W25}#案例`, "八吨铜带", "cmmm-local-label", "四级(全流程智能化)"),
  odd("copper", `${W26}#服务商`, "亚裕伦", "same-firm-two-centers", "有限公司 / 有限责任公司"),
  odd("copper", `${W26}#服务商`, "鲁人", "same-firm-two-centers", "short name, no code"),
  odd("copper", `${W26}#服务商`, "国森邦", "same-firm-two-centers", "有限公司 / 有限责任公司"),
  odd("copper", `${W26}#服务商`, "名江", "same-firm-two-centers", "code in lower case"),
  odd("copper", `${W26}#服务商`, "四典", "same-firm-two-centers", "code in full width"),
  odd("copper", `${W26}#服务商`, "云方", "same-firm-two-centers", "（江西） / (江西)"),
  odd("copper", `${W26}#服务商`, "通宇度", "same-firm-two-centers", "有限公司 / 股份有限公司"),
  odd("smes", "suppliers", "泰力", "same-firm-two-centers", "its company in Ningbo, no code"),
  odd("smes", "suppliers", "福道科", "same-firm-two-centers", "short name, no code"),
  odd("smes", "suppliers", "欧三妮", "same-firm-two-centers", "English name"),
  odd("smes", "suppliers", "慧艺", "same-firm-two-centers", "branch in brackets: （义乌办）"),
  odd("smes", "suppliers", "远锋", "same-firm-two-centers", "same name (with copper)"),
  odd("smes", "suppliers", "二普亿", "same-firm-two-centers", "有限责任公司 (with copper)"),
  odd("smes", "suppliers", "苏赢", "same-firm-two-centers", "short name, no code (with copper)"),
  odd("smes", "suppliers", "圣路莎", "same-firm-two-centers", "AI / ＡＩ (with copper)"),
  odd("jiangnan", J, "喜天园", "similar-name-other-firm", "软件 and 工程服务: two firms"),
  odd("copper", `${W25}#服务商`, "盛八诚", "operator-is-provider"),
  odd("copper", `${W25}#服务商`, "汇锦缘", "operator-is-provider", "subsidiary of the operator"),
  odd("copper", `${W26}#案例`, "高砷烟尘库", "case-in-two-files", "delivering, later accepted"),
  odd("smes", "suppliers", "长衣一", "retired-region-code", "320602 in the credit code"),
  odd("smes", "suppliers", "韩康汇", "region-outside-standard", "320571 in the credit code"),
];

/** Whether this row has the oddity. */
export function has(center: CenterId, kind: OddityKind, key: string): boolean {
  return ODDITIES.some(
    (entry) =>
      entry.center === center &&
      entry.kind === kind &&
      entry.key !== "" &&
      (entry.key === key || (key.startsWith(entry.key) && entry.key.length >= 4)),
  );
}
