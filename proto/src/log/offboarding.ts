/**
 * The offboarding certificate: what a hub states of a center that left, signed as a C2SP note by the key of its log.
 *
 * Its first line is not an origin that a log may have, so that it cannot be taken for a checkpoint.
 *
 * @module
 */

import { fromBase64, toBase64 } from "../crypto/bytes.ts";
import type { SigningKey } from "../crypto/keys.ts";
import { HASH_BYTES } from "../crypto/sha256.ts";
import { TributaryError } from "../errors.ts";
import { isIdentifier } from "../record/identifier.ts";
import type { TrustedLog } from "./checkpoint.ts";
import { openNote, signNote } from "./note.ts";

/** What was found of a center after it had left. */
export interface Offboarding {
  readonly hubOrigin: string;
  readonly centerId: string;
  /** Position in the log of the entry that says so. */
  readonly leftAtPosition: number;
  /** The log that was looked at. */
  readonly logSize: number;
  /** Its root; 32 bytes. */
  readonly logRoot: Uint8Array;
  /** When; whole seconds, ms since the epoch. */
  readonly atMs: number;
  /** Records that somebody is shown, or whose contents the catalog has. */
  readonly catalogRecords: number;
  /** Documents that a search finds. */
  readonly indexDocuments: number;
  /** Entities that rest on a record of the center. */
  readonly entities: number;
  /** Versions of records in the log, ever. */
  readonly versions: number;
  /** Versions whose contents the log has. */
  readonly contents: number;
}

const TITLE = "tributary offboarding certificate 1";
const NUMBER = "(0|[1-9][0-9]{0,15})";
const TEXT = new RegExp(
  [
    `^${TITLE}`,
    "hub (\\S+)",
    "center (\\S+)",
    `left at entry ${NUMBER}`,
    `log size ${NUMBER} root ([A-Za-z0-9+/=]{44})`,
    "at (\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z)",
    `records in the catalog ${NUMBER}`,
    `documents in the index ${NUMBER}`,
    `entities ${NUMBER}`,
    `contents in the log ${NUMBER} of ${NUMBER} versions\n$`,
  ].join("\n"),
);

/** The certificate, as a signed note. */
export function signOffboarding(value: Offboarding, key: SigningKey): Promise<string> {
  const text = [
    TITLE,
    `hub ${value.hubOrigin}`,
    `center ${value.centerId}`,
    `left at entry ${value.leftAtPosition}`,
    `log size ${value.logSize} root ${toBase64(value.logRoot)}`,
    `at ${new Date(value.atMs).toISOString().replace(/\.\d+Z$/, "Z")}`,
    `records in the catalog ${value.catalogRecords}`,
    `documents in the index ${value.indexDocuments}`,
    `entities ${value.entities}`,
    `contents in the log ${value.contents} of ${value.versions} versions\n`,
  ].join("\n");
  return signNote(text, value.hubOrigin, key);
}

/**
 * Verifies a certificate.
 *
 * @param note Attacker-controlled.
 * @throws {TributaryError} `ERR_NOTE_MALFORMED`, `ERR_NOTE_SIGNATURE` if the log's key did not sign it;
 * `ERR_CERTIFICATE_MALFORMED` if it is another note, or of another hub.
 */
export async function openOffboarding(note: string, trusted: TrustedLog): Promise<Offboarding> {
  const { text } = await openNote(note, trusted.vkey);
  const [, hubOrigin = "", centerId = "", left, size, root = "", at = "", ...counts] =
    TEXT.exec(text) ?? [];
  const [catalogRecords, indexDocuments, entities, contents, versions] = counts.map(Number);
  const logRoot = root === "" ? new Uint8Array() : fromBase64(root);
  const atMs = Date.parse(at);
  const isSound =
    hubOrigin === trusted.origin &&
    isIdentifier(centerId) &&
    logRoot.length === HASH_BYTES &&
    Number.isFinite(atMs);
  if (!isSound) throw malformed();
  return {
    hubOrigin,
    centerId,
    leftAtPosition: Number(left),
    logSize: Number(size),
    logRoot,
    atMs,
    catalogRecords: catalogRecords as number,
    indexDocuments: indexDocuments as number,
    entities: entities as number,
    versions: versions as number,
    contents: contents as number,
  };
}

function malformed(): TributaryError {
  return new TributaryError(
    "ERR_CERTIFICATE_MALFORMED",
    "the note is no offboarding certificate of this hub",
    { messageZh: "该文件不是本枢纽签发的退出证明" },
  );
}
