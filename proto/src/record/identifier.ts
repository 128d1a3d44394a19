/**
 * Names: of centers and other things that people name, and of records.
 *
 * @module
 */

import { utf8 } from "../crypto/bytes.ts";
import { TributaryError } from "../errors.ts";

const IDENTIFIER = /^[a-z0-9](?:-?[a-z0-9]){1,62}$/;

/** True for an identifier: lower-case ASCII letters, digits and single inner hyphens; at least 2 characters. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text);
}

/**
 * Checks an identifier that came from outside.
 *
 * @throws {TributaryError} `ERR_IDENTIFIER_INVALID` if it is none.
 */
export function parseIdentifier(text: string): string {
  if (!isIdentifier(text)) {
    throw new TributaryError(
      "ERR_IDENTIFIER_INVALID",
      `${JSON.stringify(text.slice(0, 80))} is not an identifier: use 2 to 63 lower-case letters, digits and single hyphens between them`,
      { messageZh: "标识符只能由 2 至 63 个小写字母、数字组成，中间可用单个连字符" },
    );
  }
  return text;
}

const MAX_KEY_BYTES = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** True for a record key: 1 to 128 bytes of UTF-8, no control characters, no white space at either end. */
export function isRecordKey(text: string): boolean {
  return (
    text !== "" &&
    text.length <= MAX_KEY_BYTES &&
    text === text.trim() &&
    !CONTROL.test(text) &&
    text.isWellFormed() &&
    utf8(text).length <= MAX_KEY_BYTES
  );
}

/**
 * Checks a record key that came from outside.
 *
 * @throws {TributaryError} `ERR_RECORD_KEY_INVALID` if it is none.
 */
export function parseRecordKey(text: string): string {
  if (!isRecordKey(text)) {
    throw new TributaryError(
      "ERR_RECORD_KEY_INVALID",
      "a record key has 1 to 128 bytes of UTF-8, no control characters and no space at either end",
      {
        messageZh: "记录键须为 1 至 128 字节的 UTF-8 文本，不含控制字符，首尾无空格",
        details: { length: text.length },
      },
    );
  }
  return text;
}

const ORIGIN = /^[a-z0-9](?:[a-z0-9.:/_-]{0,253}[a-z0-9])?$/;

/**
 * True for the origin of a hub, which is also the name of its checkpoint key: a URL without a scheme, 1 to 255
 * lower-case ASCII characters, for example `hub.example/sichuan` (C2SP tlog-checkpoint).
 */
export function isOrigin(text: string): boolean {
  return ORIGIN.test(text);
}
