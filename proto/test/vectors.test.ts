/**
 * Reads every vector of proto/vectors, as an implementation in another language would.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BatchHeaderValue,
  type BodyOf,
  batchHeaderHash,
  catalogLeaf,
  confirmationIdOf,
  consistencyPath,
  cosign,
  decodeBatchHeader,
  decodeBody,
  decodeEpochSummary,
  decodeLogEntry,
  decodeReceipt,
  decodeRecord,
  type EpochSummary,
  encodeBatchHeader,
  encodeBody,
  encodeCenterSummary,
  encodeEpochSummary,
  encodeLogEntry,
  encodeRecord,
  encodeSignedBatch,
  entriesPath,
  epochDigest,
  epochParts,
  equalBytes,
  errorStatus,
  formatAddCheckpoint,
  formatMisbehaviourFile,
  formatSignatureLine,
  formatTlogProof,
  formatVkey,
  fromBase64,
  fromHex,
  importSigningKey,
  importVerifyingKey,
  inclusionPath,
  isIdentifier,
  isOrigin,
  isRecordKey,
  joinCheckCode,
  keyIdOf,
  type LogEntryValue,
  leafHash,
  merkleRoot,
  objectionIdOf,
  openCheckpoint,
  openCosigned,
  openNote,
  parseAddCheckpoint,
  parseCheckpoint,
  parseConfirmationArgument,
  parseMisbehaviourFile,
  parseNote,
  parseSignedBatch,
  parseTlogProof,
  parseUrn,
  parseVkey,
  parseWitnessPolicy,
  type RecordKind,
  type RecordRef,
  type RecordValue,
  rootFromInclusion,
  type SignedBatchParts,
  signBytes,
  signNote,
  tilePath,
  toBase64Url,
  toHex,
  toJws,
  urnOf,
  utf8,
  verifyBatch,
  verifyBytes,
  verifyConfirmation,
  verifyConsistency,
  verifyEvidence,
  verifyInclusion,
  verifyJoinProof,
  verifyMisbehaviour,
  verifyObjection,
  verifyReceipt,
} from "@tributary/proto";
import { compactVerify, importJWK } from "jose";
import { describe, expect, test } from "vitest";
import { fromVector } from "../vectors/make/json.ts";
import { centerKey, otherKey } from "../vectors/make/keys.ts";
import { formatVectorFile, vectorFiles } from "../vectors/make.ts";

const FOLDER = join(import.meta.dirname, "../vectors");
const read = new Set<string>();

/** A vector or a file of them, of the shape that its test says. */
// biome-ignore lint/suspicious/noExplicitAny: as written above
type Vector = any;

function load(name: string): Vector {
  read.add(name);
  return fromVector(JSON.parse(readFileSync(join(FOLDER, name), "utf8")));
}

interface Invalid {
  readonly name: string;
  readonly code: string;
  readonly bytes: Uint8Array;
}

const withCode = (code: string) => expect.objectContaining({ name: "TributaryError", code });

describe("names.json", () => {
  const file = load("names.json");
  const rules = { identifiers: isIdentifier, recordKeys: isRecordKey, origins: isOrigin };
  for (const [name, is] of Object.entries(rules)) {
    test.each(file[name].valid as string[])(`${name} has %j`, (text) => {
      expect(is(text)).toBe(true);
    });
    test.each(file[name].invalid as string[])(`${name} has not %j`, (text) => {
      expect(is(text)).toBe(false);
    });
  }
  test.each(file.urns as { ref: RecordRef; urn: string }[])("reads and writes $urn", (vector) => {
    expect(urnOf(vector.ref)).toBe(vector.urn);
    expect(parseUrn(vector.urn)).toEqual(vector.ref);
  });
  test.each(file.badUrns as { urn: string; code: string }[])("refuses $urn", ({ urn, code }) => {
    expect(() => parseUrn(urn)).toThrow(withCode(code));
  });
});

