/**
 * Texts that point to a person or an enterprise: the hub's own net, beside the detectors of the agents. It knows forms,
 * no names.
 *
 * @module
 */

import { fromUtf8, isTributaryError } from "@tributary/proto";
import { isUsccForm, residentIdCheck } from "./number-forms.ts";

/** What was found in a text. */
export type PersonalText = "phone" | "email" | "web_address" | "uscc" | "resident_id";

const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;
/** Between two digits: what people write into long numbers. */
const SEPARATOR = /(?<=\d)[ \t\u00a0()（）._·/-]+(?=\d)/gu;
const MOBILE = /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)/;
const LANDLINE = /(?<!\d)0[1-9]\d{8,10}(?!\d)|(?<!\d)[48]00\d{7}(?!\d)/;
const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/u;
const WEB =
  /[a-z][a-z0-9+.-]*:\/\/|\bwww\.|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|gov|edu|io|top|xyz|cc|vip|info|biz|co|tech|site)(?![a-z0-9-])/i;
const USCC = /(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])/g;
const RESIDENT_ID = /(?<!\d)\d{17}[\dX](?![\dA-Z])/gi;

const HEX_RUN = /(?:[0-9a-f]{2}){8,}/gi;
const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}/g;

/** Every kind that a text has, also inside of hex and base64. */
export function personalTextIn(text: string): ReadonlySet<PersonalText> {
  const found = new Set(formsIn(text));
  for (const inner of decodedRuns(text)) for (const kind of formsIn(inner)) found.add(kind);
  return found;
}

/** True if a text has Han characters, also inside of hex and base64. */
export function hasHan(text: string): boolean {
  return [text, ...decodedRuns(text)].some((part) => /\p{Script=Han}/u.test(part));
}

function* formsIn(text: string): Iterable<PersonalText> {
  const plain = text.normalize("NFKC").replace(INVISIBLE, "");
  const joined = plain.replace(SEPARATOR, "");
  if (MOBILE.test(joined) || LANDLINE.test(joined)) yield "phone";
  if (EMAIL.test(plain)) yield "email";
  if (WEB.test(plain)) yield "web_address";
  const upper = joined.toUpperCase();
  if ((upper.match(USCC) ?? []).some(isUsccForm)) yield "uscc";
  if ((upper.match(RESIDENT_ID) ?? []).some(residentIdCheck)) yield "resident_id";
}

/** What runs of hex and base64 stand for, where that is text. */
function decodedRuns(text: string): string[] {
  const hex = (text.match(HEX_RUN) ?? []).map((run) => bytesOfHex(run));
  const base64 = (text.match(BASE64_RUN) ?? []).map((run) => bytesOfBase64(run));
  return [...hex, ...base64].flatMap((bytes) => {
    try {
      return [fromUtf8(bytes)];
    } catch (error) {
      if (isTributaryError(error, "ERR_ENCODING_MALFORMED")) return [];
      throw error;
    }
  });
}

function bytesOfHex(run: string): Uint8Array {
  return Uint8Array.from(run.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Both alphabets of RFC 4648, whatever is left over at the end. */
function bytesOfBase64(run: string): Uint8Array {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of run.replaceAll("-", "+").replaceAll("_", "/")) {
    bits = ((bits << 6) | ALPHABET.indexOf(letter)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return Uint8Array.from(bytes);
}
