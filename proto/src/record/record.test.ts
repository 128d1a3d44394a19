import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_BODY_BYTES, MAX_RECORD_BYTES } from "../limits.ts";
import { isRecordKey } from "./identifier.ts";
import { RECORD_KINDS } from "./kind.ts";
import { decodeRecord, encodeRecord, type RecordValue } from "./record.ts";
import { parseUrn, urnOf } from "./urn.ts";

const refused = expect.objectContaining({ code: "ERR_RECORD_MALFORMED" });

const key = fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter(isRecordKey);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const millis = fc.nat(Number.MAX_SAFE_INTEGER);
const centerId = fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){1,10}$/);

const record: fc.Arbitrary<RecordValue> = fc
  .record({
    salt: bytes(16),
    kind: fc.constantFrom(...RECORD_KINDS),
    key,
    operation: fc.constantFrom("upsert", "withdraw"),
    revision: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    readers: fc.uniqueArray(centerId, { maxLength: 5 }),
    license: fc.string({ maxLength: 50 }),
    validUntilMs: fc.option(millis, { nil: undefined }),
    body: fc.uint8Array({ maxLength: 100 }),
    provenance: fc.option(
      fc.record({
        sourceId: centerId,
        table: fc.string({ maxLength: 50 }),
        row: fc.nat(),
        mappingId: bytes(8),
        readAtMs: millis,
      }),
      { nil: undefined },
    ),
  })
  .map(({ readers, body, ...rest }) => ({
    ...rest,
    visibility: readers.length > 0 ? ("centers" as const) : ("public" as const),
    visibleTo: readers.sort(),
    body: rest.operation === "withdraw" ? new Uint8Array() : body,
  }));

describe("a record", () => {
  test("comes back from its bytes, for any record", () => {
    fc.assert(
      fc.property(record, (value) => {
        expect(decodeRecord(encodeRecord(value))).toEqual(value);
      }),
    );
  });

  test("has one encoding: any change of a bit is refused or means something else", () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.nat(7), (value, seed, bit) => {
        const encoded = encodeRecord(value);
        const at = seed % encoded.length;
        const changed = encoded.with(at, (encoded[at] as number) ^ (1 << bit));
        try {
          const other = decodeRecord(changed);
          expect(other).not.toEqual(value);
          expect(encodeRecord(other)).toEqual(changed);
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("holds its own copy of the bytes", () => {
    const [value] = fc.sample(record, { numRuns: 1, seed: 1 }) as [RecordValue];
    const encoded = encodeRecord({ ...value, operation: "upsert", body: Uint8Array.of(1, 2) });
    const buffer = Buffer.from(encoded);
    const decoded = decodeRecord(buffer);
    buffer.fill(0);
    expect(decoded.body).toEqual(Uint8Array.of(1, 2));
    expect(decoded.salt).toEqual(value.salt);
  });

  const [sample] = fc.sample(record, { numRuns: 1, seed: 2 }) as [RecordValue];
  const base: RecordValue = {
    ...sample,
    operation: "upsert",
    visibility: "public",
    visibleTo: [],
  };
  const provenance = {
    sourceId: "src1",
    table: "",
    row: 1,
    mappingId: new Uint8Array(8),
    readAtMs: 0,
  };

  test("may be as large as its limits", () => {
    const visibleTo = Array.from({ length: 256 }, (_, i) => `a${i}`.padEnd(63, "b")).sort();
    const largest: RecordValue = {
      ...base,
      visibility: "centers",
      visibleTo,
      body: new Uint8Array(MAX_BODY_BYTES),
      license: "l".repeat(200),
      provenance: { ...provenance, table: "t".repeat(200), row: 2 ** 32 - 1 },
    };
    const encoded = encodeRecord(largest);
    expect(encoded.length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(decodeRecord(encoded)).toEqual(largest);
  });

  test.each<[string, Partial<RecordValue>]>([
    ["a body one byte too large", { body: new Uint8Array(MAX_BODY_BYTES + 1) }],
    ["a license one byte too long", { license: "l".repeat(201) }],
    ["a license with a lone surrogate", { license: "\ud800" }],
    ["revision 2^64", { revision: 2n ** 64n }],
    ["a negative revision", { revision: -1n }],
    ["a validity before 1970", { validUntilMs: -1 }],
    ["a validity of half a millisecond", { validUntilMs: 0.5 }],
    ["257 readers", { visibility: "centers", visibleTo: Array(257).fill("a1") }],
    ["a table one byte too long", { provenance: { ...provenance, table: "t".repeat(201) } }],
    ["a row beyond 32 bits", { provenance: { ...provenance, row: 2 ** 32 } }],
    ["a source id in upper case", { provenance: { ...provenance, sourceId: "A1" } }],
    ["a kind that is none", { kind: "nothing" as never }],
  ])("is not encoded with %s", (_, wrong) => {
    expect(() => encodeRecord({ ...base, ...wrong })).toThrow(refused);
  });
});

describe("a URN", () => {
  test("names one record, and is its only name, for any record", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RECORD_KINDS), centerId, key, (kind, center, name) => {
        const ref = { centerId: center, kind, key: name };
        const urn = urnOf(ref);
        expect(urn).toMatch(/^urn:dth:[a-z0-9-]+:[a-z_]+:[A-Za-z0-9._~%-]+$/);
        expect(parseUrn(urn)).toEqual(ref);
      }),
    );
  });
});
