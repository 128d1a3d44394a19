import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  type BodyOf,
  bodyMessages,
  bodySchemas,
  decodeBody,
  encodeBody,
  expectedFields,
  parseBody,
} from "./body.ts";
import { RECORD_KINDS, type RecordKind } from "./kind.ts";

const refused = expect.objectContaining({ code: "ERR_BODY_MALFORMED" });

/** The object schema under optional, list, map and so on; undefined if there is none. */
function objectOf(schema: z.ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodOptional) return objectOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return objectOf(schema.element as z.ZodType);
  if (schema instanceof z.ZodRecord) return objectOf(schema.valueType as z.ZodType);
  return undefined;
}

function nameOfType(schema: z.ZodType): string {
  if (schema instanceof z.ZodOptional) return nameOfType(schema.unwrap() as z.ZodType);
  return schema.def.type;
}

function expectedType(field: DescField): string {
  if (field.fieldKind === "list") return "array";
  if (field.fieldKind === "map") return "record";
  if (field.fieldKind === "message") return "object";
  switch (field.scalar) {
    case ScalarType.STRING:
      return "string";
    case ScalarType.BOOL:
      return "boolean";
    case ScalarType.BYTES:
      return "custom";
    default:
      return "number";
  }
}

/** All differences between a schema and the message that it describes. */
function differences(desc: DescMessage, schema: z.ZodType, at: string): string[] {
  const shape = objectOf(schema)?.shape ?? {};
  const found: string[] = [];
  for (const field of desc.fields) {
    const member = shape[field.localName] as z.ZodType | undefined;
    const name = `${at}.${field.localName}`;
    if (member === undefined) {
      found.push(`${name} is missing`);
    } else if (nameOfType(member) !== expectedType(field)) {
      found.push(`${name} is ${nameOfType(member)}, should be ${expectedType(field)}`);
    } else if (field.message !== undefined) {
      found.push(...differences(field.message, member, name));
    }
  }
  for (const name of Object.keys(shape)) {
    if (!Object.hasOwn(desc.field, name)) found.push(`${at}.${name} is no field`);
  }
  return found;
}

describe.each(RECORD_KINDS.map((kind) => ({ kind })))("the schema of $kind", ({ kind }) => {
  test("has exactly the fields of its message, of the same types, at every depth", () => {
    expect(differences(bodyMessages[kind], bodySchemas[kind], kind)).toEqual([]);
  });

  test("names fields of a complete record that exist", () => {
    const fields = Object.keys(bodyMessages[kind].field);
    expect(fields).toEqual(expect.arrayContaining([...expectedFields[kind]]));
  });
});

describe("a body", () => {
  test.each<[RecordKind, object, string]>([
    ["provider", {}, "name"],
    ["provider", { name: "" }, "name"],
    ["provider", { name: "a", nam: "b" }, "nam"],
    ["provider", { name: "a", website: "javascript:alert(1)" }, "website"],
    ["provider", { name: "a", website: "www.example.com" }, "website"],
    ["provider", { name: "a", registeredCapital: { amount: 2, amountMax: 1 } }, "amountMax"],
    ["provider", { name: "a", registeredCapital: { currency: "元" } }, "currency"],
    ["provider", { name: "a", employees: -1 }, "employees"],
    ["provider", { name: "a", selfDescription: "字".repeat(20_001) }, "selfDescription"],
    ["case", { title: "a", clientNamed: "某厂" }, "consentRef"],
    ["case", { title: "a", clientNamed: "某厂", consentRef: "" }, "consentRef"],
    ["case", { title: "a", started: "2025Q5" }, "started"],
    ["case", { title: "a", outcomes: [{ value: Number.NaN, kpi: "OEE" }] }, "value"],
    ["event", { title: "a", heldOn: "2025-13" }, "heldOn"],
    ["event", { title: "a", heldOn: "2023-02-29" }, "heldOn"],
    ["event", { title: "a", heldOn: "45352" }, "heldOn"],
    ["policy", { title: "a", ratioMax: 30 }, "ratioMax"],
    ["demand", { title: "a", maturityLevel: 6 }, "maturityLevel"],
    ["center", { name: "a", services: [{ service: "x", intensity: 6 }] }, "intensity"],
    ["center", { name: "a", region: "江西" }, "region"],
  ])("of a %s is refused as %j, naming %s in both languages", (kind, value, field) => {
    let error: unknown;
    try {
      parseBody(kind, value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toEqual(refused);
    expect(error).toMatchObject({ message: expect.stringContaining(field) });
    expect(error).toMatchObject({ messageZh: expect.stringContaining(field) });
  });

  test.each(["2025", "2025-06", "2024-02-29"])("may hold the date %s", (heldOn) => {
    expect(parseBody("event", { title: "a", heldOn })).toEqual({ title: "a", heldOn });
  });

  test("leaves out what is empty, and keeps a zero that was said", () => {
    const value: BodyOf<"training"> = { title: "a", scenarios: [], mode: undefined, feeCny: 0 };
    expect(decodeBody("training", encodeBody("training", value))).toEqual({
      title: "a",
      feeCny: 0,
    });
  });

  test("holds its own copy of the bytes", () => {
    const hash = new Uint8Array(32).fill(7);
    const value: BodyOf<"outcome"> = { epoch: "2026Q1", policy: { k: 5 }, ladderHash: hash };
    const buffer = Buffer.from(encodeBody("outcome", value));
    const decoded = decodeBody("outcome", buffer);
    buffer.fill(0);
    expect(decoded).toEqual(value);
  });

  test("is not encoded above the limit on bytes", () => {
    const unmapped = Array.from({ length: 500 }, () => "字".repeat(500));
    expect(() => encodeBody("provider", { name: "a", unmapped })).toThrow(refused);
  });
});
