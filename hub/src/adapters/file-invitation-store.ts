/**
 * {@link InvitationStore} as one JSON file, replaced by rename.
 *
 * @module
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Invitation, InvitationStore } from "../ports/invitation-store.ts";

const invitations = z.array(
  z.strictObject({
    secretHash: z.string(),
    centerId: z.string(),
    centerName: z.string(),
    expiresAtMs: z.number(),
    isPreapproved: z.boolean(),
  }),
);

export class FileInvitationStore implements InvitationStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<readonly Invitation[]> {
    try {
      return invitations.parse(JSON.parse(await readFile(this.#file, "utf8")));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }

  async write(list: readonly Invitation[]): Promise<void> {
    const next = `${this.#file}.next`;
    await writeFile(next, JSON.stringify(list), { mode: 0o600, flush: true });
    await rename(next, this.#file);
  }
}
