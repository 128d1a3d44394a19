/**
 * Damage of files: one bit that flips, or an end that is lost; the same for the same number.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of a folder, by their path in it, that have something in them. */
export function filesOf(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .filter((path) => pattern.test(path) && readFileSync(join(folder, path)).length > 0)
    .sort();
}

/**
 * Damages one of the files: every fourth time it loses its end, else a bit flips.
 *
 * @param files Paths in `folder`; at least one.
 * @returns What was done.
 */
export function damage(folder: string, files: readonly string[], number: number): string {
  const random = createHash("sha256")
    .update(`${files.join("\n")}\n${number}`)
    .digest();
  const file = files[random.readUInt32BE(0) % files.length] as string;
  const path = join(folder, file);
  const bytes = readFileSync(path);
  const at = random.readUInt32BE(4) % bytes.length;
  if (number % 4 === 3) {
    truncateSync(path, at);
    return `${file} cut to ${at} of ${bytes.length} bytes`;
  }
  const bit = (random[8] as number) % 8;
  bytes[at] = (bytes[at] as number) ^ (1 << bit);
  writeFileSync(path, bytes);
  return `${file}: bit ${bit} of byte ${at} of ${bytes.length}`;
}
