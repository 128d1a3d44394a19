/**
 * What the privacy gate found.
 *
 * @module
 */

/** What a piece of text turned out to be. */
export type FindingType =
  | "mobile"
  | "landline"
  | "email"
  | "resident_id"
  | "bank_card"
  | "wechat_id"
  | "qq_id"
  | IdentityType
  | ClaimType;

/** What names a client; looked for in texts about clients only. */
export type IdentityType =
  | "uscc"
  | "org_code"
  | "registration_number"
  | "url"
  | "ip_address"
  | "plate"
  | "patent"
  | "permit"
  | "company"
  | "person"
  | "address"
  /** A name of a client that the center knows. */
  | "client";

/** What narrows down who a client is without naming it. */
export type ClaimType = "superlative" | "magnitude";

/** Something that was masked before it could leave. Never holds what it was. */
export interface Finding {
  /** Path of the field in the body, list positions left out: "products.name". */
  readonly field: string;
  readonly type: FindingType;
  readonly count: number;
}

const NAMES_ZH: Readonly<Record<FindingType, string>> = {
  mobile: "手机号",
  landline: "座机号",
  email: "邮箱",
  resident_id: "身份证号",
  bank_card: "银行卡号",
  wechat_id: "微信号",
  qq_id: "QQ 号",
  uscc: "统一社会信用代码",
  org_code: "组织机构代码",
  registration_number: "注册号",
  url: "网址",
  ip_address: "IP 地址",
  plate: "车牌号",
  patent: "专利号",
  permit: "许可证号",
  company: "企业名称",
  person: "人名",
  address: "地址",
  client: "已知客户",
  superlative: "称号",
  magnitude: "精确数量",
};

/** What was found, in a word of each language. */
export function findingName(type: FindingType): { readonly en: string; readonly zh: string } {
  return { en: type.replaceAll("_", " "), zh: NAMES_ZH[type] };
}

/** What was masked, in both languages. */
export function maskedText({ field, type, count }: Finding): {
  readonly en: string;
  readonly zh: string;
} {
  const { en, zh } = findingName(type);
  return {
    en: `masked: ${en} in ${field}, ${count}`,
    zh: `已隐去：${field} 中的${zh}，${count} 处`,
  };
}

/** Adds findings of the same field and type together, in a stable order. */
export function mergeFindings(...lists: readonly (readonly Finding[])[]): Finding[] {
  const counts = new Map<string, Finding>();
  for (const finding of lists.flat()) {
    const id = `${finding.field}\0${finding.type}`;
    const count = (counts.get(id)?.count ?? 0) + finding.count;
    counts.set(id, { ...finding, count });
  }
  return [...counts.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, finding]) => finding);
}
