/** The highest batch that may have left the machine. */
export interface Mark {
  /** 16 bytes. */
  readonly feedId: Uint8Array;
  readonly seq: bigint;
}

/**
 * Remembers, outside the database, how far the feed has come: a database that is behind the mark was restored from a
 * backup, and signing on from it would give two headers to one position.
 */
export interface FeedMark {
  /** The mark; undefined if none was ever written or it cannot be read as one. */
  read(): Promise<Mark | undefined>;

  /** Replaces the mark; durable on return. */
  write(mark: Mark): Promise<void>;
}
