/**
 * Vectors of the log: trees, tiles, entries, checkpoints, receipts, evidence; made with fixed keys.
 *
 * @module
 */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  buildEvidence,
  concatBytes,
  consistencyPath,
  type EpochSummary,
  encodeCurationDecision,
  encodeEpochSummary,
  encodeErasure,
  encodeLogEntry,
  encodeMembershipChange,
  encodePolicyChange,
  encodeReceipt,
  encodeRefusal,
  encodeRestart,
  entriesPath,
  epochParts,
  formatTlogProof,
  inclusionPath,
  type LogEntryValue,
  leafHash,
  type MembershipChangeInput,
  merkleRoot,
  openBatch,
  parseNote,
  parseTlogProof,
  recordHashes,
  signCheckpoint,
  signJoinProof,
  signNote,
  tilePath,
  utf8,
} from "@tributary/proto";
import { EvidenceSchema } from "@tributary/proto/wire";
import { elsewhere, first, records, second } from "./batches.ts";
import { ROW } from "./epochs.ts";
import { toVector, type VectorFile } from "./json.ts";
import { CENTER_ID, centerKey, HUB_ORIGIN, HUB_VKEY, hubKey, otherKey } from "./keys.ts";
import { delimited, flip } from "./wire.ts";

const none = new Uint8Array();

const approval: MembershipChangeInput = {
  centerId: CENTER_ID,
  state: "approved",
  publicKey: centerKey.publicKey,
  recoveryPublicKey: otherKey.publicKey,
  actor: "operator",
  reason: "",
  proofOfPossession: "",
  centerName: "江西铜产业数字化转型促进中心",
};

const rotationStatement = {
  hubOrigin: HUB_ORIGIN,
  centerId: CENTER_ID,
  publicKey: otherKey.publicKey,
  recoveryPublicKey: otherKey.publicKey,
  challenge: new Uint8Array(32).fill(7),
  previousKeyUntil: { feedId: new Uint8Array(16).fill(9), seq: 12 },
};

/** By the key of the center; the new key is the recovery key, so that every key here is one of the fixed ones. */
const rotation: MembershipChangeInput = {
  ...approval,
  publicKey: rotationStatement.publicKey,
  actor: CENTER_ID,
  proofOfPossession: await signJoinProof("join", otherKey, rotationStatement),
  centerName: "",
  authorization: await signJoinProof("rotate", centerKey, rotationStatement),
  previousKeyFeed: rotationStatement.previousKeyUntil.feedId,
  previousKeyBeforeSeq: rotationStatement.previousKeyUntil.seq,
};

function entry(
  type: LogEntryValue["type"],
  statement: Uint8Array,
  rest: Partial<LogEntryValue> = {},
) {
  return {
    receivedAtMs: 1_767_225_601_000,
    type,
    statement,
    signature: none,
    detail: none,
    ...rest,
  };
}

function batchEntry(batch: { frame: Uint8Array; header: Uint8Array }): LogEntryValue {
  return entry("batch", batch.header, { signature: openBatch(batch.frame).signature.slice() });
}

const refusal = encodeRefusal({
  code: "ERR_BATCH_FORK",
  message: "the batch does not follow the newest accepted one",
  messageZh: "批次与最新已接收批次不连续",
  limitName: "",
  limitValue: 0,
});

const entries: Readonly<Record<string, LogEntryValue>> = {
  restart: entry("restart", encodeRestart({ version: "0.1.0", logSize: 0 })),
  "membership, approved with a key": entry("membership", encodeMembershipChange(approval)),
  "membership, a rotation by the current key": entry(
    "membership",
    encodeMembershipChange(rotation),
  ),
  batch: batchEntry(first),
  "another batch": batchEntry(second),
  "refusal of a fork": entry("refusal", second.header, {
    signature: openBatch(second.frame).signature.slice(),
    detail: refusal,
  }),
  curation: entry(
    "curation",
    encodeCurationDecision({
      decisionId: "d1",
      action: "hide",
      subjects: [`urn:dth:${CENTER_ID}:training:k`],
      argument: "",
      actor: "operator",
      reason: "重复",
      retracts: "",
    }),
  ),
  erasure: entry("erasure", encodeErasure({ position: 2, index: 0, actor: CENTER_ID, reason: "" })),
  policy: entry("policy", encodePolicyChange({ name: "quota", value: "{}", actor: "operator" })),
  epoch: entry(
    "epoch",
    encodeEpochSummary(
      epochParts({
        epoch: 1,
        logSize: 8,
        periodMs: 21_600_000,
        centers: [ROW],
      })[0] as EpochSummary,
    ),
  ),
};