describe("records.json", () => {
  const file = load("records.json");
  interface Valid extends Invalid {
    value: RecordValue;
    leafHash: Uint8Array;
  }
  test.each(file.valid as Valid[])("reads and writes a record $name", (vector) => {
    expect(encodeRecord(vector.value)).toEqual(vector.bytes);
    expect(decodeRecord(vector.bytes)).toEqual(vector.value);
    expect(leafHash(vector.bytes)).toEqual(vector.leafHash);
  });
  test.each(file.invalid as Invalid[])("refuses a record with $name", ({ bytes, code }) => {
    expect(() => decodeRecord(bytes)).toThrow(withCode(code));
  });
});

describe("bodies.json", () => {
  const file = load("bodies.json");
  interface Valid extends Invalid {
    kind: RecordKind;
    value: BodyOf<RecordKind>;
  }
  test.each(file.valid as Valid[])("reads and writes $name", ({ kind, value, bytes }) => {
    expect(encodeBody(kind, value)).toEqual(bytes);
    expect(decodeBody(kind, bytes)).toEqual(value);
  });
  test.each(file.tolerated as Valid[])("reads a body although $name", ({ kind, value, bytes }) => {
    expect(decodeBody(kind, bytes)).toEqual(value);
  });
  test.each(file.invalid as Valid[])("refuses a body with $name", ({ kind, bytes, code }) => {
    expect(() => decodeBody(kind, bytes)).toThrow(withCode(code));
  });
  test("has a valid body of every kind", () => {
    expect(new Set((file.valid as Valid[]).map(({ kind }) => kind)).size).toBe(9);
  });
});

describe("headers.json", () => {
  const file = load("headers.json");
  interface Valid extends Invalid {
    value: BatchHeaderValue;
    hash: Uint8Array;
  }
  test.each(file.valid as Valid[])("reads and writes a header $name", (vector) => {
    expect(encodeBatchHeader(vector.value)).toEqual(vector.bytes);
    expect(decodeBatchHeader(vector.bytes)).toEqual(vector.value);
    expect(batchHeaderHash(vector.bytes)).toEqual(vector.hash);
  });
  test.each(file.invalid as Invalid[])("refuses a header with $name", ({ bytes, code }) => {
    expect(() => decodeBatchHeader(bytes)).toThrow(withCode(code));
  });
});

describe("frames.json", () => {
  const file = load("frames.json");
  interface Frame {
    name: string;
    code: string;
    frame: Uint8Array;
    parts: SignedBatchParts;
  }
  test.each(file.valid as Frame[])("reads and writes a frame: $name", ({ parts, frame }) => {
    expect(encodeSignedBatch(parts)).toEqual(frame);
    expect(parseSignedBatch(frame)).toEqual(parts);
  });
  test.each(file.invalid as Frame[])("refuses a frame with $name", ({ frame, code }) => {
    expect(() => parseSignedBatch(frame)).toThrow(withCode(code));
  });
});

describe("batches.json", async () => {
  const file = load("batches.json");
  const key = await importVerifyingKey(file.center.publicKey);
  const expected = {
    hubOrigin: file.hubOrigin as string,
    keyOf: (centerId: string, keyId: Uint8Array) =>
      centerId === file.center.id && equalBytes(keyId, key.keyId) ? key : undefined,
  };
  interface Batch {
    name: string;
    code: string;
    frame: Uint8Array;
    header: BatchHeaderValue;
    headerHash: Uint8Array;
    signature: Uint8Array;
    jws: string;
    records: Uint8Array[];
  }
  test.each(file.valid as Batch[])("verifies a batch with $name", async (vector) => {
    const batch = await verifyBatch(vector.frame, expected);
    expect(batch.header).toEqual(vector.header);
    expect(batch.headerHash).toEqual(vector.headerHash);
    expect(batch.signature).toEqual(vector.signature);
    expect(batch.recordBytes).toEqual(vector.records);
    expect(batch.recordHashes).toEqual(vector.records.map(leafHash));
    expect(toJws(batch.headerBytes, batch.signature)).toBe(vector.jws);
  });
  test.each(file.valid as Batch[])(
    "prints a JWS that a JOSE library verifies: $name",
    async (v) => {
      const jwk = { kty: "OKP", crv: "Ed25519", x: toBase64Url(file.center.publicKey) };
      const opened = await compactVerify(v.jws, await importJWK(jwk, "EdDSA"));
      expect(opened.protectedHeader).toEqual({
        alg: "EdDSA",
        kid: toBase64Url(file.center.keyId),
        typ: "tributary-batch+jws",
      });
      expect(decodeBatchHeader(new Uint8Array(opened.payload))).toEqual(v.header);
    },
  );
  test.each(file.invalid as Batch[])("refuses a batch: $name", async ({ frame, code }) => {
    await expect(verifyBatch(frame, expected)).rejects.toThrow(withCode(code));
  });
});

