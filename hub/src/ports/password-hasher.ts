/**
 * How passwords are kept: as something that is slow to guess from.
 *
 * @module
 */

export interface PasswordHasher {
  /** A text that {@link matches} understands; another one each time. */
  hash(password: string): Promise<string>;
  /**
   * Whether `hashed` was made from this password. Takes as long where it is undefined, so that the time does not tell
   * who has an account.
   */
  matches(password: string, hashed: string | undefined): Promise<boolean>;
}