const entryBytes = Object.values(entries).map(encodeLogEntry);
const leaves = entryBytes.map(leafHash);
const size = leaves.length;
const checkpoint = await signCheckpoint(
  { origin: HUB_ORIGIN, size, root: merkleRoot(leaves) },
  hubKey,
);

function receiptOf(index: number): Uint8Array {
  return encodeReceipt({
    entry: entryBytes[index] as Uint8Array,
    index,
    path: inclusionPath(leaves, index),
    checkpoint,
  });
}

/** Log entries of every type. */
export function entryVectors(): VectorFile {
  return {
    description:
      "Log entries. valid: value and bytes belong together, in both directions; leafHash is SHA-256(0x00 || bytes). invalid: decoding is refused with code.",
    valid: Object.entries(entries).map(([name, value], i) => ({
      name,
      value: toVector(value),
      bytes: toVector(entryBytes[i]),
      leafHash: toVector(leaves[i]),
    })),
    invalid: [
      { name: "no bytes at all", bytes: none },
      { name: "a cut end", bytes: (entryBytes[0] as Uint8Array).subarray(0, -1) },
      { name: "no type", bytes: Uint8Array.of(0x08, 1, 0x1a, 1, 65) },
      { name: "an unknown type", bytes: Uint8Array.of(0x08, 1, 0x10, 99, 0x1a, 1, 65) },
      { name: "no statement", bytes: Uint8Array.of(0x08, 1, 0x10, 7) },
      { name: "an explicit default", bytes: Uint8Array.of(0x08, 0, 0x10, 7, 0x1a, 1, 65) },
      { name: "a batch without a signature", bytes: Uint8Array.of(0x08, 1, 0x10, 1, 0x1a, 1, 65) },
      {
        name: "a detail with a restart",
        bytes: Uint8Array.of(0x08, 1, 0x10, 7, 0x1a, 1, 65, 0x2a, 1, 65),
      },
    ].map(({ name, bytes }) => ({ name, bytes: toVector(bytes), code: "ERR_LOG_ENTRY_MALFORMED" })),
  };
}

/** Trees of many sizes; leaf i is the text of i in decimal. */
export function merkleVectors(): VectorFile {
  const hashes = Array.from({ length: 70 }, (_, i) => leafHash(utf8(String(i))));
  const tree = (n: number) => hashes.slice(0, n);
  const inclusion = [
    [0, 1],
    [0, 2],
    [6, 7],
    [4, 8],
    [32, 33],
    [63, 64],
    [64, 70],
  ] as const;
  const consistency = [
    [0, 5],
    [1, 2],
    [3, 7],
    [4, 7],
    [6, 8],
    [33, 70],
    [64, 70],
    [70, 70],
  ] as const;
  return {
    description:
      "Merkle trees of RFC 6962. Leaf i is the decimal text of i. roots: by number of leaves. inclusion and consistency: the proof that is made, and that verifies.",
    roots: [0, 1, 2, 3, 7, 8, 33, 64, 70].map((n) => ({
      size: n,
      root: toVector(merkleRoot(tree(n))),
    })),
    inclusion: inclusion.map(([index, n]) => ({
      index,
      size: n,
      leafHash: toVector(hashes[index]),
      path: toVector(inclusionPath(tree(n), index)),
      root: toVector(merkleRoot(tree(n))),
    })),
    consistency: consistency.map(([from, to]) => ({
      fromSize: from,
      toSize: to,
      fromRoot: toVector(merkleRoot(tree(from))),
      toRoot: toVector(merkleRoot(tree(to))),
      path: toVector(consistencyPath(tree(to), from)),
    })),
  };
}

/** Paths of tiles. */
export function tileVectors(): VectorFile {
  const tiles = [
    [0, 0, 256],
    [0, 273, 112],
    [1, 1, 17],
    [2, 0, 1],
    [0, 1_234_067, 256],
    [63, 999, 255],
  ] as const;
  return {
    description: "Paths of C2SP tlog-tiles, without the log's prefix.",
    tiles: tiles.map(([level, index, width]) => ({
      level,
      index,
      width,
      path: tilePath(level, index, width),
      entries: entriesPath(index, width),
    })),
  };
}

