/**
 * {@link ApiKeyStore} as one JSON file.
 *
 * @module
 */

import { z } from "zod";
import { type ApiKeyStore, SCOPES, type StoredApiKey } from "../ports/api-key-store.ts";
import { JsonListFile } from "./json-list-file.ts";

const apiKey = z
  .strictObject({
    id: z.string().regex(/^[0-9a-f]{16}$/),
    secretHash: z.string().regex(/^[0-9a-f]{64}$/),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAtMs: z.number(),
    expiresAtMs: z.number(),
    revokedAtMs: z.number().optional(),
  })
  .transform((key): StoredApiKey => ({ ...key, revokedAtMs: key.revokedAtMs }));

export class FileApiKeyStore extends JsonListFile<StoredApiKey> implements ApiKeyStore {
  constructor(file: string) {
    super(file, apiKey);
  }
}
