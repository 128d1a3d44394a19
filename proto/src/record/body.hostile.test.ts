import { ListValueSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes, utf8 } from "../crypto/bytes.ts";
import { isTributaryError } from "../errors.ts";
import { MAX_BODY_BYTES, MAX_BODY_DEPTH, MAX_BODY_ELEMENTS } from "../limits.ts";
import { decodeBody, encodeBody } from "./body.ts";
import { assertBodyWithinLimits } from "./body-scan.ts";
import { RECORD_KINDS } from "./kind.ts";

const refused = expect.objectContaining({ code: "ERR_BODY_MALFORMED" });

/** `times` copies of `bytes`. */
function repeat(bytes: readonly number[], times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}

const name = Uint8Array.of(0x1a, 1, 65);
/** Field 17 of Provider, a Product, empty. */
const EMPTY_PRODUCT = [0x8a, 0x01, 0x00];

describe("a bomb", () => {
  test("of two million empty sub-messages is refused in no time", () => {
    const bomb = repeat([0x7a, 0x00], 2_000_000);
    const before = process.threadCpuUsage();
    expect(() => decodeBody("provider", bomb)).toThrow(refused);
    expect(() => decodeBody("case", bomb.subarray(0, MAX_BODY_BYTES))).toThrow(refused);
    // Of this thread, not of the clock: a busy machine takes longer.
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100);
  });

  test("that is within the bytes is refused at the limit on elements", () => {
    const products = (count: number) => concatBytes(name, repeat(EMPTY_PRODUCT, count));
    expect(() => decodeBody("provider", products(MAX_BODY_ELEMENTS))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ what: "elements" }) }),
    );
    // Below the limit it is the rules of the kind that refuse: too many, without names.
    expect(() => decodeBody("provider", products(MAX_BODY_ELEMENTS - 1))).toThrow(refused);
  });

  test.each<[string, number[]]>([
    ["repeated strings", [0x2a, 0]],
    ["one scalar again and again", [0x58, 1]],
    ["unknown fields", [0xf8, 0x07, 0]],
    ["unknown sub-messages", [0xfa, 0x07, 0]],
  ])("of %s is refused", (_, element) => {
    const bomb = concatBytes(name, repeat(element, MAX_BODY_ELEMENTS));
    expect(() => decodeBody("provider", bomb)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ what: "elements" }) }),
    );
  });

  test("of packed numbers, map entries or nested elements is counted too", () => {
    const packed = concatBytes(Uint8Array.of(0x3a, 0xa1, 0x9c, 0x01), new Uint8Array(20_001));
    const bucket = (content: Uint8Array) =>
      concatBytes(Uint8Array.of(0x5a), varint(content.length), content);
    const entry = [0x6a, 4, 0x0a, 0, 0x10, 1];
    const nested = repeat([0x22, 0], 20_000);
    for (const content of [packed, repeat(entry, 7000), nested]) {
      expect(() => decodeBody("outcome", bucket(content))).toThrow(
        expect.objectContaining({ details: expect.objectContaining({ what: "elements" }) }),
      );
    }
  });

  test("of depth is refused at the limit, where a message can nest in itself", () => {
    // No body does today; ListValue of google/protobuf/struct.proto does: its field 1 is a Value, whose 6 is a ListValue.
    const nested = (depth: number) => {
      let bytes: Uint8Array = new Uint8Array();
      for (let i = 1; i < depth; i++) {
        bytes = concatBytes(Uint8Array.of(i % 2 === 1 ? 0x32 : 0x0a), varint(bytes.length), bytes);
      }
      return bytes;
    };
    const schemaOf = (depth: number) => (depth % 2 === 1 ? ListValueSchema : ValueSchema);
    const scan = (depth: number) => assertBodyWithinLimits(schemaOf(depth), nested(depth));
    expect(() => scan(MAX_BODY_DEPTH)).not.toThrow();
    expect(() => scan(MAX_BODY_DEPTH + 1)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ what: "depth" }) }),
    );
    expect(() => scan(10_000)).toThrow(refused);
  });
});

function varint(n: number): Uint8Array {
  const bytes: number[] = [];
  let rest = n;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.from([...bytes, rest]);
}

describe("any bytes", () => {
  test("are a body or are refused with its code, never anything else", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RECORD_KINDS),
        fc.uint8Array({ maxLength: 60 }),
        (kind, bytes) => {
          try {
            encodeBody(kind, decodeBody(kind, bytes) as never);
          } catch (error) {
            if (!isTributaryError(error, "ERR_BODY_MALFORMED")) throw error;
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("near a real body are a body or are refused with its code", () => {
    const body = encodeBody("provider", {
      name: "江西云帆",
      products: [{ name: "MES", interfaces: ["OPC UA"] }],
      registeredCapital: { amount: 1e7, currency: "CNY" },
    });
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(255), (at, byte) => {
        try {
          decodeBody("provider", body.with(at, byte));
        } catch (error) {
          if (!isTributaryError(error, "ERR_BODY_MALFORMED")) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("cut off are refused, unless the cut falls between fields", () => {
    const body = encodeBody("provider", { name: "江西云帆", selfDescription: "自述" });
    const end = body.length - (2 + 1 + utf8("自述").length);
    for (let at = 0; at < body.length; at++) {
      const decode = () => decodeBody("provider", body.subarray(0, at));
      if (at === end) expect(decode()).toEqual({ name: "江西云帆" });
      else expect(decode, `at ${at}`).toThrow(refused);
    }
  });
});
