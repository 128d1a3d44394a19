/**
 * HTML that is safe by construction: whatever is put into a template is text, unless a template made it.
 *
 * @module
 */

import { escapeHtml, terminalText } from "@tributary/proto";

/** A piece of HTML, made by {@link html} alone. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes; nothing is shown for `undefined` and `false`. */
export type Piece = Html | string | number | undefined | false | readonly Piece[];

/**
 * A template of HTML. Pieces are escaped for element content and for attributes in double quotes; marks that turn the
 * direction of a text, and control characters, are shown instead of obeyed.
 */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let text = parts[0] ?? "";
  for (const [index, piece] of pieces.entries()) text += textOf(piece) + (parts[index + 1] ?? "");
  return new Html(text);
}

function textOf(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (piece instanceof Html) return piece.toString();
  if (typeof piece === "object") return piece.map(textOf).join("");
  return escapeHtml(terminalText(String(piece)));
}
