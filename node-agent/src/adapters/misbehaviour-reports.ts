/**
 * Files that prove what a hub did to its log, one a contradiction: the same one found again is the same file.
 *
 * @module
 */

import { join } from "node:path";
import {
  formatMisbehaviourFile,
  type Misbehaviour,
  type MisbehaviourFile,
  sha256,
  toHex,
  utf8,
} from "@tributary/proto";
import { replaceFile } from "./file-write.ts";

/**
 * Writes files into `folder`.
 *
 * @param about What else a file says, at the time of the call.
 * @returns Resolves to the path of the file, when it is durable.
 */
export function misbehaviourReports(
  folder: string,
  about: () => Omit<MisbehaviourFile, "misbehaviour">,
): (misbehaviour: Misbehaviour) => Promise<string> {
  return async (misbehaviour) => {
    const { kind, first, second } = misbehaviour;
    const text = formatMisbehaviourFile({ misbehaviour, ...about() });
    const name = toHex(sha256(utf8([kind, first, second].join("\n")))).slice(0, 8);
    const path = join(folder, `misbehaviour-${kind}-${name}.json`);
    await replaceFile(path, text, 0o600);
    return path;
  };
}