describe("log-entries.json", () => {
  const file = load("log-entries.json");
  interface Valid extends Invalid {
    value: LogEntryValue;
    leafHash: Uint8Array;
  }
  test.each(file.valid as Valid[])("reads and writes an entry: $name", (vector) => {
    expect(encodeLogEntry(vector.value)).toEqual(vector.bytes);
    expect(decodeLogEntry(vector.bytes)).toEqual(vector.value);
    expect(leafHash(vector.bytes)).toEqual(vector.leafHash);
  });
  test.each(file.invalid as Invalid[])("refuses an entry with $name", ({ bytes, code }) => {
    expect(() => decodeLogEntry(bytes)).toThrow(withCode(code));
  });
});

describe("merkle.json", () => {
  const file = load("merkle.json");
  const leaves = Array.from({ length: 70 }, (_, i) => leafHash(utf8(String(i))));
  test.each(file.roots as { size: number; root: Uint8Array }[])("has root of $size", (vector) => {
    expect(merkleRoot(leaves.slice(0, vector.size))).toEqual(vector.root);
  });
  test.each(file.inclusion as Vector[])("proves $index in $size", (vector) => {
    expect(inclusionPath(leaves.slice(0, vector.size), vector.index)).toEqual(vector.path);
    expect(verifyInclusion(vector)).toBe(true);
  });
  test.each(file.consistency as Vector[])("proves $toSize after $fromSize", (vector) => {
    expect(consistencyPath(leaves.slice(0, vector.toSize), vector.fromSize)).toEqual(vector.path);
    expect(verifyConsistency(vector)).toBe(true);
  });
});

describe("tiles.json", () => {
  test.each(load("tiles.json").tiles as Vector[])("names tile $path", (tile) => {
    expect(tilePath(tile.level, tile.index, tile.width)).toBe(tile.path);
    expect(entriesPath(tile.index, tile.width)).toBe(tile.entries);
  });
});

describe("checkpoints.json", () => {
  const file = load("checkpoints.json");
  test.each(file.valid as Vector[])("opens a checkpoint $name", async ({ note, value }) => {
    expect(await openCheckpoint(note, file)).toMatchObject(value);
  });
  test.each(file.invalid as Vector[])("refuses a checkpoint: $name", async ({ note, code }) => {
    await expect(openCheckpoint(note, file)).rejects.toThrow(withCode(code));
  });
});

describe("cosignatures.json", () => {
  const file = load("cosignatures.json");
  const policies = Object.entries(file.policies as Record<string, string>).map(
    ([name, text]) => [name, parseWitnessPolicy(text)] as const,
  );
  test.each(file.valid as Vector[])("finds the cosignatures of $name", async (vector) => {
    const met: string[] = [];
    for (const [name, policy] of policies) {
      const found = await openCosigned(vector.note, file, policy);
      if (found.isQuorum) met.push(name);
      if (name !== "both") continue;
      expect(found.cosigned.map((each) => each.name).sort()).toEqual(vector.witnesses);
    }
    expect(met).toEqual(vector.quorumOf);
  });
  test.each(file.invalid as Vector[])("refuses a cosignature: $name", async ({ note }) => {
    for (const [name, policy] of policies) {
      const opened = openCosigned(note, file, policy);
      if (name === "nobody") await opened;
      else await expect(opened).rejects.toThrow(withCode("ERR_NOTE_SIGNATURE"));
    }
  });
  test.each(file.lines as Vector[])("signs for $vkey to the same bytes", async (vector) => {
    const { vkey, key, atMs, line } = vector;
    const { name, publicKey } = parseVkey(vkey, "cosignature");
    const signer = key === "center" ? centerKey : otherKey;
    expect(formatVkey(name, signer.publicKey, "cosignature")).toBe(vkey);
    expect(publicKey).toEqual(signer.publicKey);
    const { text } = parseNote(file.valid[0].note);
    expect(formatSignatureLine(await cosign(text, { name, key: signer, nowMs: atMs + 999 }))).toBe(
      line,
    );
  });
});

