/**
 * The agent's keys as JWK files that only their owner may read.
 *
 * @module
 */

import { readFile, rm, stat } from "node:fs/promises";
import {
  exportSigningKey,
  fromBase64Url,
  generateSigningKey,
  importSigningKey,
  importVerifyingKey,
  type SigningKey,
  TributaryError,
  toBase64Url,
  type VerifyingKey,
} from "@tributary/proto";
import { z } from "zod";
import { replaceFile } from "./file-write.ts";
import { parseSummedJson, summedJson } from "./summed-json.ts";

/**
 * Reads a key.
 *
 * @throws {TributaryError} `ERR_KEY_FILE` if the file is missing or others than its owner may read it;
 * `ERR_KEY_MALFORMED` if it holds no key.
 */
export async function readKeyFile(path: string): Promise<SigningKey> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new TributaryError(
      "ERR_KEY_FILE",
      `the key file ${path} is missing; restore it, or join again`,
      {
        messageZh: `缺少密钥文件 ${path}；请恢复该文件或重新加入`,
        cause,
      },
    );
  });
  // Windows has no such permissions: its access lists are for whoever installs the agent.
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    throw new TributaryError(
      "ERR_KEY_FILE",
      `others than their owner may read the keys; run: chmod 600 ${path}`,
      { messageZh: `密钥文件可被其他用户读取；请运行 chmod 600 ${path}` },
    );
  }
  return importSigningKey(await readFile(path, "utf8"));
}

/** Reads a key, or makes it and writes it if there is none. */
export async function ensureKeyFile(path: string): Promise<SigningKey> {
  try {
    return await readKeyFile(path);
  } catch (error) {
    const cause = error instanceof TributaryError ? error.cause : undefined;
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw error;
  }
  const key = await generateSigningKey();
  await replaceFile(path, `${await exportSigningKey(key)}\n`, 0o600);
  return key;
}

const keyList = z.array(z.string());
const retiredKeys = z.strictObject({ keys: keyList });

/**
 * The public keys that signed before the current one, oldest first.
 *
 * @throws {TributaryError} `ERR_KEY_FILE` if the file is damaged.
 */
export async function readRetiredKeys(path: string): Promise<VerifyingKey[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "[]";
    throw error;
  });
  try {
    const parsed: unknown = JSON.parse(text);
    // Earlier versions wrote the list alone.
    const keys = Array.isArray(parsed)
      ? keyList.parse(parsed)
      : retiredKeys.parse(parseSummedJson(text)).keys;
    return await Promise.all(keys.map((key) => importVerifyingKey(fromBase64Url(key))));
  } catch (cause) {
    throw new TributaryError(
      "ERR_KEY_FILE",
      `${path} is damaged: it lists the public keys of earlier batches`,
      {
        messageZh: `${path} 已损坏：其中列有早期批次的公钥`,
        cause,
      },
    );
  }
}

/** Puts the next key in the place of the current one, of which the public part is kept. Durable on return. */
export async function adoptNextKey(
  files: {
    readonly agentKeyFile: string;
    readonly nextKeyFile: string;
    readonly retiredKeysFile: string;
  },
  current: SigningKey,
): Promise<void> {
  const retired = (await readRetiredKeys(files.retiredKeysFile)).map(({ publicKey }) =>
    toBase64Url(publicKey),
  );
  const all = [...new Set([...retired, toBase64Url(current.publicKey)])];
  await replaceFile(files.retiredKeysFile, `${summedJson({ keys: all }, 2)}\n`, 0o600);
  await replaceFile(files.agentKeyFile, await readFile(files.nextKeyFile), 0o600);
  await rm(files.nextKeyFile);
}
