/**
 * A small federation with real signatures: centers, one batch each, a log, evidence. Everything that `verifyEvidence`
 * checks is made with the same functions that a hub uses.
 *
 * @module
 */

import {
  type Body,
  buildBatch,
  buildEvidence,
  consistencyPath,
  encodeBody,
  encodeLogEntry,
  encodeMembershipChange,
  encodeReceipt,
  encodeRecord,
  formatVkey,
  generateSigningKey,
  inclusionPath,
  leafHash,
  merkleRoot,
  parseSignedBatch,
  type RecordRef,
  type RecordView,
  recordHashes,
  type SigningKey,
  signCheckpoint,
  splitRecords,
  type TrustedLog,
  urnOf,
  ZERO_HASH,
} from "@tributary/proto";

export const ORIGIN = "hub.example/test";

/** What a center publishes, as a test writes it. */
export interface PublishedRecord {
  readonly key: string;
  readonly body: Body;
  readonly title: string;
  readonly summary?: string;
  readonly facets?: Readonly<Record<string, readonly string[]>>;
  readonly license?: string;
}

export interface Center {
  readonly id: string;
  readonly name: string;
  readonly records: readonly PublishedRecord[];
}

/** The federation at rest. */
export interface Federation {
  readonly trust: TrustedLog;
  readonly logSize: number;
  readonly centers: readonly Center[];
  /** In the order of (kind, center, key). */
  readonly records: readonly RecordView[];
  /** The newest checkpoint as a signed note. */
  readonly checkpoint: string;
  /** Receipt of an entry against it. */
  readonly receipt: (position: number) => Uint8Array;
  /** RFC 6962 consistency proof between two sizes. */
  readonly consistencyProof: (fromSize: number, toSize: number) => Uint8Array[];
  /** Undefined for a record that nobody published. */
  readonly evidence: (ref: RecordRef) => Uint8Array | undefined;
}

const NOW_MS = Date.UTC(2026, 5, 1, 8);

/** Signs and logs what the centers publish. Two with one key of the hub are two histories, since centers make new keys. */
export async function federate(
  centers: readonly Center[],
  hubKeyBefore?: SigningKey,
): Promise<Federation> {
  const hubKey = hubKeyBefore ?? (await generateSigningKey());
  const entries: Uint8Array[] = [];
  const views: RecordView[] = [];
  const inputs = new Map<string, (receipt: (position: number) => Uint8Array) => Uint8Array>();

  for (const center of centers) {
    const key = await generateSigningKey();
    const membershipPosition = entries.length;
    // Along a log time does not go back.
    const receivedAtMs = NOW_MS - 3_600_000 * (2 * centers.length - entries.length);
    entries.push(membershipEntry(center, key, receivedAtMs));
    const position = entries.length;
    const { entry, signature, recordBytes } = await batchEntry(center, key, receivedAtMs);
    entries.push(entry);
    const hashes = recordHashes(recordBytes);
    for (const [recordIndex, record] of center.records.entries()) {
      const view = viewOf(center, record, { position, recordIndex, receivedAtMs });
      views.push(view);
      inputs.set(view.urn, (receipt) =>
        buildEvidence({
          record: recordBytes[recordIndex] as Uint8Array,
          recordIndex,
          recordHashes: hashes,
          signature,
          batchReceipt: receipt(position),
          membershipReceipt: receipt(membershipPosition),
        }),
      );
    }
  }

  const leaves = entries.map(leafHash);
  const root = merkleRoot(leaves);
  const size = entries.length;
  const checkpoint = await signCheckpoint({ origin: ORIGIN, size, root }, hubKey);
  const receipt = (index: number) =>
    encodeReceipt({
      entry: entries[index] as Uint8Array,
      index,
      path: inclusionPath(leaves, index),
      checkpoint,
    });
  return {
    trust: { origin: ORIGIN, vkey: formatVkey(ORIGIN, hubKey.publicKey) },
    logSize: size,
    centers,
    records: views.sort(byName),
    checkpoint,
    receipt,
    consistencyProof: (fromSize, toSize) => consistencyPath(leaves.slice(0, toSize), fromSize),
    evidence: (ref) => inputs.get(urnOf(ref))?.(receipt),
  };
}

function membershipEntry(center: Center, key: SigningKey, receivedAtMs: number): Uint8Array {
  const statement = encodeMembershipChange({
    centerId: center.id,
    state: "approved",
    publicKey: key.publicKey,
    recoveryPublicKey: key.publicKey,
    actor: "operator",
    reason: "",
    proofOfPossession: "test",
    centerName: center.name,
  });
  const none = new Uint8Array();
  return encodeLogEntry({
    receivedAtMs,
    type: "membership",
    statement,
    signature: none,
    detail: none,
  });
}

/** The encoded records of a center, in order. */
export function encodeRecordsOf(center: Center): Uint8Array[] {
  return center.records.map((record) =>
    encodeRecord({
      salt: new Uint8Array(16).fill(7),
      kind: record.body.kind,
      key: record.key,
      operation: "upsert",
      revision: 1n,
      visibility: "public",
      visibleTo: [],
      license: record.license ?? "CC-BY-4.0",
      body: encodeBody(record.body.kind, record.body.value as never),
      provenance: provenanceOf(center, record),
    }),
  );
}

async function batchEntry(center: Center, key: SigningKey, receivedAtMs: number) {
  const records = encodeRecordsOf(center);
  const { frame } = await buildBatch(
    {
      hubOrigin: ORIGIN,
      centerId: center.id,
      feedId: new Uint8Array(16).fill(1),
      seq: 0n,
      prevHash: ZERO_HASH,
      firstRecordSeq: 0n,
      createdAtMs: receivedAtMs - 1000,
      snapshot: "end",
      records,
    },
    key,
  );
  const parts = parseSignedBatch(frame);
  const entry = encodeLogEntry({
    receivedAtMs,
    type: "batch",
    statement: parts.header,
    signature: parts.signature,
    detail: new Uint8Array(),
  });
  const recordBytes = splitRecords(parts.records, records.length);
  return { entry, signature: parts.signature, recordBytes };
}

function provenanceOf(center: Center, record: PublishedRecord) {
  return {
    sourceId: "registry",
    table: record.body.kind === "provider" ? "服务商" : "",
    row: center.records.indexOf(record) + 2,
    mappingId: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
    readAtMs: NOW_MS - 7_200_000,
  };
}

function viewOf(
  center: Center,
  record: PublishedRecord,
  logged: { position: number; recordIndex: number; receivedAtMs: number },
): RecordView {
  const ref = { centerId: center.id, kind: record.body.kind, key: record.key };
  const facets = { kind: [ref.kind], center: [center.id], state: ["live"], ...record.facets };
  return {
    ref,
    urn: urnOf(ref),
    revision: 1,
    title: record.title,
    summary: record.summary ?? "",
    state: "live",
    stateReason: "",
    visibility: "public",
    license: record.license ?? "CC-BY-4.0",
    provenance: provenanceOf(center, record),
    centerName: center.name,
    logPosition: logged.position,
    recordIndex: logged.recordIndex,
    receivedAtMs: logged.receivedAtMs,
    facets: Object.entries(facets).map(([field, values]) => ({ field, values })),
    body: record.body,
    findings: [],
    entityId: "",
  };
}

function byName(a: RecordView, b: RecordView): number {
  const text = ({ ref }: RecordView) => `${ref.kind}\0${ref.centerId}\0${ref.key}`;
  return text(a) < text(b) ? -1 : 1;
}
