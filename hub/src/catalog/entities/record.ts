/**
 * What entity resolution knows of a record: an id, where it comes from, and values by field. Provider records and any
 * other list of things with names come in this one form.
 *
 * @module
 */

/** What a field holds; it decides how two values are compared and by what they are found. */
export const FIELD_TYPES = [
  "company",
  "given_name",
  "surname",
  "address",
  "code",
  "website",
  "email",
  "phone",
  "date",
  "city",
  "text",
] as const;

/** Type of a field, see {@link FIELD_TYPES}. */
export type FieldType = (typeof FIELD_TYPES)[number];

/** A field of a record set. */
export interface EntityField {
  readonly name: string;
  readonly type: FieldType;
}

/** The fields of a record set. Fields of type `company` are names of one thing: legal name, short name, English name. */
export interface EntitySchema {
  readonly fields: readonly EntityField[];
}

/** One description of something. */
export interface EntityRecord {
  /** Unique in the whole set: for a record of the federation its URN. */
  readonly id: string;
  /** Who says so: the center. Empty where nobody is named. */
  readonly source: string;
  /** Position in the log of the record's first version, or any other number that never changes; the least is the oldest. */
  readonly since: number;
  /** Texts as written, by field name. Fields may be left out. */
  readonly values: Readonly<Record<string, string>>;
}

/** The fields in which a provider record comes. */
export const PROVIDER_SCHEMA: EntitySchema = {
  fields: [
    { name: "name", type: "company" },
    { name: "alias", type: "company" },
    { name: "alias2", type: "company" },
    { name: "alias3", type: "company" },
    { name: "nameEn", type: "company" },
    { name: "uscc", type: "code" },
    { name: "website", type: "website" },
    { name: "city", type: "city" },
    { name: "address", type: "address" },
    { name: "phone", type: "phone" },
  ],
};

/** Order of ids everywhere: by UTF-16 units, so that no locale changes a cluster. */
export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The oldest of some records: least {@link EntityRecord.since}, then least id. */
export function isOlder(a: EntityRecord, b: EntityRecord): boolean {
  return a.since !== b.since ? a.since < b.since : a.id < b.id;
}
