/**
 * Accounts of the people who operate a hub, as they and their administrator see them.
 *
 * @module
 */

/** What an account may do; see `hub/src/api/authorize.ts`. */
export const ROLES = ["viewer", "curator", "enrolment", "assessor", "admin"] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** Path on the hub's web port at which a sign-in at the organisation's own provider begins. */
export const ORGANISATION_SIGN_IN = "/sign-in/organisation";

/** Who is signed in. */
export interface Session {
  readonly name: string;
  readonly role: Role;
  readonly expiresAtMs: number;
}

/** An account without its secrets. */
export interface AccountView {
  readonly name: string;
  readonly role: Role;
  readonly createdAtMs: number;
  /** Without one it waits for its link to be used. */
  readonly hasPassword: boolean;
  /** 0 without a link. */
  readonly linkExpiresAtMs: number;
}

/** A single-use link; its secret is shown once. */
export interface AccountLink {
  /** 32 random bytes in Base64url. */
  readonly link: string;
  readonly expiresAtMs: number;
}
