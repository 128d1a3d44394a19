/**
 * The word that somebody may have meant.
 *
 * @module
 */

const FARTHEST = 3;

/** The known word with the fewest edits from `word`, at most 3 and less than half of it; undefined if there is none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.min(FARTHEST, Math.ceil(word.length / 2) - 1) + 1;
  for (const candidate of known) {
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/**
 * Edits that make `b` of `a`: letters put in, left out, changed, or two neighbours swapped (optimal string alignment;
 * Damerau 1964, Wagner & Fischer 1974), one row of the table at a time.
 */
function editsBetween(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? Number.POSITIVE_INFINITY) + 1 : changed;
      const moved = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1);
      next.push(Math.min(changed, swapped, moved));
    }
    [before, row] = [row, next];
  }
  return row[b.length] as number;
}
