import { createCipheriv, createHash } from "node:crypto";
import type { RandomBytes } from "../src/privacy/noise/uniform.ts";

/** Bytes that look random and are the same for each seed: the key stream of AES-256-CTR. */
export function seededBytes(seed: string): RandomBytes {
  const key = createHash("sha256").update(seed).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return (length) => stream.update(Buffer.alloc(length));
}
