import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fromHex } from "../crypto/bytes.ts";
import { isTributaryError } from "../errors.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { buildEvidence, verifyEvidence } from "./evidence.ts";
import { leafHash } from "./merkle.ts";
import { decodeReceipt, encodeReceipt, verifyReceipt } from "./receipt.ts";

const VECTORS = join(import.meta.dirname, "../../vectors");
const load = (name: string) => JSON.parse(readFileSync(join(VECTORS, name), "utf8"));
const file = load("evidence.json");
const log = { origin: file.origin as string, vkey: file.vkey as string };
const evidence = fromHex(file.valid[0].evidence.hex);

/** The codes with which every change is refused; a change that is taken fails the test. */
async function refusals(
  bytes: Uint8Array,
  verify: (bytes: Uint8Array) => Promise<unknown>,
  changes: (byte: number) => readonly number[],
): Promise<Set<string>> {
  const codes = new Set<string>();
  for (const [at, byte] of bytes.entries()) {
    for (const other of changes(byte)) {
      const changed = bytes.with(at, other);
      const error = await verify(changed).then(
        () => new Error(`taken with byte ${at} set to ${other}`),
        (e: unknown) => e,
      );
      if (!isTributaryError(error)) throw error;
      codes.add(error.code);
    }
  }
  return codes;
}

const eachBit = (byte: number) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => byte ^ (1 << bit));

describe("evidence", () => {
  test("holds as it is", async () => {
    expect(await verifyEvidence(evidence, log)).toMatchObject({ centerId: "jiangxi-copper" });
  });

  test("is refused with any one bit changed, each time by a code of its own", async () => {
    const codes = await refusals(evidence, (bytes) => verifyEvidence(bytes, log), eachBit);
    for (const code of codes) expect(code).toMatch(/^ERR_EVIDENCE_/);
    expect(codes).toContain("ERR_EVIDENCE_RECORD");
    expect(codes).toContain("ERR_EVIDENCE_SIGNATURE");
    expect(codes).toContain("ERR_EVIDENCE_LOG");
    expect(codes).toContain("ERR_EVIDENCE_MALFORMED");
  });

  test("is refused when cut, or with a byte more, anywhere", async () => {
    for (let at = 0; at < evidence.length; at++) {
      const cut = evidence.subarray(0, at);
      const more = Uint8Array.from([...cut, 0, ...evidence.subarray(at)]);
      const less = Uint8Array.from([...cut, ...evidence.subarray(at + 1)]);
      for (const bytes of [cut, more, less]) {
        await expect(verifyEvidence(bytes, log), `at ${at}`).rejects.toThrow();
      }
    }
  });

  test("is built without cosignatures, so that it verifies", async () => {
    const { valid, ...hub } = load("checkpoints.json");
    const [alone, cosigned] = valid as { note: string }[];
    const { entry } = decodeReceipt(fromHex(load("receipts.json").valid[0].receipt.hex));
    const receiptOf = (checkpoint = "") => encodeReceipt({ entry, index: 0, path: [], checkpoint });
    const build = (receipt: Uint8Array) =>
      buildEvidence({
        record: Uint8Array.of(1),
        recordIndex: 0,
        recordHashes: [leafHash(Uint8Array.of(1))],
        signature: new Uint8Array(64),
        batchReceipt: receipt,
        membershipReceipt: receipt,
      });
    expect((await openCheckpoint(cosigned?.note ?? "", hub)).note.signatures).toHaveLength(2);
    expect(build(receiptOf(cosigned?.note))).toEqual(build(receiptOf(alone?.note)));
  });

  test("is refused for another hub's key or origin", async () => {
    const other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    for (const trusted of [
      { ...log, vkey: other },
      { ...log, origin: "hub.example/other" },
    ]) {
      await expect(verifyEvidence(evidence, trusted)).rejects.toThrow(
        expect.objectContaining({ code: "ERR_EVIDENCE_LOG" }),
      );
    }
    await expect(verifyEvidence(evidence, { ...log, vkey: "none" })).rejects.toThrow(
      expect.objectContaining({ code: "ERR_VKEY_MALFORMED" }),
    );
  });
});

describe("a receipt", () => {
  test("is refused with any one bit changed", async () => {
    const receipts = load("receipts.json");
    for (const { receipt } of receipts.valid.slice(0, 3)) {
      const bytes = fromHex(receipt.hex);
      await refusals(
        bytes,
        (changed) => verifyReceipt(changed, receipts),
        (b) => [b ^ 1, b ^ 128],
      );
    }
  });
});

describe("a checkpoint", () => {
  test("is refused with any one character changed", async () => {
    const checkpoints = load("checkpoints.json");
    const note = Buffer.from(checkpoints.valid[0].note);
    await refusals(
      note,
      (changed) => openCheckpoint(Buffer.from(changed).toString(), checkpoints),
      (byte) => [byte ^ 1, byte ^ 2],
    );
  });
});
