import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { equalBytes, randomBytes } from "../crypto/bytes.ts";
import {
  generateSigningKey,
  importVerifyingKey,
  type SigningKey,
  type VerifyingKey,
} from "../crypto/keys.ts";
import { isTributaryError } from "../errors.ts";
import { MAX_BATCH_RECORDS, MAX_FRAME_BYTES, MAX_RECORD_BYTES } from "../limits.ts";
import { leafHash, merkleRoot } from "../log/merkle.ts";
import {
  type BatchInput,
  buildBatch,
  openBatch,
  type VerifiedBatch,
  verifyBatch,
  verifyOpenedBatch,
} from "./batch.ts";
import { parseSignedBatch } from "./frame.ts";
import { ZERO_HASH } from "./header.ts";
import { joinRecords, splitRecords } from "./records.ts";

const hubOrigin = "hub.example/x";
let key: SigningKey;
let verifier: VerifyingKey;

beforeAll(async () => {
  key = await generateSigningKey();
  verifier = await importVerifyingKey(key.publicKey);
});

function input(records: readonly Uint8Array[], change: Partial<BatchInput> = {}): BatchInput {
  return {
    hubOrigin,
    centerId: "chengdu",
    feedId: new Uint8Array(16).fill(1),
    seq: 0n,
    prevHash: ZERO_HASH,
    firstRecordSeq: 0n,
    createdAtMs: 1,
    snapshot: "none",
    records,
    ...change,
  };
}

function verify(frame: Uint8Array): Promise<VerifiedBatch> {
  return verifyBatch(frame, {
    hubOrigin,
    keyOf: (id, keyId) => (id === "chengdu" && equalBytes(keyId, key.keyId) ? verifier : undefined),
  });
}

const withCode = (code: string) => expect.objectContaining({ code });

