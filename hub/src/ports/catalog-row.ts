/**
 * The catalog's row of one record, its order and its one encoding.
 *
 * The encoding is what stores keep and what the digest of the catalog covers, so two hubs with the same log hold the
 * same bytes.
 *
 * @module
 */

import {
  compareBytes,
  fromHex,
  type Provenance,
  type RecordFinding,
  type RecordKind,
  type RecordRef,
  type RecordVerdict,
  TributaryError,
  toHex,
  utf8,
  type Visibility,
} from "@tributary/proto";

/** Verdict that a record has by itself, before what curators decided. */
export interface AcceptedVerdict {
  readonly verdict: "live" | "pending" | "quarantined" | "withdrawn" | "erased";
  /** Code or word for why it is not live; empty when it is. */
  readonly reason: string;
}

/** Who could read a record so far: the union over all revisions that were live. */
export interface Audience {
  /** Undefined when it was never shown. */
  readonly widest: Visibility | undefined;
  /** Center ids, ascending; only with `centers`. */
  readonly centers: readonly string[];
}

/** The newest version of one (kind, center, key). A withdrawn or erased record keeps its row. */
export interface CatalogRow {
  readonly ref: RecordRef;
  /** Revision of the center. */
  readonly revision: bigint;
  /** What the log alone says; staleness depends on time and is added when a row is shown. */
  readonly verdict: RecordVerdict;
  /** Code, word or curator's reason where the verdict is not live; empty otherwise. */
  readonly verdictReason: string;
  readonly accepted: AcceptedVerdict;
  readonly visibility: Visibility;
  /** Center ids, ascending; only with visibility `centers`. */
  readonly visibleTo: readonly string[];
  readonly license: string;
  /** Ms since the epoch; undefined when it does not expire. */
  readonly validUntilMs: number | undefined;
  /** Position in the log of the batch, and index of the record in it. */
  readonly logPosition: number;
  readonly recordIndex: number;
  /** When the hub received the batch; ms since the epoch. */
  readonly receivedAtMs: number;
  /** Position of the first batch of the feed that the record came in; names the feed and orders feeds. */
  readonly feedPosition: number;
  /** Position of the entry that made the row. */
  readonly firstPosition: number;
  /** Position of the newest entry that changed the row: a batch, a decision, an erasure. */
  readonly changePosition: number;
  /** Positions of the decisions about the record, ascending. */
  readonly decisions: readonly number[];
  /** Curators' labels, ascending. */
  readonly labels: readonly string[];
  readonly audience: Audience;
  readonly provenance: Provenance | undefined;
  /** What the checks of its kind found, of this revision or of one that was refused in its place. */
  readonly findings: readonly RecordFinding[];
  /** Encoded body of a live, pending or hidden record; empty otherwise. */
  readonly body: Uint8Array;
}

/** Order of rows: kind, then center, then key, each by its UTF-8 bytes. */
export function compareRefs(a: RecordRef, b: RecordRef): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.centerId, b.centerId) ||
    compareBytes(utf8(a.key), utf8(b.key))
  );
}

/** True if both name one record. */
export function sameRef(a: RecordRef, b: RecordRef): boolean {
  return a.key === b.key && a.centerId === b.centerId && a.kind === b.kind;
}

/** ASCII only: kinds and center ids, where order by code unit is order by byte. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const LENGTH_BYTES = 4;
const decoder = new TextDecoder();

/** The row's one encoding: length of the JSON head (uint32), head, body. */
export function encodeRow(row: CatalogRow): Uint8Array {
  const { ref, provenance: from } = row;
  const head = utf8(
    JSON.stringify([
      [ref.kind, ref.centerId, ref.key],
      String(row.revision),
      [row.verdict, row.verdictReason],
      [row.accepted.verdict, row.accepted.reason],
      [row.visibility, row.visibleTo],
      row.license,
      row.validUntilMs ?? null,
      [row.logPosition, row.recordIndex, row.receivedAtMs],
      [row.feedPosition, row.firstPosition, row.changePosition],
      row.decisions,
      row.labels,
      [row.audience.widest ?? null, row.audience.centers],
      from === undefined
        ? null
        : [from.sourceId, from.table, from.row, toHex(from.mappingId), from.readAtMs],
      row.findings.map(({ rule, code, subject, message, messageZh }) => [
        rule,
        code,
        subject,
        message,
        messageZh,
      ]),
    ]),
  );
  const bytes = new Uint8Array(LENGTH_BYTES + head.length + row.body.length);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, LENGTH_BYTES);
  bytes.set(row.body, LENGTH_BYTES + head.length);
  return bytes;
}

/** The head of a row as JSON holds it. */
type Head = readonly [
  ref: readonly [RecordKind, string, string],
  revision: string,
  verdict: readonly [RecordVerdict, string],
  accepted: readonly [AcceptedVerdict["verdict"], string],
  visibility: readonly [Visibility, readonly string[]],
  license: string,
  validUntilMs: number | null,
  place: readonly [number, number, number],
  history: readonly [number, number, number],
  decisions: readonly number[],
  labels: readonly string[],
  audience: readonly [Visibility | null, readonly string[]],
  provenance: readonly [string, string, number, string, number] | null,
  findings: readonly (readonly [string, string, string, string, string])[],
];

/**
 * Reads what {@link encodeRow} wrote. The body is a view of `bytes`.
 *
 * @param bytes From a store that has checked them against their checksum.
 * @throws {TributaryError} `ERR_STORE_DAMAGED` if they are not a row.
 */
export function decodeRow(bytes: Uint8Array): CatalogRow {
  let head: Head;
  let body: Uint8Array;
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getUint32(0);
    body = bytes.subarray(LENGTH_BYTES + length);
    head = JSON.parse(decoder.decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
  } catch (cause) {
    throw new TributaryError("ERR_STORE_DAMAGED", "a row of the catalog cannot be read", { cause });
  }
  const [ref, revision, verdict, accepted, visibility, license, validUntilMs, place, history] =
    head;
  const [decisions, labels, audience, from] = [head[9], head[10], head[11], head[12]];
  const findings = head[13];
  return {
    ref: { kind: ref[0], centerId: ref[1], key: ref[2] },
    revision: BigInt(revision),
    verdict: verdict[0],
    verdictReason: verdict[1],
    accepted: { verdict: accepted[0], reason: accepted[1] },
    visibility: visibility[0],
    visibleTo: visibility[1],
    license,
    validUntilMs: validUntilMs ?? undefined,
    logPosition: place[0],
    recordIndex: place[1],
    receivedAtMs: place[2],
    feedPosition: history[0],
    firstPosition: history[1],
    changePosition: history[2],
    decisions,
    labels,
    audience: { widest: audience[0] ?? undefined, centers: audience[1] },
    provenance:
      from === null
        ? undefined
        : {
            sourceId: from[0],
            table: from[1],
            row: from[2],
            mappingId: fromHex(from[3]),
            readAtMs: from[4],
          },
    findings: findings.map(([rule, code, subject, message, messageZh]) => ({
      rule,
      code,
      subject,
      message,
      messageZh,
    })),
    body,
  };
}