/** Checkpoints of this hub, and what is refused. */
export async function checkpointVectors(): Promise<VectorFile> {
  const text = checkpoint.slice(0, checkpoint.indexOf("\n\n") + 1);
  const lines = checkpoint.split("\n");
  const replaceLine = (i: number, line: string) => lines.with(i, line).join("\n");
  const last = lines.at(-2) as string;
  const signed = (changed: string) => signNote(changed, HUB_ORIGIN, hubKey);
  const [origin = "", digits = "", root = ""] = text.split("\n");
  const invalid: readonly (readonly [name: string, code: string, note: string])[] = [
    ["another size", "ERR_NOTE_SIGNATURE", replaceLine(1, String(Number(digits) + 1))],
    ["signed by another key", "ERR_NOTE_SIGNATURE", await signNote(text, HUB_ORIGIN, otherKey)],
    [
      "signed under another name",
      "ERR_NOTE_SIGNATURE",
      await signNote(text, "hub.example/x", hubKey),
    ],
    [
      "of another log",
      "ERR_CHECKPOINT_ORIGIN",
      await signed(`hub.example/x\n${digits}\n${root}\n`),
    ],
    [
      "a leading zero",
      "ERR_CHECKPOINT_MALFORMED",
      await signed(`${origin}\n0${digits}\n${root}\n`),
    ],
    ["an extension line", "ERR_CHECKPOINT_MALFORMED", await signed(`${text}extension\n`)],
    [
      "a root of 31 bytes",
      "ERR_CHECKPOINT_MALFORMED",
      await signed(`${origin}\n${digits}\n${"A".repeat(41)}A=\n`),
    ],
    ["no root", "ERR_CHECKPOINT_MALFORMED", await signed(`${origin}\n${digits}\n`)],
    [
      "a size above 2^53",
      "ERR_CHECKPOINT_MALFORMED",
      await signed(`${origin}\n9007199254740993\n${root}\n`),
    ],
    ["no signature", "ERR_NOTE_MALFORMED", text],
    ["no last newline", "ERR_NOTE_MALFORMED", checkpoint.slice(0, -1)],
    ["a carriage return", "ERR_NOTE_MALFORMED", checkpoint.replace("\n", "\r\n")],
    ["a hyphen for the dash", "ERR_NOTE_MALFORMED", checkpoint.replace("—", "-")],
    ["two spaces", "ERR_NOTE_MALFORMED", checkpoint.replace("— ", "—  ")],
    [
      "a signature with stray bits",
      "ERR_NOTE_MALFORMED",
      checkpoint.replace(last, strayBits(last)),
    ],
    ["a signature without padding", "ERR_NOTE_MALFORMED", checkpoint.replace(/=+\n$/, "\n")],
    ["no bytes at all", "ERR_NOTE_MALFORMED", ""],
  ];
  const cosigned = `${checkpoint}${(await signNote(text, "witness.example/w1", otherKey)).split("\n").at(-2)}\n`;
  return {
    description:
      "Checkpoints as signed notes, opened with vkey for origin. valid: yields value. invalid: refused with code.",
    origin: HUB_ORIGIN,
    vkey: HUB_VKEY,
    valid: [
      {
        name: "signed by the hub",
        value: toVector({ origin, size, root: merkleRoot(leaves) }),
        note: checkpoint,
      },
      {
        name: "cosigned by an unknown witness",
        value: toVector({ origin, size, root: merkleRoot(leaves) }),
        note: cosigned,
      },
      {
        name: "of an empty log",
        value: toVector({ origin, size: 0, root: merkleRoot([]) }),
        note: await signCheckpoint({ origin, size: 0, root: merkleRoot([]) }, hubKey),
      },
    ],
    invalid: invalid.map(([name, code, note]) => ({ name, code, note })),
  };
}

/** The last sextet before the padding with a bit that decoders drop. */
function strayBits(line: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const at = line.search(/=*$/) - 1;
  return (
    line.slice(0, at) + alphabet[alphabet.indexOf(line[at] as string) | 1] + line.slice(at + 1)
  );
}

