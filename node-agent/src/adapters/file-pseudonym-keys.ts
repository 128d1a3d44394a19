/**
 * The secrets of pseudonyms, as a file that only its owner may read.
 *
 * @module
 */

import { readFile, stat } from "node:fs/promises";
import { randomBytes, TributaryError } from "@tributary/proto";
import { z } from "zod";
import {
  type PseudonymKeys,
  pseudonymKeysOfHex,
  pseudonymKeysToHex,
} from "../privacy/release/pseudonym.ts";
import { replaceFile } from "./file-write.ts";
import { parseSummedJson, summedJson } from "./summed-json.ts";

const KEY_BYTES = 32;

const key = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.strictObject({ enterprise: key, nullifier: key, salt: key });

/** New secrets. */
export function newPseudonymKeys(): PseudonymKeys {
  return {
    enterprise: randomBytes(KEY_BYTES),
    nullifier: randomBytes(KEY_BYTES),
    salt: randomBytes(KEY_BYTES),
  };
}

/**
 * Reads the secrets; undefined if there is no file.
 *
 * @throws {TributaryError} `ERR_KEY_FILE` if others than its owner may read it; `ERR_KEY_MALFORMED`.
 */
export async function readPseudonymKeys(path: string): Promise<PseudonymKeys | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    throw new TributaryError(
      "ERR_KEY_FILE",
      `others than their owner may read the secrets of pseudonyms; run: chmod 600 ${path}`,
      { messageZh: `假名密钥文件可被其他用户读取；请运行 chmod 600 ${path}` },
    );
  }
  try {
    return pseudonymKeysOfHex(fileSchema.parse(parseSummedJson(await readFile(path, "utf8"))));
  } catch (cause) {
    throw new TributaryError("ERR_KEY_MALFORMED", "the secrets of pseudonyms cannot be read", {
      messageZh: "无法读取假名密钥",
      cause,
    });
  }
}

/** Writes the secrets; durable on return. */
export function writePseudonymKeys(path: string, keys: PseudonymKeys): Promise<void> {
  return replaceFile(path, `${summedJson(pseudonymKeysToHex(keys))}\n`, 0o600);
}
