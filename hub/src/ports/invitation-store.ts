/**
 * Where invitations wait to be used. Kept outside of the log: an invitation that nobody used is nobody's business.
 *
 * @module
 */

/** An invitation of one center. */
export interface Invitation {
  /** SHA-256 of the secret, in hex; the secret itself is shown once and not kept. */
  readonly secretHash: string;
  readonly centerId: string;
  readonly centerName: string;
  /** Ms since the epoch. */
  readonly expiresAtMs: number;
  /** Whether the join needs no further approval. */
  readonly isPreapproved: boolean;
}

/** Durable invitations; few. One writer. */
export interface InvitationStore {
  read(): Promise<readonly Invitation[]>;
  /** Replaces all. Durable on return; a crash leaves the old or the new list. */
  write(invitations: readonly Invitation[]): Promise<void>;
}
