import { describe, expect, test } from "vitest";
import { fieldNamesOf } from "./fields.ts";
import { mappingJsonSchema } from "./mapping-schema.ts";

describe("mapping.schema.json", () => {
  // When the format changed on purpose, with the flag last: vitest run node-agent/src/mapping/mapping-schema.test.ts -u
  test("is the schema of this version", async () => {
    const text = `${JSON.stringify(mappingJsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../mapping.schema.json");
  });

  test("knows the fields of each kind", () => {
    const text = JSON.stringify(mappingJsonSchema());
    for (const kind of ["provider", "case", "center"] as const) {
      expect(text).toContain(JSON.stringify(fieldNamesOf(kind)));
    }
  });

  test("refuses unknown names at every level", () => {
    const schema = mappingJsonSchema() as {
      additionalProperties: boolean;
      properties: { tables: { items: { additionalProperties: boolean } } };
    };
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.tables.items.additionalProperties).toBe(false);
  });
});
