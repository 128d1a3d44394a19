/**
 * {@link InvitationStore} in memory, for tests.
 *
 * @module
 */

import type { Invitation, InvitationStore } from "../ports/invitation-store.ts";

export class MemoryInvitationStore implements InvitationStore {
  #invitations: readonly Invitation[] = [];

  async read(): Promise<readonly Invitation[]> {
    return this.#invitations;
  }

  async write(invitations: readonly Invitation[]): Promise<void> {
    this.#invitations = invitations;
  }
}