describe("add-checkpoint.json", () => {
  const file = load("add-checkpoint.json");
  test.each(file.valid as Vector[])("reads a request with $name", ({ text, value }) => {
    expect(parseAddCheckpoint(text)).toEqual(value);
    expect(formatAddCheckpoint(value)).toBe(text);
  });
  test.each(file.invalid as Vector[])("refuses a request with $name", ({ text }) => {
    expect(() => parseAddCheckpoint(text)).toThrow(withCode("ERR_ADD_CHECKPOINT_MALFORMED"));
  });
});

describe("receipts.json", () => {
  const file = load("receipts.json");
  test.each(file.valid as Vector[])("verifies the receipt of $name", async (vector) => {
    const receipt = await verifyReceipt(vector.receipt, file);
    expect(receipt).toMatchObject({ position: vector.position, size: vector.size });
    expect(receipt.entryBytes).toEqual(vector.entry);
    expect(receipt.entry).toEqual(decodeLogEntry(vector.entry));
    expect(formatTlogProof(decodeReceipt(vector.receipt))).toBe(vector.proof);
    expect(formatTlogProof(parseTlogProof(vector.proof))).toBe(vector.proof);
  });
  test.each(file.invalid as Vector[])("refuses a receipt with $name", async ({ receipt, code }) => {
    await expect(verifyReceipt(receipt, file)).rejects.toThrow(withCode(code));
  });
});

describe("evidence.json", () => {
  const file = load("evidence.json");
  test.each(file.valid as Vector[])("verifies $name", async (vector) => {
    const { name: _, evidence, record, ...where } = vector;
    const verified = await verifyEvidence(evidence, file);
    expect(verified).toMatchObject(where);
    expect(verified.recordBytes).toEqual(record);
    expect(verified.record).toEqual(decodeRecord(record));
  });
  test.each(file.invalid as Vector[])("refuses evidence with $name", async ({ evidence, code }) => {
    await expect(verifyEvidence(evidence, file)).rejects.toThrow(withCode(code));
  });
});

describe("statements.json", () => {
  const file = load("statements.json");
  const verify = async ({ kind, key, statement, jws }: Vector) => {
    const verifying = await importVerifyingKey(key);
    if (kind === "object") return verifyObjection(jws, verifying, statement);
    if (kind === "confirm") return verifyConfirmation(jws, verifying, statement);
    return verifyJoinProof(kind, jws, verifying, statement);
  };
  test.each(file.valid as Vector[])("accepts and names: $name", async (vector) => {
    const { kind, statement, jws, payload } = vector;
    await verify(vector);
    expect(Buffer.from(jws.split(".")[1], "base64url").toString("utf8")).toBe(payload);
    if (kind === "join") expect(joinCheckCode(statement)).toBe(vector.checkCode);
    if (kind === "object") expect(objectionIdOf(statement)).toBe(vector.id);
    if (kind === "confirm") {
      expect(confirmationIdOf(statement)).toBe(vector.id);
      expect(parseConfirmationArgument(vector.argument)).toEqual({
        feedId: statement.feedId,
        position: statement.position,
      });
    }
  });
  test.each(file.invalid as Vector[])("refuses $name", async (vector) => {
    await expect(verify(vector)).rejects.toThrow(withCode(vector.code));
  });
});

