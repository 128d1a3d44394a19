/**
 * How alike two short texts are.
 *
 * @module
 */

/**
 * Similarity of Jaro and Winkler, 0 to 1: Winkler, "String Comparator Metrics and Enhanced Decision Rules in the
 * Fellegi-Sunter Model of Record Linkage", 1990. Prefix of at most four characters, weight 0.1. Two empty texts are equal.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const jaro = jaroOf(a, b);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a.charCodeAt(prefix) === b.charCodeAt(prefix)) {
    prefix += 1;
  }
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** Marks of characters that have found a partner; texts are cut there. */
const MAX_UNITS = 256;
const usedA = new Uint8Array(MAX_UNITS);
const usedB = new Uint8Array(MAX_UNITS);

function jaroOf(a: string, b: string): number {
  const sizeA = Math.min(a.length, MAX_UNITS);
  const sizeB = Math.min(b.length, MAX_UNITS);
  if (sizeA === 0 || sizeB === 0) return 0;
  const reach = Math.max(0, (Math.max(sizeA, sizeB) >> 1) - 1);
  usedA.fill(0, 0, sizeA);
  usedB.fill(0, 0, sizeB);
  let matches = 0;
  for (let i = 0; i < sizeA; i++) {
    const code = a.charCodeAt(i);
    const end = Math.min(sizeB, i + reach + 1);
    for (let j = Math.max(0, i - reach); j < end; j++) {
      if (usedB[j] === 1 || b.charCodeAt(j) !== code) continue;
      usedA[i] = 1;
      usedB[j] = 1;
      matches += 1;
      break;
    }
  }
  if (matches === 0) return 0;
  let outOfOrder = 0;
  for (let i = 0, j = 0; i < sizeA; i++) {
    if (usedA[i] === 0) continue;
    while (usedB[j] === 0) j += 1;
    if (a.charCodeAt(i) !== b.charCodeAt(j)) outOfOrder += 1;
    j += 1;
  }
  return (matches / sizeA + matches / sizeB + (matches - outOfOrder / 2) / matches) / 3;
}

/** True if one insertion, deletion, change or swap of neighbours makes `b` of `a`, or none. */
export function isWithinOneEdit(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  if (endA - start <= 1 && endB - start <= 1) return true;
  return (
    endA - start === 2 &&
    endB - start === 2 &&
    a[start] === b[start + 1] &&
    a[start + 1] === b[start]
  );
}

/** True if the characters of `part` stand in `whole` in this order. */
export function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i++) if (whole[i] === part[at]) at += 1;
  return at === part.length;
}

/** Sørensen-Dice coefficient of two sets, 0 to 1. Both as sorted lists without repetition; 0 if one is empty. */
export function diceOfSorted<T extends number | string>(a: readonly T[], b: readonly T[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  return (2 * sharedOfSorted(a, b)) / (a.length + b.length);
}

/** How many elements two sorted lists without repetition share. */
export function sharedOfSorted<T extends number | string>(
  a: readonly T[],
  b: readonly T[],
): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i] as T;
    const right = b[j] as T;
    if (left === right) {
      shared += 1;
      i += 1;
      j += 1;
    } else if (left < right) i += 1;
    else j += 1;
  }
  return shared;
}

/** The pairs of neighbouring characters, sorted, each once; a text of one character is its own pair. */
export function bigramsOf(text: string): readonly string[] {
  if (text.length < 2) return text === "" ? [] : [text];
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < text.length; i++) pairs.add(text.slice(i, i + 2));
  return [...pairs].sort();
}
