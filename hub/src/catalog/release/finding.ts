/**
 * What a check of an outcome release found, in the words of the rule that it breaks.
 *
 * @module
 */

import { type RecordFinding, toHex } from "@tributary/proto";

/** Most findings that are kept of one release; what is wrong with it is clear by then. */
export const MAX_FINDINGS = 20;

/** A finding. @param subject Which part of the release it is about: `bucket 3 (0a1b2c3d)`. */
export function finding(
  rule: string,
  code: string,
  subject: string,
  message: string,
  messageZh: string,
): RecordFinding {
  return {
    rule,
    code,
    subject,
    message: `${subject}: ${message}`,
    messageZh: `${subject}：${messageZh}`,
  };
}

/** Names a bucket: its position in the release and the beginning of its id. */
export function bucketName(position: number, bucketId: Uint8Array): string {
  return `bucket ${position} (${toHex(bucketId.subarray(0, 4))})`;
}

/** The first findings, and how many more there are. */
export function bounded(findings: readonly RecordFinding[]): readonly RecordFinding[] {
  if (findings.length <= MAX_FINDINGS) return findings;
  const kept = findings.slice(0, MAX_FINDINGS - 1);
  const more = findings.length - kept.length;
  const rule = findings[kept.length]?.rule ?? "";
  return [
    ...kept,
    finding(
      rule,
      "more",
      "release",
      `${more} more findings are not listed`,
      `另有 ${more} 项未列出`,
    ),
  ];
}
