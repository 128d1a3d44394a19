/**
 * What the hub changed in the vocabulary, as it was last heard: a file that mappings are read by while the hub is away.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { type HubTerm, HubTerms, SHARED_TERMS } from "@tributary/proto/vocabulary";
import { z } from "zod";
import { replaceFile } from "./file-write.ts";

const sentence = z.object({ zh: z.string(), en: z.string() });

const schema = z.array(
  z.object({
    ...{ scheme: z.string(), code: z.string(), label: sentence, aliases: z.array(z.string()) },
    ...{ into: z.string(), isDeprecated: z.boolean(), successor: z.string() },
  }),
);

/** The vocabulary as the hub has it; as it is shared where nothing was heard, or the file is damaged and is to be asked for. */
export async function readHubTerms(path: string): Promise<HubTerms> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "null";
    throw error;
  });
  const parsed = schema.safeParse(jsonOf(text));
  return parsed.success ? new HubTerms(parsed.data) : SHARED_TERMS;
}

/** Keeps what the hub answered. @throws {TributaryError} `ERR_STORE_FULL`. */
export async function writeHubTerms(path: string, terms: readonly HubTerm[]): Promise<void> {
  await replaceFile(path, `${JSON.stringify(schema.parse(terms), null, 1)}\n`, 0o600);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