describe("epochs.json", () => {
  const file = load("epochs.json");
  test.each(file.catalogs as Vector[])("makes the digest of a catalog", ({ leaves, digest }) => {
    for (const { bytes, ...leaf } of leaves) expect(catalogLeaf(leaf)).toEqual(bytes);
    expect(merkleRoot(leaves.map(({ bytes }: Vector) => leafHash(bytes)))).toEqual(digest);
  });
  test.each(file.rows as Vector[])("makes the bytes of a row", ({ value, bytes }) => {
    expect(encodeCenterSummary(value)).toEqual(bytes);
  });
  test.each(file.epochs as Vector[])("reads and makes the parts of an epoch: $name", (vector) => {
    const parts: EpochSummary[] = vector.parts.map(({ bytes }: Vector) =>
      decodeEpochSummary(bytes),
    );
    const centers = parts.flatMap((part) => part.centers);
    expect(centers.map(({ centerId }) => centerId)).toEqual(vector.centers);
    expect(epochDigest(centers)).toEqual(vector.catalogDigest);
    const whole = { ...(parts[0] as EpochSummary), centers };
    expect(epochParts(whole)).toEqual(parts);
    for (const [i, part] of vector.parts.entries()) {
      const { bytes, ...range } = part;
      expect(parts[i]).toMatchObject(range);
      expect(encodeEpochSummary(parts[i] as EpochSummary)).toEqual(bytes);
    }
  });
});

describe("misbehaviour.json", () => {
  const file = load("misbehaviour.json");
  const verify = (text: string) =>
    verifyMisbehaviour(parseMisbehaviourFile(text).misbehaviour, file);
  test.each(file.valid as Vector[])("is convicted: $name", async (vector) => {
    const { kind, sizes } = vector;
    expect(await verify(vector.file)).toMatchObject({ kind, sizes });
    expect(formatMisbehaviourFile(parseMisbehaviourFile(vector.file))).toBe(vector.file);
  });
  test.each(file.invalid as Vector[])("nobody is convicted by $name", async (vector) => {
    await expect(async () => verify(vector.file)).rejects.toThrow(withCode(vector.code));
  });
});

describe("errors.json", () => {
  test.each(load("errors.json").errors as Vector[])("maps $code", ({ code, ...status }) => {
    expect({ ...status, ...errorStatus(code) }).toEqual(status);
  });
});

describe("external/merkle.json", () => {
  const file = load("external/merkle.json");
  const leaves = (file.leaves as string[]).map((leaf) => leafHash(fromHex(leaf)));
  const decode = (hashes: string[]) => hashes.map((hash) => fromBase64(hash));
  test.each((file.roots as string[]).map((root, size) => ({ root, size })))(
    "has the published root of $size leaves",
    ({ root, size }) => {
      expect(toHex(merkleRoot(leaves.slice(0, size)))).toBe(root);
    },
  );
  test.each(file.inclusion as Vector[])("agrees on $leafIdx in $treeSize", (vector) => {
    const path = decode(vector.proof);
    const root = fromBase64(vector.root);
    const proof = {
      index: vector.leafIdx,
      size: vector.treeSize,
      leafHash: fromBase64(vector.leafHash),
    };
    expect(inclusionPath(leaves.slice(0, proof.size), proof.index)).toEqual(path);
    expect(rootFromInclusion({ ...proof, path })).toEqual(root);
  });
  test.each(file.consistency as Vector[])("agrees on $size1 and $size2: $desc", (vector) => {
    const proof = {
      fromSize: vector.size1,
      toSize: vector.size2,
      fromRoot: fromBase64(vector.root1),
      toRoot: fromBase64(vector.root2),
      path: decode(vector.proof),
    };
    expect(verifyConsistency(proof)).toBe(!vector.wantErr);
    if (vector.wantErr) return;
    expect(consistencyPath(leaves.slice(0, proof.toSize), proof.fromSize)).toEqual(proof.path);
  });
});

