/**
 * {@link InvitationStore} as one JSON file.
 *
 * @module
 */

import { z } from "zod";
import type { Invitation, InvitationStore } from "../ports/invitation-store.ts";
import { JsonListFile } from "./json-list-file.ts";

const invitation = z.strictObject({
  secretHash: z.string(),
  centerId: z.string(),
  centerName: z.string(),
  expiresAtMs: z.number(),
  isPreapproved: z.boolean(),
});

export class FileInvitationStore extends JsonListFile<Invitation> implements InvitationStore {
  constructor(file: string) {
    super(file, invitation);
  }
}
