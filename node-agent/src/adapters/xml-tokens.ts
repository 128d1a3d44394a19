/**
 * A pull tokenizer for the XML of workbooks: start tags, end tags, text. No DTD, no external entities, bounded memory.
 *
 * Prefixes are dropped from names, since some programs write `x:row` for `row`.
 *
 * @module
 */

import { StringDecoder } from "node:string_decoder";

/** Receives what is read, in order. */
export interface XmlHandler {
  /** @param attributes Raw text between the name and the end of the tag; see {@link attributeOf}. */
  open(name: string, attributes: string): void;
  close(name: string): void;
  /** Text, with entities resolved; may come in several pieces. */
  text(text: string): void;
  /**
   * Takes a whole element at `at` in one go, where it has the form that most of them have: three times as fast as token by
   * token, which gives the same. Where it ends; -1 if it has another form or is not whole yet.
   */
  element?(text: string, at: number): number;
}

/** Longest tag, in characters. */
const MAX_TAG = 1_048_576;

/** Thrown for XML that is not well-formed enough to be read. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

/** Reads XML from chunks of UTF-8 or UTF-16LE bytes. */
export class XmlReader {
  readonly #handler: XmlHandler;
  #decoder: StringDecoder | undefined;
  #rest = "";

  constructor(handler: XmlHandler) {
    this.#handler = handler;
  }

  /** @throws {XmlError} if a tag is longer than a megabyte. */
  write(chunk: Buffer): void {
    this.#decoder ??= new StringDecoder(
      chunk[0] === 0xff && chunk[1] === 0xfe ? "utf16le" : "utf8",
    );
    this.#rest = this.#read(this.#rest + this.#decoder.write(chunk));
  }

  /** @throws {XmlError} if the document ends inside of a tag. */
  end(): void {
    this.#rest = this.#read(this.#rest + (this.#decoder?.end() ?? ""));
    if (this.#rest.trim() !== "") throw new XmlError("the document ends inside of a tag");
  }

  /** Handles all whole tokens; what is left begins an unfinished one. */
  #read(text: string): string {
    let at = 0;
    for (;;) {
      const open = text.indexOf("<", at);
      if (open < 0) {
        // Text may go on in the next chunk, and an entity must not be cut.
        const cut = text.lastIndexOf("&");
        const end =
          cut >= at && text.length - cut < 12 && !text.includes(";", cut) ? cut : text.length;
        if (end > at) this.#handler.text(resolved(text.slice(at, end)));
        return text.slice(end);
      }
      if (open > at) this.#handler.text(resolved(text.slice(at, open)));
      const whole = this.#handler.element?.(text, open) ?? -1;
      if (whole > open) {
        at = whole;
        continue;
      }
      const end = this.#token(text, open);
      if (end < 0) {
        if (text.length - open > MAX_TAG) throw new XmlError("a tag is longer than 1 MiB");
        return text.slice(open);
      }
      at = end;
    }
  }

  /** Handles the token at `open`; where it ends, or -1 if it is not whole yet. */
  #token(text: string, open: number): number {
    const second = text[open + 1];
    if (second === undefined) return -1;
    if (second === "!") return this.#special(text, open);
    if (second === "/") {
      const close = text.indexOf(">", open);
      if (close < 0) return -1;
      this.#handler.close(localName(text, open + 2, close));
      return close + 1;
    }
    const close = second === "?" ? text.indexOf("?>", open) : endOfTag(text, open);
    if (close < 0) return -1;
    if (second === "?") return close + 2;
    const isEmpty = text[close - 1] === "/";
    const end = isEmpty ? close - 1 : close;
    const nameEnd = endOfName(text, open + 1, end);
    const name = localName(text, open + 1, nameEnd);
    this.#handler.open(name, text.slice(nameEnd, end));
    if (isEmpty) this.#handler.close(name);
    return close + 1;
  }

  /** Comments are skipped, CDATA is text, a DOCTYPE is skipped with all it declares. */
  #special(text: string, open: number): number {
    if (text.startsWith("<![CDATA[", open)) {
      const close = text.indexOf("]]>", open);
      if (close < 0) return -1;
      this.#handler.text(text.slice(open + 9, close));
      return close + 3;
    }
    if (text.startsWith("<!--", open)) {
      const close = text.indexOf("-->", open + 4);
      return close < 0 ? -1 : close + 3;
    }
    if (text.length - open < 9) return -1;
    const subset = text.indexOf("[", open);
    const close = text.indexOf(">", open);
    if (close < 0) return -1;
    if (subset < 0 || subset > close) return close + 1;
    const end = text.indexOf("]>", subset);
    return end < 0 ? -1 : end + 2;
  }
}

/** The `>` that ends a tag; one inside of a quoted attribute does not. */
function endOfTag(text: string, open: number): number {
  let close = text.indexOf(">", open);
  let at = open;
  while (close >= 0) {
    const start = firstQuote(text, at, close);
    if (start < 0) return close;
    const end = text.indexOf(text[start] as string, start + 1);
    if (end < 0) return -1;
    if (end > close) close = text.indexOf(">", end);
    at = end + 1;
  }
  return -1;
}

/** Position of the first quotation mark from `start` on and before `end`; -1 where there is none. */
function firstQuote(text: string, start: number, end: number): number {
  for (let i = start; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 34 || code === 39) return i;
  }
  return -1;
}

function endOfName(text: string, start: number, end: number): number {
  for (let i = start; i < end; i += 1) if (isSpace(text.charCodeAt(i))) return i;
  return end;
}

function localName(text: string, start: number, end: number): string {
  let from = start;
  for (let i = start; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code === COLON) from = i + 1;
    else if (isSpace(code)) return text.slice(from, i);
  }
  return text.slice(from, end);
}

const COLON = 58;

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** Value of an attribute, by its name without prefix; undefined where there is none. */
export function attributeOf(attributes: string, name: string): string | undefined {
  if (attributes === "") return undefined;
  let from = 0;
  for (;;) {
    const at = attributes.indexOf(`${name}=`, from);
    if (at < 0) return undefined;
    const before = attributes.charCodeAt(at - 1);
    const quote = attributes[at + name.length + 1];
    const isWhole = at === 0 || before === COLON || isSpace(before);
    if (isWhole && (quote === '"' || quote === "'")) {
      const end = attributes.indexOf(quote, at + name.length + 2);
      return end < 0 ? undefined : resolved(attributes.slice(at + name.length + 2, end));
    }
    from = at + 1;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** Resolves the five named entities and numbers; other entities stay as they are, since nothing declares them. */
function resolved(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(x?)([0-9a-fA-F]{1,6})|(\w{2,4}));/g,
    (whole, hex: string, digits: string, name: string) => {
      if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? whole) : whole;
      const code = Number.parseInt(digits, hex === "x" ? 16 : 10);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : whole;
    },
  );
}
