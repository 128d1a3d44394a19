/**
 * H8: what is taken back is a whole bucket of the center's own that is shown. Its records stay used.
 *
 * @module
 */

import { type RecordFinding, toHex } from "@tributary/proto";
import type { ReceivedRelease, ReleaseContext } from "./context.ts";
import { finding } from "./finding.ts";

export function* checkRetractions(
  { centerId, release: { retracted = [] } }: ReceivedRelease,
  { past }: ReleaseContext,
): Iterable<RecordFinding> {
  const seen = new Set<string>();
  for (const [i, { bucketId }] of retracted.entries()) {
    const id = toHex(bucketId);
    const before = past.bucket(id);
    const subject = `retracted ${i} (${id.slice(0, 8)})`;
    if (before === undefined || before.centerId !== centerId || before.state === "refused") {
      yield problem(
        "not_shown",
        subject,
        "is no bucket that this center has published before",
        "不是本中心此前发布的桶",
      );
    } else if (before.state === "retracted" || seen.has(id)) {
      yield problem("retracted_again", subject, "was retracted before", "此前已撤回");
    }
    seen.add(id);
  }
}

function problem(code: string, subject: string, message: string, messageZh: string): RecordFinding {
  return finding("H8", code, subject, message, messageZh);
}