/** Receipts. */
export function receiptVectors(): VectorFile {
  const index = 2;
  const good = {
    entry: entryBytes[index] as Uint8Array,
    index,
    path: inclusionPath(leaves, index),
    checkpoint,
  };
  const proof = formatTlogProof(good);
  const withProof = (text: string) =>
    concatBytes(delimited(1, good.entry), delimited(2, utf8(text)));
  const invalid: readonly (readonly [name: string, code: string, receipt: Uint8Array])[] = [
    [
      "another entry",
      "ERR_INCLUSION",
      encodeReceipt({ ...good, entry: entryBytes[3] as Uint8Array }),
    ],
    ["another position", "ERR_INCLUSION", encodeReceipt({ ...good, index: 3 })],
    ["a position beyond the end", "ERR_INCLUSION", encodeReceipt({ ...good, index: size })],
    ["a hash too few", "ERR_INCLUSION", encodeReceipt({ ...good, path: good.path.slice(1) })],
    [
      "a hash too many",
      "ERR_INCLUSION",
      encodeReceipt({ ...good, path: [...good.path, ...good.path] }),
    ],
    [
      "a bit of the path changed",
      "ERR_INCLUSION",
      encodeReceipt({ ...good, path: good.path.with(0, flip(good.path[0] as Uint8Array, 0)) }),
    ],
    ["another first line", "ERR_PROOF_MALFORMED", withProof(proof.replace("@v1", "@v2"))],
    [
      "a position that is no number",
      "ERR_PROOF_MALFORMED",
      withProof(proof.replace("index 2", "index x")),
    ],
    [
      "a position with a leading zero",
      "ERR_PROOF_MALFORMED",
      withProof(proof.replace("index 2", "index 02")),
    ],
    [
      "a line of extra data",
      "ERR_PROOF_MALFORMED",
      withProof(proof.replace("index 2", "extra YQ==\nindex 2")),
    ],
    ["a hash without padding", "ERR_PROOF_MALFORMED", withProof(proof.replace(/=\n/, "\n"))],
    ["no proof", "ERR_PROOF_MALFORMED", delimited(1, good.entry)],
    [
      "an unknown field",
      "ERR_RECEIPT_MALFORMED",
      Uint8Array.from([...receiptOf(index), 0x1a, 1, 65]),
    ],
    ["a cut end", "ERR_RECEIPT_MALFORMED", receiptOf(index).subarray(0, -1)],
  ];
  return {
    description:
      "Receipts, verified with vkey for origin. valid: yields position, size and entry. invalid: refused with code.",
    origin: HUB_ORIGIN,
    vkey: HUB_VKEY,
    valid: Object.keys(entries).map((name, position) => ({
      name,
      receipt: toVector(receiptOf(position)),
      proof: formatTlogProof({
        index: position,
        path: inclusionPath(leaves, position),
        checkpoint,
      }),
      position,
      size,
      entry: toVector(entryBytes[position]),
    })),
    invalid: invalid.map(([name, code, receipt]) => ({ name, code, receipt: toVector(receipt) })),
  };
}

/** A log of its own for one piece of evidence: what is logged as the membership, then the batch, in this order. */
async function evidenceOf(change: {
  readonly membership?: Partial<MembershipChangeInput>;
  readonly order?: "batch first";
  readonly membershipType?: LogEntryValue["type"];
  readonly origin?: string;
  readonly recordIndex?: number;
  readonly record?: Uint8Array;
  readonly signature?: Uint8Array;
  readonly batch?: LogEntryValue;
}): Promise<Uint8Array> {
  const statement = encodeMembershipChange({ ...approval, ...change.membership });
  const membership = encodeLogEntry(
    change.membershipType === "policy"
      ? (entries["policy"] as LogEntryValue)
      : entry("membership", statement),
  );
  const batch = encodeLogEntry(change.batch ?? batchEntry(first));
  const log = change.order === "batch first" ? [batch, membership] : [membership, batch];
  const hashes = log.map(leafHash);
  const origin = change.origin ?? HUB_ORIGIN;
  const note = await signCheckpoint({ origin, size: 2, root: merkleRoot(hashes) }, hubKey);
  const receipt = (bytes: Uint8Array) => {
    const index = log.indexOf(bytes);
    return encodeReceipt({
      entry: bytes,
      index,
      path: inclusionPath(hashes, index),
      checkpoint: note,
    });
  };
  const recordIndex = change.recordIndex ?? 1;
  return buildEvidence({
    record: change.record ?? (records[recordIndex] as Uint8Array),
    recordIndex,
    recordHashes: recordHashes(records),
    signature: change.signature ?? openBatch(first.frame).signature,
    batchReceipt: receipt(batch),
    membershipReceipt: receipt(membership),
  });
}

