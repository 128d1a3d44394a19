/**
 * Which comparisons the fields of a record set call for.
 *
 * @module
 */

import { codeComparison } from "./compare/code.ts";
import { companyComparison } from "./compare/company.ts";
import type { Comparison } from "./compare/comparison.ts";
import {
  cityComparison,
  dateComparison,
  emailComparison,
  phoneComparison,
  websiteComparison,
} from "./compare/contacts.ts";
import { addressComparison, personComparison, textComparison } from "./compare/texts.ts";
import type { EntitySchema, FieldType } from "./record.ts";

/** A comparison and the fields whose texts it reads. */
export interface FieldComparison {
  readonly comparison: Comparison;
  readonly fields: readonly string[];
}

const BY_TYPE: Readonly<
  Record<Exclude<FieldType, "company" | "given_name" | "surname">, (name: string) => Comparison>
> = {
  address: (name) => addressComparison(name) as Comparison,
  code: (name) => codeComparison(name) as Comparison,
  website: (name) => websiteComparison(name) as Comparison,
  email: (name) => emailComparison(name) as Comparison,
  phone: (name) => phoneComparison(name) as Comparison,
  date: (name) => dateComparison(name) as Comparison,
  city: (name) => cityComparison(name) as Comparison,
  text: (name) => textComparison(name) as Comparison,
};

/** The comparisons of a schema, in the order of its fields; names of one company are compared together. */
export function comparisonsOf({ fields }: EntitySchema): readonly FieldComparison[] {
  const ofType = (type: FieldType) =>
    fields.filter((field) => field.type === type).map(({ name }) => name);
  const companies = ofType("company");
  const list: FieldComparison[] = [];
  for (const { name, type } of fields) {
    if (type === "company") {
      if (name === companies[0]) {
        list.push({ comparison: companyComparison as Comparison, fields: companies });
      }
    } else if (type === "given_name" || type === "surname") {
      const other = ofType(type === "surname" ? "given_name" : "surname").slice(0, 1);
      list.push({ comparison: personComparison(name) as Comparison, fields: [name, ...other] });
    } else list.push({ comparison: BY_TYPE[type](name), fields: [name] });
  }
  return list;
}
