/**
 * {@link AccountStore} as one JSON file.
 *
 * @module
 */

import { ROLES } from "@tributary/proto";
import { z } from "zod";
import type { AccountStore, StoredAccount } from "../ports/account-store.ts";
import { JsonListFile } from "./json-list-file.ts";

const account = z
  .strictObject({
    name: z.string(),
    role: z.enum(ROLES),
    password: z.string().optional(),
    linkHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    linkExpiresAtMs: z.number(),
    createdAtMs: z.number(),
  })
  .transform(
    (stored): StoredAccount => ({
      ...stored,
      password: stored.password,
      linkHash: stored.linkHash,
    }),
  );

export class FileAccountStore extends JsonListFile<StoredAccount> implements AccountStore {
  constructor(file: string) {
    super(file, account);
  }
}
