import { TributaryError } from "@tributary/proto";
import type { Hierarchy, HierarchyNode } from "./hierarchy.ts";

/** Records as an attacker could know them: one column a quasi-identifier, values as numbers of its hierarchy. */
export interface WhatIfTable {
  readonly size: number;
  readonly attributes: readonly Hierarchy[];
  /** By attribute, then by record. */
  readonly columns: readonly Uint32Array[];
}

/** Records that share one label and cannot be told apart by it. */
export interface EquivalenceClass {
  /** Their numbers in the table, ascending. */
  readonly records: Uint32Array;
  /** By attribute. */
  readonly label: readonly HierarchyNode[];
}

/**
 * Reads records, each with one value for each attribute, in the same order.
 *
 * @throws {TributaryError} `ERR_ARGUMENT_INVALID` if a value is not in the hierarchy of its attribute.
 */
export function readTable(
  attributes: readonly Hierarchy[],
  records: readonly (readonly string[])[],
): WhatIfTable {
  const columns = attributes.map(({ name, numberOf }, attribute) =>
    Uint32Array.from(records, (record, index) => {
      const value = record[attribute];
      const number = numberOf.get(value ?? "");
      if (number === undefined) {
        throw new TributaryError(
          "ERR_ARGUMENT_INVALID",
          `record ${index + 1}: ${JSON.stringify(value ?? "")} is not in the hierarchy of ${name}`,
          {
            messageZh: `第 ${index + 1} 条记录：${JSON.stringify(value ?? "")} 不在 ${name} 的泛化层级中`,
          },
        );
      }
      return number;
    }),
  );
  return { size: records.length, attributes, columns };
}
