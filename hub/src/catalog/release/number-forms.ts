/**
 * Forms of official numbers.
 *
 * @module
 */

const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_CHECKS = "10X98765432";

/**
 * True for what looks like a unified social credit code (GB 32100-2015): positions 3 to 8 are a region's digits. The check
 * digit is not asked for, since some old codes fail it.
 */
export function isUsccForm(text: string): boolean {
  return /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(text);
}

/** True if the check digit of a resident id is right (GB 11643-1999). @param text 17 digits and a digit or X. */
export function residentIdCheck(text: string): boolean {
  const sum = RESIDENT_WEIGHTS.reduce((all, weight, i) => all + weight * Number(text[i]), 0);
  return RESIDENT_CHECKS[sum % 11] === text[17];
}
