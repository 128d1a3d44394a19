/** A number as the length of a bar, beside the number itself. @module */

export interface ShareBarProps {
  /** 0 to 1. */
  readonly share: number;
  /** Whether it speaks against rather than for. */
  readonly isAgainst?: boolean;
}

/** Decorative: the number stands in the row. */
export function ShareBar({ share, isAgainst = false }: ShareBarProps) {
  const width = share <= 0 ? 0 : Math.max(0.5, Math.min(100, share * 100));
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" className="share-bar" aria-hidden="true">
      <rect className="share-ground" width={100} height={8} />
      <rect className={isAgainst ? "share-against" : "share-for"} width={width} height={8} />
    </svg>
  );
}
