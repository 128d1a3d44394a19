/** Texts that a spreadsheet program would run. @module */

/**
 * A cell that begins like a formula and is no plain number. Line breaks count, which some programs drop in front of the
 * sign; so do the full-width signs, which Chinese editions take for the others.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export const FORMULA = /^(?![+-]?[0-9][0-9.,]*%?$)[=+\-@\t\r\n＝＋－＠]/;
