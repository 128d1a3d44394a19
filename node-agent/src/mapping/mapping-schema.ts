/**
 * The JSON Schema of mapping files, for editors: what may stand where, and the fields of each kind.
 *
 * @module
 */

import { z } from "zod";
import { fieldNamesOf } from "./fields.ts";
import { mappingSpec } from "./mapping-spec.ts";

/** A JSON Schema (2020-12) as a plain value; the same for the same version of the agent. */
export function mappingJsonSchema(): object {
  const schema = z.toJSONSchema(mappingSpec, { io: "input" }) as unknown as MappingSchema;
  const table = schema.properties.tables.items;
  const kinds = table.properties.kind.enum;
  return {
    ...schema,
    $id: "https://tributary.example/mapping.schema.json",
    title: "Tributary mapping",
    properties: {
      ...schema.properties,
      tables: {
        ...schema.properties.tables,
        items: { ...table, allOf: kinds.map((kind) => fieldsOf(kind)) },
      },
    },
  };
}

/** If the kind is this one, its fields are these. */
function fieldsOf(kind: (typeof mappingSpec)["_zod"]["output"]["tables"][number]["kind"]): object {
  return {
    if: { properties: { kind: { const: kind } }, required: ["kind"] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { properties: { fields: { propertyNames: { enum: fieldNamesOf(kind) } } } },
  };
}

interface MappingSchema {
  readonly properties: {
    readonly tables: {
      readonly items: {
        readonly properties: { readonly kind: { readonly enum: Parameters<typeof fieldsOf>[0][] } };
      };
    };
  };
}