describe("a batch", () => {
  test("verifies and gives back its records, for any records", async () => {
    const some = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(some, async (records) => {
        const built = await buildBatch(input(records), key);
        const batch = await verify(built.frame);
        expect(batch.recordBytes).toEqual(records);
        expect(batch.recordHashes).toEqual(records.map(leafHash));
        expect(batch.header.recordsRoot).toEqual(merkleRoot(records.map(leafHash)));
        expect(batch.headerHash).toEqual(built.headerHash);
        expect(batch.headerBytes).toEqual(built.header);
      }),
    );
  });

  test("is refused with any one bit changed", async () => {
    const { frame } = await buildBatch(input([randomBytes(20), randomBytes(20)]), key);
    const codes = new Set<string>();
    for (let at = 0; at < frame.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = frame.with(at, (frame[at] as number) ^ (1 << bit));
        const error = await verify(changed).then(
          () => new Error(`taken with bit ${bit} of byte ${at} changed`),
          (e: unknown) => e,
        );
        if (!isTributaryError(error)) throw error;
        codes.add(error.code);
      }
    }
    expect([...codes].sort()).toEqual([
      "ERR_FRAME_MALFORMED",
      "ERR_HEADER_MALFORMED",
      "ERR_KEY_UNKNOWN",
      "ERR_RECORDS_MALFORMED",
      "ERR_RECORDS_ROOT",
      "ERR_SIGNATURE",
      "ERR_WRONG_AUDIENCE",
    ]);
  });

  test("is the same from a Buffer, and everything in it is plain", async () => {
    const { frame } = await buildBatch(input([Uint8Array.of(1, 2)]), key);
    const batch = await verify(Buffer.from(frame));
    expect(batch).toEqual(await verify(frame));
    for (const bytes of [batch.records, batch.signature, ...batch.recordBytes]) {
      expect(bytes.constructor).toBe(Uint8Array);
    }
  });

  test("is refused when cut anywhere, or with bytes more", async () => {
    const { frame } = await buildBatch(input([randomBytes(20)]), key);
    for (let at = 0; at < frame.length; at++) {
      await expect(verify(frame.subarray(0, at)), `cut at ${at}`).rejects.toThrow();
    }
    await expect(verify(Uint8Array.from([...frame, 0]))).rejects.toThrow(
      withCode("ERR_FRAME_MALFORMED"),
    );
  });

  test("is refused under another key, whoever hands it over", async () => {
    const other = await generateSigningKey();
    const { frame } = await buildBatch(input([randomBytes(9)]), key);
    const wrong = await importVerifyingKey(other.publicKey);
    await expect(verifyOpenedBatch(openBatch(frame), { hubOrigin, key: wrong })).rejects.toThrow(
      withCode("ERR_KEY_UNKNOWN"),
    );
    await expect(
      verifyOpenedBatch(openBatch(frame), { hubOrigin: "hub.example/y", key: verifier }),
    ).rejects.toThrow(withCode("ERR_WRONG_AUDIENCE"));
    const forged = await buildBatch(input([randomBytes(9)]), { ...other, keyId: key.keyId });
    await expect(verify(forged.frame)).rejects.toThrow(withCode("ERR_SIGNATURE"));
  });

  test("is not built that a hub would refuse", async () => {
    const record = new Uint8Array(MAX_RECORD_BYTES);
    const records = Array(13).fill(record);
    await expect(buildBatch(input(records), key)).rejects.toThrow(withCode("ERR_FRAME_TOO_LARGE"));
    const large = [new Uint8Array(MAX_RECORD_BYTES + 1)];
    await expect(buildBatch(input(large), key)).rejects.toThrow(withCode("ERR_RECORDS_MALFORMED"));
    await expect(buildBatch(input([new Uint8Array()]), key)).rejects.toThrow(
      withCode("ERR_RECORDS_MALFORMED"),
    );
    await expect(buildBatch(input([]), key)).rejects.toThrow(withCode("ERR_HEADER_MALFORMED"));
    const many = Array(MAX_BATCH_RECORDS + 1).fill(Uint8Array.of(1));
    await expect(buildBatch(input(many), key)).rejects.toThrow(withCode("ERR_HEADER_MALFORMED"));
    expect(
      (await verify((await buildBatch(input(many.slice(1)), key)).frame)).recordBytes,
    ).toHaveLength(MAX_BATCH_RECORDS);
  });
});

describe("a frame", () => {
  test("above the limit is refused before anything in it is read", () => {
    expect(() => parseSignedBatch(new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow(
      withCode("ERR_FRAME_TOO_LARGE"),
    );
  });

  test("of any bytes is refused with its code, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseSignedBatch(bytes);
        } catch (error) {
          if (!isTributaryError(error, "ERR_FRAME_MALFORMED")) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a run of records", () => {
  test("splits into views of the same memory", () => {
    const run = joinRecords([Uint8Array.of(1), Uint8Array.of(2, 3)]);
    const records = splitRecords(run, 2);
    expect(records).toEqual([Uint8Array.of(1), Uint8Array.of(2, 3)]);
    for (const record of records) expect(record.buffer).toBe(run.buffer);
  });

  test("splits from the middle of other memory", () => {
    const memory = Uint8Array.from([9, 9, ...joinRecords([Uint8Array.of(7)]), 9]);
    expect(splitRecords(memory.subarray(2, 7), 1)).toEqual([Uint8Array.of(7)]);
  });

  test.each([-1, 0.5, MAX_BATCH_RECORDS + 1])("is not split into %d records", (count) => {
    expect(() => splitRecords(new Uint8Array(), count)).toThrow(withCode("ERR_RECORDS_MALFORMED"));
  });

  test("of any bytes is split whole or refused with its code", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60, max: 8 }), fc.nat(5), (run, count) => {
        try {
          expect(joinRecords(splitRecords(run, count))).toEqual(run);
        } catch (error) {
          if (!isTributaryError(error, "ERR_RECORDS_MALFORMED")) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
