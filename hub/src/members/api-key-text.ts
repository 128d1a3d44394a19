/**
 * How an API key is written: `trb_<id>_<secret>_<crc>`, all hexadecimal.
 *
 * The prefix lets scanners of source code find a key that leaked; the CRC lets them, and the hub, tell a key from a
 * typo without a look-up. It proves nothing.
 *
 * @module
 */

import { toHex, utf8 } from "@tributary/proto";

/** Bytes of an id: enough that two never meet, short enough to read out. */
export const API_KEY_ID_BYTES = 8;
/** Bytes of a secret. */
export const API_KEY_SECRET_BYTES = 32;

const PREFIX = "trb_";
const TEXT = /^(trb_([0-9a-f]{16})_([0-9a-f]{64}))_([0-9a-f]{8})$/;

/** @param id 16 hexadecimal digits. @param secret 64 hexadecimal digits. */
export function formatApiKey(id: string, secret: string): string {
  const body = `${PREFIX}${id}_${secret}`;
  return `${body}_${crcOf(body)}`;
}

/** Whether the text means to be an API key. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Id and secret of a key; undefined if the text is none. @param text Attacker-controlled. */
export function parseApiKey(
  text: string,
): { readonly id: string; readonly secret: string } | undefined {
  const [, body = "", id = "", secret = "", crc] = TEXT.exec(text) ?? [];
  return crc === undefined || crcOf(body) !== crc ? undefined : { id, secret };
}

/** CRC-32 (ISO 3309) as 8 hexadecimal digits. */
function crcOf(text: string): string {
  let crc = 0xffffffff;
  for (const byte of utf8(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return toHex(new Uint8Array(Uint32Array.of(~crc >>> 0).buffer).reverse());
}
