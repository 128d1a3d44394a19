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
