/**
 * Edit distance with a limit (Levenshtein 1966; insertion, deletion, change of a UTF-16 unit, and, as typing errors are,
 * the exchange of two neighbours: optimal string alignment).
 *
 * @module
 */

/** True when `a` becomes `b` by at most `most` edits. */
export function isNear(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let edits = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (isSame ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (beforeLast[j - 2] as number) + 1);
      }
      row.push(edits);
      least = Math.min(least, edits);
    }
    if (least > most) return false;
    beforeLast = last;
    last = row;
  }
  return (last[b.length] as number) <= most;
}
