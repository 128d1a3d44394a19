/** Text on terminals. @module */

/**
 * Control characters but tab and line feed, and the marks that turn the direction of a text (UAX #9): with them a name that
 * a stranger chose could clear a screen, change its title, or show another order of letters than it has.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The text as a terminal can show it, whatever it holds: what would be obeyed stands there as `\u001b`. */
export function terminalText(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