/** The evidence with a witness's signature on the checkpoint of the batch. */
async function cosigned(evidence: Uint8Array): Promise<Uint8Array> {
  const message = fromBinary(EvidenceSchema, evidence);
  const { batch } = message;
  if (batch === undefined) throw new Error("the evidence has no batch");
  const { text } = parseNote(parseTlogProof(batch.proof).checkpoint);
  const note = await signNote(text, "witness.example/w1", otherKey);
  batch.proof += note.slice(note.lastIndexOf("\n\n") + 2);
  return toBinary(EvidenceSchema, message);
}

/** Evidence. */
export async function evidenceVectors(): Promise<VectorFile> {
  const good = await evidenceOf({});
  const invalid: readonly (readonly [name: string, code: string, evidence: Uint8Array])[] = [
    [
      "another record",
      "ERR_EVIDENCE_RECORD",
      await evidenceOf({ record: records[0] as Uint8Array }),
    ],
    [
      "another signature",
      "ERR_EVIDENCE_SIGNATURE",
      await evidenceOf({ signature: openBatch(second.frame).signature }),
    ],
    [
      "a center that waits",
      "ERR_EVIDENCE_MEMBERSHIP",
      await evidenceOf({ membership: { state: "pending" } }),
    ],
    [
      "another center's approval",
      "ERR_EVIDENCE_MEMBERSHIP",
      await evidenceOf({ membership: { centerId: "chengdu" } }),
    ],
    [
      "another key's approval",
      "ERR_EVIDENCE_MEMBERSHIP",
      await evidenceOf({ membership: { publicKey: otherKey.publicKey } }),
    ],
    [
      "an approval without a key",
      "ERR_EVIDENCE_MEMBERSHIP",
      await evidenceOf({ membership: { publicKey: none } }),
    ],
    [
      "an approval after the batch",
      "ERR_EVIDENCE_MEMBERSHIP",
      await evidenceOf({ order: "batch first" }),
    ],
    [
      "no approval at all",
      "ERR_EVIDENCE_MEMBERSHIP",
      await evidenceOf({ membershipType: "policy" }),
    ],
    [
      "another signature in the log",
      "ERR_EVIDENCE_SIGNATURE",
      await evidenceOf({ batch: { ...batchEntry(first), signature: new Uint8Array(64) } }),
    ],
    ["another log", "ERR_EVIDENCE_LOG", await evidenceOf({ origin: "hub.example/x" })],
    [
      "a batch for another hub, logged here",
      "ERR_EVIDENCE_LOG",
      await evidenceOf({
        batch: batchEntry(elsewhere),
        signature: openBatch(elsewhere.frame).signature,
      }),
    ],
    [
      "a batch that was refused",
      "ERR_EVIDENCE_LOG",
      await evidenceOf({ batch: { ...batchEntry(first), type: "refusal", detail: refusal } }),
    ],
    ["a cosignature that nobody checks", "ERR_EVIDENCE_LOG", await cosigned(good)],
    ["no receipts", "ERR_EVIDENCE_MALFORMED", delimited(1, records[1] as Uint8Array)],
    ["an unknown field", "ERR_EVIDENCE_MALFORMED", Uint8Array.from([...good, 0x3a, 1, 65])],
    ["a cut end", "ERR_EVIDENCE_MALFORMED", good.subarray(0, -1)],
  ];
  return {
    description:
      "Evidence, verified with vkey for origin. valid: yields the record and where it is proven; also, each change of a single bit must be refused. invalid: refused with code.",
    origin: HUB_ORIGIN,
    vkey: HUB_VKEY,
    valid: [
      {
        name: "the second record of the first batch",
        evidence: toVector(good),
        record: toVector(records[1]),
        recordIndex: 1,
        centerId: CENTER_ID,
        keyId: toVector(centerKey.keyId),
        position: 1,
        membershipPosition: 0,
        checkpointSize: 2,
      },
    ],
    invalid: invalid.map(([name, code, evidence]) => ({
      name,
      code,
      evidence: toVector(evidence),
    })),
  };
}