describe("external/notes.json", () => {
  const file = load("external/notes.json");
  test.each(file.notes as Vector[])("opens $name", async ({ vkey, note }) => {
    const { name, publicKey } = parseVkey(vkey);
    expect(formatVkey(name, publicKey)).toBe(vkey);
    expect((await openNote(note, vkey)).text).toBe(note.slice(0, note.lastIndexOf("\n\n") + 1));
  });
  test.each((file.notes as Vector[]).filter(({ signerKey }) => signerKey))(
    "signs $name to the same bytes",
    async ({ vkey, signerKey, note }) => {
      const { name, publicKey } = parseVkey(vkey);
      const d = toBase64Url(fromBase64(signerKey.split("+").slice(4).join("+")).subarray(1));
      const x = toBase64Url(publicKey);
      const key = await importSigningKey(JSON.stringify({ kty: "OKP", crv: "Ed25519", x, d }));
      expect(await signNote(parseNote(note).text, name, key)).toBe(note);
    },
  );
  test.each(file.badVkeys as Vector[])("refuses $name", ({ vkey }) => {
    expect(() => parseVkey(vkey)).toThrow(withCode("ERR_VKEY_MALFORMED"));
  });
  test.each(file.checkpoints as Vector[])("reads $name", ({ note, origin, size, root }) => {
    expect(parseCheckpoint(parseNote(note).text)).toEqual({ origin, size, root: fromHex(root) });
  });
});

describe("cosigned notes of external/notes.json", () => {
  const file = load("external/notes.json");
  test.each(file.cosigned as Vector[])("opens $name", async ({ note, vkey, witness, atMs }) => {
    const { name, publicKey } = parseVkey(witness, "cosignature");
    expect(formatVkey(name, publicKey, "cosignature")).toBe(witness);
    const log = { origin: vkey.split("+")[0], vkey };
    const policy = parseWitnessPolicy(`witness w ${witness}\nquorum w`);
    expect(await openCosigned(note, log, policy)).toMatchObject({
      cosigned: [{ name: "w", atMs }],
      isQuorum: true,
      quorumAtMs: atMs,
    });
  });
});

describe("external/keys.json", () => {
  const file = load("external/keys.json");
  test.each(file.signatures as Vector[])("signs and verifies $name", async (vector) => {
    const publicKey = fromHex(vector.publicKey);
    const x = toBase64Url(publicKey);
    const d = toBase64Url(fromHex(vector.seed));
    const key = await importSigningKey(JSON.stringify({ kty: "OKP", crv: "Ed25519", x, d }));
    const message = fromHex(vector.message);
    expect(toHex(await signBytes(key, message))).toBe(vector.signature);
    const verifier = await importVerifyingKey(publicKey);
    expect(await verifyBytes(verifier, message, fromHex(vector.signature))).toBe(true);
  });
  test("has the key id and signature of RFC 8037", async () => {
    const { jwk, thumbprint, jws } = file.jwk;
    const key = await importSigningKey(JSON.stringify(jwk));
    expect(toBase64Url(keyIdOf(key.publicKey))).toBe(thumbprint);
    expect(toBase64Url(key.keyId)).toBe(thumbprint);
    const [input, signature] = [jws.slice(0, jws.lastIndexOf(".")), jws.split(".")[2]];
    expect(toBase64Url(await signBytes(key, utf8(input)))).toBe(signature);
  });
});

describe("external/weak-ed25519-public-keys.json", () => {
  const file = load("external/weak-ed25519-public-keys.json");
  for (const kind of ["low_order", "non_canonical", "mixed_order"]) {
    test.each(file[kind] as string[])(`refuses ${kind} %s`, async (publicKey) => {
      await expect(importVerifyingKey(fromHex(publicKey))).rejects.toThrow(
        withCode("ERR_KEY_WEAK"),
      );
    });
  }
});

describe("the folder of vectors", () => {
  test("has no file that no test reads", () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" });
    expect([...read].sort()).toEqual(files.filter((name) => name.endsWith(".json")).sort());
  });
  test("is what vectors/make.ts writes; run it", async () => {
    for (const [name, file] of Object.entries(await vectorFiles())) {
      expect(readFileSync(join(FOLDER, name), "utf8"), name).toBe(formatVectorFile(file));
    }
  });
});
