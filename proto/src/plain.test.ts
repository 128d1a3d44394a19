import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { MemberSchema, SetMemberStateRequestSchema } from "./gen/tributary/v1/admin_service_pb.ts";
import { CreditSchema, PublishResponseSchema } from "./gen/tributary/v1/ingest_service_pb.ts";
import { KpiStatisticsSchema, SealedBucketSchema } from "./gen/tributary/v1/outcome_pb.ts";
import { SearchRequestSchema } from "./gen/tributary/v1/query_service_pb.ts";
import { TrainingSchema } from "./gen/tributary/v1/training_pb.ts";
import { fromPlain, toPlain } from "./plain.ts";

const refused = expect.objectContaining({ code: "ERR_MESSAGE_MALFORMED" });

describe("a plain value", () => {
  test("has camelCase names, lower-case enums, numbers for 64-bit integers, and no defaults", () => {
    const message = create(MemberSchema, {
      centerId: "chengdu",
      state: 2,
      sinceMs: 5n,
      liveRecords: 2n ** 53n - 1n,
    });
    expect(toPlain(MemberSchema, message)).toEqual({
      centerId: "chengdu",
      state: "approved",
      sinceMs: 5,
      liveRecords: Number.MAX_SAFE_INTEGER,
    });
  });

  test("keeps an optional field that is set to its default", () => {
    const plain = { title: "a", feeCny: 0, capacity: 0 };
    const message = fromPlain(TrainingSchema, plain);
    const back = fromBinary(TrainingSchema, toBinary(TrainingSchema, message));
    expect(toPlain(TrainingSchema, back)).toEqual(plain);
  });

  test("goes through bytes and back with maps, lists, nested messages and negative numbers", () => {
    const plain = {
      bucketId: new Uint8Array(16).fill(1),
      label: ["a", "*"],
      n: 7,
      kpi: { OTD: { n: 7, sum: -83, sumOfSquares: 1225, histogram: [0, 1], clipLow: -50 } },
      satisfied: 0,
      scenarioFamilies: { F1: 3 },
    };
    const bytes = toBinary(SealedBucketSchema, fromPlain(SealedBucketSchema, plain));
    expect(toPlain(SealedBucketSchema, fromBinary(SealedBucketSchema, bytes))).toEqual(plain);
  });

  test("has the set field of a oneof under its own name", () => {
    const plain = { seq: 3, credit: { batches: 1, bytes: 2 } };
    const message = fromPlain(PublishResponseSchema, plain);
    expect(message.item.case).toBe("credit");
    expect(toPlain(PublishResponseSchema, message)).toEqual(plain);
  });

  test("counts members that are undefined as left out", () => {
    const message = fromPlain(CreditSchema, { batches: undefined, bytes: 1 });
    expect(toPlain(CreditSchema, message)).toEqual({ bytes: 1 });
  });

  test("has everything when complete, but for messages and optional fields", () => {
    const complete = toPlain(SealedBucketSchema, create(SealedBucketSchema), { complete: true });
    expect(complete).toEqual({
      bucketId: new Uint8Array(),
      level: 0,
      label: [],
      n: 0,
      distinct: 0,
      kpi: {},
      cost: [],
      months: [],
      voucher: 0,
      nullifiers: [],
      commitment: new Uint8Array(),
      scenarioFamilies: {},
    });
  });

  test("names the zero of an enum only where it has a meaning", () => {
    const zeroNames = { "tributary.v1.SortOrder": "relevance" };
    const search = create(SearchRequestSchema);
    expect(toPlain(SearchRequestSchema, search, { complete: true, zeroNames })).toMatchObject({
      sort: "relevance",
    });
    expect(fromPlain(SearchRequestSchema, { sort: "relevance" }, { zeroNames }).sort).toBe(0);
    expect(() => toPlain(SearchRequestSchema, search, { complete: true })).toThrow(
      expect.objectContaining({ message: expect.stringContaining("not set") }),
    );
    expect(() => fromPlain(SearchRequestSchema, { sort: "unspecified" })).toThrow(refused);
  });
});

describe("a message is refused", () => {
  test("with an integer above 2^53 - 1", () => {
    const message = create(MemberSchema, { sinceMs: 2n ** 53n });
    expect(() => toPlain(MemberSchema, message)).toThrow(refused);
    const low = create(KpiStatisticsSchema, { sum: -(2n ** 53n) });
    expect(() => toPlain(KpiStatisticsSchema, low)).toThrow(refused);
  });

  test("with an enum number without a name", () => {
    const message = create(MemberSchema, { state: 99 as never });
    expect(() => toPlain(MemberSchema, message)).toThrow(refused);
  });
});

describe("a plain value is refused", () => {
  test.each<[string, object]>([
    ["an unknown member", { title: "a", titel: "b" }],
    ["a member of Object's prototype", { constructor: "a" }],
    ["a number for a text", { title: 1 }],
    ["a lone surrogate", { title: "\ud800" }],
    ["a fraction for a whole number", { capacity: 1.5 }],
    ["a negative count", { capacity: -1 }],
    ["a count above 32 bits", { capacity: 2 ** 32 }],
    ["a text for a number", { hours: "6" }],
    ["a value for a list", { scenarios: "S01" }],
    ["a number in a list of texts", { scenarios: [1] }],
    ["null", { title: null }],
  ])("with %s", (_, plain) => {
    expect(() => fromPlain(TrainingSchema, plain)).toThrow(refused);
  });

  test.each<[string, object]>([
    ["an enum without a name", { state: "sleeping" }],
    ["an enum as a number", { state: 2 }],
  ])("with %s", (_, plain) => {
    expect(() => fromPlain(SetMemberStateRequestSchema, plain)).toThrow(refused);
  });

  test.each<[string, object]>([
    ["a text for a map", { kpi: "a" }],
    ["a wrong value in a map", { scenarioFamilies: { F1: -1 } }],
    ["a text for bytes", { bucketId: "00" }],
    ["a text for a message in a map", { kpi: { OTD: "1" } }],
    ["an integer above 2^53 - 1", { kpi: { OTD: { sum: 2 ** 53 } } }],
    ["a negative square", { kpi: { OTD: { sumOfSquares: -1 } } }],
  ])("with %s", (_, plain) => {
    expect(() => fromPlain(SealedBucketSchema, plain)).toThrow(refused);
  });

  test("with two fields of a oneof", () => {
    const plain = { credit: { batches: 1, bytes: 1 }, receipt: {} };
    expect(() => fromPlain(PublishResponseSchema, plain)).toThrow(refused);
  });
});
