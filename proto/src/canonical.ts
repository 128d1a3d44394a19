/**
 * Reading messages that are signed or hashed. Protobuf has no canonical form, so the protocol fixes one: fields in
 * order, no defaults, no unknown fields, minimal varints; which is what our encoder writes. A receiver decodes, encodes
 * again and compares.
 *
 * @module
 */

import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { equalBytes } from "./crypto/bytes.ts";
import { TributaryError, type TributaryErrorCode } from "./errors.ts";

/**
 * The message that these bytes are the one encoding of.
 *
 * @param bytes Attacker-controlled. Copied: later changes of them change nothing.
 * @param code What to refuse with.
 * @throws {TributaryError} `code` if they are not the one encoding of a message.
 */
export function decodeCanonical<Desc extends DescMessage>(
  desc: Desc,
  bytes: Uint8Array,
  code: TributaryErrorCode,
): MessageShape<Desc> {
  // Not slice(): that of a Buffer does not copy.
  const own = new Uint8Array(bytes);
  let message: MessageShape<Desc>;
  try {
    message = fromBinary(desc, own, { readUnknownFields: false });
  } catch (cause) {
    throw new TributaryError(code, `the bytes are not a ${desc.name} message`, {
      messageZh: `不是有效的 ${desc.name} 消息`,
      cause,
    });
  }
  if (!equalBytes(toBinary(desc, message), own)) {
    throw new TributaryError(code, `the bytes are not the one encoding of a ${desc.name} message`, {
      messageZh: `不是 ${desc.name} 消息的唯一编码`,
    });
  }
  return message;
}
